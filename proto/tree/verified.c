// SPDX-License-Identifier: EUPL-1.2
#include "tree/verified.h"

#include "tree/text.h"

#define NAME "knooppunt-verified/"
#define VERSION "1"
#define PEAKS 63 // sizes are below 2^63

static void append_hash(struct buffer *out, const struct hash *hash)
{
	char text[TEXT_HASH_LEN + 1];
	base64_encode(text, bytes_of_hash(hash));
	buffer_append_format(out, "%s\n", text);
}

static void append_body(const struct verified *verified, struct buffer *out)
{
	const struct frontier *frontier = &verified->frontier;
	buffer_append_format(out, "%llu\n", (unsigned long long)frontier->size);
	for (unsigned level = PEAKS; level-- > 0;)
		if ((frontier->size >> level & 1) != 0)
			append_hash(out, &frontier->peaks[level]);
	buffer_append_text(out, "\n");
	buffer_append(out, verified->note);
}

void verified_format(const struct verified *verified, struct buffer *out)
{
	struct buffer body;
	buffer_init(&body, VERIFIED_MAX);
	append_body(verified, &body);
	struct hash hash = sha256(buffer_view(&body));
	buffer_append_text(out, NAME VERSION " ");
	append_hash(out, &hash);
	buffer_append(out, buffer_view(&body));
	if (out->status == RESULT_OK)
		out->status = body.status;
	buffer_done(&body);
}

static enum result read_frontier(struct bytes *text, struct frontier *frontier)
{
	struct bytes line;
	if (!text_take_line(text, &line))
		return RESULT_MALFORMED;
	enum result result = text_read_decimal(line, &frontier->size);
	for (unsigned level = PEAKS; level-- > 0 && result == RESULT_OK;) {
		if ((frontier->size >> level & 1) == 0)
			continue;
		result = text_take_line(text, &line) ? text_read_hash(line, &frontier->peaks[level])
						     : RESULT_MALFORMED;
	}
	return result;
}

enum result verified_parse(struct bytes text, struct verified *ret_verified)
{
	struct verified verified = {.frontier = {.size = 0}};
	struct bytes line;
	struct hash hash;
	if (!text_take_prefix(&text, NAME) || !text_take_line(&text, &line))
		return RESULT_MALFORMED;
	if (!text_take_prefix(&line, VERSION " "))
		return RESULT_UNSUPPORTED;
	if (text_read_hash(line, &hash) != RESULT_OK)
		return RESULT_MALFORMED;
	struct hash got = sha256(text);
	if (!hash_equal(&hash, &got))
		return RESULT_DAMAGED;
	enum result result = read_frontier(&text, &verified.frontier);
	if (result != RESULT_OK)
		return result;
	if (!text_take_line(&text, &line) || line.len != 0 || text.len == 0 ||
	    text.len > CHECKPOINT_MAX)
		return RESULT_MALFORMED;
	verified.note = text;
	*ret_verified = verified;
	return RESULT_OK;
}
