// SPDX-License-Identifier: EUPL-1.2
// Reading an entry back: its parts and content, unsealed and decoded onto an arena.
#include "flow/flow.h"

#include "crypto/secret.h"

#include <string.h>

static enum result decode_each(struct arena *arena, struct recalled *recalled)
{
	recalled->parts = arena_alloc(arena, (recalled->part_count + 1) * sizeof *recalled->parts);
	if (!recalled->parts)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < recalled->part_count; i++) {
		enum result r = recall_part(recalled, i, arena, &recalled->parts[i]);
		if (r)
			return r;
		if (recalled->parts[i].kind == PART_VERANTWOORDING)
			recalled->verantwoording = &recalled->parts[i].verantwoording;
	}
	return RESULT_OK;
}

enum result recall_part(const struct recalled *recalled, size_t place, struct arena *arena,
			struct part *ret_part)
{
	enum result r = part_decode_own(recalled->part_bytes[place], arena, ret_part);
	return r && r != RESULT_NO_MEMORY ? RESULT_DAMAGED : r;
}

static enum result decode_parts(struct bytes stored, struct arena *arena, struct recalled *recalled)
{
	struct stored_parts parts;
	enum result r = stored_parts_decode(stored, arena, &parts);
	if (r)
		return r == RESULT_NO_MEMORY ? r : RESULT_DAMAGED;
	recalled->part_bytes = parts.parts;
	recalled->part_count = parts.count;
	memcpy(recalled->seed, parts.seed, sizeof recalled->seed);
	return RESULT_OK;
}

static enum result decode_content(struct bytes stored, struct arena *arena,
				  struct recalled *recalled)
{
	enum result r = stored_content_decode(stored, arena, &recalled->content);
	recalled->has_content = !r;
	return r && r != RESULT_NO_MEMORY ? RESULT_DAMAGED : r;
}

enum result recall_entry(struct core *core, uint64_t index, enum recall_what what,
			 struct arena *arena, struct recalled *ret_recalled)
{
	struct recalled recalled;
	struct buffer *parts = &core->stored_parts, *content = &core->stored_content;
	memset(&recalled, 0, sizeof recalled);
	recalled.index = index;
	enum result r = journal_read(core->journal, index, recalled.entry, parts,
				     what == RECALL_PARTS ? NULL : content);
	if (r == RESULT_ERASED) { // one of the two, or both; the other is there
		recalled.erased = true;
		r = RESULT_OK;
	}
	if (!r && parts->len > 0)
		r = decode_parts(buffer_view(parts), arena, &recalled);
	if (!r && parts->len > 0 && what != RECALL_TO_DELIVER)
		r = decode_each(arena, &recalled);
	if (!r && content->len > 0)
		r = decode_content(buffer_view(content), arena, &recalled);
	buffer_scrub(parts);
	buffer_scrub(content);
	if (!r)
		*ret_recalled = recalled;
	return r;
}

// A weging counts when it was given by the functie that weighs under this convenant. Of a regel it
// does not know, the engine makes nothing.
static bool weging_counts(const struct convenant *convenant, const struct part_verantwoording *v)
{
	size_t n;
	struct bytes regel = veld_get(v->velden, v->veld_count, WEGING_REGEL);
	if (!convenant || convenant_regel_named(convenant, regel, &n))
		return true;
	const struct weging_eis *eis = convenant_weging(convenant, n);
	for (size_t i = 0; eis && i < v->signer_functie_count; i++)
		if (bytes_equal(v->signer_functies[i], bytes_of_text(eis->door)))
			return true;
	return !eis;
}

// Adds the outcome of one later weging to the facts.
static enum result add_weging(struct core *core, uint64_t later, const struct convenant *convenant,
			      struct arena *arena, struct feiten *feiten)
{
	struct recalled recalled;
	enum result r = recall_entry(core, later, RECALL_PARTS, arena, &recalled);
	if (r || !recalled.verantwoording || recalled.verantwoording->type != TYPE_WEGING ||
	    !weging_counts(convenant, recalled.verantwoording))
		return r;
	const struct part_verantwoording *v = recalled.verantwoording;
	struct weging_feit *grown =
		arena_alloc(arena, (feiten->weging_count + 2) * sizeof *feiten->wegingen);
	if (!grown)
		return RESULT_NO_MEMORY;
	if (feiten->weging_count > 0)
		memcpy(grown, feiten->wegingen, feiten->weging_count * sizeof *grown);
	grown[feiten->weging_count++] = (struct weging_feit){
		.regel = veld_get(v->velden, v->veld_count, WEGING_REGEL),
		.uitkomst = veld_get(v->velden, v->veld_count, WEGING_UITKOMST),
		.betrokkene = weging_betrokkene(v->velden, v->veld_count),
	};
	feiten->wegingen = grown;
	return RESULT_OK;
}

// Whose the melding is, in the words of this convenant: another may call the same partij otherwise.
static enum result recall_source(const struct part_verantwoording *v,
				 const struct convenant *convenant, struct feiten *feiten)
{
	enum result r = oin_parse(v->signer, &feiten->bron);
	if (r)
		return RESULT_DAMAGED;
	for (size_t i = 0; i < v->signer_functie_count && i < FUNCTIES_MAX; i++)
		feiten->bron_functies[feiten->bron_functie_count++] = v->signer_functies[i];
	if (!convenant)
		return RESULT_OK;
	struct feit *bron = feiten_at(feiten, ATTRIBUUT_BRON, 0);
	const struct partij *partij = convenant_partij_of(convenant, &feiten->bron);
	bron->bekend = false;
	bron->waarde_count = 0;
	if (partij)
		feit_set(bron, bytes_of_text(partij->partij));
	return RESULT_OK;
}

enum result recall_feiten(struct core *core, const struct recall_question *question,
			  const struct recalled *recalled, struct arena *arena,
			  struct feiten **ret_feiten)
{
	const struct part_verantwoording *v = recalled->verantwoording;
	struct feiten *feiten;
	if (!v)
		return RESULT_NOT_FOUND;
	enum result r = feiten_recall(v->feiten, v->feit_count, arena, &feiten);
	if (!r)
		r = recall_source(v, question->convenant, feiten);
	if (r)
		return r;
	feiten->oefening = core->registry.genesis.oefening;
	feiten->now = (int64_t)v->received;
	for (size_t n = 0; !r; n++) {
		uint64_t later;
		r = state_cause(core->state, question->melding, n, &later);
		if (r == RESULT_NOT_FOUND || (!r && later >= question->before))
			break;
		if (!r)
			r = add_weging(core, later, question->convenant, arena, feiten);
	}
	if (r && r != RESULT_NOT_FOUND)
		return r;
	*ret_feiten = feiten;
	return RESULT_OK;
}
