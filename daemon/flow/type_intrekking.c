// SPDX-License-Identifier: EUPL-1.2
// A toestemming is withdrawn, by who gave it in or by the house. It is not retroactive: what went
// stays gone, and who has it is told not to use it further. What waits about that person, of any
// melding, is decided again in the same batch; of more than that has room for all that waits is
// held at once (flow/ongelezen.h), and decided again in those after it.
#include "control/control.h"
#include "flow/in_force.h"
#include "flow/ongelezen.h"
#include "flow/recheck.h"
#include "flow/rechtzetting.h"
#include "flow/toestemming.h"
#include "flow/type.h"

#include "base/log.h"
#include "state/bron.h"

#include <string.h>

#define OCCURRENCES_MAX 256 // read at once; of one melding there are fewer
#define AT_ONCE 64          // deliveries: each takes up to two megabytes of the batch

// What is decided by itself lifts what it says itself, if anything.
static bool is_alone(const struct part_verantwoording *v)
{
	return type_handler(v->type)->alone;
}

static bool is_lifting(const struct part_verantwoording *v)
{
	const struct type_handler *handler = v ? type_handler(v->type) : NULL;
	struct toestemming_feit unused;
	return handler && handler->lifts && v->betreft && v->veld_count > 0 &&
	       (!handler->alone || handler->lifts(v, 1, &unused));
}

// Of what cannot be read nobody can tell: to withdraw once more does no harm.
static enum result withdrawn_before(struct core *core, uint64_t melding, uint64_t entry,
				    struct arena *arena, bool *ret_before)
{
	uint64_t later = entry;
	enum result r = RESULT_OK;
	while (!r) {
		struct recalled recalled;
		r = state_next_cause(core->state, melding, later + 1, &later);
		if (r)
			break;
		r = recall_entry(core, later, RECALL_PARTS, arena, &recalled);
		const struct part_verantwoording *v = r ? NULL : recalled.verantwoording;
		const struct type_handler *handler = v ? type_handler(v->type) : NULL;
		r = r == RESULT_DAMAGED ? RESULT_OK : r;
		*ret_before |= handler && handler->withdraws && handler->withdraws(v) == entry;
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

static enum result intrekking_settle(struct core *core, struct flow_item *item)
{
	uint64_t entry = statement_number(&item->opened->statement, INTREKKING_ENTRY, UINT64_MAX);
	struct bytes own = bytes_of_text(item->signer->bundle.oin.text);
	bool house = oin_equal(&item->signer->bundle.oin, &core->registry.genesis.house);
	struct recalled given = {.index = 0};
	struct recalled *melding = arena_alloc(item->arena, sizeof *melding);
	bool before = false;
	if (!melding)
		return RESULT_NO_MEMORY;
	enum result r = entry < journal_size(core->journal)
				? recall_entry(core, entry, RECALL_PARTS, item->arena, &given)
				: RESULT_NOT_FOUND;
	const struct part_verantwoording *v = given.verantwoording;
	if (r == RESULT_NOT_FOUND ||
	    (!r && (!is_lifting(v) || (!house && !bytes_equal(v->signer, own))))) {
		refuse_item(item, REASON_NOT_FOUND, "intrekking.entry");
		return RESULT_OK;
	}
	if (!r)
		r = withdrawn_before(core, v->betreft, entry, item->arena, &before);
	if (!r && before)
		refuse_item(item, REASON_ALREADY_DECIDED, "intrekking.entry");
	if (r || before)
		return r;
	// What cannot be read of the melding keeps no withdrawal out.
	r = recall_entry(core, v->betreft, RECALL_PARTS, item->arena, melding);
	if (r && r != RESULT_DAMAGED)
		return r;
	item->betreft = v->betreft;
	item->recalled = !r && melding->verantwoording ? melding : NULL;
	return RESULT_OK;
}

static uint64_t intrekking_withdraws(const struct part_verantwoording *v)
{
	const struct statement s = {.velden = v->velden, .veld_count = v->veld_count};
	return statement_number(&s, INTREKKING_ENTRY, 0);
}

// ---- who was given something by it -----------------------------------------------------------

// A melding of which something may have been given by the toestemming.
struct rustend {
	struct core *core;
	int64_t now;
	const struct toestemming_feit *feit; // NULL: it lifted nothing
	bool later;                          // flow_item
	enum result (*visit)(struct rustend *on, uint64_t melding);
	struct ongelezen ongelezen;
	struct recalled melding;
	uint32_t whom;                     // the betrokkenen whom it is about there, a bit for each
	const struct convenant *convenant; // for which the facts are
	struct feiten *with, *without;     // the toestemming
};

static enum result gather_feiten(struct rustend *on, const struct convenant *convenant)
{
	const struct recall_question question = {on->melding.index, UINT64_MAX, convenant};
	struct arena *arena = on->core->arena;
	enum result r = RESULT_OK;
	if (on->convenant == convenant)
		return RESULT_OK;
	r = recall_feiten(on->core, &question, &on->melding, arena, &on->without);
	if (!r)
		on->without->now = on->now;
	if (!r)
		r = feiten_copy(on->without, arena, &on->with);
	for (uint32_t b = 1; !r && b <= on->without->betrokkenen; b++) {
		struct toestemming_feit feit = *on->feit;
		feit.betrokkene = b;
		if (on->whom >> b & 1)
			r = toestemming_add(on->with, &feit, arena);
	}
	on->convenant = r ? NULL : convenant;
	return r;
}

static bool gives(const struct convenant *convenant, const struct feiten *feiten,
		  const struct vraag *vraag)
{
	struct beslissing beslissing;
	convenant_decide(convenant, feiten, vraag, &beslissing);
	return beslissing.oordeel == OORDEEL_VERSTREKT;
}

// What would be given with the toestemming, and is not without. Of a convenant that ended nobody
// can tell any more: then all of it.
static enum result rests_on(void *context, const struct part_verstrekking *given,
			    const struct grond *grond, bool *ret_concerns)
{
	struct rustend *on = context;
	const struct convenant *convenant = in_force_of(on->core, &given->convenant_hash);
	struct vraag vraag = {.betrokkene = grond->betrokkene, .rubriek = grond->rubriek};
	*ret_concerns = !convenant;
	if (!convenant || grond->overleg.len > 0)
		return RESULT_OK;
	if (oin_parse(given->oin, &vraag.ontvanger.oin) || given->functie.len > FUNCTIE_MAX)
		return RESULT_DAMAGED;
	memcpy(vraag.ontvanger.functie, given->functie.data, given->functie.len);
	enum result r = gather_feiten(on, convenant);
	if (!r)
		*ret_concerns = gives(convenant, on->with, &vraag) &&
				!gives(convenant, on->without, &vraag);
	return r;
}

// It lifts the secrecy of one source: only what that source sent can rest on it.
static bool may_rest(const struct rustend *on)
{
	const struct part_verantwoording *v = on->melding.verantwoording;
	return v && bytes_equal(bron_of(v), bytes_of_text(on->feit->bron.text));
}

static enum result recheck(const struct rustend *on, uint64_t melding)
{
	return on->later ? RESULT_OK : recheck_melding(on->core, melding);
}

// What waits of this melding is decided again, and who was given something is told. What cannot be
// read keeps no withdrawal from being recorded: what waits there is held (intrekking_account), and
// nobody can tell any more who has what was given.
static enum result end_melding(struct rustend *on, uint64_t melding)
{
	struct rechtzetting rechtzetting = {.core = on->core,
					    .melding = melding,
					    .before = UINT64_MAX,
					    .soort = VERSTREKKING_INGETROKKEN,
					    .concerns = rests_on,
					    .context = on};
	if (!on->feit)
		return recheck(on, melding);
	on->convenant = NULL;
	enum result r = recall_entry(on->core, melding, RECALL_PARTS_AND_CONTENT, on->core->arena,
				     &on->melding);
	bool may = !r && may_rest(on);
	if (may)
		r = rechtzetting_gather(&rechtzetting);
	if (r == RESULT_DAMAGED) {
		log_line(LOG_LEVEL_ERROR, "event=intrekking-not-told index=%llu",
			 (unsigned long long)melding);
		may = false;
		r = RESULT_OK;
	}
	if (!r)
		r = recheck(on, melding);
	return r || !may ? r : rechtzetting_give(&rechtzetting, on->now);
}

// Where nothing came of it nothing of it is kept: of most there is nothing to end, and there may be
// very many.
static enum result end_one(struct rustend *on, uint64_t melding)
{
	struct core *core = on->core;
	size_t used = arena_used(core->arena), records = core->record_count;
	enum result r = end_melding(on, melding);
	if (!r && core->record_count == records)
		arena_back(core->arena, used);
	return r;
}

// Of the rows that were found those of whole meldingen: the last may have more of them.
static size_t whole_rows(const struct state_occurrence *found, size_t count)
{
	size_t whole = count;
	while (count == OCCURRENCES_MAX && whole > 0 &&
	       found[whole - 1].index == found[count - 1].index)
		whole--;
	return whole;
}

// Whoever the toestemming was about may occur in other meldingen, in any number of them. Each is
// looked at once, though the person stand in it twice.
static enum result visit_person(struct rustend *on, const struct persoon_link *link, uint64_t done)
{
	struct state_occurrence found[OCCURRENCES_MAX];
	struct state_span span = {.handle = link->handle, .since = 0, .max = OCCURRENCES_MAX};
	size_t count = OCCURRENCES_MAX, next;
	enum result r = RESULT_OK;
	while (!r && count == OCCURRENCES_MAX) {
		count = 0;
		r = state_occurrences(on->core->state, span, found, &count);
		size_t whole = r ? 0 : whole_rows(found, count);
		for (size_t n = 0; !r && n < whole; n = next) {
			on->whom = 0;
			for (next = n; next < whole && found[next].index == found[n].index; next++)
				on->whom |= UINT32_C(1) << found[next].betrokkene;
			span.below = found[n].index;
			if (span.below != done)
				r = on->visit(on, span.below);
		}
	}
	return r;
}

// In the melding it was said about: that betrokkene, wherever that person stands there.
static uint32_t whom_of(const struct part_verantwoording *melding, uint32_t betrokkene)
{
	const struct persoon_link *about =
		melding ? persoon_of(melding->personen, melding->persoon_count, betrokkene) : NULL;
	uint32_t whom = UINT32_C(1) << betrokkene;
	for (size_t i = 0; about && i < melding->persoon_count; i++)
		if (persoon_same(&melding->personen[i], about))
			whom |= UINT32_C(1) << melding->personen[i].betrokkene;
	return whom;
}

// Each melding that the toestemming may have lifted something of, the one it was said about first.
static enum result visit_all(struct rustend *on, const struct flow_item *item)
{
	struct recalled given;
	uint64_t entry = statement_number(&item->opened->statement, INTREKKING_ENTRY, UINT64_MAX);
	const struct part_verantwoording *melding =
		item->recalled ? item->recalled->verantwoording : NULL;
	struct toestemming_feit feit;
	enum result r = recall_entry(on->core, entry, RECALL_PARTS, on->core->arena, &given);
	const struct part_verantwoording *v = r ? NULL : given.verantwoording;
	uint32_t betrokkene = 0;
	while (is_lifting(v) && betrokkene <= BETROKKENEN_MAX &&
	       !type_handler(v->type)->lifts(v, betrokkene, &feit))
		betrokkene++;
	if (r || !is_lifting(v) || betrokkene > BETROKKENEN_MAX)
		return r ? r : on->visit(on, item->betreft);
	on->feit = &feit;
	on->whom = whom_of(melding, betrokkene);
	if (is_alone(v))
		return on->visit(on, entry);
	r = on->visit(on, item->betreft);
	for (size_t i = 0; !r && melding && i < melding->persoon_count; i++)
		if (melding->personen[i].betrokkene == betrokkene)
			r = visit_person(on, &melding->personen[i], item->betreft);
	return r;
}

static enum result find_ongelezen(struct rustend *on, uint64_t melding)
{
	return ongelezen_find(on->core, melding, &on->ongelezen);
}

// Where the melding itself cannot be read, nobody can tell which others the person stands in.
static enum result intrekking_account(struct core *core, struct flow_item *item,
				      struct part_verantwoording *v)
{
	struct rustend on = {.core = core, .now = item->now, .visit = find_ongelezen};
	enum result r = visit_all(&on, item);
	for (size_t i = 0; i < on.ongelezen.count; i++)
		on.ongelezen.all |= !item->recalled && on.ongelezen.entries[i] == item->betreft;
	item->later = on.ongelezen.waiting > AT_ONCE;
	on.ongelezen.all |= item->later;
	return r ? r : ongelezen_account(core, &on.ongelezen, item->arena, v);
}

static enum result intrekking_recorded(struct core *core, struct flow_item *item)
{
	struct rustend on = {
		.core = core, .now = item->now, .visit = end_one, .later = item->later};
	enum result r = visit_all(&on, item);
	if (!r && item->later)
		recheck_begin(core);
	return r;
}

static void intrekking_tell(const struct part_verantwoording *v, struct buffer *out)
{
	control_append_number(out, "g-intrekking", intrekking_withdraws(v));
}

const struct type_handler type_intrekking = {
	.read = read_signed,
	.settle = intrekking_settle,
	.withdraws = intrekking_withdraws,
	.account = intrekking_account,
	.recorded = intrekking_recorded,
	.event = "intrekking",
	.tell = intrekking_tell,
};
