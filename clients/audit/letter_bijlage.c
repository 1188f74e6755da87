// SPDX-License-Identifier: EUPL-1.2
#include "audit/letter.h"

#include "audit/audit.h"
#include "base/guess.h"
#include "melding/reason.h"

#include <stdio.h>
#include <string.h>

#define FILE_MAX (64u * 1024)

struct reading {
	struct desk *desk;
	struct letter *letter;
	struct bijlage *bijlage;
	const char *path;
	unsigned line;
	size_t at; // the veld in hand; BIJLAGE_MAX: none yet
	struct buffer texts[BIJLAGE_MAX];
};

static size_t count_names(const struct bijlage *bijlage)
{
	size_t count = 0;
	while (bijlage->names[count])
		count++;
	return count;
}

static const char *name_at(const void *context, size_t n)
{
	const struct bijlage *bijlage = context;
	return n < count_names(bijlage) ? bijlage->names[n] : NULL;
}

const char *bijlage_text(const struct bijlage *bijlage, const char *name)
{
	for (size_t i = 0; bijlage->names[i]; i++)
		if (strcmp(bijlage->names[i], name) == 0)
			return bijlage->texts[i];
	return "";
}

static int refuse(const struct reading *reading, const char *message)
{
	struct problem problem = {0};
	char fix[sizeof problem.fix];
	snprintf(fix, sizeof fix, "write lines \"NAME: text\"; the names: ");
	struct name_list list = name_list_in(fix, sizeof fix);
	for (size_t n = 0; name_at(reading->bijlage, n); n++)
		name_list_add(&list, name_at(reading->bijlage, n));
	problem_set_file(&problem, reading->path ? reading->path : "");
	problem_set(&problem, reason_code(REASON_SYNTAX), fix, "%s", message);
	problem.line = reading->line;
	return desk_fail(reading->desk, &problem, DESK_CONFIG);
}

static struct bytes trimmed(struct bytes text)
{
	while (text.len > 0 && (text.data[0] == ' ' || text.data[0] == '\t'))
		text = bytes_make(text.data + 1, text.len - 1);
	while (text.len > 0 && (text.data[text.len - 1] == ' ' || text.data[text.len - 1] == '\r'))
		text.len--;
	return text;
}

static void append(struct reading *reading, struct bytes text)
{
	struct buffer *to = &reading->texts[reading->at];
	if (to->len > 0)
		buffer_append_text(to, "\n");
	buffer_append(to, text);
}

static int begin_veld(struct reading *reading, struct bytes line)
{
	const uint8_t *colon = memchr(line.data, ':', line.len);
	size_t len = colon ? (size_t)(colon - line.data) : 0, n = 0;
	while (name_at(reading->bijlage, n) &&
	       !bytes_equal(bytes_make(line.data, len),
			    bytes_of_text(name_at(reading->bijlage, n))))
		n++;
	if (!colon || !name_at(reading->bijlage, n))
		return refuse(reading, "this line begins with none of the names");
	if (reading->texts[n].len > 0)
		return refuse(reading, "this name stands there twice");
	reading->at = n;
	append(reading, trimmed(bytes_make(colon + 1, line.len - len - 1)));
	return DESK_DONE;
}

static int read_line(struct reading *reading, struct bytes line)
{
	if (line.len > 0 && line.data[line.len - 1] == '\r')
		line.len--;
	if (line.len > 0 && !utf8_is_clean_text(line))
		return refuse(reading, "this line is no text in UTF-8, or has a control character");
	if (line.len == 0 || line.data[0] == '#')
		return DESK_DONE;
	if (line.data[0] != ' ' && line.data[0] != '\t')
		return begin_veld(reading, line);
	if (reading->at == BIJLAGE_MAX)
		return refuse(reading, "this line goes on with nothing");
	append(reading, trimmed(line));
	return DESK_DONE;
}

static int read_all(struct reading *reading)
{
	struct buffer file;
	buffer_init(&file, FILE_MAX);
	int code = desk_read_file(reading->desk, reading->path, FILE_MAX, &file);
	for (struct bytes text = buffer_view(&file); code == DESK_DONE && text.len > 0;) {
		const uint8_t *end = memchr(text.data, '\n', text.len);
		size_t len = end ? (size_t)(end - text.data) : text.len;
		reading->line++;
		code = read_line(reading, bytes_make(text.data, len));
		len += end ? 1 : 0;
		text = bytes_make(text.data + len, text.len - len);
	}
	buffer_wipe(&file);
	return code;
}

static int keep_all(struct reading *reading)
{
	struct bijlage *bijlage = reading->bijlage;
	char message[120];
	reading->line = 0; // of no line
	for (size_t n = 0; n < count_names(bijlage); n++) {
		bijlage->texts[n] =
			arena_text(reading->letter->arena, buffer_view(&reading->texts[n]));
		if (!bijlage->texts[n] || reading->texts[n].status)
			return audit_no_memory(reading->desk);
		if (n < bijlage->needed && !bijlage->texts[n][0]) {
			snprintf(message, sizeof message, "the letter needs a text for \"%s\"",
				 bijlage->names[n]);
			return refuse(reading, message);
		}
	}
	return DESK_DONE;
}

int bijlage_read(struct desk *desk, const char *path, struct letter *letter,
		 struct bijlage *bijlage)
{
	struct reading reading = {.desk = desk,
				  .letter = letter,
				  .bijlage = bijlage,
				  .path = path,
				  .at = BIJLAGE_MAX};
	for (size_t n = 0; n < BIJLAGE_MAX; n++)
		buffer_init(&reading.texts[n], FILE_MAX);
	int code = path ? read_all(&reading) : DESK_DONE;
	if (code == DESK_DONE)
		code = keep_all(&reading);
	if (code == DESK_DONE)
		letter->aan = bijlage_text(bijlage, "aan");
	for (size_t n = 0; n < BIJLAGE_MAX; n++)
		buffer_wipe(&reading.texts[n]);
	return code;
}
