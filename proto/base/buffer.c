// SPDX-License-Identifier: EUPL-1.2
#include "base/bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAP 64

void buffer_init(struct buffer *buffer, size_t ceiling)
{
	*buffer = (struct buffer){.ceiling = ceiling};
}

static void reset(struct buffer *buffer)
{
	free(buffer->data);
	buffer_init(buffer, buffer->ceiling);
}

void buffer_done(struct buffer *buffer)
{
	if (buffer)
		reset(buffer);
}

void buffer_wipe(struct buffer *buffer)
{
	if (!buffer)
		return;
	if (buffer->data)
		explicit_bzero(buffer->data, buffer->cap);
	reset(buffer);
}

void buffer_clear(struct buffer *buffer)
{
	buffer->len = 0;
	buffer->status = RESULT_OK;
}

void buffer_scrub(struct buffer *buffer)
{
	if (buffer->data)
		explicit_bzero(buffer->data, buffer->len);
	buffer_clear(buffer);
}

// Not realloc: it would leave the old bytes behind in freed memory, and a buffer does not know
// whether it holds a secret.
static enum result grow(struct buffer *buffer, size_t need)
{
	size_t cap = buffer->cap ? buffer->cap : FIRST_CAP;
	while (cap < need && cap <= SIZE_MAX / 2)
		cap *= 2;
	if (cap < need)
		cap = need;
	if (cap > buffer->ceiling && need <= buffer->ceiling)
		cap = buffer->ceiling ? buffer->ceiling : 1;
	// No object can be larger; sanitizers end the program on such a request.
	uint8_t *data = cap <= PTRDIFF_MAX ? malloc(cap) : NULL;
	if (!data)
		return RESULT_NO_MEMORY;
	if (buffer->data) {
		memcpy(data, buffer->data, buffer->len);
		explicit_bzero(buffer->data, buffer->cap);
		free(buffer->data);
	}
	buffer->data = data;
	buffer->cap = cap;
	return RESULT_OK;
}

uint8_t *buffer_reserve(struct buffer *buffer, size_t count)
{
	if (buffer->status != RESULT_OK)
		return NULL;
	if (count > buffer->ceiling || buffer->len > buffer->ceiling - count) {
		buffer->status = RESULT_TOO_LARGE;
		return NULL;
	}
	if (!buffer->data || buffer->len + count > buffer->cap) {
		buffer->status = grow(buffer, buffer->len + count);
		if (buffer->status != RESULT_OK)
			return NULL;
	}
	uint8_t *begin = buffer->data + buffer->len;
	buffer->len += count;
	return begin;
}

void buffer_append(struct buffer *buffer, struct bytes view)
{
	if (view.len == 0)
		return;
	uint8_t *p = buffer_reserve(buffer, view.len);
	if (p)
		memcpy(p, view.data, view.len);
}

void buffer_append_text(struct buffer *buffer, const char *text)
{
	buffer_append(buffer, bytes_of_text(text));
}

void buffer_append_format(struct buffer *buffer, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	va_list again;
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0)
		buffer->status = buffer->status != RESULT_OK ? buffer->status : RESULT_INTERNAL;
	// vsnprintf writes a NUL behind the text: reserve room for it and give it back.
	uint8_t *p = len < 0 ? NULL : buffer_reserve(buffer, (size_t)len + 1);
	if (p) {
		vsnprintf((char *)p, (size_t)len + 1, format, again);
		buffer->len--;
	}
	va_end(again);
}

void buffer_append_u8(struct buffer *buffer, uint8_t value)
{
	uint8_t *p = buffer_reserve(buffer, 1);
	if (p)
		*p = value;
}

void buffer_append_u32be(struct buffer *buffer, uint32_t value)
{
	uint8_t *p = buffer_reserve(buffer, 4);
	if (p)
		put_u32be(p, value);
}

void buffer_append_u64be(struct buffer *buffer, uint64_t value)
{
	uint8_t *p = buffer_reserve(buffer, 8);
	if (p)
		put_u64be(p, value);
}

void buffer_append_zeros(struct buffer *buffer, size_t count)
{
	uint8_t *p = buffer_reserve(buffer, count);
	if (p)
		memset(p, 0, count);
}
