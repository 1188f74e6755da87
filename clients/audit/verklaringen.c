// SPDX-License-Identifier: EUPL-1.2
// The register of what lifts a secrecy and of what was withdrawn, and that of noodverstrekkingen
// with their reviews: the daemon reads them back from its log (core/verklaringen.c).
#include "audit/audit.h"

#include "audit/stretches.h"
#include "base/clock.h"
#include "desk/answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WITHDRAWN_MAX 65536
#define TEXT_MAX 2000

// A program tells one question: the verklaring in hand lies here, and what was withdrawn by those
// that are newer.
static struct {
	bool any; // one is begun
	uint64_t index, betreft;
	char wat[32];
	struct desk_line line;
	char text[TEXT_MAX];
	struct withdrawn {
		uint64_t entry, by;
	} * withdrawn;
	size_t withdrawn_count;
	bool full;
} verklaring;

static void append(const char *name, const char *value)
{
	size_t len = strlen(verklaring.text);
	snprintf(verklaring.text + len, sizeof verklaring.text - len, "  %s %s", name, value);
	json_out_add_text(&verklaring.line.out, name, value);
}

static void say_withdrawn(void)
{
	for (size_t i = 0; i < verklaring.withdrawn_count; i++) {
		char by[24];
		if (verklaring.withdrawn[i].entry != verklaring.index)
			continue;
		snprintf(by, sizeof by, "%llu", (unsigned long long)verklaring.withdrawn[i].by);
		append("ingetrokken", by);
		return;
	}
}

static void end_one(struct desk *desk)
{
	if (!verklaring.any)
		return;
	if (strcmp(verklaring.wat, "toestemming") == 0)
		say_withdrawn();
	desk_say(desk, "%s", verklaring.text);
	if (desk->json)
		desk_line_end(desk, &verklaring.line);
	else
		buffer_wipe(&verklaring.line.buffer);
	verklaring.any = false;
}

// "<time> <entry> <what> <entry of the melding> <oin>"
static enum result begin_one(struct desk *desk, struct bytes rest)
{
	struct bytes moment, index, wat, melding;
	end_one(desk);
	if (!word_take(&rest, &moment) || !word_take(&rest, &index) || !word_take(&rest, &wat) ||
	    !word_take(&rest, &melding) || number_parse(index, &verklaring.index) ||
	    number_parse(melding, &verklaring.betreft) || wat.len >= sizeof verklaring.wat)
		return RESULT_MALFORMED;
	verklaring.any = true;
	snprintf(verklaring.wat, sizeof verklaring.wat, "%.*s", (int)wat.len,
		 (const char *)wat.data);
	snprintf(verklaring.text, sizeof verklaring.text,
		 "%.*s  entry %llu  %s of melding %llu by %.*s", (int)moment.len,
		 (const char *)moment.data, (unsigned long long)verklaring.index, verklaring.wat,
		 (unsigned long long)verklaring.betreft, (int)rest.len, (const char *)rest.data);
	desk_line_begin(&verklaring.line);
	json_out_add_text(&verklaring.line.out, "verklaring", verklaring.wat);
	json_out_add_bytes(&verklaring.line.out, "tijd", moment);
	json_out_add_number(&verklaring.line.out, "index", verklaring.index);
	json_out_add_number(&verklaring.line.out, "melding", verklaring.betreft);
	json_out_add_bytes(&verklaring.line.out, "door", rest);
	return RESULT_OK;
}

static enum result take_withdrawal(struct bytes entry)
{
	struct withdrawn one = {.by = verklaring.index};
	if (number_parse(entry, &one.entry) != RESULT_OK)
		return RESULT_MALFORMED;
	verklaring.full |= verklaring.withdrawn_count == WITHDRAWN_MAX;
	if (!verklaring.full)
		verklaring.withdrawn[verklaring.withdrawn_count++] = one;
	return RESULT_OK;
}

static enum result take_veld(struct desk *desk, struct bytes rest)
{
	struct bytes name;
	char naam[64], waarde[512];
	(void)desk;
	if (!verklaring.any || !word_take(&rest, &name) || name.len >= sizeof naam ||
	    rest.len >= sizeof waarde)
		return RESULT_MALFORMED;
	snprintf(naam, sizeof naam, "%.*s", (int)name.len, (const char *)name.data);
	snprintf(waarde, sizeof waarde, "%.*s", (int)rest.len, (const char *)rest.data);
	if (strcmp(naam, "entry") != 0) {
		append(naam, waarde);
		return RESULT_OK;
	}
	// Of what it is about it is said already, but what is withdrawn is another entry.
	return strcmp(verklaring.wat, "intrekking") == 0 ? take_withdrawal(rest) : RESULT_OK;
}

// "<functie> <time>"
static enum result take_open(struct desk *desk, struct bytes rest)
{
	struct bytes functie;
	int64_t due;
	char text[80];
	(void)desk;
	if (!verklaring.any || !word_take(&rest, &functie) || time_parse(rest, &due) != RESULT_OK)
		return RESULT_MALFORMED;
	snprintf(text, sizeof text, "%.*s %.*s", (int)functie.len, (const char *)functie.data,
		 (int)rest.len, (const char *)rest.data);
	append("toets_open", text);
	return RESULT_OK;
}

static const struct stretch_line lines[] = {
	{"verklaring", begin_one}, {"v-veld", take_veld}, {"v-open", take_open}, {NULL, NULL}};

static int ask(struct desk *desk, const char *command)
{
	uint64_t told = 0;
	struct days days;
	int code = audit_days(desk, 30, &days);
	if (code != DESK_DONE)
		return code;
	verklaring.withdrawn = calloc(WITHDRAWN_MAX, sizeof *verklaring.withdrawn);
	if (!verklaring.withdrawn)
		return audit_no_memory(desk);
	const struct stretches stretches = {
		.command = command, .sealed = true, .since = days.since, .lines = lines};
	code = audit_stretches(desk, &stretches, &told);
	end_one(desk);
	free(verklaring.withdrawn);
	if (code == DESK_DONE && verklaring.full) // what is not whole is no register
		return desk_odd_answer(desk, "more than is counted: ask for fewer days");
	if (code == DESK_DONE && told == 0)
		desk_say(desk, "nothing of this since %s", days.since);
	return code;
}

int audit_toestemmingen(struct desk *desk)
{
	return ask(desk, "toestemmingen");
}

int audit_noodverstrekkingen(struct desk *desk)
{
	return ask(desk, "noodverstrekkingen");
}
