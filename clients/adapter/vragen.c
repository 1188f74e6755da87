// SPDX-License-Identifier: EUPL-1.2
#include "adapter/vragen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX (4 * 1024 * 1024)

static struct kept place(const struct vragen *vragen)
{
	// Files of the quarantine have the same scope, and numbers from 1.
	return (struct kept){.path = vragen->path, .number = 0, .scope = vragen->name};
}

// ---- rows --------------------------------------------------------------------------------------

enum result vragen_note(struct vragen *vragen, const char *id, struct bytes number)
{
	for (size_t i = 0; i < vragen->count; i++) {
		if (strcmp(vragen->rows[i].id, id) == 0)
			return RESULT_OK;
	}
	if (vragen->count == vragen->room) {
		size_t room = vragen->room ? 2 * vragen->room : 16;
		struct vraag *grown = reallocarray(vragen->rows, room, sizeof *vragen->rows);
		if (!grown)
			return RESULT_NO_MEMORY;
		vragen->rows = grown;
		vragen->room = room;
	}
	struct vraag *row = &vragen->rows[vragen->count++];
	snprintf(row->id, sizeof row->id, "%s", id);
	snprintf(row->number, sizeof row->number, "%.*s", (int)number.len,
		 (const char *)number.data);
	vragen->changed = true;
	return RESULT_OK;
}

// RESULT_NOT_FOUND: the outbox does not have it. RESULT_DAMAGED: it may lie in a file that cannot
// be read, or what says how it ended cannot be.
static enum result look_up(struct client *client, const char *id, struct item_status *ret_status)
{
	enum result result = client_item(client, id, ret_status);
	enum result hidden = result == RESULT_NOT_FOUND ? client_unread(client) : RESULT_OK;
	return hidden == RESULT_OK ? result : hidden;
}

enum result vragen_find(const struct vragen *vragen, struct client *client, uint64_t index,
			const struct vraag **ret_vraag)
{
	struct item_status status;
	const char *unread = NULL;
	bool open = false;
	for (size_t i = 0; i < vragen->count; i++) {
		enum result result = look_up(client, vragen->rows[i].id, &status);
		if (result == RESULT_DAMAGED)
			unread = vragen->rows[i].id;
		else if (result != RESULT_OK && result != RESULT_NOT_FOUND)
			return result;
		if (result != RESULT_OK)
			continue;
		*ret_vraag = &vragen->rows[i];
		if (status.state == ITEM_AANVAARD && status.index == index)
			return RESULT_OK;
		open |= status.state == ITEM_OUTBOX;
	}
	if (unread) // asked once more, so that the client says what is damaged
		return look_up(client, unread, &status);
	return open ? RESULT_AGAIN : RESULT_NOT_FOUND;
}

// ---- the file ----------------------------------------------------------------------------------

// One that the outbox does not have was never asked, or too long ago. Of one that lies in a file
// that is damaged nothing is known, so it stays.
static enum result read_line(struct vragen *vragen, struct client *client, struct bytes line)
{
	char id[ID_MAX + 1];
	struct item_status status;
	const uint8_t *space = line.len > 0 ? memchr(line.data, ' ', line.len) : NULL;
	size_t len = space ? (size_t)(space - line.data) : 0;
	if (len == 0 || len > ID_MAX || line.len - len - 1 > REGISTRATIENUMMER_MAX)
		return RESULT_DAMAGED;
	snprintf(id, sizeof id, "%.*s", (int)len, (const char *)line.data);
	enum result result = look_up(client, id, &status);
	if (result == RESULT_NOT_FOUND)
		return RESULT_OK;
	return result == RESULT_OK || result == RESULT_DAMAGED
		       ? vragen_note(vragen, id, bytes_make(space + 1, line.len - len - 1))
		       : result;
}

enum result vragen_open(struct client *client, const char *root, const char *name,
			struct vragen *ret_vragen)
{
	struct vragen vragen = {.count = 0};
	struct buffer text;
	int made = snprintf(vragen.path, sizeof vragen.path, "%s/vragen", root);
	if (made < 0 || (size_t)made >= sizeof vragen.path)
		return RESULT_TOO_LARGE;
	snprintf(vragen.name, sizeof vragen.name, "%s", name);
	const struct kept kept = place(&vragen);
	buffer_init(&text, FILE_MAX);
	enum result result = client_kept(client, &kept, &text);
	for (size_t start = 0, i = 0; result == RESULT_OK && i < text.len; i++) {
		if (text.data[i] != '\n')
			continue;
		result = read_line(&vragen, client, bytes_make(text.data + start, i - start));
		start = i + 1;
	}
	buffer_wipe(&text);
	vragen.changed = false;
	if (result == RESULT_NOT_FOUND)
		result = RESULT_OK;
	if (result == RESULT_OK)
		*ret_vragen = vragen;
	else
		vragen_done(&vragen);
	return result;
}

void vragen_done(struct vragen *vragen)
{
	free(vragen->rows);
	*vragen = (struct vragen){.count = 0};
}

enum result vragen_save(struct vragen *vragen, struct client *client)
{
	struct buffer text;
	const struct kept kept = place(vragen);
	if (!vragen->changed)
		return RESULT_OK;
	buffer_init(&text, FILE_MAX);
	for (size_t i = 0; i < vragen->count; i++)
		buffer_append_format(&text, "%s %s\n", vragen->rows[i].id, vragen->rows[i].number);
	enum result result = text.status;
	if (result == RESULT_OK)
		result = client_keep(client, &kept, buffer_view(&text));
	buffer_wipe(&text);
	vragen->changed = result != RESULT_OK;
	return result;
}
