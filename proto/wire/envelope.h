// SPDX-License-Identifier: EUPL-1.2
// The envelope: what travels in one ZeroMQ frame. Every frame into core is one.
//
//   offset length
//   0      4      magic "KNPE"
//   4      1      version 1
//   5      1      suite 1 (X25519, HKDF-SHA-256, XChaCha20-Poly1305)
//   6      1      direction: 1 to the knooppunt, 2 from the knooppunt
//   7      1      zero
//   8      8      key id of the sender's sealing key
//   16     8      key id of the recipient's sealing key
//   24     24     nonce, random
//   48     …      XChaCha20-Poly1305(u32be length || content || zeros), AD = bytes 0..47
//
// The plaintext is padded with zeros to a size class, so that a frame tells its class only.
#ifndef KNP_WIRE_ENVELOPE_H
#define KNP_WIRE_ENVELOPE_H

#include "keys/keys.h"

#define ENVELOPE_PREFIX_LEN 48
#define ENVELOPE_FRAME_MAX (256 * 1024)
#define ENVELOPE_CONTENT_MAX (ENVELOPE_FRAME_MAX - ENVELOPE_PREFIX_LEN - 16 - 4)
#define ENVELOPE_OVERHEAD (ENVELOPE_PREFIX_LEN + 16)

enum envelope_direction { ENVELOPE_TO_KNOOPPUNT = 1, ENVELOPE_FROM_KNOOPPUNT = 2 };

struct envelope_prefix {
	enum envelope_direction direction;
	struct key_id sender, recipient;
};

// The key of one pair in one direction:
//   HKDF-SHA-256(salt "knooppunt/envelope/v1", X25519 || psk,
//                PAE(u8 suite, u8 direction, origin, sender OIN, sender key, recipient OIN,
//                    recipient key, u8 has_psk))
// A plain X25519 box key is symmetric, so an own envelope reflected would open; this one is not.
struct pair_key {
	uint8_t key[32];
};
struct pair_end {
	struct oin oin;
	uint8_t public_key[32];
};
struct pair_direction {
	const char *origin;
	enum envelope_direction direction;
	const struct pair_end *sender, *recipient;
	const uint8_t *psk; // NULL, or 32 bytes
};
// `own_secret` is the X25519 secret of the end that calls. RESULT_BAD_SIGNATURE for a low-order
// key.
enum result envelope_pair_key(const struct pair_direction *pair, const uint8_t own_secret[32],
			      struct pair_key *ret_key) KNP_MUST_CHECK;

// Smallest size class (of the padded plaintext, length field included) that holds `content_len`
// bytes; 0 when none does. Classes: 512, 1,024, 2,048, 4,096, 8,192, 16,384, 32,768, 65,536,
// 131,072 and the largest, 262,080.
size_t envelope_class(size_t content_len);

// Appends a whole frame to `out`. RESULT_TOO_LARGE beyond ENVELOPE_CONTENT_MAX.
enum result envelope_seal(const struct envelope_prefix *prefix, const struct pair_key *key,
			  struct bytes content, struct buffer *out) KNP_MUST_CHECK;
// The same in a class of at least so many bytes, so that the frame tells less.
enum result envelope_seal_wide(const struct envelope_prefix *prefix, const struct pair_key *key,
			       struct bytes content, size_t at_least,
			       struct buffer *out) KNP_MUST_CHECK;
// Reads the prefix only, so that the key can be found. RESULT_MALFORMED, RESULT_UNSUPPORTED.
enum result envelope_read_prefix(struct bytes frame,
				 struct envelope_prefix *ret_prefix) KNP_MUST_CHECK;
// Opens into `plain` (room for frame.len - ENVELOPE_OVERHEAD bytes); *ret_content is a view of it.
// RESULT_BAD_SIGNATURE, RESULT_MALFORMED (length, padding or class wrong).
enum result envelope_open(struct bytes frame, const struct pair_key *key, uint8_t *plain,
			  struct bytes *ret_content) KNP_MUST_CHECK;

// A hint is the gate's own plain frame, 12 bytes: "KNPH", u8 version 1, u8 code, u16 zero,
// u32be pause in milliseconds. It never ends an outbox item.
enum hint_code { HINT_AGAIN = 1, HINT_NOT_ACCEPTED = 2, HINT_TOO_LARGE = 3, HINT_STOPPING = 4 };
#define HINT_LEN 12
void hint_encode(uint8_t out[HINT_LEN], enum hint_code code, uint32_t pause_ms);
bool hint_decode(struct bytes frame, enum hint_code *ret_code, uint32_t *ret_pause_ms);

#endif
