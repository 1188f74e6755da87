// SPDX-License-Identifier: EUPL-1.2
// Text forms of bytes: hex, base64 (RFC 4648 §4) and the check for clean UTF-8 (RFC 3629).
#include "base/bytes.h"

#include <string.h>

enum result number_parse(struct bytes digits, uint64_t *ret_number)
{
	uint64_t number = 0;
	if (digits.len == 0)
		return RESULT_MALFORMED;
	for (size_t i = 0; i < digits.len; i++) {
		unsigned digit = (unsigned)digits.data[i] - '0';
		if (digit > 9 || number > (UINT64_MAX - digit) / 10)
			return RESULT_MALFORMED;
		number = number * 10 + digit;
	}
	*ret_number = number;
	return RESULT_OK;
}

void hex_encode(char *out, struct bytes view)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < view.len; i++) {
		*out++ = digits[view.data[i] >> 4];
		*out++ = digits[view.data[i] & 15];
	}
	*out = '\0';
}

static int hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

enum result hex_decode(uint8_t *out, size_t len, struct bytes text)
{
	if (text.len / 2 != len || text.len % 2 != 0)
		return RESULT_MALFORMED;
	for (size_t i = 0; i < text.len; i++) {
		if (hex_value(text.data[i]) < 0)
			return RESULT_MALFORMED;
	}
	for (size_t i = 0; i < len; i++) {
		out[i] = (uint8_t)(hex_value(text.data[2 * i]) << 4 |
				   hex_value(text.data[2 * i + 1]));
	}
	return RESULT_OK;
}

size_t base64_size(size_t len)
{
	return (len + 2) / 3 * 4 + 1;
}

static char base64_char(unsigned value)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "abcdefghijklmnopqrstuvwxyz0123456789+/";
	return alphabet[value & 63];
}

void base64_encode(char *out, struct bytes view)
{
	for (size_t i = 0; i < view.len; i += 3) {
		size_t left = view.len - i;
		unsigned group = (unsigned)view.data[i] << 16;
		if (left > 1)
			group |= (unsigned)view.data[i + 1] << 8;
		if (left > 2)
			group |= view.data[i + 2];
		*out++ = base64_char(group >> 18);
		*out++ = base64_char(group >> 12);
		*out++ = left > 1 ? base64_char(group >> 6) : '=';
		*out++ = left > 2 ? base64_char(group) : '=';
	}
	*out = '\0';
}

static int base64_value(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

// Checks everything before a byte is written, so that `out` stays untouched on failure.
static enum result base64_check(struct bytes text, size_t *ret_len)
{
	if (text.len % 4 != 0)
		return RESULT_MALFORMED;
	size_t pad = 0;
	while (pad < 2 && pad < text.len && text.data[text.len - 1 - pad] == '=')
		pad++;
	size_t digits = text.len - pad;
	for (size_t i = 0; i < digits; i++) {
		if (base64_value(text.data[i]) < 0)
			return RESULT_MALFORMED;
	}
	// Bits that carry nothing must be zero, or two texts would name the same bytes.
	unsigned loose = pad == 1 ? 3 : pad == 2 ? 15 : 0;
	if (loose && ((unsigned)base64_value(text.data[digits - 1]) & loose) != 0)
		return RESULT_MALFORMED;
	*ret_len = text.len / 4 * 3 - pad;
	return RESULT_OK;
}

enum result base64_decode(uint8_t *out, size_t cap, size_t *ret_len, struct bytes text)
{
	size_t len;
	enum result result = base64_check(text, &len);
	if (result != RESULT_OK)
		return result;
	if (len > cap)
		return RESULT_TOO_LARGE;
	for (size_t i = 0; i < text.len; i += 4) {
		unsigned group = 0;
		for (size_t j = 0; j < 4; j++) {
			int value = base64_value(text.data[i + j]);
			group = group << 6 | (value < 0 ? 0 : (unsigned)value);
		}
		for (size_t j = 0; j < 3 && i / 4 * 3 + j < len; j++)
			out[i / 4 * 3 + j] = (uint8_t)(group >> (16 - 8 * j));
	}
	*ret_len = len;
	return RESULT_OK;
}

// Length of the well-formed sequence at p (RFC 3629 §4, without overlong forms and surrogates),
// 0 when there is none; its code point in *ret_point.
static size_t utf8_sequence(const uint8_t *p, size_t left, uint32_t *ret_point)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	if (p[0] < 0x80) {
		*ret_point = p[0];
		return 1;
	}
	size_t len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] > 0xf4 || len > left)
		return 0;
	uint32_t point = p[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (p[i] & 0x3f);
	}
	if (point < smallest[len] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
		return 0;
	*ret_point = point;
	return len;
}

// Where text that is not printable ASCII begins, from `at` on, eight bytes at a time: almost all
// text is nothing else.
static size_t skip_ascii(struct bytes view, size_t at)
{
	const uint64_t high = 0x8080808080808080, ones = 0x0101010101010101;
	for (; view.len - at >= sizeof high; at += sizeof high) {
		uint64_t word;
		memcpy(&word, view.data + at, sizeof word);
		// The top bit of a byte is set in the first when it is no ASCII or 0x7f, and clear
		// in the second when it is below 0x20; no byte borrows from its neighbour.
		if (((word | (word + ones)) & high) != 0 ||
		    (((word | high) - ones * 0x20) & high) != high)
			break;
	}
	return at;
}

bool utf8_is_string(struct bytes view)
{
	for (size_t i = skip_ascii(view, 0); i < view.len;) {
		uint32_t point;
		size_t len = utf8_sequence(view.data + i, view.len - i, &point);
		if (len == 0 || point == 0)
			return false;
		i = skip_ascii(view, i + len);
	}
	return true;
}

bool utf8_is_clean_text(struct bytes view)
{
	for (size_t i = skip_ascii(view, 0); i < view.len;) {
		uint32_t point;
		size_t len = utf8_sequence(view.data + i, view.len - i, &point);
		if (len == 0)
			return false;
		if (point < 0x20 && point != '\t' && point != '\n')
			return false;
		if (point >= 0x7f && point <= 0x9f)
			return false;
		i = skip_ascii(view, i + len);
	}
	return true;
}

static bool is_hidden(uint32_t point)
{
	static const struct {
		uint32_t first, last;
	} hidden[] = {{0x00, 0x08},     {0x0b, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},
		      {0x61c, 0x61c},   {0x180e, 0x180e}, {0x200b, 0x200f}, {0x2028, 0x202e},
		      {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f}};
	for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
		if (point >= hidden[i].first && point <= hidden[i].last)
			return true;
	return false;
}

bool utf8_find_hidden(struct bytes text, size_t *ret_at)
{
	for (size_t i = skip_ascii(text, 0); i < text.len;) {
		uint32_t point;
		size_t len = utf8_sequence(text.data + i, text.len - i, &point);
		bool line_end =
			len && point == '\r' && i + 1 < text.len && text.data[i + 1] == '\n';
		if (len == 0 || (is_hidden(point) && !line_end)) {
			*ret_at = i;
			return true;
		}
		i = skip_ascii(text, i + len);
	}
	return false;
}

bool utf8_is_plain_line(struct bytes text)
{
	size_t at;
	return utf8_is_clean_text(text) && !utf8_find_hidden(text, &at) &&
	       !(text.len > 0 &&
		 (memchr(text.data, '\n', text.len) || memchr(text.data, '\t', text.len)));
}
