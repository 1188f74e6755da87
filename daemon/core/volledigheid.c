// SPDX-License-Identifier: EUPL-1.2
// `completeness`: of each source which sequence numbers never came, as far as its later ones tell.
// Where it stopped before it was done it says "next <source>", with which it is asked again.
//
//   bron <source> <highest number> <how many below it never came>
//   gat <source> <first> <last>       the first of them, at most so many a source
//
// A number that was used twice, or comes late, is none of these: it detects loss, and a gap closes
// when the statement comes after all.
#include "core/command.h"

#include <stdio.h>
#include <string.h>

#define GATEN_MAX 32
#define SOURCES_MAX 256 // of one answer
#define ROOM (CONTROL_MESSAGE_MAX / 2)

static void say_gap(struct buffer *out, const char *source, uint64_t first, uint64_t last)
{
	char line[SOURCE_MAX + 48];
	snprintf(line, sizeof line, "%s %llu %llu", source, (unsigned long long)first,
		 (unsigned long long)last);
	control_append_text(out, "gat", line);
}

static enum result say_source(struct core *core, const struct state_source_row *source,
			      struct buffer *out)
{
	struct state_run run;
	char line[SOURCE_MAX + 72];
	uint64_t last = 0, missing = 0;
	size_t gaps = 0;
	enum result r = RESULT_OK;
	for (uint64_t from = 1; !r; from = run.last + 1) {
		pulse_beat(core->pulse); // and all of a source from one moment
		r = state_next_run(core->state, source->number, from, &run);
		if (r)
			break;
		if (run.first > last + 1) {
			missing += run.first - last - 1;
			if (gaps++ < GATEN_MAX)
				say_gap(out, source->name, last + 1, run.first - 1);
		}
		last = run.last;
		if (last == UINT64_MAX)
			break;
	}
	if (r && r != RESULT_NOT_FOUND)
		return r;
	snprintf(line, sizeof line, "%s %llu %llu", source->name, (unsigned long long)last,
		 (unsigned long long)missing);
	control_append_text(out, "bron", line);
	return RESULT_OK;
}

void command_completeness(struct core *core, const struct control_message *ask, struct buffer *out)
{
	struct bytes after = control_value(ask, "next");
	struct state_source_row source = {.number = 0};
	if (after.len > SOURCE_MAX) {
		say_reason(out, REASON_USAGE, "next is the name of a source");
		return;
	}
	say_ok(core, out);
	enum result r = state_next_source(core->state, after, &source);
	size_t n = 0;
	while (!r) {
		r = say_source(core, &source, out);
		if (!r)
			r = core_breathe(core);
		if (!r && (++n == SOURCES_MAX || out->len > ROOM)) {
			control_append_text(out, "next", source.name);
			return;
		}
		if (!r)
			r = state_next_source(core->state, bytes_of_text(source.name), &source);
	}
	if (r != RESULT_NOT_FOUND)
		say_reason(out, REASON_DAMAGED, "the numbers cannot be read; state is replayed");
}
