// SPDX-License-Identifier: EUPL-1.2
#include "register/stop.h"

#include <stdio.h>
#include <string.h>

#define BEGIN "vernietigingsstop\n"
#define EINDE "einde vernietigingsstop\nstop "

static bool is_line(struct bytes line)
{
	return line.len > 0 && line.len <= STOP_LINE_MAX && utf8_is_plain_line(line);
}

static bool rises(const struct stop_opdracht *opdracht)
{
	for (size_t i = 1; i < opdracht->melding_count; i++)
		if (opdracht->meldingen[i] <= opdracht->meldingen[i - 1])
			return false;
	return opdracht->melding_count <= STOP_MELDINGEN_MAX;
}

static void write_begin(const struct stop_opdracht *opdracht, struct buffer *out)
{
	buffer_append_text(out, BEGIN);
	buffer_append_text(out, opdracht->melding_count ? "entry" : "alles");
	for (size_t i = 0; i < opdracht->melding_count; i++)
		buffer_append_format(out, " %llu", (unsigned long long)opdracht->meldingen[i]);
	buffer_append_format(out, "\neigenaar %s\nherzien %04d-%02d-%02d\n", opdracht->eigenaar,
			     opdracht->herzien.year, opdracht->herzien.month,
			     opdracht->herzien.day);
}

enum result stop_opdracht_write(const struct stop_opdracht *opdracht, struct buffer *out)
{
	bool begins = opdracht->einde == 0;
	if (!is_line(bytes_of_text(opdracht->grond)) || !rises(opdracht) ||
	    (begins && !is_line(bytes_of_text(opdracht->eigenaar))))
		return RESULT_MALFORMED;
	if (begins)
		write_begin(opdracht, out);
	else
		buffer_append_format(out, EINDE "%llu\n", (unsigned long long)opdracht->einde);
	buffer_append_format(out, "grond %s\n", opdracht->grond);
	return out->status;
}

static bool take_number(struct bytes *rest, uint64_t *ret_number)
{
	size_t n = 0;
	uint64_t number = 0;
	while (n < rest->len && n < 19 && rest->data[n] >= '0' && rest->data[n] <= '9')
		number = number * 10 + (uint64_t)(rest->data[n++] - '0');
	*rest = bytes_make(rest->data + n, rest->len - n);
	*ret_number = number;
	return n > 0;
}

// The rest of a line, without its end, into a text of STOP_LINE_MAX.
static bool take_line(struct bytes *rest, const char *begins, char text[STOP_LINE_MAX + 1])
{
	if (!bytes_take_text(rest, begins))
		return false;
	const uint8_t *end = rest->len ? memchr(rest->data, '\n', rest->len) : NULL;
	size_t len = end ? (size_t)(end - rest->data) : 0;
	if (!end || len > STOP_LINE_MAX)
		return false;
	memcpy(text, rest->data, len);
	text[len] = '\0';
	*rest = bytes_make(end + 1, rest->len - len - 1);
	return strlen(text) == len;
}

static bool take_begin(struct bytes *rest, struct stop_opdracht *opdracht)
{
	char date[STOP_LINE_MAX + 1];
	bool all = bytes_take_text(rest, "alles");
	if (!all && !bytes_take_text(rest, "entry"))
		return false;
	while (!all && opdracht->melding_count < STOP_MELDINGEN_MAX && bytes_take_text(rest, " "))
		if (!take_number(rest, &opdracht->meldingen[opdracht->melding_count++]))
			return false;
	return bytes_take_text(rest, "\n") && (all || opdracht->melding_count > 0) &&
	       take_line(rest, "eigenaar ", opdracht->eigenaar) &&
	       take_line(rest, "herzien ", date) &&
	       date_parse(bytes_of_text(date), &opdracht->herzien) == RESULT_OK;
}

enum result stop_opdracht_read(struct bytes text, struct stop_opdracht *ret_opdracht)
{
	struct stop_opdracht opdracht = {.einde = 0};
	const struct bytes whole = text;
	bool ends = bytes_take_text(&text, EINDE);
	bool fits = ends ? take_number(&text, &opdracht.einde) && opdracht.einde > 0 &&
				    bytes_take_text(&text, "\n")
			 : bytes_take_text(&text, BEGIN) && take_begin(&text, &opdracht);
	if (!fits || !take_line(&text, "grond ", opdracht.grond) || text.len > 0)
		return RESULT_MALFORMED;
	// One way of writing each: what is signed is what is read.
	struct buffer again;
	buffer_init(&again, STOP_OPDRACHT_MAX);
	enum result r = stop_opdracht_write(&opdracht, &again);
	if (!r && !bytes_equal(buffer_view(&again), whole))
		r = RESULT_MALFORMED;
	buffer_done(&again);
	if (!r)
		*ret_opdracht = opdracht;
	return r;
}
