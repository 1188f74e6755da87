// SPDX-License-Identifier: EUPL-1.2
// The closed list of reason codes: why something was refused, must wait, or is wrong in a file. A
// number never changes its meaning; later work adds rows. The texts are an interface (design §13).
#ifndef KNP_MELDING_REASON_H
#define KNP_MELDING_REASON_H

#include "base/bytes.h"

enum reason {
	REASON_NONE = 0,
	// who sent it, and to whom (1..19): known only once envelope and signature hold
	REASON_UNKNOWN_KEY = 1,
	REASON_REVOKED_KEY = 2,
	REASON_SENDER_MISMATCH = 3, // envelope sender, signer and transport key are not one party
	REASON_BAD_SIGNATURE = 4,
	REASON_WRONG_AUDIENCE = 5,
	REASON_BAD_SLOTS = 6, // the slots do not give the slots_root that was signed
	REASON_UNSUPPORTED = 7,
	REASON_FUNCTIE_NOT_HELD = 8,
	REASON_BAD_HEAD = 9, // the head the signer saw is not in this log
	// shape and content (20..49)
	REASON_MALFORMED = 20,
	REASON_UNKNOWN_FIELD = 21,
	REASON_BAD_TEXT = 22, // NUL, control characters or bad UTF-8
	REASON_UNKNOWN_CODE = 23,
	REASON_BSN_ELFPROEF = 24,
	REASON_IMPOSSIBLE_DATE = 25,
	REASON_TOO_MANY = 26,
	REASON_TOO_LONG = 27,
	REASON_MISSING_FIELD = 28,
	REASON_BAD_VALUE = 29,
	REASON_TOO_OLD = 30,
	REASON_FROM_FUTURE = 31,
	REASON_CONFLICT = 32,  // same source and id, other content
	REASON_DUPLICATE = 33, // the same rubriek or veld twice
	REASON_UNKNOWN_TYPE = 34,
	REASON_UNKNOWN_BETROKKENE = 35,
	REASON_BAD_REGIME = 36,
	REASON_NOT_FOR_SENDER = 37, // only the knooppunt states this rubriek
	REASON_IDENTIFICATION = 38, // a name alone identifies nobody
	// what it refers to (50..59)
	REASON_NOT_FOUND = 50,
	REASON_NOT_OWED = 51,
	REASON_ALREADY_DECIDED = 52,
	// try again, nothing lost (60..69)
	REASON_BUSY = 60,
	REASON_FULL = 61,
	REASON_READONLY = 62,
	REASON_STOPPING = 63,
	REASON_UNREACHABLE = 64,  // never on the wire
	REASON_CLOCK = 65,        // the knooppunt does not know what time it is
	REASON_NOT_ADMITTED = 66, // the handshake was refused; never on the wire
	// files of the beheerder, a partner or the officer (80..119): never on the wire
	REASON_SYNTAX = 80,
	REASON_UNKNOWN_KEYWORD = 81,
	REASON_DUPLICATE_KEYWORD = 82,
	REASON_MISSING_KEYWORD = 83,
	REASON_BAD_TYPE = 84,
	REASON_OUT_OF_RANGE = 85,
	REASON_UNKNOWN_PARTIJ = 86,
	REASON_DUPLICATE_REGEL = 87,
	REASON_TEST_FAILED = 88,
	REASON_NOT_SIGNED = 89, // an unsigned convenant outside an oefening
	REASON_FILE_MISSING = 90,
	REASON_FILE_MODE = 91,
	REASON_WRONG_UNLOCK = 92,
	REASON_DAMAGED = 93,
	REASON_BEHIND_GUARD = 94, // the store is older than the guard
	REASON_KEYSTORE_MISSING = 95,
	REASON_NEWER_FORMAT = 96,
	REASON_IN_USE = 97,
	REASON_USAGE = 98,
	REASON_IO = 99,
	REASON_EXISTS = 100,
	REASON_NOT_PROVEN = 101,    // no valid proof came with it
	REASON_TWO_NEEDED = 102,    // the act needs a second role
	REASON_INTERVAL = 103,      // an interval that ends before it begins
	REASON_HELD = 104,          // a vernietigingsstop keeps it
	REASON_SANDBOX = 110,       // the sandbox that the settings require cannot be had
	REASON_NOT_CONFIRMED = 111, // a row of the code tables, outside an oefening
};

// "bsn-elfproef"; NULL for a number that is not on the list.
const char *reason_code(enum reason reason);
// What went wrong and what to do, each one English sentence.
const char *reason_text(enum reason reason);
const char *reason_fix(enum reason reason);
// The reason of a code text; REASON_NONE when it is not on the list.
enum reason reason_of_code(struct bytes code);
// Walks the list for documentation and tests: the n-th row, false past the end.
bool reason_at(size_t n, enum reason *ret_reason);

#endif
