// SPDX-License-Identifier: EUPL-1.2
#include "ctl/ctl.h"

#include "base/file.h"
#include "desk/answer.h"
#include "melding/reason.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TOTAL "_total"
#define NAME_MAX_LEN 64
#define SHEET_MAX (4u * 1024 * 1024)
#define REFUSED "refused" // the line; labels make it a family of its own
#define REFUSED_FAMILY "knooppunt_refused"

// Metrics as text: OpenMetrics 1.0 on standard output, where the name of a counter's family is that
// of its sample without "_total"; the older text format in a file, which the textfile collector of
// the node exporter reads, where it is the name of the sample.
struct sheet {
	struct buffer text;
	bool textfile;
};

static void append_metric(struct sheet *sheet, struct bytes name, uint64_t value)
{
	size_t tail = strlen(TOTAL);
	bool counter = name.len > tail && memcmp(name.data + name.len - tail, TOTAL, tail) == 0;
	int family = (int)(counter && !sheet->textfile ? name.len - tail : name.len);
	const char *text = (const char *)name.data;
	buffer_append_format(&sheet->text, "# TYPE %.*s %s\n%.*s %" PRIu64 "\n", family, text,
			     counter ? "counter" : "gauge", (int)name.len, text, value);
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

static int append_refused(struct desk *desk, const struct answer *answer, struct sheet *sheet)
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
			buffer_append_format(&sheet->text, "# TYPE " REFUSED_FAMILY "%s counter\n",
					     sheet->textfile ? TOTAL : "");
		first = false;
		buffer_append_format(&sheet->text,
				     REFUSED_FAMILY TOTAL
				     "{partner=\"%.*s\",reason=\"%.*s\"} %" PRIu64 "\n",
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

// Whole or not at all: who reads the file never sees half of it.
static int write_file(struct desk *desk, const char *path, struct bytes text)
{
	struct problem problem = {0};
	enum result result = file_replace(path, text, 0644);
	if (result == RESULT_OK)
		return DESK_DONE;
	problem_set_file(&problem, path);
	problem_set(&problem, reason_code(REASON_IO),
		    "name a file in a folder that is there and that you may write in",
		    "the metrics cannot be written: %s", result_name(result));
	return desk_fail(desk, &problem, result == RESULT_FULL ? DESK_AGAIN : DESK_CONFIG);
}

static int tell_text(struct desk *desk, const struct answer *answer)
{
	const char *path = desk->values[DESK_OUT];
	struct sheet sheet = {.textfile = path != NULL};
	int code = DESK_DONE;
	buffer_init(&sheet.text, SHEET_MAX);
	// The first line is the result.
	for (size_t i = 1; i < answer->message.count && code == DESK_DONE; i++) {
		const struct control_line *row = &answer->message.lines[i];
		uint64_t value;
		if (bytes_equal(row->name, bytes_of_text(REFUSED)))
			continue;
		if (number_parse(row->value, &value) != RESULT_OK)
			code = desk_odd_answer(desk, "a metric without a number");
		else
			append_metric(&sheet, row->name, value);
	}
	if (code == DESK_DONE)
		code = append_refused(desk, answer, &sheet);
	if (code == DESK_DONE && !path)
		buffer_append_text(&sheet.text, "# EOF\n");
	if (code == DESK_DONE && sheet.text.status)
		code = desk_odd_answer(desk, "more metrics than there are");
	struct bytes text = buffer_view(&sheet.text);
	if (code == DESK_DONE && path)
		code = write_file(desk, path, text);
	else if (code == DESK_DONE)
		desk->unprinted |= fwrite(text.data, 1, text.len, stdout) != text.len;
	buffer_done(&sheet.text);
	return code;
}

static int tell_json(struct desk *desk, const struct answer *answer)
{
	struct desk_line line;
	int code = DESK_DONE;
	desk_line_begin(&line);
	for (size_t i = 1; i < answer->message.count && code == DESK_DONE; i++) {
		const struct control_line *row = &answer->message.lines[i];
		uint64_t value;
		if (bytes_equal(row->name, bytes_of_text(REFUSED)))
			continue;
		if (number_parse(row->value, &value) != RESULT_OK)
			code = desk_odd_answer(desk, "a metric without a number");
		else
			write_metric(&line.out, row->name, value);
	}
	if (code == DESK_DONE)
		desk_line_end(desk, &line);
	else
		buffer_done(&line.buffer);
	return code;
}

int ctl_metrics(struct desk *desk)
{
	struct buffer request;
	struct answer *answer;
	if (desk->json && desk->values[DESK_OUT])
		return desk_misused(desk, "--out writes text: leave --json out");
	desk_question(&request, "metrics");
	int code = desk_ask(desk, &request, &answer);
	if (code != DESK_DONE)
		return code;
	code = desk->json ? tell_json(desk, answer) : tell_text(desk, answer);
	answer_free(answer);
	return code;
}
