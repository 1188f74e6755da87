// SPDX-License-Identifier: EUPL-1.2
// A melding: what it says becomes facts (enrich.c), its rubrieken are put before the convenant.
#include "flow/type.h"

#include "codes/termijn.h"
#include "flow/namens.h"

// The opener validated; a forged table ends here.
static bool may_be_sent(const struct rubriek *rubriek)
{
	const struct rubriek_row *row = rubriek_row(rubriek->soort);
	return row && !row->by_knooppunt && row->of_betrokkene == (rubriek->betrokkene > 0);
}

// Where each rubriek of the sender lies among the slots.
static enum result melding_places(struct core *core, struct flow_item *item)
{
	(void)core;
	const struct slots *slots = &item->opened->slots;
	const struct melding *melding = &item->opened->melding;
	const struct vector_source source = {VECTOR_SLOTS, slots->capacity, slots->seed,
					     slots->rubrieken, slots->count};
	struct vector_view view;
	struct hash root;
	item->sent = arena_alloc(item->arena, (melding->count + 1) * sizeof *item->sent);
	if (!item->sent)
		return RESULT_NO_MEMORY;
	if (melding->count != slots->count)
		return RESULT_MALFORMED;
	enum result r = vector_view_make(&source, item->arena, &view);
	if (!r)
		r = vector_root_of(VECTOR_SLOTS, view.commitments, &root);
	if (!r && !hash_equal(&root, &item->opened->statement.slots_root))
		return RESULT_MALFORMED; // the opener said it had checked this
	for (size_t i = 0; !r && i < melding->count; i++) {
		if (!may_be_sent(&melding->rubrieken[i]))
			return RESULT_MALFORMED;
		item->sent[i] = (struct rubriekplaats){
			melding->rubrieken[i].betrokkene, melding->rubrieken[i].soort,
			view.openings[i].position, melding->rubrieken[i].regime};
	}
	item->sent_count = melding->count;
	if (!r)
		feiten_hold(item->feiten, item->sent, item->sent_count);
	return r;
}

// What nobody was given anything of, and waits for nothing, somebody of the house looks at: urgent
// ones at once (R01), else within a working day. No source names a term.
static enum result melding_whole(struct core *core, struct flow_item *item)
{
	static const struct termijn dag = {.werkdagen = 1};
	const struct feit *urgentie = feiten_get(item->feiten, ATTRIBUUT_URGENTIE, 0);
	bool urgent = urgentie->bekend && urgentie->waarde_count == 1 &&
		      bytes_equal(urgentie->waarden[0], bytes_of_text("dringend"));
	int64_t until = urgent ? item->now : termijn_end(&dag, item->now);
	return came_of(item) ? RESULT_OK : screening_owe(core, item, (uint64_t)until);
}

const struct type_handler type_melding = {
	.decided = true,
	.settle = namens_settle,
	.enrich = enrich_melding,
	.places = melding_places,
	.whole = melding_whole,
	.account = namens_account,
	.tell = namens_tell,
};
