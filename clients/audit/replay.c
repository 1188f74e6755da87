// SPDX-License-Identifier: EUPL-1.2
// Recorded decisions taken again: as they were recorded (replay), and under a convenant that is not
// in force (impact). The daemon does it, a stretch of the log an answer.
#include "audit/convenant.h"

#include "audit/audit.h"
#include "desk/answer.h"

#include <stdlib.h>
#include <string.h>

struct totals {
	uint64_t entries, decisions, gifts, forgotten, differ, unreadable;
};

// One cell of the matrix in which meldingen come out otherwise.
struct changed {
	char *ontvanger, *rubriek, *was, *becomes;
	uint64_t count, entry; // of an example
};

// What is asked of the whole log.
struct asked {
	const char *question; // "replay" or "impact"
	struct bytes document;
	const char *was, *becomes; // names of the two sides
	bool gives;                // the answers count gifts
	bool cells_only;           // each answer is not told
	struct totals totals;
	struct changed *changed; // by impact only
	size_t changed_count;
};

// "<entry> <oin>/<functie> <betrokkene> <rubriek> <recorded> <now>"
struct difference {
	uint64_t entry, betrokkene;
	struct bytes ontvanger, rubriek, recorded, now;
};

static enum result read_difference(struct bytes rest, struct difference *ret)
{
	struct bytes entry, betrokkene;
	if (!word_take(&rest, &entry) || !word_take(&rest, &ret->ontvanger) ||
	    !word_take(&rest, &betrokkene) || !word_take(&rest, &ret->rubriek) ||
	    !word_take(&rest, &ret->recorded) || !word_take(&rest, &ret->now))
		return RESULT_MALFORMED;
	enum result result = number_parse(entry, &ret->entry);
	return result ? result : number_parse(betrokkene, &ret->betrokkene);
}

static void tell_difference(struct desk *desk, const struct asked *asked,
			    const struct difference *difference)
{
	struct desk_line line;
	if (!desk->json) {
		desk_say(desk, "entry %llu: %.*s, %.*s of betrokkene %llu: %s %.*s, %s %.*s",
			 (unsigned long long)difference->entry, (int)difference->ontvanger.len,
			 (const char *)difference->ontvanger.data, (int)difference->rubriek.len,
			 (const char *)difference->rubriek.data,
			 (unsigned long long)difference->betrokkene, asked->was,
			 (int)difference->recorded.len, (const char *)difference->recorded.data,
			 asked->becomes, (int)difference->now.len,
			 (const char *)difference->now.data);
		return;
	}
	desk_line_begin(&line);
	json_out_add_number(&line.out, "index", difference->entry);
	json_out_add_bytes(&line.out, "ontvanger", difference->ontvanger);
	json_out_add_number(&line.out, "betrokkene", difference->betrokkene);
	json_out_add_bytes(&line.out, "rubriek", difference->rubriek);
	json_out_add_bytes(&line.out, asked->was, difference->recorded);
	json_out_add_bytes(&line.out, asked->becomes, difference->now);
	desk_line_end(desk, &line);
}

static void tell_unreadable(struct desk *desk, uint64_t entry)
{
	struct desk_line line;
	if (!desk->json) {
		desk_say(desk, "entry %llu: its decision cannot be taken again",
			 (unsigned long long)entry);
		return;
	}
	desk_line_begin(&line);
	json_out_add_number(&line.out, "index", entry);
	json_out_add_bool(&line.out, "onleesbaar", true);
	desk_line_end(desk, &line);
}

static char *copy_text(struct bytes text)
{
	char *copy = malloc(text.len + 1);
	if (copy) {
		memcpy(copy, text.data, text.len);
		copy[text.len] = '\0';
	}
	return copy;
}

static bool is_of(const struct changed *changed, const struct difference *difference)
{
	return bytes_equal(difference->ontvanger, bytes_of_text(changed->ontvanger)) &&
	       bytes_equal(difference->rubriek, bytes_of_text(changed->rubriek)) &&
	       bytes_equal(difference->recorded, bytes_of_text(changed->was)) &&
	       bytes_equal(difference->now, bytes_of_text(changed->becomes));
}

static enum result count_changed(struct asked *asked, const struct difference *difference)
{
	for (size_t i = 0; i < asked->changed_count; i++)
		if (is_of(&asked->changed[i], difference)) {
			asked->changed[i].count++;
			return RESULT_OK;
		}
	struct changed *grown = realloc(asked->changed, (asked->changed_count + 1) * sizeof *grown);
	if (!grown)
		return RESULT_NO_MEMORY;
	asked->changed = grown;
	struct changed *changed = &grown[asked->changed_count++];
	*changed = (struct changed){copy_text(difference->ontvanger),
				    copy_text(difference->rubriek),
				    copy_text(difference->recorded),
				    copy_text(difference->now),
				    1,
				    difference->entry};
	return changed->ontvanger && changed->rubriek && changed->was && changed->becomes
		       ? RESULT_OK
		       : RESULT_NO_MEMORY;
}

// Of an impact people read the cells; each decision is for programs.
static enum result take_difference(struct desk *desk, struct asked *asked, struct bytes line)
{
	struct difference difference;
	enum result result = read_difference(line, &difference);
	if (result != RESULT_OK)
		return result;
	asked->totals.differ++;
	if (asked->gives || (desk->json && !asked->cells_only))
		tell_difference(desk, asked, &difference);
	return asked->gives ? RESULT_OK : count_changed(asked, &difference);
}

static enum result tell_lines(struct desk *desk, const struct answer *answer, struct asked *asked)
{
	const struct control_message *message = &answer->message;
	enum result result = RESULT_OK;
	for (size_t i = 0; result == RESULT_OK && i < message->count; i++) {
		const struct control_line *line = &message->lines[i];
		uint64_t entry;
		if (bytes_equal(line->name, bytes_of_text("differ"))) {
			result = take_difference(desk, asked, line->value);
		} else if (bytes_equal(line->name, bytes_of_text("unreadable"))) {
			result = number_parse(line->value, &entry);
			if (result == RESULT_OK)
				tell_unreadable(desk, entry);
			asked->totals.unreadable++;
		}
	}
	return result;
}

static enum result add_counts(const struct answer *answer, struct asked *asked)
{
	struct totals *totals = &asked->totals;
	struct {
		const char *name;
		uint64_t *to;
	} counts[] = {{"entries", &totals->entries},
		      {"decisions", &totals->decisions},
		      {"forgotten", &totals->forgotten},
		      {"gifts", &totals->gifts}}; // of a replay
	for (size_t i = 0; i < sizeof counts / sizeof counts[0] - !asked->gives; i++) {
		uint64_t count;
		enum result result = answer_number(answer, counts[i].name, &count);
		if (result != RESULT_OK)
			return result;
		*counts[i].to += count;
	}
	return RESULT_OK;
}

// One stretch of the log from *from on; *from is where the next one begins, 0 when all was read.
static int tell_stretch(struct desk *desk, uint64_t *from, struct asked *asked)
{
	struct buffer request;
	struct answer *answer;
	desk_question(&request, asked->question);
	if (asked->document.len > 0)
		control_append(&request, "document", asked->document);
	control_append_number(&request, "from", *from);
	int code = desk_ask(desk, &request, &answer);
	if (code != DESK_DONE)
		return code;
	uint64_t next = 0;
	enum result result = answer_number(answer, "next", &next);
	if (result == RESULT_NOT_FOUND)
		result = RESULT_OK; // all was read
	else if (result == RESULT_OK && next <= *from)
		result = RESULT_MALFORMED; // it would never end
	if (result == RESULT_OK)
		result = add_counts(answer, asked);
	if (result == RESULT_OK)
		result = tell_lines(desk, answer, asked);
	answer_free(answer);
	*from = next;
	return result == RESULT_OK ? DESK_DONE
				   : desk_odd_answer(desk, "decisions that cannot be read");
}

static void tell_totals(struct desk *desk, const struct asked *asked)
{
	const struct totals *totals = &asked->totals;
	struct desk_line line;
	if (!desk->json) {
		desk_say(desk,
			 "%llu entries, %llu decisions taken again; %llu answers %s otherwise, "
			 "%llu decisions cannot be read, %llu are not kept any more",
			 (unsigned long long)totals->entries, (unsigned long long)totals->decisions,
			 (unsigned long long)totals->differ,
			 asked->gives ? "came out" : "would come out",
			 (unsigned long long)totals->unreadable,
			 (unsigned long long)totals->forgotten);
		return;
	}
	desk_line_begin(&line);
	json_out_add_number(&line.out, "entries", totals->entries);
	json_out_add_number(&line.out, "beslissingen", totals->decisions);
	if (asked->gives)
		json_out_add_number(&line.out, "verstrekt", totals->gifts);
	json_out_add_number(&line.out, "anders", totals->differ);
	json_out_add_number(&line.out, "onleesbaar", totals->unreadable);
	json_out_add_number(&line.out, "niet_bewaard", totals->forgotten);
	desk_line_end(desk, &line);
}

static int ask_all(struct desk *desk, struct asked *asked)
{
	uint64_t from = 0;
	int code;
	do
		code = tell_stretch(desk, &from, asked);
	while (code == DESK_DONE && from > 0);
	return code;
}

int audit_convenant_replay(struct desk *desk)
{
	struct asked asked = {
		.question = "replay", .was = "vastgelegd", .becomes = "nu", .gives = true};
	int code = ask_all(desk, &asked);
	if (code != DESK_DONE)
		return code;
	tell_totals(desk, &asked);
	return asked.totals.differ || asked.totals.unreadable ? DESK_NO : DESK_DONE;
}

// ---- impact --------------------------------------------------------------------------------

static void write_changed(struct json_out *out, const struct changed *changed)
{
	json_out_add_text(out, "ontvanger", changed->ontvanger);
	json_out_add_text(out, "rubriek", changed->rubriek);
	json_out_add_text(out, "was", changed->was);
	json_out_add_text(out, "wordt", changed->becomes);
	json_out_add_number(out, "aantal", changed->count);
	json_out_add_number(out, "voorbeeld", changed->entry);
}

static void tell_changed(struct desk *desk, const struct changed *changed)
{
	struct desk_line line;
	desk_say(desk, "%s %s: %s becomes %s, %llu times (entry %llu)", changed->ontvanger,
		 changed->rubriek, changed->was, changed->becomes,
		 (unsigned long long)changed->count, (unsigned long long)changed->entry);
	if (!desk->json)
		return;
	desk_line_begin(&line);
	write_changed(&line.out, changed);
	desk_line_end(desk, &line);
}

static void forget_changed(struct asked *asked)
{
	for (size_t i = 0; i < asked->changed_count; i++) {
		free(asked->changed[i].ontvanger);
		free(asked->changed[i].rubriek);
		free(asked->changed[i].was);
		free(asked->changed[i].becomes);
	}
	free(asked->changed);
}

static struct asked impact_of(struct bytes document)
{
	return (struct asked){
		.question = "impact", .document = document, .was = "was", .becomes = "wordt"};
}

static int ask_impact(struct desk *desk, struct bytes document)
{
	struct asked asked = impact_of(document);
	int code = ask_all(desk, &asked);
	if (code == DESK_DONE) {
		for (size_t i = 0; i < asked.changed_count; i++)
			tell_changed(desk, &asked.changed[i]);
		tell_totals(desk, &asked);
		code = asked.totals.differ || asked.totals.unreadable ? DESK_NO : DESK_DONE;
	}
	forget_changed(&asked);
	return code;
}

static void write_impact(struct json_out *out, const struct asked *asked)
{
	json_out_key(out, "impact");
	json_out_object_begin(out);
	json_out_add_number(out, "beslissingen", asked->totals.decisions);
	json_out_add_number(out, "anders", asked->totals.differ);
	json_out_add_number(out, "onleesbaar", asked->totals.unreadable);
	json_out_key(out, "cellen");
	json_out_array_begin(out);
	for (size_t i = 0; i < asked->changed_count; i++) {
		json_out_object_begin(out);
		write_changed(out, &asked->changed[i]);
		json_out_object_end(out);
	}
	json_out_array_end(out);
	json_out_object_end(out);
}

int impact_say(struct desk *desk, struct bytes document, struct json_out *out)
{
	struct asked asked = impact_of(document);
	asked.cells_only = true;
	int code = ask_all(desk, &asked);
	if (code == DESK_DONE) {
		desk_say(desk, "Of the meldingen there were:");
		for (size_t i = 0; !desk->json && i < asked.changed_count; i++)
			tell_changed(desk, &asked.changed[i]);
		if (!desk->json)
			tell_totals(desk, &asked);
		if (out)
			write_impact(out, &asked);
	}
	forget_changed(&asked);
	return code;
}

int audit_convenant_impact(struct desk *desk)
{
	struct convenant *convenant = NULL;
	// What is wrong with the file is told here, with its name and lines.
	int code = convenant_open(desk, desk->arguments[0], &convenant);
	if (code == DESK_DONE)
		code = ask_impact(desk, convenant_document(convenant));
	convenant_free(convenant);
	return code;
}
