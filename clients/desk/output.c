// SPDX-License-Identifier: EUPL-1.2
#include "desk/desk.h"

#include "base/file.h"
#include "base/guess.h"
#include "base/shell.h"
#include "keys/keys.h"
#include "melding/reason.h"
#include "json/problem_json.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void desk_line_begin(struct desk_line *line)
{
	json_line_begin(&line->out, &line->buffer);
}

void desk_line_end(struct desk *desk, struct desk_line *line)
{
	if (desk->oefening)
		json_out_add_bool(&line->out, "oefening", true);
	if (!json_line_end(&line->out, &line->buffer))
		desk->unprinted = true;
}

void desk_say(const struct desk *desk, const char *format, ...)
{
	if (desk->json)
		return;
	va_list args;
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

void desk_oefening(struct desk *desk)
{
	if (desk->oefening)
		return;
	desk->oefening = true;
	desk_say(desk, "OEFENING");
}

void desk_say_command(const struct desk *desk, const char *program, const char *format, ...)
{
	struct buffer line;
	char rest[1024];
	va_list args;
	va_start(args, format);
	bool whole = vsnprintf(rest, sizeof rest, format, args) < (int)sizeof rest;
	va_end(args);
	buffer_init(&line, 8192);
	buffer_append_format(&line, "  %s ", program);
	shell_append_option(&line, "-c", desk->settings_given ? desk->values[DESK_SETTINGS] : NULL);
	if (whole && !line.status) // half a command would be another
		desk_say(desk, "%.*s%s", (int)line.len, (const char *)line.data, rest);
	buffer_done(&line);
}

void desk_key_text(const uint8_t identity[32], char ret_text[DESK_KEY_TEXT])
{
	struct key_id id = key_id_of(KEY_KIND_IDENTITY, identity);
	hex_encode(ret_text, bytes_make(id.b, KEY_ID_LEN));
}

int desk_fail(struct desk *desk, const struct problem *problem, int exit_code)
{
	if (desk->json) {
		struct desk_line line;
		desk_line_begin(&line);
		json_out_key(&line.out, "error");
		json_out_problem(&line.out, problem);
		desk_line_end(desk, &line);
	} else {
		problem_say(desk->program->name, problem);
	}
	return exit_code;
}

int desk_misused(struct desk *desk, const char *format, ...)
{
	char text[200], fix[200];
	struct problem problem = {0};
	va_list args;
	va_start(args, format);
	if (vsnprintf(text, sizeof text, format, args) < 0)
		text[0] = '\0';
	va_end(args);
	snprintf(fix, sizeof fix, "see %s %s%s--help", desk->program->name,
		 desk->command ? desk->command->words : "", desk->command ? " " : "");
	problem_set(&problem, reason_code(REASON_USAGE), fix, "%s", text);
	return desk_fail(desk, &problem, DESK_USAGE);
}

int desk_no_such_name(struct desk *desk, const struct desk_names *names, const char *text,
		      const char *what)
{
	struct problem problem = {0};
	char fix[sizeof problem.fix];
	struct guess guess = guess_of(bytes_of_text(text));
	const char *name;
	for (size_t n = 0; (name = names->at(names->context, n)); n++)
		guess_offer(&guess, name);
	snprintf(fix, sizeof fix, "%s%s%sThe %s: ", guess.best ? "Did you mean \"" : "",
		 guess.best ? guess.best : "", guess.best ? "\"? " : "", names->plural);
	struct name_list list = name_list_in(fix, sizeof fix);
	for (size_t n = 0; (name = names->at(names->context, n)); n++)
		name_list_add(&list, name);
	problem_set(&problem, reason_code(REASON_USAGE), fix, "\"%s\" is %s", text, what);
	return desk_fail(desk, &problem, DESK_USAGE);
}

int desk_read_file(struct desk *desk, const char *path, size_t ceiling, struct buffer *ret_buffer)
{
	enum result result = file_read(path, ceiling, ret_buffer);
	if (result == RESULT_OK)
		return DESK_DONE;
	struct problem problem = {0};
	const char *why = result == RESULT_IO ? strerror(errno) : result_name(result);
	enum reason reason = result == RESULT_TOO_LARGE ? REASON_TOO_LONG
			     : result == RESULT_IO      ? REASON_IO
							: REASON_FILE_MISSING;
	problem_set_file(&problem, path);
	problem_set(&problem, reason_code(reason), "name a file that exists and may be read",
		    "the file cannot be read: %s", why);
	return desk_fail(desk, &problem, result == RESULT_IO ? DESK_BROKEN : DESK_CONFIG);
}
