# SPDX-License-Identifier: EUPL-1.2
"""A client of a Knooppunt, written from its specification (proto/spec/specification.md). Begin with
`knooppunt_client.client.Client`; docs/python.md has an example."""
