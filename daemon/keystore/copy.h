// SPDX-License-Identifier: EUPL-1.2
// A copy of the keystore for a backup, made beside the process that changes it and sealed for the
// receive keys of the knooppunt: who has the backup and not those keys has nothing of it.
//
//   offset 0     "KNPC", version 1, u8 recipients (1..8), two zeros, 32-byte ephemeral X25519 key
//   offset 40    per recipient: its 32-byte public key, then 48 bytes: the file key sealed for it
//                under HKDF(X25519(ephemeral, recipient); salt ephemeral || recipient, info
//                "knooppunt/keystore-copy/v1"), nonce zero
//   then         blocks of KEYSTORE_BLOCK slots, each sealed under the file key (131,088 bytes)
//   at the end   the tail sealed likewise (64 bytes): 32-byte id of the keystore, u64be blocks,
//                u64be entries of the log that it goes with
//
// Blocks and tail: XChaCha20-Poly1305, AD = SHA-256 of all before the first block, nonce = 15
// zeros, u8 1 for the tail and else 0, u64be number. So a block that is changed, moved, left out or
// of another copy does not open, nor does a file that was cut off.
#ifndef KNP_KEYSTORE_COPY_H
#define KNP_KEYSTORE_COPY_H

#include "keystore/keystore.h"

#define KEYSTORE_COPY_RECIPIENTS_MAX 8

struct keystore_copy; // one that is being made

// Makes `path` (0600), which must not be there. RESULT_EXISTS, RESULT_TOO_LARGE (recipients),
// RESULT_BAD_SIGNATURE (a public key that is none), RESULT_FULL, RESULT_DENIED, RESULT_IO,
// RESULT_NO_MEMORY. What is in `path` after a failure, here and below, is of no use.
enum result keystore_copy_begin(const char *path, const uint8_t recipients[][32], size_t count,
				struct keystore_copy **ret_copy) KNP_MUST_CHECK;
// Copies the blocks of the keystore at `keystore` that were filled since; *ret_grew: there were
// any. Called again after the size of the log was read until nothing grew: then the copy has each
// key of that log, and the log each order by which a key is gone here. Also as
// keystore_open_to_read.
enum result keystore_copy_blocks(struct keystore_copy *copy, const char *keystore,
				 bool *ret_grew) KNP_MUST_CHECK;
// Writes the tail, syncs, and reads all of it back from the file: RESULT_DAMAGED when that is not
// what was written. *ret_bytes is its size.
enum result keystore_copy_finish(struct keystore_copy *copy, uint64_t log_size,
				 uint64_t *ret_bytes) KNP_MUST_CHECK;
void keystore_copy_free(struct keystore_copy *copy); // wipes, NULL allowed

// Makes the keystore at `path` again, which must not be there, with one of the secrets (X25519) of
// a recipient. RESULT_NOT_FOUND (no copy there), RESULT_DENIED (of none of these keys),
// RESULT_UNSUPPORTED (newer), RESULT_DAMAGED with *ret_offset, where what does not open begins;
// RESULT_EXISTS, RESULT_FULL, RESULT_IO, RESULT_NO_MEMORY. After a failure there is no keystore.
struct keystore_copy_source {
	const char *copy;
	const uint8_t *const *secrets; // 32 bytes each
	size_t secret_count;
};
enum result keystore_copy_open(const struct keystore_copy_source *source, const char *path,
			       uint64_t *ret_log_size, uint64_t *ret_offset) KNP_MUST_CHECK;

#endif
