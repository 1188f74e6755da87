// SPDX-License-Identifier: EUPL-1.2
// The guard: the last signed checkpoint outside LMDB, so that a restored older database is seen
// (pitfalls F6). Two 4,096-byte blocks written in turn, each: "KNPG", version 1, zeros to 8,
// u64be counter, u32be note length, note, zeros, and SHA-256 of all that in the last 32 bytes. The
// newest valid block counts; none valid: refuse.
#ifndef KNP_GUARD_GUARD_H
#define KNP_GUARD_GUARD_H

#include "base/bytes.h"

#define GUARD_NOTE_MAX 2048

struct guard;

// Both blocks get the note; made under a temporary name. RESULT_EXISTS, RESULT_TOO_LARGE (beyond
// GUARD_NOTE_MAX), RESULT_MALFORMED (empty), RESULT_IO, RESULT_FULL, RESULT_DENIED.
enum result guard_create(const char *path, struct bytes note) KNP_MUST_CHECK;
// RESULT_NOT_FOUND, RESULT_DAMAGED (no valid block), RESULT_UNSUPPORTED (none valid and one of
// another version), RESULT_DENIED (also: not ours, or its mode has group or other bits), RESULT_IO.
enum result guard_open(const char *path, struct guard **ret_guard) KNP_MUST_CHECK;
// The same beside the process that writes it; what is written later is not seen. Every write is
// RESULT_DENIED.
enum result guard_open_to_read(const char *path, struct guard **ret_guard) KNP_MUST_CHECK;
void guard_close(struct guard *guard);
// View of the newest note; valid until the next write.
struct bytes guard_note(const struct guard *guard);
// Overwrites the older block and fdatasyncs. After RESULT_OK the note survives a power cut; on
// failure the note before it still counts here. RESULT_IO: every later write is RESULT_IO too,
// until the guard is opened anew, for a failed sync is never retried. RESULT_TOO_LARGE,
// RESULT_MALFORMED (empty) and RESULT_FULL change nothing.
enum result guard_write(struct guard *guard, struct bytes note) KNP_MUST_CHECK;

#endif
