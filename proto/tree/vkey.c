// SPDX-License-Identifier: EUPL-1.2
#include "tree/note.h"

#include <stdio.h>
#include <string.h>

#define KEY_BLOB_LEN (1 + SIGN_PUBLIC_LEN)
#define KEY_BLOB_MAX 2048 // ML-DSA-44, the largest assigned type, has 1 + 1312

static bool name_is_valid(struct bytes name)
{
	if (name.len == 0 || name.len > ORIGIN_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (name.data[i] <= ' ' || name.data[i] >= 0x7F || name.data[i] == '+')
			return false;
	return true;
}

bool origin_is_valid(const char *origin)
{
	return name_is_valid(bytes_of_text(origin));
}

static enum result make(enum vkey_type type, struct bytes name,
			const uint8_t public_key[SIGN_PUBLIC_LEN], struct vkey *ret_vkey)
{
	if (!name_is_valid(name) || !sign_public_is_valid(public_key))
		return RESULT_MALFORMED;
	const uint8_t middle[2] = {'\n', (uint8_t)type};
	struct bytes views[3] = {name, bytes_make(middle, sizeof middle),
				 bytes_make(public_key, SIGN_PUBLIC_LEN)};
	struct hash id = sha256_of(views, 3);
	struct vkey vkey = {.type = (uint8_t)type};
	memcpy(vkey.name, name.data, name.len);
	memcpy(vkey.key_hash, id.b, sizeof vkey.key_hash);
	memcpy(vkey.public_key, public_key, sizeof vkey.public_key);
	*ret_vkey = vkey;
	return RESULT_OK;
}

enum result vkey_make(const char *name, const uint8_t public_key[SIGN_PUBLIC_LEN],
		      struct vkey *ret_vkey)
{
	return make(VKEY_ED25519, bytes_of_text(name), public_key, ret_vkey);
}

enum result cosigner_make(const char *name, const uint8_t public_key[SIGN_PUBLIC_LEN],
			  struct vkey *ret_vkey)
{
	return make(VKEY_COSIGNATURE, bytes_of_text(name), public_key, ret_vkey);
}

void vkey_format(char text[VKEY_MAX], const struct vkey *vkey)
{
	uint8_t blob[KEY_BLOB_LEN];
	char hex[2 * sizeof vkey->key_hash + 1];
	char base64[(KEY_BLOB_LEN + 2) / 3 * 4 + 1];
	blob[0] = vkey->type;
	memcpy(blob + 1, vkey->public_key, SIGN_PUBLIC_LEN);
	hex_encode(hex, bytes_make(vkey->key_hash, sizeof vkey->key_hash));
	base64_encode(base64, bytes_make(blob, sizeof blob));
	snprintf(text, VKEY_MAX, "%s+%s+%s", vkey->name, hex, base64);
}

// Takes what stands before the next '+' off `text`; base64 may hold more of them.
static bool take_field(struct bytes *text, struct bytes *ret_field)
{
	const uint8_t *plus = text->len == 0 ? NULL : memchr(text->data, '+', text->len);
	if (plus == NULL)
		return false;
	size_t len = (size_t)(plus - text->data);
	*ret_field = bytes_make(text->data, len);
	*text = bytes_make(plus + 1, text->len - len - 1);
	return true;
}

static bool is_lower_hex(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] >= 'A' && text.data[i] <= 'F')
			return false;
	return true;
}

static enum result parse(enum vkey_type type, struct bytes text, struct vkey *ret_vkey)
{
	struct bytes name, hex;
	struct vkey vkey;
	uint8_t key_hash[sizeof vkey.key_hash], blob[KEY_BLOB_MAX];
	size_t blob_len = 0;
	if (!take_field(&text, &name) || !take_field(&text, &hex) || !name_is_valid(name))
		return RESULT_MALFORMED;
	// Upper-case digits would give one key two texts.
	if (!is_lower_hex(hex) || hex_decode(key_hash, sizeof key_hash, hex) != RESULT_OK)
		return RESULT_MALFORMED;
	if (base64_decode(blob, sizeof blob, &blob_len, text) != RESULT_OK || blob_len < 1)
		return RESULT_MALFORMED;
	if (blob[0] != type)
		return RESULT_UNSUPPORTED;
	if (blob_len != KEY_BLOB_LEN)
		return RESULT_MALFORMED;
	enum result result = make(type, name, blob + 1, &vkey);
	if (result != RESULT_OK)
		return result;
	if (memcmp(key_hash, vkey.key_hash, sizeof key_hash) != 0)
		return RESULT_BAD_SIGNATURE;
	*ret_vkey = vkey;
	return RESULT_OK;
}

enum result vkey_parse(struct bytes text, struct vkey *ret_vkey)
{
	return parse(VKEY_ED25519, text, ret_vkey);
}

enum result cosigner_parse(struct bytes text, struct vkey *ret_vkey)
{
	return parse(VKEY_COSIGNATURE, text, ret_vkey);
}
