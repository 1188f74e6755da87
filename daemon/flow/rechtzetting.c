// SPDX-License-Identifier: EUPL-1.2
// Nothing wrong stays with who was given it: each is told by a delivery of its own, and owes an
// answer. What was confirmed is named by the gronden under which it was given; of what was not,
// which may never have been fetched, nothing is named but the melding.
#include "flow/rechtzetting.h"
#include "flow/given.h"
#include "flow/recheck.h"
#include "flow/wissing.h"

#include "base/clock.h"

#include <string.h>

// One delivery of the melding, as the log has it.
struct gegeven_aan {
	const struct part_verstrekking *given; // last time something was
	const struct part_verstrekking *last;
	uint64_t index; // entry of `last`
	bool concerned; // anything given under that number is meant
	bool told;      // since it lapsed, by one of this soort
	bool named;
};

// ---- who was given what ----------------------------------------------------------------------

static bool same_ontvanger(const struct part_verstrekking *a, const struct part_verstrekking *b)
{
	return bytes_equal(a->oin, b->oin) && bytes_equal(a->functie, b->functie);
}

static struct gegeven_aan *find(struct rechtzetting *r, const struct part_verstrekking *part)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->aan[i].last->number == part->number && same_ontvanger(r->aan[i].last, part))
			return &r->aan[i];
	if (r->count == r->cap) {
		size_t cap = r->cap ? 2 * r->cap : 16;
		struct gegeven_aan *grown = arena_alloc(r->core->arena, cap * sizeof *grown);
		if (!grown)
			return NULL;
		if (r->count > 0)
			memcpy(grown, r->aan, r->count * sizeof *grown);
		r->aan = grown;
		r->cap = cap;
	}
	struct gegeven_aan *aan = &r->aan[r->count++];
	*aan = (struct gegeven_aan){.last = part};
	return aan;
}

static enum result concerns(const struct rechtzetting *r, const struct part_verstrekking *given,
			    const struct grond *grond, bool *ret_concerns)
{
	*ret_concerns = true;
	return r->concerns ? r->concerns(r->context, given, grond, ret_concerns) : RESULT_OK;
}

static enum result take_part(struct rechtzetting *r, const struct part_verstrekking *part,
			     uint64_t index)
{
	struct gegeven_aan *aan = find(r, part);
	enum result result = aan ? RESULT_OK : RESULT_NO_MEMORY;
	if (result)
		return result;
	aan->last = part;
	aan->index = index;
	if (part->soort != VERSTREKKING_GEGEVEN && part->soort != VERSTREKKING_GETOOND)
		return RESULT_OK;
	aan->given = part;
	for (size_t i = 0; !result && !aan->concerned && i < part->grond_count; i++)
		result = concerns(r, part, &part->gronden[i], &aan->concerned);
	return result;
}

// What lapsed before is told of once.
static void take_told(struct rechtzetting *r, const struct part_verstrekking *told)
{
	for (size_t i = 0; told->soort == (uint32_t)r->soort && i < r->count; i++)
		if (same_ontvanger(r->aan[i].last, told) &&
		    r->aan[i].last->soort == VERSTREKKING_VERVALLEN)
			r->aan[i].told = true;
}

// A tick has parts of other meldingen too.
static enum result take_entry(void *context, const struct recalled *entry)
{
	struct rechtzetting *r = context;
	enum result result = RESULT_OK;
	for (size_t i = 0; !result && entry->index < r->before && i < entry->part_count; i++) {
		const struct part_verstrekking *part = &entry->parts[i].verstrekking;
		if (entry->parts[i].kind != PART_VERSTREKKING ||
		    (part->betreft ? part->betreft : entry->index) != r->melding)
			continue;
		if (verstrekking_is_rechtzetting(part->soort))
			take_told(r, part);
		else
			result = take_part(r, part, entry->index);
	}
	return result;
}

bool rechtzetting_closes(enum verstrekking_soort soort)
{
	return soort != VERSTREKKING_AANGEVULD && soort != VERSTREKKING_OPGEHEVEN;
}

// Whether its gronden may be named; and whether it is told at all: what lapsed before it was
// confirmed is nobody's business but of who must not use it.
static enum result name(const struct rechtzetting *r, struct gegeven_aan *aan, bool *ret_told)
{
	struct state_delivery row;
	bool waits = false, lapsed = aan->last->soort == VERSTREKKING_VERVALLEN;
	enum result result = delivery_waits(r->core, aan->last, aan->index, &row, &waits);
	bool closes = rechtzetting_closes(r->soort);
	// What was shown was seen, whether or not that this was recorded was ever fetched.
	bool seen = aan->given && aan->given->soort == VERSTREKKING_GETOOND;
	aan->named = !closes || seen || (!waits && !lapsed);
	*ret_told = aan->given && aan->concerned && (!lapsed || seen || (closes && !aan->told));
	return result;
}

enum result rechtzetting_gather(struct rechtzetting *r)
{
	size_t kept = 0;
	enum result result = recall_each(r->core, r->melding, r->core->arena, take_entry, r);
	for (size_t i = 0; !result && i < r->count; i++) {
		bool told = false;
		result = name(r, &r->aan[i], &told);
		// One that names nothing is as good as several.
		for (size_t n = 0; told && n < kept; n++)
			told = r->aan[i].named || r->aan[n].named ||
			       !same_ontvanger(r->aan[i].last, r->aan[n].last);
		if (!result && told)
			r->aan[kept++] = r->aan[i];
	}
	r->count = kept;
	return result;
}

// ---- telling them ------------------------------------------------------------------------------

// A leaf on its way.
struct telling_leaf {
	struct rechtzetting *r;
	const struct part_verantwoording *melding;
	struct part parts[PARTS_PER_ENTRY];
	size_t count;
	struct verplichting owed[PARTS_PER_ENTRY];
	uint64_t until; // geldig_tot: as long as the melding is accounted for
	int64_t now;
};

static void leaf_begin(struct telling_leaf *leaf)
{
	const struct part_verantwoording *v = leaf->melding;
	leaf->parts[0] =
		(struct part){.kind = PART_VERANTWOORDING,
			      .verantwoording = {.source = v->source,
						 .id = v->id,
						 .header_hash = v->header_hash,
						 .source_number = v->source_number,
						 .betreft = leaf->r->melding,
						 .slot_verantwoording = v->slot_verantwoording,
						 .verplichtingen = leaf->owed,
						 .received = (uint64_t)leaf->now}};
	leaf->count = 1;
}

static enum result leaf_end(struct telling_leaf *leaf)
{
	struct core *core = leaf->r->core;
	struct record *record;
	struct part *parts = arena_alloc(core->arena, leaf->count * sizeof *parts);
	if (!parts)
		return RESULT_NO_MEMORY;
	memcpy(parts, leaf->parts, leaf->count * sizeof *parts);
	const struct record_request request = {.class = ENTRY_EVENT,
					       .now = leaf->now,
					       .parts = parts,
					       .count = leaf->count,
					       .slot_parts = leaf->melding->slot_verantwoording};
	return leaf->count > 1 ? record_add(core, &request, &record) : RESULT_OK;
}

// One answer of each ontvanger, whatever it was given.
static void owe(struct telling_leaf *leaf, const struct part_verstrekking *given)
{
	struct part_verantwoording *v = &leaf->parts[0].verantwoording;
	for (size_t i = 0; i < v->verplichting_count; i++)
		if (bytes_equal(leaf->owed[i].oin, given->oin) &&
		    bytes_equal(leaf->owed[i].functie, given->functie))
			return;
	leaf->owed[v->verplichting_count++] = (struct verplichting){
		.soort = VERPLICHTING_OPVOLGING,
		.oin = given->oin,
		.functie = given->functie,
		.regel = bytes_of_text(verstrekking_soort_name(leaf->r->soort)),
		.uiterlijk = (uint64_t)(leaf->now + OPVOLGING_MS)};
}

static enum result take_gronden(const struct rechtzetting *r, const struct gegeven_aan *aan,
				struct part_verstrekking *v)
{
	const struct part_verstrekking *given = aan->given;
	enum result result = RESULT_OK;
	v->gronden = arena_alloc(r->core->arena, (given->grond_count + 1) * sizeof *v->gronden);
	if (!v->gronden)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; !result && aan->named && r->concerns && i < given->grond_count; i++) {
		bool meant = false;
		result = concerns(r, given, &given->gronden[i], &meant);
		if (!result && meant)
			v->gronden[v->grond_count++] = given->gronden[i];
	}
	return result;
}

static enum result next_number(const struct telling_leaf *leaf,
			       const struct part_verstrekking *given, struct part_verstrekking *v)
{
	uint64_t last = 0, more = 0;
	struct ontvanger ontvanger = {.functie = ""};
	if (oin_parse(given->oin, &ontvanger.oin) || given->functie.len > FUNCTIE_MAX)
		return RESULT_DAMAGED;
	memcpy(ontvanger.functie, given->functie.data, given->functie.len);
	enum result result = state_last_number(leaf->r->core->state, &ontvanger, &last);
	for (size_t i = 1; i < leaf->count; i++) // not applied yet
		more += same_ontvanger(&leaf->parts[i].verstrekking, given);
	number_next(leaf->r->core, last, more, v);
	return result;
}

static enum result tell(struct telling_leaf *leaf, const struct gegeven_aan *aan)
{
	const struct rechtzetting *r = leaf->r;
	const struct part_verstrekking *given = aan->given;
	struct part_verstrekking v = {
		.origin = bytes_of_text(register_origin(&leaf->r->core->registry)),
		.oin = given->oin,
		.functie = given->functie,
		.soort = r->soort,
		.header_hash = leaf->melding->header_hash,
		.convenant_hash = given->convenant_hash,
		.geldig_tot = leaf->until,
		.oefening = given->oefening,
		.betreft = r->melding,
		.herkomst_onthouden = true};
	enum result result = next_number(leaf, given, &v);
	if (!result)
		result = take_gronden(r, aan, &v);
	if (result)
		return result;
	owe(leaf, given);
	leaf->parts[leaf->count++] = (struct part){.kind = PART_VERSTREKKING, .verstrekking = v};
	return RESULT_OK;
}

enum result rechtzetting_until(struct core *core, uint64_t melding, uint64_t *ret_until)
{
	struct state_bewaar bewaar;
	enum result result = state_bewaar(core->state, melding, &bewaar);
	*ret_until = 0;
	if (!result && bewaar.melding == melding && bewaar.verantwoording != STATE_BEWAAR_NOOIT)
		*ret_until = bewaar.verantwoording;
	return result == RESULT_NOT_FOUND ? RESULT_OK : result;
}

static enum result leaf_new(struct rechtzetting *r, int64_t now, struct telling_leaf **ret_leaf)
{
	struct telling_leaf *leaf = arena_alloc(r->core->arena, sizeof *leaf);
	struct recalled melding;
	enum result result =
		leaf ? recall_entry(r->core, r->melding, RECALL_PARTS, r->core->arena, &melding)
		     : RESULT_NO_MEMORY;
	if (!result && !melding.verantwoording)
		result = RESULT_DAMAGED;
	if (result)
		return result;
	*leaf = (struct telling_leaf){.r = r, .melding = melding.verantwoording, .now = now};
	leaf_begin(leaf);
	*ret_leaf = leaf;
	return rechtzetting_until(r->core, r->melding, &leaf->until);
}

enum result rechtzetting_give(struct rechtzetting *r, int64_t now)
{
	struct telling_leaf *leaf;
	enum result result = r->count > 0 ? leaf_new(r, now, &leaf) : RESULT_OK;
	for (size_t i = 0; !result && i < r->count; i++) {
		if (leaf->count == PARTS_PER_ENTRY) {
			result = leaf_end(leaf);
			if (!result)
				result = leaf_new(r, now, &leaf);
		}
		if (!result)
			result = tell(leaf, &r->aan[i]);
	}
	return result || r->count == 0 ? result : leaf_end(leaf);
}

enum result rechtzetting_again(struct core *core, const struct part_verstrekking *part)
{
	struct rechtzetting r = {.core = core, .melding = part->betreft};
	struct telling_leaf *leaf;
	enum result result = leaf_new(&r, time_now(core), &leaf);
	if (result)
		return result;
	leaf->parts[leaf->count++] =
		(struct part){.kind = PART_VERSTREKKING, .verstrekking = *part};
	return leaf_end(leaf);
}
