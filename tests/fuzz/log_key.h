// SPDX-License-Identifier: EUPL-1.2
// The log key of the fuzz targets: fixed, so that their corpora hold signatures that verify and
// targets can sign what they are given, which is the only way past a signature check.
#ifndef KNP_FUZZ_LOG_KEY_H
#define KNP_FUZZ_LOG_KEY_H

#include "crypto/secret.h"
#include "tests/fuzz/fuzz.h"
#include "tree/note.h"

#include <string.h>

#define FUZZ_ORIGIN "log.example.nl/fuzz"

struct log_key {
	struct vkey vkey;
	uint8_t secret[SIGN_SECRET_LEN];
};

static inline struct log_key log_key_make(void)
{
	struct log_key key;
	uint8_t seed[SIGN_SEED_LEN], public_key[SIGN_PUBLIC_LEN];
	memset(seed, 'z', sizeof seed);
	fuzz_check(crypto_start() == RESULT_OK);
	sign_keypair_from_seed(public_key, key.secret, seed);
	fuzz_check(vkey_make(FUZZ_ORIGIN, public_key, &key.vkey) == RESULT_OK);
	return key;
}

// Appends text, a blank line and a good signature over the text.
static inline void log_key_append_note(const struct log_key *key, struct bytes text,
				       struct buffer *out)
{
	buffer_append(out, text);
	buffer_append_text(out, "\n");
	fuzz_check(note_append_signature(text, &key->vkey, key->secret, out) == RESULT_OK);
}

#endif
