// SPDX-License-Identifier: EUPL-1.2
// Why each rubriek that goes to one ontvanger may go.
#include "convenant/berust.h"
#include "flow/draft.h"

// It rests on a code that nobody confirmed: the regel, a fact that it tests, or what is stated.
static bool is_voorlopig(const struct flow_item *item, const struct gave *gave, size_t regel)
{
	const struct feit *huis =
		feiten_get(item->feiten, gave->betrokkene ? ATTRIBUUT_WOONHUIS : ATTRIBUUT_HUIS,
			   gave->betrokkene);
	return convenant_is_voorlopig(item->convenant, regel, item->feiten, gave->betrokkene) ||
	       (gave->rubriek == RUBRIEK_VERRIJKING_HUIS && huis && huis->voorlopig);
}

static size_t grond_bytes(const struct grond *grond)
{
	size_t bytes = sizeof *grond + grond->regel.len + grond->convenantartikel.len +
		       grond->doel.len + grond->overleg.len;
	for (size_t i = 0; i < grond->grondslag_count; i++)
		bytes += grond->grondslag[i].len;
	return bytes;
}

enum result draft_gronden(struct draft *draft, const struct toedeling *t,
			  struct part_verstrekking *v)
{
	struct arena *arena = draft->item->arena;
	size_t total = 0;
	for (size_t i = 0; i < t->count; i++)
		total += t->gaves[i].regel_count;
	v->gronden = arena_alloc(arena, (total + 1) * sizeof *v->gronden);
	if (!v->gronden)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < t->count; i++)
		for (size_t n = 0; n < t->gaves[i].regel_count; n++) {
			const struct regel_text *regel =
				convenant_regel(draft->item->convenant, t->gaves[i].regels[n]);
			struct grond *grond = &v->gronden[v->grond_count++];
			grond->betrokkene = t->gaves[i].betrokkene;
			grond->rubriek = t->gaves[i].rubriek;
			grond->overleg = overleg_of(&t->gaves[i]);
			grond->regel = bytes_of_text(regel->regel);
			grond->convenantartikel = bytes_of_text(regel->convenantartikel);
			grond->doel = bytes_of_text(regel->doel);
			grond->voorlopig =
				is_voorlopig(draft->item, &t->gaves[i], t->gaves[i].regels[n]);
			grond->grondslag = arena_alloc(arena, (regel->grondslag_count + 1) *
								      sizeof(struct bytes));
			if (!grond->grondslag)
				return RESULT_NO_MEMORY;
			grond->grondslag_count = regel->grondslag_count;
			for (size_t g = 0; g < regel->grondslag_count; g++)
				grond->grondslag[g] = bytes_of_text(regel->grondslag[g]);
			draft->bytes += grond_bytes(grond);
		}
	return RESULT_OK;
}
