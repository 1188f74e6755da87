// SPDX-License-Identifier: EUPL-1.2
// The parts of an entry: what the sender, the officer and each ontvanger may see of it.
#include "flow/draft.h"
#include "flow/given.h"
#include "flow/rechtzetting.h"
#include "flow/tabellen.h"
#include "flow/type.h"

#include "base/clock.h"

#include <string.h>

// How long an answer waits to be fetched, and all of a question that is answered by nothing is
// kept: it is forgotten within a day (design §9), a few ticks before its key is overwritten.
#define ANSWER_MS (20 * MS_PER_HOUR)

struct part draft_sender(const struct draft *draft)
{
	const struct flow_item *item = draft->item;
	const struct statement *s = &item->opened->statement;
	return (struct part){
		.kind = PART_SENDER,
		.sender = {.origin = bytes_of_text(register_origin(&draft->core->registry)),
			   .source = s->source,
			   .id = s->id,
			   .header_hash = item->opened->header_hash,
			   .outcome = item->outcome,
			   .reason = item->refusal.reason,
			   .field = bytes_of_text(item->refusal.field),
			   .oefening = draft->core->registry.genesis.oefening}};
}

static void lengthen(const struct convenant *convenant, const struct flow_item *item,
		     struct part_verantwoording *v)
{
	int64_t inhoud = 0, verantwoording = 0;
	convenant_bewaar(convenant, item->besluit.regels, item->besluit.regel_count, item->now,
			 &inhoud, &verantwoording);
	if ((uint64_t)inhoud > v->bewaar_inhoud)
		v->bewaar_inhoud = (uint64_t)inhoud;
	if ((uint64_t)verantwoording > v->bewaar_verantwoording)
		v->bewaar_verantwoording = (uint64_t)verantwoording;
}

static bool gives_nothing(const struct besluit_set *set)
{
	size_t given = 0;
	for (size_t i = 0; i < set->count; i++)
		given += set->toedelingen[i].count;
	return given == 0;
}

// When the last of those to whom a question was passed on has to have answered; as long as the
// answer of the house waits where nobody was asked.
static int64_t closes_at(const struct flow_item *item)
{
	int64_t last = item->now;
	for (; item; item = item->further)
		for (size_t i = 0; i < item->besluit.count; i++)
			if (item->besluit.toedelingen[i].until > last)
				last = item->besluit.toedelingen[i].until;
	return last;
}

// Until when content and accountability are kept, by the regels that gave something.
// The longest of all convenanten stands in the first: it lies under one slot.
static void set_terms(const struct draft *draft, struct part_verantwoording *v)
{
	for (const struct flow_item *item = draft->item; item; item = item->further)
		if (item->convenant)
			lengthen(item->convenant, item, v);
	// What was put before none, a casus or a melding that concerns none, was given to nobody by
	// any: the longest standard terms.
	bool none = !draft->item->feiten || !draft->item->convenant;
	for (size_t i = 0; none && i < draft->core->convenant_count; i++)
		lengthen(draft->core->convenanten[i], draft->item, v);
	const struct type_handler *handler = type_handler(draft->item->type->type);
	if (handler && handler->asks && gives_nothing(&draft->first->besluit))
		v->bewaar_inhoud = (uint64_t)(closes_at(draft->first) + ANSWER_MS);
	if (handler && handler->shows) // what there is; that keeps it no longer
		v->bewaar_inhoud = (uint64_t)draft->item->now;
}

static void set_convenant(const struct draft *draft, struct part_verantwoording *v)
{
	const struct convenant *convenant = draft->item->convenant;
	if (!convenant)
		return;
	v->has_convenant = true;
	v->convenant_hash = convenant_hash(convenant);
	v->convenant = bytes_of_text(convenant_name(convenant));
	v->has_codes = true;
	v->codes_hash = codes_hash(draft->core->codes);
}

static enum result set_giften(const struct draft *draft, struct part_verantwoording *v)
{
	const struct besluit_set *set = &draft->item->besluit;
	struct arena *arena = draft->item->arena;
	size_t total = 0;
	for (size_t i = 0; i < set->count; i++)
		total += set->toedelingen[i].count;
	v->giften = arena_alloc(arena, (total + 1) * sizeof *v->giften);
	if (!v->giften)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < set->count; i++) {
		const struct toedeling *t = &set->toedelingen[i];
		for (size_t g = 0; g < t->count; g++) {
			const struct gave *gave = &t->gaves[g];
			struct gift *gift = &v->giften[v->gift_count++];
			gift->oin = bytes_of_text(t->ontvanger.oin.text);
			gift->functie = bytes_of_text(t->ontvanger.functie);
			gift->betrokkene = gave->betrokkene;
			gift->rubriek = gave->rubriek;
			gift->overleg = overleg_of(gave);
			gift->regel_count = gave->regel_count;
			gift->regels =
				arena_alloc(arena, (gave->regel_count + 1) * sizeof *gift->regels);
			if (!gift->regels)
				return RESULT_NO_MEMORY;
			for (size_t r = 0; r < gave->regel_count; r++)
				gift->regels[r] = bytes_of_text(
					convenant_regel(draft->item->convenant, gave->regels[r])
						->regel);
		}
	}
	return RESULT_OK;
}

// Wpg art. 20: what is given is recorded with the six elements of the decision it rests on, in the
// words of the convenant of that moment.
static void set_wpg20(const struct draft *draft, struct part_verantwoording *v)
{
	if (v->gift_count == 0)
		return;
	const struct convenant_text *text = convenant_text(draft->item->convenant);
	v->has_wpg20 = true;
	for (size_t i = 0; i < WPG20_COUNT; i++)
		v->wpg20[i] = bytes_of_text(text->wpg20[i]);
}

static enum result set_signer(const struct draft *draft, struct part_verantwoording *v)
{
	const struct bundle *bundle = &draft->item->signer->bundle;
	v->signer = bytes_of_text(bundle->oin.text);
	v->signer_functies =
		arena_alloc(draft->item->arena, (bundle->functie_count + 1) * sizeof(struct bytes));
	if (!v->signer_functies)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < bundle->functie_count; i++)
		v->signer_functies[i] = bytes_of_text(bundle->functies[i]);
	v->signer_functie_count = bundle->functie_count;
	return RESULT_OK;
}

// What is recorded of a statement's own velden: all that is not content, and what its type adds.
static enum result set_velden(const struct draft *draft, struct part_verantwoording *v)
{
	const struct flow_item *item = draft->item;
	const struct statement *s = &item->opened->statement;
	const struct type_handler *handler = type_handler(item->type->type);
	uint64_t content = handler ? handler->content : 0;
	v->velden = arena_alloc(item->arena, (s->veld_count + 1) * sizeof *v->velden);
	if (!v->velden)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < s->veld_count; i++)
		if (s->velden[i].veld > VELD_NUMBER_MAX || !(content >> s->velden[i].veld & 1))
			v->velden[v->veld_count++] = s->velden[i];
	return handler && handler->account ? handler->account(draft->core, draft->item, v) : 0;
}

// Decided by itself: neither its facts nor what it gives are of the earlier entry it is about.
static bool is_alone(const struct flow_item *item)
{
	const struct type_handler *handler = item->opened ? type_handler(item->type->type) : NULL;
	return handler && handler->alone && item->recalled;
}

// Whether what the sender gave stands with this entry: once, and where a question is passed on.
static bool tells_sent(const struct draft *draft)
{
	const struct flow_item *item = draft->item;
	const struct type_handler *handler = type_handler(item->type->type);
	return !item->recalled && (item == draft->first || (handler && handler->asks));
}

enum result draft_verantwoording(const struct draft *draft, struct part *ret_part)
{
	struct flow_item *item = draft->item;
	const struct statement *s = &item->opened->statement;
	struct part_verantwoording v = {
		.type = item->type->type,
		.source = s->source,
		.id = s->id,
		.header_hash = item->opened->header_hash,
		.source_number = item->source_number,
		.sequence = item == draft->first ? s->sequence : 0,
		.betreft = item->betreft,
		.verplichtingen = item->besluit.verplichtingen,
		.verplichting_count = item->besluit.verplichting_count,
		.slot_inhoud = (uint32_t)draft->slot_inhoud,
		.slot_verantwoording = (uint32_t)draft->slot_verantwoording,
		.received = (uint64_t)item->now,
	};
	enum result r = set_signer(draft, &v);
	bool accepted = item->outcome == OUTCOME_AANVAARD;
	bool first = item == draft->first;
	if (!r && accepted && first)
		r = set_velden(draft, &v);
	// A weging's persons and facts stand with the melding; a casus has no facts of its own.
	if (accepted && first && (!item->recalled || !item->feiten)) {
		v.personen = item->personen;
		v.persoon_count = item->persoon_count;
	}
	if (accepted && (item->feiten || item->persoon_count > 0))
		set_terms(draft, &v);
	if (!r && accepted && item->feiten) {
		if (tells_sent(draft)) {
			v.rubrieken = item->sent;
			v.rubriek_count = item->sent_count;
		}
		if (!item->recalled || item->gathered) // a weging's facts stand with the melding
			r = feiten_record(item->feiten, item->arena, &v.feiten, &v.feit_count);
		set_convenant(draft, &v);
		if (!r)
			r = set_giften(draft, &v);
		if (!r)
			set_wpg20(draft, &v);
	}
	*ret_part = (struct part){.kind = PART_VERANTWOORDING, .verantwoording = v};
	return r;
}

// Whose melding this is about: of a statement on its way its own, else the one recalled.
static void set_origin(const struct draft *draft, struct part_verantwoording *v)
{
	const struct flow_item *item = draft->item;
	if (item->recalled && !item->opened) {
		const struct part_verantwoording *first = item->recalled->verantwoording;
		v->source = first->source;
		v->id = first->id;
		v->header_hash = first->header_hash;
		v->source_number = first->source_number;
		return;
	}
	v->source = item->opened->statement.source;
	v->id = item->opened->statement.id;
	v->header_hash = item->opened->header_hash;
	v->source_number = item->source_number;
}

enum result draft_later(const struct draft *draft, struct part *ret_part)
{
	struct part_verantwoording v = {
		.betreft = draft->item->betreft,
		.slot_inhoud = (uint32_t)draft->slot_inhoud,
		.slot_verantwoording = (uint32_t)draft->slot_verantwoording,
		.received = (uint64_t)draft->item->now,
	};
	set_origin(draft, &v);
	set_convenant(draft, &v);
	// What continues an item is told with its first leaf; what was decided again is told here.
	enum result r = draft->number || draft->rest ? set_giften(draft, &v) : RESULT_OK;
	if (!r)
		set_wpg20(draft, &v);
	*ret_part = (struct part){.kind = PART_VERANTWOORDING, .verantwoording = v};
	return r;
}

// ---- one ontvanger -------------------------------------------------------------------------

bool gave_opens(const struct convenant *convenant, const struct gave *gave,
		const struct rubriekplaats *sent)
{
	unsigned given = convenant_regimes(convenant, gave->regels, gave->regel_count);
	return gave->betrokkene == sent->betrokkene && gave->rubriek == sent->rubriek &&
	       (given == UINT8_MAX || (sent->regime && given >> sent->regime & 1));
}

static enum result set_slots(const struct draft *draft, const struct toedeling *t,
			     struct part_verstrekking *v)
{
	const struct flow_item *item = draft->item;
	v->slots = arena_alloc(item->arena, (item->sent_count + 1) * sizeof *v->slots);
	if (!v->slots)
		return RESULT_NO_MEMORY;
	for (size_t n = 0; n < item->sent_count; n++)
		for (size_t g = 0; g < t->count; g++)
			if (gave_opens(draft->item->convenant, &t->gaves[g], &item->sent[n]))
				v->slots[v->slot_count++] = item->sent[n].position;
	return RESULT_OK;
}

static bool same_regels(const struct gave *a, const struct gave *b)
{
	return a->regel_count == b->regel_count &&
	       memcmp(a->regels, b->regels, a->regel_count * sizeof *a->regels) == 0;
}

// The earliest lapse of what it rests on: the terms of its own regels, the days on which regels
// begin and end, and when it is decided again what was said before.
static enum result set_geldig_tot(const struct draft *draft, const struct toedeling *t,
				  struct part_verstrekking *v)
{
	const struct flow_item *item = draft->item;
	const struct convenant *convenant = item->convenant;
	struct plaats *plaatsen = arena_alloc(item->arena, (t->count + 1) * sizeof *plaatsen);
	int64_t until = draft->until ? draft->until : INT64_MAX;
	if (t->antwoord && item->now + ANSWER_MS < until)
		until = item->now + ANSWER_MS;
	if (t->until && t->until < until)
		until = t->until;
	size_t count = 0;
	if (!plaatsen)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < t->count; i++) {
		const struct gave *gave = &t->gaves[i];
		int64_t inhoud, unused;
		if (!gave->overleg) // an item stays on the agenda until it was dealt with
			plaatsen[count++] = (struct plaats){gave->betrokkene, gave->rubriek};
		if (i > 0 && same_regels(gave, gave - 1))
			continue; // as a regel gives several rubrieken
		convenant_bewaar(convenant, gave->regels, gave->regel_count, item->now, &inhoud,
				 &unused);
		until = inhoud < until ? inhoud : until;
	}
	const struct gegeven_vraag gegeven = {t->ontvanger, plaatsen, count};
	v->geldig_tot = (uint64_t)convenant_geldig_tot(convenant, item->feiten, &gegeven, until);
	return RESULT_OK;
}

// Bytes of what a delivery of this part carries beside it: the sender's header, vector and
// openings, and what the knooppunt states from `first` on.
static size_t carried_with(const struct draft *draft, const struct part_verstrekking *v,
			   size_t first)
{
	const struct flow_item *item = draft->item;
	const struct signed_statement *sender =
		item->recalled ? &item->recalled->content.sender : &item->opened->signed_statement;
	size_t size = 0;
	if (!v->herkomst_onthouden)
		size += sender->statement.len + VECTOR_CAPACITY_MAX * sizeof(struct hash);
	for (size_t i = 0; i < v->slot_count; i++)
		for (size_t n = 0; n < item->sent_count; n++)
			if (item->sent[n].position == v->slots[i])
				size += sent_rubriek(item, n).len + OPENING_OVERHEAD;
	for (size_t i = first; i < draft->verrijkingen->count; i++)
		size += draft->verrijkingen->openings[i].value.len + OPENING_OVERHEAD;
	return size;
}

// Under a convenant before this one, in the same item: nothing of it is applied yet.
static size_t given_before(const struct draft *draft, const struct ontvanger *ontvanger)
{
	size_t count = 0;
	for (const struct flow_item *item = draft->first; item && item != draft->item;
	     item = item->further)
		for (size_t i = 0; i < item->besluit.count; i++)
			count +=
				ontvanger_equal(&item->besluit.toedelingen[i].ontvanger, ontvanger);
	return count;
}

// What goes with it, and until when.
static enum result set_content(struct draft *draft, const struct toedeling *t,
			       struct part_verstrekking *v)
{
	size_t first = draft->verrijkingen->count;
	enum result r = v->herkomst_onthouden ? RESULT_OK : set_slots(draft, t, v);
	if (!r)
		r = verrijking_make(draft->core, draft->item, t, (uint32_t)draft->count,
				    draft->verrijkingen);
	if (!r)
		r = set_geldig_tot(draft, t, v);
	if (r)
		return r;
	v->has_verrijking = draft->verrijkingen->count > first;
	if (v->has_verrijking)
		v->verrijking = verrijking_commitment(&draft->verrijkingen->openings[first],
						      draft->verrijkingen->count - first);
	draft->sizes[draft->count] = carried_with(draft, v, first);
	return RESULT_OK;
}

enum result draft_verstrekking(struct draft *draft, const struct toedeling *t,
			       struct part *ret_part)
{
	struct core *core = draft->core;
	uint64_t last = 0;
	bool alone = is_alone(draft->item);
	enum result r = state_last_number(core->state, &t->ontvanger, &last);
	struct part_verstrekking v = {
		.origin = bytes_of_text(register_origin(&core->registry)),
		.oin = bytes_of_text(t->ontvanger.oin.text),
		.functie = bytes_of_text(t->ontvanger.functie),
		.number = draft->number,
		.vorige = draft->vorige,
		.soort = t->getoond ? VERSTREKKING_GETOOND : VERSTREKKING_GEGEVEN,
		.header_hash = draft->item->recalled && !alone
				       ? draft->item->recalled->verantwoording->header_hash
				       : draft->item->opened->header_hash,
		.convenant_hash = convenant_hash(draft->item->convenant),
		.oefening = core->registry.genesis.oefening,
		.betreft = alone ? 0 : draft->item->betreft,
		.herkomst_onthouden = !gave_herkomst(t),
	};
	if (!draft->number)
		number_next(core, last, given_before(draft, &t->ontvanger), &v);
	if (!r)
		r = draft_gronden(draft, t, &v);
	if (!r && t->getoond) // as a rechtzetting: as long as the melding is accounted for
		r = rechtzetting_until(core, v.betreft, &v.geldig_tot);
	else if (!r)
		r = set_content(draft, t, &v);
	if (r)
		return r;
	*ret_part = (struct part){.kind = PART_VERSTREKKING, .verstrekking = v};
	return RESULT_OK;
}

// ---- entries ------------------------------------------------------------------------------

// Meldingen take two slots of their own. What is said later about one is accounted for under the
// melding's; its content has a slot of its own, which goes with that of the melding (wissing.c) and
// can go alone. A delivery decided again lies under the melding's. The rest takes one.
void draft_slots(struct draft *draft)
{
	const struct flow_item *item = draft->item;
	uint64_t next = state_next_slot(draft->core->state);
	if (item->recalled) {
		const struct part_verantwoording *melding = item->recalled->verantwoording;
		draft->slot_inhoud = item->opened ? next : melding->slot_inhoud;
		draft->slot_verantwoording = melding->slot_verantwoording;
		return;
	}
	const struct type_handler *handler = type_handler(item->type->type);
	bool content = item->outcome == OUTCOME_AANVAARD &&
		       (item->opened->has_slots || (handler && handler->is_content));
	draft->slot_inhoud = content ? next : 0;
	draft->slot_verantwoording = content ? next + 1 : next;
}

// A delivery that no envelope can carry would hold up everything behind it.
static enum result check_sizes(const struct draft *draft, const struct record *record)
{
	for (size_t i = 0; i < record->part_count; i++)
		if (draft->parts[i].kind == PART_VERSTREKKING &&
		    draft->sizes[i] + record->part_bytes[i].len > DELIVERY_BYTES_MAX)
			return RESULT_TOO_LARGE;
	return RESULT_OK;
}

enum result draft_flush(struct draft *draft)
{
	struct record_request request = {.class = ENTRY_EVENT,
					 .now = draft->item->now,
					 .parts = draft->parts,
					 .count = draft->count,
					 .slot_parts = draft->slot_verantwoording};
	struct record *record = NULL;
	enum result r = RESULT_OK;
	if (draft->record_count == DRAFT_LEAVES_MAX)
		return RESULT_TOO_LARGE;
	if (draft->item->convenant)
		tabellen_bring(draft->core, &request);
	if (draft->slot_inhoud) {
		request.slot_content = draft->slot_inhoud;
		r = draft_content(draft, draft->whole && draft->record_count == 0,
				  &request.content);
	}
	if (!r)
		r = record_make(draft->core, &request, &record);
	if (!r)
		r = check_sizes(draft, record);
	if (!r)
		draft->records[draft->record_count++] = record;
	return r;
}

enum result draft_apply(struct draft *draft)
{
	struct core *core = draft->core;
	enum result r = RESULT_OK;
	if (core->record_count + draft->record_count > BATCH_RECORDS)
		return RESULT_AGAIN;
	draft->item->applying = true;
	for (size_t i = 0; !r && i < draft->record_count; i++)
		r = record_push(core, draft->records[i]);
	return r;
}

enum result draft_begin(struct draft *draft)
{
	struct arena *arena = draft->item->arena;
	draft->parts = arena_alloc(arena, PARTS_PER_ENTRY * sizeof *draft->parts);
	draft->sizes = arena_alloc(arena, PARTS_PER_ENTRY * sizeof *draft->sizes);
	draft->verrijkingen = arena_alloc(arena, sizeof *draft->verrijkingen);
	draft->count = draft->bytes = 0;
	return draft->parts && draft->sizes && draft->verrijkingen ? RESULT_OK : RESULT_NO_MEMORY;
}
