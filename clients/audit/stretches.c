// SPDX-License-Identifier: EUPL-1.2
#include "audit/stretches.h"

#include "base/clock.h"
#include "desk/vraag.h"

#include <stdio.h>

#define DAYS_MAX 36500

static enum result tell_lines(struct desk *desk, const struct stretches *stretches,
			      const struct answer *answer, uint64_t *told)
{
	const struct control_message *message = &answer->message;
	enum result result = RESULT_OK;
	for (size_t i = 0; result == RESULT_OK && i < message->count; i++) {
		const struct stretch_line *line = stretches->lines;
		while (line->name &&
		       !bytes_equal(message->lines[i].name, bytes_of_text(line->name)))
			line++;
		if (!line->name)
			continue;
		result = line->tell(desk, message->lines[i].value);
		++*told;
	}
	return result;
}

// One stretch, below *before (0: from the end of the log); *before is where the next one ends, 0
// when all was read.
static int tell_stretch(struct desk *desk, const struct stretches *stretches, uint64_t *before,
			uint64_t *told)
{
	struct buffer request;
	struct answer *answer;
	desk_question(&request, stretches->command);
	for (const struct stretch_more *more = stretches->more; more && more->name; more++)
		control_append_text(&request, more->name, more->value);
	control_append_text(&request, "since", stretches->since);
	if (*before > 0)
		control_append_number(&request, "before", *before);
	int code = stretches->sealed ? desk_vraag(desk, &request, &answer)
				     : desk_ask(desk, &request, &answer);
	if (code != DESK_DONE)
		return code;
	uint64_t next = 0;
	enum result result = answer_number(answer, "before", &next);
	if (result == RESULT_NOT_FOUND)
		result = RESULT_OK; // all was read
	if (next > 0 && *before > 0 && next >= *before)
		result = RESULT_MALFORMED; // it would never end
	if (result == RESULT_OK)
		result = tell_lines(desk, stretches, answer, told);
	if (result == RESULT_OK && stretches->next)
		answer_text(answer, "volgende", stretches->next, stretches->next_size);
	answer_free(answer);
	*before = next;
	return result == RESULT_OK ? DESK_DONE
				   : desk_odd_answer(desk, "a line that cannot be read");
}

int audit_stretches(struct desk *desk, const struct stretches *stretches, uint64_t *ret_told)
{
	uint64_t before = 0, told = 0;
	int code;
	do
		code = tell_stretch(desk, stretches, &before, &told);
	while (code == DESK_DONE && before > 0);
	*ret_told = told;
	return code;
}

int audit_days(struct desk *desk, uint64_t standard, struct days *ret_days)
{
	struct days days = {.count = standard};
	if (desk->argument_count > 0 &&
	    (number_parse(bytes_of_text(desk->arguments[0]), &days.count) != RESULT_OK ||
	     days.count == 0 || days.count > DAYS_MAX))
		return desk_misused(desk, "DAYS is a number from 1 to %d", DAYS_MAX);
	int64_t from = clock_wall_ms() - (int64_t)days.count * MS_PER_DAY;
	time_format(days.since, from > 0 ? from : 0);
	*ret_days = days;
	return DESK_DONE;
}

bool month_begin(const char *text, bool next, char ret_moment[21])
{
	int year, month, end = 0;
	if (sscanf(text, "%4d-%2d%n", &year, &month, &end) != 2 || text[end] != '\0' ||
	    end != MONTH_LEN || month < 1 || month > 12)
		return false;
	month += next;
	const struct civil_date date = {year + (month > 12), month > 12 ? 1 : month, 1};
	// In Amsterdam the day begins one or two hours before that of UTC.
	int64_t ms = date_to_days(date) * MS_PER_DAY - 2 * MS_PER_HOUR;
	if (date_amsterdam(ms).day != 1)
		ms += MS_PER_HOUR;
	time_format(ret_moment, ms);
	return true;
}
