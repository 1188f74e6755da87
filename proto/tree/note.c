// SPDX-License-Identifier: EUPL-1.2
#include "tree/note.h"

#include "tree/text.h"

#include <string.h>

#define SIGNATURE_PREFIX "\xE2\x80\x94 " // em dash, space
#define KEY_HASH_LEN 4
#define BLOB_MAX (CHECKPOINT_MAX / 4 * 3) // what the longest line of a note could decode to

// One signature line, taken apart.
struct note_signature {
	struct bytes name;
	uint8_t blob[BLOB_MAX]; // key hash, then what the algorithm made
	size_t blob_len;
};

// signed-note: UTF-8, and newline is the only control character; utf8_is_clean_text lets tabs pass.
static bool note_is_clean(struct bytes note)
{
	return memchr(note.data, '\t', note.len) == NULL && utf8_is_clean_text(note);
}

// The characters Unicode calls White_Space, in UTF-8, besides those that note_is_clean or the
// split at the first space have excluded already.
static const char *const unicode_spaces[] = {
	"\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82",
	"\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86", "\xE2\x80\x87",
	"\xE2\x80\x88", "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\xA8", "\xE2\x80\xA9",
	"\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80",
};

// A key name of anyone: ours are stricter (origin_is_valid), witnesses' need not be ASCII.
static bool name_is_acceptable(struct bytes name)
{
	if (name.len == 0 || memchr(name.data, '+', name.len) != NULL)
		return false;
	for (size_t i = 0; i < sizeof unicode_spaces / sizeof unicode_spaces[0]; i++) {
		const char *space = unicode_spaces[i];
		if (memmem(name.data, name.len, space, strlen(space)) != NULL)
			return false;
	}
	return true;
}

static enum result parse_signature(struct bytes line, struct note_signature *ret_signature)
{
	if (!text_take_prefix(&line, SIGNATURE_PREFIX) || line.len == 0)
		return RESULT_MALFORMED;
	const uint8_t *space = memchr(line.data, ' ', line.len);
	if (space == NULL)
		return RESULT_MALFORMED;
	size_t name_len = (size_t)(space - line.data);
	ret_signature->name = bytes_make(line.data, name_len);
	if (!name_is_acceptable(ret_signature->name))
		return RESULT_MALFORMED;
	struct bytes base64 = bytes_make(space + 1, line.len - name_len - 1);
	if (base64_decode(ret_signature->blob, sizeof ret_signature->blob, &ret_signature->blob_len,
			  base64) != RESULT_OK)
		return RESULT_MALFORMED;
	return ret_signature->blob_len > KEY_HASH_LEN ? RESULT_OK : RESULT_MALFORMED;
}

static bool signature_is_of(const struct note_signature *signature, const struct vkey *vkey)
{
	return bytes_equal(signature->name, bytes_of_text(vkey->name)) &&
	       memcmp(signature->blob, vkey->key_hash, KEY_HASH_LEN) == 0;
}

#define COSIGNED_MAX (CHECKPOINT_MAX + 64)
#define TIME_LEN 8

// What a witness signs: the time and the whole text.
static enum result append_cosigned(struct buffer *out, struct bytes text, uint64_t time)
{
	buffer_append_format(out, "cosignature/v1\ntime %llu\n", (unsigned long long)time);
	buffer_append(out, text);
	return out->status;
}

static enum result check_cosignature(struct bytes blob, struct bytes text, const struct vkey *vkey,
				     uint64_t *ret_time)
{
	struct buffer cosigned;
	if (blob.len != TIME_LEN + SIGN_LEN)
		return RESULT_BAD_SIGNATURE;
	*ret_time = get_u64be(blob.data);
	if (*ret_time >= TREE_SIZE_END)
		return RESULT_BAD_SIGNATURE;
	buffer_init(&cosigned, COSIGNED_MAX);
	enum result result = append_cosigned(&cosigned, text, *ret_time);
	if (result == RESULT_OK)
		result = sign_verify(bytes_make(blob.data + TIME_LEN, SIGN_LEN),
				     buffer_view(&cosigned), vkey->public_key);
	buffer_done(&cosigned);
	return result;
}

// What the lines of one key in a note came to.
struct of_key {
	bool verified;
	uint64_t time; // of the newest cosignature
};

// Checks one line: every signature of `vkey` over `text` must be good.
static enum result check_line(struct bytes line, struct bytes text, const struct vkey *vkey,
			      struct of_key *found)
{
	struct note_signature signature;
	uint64_t time = 0;
	enum result result = parse_signature(line, &signature);
	if (result != RESULT_OK || !signature_is_of(&signature, vkey))
		return result;
	struct bytes blob =
		bytes_make(signature.blob + KEY_HASH_LEN, signature.blob_len - KEY_HASH_LEN);
	if (vkey->type == VKEY_COSIGNATURE)
		result = check_cosignature(blob, text, vkey, &time);
	else
		result = blob.len == SIGN_LEN ? sign_verify(blob, text, vkey->public_key)
					      : RESULT_BAD_SIGNATURE;
	if (result != RESULT_OK)
		return result;
	found->verified = true;
	if (time > found->time)
		found->time = time;
	return RESULT_OK;
}

// Splits at the last blank line: text with its final newline, and the signature lines.
static enum result split_note(struct bytes note, struct bytes *ret_text, struct bytes *ret_lines)
{
	for (size_t end = note.len; end >= 2; end--) {
		if (note.data[end - 1] != '\n' || note.data[end - 2] != '\n')
			continue;
		if (end == note.len)
			return RESULT_MALFORMED;
		*ret_text = bytes_make(note.data, end - 1);
		*ret_lines = bytes_make(note.data + end, note.len - end);
		return RESULT_OK;
	}
	return RESULT_MALFORMED;
}

static enum result verify(struct bytes note, const struct vkey *vkey, struct bytes *ret_text,
			  struct of_key *ret_found)
{
	if (note.len > CHECKPOINT_MAX)
		return RESULT_TOO_LARGE;
	struct bytes text, lines, line;
	if (note.len == 0 || !note_is_clean(note))
		return RESULT_MALFORMED;
	enum result result = split_note(note, &text, &lines);
	struct of_key found = {.verified = false};
	for (size_t count = 0; result == RESULT_OK && lines.len != 0; count++) {
		if (count == NOTE_SIGNATURES_MAX)
			return RESULT_TOO_LARGE;
		if (!text_take_line(&lines, &line))
			return RESULT_MALFORMED;
		result = check_line(line, text, vkey, &found);
	}
	if (result != RESULT_OK)
		return result;
	if (!found.verified)
		return RESULT_BAD_SIGNATURE;
	*ret_text = text;
	*ret_found = found;
	return RESULT_OK;
}

enum result note_verify(struct bytes note, const struct vkey *vkey, struct bytes *ret_text)
{
	struct of_key found;
	return verify(note, vkey, ret_text, &found);
}

enum result cosignature_verify(struct bytes note, const struct vkey *cosigner,
			       struct bytes *ret_text, uint64_t *ret_time)
{
	struct of_key found;
	if (cosigner->type != VKEY_COSIGNATURE)
		return RESULT_BAD_SIGNATURE;
	enum result result = verify(note, cosigner, ret_text, &found);
	if (result == RESULT_OK)
		*ret_time = found.time;
	return result;
}

// The secret holds its public half: a pair that does not belong together signs nothing.
static bool is_pair(const struct vkey *vkey, const uint8_t secret[SIGN_SECRET_LEN])
{
	return memcmp(secret + SIGN_SEED_LEN, vkey->public_key, SIGN_PUBLIC_LEN) == 0;
}

static enum result append_line(const struct vkey *vkey, struct bytes signature, struct buffer *out)
{
	uint8_t blob[KEY_HASH_LEN + TIME_LEN + SIGN_LEN];
	char base64[(sizeof blob + 2) / 3 * 4 + 1];
	memcpy(blob, vkey->key_hash, KEY_HASH_LEN);
	memcpy(blob + KEY_HASH_LEN, signature.data, signature.len);
	base64_encode(base64, bytes_make(blob, KEY_HASH_LEN + signature.len));
	size_t before = out->len;
	buffer_append_text(out, SIGNATURE_PREFIX);
	buffer_append_text(out, vkey->name);
	buffer_append_text(out, " ");
	buffer_append_text(out, base64);
	buffer_append_text(out, "\n");
	if (out->status != RESULT_OK)
		out->len = before;
	return out->status;
}

enum result note_append_signature(struct bytes text, const struct vkey *vkey,
				  const uint8_t secret[SIGN_SECRET_LEN], struct buffer *out)
{
	uint8_t signature[SIGN_LEN];
	if (vkey->type != VKEY_ED25519 || !is_pair(vkey, secret))
		return RESULT_BAD_SIGNATURE;
	sign_detached(signature, text, secret);
	return append_line(vkey, bytes_make(signature, sizeof signature), out);
}

enum result cosignature_append(struct bytes text, const struct vkey *cosigner,
			       const uint8_t secret[SIGN_SECRET_LEN], uint64_t time,
			       struct buffer *out)
{
	uint8_t signature[TIME_LEN + SIGN_LEN];
	struct buffer cosigned;
	if (cosigner->type != VKEY_COSIGNATURE || !is_pair(cosigner, secret))
		return RESULT_BAD_SIGNATURE;
	if (time >= TREE_SIZE_END)
		return RESULT_MALFORMED;
	put_u64be(signature, time);
	buffer_init(&cosigned, COSIGNED_MAX);
	enum result result = append_cosigned(&cosigned, text, time);
	if (result == RESULT_OK) {
		sign_detached(signature + TIME_LEN, buffer_view(&cosigned), secret);
		result = append_line(cosigner, bytes_make(signature, sizeof signature), out);
	}
	buffer_done(&cosigned);
	return result;
}
