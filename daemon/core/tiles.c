// SPDX-License-Identifier: EUPL-1.2
// `verify`: the log itself, for who verifies it from outside without an export: the tiles (C2SP
// tlog-tiles) of one level of the tree of the first `size` entries, from number `tile` on; without
// `level` the entries. So many as go into an answer, in order:
//
//   tile base64:<content of the file>
//
// They are given as they are stored, and whether they are sound is for who asked to find out.
// Entries and hashes tell of nobody.
#include "core/command.h"

#include "tree/tiler.h"

#define LEVEL_ENTRIES (-1)
#define TILE_MAX (TILE_WIDTH * (2 + ENTRY_LEN))
#define LINE_MAX (TILE_MAX * 4 / 3 + 64) // of the answer
_Static_assert(LINE_MAX < ANTWOORD_MAX / 2, "an answer holds a tile");

// Without a value it is `otherwise`. False: it is no number, or one above the highest.
static bool read_number(const struct control_message *ask, const char *name, uint64_t otherwise,
			uint64_t *ret_number)
{
	struct bytes text = control_value(ask, name);
	*ret_number = otherwise;
	return text.len == 0 || number_parse(text, ret_number) == RESULT_OK;
}

static enum result say_tiles(struct core *core, int level, uint64_t tile, uint64_t size,
			     struct buffer *out)
{
	unsigned last_width;
	uint64_t count = tile_count(level, size, &last_width);
	struct buffer content;
	enum result r = RESULT_OK;
	buffer_init(&content, TILE_MAX);
	for (; !r && tile < count && out->len + LINE_MAX < ANTWOORD_MAX; tile++) {
		buffer_clear(&content);
		r = journal_tile(core->journal, level, tile,
				 tile + 1 == count ? last_width : TILE_WIDTH, &content);
		if (!r)
			control_append(out, "tile", buffer_view(&content));
		if (!r)
			r = core_breathe(core);
	}
	buffer_done(&content);
	return r;
}

void command_tiles(struct core *core, const struct control_message *ask, struct buffer *out)
{
	uint64_t size, level, tile;
	if (!read_number(ask, "size", 0, &size) ||
	    !read_number(ask, "level", TILE_LEVELS, &level) ||
	    !read_number(ask, "tile", 0, &tile) || size == 0 ||
	    size > journal_size(core->journal)) {
		say_reason(
			out, REASON_BAD_VALUE,
			"size is a number of entries that this log has, level and tile name what "
			"is asked of it");
		return;
	}
	say_ok(core, out);
	if (say_tiles(core, level < TILE_LEVELS ? (int)level : LEVEL_ENTRIES, tile, size, out))
		say_reason(out, REASON_DAMAGED, "an entry of the log cannot be read");
}
