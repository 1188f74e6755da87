// SPDX-License-Identifier: EUPL-1.2
// What one partner, or one key of it, was given between two moments: the numbers that the notice of
// a personal data breach asks (AVG art. 33), and each verstrekking. The clock of 72 hours runs from
// when the house knew.
#include "audit/audit.h"

#include "audit/stretches.h"
#include "base/clock.h"
#include "desk/answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOTICE_MS (72 * MS_PER_HOUR)
#define PERSONS_MAX 65536
#define RUBRIEKEN 64
#define HANDLE_HEX 32

// A program tells one question: what it counts lies here.
static struct {
	char (*persons)[HANDLE_HEX + 1];
	size_t person_count;
	char rubrieken[RUBRIEKEN][64];
	size_t rubriek_count;
	uint64_t given, confirmed, sent, unknown;
	bool full;
} leak;

static enum result tell_given(struct desk *desk, struct bytes rest)
{
	struct bytes moment, entry, functie, number, melding;
	uint64_t index, n, of;
	struct desk_line line;
	if (!word_take(&rest, &moment) || !word_take(&rest, &entry) ||
	    !word_take(&rest, &functie) || !word_take(&rest, &number) ||
	    !word_take(&rest, &melding) || number_parse(entry, &index) ||
	    number_parse(number, &n) || number_parse(melding, &of))
		return RESULT_MALFORMED;
	leak.given++;
	leak.confirmed += bytes_equal(rest, bytes_of_text("bevestigd")) ||
			  bytes_equal(rest, bytes_of_text("getoond"));
	desk_say(desk, "%.*s  entry %llu  to %.*s, of melding %llu, %.*s", (int)moment.len,
		 (const char *)moment.data, (unsigned long long)index, (int)functie.len,
		 (const char *)functie.data, (unsigned long long)of, (int)rest.len,
		 (const char *)rest.data);
	if (!desk->json)
		return RESULT_OK;
	desk_line_begin(&line);
	json_out_add_bytes(&line.out, "tijd", moment);
	json_out_add_number(&line.out, "index", index);
	json_out_add_bytes(&line.out, "functie", functie);
	json_out_add_number(&line.out, "nummer", n);
	json_out_add_number(&line.out, "melding", of);
	json_out_add_bytes(&line.out, "status", rest);
	desk_line_end(desk, &line);
	return RESULT_OK;
}

static enum result take_person(struct desk *desk, struct bytes handle)
{
	(void)desk;
	if (handle.len != HANDLE_HEX)
		return RESULT_MALFORMED;
	for (size_t i = 0; i < leak.person_count; i++)
		if (memcmp(leak.persons[i], handle.data, HANDLE_HEX) == 0)
			return RESULT_OK;
	leak.full |= leak.person_count == PERSONS_MAX;
	if (!leak.full)
		memcpy(leak.persons[leak.person_count++], handle.data, HANDLE_HEX);
	return RESULT_OK;
}

static enum result take_unknown(struct desk *desk, struct bytes value)
{
	(void)desk;
	(void)value;
	leak.unknown++;
	return RESULT_OK;
}

static enum result take_rubriek(struct desk *desk, struct bytes rubriek)
{
	(void)desk;
	for (size_t i = 0; i < leak.rubriek_count; i++)
		if (bytes_equal(rubriek, bytes_of_text(leak.rubrieken[i])))
			return RESULT_OK;
	if (leak.rubriek_count == RUBRIEKEN || rubriek.len >= sizeof leak.rubrieken[0])
		return RESULT_MALFORMED;
	memcpy(leak.rubrieken[leak.rubriek_count++], rubriek.data, rubriek.len);
	return RESULT_OK;
}

static enum result take_sent(struct desk *desk, struct bytes value)
{
	(void)desk;
	(void)value;
	leak.sent++;
	return RESULT_OK;
}

static void tell_sum(struct desk *desk, int64_t known)
{
	struct desk_line line;
	char notice[21];
	time_format(notice, known + NOTICE_MS);
	desk_say(desk,
		 "%llu verstrekkingen (%llu confirmed or shown) about %zu persons, and %llu "
		 "betrokkenen "
		 "without a number; it sent %llu statements itself",
		 (unsigned long long)leak.given, (unsigned long long)leak.confirmed,
		 leak.person_count, (unsigned long long)leak.unknown,
		 (unsigned long long)leak.sent);
	for (size_t i = 0; i < leak.rubriek_count; i++)
		desk_say(desk, "  %s", leak.rubrieken[i]);
	desk_say(desk, "to be notified to the AP before %s", notice);
	if (!desk->json)
		return;
	desk_line_begin(&line);
	json_out_key(&line.out, "datalek");
	json_out_object_begin(&line.out);
	json_out_add_number(&line.out, "verstrekkingen", leak.given);
	json_out_add_number(&line.out, "bevestigd", leak.confirmed);
	json_out_add_number(&line.out, "personen", leak.person_count);
	json_out_add_number(&line.out, "zonder_nummer", leak.unknown);
	json_out_add_number(&line.out, "ingestuurd", leak.sent);
	json_out_key(&line.out, "rubrieken");
	json_out_array_begin(&line.out);
	for (size_t i = 0; i < leak.rubriek_count; i++)
		json_out_text(&line.out, bytes_of_text(leak.rubrieken[i]));
	json_out_array_end(&line.out);
	json_out_add_text(&line.out, "melden_voor", notice);
	json_out_object_end(&line.out);
	desk_line_end(desk, &line);
}

static const struct stretch_line lines[] = {
	{"lek", tell_given},         {"l-persoon", take_person}, {"l-onbekend", take_unknown},
	{"l-rubriek", take_rubriek}, {"ingestuurd", take_sent},  {NULL, NULL}};

static int ask_leak(struct desk *desk)
{
	const char *since = desk->arguments[1], *until = desk->arguments[2];
	const char *knew = desk->argument_count > 3 ? desk->arguments[3] : NULL;
	int64_t from, to, known = clock_wall_ms();
	uint64_t told = 0;
	if (time_parse(bytes_of_text(since), &from) || time_parse(bytes_of_text(until), &to) ||
	    (knew && time_parse(bytes_of_text(knew), &known)))
		return desk_misused(desk, "FROM, TO and KNOWN are times as "
					  "2026-11-22T10:00:00+01:00");
	if (from > to)
		return desk_misused(desk, "FROM is later than TO");
	const struct stretch_more more[] = {
		{"key", desk->arguments[0]}, {"until", until}, {NULL, NULL}};
	const struct stretches stretches = {
		.command = "datalek", .sealed = true, .more = more, .since = since, .lines = lines};
	int code = audit_stretches(desk, &stretches, &told);
	if (code != DESK_DONE)
		return code;
	if (leak.full) // what is not whole is no account
		return desk_odd_answer(desk, "more persons than are counted: ask for less time");
	tell_sum(desk, known);
	return DESK_DONE;
}

int audit_datalek(struct desk *desk)
{
	leak.persons = calloc(PERSONS_MAX, sizeof *leak.persons);
	int code = leak.persons ? ask_leak(desk) : audit_no_memory(desk);
	free(leak.persons);
	return code;
}
