// SPDX-License-Identifier: EUPL-1.2
// Reading an entry back: its parts and content, unsealed and decoded onto an arena.
#include "flow/casus.h"
#include "flow/in_force.h"
#include "flow/toestemming.h"
#include "flow/type.h"
#include "flow/wissing.h"

#include "crypto/secret.h"
#include "state/bron.h"

#include <string.h>

static enum result decode_each(struct arena *arena, struct recalled *recalled)
{
	recalled->parts = arena_alloc(arena, (recalled->part_count + 1) * sizeof *recalled->parts);
	if (!recalled->parts)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < recalled->part_count; i++) {
		enum result r = recall_part(recalled, i, arena, &recalled->parts[i]);
		if (r)
			return r;
		if (recalled->parts[i].kind == PART_VERANTWOORDING)
			recalled->verantwoording = &recalled->parts[i].verantwoording;
	}
	return RESULT_OK;
}

enum result recall_part(const struct recalled *recalled, size_t place, struct arena *arena,
			struct part *ret_part)
{
	enum result r = part_decode_own(recalled->part_bytes[place], arena, ret_part);
	return r && r != RESULT_NO_MEMORY ? RESULT_DAMAGED : r;
}

static enum result decode_parts(struct bytes stored, struct arena *arena, struct recalled *recalled)
{
	struct stored_parts parts;
	enum result r = stored_parts_decode(stored, arena, &parts);
	if (r)
		return r == RESULT_NO_MEMORY ? r : RESULT_DAMAGED;
	recalled->part_bytes = parts.parts;
	recalled->part_count = parts.count;
	memcpy(recalled->seed, parts.seed, sizeof recalled->seed);
	return RESULT_OK;
}

static enum result decode_content(struct bytes stored, struct arena *arena,
				  struct recalled *recalled)
{
	enum result r = stored_content_decode(stored, arena, &recalled->content);
	recalled->has_content = !r;
	return r && r != RESULT_NO_MEMORY ? RESULT_DAMAGED : r;
}

// An entry of the batch in hand is not in the journal yet.
static enum result recall_record(const struct record *record, enum recall_what what,
				 struct arena *arena, struct recalled *recalled)
{
	memcpy(recalled->entry, record->encoded, ENTRY_LEN);
	enum result r = decode_parts(record->stored, arena, recalled);
	if (!r)
		r = decode_each(arena, recalled);
	if (!r && what == RECALL_PARTS_AND_CONTENT && record->content.len > 0)
		r = decode_content(record->content, arena, recalled);
	return r;
}

static enum result recall_in_batch(const struct core *core, uint64_t index, enum recall_what what,
				   struct arena *arena, struct recalled *ret_recalled)
{
	struct recalled recalled = {.index = index};
	const struct record *record = core->records[index - journal_size(core->journal)];
	enum result r = recall_record(record, what, arena, &recalled);
	if (!r)
		*ret_recalled = recalled;
	return r;
}

enum result recall_entry(struct core *core, uint64_t index, enum recall_what what,
			 struct arena *arena, struct recalled *ret_recalled)
{
	struct recalled recalled;
	uint64_t size = journal_size(core->journal);
	core->counts.recalled++;
	if (what != RECALL_TO_DELIVER && index >= size && index - size < core->record_count)
		return recall_in_batch(core, index, what, arena, ret_recalled);
	struct buffer *parts = &core->stored_parts, *content = &core->stored_content;
	memset(&recalled, 0, sizeof recalled);
	recalled.index = index;
	enum result r = journal_read(core->journal, index, recalled.entry, parts,
				     what == RECALL_PARTS ? NULL : content);
	if (r == RESULT_ERASED) { // one of the two, or both; the other is there
		recalled.erased = true;
		r = RESULT_OK;
	}
	if (!r && parts->len > 0)
		r = decode_parts(buffer_view(parts), arena, &recalled);
	if (!r && parts->len > 0 && what != RECALL_TO_DELIVER)
		r = decode_each(arena, &recalled);
	if (!r && content->len > 0)
		r = decode_content(buffer_view(content), arena, &recalled);
	buffer_scrub(parts);
	buffer_scrub(content);
	if (!r)
		*ret_recalled = recalled;
	return r;
}

enum result recall_each(struct core *core, uint64_t melding, struct arena *arena,
			enum result (*each)(void *context, const struct recalled *entry),
			void *context)
{
	struct recalled recalled;
	uint64_t at = melding;
	enum result r = RESULT_OK;
	for (uint64_t from = 0; !r; from = at + 1) {
		r = recall_entry(core, at, RECALL_PARTS, arena, &recalled);
		if (!r)
			r = each(context, &recalled);
		if (!r)
			r = state_next_cause(core->state, melding, from, &at);
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

enum result recall_earlier(void *context, uint64_t index, struct part **ret_parts,
			   size_t *ret_count)
{
	const struct earlier *earlier = context;
	struct recalled recalled;
	enum result r = recall_entry(earlier->core, index, RECALL_PARTS, earlier->arena, &recalled);
	if (r)
		return r;
	*ret_parts = recalled.parts;
	*ret_count = recalled.part_count;
	return RESULT_OK;
}

// Adds what one later entry says to the facts, if its type says anything.
static enum result recall_later(struct core *core, const struct recall_question *question,
				uint64_t later, struct arena *arena, struct feiten *feiten)
{
	struct recalled recalled;
	enum result r = recall_entry(core, later, RECALL_PARTS, arena, &recalled);
	if (r || !recalled.verantwoording)
		return r;
	const struct type_handler *handler = type_handler(recalled.verantwoording->type);
	return handler && handler->recall
		       ? handler->recall(question, recalled.verantwoording, arena, feiten)
		       : RESULT_OK;
}

// Whose the melding is, in the words of this convenant: another may call the same partij otherwise.
static enum result recall_source(const struct part_verantwoording *v,
				 const struct convenant *convenant, struct feiten *feiten)
{
	struct bytes partner = bron_namens(v, BRON_PARTNER), functie = bron_namens(v, BRON_FUNCTIE);
	if (oin_parse(bron_of(v), &feiten->bron))
		return RESULT_DAMAGED;
	if (functie.len > 0)
		feiten->bron_functies[feiten->bron_functie_count++] = functie;
	for (size_t i = 0; partner.len == 0 && i < v->signer_functie_count && i < FUNCTIES_MAX; i++)
		feiten->bron_functies[feiten->bron_functie_count++] = v->signer_functies[i];
	enrich_partij(feiten, convenant);
	return RESULT_OK;
}

enum result recall_decision(struct core *core, const struct recalled *melding, struct bytes naam,
			    struct arena *arena, const struct part_verantwoording **ret_decision)
{
	const struct part_verantwoording *v = melding->verantwoording;
	bool found = v && bytes_equal(in_force_name(core, v), naam);
	enum result r = v ? RESULT_OK : RESULT_NOT_FOUND;
	uint64_t later = 0;
	for (uint64_t from = 0; !r && !found; from = later + 1) {
		struct recalled recalled;
		r = state_next_cause(core->state, melding->index, from, &later);
		if (!r)
			r = recall_entry(core, later, RECALL_PARTS, arena, &recalled);
		v = r ? NULL : recalled.verantwoording;
		// Facts stand with the first decision under each convenant.
		found = v && v->feit_count > 0 && bytes_equal(in_force_name(core, v), naam);
	}
	if (r && r != RESULT_NOT_FOUND)
		return r;
	*ret_decision = found ? v : NULL;
	return RESULT_OK;
}

// Of a convenant that did not decide it: the facts of its own entry.
static enum result find_feiten(struct core *core, const struct recall_question *question,
			       const struct recalled *recalled, struct arena *arena,
			       struct feiten **ret_feiten)
{
	const struct part_verantwoording *v = recalled->verantwoording, *decision = NULL;
	enum result r = RESULT_OK;
	if (question->convenant)
		r = recall_decision(core, recalled,
				    bytes_of_text(convenant_name(question->convenant)), arena,
				    &decision);
	v = decision ? decision : v;
	return r ? r : feiten_recall(v->feiten, v->feit_count, arena, ret_feiten);
}

// Of what about a secrecy is lifted: a statement that is decided by itself says so itself, about
// the entry that it is about.
static uint64_t lifted_at(const struct part_verantwoording *v, uint64_t melding)
{
	const struct type_handler *handler = type_handler(v->type);
	return handler && handler->alone && handler->lifts ? v->betreft : melding;
}

enum result recall_feiten(struct core *core, const struct recall_question *question,
			  const struct recalled *recalled, struct arena *arena,
			  struct feiten **ret_feiten)
{
	const struct part_verantwoording *v = recalled->verantwoording;
	struct feiten *feiten;
	if (!v)
		return RESULT_NOT_FOUND;
	enum result r = find_feiten(core, question, recalled, arena, &feiten);
	if (!r)
		r = recall_source(v, question->convenant, feiten);
	if (r)
		return r;
	feiten_hold(feiten, v->rubrieken, v->rubriek_count);
	feiten->oefening = core->registry.genesis.oefening;
	feiten->now = (int64_t)v->received;
	uint64_t later = 0;
	for (uint64_t from = 0; !r; from = later + 1) {
		r = state_next_cause(core->state, question->melding, from, &later);
		if (r == RESULT_NOT_FOUND || (!r && later >= question->before))
			break;
		if (!r)
			r = recall_later(core, question, later, arena, feiten);
	}
	const struct toestemming_vraag vraag = {lifted_at(v, question->melding), v->personen,
						v->persoon_count, question->before, arena};
	if (!r || r == RESULT_NOT_FOUND)
		r = question->convenant && convenant_vormen(question->convenant) & VORM_TOESTEMMING
			    ? toestemmingen_find(core, &vraag, feiten)
			    : RESULT_OK;
	if (r)
		return r;
	*ret_feiten = feiten;
	return RESULT_OK;
}

enum result recall_item(struct core *core, uint64_t melding, struct flow_item *item,
			bool *ret_found)
{
	struct recalled *recalled = arena_alloc(item->arena, sizeof *recalled);
	if (!recalled)
		return RESULT_NO_MEMORY;
	enum result r =
		recall_entry(core, melding, RECALL_PARTS_AND_CONTENT, item->arena, recalled);
	if (r || !recalled->verantwoording)
		return r;
	*ret_found = recalled->has_content;
	item->recalled = recalled; // its slots, at least
	item->betreft = melding;
	if (!*ret_found)
		return RESULT_OK;
	const struct recall_question question = {melding, UINT64_MAX, item->convenant};
	r = recall_feiten(core, &question, recalled, item->arena, &item->feiten);
	if (r)
		return r;
	const struct part_verantwoording *v = recalled->verantwoording;
	item->feiten->now = item->now; // the regels in force now decide
	item->enriched_at = (int64_t)v->received;
	item->personen = v->personen;
	item->persoon_count = v->persoon_count;
	item->sent = v->rubrieken;
	item->sent_count = v->rubriek_count;
	return RESULT_OK;
}

enum result recall_under_each(struct core *core, uint64_t melding, struct flow_item *item,
			      bool *ret_found)
{
	struct flow_item *last = NULL;
	item->convenant = NULL;
	enum result r = recall_item(core, melding, item, ret_found);
	for (size_t i = 0; !r && *ret_found && i < core->convenant_count; i++) {
		const struct convenant *convenant = core->convenanten[i];
		struct flow_item *next = item;
		const struct part_verantwoording *decision;
		r = recall_decision(core, item->recalled, bytes_of_text(convenant_name(convenant)),
				    item->arena, &decision);
		if (r || !decision)
			continue;
		if (last)
			r = item_further(last, &next);
		next->convenant = convenant;
		if (!r)
			r = recall_item(core, melding, next, ret_found);
		last = next;
	}
	return r;
}
