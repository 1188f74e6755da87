// SPDX-License-Identifier: EUPL-1.2
// The daemon answers a status as lines; here they become the object of design §13. Lines:
//   origin, fingerprint (of genesis, hex), oefening yes in one, size, checkpoint (the note),
//   convenant, readonly no|<why>
//   process <name> pid=N since=N restarts=N     one each; pid 0 while it does not run
//   queue <oin>/<functie> last=N waiting=N      one for each ontvanger
//   obligation <due> <soort> <regel> <oin>/<functie> entry=N
//   sandbox <process> <name>=<value> …: what is in force
//   scrub state=<when> log=<when>               last whole reading, or never
//   alarm <text>
//   <store>-map-used, <store>-map-size          bytes
#include "ctl/ctl.h"

#include "base/clock.h"
#include "desk/answer.h"

#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#define NAMES_MAX 4
#define MAP_USED "-map-used"
#define MAP_SIZE "-map-size"

// A line of words: the first ones have a name of their own here, the rest is key=value.
static const struct record_row {
	const char *line, *key;
	const char *names[NAMES_MAX];
} record_rows[] = {
	{"process", "processes", {"name"}},
	{"queue", "queues", {"ontvanger"}},
	{"obligation", "obligations", {"due", "soort", "regel", "ontvanger"}},
};

struct status {
	const struct answer *daemon, *partners;
	uint64_t size;
	bool readonly, ok;
	size_t alarms;
};

static bool is_named(const struct control_line *line, const char *name)
{
	return bytes_equal(line->name, bytes_of_text(name));
}

// The n-th line with this name at or after *at, which moves past it; NULL at the end.
static const struct control_line *next_line(const struct answer *answer, const char *name,
					    size_t *at)
{
	while (*at < answer->message.count) {
		const struct control_line *line = &answer->message.lines[(*at)++];
		if (is_named(line, name))
			return line;
	}
	return NULL;
}

static bool says(const struct answer *answer, const char *name, const char *value)
{
	return bytes_equal(control_value(&answer->message, name), bytes_of_text(value));
}

// ---- judging -------------------------------------------------------------------------------

static bool all_running(const struct answer *answer)
{
	const struct control_line *line;
	for (size_t at = 0; (line = next_line(answer, "process", &at));) {
		struct bytes rest = line->value, word;
		while (word_take(&rest, &word)) {
			if (bytes_equal(word, bytes_of_text("pid=0")))
				return false;
		}
	}
	return true;
}

static enum result judge(struct status *status)
{
	enum result result = answer_number(status->daemon, "size", &status->size);
	if (result != RESULT_OK)
		return result;
	status->readonly = !says(status->daemon, "readonly", "no");
	for (size_t at = 0; next_line(status->daemon, "alarm", &at);)
		status->alarms++;
	status->ok = !status->readonly && status->alarms == 0 && all_running(status->daemon);
	return RESULT_OK;
}

// ---- JSON ----------------------------------------------------------------------------------

static void write_value(struct json_out *out, struct bytes value)
{
	uint64_t number;
	if (number_parse(value, &number) == RESULT_OK)
		json_out_number(out, number);
	else
		json_out_text(out, value);
}

// "waiting=3" as a key and a value; a word without '=' is a key that is true.
static void write_pair(struct json_out *out, struct bytes word)
{
	char key[CONTROL_NAME_MAX + 1];
	const uint8_t *equals = memchr(word.data, '=', word.len);
	size_t len = equals ? (size_t)(equals - word.data) : word.len;
	snprintf(key, sizeof key, "%.*s", (int)len, (const char *)word.data);
	json_out_key(out, key);
	if (equals)
		write_value(out, bytes_make(equals + 1, word.len - len - 1));
	else
		json_out_bool(out, true);
}

static void write_record(struct json_out *out, const struct record_row *row, struct bytes rest)
{
	struct bytes word;
	size_t n = 0;
	json_out_object_begin(out);
	while (word_take(&rest, &word)) {
		if (n < NAMES_MAX && row->names[n])
			json_out_add_bytes(out, row->names[n++], word);
		else
			write_pair(out, word);
	}
	json_out_object_end(out);
}

static void write_records(struct json_out *out, const struct answer *answer,
			  const struct record_row *row)
{
	const struct control_line *line;
	json_out_key(out, row->key);
	json_out_array_begin(out);
	for (size_t at = 0; (line = next_line(answer, row->line, &at));)
		write_record(out, row, line->value);
	json_out_array_end(out);
}

static void write_partners(struct json_out *out, const struct answer *answer)
{
	static const struct record_row row = {"partner", "partners", {"oin", "state"}};
	const struct control_line *line;
	json_out_key(out, row.key);
	json_out_array_begin(out);
	for (size_t at = 0; (line = next_line(answer, row.line, &at));) {
		struct bytes rest = line->value, oin, state;
		if (!word_take(&rest, &oin) || !word_take(&rest, &state))
			continue;
		json_out_object_begin(out);
		json_out_add_bytes(out, "oin", oin);
		json_out_add_bytes(out, "state", state);
		json_out_object_end(out);
	}
	json_out_array_end(out);
}

static bool ends_in(struct bytes name, const char *tail)
{
	size_t len = strlen(tail);
	return name.len > len && memcmp(name.data + name.len - len, tail, len) == 0;
}

// {"state": {"used", "size"}}: the two lines of a store follow each other.
static void write_maps(struct json_out *out, const struct answer *answer)
{
	const struct control_message *message = &answer->message;
	json_out_key(out, "map");
	json_out_object_begin(out);
	for (size_t i = 0; i + 1 < message->count; i++) {
		const struct control_line *used = &message->lines[i], *size = used + 1;
		if (!ends_in(used->name, MAP_USED) || !ends_in(size->name, MAP_SIZE))
			continue;
		char key[CONTROL_NAME_MAX + 1];
		snprintf(key, sizeof key, "%.*s", (int)(used->name.len - strlen(MAP_USED)),
			 (const char *)used->name.data);
		json_out_key(out, key);
		json_out_object_begin(out);
		json_out_key(out, "used");
		write_value(out, used->value);
		json_out_key(out, "size");
		write_value(out, size->value);
		json_out_object_end(out);
	}
	json_out_object_end(out);
}

static void write_disk(struct json_out *out, const char *folder)
{
	struct statvfs disk;
	json_out_key(out, "disk");
	if (statvfs(folder, &disk) != 0) {
		json_out_null(out);
		return;
	}
	json_out_object_begin(out);
	json_out_add_number(out, "free", (uint64_t)disk.f_bavail * disk.f_frsize);
	json_out_add_number(out, "size", (uint64_t)disk.f_blocks * disk.f_frsize);
	json_out_object_end(out);
}

static void write_log(struct json_out *out, const struct status *status)
{
	json_out_key(out, "log");
	json_out_object_begin(out);
	json_out_add_number(out, "size", status->size);
	json_out_add_bytes(out, "checkpoint",
			   control_value(&status->daemon->message, "checkpoint"));
	json_out_object_end(out);
}

static void write_sandbox(struct json_out *out, const struct answer *answer)
{
	const struct control_line *line;
	json_out_key(out, "sandbox");
	json_out_object_begin(out);
	for (size_t at = 0; (line = next_line(answer, "sandbox", &at));) {
		char key[CONTROL_NAME_MAX + 1];
		struct bytes rest = line->value, process, word;
		if (!word_take(&rest, &process))
			continue;
		snprintf(key, sizeof key, "%.*s", (int)process.len, (const char *)process.data);
		json_out_key(out, key);
		json_out_object_begin(out);
		while (word_take(&rest, &word))
			write_pair(out, word);
		json_out_object_end(out);
	}
	json_out_object_end(out);
}

static void write_alarms(struct json_out *out, const struct status *status)
{
	const struct control_line *line;
	json_out_key(out, "alarms");
	json_out_array_begin(out);
	if (status->readonly)
		json_out_text(out, control_value(&status->daemon->message, "readonly"));
	for (size_t at = 0; (line = next_line(status->daemon, "alarm", &at));)
		json_out_text(out, line->value);
	json_out_array_end(out);
}

static void print_status(struct desk *desk, const struct status *status, const char *folder)
{
	struct desk_line line;
	const struct control_message *message = &status->daemon->message;
	desk_line_begin(&line);
	json_out_add_bool(&line.out, "ok", status->ok);
	json_out_add_bytes(&line.out, "origin", control_value(message, "origin"));
	if (!desk->oefening)
		json_out_add_bool(&line.out, "oefening", false);
	json_out_add_bytes(&line.out, "fingerprint", control_value(message, "fingerprint"));
	json_out_add_bytes(&line.out, "convenant", control_value(message, "convenant"));
	for (size_t i = 0; i < sizeof record_rows / sizeof record_rows[0]; i++)
		write_records(&line.out, status->daemon, &record_rows[i]);
	write_partners(&line.out, status->partners);
	write_log(&line.out, status);
	write_disk(&line.out, folder);
	write_maps(&line.out, status->daemon);
	json_out_add_bool(&line.out, "readonly", status->readonly);
	write_sandbox(&line.out, status->daemon);
	write_alarms(&line.out, status);
	desk_line_end(desk, &line);
}

// ---- people --------------------------------------------------------------------------------

static void say_lines(const struct desk *desk, const struct answer *answer, const char *name)
{
	const struct control_line *line;
	for (size_t at = 0; (line = next_line(answer, name, &at));)
		desk_say(desk, "%-12s %.*s", name, (int)line->value.len,
			 (const char *)line->value.data);
}

// "core pid=12 since=1795000000000 restarts=0", with the moment as people read it.
static void say_processes(const struct desk *desk, const struct answer *answer)
{
	static const char since[] = "since=";
	const struct control_line *line;
	for (size_t at = 0; (line = next_line(answer, "process", &at));) {
		char text[160] = "", moment[21];
		struct bytes rest = line->value, word;
		size_t used = 0;
		uint64_t ms;
		while (word_take(&rest, &word) && used < sizeof text) {
			size_t skip = sizeof since - 1;
			if (word.len > skip && memcmp(word.data, since, skip) == 0 &&
			    number_parse(bytes_make(word.data + skip, word.len - skip), &ms) ==
				    RESULT_OK) {
				time_format(moment, (int64_t)ms);
				used += (size_t)snprintf(text + used, sizeof text - used,
							 " since %s", moment);
			} else {
				used += (size_t)snprintf(text + used, sizeof text - used, " %.*s",
							 (int)word.len, (const char *)word.data);
			}
		}
		desk_say(desk, "%-12s%s", "process", text);
	}
}

static void say_status(const struct desk *desk, const struct status *status)
{
	static const char *const names[] = {"origin",     "fingerprint", "convenant", "queue",
					    "obligation", "scrub",       "sandbox",   "alarm"};
	desk_say(desk, "%s", status->ok ? "all is well" : "NOT WELL: see readonly, process, alarm");
	desk_say(desk, "%-12s %llu entries", "log", (unsigned long long)status->size);
	if (status->readonly)
		say_lines(desk, status->daemon, "readonly");
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		say_lines(desk, status->daemon, names[i]);
	say_processes(desk, status->daemon);
}

// ---- asking --------------------------------------------------------------------------------

static int ask_both(struct desk *desk, struct status *status, struct answer **ret_daemon,
		    struct answer **ret_partners)
{
	struct buffer request;
	desk_question(&request, "status");
	int code = desk_ask(desk, &request, ret_daemon);
	if (code != DESK_DONE)
		return code;
	desk_question(&request, "partners");
	code = desk_ask(desk, &request, ret_partners);
	status->daemon = *ret_daemon;
	status->partners = *ret_partners;
	return code;
}

int ctl_status(struct desk *desk)
{
	struct status status = {0};
	struct answer *daemon = NULL, *partners = NULL;
	struct settings settings;
	int code = desk_settings(desk, &settings);
	if (code != DESK_DONE)
		return code;
	code = ask_both(desk, &status, &daemon, &partners);
	if (code == DESK_DONE && judge(&status) != RESULT_OK)
		code = desk_odd_answer(desk, "a status without the log's size");
	else if (code != DESK_DONE)
		code = code == DESK_AGAIN ? DESK_NO : code; // a daemon that is away is not well
	if (code == DESK_DONE) {
		if (desk->json)
			print_status(desk, &status, settings.data);
		say_status(desk, &status);
		code = status.ok ? DESK_DONE : DESK_NO;
	}
	answer_free(daemon);
	answer_free(partners);
	return code;
}
