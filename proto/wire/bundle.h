// SPDX-License-Identifier: EUPL-1.2
// The public bundle of a party (SignedBundle in knooppunt.proto): its keys and functies, with a
// proof that it holds each private key.
#ifndef KNP_WIRE_BUNDLE_H
#define KNP_WIRE_BUNDLE_H

#include "keys/keys.h"

// What a party hands over to be enrolled; the wire form is SignedBundle.
struct bundle {
	struct oin oin;
	char naam[120];
	char soort[32]; // kind of partner: politie, veilig-thuis, gemeente, … (melding/lists.h)
	char functies[FUNCTIES_MAX][FUNCTIE_MAX + 1];
	size_t functie_count;
	uint8_t identity[32];
	uint8_t sealing[32];   // all zero for a role key that only signs
	uint8_t transport[32]; // all zero for a role key that only signs
	uint32_t suite;        // 1
};

// Encodes and proves possession. With claim = PAE("knooppunt/bundle/v1", exact Bundle bytes):
//   identity_proof  = Ed25519(claim)
//   sealing_proof   = HMAC-SHA-256(HKDF-SHA-256(salt "knooppunt/bundle/v1",
//                         X25519(sealing, send), PAE(u8 kind, sealing public, send public)), claim)
//   transport_proof = the same with the transport key; kind as in enum key_kind
// The X25519 proofs are made when `knooppunt_send` is not NULL (it is NULL only for the role
// bundles that go into a genesis). RESULT_MALFORMED when the keys are not those of the bundle.
struct bundle_keys {
	const struct private_key *identity, *sealing, *transport; // the last two NULL for a role
	const uint8_t *knooppunt_send; // public send key of the knooppunt, or NULL
};
enum result bundle_encode(const struct bundle *bundle, const struct bundle_keys *keys,
			  struct buffer *ret_wire) KNP_MUST_CHECK;
// One side of an agreement between an X25519 key whose possession is proven and the knooppunt's
// send key.
struct possession {
	enum key_kind kind;
	const uint8_t *secret; // of the side that computes
	const uint8_t *party;  // public keys
	const uint8_t *send;
};
// The proof over any claim, as in a bundle: who makes it holds `party` or `send`.
enum result possession_prove(const struct possession *possession, struct bytes claim,
			     struct hash *ret_proof) KNP_MUST_CHECK;
// False for a key of low order, and for the two whose secrets stand in zmq_curve(7).
bool agreement_key_is_usable(const uint8_t key[32]);
// Decodes and checks shape, functies, key validity and the identity signature. Proofs of the
// X25519 keys are checked when `send` (the knooppunt's send key) is given. `problem` names the
// field, and may be NULL. RESULT_MALFORMED, RESULT_BAD_SIGNATURE, RESULT_UNSUPPORTED.
enum result bundle_decode(struct bytes wire, const struct private_key *send,
			  struct bundle *ret_bundle, struct problem *problem) KNP_MUST_CHECK;

#endif
