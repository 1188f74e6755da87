// SPDX-License-Identifier: EUPL-1.2
#include "witness/witness.h"

#include <string.h>

#define HASH_TEXT_LEN 44

// Takes a line without its newline; false: there is none.
static bool take_line(struct bytes *text, struct bytes *ret_line)
{
	const uint8_t *end = text->len > 0 ? memchr(text->data, '\n', text->len) : NULL;
	if (!end)
		return false;
	size_t len = (size_t)(end - text->data);
	*ret_line = bytes_make(text->data, len);
	*text = bytes_make(end + 1, text->len - len - 1);
	return true;
}

static enum result take_old(struct bytes *text, uint64_t *ret_old)
{
	static const char word[] = "old ";
	struct bytes line;
	if (!take_line(text, &line) || line.len < sizeof word ||
	    memcmp(line.data, word, sizeof word - 1) != 0)
		return RESULT_MALFORMED;
	struct bytes digits = bytes_make(line.data + sizeof word - 1, line.len - (sizeof word - 1));
	bool leading = digits.len > 1 && digits.data[0] == '0';
	return leading ? RESULT_MALFORMED : number_parse(digits, ret_old);
}

static enum result take_hash(struct bytes line, struct hash *ret_hash)
{
	size_t len = 0;
	if (line.len != HASH_TEXT_LEN ||
	    base64_decode(ret_hash->b, sizeof ret_hash->b, &len, line) != RESULT_OK)
		return RESULT_MALFORMED;
	return len == sizeof ret_hash->b ? RESULT_OK : RESULT_MALFORMED;
}

enum result witness_request_parse(struct bytes body, struct witness_request *ret_request)
{
	struct witness_request request = {.proof = {.count = 0}};
	struct bytes line;
	enum result result = take_old(&body, &request.old);
	while (result == RESULT_OK) {
		if (!take_line(&body, &line))
			return RESULT_MALFORMED;
		if (line.len == 0)
			break;
		if (request.proof.count == TREE_PATH_MAX)
			return RESULT_MALFORMED;
		result = take_hash(line, &request.proof.hashes[request.proof.count++]);
	}
	if (result != RESULT_OK || body.len == 0)
		return RESULT_MALFORMED;
	request.note = body;
	*ret_request = request;
	return RESULT_OK;
}
