// SPDX-License-Identifier: EUPL-1.2
// `logboek`: the log of a time in the form of a standard, oldest first, into a file.
#include "audit/logboek.h"

#include "audit/audit.h"
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX (512u * 1024 * 1024)
#define EVENTS_MAX (4u * 1024 * 1024)

struct vorm {
	const char *name;
	enum result (*write)(struct logboek *logboek, const struct gebeurtenis *g);
	bool destroyed; // it has a place for what was destroyed
};
static const struct vorm vormen[] = {
	{"ldv", logboek_ldv, true}, {"vng", logboek_vng, true}, {"adl", logboek_adl, false}};

// The daemon tells the newest first: where each event ends in `buffer`.
struct writing {
	struct logboek logboek;
	const struct vorm *vorm;
	struct desk *desk;
	struct buffer buffer;
	size_t *ends, count, room;
};

static enum result keep_end(struct writing *writing)
{
	if (writing->count == writing->room) {
		size_t room = writing->room ? 2 * writing->room : 1024;
		size_t *grown =
			room > EVENTS_MAX ? NULL : realloc(writing->ends, room * sizeof *grown);
		if (!grown)
			return RESULT_NO_MEMORY;
		writing->ends = grown;
		writing->room = room;
	}
	writing->ends[writing->count++] = writing->buffer.len;
	return RESULT_OK;
}

static enum result take(void *context, const struct gebeurtenis *g)
{
	struct writing *writing = context;
	writing->logboek.oefening = writing->desk->oefening;
	writing->logboek.huis = g->huis;
	enum result result = writing->vorm->write(&writing->logboek, g);
	return result == RESULT_OK ? keep_end(writing) : result;
}

// "<ms> <entry> <inhoud|verantwoording> <meldingen> <leaf hash>": a processing too, about persons
// whom nothing names any more.
static enum result take_rest(void *context, const struct gebeurtenis_huis *huis, const char *name,
			     struct bytes rest)
{
	struct writing *writing = context;
	struct bytes ms, entry, what, count;
	uint64_t moment = 0;
	char blad[65];
	if (strcmp(name, "vernietigd") != 0 || !writing->vorm->destroyed)
		return RESULT_OK;
	if (!word_take(&rest, &ms) || !word_take(&rest, &entry) || !word_take(&rest, &what) ||
	    !word_take(&rest, &count) || rest.len != sizeof blad - 1 ||
	    number_parse(ms, &moment) != RESULT_OK)
		return RESULT_MALFORMED;
	snprintf(blad, sizeof blad, "%.*s", (int)rest.len, (const char *)rest.data);
	const struct gebeurtenis g = {.huis = huis,
				      .ms = (int64_t)moment,
				      .type = "vernietiging",
				      .uitkomst = "aanvaard",
				      .oin = huis->oin,
				      .blad = blad,
				      .blad_melding = "",
				      .convenant_hash = "",
				      .convenant = "",
				      .medewerker = "",
				      .over = ""};
	return take(context, &g);
}

static const char *vorm_at(const void *context, size_t n)
{
	(void)context;
	return n < sizeof vormen / sizeof vormen[0] ? vormen[n].name : NULL;
}

static const struct vorm *vorm_named(const char *name)
{
	for (size_t n = 0; n < sizeof vormen / sizeof vormen[0]; n++)
		if (strcmp(vormen[n].name, name) == 0)
			return &vormen[n];
	return NULL;
}

static int write_out(struct writing *writing)
{
	struct desk *desk = writing->desk;
	struct buffer file;
	buffer_init(&file, FILE_MAX);
	for (size_t n = writing->count; n-- > 0;) {
		size_t from = n > 0 ? writing->ends[n - 1] : 0;
		buffer_append(&file,
			      bytes_make(writing->buffer.data + from, writing->ends[n] - from));
	}
	int code = audit_write_new(desk, desk->values[DESK_OUT], &file);
	buffer_wipe(&file);
	return code;
}

static int tell(struct writing *writing)
{
	struct desk *desk = writing->desk;
	struct desk_line line;
	desk_say(desk, "%llu records of %zu events are in %s",
		 (unsigned long long)writing->logboek.records, writing->count,
		 desk->values[DESK_OUT]);
	if (!desk->json)
		return DESK_DONE;
	desk_line_begin(&line);
	json_out_add_text(&line.out, "logboek", writing->vorm->name);
	json_out_add_text(&line.out, "bestand", desk->values[DESK_OUT]);
	json_out_add_number(&line.out, "gebeurtenissen", writing->count);
	json_out_add_number(&line.out, "regels", writing->logboek.records);
	desk_line_end(desk, &line);
	return DESK_DONE;
}

int audit_logboek(struct desk *desk)
{
	struct venster venster;
	struct writing writing = {.desk = desk, .vorm = vorm_named(desk->arguments[0])};
	if (!writing.vorm) {
		const struct desk_names names = {"forms", vorm_at, NULL};
		return desk_no_such_name(desk, &names, desk->arguments[0], "no form of a log");
	}
	if (!desk->values[DESK_OUT])
		return desk_misused(desk, "give --out FILE: it names persons by their handle");
	int code = venster_read(desk, desk->arguments[1], desk->arguments[2], &venster);
	if (code != DESK_DONE)
		return code;
	buffer_init(&writing.buffer, FILE_MAX);
	writing.logboek = (struct logboek){.out = &writing.buffer};
	const struct gebeurtenis_vraag vraag = {
		.command = "logboek", .since = venster.since, .until = venster.until};
	const struct gebeurtenis_reader reader = {
		.context = &writing, .take = take, .rest = take_rest};
	code = gebeurtenissen(desk, &vraag, &reader);
	if (code == DESK_DONE)
		code = write_out(&writing);
	if (code == DESK_DONE)
		code = tell(&writing);
	buffer_wipe(&writing.buffer);
	free(writing.ends);
	return code;
}
