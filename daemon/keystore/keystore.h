// SPDX-License-Identifier: EUPL-1.2
// The keystore: a file of 32-byte slots outside LMDB, each a random key, overwritten in place to
// erase (design §7; LMDB keeps deleted values, pitfalls E13). Slots are filled and synced ahead in
// blocks, so the melding path only takes the next one.
//
//   offset 0     64-byte header: "KNPS", version 1, zeros to 24, u64be slots filled, 32 random id
//   offset 64    SHA-256 of the header
//   offset 4096  slot 0, slot 1, … 32 bytes each; all zero = erased
//
// A slot has no check value of its own: it would have to be destroyed with the slot, and it would
// say no more than what is sealed under the slot says already. A changed bit makes every such value
// RESULT_DAMAGED, so that nothing wrong comes out; the background scrub unseals all there is and
// names the entry before anybody needs it. Slots nobody used yet are random whatever their bits;
// state knows the key of the person index, and replays itself when that changed (state/state.h). A
// slot that reads as zeros without an order to erase it is told from one that was erased (scrub).
//
// One process changes it, one thread uses it. Keys are kept in memory only where that is locked:
// the slots below KEYSTORE_FIRST_FREE and the block used last; a second process that has the file
// open drops what it kept when it opens it anew.
//
// Slot 0 seals register and tick parts, slot 1 keys the person index, slot 2 keys the nonces of
// derived rows, slot 3 the hashes that each derived row carries (these three change at a
// compaction); KEYSTORE_FIRST_FREE and up belong to meldingen, two each (inhoud, verantwoording).
#ifndef KNP_KEYSTORE_KEYSTORE_H
#define KNP_KEYSTORE_KEYSTORE_H

#include "base/bytes.h"

#define KEYSTORE_SLOT_SYSTEM 0
#define KEYSTORE_SLOT_PERSON_INDEX 1
#define KEYSTORE_SLOT_NONCE 2
#define KEYSTORE_SLOT_STATE 3
#define KEYSTORE_FIRST_FREE 16
#define KEYSTORE_BLOCK 4096 // slots filled ahead at a time
#define KEYSTORE_KEY_LEN 32
#define KEYSTORE_SEALED_OVERHEAD 44 // what sealing adds to a value

struct keystore;

// RESULT_EXISTS when there is a file. Made under a temporary name, synced, renamed; the first block
// is filled. RESULT_IO, RESULT_FULL, RESULT_DENIED.
enum result keystore_create(const char *path) KNP_MUST_CHECK;
// RESULT_NOT_FOUND, RESULT_DAMAGED (header, or shorter than it says), RESULT_UNSUPPORTED,
// RESULT_DENIED (not ours, or its mode has group or other bits), RESULT_IO.
enum result keystore_open(const char *path, struct keystore **ret_keystore) KNP_MUST_CHECK;
// The same beside the process that changes it. Nothing is filled or erased through it
// (RESULT_DENIED), and no key of a melding is kept: what the other erases cannot be had here either
// from then on.
enum result keystore_open_to_read(const char *path, struct keystore **ret_keystore) KNP_MUST_CHECK;
void keystore_close(struct keystore *keystore); // wipes, NULL allowed

uint64_t keystore_filled(const struct keystore *keystore);
// Makes sure slots below `slots` + one block are filled and on disk. RESULT_FULL: nothing lost, may
// be tried again. RESULT_IO: after a failed sync nothing is filled or erased any more until the
// keystore is opened anew.
enum result keystore_fill_ahead(struct keystore *keystore, uint64_t slots) KNP_MUST_CHECK;
// The key of a filled slot, copied out; RESULT_ERASED when destroyed, RESULT_NOT_FOUND beyond.
enum result keystore_get(struct keystore *keystore, uint64_t slot,
			 uint8_t ret_key[KEYSTORE_KEY_LEN]) KNP_MUST_CHECK;
// Overwrites slots in place with zeros, fdatasyncs and reads them back from the device; a slot that
// is erased already is fine. All or nothing is not promised: after a failure, erase them again.
// RESULT_NOT_FOUND (beyond) and RESULT_DENIED (below KEYSTORE_FIRST_FREE) change nothing;
// RESULT_IO.
enum result keystore_erase(struct keystore *keystore, const uint64_t *slots,
			   size_t count) KNP_MUST_CHECK;

// Overwrites the keys that derived rows are made with (KEYSTORE_SLOT_PERSON_INDEX, _NONCE, _STATE)
// in place by new ones, syncs and reads them back: rows that were made with the old ones say
// nothing any more. Nothing that was made with those may be in use. RESULT_DENIED (open to read),
// RESULT_IO; after a failure any of the three may be the old one or the new.
enum result keystore_rekey(struct keystore *keystore) KNP_MUST_CHECK;

// How often keystore_erase was called since it was opened: who keeps anything unsealed in memory
// forgets it when this changes.
uint64_t keystore_erasures(const struct keystore *keystore);

// Sealing of stored values: u32be slot || 24-byte nonce || XChaCha20-Poly1305, AD = PAE(table,
// key). A random nonce for primary records; derived rows use HMAC-SHA-256(slot KEYSTORE_SLOT_NONCE,
// SHA-256(PAE("knooppunt/nonce/v1", table, key, plaintext))) cut to 24 bytes, so that a rebuild
// gives the same bytes (P7).
enum keystore_nonce { KEYSTORE_NONCE_RANDOM, KEYSTORE_NONCE_DERIVED };
struct keystore_place {
	const char *table;
	struct bytes key; // of the row
};
struct keystore_sealing {
	uint64_t slot;
	enum keystore_nonce nonce;
	struct keystore_place place;
};
// Appends to `out`. RESULT_ERASED, RESULT_NOT_FOUND (slot not filled), RESULT_TOO_LARGE (ceiling of
// `out`, or a slot of 2^32 and up), RESULT_NO_MEMORY, RESULT_IO; `out` is then as it was, but for
// its status.
enum result keystore_seal(struct keystore *keystore, const struct keystore_sealing *sealing,
			  struct bytes plain, struct buffer *out) KNP_MUST_CHECK;
// Appends the plaintext to `out`. RESULT_ERASED, RESULT_DAMAGED (does not authenticate, or names a
// slot that never was), RESULT_TOO_LARGE, RESULT_NO_MEMORY, RESULT_IO.
enum result keystore_unseal(struct keystore *keystore, const struct keystore_place *place,
			    struct bytes sealed, struct buffer *out) KNP_MUST_CHECK;
// Which slot a value of at least KEYSTORE_SEALED_OVERHEAD bytes says it is sealed under.
uint64_t keystore_slot_of(struct bytes sealed);
// Keyed hash under a slot: HMAC-SHA-256(slot key, PAE(label, message)).
enum result keystore_keyed_hash(struct keystore *keystore, uint64_t slot, const char *label,
				struct bytes message, struct hash *ret_hash) KNP_MUST_CHECK;
// A short one for what must be cheap: SipHash-2-4 under the first 16 bytes of the slot.
enum result keystore_short_hash(struct keystore *keystore, uint64_t slot, struct bytes message,
				uint64_t *ret_hash) KNP_MUST_CHECK;

#endif
