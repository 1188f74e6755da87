// SPDX-License-Identifier: EUPL-1.2
#include "wire/bundle.h"

#include "crypto/hash.h"
#include "crypto/seal.h"
#include "crypto/secret.h"
#include "crypto/sign.h"
#include "wire/codec.h"

#include <string.h>

#define LABEL "knooppunt/bundle/v1"
#define SUITE 1
#define BODY_MAX 8192

// The message every proof is about.
static void append_claim(struct buffer *out, struct bytes body)
{
	const struct bytes pieces[] = {bytes_of_text(LABEL), body};
	pae_append(out, pieces, 2);
}

// HMAC-SHA-256(HKDF(salt LABEL, X25519, PAE(u8 kind, party, send)), claim): only the holder of the
// party's secret or of the send key can make it.
enum result possession_prove(const struct possession *possession, struct bytes claim,
			     struct hash *ret_proof)
{
	const uint8_t kind = (uint8_t)possession->kind;
	const struct bytes pieces[] = {bytes_make(&kind, 1), bytes_make(possession->party, 32),
				       bytes_make(possession->send, 32)};
	uint8_t own[32], shared[32], key[32];
	seal_public_of(own, possession->secret);
	bool is_party = memcmp(own, possession->party, sizeof own) == 0;
	enum result result = seal_agree(shared, possession->secret,
					is_party ? possession->send : possession->party);
	if (result)
		return result;
	struct buffer info;
	buffer_init(&info, 256);
	pae_append(&info, pieces, 3);
	result = info.status;
	if (!result)
		result = hkdf_sha256(key, sizeof key, bytes_of_text(LABEL), bytes_make(shared, 32),
				     buffer_view(&info));
	if (!result)
		*ret_proof = hmac_sha256(bytes_make(key, sizeof key), claim);
	buffer_done(&info);
	secret_wipe(shared, sizeof shared);
	secret_wipe(key, sizeof key);
	return result;
}

static bool is_role(const struct bundle *bundle)
{
	return bytes_all_zero(bytes_make(bundle->sealing, 32)) &&
	       bytes_all_zero(bytes_make(bundle->transport, 32));
}

static enum result encode_body(const struct bundle *bundle, struct buffer *out)
{
	struct scratch scratch;
	struct bytes functies[FUNCTIES_MAX];
	Knooppunt__V1__Bundle message;
	if (bundle->functie_count > FUNCTIES_MAX)
		return RESULT_TOO_LARGE;
	for (size_t i = 0; i < bundle->functie_count; i++)
		functies[i] = bytes_of_text(bundle->functies[i]);
	scratch_init(&scratch);
	knooppunt__v1__bundle__init(&message);
	message.oin = scratch_text(&scratch, bytes_of_text(bundle->oin.text));
	message.naam = scratch_text(&scratch, bytes_of_text(bundle->naam));
	message.soort = scratch_text(&scratch, bytes_of_text(bundle->soort));
	message.functies =
		scratch_texts(&scratch, functies, bundle->functie_count, &message.n_functies);
	message.suite = bundle->suite;
	message.identity = codec_data(bytes_make(bundle->identity, 32));
	if (!is_role(bundle)) {
		message.sealing = codec_data(bytes_make(bundle->sealing, 32));
		message.transport = codec_data(bytes_make(bundle->transport, 32));
	}
	return codec_pack(&message.base, BODY_MAX, &scratch, out);
}

struct proofs {
	uint8_t identity[SIGN_LEN];
	bool has_agreed;
	struct hash sealing, transport;
};

static bool holds(const struct private_key *key, const uint8_t public_key[32])
{
	return key && memcmp(key->public_key, public_key, 32) == 0;
}

static enum result make_proofs(const struct bundle *bundle, const struct bundle_keys *keys,
			       struct bytes claim, struct proofs *ret_proofs)
{
	bool role = is_role(bundle);
	if (!holds(keys->identity, bundle->identity))
		return RESULT_MALFORMED;
	if (!role &&
	    (!holds(keys->sealing, bundle->sealing) || !holds(keys->transport, bundle->transport)))
		return RESULT_MALFORMED;
	sign_detached(ret_proofs->identity, claim, keys->identity->secret);
	ret_proofs->has_agreed = !role && keys->knooppunt_send;
	if (!ret_proofs->has_agreed)
		return RESULT_OK;
	const struct possession sealing = {KEY_KIND_SEALING, keys->sealing->secret, bundle->sealing,
					   keys->knooppunt_send};
	const struct possession transport = {KEY_KIND_TRANSPORT, keys->transport->secret,
					     bundle->transport, keys->knooppunt_send};
	enum result result = possession_prove(&sealing, claim, &ret_proofs->sealing);
	if (!result)
		result = possession_prove(&transport, claim, &ret_proofs->transport);
	return result;
}

static enum result encode_signed(struct bytes body, const struct proofs *proofs, struct buffer *out)
{
	struct scratch scratch;
	Knooppunt__V1__SignedBundle message;
	scratch_init(&scratch);
	knooppunt__v1__signed_bundle__init(&message);
	message.bundle = codec_data(body);
	message.identity_proof = codec_data(bytes_make(proofs->identity, SIGN_LEN));
	if (proofs->has_agreed) {
		message.sealing_proof = codec_hash_data(&proofs->sealing);
		message.transport_proof = codec_hash_data(&proofs->transport);
	}
	return codec_pack(&message.base, CODEC_WIRE_MAX, &scratch, out);
}

enum result bundle_encode(const struct bundle *bundle, const struct bundle_keys *keys,
			  struct buffer *ret_wire)
{
	struct buffer body, claim;
	struct proofs proofs;
	buffer_init(&body, BODY_MAX);
	buffer_init(&claim, BODY_MAX + 64);
	enum result result = encode_body(bundle, &body);
	if (!result) {
		append_claim(&claim, buffer_view(&body));
		result = claim.status;
	}
	if (!result)
		result = make_proofs(bundle, keys, buffer_view(&claim), &proofs);
	if (!result)
		result = encode_signed(buffer_view(&body), &proofs, ret_wire);
	buffer_done(&body);
	buffer_done(&claim);
	return result;
}

// ---- decoding: shape, then keys, then proofs ------------------------------------------------

static enum result refuse(struct problem *problem, enum result result, const char *field,
			  const char *what)
{
	if (!problem)
		return result;
	// Codes of melding/reason.h, which stands above this folder.
	const char *code = result == RESULT_BAD_SIGNATURE ? "bad-signature"
			   : result == RESULT_UNSUPPORTED ? "unsupported"
							  : "malformed";
	problem_set(problem, code, "Ask the party for a new bundle, made with `knooppunt bundle`.",
		    "The bundle cannot be used: %s.", what);
	problem_set_field(problem, "%s", field);
	return result;
}

// [a-z0-9-]: names of functies and kinds of partner.
static bool is_name(const char *text)
{
	for (; *text; text++) {
		if ((*text < 'a' || *text > 'z') && (*text < '0' || *text > '9') && *text != '-')
			return false;
	}
	return true;
}

static enum result read_functies(const Knooppunt__V1__Bundle *message, struct bundle *bundle,
				 struct problem *problem)
{
	for (size_t i = 0; i < message->n_functies; i++) {
		const char *functie = message->functies[i];
		if (!is_name(functie))
			return refuse(problem, RESULT_MALFORMED, "functies",
				      "a functie has other characters than a-z, 0-9 and -");
		for (size_t k = 0; k < i; k++) {
			if (strcmp(functie, bundle->functies[k]) == 0)
				return refuse(problem, RESULT_MALFORMED, "functies",
					      "a functie occurs twice");
		}
		memcpy(bundle->functies[i], functie, strlen(functie) + 1);
	}
	bundle->functie_count = message->n_functies;
	return RESULT_OK;
}

static enum result read_names(const Knooppunt__V1__Bundle *message, struct bundle *bundle,
			      struct problem *problem)
{
	if (message->suite != SUITE)
		return refuse(problem, RESULT_UNSUPPORTED, "suite",
			      "it uses a suite this program does not know");
	if (oin_parse(bytes_of_text(message->oin), &bundle->oin))
		return refuse(problem, RESULT_MALFORMED, "oin", "its OIN is none");
	if (!utf8_is_plain_line(bytes_of_text(message->naam)))
		return refuse(problem, RESULT_MALFORMED, "naam",
			      "its name holds characters that are not seen");
	if (!is_name(message->soort))
		return refuse(problem, RESULT_MALFORMED, "soort",
			      "its soort has other characters than a-z, 0-9 and -");
	bundle->suite = message->suite;
	// Lengths hold already: rules.c bounds them by the size of these arrays.
	memcpy(bundle->naam, message->naam, strlen(message->naam) + 1);
	memcpy(bundle->soort, message->soort, strlen(message->soort) + 1);
	return read_functies(message, bundle, problem);
}

// The secret halves of these stand in zmq_curve(7), so everybody holds them.
static bool is_published(const uint8_t key[32])
{
	static const char *const published[] = {
		"rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7",
		"Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID",
	};
	char text[41];
	transport_z85(text, key);
	for (size_t i = 0; i < sizeof published / sizeof published[0]; i++) {
		if (strcmp(text, published[i]) == 0)
			return true;
	}
	return false;
}

// A key of low order agrees to zero with every secret, so any secret shows it.
bool agreement_key_is_usable(const uint8_t key[32])
{
	static const uint8_t any_secret[32] = {1};
	uint8_t shared[32];
	return seal_agree(shared, any_secret, key) == RESULT_OK && !is_published(key);
}

static enum result read_keys(const Knooppunt__V1__Bundle *message, struct bundle *bundle,
			     struct problem *problem)
{
	memcpy(bundle->identity, message->identity.data, 32);
	if (!sign_public_is_valid(bundle->identity))
		return refuse(problem, RESULT_MALFORMED, "identity",
			      "its identity key is no valid Ed25519 key");
	if (message->sealing.len != message->transport.len)
		return refuse(problem, RESULT_MALFORMED, "sealing",
			      "it has one of sealing and transport key without the other");
	if (message->sealing.len == 0)
		return RESULT_OK;
	memcpy(bundle->sealing, message->sealing.data, 32);
	memcpy(bundle->transport, message->transport.data, 32);
	if (!agreement_key_is_usable(bundle->sealing))
		return refuse(problem, RESULT_MALFORMED, "sealing",
			      "its sealing key is no usable X25519 key");
	if (!agreement_key_is_usable(bundle->transport))
		return refuse(problem, RESULT_MALFORMED, "transport",
			      "its transport key is no usable X25519 key");
	if (memcmp(bundle->sealing, bundle->transport, 32) == 0)
		return refuse(problem, RESULT_MALFORMED, "transport",
			      "one key is both its sealing and its transport key");
	return RESULT_OK;
}

static bool proof_holds(const struct possession *possession, struct bytes claim,
			ProtobufCBinaryData proof)
{
	struct hash expected;
	return proof.len == sizeof expected.b &&
	       possession_prove(possession, claim, &expected) == RESULT_OK &&
	       secret_equal(expected.b, proof.data, sizeof expected.b);
}

static enum result check_agreed_proofs(const Knooppunt__V1__SignedBundle *message,
				       const struct bundle *bundle, struct bytes claim,
				       const struct private_key *send, struct problem *problem)
{
	if (is_role(bundle)) {
		if (message->sealing_proof.len > 0 || message->transport_proof.len > 0)
			return refuse(problem, RESULT_MALFORMED, "sealing_proof",
				      "it proves keys that it does not have");
		return RESULT_OK;
	}
	if (!send)
		return RESULT_OK;
	const struct possession sealing = {KEY_KIND_SEALING, send->secret, bundle->sealing,
					   send->public_key};
	const struct possession transport = {KEY_KIND_TRANSPORT, send->secret, bundle->transport,
					     send->public_key};
	if (!proof_holds(&sealing, claim, message->sealing_proof))
		return refuse(problem, RESULT_BAD_SIGNATURE, "sealing_proof",
			      "the party does not prove that it holds its sealing key");
	if (!proof_holds(&transport, claim, message->transport_proof))
		return refuse(problem, RESULT_BAD_SIGNATURE, "transport_proof",
			      "the party does not prove that it holds its transport key");
	return RESULT_OK;
}

static enum result check_proofs(const Knooppunt__V1__SignedBundle *message,
				const struct bundle *bundle, const struct private_key *send,
				struct problem *problem)
{
	struct buffer claim;
	buffer_init(&claim, BODY_MAX + 64);
	append_claim(&claim, codec_view(message->bundle));
	enum result result = claim.status;
	if (!result &&
	    sign_verify(codec_view(message->identity_proof), buffer_view(&claim), bundle->identity))
		result = refuse(problem, RESULT_BAD_SIGNATURE, "identity_proof",
				"it is not signed with its own identity key");
	if (!result)
		result = check_agreed_proofs(message, bundle, buffer_view(&claim), send, problem);
	buffer_done(&claim);
	return result;
}

static enum result decode(struct bytes wire, const struct private_key *send, struct arena *arena,
			  struct bundle *ret_bundle, struct problem *problem)
{
	const ProtobufCMessage *outer, *inner;
	if (codec_unpack(&knooppunt__v1__signed_bundle__descriptor, wire, arena, &outer))
		return refuse(problem, RESULT_MALFORMED, "", "it has not the shape of a bundle");
	const Knooppunt__V1__SignedBundle *message = (const void *)outer;
	if (codec_unpack(&knooppunt__v1__bundle__descriptor, codec_view(message->bundle), arena,
			 &inner))
		return refuse(problem, RESULT_MALFORMED, "bundle",
			      "it has not the shape of a bundle");
	struct bundle bundle = {.functie_count = 0};
	enum result result = read_names((const void *)inner, &bundle, problem);
	if (!result)
		result = read_keys((const void *)inner, &bundle, problem);
	if (!result)
		result = check_proofs(message, &bundle, send, problem);
	if (!result)
		*ret_bundle = bundle;
	return result;
}

enum result bundle_decode(struct bytes wire, const struct private_key *send,
			  struct bundle *ret_bundle, struct problem *problem)
{
	struct arena *arena;
	if (wire.len > 2 * BODY_MAX)
		return refuse(problem, RESULT_MALFORMED, "", "it is longer than any bundle");
	enum result result = arena_new(256 * 1024, &arena);
	if (result)
		return result;
	result = decode(wire, send, arena, ret_bundle, problem);
	arena_free(arena);
	return result;
}
