// SPDX-License-Identifier: EUPL-1.2
// Step 7, record: the decision becomes parts, the parts an entry, the entry rows. Nothing has left
// yet; commit.c makes it durable.
#include "flow/draft.h"
#include "flow/type.h"
#include "flow/wissing.h"

#include "base/clock.h"
#include "crypto/secret.h"

#include <string.h>

// ---- an entry ------------------------------------------------------------------------------

enum result keep_encoded(struct core *core, enum result encoded, struct bytes *ret_bytes)
{
	struct bytes copy = {0};
	if (!encoded)
		copy = arena_copy(core->arena, buffer_view(&core->encoded));
	buffer_scrub(&core->encoded);
	if (!encoded && !copy.data)
		return RESULT_NO_MEMORY;
	if (!encoded)
		*ret_bytes = copy;
	return encoded;
}

static enum result encode_parts(struct core *core, const struct record_request *request,
				struct record *record)
{
	record->part_bytes = arena_alloc(core->arena, request->count * sizeof(struct bytes));
	if (!record->part_bytes)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < request->count; i++) {
		enum result r = part_encode(&request->parts[i], &core->encoded);
		r = keep_encoded(core, r, &record->part_bytes[i]);
		if (r)
			return r;
	}
	record->parts = request->parts;
	record->first = request->parts[0];
	record->part_count = request->count;
	return RESULT_OK;
}

static enum result encode_stored(struct core *core, struct record *record)
{
	struct stored_parts stored = {.parts = record->part_bytes, .count = record->part_count};
	memcpy(stored.seed, record->seed, sizeof stored.seed);
	enum result r = stored_parts_encode(&stored, &core->encoded);
	return keep_encoded(core, r, &record->stored);
}

static enum result apply_record(struct core *core, const struct record *record)
{
	struct earlier earlier = {core, core->arena};
	struct applied applied = {
		.index = journal_size(core->journal) + core->record_count,
		.entry = record->entry,
		.leaf = record->leaf,
		.encoded = record->part_bytes,
		.parts = record->parts,
		.count = record->part_count,
		.arena = core->arena,
		.earlier = recall_earlier,
		.context = &earlier,
	};
	return state_apply(core->state, &applied);
}

enum result record_make(struct core *core, const struct record_request *request,
			struct record **ret_record)
{
	struct record *record = arena_alloc(core->arena, sizeof *record);
	struct hash root;
	if (!record)
		return RESULT_NO_MEMORY;
	enum result r = encode_parts(core, request, record);
	if (r)
		return r;
	random_bytes(record->seed, sizeof record->seed);
	const struct vector_source parts = {VECTOR_PARTS_LABEL, VECTOR_PARTS, record->seed,
					    record->part_bytes, record->part_count};
	r = vector_view_make(&parts, core->arena, &record->view);
	if (!r)
		r = vector_root_of(VECTOR_PARTS_LABEL, record->view.commitments, &root);
	if (!r)
		r = encode_stored(core, record);
	if (r)
		return r;
	core->last_time = request->now > core->last_time ? request->now : core->last_time;
	record->entry = (struct entry){.class = request->class,
				       .time = (uint64_t)core->last_time,
				       .register_head = core->registry.head,
				       .parts_root = root};
	entry_encode(record->encoded, &record->entry);
	record->leaf = tree_leaf(bytes_make(record->encoded, ENTRY_LEN));
	record->content = request->content;
	record->slot_parts = request->slot_parts;
	record->slot_content = request->slot_content;
	record->document = request->document;
	record->document_hash = request->document_hash;
	*ret_record = record;
	return RESULT_OK;
}

enum result record_push(struct core *core, struct record *record)
{
	if (core->record_count >= BATCH_RECORDS)
		return RESULT_AGAIN;
	enum result r = apply_record(core, record);
	record->parts = NULL; // where they lie is used again for the next statement
	if (!r)
		core->records[core->record_count++] = record;
	return r;
}

enum result record_add(struct core *core, const struct record_request *request,
		       struct record **ret_record)
{
	struct record *record;
	enum result r = record_make(core, request, &record);
	if (!r)
		r = record_push(core, record);
	if (!r)
		*ret_record = record;
	return r;
}

// ---- an item, whole

// What does not fit in the first leaf continues in following ones of the same cause.
static enum result draft_continue(struct draft *draft)
{
	enum result r = draft_flush(draft);
	if (!r && !draft->item->betreft)
		draft->item->betreft = draft->index;
	if (!r)
		r = draft_begin(draft);
	if (r)
		return r;
	r = draft_later(draft, &draft->parts[draft->count]);
	draft->count++;
	return r;
}

static bool draft_is_full(const struct draft *draft)
{
	return draft->count == PARTS_PER_ENTRY || draft->verrijkingen->bytes > ENTRY_BYTES_SOFT ||
	       draft->bytes > ENTRY_BYTES_SOFT;
}

static enum result draft_toedelingen(struct draft *draft)
{
	const struct besluit_set *set = &draft->item->besluit;
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < set->count; i++) {
		if (draft_is_full(draft))
			r = draft_continue(draft);
		if (!r)
			r = draft_verstrekking(draft, &set->toedelingen[i],
					       &draft->parts[draft->count]);
		draft->count++;
	}
	return r;
}

// What a further convenant decides begins a leaf of its own, of the same cause, with an
// accountability of its own.
static enum result draft_further(struct draft *draft, struct flow_item *further)
{
	enum result r = draft_flush(draft);
	uint64_t betreft = draft->item->betreft;
	draft->item = further;
	further->betreft = betreft ? betreft : draft->index;
	if (!r)
		r = draft_begin(draft);
	if (r)
		return r;
	r = draft_verantwoording(draft, &draft->parts[draft->count]);
	draft->count++;
	return r ? r : draft_toedelingen(draft);
}

static enum result draft_all(struct draft *draft)
{
	draft->parts[draft->count++] = draft_sender(draft);
	enum result r = draft_verantwoording(draft, &draft->parts[draft->count]);
	draft->count++;
	if (!r)
		r = draft_toedelingen(draft);
	for (struct flow_item *next = draft->first->further; !r && next; next = next->further)
		r = draft_further(draft, next);
	return r ? r : draft_flush(draft);
}

enum result record_item(struct core *core, struct flow_item *item, enum flow_next *ret_next)
{
	*ret_next = FLOW_NEXT;
	struct draft draft = {.core = core, .item = item, .first = item, .whole = true};
	draft.index = journal_size(core->journal) + core->record_count;
	enum result r = draft_begin(&draft);
	if (r)
		return r;
	draft_slots(&draft);
	r = draft_all(&draft);
	if (!r) {
		draft.item = item;
		r = draft_apply(&draft);
	}
	if (r)
		return r;
	item->recorded = item->in_batch = true;
	item->record = draft.records[0];
	item->index = draft.index;
	const struct type_handler *handler = type_handler(item->type->type);
	return handler && handler->recorded && item->outcome == OUTCOME_AANVAARD
		       ? handler->recorded(core, item)
		       : RESULT_OK;
}
