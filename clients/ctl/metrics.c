// SPDX-License-Identifier: EUPL-1.2
#include "ctl/ctl.h"

#include "desk/answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TOTAL "_total"
#define NAME_MAX_LEN 64
#define REFUSED "refused" // the line; labels make it a family of its own
#define REFUSED_FAMILY "knooppunt_refused"

// OpenMetrics 1.0: the name of a counter's family is that of its sample without "_total".
static void print_metric(struct bytes name, uint64_t value)
{
	size_t tail = strlen(TOTAL);
	bool counter = name.len > tail && memcmp(name.data + name.len - tail, TOTAL, tail) == 0;
	int family = (int)(counter ? name.len - tail : name.len);
	const char *text = (const char *)name.data;
	printf("# TYPE %.*s %s\n%.*s %" PRIu64 "\n", family, text, counter ? "counter" : "gauge",
	       (int)name.len, text, value);
}

// "<oin> <reason> hour=N day=N total=N …"
static bool take_refused(struct bytes rest, struct bytes *ret_oin, struct bytes *ret_reason,
			 uint64_t *ret_total)
{
	static const char total[] = "total=";
	const size_t len = sizeof total - 1;
	struct bytes word;
	if (!word_take(&rest, ret_oin) || !word_take(&rest, ret_reason))
		return false;
	while (word_take(&rest, &word))
		if (word.len > len && memcmp(word.data, total, len) == 0)
			return number_parse(bytes_make(word.data + len, word.len - len),
					    ret_total) == RESULT_OK;
	return false;
}

static int print_refused(struct desk *desk, const struct answer *answer)
{
	bool first = true;
	for (size_t i = 1; i < answer->message.count; i++) {
		const struct control_line *row = &answer->message.lines[i];
		struct bytes oin, reason;
		uint64_t total;
		if (!bytes_equal(row->name, bytes_of_text(REFUSED)))
			continue;
		if (!take_refused(row->value, &oin, &reason, &total))
			return desk_odd_answer(desk, "refusals without their number");
		if (first)
			printf("# TYPE " REFUSED_FAMILY " counter\n");
		first = false;
		printf(REFUSED_FAMILY TOTAL "{partner=\"%.*s\",reason=\"%.*s\"} %" PRIu64 "\n",
		       (int)oin.len, (const char *)oin.data, (int)reason.len,
		       (const char *)reason.data, total);
	}
	return DESK_DONE;
}

static void write_metric(struct json_out *out, struct bytes name, uint64_t value)
{
	char key[NAME_MAX_LEN + 1];
	snprintf(key, sizeof key, "%.*s", (int)name.len, (const char *)name.data);
	json_out_add_number(out, key, value);
}

int ctl_metrics(struct desk *desk)
{
	struct buffer request;
	struct answer *answer;
	struct desk_line line;
	desk_question(&request, "metrics");
	int code = desk_ask(desk, &request, &answer);
	if (code != DESK_DONE)
		return code;
	desk_line_begin(&line);
	// The first line is the result.
	for (size_t i = 1; i < answer->message.count && code == DESK_DONE; i++) {
		const struct control_line *row = &answer->message.lines[i];
		uint64_t value;
		if (bytes_equal(row->name, bytes_of_text(REFUSED)))
			continue;
		if (number_parse(row->value, &value) != RESULT_OK)
			code = desk_odd_answer(desk, "a metric without a number");
		else if (desk->json)
			write_metric(&line.out, row->name, value);
		else
			print_metric(row->name, value);
	}
	if (desk->json && code == DESK_DONE)
		desk_line_end(desk, &line);
	else
		buffer_done(&line.buffer);
	if (!desk->json && code == DESK_DONE)
		code = print_refused(desk, answer);
	if (!desk->json && code == DESK_DONE)
		printf("# EOF\n");
	answer_free(answer);
	return code;
}
