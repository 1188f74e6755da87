// SPDX-License-Identifier: EUPL-1.2
// `refusals`: what was refused without an entry of its own, per partner, reason and minute, as the
// ticks recorded it: newest tick first. Where it stopped looking before it was done it says "before
// <entry>", with which it is asked again. And what is in them is known again after a start.
#include "core/command.h"

#include "base/clock.h"
#include "flow/type.h"

#include <stdio.h>
#include <string.h>

#define STEPS_MAX 4096 // entries looked at for one answer: core does nothing else meanwhile
#define ROOM (CONTROL_MESSAGE_MAX / 2)
#define START_STEPS_MAX 100000 // entries looked at by a start, which must not take long

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

static enum result count_entry(struct core *core, uint64_t index)
{
	struct recalled recalled;
	enum result r = recall_entry(core, index, RECALL_PARTS, core->command_arena, &recalled);
	const struct part_verantwoording *v = r ? NULL : recalled.verantwoording;
	const struct type_handler *handler = v ? type_handler(v->type) : NULL;
	if (handler && handler->decided && !v->betreft && !v->has_convenant)
		core->watch.undecided++;
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
