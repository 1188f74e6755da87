// SPDX-License-Identifier: EUPL-1.2
#include "codes/gemeenten.h"

#include "base/guess.h"
#include "codes/row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct gemeenten {
	struct gemeente *rows;
	size_t count;
	struct huis *huizen;
	size_t huis_count;
};

static bool is_code(const char *text)
{
	if (strlen(text) != GEMEENTE_CODE_LEN || text[0] != 'G' || text[1] != 'M')
		return false;
	return strspn(text + 2, "0123456789") == GEMEENTE_CODE_LEN - 2;
}

static enum result read_code(const struct row_reading *reading, const char *key, bool required,
			     char *out)
{
	enum result result = row_text(reading, key, required, GEMEENTE_CODE_LEN, out);
	if (result == RESULT_OK && out[0] && !is_code(out))
		result = row_refuse(reading, yaml_find(reading->row, key), REASON_BAD_VALUE, key,
				    "A gemeente is \"GM\" and four digits.");
	return result;
}

static enum result read_validity(const struct row_reading *reading, struct gemeente *row)
{
	struct row_period period;
	enum result result = row_period(reading, &period);
	if (result == RESULT_OK)
		result = read_code(reading, "opvolger", false, row->opvolger);
	if (result != RESULT_OK)
		return result;
	if (row->opvolger[0] && !period.has_tot)
		return row_refuse(reading, yaml_find(reading->row, "opvolger"),
				  REASON_MISSING_KEYWORD, "tot",
				  "A gemeente with a successor has a last day.");
	row->has_van = period.has_van;
	row->has_tot = period.has_tot;
	row->van = period.van;
	row->tot = period.tot;
	return RESULT_OK;
}

static enum result read_gemeente(const struct row_reading *reading, struct gemeente *row)
{
	static const char *const keys[] = {"code", "naam", "van",    "tot", "opvolger",
					   "huis", "bron", "status", NULL};
	enum result result = yaml_only_keys(reading->yaml, reading->row, keys, reading->problem);
	if (result == RESULT_OK)
		result = read_code(reading, "code", true, row->code);
	if (result == RESULT_OK)
		result = row_text(reading, "naam", true, GEMEENTE_NAAM_MAX, row->naam);
	if (result == RESULT_OK)
		result = read_validity(reading, row);
	if (result == RESULT_OK)
		result = row_name(reading, "huis", false, HUIS_MAX, row->huis);
	if (result == RESULT_OK)
		result = row_text(reading, "bron", true, GEMEENTE_BRON_MAX, row->bron);
	if (result == RESULT_OK)
		result = row_status(reading, &row->bevestigd);
	row->line = yaml_line(reading->row);
	return result;
}

static enum result read_huis(const struct row_reading *reading, const struct gemeenten *gemeenten,
			     struct huis *huis)
{
	static const char *const keys[] = {"huis", "naam", NULL};
	enum result result = yaml_only_keys(reading->yaml, reading->row, keys, reading->problem);
	if (result == RESULT_OK)
		result = row_name(reading, "huis", true, HUIS_MAX, huis->huis);
	if (result == RESULT_OK)
		result = row_text(reading, "naam", true, GEMEENTE_NAAM_MAX, huis->naam);
	if (result == RESULT_OK && huis_find(gemeenten, bytes_of_text(huis->huis)))
		result = row_refuse(reading, NULL, REASON_DUPLICATE_KEYWORD, "huis",
				    "This house stands in the list already.");
	return result;
}

static bool overlap(const struct gemeente *a, const struct gemeente *b)
{
	bool a_first = a->has_tot && b->has_van && date_to_days(a->tot) < date_to_days(b->van);
	bool b_first = b->has_tot && a->has_van && date_to_days(b->tot) < date_to_days(a->van);
	return !a_first && !b_first;
}

// The row that answers after `row` ended: the last of its successor's code.
static const struct gemeente *next_row(const struct gemeenten *gemeenten,
				       const struct gemeente *row)
{
	const struct gemeente *next = NULL;
	for (size_t i = 0; i < gemeenten->count && row->opvolger[0]; i++) {
		const struct gemeente *other = &gemeenten->rows[i];
		if (strcmp(other->code, row->opvolger) != 0)
			continue;
		if (!next || !other->has_tot ||
		    (next->has_tot && date_to_days(other->tot) > date_to_days(next->tot)))
			next = other;
	}
	return next;
}

static enum result check_successors(const struct row_reading *reading,
				    const struct gemeenten *gemeenten, const struct gemeente *row)
{
	const struct gemeente *at = row;
	for (size_t steps = 0; at->opvolger[0]; steps++) {
		at = next_row(gemeenten, at);
		if (!at)
			return row_refuse(reading, NULL, REASON_NOT_FOUND, "opvolger",
					  "The successor is not in this file.");
		if (steps == GEMEENTE_WEG_MAX - 1)
			return row_refuse(reading, NULL, REASON_CONFLICT, "opvolger",
					  "The successors lead in a circle, or further than is "
					  "followed.");
	}
	return RESULT_OK;
}

static enum result check_row(const struct row_reading *reading, const struct gemeenten *gemeenten,
			     size_t n)
{
	const struct gemeente *row = &gemeenten->rows[n];
	if (row->huis[0] && !huis_find(gemeenten, bytes_of_text(row->huis)))
		return row_refuse(reading, NULL, REASON_NOT_FOUND, "huis",
				  "The house is not in the list of huizen.");
	for (size_t i = 0; i < n; i++) {
		if (strcmp(gemeenten->rows[i].code, row->code) == 0 &&
		    overlap(&gemeenten->rows[i], row))
			return row_refuse(reading, NULL, REASON_INTERVAL, "code",
					  "This code has another row for the same days.");
	}
	return check_successors(reading, gemeenten, row);
}

static enum result read_huizen(struct row_reading *reading, const struct yaml_node *list,
			       struct gemeenten *gemeenten)
{
	gemeenten->huizen = calloc(yaml_count(list) + 1, sizeof *gemeenten->huizen);
	if (!gemeenten->huizen)
		return RESULT_NO_MEMORY;
	enum result result = RESULT_OK;
	for (size_t n = 0; result == RESULT_OK && n < yaml_count(list); n++) {
		reading->row = yaml_item(list, n);
		result = read_huis(reading, gemeenten, &gemeenten->huizen[n]);
		gemeenten->huis_count += result == RESULT_OK;
	}
	return result;
}

static enum result read_rows(struct row_reading *reading, const struct yaml_node *list,
			     struct gemeenten *gemeenten)
{
	gemeenten->rows = calloc(yaml_count(list) + 1, sizeof *gemeenten->rows);
	if (!gemeenten->rows)
		return RESULT_NO_MEMORY;
	enum result result = RESULT_OK;
	for (size_t n = 0; result == RESULT_OK && n < yaml_count(list); n++) {
		reading->row = yaml_item(list, n);
		result = read_gemeente(reading, &gemeenten->rows[n]);
		gemeenten->count += result == RESULT_OK;
	}
	for (size_t n = 0; result == RESULT_OK && n < gemeenten->count; n++) {
		reading->row = yaml_item(list, n);
		result = check_row(reading, gemeenten, n);
	}
	return result;
}

static enum result read_document(const struct yaml *yaml, struct gemeenten *gemeenten,
				 struct problem *problem)
{
	static const char *const keys[] = {"huizen", "gemeenten", NULL};
	struct row_reading reading = {yaml, yaml_root(yaml), problem};
	const struct yaml_node *huizen = NULL, *rows = NULL;
	enum result result = yaml_only_keys(yaml, reading.row, keys, problem);
	if (result == RESULT_OK)
		result = row_list(&reading, "huizen", &huizen);
	if (result == RESULT_OK)
		result = row_list(&reading, "gemeenten", &rows);
	if (result == RESULT_OK)
		result = read_huizen(&reading, huizen, gemeenten);
	if (result == RESULT_OK)
		result = read_rows(&reading, rows, gemeenten);
	return result;
}

static enum result load(const struct yaml *yaml, struct gemeenten **ret_gemeenten,
			struct problem *problem)
{
	struct gemeenten *gemeenten = calloc(1, sizeof *gemeenten);
	if (!gemeenten)
		return RESULT_NO_MEMORY;
	enum result result = read_document(yaml, gemeenten, problem);
	if (result == RESULT_OK)
		*ret_gemeenten = gemeenten;
	else
		gemeenten_free(gemeenten);
	return result;
}

enum result gemeenten_load(struct bytes document, const char *file,
			   struct gemeenten **ret_gemeenten, struct problem *problem)
{
	struct yaml *yaml;
	enum result result = yaml_parse(document, file, &yaml, problem);
	if (result != RESULT_OK)
		return result;
	result = load(yaml, ret_gemeenten, problem);
	yaml_close(yaml);
	return result;
}

void gemeenten_free(struct gemeenten *gemeenten)
{
	if (!gemeenten)
		return;
	free(gemeenten->rows);
	free(gemeenten->huizen);
	free(gemeenten);
}

size_t gemeenten_count(const struct gemeenten *gemeenten)
{
	return gemeenten->count;
}

const struct gemeente *gemeenten_at(const struct gemeenten *gemeenten, size_t n)
{
	return n < gemeenten->count ? &gemeenten->rows[n] : NULL;
}

size_t huizen_count(const struct gemeenten *gemeenten)
{
	return gemeenten->huis_count;
}

const struct huis *huizen_at(const struct gemeenten *gemeenten, size_t n)
{
	return n < gemeenten->huis_count ? &gemeenten->huizen[n] : NULL;
}

const struct huis *huis_find(const struct gemeenten *gemeenten, struct bytes huis)
{
	for (size_t i = 0; i < gemeenten->huis_count; i++) {
		if (bytes_equal(bytes_of_text(gemeenten->huizen[i].huis), huis))
			return &gemeenten->huizen[i];
	}
	return NULL;
}

static bool in_force(const struct gemeente *row, struct civil_date on)
{
	int64_t day = date_to_days(on);
	return (!row->has_van || date_to_days(row->van) <= day) &&
	       (!row->has_tot || day <= date_to_days(row->tot));
}

const struct gemeente *gemeente_on(const struct gemeenten *gemeenten, struct bytes code,
				   struct civil_date on)
{
	for (size_t i = 0; i < gemeenten->count; i++) {
		const struct gemeente *row = &gemeenten->rows[i];
		if (bytes_equal(bytes_of_text(row->code), code) && in_force(row, on))
			return row;
	}
	return NULL;
}

// The row of a code that ended before a day, the latest when there are several.
static const struct gemeente *ended_before(const struct gemeenten *gemeenten, struct bytes code,
					   struct civil_date on)
{
	const struct gemeente *found = NULL;
	for (size_t i = 0; i < gemeenten->count; i++) {
		const struct gemeente *row = &gemeenten->rows[i];
		if (!bytes_equal(bytes_of_text(row->code), code) || !row->has_tot ||
		    date_to_days(row->tot) >= date_to_days(on))
			continue;
		if (!found || date_to_days(row->tot) > date_to_days(found->tot))
			found = row;
	}
	return found;
}

size_t gemeente_weg(const struct gemeenten *gemeenten, struct bytes code, struct civil_date on,
		    const struct gemeente *ret_weg[GEMEENTE_WEG_MAX])
{
	// Loading refused circles, so the walk ends; the bound says so without that knowledge.
	for (size_t count = 0; count < GEMEENTE_WEG_MAX;) {
		const struct gemeente *row = gemeente_on(gemeenten, code, on);
		const struct gemeente *ended = row ? NULL : ended_before(gemeenten, code, on);
		if (!row && (!ended || !ended->opvolger[0]))
			return 0;
		ret_weg[count++] = row ? row : ended;
		if (row)
			return count;
		code = bytes_of_text(ended->opvolger);
	}
	return 0;
}

const struct gemeente *gemeente_answering(const struct gemeenten *gemeenten, struct bytes code,
					  struct civil_date on)
{
	const struct gemeente *weg[GEMEENTE_WEG_MAX];
	size_t count = gemeente_weg(gemeenten, code, on, weg);
	return count > 0 ? weg[count - 1] : NULL;
}

// Part of a name that has several words is what people write: Sittard of Sittard-Geleen.
static bool begins_with(const char *name, struct bytes text)
{
	return text.len >= 4 && text.len < strlen(name) &&
	       strncasecmp(name, (const char *)text.data, text.len) == 0;
}

void gemeenten_guess(const struct gemeenten *gemeenten, struct bytes text, char *out, size_t size)
{
	struct guess guess = guess_of(text);
	const struct gemeente *best = NULL;
	out[0] = '\0';
	for (size_t i = 0; gemeenten && i < gemeenten->count; i++) {
		const struct gemeente *row = &gemeenten->rows[i];
		const char *before = guess.best;
		if (begins_with(row->naam, text))
			best = row;
		guess_offer(&guess, row->naam);
		guess_offer(&guess, row->code);
		if (guess.best != before)
			best = row;
	}
	if (best)
		snprintf(out, size, "%s is %s", best->code, best->naam);
}
