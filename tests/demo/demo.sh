#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# demo.sh [--bron] [--casus NAME] [--map DIR] [--convenant FILE]: see demo.py. KNP_BIN is the folder of the programs.
set -euo pipefail
: "${KNP_BIN:?is the folder of the built programs; use ./run demo}"
exec /usr/bin/python3 -B "$(dirname "$(readlink -f "$0")")/demo.py" "$@"
