// SPDX-License-Identifier: EUPL-1.2
// `refusals`: what was refused without an entry of its own, per partner, reason and minute, as the
// ticks recorded it: newest tick first. Where it stopped looking before it was done it says "before
// <entry>", with which it is asked again.
#include "core/command.h"

#include "base/clock.h"

#include <stdio.h>

#define STEPS_MAX 4096 // entries looked at for one answer: core does nothing else meanwhile
#define ROOM (CONTROL_MESSAGE_MAX / 2)

struct search {
	struct core *core;
	struct buffer *out;
	int64_t since;
	uint64_t before; // index: what is left to look at lies below
	size_t steps;
};

static bool may_go_on(const struct search *search)
{
	return search->before > 0 && search->steps < STEPS_MAX && search->out->len < ROOM;
}

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

static enum result say_tick(const struct search *search)
{
	struct core *core = search->core;
	struct recalled recalled;
	enum result r =
		recall_entry(core, search->before, RECALL_PARTS, core->command_arena, &recalled);
	for (size_t p = 0; !r && p < recalled.part_count; p++) {
		const struct part *part = &recalled.parts[p];
		for (size_t i = 0; part->kind == PART_TICK && i < part->tick.telling_count; i++)
			say_telling(search->out, search->before, &part->tick.tellingen[i]);
	}
	arena_clear(core->command_arena);
	return r;
}

// One entry further back; before = 0 once it is older than was asked for.
static enum result look_back(struct search *search)
{
	uint8_t encoded[ENTRY_LEN];
	struct entry entry;
	search->before--;
	search->steps++;
	enum result r = journal_read(search->core->journal, search->before, encoded, NULL, NULL);
	if (!r)
		r = entry_decode(bytes_make(encoded, ENTRY_LEN), &entry);
	if (!r && (int64_t)entry.time < search->since)
		search->before = 0;
	else if (!r && entry.class == ENTRY_TICK)
		r = say_tick(search);
	return r;
}

void command_refusals(struct core *core, const struct control_message *ask, struct buffer *out)
{
	struct search search = {.core = core, .out = out, .before = core->checkpoint.size};
	if (!read_stretch(ask, &search.since, &search.before, out))
		return;
	say_ok(core, out);
	enum result r = RESULT_OK;
	while (!r && may_go_on(&search))
		r = look_back(&search);
	if (r)
		say_reason(out, REASON_DAMAGED, "a tick of the log cannot be read");
	else if (search.before > 0)
		control_append_number(out, "before", search.before);
}
