// SPDX-License-Identifier: EUPL-1.2
#include "register/einde.h"

#include <string.h>

#define FIRST "einde van een convenant\nlog "
#define SECOND "\nconvenant "
#define THIRD "\nhash "
#define HEX 64

enum result convenant_einde_write(const struct convenant_einde *einde, struct buffer *out)
{
	char hex[HEX + 1];
	hex_encode(hex, bytes_of_hash(&einde->hash));
	buffer_append_format(out, FIRST "%s" SECOND "%s" THIRD "%s\n", einde->origin, einde->naam,
			     hex);
	return out->status;
}

// Up to the end of the line, which stays.
static bool take_line(struct bytes *rest, char *out, size_t size)
{
	const uint8_t *end = rest->len > 0 ? memchr(rest->data, '\n', rest->len) : NULL;
	size_t len = end ? (size_t)(end - rest->data) : 0;
	if (len == 0 || len >= size || memchr(rest->data, '\0', len))
		return false;
	memcpy(out, rest->data, len);
	out[len] = '\0';
	*rest = bytes_make(rest->data + len, rest->len - len);
	return true;
}

enum result convenant_einde_read(struct bytes text, struct convenant_einde *ret_einde)
{
	struct convenant_einde einde;
	char hex[HEX + 1];
	if (!bytes_take_text(&text, FIRST) ||
	    !take_line(&text, einde.origin, sizeof einde.origin) ||
	    !bytes_take_text(&text, SECOND) || !take_line(&text, einde.naam, sizeof einde.naam) ||
	    !bytes_take_text(&text, THIRD) || !take_line(&text, hex, sizeof hex) ||
	    !bytes_equal(text, bytes_of_text("\n")))
		return RESULT_MALFORMED;
	enum result r = hex_decode(einde.hash.b, sizeof einde.hash.b, bytes_of_text(hex));
	if (r)
		return RESULT_MALFORMED;
	// One way of writing each: what is signed is what is read.
	char same[HEX + 1];
	hex_encode(same, bytes_of_hash(&einde.hash));
	if (strcmp(hex, same) != 0)
		return RESULT_MALFORMED;
	*ret_einde = einde;
	return RESULT_OK;
}
