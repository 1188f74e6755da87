// SPDX-License-Identifier: EUPL-1.2
#include "tests/fuzz/log_key.h"

// The key of the published notes in the corpus.
#define PUBLISHED "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define SIGNATURE_LINE_MAX 256

static void check_view(struct bytes note, struct bytes text)
{
	fuzz_check(text.data == note.data && text.len >= 1 && text.len + 1 < note.len);
	fuzz_check(text.data[text.len - 1] == '\n' && text.data[text.len] == '\n');
}

static void verify_as_it_is(struct bytes note, const struct vkey *vkey)
{
	struct vkey published;
	struct bytes text;
	if (note_verify(note, vkey, &text) == RESULT_OK)
		check_view(note, text);
	fuzz_check(vkey_parse(bytes_of_text(PUBLISHED), &published) == RESULT_OK);
	if (note_verify(note, &published, &text) == RESULT_OK)
		check_view(note, text);
}

// Any clean text that ends in a newline can be signed, and comes back whole.
static void sign_and_verify(struct bytes input, const struct log_key *key)
{
	struct buffer note;
	struct bytes text;
	if (input.len == 0 || input.len > CHECKPOINT_MAX - SIGNATURE_LINE_MAX)
		return;
	bool clean = utf8_is_clean_text(input) && memchr(input.data, '\t', input.len) == NULL &&
		     input.data[input.len - 1] == '\n';
	buffer_init(&note, CHECKPOINT_MAX);
	log_key_append_note(key, input, &note);
	enum result result = note_verify(buffer_view(&note), &key->vkey, &text);
	fuzz_check((result == RESULT_OK) == clean);
	if (clean)
		fuzz_check(bytes_equal(text, input));
	buffer_done(&note);
}

// The same by a witness; and where it signed a whole note stays one to the log.
static void cosign_and_verify(struct bytes input, const struct log_key *key)
{
	struct buffer note;
	struct bytes text;
	struct vkey witness;
	uint64_t time = 0;
	if (input.len == 0 || input.len > CHECKPOINT_MAX - 2 * SIGNATURE_LINE_MAX)
		return;
	fuzz_check(cosigner_make(FUZZ_ORIGIN, key->vkey.public_key, &witness) == RESULT_OK);
	if (cosignature_verify(input, &witness, &text, &time) == RESULT_OK)
		check_view(input, text);
	buffer_init(&note, CHECKPOINT_MAX);
	log_key_append_note(key, input, &note);
	fuzz_check(cosignature_append(input, &witness, key->secret, input.len, &note) == RESULT_OK);
	bool signed_by = note_verify(buffer_view(&note), &key->vkey, &text) == RESULT_OK;
	bool cosigned = cosignature_verify(buffer_view(&note), &witness, &text, &time) == RESULT_OK;
	fuzz_check(signed_by == cosigned && (!cosigned || time == input.len));
	buffer_done(&note);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct log_key key = log_key_make();
	struct bytes input = bytes_make(data, size);
	verify_as_it_is(input, &key.vkey);
	sign_and_verify(input, &key);
	cosign_and_verify(input, &key);
	return 0;
}
