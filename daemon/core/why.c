// SPDX-License-Identifier: EUPL-1.2
// `why`: the decision taken again from its recorded facts under its recorded convenant (P4).
// Denials are not stored; they come out of the same engine.
#include "core/why.h"

#include "base/guess.h"
#include "control/control.h"
#include "convenant/onderzoek.h"
#include "flow/find.h"
#include "flow/in_force.h"
#include "flow/type.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STAND_BYTES (64u * 1024)
#define HELD_MAX (OIN_LEN + FUNCTIE_MAX + 24)

static enum result not_found(struct why *why, const char *message, const char *fix)
{
	problem_set(why->problem, reason_code(REASON_NOT_FOUND), fix, "%s", message);
	return RESULT_NOT_FOUND;
}

enum result why_convenant(struct core *core, const struct hash *hash, struct convenant **ret_loaded,
			  const struct convenant **ret_convenant)
{
	struct problem problem = {.code = NULL};
	struct buffer document;
	for (size_t i = 0; i < core->convenant_count; i++) {
		struct hash current = convenant_hash(core->convenanten[i]);
		if (hash_equal(&current, hash)) {
			*ret_convenant = core->convenanten[i];
			return RESULT_OK;
		}
	}
	buffer_init(&document, CONVENANT_MAX);
	enum result r = journal_document(core->journal, hash, &document);
	if (!r)
		r = convenant_load(buffer_view(&document), "convenant", ret_loaded, &problem);
	if (!r)
		*ret_convenant = *ret_loaded;
	buffer_done(&document);
	return r;
}

static bool is_of_party(const struct why *why, const struct ontvanger *ontvanger,
			struct bytes party)
{
	const struct partij *partij = convenant_partij_of(why->convenant, &ontvanger->oin);
	return bytes_equal(party, bytes_of_text(ontvanger->oin.text)) ||
	       (partij && bytes_equal(party, bytes_of_text(partij->partij)));
}

static struct bytes party_asked(const struct why *why, struct bytes *ret_functie)
{
	struct bytes text = why->request->ontvanger;
	const uint8_t *slash = text.len ? memchr(text.data, '/', text.len) : NULL;
	size_t len = slash ? (size_t)(slash - text.data) : text.len;
	*ret_functie = slash ? bytes_make(slash + 1, text.len - len - 1) : bytes_make(NULL, 0);
	return bytes_make(text.data, len);
}

// Which there are: those of the partij asked about, or the partijen when there is no such one.
static enum result unknown_ontvanger(struct why *why, struct bytes text, struct bytes party)
{
	char fix[sizeof why->problem->fix] = "its functies: ";
	struct name_list list = name_list_in(fix, sizeof fix);
	size_t before = list.used;
	const struct ontvanger *all;
	size_t count = convenant_ontvangers(why->convenant, &all);
	for (size_t i = 0; i < count; i++)
		if (is_of_party(why, &all[i], party))
			name_list_add(&list, all[i].functie);
	if (list.used == before) {
		snprintf(fix, sizeof fix, "the partijen: ");
		list = name_list_in(fix, sizeof fix);
		for (size_t i = 0; i < convenant_partij_count(why->convenant); i++)
			name_list_add(&list, convenant_partij(why->convenant, i)->partij);
	}
	problem_set(why->problem, reason_code(REASON_USAGE), fix,
		    "the convenant has no ontvanger %.*s; an ontvanger is PARTIJ/FUNCTIE",
		    (int)(text.len < 80 ? text.len : 80), text.data ? (const char *)text.data : "");
	return RESULT_NOT_FOUND;
}

// The name of an overleg of the convenant asks about its agenda.
static bool find_overleg(struct why *why)
{
	const struct overleg *overleg =
		convenant_overleg_named(why->convenant, why->request->ontvanger);
	if (!overleg)
		return false;
	why->overleg = overleg->overleg;
	why->ontvanger =
		overleg->voorzitter; // or who chairs this melding, once its facts are there
	return true;
}

// "<OIN>/<functie>" or "<partij>/<functie>", or an overleg, of the convenant in hand.
static bool find_ontvanger(struct why *why)
{
	struct bytes functie, party = party_asked(why, &functie);
	const struct ontvanger *all;
	size_t count = convenant_ontvangers(why->convenant, &all);
	if (find_overleg(why))
		return true;
	for (size_t i = 0; i < count; i++) {
		if (!bytes_equal(functie, bytes_of_text(all[i].functie)) ||
		    !is_of_party(why, &all[i], party))
			continue;
		why->ontvanger = all[i];
		return true;
	}
	return false;
}

// ---- under which convenant -------------------------------------------------------------------

static bool is_decision(const struct recalled *entry)
{
	return entry->verantwoording && entry->verantwoording->has_convenant &&
	       entry->verantwoording->feit_count > 0;
}

static bool asks_about(const struct why *why, const struct recalled *entry)
{
	struct bytes asked = why->request->convenant;
	return asked.len == 0 ||
	       bytes_equal(asked, in_force_name(why->core, entry->verantwoording));
}

// A question that was passed on was decided twice under its convenant: that somebody was asked
// stands in the second entry. One that is decided by itself is not about it.
static void look_at_passed_on(struct why *why, const struct recalled *entry)
{
	const struct part_verantwoording *v = entry->verantwoording;
	if (v->type != why->recalled.verantwoording->type)
		return;
	for (size_t i = 0; i < v->gift_count; i++)
		if (bytes_equal(v->giften[i].oin, bytes_of_text(why->ontvanger.oin.text)) &&
		    bytes_equal(v->giften[i].functie, bytes_of_text(why->ontvanger.functie)))
			why->decision = why->asked = entry;
}

// Takes the first decision in hand in which whoever is asked about is an ontvanger, and tells of
// the others.
static enum result look_at(struct why *why, const struct recalled *entry)
{
	struct convenant *loaded = NULL;
	const struct convenant *convenant;
	if (!is_decision(entry) || !asks_about(why, entry))
		return RESULT_OK;
	if (why->decision && type_handler(entry->verantwoording->type)->alone) {
		look_at_passed_on(why, entry);
		return RESULT_OK;
	}
	enum result r = why_convenant(why->core, &entry->verantwoording->convenant_hash, &loaded,
				      &convenant);
	if (r)
		return r;
	if (why->decision) {
		struct why other = {.convenant = convenant, .request = why->request};
		if (find_ontvanger(&other))
			control_append_text(why->out, "ook", convenant_name(convenant));
		convenant_free(loaded);
		return RESULT_OK;
	}
	convenant_free(why->loaded);
	why->loaded = loaded;
	why->convenant = convenant;
	if (find_ontvanger(why))
		why->decision = entry;
	return RESULT_OK;
}

// Who of the house owes a screening of it, and until when; RESULT_NOT_FOUND: nobody.
static enum result find_screening(const struct why *why, char line[HELD_MAX])
{
	struct state_obligation owed = {.soort = 0};
	char due[21];
	enum result r = RESULT_OK;
	for (uint32_t n = 0; !r && owed.soort != VERPLICHTING_SCREENING; n = owed.n + 1)
		r = state_owed(why->core->state, why->recalled.index, n, &owed);
	if (r)
		return r;
	time_format(due, (int64_t)owed.due);
	snprintf(line, HELD_MAX, "%s/%s %s", owed.owed_by.oin.text, owed.owed_by.functie, due);
	return RESULT_OK;
}

static enum result no_convenant(struct why *why)
{
	char held[HELD_MAX], fix[sizeof why->problem->fix];
	enum result r = find_screening(why, held);
	if (r && r != RESULT_NOT_FOUND)
		return r;
	snprintf(fix, sizeof fix,
		 "nothing of it went to anyone: without a convenant nothing may%s%s",
		 r ? "" : "; the house owes a screening: ", r ? "" : held);
	return not_found(why, "no convenant that this melding concerns was in force when it came",
			 fix);
}

// Of the decisions when the melding came, the first in which it is an ontvanger; "ook <convenant>"
// for each further one, to be asked by its name.
static enum result find_decision(struct why *why)
{
	struct bytes functie, party = party_asked(why, &functie);
	if (!why->recalled.verantwoording)
		return not_found(why, "the verantwoording of this melding is not kept any more",
				 "its entry still proves that it came; see the export of the log");
	bool decided = is_decision(&why->recalled);
	enum result r = look_at(why, &why->recalled);
	for (size_t i = 0; !r && i < why->later_count; i++) {
		decided |= is_decision(&why->later[i]); // put before it later (type_screening.c)
		r = look_at(why, &why->later[i]);
	}
	if (r || why->decision)
		return r;
	if (!decided)
		return no_convenant(why);
	return why->convenant ? unknown_ontvanger(why, why->request->ontvanger, party)
			      : not_found(why, "this melding was not decided under that convenant",
					  "ask without a convenant to see under which it was");
}

// 0 is the incident; there is nothing to tell of a betrokkene that the melding does not have.
static enum result check_betrokkene(const struct why *why)
{
	uint64_t number = 0, most = why->item.feiten->betrokkenen;
	struct bytes text = why->request->betrokkene;
	if (text.len == 0 || (number_parse(text, &number) == RESULT_OK && number <= most))
		return RESULT_OK;
	problem_set(why->problem, reason_code(REASON_USAGE),
		    "name 0 (the incident), a betrokkene it has, or leave it out",
		    "the melding has %llu betrokkene%s, and no such one", (unsigned long long)most,
		    most == 1 ? "" : "n");
	return RESULT_NOT_FOUND;
}

// The melding as a whole, and each betrokkene.
static enum result list_agenda(struct flow_item *item)
{
	size_t count = item->feiten->betrokkenen + 1;
	item->plaatsen = arena_alloc(item->arena, count * sizeof *item->plaatsen);
	if (!item->plaatsen)
		return RESULT_NO_MEMORY;
	for (size_t b = 0; b < count; b++)
		item->plaatsen[b] = (struct plaats){(uint32_t)b, RUBRIEK_BERICHT};
	item->plaats_count = count;
	return RESULT_OK;
}

static enum result gather(struct why *why, uint64_t index)
{
	struct flow_item *item = &why->item;
	const struct part_verantwoording *v = why_facts_of(why)->verantwoording;
	item->arena = why->core->command_arena;
	item->sent = v->rubrieken;
	item->sent_count = v->rubriek_count;
	const struct recall_question question = {index, UINT64_MAX, why->convenant};
	enum result r =
		recall_feiten(why->core, &question, why_facts_of(why), item->arena, &item->feiten);
	if (!r)
		r = check_betrokkene(why);
	if (!r && why->overleg) {
		const struct overleg *overleg =
			convenant_overleg_named(why->convenant, bytes_of_text(why->overleg));
		why->ontvanger = *overleg_voorzitter(overleg, &item->feiten->bron);
		return list_agenda(item);
	}
	return r ? r : list_plaatsen(why->convenant, item);
}

bool why_is_own(const struct why *why, const struct part_verantwoording *v)
{
	return bytes_equal(in_force_name(why->core, v),
			   bytes_of_text(convenant_name(why->convenant)));
}

bool why_gave(const struct why *why, const struct part_verantwoording *v,
	      const struct plaats *plaats)
{
	struct bytes overleg = bytes_of_text(why->overleg ? why->overleg : "");
	if (!v || !why_is_own(why, v))
		return false;
	for (size_t i = 0; i < v->gift_count; i++) {
		const struct gift *gift = &v->giften[i];
		if (gift->betrokkene == plaats->betrokkene && gift->rubriek == plaats->rubriek &&
		    bytes_equal(gift->overleg, overleg) &&
		    bytes_equal(gift->oin, bytes_of_text(why->ontvanger.oin.text)) &&
		    bytes_equal(gift->functie, bytes_of_text(why->ontvanger.functie)))
			return true;
	}
	return false;
}

const char *why_rubriek(const struct why *why, const struct plaats *plaats)
{
	return why->overleg ? "agenda" : rubriek_naam(plaats->rubriek);
}

static void say_entry(const struct why *why, const char *name, const struct recalled *entry)
{
	const struct part_verantwoording *v = entry->verantwoording;
	char line[120], hex[65] = "none";
	if (v && v->has_convenant)
		hex_encode(hex, bytes_of_hash(&v->convenant_hash));
	snprintf(line, sizeof line, "entry=%llu convenant=%s", (unsigned long long)entry->index,
		 hex);
	control_append_text(why->out, name, line);
}

// What the log itself says was given, and under which convenant: a weging decides under the one in
// force when it comes.
static void say_gifts(const struct why *why, const struct plaats *plaats)
{
	if (why_gave(why, why->recalled.verantwoording, plaats))
		say_entry(why, "gegeven", &why->recalled);
	for (size_t i = 0; i < why->later_count; i++)
		if (why_gave(why, why->later[i].verantwoording, plaats))
			say_entry(why, "gegeven", &why->later[i]);
}

static void say_stand(const struct why *why, const struct stand *stand)
{
	static const char *const words[] = {"geweigerd", "wacht", "verstrekt"};
	const struct plaats *plaats = &stand->plaats;
	char name[OIN_LEN + FUNCTIE_MAX + 8];
	const struct partij *partij = convenant_partij_of(why->convenant, &why->ontvanger.oin);
	snprintf(name, sizeof name, "%s/%s", why->ontvanger.oin.text, why->ontvanger.functie);
	control_append_text(why->out, "vraag", name);
	if (partij)
		control_append_text(why->out, "partij", partij->partij);
	control_append_text(why->out, "beslissing", words[stand->oordeel]);
	control_append_number(why->out, "betrokkene", plaats->betrokkene);
	control_append_text(why->out, "rubriek", why_rubriek(why, plaats));
	say_gifts(why, plaats);
	if (stand->vervallen)
		control_append_number(why->out, "vervallen", stand->vervallen);
	buffer_append(why->out, buffer_view(&stand->lines));
}

static enum result recall_later(struct why *why, uint64_t index)
{
	struct arena *arena = why->core->command_arena;
	why->later = arena_alloc(arena, WHY_LATER_MAX * sizeof *why->later);
	if (!why->later)
		return RESULT_NO_MEMORY;
	uint64_t at = 0;
	for (uint64_t from = 0; why->later_count < WHY_LATER_MAX; from = at + 1) {
		enum result r = state_next_cause(why->core->state, index, from, &at);
		if (r)
			return r == RESULT_NOT_FOUND ? RESULT_OK : r;
		r = recall_entry(why->core, at, RECALL_PARTS, arena, &why->later[why->later_count]);
		if (r)
			return r;
		why->later_count++;
	}
	return RESULT_OK;
}

// That its content was destroyed: when, and on which ground. What was decided stands.
static enum result say_wissing(const struct why *why)
{
	struct core_wissing gone;
	char moment[21];
	uint32_t slot = why->recalled.verantwoording->slot_inhoud;
	enum result r = slot ? core_wissing(why->core, slot, &gone) : RESULT_NOT_FOUND;
	if (r)
		return r == RESULT_NOT_FOUND ? RESULT_OK : r;
	time_format(moment, gone.time);
	control_append_text(why->out, "gewist", moment);
	control_append_number(why->out, "gewist-index", gone.begonnen);
	control_append_text(why->out, "gewist-grond", gone.grond);
	return RESULT_OK;
}

static enum result say_common(const struct why *why, uint64_t index)
{
	char hex[65], held[HELD_MAX];
	struct hash hash = convenant_hash(why->convenant);
	hex_encode(hex, bytes_of_hash(&hash));
	control_append_number(why->out, "index", index);
	control_append_text(why->out, "convenant", convenant_name(why->convenant));
	control_append_text(why->out, "convenant-hash", hex);
	why_codes(why->core, why->decision->verantwoording, "codes-hash", why->out);
	for (size_t i = 0; i < why->later_count; i++)
		say_entry(why, "later", &why->later[i]);
	enum result r = find_screening(why, held);
	if (!r)
		control_append_text(why->out, "gehouden", held);
	why_feiten(why->item.feiten, "feit", true, why->out);
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

static bool asked_for(const struct why *why, const struct plaats *plaats)
{
	const struct why_request *request = why->request;
	char number[12];
	snprintf(number, sizeof number, "%u", plaats->betrokkene);
	return (request->betrokkene.len == 0 ||
		bytes_equal(request->betrokkene, bytes_of_text(number))) &&
	       (request->rubriek.len == 0 ||
		bytes_equal(request->rubriek, bytes_of_text(why_rubriek(why, plaats))));
}

static enum result find_all(struct why *why, uint64_t *ret_index)
{
	struct state_outcome outcome;
	enum result r = flow_find(why->core, why->request->source, why->request->id, &outcome);
	if (r == RESULT_NOT_FOUND)
		return not_found(why, "no melding has this id",
				 "check the id, and the source if you named one");
	*ret_index = r ? 0 : outcome.index;
	if (!r)
		r = recall_entry(why->core, *ret_index, RECALL_PARTS, why->core->command_arena,
				 &why->recalled);
	if (!r)
		r = recall_later(why, *ret_index);
	if (!r)
		r = find_decision(why);
	return r ? r : gather(why, *ret_index);
}

static enum result answer(struct why *why)
{
	uint64_t index;
	size_t count = 0;
	enum result r = find_all(why, &index);
	if (r)
		return r;
	struct stand *stands = calloc(why->item.plaats_count + 1, sizeof *stands);
	if (!stands)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < why->item.plaats_count; i++) {
		if (!asked_for(why, &why->item.plaatsen[i]))
			continue;
		stands[count].plaats = why->item.plaatsen[i];
		stands[count].gegeven = -1;
		buffer_init(&stands[count++].lines, STAND_BYTES);
	}
	r = say_common(why, index);
	if (!r)
		r = say_wissing(why);
	if (!r)
		r = why_verloop(why, stands, count);
	for (size_t i = 0; i < count; i++) {
		if (!r)
			say_stand(why, &stands[i]);
		buffer_wipe(&stands[i].lines);
	}
	free(stands);
	return r;
}

// An answer that is cut says something else than the whole of it.
static enum result check_size(const struct why *why)
{
	size_t lines = 0;
	for (size_t i = 0; i < why->out->len; i++)
		lines += why->out->data[i] == '\n';
	if (!why->out->status && lines <= CONTROL_LINES_MAX)
		return RESULT_OK;
	problem_set(why->problem, reason_code(REASON_TOO_LONG),
		    "ask for one betrokkene or one rubriek at a time",
		    "the answer is larger than the control socket carries");
	return RESULT_TOO_LARGE;
}

enum result core_why(struct core *core, const struct why_request *request, struct buffer *out,
		     struct problem *problem)
{
	struct why *why = calloc(1, sizeof *why);
	if (!why)
		return RESULT_NO_MEMORY;
	why->core = core;
	why->request = request;
	why->out = out;
	why->problem = problem;
	enum result r = arena_new(WHY_ARENA, &why->arena);
	if (!r)
		r = answer(why);
	if (!r)
		r = check_size(why);
	arena_free(why->arena);
	convenant_free(why->loaded);
	free(why);
	return r;
}
