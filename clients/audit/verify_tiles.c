// SPDX-License-Identifier: EUPL-1.2
#include "audit/verify_internal.h"

#include <string.h>

static void keep_first(struct finding *finding, const struct finding *next)
{
	if (finding->found)
		return;
	*finding = *next;
	finding->found = true;
}

static enum result report_missing(struct verifier *verifier, const struct finding *where)
{
	char name[TILE_NAME_MAX];
	tile_name(name, where->level, where->tile, where->width);
	verifier->outcome.has_index = true;
	verifier->outcome.index = where->index;
	return verify_report(verifier, name, "missing");
}

static enum result judge_tile(struct verifier *verifier, const struct tile *tile,
			      struct finding *where)
{
	struct bytes got = buffer_view(&verifier->tile), want = tile->hashes;
	if (bytes_equal(got, want))
		return RESULT_OK;
	where->offset = verify_first_difference(got, want);
	where->index += where->offset / sizeof(struct hash);
	if (got.len == want.len) {
		keep_first(tile->level == 0 ? &verifier->leaf : &verifier->node, where);
		return RESULT_OK;
	}
	where->what = got.len < want.len ? "truncated" : "longer than its hashes";
	return verify_report_finding(verifier, where);
}

// A tile against what the entries make of it.
static enum result compare_tile(void *context, const struct tile *tile)
{
	struct verifier *verifier = context;
	struct finding where = {
		.level = (int)tile->level,
		.tile = tile->index,
		.width = tile->width,
		.index = tile->index * TILE_WIDTH,
		.what = "the hash is not that of the entries, which lead to the signed root",
	};
	enum result result = verify_read_tile(verifier, &where, TILE_BYTES, &verifier->tile);
	if (result == RESULT_NOT_FOUND)
		return report_missing(verifier, &where);
	if (result == RESULT_TOO_LARGE) {
		where.offset = tile->hashes.len;
		where.what = "longer than its hashes";
		return verify_report_finding(verifier, &where);
	}
	return result == RESULT_OK ? judge_tile(verifier, tile, &where) : result;
}

// True when a hash tile could be read that says which leaf belongs at `position`, and it is
// another.
static bool is_other_leaf(const struct verifier *verifier, size_t position, struct bytes entry)
{
	struct hash leaf = tree_leaf(entry);
	const struct buffer *tile = &verifier->tile;
	return (position + 1) * sizeof leaf <= tile->len &&
	       memcmp(tile->data + position * sizeof leaf, leaf.b, sizeof leaf) != 0;
}

// A bundle that is too short or too long: cut off, or an entry was taken out or put in. The first
// entry that is not the one its hash tile names is where; else the end.
static enum result report_length(struct verifier *verifier, struct finding *where)
{
	const struct finding hashes = {.level = 0, .tile = where->tile, .width = where->width};
	struct bytes rest = buffer_view(&verifier->file), entry;
	bool is_short = rest.len < (size_t)where->width * ENTRY_IN_BUNDLE;
	where->what = is_short ? "truncated, or an entry is missing"
			       : "longer than its entries, or one was put in";
	if (verify_read_tile(verifier, &hashes, TILE_BYTES, &verifier->tile) != RESULT_OK)
		buffer_clear(&verifier->tile);
	size_t i = 0;
	while (i < where->width && bundle_next_entry(&rest, &entry) == RESULT_OK &&
	       !is_other_leaf(verifier, i, entry)) {
		where->offset = (uint64_t)(rest.data - verifier->file.data);
		i++;
	}
	bool cut_off = is_short && verifier->file.len - where->offset < ENTRY_IN_BUNDLE;
	if (cut_off)
		where->offset = verifier->file.len;
	where->index += i;
	return verify_report_finding(verifier, where);
}

static enum result read_bundle(struct verifier *verifier, struct finding *where)
{
	size_t want = (size_t)where->width * ENTRY_IN_BUNDLE;
	// A little more than allowed, to find the entry that was put in.
	enum result result =
		verify_read_tile(verifier, where, want + ENTRY_IN_BUNDLE, &verifier->file);
	if (result == RESULT_NOT_FOUND)
		return report_missing(verifier, where);
	if (result == RESULT_TOO_LARGE) {
		where->offset = want;
		where->what = "longer than its entries";
		return verify_report_finding(verifier, where);
	}
	if (result != RESULT_OK)
		return result;
	return verifier->file.len == want ? RESULT_OK : report_length(verifier, where);
}

static enum result take_entry(struct verifier *verifier, struct bytes entry,
			      const struct finding *where)
{
	struct hash leaf = tree_leaf(entry);
	enum entry_flaw flaw = ENTRY_FITS;
	if (!verifier->misfit.found)
		flaw = entry_chain_add(&verifier->chain, entry, &leaf);
	if (flaw != ENTRY_FITS) {
		struct finding misfit = *where;
		misfit.offset += 2 + entry_flaw_offset(flaw);
		misfit.what = entry_flaw_text(flaw);
		keep_first(&verifier->misfit, &misfit);
	}
	enum result result = verify_shown(verifier, where->index, &leaf);
	if (result == RESULT_OK)
		result = verify_herstel(verifier, where->index);
	if (result == RESULT_OK)
		result = tiler_add(&verifier->tiler, &leaf);
	verify_mark(&verifier->last, &verifier->tiler.frontier);
	verify_mark(&verifier->kept, &verifier->tiler.frontier);
	if (verifier->edge_size > 0 && verifier->tiler.frontier.size == verifier->edge_size) {
		struct hash root = frontier_root(&verifier->tiler.frontier);
		verifier->edge_differs = !hash_equal(&root, &verifier->edge);
	}
	verifier->outcome.read++;
	return result;
}

// All entries have one length, so a length that differs is the first wrong byte itself.
static enum result check_length(struct verifier *verifier, const uint8_t *at, struct finding *where)
{
	static const uint8_t want[2] = {ENTRY_LEN >> 8, ENTRY_LEN & 0xff};
	if (memcmp(at, want, sizeof want) == 0)
		return RESULT_OK;
	where->offset += at[0] == want[0];
	where->what = "the length before the entry is not that of an entry";
	return verify_report_finding(verifier, where);
}

static enum result take_bundle(struct verifier *verifier, struct finding *where)
{
	enum result result = read_bundle(verifier, where);
	for (unsigned i = 0; i < where->width && result == RESULT_OK; i++) {
		where->offset = (uint64_t)i * ENTRY_IN_BUNDLE;
		const uint8_t *at = verifier->file.data + where->offset;
		result = check_length(verifier, at, where);
		if (result == RESULT_OK)
			result = take_entry(verifier, bytes_make(at + 2, ENTRY_LEN), where);
		where->index++;
	}
	return result;
}

void verify_mark(struct seen *seen, const struct frontier *frontier)
{
	if (seen->has && frontier->size == seen->checkpoint.size)
		seen->root = frontier_root(frontier);
}

static enum result begin(struct verifier *verifier)
{
	entry_chain_init(&verifier->chain);
	tiler_init(&verifier->tiler, compare_tile, verifier);
	verify_mark(&verifier->last, &verifier->tiler.frontier);
	verify_mark(&verifier->kept, &verifier->tiler.frontier);
	return verifier->from.size > 0 ? verify_resume(verifier) : RESULT_OK;
}

// Between two bundles: tells how far it is, keeps it, and stops when that was asked.
static enum result between_bundles(struct verifier *verifier)
{
	const struct verify_options *options = verifier->options;
	uint64_t done = verifier->tiler.frontier.size, all = verifier->checkpoint.size;
	bool stop = options->stop && *options->stop != 0 && done < all;
	if (options->progress)
		options->progress(options->progress_context, done, all);
	enum result result = RESULT_OK;
	if (done < all && (stop || done % VERIFY_KEEP_EVERY == 0))
		result = verify_state_keep(verifier);
	return result == RESULT_OK && stop ? RESULT_AGAIN : result;
}

enum result verify_tiles(struct verifier *verifier)
{
	unsigned last_width;
	uint64_t count = tile_count(LEVEL_ENTRIES, verifier->checkpoint.size, &last_width);
	enum result result = begin(verifier);
	uint64_t tile = verifier->from.size / TILE_WIDTH;
	for (; tile < count && result == RESULT_OK; tile++) {
		struct finding where = {
			.level = LEVEL_ENTRIES,
			.tile = tile,
			.width = tile + 1 == count ? last_width : TILE_WIDTH,
			.index = tile * TILE_WIDTH,
		};
		result = take_bundle(verifier, &where);
		if (result == RESULT_OK)
			result = between_bundles(verifier);
	}
	return result == RESULT_OK ? tiler_finish(&verifier->tiler) : result;
}
