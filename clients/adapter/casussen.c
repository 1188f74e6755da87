// SPDX-License-Identifier: EUPL-1.2
#include "adapter/casussen.h"

#include "adapter/known.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCOPE "casussen"
#define FILE_MAX (64 * 1024 * 1024)
#define INDEX_MIN 64
#define MONTH_LEN 6 // "202611"

static struct kept place(const struct casussen *casussen)
{
	return (struct kept){.path = casussen->path, .number = 0, .scope = SCOPE};
}

static bool begins(struct bytes number, const char *oin, const char *name)
{
	char mark[OIN_LEN + FUNCTIE_MAX + 3];
	int len = snprintf(mark, sizeof mark, "%s%s%s:", oin, oin[0] ? ":" : "", name);
	return len > 0 && (size_t)len < sizeof mark && number.len > (size_t)len &&
	       memcmp(number.data, mark, (size_t)len) == 0;
}

bool casus_is_of(struct bytes number, const struct casus_system *system)
{
	return begins(number, system->oin, system->name) || begins(number, "", system->name);
}

bool casus_is_number(const struct veld_row *row)
{
	return row && row->kind == VELD_REFERENCE && strcmp(row->name, "casus") == 0;
}

static uint32_t month_of_now(void)
{
	struct civil_date today = date_amsterdam(clock_wall_ms());
	return (uint32_t)today.year * 12 + (uint32_t)today.month - 1;
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

// FNV-1a: the numbers are those of one's own systems, nobody chooses them to collide.
static size_t place_of(const struct casussen *casussen, struct bytes number)
{
	uint64_t hash = 0xcbf29ce484222325;
	for (size_t i = 0; i < number.len; i++)
		hash = (hash ^ number.data[i]) * 0x100000001b3;
	return (size_t)(hash & (casussen->index_room - 1));
}

static void index_add(struct casussen *casussen, size_t row, struct bytes number)
{
	size_t at = place_of(casussen, number);
	while (casussen->index[at] != 0)
		at = (at + 1) & (casussen->index_room - 1);
	casussen->index[at] = (uint32_t)row + 1;
}

// Anew, for twice as many numbers as there are; without memory there is none.
static void index_make(struct casussen *casussen)
{
	size_t numbers = 0, room = INDEX_MIN;
	for (size_t i = 0; i < casussen->count; i++)
		numbers += casussen->rows[i].count;
	while (room < 4 * numbers)
		room *= 2;
	free(casussen->index);
	casussen->index = calloc(room, sizeof *casussen->index);
	casussen->index_room = casussen->index ? room : 0;
	casussen->indexed = 0;
	for (size_t i = 0; casussen->index && i < casussen->count; i++) {
		for (size_t k = 0; k < casussen->rows[i].count; k++)
			index_add(casussen, i, bytes_of_text(casussen->rows[i].numbers[k]));
		casussen->indexed += casussen->rows[i].count;
	}
}

static void index_drop(struct casussen *casussen)
{
	free(casussen->index);
	casussen->index = NULL;
	casussen->index_room = 0;
}

// Of a row that is new.
static void index_row(struct casussen *casussen, size_t row)
{
	const struct casus_numbers *numbers = &casussen->rows[row];
	if (2 * (casussen->indexed + numbers->count) > casussen->index_room) {
		index_make(casussen);
		return;
	}
	for (size_t k = 0; k < numbers->count; k++)
		index_add(casussen, row, bytes_of_text(numbers->numbers[k]));
	casussen->indexed += numbers->count;
}

static struct casus_numbers *find(const struct casussen *casussen, struct bytes number)
{
	for (size_t at = casussen->index_room ? place_of(casussen, number) : 0;
	     casussen->index_room; at = (at + 1) & (casussen->index_room - 1)) {
		if (casussen->index[at] == 0)
			return NULL;
		struct casus_numbers *row = &casussen->rows[casussen->index[at] - 1];
		if (has(row, number))
			return row;
	}
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
	index_drop(casussen);
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
			if (all) {
				casussen->changed |= row->month != casussen->month;
				row->month = casussen->month;
				return RESULT_OK;
			}
			take_in(casussen, &together, row);
		}
	}
	for (size_t i = 0; i < count; i++)
		add(&together, numbers[i]);
	if (together.count == 0)
		return RESULT_OK;
	together.month = casussen->month;
	enum result result = new_row(casussen, &row);
	if (result == RESULT_OK) {
		*row = together;
		index_row(casussen, casussen->count - 1);
	}
	casussen->changed = true;
	return result;
}

// A casus has numbers in its velden "casus"; who leads it adds that of its own system as "nummer".
static bool names_casus(const struct type_row *type, uint32_t veld)
{
	const struct veld_row *row = veld_row(type->velden, type->veld_count, veld);
	return casus_is_number(row) ||
	       (row && row->kind == VELD_REFERENCE && strcmp(row->name, "nummer") == 0);
}

enum result casussen_note_said(struct casussen *casussen, const struct type_row *type,
			       const struct veld *velden, size_t count)
{
	struct bytes numbers[CASUS_NUMBERS_MAX];
	size_t named = 0;
	for (size_t i = 0; i < count && named < CASUS_NUMBERS_MAX; i++) {
		if (names_casus(type, velden[i].veld))
			numbers[named++] = velden[i].waarde;
	}
	if (named < 2)
		return RESULT_OK;
	casussen->month = month_of_now(); // a program runs for longer than a month
	return casussen_note(casussen, numbers, named);
}

static const char *find_in(const struct casus_numbers *row, const char *oin, const char *name)
{
	for (size_t i = 0; i < row->count; i++) {
		if (begins(bytes_of_text(row->numbers[i]), oin, name))
			return row->numbers[i];
	}
	return NULL;
}

const char *casussen_find(const struct casussen *casussen, struct bytes number,
			  const struct casus_system *system)
{
	const struct casus_numbers *row = find(casussen, number);
	const char *own = row ? find_in(row, system->oin, system->name) : NULL;
	return own || !row ? own : find_in(row, "", system->name);
}

// ---- the file ----------------------------------------------------------------------------------

// 0: it begins with none, as the lines of an earlier version.
static size_t read_month(struct bytes line, uint32_t *ret_month)
{
	uint32_t number = 0;
	for (size_t i = 0; i < MONTH_LEN; i++) {
		if (i >= line.len || line.data[i] < '0' || line.data[i] > '9')
			return 0;
		number = number * 10 + (uint32_t)(line.data[i] - '0');
	}
	if (line.len == MONTH_LEN || line.data[MONTH_LEN] != ' ')
		return 0;
	*ret_month = number / 100 * 12 + number % 100 - 1;
	return MONTH_LEN + 1;
}

static enum result read_line(struct casussen *casussen, struct bytes line)
{
	struct casus_numbers *row;
	uint32_t month = casussen->month;
	size_t first = read_month(line, &month);
	if (month + KNOWN_MONTHS < casussen->month) {
		casussen->changed = true;
		return RESULT_OK;
	}
	enum result result = new_row(casussen, &row);
	if (result == RESULT_OK)
		row->month = month;
	for (size_t start = first, i = first; result == RESULT_OK && i <= line.len; i++) {
		if (i < line.len && line.data[i] != ' ')
			continue;
		add(row, bytes_make(line.data + start, i - start));
		start = i + 1;
	}
	return result;
}

enum result casussen_open(struct client *client, const char *spool, struct casussen *ret_casussen)
{
	struct casussen casussen = {.month = month_of_now()};
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
	index_make(&casussen);
	if (result == RESULT_OK)
		result = casussen_save(&casussen, client); // without what is too old
	if (result == RESULT_OK)
		*ret_casussen = casussen;
	else
		casussen_done(&casussen);
	return result;
}

void casussen_done(struct casussen *casussen)
{
	free(casussen->rows);
	free(casussen->index);
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
		buffer_append_format(&text, "%04u%02u", row->month / 12, row->month % 12 + 1);
		for (size_t k = 0; k < row->count; k++)
			buffer_append_format(&text, " %s", row->numbers[k]);
		buffer_append_u8(&text, '\n');
	}
	enum result result = text.status;
	if (result == RESULT_OK)
		result = client_keep(client, &kept, buffer_view(&text));
	buffer_wipe(&text);
	casussen->changed = result != RESULT_OK;
	return result;
}
