// SPDX-License-Identifier: EUPL-1.2
// Of which kind a regel is, and what its kind says: to whom, which rubrieken, which overleg.
#include "convenant/parse.h"

#include <string.h>

static const struct {
	const char *key;
	enum regel_soort soort;
} kinds[] = {
	{"verstrek", REGEL_VERSTREK}, {"nood", REGEL_NOOD},       {"meld", REGEL_MELD},
	{"agendeer", REGEL_AGENDEER}, {"verbied", REGEL_VERBIED}, {"vereis", REGEL_VEREIS},
};
#define KIND_COUNT (sizeof kinds / sizeof kinds[0])
#define KIND_VEREIS (KIND_COUNT - 1) // beside another it is no kind

bool regel_soort_forbids(enum regel_soort soort)
{
	return soort == REGEL_VERBIED || soort == REGEL_VEREIS;
}

static void check_soort_agrees(struct reader *reader, const struct yaml_node *mapping, size_t kind)
{
	const struct yaml_node *node = reader_optional(reader, mapping, "soort");
	if (node && !bytes_equal(yaml_scalar(node), bytes_of_text(kinds[kind].key)))
		reader_fail(reader, node,
			    (struct reader_fault){REASON_BAD_VALUE, "soort",
						  "Leave it out: the key below says the kind."},
			    "The soort is not that of \"%s\".", kinds[kind].key);
}

const struct yaml_node *soort_parse(struct reader *reader, const struct yaml_node *mapping,
				    struct regel *regel)
{
	const struct yaml_node *body = NULL;
	size_t kind = 0;
	for (size_t i = 0; reader_ok(reader) && i < KIND_VEREIS; i++) {
		const struct yaml_node *node = reader_optional(reader, mapping, kinds[i].key);
		if (node && body)
			reader_fail(reader, node,
				    (struct reader_fault){REASON_DUPLICATE_KEYWORD, kinds[i].key,
							  "Make it two regels."},
				    "A regel has one of \"%s\" and \"%s\".", kinds[kind].key,
				    kinds[i].key);
		if (node && !body) {
			body = node;
			kind = i;
		}
	}
	if (!body) {
		body = reader_optional(reader, mapping, "vereis");
		kind = KIND_VEREIS;
	}
	if (!body)
		return reader_required(reader, mapping, kinds[0].key);
	check_soort_agrees(reader, mapping, kind);
	regel->text.soort = kinds[kind].soort;
	return reader_ok(reader) ? body : NULL;
}

static uint32_t parse_rubriek(struct reader *reader, const struct yaml_node *item,
			      const struct regel *regel)
{
	// What a notice says is no rubriek, but it can be forbidden like one.
	if (regel_soort_forbids(regel->text.soort) && yaml_kind(item) == YAML_SCALAR &&
	    bytes_equal(yaml_scalar(item), bytes_of_text(rubriek_naam(RUBRIEK_BERICHT))))
		return RUBRIEK_BERICHT;
	const struct rubriek_row *row = reader_rubriek(reader, item, "rubrieken");
	return row ? (uint32_t)row->soort : 0;
}

static void parse_rubrieken(struct reader *reader, const struct yaml_node *node,
			    struct regel *regel)
{
	if (!reader_ok(reader))
		return;
	if (reader_count(node) == 0)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_MISSING_FIELD, "rubrieken",
						  "Name at least one rubriek."},
			    "The list is empty.");
	for (size_t i = 0; reader_ok(reader) && i < reader_count(node); i++) {
		const struct yaml_node *item = reader_item(node, i);
		uint32_t rubriek = parse_rubriek(reader, item, regel);
		for (size_t j = 0; reader_ok(reader) && j < regel->rubriek_count; j++) {
			if (regel->rubrieken[j] == rubriek)
				reader_fail(reader, item,
					    (struct reader_fault){REASON_DUPLICATE, "rubrieken",
								  "Name each rubriek once."},
					    "Rubriek \"%s\" stands there twice.",
					    rubriek_naam(rubriek));
		}
		if (reader_ok(reader))
			regel->rubrieken[regel->rubriek_count++] = (uint8_t)rubriek;
	}
}

uint8_t reader_regimes(struct reader *reader, const struct yaml_node *node)
{
	uint8_t regimes = 0;
	for (size_t i = 0; reader_ok(reader) && i < reader_count(node); i++) {
		const struct yaml_node *item = reader_item(node, i);
		enum regime regime;
		if (yaml_kind(item) != YAML_SCALAR ||
		    regime_parse(yaml_scalar(item), &regime) != RESULT_OK)
			reader_fail(reader, item,
				    (struct reader_fault){REASON_UNKNOWN_CODE, "regime", NULL},
				    "This is not a regime.");
		else
			regimes |= (uint8_t)(1u << regime);
	}
	if (node && reader_count(node) == 0)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_MISSING_FIELD, "regime",
						  "Name at least one regime."},
			    "The list is empty.");
	return regimes;
}

static void parse_aan(struct reader *reader, const struct yaml_node *mapping, struct regel *regel)
{
	doelgroepen_parse(reader, reader_required(reader, mapping, "aan"), "aan", &regel->aan,
			  &regel->aan_count);
	for (size_t i = 0; i < regel->aan_count; i++)
		regel->has_band[regel->aan[i].band] = true;
}

static void parse_behalve(struct reader *reader, const struct yaml_node *mapping,
			  struct regel *regel)
{
	const struct yaml_node *behalve = reader_optional(reader, mapping, "behalve");
	doelgroepen_parse(reader, behalve, "behalve", &regel->behalve, &regel->behalve_count);
	for (size_t i = 0; reader_ok(reader) && i < regel->behalve_count; i++) {
		if (regel->behalve[i].iedereen || regel->behalve[i].band != BAND_GEEN)
			reader_fail(reader, behalve,
				    (struct reader_fault){REASON_BAD_VALUE, "behalve",
							  "Name a partij, or a soort, with its "
							  "functie."},
				    "An exception names its ontvangers.");
	}
}

static void check_aan(struct reader *reader, const struct yaml_node *node,
		      const struct regel *regel)
{
	for (size_t i = 0; reader_ok(reader) && i < regel->aan_count; i++) {
		if (regel->aan[i].iedereen)
			reader_fail(reader, node,
				    (struct reader_fault){REASON_BAD_VALUE, "aan",
							  "Name the ontvangers."},
				    "\"iedereen\" is only for what is forbidden.");
	}
}

// {aan, rubrieken} and what may stand beside them, for what gives and for what forbids.
static void parse_body(struct reader *reader, const struct yaml_node *node, struct regel *regel)
{
	parse_aan(reader, node, regel);
	if (regel_soort_forbids(regel->text.soort))
		parse_behalve(reader, node, regel);
	else
		check_aan(reader, node, regel);
	parse_rubrieken(reader, reader_required(reader, node, "rubrieken"), regel);
	const struct yaml_node *regime = reader_optional(reader, node, "regime");
	regel->regimes = reader_regimes(reader, regime);
	regel->regime_line = regime ? yaml_line(regime) : 0;
}

static void parse_overleg(struct reader *reader, const struct yaml_node *node, struct regel *regel)
{
	static const char *const keys[] = {"overleg", NULL};
	reader_keys(reader, node, keys);
	const struct yaml_node *names = reader_required(reader, node, "overleg");
	for (size_t i = 0; reader_ok(reader) && i < reader_count(names); i++) {
		const struct yaml_node *item = reader_item(names, i);
		const char *name = reader_name(reader, item, "overleg");
		int n = name ? convenant_find_overleg(reader->convenant, bytes_of_text(name)) : -1;
		if (n < 0)
			reader_fail(reader, item,
				    (struct reader_fault){REASON_UNKNOWN_CODE, "overleg",
							  "Name a table of \"overleggen\"."},
				    "There is no overleg \"%s\".", name ? name : "");
		else
			regel->overleggen |= UINT64_C(1) << n;
	}
	if (reader_ok(reader) && reader_count(names) == 0)
		reader_fail(reader, names,
			    (struct reader_fault){REASON_MISSING_FIELD, "overleg",
						  "Name at least one overleg."},
			    "The list is empty.");
}

static void parse_meld(struct reader *reader, const struct yaml_node *node, struct regel *regel)
{
	static const char *const keys[] = {"aan", NULL};
	reader_keys(reader, node, keys);
	parse_aan(reader, node, regel);
	check_aan(reader, node, regel);
	regel->rubrieken[regel->rubriek_count++] = RUBRIEK_BERICHT;
}

static void parse_nood(struct reader *reader, const struct yaml_node *node, struct regel *regel)
{
	static const char *const keys[] = {"aan", "rubrieken", "regime", "door", "minuten", NULL};
	struct problem problem = {0};
	int64_t minuten = 0;
	reader_keys(reader, node, keys);
	parse_body(reader, node, regel);
	regel->nood.door =
		reader_huis_functie(reader, reader_required(reader, node, "door"), "door");
	const struct yaml_node *time = reader_required(reader, node, "minuten");
	if (!reader_ok(reader))
		return;
	if (yaml_kind(time) != YAML_SCALAR ||
	    yaml_int(reader->yaml, time, &minuten, &problem) != RESULT_OK || minuten < 1 ||
	    minuten > NOOD_MINUTEN_MAX)
		reader_fail(reader, time,
			    (struct reader_fault){REASON_OUT_OF_RANGE, "minuten", NULL},
			    "A noodverstrekking lasts 1 to %d minutes.", NOOD_MINUTEN_MAX);
	regel->nood.minuten = (unsigned)minuten;
}

void soort_body_parse(struct reader *reader, const struct yaml_node *body, struct regel *regel)
{
	static const char *const giving[] = {"aan", "rubrieken", "regime", NULL};
	static const char *const forbidding[] = {"aan", "behalve", "rubrieken", "regime", NULL};
	static const char *const requiring[] = {"aan",         "behalve", "rubrieken", "regime",
						"toestemming", "weging",  NULL};
	if (!reader_ok(reader) || !body)
		return;
	switch (regel->text.soort) {
	case REGEL_AGENDEER:
		parse_overleg(reader, body, regel);
		return;
	case REGEL_MELD:
		parse_meld(reader, body, regel);
		return;
	case REGEL_NOOD:
		parse_nood(reader, body, regel);
		return;
	case REGEL_VERBIED:
		if (yaml_kind(body) == YAML_MAPPING && yaml_find(body, "overleg")) {
			parse_overleg(reader, body, regel);
			return;
		}
		reader_keys(reader, body, forbidding);
		break;
	case REGEL_VEREIS:
		reader_keys(reader, body, requiring);
		break;
	case REGEL_VERSTREK:
		reader_keys(reader, body, giving);
	}
	parse_body(reader, body, regel);
}
