#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
exec /usr/bin/python3 "$(dirname "$(readlink -f "$0")")/bench.py" "$@"
