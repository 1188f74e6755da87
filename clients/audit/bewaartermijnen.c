// SPDX-License-Identifier: EUPL-1.2
// What is kept and until when, what is past its term, and what was destroyed, with the entries that
// prove it. The daemon counts and goes back through its log, a stretch an answer.
#include "audit/audit.h"

#include "audit/stretches.h"
#include "base/clock.h"
#include "desk/answer.h"

#include <string.h>

// ---- what is kept --------------------------------------------------------------------------

static const char *const counts[] = {
	"bewaard",        "verlopen", "verantwoord", "verantwoord-verlopen",
	"zonder-termijn", "verloopt", "gehouden",    "vragen"};
#define COUNTS (sizeof counts / sizeof counts[0])

static const char *const meanings[COUNTS] = {
	"meldingen are kept, content and account",
	"of these are past their term: the content goes with the next ticks",
	"meldingen have lost their content; who got what is kept",
	"of these are past their term: what accounts for them goes with the next ticks",
	"have no term (casussen, meldingen without a convenant): only an order ends them",
	"meldingen lose their content in the days that were asked",
	"meldingen are past their term and kept by a vernietigingsstop",
	"questions and requests of the privacybureau are on record"};

static void tell_late(struct desk *desk, const struct answer *answer, uint64_t *late)
{
	for (size_t i = 0; i < answer->message.count; i++) {
		const struct control_line *line = &answer->message.lines[i];
		struct bytes rest = line->value, entry;
		uint64_t index, ms;
		char moment[21];
		if (!bytes_equal(line->name, bytes_of_text("te-laat")) ||
		    !word_take(&rest, &entry) || number_parse(entry, &index) != RESULT_OK ||
		    number_parse(rest, &ms) != RESULT_OK)
			continue;
		time_format(moment, (int64_t)ms);
		++*late;
		if (!desk->json) {
			desk_say(desk, "entry %llu was to go at %s and is there",
				 (unsigned long long)index, moment);
			continue;
		}
		struct desk_line out;
		desk_line_begin(&out);
		json_out_add_number(&out.out, "te_laat", index);
		json_out_add_text(&out.out, "termijn", moment);
		desk_line_end(desk, &out);
	}
}

static int ask_counts(struct desk *desk, uint64_t days, uint64_t sums[COUNTS], uint64_t *late)
{
	uint64_t next = 0;
	do {
		struct buffer request;
		struct answer *answer;
		desk_question(&request, "terms");
		control_append_number(&request, "days", days);
		control_append_number(&request, "next", next);
		int code = desk_ask(desk, &request, &answer);
		if (code != DESK_DONE)
			return code;
		enum result result = RESULT_OK;
		for (size_t i = 0; result == RESULT_OK && i < COUNTS; i++) {
			uint64_t count = 0;
			result = answer_number(answer, counts[i], &count);
			sums[i] += count;
		}
		uint64_t before = next;
		next = 0;
		if (result == RESULT_OK && answer_number(answer, "next", &next) == RESULT_OK &&
		    next <= before)
			result = RESULT_MALFORMED; // it would never end
		if (result == RESULT_OK)
			tell_late(desk, answer, late);
		answer_free(answer);
		if (result != RESULT_OK)
			return desk_odd_answer(desk, "terms without their counts");
	} while (next > 0);
	return DESK_DONE;
}

static void tell_counts(struct desk *desk, uint64_t days, const uint64_t sums[COUNTS])
{
	struct desk_line line;
	if (!desk->json) {
		for (size_t i = 0; i < COUNTS; i++)
			desk_say(desk, "%8llu %s", (unsigned long long)sums[i], meanings[i]);
		return;
	}
	desk_line_begin(&line);
	json_out_add_number(&line.out, "dagen", days);
	for (size_t i = 0; i < COUNTS; i++)
		json_out_add_number(&line.out, counts[i], sums[i]);
	desk_line_end(desk, &line);
}

// ---- what went -----------------------------------------------------------------------------

// "<time> <entry> <inhoud|verantwoording> <meldingen> <sleutels> <1 or 0> <grond>"
static enum result tell_gone(struct desk *desk, struct bytes rest)
{
	struct bytes time, entry, what, meldingen, keys, done;
	uint64_t index, count, slots;
	if (!word_take(&rest, &time) || !word_take(&rest, &entry) || !word_take(&rest, &what) ||
	    !word_take(&rest, &meldingen) || !word_take(&rest, &keys) || !word_take(&rest, &done) ||
	    number_parse(entry, &index) || number_parse(meldingen, &count) ||
	    number_parse(keys, &slots))
		return RESULT_MALFORMED;
	bool is_done = bytes_equal(done, bytes_of_text("1"));
	if (!desk->json) {
		desk_say(desk, "%.*s  entry %llu  %.*s of %llu meldingen, %llu keys, %s: %.*s",
			 (int)time.len, (const char *)time.data, (unsigned long long)index,
			 (int)what.len, (const char *)what.data, (unsigned long long)count,
			 (unsigned long long)slots, is_done ? "done" : "begun", (int)rest.len,
			 (const char *)rest.data);
		return RESULT_OK;
	}
	struct desk_line line;
	desk_line_begin(&line);
	json_out_add_bytes(&line.out, "vernietigd", what);
	json_out_add_bytes(&line.out, "op", time);
	json_out_add_number(&line.out, "entry", index);
	json_out_add_number(&line.out, "meldingen", count);
	json_out_add_number(&line.out, "sleutels", slots);
	json_out_add_bool(&line.out, "klaar", is_done);
	json_out_add_bytes(&line.out, "grond", rest);
	desk_line_end(desk, &line);
	return RESULT_OK;
}

static const struct stretch_line lines[] = {{"vernietigd", tell_gone}, {NULL, NULL}};

int audit_bewaartermijnen(struct desk *desk)
{
	uint64_t sums[COUNTS] = {0}, told = 0, late = 0;
	struct days days;
	int code = audit_days(desk, 30, &days);
	if (code == DESK_DONE)
		code = ask_counts(desk, days.count, sums, &late);
	if (code != DESK_DONE)
		return code;
	tell_counts(desk, days.count, sums);
	const struct stretches stretches = {
		.command = "erasures", .since = days.since, .lines = lines};
	code = audit_stretches(desk, &stretches, &told);
	return code == DESK_DONE && late > 0 ? DESK_NO : code;
}
