// SPDX-License-Identifier: EUPL-1.2
#include "crypto/seal.h"
#include "crypto/secret.h"
#include "crypto/sign.h"
#include "wire/bundle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct party {
	uint8_t identity_secret[64], sealing_secret[32], transport_secret[32], send_secret[32];
	struct private_key identity, sealing, transport, send;
	struct bundle bundle;
	struct bundle_keys keys;
};

static void make_x25519(struct private_key *key, enum key_kind kind, uint8_t secret[32],
			uint8_t fill)
{
	memset(secret, fill, 32);
	*key = (struct private_key){.kind = kind, .secret = secret};
	seal_public_of(key->public_key, secret);
	key->id = key_id_of(kind, key->public_key);
}

static void make_party(struct party *party)
{
	const uint8_t seed[32] = {1};
	memset(party, 0, sizeof *party);
	party->identity =
		(struct private_key){.kind = KEY_KIND_IDENTITY, .secret = party->identity_secret};
	sign_keypair_from_seed(party->identity.public_key, party->identity_secret, seed);
	make_x25519(&party->sealing, KEY_KIND_SEALING, party->sealing_secret, 2);
	make_x25519(&party->transport, KEY_KIND_TRANSPORT, party->transport_secret, 3);
	make_x25519(&party->send, KEY_KIND_SEALING, party->send_secret, 4);
	party->bundle = (struct bundle){
		.oin = {"00000099000000001000"},
		.naam = "Gemeente Voorbeeld é",
		.soort = "gemeente",
		.functies = {"wmo", "oov", "nazorg"},
		.functie_count = 3,
		.suite = 1,
	};
	memcpy(party->bundle.identity, party->identity.public_key, 32);
	memcpy(party->bundle.sealing, party->sealing.public_key, 32);
	memcpy(party->bundle.transport, party->transport.public_key, 32);
	party->keys = (struct bundle_keys){&party->identity, &party->sealing, &party->transport,
					   party->send.public_key};
}

static void encode(const struct party *party, struct buffer *wire)
{
	buffer_init(wire, 64 * 1024);
	assert_int_equal(bundle_encode(&party->bundle, &party->keys, wire), RESULT_OK);
}

// Encodes the party's bundle as it now stands and decodes it; says which field was named.
static enum result pass(const struct party *party, const struct private_key *send,
			const char **ret_field)
{
	static struct problem problem;
	struct buffer wire;
	struct bundle back;
	encode(party, &wire);
	problem = (struct problem){.code = NULL};
	enum result result = bundle_decode(buffer_view(&wire), send, &back, &problem);
	buffer_done(&wire);
	assert_true((result == RESULT_OK) == (problem.code == NULL));
	*ret_field = problem.field;
	return result;
}

static void a_bundle_comes_back_as_it_went(void **state)
{
	(void)state;
	struct party party;
	struct buffer wire;
	struct bundle back;
	struct problem problem;
	make_party(&party);
	encode(&party, &wire);
	assert_int_equal(bundle_decode(buffer_view(&wire), &party.send, &back, &problem),
			 RESULT_OK);
	assert_true(oin_equal(&back.oin, &party.bundle.oin));
	assert_string_equal(back.naam, party.bundle.naam);
	assert_string_equal(back.soort, "gemeente");
	assert_int_equal(back.functie_count, 3);
	assert_string_equal(back.functies[2], "nazorg");
	assert_memory_equal(back.identity, party.bundle.identity, 32);
	assert_memory_equal(back.sealing, party.bundle.sealing, 32);
	assert_memory_equal(back.transport, party.bundle.transport, 32);
	assert_int_equal(back.suite, 1);
	// A reader without the send key takes the proofs of the X25519 keys on the register's word.
	assert_int_equal(bundle_decode(buffer_view(&wire), NULL, &back, &problem), RESULT_OK);
	buffer_done(&wire);
}

static void a_role_only_signs(void **state)
{
	(void)state;
	struct party party;
	const char *field;
	make_party(&party);
	memset(party.bundle.sealing, 0, 32);
	memset(party.bundle.transport, 0, 32);
	party.keys = (struct bundle_keys){&party.identity, NULL, NULL, NULL};
	assert_int_equal(pass(&party, NULL, &field), RESULT_OK);
	assert_int_equal(pass(&party, &party.send, &field), RESULT_OK);
	// One of the two without the other is neither a partner nor a role.
	memcpy(party.bundle.sealing, party.sealing.public_key, 32);
	party.keys.sealing = &party.sealing;
	struct buffer wire;
	buffer_init(&wire, 64 * 1024);
	assert_int_equal(bundle_encode(&party.bundle, &party.keys, &wire), RESULT_MALFORMED);
	buffer_done(&wire);
}

// spec L16
static void the_knooppunt_wants_proof_of_every_key(void **state)
{
	(void)state;
	struct party party;
	const char *field;
	make_party(&party);
	party.keys.knooppunt_send = NULL;
	assert_int_equal(pass(&party, NULL, &field), RESULT_OK);
	assert_int_equal(pass(&party, &party.send, &field), RESULT_BAD_SIGNATURE);
	assert_string_equal(field, "sealing_proof");
	make_party(&party);
	struct private_key other;
	uint8_t other_secret[32];
	make_x25519(&other, KEY_KIND_SEALING, other_secret, 9);
	assert_int_equal(pass(&party, &other, &field), RESULT_BAD_SIGNATURE);
}

static void somebody_elses_key_cannot_be_proven(void **state)
{
	(void)state;
	struct party party;
	const char *field;
	// The bundle names the transport key of another; only a wrong secret is at hand.
	make_party(&party);
	struct private_key stolen;
	uint8_t stolen_secret[32];
	make_x25519(&stolen, KEY_KIND_TRANSPORT, stolen_secret, 8);
	memcpy(party.bundle.transport, stolen.public_key, 32);
	memcpy(party.transport.public_key, stolen.public_key, 32);
	assert_int_equal(pass(&party, NULL, &field), RESULT_OK);
	assert_int_equal(pass(&party, &party.send, &field), RESULT_BAD_SIGNATURE);
	assert_string_equal(field, "transport_proof");
	// The same with the identity key: its signature is checked by everybody.
	make_party(&party);
	const uint8_t seed[32] = {7};
	uint8_t secret[64];
	sign_keypair_from_seed(party.bundle.identity, secret, seed);
	memcpy(party.identity.public_key, party.bundle.identity, 32);
	assert_int_equal(pass(&party, NULL, &field), RESULT_BAD_SIGNATURE);
	assert_string_equal(field, "identity_proof");
}

static void a_bundle_is_not_made_with_keys_it_does_not_name(void **state)
{
	(void)state;
	struct party party;
	struct buffer wire;
	make_party(&party);
	party.bundle.sealing[0] ^= 1;
	buffer_init(&wire, 64 * 1024);
	assert_int_equal(bundle_encode(&party.bundle, &party.keys, &wire), RESULT_MALFORMED);
	party.keys.identity = NULL;
	assert_int_equal(bundle_encode(&party.bundle, &party.keys, &wire), RESULT_MALFORMED);
	assert_int_equal(wire.len, 0);
	buffer_done(&wire);
}

static void names_are_checked_and_the_field_is_named(void **state)
{
	(void)state;
	struct party party;
	const char *field;
	make_party(&party);
	party.bundle.suite = 2;
	assert_int_equal(pass(&party, NULL, &field), RESULT_UNSUPPORTED);
	assert_string_equal(field, "suite");
	make_party(&party);
	party.bundle.oin.text[0] = 'A';
	assert_int_equal(pass(&party, NULL, &field), RESULT_MALFORMED);
	assert_string_equal(field, "oin");
	make_party(&party);
	static const char *const dirty[] = {"\n", "\t", "\x1b", "\xe2\x80\xae", "\xe2\x80\x8b"};
	for (size_t i = 0; i < sizeof dirty / sizeof dirty[0]; i++) { // a list shows it on a line
		make_party(&party);
		memcpy(party.bundle.naam + 3, dirty[i], strlen(dirty[i]));
		assert_int_equal(pass(&party, NULL, &field), RESULT_MALFORMED);
		assert_string_equal(field, "naam");
	}
	make_party(&party);
	party.bundle.soort[0] = 'G';
	assert_int_equal(pass(&party, NULL, &field), RESULT_MALFORMED);
	assert_string_equal(field, "soort");
	make_party(&party);
	party.bundle.functies[1][0] = ' ';
	assert_int_equal(pass(&party, NULL, &field), RESULT_MALFORMED);
	assert_string_equal(field, "functies");
	make_party(&party);
	memcpy(party.bundle.functies[1], "wmo", 4);
	assert_int_equal(pass(&party, NULL, &field), RESULT_MALFORMED);
	assert_string_equal(field, "functies");
}

// Gives the party an X25519 key of which only the public half is known.
static void set_public(struct party *party, bool transport, const uint8_t key[32])
{
	struct private_key *own = transport ? &party->transport : &party->sealing;
	memcpy(transport ? party->bundle.transport : party->bundle.sealing, key, 32);
	memcpy(own->public_key, key, 32);
	party->keys.knooppunt_send = NULL;
}

static void keys_that_everybody_can_use_are_refused(void **state)
{
	(void)state;
	// zmq_curve(7), the client's public key, from Z85; and the point of order 8.
	static const uint8_t published[32] = {0xbb, 0x88, 0x47, 0x1d, 0x65, 0xe2, 0x65, 0x9b,
					      0x30, 0xc5, 0x5a, 0x53, 0x21, 0xce, 0xbb, 0x5a,
					      0xab, 0x2b, 0x70, 0xa3, 0x98, 0x64, 0x5c, 0x26,
					      0xdc, 0xa2, 0xb2, 0xfc, 0xb4, 0x3f, 0xc5, 0x18};
	static const uint8_t order8[32] = {0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae,
					   0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
					   0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd,
					   0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00};
	static const uint8_t one[32] = {1};
	struct party party;
	const char *field;
	char z85[41];
	transport_z85(z85, published);
	assert_string_equal(z85, "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID");
	const uint8_t *const bad[] = {published, order8, one};
	for (size_t i = 0; i < 3; i++) {
		make_party(&party);
		set_public(&party, true, bad[i]);
		assert_int_equal(pass(&party, NULL, &field), RESULT_MALFORMED);
		assert_string_equal(field, "transport");
		make_party(&party);
		set_public(&party, false, bad[i]);
		assert_int_equal(pass(&party, NULL, &field), RESULT_MALFORMED);
		assert_string_equal(field, "sealing");
	}
	make_party(&party);
	set_public(&party, true, party.bundle.sealing);
	assert_int_equal(pass(&party, NULL, &field), RESULT_MALFORMED);
	assert_string_equal(field, "transport");
	make_party(&party); // the identity element signs anything
	memcpy(party.bundle.identity, one, 32);
	memcpy(party.identity.public_key, one, 32);
	assert_int_equal(pass(&party, NULL, &field), RESULT_MALFORMED);
	assert_string_equal(field, "identity");
}

static void a_changed_bundle_is_refused_wherever_it_changed(void **state)
{
	(void)state;
	struct party party;
	struct buffer wire;
	struct bundle back;
	struct problem problem;
	make_party(&party);
	encode(&party, &wire);
	for (size_t i = 0; i < wire.len; i++) {
		wire.data[i] ^= 1;
		assert_int_not_equal(
			bundle_decode(buffer_view(&wire), &party.send, &back, &problem), RESULT_OK);
		wire.data[i] ^= 1;
		assert_int_not_equal(
			bundle_decode(bytes_make(wire.data, i), &party.send, &back, NULL),
			RESULT_OK);
	}
	buffer_done(&wire);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bundle_comes_back_as_it_went),
		cmocka_unit_test(a_role_only_signs),
		cmocka_unit_test(the_knooppunt_wants_proof_of_every_key),
		cmocka_unit_test(somebody_elses_key_cannot_be_proven),
		cmocka_unit_test(a_bundle_is_not_made_with_keys_it_does_not_name),
		cmocka_unit_test(names_are_checked_and_the_field_is_named),
		cmocka_unit_test(keys_that_everybody_can_use_are_refused),
		cmocka_unit_test(a_changed_bundle_is_refused_wherever_it_changed),
	};
	if (crypto_start())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
