#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# openapi_test.sh DESCRIPTION WORK: the description is OpenAPI 3.0 to a library that is not ours; and
# that library says no to one that is not.
set -euo pipefail
export LC_ALL=C

description=$1
work=$2
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$work" && mkdir -p "$work"
command -v go >/dev/null || { echo "openapi_test: install golang-go" >&2; exit 1; }

GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE="$work/go-cache" GOFLAGS= \
	go build -o "$work/openapi" "$here/openapi/main.go"
"$work/openapi" "$description"

# Each of these is one change that makes it another thing than OpenAPI.
for change in 's|#/components/schemas/Stand"|#/components/schemas/Staand"|' 's|"in": "path"|"in": "pad"|' \
	's|"type": "boolean"|"type": "jaofnee"|' 's|"description": "It is in the outbox."|"x": ""|'; do
	sed "$change" "$description" >"$work/changed.json"
	if cmp -s "$description" "$work/changed.json"; then
		echo "openapi_test: $change changes nothing" >&2
		exit 1
	fi
	if "$work/openapi" "$work/changed.json" >"$work/said" 2>&1; then
		echo "openapi_test: accepted after $change" >&2
		exit 1
	fi
done
