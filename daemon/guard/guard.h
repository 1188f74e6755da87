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

enum result guard_create(const char *path, struct bytes note) KNP_MUST_CHECK; // RESULT_EXISTS
// RESULT_NOT_FOUND, RESULT_DAMAGED (no valid block).
enum result guard_open(const char *path, struct guard **ret_guard) KNP_MUST_CHECK;
void guard_close(struct guard *guard);
// View of the newest note; valid until the next write.
struct bytes guard_note(const struct guard *guard);
// Overwrites the older block and fdatasyncs. After RESULT_OK the note survives a power cut.
enum result guard_write(struct guard *guard, struct bytes note) KNP_MUST_CHECK;

#endif
