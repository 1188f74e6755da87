#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# third_party_tree.sh MAKE_LOG WORK: logs written by our code, verified by programs that are not
# ours: the checkpoint by openssl and by signify, all of it by Go's x/mod. Each of the three must
# also refuse a changed byte, or its "yes" would mean nothing.
set -euo pipefail
export LC_ALL=C

make_log=$1
work=$2
here=$(cd "$(dirname "$0")" && pwd)

fail() {
	echo "third_party_tree: $*" >&2
	exit 1
}

need() {
	command -v "$1" >/dev/null || fail "$1 is missing; install the Debian package $2"
}

# must_fail PATTERN COMMAND…: the command ends with an error whose text matches.
must_fail() {
	local pattern=$1 output
	shift
	if output=$("$@" 2>&1); then
		fail "accepted what was changed: $*"
	fi
	grep -q -e "$pattern" <<<"$output" || fail "refused for another reason ($pattern): $output"
}

# flip FILE OFFSET: inverts the lowest bit of one byte in place.
flip() {
	local byte
	byte=$(od -An -tu1 -j "$2" -N 1 "$1" | tr -d ' ')
	[ -n "$byte" ] || fail "$1 has no byte $2"
	printf '%b' "$(printf '\\%03o' $((byte ^ 1)))" |
		dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# unwrap DIR OUT: the raw key, signature and signed text of a checkpoint.
unwrap() {
	cut -d+ -f3- "$1/log.vkey" | base64 -d | tail -c +2 >"$2/key"
	head -n 3 "$1/checkpoint" >"$2/text"
	tail -n 1 "$1/checkpoint" | cut -d' ' -f3 | base64 -d | tail -c +5 >"$2/signature"
	[ "$(stat -c %s "$2/key")" = 32 ] || fail "log.vkey holds no Ed25519 key"
	[ "$(stat -c %s "$2/signature")" = 64 ] || fail "the checkpoint holds no Ed25519 signature"
}

check_openssl() {
	{
		printf '\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00'
		cat "$1/key"
	} >"$1/key.der"
	openssl pkeyutl -verify -pubin -inkey "$1/key.der" -keyform DER -rawin -in "$1/text" \
		-sigfile "$1/signature"
}

# signify puts "Ed" and eight bytes of key number before key and signature.
check_signify() {
	local part
	for part in key signature; do
		{
			echo "untrusted comment: $part of a checkpoint"
			{
				printf 'Ed\0\0\0\0\0\0\0\1'
				cat "$1/$part"
			} | base64 -w 0
			echo
		} >"$1/$part.signify"
	done
	signify-openbsd -V -p "$1/key.signify" -x "$1/signature.signify" -m "$1/text"
}

need openssl openssl
need signify-openbsd signify-openbsd
need go golang-go
[ -d /usr/share/gocode/src/golang.org/x/mod/sumdb ] ||
	fail "x/mod is missing; install the Debian package golang-golang-x-mod-dev"

rm -rf "$work/logs"
mkdir -p "$work/logs" "$work/go-cache"
GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE="$work/go-cache" GOFLAGS= \
	go build -o "$work/xmod" "$here/xmod/main.go"

for size in 0 1 2 255 256 257 1000 65537 70000; do
	log=$work/logs/$size
	mkdir "$log" "$log.raw"
	"$make_log" "$log" "$size"
	unwrap "$log" "$log.raw"
	check_openssl "$log.raw" >/dev/null || fail "openssl refused the checkpoint of $size"
	check_signify "$log.raw" >/dev/null || fail "signify refused the checkpoint of $size"
	# x/mod defines the root of an empty tree as zeros, RFC 6962 as SHA-256 of nothing.
	[ "$size" = 0 ] || "$work/xmod" "$log"
done

raw=$work/logs/257.raw
flip "$raw/text" 3
must_fail 'Signature Verification Failure' check_openssl "$raw"
must_fail 'verification failed' check_signify "$raw"

# changed FILE OFFSET PATTERN: x/mod refuses a copy of the log of 1000 with that byte changed.
changed() {
	rm -rf "$work/logs/changed"
	cp -r "$work/logs/1000" "$work/logs/changed"
	flip "$work/logs/changed/$1" "$2"
	must_fail "$3" "$work/xmod" "$work/logs/changed"
}
changed tile/0/002 4711 'tile/8/0/002 is not the tile'
changed tile/0/003.p/232 0 'tile/8/0/003.p/232 is not the tile'
changed tile/1/000.p/3 95 'tile/8/1/000.p/3 is not the tile'
changed tile/entries/001 99 'the entries have root'
changed checkpoint 40 'checkpoint: '
changed receipts/61.tlog-proof 50 'receipts/61.tlog-proof'
changed proofs.txt 100 'inclusion 0: is not the one'

echo "nine logs verified by openssl, signify and x/mod; nine changes refused"
