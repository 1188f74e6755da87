// SPDX-License-Identifier: EUPL-1.2
// A vernietigingsstop: what must be kept, for a court or an inquiry, whatever its term. Listed,
// proposed, and ended; the other role approves.
#include "audit/audit.h"

#include "audit/order.h"
#include "base/clock.h"
#include "desk/answer.h"
#include "melding/reason.h"
#include "melding/validate.h"
#include "register/stop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID_SIZE 128

static int misused(struct desk *desk, const char *what)
{
	struct problem problem = {.code = NULL};
	problem_set(&problem, reason_code(REASON_BAD_VALUE),
		    "name owner and ground each in one line of at most 200 bytes, a functie and no "
		    "person, and at most 32 ids with commas between",
		    "%s", what);
	return desk_fail(desk, &problem, DESK_USAGE);
}

// ---- the list ------------------------------------------------------------------------------

static bool is_named(const struct control_line *line, const char *name)
{
	return bytes_equal(line->name, bytes_of_text(name));
}

// "stop <entry> <herzien, ms> <meldingen; 0: all>", then its owner and its ground.
static enum result tell_stop(struct desk *desk, const struct control_line *lines, bool *past)
{
	struct bytes rest = lines[0].value, entry, ms;
	uint64_t index, herzien, count;
	char moment[21];
	if (!word_take(&rest, &entry) || !word_take(&rest, &ms) ||
	    number_parse(entry, &index) != RESULT_OK || number_parse(ms, &herzien) != RESULT_OK ||
	    number_parse(rest, &count) != RESULT_OK)
		return RESULT_MALFORMED;
	time_format(moment, (int64_t)herzien);
	bool is_past = (int64_t)herzien <= clock_wall_ms();
	*past |= is_past;
	if (!desk->json) {
		desk_say(desk, "entry %llu  %llu meldingen%s, review %.10s%s  %.*s: %.*s",
			 (unsigned long long)index, (unsigned long long)count,
			 count ? "" : " (all)", moment, is_past ? " (past)" : "",
			 (int)lines[1].value.len, (const char *)lines[1].value.data,
			 (int)lines[2].value.len, (const char *)lines[2].value.data);
		return RESULT_OK;
	}
	struct desk_line line;
	desk_line_begin(&line);
	json_out_add_number(&line.out, "stop", index);
	json_out_add_number(&line.out, "meldingen", count);
	json_out_add_bool(&line.out, "alles", count == 0);
	json_out_add_bytes(&line.out, "herzien", bytes_make(moment, 10));
	json_out_add_bytes(&line.out, "eigenaar", lines[1].value);
	json_out_add_bytes(&line.out, "grond", lines[2].value);
	desk_line_end(desk, &line);
	return RESULT_OK;
}

static int list(struct desk *desk)
{
	struct buffer request;
	struct answer *answer;
	bool past = false;
	size_t told = 0;
	desk_question(&request, "stops");
	int code = desk_ask(desk, &request, &answer);
	if (code != DESK_DONE)
		return code;
	const struct control_message *message = &answer->message;
	enum result result = RESULT_OK;
	for (size_t i = 0; result == RESULT_OK && i < message->count; i++) {
		if (!is_named(&message->lines[i], "stop"))
			continue;
		bool whole = i + 2 < message->count &&
			     is_named(&message->lines[i + 1], "stop-eigenaar") &&
			     is_named(&message->lines[i + 2], "stop-grond");
		result = whole ? tell_stop(desk, &message->lines[i], &past) : RESULT_MALFORMED;
		told++;
	}
	answer_free(answer);
	if (result != RESULT_OK)
		return desk_odd_answer(desk, "a stop that cannot be read");
	if (told == 0)
		desk_say(desk, "no vernietigingsstop is in force");
	return past ? DESK_NO : DESK_DONE;
}

// ---- one more, or one less -----------------------------------------------------------------

static int by_index(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

static int find_meldingen(struct desk *desk, struct stop_opdracht *opdracht)
{
	const char *at = desk->arguments[0];
	if (strcmp(at, "alles") == 0)
		return DESK_DONE;
	while (*at) {
		struct wissing_opdracht found;
		struct order_goes goes;
		char id[ID_SIZE];
		size_t len = strcspn(at, ",");
		if (len == 0 || len >= sizeof id || opdracht->melding_count == STOP_MELDINGEN_MAX)
			return misused(desk, "that is no list of ids");
		memcpy(id, at, len);
		id[len] = '\0';
		int code = order_melding(desk, id, &found, &goes);
		if (code != DESK_DONE)
			return code;
		opdracht->meldingen[opdracht->melding_count++] = found.melding;
		at += len + (at[len] == ',');
	}
	qsort(opdracht->meldingen, opdracht->melding_count, sizeof opdracht->meldingen[0],
	      by_index);
	return opdracht->melding_count ? DESK_DONE : misused(desk, "that is no list of ids");
}

static bool copy_line(char to[STOP_LINE_MAX + 1], const char *from)
{
	if (strlen(from) > STOP_LINE_MAX)
		return false;
	memcpy(to, from, strlen(from) + 1);
	return true;
}

static int propose(struct desk *desk, const struct stop_opdracht *opdracht)
{
	struct buffer text;
	if (bsn_is_in(bytes_of_text(opdracht->grond)) ||
	    bsn_is_in(bytes_of_text(opdracht->eigenaar)))
		return misused(desk,
			       "owner or ground holds a BSN, and would stay in the log for good");
	buffer_init(&text, STOP_OPDRACHT_MAX);
	int code = stop_opdracht_write(opdracht, &text) == RESULT_OK
			   ? order_propose(desk, STOP_SOORT, buffer_view(&text))
			   : misused(desk, "owner or ground is not one clean line, or an id comes "
					   "twice");
	buffer_done(&text);
	return code;
}

int audit_hold(struct desk *desk)
{
	struct stop_opdracht opdracht = {.einde = 0};
	if (desk->argument_count == 0)
		return list(desk);
	if (desk->argument_count != 4)
		return desk_misused(desk, "give ID, EIGENAAR, HERZIEN and GROND, or nothing");
	if (!copy_line(opdracht.eigenaar, desk->arguments[1]) ||
	    !copy_line(opdracht.grond, desk->arguments[3]))
		return misused(desk, "owner or ground is too long");
	if (date_parse(bytes_of_text(desk->arguments[2]), &opdracht.herzien) != RESULT_OK)
		return desk_misused(desk,
				    "HERZIEN is the day it is looked at again, as 2027-05-30");
	int code = find_meldingen(desk, &opdracht);
	return code == DESK_DONE ? propose(desk, &opdracht) : code;
}

int audit_hold_end(struct desk *desk)
{
	struct stop_opdracht opdracht = {.einde = 0};
	if (number_parse(bytes_of_text(desk->arguments[0]), &opdracht.einde) != RESULT_OK ||
	    opdracht.einde == 0)
		return desk_misused(desk, "STOP is the entry of a stop, as hold lists it");
	if (!copy_line(opdracht.grond, desk->arguments[1]))
		return misused(desk, "the ground is too long");
	return propose(desk, &opdracht);
}
