// SPDX-License-Identifier: EUPL-1.2
// A delivery lapses with the first of what it rests on, by a tick, which decides nothing. What of
// it may still be given is decided when its ontvanger confirms that it lapsed, and comes under a
// number of its own.
#include "flow/draft.h"
#include "flow/in_force.h"
#include "flow/recheck.h"
#include "flow/wissing.h"

#include <string.h>

struct lapsed {
	const struct part_verstrekking *part; // that says so
	struct recalled given;                // the entry that gave it
	uint32_t place;                       // of its part there
	size_t times;                         // it was decided on
};

static enum result take_given(void *context, const struct recalled *entry)
{
	struct lapsed *lapsed = context;
	for (uint32_t i = 0; i < entry->part_count; i++) {
		const struct part_verstrekking *v = &entry->parts[i].verstrekking;
		if (entry->parts[i].kind != PART_VERSTREKKING || v->soort != VERSTREKKING_GEGEVEN ||
		    v->number != lapsed->part->number || !bytes_equal(v->oin, lapsed->part->oin) ||
		    !bytes_equal(v->functie, lapsed->part->functie))
			continue;
		lapsed->times++;
		lapsed->given = *entry;
		lapsed->place = i;
	}
	return RESULT_OK;
}

static bool rested_on(const struct part_verstrekking *old, const struct gave *gave,
		      struct bytes regel)
{
	for (size_t i = 0; i < old->grond_count; i++)
		if (old->gronden[i].betrokkene == gave->betrokkene &&
		    old->gronden[i].rubriek == gave->rubriek &&
		    bytes_equal(old->gronden[i].regel, regel))
			return true;
	return false;
}

// Until when this may be given: by regels that it rested on and that still give it, counted from
// when it was decided on, so that no term is lengthened. 0: by none of them.
static int64_t given_until(const struct recheck *re, const struct gave *gave, int64_t decided_at)
{
	const struct convenant *convenant = re->item->convenant;
	uint16_t regels[BESLISSING_REGELS_MAX];
	size_t count = 0;
	int64_t inhoud = 0, unused;
	for (size_t i = 0; i < gave->regel_count && count < BESLISSING_REGELS_MAX; i++)
		if (rested_on(re->old, gave,
			      bytes_of_text(convenant_regel(convenant, gave->regels[i])->regel)))
			regels[count++] = gave->regels[i];
	if (count > 0)
		convenant_bewaar(convenant, regels, count, decided_at, &inhoud, &unused);
	return inhoud;
}

// *ret_until: the first to lapse of what is kept.
static void drop_past_terms(struct recheck *re, int64_t decided_at, int64_t *ret_until)
{
	size_t kept = 0;
	*ret_until = INT64_MAX;
	for (size_t i = 0; i < re->kept.count; i++) {
		int64_t until = given_until(re, &re->kept.gaves[i], decided_at);
		if (until < re->item->now)
			continue;
		if (!re->kept.gaves[i].overleg && until < *ret_until)
			*ret_until = until;
		re->kept.gaves[kept++] = re->kept.gaves[i];
	}
	re->kept.count = kept;
}

// When it was decided on what the entry gave. One that only continues another does not say: the
// melding it is about does, which was before it.
static int64_t decided_at(const struct lapsed *lapsed, const struct recalled *melding)
{
	const struct part_verantwoording *v = lapsed->given.verantwoording;
	return (int64_t)(v && v->type ? v->received : melding->verantwoording->received);
}

static enum result give_rest(struct recheck *re, const struct lapsed *lapsed)
{
	struct flow_item *item = re->item;
	struct draft draft = {.core = re->core, .item = item, .first = item, .rest = true};
	enum result r = recheck_decide(re);
	if (!r)
		r = recheck_keep_opened(re);
	if (r)
		return r;
	drop_past_terms(re, decided_at(lapsed, item->recalled), &draft.until);
	if (recheck_only_herkomst(&re->kept))
		return RESULT_OK;
	item->besluit.toedelingen = &re->kept;
	item->besluit.count = 1;
	r = draft_begin(&draft);
	if (r)
		return r;
	draft_slots(&draft);
	r = draft_later(&draft, &draft.parts[draft.count++]);
	if (!r)
		r = draft_verstrekking(&draft, &re->kept, &draft.parts[draft.count++]);
	if (!r)
		r = draft_flush(&draft);
	return r ? r : draft_apply(&draft);
}

// Only under the very document it was given under, and if it was decided on once: what another
// decision took away in between could not be told from what its term took.
static bool may_have_rest(struct core *core, const struct lapsed *lapsed,
			  const struct part_verstrekking *old, struct flow_item *item)
{
	struct hash hash = {{0}};
	item->convenant = lapsed->times == 1 ? in_force_of(core, &old->convenant_hash) : NULL;
	if (item->convenant)
		hash = convenant_hash(item->convenant);
	return item->convenant && hash_equal(&hash, &old->convenant_hash);
}

enum result recheck_rest(struct core *core, const struct part_verstrekking *part,
			 struct flow_item *item)
{
	struct lapsed lapsed = {.part = part};
	struct state_delivery row = {.number = part->number};
	struct recheck re = {.core = core, .item = item, .row = &row};
	bool found = false;
	item->now = time_now(core);
	enum result r = recall_each(core, part->betreft, item->arena, take_given, &lapsed);
	if (r || lapsed.times == 0)
		return r;
	re.old = &lapsed.given.parts[lapsed.place].verstrekking;
	row.index = lapsed.given.index;
	row.part = (uint8_t)lapsed.place;
	if (!may_have_rest(core, &lapsed, re.old, item))
		return RESULT_OK;
	r = oin_parse(re.old->oin, &re.ontvanger.oin);
	if (r || re.old->functie.len > FUNCTIE_MAX)
		return RESULT_DAMAGED;
	memcpy(re.ontvanger.functie, re.old->functie.data, re.old->functie.len);
	r = recall_item(core, part->betreft, item, &found);
	if (r || !found || recheck_is_answer(item->recalled))
		return r;
	return give_rest(&re, &lapsed);
}
