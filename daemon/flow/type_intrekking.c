// SPDX-License-Identifier: EUPL-1.2
// A toestemming is withdrawn, by who gave it in or by the house. It is not retroactive: what went
// stays gone. What waits about that person, of any melding, is decided again in the same batch.
#include "control/control.h"
#include "flow/toestemming.h"
#include "flow/type.h"

#define OCCURRENCES_MAX 256

static bool is_lifting(const struct part_verantwoording *v)
{
	const struct type_handler *handler = v ? type_handler(v->type) : NULL;
	return handler && handler->lifts && v->betreft && v->veld_count > 0;
}

static enum result withdrawn_before(struct core *core, uint64_t melding, uint64_t entry,
				    struct arena *arena, bool *ret_before)
{
	uint64_t later = entry;
	enum result r = RESULT_OK;
	while (!r) {
		struct recalled recalled;
		r = state_next_cause(core->state, melding, later + 1, &later);
		if (!r)
			r = recall_entry(core, later, RECALL_PARTS, arena, &recalled);
		const struct part_verantwoording *v = r ? NULL : recalled.verantwoording;
		const struct type_handler *handler = v ? type_handler(v->type) : NULL;
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
	if (!r)
		r = recall_entry(core, v->betreft, RECALL_PARTS, item->arena, melding);
	if (r || before)
		return r;
	item->betreft = v->betreft;
	item->recalled = melding->verantwoording ? melding : NULL;
	return RESULT_OK;
}

static uint64_t intrekking_withdraws(const struct part_verantwoording *v)
{
	const struct statement s = {.velden = v->velden, .veld_count = v->veld_count};
	return statement_number(&s, INTREKKING_ENTRY, 0);
}

// Whoever the toestemming was about may occur in other meldingen, of which something waits. Each is
// looked at once, though the person stand in it twice.
static enum result recheck_person(struct core *core, const struct persoon_link *link, uint64_t done)
{
	struct state_occurrence found[OCCURRENCES_MAX];
	struct state_span span = {.handle = link->handle, .since = 0, .max = OCCURRENCES_MAX};
	size_t count = 0;
	enum result r = state_occurrences(core->state, span, found, &count);
	for (size_t n = 0; !r && n < count; n++)
		if (found[n].index != done && (n == 0 || found[n].index != found[n - 1].index))
			r = recheck_melding(core, found[n].index);
	return r;
}

static enum result intrekking_recorded(struct core *core, struct flow_item *item)
{
	struct recalled given;
	uint64_t entry = statement_number(&item->opened->statement, INTREKKING_ENTRY, UINT64_MAX);
	const struct part_verantwoording *melding =
		item->recalled ? item->recalled->verantwoording : NULL;
	enum result r = recheck_melding(core, item->betreft);
	if (!r && melding)
		r = recall_entry(core, entry, RECALL_PARTS, item->arena, &given);
	const struct type_handler *handler = !r && melding && given.verantwoording
						     ? type_handler(given.verantwoording->type)
						     : NULL;
	for (size_t i = 0; !r && handler && handler->lifts && i < melding->persoon_count; i++) {
		struct toestemming_feit unused;
		const struct persoon_link *link = &melding->personen[i];
		if (handler->lifts(given.verantwoording, link->betrokkene, &unused))
			r = recheck_person(core, link, item->betreft);
	}
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
	.recorded = intrekking_recorded,
	.event = "intrekking",
	.tell = intrekking_tell,
};
