// SPDX-License-Identifier: EUPL-1.2
// What core and gate tell each other, but for answers: who may connect and by which key of ours,
// where somebody can, and who was refused.
#include "core/core.h"

#include "base/clock.h"
#include "base/log.h"
#include "flow/doors.h"

#include <string.h>

#define REOPEN_FIRST_MS MS_PER_MINUTE
#define REOPEN_LAST_MS MS_PER_HOUR

static enum result tell_doors(const struct core *core, struct channel *gate)
{
	struct frame_doors doors;
	doors_fill(&core->registry, &doors);
	return channel_send(gate, bytes_make(&doors, sizeof doors), (struct bytes){0});
}

static enum result tell_admitted(const struct core *core, struct channel *gate)
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
	enum result r = rows.status ? rows.status
				    : channel_send(gate, bytes_make(&header, sizeof header),
						   buffer_view(&rows));
	buffer_done(&rows);
	return r;
}

// Doors first: what admits nobody admits nobody by a key that ended.
void core_tell_gate(struct core *core, struct channel *gate)
{
	enum result r = tell_doors(core, gate);
	if (!r)
		r = tell_admitted(core, gate);
	core->gate_behind = r != RESULT_OK;
	if (r)
		log_line(LOG_LEVEL_WARNING, "event=gate-behind result=\"%s\"", result_name(r));
}

static void reopen(struct core *core, struct channel *gate, bool due)
{
	const uint32_t kind = FRAME_REOPEN;
	if (channel_send(gate, bytes_make(&kind, sizeof kind), (struct bytes){0}))
		return; // at the next turn, then
	if (due)
		core->reopen_pause *= 2;
	if (core->reopen_pause > REOPEN_LAST_MS)
		core->reopen_pause = REOPEN_LAST_MS;
	core->reopen = false;
	core->reopen_at = 0;
	core->served = (struct frame_served){.kind = 0}; // it says so when it is back
}

void core_turn_gate(struct core *core, struct channel *gate, int64_t monotonic_ms)
{
	bool due = core->reopen_at && monotonic_ms >= core->reopen_at;
	if (core->gate_behind && gate->queued == 0)
		core_tell_gate(core, gate);
	if (core->reopen || due)
		reopen(core, gate, due);
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

static void take_served(struct core *core, struct bytes message)
{
	if (!doors_take(&core->served, message)) {
		log_line(LOG_LEVEL_ERROR, "event=gate-broken");
		return;
	}
	if (core->served.closed == 0)
		core->reopen_at = core->reopen_pause = 0;
	else if (core->reopen_pause == 0)
		core->reopen_pause = REOPEN_FIRST_MS;
	if (core->served.closed > 0 && core->reopen_at == 0)
		core->reopen_at = clock_monotonic_ms() + core->reopen_pause;
}

void core_take_from_gate(struct core *core, uint32_t kind, struct bytes message)
{
	if (kind == FRAME_COUNT)
		take_knocks(core, message);
	else if (kind == FRAME_SERVED)
		take_served(core, message);
}
