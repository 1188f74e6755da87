// SPDX-License-Identifier: EUPL-1.2
#include "crypto/hash.h"
#include "crypto/seal.h"
#include "crypto/secret.h"
#include "crypto/sign.h"
#include "tests/fuzz/fuzz.h"
#include "wire/bundle.h"

#include <string.h>

// A fuzzer cannot sign, so the input is also taken as the names of a bundle that is then signed
// well: what decodes must be what was encoded.
static void sign_and_read(const uint8_t *data, size_t size)
{
	const uint8_t seed[SIGN_SEED_LEN] = {1};
	uint8_t secret[SIGN_SECRET_LEN];
	struct private_key identity = {.kind = KEY_KIND_IDENTITY, .secret = secret};
	struct bundle bundle = {.suite = 1, .functie_count = 1}, back;
	struct bundle_keys keys = {.identity = &identity};
	struct buffer wire;
	sign_keypair_from_seed(identity.public_key, secret, seed);
	memcpy(bundle.identity, identity.public_key, sizeof bundle.identity);
	memcpy(bundle.oin.text, "00000099000000001000", OIN_LEN);
	memcpy(bundle.soort, "politie", 7);
	memcpy(bundle.functies[0], data, size < FUNCTIE_MAX ? size : FUNCTIE_MAX);
	if (size > FUNCTIE_MAX) {
		const char *naam = (const char *)data + FUNCTIE_MAX;
		size_t room = sizeof bundle.naam - 1, left = size - FUNCTIE_MAX;
		memcpy(bundle.naam, naam, strnlen(naam, left < room ? left : room));
	}
	buffer_init(&wire, 1 << 16);
	if (bundle_encode(&bundle, &keys, &wire) == RESULT_OK &&
	    bundle_decode(buffer_view(&wire), NULL, &back, NULL) == RESULT_OK) {
		fuzz_check(strcmp(back.naam, bundle.naam) == 0);
		fuzz_check(strcmp(back.functies[0], bundle.functies[0]) == 0);
	}
	buffer_done(&wire);
}

// To a knooppunt that asks for proof of possession the same bytes say no more than without.
static void read_proven(struct bytes wire)
{
	// That of the vectors of the specification, to which their proofs are made.
	struct hash secret = sha256(bytes_of_text("knooppunt vectors: house send"));
	struct private_key send = {.kind = KEY_KIND_SEALING, .secret = secret.b};
	struct bundle bundle, again;
	struct problem problem = {.code = NULL};
	seal_public_of(send.public_key, secret.b);
	enum result result = bundle_decode(wire, &send, &bundle, &problem);
	fuzz_check((result == RESULT_OK) == (problem.code == NULL));
	fuzz_check(result != RESULT_OK || bundle_decode(wire, NULL, &again, NULL) == RESULT_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bundle bundle;
	struct problem problem = {.code = NULL};
	fuzz_check(crypto_start() == RESULT_OK);
	enum result result = bundle_decode(bytes_make(data, size), NULL, &bundle, &problem);
	fuzz_check((result == RESULT_OK) == (problem.code == NULL));
	read_proven(bytes_make(data, size));
	if (size > 0)
		sign_and_read(data, size);
	return 0;
}
