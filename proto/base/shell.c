// SPDX-License-Identifier: EUPL-1.2
#include "base/shell.h"

#include <string.h>

static bool is_plain(const char *word)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789_-./:@%+=,";
	return word[0] != '\0' && strspn(word, plain) == strlen(word);
}

void shell_append(struct buffer *out, const char *word)
{
	if (is_plain(word)) {
		buffer_append_text(out, word);
		return;
	}
	buffer_append_text(out, "'");
	for (; *word; word++) {
		if (*word == '\'')
			buffer_append_text(out, "'\\''");
		else
			buffer_append(out, bytes_make(word, 1));
	}
	buffer_append_text(out, "'");
}

void shell_append_option(struct buffer *out, const char *option, const char *value)
{
	if (!value)
		return;
	buffer_append_format(out, "%s ", option);
	shell_append(out, value);
	buffer_append_text(out, " ");
}
