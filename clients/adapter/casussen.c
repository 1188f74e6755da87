// SPDX-License-Identifier: EUPL-1.2
#include "adapter/casussen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCOPE "casussen"
#define FILE_MAX (64 * 1024 * 1024)

static struct kept place(const struct casussen *casussen)
{
	return (struct kept){.path = casussen->path, .number = 0, .scope = SCOPE};
}

bool casus_is_number(const struct veld_row *row)
{
	return row && row->kind == VELD_REFERENCE && strcmp(row->name, "casus") == 0;
}

// ---- rows --------------------------------------------------------------------------------------

static bool has(const struct casus_numbers *row, struct bytes number)
{
	for (size_t i = 0; i < row->count; i++) {
		if (bytes_equal(bytes_of_text(row->numbers[i]), number))
			return true;
	}
	return false;
}

static struct casus_numbers *find(const struct casussen *casussen, struct bytes number)
{
	for (size_t i = 0; i < casussen->count; i++) {
		if (has(&casussen->rows[i], number))
			return &casussen->rows[i];
	}
	return NULL;
}

static bool add(struct casus_numbers *row, struct bytes number)
{
	if (number.len == 0 || number.len > CASUS_NUMBER_MAX || row->count == CASUS_NUMBERS_MAX ||
	    has(row, number))
		return false;
	memcpy(row->numbers[row->count], number.data, number.len);
	row->numbers[row->count++][number.len] = '\0';
	return true;
}

static enum result new_row(struct casussen *casussen, struct casus_numbers **ret_row)
{
	if (casussen->count == casussen->room) {
		size_t room = casussen->room ? 2 * casussen->room : 64;
		struct casus_numbers *grown =
			reallocarray(casussen->rows, room, sizeof *casussen->rows);
		if (!grown)
			return RESULT_NO_MEMORY;
		casussen->rows = grown;
		casussen->room = room;
	}
	*ret_row = &casussen->rows[casussen->count++];
	**ret_row = (struct casus_numbers){.count = 0};
	return RESULT_OK;
}

// Of what stood in two rows until now one is left, the last row takes its place.
static void take_in(struct casussen *casussen, struct casus_numbers *row,
		    struct casus_numbers *other)
{
	for (size_t i = 0; i < other->count; i++)
		add(row, bytes_of_text(other->numbers[i]));
	*other = casussen->rows[--casussen->count];
}

enum result casussen_note(struct casussen *casussen, const struct bytes *numbers, size_t count)
{
	struct casus_numbers together = {.count = 0}, *row;
	for (size_t i = 0; i < count; i++) {
		while ((row = find(casussen, numbers[i])) != NULL) {
			// One row that knows them all already is left as it is.
			bool all = true;
			for (size_t k = 0; k < count; k++)
				all = all && has(row, numbers[k]);
			if (all)
				return RESULT_OK;
			take_in(casussen, &together, row);
		}
	}
	for (size_t i = 0; i < count; i++)
		add(&together, numbers[i]);
	if (together.count == 0)
		return RESULT_OK;
	enum result result = new_row(casussen, &row);
	if (result == RESULT_OK)
		*row = together;
	casussen->changed = true;
	return result;
}

const char *casussen_find(const struct casussen *casussen, struct bytes number, const char *system)
{
	const struct casus_numbers *row = find(casussen, number);
	size_t len = strlen(system);
	for (size_t i = 0; row && i < row->count; i++) {
		if (strncmp(row->numbers[i], system, len) == 0 && row->numbers[i][len] == ':')
			return row->numbers[i];
	}
	return NULL;
}

// ---- the file ----------------------------------------------------------------------------------

static enum result read_line(struct casussen *casussen, struct bytes line)
{
	struct casus_numbers *row;
	enum result result = new_row(casussen, &row);
	for (size_t start = 0, i = 0; result == RESULT_OK && i <= line.len; i++) {
		if (i < line.len && line.data[i] != ' ')
			continue;
		add(row, bytes_make(line.data + start, i - start));
		start = i + 1;
	}
	return result;
}

enum result casussen_open(struct client *client, const char *spool, struct casussen *ret_casussen)
{
	struct casussen casussen = {.count = 0};
	struct buffer text;
	int made = snprintf(casussen.path, sizeof casussen.path, "%s/adapter/.casussen", spool);
	if (made < 0 || (size_t)made >= sizeof casussen.path)
		return RESULT_TOO_LARGE;
	const struct kept kept = place(&casussen);
	buffer_init(&text, FILE_MAX);
	enum result result = client_kept(client, &kept, &text);
	for (size_t start = 0, i = 0; result == RESULT_OK && i < text.len; i++) {
		if (text.data[i] != '\n')
			continue;
		result = read_line(&casussen, bytes_make(text.data + start, i - start));
		start = i + 1;
	}
	buffer_wipe(&text);
	if (result == RESULT_NOT_FOUND)
		result = RESULT_OK;
	if (result == RESULT_OK)
		*ret_casussen = casussen;
	else
		casussen_done(&casussen);
	return result;
}

void casussen_done(struct casussen *casussen)
{
	free(casussen->rows);
	*casussen = (struct casussen){.count = 0};
}

enum result casussen_save(struct casussen *casussen, struct client *client)
{
	struct buffer text;
	const struct kept kept = place(casussen);
	if (!casussen->changed)
		return RESULT_OK;
	buffer_init(&text, FILE_MAX);
	for (size_t i = 0; i < casussen->count; i++) {
		const struct casus_numbers *row = &casussen->rows[i];
		for (size_t k = 0; k < row->count; k++)
			buffer_append_format(&text, "%s%s", k > 0 ? " " : "", row->numbers[k]);
		buffer_append_u8(&text, '\n');
	}
	enum result result = text.status;
	if (result == RESULT_OK)
		result = client_keep(client, &kept, buffer_view(&text));
	buffer_wipe(&text);
	casussen->changed = result != RESULT_OK;
	return result;
}
