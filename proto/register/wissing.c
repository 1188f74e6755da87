// SPDX-License-Identifier: EUPL-1.2
#include "register/register.h"

#include <string.h>

#define FIRST "wissing van inhoud\nentry "
#define SECOND "\nheader "
#define THIRD "\ngrond "

static bool is_grond(struct bytes grond)
{
	return grond.len > 0 && grond.len <= WISSING_GROND_MAX && utf8_is_plain_line(grond);
}

enum result wissing_opdracht_write(const struct wissing_opdracht *opdracht, struct buffer *out)
{
	char hex[65];
	struct bytes grond = bytes_of_text(opdracht->grond);
	if (!is_grond(grond))
		return RESULT_MALFORMED;
	hex_encode(hex, bytes_of_hash(&opdracht->header_hash));
	buffer_append_format(out, FIRST "%llu" SECOND "%s" THIRD "%s\n",
			     (unsigned long long)opdracht->melding, hex, opdracht->grond);
	return out->status;
}

static bool take_number(struct bytes *rest, uint64_t *ret_number)
{
	size_t n = 0;
	uint64_t number = 0;
	while (n < rest->len && n < 19 && rest->data[n] >= '0' && rest->data[n] <= '9')
		number = number * 10 + (uint64_t)(rest->data[n++] - '0');
	if (n == 0 || (n > 1 && rest->data[0] == '0'))
		return false;
	*ret_number = number;
	*rest = bytes_make(rest->data + n, rest->len - n);
	return true;
}

enum result wissing_opdracht_read(struct bytes text, struct wissing_opdracht *ret_opdracht)
{
	struct wissing_opdracht opdracht = {.melding = 0};
	const struct bytes whole = text;
	if (!bytes_take_text(&text, FIRST) || !take_number(&text, &opdracht.melding) ||
	    !bytes_take_text(&text, SECOND) || text.len < 64 ||
	    hex_decode(opdracht.header_hash.b, 32, bytes_make(text.data, 64)))
		return RESULT_MALFORMED;
	text = bytes_make(text.data + 64, text.len - 64);
	if (!bytes_take_text(&text, THIRD) || text.len == 0 || text.data[text.len - 1] != '\n' ||
	    !is_grond(bytes_make(text.data, text.len - 1)))
		return RESULT_MALFORMED;
	memcpy(opdracht.grond, text.data, text.len - 1);
	// One way of writing each: what is signed is what is read.
	struct buffer again;
	buffer_init(&again, WISSING_OPDRACHT_MAX);
	enum result r = wissing_opdracht_write(&opdracht, &again);
	if (!r && !bytes_equal(buffer_view(&again), whole))
		r = RESULT_MALFORMED;
	buffer_done(&again);
	if (!r)
		*ret_opdracht = opdracht;
	return r;
}
