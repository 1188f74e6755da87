// SPDX-License-Identifier: EUPL-1.2
// What ends: obligations whose fact cannot be told any more, and content that was destroyed.
#include "state/apply.h"

static void wissing_put(struct state *state, const struct state_wissing *w)
{
	uint8_t key[8], value[WISSING_VALUE_LEN];
	put_u64be(key, w->slot);
	put_u64be(value, w->melding);
	put_u64be(value + 8, w->begonnen);
	put_u64be(value + 16, w->klaar);
	row_put(state, STATE_WISSING, bytes_make(key, 8), bytes_make(value, sizeof value));
}

void begin_wissing(struct state *state, uint64_t slot, uint64_t melding, uint64_t begonnen)
{
	uint8_t key[8];
	const struct state_wissing w = {.slot = slot, .melding = melding, .begonnen = begonnen};
	put_u64be(key, slot);
	wissing_put(state, &w);
	row_put(state, STATE_WISSEND, bytes_make(key, 8), bytes_make(NULL, 0));
	use_slot(state, slot);
}

enum result end_obligations(struct state *state, uint64_t melding, bool all, uint64_t until)
{
	struct state_obligation o;
	enum result r = RESULT_OK;
	for (uint32_t n = 0; !r; n = o.n + 1) {
		r = state_owed(state, melding, n, &o);
		if (!r && (all || (o.soort == VERPLICHTING_FEIT && o.due < until)))
			delete_obligation(state, &o);
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

// With its content gone there is nothing left to weigh or to tell about a melding.
enum result apply_wissing(struct state *state, const struct applied *applied,
			  const struct part_wissing *part)
{
	for (size_t i = 0; i < part->slot_count; i++)
		begin_wissing(state, part->slots[i], part->melding, applied->index);
	enum result r = content_gone(state, part->melding);
	return r ? r : end_obligations(state, part->melding, true, 0);
}

static enum result apply_done(struct state *state, const struct applied *applied, uint32_t slot)
{
	struct state_wissing w;
	enum result r = state_wissing(state, slot, &w);
	if (!r && w.slot == slot) {
		uint8_t key[8];
		w.klaar = applied->index;
		wissing_put(state, &w);
		put_u64be(key, slot);
		row_del(state, STATE_WISSEND, bytes_make(key, 8));
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

enum result apply_tick(struct state *state, const struct applied *applied,
		       const struct part_tick *tick)
{
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < tick->vervallen_count; i++)
		r = end_obligations(state, tick->vervallen[i], false, applied->entry.time);
	for (size_t i = 0; !r && i < tick->erased_done_count; i++)
		r = apply_done(state, applied, tick->erased_done[i]);
	return r;
}
