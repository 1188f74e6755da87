// SPDX-License-Identifier: EUPL-1.2
#include "control/control.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define BASE64_MARK "base64:"
#define BASE64_MARK_LEN 7

static bool name_is_valid(struct bytes name)
{
	if (name.len < 1 || name.len > CONTROL_NAME_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.data[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
		      c == '-'))
			return false;
	}
	return true;
}

static bool is_marked(struct bytes value)
{
	return value.len >= BASE64_MARK_LEN &&
	       memcmp(value.data, BASE64_MARK, BASE64_MARK_LEN) == 0;
}

// Decodes into `store`, which has room for all values of the message: earlier views stay good.
static enum result value_decode(struct bytes text, struct buffer *store, struct bytes *ret_value)
{
	size_t room = store->cap - store->len, len;
	struct bytes digits = bytes_make(text.data + BASE64_MARK_LEN, text.len - BASE64_MARK_LEN);
	enum result result = base64_decode(store->data + store->len, room, &len, digits);
	if (result != RESULT_OK)
		return RESULT_MALFORMED;
	*ret_value = bytes_make(store->data + store->len, len);
	store->len += len;
	return RESULT_OK;
}

static enum result line_parse(struct bytes line, struct buffer *store,
			      struct control_line *ret_line)
{
	const uint8_t *space = memchr(line.data, ' ', line.len);
	size_t name_len = space ? (size_t)(space - line.data) : line.len;
	struct control_line parsed = {.name = bytes_make(line.data, name_len)};
	if (!name_is_valid(parsed.name))
		return RESULT_MALFORMED;
	if (space) {
		parsed.value = bytes_make(space + 1, line.len - name_len - 1);
		if (is_marked(parsed.value)) {
			enum result result = value_decode(parsed.value, store, &parsed.value);
			if (result != RESULT_OK)
				return result;
		} else if (!utf8_is_clean_text(parsed.value)) {
			return RESULT_MALFORMED;
		}
	}
	*ret_line = parsed;
	return RESULT_OK;
}

static enum result lines_parse(struct bytes rest, struct control_message *message)
{
	if (rest.len == 0)
		return RESULT_MALFORMED;
	while (rest.len > 0) {
		const uint8_t *end = memchr(rest.data, '\n', rest.len);
		if (!end)
			return RESULT_MALFORMED;
		if (message->count == CONTROL_LINES_MAX)
			return RESULT_TOO_LARGE;
		size_t len = (size_t)(end - rest.data);
		enum result result = line_parse(bytes_make(rest.data, len), &message->store,
						&message->lines[message->count]);
		if (result != RESULT_OK)
			return result;
		message->count++;
		rest = bytes_make(end + 1, rest.len - len - 1);
	}
	return RESULT_OK;
}

enum result control_parse(struct bytes lines, struct control_message *ret_message)
{
	if (lines.len > CONTROL_MESSAGE_MAX)
		return RESULT_TOO_LARGE;
	ret_message->count = 0;
	buffer_init(&ret_message->store, CONTROL_MESSAGE_MAX);
	// Reserved once and never grown: the views of decoded values point into it.
	buffer_reserve(&ret_message->store, lines.len);
	enum result result = ret_message->store.status;
	ret_message->store.len = 0;
	if (result == RESULT_OK)
		result = lines_parse(lines, ret_message);
	if (result != RESULT_OK)
		control_message_done(ret_message);
	return result;
}

void control_message_done(struct control_message *message)
{
	buffer_wipe(&message->store);
	message->count = 0;
}

struct bytes control_value(const struct control_message *message, const char *name)
{
	struct bytes wanted = bytes_of_text(name);
	for (size_t i = 0; i < message->count; i++) {
		if (bytes_equal(message->lines[i].name, wanted))
			return message->lines[i].value;
	}
	return (struct bytes){0};
}

static void append_base64(struct buffer *out, struct bytes value)
{
	buffer_append_text(out, BASE64_MARK);
	size_t size = base64_size(value.len);
	uint8_t *text = buffer_reserve(out, size);
	if (!text)
		return;
	base64_encode((char *)text, value);
	out->len--; // its NUL
}

void control_append(struct buffer *out, const char *name, struct bytes value)
{
	assert(name_is_valid(bytes_of_text(name)));
	buffer_append_text(out, name);
	buffer_append_u8(out, ' ');
	if (is_marked(value) || (value.len && memchr(value.data, '\n', value.len)) ||
	    !utf8_is_clean_text(value))
		append_base64(out, value);
	else
		buffer_append(out, value);
	buffer_append_u8(out, '\n');
}

void control_append_text(struct buffer *out, const char *name, const char *value)
{
	control_append(out, name, bytes_of_text(value));
}

void control_append_number(struct buffer *out, const char *name, uint64_t value)
{
	assert(name_is_valid(bytes_of_text(name)));
	buffer_append_format(out, "%s %llu\n", name, (unsigned long long)value);
}
