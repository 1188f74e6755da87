// SPDX-License-Identifier: EUPL-1.2
#include "convenant/parse.h"

#include <string.h>

static int compare(struct bytes a, struct bytes b)
{
	int order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);
	return order ? order : (a.len > b.len) - (a.len < b.len);
}

static bool same_toets(const struct toets *a, const struct toets *b)
{
	if (a->row != b->row || a->soort != b->soort || a->grens != b->grens ||
	    a->waarde_count != b->waarde_count)
		return false;
	for (size_t i = 0; i < a->waarde_count; i++) {
		if (!bytes_equal(a->waarden[i], b->waarden[i]))
			return false;
	}
	return true;
}

// Adds a test to the regel: an old one when some regel asks the same already.
static void add_toets(struct reader *reader, const struct yaml_node *node, struct regel *regel,
		      const struct toets *toets)
{
	struct convenant *convenant = reader->convenant;
	if (!reader_ok(reader))
		return;
	size_t n = 0;
	while (n < convenant->toets_count && !same_toets(&convenant->toetsen[n], toets))
		n++;
	if (n == TOETSEN_MAX) {
		reader_fail(reader, node, (struct reader_fault){REASON_TOO_MANY, "als", NULL},
			    "The regels have more than %d different tests.", TOETSEN_MAX);
		return;
	}
	if (n == convenant->toets_count)
		convenant->toetsen[convenant->toets_count++] = *toets;
	regel->toetsen[regel->toets_count++] =
		(struct regel_toets){.toets = (uint16_t)n, .line = yaml_line(node)};
}

// One value or a list of them, each once, in the order of the bytes.
static void parse_waarden(struct reader *reader, const struct yaml_node *node, struct toets *toets)
{
	size_t count = reader_count(node);
	if (count == 0 || count > WAARDEN_MAX) {
		reader_fail(reader, node,
			    (struct reader_fault){REASON_OUT_OF_RANGE, toets->row->name, NULL},
			    "A test has 1 to %d values.", WAARDEN_MAX);
		return;
	}
	toets->waarden = reader_alloc(reader, count, sizeof *toets->waarden);
	for (size_t i = 0; reader_ok(reader) && i < count; i++) {
		const struct yaml_node *item = reader_item(node, i);
		struct bytes waarde = reader_waarde(reader, item, toets->row, toets->row->name);
		size_t at = toets->waarde_count;
		for (; reader_ok(reader) && at > 0; at--) {
			int order = compare(toets->waarden[at - 1], waarde);
			if (order == 0)
				reader_fail(reader, item,
					    (struct reader_fault){REASON_DUPLICATE,
								  toets->row->name,
								  "Name each value once."},
					    "A value stands there twice.");
			if (order <= 0)
				break;
			toets->waarden[at] = toets->waarden[at - 1];
		}
		toets->waarden[at] = waarde;
		toets->waarde_count++;
	}
}

static void parse_is(struct reader *reader, const struct yaml_node *node,
		     const struct attribuut_row *row, struct regel *regel)
{
	struct toets toets = {.row = row, .soort = TOETS_IS};
	if (row->kind == ATTRIBUUT_IS_NUMBER)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_BAD_TYPE, row->name,
						  "Write {minstens: n} or {hoogstens: n}."},
			    "\"%s\" is a number of things.", row->name);
	else
		parse_waarden(reader, node, &toets);
	add_toets(reader, node, regel, &toets);
}

static void parse_niet(struct reader *reader, const struct yaml_node *node,
		       const struct attribuut_row *row, struct regel *regel)
{
	struct toets toets = {.row = row, .soort = TOETS_NIET};
	if (!node)
		return;
	parse_waarden(reader, node, &toets);
	add_toets(reader, node, regel, &toets);
}

static void parse_grens(struct reader *reader, const struct yaml_node *node,
			const struct attribuut_row *row, struct toets toets, struct regel *regel)
{
	if (!node || !reader_ok(reader))
		return;
	toets.row = row;
	struct problem problem = {0};
	if (yaml_kind(node) != YAML_SCALAR ||
	    yaml_int(reader->yaml, node, &toets.grens, &problem) != RESULT_OK || toets.grens < 0 ||
	    toets.grens > 1000000)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_OUT_OF_RANGE, row->name, NULL},
			    "A number from 0 to 1000000 is needed here.");
	add_toets(reader, node, regel, &toets);
}

// {minstens: n, hoogstens: n} of a number, {niet: …} of anything else.
static void parse_mapping(struct reader *reader, const struct yaml_node *node,
			  const struct attribuut_row *row, struct regel *regel)
{
	static const char *const number_keys[] = {"minstens", "hoogstens", NULL};
	static const char *const other_keys[] = {"niet", NULL};
	bool number = row->kind == ATTRIBUUT_IS_NUMBER;
	reader_keys(reader, node, number ? number_keys : other_keys);
	if (reader_ok(reader) && yaml_count(node) == 0)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_MISSING_FIELD, row->name,
						  "Write a value, or leave it out."},
			    "The test of \"%s\" is empty.", row->name);
	if (!reader_ok(reader))
		return;
	parse_niet(reader, yaml_find(node, "niet"), row, regel);
	parse_grens(reader, yaml_find(node, "minstens"), row,
		    (struct toets){.soort = TOETS_MINSTENS}, regel);
	parse_grens(reader, yaml_find(node, "hoogstens"), row,
		    (struct toets){.soort = TOETS_HOOGSTENS}, regel);
}

void toetsen_parse(struct reader *reader, const struct yaml_node *node, struct regel *regel)
{
	if (!reader_ok(reader) || !node)
		return;
	if (yaml_kind(node) != YAML_MAPPING) {
		reader_fail(reader, node, (struct reader_fault){REASON_BAD_TYPE, "als", NULL},
			    "Conditions are written as {attribuut: waarde}.");
		return;
	}
	// A number may be bounded on both sides: two tests for one key.
	regel->toetsen = reader_alloc(reader, 2 * yaml_count(node) + 1, sizeof *regel->toetsen);
	for (size_t i = 0; reader_ok(reader) && i < yaml_count(node); i++) {
		const struct yaml_node *value = yaml_item(node, i);
		struct bytes key = yaml_key(node, i);
		const struct attribuut_row *row = attribuut_row_named(key);
		if (!row)
			reader_fail(reader, value,
				    (struct reader_fault){REASON_UNKNOWN_KEYWORD, "als",
							  "Use an attribuut of the published "
							  "list."},
				    "There is no attribuut \"%.*s\".",
				    (int)(key.len < 64 ? key.len : 64), (const char *)key.data);
		else if (yaml_kind(value) == YAML_MAPPING)
			parse_mapping(reader, value, row, regel);
		else
			parse_is(reader, value, row, regel);
	}
}
