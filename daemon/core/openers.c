// SPDX-License-Identifier: EUPL-1.2
// What core tells the openers: whose statements they open, and by which keys of ours.
#include "core/core.h"

#include "base/log.h"

#include <string.h>

static struct party_row party_row_of(const struct party *party)
{
	struct party_row row = {.oin = party->bundle.oin,
				.identity_id = party->identity_id,
				.sealing_id = party->sealing_id,
				.revoked = party->until != REGISTER_NEVER};
	memcpy(row.identity, party->bundle.identity, 32);
	memcpy(row.sealing, party->bundle.sealing, 32);
	return row;
}

// The newest, where there are more in force than fit.
static void add_receive_keys(const struct registry *reg, struct frame_parties *header)
{
	for (size_t i = reg->house_key_count; i-- > 0;) {
		const struct house_key *key = &reg->house_keys[i];
		if (key->use == HOUSE_RECEIVE && key->until == REGISTER_NEVER &&
		    header->receive_count < RECEIVE_KEYS_MAX)
			header->receive[header->receive_count++] = key->id;
	}
}

_Static_assert(LATER_LOGS_MAX == REGISTER_HERSTEL_MAX, "all of them fit");

static enum result tell(const struct registry *reg, struct channel *channel)
{
	struct frame_parties header = {.kind = FRAME_PARTIES, .house = reg->genesis.house};
	struct buffer rows;
	memcpy(header.origin, reg->genesis.origin, sizeof header.origin);
	for (size_t i = 0; i < reg->herstel_count; i++)
		memcpy(header.later[i], reg->herstel[i].origin, sizeof header.later[i]);
	header.later_count = (uint32_t)reg->herstel_count;
	add_receive_keys(reg, &header);
	buffer_init(&rows, PARTY_ROWS_MAX * sizeof(struct party_row));
	for (size_t i = 0; i < reg->party_count; i++) {
		if (reg->parties[i].is_role)
			continue;
		struct party_row row = party_row_of(&reg->parties[i]);
		buffer_append(&rows, bytes_make(&row, sizeof row));
		header.count++;
	}
	enum result r = rows.status ? rows.status
				    : channel_send(channel, bytes_make(&header, sizeof header),
						   buffer_view(&rows));
	buffer_done(&rows);
	return r;
}

void core_tell_opener(const struct core *core, struct told_opener *opener)
{
	// Whoever does not read, as that of partners that are apart seldom runs, is owed the newest
	// list, and not all of them.
	opener->behind = opener->channel.queued > 0;
	if (opener->behind)
		return;
	enum result r = tell(&core->registry, &opener->channel);
	opener->behind = r != RESULT_OK;
	if (r)
		log_line(LOG_LEVEL_WARNING, "event=opener-behind opener=%d result=\"%s\"",
			 opener->number, result_name(r));
}

void core_turn_opener(const struct core *core, struct told_opener *opener)
{
	if (opener->behind && channel_flush(&opener->channel) == RESULT_OK)
		core_tell_opener(core, opener);
}
