// SPDX-License-Identifier: EUPL-1.2
// What lifts a professional secrecy about the persons of a melding. It was said about a betrokkene
// of some melding, and holds for that person in every other; what was withdrawn does not count.
#include "flow/type.h"

#include <string.h>

#define OCCURRENCES_MAX 256

enum result toestemming_add(struct feiten *feiten, const struct toestemming_feit *feit,
			    struct arena *arena)
{
	size_t size = sizeof *feiten->toestemmingen;
	struct toestemming_feit *grown = arena_alloc(arena, (feiten->toestemming_count + 1) * size);
	if (!grown)
		return RESULT_NO_MEMORY;
	if (feiten->toestemming_count > 0)
		memcpy(grown, feiten->toestemmingen, feiten->toestemming_count * size);
	grown[feiten->toestemming_count++] = *feit;
	feiten->toestemmingen = grown;
	return RESULT_OK;
}

// One betrokkene of one melding in which the person occurs; `as` is which one it is here.
struct plek {
	uint64_t melding;
	uint32_t betrokkene, as;
};

static enum result is_withdrawn(struct core *core, const struct toestemming_vraag *vraag,
				uint64_t melding, uint64_t entry, bool *ret_withdrawn)
{
	uint64_t later = 0;
	enum result r = RESULT_OK;
	for (size_t n = 0; !r; n++) {
		struct recalled recalled;
		r = state_cause(core->state, melding, n, &later);
		if (r || later >= vraag->before)
			break;
		if (later <= entry)
			continue;
		r = recall_entry(core, later, RECALL_PARTS, vraag->arena, &recalled);
		const struct part_verantwoording *v = r ? NULL : recalled.verantwoording;
		const struct type_handler *handler = v ? type_handler(v->type) : NULL;
		*ret_withdrawn |= handler && handler->withdraws && handler->withdraws(v) == entry;
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

static enum result look_at(struct core *core, const struct toestemming_vraag *vraag,
			   const struct plek *plek, struct feiten *feiten)
{
	enum result r = RESULT_OK;
	for (size_t n = 0; !r; n++) {
		uint64_t later;
		struct recalled recalled;
		struct toestemming_feit feit;
		bool withdrawn = false;
		r = state_cause(core->state, plek->melding, n, &later);
		if (r || later >= vraag->before)
			break;
		r = recall_entry(core, later, RECALL_PARTS, vraag->arena, &recalled);
		const struct part_verantwoording *v = r ? NULL : recalled.verantwoording;
		const struct type_handler *handler = v ? type_handler(v->type) : NULL;
		if (!handler || !handler->lifts || !handler->lifts(v, plek->betrokkene, &feit))
			continue;
		feit.betrokkene = plek->as;
		r = is_withdrawn(core, vraag, plek->melding, later, &withdrawn);
		if (!r && !withdrawn)
			r = toestemming_add(feiten, &feit, vraag->arena);
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

static enum result look_everywhere(struct core *core, const struct toestemming_vraag *vraag,
				   const struct persoon_link *link, struct feiten *feiten)
{
	struct state_occurrence found[OCCURRENCES_MAX];
	struct state_span span = {link->handle, 0, OCCURRENCES_MAX};
	size_t count = 0;
	enum result r = state_occurrences(core->state, span, found, &count);
	if (r == RESULT_DAMAGED && !state_is_damaged(core->state)) {
		feiten->toestemmingen_bekend = false; // a key was changed: it waits
		return RESULT_OK;
	}
	feiten->toestemmingen_bekend &= count < OCCURRENCES_MAX;
	for (size_t i = 0; !r && i < count; i++) {
		const struct plek plek = {found[i].index, found[i].betrokkene, link->betrokkene};
		if (plek.melding != vraag->melding || plek.betrokkene != plek.as)
			r = look_at(core, vraag, &plek, feiten);
	}
	return r;
}

enum result toestemmingen_find(struct core *core, const struct toestemming_vraag *vraag,
			       struct feiten *feiten)
{
	enum result r = RESULT_OK;
	feiten->toestemmingen_bekend = true;
	for (uint32_t b = 1; !r && vraag->melding != UINT64_MAX && b <= feiten->betrokkenen; b++) {
		const struct plek plek = {vraag->melding, b, b};
		r = look_at(core, vraag, &plek, feiten);
	}
	for (size_t i = 0; !r && i < vraag->persoon_count; i++)
		r = look_everywhere(core, vraag, &vraag->personen[i], feiten);
	return r;
}
