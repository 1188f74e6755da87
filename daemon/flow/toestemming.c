// SPDX-License-Identifier: EUPL-1.2
// What lifts a professional secrecy about the persons of a melding. It was said about a betrokkene
// of some melding, and holds for that person in every other that names that person by a number
// which the source of that melding gave; what was withdrawn does not count. Each entry about each
// melding is read once, however many persons it is looked for.
#include "flow/toestemming.h"
#include "flow/type.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>

#define OCCURRENCES_MAX 256

bool toestemming_is_given(struct bytes grond)
{
	return bytes_equal(grond, bytes_of_text("toestemming"));
}

enum result toestemming_add(struct feiten *feiten, const struct toestemming_feit *feit,
			    struct arena *arena)
{
	size_t count = feiten->toestemming_count, size = sizeof *feiten->toestemmingen;
	if ((count & (count - 1)) == 0) { // full, or none: room is a power of two
		struct toestemming_feit *grown = arena_alloc(arena, (count ? 2 * count : 1) * size);
		if (!grown)
			return RESULT_NO_MEMORY;
		if (count > 0)
			memcpy(grown, feiten->toestemmingen, count * size);
		feiten->toestemmingen = grown;
	}
	feiten->toestemmingen[feiten->toestemming_count++] = *feit;
	return RESULT_OK;
}

// ---- who is the same person ------------------------------------------------------------------

// A number in common, and of no kind two that differ: what a third party says of two numbers, that
// they are of one person, stretches nothing that was said about one of them.
bool persoon_same(const struct persoon_link *a, const struct persoon_link *b)
{
	bool shared = false;
	for (size_t i = 0; i < a->identificatie_count; i++) {
		const struct identificatie *one = &a->identificaties[i];
		bool other = false, same = false;
		for (size_t n = 0; n < b->identificatie_count; n++) {
			if (b->identificaties[n].soort != one->soort)
				continue;
			bool equal = bytes_equal(b->identificaties[n].waarde, one->waarde);
			same |= equal;
			other |= !equal;
		}
		if (other && !same)
			return false;
		shared |= same;
	}
	return shared;
}

const struct persoon_link *persoon_of(const struct persoon_link *links, size_t count,
				      uint32_t betrokkene)
{
	for (size_t i = 0; i < count; i++)
		if (links[i].betrokkene == betrokkene)
			return &links[i];
	return NULL;
}

enum result persoon_is_split(struct core *core, const struct persoon_link *link, bool *ret_split)
{
	enum result r = RESULT_OK;
	bool split = false;
	// Of one number alone the handle is where it leads.
	for (size_t i = 0; !r && link->identificatie_count > 1 && i < link->identificatie_count;
	     i++) {
		uint8_t handle[HANDLE_LEN];
		r = state_person(core->state, &link->identificaties[i], handle);
		split |= !r && memcmp(handle, link->handle, HANDLE_LEN) != 0;
		r = r == RESULT_NOT_FOUND ? RESULT_OK : r;
	}
	*ret_split = split;
	return r;
}

// ---- what was said ---------------------------------------------------------------------------

// One betrokkene of one melding in which the person occurs; `as` is which one it is here.
struct plek {
	uint64_t melding;
	uint32_t betrokkene, as;
};

struct zoektocht {
	struct core *core;
	const struct toestemming_vraag *vraag;
	struct feiten *feiten; // NULL: only counted
	struct plek *plekken;
	size_t count;
	struct toestemming_telling *telling;
};

// What was said about one melding, withdrawn or not.
struct gezegd {
	uint64_t entry;
	const struct part_verantwoording *v;
	bool withdrawn;
};
struct gezegden {
	struct gezegd *rows;
	size_t count, cap;
};

static enum result gezegd_add(struct gezegden *all, struct gezegd said, struct arena *arena)
{
	if (all->count == all->cap) {
		size_t cap = all->cap ? 2 * all->cap : 8;
		struct gezegd *grown = arena_alloc(arena, cap * sizeof *grown);
		if (!grown)
			return RESULT_NO_MEMORY;
		if (all->count > 0)
			memcpy(grown, all->rows, all->count * sizeof *grown);
		all->rows = grown;
		all->cap = cap;
	}
	all->rows[all->count++] = said;
	return RESULT_OK;
}

static enum result take_said(struct gezegden *all, uint64_t entry,
			     const struct part_verantwoording *v, struct arena *arena)
{
	const struct type_handler *handler = v ? type_handler(v->type) : NULL;
	uint64_t gone = handler && handler->withdraws ? handler->withdraws(v) : 0;
	for (size_t i = 0; gone && i < all->count; i++)
		all->rows[i].withdrawn |= all->rows[i].entry == gone;
	// A leaf by which a further convenant decided on it says nothing anew.
	return handler && handler->lifts && v->veld_count > 0
		       ? gezegd_add(all, (struct gezegd){.entry = entry, .v = v}, arena)
		       : RESULT_OK;
}

static enum result read_said(const struct zoektocht *z, uint64_t melding, struct gezegden *all)
{
	uint64_t later = 0;
	enum result r = RESULT_OK;
	for (uint64_t from = 0; !r; from = later + 1) {
		struct recalled recalled;
		r = state_next_cause(z->core->state, melding, from, &later);
		if (r || later >= z->vraag->before)
			break;
		r = recall_entry(z->core, later, RECALL_PARTS, z->vraag->arena, &recalled);
		if (!r)
			r = take_said(all, later, recalled.verantwoording, z->vraag->arena);
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

// Whether the person at this place is the one it is looked for: in the melding itself the
// betrokkene, anywhere else by the numbers that stand there.
static bool covers(const struct zoektocht *z, const struct plek *plek,
		   const struct part_verantwoording *there)
{
	const struct toestemming_vraag *vraag = z->vraag;
	if (plek->melding == vraag->melding && plek->betrokkene == plek->as)
		return true;
	const struct persoon_link *said =
		there ? persoon_of(there->personen, there->persoon_count, plek->betrokkene) : NULL;
	const struct persoon_link *here =
		persoon_of(vraag->personen, vraag->persoon_count, plek->as);
	return said && here && persoon_same(said, here);
}

static enum result take_for(const struct zoektocht *z, const struct plek *plek,
			    const struct gezegden *all)
{
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < all->count; i++) {
		const struct gezegd *said = &all->rows[i];
		struct toestemming_feit feit;
		if (!type_handler(said->v->type)->lifts(said->v, plek->betrokkene, &feit))
			continue;
		if (z->telling)
			z->telling->about += bytes_equal(said->v->signer, z->telling->signer);
		feit.betrokkene = plek->as;
		bool holds = plek->melding == z->vraag->melding || toestemming_is_given(feit.grond);
		if (z->feiten && !said->withdrawn && holds)
			r = toestemming_add(z->feiten, &feit, z->vraag->arena);
	}
	return r;
}

// All places in one melding, count of them. What cannot be read may be a withdrawal as well: then
// nothing that was said of this melding counts, and it is not known what was.
static enum result look_at(const struct zoektocht *z, const struct plek *plekken, size_t count,
			   bool *ret_all)
{
	struct gezegden all = {.count = 0};
	struct recalled there = {.verantwoording = NULL};
	enum result r = read_said(z, plekken->melding, &all);
	if (!r && all.count > 0)
		r = recall_entry(z->core, plekken->melding, RECALL_PARTS, z->vraag->arena, &there);
	if (r == RESULT_DAMAGED && !state_is_damaged(z->core->state)) {
		log_line(LOG_LEVEL_ERROR, "event=toestemming-not-read index=%llu",
			 (unsigned long long)plekken->melding);
		*ret_all = false;
		return RESULT_OK;
	}
	for (size_t i = 0; !r && i < count && all.count > 0; i++)
		if (covers(z, &plekken[i], there.verantwoording))
			r = take_for(z, &plekken[i], &all);
	return r;
}

static int plek_order(const void *left, const void *right)
{
	const struct plek *a = left, *b = right;
	if (a->melding != b->melding)
		return a->melding < b->melding ? -1 : 1;
	return (int)a->betrokkene - (int)b->betrokkene;
}

static enum result add_occurrences(struct zoektocht *z, const struct persoon_link *link,
				   bool *ret_all)
{
	struct state_occurrence found[OCCURRENCES_MAX];
	struct state_span span = {.handle = link->handle, .since = 0, .max = OCCURRENCES_MAX};
	size_t count = 0;
	bool split = false;
	enum result r = persoon_is_split(z->core, link, &split);
	if (!r)
		r = state_occurrences(z->core->state, span, found, &count);
	if (r == RESULT_DAMAGED && !state_is_damaged(z->core->state)) {
		*ret_all = false; // a key was changed: it waits
		return RESULT_OK;
	}
	*ret_all &= count < OCCURRENCES_MAX && !split;
	for (size_t i = 0; !r && i < count; i++)
		if (found[i].index != z->vraag->melding || found[i].betrokkene != link->betrokkene)
			z->plekken[z->count++] = (struct plek){found[i].index, found[i].betrokkene,
							       link->betrokkene};
	return r;
}

static enum result search(struct zoektocht *z, size_t betrokkenen, bool *ret_all)
{
	const struct toestemming_vraag *vraag = z->vraag;
	size_t room = betrokkenen + vraag->persoon_count * OCCURRENCES_MAX;
	enum result r = RESULT_OK;
	z->plekken = arena_alloc(vraag->arena, (room + 1) * sizeof *z->plekken);
	if (!z->plekken)
		return RESULT_NO_MEMORY;
	for (uint32_t b = 1; vraag->melding != UINT64_MAX && b <= betrokkenen; b++)
		z->plekken[z->count++] = (struct plek){vraag->melding, b, b};
	for (size_t i = 0; !r && i < vraag->persoon_count; i++)
		r = add_occurrences(z, &vraag->personen[i], ret_all);
	qsort(z->plekken, z->count, sizeof *z->plekken, plek_order);
	for (size_t i = 0, n; !r && i < z->count; i += n) {
		for (n = 1; i + n < z->count && z->plekken[i + n].melding == z->plekken[i].melding;)
			n++;
		r = look_at(z, &z->plekken[i], n, ret_all);
	}
	return r;
}

enum result toestemmingen_find(struct core *core, const struct toestemming_vraag *vraag,
			       struct feiten *feiten)
{
	struct zoektocht z = {.core = core, .vraag = vraag, .feiten = feiten};
	feiten->toestemmingen_bekend = true;
	return search(&z, feiten->betrokkenen, &feiten->toestemmingen_bekend);
}

enum result toestemmingen_count(struct core *core, const struct toestemming_vraag *vraag,
				struct toestemming_telling *telling)
{
	struct zoektocht z = {.core = core, .vraag = vraag, .telling = telling};
	struct gezegden here = {.count = 0};
	bool all = true;
	enum result r = search(&z, 0, &all);
	if (!r)
		r = read_said(&z, vraag->melding, &here);
	for (size_t i = 0; !r && i < here.count; i++) {
		struct toestemming_feit unused;
		const struct part_verantwoording *v = here.rows[i].v;
		if (!bytes_equal(v->signer, telling->signer))
			continue;
		telling->here++;
		telling->about += type_handler(v->type)->lifts(v, telling->betrokkene, &unused);
	}
	return r;
}
