// SPDX-License-Identifier: EUPL-1.2
// Steps 7 and 8, the order of durability (design §4): keystore slots filled ahead → commit of the
// log → checkpoint signed → guard written → only then does any receipt leave.
#include "flow/tabellen.h"
#include "flow/wissing.h"

#include "base/clock.h"
#include "base/log.h"

#include <string.h>

static void batch_clear(struct core *core)
{
	core->item_count = 0;
	core->record_count = 0;
	arena_clear(core->arena);
}

void flow_stop(struct core *core, const char *why)
{
	if (!core->readonly)
		core->watch.readonly_since = time_now(core);
	core->readonly = true;
	core->readonly_why = why;
}

static void stop(struct core *core, const char *why, enum result result)
{
	if (!core->readonly)
		log_line(LOG_LEVEL_ERROR, "event=read-only reason=%s result=\"%s\"", why,
			 result_name(result));
	flow_stop(core, why);
}

static enum result append(struct core *core)
{
	struct journal_item *items = arena_alloc(core->arena, core->record_count * sizeof *items);
	if (!items)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < core->record_count; i++) {
		const struct record *record = core->records[i];
		memcpy(items[i].entry, record->encoded, ENTRY_LEN);
		items[i].parts = record->stored;
		items[i].content = record->content;
		items[i].slot_parts = record->slot_parts;
		items[i].slot_content = record->slot_content;
		items[i].document = record->document;
		items[i].document_hash = record->document_hash;
	}
	return journal_append(core->journal, journal_size(core->journal), items,
			      core->record_count);
}

enum result flow_sign(struct core *core)
{
	struct checkpoint next = {.size = journal_size(core->journal),
				  .root = journal_root(core->journal)};
	// The register that names the origin is folded once its leaf is on disk.
	const struct log_vkey *key = log_keys_at(&core->signing.keys, next.size);
	if (!key)
		return RESULT_INTERNAL;
	memcpy(next.origin, key->vkey.name, sizeof next.origin);
	struct buffer note;
	buffer_init(&note, CHECKPOINT_MAX);
	enum result r = signing_note(&core->signing, &next, &note);
	if (!r)
		r = guard_write(core->guard, buffer_view(&note));
	if (r) {
		buffer_done(&note);
		return r;
	}
	buffer_done(&core->note);
	core->note = note;
	core->checkpoint = next;
	return RESULT_OK;
}

// True when what this statement is answered does not rest on the batch: it has an entry of before,
// is a request, or was refused without an entry.
static bool stands(const struct flow_item *item)
{
	if (item->in_batch || item->applying)
		return false;
	return item->recorded || !item->type || !item->type->logged ||
	       item->outcome == OUTCOME_GEWEIGERD;
}

// The batch did not become durable: state forgets it, every statement of it may come again.
static enum result undo(struct core *core, enum reason reason)
{
	state_discard(core->state);
	enum result r = flow_catch_up(core);
	for (size_t i = 0; i < core->item_count; i++) {
		struct flow_item *item = core->items[i];
		if (stands(item))
			continue;
		item->in_batch = item->recorded = item->applying = false;
		item->outcome = OUTCOME_AGAIN;
		item->pause_ms = AGAIN_PAUSE_MS;
		memset(&item->refusal, 0, sizeof item->refusal);
		refuse_item(item, reason, "");
		core->counts.again++;
	}
	core->record_count = 0;
	memset(&core->recheck, 0, sizeof core->recheck);
	core->recheck_done = false;
	return r;
}

// What a failure means for the batch: a full disk or map, or too little memory, may pass by
// itself; after anything else nobody knows what is on disk, and a person must look.
static enum result undo_after(struct core *core, const char *where, enum result result)
{
	if (result == RESULT_FULL || result == RESULT_NO_MEMORY) {
		log_line(LOG_LEVEL_ERROR, "event=full where=%s result=\"%s\"", where,
			 result_name(result));
		if (result == RESULT_FULL && !core->watch.full_since)
			core->watch.full_since = time_now(core);
		return undo(core, result == RESULT_FULL ? REASON_FULL : REASON_BUSY);
	}
	stop(core, where, result);
	return undo(core, REASON_READONLY);
}

static void count_durable(struct core *core)
{
	core->counts.batches++;
	core->counts.entries += core->record_count;
	tabellen_durable(core);
	for (size_t i = 0; i < core->record_count; i++)
		if (core->records[i]->entry.class == ENTRY_TICK)
			core->tellingen.count = core->tellingen.beyond = 0; // they are on disk now
	for (size_t i = 0; i < core->item_count; i++) {
		const struct flow_item *item = core->items[i];
		if (!item->applying)
			continue; // no entry of its own
		core->counts.aanvaard += item->outcome == OUTCOME_AANVAARD;
		core->counts.geweigerd += item->outcome == OUTCOME_GEWEIGERD;
	}
}

// Makes the batch durable, or answers it *again* as a whole.
static enum result make_durable(struct core *core)
{
	enum result r = keystore_fill_ahead(core->keystore, state_next_slot(core->state));
	if (r)
		return undo_after(core, "keystore", r);
	r = append(core);
	if (r)
		return undo_after(core, "journal", r);
	core->watch.full_since = 0;
	count_durable(core);
	return RESULT_OK;
}

// Until this succeeds what is on disk is not under a checkpoint that will be known again: its
// statements are answered *again* (acknowledge.c), and it is not delivered.
static void sign_what_is_durable(struct core *core)
{
	if (core->readonly || core->checkpoint.size == journal_size(core->journal))
		return;
	enum result r = flow_sign(core);
	if (r == RESULT_FULL || r == RESULT_NO_MEMORY)
		log_line(LOG_LEVEL_ERROR, "event=full where=guard result=\"%s\"", result_name(r));
	else if (r)
		stop(core, "guard", r);
}

enum result flow_commit(struct core *core)
{
	enum result r = core->record_count > 0 ? make_durable(core) : RESULT_OK;
	if (!r) {
		sign_what_is_durable(core);
		deliver_offer(core);
		acknowledge_batch(core);
		deliver_waiting(core, clock_monotonic_ms());
	}
	batch_clear(core);
	return r;
}

enum result flow_abort(struct core *core, enum result why)
{
	enum result r = undo(core, why == RESULT_FULL ? REASON_FULL : REASON_BUSY);
	if (!r)
		acknowledge_batch(core);
	batch_clear(core);
	return r;
}

// ---- applying the tail of the journal -------------------------------------------------------

static enum result apply_recalled(struct earlier *earlier, uint64_t index,
				  const struct recalled *recalled)
{
	struct applied applied = {.index = index,
				  .leaf = tree_leaf(bytes_make(recalled->entry, ENTRY_LEN)),
				  .erased = recalled->erased,
				  .encoded = recalled->part_bytes,
				  .parts = recalled->parts,
				  .count = recalled->part_count,
				  .arena = earlier->arena,
				  .earlier = recall_earlier,
				  .context = earlier};
	enum result r = entry_decode(bytes_make(recalled->entry, ENTRY_LEN), &applied.entry);
	return r ? r : state_apply(earlier->core->state, &applied);
}

#define CATCH_UP_FLUSH 4096 // entries between flushes of state

enum result flow_catch_up(struct core *core)
{
	struct arena *arena;
	enum result r = arena_new(64 * 1024 * 1024, &arena);
	if (r)
		return r;
	struct earlier earlier = {core, arena};
	uint64_t size = journal_size(core->journal);
	pulse_long_work(core->pulse, true);
	for (uint64_t index = state_position(core->state); !r && index < size; index++) {
		struct recalled recalled;
		r = recall_entry(core, index, RECALL_PARTS, arena, &recalled);
		if (!r)
			r = apply_recalled(&earlier, index, &recalled);
		if (!r && index % CATCH_UP_FLUSH == CATCH_UP_FLUSH - 1)
			r = state_flush(core->state);
		arena_clear(arena);
	}
	pulse_long_work(core->pulse, false);
	arena_free(arena);
	return r;
}
