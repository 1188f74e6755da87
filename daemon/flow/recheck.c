// SPDX-License-Identifier: EUPL-1.2
// A convenant came into force or ended while deliveries wait: each is decided again before it may
// leave.
// What was decided before and is still allowed goes, under the regels that now allow it; what is
// not any more lapses, and the recipient gets "vervallen" under the same number.
#include "flow/recheck.h"
#include "flow/draft.h"
#include "flow/in_force.h"
#include "flow/rechtzetting.h"
#include "flow/type.h"

#include "base/clock.h"
#include "base/log.h"

#include <string.h>

#define NOBODY UINT32_MAX // a betrokkene that no place has

static bool was_given(const struct part_verstrekking *old, const struct plaats *plaats,
		      const char *overleg)
{
	struct bytes agenda = bytes_of_text(overleg ? overleg : "");
	for (size_t i = 0; i < old->grond_count; i++)
		if (old->gronden[i].betrokkene == plaats->betrokkene &&
		    old->gronden[i].rubriek == plaats->rubriek &&
		    bytes_equal(old->gronden[i].overleg, agenda))
			return true;
	return false;
}

static enum result keep_given(struct recheck *re, const struct plaats *plaats,
			      const struct beslissing *beslissing, const char *overleg)
{
	if (beslissing->oordeel != OORDEEL_VERSTREKT || !was_given(re->old, plaats, overleg))
		return RESULT_OK;
	struct gave *gave = &re->kept.gaves[re->kept.count];
	gave->betrokkene = plaats->betrokkene;
	gave->rubriek = plaats->rubriek;
	gave->overleg = overleg;
	gave->regel_count = beslissing->regel_count;
	gave->regels =
		arena_alloc(re->item->arena, (beslissing->regel_count + 1) * sizeof *gave->regels);
	if (!gave->regels)
		return RESULT_NO_MEMORY;
	memcpy(gave->regels, beslissing->regels, beslissing->regel_count * sizeof *gave->regels);
	re->kept.count++;
	return RESULT_OK;
}

static enum result keep(void *context, size_t ontvanger, const struct plaats *plaats,
			const struct beslissing *beslissing)
{
	struct recheck *re = context;
	return ontvanger_equal(&re->all[ontvanger], &re->ontvanger)
		       ? keep_given(re, plaats, beslissing, NULL)
		       : RESULT_OK;
}

static enum result keep_agenda(void *context, size_t n, const struct plaats *plaats,
			       const struct beslissing *beslissing)
{
	struct recheck *re = context;
	const struct overleg *overleg = convenant_overleg(re->item->convenant, n);
	return ontvanger_equal(overleg_voorzitter(overleg, &re->item->feiten->bron), &re->ontvanger)
		       ? keep_given(re, plaats, beslissing, overleg->overleg)
		       : RESULT_OK;
}

enum result recheck_decide(struct recheck *re)
{
	struct flow_item *item = re->item;
	struct beslissing_visitor visitor = {re, keep};
	enum result r = list_plaatsen(re->item->convenant, item);
	if (r)
		return r;
	convenant_ontvangers(re->item->convenant, &re->all);
	re->kept.ontvanger = re->ontvanger;
	re->kept.cap = gaves_max(re->item->convenant, item);
	re->kept.gaves = arena_alloc(item->arena, (re->kept.cap + 1) * sizeof(struct gave));
	if (!re->kept.gaves)
		return RESULT_NO_MEMORY;
	r = convenant_decide_all(re->item->convenant, item->feiten, item->plaatsen,
				 item->plaats_count, &visitor);
	visitor.visit = keep_agenda;
	return r ? r : convenant_agenda_all(re->item->convenant, item->feiten, &visitor);
}

// ---- no more than waited ----------------------------------------------------------------------

// What the knooppunt stated itself in the part that waits.
static enum result read_stated(const struct recheck *re, struct recalled *ret_recalled)
{
	return re->old->has_verrijking
		       ? recall_entry(re->core, re->row->index, RECALL_PARTS_AND_CONTENT,
				      re->item->arena, ret_recalled)
		       : RESULT_OK;
}

// Whether the waiting part gave this rubriek of the sender: by its slot or, without herkomst, in
// the knooppunt's own words.
static enum result was_opened(const struct recheck *re, const struct recalled *waiting, size_t n,
			      bool *ret_opened)
{
	const struct part_verstrekking *old = re->old;
	struct bytes restated;
	for (size_t i = 0; i < old->slot_count; i++)
		*ret_opened |= old->slots[i] == re->item->sent[n].position;
	if (!old->herkomst_onthouden || !waiting->has_content)
		return RESULT_OK;
	enum result r = verrijking_restated(re->item, n, &restated);
	for (size_t i = 0; !r && i < waiting->content.verrijking_count; i++) {
		const struct opening *stated = &waiting->content.verrijkingen[i];
		*ret_opened |=
			stated->position == re->row->part && bytes_equal(stated->value, restated);
	}
	return r;
}

static bool opens_any(const struct recheck *re, const struct gave *gave)
{
	const struct rubriek_row *row = rubriek_row(gave->rubriek);
	bool any = !row || row->by_knooppunt;
	for (size_t n = 0; n < re->item->sent_count; n++)
		any |= gave_opens(re->item->convenant, gave, &re->item->sent[n]);
	return any;
}

// A place may hold several rubrieken, each under its own law: what the regels in force give of it
// under another law than what waits is as new as another place would be.
enum result recheck_keep_opened(struct recheck *re)
{
	struct flow_item *item = re->item;
	struct recalled waiting = {.has_content = false};
	struct rubriekplaats *sent =
		arena_alloc(item->arena, (item->sent_count + 1) * sizeof *sent);
	enum result r = sent ? read_stated(re, &waiting) : RESULT_NO_MEMORY;
	for (size_t n = 0; !r && n < item->sent_count; n++) {
		bool opened = false;
		r = was_opened(re, &waiting, n, &opened);
		sent[n] = item->sent[n];
		if (!opened)
			sent[n].betrokkene = NOBODY;
	}
	if (r)
		return r;
	item->sent = sent;
	size_t kept = 0;
	for (size_t i = 0; i < re->kept.count; i++)
		if (opens_any(re, &re->kept.gaves[i]))
			re->kept.gaves[kept++] = re->kept.gaves[i];
	re->kept.count = kept;
	return RESULT_OK;
}

bool recheck_only_herkomst(const struct toedeling *t)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->gaves[i].rubriek != RUBRIEK_HERKOMST)
			return false;
	return true;
}

// What the knooppunt adds is computed over other deliveries, which may have changed: never the
// same.
static bool same_gronden(const struct part_verstrekking *a, const struct part_verstrekking *b)
{
	if (a->grond_count != b->grond_count)
		return false;
	for (size_t i = 0; i < a->grond_count; i++)
		if (verrijking_is(a->gronden[i].rubriek) ||
		    a->gronden[i].betrokkene != b->gronden[i].betrokkene ||
		    a->gronden[i].rubriek != b->gronden[i].rubriek ||
		    !bytes_equal(a->gronden[i].regel, b->gronden[i].regel) ||
		    !bytes_equal(a->gronden[i].overleg, b->gronden[i].overleg))
			return false;
	return true;
}

// Whether it came out as it waits, on the same grounds, under the same convenant and as long.
static bool is_unchanged(const struct recheck *re, const struct part_verstrekking *now)
{
	return re->old->soort == now->soort && re->old->geldig_tot == now->geldig_tot &&
	       hash_equal(&re->old->convenant_hash, &now->convenant_hash) &&
	       same_gronden(re->old, now);
}

// Records what is left of one delivery, under its own number. What is as it was is left alone,
// unless it waits for being looked at under the register in force.
static enum result record_again(struct recheck *re, bool lapsed)
{
	struct draft draft = {.core = re->core,
			      .item = re->item,
			      .first = re->item,
			      .number = re->row->number,
			      .vorige = re->old->vorige,
			      .until = (int64_t)re->old->geldig_tot};
	re->item->besluit.toedelingen = &re->kept;
	re->item->besluit.count = !lapsed;
	enum result r = draft_begin(&draft);
	if (r)
		return r;
	draft_slots(&draft);
	if (lapsed)
		draft.slot_inhoud = 0; // it has no content
	r = draft_later(&draft, &draft.parts[draft.count++]);
	if (r)
		return r;
	if (lapsed)
		draft.parts[draft.count] = part_lapsed(re->core, re->old, re->row->index);
	else
		r = draft_verstrekking(&draft, &re->kept, &draft.parts[draft.count]);
	if (!r && !lapsed && !re->stale && is_unchanged(re, &draft.parts[draft.count].verstrekking))
		return RESULT_OK;
	draft.count++;
	if (!r)
		r = draft_flush(&draft);
	return r ? r : draft_apply(&draft);
}

static enum result read_old(struct core *core, const struct state_delivery *row,
			    struct arena *arena, struct recalled *recalled,
			    const struct part_verstrekking **ret_old)
{
	enum result r = recall_entry(core, row->index, RECALL_PARTS, arena, recalled);
	if (r)
		return r;
	if (recalled->erased)
		return RESULT_ERASED;
	if (row->part >= recalled->part_count ||
	    recalled->parts[row->part].kind != PART_VERSTREKKING)
		return RESULT_DAMAGED;
	*ret_old = &recalled->parts[row->part].verstrekking;
	return RESULT_OK;
}

bool recheck_is_answer(const struct recalled *recalled)
{
	const struct type_handler *handler = type_handler(recalled->verantwoording->type);
	return handler && handler->asks;
}

// Whoever decides again rests on all that was said: where some of it cannot be read any more,
// nothing of the delivery can be shown to be allowed, and it lapses.
static bool cannot_tell(const struct recheck *re, enum result *result)
{
	if (*result != RESULT_DAMAGED || !re->item->recalled || re->item->applying)
		return false;
	*result = RESULT_OK;
	log_line(LOG_LEVEL_ERROR, "event=damaged-entry index=%llu number=%llu lapses=yes",
		 (unsigned long long)re->row->index, (unsigned long long)re->row->number);
	return true;
}

static enum result decide_again(struct recheck *re, bool lapsed)
{
	enum result r = lapsed ? RESULT_OK : recheck_decide(re);
	if (!r && !lapsed)
		r = recheck_keep_opened(re);
	if (!r)
		r = record_again(re, lapsed || recheck_only_herkomst(&re->kept));
	return !lapsed && cannot_tell(re, &r) ? record_again(re, true) : r;
}

static enum result recheck_one(struct core *core, const struct state_delivery *row,
			       struct flow_item *item)
{
	struct recalled *recalled = arena_alloc(core->arena, sizeof *recalled);
	struct recheck re = {.core = core, .item = item, .row = row};
	re.stale = row->generation < core->generation;
	bool found = false;
	if (!recalled)
		return RESULT_NO_MEMORY;
	enum result r = read_old(core, row, core->arena, recalled, &re.old);
	if (r)
		return r == RESULT_ERASED ? RESULT_OK : r;
	if (verstrekking_only_tells(re.old->soort))
		return re.stale ? rechtzetting_again(core, re.old) : RESULT_OK;
	item->arena = core->arena;
	item->now = time_now(core);
	r = oin_parse(re.old->oin, &re.ontvanger.oin);
	if (r || re.old->functie.len > FUNCTIE_MAX)
		return RESULT_DAMAGED;
	memcpy(re.ontvanger.functie, re.old->functie.data, re.old->functie.len);
	// Each under the convenant it was given under, as that stands now.
	item->convenant = in_force_of(core, &re.old->convenant_hash);
	r = recall_item(core, re.old->betreft ? re.old->betreft : row->index, item, &found);
	bool lapsed = cannot_tell(&re, &r) || !found;
	if (r || !item->recalled)
		return r;
	return decide_again(&re, lapsed || recheck_is_answer(item->recalled) ||
					 re.old->soort == VERSTREKKING_VERVALLEN ||
					 !item->convenant);
}

enum result delivery_waits(struct core *core, const struct part_verstrekking *part, uint64_t index,
			   struct state_delivery *ret_row, bool *ret_waits)
{
	struct ontvanger ontvanger = {.functie = ""};
	if (part->oin.len != OIN_LEN || part->functie.len > FUNCTIE_MAX || part->number == 0)
		return RESULT_DAMAGED;
	memcpy(ontvanger.oin.text, part->oin.data, OIN_LEN);
	memcpy(ontvanger.functie, part->functie.data, part->functie.len);
	enum result r = state_next_delivery(core->state, &ontvanger, part->number - 1, ret_row);
	*ret_waits = !r && ret_row->number == part->number && ret_row->index == index;
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

static enum result recheck_entry(struct core *core, const struct recalled *entry)
{
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < entry->part_count; i++) {
		const struct part_verstrekking *part = &entry->parts[i].verstrekking;
		struct state_delivery row;
		bool waits = false;
		if (entry->parts[i].kind != PART_VERSTREKKING ||
		    part->soort == VERSTREKKING_VERVALLEN)
			continue;
		r = delivery_waits(core, part, entry->index, &row, &waits);
		struct flow_item *item =
			!r && waits ? arena_alloc(core->arena, sizeof *item) : NULL;
		if (!r && waits)
			r = item ? recheck_one(core, &row, item) : RESULT_NO_MEMORY;
	}
	return r;
}

void recheck_begin(struct core *core)
{
	memset(&core->recheck, 0, sizeof core->recheck);
	core->recheck_done = core->recheck_left = false;
}

void recheck_retry(struct core *core)
{
	if (core->recheck_left && core->recheck_done)
		recheck_begin(core);
}

// What is made on the way is about the melding too, and waits under the same numbers: only what
// there was before is looked at.
enum result recheck_melding(struct core *core, uint64_t melding)
{
	uint64_t at = melding, end = journal_size(core->journal) + core->record_count;
	enum result r = RESULT_OK;
	for (uint64_t from = 0; !r && at < end; from = at + 1) {
		struct recalled recalled;
		r = recall_entry(core, at, RECALL_PARTS, core->arena, &recalled);
		if (r == RESULT_DAMAGED)
			log_line(LOG_LEVEL_ERROR, "event=damaged-entry index=%llu",
				 (unsigned long long)at);
		else if (!r)
			r = recheck_entry(core, &recalled);
		if (!r || r == RESULT_DAMAGED)
			r = state_next_cause(core->state, melding, from, &at);
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

enum result flow_recheck(struct core *core, size_t max)
{
	for (size_t n = 0; n < max && !core->recheck_done && !core->readonly && time_is_known(core);
	     n++) {
		enum result r = state_next_stale(core->state, core->generation, &core->recheck);
		if (r == RESULT_NOT_FOUND) {
			core->recheck_done = true;
			return RESULT_OK;
		}
		struct flow_item *item = arena_alloc(core->arena, sizeof *item);
		if (!r && !item)
			r = RESULT_NO_MEMORY;
		if (!r)
			r = recheck_one(core, &core->recheck.delivery, item);
		if (r && (!item || item->applying))
			return r;
		// It stays held back, the others go on.
		core->recheck_left |= r != RESULT_OK;
		if (r)
			log_line(LOG_LEVEL_ERROR, "event=%s index=%llu result=\"%s\"",
				 r == RESULT_DAMAGED ? "damaged-entry" : "not-decided-again",
				 (unsigned long long)core->recheck.delivery.index, result_name(r));
	}
	return RESULT_OK;
}
