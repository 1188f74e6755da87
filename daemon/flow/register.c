// SPDX-License-Identifier: EUPL-1.2
// Changes of the register: one leaf each, committed alone, so that whoever comes after it is judged
// under it and whoever came before it is not.
#include "flow/in_force.h"

#include "base/clock.h"
#include "flow/doors.h"
#include "flow/leaves.h"
#include "register/einde.h"
#include "register/huissleutel.h"

#include <string.h>

struct register_source flow_register_source(const struct core *core, struct problem *problem)
{
	return (struct register_source){
		.send = core->sending.keys, .send_count = core->sending.count, .problem = problem};
}

static bool is_about_a_door(const struct part_register *part)
{
	struct huissleutel text;
	return (part->soort == REGISTER_HUISSLEUTEL || part->soort == REGISTER_HUISSLEUTEL_EINDE) &&
	       huissleutel_read(part->opdracht, &text) == RESULT_OK && text.use == HOUSE_TRANSPORT;
}

// Tries the leaf on a copy under a stand-in hash: what is wrong with it shows before it is
// recorded. The checkpoint over the leaf is signed under what it brings or ends.
static enum result rehearse(struct core *core, const struct register_leaf *leaf,
			    struct problem *problem)
{
	struct registry copy = {0};
	struct register_source source = flow_register_source(core, problem);
	enum result r = register_copy(&core->registry, &copy);
	if (!r)
		r = register_fold(&copy, leaf, source);
	if (!r)
		r = own_keys_suffice(&core->sending, &copy, problem);
	if (!r && is_about_a_door(leaf->part))
		r = doors_suffice(&core->served, &copy, problem);
	if (!r)
		r = signing_follow(&core->signing, &copy, problem);
	register_done(&copy);
	return r;
}

static enum result commit_leaf(struct core *core, const struct part_register *part,
			       struct bytes document, struct register_leaf *ret_leaf)
{
	struct part *copy = arena_alloc(core->arena, sizeof *copy);
	struct record *record;
	uint64_t generation = core->generation;
	if (!copy)
		return RESULT_NO_MEMORY;
	*copy = (struct part){.kind = PART_REGISTER, .registerdeel = *part};
	struct record_request request = {.class = ENTRY_REGISTER,
					 .now = (int64_t)ret_leaf->time,
					 .parts = copy,
					 .count = 1,
					 .slot_parts = KEYSTORE_SLOT_SYSTEM,
					 .document = document,
					 .document_hash = part->convenant.hash};
	ret_leaf->index = journal_size(core->journal);
	enum result r = record_add(core, &request, &record);
	if (r)
		return r;
	ret_leaf->hash = record->leaf;
	// Once this leaf is on disk nothing leaves any more that was decided under the old one.
	if (part->soort == REGISTER_CONVENANT || part->soort == REGISTER_CONVENANT_EINDE)
		core->generation = ret_leaf->index;
	r = flow_commit(core);
	if (!r && journal_size(core->journal) == ret_leaf->index)
		r = RESULT_AGAIN; // the disk was full; nothing was kept
	if (r)
		core->generation = generation;
	return r;
}

static enum result change(struct core *core, struct part_register *part, struct bytes document,
			  struct register_leaf *leaf, struct problem *problem)
{
	struct register_source source = flow_register_source(core, problem);
	enum result r = core->item_count || core->record_count ? flow_commit(core) : RESULT_OK;
	if (!r && core->readonly)
		r = RESULT_AGAIN;
	if (!r && !time_is_known(core)) { // an act holds until a day: which day is it?
		problem_set(problem, reason_code(REASON_CLOCK), reason_fix(REASON_CLOCK), "%s",
			    reason_text(REASON_CLOCK));
		r = RESULT_AGAIN;
	}
	part->has_vorige = true;
	part->vorige = core->registry.head;
	// The very time the entry will carry: what expires between rehearsal and record would be in
	// the log for good, and fold no more.
	int64_t now = time_now(core);
	*leaf = (struct register_leaf){
		.index = journal_size(core->journal),
		.time = (uint64_t)(now > core->last_time ? now : core->last_time),
		.part = part};
	if (!r)
		r = rehearse(core, leaf, problem);
	if (!r)
		r = commit_leaf(core, part, document, leaf);
	if (!r)
		r = register_fold(&core->registry, leaf, source);
	enum result followed = signing_follow(&core->signing, &core->registry, NULL);
	own_keys_forget_ended(&core->signing.own, &core->registry);
	own_keys_forget_ended(&core->sending, &core->registry);
	return r ? r : followed;
}

// The convenant that a leaf brings, loaded before it is written: once it is, nothing can fail.
static enum result take_next(struct core *core, const struct part_register *part,
			     struct bytes document, struct convenant **ret_next,
			     struct problem *problem)
{
	struct convenant *next;
	enum result r = convenant_load_beside(document, "convenant", core->codes, &next, problem);
	if (r)
		return r;
	struct hash hash = convenant_hash(next);
	if (!hash_equal(&hash, &part->convenant.hash)) {
		problem_set(problem, reason_code(REASON_CONFLICT), reason_fix(REASON_CONFLICT),
			    "the document is not the one that was signed for");
		r = RESULT_CONFLICT;
	}
	if (!r)
		r = in_force_check(core, next, problem);
	if (r)
		convenant_free(next);
	else
		*ret_next = next;
	return r;
}

enum result flow_register(struct core *core, struct part_register *part, struct bytes document,
			  uint64_t *ret_index, struct problem *problem)
{
	struct convenant *next = NULL;
	struct convenant_einde einde;
	struct register_leaf leaf = {.index = 0};
	enum result r = RESULT_OK;
	if (part->soort == REGISTER_CONVENANT)
		r = take_next(core, part, document, &next, problem);
	if (!r)
		r = change(core, part, document, &leaf, problem);
	if (r) {
		convenant_free(next);
		return r;
	}
	if (next)
		in_force_put(core, next);
	if (part->soort == REGISTER_CONVENANT_EINDE &&
	    convenant_einde_read(part->opdracht, &einde) == RESULT_OK) // as it was folded
		in_force_end(core, bytes_of_text(einde.naam));
	*ret_index = leaf.index;
	return RESULT_OK;
}
