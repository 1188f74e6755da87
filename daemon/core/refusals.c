// SPDX-License-Identifier: EUPL-1.2
// `refusals`: what was refused without an entry of its own, per partner, reason and minute, as the
// ticks recorded it: newest tick first. And what is in them is known again after a start.
#include "core/command.h"

#include "base/clock.h"
#include "flow/type.h"

#include <stdio.h>
#include <string.h>

#define START_STEPS_MAX 100000 // entries looked at by a start, which must not take long

static void say_telling(struct buffer *out, uint64_t index, const struct telling *telling)
{
	char line[160], minute[21];
	const char *code = reason_code((enum reason)telling->reden);
	time_format(minute, (int64_t)telling->minuut * MS_PER_MINUTE);
	snprintf(line, sizeof line, "%s %.*s %s %u entry=%llu", minute, (int)telling->oin.len,
		 (const char *)telling->oin.data, code ? code : "unknown", telling->aantal,
		 (unsigned long long)index);
	control_append_text(out, "refusal", line);
}

static enum result say_tick(const struct stretch *stretch)
{
	struct core *core = stretch->core;
	struct recalled recalled = {.part_count = 0};
	enum result r = RESULT_OK;
	if (stretch->entry.class == ENTRY_TICK)
		r = recall_entry(core, stretch->index, RECALL_PARTS, core->command_arena,
				 &recalled);
	for (size_t p = 0; !r && p < recalled.part_count; p++) {
		const struct part *part = &recalled.parts[p];
		for (size_t i = 0; part->kind == PART_TICK && i < part->tick.telling_count; i++)
			say_telling(stretch->out, stretch->index, &part->tick.tellingen[i]);
	}
	return r;
}

void command_refusals(struct core *core, const struct control_message *ask, struct buffer *out)
{
	walk_stretch(core, ask, out, &(const struct stretch_walk){.each = say_tick});
}

// ---- at a start ----------------------------------------------------------------------------

static void count_again(struct core *core, const struct telling *telling)
{
	struct oin oin;
	if (telling->oin.len != OIN_LEN)
		return;
	memcpy(oin.text, telling->oin.data, OIN_LEN);
	oin.text[OIN_LEN] = '\0';
	watch_refused(&core->watch, &oin, (enum reason)telling->reden, telling->aantal,
		      (int64_t)telling->minuut * MS_PER_MINUTE);
}

// A melding that was accepted and put before no convenant.
static bool is_undecided(const struct recalled *entry)
{
	const struct part_verantwoording *v = entry->verantwoording;
	const struct type_handler *handler = v ? type_handler(v->type) : NULL;
	return handler && handler->decided && !v->betreft && !v->has_convenant &&
	       entry->parts[0].kind == PART_SENDER &&
	       entry->parts[0].sender.outcome == OUTCOME_AANVAARD;
}

static enum result count_entry(struct core *core, uint64_t index)
{
	struct recalled recalled;
	enum result r = recall_entry(core, index, RECALL_PARTS, core->command_arena, &recalled);
	core->watch.undecided += !r && is_undecided(&recalled);
	for (size_t p = 0; !r && p < recalled.part_count; p++) {
		const struct part *part = &recalled.parts[p];
		for (size_t i = 0; part->kind == PART_TICK && i < part->tick.telling_count; i++)
			count_again(core, &part->tick.tellingen[i]);
	}
	arena_clear(core->command_arena);
	return r;
}

static enum result read_entry(struct core *core, uint64_t index, struct entry *ret_entry)
{
	uint8_t encoded[ENTRY_LEN];
	enum result r = journal_read(core->journal, index, encoded, NULL, NULL);
	return r ? r : entry_decode(bytes_make(encoded, ENTRY_LEN), ret_entry);
}

enum result core_recall_refusals(struct core *core, int64_t now)
{
	struct entry entry;
	uint64_t size = journal_size(core->journal), from = size;
	int64_t since = now - WATCH_HOURS * MS_PER_HOUR;
	enum result r = RESULT_OK;
	while (!r && from > 0 && size - from < START_STEPS_MAX) {
		r = read_entry(core, from - 1, &entry);
		if (!r && (int64_t)entry.time < since)
			break;
		from--;
	}
	for (uint64_t at = from; !r && at < size; at++) { // the oldest first, as they were counted
		r = read_entry(core, at, &entry);
		bool undecided = entry.class == ENTRY_EVENT && core->convenant_count == 0;
		if (!r && (entry.class == ENTRY_TICK || undecided))
			r = count_entry(core, at);
	}
	return r;
}
