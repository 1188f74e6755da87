// SPDX-License-Identifier: EUPL-1.2
// Two generations: what is made goes into the young one; when that is full or old enough, the old
// one is wiped and they change places. So nothing moves, and nothing outlives two generations.
#include "flow/ready.h"
#include "flow/type.h"

#include "crypto/secret.h"

#include <stdlib.h>
#include <string.h>

// Of what one recipient reads, so much is kept for another that is some answers behind; above it
// one answer always fits.
#define GENERATION_BYTES ((size_t)12 * 1024 * 1024)
#define GENERATION_CEILING (GENERATION_BYTES + 4 * 1024 * 1024)
#define GENERATION_MS 5000
#define ROWS 4096 // entries of a generation, by the low bits of their index

struct generation {
	struct arena *arena;
	const struct ready *rows[ROWS];
};

struct ready_cache {
	struct generation generations[2];
	struct generation *young, *old;
	int64_t turned_at;
	uint64_t erasures; // of the keystore, when anything was kept last
};

enum result ready_cache_new(struct ready_cache **ret_cache)
{
	struct ready_cache *cache = calloc(1, sizeof *cache);
	if (!cache)
		return RESULT_NO_MEMORY;
	cache->young = &cache->generations[0];
	cache->old = &cache->generations[1];
	enum result r = arena_new(GENERATION_CEILING, &cache->young->arena);
	if (!r)
		r = arena_new(GENERATION_CEILING, &cache->old->arena);
	if (r) {
		ready_cache_free(cache);
		return r;
	}
	*ret_cache = cache;
	return RESULT_OK;
}

void ready_cache_free(struct ready_cache *cache)
{
	if (!cache)
		return;
	arena_free(cache->young->arena);
	arena_free(cache->old->arena);
	free(cache);
}

static void forget(struct generation *generation)
{
	memset(generation->rows, 0, sizeof generation->rows);
	arena_clear(generation->arena);
}

void ready_turn(struct ready_cache *cache, int64_t monotonic_ms)
{
	if (arena_used(cache->young->arena) < GENERATION_BYTES &&
	    monotonic_ms - cache->turned_at < GENERATION_MS)
		return;
	struct generation *old = cache->old;
	forget(old);
	cache->old = cache->young;
	cache->young = old;
	cache->turned_at = monotonic_ms;
}

static const struct ready *find(struct core *core, uint64_t index)
{
	struct ready_cache *cache = core->ready;
	uint64_t erasures = keystore_erasures(core->keystore);
	if (cache->erasures != erasures) {
		cache->erasures = erasures;
		forget(cache->young);
		forget(cache->old);
	}
	const struct ready *ready = cache->young->rows[index % ROWS];
	if (!ready || ready->index != index)
		ready = cache->old->rows[index % ROWS];
	return ready && ready->index == index ? ready : NULL;
}

enum result vector_view_make(const struct vector_source *source, struct arena *arena,
			     struct vector_view *ret_view)
{
	struct vector vector;
	enum result r = vector_make(source->label, source->capacity, source->seed, source->values,
				    source->count, &vector);
	if (r)
		return r;
	struct vector_view view = {
		.commitments = arena_copy(arena, vector_bytes(&vector)),
		.openings = arena_alloc(arena, source->count * sizeof *view.openings),
		.count = source->count};
	if (!view.commitments.data || !view.openings)
		r = RESULT_NO_MEMORY;
	for (size_t i = 0; !r && i < source->count; i++) {
		uint8_t position = vector.order[i];
		view.openings[i] = (struct opening){
			.position = position,
			.salt = arena_copy(arena, bytes_of_hash(&vector.salts[position])),
			.value = source->values[i]};
		if (!view.openings[i].salt.data)
			r = RESULT_NO_MEMORY;
	}
	secret_wipe(vector.salts, source->capacity * sizeof vector.salts[0]);
	if (!r)
		*ret_view = view;
	return r;
}

// ---- making --------------------------------------------------------------------------------

// What an entry is made ready from.
struct source {
	uint64_t index;
	const uint8_t *entry;
	bool erased;
	struct vector_view parts;             // empty: none
	const struct stored_content *content; // NULL: none
	bool asks;
	uint64_t sender_head;
	struct vector_view slots; // empty: none
};

static enum result copy_bytes(struct arena *arena, struct bytes *bytes)
{
	*bytes = arena_copy(arena, *bytes);
	return bytes->data ? RESULT_OK : RESULT_NO_MEMORY;
}

static enum result copy_opening(struct arena *arena, struct opening *opening)
{
	enum result r = copy_bytes(arena, &opening->salt);
	return r ? r : copy_bytes(arena, &opening->value);
}

static enum result copy_view(const struct vector_view *view, struct arena *arena,
			     struct vector_view *ret_view)
{
	struct vector_view copy = *view;
	copy.openings = arena_alloc(arena, view->count * sizeof *copy.openings);
	if (!copy.openings)
		return RESULT_NO_MEMORY;
	enum result r = copy_bytes(arena, &copy.commitments);
	for (size_t i = 0; !r && i < view->count; i++) {
		copy.openings[i] = view->openings[i];
		r = copy_opening(arena, &copy.openings[i]);
	}
	if (!r)
		*ret_view = copy;
	return r;
}

static enum result copy_sender(const struct signed_statement *sender, struct arena *arena,
			       struct signed_statement *ret_sender)
{
	*ret_sender = *sender;
	struct bytes *pieces[] = {&ret_sender->statement, &ret_sender->signer, &ret_sender->key_id,
				  &ret_sender->signature};
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < sizeof pieces / sizeof pieces[0]; i++)
		r = copy_bytes(arena, pieces[i]);
	return r;
}

static enum result copy_content(const struct source *source, struct arena *arena,
				struct ready *ready)
{
	const struct stored_content *content = source->content;
	ready->has_content = true;
	ready->asks = source->asks;
	ready->sender_head = source->sender_head;
	ready->verrijking_count = content->verrijking_count;
	ready->verrijkingen =
		arena_alloc(arena, content->verrijking_count * sizeof *ready->verrijkingen);
	if (!ready->verrijkingen)
		return RESULT_NO_MEMORY;
	enum result r = copy_sender(&content->sender, arena, &ready->sender);
	for (size_t i = 0; !r && i < content->verrijking_count; i++) {
		ready->verrijkingen[i] = content->verrijkingen[i];
		r = copy_opening(arena, &ready->verrijkingen[i]);
	}
	return r ? r : copy_view(&source->slots, arena, &ready->slots);
}

static enum result copy_source(const struct source *source, struct arena *arena,
			       struct ready **ret_ready)
{
	struct ready *ready = arena_alloc(arena, sizeof *ready);
	if (!ready)
		return RESULT_NO_MEMORY;
	ready->index = source->index;
	ready->erased = source->erased;
	memcpy(ready->entry, source->entry, ENTRY_LEN);
	enum result r = copy_view(&source->parts, arena, &ready->parts);
	if (!r && source->content)
		r = copy_content(source, arena, ready);
	if (!r)
		*ret_ready = ready;
	return r;
}

// The head and the vector of the slots, of which content holds the makings.
static enum result read_content(const struct core *core, const struct stored_content *content,
				struct arena *arena, struct source *source)
{
	struct statement header;
	enum result r = statement_decode(content->sender.statement, arena, &header);
	if (r)
		return r == RESULT_NO_MEMORY ? r : RESULT_DAMAGED;
	source->content = content;
	// The head of a statement to a predecessor is not compared with this log.
	if (bytes_equal(header.audience_log, bytes_of_text(register_origin(&core->registry))))
		source->sender_head = header.head.size;
	const struct type_handler *handler = type_handler(header.type);
	source->asks = handler && handler->asks;
	if (content->slots.capacity == 0)
		return RESULT_OK;
	const struct vector_source slots = {VECTOR_SLOTS, content->slots.capacity,
					    content->slots.seed, content->slots.rubrieken,
					    content->slots.count};
	return vector_view_make(&slots, arena, &source->slots);
}

// What there is no room for half way is wiped with its generation.
static enum result keep(struct core *core, const struct source *source, struct ready **ret_ready)
{
	struct generation *young = core->ready->young;
	enum result r = copy_source(source, young->arena, ret_ready);
	if (!r)
		young->rows[source->index % ROWS] = *ret_ready;
	return r;
}

static enum result make(struct core *core, uint64_t index, struct arena *arena,
			struct ready **ret_ready)
{
	struct recalled recalled;
	enum result r = recall_entry(core, index, RECALL_TO_DELIVER, arena, &recalled);
	if (r)
		return r;
	struct source source = {.index = index, .entry = recalled.entry, .erased = recalled.erased};
	const struct vector_source parts = {VECTOR_PARTS_LABEL, VECTOR_PARTS, recalled.seed,
					    recalled.part_bytes, recalled.part_count};
	if (recalled.part_count > 0)
		r = vector_view_make(&parts, arena, &source.parts);
	if (!r && recalled.has_content)
		r = read_content(core, &recalled.content, arena, &source);
	if (r)
		return r;
	r = keep(core, &source, ret_ready);
	return r == RESULT_NO_MEMORY ? copy_source(&source, arena, ret_ready) : r;
}

bool ready_class(struct core *core, uint64_t index, enum entry_class *ret_class)
{
	struct entry entry;
	const struct ready *kept = find(core, index);
	if (!kept || entry_decode(bytes_make(kept->entry, ENTRY_LEN), &entry))
		return false;
	*ret_class = entry.class;
	return true;
}

enum result ready_entry(struct core *core, uint64_t index, struct arena *arena,
			const struct ready **ret_ready)
{
	struct ready *made;
	const struct ready *kept = find(core, index);
	enum result r = kept ? RESULT_OK : make(core, index, arena, &made);
	if (!r)
		*ret_ready = kept ? kept : made;
	return r;
}

void ready_offer(struct core *core, uint64_t index, const struct record *record)
{
	struct arena *arena = core->answer_arena;
	struct stored_content content;
	struct ready *made;
	struct source source = {.index = index, .entry = record->encoded, .parts = record->view};
	if (find(core, index)) // which also forgets what was erased, before anything is added
		return;
	enum result r = RESULT_OK;
	if (record->content.len > 0)
		r = stored_content_decode(record->content, arena, &content);
	if (!r && record->content.len > 0)
		r = read_content(core, &content, arena, &source);
	if (!r)
		r = keep(core, &source, &made);
	(void)r; // what is not kept is read when it is asked for
	arena_clear(arena);
}
