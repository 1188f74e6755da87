// SPDX-License-Identifier: EUPL-1.2
#include "base/problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// Texts go into JSON and onto terminals: no controls, and no half of a UTF-8 sequence where a
// long text was cut.
static void tidy(char *text)
{
	size_t len = strlen(text);
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			text[i] = '?';
	}
	while (len > 0 && !utf8_is_clean_text(bytes_make(text, len)))
		text[--len] = '\0';
}

// What did not fit ends after a whole word.
static void shorten(char *text, size_t size)
{
	static const char more[] = " …";
	size_t room = size - sizeof more, len = room;
	while (len > size / 2 && text[len] != ' ')
		len--;
	if (text[len] != ' ') // one long word: at a character
		for (len = room; len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80;)
			len--;
	memcpy(text + len, more, sizeof more);
}

__attribute__((format(printf, 3, 0))) static void set_text(char *out, size_t size,
							   const char *format, va_list args)
{
	int len = vsnprintf(out, size, format, args);
	if (len < 0)
		out[0] = '\0';
	tidy(out);
	if (len >= (int)size)
		shorten(out, size);
}

void problem_set(struct problem *problem, const char *code, const char *fix, const char *format,
		 ...)
{
	if (!problem)
		return;
	problem->code = code;
	int len = snprintf(problem->fix, sizeof problem->fix, "%s", fix ? fix : "");
	tidy(problem->fix);
	if (len >= (int)sizeof problem->fix)
		shorten(problem->fix, sizeof problem->fix);
	va_list args;
	va_start(args, format);
	set_text(problem->message, sizeof problem->message, format, args);
	va_end(args);
}

void problem_set_file(struct problem *problem, const char *path)
{
	if (!problem)
		return;
	size_t len = strlen(path), room = sizeof problem->file - 1;
	// A cut may fall inside a UTF-8 sequence: begin at the next character.
	const char *from = path + (len > room ? len - room : 0);
	while (from > path && ((unsigned char)*from & 0xc0) == 0x80)
		from++;
	memcpy(problem->file, from, strlen(from) + 1);
	tidy(problem->file);
}

void problem_set_field(struct problem *problem, const char *format, ...)
{
	if (!problem)
		return;
	va_list args;
	va_start(args, format);
	set_text(problem->field, sizeof problem->field, format, args);
	va_end(args);
}
