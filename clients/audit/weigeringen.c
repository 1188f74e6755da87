// SPDX-License-Identifier: EUPL-1.2
// What was refused without an entry of its own, per minute, partner and reason: the daemon reads it
// back from the ticks of its log, a stretch of the log an answer.
#include "audit/audit.h"

#include "audit/stretches.h"
#include "desk/answer.h"
#include "melding/reason.h"

#include <string.h>

#define ENTRY_WORD "entry="

// "<minute> <oin> <reason> <count> entry=<index>"
struct refusal_line {
	struct bytes minute, oin, reason;
	uint64_t count, index;
};

static enum result read_line(struct bytes rest, struct refusal_line *ret_line)
{
	struct bytes count, entry;
	size_t skip = sizeof ENTRY_WORD - 1;
	if (!word_take(&rest, &ret_line->minute) || !word_take(&rest, &ret_line->oin) ||
	    !word_take(&rest, &ret_line->reason) || !word_take(&rest, &count) ||
	    !word_take(&rest, &entry) || entry.len <= skip ||
	    memcmp(entry.data, ENTRY_WORD, skip) != 0)
		return RESULT_MALFORMED;
	enum result result = number_parse(count, &ret_line->count);
	return result ? result
		      : number_parse(bytes_make(entry.data + skip, entry.len - skip),
				     &ret_line->index);
}

static enum result tell_line(struct desk *desk, struct bytes value)
{
	struct refusal_line refusal;
	struct desk_line line;
	enum result result = read_line(value, &refusal);
	if (result != RESULT_OK)
		return result;
	if (!desk->json) {
		struct bytes oin = desk_refused_oin(refusal.oin);
		desk_say(desk, "%.*s  %-20.*s  %6llu  %.*s", (int)refusal.minute.len,
			 (const char *)refusal.minute.data, (int)oin.len, (const char *)oin.data,
			 (unsigned long long)refusal.count, (int)refusal.reason.len,
			 (const char *)refusal.reason.data);
		return RESULT_OK;
	}
	desk_line_begin(&line);
	json_out_add_bytes(&line.out, "minuut", refusal.minute);
	json_out_add_bytes(&line.out, "oin", refusal.oin);
	json_out_add_bytes(&line.out, "reden", refusal.reason);
	json_out_add_number(&line.out, "aantal", refusal.count);
	json_out_add_number(&line.out, "index", refusal.index);
	desk_line_end(desk, &line);
	return RESULT_OK;
}

static const struct stretch_line lines[] = {{"refusal", tell_line}, {NULL, NULL}};

int audit_weigeringen(struct desk *desk)
{
	uint64_t told = 0;
	struct days days;
	int code = audit_days(desk, 1, &days);
	if (code != DESK_DONE)
		return code;
	const struct stretches stretches = {
		.command = "refusals", .since = days.since, .lines = lines};
	code = audit_stretches(desk, &stretches, &told);
	if (code == DESK_DONE && told == 0)
		desk_say(desk,
			 "nothing was refused without an entry of its own since %s; what came "
			 "since the last tick is not recorded yet",
			 days.since);
	return code;
}
