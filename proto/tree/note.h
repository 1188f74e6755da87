// SPDX-License-Identifier: EUPL-1.2
// C2SP signed notes (signed-note/v1.0.0) and checkpoints (tlog-checkpoint/v1.0.0) with Ed25519
// (type 0x01), and receipts as C2SP tlog-proof. No extension lines; origin at most 255 bytes.
#ifndef KNP_TREE_NOTE_H
#define KNP_TREE_NOTE_H

#include "crypto/sign.h"
#include "tree/tree.h"

#define ORIGIN_MAX 255
#define CHECKPOINT_MAX 16384 // bytes of a whole note with all its signature lines
#define VKEY_MAX (ORIGIN_MAX + 64)
#define NOTE_SIGNATURES_MAX 64    // lines of a note; signed-note demands at least 16
#define TLOG_PROOF_EXTRA_MAX 4096 // bytes of the extra data of a receipt, decoded
// A whole receipt: two header lines, the extra line, 63 path lines, a blank line and the note.
#define TLOG_PROOF_MAX (CHECKPOINT_MAX + 9 * 1024)

// What a key signs (signed-note's types): the text itself, or as a witness the text with the time
// at which it saw it (tlog-cosignature/v1.0.1, cosignature/v1).
enum vkey_type { VKEY_ED25519 = 0x01, VKEY_COSIGNATURE = 0x04 };

// The public half of a log key: name (= origin of the log) and key; or of a witness.
struct vkey {
	char name[ORIGIN_MAX + 1];
	uint8_t type;        // enum vkey_type
	uint8_t key_hash[4]; // SHA-256(name || 0x0A || type || key)[:4]
	uint8_t public_key[SIGN_PUBLIC_LEN];
};

// True when `origin` may name a log: 1..255 bytes, no space, control, '+' or non-ASCII.
bool origin_is_valid(const char *origin);
// RESULT_MALFORMED for a bad name, or a key that sign_public_is_valid refuses.
enum result vkey_make(const char *name, const uint8_t public_key[SIGN_PUBLIC_LEN],
		      struct vkey *ret_vkey) KNP_MUST_CHECK;
// "name+8 hex+base64(type||key)"; the text holds VKEY_MAX bytes.
void vkey_format(char text[VKEY_MAX], const struct vkey *vkey);
// The text without a newline. RESULT_MALFORMED, RESULT_UNSUPPORTED (other key type),
// RESULT_BAD_SIGNATURE (hash mismatch).
enum result vkey_parse(struct bytes text, struct vkey *ret_vkey) KNP_MUST_CHECK;
// The same two of a witness. Its name obeys the rules for an origin.
enum result cosigner_make(const char *name, const uint8_t public_key[SIGN_PUBLIC_LEN],
			  struct vkey *ret_vkey) KNP_MUST_CHECK;
enum result cosigner_parse(struct bytes text, struct vkey *ret_vkey) KNP_MUST_CHECK;

struct checkpoint {
	char origin[ORIGIN_MAX + 1];
	uint64_t size;
	struct hash root;
};

// Appends the signed note to `out`. RESULT_MALFORMED when origin and name differ or no log can be
// of that size and root, RESULT_BAD_SIGNATURE when `secret` is not that of `vkey`,
// RESULT_NO_MEMORY.
enum result checkpoint_sign(const struct checkpoint *checkpoint, const struct vkey *vkey,
			    const uint8_t secret[SIGN_SECRET_LEN],
			    struct buffer *out) KNP_MUST_CHECK;
// Verifies a note: unknown signatures are ignored, a bad one of `vkey` rejects the whole note,
// none verified rejects; origin must equal the vkey's name. RESULT_MALFORMED,
// RESULT_BAD_SIGNATURE, RESULT_TOO_LARGE. Extension lines are refused as malformed.
enum result checkpoint_verify(struct bytes note, const struct vkey *vkey,
			      struct checkpoint *ret_checkpoint) KNP_MUST_CHECK;

// Adds a signature line of another key to a note that checkpoint_sign() made. RESULT_MALFORMED when
// it is no note, else as checkpoint_sign.
enum result checkpoint_add_signature(struct buffer *note, const struct vkey *vkey,
				     const uint8_t secret[SIGN_SECRET_LEN]) KNP_MUST_CHECK;

// The keys of one log over its life (log_keys.c). Which of them count for a checkpoint goes by its
// size: a key that entry `from` brought and entry `until` ended signs those of the sizes
// from < size <= until. While several do, all sign, and the newest is what a reader looks for. A
// log that went on from a copy has another origin from there on, and the same key another name.
#define LOG_KEYS_MAX 72
#define LOG_KEY_NEVER UINT64_MAX
struct log_vkey {
	struct vkey vkey;
	uint64_t from, until; // LOG_KEY_NEVER: it has not ended
};
struct log_keys {
	struct log_vkey keys[LOG_KEYS_MAX]; // in the order in which they came
	size_t count;
};
// A log that never had another key.
void log_keys_one(struct log_keys *ret_keys, const struct vkey *vkey);
bool log_vkey_counts(const struct log_vkey *key, uint64_t size);
// The newest that counts at this size; NULL: none does.
const struct log_vkey *log_keys_at(const struct log_keys *keys, uint64_t size);
// True when `vkey` is or was a key of the log.
bool log_keys_have(const struct log_keys *keys, const struct vkey *vkey);
// As checkpoint_verify, by the newest key that counts at the size of the checkpoint. A good
// signature of any other is not enough: RESULT_BAD_SIGNATURE.
enum result log_keys_verify(const struct log_keys *keys, struct bytes note,
			    struct checkpoint *ret_checkpoint) KNP_MUST_CHECK;

// Verifies any signed note and returns its text (up to and including the newline before the last
// blank line) as a view into `note`.
// Stricter than signed-note in two points: DEL and C1 control characters are refused, and every
// signature of `vkey` must be good. Errors as checkpoint_verify.
enum result note_verify(struct bytes note, const struct vkey *vkey,
			struct bytes *ret_text) KNP_MUST_CHECK;
// Appends one signature line of `vkey` over `text` (which ends in a newline and is followed by a
// blank line in the note). Errors as checkpoint_sign.
enum result note_append_signature(struct bytes text, const struct vkey *vkey,
				  const uint8_t secret[SIGN_SECRET_LEN],
				  struct buffer *out) KNP_MUST_CHECK;

// Appends the cosignature line of a witness over `text` at a time in seconds since 1970, below
// 2^63. Errors as checkpoint_sign.
enum result cosignature_append(struct bytes text, const struct vkey *cosigner,
			       const uint8_t secret[SIGN_SECRET_LEN], uint64_t time,
			       struct buffer *out) KNP_MUST_CHECK;
// note_verify() by the key of a witness, whose newest cosignature in the note is of *ret_time.
enum result cosignature_verify(struct bytes note, const struct vkey *cosigner,
			       struct bytes *ret_text, uint64_t *ret_time) KNP_MUST_CHECK;

// Appends C2SP tlog-proof text: index, path and checkpoint note verbatim, no extra line.
enum result tlog_proof_format(uint64_t index, const struct tree_path *path, struct bytes note,
			      struct buffer *out) KNP_MUST_CHECK;
// Parses and verifies a tlog-proof for `leaf`; gives index and checkpoint. An extra line is
// allowed and ignored. RESULT_MALFORMED, RESULT_BAD_SIGNATURE (note or path), RESULT_TOO_LARGE.
enum result tlog_proof_verify(struct bytes text, const struct hash *leaf,
			      const struct log_keys *keys, uint64_t *ret_index,
			      struct checkpoint *ret_checkpoint) KNP_MUST_CHECK;

#endif
