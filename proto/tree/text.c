// SPDX-License-Identifier: EUPL-1.2
#include "tree/text.h"

#include <string.h>

bool text_take_line(struct bytes *text, struct bytes *ret_line)
{
	if (text->len == 0)
		return false;
	const uint8_t *end = memchr(text->data, '\n', text->len);
	if (end == NULL)
		return false;
	size_t len = (size_t)(end - text->data);
	*ret_line = bytes_make(text->data, len);
	*text = bytes_make(end + 1, text->len - len - 1);
	return true;
}

bool text_take_prefix(struct bytes *text, const char *prefix)
{
	size_t len = strlen(prefix);
	if (text->len < len || memcmp(text->data, prefix, len) != 0)
		return false;
	*text = bytes_make(text->data + len, text->len - len);
	return true;
}

enum result text_read_decimal(struct bytes digits, uint64_t *ret_value)
{
	// 2^63 has 19 digits; 19 digits cannot overflow 64 bits.
	if (digits.len == 0 || digits.len > 19)
		return RESULT_MALFORMED;
	if (digits.data[0] == '0' && digits.len > 1)
		return RESULT_MALFORMED;
	uint64_t value = 0;
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.data[i] < '0' || digits.data[i] > '9')
			return RESULT_MALFORMED;
		value = value * 10 + (uint64_t)(digits.data[i] - '0');
	}
	if (value >= TREE_SIZE_END)
		return RESULT_MALFORMED;
	*ret_value = value;
	return RESULT_OK;
}

enum result text_read_hash(struct bytes text, struct hash *ret_hash)
{
	struct hash hash;
	size_t len = 0;
	if (text.len != TEXT_HASH_LEN)
		return RESULT_MALFORMED;
	if (base64_decode(hash.b, sizeof hash.b, &len, text) != RESULT_OK || len != sizeof hash.b)
		return RESULT_MALFORMED;
	*ret_hash = hash;
	return RESULT_OK;
}
