// SPDX-License-Identifier: EUPL-1.2
#include "register/huissleutel.h"

#include <stdio.h>
#include <string.h>

#define FIRST "sleutel van het knooppunt\nlog "
#define FIRST_OF_END "einde van een sleutel van het knooppunt\nlog "
#define SECOND "\ngebruik "
#define GEBRUIK "ontvangen"
#define THIRD "\nsleutel "
#define LAST "bewijs "
#define HEX 64

// All but the bewijs: what that is about.
static void write_claim(const struct huissleutel *huissleutel, struct buffer *out)
{
	char hex[HEX + 1];
	hex_encode(hex, bytes_make(huissleutel->key, 32));
	buffer_append_format(out, "%s%s" SECOND GEBRUIK THIRD "%s\n",
			     huissleutel->einde ? FIRST_OF_END : FIRST, huissleutel->origin, hex);
}

enum result huissleutel_write(const struct huissleutel *huissleutel, struct buffer *out)
{
	char hex[HEX + 1];
	write_claim(huissleutel, out);
	hex_encode(hex, bytes_of_hash(&huissleutel->bewijs));
	if (!huissleutel->einde)
		buffer_append_format(out, LAST "%s\n", hex);
	return out->status;
}

static bool take_hex(struct bytes *rest, uint8_t out[32])
{
	if (rest->len < HEX + 1 || rest->data[HEX] != '\n' ||
	    hex_decode(out, 32, bytes_make(rest->data, HEX)) != RESULT_OK)
		return false;
	*rest = bytes_make(rest->data + HEX + 1, rest->len - HEX - 1);
	return true;
}

static bool take_origin(struct bytes *rest, char out[256])
{
	const uint8_t *end = rest->len > 0 ? memchr(rest->data, '\n', rest->len) : NULL;
	size_t len = end ? (size_t)(end - rest->data) : 0;
	if (len == 0 || len > 255)
		return false;
	memcpy(out, rest->data, len);
	out[len] = '\0';
	*rest = bytes_make(rest->data + len, rest->len - len);
	return true;
}

static enum result read_lines(struct bytes text, struct huissleutel *huissleutel)
{
	huissleutel->einde = bytes_take_text(&text, FIRST_OF_END);
	if ((!huissleutel->einde && !bytes_take_text(&text, FIRST)) ||
	    !take_origin(&text, huissleutel->origin) || !bytes_take_text(&text, SECOND))
		return RESULT_MALFORMED;
	if (!bytes_take_text(&text, GEBRUIK THIRD))
		return RESULT_UNSUPPORTED;
	if (!take_hex(&text, huissleutel->key))
		return RESULT_MALFORMED;
	if (!huissleutel->einde &&
	    (!bytes_take_text(&text, LAST) || !take_hex(&text, huissleutel->bewijs.b)))
		return RESULT_MALFORMED;
	return text.len == 0 ? RESULT_OK : RESULT_MALFORMED;
}

enum result huissleutel_read(struct bytes text, struct huissleutel *ret_huissleutel)
{
	struct huissleutel huissleutel = {.einde = false};
	struct buffer again;
	enum result r = read_lines(text, &huissleutel);
	if (r)
		return r;
	// One way of writing each: what is signed is what is read.
	buffer_init(&again, HUISSLEUTEL_MAX);
	r = huissleutel_write(&huissleutel, &again);
	if (!r && !bytes_equal(buffer_view(&again), text))
		r = RESULT_MALFORMED;
	buffer_done(&again);
	if (!r)
		*ret_huissleutel = huissleutel;
	return r;
}

enum result huissleutel_prove(const struct huissleutel *huissleutel,
			      const struct possession *possession, struct hash *ret_bewijs)
{
	struct buffer claim;
	buffer_init(&claim, HUISSLEUTEL_MAX);
	write_claim(huissleutel, &claim);
	enum result r = claim.status;
	if (!r)
		r = possession_prove(possession, buffer_view(&claim), ret_bewijs);
	buffer_done(&claim);
	return r;
}
