// SPDX-License-Identifier: EUPL-1.2
#include "register/einde.h"

#include "register/lines.h"

#define FIRST "einde van een convenant\n"

enum result convenant_einde_write(const struct convenant_einde *einde, struct buffer *out)
{
	char hex[2 * sizeof einde->hash.b + 1];
	hex_encode(hex, bytes_of_hash(&einde->hash));
	buffer_append_format(out, FIRST "log %s\nconvenant %s\nhash %s\n", einde->origin,
			     einde->naam, hex);
	return out->status;
}

enum result convenant_einde_read(struct bytes text, struct convenant_einde *ret_einde)
{
	struct convenant_einde einde;
	const struct bytes whole = text;
	if (!bytes_take_text(&text, FIRST) ||
	    !lines_take(&text, "log ", einde.origin, sizeof einde.origin) ||
	    !lines_take(&text, "convenant ", einde.naam, sizeof einde.naam) ||
	    !lines_take_hex(&text, "hash ", einde.hash.b, sizeof einde.hash.b))
		return RESULT_MALFORMED;
	// One way of writing each: what is signed is what is read.
	struct buffer again;
	buffer_init(&again, CONVENANT_EINDE_MAX);
	enum result r = convenant_einde_write(&einde, &again);
	if (!r && !bytes_equal(buffer_view(&again), whole))
		r = RESULT_MALFORMED;
	buffer_done(&again);
	if (!r)
		*ret_einde = einde;
	return r;
}
