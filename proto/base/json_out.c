// SPDX-License-Identifier: EUPL-1.2
#include "base/json_out.h"

#include <assert.h>
#include <string.h>

void json_out_init(struct json_out *out, struct buffer *buffer)
{
	memset(out, 0, sizeof *out);
	out->buffer = buffer;
}

static void begin_value(struct json_out *out)
{
	// In an object the key has placed the comma.
	if (!out->after_key && out->has_item[out->depth])
		buffer_append_text(out->buffer, ", ");
	out->has_item[out->depth] = true;
	out->after_key = false;
}

static void open_level(struct json_out *out, bool array)
{
	begin_value(out);
	assert(out->depth + 1 < JSON_DEPTH_MAX);
	out->depth++;
	out->in_array[out->depth] = array;
	out->has_item[out->depth] = false;
	buffer_append_text(out->buffer, array ? "[" : "{");
}

static void close_level(struct json_out *out, bool array)
{
	assert(out->depth > 0 && out->in_array[out->depth] == array && !out->after_key);
	out->depth--;
	buffer_append_text(out->buffer, array ? "]" : "}");
}

void json_out_object_begin(struct json_out *out)
{
	open_level(out, false);
}

void json_out_object_end(struct json_out *out)
{
	close_level(out, false);
}

void json_out_array_begin(struct json_out *out)
{
	open_level(out, true);
}

void json_out_array_end(struct json_out *out)
{
	close_level(out, true);
}

// Length of the UTF-8 sequence at `at`, 0 when there is none.
static size_t sequence_length(struct bytes text, size_t at)
{
	uint8_t lead = text.data[at];
	size_t len = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	if (len > text.len - at)
		return 0;
	// The controls it refuses are ASCII and C1; the caller escapes the first, and the second
	// are no text anybody means.
	return len == 1 || utf8_is_clean_text(bytes_make(text.data + at, len)) ? len : 0;
}

static void append_ascii(struct buffer *buffer, uint8_t c)
{
	if (c == '"' || c == '\\')
		buffer_append_format(buffer, "\\%c", c);
	else if (c == '\n')
		buffer_append_text(buffer, "\\n");
	else if (c == '\t')
		buffer_append_text(buffer, "\\t");
	else if (c < 0x20 || c == 0x7f)
		buffer_append_format(buffer, "\\u%04x", c);
	else
		buffer_append_u8(buffer, c);
}

static void append_quoted(struct buffer *buffer, struct bytes text)
{
	buffer_append_u8(buffer, '"');
	for (size_t at = 0; at < text.len;) {
		size_t len = sequence_length(text, at);
		if (len == 1)
			append_ascii(buffer, text.data[at]);
		else if (len > 1)
			buffer_append(buffer, bytes_make(text.data + at, len));
		else
			buffer_append_text(buffer, "\\ufffd");
		at += len ? len : 1;
	}
	buffer_append_u8(buffer, '"');
}

void json_out_key(struct json_out *out, const char *key)
{
	assert(out->depth > 0 && !out->in_array[out->depth] && !out->after_key);
	if (out->has_item[out->depth])
		buffer_append_text(out->buffer, ", ");
	append_quoted(out->buffer, bytes_of_text(key));
	buffer_append_text(out->buffer, ": ");
	out->after_key = true;
}

void json_out_text(struct json_out *out, struct bytes text)
{
	begin_value(out);
	append_quoted(out->buffer, text);
}

void json_out_number(struct json_out *out, uint64_t number)
{
	begin_value(out);
	buffer_append_format(out->buffer, "%llu", (unsigned long long)number);
}

void json_out_bool(struct json_out *out, bool value)
{
	begin_value(out);
	buffer_append_text(out->buffer, value ? "true" : "false");
}

void json_out_null(struct json_out *out)
{
	begin_value(out);
	buffer_append_text(out->buffer, "null");
}

void json_out_add_text(struct json_out *out, const char *key, const char *text)
{
	json_out_add_bytes(out, key, bytes_of_text(text));
}

void json_out_add_bytes(struct json_out *out, const char *key, struct bytes text)
{
	json_out_key(out, key);
	json_out_text(out, text);
}

void json_out_add_number(struct json_out *out, const char *key, uint64_t number)
{
	json_out_key(out, key);
	json_out_number(out, number);
}

void json_out_add_bool(struct json_out *out, const char *key, bool value)
{
	json_out_key(out, key);
	json_out_bool(out, value);
}

void json_out_problem(struct json_out *out, const struct problem *problem)
{
	json_out_object_begin(out);
	json_out_add_text(out, "code", problem->code);
	json_out_add_text(out, "message", problem->message);
	if (problem->file[0])
		json_out_add_text(out, "file", problem->file);
	if (problem->line)
		json_out_add_number(out, "line", problem->line);
	if (problem->field[0])
		json_out_add_text(out, "field", problem->field);
	json_out_add_text(out, "fix", problem->fix);
	json_out_object_end(out);
}
