// SPDX-License-Identifier: EUPL-1.2
// Acking. Nothing is acked that was not handed over.
#include "lib/shared.h"

#include <string.h>

#define ACK_ITEM_LEN 40

// ---- what the outbox acks already --------------------------------------------------------------

static void acked_by(const struct statement *ack, const char *functie, uint64_t *acked)
{
	if (ack->type != TYPE_ACK ||
	    !bytes_equal(veld_get(ack->velden, ack->veld_count, ACK_FUNCTIE),
			 bytes_of_text(functie)))
		return;
	for (size_t v = 0; v < ack->veld_count; v++) {
		const struct veld *veld = &ack->velden[v];
		if (veld->veld == ACK_ITEM && veld->waarde.len == ACK_ITEM_LEN &&
		    get_u64be(veld->waarde.data) > *acked)
			*acked = get_u64be(veld->waarde.data);
	}
}

enum result acks_find(struct client *client, const char *functie,
		      const struct inbox_position *position, uint64_t *ret_acked)
{
	uint64_t acked = position->acked;
	enum result result = RESULT_OK;
	for (size_t i = 0; result == RESULT_OK && i < client->outbox.count; i++) {
		struct outbox_item *items;
		if (client->outbox.files[i].number < position->outbox_mark)
			continue;
		arena_clear(client->work);
		result = outbox_load(&client->outbox, client->outbox.files[i].number, client->work,
				     &items);
		for (uint32_t n = 0; result == RESULT_OK && n < items[0].count; n++)
			acked_by(&items[n].statement, functie, &acked);
		if (result == RESULT_DAMAGED) // flush reports it
			result = RESULT_OK;
	}
	arena_clear(client->work);
	*ret_acked = acked;
	return result;
}

// ---- acking ------------------------------------------------------------------------------------

// The velden of one statement, from delivery `first` on.
static enum result gather(struct client *client, struct inbox *inbox, uint64_t first,
			  struct velden *ret_velden)
{
	uint64_t left = inbox->position.handed_over + 1 - first;
	size_t count = left < ACK_ITEMS_MAX ? (size_t)left : ACK_ITEMS_MAX;
	struct veld *velden = arena_alloc(client->work, (count + 1) * sizeof *velden);
	uint8_t *items = arena_alloc(client->work, count * ACK_ITEM_LEN);
	if (!velden || !items)
		return RESULT_NO_MEMORY;
	velden[0] = (struct veld){ACK_FUNCTIE, bytes_of_text(inbox->functie)};
	for (size_t i = 0; i < count; i++) {
		const struct delivered *delivered;
		uint8_t *item = items + i * ACK_ITEM_LEN;
		enum result result = inbox_read(inbox, first + i, &delivered);
		if (result != RESULT_OK)
			return result;
		put_u64be(item, first + i);
		memcpy(item + 8, delivered->part_hash.b, sizeof delivered->part_hash.b);
		velden[i + 1] = (struct veld){ACK_ITEM, bytes_make(item, ACK_ITEM_LEN)};
	}
	*ret_velden = (struct velden){velden, count + 1};
	return RESULT_OK;
}

// As many as one file of the outbox may hold, under one signature.
static enum result queue_acks(struct client *client, struct inbox *inbox)
{
	struct velden each[BATCH_MAX];
	size_t count = 0;
	uint64_t acked = inbox->position.acked;
	enum result result = RESULT_OK;
	arena_clear(client->work);
	for (; result == RESULT_OK && acked < inbox->position.handed_over && count < BATCH_MAX;
	     count++) {
		result = gather(client, inbox, acked + 1, &each[count]);
		if (result == RESULT_OK)
			acked += each[count].count - 1;
	}
	if (result == RESULT_OK)
		result = push_together(client, TYPE_ACK, each, count);
	if (result == RESULT_OK)
		inbox_acked(inbox, acked, client->outbox.next);
	arena_clear(client->work);
	return result;
}

// Lets go of what is acked, unless the newest checkpoint lies nowhere else.
static enum result tidy(struct client *client, struct inbox *inbox)
{
	enum result result = RESULT_OK;
	if (client->held.place != HELD_RECEIPTS)
		result = held_save(&client->held, &client->spool);
	return result == RESULT_OK ? inbox_tidy(inbox) : result;
}

enum result client_ack(struct client *client, const char *functie)
{
	struct inbox *inbox;
	uint32_t pause_ms = 0;
	enum result result = client_check_conflict(client);
	if (result == RESULT_OK)
		result = get_inbox(client, functie, &inbox);
	while (result == RESULT_OK && inbox->position.acked < inbox->position.handed_over)
		result = queue_acks(client, inbox);
	if (result != RESULT_OK)
		return result;
	result = flush_type(client, TYPE_ACK, &pause_ms);
	enum result tidied = tidy(client, inbox);
	return result == RESULT_OK ? tidied : result;
}
