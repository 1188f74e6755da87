// SPDX-License-Identifier: EUPL-1.2
#include "gate/links.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_STEP 256
#define WORD_LATE_MS 1000 // the gate takes in what libzmq tells at each turn

enum link_state { LINK_CLOSED, LINK_SILENT, LINK_USED };

struct link {
	enum link_state state;
	struct oin oin;
	int64_t at; // accepted, or used last
};

struct links {
	struct link *rows; // by descriptor
	size_t room;
	size_t silent, open; // how many are
	size_t most;         // were, since links_fell()
};

enum result links_new(struct links **ret_links)
{
	struct links *links = calloc(1, sizeof *links);
	if (!links)
		return RESULT_NO_MEMORY;
	*ret_links = links;
	return RESULT_OK;
}

void links_free(struct links *links)
{
	if (links)
		free(links->rows);
	free(links);
}

static struct link *link_at(struct links *links, int fd)
{
	return fd >= 0 && (size_t)fd < links->room ? &links->rows[fd] : NULL;
}

static enum result make_room(struct links *links, int fd)
{
	if (fd < 0)
		return RESULT_INTERNAL;
	if ((size_t)fd < links->room)
		return RESULT_OK;
	size_t room = ((size_t)fd / ROOM_STEP + 1) * ROOM_STEP;
	struct link *rows = realloc(links->rows, room * sizeof *rows);
	if (!rows)
		return RESULT_NO_MEMORY;
	memset(rows + links->room, 0, (room - links->room) * sizeof *rows);
	links->rows = rows;
	links->room = room;
	return RESULT_OK;
}

static void set_state(struct links *links, struct link *link, enum link_state state)
{
	links->silent -= link->state == LINK_SILENT;
	links->silent += state == LINK_SILENT;
	links->open -= link->state != LINK_CLOSED;
	links->open += state != LINK_CLOSED;
	links->most = links->open > links->most ? links->open : links->most;
	link->state = state;
}

enum result links_opened(struct links *links, int fd, int64_t now)
{
	enum result result = make_room(links, fd);
	if (result != RESULT_OK)
		return result;
	struct link *link = link_at(links, fd);
	// Its first frame may be here a moment before the word that it is open; and a frame read
	// after the end of its connection was of whoever had this descriptor before.
	if (link->state == LINK_USED && now - link->at < WORD_LATE_MS)
		return RESULT_OK;
	set_state(links, link, LINK_SILENT);
	link->at = now;
	return RESULT_OK;
}

void links_closed(struct links *links, int fd)
{
	struct link *link = link_at(links, fd);
	if (link)
		set_state(links, link, LINK_CLOSED);
}

// The one of a partner that was not used for longest, when there are too many.
static int too_many(struct links *links, const struct oin *oin)
{
	struct link *oldest = NULL;
	size_t count = 0;
	for (size_t i = 0; i < links->room; i++) {
		struct link *link = &links->rows[i];
		if (link->state != LINK_USED || !oin_equal(&link->oin, oin))
			continue;
		count++;
		if (!oldest || link->at < oldest->at)
			oldest = link;
	}
	if (count <= LINKS_PER_PARTNER)
		return LINKS_NONE;
	set_state(links, oldest, LINK_CLOSED);
	return (int)(oldest - links->rows);
}

int links_used(struct links *links, int fd, const struct oin *oin, int64_t now)
{
	if (make_room(links, fd) != RESULT_OK)
		return LINKS_NONE;
	struct link *link = link_at(links, fd);
	bool known = link->state == LINK_USED && oin_equal(&link->oin, oin);
	set_state(links, link, LINK_USED);
	link->oin = *oin;
	link->at = now;
	return known ? LINKS_NONE : too_many(links, oin);
}

bool links_fell(struct links *links)
{
	bool fell = links->open < links->most / 2;
	if (fell)
		links->most = links->open;
	return fell;
}

int links_next_silent(struct links *links, int64_t now)
{
	for (size_t i = 0; links->silent > 0 && i < links->room; i++) {
		struct link *link = &links->rows[i];
		if (link->state != LINK_SILENT || now - link->at < LINKS_SILENT_MS)
			continue;
		set_state(links, link, LINK_CLOSED);
		return (int)i;
	}
	return LINKS_NONE;
}
