// SPDX-License-Identifier: EUPL-1.2
// Questions that go back through the log, a stretch an answer.
#include "core/command.h"

#include "base/clock.h"

#define STEPS_MAX 4096 // entries looked at for one answer
#define STEPS_MIN 64   // and so many even where each takes long
#define STRETCH_MS 40  // after which others have their turn, in core itself
#define ROOM (ANTWOORD_MAX / 2)

bool read_stretch(const struct control_message *ask, int64_t *since, uint64_t *before,
		  struct buffer *out)
{
	struct bytes from = control_value(ask, "since"), to = control_value(ask, "before");
	uint64_t number = *before;
	enum result r = from.data ? time_parse(from, since) : RESULT_OK;
	if (!r && to.data)
		r = number_parse(to, &number);
	if (r) {
		say_reason(out, REASON_USAGE, "since is a time and before the number of an entry");
		return false;
	}
	if (number < *before)
		*before = number;
	return true;
}

// One entry further back; *before = 0 once it is older than was asked for.
static enum result look_back(struct stretch *stretch, uint64_t *before,
			     enum result (*each)(const struct stretch *stretch))
{
	uint8_t encoded[ENTRY_LEN];
	stretch->index = --*before;
	enum result r = journal_read(stretch->core->journal, stretch->index, encoded, NULL, NULL);
	if (!r)
		r = entry_decode(bytes_make(encoded, ENTRY_LEN), &stretch->entry);
	if (r)
		return r;
	if ((int64_t)stretch->entry.time < stretch->since) {
		*before = 0;
		return RESULT_OK;
	}
	r = each(stretch);
	arena_clear(stretch->core->command_arena);
	return r ? r : core_breathe(stretch->core);
}

bool walk_stretch(struct core *core, const struct control_message *ask, struct buffer *out,
		  const struct stretch_walk *walk)
{
	struct stretch stretch = {
		.core = core, .ask = ask, .context = walk->context, .out = out, .until = INT64_MAX};
	struct bytes to = control_value(ask, "until");
	uint64_t before = core->checkpoint.size;
	if (!read_stretch(ask, &stretch.since, &before, out))
		return false;
	if (to.data && time_parse(to, &stretch.until)) {
		say_reason(out, REASON_USAGE, "until is a time");
		return false;
	}
	say_ok(core, out);
	if (walk->begin && !control_value(ask, "before").data)
		walk->begin(core, out);
	enum result r = RESULT_OK;
	int64_t end = clock_monotonic_ms() + STRETCH_MS;
	for (size_t n = 0; !r && before > 0 && n < STEPS_MAX && out->len < ROOM; n++) {
		if (!core->reader && n >= STEPS_MIN && clock_monotonic_ms() >= end)
			break;
		r = look_back(&stretch, &before, walk->each);
	}
	if (r)
		say_reason(out, REASON_DAMAGED, "an entry of the log cannot be read");
	else if (before > 0)
		control_append_number(out, "before", before);
	return !r;
}
