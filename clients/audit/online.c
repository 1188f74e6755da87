// SPDX-License-Identifier: EUPL-1.2
#include "audit/online.h"

#include "audit/audit.h"
#include "tree/tiler.h"

#include <stdlib.h>
#include <string.h>

#define LEVELS (1 + TILE_LEVELS) // the entries come first

// What is left of an answer: tiles of one level, in order.
struct piece {
	struct answer *answer;
	uint64_t tile; // of the next line
	size_t line;
};

struct online {
	struct desk *desk;
	struct desk_head head;
	struct verify_source source;
	struct piece pieces[LEVELS];
	int code;
};

static int ask(struct online *online, int level, uint64_t tile, struct answer **ret_answer)
{
	struct buffer request;
	desk_question(&request, "verify");
	control_append_number(&request, "size", online->head.size);
	if (level >= 0)
		control_append_number(&request, "level", (uint64_t)level);
	control_append_number(&request, "tile", tile);
	return desk_vraag(online->desk, &request, ret_answer);
}

// The next line of it that holds a tile; NULL: none is left.
static const struct control_line *next_line(struct piece *piece)
{
	while (piece->answer && piece->line < piece->answer->message.count) {
		const struct control_line *line = &piece->answer->message.lines[piece->line++];
		if (bytes_equal(line->name, bytes_of_text("tile")))
			return line;
	}
	return NULL;
}

static void drop(struct piece *piece)
{
	answer_free(piece->answer);
	*piece = (struct piece){.answer = NULL};
}

// Those of one level are read in order, or anew from an earlier one on.
static enum result read_tile(void *context, int level, uint64_t tile, unsigned width,
			     struct buffer *ret_tile)
{
	struct online *online = context;
	struct piece *piece = &online->pieces[level + 1];
	const struct control_line *line = NULL;
	(void)width; // that of the tree at the size that is asked for
	if (piece->answer && piece->tile == tile)
		line = next_line(piece);
	if (!line) {
		drop(piece);
		online->code = ask(online, level, tile, &piece->answer);
		if (online->code != DESK_DONE)
			return RESULT_CLOSED;
		line = next_line(piece);
	}
	if (!line)
		return RESULT_NOT_FOUND;
	piece->tile = tile + 1;
	buffer_append(ret_tile, line->value);
	return ret_tile->status == RESULT_TOO_LARGE ? RESULT_TOO_LARGE : RESULT_OK;
}

int online_open(struct desk *desk, struct verify_options *options, struct online **ret_online)
{
	struct online *online = calloc(1, sizeof *online);
	*ret_online = online;
	if (!online)
		return audit_no_memory(desk);
	online->desk = desk;
	int code = desk_head(desk, &online->head);
	if (code != DESK_DONE)
		return code;
	online->source = (struct verify_source){
		.note = buffer_view(&online->head.note),
		.keys = &online->head.keys,
		.tile = read_tile,
		.context = online,
	};
	options->source = &online->source;
	if (!options->genesis_file)
		options->genesis_file = online->head.genesis;
	return DESK_DONE;
}

int online_failed(const struct online *online)
{
	return online ? online->code : DESK_DONE;
}

void online_close(struct online *online)
{
	if (!online)
		return;
	for (size_t i = 0; i < LEVELS; i++)
		drop(&online->pieces[i]);
	desk_head_done(&online->head);
	free(online);
}
