// SPDX-License-Identifier: EUPL-1.2
// What was given of a melding and stands: went, or waits. A delivery that was decided again counts
// as it was decided last; one that lapsed before it went gave nothing.
#include "flow/given.h"

void number_next(const struct core *core, uint64_t last, uint64_t more, struct part_verstrekking *v)
{
	uint64_t base = register_number_base(&core->registry, REGISTER_NEVER);
	bool begins = last < base;
	v->number = (begins ? base : last) + more + 1;
	v->vorige = begins && more == 0 ? last : 0;
}

static bool same_delivery(const struct part_verstrekking *a, const struct part_verstrekking *b)
{
	return a->number == b->number && bytes_equal(a->oin, b->oin) &&
	       bytes_equal(a->functie, b->functie);
}

static enum result make_room(struct gegeven *gegeven, struct arena *arena)
{
	if (gegeven->count < gegeven->cap)
		return RESULT_OK;
	size_t cap = gegeven->cap ? 2 * gegeven->cap : 16;
	const struct part_verstrekking **parts = arena_alloc(arena, cap * sizeof *parts);
	struct gegeven_plek *plekken = arena_alloc(arena, cap * sizeof *plekken);
	if (!parts || !plekken)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < gegeven->count; i++) {
		parts[i] = gegeven->parts[i];
		plekken[i] = gegeven->plekken[i];
	}
	gegeven->parts = parts;
	gegeven->plekken = plekken;
	gegeven->cap = cap;
	return RESULT_OK;
}

static enum result take_part(struct gegeven *gegeven, const struct part_verstrekking *part,
			     struct gegeven_plek plek, struct arena *arena)
{
	size_t at = 0;
	while (at < gegeven->count && !same_delivery(gegeven->parts[at], part))
		at++;
	enum result r = at == gegeven->count ? make_room(gegeven, arena) : RESULT_OK;
	if (r)
		return r;
	gegeven->parts[at] = part;
	gegeven->plekken[at] = plek;
	gegeven->count += at == gegeven->count;
	return RESULT_OK;
}

// A tick has parts about other meldingen too.
static enum result take_entry(struct gegeven *gegeven, const struct recalled *entry,
			      uint64_t melding, struct arena *arena)
{
	enum result r = RESULT_OK;
	for (uint32_t i = 0; !r && i < entry->part_count; i++) {
		const struct part_verstrekking *part = &entry->parts[i].verstrekking;
		uint64_t about = part->betreft ? part->betreft : entry->index;
		const struct gegeven_plek plek = {entry->index, i};
		if (entry->parts[i].kind == PART_VERSTREKKING && about == melding)
			r = take_part(gegeven, part, plek, arena);
	}
	return r;
}

static void keep_of_convenant(const struct core *core, const struct gegeven_welke *welke,
			      struct gegeven *gegeven)
{
	size_t kept = 0;
	for (size_t i = 0; i < gegeven->count; i++) {
		const struct register_convenant *version =
			register_convenant_of(&core->registry, &gegeven->parts[i]->convenant_hash);
		if (!version || !bytes_equal(bytes_of_text(version->naam), welke->convenant))
			continue;
		gegeven->parts[kept] = gegeven->parts[i];
		gegeven->plekken[kept++] = gegeven->plekken[i];
	}
	gegeven->count = kept;
}

enum result gegeven_read(struct core *core, const struct gegeven_welke *welke,
			 struct gegeven *ret_gegeven)
{
	struct gegeven gegeven = {.count = 0};
	uint64_t later = welke->melding;
	enum result r = RESULT_OK;
	for (uint64_t from = 0; !r; from = later + 1) {
		struct recalled entry;
		r = recall_entry(core, later, RECALL_PARTS, welke->arena, &entry);
		if (!r)
			r = take_entry(&gegeven, &entry, welke->melding, welke->arena);
		if (!r)
			r = state_next_cause(core->state, welke->melding, from, &later);
		if (!r && later >= welke->before)
			break;
	}
	if (r && r != RESULT_NOT_FOUND)
		return r;
	keep_of_convenant(core, welke, &gegeven);
	*ret_gegeven = gegeven;
	return RESULT_OK;
}

bool gegeven_names(const struct part_verstrekking *part, const struct ontvanger *ontvanger)
{
	return bytes_equal(part->oin, bytes_of_text(ontvanger->oin.text)) &&
	       bytes_equal(part->functie, bytes_of_text(ontvanger->functie));
}

bool gegeven_is_for(const struct part_verstrekking *part, const struct ontvanger *ontvanger)
{
	return part->soort == VERSTREKKING_GEGEVEN && gegeven_names(part, ontvanger);
}

bool gegeven_has(const struct gegeven *gegeven, const struct ontvanger *ontvanger,
		 const struct plaats *plaats, struct bytes overleg)
{
	for (size_t i = 0; i < gegeven->count; i++) {
		const struct part_verstrekking *part = gegeven->parts[i];
		if (!gegeven_is_for(part, ontvanger))
			continue;
		for (size_t n = 0; n < part->grond_count; n++)
			if (part->gronden[n].betrokkene == plaats->betrokkene &&
			    part->gronden[n].rubriek == plaats->rubriek &&
			    bytes_equal(part->gronden[n].overleg, overleg))
				return true;
	}
	return false;
}

// ---- what was stated to whom ---------------------------------------------------------------

static void take_gesteld(const struct recalled *entry, uint32_t part, struct gesteld *gesteld)
{
	for (size_t i = 0; i < entry->content.verrijking_count; i++)
		if (entry->content.verrijkingen[i].position == part && gesteld->count < GESTELD_MAX)
			gesteld->values[gesteld->count++] = entry->content.verrijkingen[i].value;
}

// Entries come in their order, so that each is read once.
enum result gesteld_read(struct core *core, const struct gegeven *gegeven, struct gesteld_aan aan,
			 struct arena *arena, struct gesteld *ret_gesteld)
{
	struct recalled entry = {.index = UINT64_MAX};
	enum result r = RESULT_OK;
	for (size_t who = 0; who < aan.count; who++)
		ret_gesteld[who].count = 0;
	for (size_t i = 0; !r && i < gegeven->count; i++) {
		const struct part_verstrekking *part = gegeven->parts[i];
		const struct gegeven_plek *plek = &gegeven->plekken[i];
		size_t who = 0;
		while (who < aan.count && !gegeven_is_for(part, &aan.ontvangers[who]))
			who++;
		if (!part->has_verrijking || who == aan.count)
			continue;
		if (entry.index != plek->entry)
			r = recall_entry(core, plek->entry, RECALL_PARTS_AND_CONTENT, arena,
					 &entry);
		if (!r && entry.has_content)
			take_gesteld(&entry, plek->part, &ret_gesteld[who]);
	}
	return r;
}

bool gesteld_has(const struct gesteld *gesteld, struct bytes value)
{
	for (size_t i = 0; i < gesteld->count; i++)
		if (bytes_equal(gesteld->values[i], value))
			return true;
	return false;
}

bool gegeven_sent(const struct gegeven *gegeven, const struct gesteld *gesteld,
		  const struct ontvanger *ontvanger, uint32_t position, struct bytes restated)
{
	for (size_t i = 0; i < gegeven->count; i++) {
		const struct part_verstrekking *part = gegeven->parts[i];
		for (size_t s = 0; s < part->slot_count; s++)
			if (part->slots[s] == position && gegeven_is_for(part, ontvanger))
				return true;
	}
	return gesteld_has(gesteld, restated);
}
