// SPDX-License-Identifier: EUPL-1.2
#include "register/stop.h"

#include "register/lines.h"

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

static bool take_begin(struct bytes *rest, struct stop_opdracht *opdracht)
{
	char date[11];
	bool all = bytes_take_text(rest, "alles");
	if (!all && !bytes_take_text(rest, "entry"))
		return false;
	while (!all && opdracht->melding_count < STOP_MELDINGEN_MAX && bytes_take_text(rest, " "))
		if (!lines_take_number(rest, &opdracht->meldingen[opdracht->melding_count++]))
			return false;
	return bytes_take_text(rest, "\n") && (all || opdracht->melding_count > 0) &&
	       lines_take(rest, "eigenaar ", opdracht->eigenaar, sizeof opdracht->eigenaar) &&
	       lines_take(rest, "herzien ", date, sizeof date) &&
	       date_parse(bytes_of_text(date), &opdracht->herzien) == RESULT_OK;
}

enum result stop_opdracht_read(struct bytes text, struct stop_opdracht *ret_opdracht)
{
	struct stop_opdracht opdracht = {.einde = 0};
	const struct bytes whole = text;
	bool ends = bytes_take_text(&text, EINDE);
	bool fits = ends ? lines_take_number(&text, &opdracht.einde) && opdracht.einde > 0 &&
				    bytes_take_text(&text, "\n")
			 : bytes_take_text(&text, BEGIN) && take_begin(&text, &opdracht);
	if (!fits || !lines_take(&text, "grond ", opdracht.grond, sizeof opdracht.grond) ||
	    text.len > 0)
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
