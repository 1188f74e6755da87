// SPDX-License-Identifier: EUPL-1.2
// `logboek`, `search`, `opvallend`, `automatisch`, `vrije-tekst`, `jaarverslag`,
// `verzoeken`: what happened, newest first, as `refusals` goes through the log. Each question is
// told what it is about and no more; the asker makes a standard's log, a list or counts of it.
//
//   huis <name>, huis-oin <oin>, contactpunt <text> …, origin <origin>    with the first answer
//   naam <oin> <name>                                                     of each that enrolled
//   gebeurtenis <ms> <entry> <type> <aanvaard or reason code> <oin that signed> <melding; 0: none>
//   e-blad <leaf hash> <leaf hash of the melding it is about; -: of none>            L
//   e-convenant <hash> <name; ->, e-codes <hash>                  decided under      L
//   e-bewaar <ms>                    until when its accountability is kept           L
//   e-bron <oin>                     of the melding                                  L S V
//   e-feit <soort|thema> <code>      of the melding                                  S V
//   e-persoon <betrokkene> <handle; -: no number is known> <rol; ->                  L
//   e-over <betrokkene>              it is about this one alone                      L
//   e-vraag <vraag> <zaak or -> <handle or -> <vervolg: ja or ->  asked by the bureau L O J
//   e-medewerker <reference>         who did it, where that is recorded              L O V
//   e-casus <ja|nee>                 a partner asked: whether anything was known     L O J
//   e-veld <name> <value>            of a request, how it was dealt with, …          J R
//   e-vrij <n>                       of so many the melding has free text            V
//   e-verstrekking <oin> <functie> <soort> <status>                                  L S A V J
//   v-grond <betrokkene> <regel> <mens> <overleg or -> <rubriek,…>   of it           L S A V
//   vernietigd <ms> <entry> <inhoud|verantwoording> <meldingen> <leaf hash>          L J
//   stop <ms> <entry> <begin|einde>                                                  J
//   geweigerd <ms> <oin> <reason code> <how often>   without an entry of its own     J
//
// L logboek, S search, O opvallend, A automatisch, V vrije-tekst, J jaarverslag, R verzoeken.
// `mens` is who or
// what of people decided it: "weging" where the regel requires one, "overleg" of an item of an
// agenda, the type of the statement when another than the melding gave it, "-" when a regel gave it
// by itself, "onbekend" when its convenant cannot be read. Where a weging is required by a regel of
// kind vereis and what waited was decided again later, that is "-" too: rather one too many in that
// list.
#include "core/logboek.h"

#include "base/clock.h"
#include "flow/find.h"
#include "tree/tree.h"

#include <stdio.h>
#include <string.h>

// ---- what is no statement ------------------------------------------------------------------

static void say_destroyed(const struct stretch *stretch, const struct recalled *recalled,
			  const char *what, size_t meldingen)
{
	struct hash leaf = tree_leaf(bytes_make(recalled->entry, ENTRY_LEN));
	char line[160], hex[65];
	hex_encode(hex, bytes_of_hash(&leaf));
	snprintf(line, sizeof line, "%llu %llu %s %zu %s", (unsigned long long)stretch->entry.time,
		 (unsigned long long)stretch->index, what, meldingen, hex);
	control_append_text(stretch->out, "vernietigd", line);
}

static void say_stop(const struct stretch *stretch, const struct part_stop *stop)
{
	char line[80];
	snprintf(line, sizeof line, "%llu %llu %s", (unsigned long long)stretch->entry.time,
		 (unsigned long long)stretch->index, stop->einde ? "einde" : "begin");
	control_append_text(stretch->out, "stop", line);
}

static void say_refused(const struct stretch *stretch, const struct part_tick *tick)
{
	for (size_t i = 0; i < tick->telling_count; i++) {
		const struct telling *telling = &tick->tellingen[i];
		const char *code = reason_code((enum reason)telling->reden);
		char line[160];
		snprintf(line, sizeof line, "%llu %.*s %s %u",
			 (unsigned long long)telling->minuut * MS_PER_MINUTE, (int)telling->oin.len,
			 (const char *)telling->oin.data, code ? code : "unknown", telling->aantal);
		control_append_text(stretch->out, "geweigerd", line);
	}
}

// Only what lies under the key of the system is no statement.
static enum result say_rest(const struct stretch *stretch, bool refused)
{
	struct recalled recalled = {.part_count = 0};
	enum result r = core_recall_system(stretch->core, stretch->index, &recalled);
	for (size_t i = 0; !r && i < recalled.part_count; i++) {
		const struct part *part = &recalled.parts[i];
		if (part->kind == PART_WISSING)
			say_destroyed(stretch, &recalled, "inhoud", 1);
		else if (part->kind == PART_VERNIETIGING)
			say_destroyed(stretch, &recalled,
				      part->vernietiging.soort == VERNIETIGING_INHOUD
					      ? "inhoud"
					      : "verantwoording",
				      part->vernietiging.count);
		else if (part->kind == PART_STOP && refused)
			say_stop(stretch, &part->stop);
		else if (part->kind == PART_TICK && refused)
			say_refused(stretch, &part->tick);
	}
	return r;
}

static enum result say_entry(const struct stretch *stretch)
{
	const struct logboek *logboek = stretch->context;
	enum result r = RESULT_OK;
	if ((int64_t)stretch->entry.time >= stretch->until)
		return r;
	if (logboek->tell & TELL_REST)
		r = say_rest(stretch, (logboek->tell & TELL_VELDEN) != 0);
	if (!r && stretch->entry.class == ENTRY_EVENT)
		r = say_gebeurtenis(stretch);
	return r;
}

// ---- the questions -------------------------------------------------------------------------

static void say_house(const struct core *core, struct buffer *out)
{
	core_say_house(core, out);
	control_append_text(out, "origin", register_origin(&core->registry));
	core_say_namen(core, out);
}

static void answer(struct core *core, const struct control_message *ask,
		   const struct logboek *logboek, struct buffer *out)
{
	walk_stretch(core, ask, out,
		     &(const struct stretch_walk){
			     .each = say_entry, .begin = say_house, .context = logboek});
}

void command_logboek(struct core *core, const struct control_message *ask, struct buffer *out)
{
	answer(core, ask,
	       &(const struct logboek){.tell = TELL_BEWIJS | TELL_PERSONEN | TELL_VRAAG |
					       TELL_MEDEWERKER | TELL_BRON | TELL_GEGEVEN |
					       TELL_GRONDEN | TELL_REST},
	       out);
}

// `id` is the number of a casus: then only meldingen in which its person occurs.
void command_search(struct core *core, const struct control_message *ask, struct buffer *out)
{
	struct logboek logboek = {.tell = TELL_BRON | TELL_FEITEN | TELL_GEGEVEN | TELL_GRONDEN |
					  TELL_MELDINGEN};
	struct bytes number = control_value(ask, "id");
	uint8_t handle[HANDLE_LEN];
	enum result r = number.data ? flow_find_person(core, number, core->command_arena, handle)
				    : RESULT_OK;
	arena_clear(core->command_arena);
	if (r) {
		say_reason(out, r == RESULT_NOT_FOUND ? REASON_NOT_FOUND : REASON_DAMAGED,
			   "no casus has this number");
		return;
	}
	logboek.handle = number.data ? handle : NULL;
	answer(core, ask, &logboek, out);
}

void command_opvallend(struct core *core, const struct control_message *ask, struct buffer *out)
{
	answer(core, ask,
	       &(const struct logboek){.tell = TELL_VRAAG | TELL_MEDEWERKER | TELL_VRAGEN_ONLY},
	       out);
}

void command_automatisch(struct core *core, const struct control_message *ask, struct buffer *out)
{
	answer(core, ask,
	       &(const struct logboek){.tell = TELL_GEGEVEN | TELL_GRONDEN | TELL_MELDINGEN}, out);
}

void command_vrije_tekst(struct core *core, const struct control_message *ask, struct buffer *out)
{
	answer(core, ask,
	       &(const struct logboek){.tell = TELL_BRON | TELL_FEITEN | TELL_VRIJ |
					       TELL_MEDEWERKER | TELL_GEGEVEN | TELL_GRONDEN |
					       TELL_MELDINGEN},
	       out);
}

void command_jaarverslag(struct core *core, const struct control_message *ask, struct buffer *out)
{
	answer(core, ask,
	       &(const struct logboek){.tell = TELL_VRAAG | TELL_VELDEN | TELL_GEGEVEN | TELL_REST},
	       out);
}

void command_verzoeken(struct core *core, const struct control_message *ask, struct buffer *out)
{
	answer(core, ask, &(const struct logboek){.tell = TELL_VELDEN | TELL_LISTED_ONLY}, out);
}
