// SPDX-License-Identifier: EUPL-1.2
// What core and gate tell each other, but for answers: who may connect and by which key of ours,
// where somebody can, and who was refused.
#include "core/core.h"

#include "base/log.h"
#include "flow/doors.h"

#include <string.h>

static void tell_doors(const struct core *core, struct channel *gate)
{
	struct frame_doors doors;
	doors_fill(&core->registry, &doors);
	if (channel_send(gate, bytes_make(&doors, sizeof doors), (struct bytes){0}))
		log_line(LOG_LEVEL_WARNING, "event=gate-behind");
}

static void tell_admitted(const struct core *core, struct channel *gate)
{
	const struct registry *reg = &core->registry;
	struct frame_admit header = {.kind = FRAME_ADMIT};
	struct buffer rows;
	buffer_init(&rows, ADMIT_ROWS_MAX * sizeof(struct admit_row));
	for (size_t i = 0; i < reg->party_count; i++) {
		const struct party *party = &reg->parties[i];
		if (party->is_role)
			continue;
		struct admit_row row = {.oin = party->bundle.oin,
					.revoked = party->until != REGISTER_NEVER};
		memcpy(row.transport, party->bundle.transport, 32);
		buffer_append(&rows, bytes_make(&row, sizeof row));
		header.count++;
	}
	if (channel_send(gate, bytes_make(&header, sizeof header), buffer_view(&rows)))
		log_line(LOG_LEVEL_WARNING, "event=gate-behind");
	buffer_done(&rows);
}

// Doors first: what admits nobody admits nobody by a key that ended.
void core_tell_gate(const struct core *core, struct channel *gate)
{
	tell_doors(core, gate);
	tell_admitted(core, gate);
}

void core_reopen_gate(struct core *core, struct channel *gate)
{
	const uint32_t kind = FRAME_REOPEN;
	core->reopen = false;
	core->served = (struct frame_served){.kind = 0}; // it says so when it is back
	if (channel_send(gate, bytes_make(&kind, sizeof kind), (struct bytes){0}))
		log_line(LOG_LEVEL_WARNING, "event=gate-behind");
}

static bool had_a_key_revoked(const struct registry *reg, const struct oin *oin)
{
	for (size_t i = 0; i < reg->party_count; i++)
		if (reg->parties[i].until != REGISTER_NEVER &&
		    oin_equal(&reg->parties[i].bundle.oin, oin))
			return true;
	return false;
}

// Connections the gate refused. It may be taken over: it can say that a partner whose key was
// revoked used it, but not fill the table with names.
static void take_knocks(struct core *core, struct bytes message)
{
	struct frame_count count;
	if (message.len != sizeof count)
		return;
	memcpy(&count, message.data, sizeof count);
	count.oin.text[OIN_LEN] = '\0';
	bool strangers =
		count.reason == REASON_UNKNOWN_KEY && strcmp(count.oin.text, OIN_NOBODY) == 0;
	bool revoked = count.reason == REASON_REVOKED_KEY &&
		       had_a_key_revoked(&core->registry, &count.oin);
	if (count.count > 0 && (strangers || revoked))
		flow_count(core, &count.oin, (enum reason)count.reason, count.count,
			   time_now(core));
}

void core_take_from_gate(struct core *core, uint32_t kind, struct bytes message)
{
	if (kind == FRAME_COUNT)
		take_knocks(core, message);
	else if (kind == FRAME_SERVED && !doors_take(&core->served, message))
		log_line(LOG_LEVEL_ERROR, "event=gate-broken");
}
