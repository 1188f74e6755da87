// SPDX-License-Identifier: EUPL-1.2
#include "register/register.h"

#include "register/lines.h"

#define FIRST "wissing van inhoud\nentry "
#define SECOND "\nheader "
#define THIRD "grond "

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
	buffer_append_format(out, FIRST "%llu" SECOND "%s\n" THIRD "%s\n",
			     (unsigned long long)opdracht->melding, hex, opdracht->grond);
	return out->status;
}

enum result wissing_opdracht_read(struct bytes text, struct wissing_opdracht *ret_opdracht)
{
	struct wissing_opdracht opdracht = {.melding = 0};
	const struct bytes whole = text;
	if (!bytes_take_text(&text, FIRST) || !lines_take_number(&text, &opdracht.melding) ||
	    !lines_take_hex(&text, SECOND, opdracht.header_hash.b, sizeof opdracht.header_hash.b) ||
	    !lines_take(&text, THIRD, opdracht.grond, sizeof opdracht.grond))
		return RESULT_MALFORMED;
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
