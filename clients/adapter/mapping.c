// SPDX-License-Identifier: EUPL-1.2
// Lines: the header is bound once, then each line goes through the same rows.
#include "adapter/mapping.h"

#include "json/problem_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void mapping_done(struct mapping *mapping)
{
	for (size_t i = 0; i < mapping->count; i++)
		free(mapping->rows[i].codes);
	free(mapping->rows);
	free(mapping->ignored);
	*mapping = (struct mapping){.rows = NULL};
}

// ---- the first line ----------------------------------------------------------------------------

static enum result find_column(const struct csv_record *header, const char *name, size_t *ret_at,
			       struct problem *problem)
{
	size_t found = 0;
	for (size_t i = 0; i < header->count; i++) {
		if (bytes_equal(header->fields[i], bytes_of_text(name))) {
			*ret_at = i;
			found++;
		}
	}
	if (found == 1)
		return RESULT_OK;
	return found == 0
		       ? problem_refuse(problem, REASON_MISSING_FIELD, name,
					"The first line must name this column, as the settings do.")
		       : problem_refuse(problem, REASON_DUPLICATE, name,
					"The first line names this column more than once.");
}

static bool is_used(const struct mapping *mapping, struct bytes name)
{
	bool used = bytes_equal(name, bytes_of_text(mapping->number)) ||
		    bytes_equal(name, bytes_of_text(mapping->sequence));
	for (size_t i = 0; !used && i < mapping->count; i++)
		used = bytes_equal(name, bytes_of_text(mapping->rows[i].column)) ||
		       bytes_equal(name, bytes_of_text(mapping->rows[i].unless_empty));
	for (size_t i = 0; !used && i < mapping->ignored_count; i++)
		used = bytes_equal(name, bytes_of_text(mapping->ignored[i]));
	return used && name.len > 0;
}

// What nobody said anything about is not dropped in silence.
static enum result check_all_used(const struct mapping *mapping, const struct csv_record *header,
				  struct problem *problem)
{
	for (size_t i = 0; i < header->count; i++) {
		if (is_used(mapping, header->fields[i]))
			continue;
		char place[32];
		snprintf(place, sizeof place, "kolom %zu", i + 1);
		return problem_refuse(
			problem, REASON_UNKNOWN_FIELD, place,
			"The settings say nothing of this column: map it, or name it under "
			"negeer.");
	}
	return RESULT_OK;
}

enum result mapping_bind(struct mapping *mapping, const struct csv_record *header,
			 struct problem *problem)
{
	enum result result = find_column(header, mapping->number, &mapping->number_at, problem);
	if (result == RESULT_OK && mapping->sequence[0])
		result = find_column(header, mapping->sequence, &mapping->sequence_at, problem);
	for (size_t i = 0; result == RESULT_OK && i < mapping->count; i++) {
		struct mapping_row *row = &mapping->rows[i];
		if (row->column[0])
			result = find_column(header, row->column, &row->at, problem);
		if (result == RESULT_OK && row->unless_empty[0])
			result = find_column(header, row->unless_empty, &row->unless_at, problem);
	}
	mapping->columns = header->count;
	return result == RESULT_OK ? check_all_used(mapping, header, problem) : result;
}

// ---- one line ----------------------------------------------------------------------------------

static struct bytes trim(struct bytes cell)
{
	while (cell.len > 0 && cell.data[0] == ' ')
		cell = bytes_make(cell.data + 1, cell.len - 1);
	while (cell.len > 0 && cell.data[cell.len - 1] == ' ')
		cell.len--;
	return cell;
}

static enum result put_code(const struct mapping_row *row, struct bytes cell, struct bytes *ret_to,
			    struct problem *problem)
{
	*ret_to = cell;
	for (size_t i = 0; i < row->code_count; i++) {
		if (bytes_equal(cell, bytes_of_text(row->codes[i].from))) {
			*ret_to = bytes_of_text(row->codes[i].to);
			return RESULT_OK;
		}
	}
	return row->codes
		       ? problem_refuse(problem, REASON_UNKNOWN_CODE, row->column,
					"The settings do not know this code: add it under codes.")
		       : RESULT_OK;
}

static bool all_digits(struct bytes cell, const char *form)
{
	for (size_t i = 0; i < cell.len; i++) {
		bool digit = cell.data[i] >= '0' && cell.data[i] <= '9';
		if (form[i] == '-' ? cell.data[i] != '-' : !digit)
			return false;
	}
	return cell.len == strlen(form);
}

// To YYYY-MM-DD; whether the day exists is seen later.
static enum result put_date(const struct mapping_row *row, struct bytes cell, char out[11],
			    struct problem *problem)
{
	bool bare = row->date == DATE_BARE;
	if (!all_digits(cell, bare ? "dddddddd" : "dd-dd-dddd"))
		return problem_refuse(problem, REASON_IMPOSSIBLE_DATE, row->column,
				      bare ? "Write it as jjjjmmdd." : "Write it as dd-mm-jjjj.");
	const uint8_t *year = cell.data + (bare ? 0 : 6), *month = cell.data + (bare ? 4 : 3);
	memcpy(out, year, 4);
	out[4] = out[7] = '-';
	memcpy(out + 5, month, 2);
	memcpy(out + 8, cell.data + (bare ? 6 : 0), 2);
	out[10] = '\0';
	return RESULT_OK;
}

// `result` of json_build_put and json_build_add.
static enum result tell_put(const struct mapping_row *row, enum result result,
			    struct problem *problem)
{
	const char *field = row->column[0] ? row->column : row->to;
	if (result == RESULT_EXISTS)
		return problem_refuse(problem, REASON_DUPLICATE, field,
				      "Two rows of the settings put something in one place.");
	if (result == RESULT_MALFORMED)
		return problem_refuse(problem, REASON_MISSING_FIELD, field,
				      "What stands before it in a list is empty on this line: fill "
				      "that, or number the places of `naar` from 0.");
	return result;
}

static enum result put_value(const struct mapping_row *row, struct bytes cell,
			     struct json_build *build, struct problem *problem)
{
	char date[11];
	struct bytes value = cell;
	enum result result = row->date == DATE_AS_IT_IS ? put_code(row, cell, &value, problem)
							: put_date(row, cell, date, problem);
	if (result != RESULT_OK)
		return result;
	if (row->date != DATE_AS_IT_IS)
		value = bytes_of_text(date);
	if (value.len == 0)
		return RESULT_OK;
	char whole[2 * COLUMN_MAX];
	if (row->before[0]) {
		int made = snprintf(whole, sizeof whole, "%s%.*s", row->before, (int)value.len,
				    (const char *)value.data);
		if (made < 0 || (size_t)made >= sizeof whole)
			return problem_refuse(problem, REASON_TOO_LONG, row->column, NULL);
		value = bytes_of_text(whole);
	}
	result = row->split ? json_build_add(build, row->to, value)
			    : json_build_put(build, row->to, value);
	return tell_put(row, result, problem);
}

static enum result put_list(const struct mapping_row *row, struct bytes cell,
			    struct json_build *build, struct problem *problem)
{
	enum result result = RESULT_OK;
	size_t start = 0;
	for (size_t i = 0; result == RESULT_OK && i <= cell.len; i++) {
		if (i < cell.len && cell.data[i] != (uint8_t)row->split)
			continue;
		struct bytes part = trim(bytes_make(cell.data + start, i - start));
		if (part.len > 0)
			result = put_value(row, part, build, problem);
		start = i + 1;
	}
	return result;
}

enum result mapping_apply(const struct mapping *mapping, const struct csv_record *record,
			  struct json_build *build, struct problem *problem)
{
	enum result result = RESULT_OK;
	if (record->count != mapping->columns)
		return problem_refuse(
			problem, REASON_MALFORMED, "",
			"This line has another number of columns than the first one.");
	for (size_t i = 0; result == RESULT_OK && i < mapping->count; i++) {
		const struct mapping_row *row = &mapping->rows[i];
		if (row->unless_empty[0] && trim(record->fields[row->unless_at]).len == 0)
			continue;
		struct bytes cell =
			row->column[0] ? trim(record->fields[row->at]) : bytes_of_text(row->fixed);
		if (cell.len > 0)
			result = row->split ? put_list(row, cell, build, problem)
					    : put_value(row, cell, build, problem);
	}
	return result;
}

const char *mapping_origin(const struct mapping *mapping, const char *pointer)
{
	for (size_t i = 0; i < mapping->count; i++) {
		const char *to = mapping->rows[i].to;
		size_t len = strlen(to);
		if (mapping->rows[i].column[0] && strncmp(pointer, to, len) == 0 &&
		    (pointer[len] == '\0' || pointer[len] == '/'))
			return mapping->rows[i].column;
	}
	return pointer;
}
