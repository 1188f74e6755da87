// SPDX-License-Identifier: EUPL-1.2
// Which files there are, and what is in them; outcomes are in outbox_outcome.c.
#include "lib/outbox.h"

#include "lib/client.h"

#include "base/file.h"
#include "crypto/hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEQUENCE_TEXT_MAX 32

struct spool_file outbox_item_file(const struct spool *spool, uint64_t number, bool done)
{
	struct spool_file file = {.kind = SPOOL_ITEM, .number = number, .scope = ""};
	spool_path(spool, file.path, "outbox/%012" PRIu64 "%s", number, done ? ".done" : ".item");
	return file;
}

static struct outbox_file *find_file(const struct outbox *outbox, uint64_t number)
{
	size_t low = 0, high = outbox->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (outbox->files[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	bool found = low < outbox->count && outbox->files[low].number == number;
	return found ? &outbox->files[low] : NULL;
}

static enum result add_file(struct outbox *outbox, uint64_t number, bool done)
{
	if (outbox->count == outbox->room) {
		size_t room = outbox->room ? 2 * outbox->room : 64;
		struct outbox_file *grown = realloc(outbox->files, room * sizeof *grown);
		if (!grown)
			return RESULT_NO_MEMORY;
		outbox->files = grown;
		outbox->room = room;
	}
	outbox->files[outbox->count++] = (struct outbox_file){.number = number, .done = done};
	return RESULT_OK;
}

// ---- reading a file --------------------------------------------------------------------------

static enum result damaged(const struct outbox *outbox, const char *path)
{
	problem_set_file(outbox->spool->problem, path);
	problem_set(outbox->spool->problem, reason_code(REASON_DAMAGED), reason_fix(REASON_DAMAGED),
		    "an item of the outbox cannot be read");
	return RESULT_DAMAGED;
}

// Takes the next length-prefixed piece off `rest`.
static bool take_piece(struct bytes *rest, struct bytes *ret_piece)
{
	if (rest->len < 4 || get_u32be(rest->data) > rest->len - 4)
		return false;
	*ret_piece = bytes_make(rest->data + 4, get_u32be(rest->data));
	*rest = bytes_make(ret_piece->data + ret_piece->len, rest->len - 4 - ret_piece->len);
	return true;
}

static size_t count_pieces(struct bytes rest)
{
	struct bytes piece;
	size_t count = 0;
	while (rest.len > 0 && take_piece(&rest, &piece))
		count++;
	return rest.len == 0 && count <= BATCH_MAX ? count : 0;
}

static enum result decode_items(uint64_t number, struct bytes plain, struct arena *arena,
				struct outbox_item **ret_items)
{
	size_t count = count_pieces(plain);
	struct outbox_item *items = arena_alloc(arena, count * sizeof *items);
	if (!items)
		return RESULT_NO_MEMORY;
	if (count == 0)
		return RESULT_DAMAGED;
	for (size_t i = 0; i < count; i++) {
		struct bytes piece;
		items[i].number = number;
		items[i].position = (uint32_t)i;
		items[i].count = (uint32_t)count;
		if (!take_piece(&plain, &piece) ||
		    stored_content_decode(piece, arena, &items[i].content) != RESULT_OK ||
		    statement_decode(items[i].content.sender.statement, arena,
				     &items[i].statement) != RESULT_OK)
			return RESULT_DAMAGED;
	}
	*ret_items = items;
	return RESULT_OK;
}

enum result outbox_load(const struct outbox *outbox, uint64_t number, struct arena *arena,
			struct outbox_item **ret_items)
{
	const struct outbox_file *known = find_file(outbox, number);
	if (!known)
		return RESULT_NOT_FOUND;
	struct spool_file file = outbox_item_file(outbox->spool, number, known->done);
	struct buffer plain;
	buffer_init(&plain, OUTBOX_FILE_MAX);
	enum result result = spool_read(outbox->spool, &file, &plain);
	if (result == RESULT_OK) {
		struct bytes copy = arena_copy(arena, buffer_view(&plain));
		result =
			copy.data ? decode_items(number, copy, arena, ret_items) : RESULT_NO_MEMORY;
		if (result == RESULT_DAMAGED)
			result = damaged(outbox, file.path);
	}
	buffer_wipe(&plain);
	return result;
}

// ---- opening ---------------------------------------------------------------------------------

static enum result each_item(void *context, uint64_t number)
{
	return add_file(context, number, false);
}

static enum result each_done(void *context, uint64_t number)
{
	return add_file(context, number, true);
}

static int by_number(const void *a, const void *b)
{
	const struct outbox_file *x = a, *y = b;
	return x->number < y->number ? -1 : x->number > y->number;
}

static enum result list_files(struct outbox *outbox)
{
	struct spool_listing items = {"outbox", ".item", each_item, outbox};
	struct spool_listing done = {"outbox", ".done", each_done, outbox};
	outbox->count = 0;
	enum result result = spool_list(outbox->spool, &items);
	if (result == RESULT_OK)
		result = spool_list(outbox->spool, &done);
	if (outbox->count > 0)
		qsort(outbox->files, outbox->count, sizeof *outbox->files, by_number);
	return result;
}

static enum result read_sequence(const struct spool *spool, uint64_t *ret_next)
{
	char path[SPOOL_PATH_MAX];
	struct buffer text;
	spool_path(spool, path, "sequence");
	buffer_init(&text, SEQUENCE_TEXT_MAX);
	enum result result = spool_read_plain(spool, path, SEQUENCE_TEXT_MAX, &text);
	if (result == RESULT_NOT_FOUND) {
		*ret_next = 1;
		return RESULT_OK;
	}
	uint64_t next = 0;
	for (size_t i = 0; result == RESULT_OK && i < text.len && text.data[i] != '\n'; i++) {
		if (text.data[i] < '0' || text.data[i] > '9' || next > UINT64_MAX / 10 - 1)
			result = RESULT_DAMAGED;
		next = next * 10 + (uint64_t)(text.data[i] - '0');
	}
	if (result == RESULT_OK && next == 0)
		result = RESULT_DAMAGED;
	buffer_done(&text);
	if (result == RESULT_OK)
		*ret_next = next;
	return result;
}

// The next number follows from the newest file: it is part of what appeared with it.
static enum result find_next(struct outbox *outbox, struct arena *arena)
{
	enum result result = read_sequence(outbox->spool, &outbox->next);
	if (result != RESULT_OK || outbox->count == 0)
		return result;
	const struct outbox_file *last = &outbox->files[outbox->count - 1];
	struct outbox_item *items;
	uint64_t count = BATCH_MAX;
	result = outbox_load(outbox, last->number, arena, &items);
	if (result == RESULT_OK)
		count = items[0].count;
	// Of a damaged one nobody knows: the numbers it may have used are left out, so that the
	// knooppunt sees that something is missing.
	if (result == RESULT_DAMAGED)
		result = RESULT_OK;
	if (result == RESULT_OK && last->number + count > outbox->next)
		outbox->next = last->number + count;
	return result;
}

enum result outbox_open(struct outbox *outbox, const struct spool *spool,
			const struct log_keys *keys)
{
	struct arena *arena;
	*outbox = (struct outbox){.spool = spool};
	buffer_init(&outbox->note, CHECKPOINT_MAX);
	enum result result = arena_new(4 * OUTBOX_FILE_MAX, &arena);
	if (result != RESULT_OK)
		return result;
	result = list_files(outbox);
	if (result == RESULT_OK)
		result = outbox_load_outcomes(outbox, keys);
	if (result == RESULT_OK)
		result = outbox_refused_load(outbox);
	if (result == RESULT_OK)
		result = find_next(outbox, arena);
	arena_free(arena);
	if (result != RESULT_OK)
		outbox_done(outbox);
	return result;
}

void outbox_done(struct outbox *outbox)
{
	free(outbox->files);
	free(outbox->outcomes);
	free(outbox->tags);
	free(outbox->refused);
	arena_free(outbox->found);
	buffer_done(&outbox->note);
	*outbox = (struct outbox){.spool = outbox->spool};
}

// ---- finding by id ---------------------------------------------------------------------------

static uint64_t tag_of(struct bytes id)
{
	struct hash hash = sha256(id);
	return get_u64be(hash.b);
}

bool slots_same_rubrieken(const struct slots *a, const struct slots *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (!bytes_equal(a->rubrieken[i], b->rubrieken[i]))
			return false;
	}
	return true;
}

// A chain over the rubrieken. It is compared with nothing outside this process.
static uint64_t content_of(const struct slots *slots)
{
	struct hash chain = {{0}};
	for (size_t i = 0; i < slots->count; i++) {
		struct bytes pieces[] = {bytes_make(chain.b, sizeof chain.b), slots->rubrieken[i]};
		chain = sha256_of(pieces, 2);
	}
	return slots->count > 0 ? get_u64be(chain.b) : 0;
}

static enum result add_tag(struct outbox *outbox, const struct outbox_tag *tag)
{
	if (outbox->tag_count == outbox->tag_room) {
		size_t room = outbox->tag_room ? 2 * outbox->tag_room : 64;
		struct outbox_tag *grown = realloc(outbox->tags, room * sizeof *grown);
		if (!grown)
			return RESULT_NO_MEMORY;
		outbox->tags = grown;
		outbox->tag_room = room;
	}
	outbox->tags[outbox->tag_count++] = *tag;
	return RESULT_OK;
}

static enum result tag_all(struct outbox *outbox)
{
	struct arena *arena;
	enum result result = arena_new(4 * OUTBOX_FILE_MAX, &arena);
	if (result != RESULT_OK)
		return result;
	outbox->tag_count = 0;
	outbox->unread = 0;
	for (size_t i = 0; result == RESULT_OK && i < outbox->count; i++) {
		uint64_t number = outbox->files[i].number;
		struct outbox_item *items;
		result = outbox_load(outbox, number, arena, &items);
		for (uint32_t k = 0; result == RESULT_OK && k < items[0].count; k++) {
			struct outbox_tag tag = {.tag = tag_of(items[k].statement.id),
						 .number = number,
						 .content = content_of(&items[k].content.slots),
						 .position = k};
			result = add_tag(outbox, &tag);
		}
		if (result == RESULT_DAMAGED) { // it stays where it is, and has no id any more
			outbox->unread = number;
			result = RESULT_OK;
		}
		arena_clear(arena);
	}
	arena_free(arena);
	outbox->tagged = result == RESULT_OK;
	return result;
}

// The statements of a file, kept until another is searched: those of one file are often asked for
// in a row.
static enum result search_file(struct outbox *outbox, uint64_t number)
{
	if (outbox->found_number == number)
		return RESULT_OK;
	enum result result = RESULT_OK;
	outbox->found_number = 0;
	if (!outbox->found)
		result = arena_new(4 * OUTBOX_FILE_MAX, &outbox->found);
	if (result != RESULT_OK)
		return result;
	arena_clear(outbox->found);
	result = outbox_load(outbox, number, outbox->found, &outbox->found_items);
	if (result == RESULT_OK)
		outbox->found_number = number;
	return result;
}

enum result outbox_find(struct outbox *outbox, struct bytes id, const struct outbox_item **ret_item)
{
	enum result result = outbox->tagged ? RESULT_OK : tag_all(outbox);
	uint64_t tag = tag_of(id);
	for (size_t i = 0; result == RESULT_OK && i < outbox->tag_count; i++) {
		const struct outbox_tag *candidate = &outbox->tags[i];
		if (candidate->tag != tag)
			continue;
		result = search_file(outbox, candidate->number);
		if (result != RESULT_OK)
			return result;
		const struct outbox_item *item = &outbox->found_items[candidate->position];
		if (bytes_equal(item->statement.id, id)) {
			*ret_item = item;
			return RESULT_OK;
		}
	}
	return result == RESULT_OK ? RESULT_NOT_FOUND : result;
}

enum result outbox_find_content(struct outbox *outbox, const struct slots *slots,
				const struct outbox_item **ret_item)
{
	enum result result = outbox->tagged ? RESULT_OK : tag_all(outbox);
	uint64_t content = content_of(slots);
	for (size_t i = 0; result == RESULT_OK && i < outbox->tag_count; i++) {
		const struct outbox_tag *candidate = &outbox->tags[i];
		if (content == 0 || candidate->content != content)
			continue;
		result = search_file(outbox, candidate->number);
		if (result != RESULT_OK)
			return result;
		const struct outbox_item *item = &outbox->found_items[candidate->position];
		if (slots_same_rubrieken(&item->content.slots, slots)) {
			*ret_item = item;
			return RESULT_OK;
		}
	}
	return result == RESULT_OK ? RESULT_NOT_FOUND : result;
}

// ---- adding ----------------------------------------------------------------------------------

static enum result encode_items(const struct stored_content *contents, size_t count,
				struct buffer *out)
{
	for (size_t i = 0; i < count; i++) {
		struct buffer one;
		buffer_init(&one, OUTBOX_FILE_MAX);
		enum result result = stored_content_encode(&contents[i], &one);
		if (result == RESULT_OK) {
			buffer_append_u32be(out, (uint32_t)one.len);
			buffer_append(out, buffer_view(&one));
			result = out->status;
		}
		buffer_wipe(&one);
		if (result != RESULT_OK)
			return result;
	}
	return RESULT_OK;
}

// An I/O error after the rename leaves the file there: taking it away again makes the failure what
// the caller is told it is. What cannot be taken away is found by its id.
static void take_back(struct outbox *outbox, const struct spool_file *file, size_t count)
{
	struct problem kept = *outbox->spool->problem;
	if (spool_has(file->path) && spool_remove(outbox->spool, file->path) != RESULT_OK &&
	    spool_has(file->path)) {
		outbox->tagged = false;
		if (add_file(outbox, file->number, false) == RESULT_OK)
			outbox->next = file->number + count;
	}
	*outbox->spool->problem = kept;
}

static enum result put_tags(struct outbox *outbox, const struct stored_content *contents,
			    size_t count, uint64_t number)
{
	struct arena *arena;
	enum result result = arena_new(8 * STATEMENT_MAX, &arena);
	if (result != RESULT_OK)
		return result;
	for (size_t i = 0; result == RESULT_OK && i < count; i++) {
		struct statement statement;
		arena_clear(arena);
		result = statement_decode(contents[i].sender.statement, arena, &statement);
		struct outbox_tag tag = {.number = number,
					 .content = content_of(&contents[i].slots),
					 .position = (uint32_t)i};
		if (result == RESULT_OK) {
			tag.tag = tag_of(statement.id);
			result = add_tag(outbox, &tag);
		}
	}
	arena_free(arena);
	return result;
}

enum result outbox_put(struct outbox *outbox, const struct stored_content *contents, size_t count)
{
	struct spool_file file = outbox_item_file(outbox->spool, outbox->next, false);
	struct buffer plain;
	buffer_init(&plain, OUTBOX_FILE_MAX);
	enum result result = encode_items(contents, count, &plain);
	if (result == RESULT_OK)
		result = add_file(outbox, file.number, false);
	if (result == RESULT_OK) {
		result = spool_create(outbox->spool, &file, buffer_view(&plain));
		if (result != RESULT_OK) {
			outbox->count--;
			take_back(outbox, &file, count);
		}
	}
	buffer_wipe(&plain);
	if (result != RESULT_OK)
		return result;
	outbox->next += count;
	// The item is safe; without its tags the next search reads them all again.
	if (outbox->tagged && put_tags(outbox, contents, count, file.number) != RESULT_OK)
		outbox->tagged = false;
	return RESULT_OK;
}

// ---- from outside ----------------------------------------------------------------------------

static enum result count_one(void *context, uint64_t number)
{
	uint64_t *count = context;
	(void)number;
	(*count)++;
	return RESULT_OK;
}

enum result client_count_waiting(const char *spool, uint64_t *ret_count)
{
	struct problem problem = {.code = NULL};
	struct spool place = {.lock = -1, .problem = &problem};
	const struct spool_listing listing = {
		.folder = "outbox", .suffix = ".item", .each = count_one, .context = ret_count};
	*ret_count = 0;
	int made = snprintf(place.folder, sizeof place.folder, "%s", spool);
	return made > 0 && (size_t)made < sizeof place.folder ? spool_list(&place, &listing)
							      : RESULT_IO;
}
