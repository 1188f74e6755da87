// SPDX-License-Identifier: EUPL-1.2
#include "flow/eerder.h"
#include "flow/in_force.h"

#include <stdio.h>
#include <string.h>

// One earlier melding: what was given of it to whom.
struct eerder {
	struct core *core;
	struct flow_item *item;
	struct feit *feit;
	uint64_t melding;
	uint32_t betrokkene; // the person, in that melding
};

static enum result add_ontvanger(const struct eerder *eerder, const struct ontvanger *ontvanger)
{
	struct feit *feit = eerder->feit;
	char text[2 * FUNCTIE_MAX + 80];
	const struct partij *partij = convenant_partij_of(eerder->item->convenant, &ontvanger->oin);
	if (!partij)
		return RESULT_OK; // no ontvanger of this convenant any more
	int n = snprintf(text, sizeof text, "%s/%s", partij->partij, ontvanger->functie);
	struct bytes waarde = bytes_make(text, (size_t)n);
	for (size_t i = 0; i < feit->waarde_count; i++)
		if (bytes_equal(feit->waarden[i], waarde))
			return RESULT_OK;
	waarde = arena_copy(eerder->item->arena, waarde);
	if (!waarde.data)
		return RESULT_NO_MEMORY;
	feit_add(feit, waarde);
	return RESULT_OK;
}

// What lapsed before it was fetched was not received.
static enum result add_gift(const struct eerder *eerder, const struct gift *gift)
{
	struct ontvanger ontvanger = {.functie = ""};
	bool known = false;
	if (gift->betrokkene && gift->betrokkene != eerder->betrokkene)
		return RESULT_OK;
	if (oin_parse(gift->oin, &ontvanger.oin) || gift->functie.len > FUNCTIE_MAX)
		return RESULT_DAMAGED;
	memcpy(ontvanger.functie, gift->functie.data, gift->functie.len);
	enum result r = state_known(eerder->core->state, &ontvanger, eerder->melding, &known);
	return r || !known ? r : add_ontvanger(eerder, &ontvanger);
}

static enum result read_entry(const struct eerder *eerder, uint64_t entry)
{
	struct recalled recalled;
	enum result r =
		recall_entry(eerder->core, entry, RECALL_PARTS, eerder->item->arena, &recalled);
	const struct part_verantwoording *v = r ? NULL : recalled.verantwoording;
	if (!v || !bytes_equal(in_force_name(eerder->core, v),
			       bytes_of_text(convenant_name(eerder->item->convenant))))
		return r;
	for (size_t i = 0; !r && i < v->gift_count; i++)
		r = add_gift(eerder, &v->giften[i]);
	return r;
}

static enum result read_melding(const struct eerder *eerder)
{
	uint64_t at = eerder->melding, from = 0;
	enum result r = RESULT_OK;
	while (!r && !eerder->feit->te_veel) {
		r = read_entry(eerder, at);
		if (!r)
			r = state_next_cause(eerder->core->state, eerder->melding, from, &at);
		from = at + 1;
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

enum result eerder_ontvangers(struct core *core, struct flow_item *item,
			      const struct eerder_vraag *vraag)
{
	struct feit *feit =
		feiten_at(item->feiten, ATTRIBUUT_EERDERE_ONTVANGERS, vraag->betrokkene);
	enum result r = RESULT_OK;
	memset(feit, 0, sizeof *feit); // as it was gathered for another convenant
	if (!vraag->all || !item->convenant ||
	    !convenant_asks(item->convenant, ATTRIBUUT_EERDERE_ONTVANGERS))
		return RESULT_OK;
	feit_set_none(feit);
	for (size_t i = 0; !r && i < vraag->count; i++) {
		const struct eerder eerder = {core, item, feit, vraag->meldingen[i].index,
					      vraag->meldingen[i].betrokkene};
		r = read_melding(&eerder);
		if (feit->herkomst_count < FEIT_HERKOMST_MAX)
			feit->herkomst[feit->herkomst_count++] = eerder.melding;
	}
	return r;
}
