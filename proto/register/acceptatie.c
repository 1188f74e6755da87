// SPDX-License-Identifier: EUPL-1.2
#include "register/acceptatie.h"

#include "register/lines.h"

#include <string.h>

#define BEGIN "acceptatie van codes\n"

static bool is_name_byte(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '-';
}

static bool is_name(struct bytes name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!is_name_byte(name.data[i]))
			return false;
	return name.len > 0 && name.len <= ACCEPTATIE_NAAM_MAX;
}

static bool is_grond(const char *grond)
{
	struct bytes line = bytes_of_text(grond);
	return line.len > 0 && line.len <= ACCEPTATIE_GROND_MAX && utf8_is_plain_line(line);
}

static void write_head(const struct acceptatie *acceptatie, struct buffer *out)
{
	char hex[2 * sizeof acceptatie->codes.b + 1];
	hex_encode(hex, bytes_of_hash(&acceptatie->codes));
	buffer_append_format(out, BEGIN "codes %s\ntot %04d-%02d-%02d\ngrond %s\n", hex,
			     acceptatie->tot.year, acceptatie->tot.month, acceptatie->tot.day,
			     acceptatie->grond);
}

enum result acceptatie_write(const struct acceptatie *acceptatie,
			     const struct acceptatie_rij *rijen, struct buffer *out)
{
	if (!is_grond(acceptatie->grond))
		return RESULT_MALFORMED;
	if (acceptatie->rij_count > ACCEPTATIE_RIJEN_MAX)
		return RESULT_TOO_LARGE;
	write_head(acceptatie, out);
	for (size_t i = 0; i < acceptatie->rij_count; i++) {
		if (!is_name(rijen[i].tabel) || !is_name(rijen[i].code))
			return RESULT_MALFORMED;
		buffer_append_text(out, "rij ");
		buffer_append(out, rijen[i].tabel);
		buffer_append_text(out, " ");
		buffer_append(out, rijen[i].code);
		buffer_append_text(out, "\n");
	}
	return out->status;
}

// A name and what stands behind it.
static bool take_name(struct bytes *rest, char behind, struct bytes *ret_name)
{
	const uint8_t *end = rest->len > 0 ? memchr(rest->data, behind, rest->len) : NULL;
	size_t len = end ? (size_t)(end - rest->data) : 0;
	*ret_name = bytes_make(rest->data, len);
	if (!end || !is_name(*ret_name))
		return false;
	*rest = bytes_make(end + 1, rest->len - len - 1);
	return true;
}

bool acceptatie_next(struct bytes *rijen, struct acceptatie_rij *ret_rij)
{
	struct bytes rest = *rijen; // of half a row nothing is taken
	if (!bytes_take_text(&rest, "rij ") || !take_name(&rest, ' ', &ret_rij->tabel) ||
	    !take_name(&rest, '\n', &ret_rij->code))
		return false;
	*rijen = rest;
	return true;
}

// One way of writing each: what is signed is what is read.
static bool is_head(const struct acceptatie *acceptatie, struct bytes text)
{
	struct buffer again;
	buffer_init(&again, ACCEPTATIE_MAX);
	write_head(acceptatie, &again);
	bool same = again.status == RESULT_OK && bytes_equal(buffer_view(&again), text);
	buffer_done(&again);
	return same;
}

enum result acceptatie_read(struct bytes text, struct acceptatie *ret_acceptatie)
{
	const struct bytes whole = text;
	struct acceptatie acceptatie = {.rij_count = 0};
	struct acceptatie_rij rij;
	char date[11];
	bool fits =
		text.len <= ACCEPTATIE_MAX && bytes_take_text(&text, BEGIN) &&
		lines_take_hex(&text, "codes ", acceptatie.codes.b, sizeof acceptatie.codes.b) &&
		lines_take(&text, "tot ", date, sizeof date) &&
		date_parse(bytes_of_text(date), &acceptatie.tot) == RESULT_OK &&
		lines_take(&text, "grond ", acceptatie.grond, sizeof acceptatie.grond) &&
		is_grond(acceptatie.grond);
	if (!fits || !is_head(&acceptatie, bytes_make(whole.data, whole.len - text.len)))
		return RESULT_MALFORMED;
	acceptatie.rijen = text;
	while (acceptatie_next(&text, &rij))
		acceptatie.rij_count++;
	if (text.len > 0 || acceptatie.rij_count > ACCEPTATIE_RIJEN_MAX)
		return RESULT_MALFORMED;
	*ret_acceptatie = acceptatie;
	return RESULT_OK;
}
