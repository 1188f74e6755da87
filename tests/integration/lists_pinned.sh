#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# usage: lists_pinned.sh KNP-LISTS KEPT-FILE WORK-FOLDER
# The closed lists must be what clients in other languages read from the kept file.
set -eu
program=$1 kept=$2 work=$3
mkdir -p "$work"
"$program" > "$work/lists.json"
python3 -m json.tool "$work/lists.json" > /dev/null
if ! diff -u "$kept" "$work/lists.json"; then
	echo "The lists changed. Rows may be added; a number or code never changes its meaning." >&2
	echo "If this is meant: cp $work/lists.json $kept" >&2
	exit 1
fi
# Negative control: one code less must be seen.
grep -v '"code": "E33"' "$work/lists.json" > "$work/without.json"
if diff -q "$kept" "$work/without.json" > /dev/null; then
	echo "A missing code went unseen." >&2
	exit 1
fi
