// SPDX-License-Identifier: EUPL-1.2
#include "register/lines.h"

#include <string.h>

#define DIGITS_MAX 19 // of a number that fits in 64 bits

// What stands before the end of the line, which is taken too; empty when there is no end.
static struct bytes take_line(struct bytes *rest)
{
	const uint8_t *end = rest->len > 0 ? memchr(rest->data, '\n', rest->len) : NULL;
	size_t len = end ? (size_t)(end - rest->data) : 0;
	struct bytes line = bytes_make(rest->data, len);
	if (end)
		*rest = bytes_make(end + 1, rest->len - len - 1);
	return line;
}

bool lines_take(struct bytes *rest, const char *begins, char *out, size_t size)
{
	if (!bytes_take_text(rest, begins))
		return false;
	struct bytes line = take_line(rest);
	if (line.len == 0 || line.len >= size || memchr(line.data, '\0', line.len))
		return false;
	memcpy(out, line.data, line.len);
	out[line.len] = '\0';
	return true;
}

bool lines_take_hex(struct bytes *rest, const char *begins, uint8_t *out, size_t len)
{
	return bytes_take_text(rest, begins) && hex_decode(out, len, take_line(rest)) == RESULT_OK;
}

bool lines_take_number(struct bytes *rest, uint64_t *ret_number)
{
	size_t n = 0;
	uint64_t number = 0;
	while (n < rest->len && n < DIGITS_MAX && rest->data[n] >= '0' && rest->data[n] <= '9')
		number = number * 10 + (uint64_t)(rest->data[n++] - '0');
	*rest = bytes_make(rest->data + n, rest->len - n);
	*ret_number = number;
	return n > 0;
}
