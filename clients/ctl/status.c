// SPDX-License-Identifier: EUPL-1.2
// The daemon answers a status as lines; here they become the object of design §13. Lines:
//   origin, fingerprint (of genesis, hex), oefening yes in one, size, checkpoint (the note),
//   convenant, readonly no|<why>
//   process <name> pid=N since=N restarts=N     one each; pid 0 while it does not run
//   queue <oin>/<functie> last=N waiting=N      one for each ontvanger
//   obligation <due> <soort> <regel> <oin>/<functie> [uitkomsten=<name>,…] entry=N
//   sandbox <process> <name>=<value> …: what is in force
//   scrub state=<when> log=<when>               last whole reading, or never
//   compact last=<when> log_before=N log_after=N gone=N [failed=<when> why=<reason> at=<step>]
//   alarm <code> <since> <about>                control/alarm.h
//   way <oin>/<functie> transport=new|old|unseen last=N
//                                               one for each key of a partner, while the transport
//                                               key of the knooppunt changes
//   refused <oin> <reason> hour=N day=N total=N last=N
//   <store>-map-used, <store>-map-size          bytes
#include "ctl/status.h"

#include "ctl/ctl.h"
#include "desk/answer.h"

#include <stdio.h>
#include <stdlib.h>
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
	{"refused", "refused", {"oin", "reden"}},
	{"scrub", "scrub", {NULL}},
	{"compact", "compact", {NULL}},
	{"way", "ways", {"ontvanger"}},
};

const struct control_line *status_next(const struct answer *answer, const char *name, size_t *at)
{
	while (*at < answer->message.count) {
		const struct control_line *line = &answer->message.lines[(*at)++];
		if (bytes_equal(line->name, bytes_of_text(name)))
			return line;
	}
	return NULL;
}

uint64_t status_number(struct bytes line, const char *key)
{
	struct bytes word;
	uint64_t number = 0;
	size_t len = strlen(key);
	while (word_take(&line, &word)) {
		if (word.len > len && memcmp(word.data, key, len) == 0 &&
		    number_parse(bytes_make(word.data + len, word.len - len), &number) == RESULT_OK)
			return number;
	}
	return 0;
}

static bool says(const struct answer *answer, const char *name, const char *value)
{
	return bytes_equal(control_value(&answer->message, name), bytes_of_text(value));
}

// ---- judging -------------------------------------------------------------------------------

static bool all_running(const struct answer *answer)
{
	const struct control_line *line;
	for (size_t at = 0; (line = status_next(answer, "process", &at));) {
		struct bytes rest = line->value, word;
		while (word_take(&rest, &word)) {
			if (bytes_equal(word, bytes_of_text("pid=0")))
				return false;
		}
	}
	return true;
}

// The most urgent first, of equals the one that stands longest. What a newer daemon knows comes
// last: how urgent it is, it cannot say here.
static int by_urgency(const void *a, const void *b)
{
	const struct alarm_line *x = &((const struct trouble *)a)->line;
	const struct alarm_line *y = &((const struct trouble *)b)->line;
	if (x->alarm != y->alarm)
		return x->alarm < y->alarm ? -1 : 1;
	return x->since == y->since ? 0 : x->since < y->since ? -1 : 1;
}

static enum result collect_troubles(struct status *status)
{
	const struct control_line *line;
	for (size_t at = 0; (line = status_next(status->daemon, "alarm", &at));) {
		struct bytes rest = line->value;
		struct trouble *trouble = &status->troubles[status->trouble_count];
		if (status->trouble_count == TROUBLES_MAX)
			break;
		enum result result = alarm_parse(line->value, &trouble->line);
		if (result != RESULT_OK && result != RESULT_NOT_FOUND)
			return result;
		if (!word_take(&rest, &trouble->code))
			return RESULT_MALFORMED;
		status->trouble_count++;
	}
	qsort(status->troubles, status->trouble_count, sizeof *status->troubles, by_urgency);
	return RESULT_OK;
}

static enum result judge(struct status *status)
{
	enum result result = answer_number(status->daemon, "size", &status->size);
	if (result == RESULT_OK)
		result = collect_troubles(status);
	if (result != RESULT_OK)
		return result;
	status->readonly = !says(status->daemon, "readonly", "no");
	status->ok = !status->readonly && status->trouble_count == 0 && all_running(status->daemon);
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
	for (size_t at = 0; (line = status_next(answer, row->line, &at));)
		write_record(out, row, line->value);
	json_out_array_end(out);
}

static void write_partners(struct json_out *out, const struct answer *answer)
{
	static const struct record_row row = {"partner", "partners", {"oin", "state"}};
	const struct control_line *line;
	json_out_key(out, row.key);
	json_out_array_begin(out);
	for (size_t at = 0; (line = status_next(answer, row.line, &at));) {
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
	for (size_t at = 0; (line = status_next(answer, "sandbox", &at));) {
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

// "alarms" has the codes, "troubles" what they mean and what ends them.
static void write_alarms(struct json_out *out, const struct status *status)
{
	json_out_key(out, "alarms");
	json_out_array_begin(out);
	for (size_t i = 0; i < status->trouble_count; i++)
		json_out_text(out, status->troubles[i].code);
	json_out_array_end(out);
}

static void write_trouble(struct json_out *out, const struct trouble *trouble)
{
	const struct alarm_row *row = alarm_row(trouble->line.alarm);
	json_out_object_begin(out);
	json_out_add_bytes(out, "code", trouble->code);
	json_out_add_number(out, "since", (uint64_t)trouble->line.since);
	json_out_add_text(out, "about", trouble->line.about);
	json_out_add_text(out, "text", row ? row->text : TROUBLE_NEWER_TEXT);
	json_out_add_text(out, "fix", row ? row->fix : TROUBLE_NEWER_FIX);
	json_out_object_end(out);
}

static void write_troubles(struct json_out *out, const struct status *status)
{
	json_out_key(out, "troubles");
	json_out_array_begin(out);
	for (size_t i = 0; i < status->trouble_count; i++)
		write_trouble(out, &status->troubles[i]);
	json_out_array_end(out);
}

// All in force, where "convenant" is the first of them.
static void write_convenanten(struct json_out *out, const struct control_message *message)
{
	json_out_key(out, "convenanten");
	json_out_array_begin(out);
	for (size_t i = 0; i < message->count; i++)
		if (bytes_equal(message->lines[i].name, bytes_of_text("convenant")) &&
		    !bytes_equal(message->lines[i].value, bytes_of_text("none")))
			json_out_text(out, message->lines[i].value);
	json_out_array_end(out);
}

// Rows of the code tables that the convenant rests on and nobody confirmed.
static void write_voorlopig(struct json_out *out, const struct answer *answer)
{
	const struct control_line *line;
	json_out_key(out, "voorlopig");
	json_out_array_begin(out);
	for (size_t at = 0; (line = status_next(answer, "voorlopig", &at));)
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
	write_convenanten(&line.out, message);
	write_voorlopig(&line.out, status->daemon);
	answer_write_accepted(&line.out, message);
	for (size_t i = 0; i < sizeof record_rows / sizeof record_rows[0]; i++)
		write_records(&line.out, status->daemon, &record_rows[i]);
	write_partners(&line.out, status->partners);
	write_log(&line.out, status);
	write_disk(&line.out, folder);
	write_maps(&line.out, status->daemon);
	json_out_add_bool(&line.out, "readonly", status->readonly);
	write_sandbox(&line.out, status->daemon);
	write_alarms(&line.out, status);
	write_troubles(&line.out, status);
	desk_line_end(desk, &line);
}

// ---- asking --------------------------------------------------------------------------------

int status_ask(struct desk *desk, struct answer **ret_daemon, struct answer **ret_partners)
{
	struct buffer request;
	desk_question(&request, "status");
	int code = desk_ask(desk, &request, ret_daemon);
	if (code != DESK_DONE)
		return code;
	desk_question(&request, "partners");
	return desk_ask(desk, &request, ret_partners);
}

int ctl_status(struct desk *desk)
{
	struct status status = {0};
	struct answer *daemon = NULL, *partners = NULL;
	struct settings settings;
	int code = desk_settings(desk, &settings);
	if (code != DESK_DONE)
		return code;
	code = status_ask(desk, &daemon, &partners);
	status.daemon = daemon;
	status.partners = partners;
	// A daemon that is away is told by 3, as by every program: whether it is well nobody knows.
	if (code == DESK_DONE && judge(&status) != RESULT_OK)
		code = desk_odd_answer(desk, "a status without the log's size");
	if (code == DESK_DONE) {
		if (desk->json)
			print_status(desk, &status, settings.data);
		status_say(desk, &status);
		code = status.ok ? DESK_DONE : DESK_NO;
	}
	answer_free(daemon);
	answer_free(partners);
	return code;
}
