#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# check.sh MODEL WORK [TWIN…]: searches every run of MODEL with spin, and of each broken twin of it.
# The model must hold, each twin must fail: a model that cannot fail says nothing.
set -euo pipefail
export LC_ALL=C

model=$1
work=$2
shift 2

fail() {
	echo "model: $*" >&2
	exit 1
}

command -v spin >/dev/null || fail "spin is missing; install the Debian package spin"

# search FLAG…: writes what the verifier said to $work/found.
search() {
	local how=(-DSAFETY) run=(-E)
	if grep -q '^ltl ' "$model"; then
		how=(-DNFAIR=3)
		run=(-a -f)
	fi
	rm -rf "$work"
	mkdir -p "$work"
	cp "$model" "$work/model.pml"
	cd "$work"
	spin "$@" -a model.pml >said 2>&1 || fail "$* $(cat said)"
	gcc "$optimise" -w -DMEMLIM=1024 "${how[@]}" -o pan pan.c
	./pan "${run[@]}" -m1000000 >found 2>&1 || true
	grep -q 'errors:' found || fail "the search did not end: $(tail -3 found)"
	# A search that was cut short has found nothing, whatever it says.
	! grep -q 'Search not completed\|max search depth too small\|out of memory' found ||
		grep -q 'errors: [1-9]' found || fail "the search was cut short: $(cat found)"
}

optimise=-O1
search
grep -q 'errors: 0$' found || fail "$(basename "$model") does not hold: $(grep '^pan:1' found)"
echo "$(basename "$model") holds:$(sed -n 's/ states, stored.*/ states/p' found)"
optimise=-O0 # a twin fails early: making the search takes longest
for twin in "$@"; do
	search "-D$twin"
	grep -q 'errors: [1-9]' found || fail "the twin $twin of $(basename "$model") does not fail"
	echo "$twin fails: $(sed -n 's/^pan:1: \(.*\) (at depth.*/\1/p' found | head -n 1)"
done
