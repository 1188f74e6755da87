// SPDX-License-Identifier: EUPL-1.2
// A status on ten lines at most, for somebody who was woken up: first whether it is well, then each
// trouble, then as much of the rest as there is room for. --json has all of it.
#include "ctl/status.h"

#include "base/clock.h"
#include "base/shell.h"
#include "desk/answer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LINES_MAX 10
#define TROUBLES_SHOWN 7
// The longest is that of the log: an origin, the fingerprint and every convenant that can be in
// force with its name whole, for what is cut off its end is what is voorlopig.
#define LINE_SIZE 1024

struct page {
	const struct desk *desk;
	const struct status *status;
	unsigned left; // lines
};

static void say(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(struct page *page, const char *format, ...)
{
	char line[LINE_SIZE];
	va_list args;
	if (page->left == 0)
		return;
	page->left--;
	va_start(args, format);
	if (vsnprintf(line, sizeof line, format, args) >= 0)
		desk_say(page->desk, "%s", line);
	va_end(args);
}

static void say_trouble(struct page *page, const struct trouble *trouble)
{
	char since[24] = "";
	const struct alarm_line *line = &trouble->line;
	const struct alarm_row *row = alarm_row(line->alarm);
	if (line->since)
		time_format(since, line->since);
	say(page, "%.*s%s%s%s, since %s: %s. To do: %s", (int)trouble->code.len,
	    (const char *)trouble->code.data, line->about[0] ? " (" : "", line->about,
	    line->about[0] ? ")" : "", line->since ? since : "a moment that is not known",
	    row ? row->text : TROUBLE_NEWER_TEXT, row ? row->fix : TROUBLE_NEWER_FIX);
}

static void say_more(struct page *page, size_t count)
{
	struct buffer file;
	const struct desk *desk = page->desk;
	buffer_init(&file, LINE_SIZE / 2);
	shell_append_option(&file, "-c", desk->settings_given ? desk->values[DESK_SETTINGS] : NULL);
	say(page, "and %zu more: knooppuntctl %.*s--json status", count,
	    file.status ? 0 : (int)file.len, file.len ? (const char *)file.data : "");
	buffer_done(&file);
}

static void say_troubles(struct page *page)
{
	const struct status *status = page->status;
	size_t count = status->trouble_count;
	if (status->ok)
		say(page, "all is well");
	else
		say(page, "NOT WELL: %zu trouble%s", count, count == 1 ? "" : "s");
	size_t shown = count <= TROUBLES_SHOWN ? count : TROUBLES_SHOWN - 1;
	for (size_t i = 0; i < shown; i++)
		say_trouble(page, &status->troubles[i]);
	if (shown < count)
		say_more(page, count - shown);
}

// ---- the rest ------------------------------------------------------------------------------

static struct bytes first_word(struct bytes rest)
{
	struct bytes word = {0};
	return word_take(&rest, &word) ? word : bytes_make(NULL, 0);
}

// How many codes that the convenant rests on nobody confirmed.
static const char *voorlopig(const struct answer *answer, char out[60])
{
	size_t count = 0;
	for (size_t at = 0; status_next(answer, "voorlopig", &at);)
		count++;
	snprintf(out, 60, ", voorlopig: %zu code%s not confirmed", count, count == 1 ? "" : "s");
	return count > 0 ? out : "";
}

static void say_log(struct page *page)
{
	char codes[60];
	const struct control_message *message = &page->status->daemon->message;
	struct bytes origin = control_value(message, "origin");
	struct bytes fingerprint = control_value(message, "fingerprint");
	char convenanten[LINE_SIZE] = "";
	size_t used = 0;
	for (size_t i = 0; i < message->count && used < sizeof convenanten; i++)
		if (bytes_equal(message->lines[i].name, bytes_of_text("convenant")))
			used += (size_t)snprintf(convenanten + used, sizeof convenanten - used,
						 "%s%.*s", used ? ", " : "",
						 (int)message->lines[i].value.len,
						 (const char *)message->lines[i].value.data);
	say(page, "log         %llu entries of %.*s, fingerprint %.*s, convenant %s%s",
	    (unsigned long long)page->status->size, (int)origin.len,
	    origin.data ? (const char *)origin.data : "", (int)fingerprint.len,
	    fingerprint.data ? (const char *)fingerprint.data : "", convenanten,
	    voorlopig(page->status->daemon, codes));
}

static void say_accepted(struct page *page)
{
	struct accepted accepted;
	if (answer_accepted(&page->status->daemon->message, &accepted))
		say(page,
		    "codes       %llu that nobody confirmed are accepted until %.*s, entry %llu",
		    (unsigned long long)accepted.rijen, (int)accepted.tot.len,
		    (const char *)accepted.tot.data, (unsigned long long)accepted.entry);
}

static void say_processes(struct page *page)
{
	char text[LINE_SIZE - 32] = "";
	size_t used = 0;
	const struct control_line *line;
	for (size_t at = 0; (line = status_next(page->status->daemon, "process", &at));) {
		struct bytes name = first_word(line->value);
		uint64_t restarts = status_number(line->value, "restarts=");
		bool runs = status_number(line->value, "pid=") > 0;
		char times[48] = "";
		if (restarts > 0)
			snprintf(times, sizeof times, " (%llu restart%s)",
				 (unsigned long long)restarts, restarts == 1 ? "" : "s");
		if (used < sizeof text)
			used += (size_t)snprintf(text + used, sizeof text - used, "%s%.*s %s%s",
						 used ? ", " : "", (int)name.len,
						 name.data ? (const char *)name.data : "",
						 runs ? "runs" : "DOES NOT RUN", times);
	}
	say(page, "processes   %s", text);
}

static void say_waiting(struct page *page)
{
	uint64_t waiting = 0, ontvangers = 0, obligations = 0;
	struct bytes due = {0};
	const struct control_line *line;
	for (size_t at = 0; (line = status_next(page->status->daemon, "queue", &at));) {
		uint64_t here = status_number(line->value, "waiting=");
		waiting += here;
		ontvangers += here > 0;
	}
	for (size_t at = 0; (line = status_next(page->status->daemon, "obligation", &at));) {
		if (obligations++ == 0)
			due = first_word(line->value);
	}
	say(page, "waiting     %llu verstrekkingen for %llu ontvangers; %llu obligations%s%.*s",
	    (unsigned long long)waiting, (unsigned long long)ontvangers,
	    (unsigned long long)obligations, obligations ? ", the first due " : "", (int)due.len,
	    due.data ? (const char *)due.data : "");
}

// What was refused in the last day, the partner and reason with the most of it named.
static void say_refused(struct page *page)
{
	uint64_t hour = 0, day = 0, most = 0;
	struct bytes worst = {0};
	const struct control_line *line;
	for (size_t at = 0; (line = status_next(page->status->daemon, "refused", &at));) {
		uint64_t here = status_number(line->value, "day=");
		hour += status_number(line->value, "hour=");
		day += here;
		if (here > most) {
			most = here;
			worst = line->value;
		}
	}
	struct bytes oin = first_word(worst), rest = worst, reason = {0};
	if (day == 0 || !word_take(&rest, &oin) || !word_take(&rest, &reason))
		return;
	oin = desk_refused_oin(oin);
	say(page, "refused     %llu in the last hour, %llu in a day; most: %.*s %.*s %llu",
	    (unsigned long long)hour, (unsigned long long)day, (int)oin.len, (const char *)oin.data,
	    (int)reason.len, (const char *)reason.data, (unsigned long long)most);
}

static bool has_word(struct bytes line, const char *wanted)
{
	struct bytes word;
	while (word_take(&line, &word))
		if (bytes_equal(word, bytes_of_text(wanted)))
			return true;
	return false;
}

// While the transport key changes: who still comes by the old one, the first of them named.
static void say_ways(struct page *page)
{
	unsigned all = 0, old = 0, unseen = 0;
	struct bytes first = {0};
	const struct control_line *line;
	for (size_t at = 0; (line = status_next(page->status->daemon, "way", &at)); all++) {
		bool late = has_word(line->value, "transport=old");
		bool away = has_word(line->value, "transport=unseen");
		old += late;
		unseen += away;
		if ((late || away) && !first.data)
			first = first_word(line->value);
	}
	if (all > 0)
		say(page,
		    "old door    %u of %u keys of partners came by the old transport key last, %u "
		    "not since the start%s%.*s",
		    old, all, unseen, first.data ? "; first " : "", (int)first.len,
		    first.data ? (const char *)first.data : "");
}

static void say_sandbox(struct page *page)
{
	char text[LINE_SIZE - 32] = "";
	size_t used = 0;
	const struct control_line *line;
	for (size_t at = 0; (line = status_next(page->status->daemon, "sandbox", &at));) {
		if (used < sizeof text)
			used += (size_t)snprintf(text + used, sizeof text - used, "%s%.*s",
						 used ? "; " : "", (int)line->value.len,
						 (const char *)line->value.data);
	}
	if (used > 0)
		say(page, "sandbox     %s", text);
}

void status_say(const struct desk *desk, const struct status *status)
{
	// In an oefening the first line says so.
	struct page page = {desk, status, LINES_MAX - (desk->oefening ? 1 : 0)};
	say_troubles(&page);
	say_log(&page);
	say_accepted(&page);
	say_processes(&page);
	say_waiting(&page);
	say_refused(&page);
	say_ways(&page);
	say_sandbox(&page);
}
