// SPDX-License-Identifier: EUPL-1.2
// What regels say of themselves, and how they are tied together.
#include "convenant/parse.h"

#include <string.h>

// A regel says where it comes from with the words of its source: «…».
static void parse_herkomst(struct reader *reader, const struct yaml_node *mapping,
			   struct regel *regel)
{
	const struct yaml_node *node = reader_required(reader, mapping, "herkomst");
	regel->text.herkomst = reader_text(reader, node, "herkomst");
	if (!reader_ok(reader))
		return;
	const char *open = strstr(regel->text.herkomst, "«");
	const char *close = open ? strstr(open, "»") : NULL;
	if (!close || open == regel->text.herkomst || close - open < 3)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_BAD_VALUE, "herkomst",
						  "Write the document and its words: 002: «…»."},
			    "The source is not quoted.");
}

// A list of names, for texts that a verstrekking is to rest on.
static void parse_grondslag(struct reader *reader, const struct yaml_node *node,
			    struct regel *regel)
{
	size_t count = reader_count(node);
	if (reader_ok(reader) && count > GRONDSLAGEN_MAX)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_TOO_MANY, "grondslag",
						  "Name those it rests on."},
			    "More than %d grondslagen.", GRONDSLAGEN_MAX);
	const char **grondslag = reader_alloc(reader, count, sizeof *grondslag);
	for (size_t i = 0; reader_ok(reader) && i < count; i++)
		grondslag[i] = reader_name(reader, reader_item(node, i), "grondslag");
	if (node && count == 0)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_MISSING_FIELD, "grondslag",
						  "Name at least one grondslag."},
			    "The list is empty.");
	regel->text.grondslag = grondslag;
	regel->text.grondslag_count = count;
}

static void parse_texts(struct reader *reader, const struct yaml_node *node, struct regel *regel)
{
	bool gives = !regel_soort_forbids(regel->text.soort);
	regel->text.convenantartikel = reader_grond(
		reader, reader_required(reader, node, "convenantartikel"), "convenantartikel");
	parse_herkomst(reader, node, regel);
	const struct yaml_node *doel = gives ? reader_required(reader, node, "doel")
					     : reader_optional(reader, node, "doel");
	regel->text.doel = reader_grond(reader, doel, "doel");
	parse_grondslag(reader,
			gives ? reader_required(reader, node, "grondslag")
			      : reader_optional(reader, node, "grondslag"),
			regel);
}

static void parse_bewaar(struct reader *reader, const struct yaml_node *node, struct regel *regel)
{
	regel->has_bewaar = node != NULL;
	if (node)
		reader_bewaar(reader, node, &regel->inhoud, &regel->verantwoording);
}

static void parse_geldigheid(struct reader *reader, const struct yaml_node *mapping,
			     struct regel *regel)
{
	const struct yaml_node *van = reader_optional(reader, mapping, "van");
	const struct yaml_node *tot = reader_optional(reader, mapping, "tot");
	regel->has_van = van != NULL;
	regel->has_tot = tot != NULL;
	regel->van = date_to_days(reader_date(reader, van, "van"));
	regel->tot = date_to_days(reader_date(reader, tot, "tot"));
	regel->van_line = van ? yaml_line(van) : 0;
	regel->tot_line = tot ? yaml_line(tot) : 0;
	reader->convenant->has_validity |= van || tot;
	if (van && tot && regel->tot < regel->van)
		reader_fail(reader, tot, (struct reader_fault){REASON_INTERVAL, "tot", NULL},
			    "The last day lies before the first.");
}

// From law to habit; what stands first goes before what comes after it.
static const char *const lagen[] = {"beroepsgeheim", "compartiment", "gemeente-uitzondering",
				    "urgentie",      "thema",        "gemeente"};
#define LAAG_COUNT (sizeof lagen / sizeof lagen[0])

const char *laag_naam(size_t n)
{
	return n < LAAG_COUNT ? lagen[n] : NULL;
}

static void parse_laag(struct reader *reader, const struct yaml_node *mapping, struct regel *regel)
{
	const struct yaml_node *node = reader_optional(reader, mapping, "laag");
	regel->text.laag = reader_name(reader, node, "laag");
	for (size_t i = 0; regel->text.laag && i < LAAG_COUNT; i++) {
		if (strcmp(lagen[i], regel->text.laag) == 0)
			regel->laag = (unsigned)(LAAG_COUNT - i);
	}
	if (reader_ok(reader) && node && regel->laag == 0)
		reader_fail(reader, node, (struct reader_fault){REASON_UNKNOWN_CODE, "laag", NULL},
			    "There is no laag \"%s\".", regel->text.laag);
	const struct yaml_node *names = reader_optional(reader, mapping, "in_plaats_van");
	size_t count = reader_count(names);
	const char **list = reader_alloc(reader, count, sizeof *list);
	for (size_t i = 0; reader_ok(reader) && i < count; i++)
		list[i] = reader_name(reader, reader_item(names, i), "in_plaats_van");
	if (names && count == 0)
		reader_fail(reader, names,
			    (struct reader_fault){REASON_MISSING_FIELD, "in_plaats_van",
						  "Name at least one regel."},
			    "The list is empty.");
	regel->in_plaats_van = list;
	regel->in_plaats_van_count = count;
	regel->in_plaats_van_line = names ? yaml_line(names) : 0;
}

static void parse_doorverstrekking(struct reader *reader, const struct yaml_node *mapping,
				   struct regel *regel)
{
	const struct yaml_node *node = reader_optional(reader, mapping, "doorverstrekking");
	regel->text.doorverstrekking = reader_janee(reader, node, "doorverstrekking");
	if (node && regel->text.soort != REGEL_VERSTREK)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_UNKNOWN_KEYWORD, "doorverstrekking",
						  "Write it beside verstrek."},
			    "Only what is given can be given on.");
}

static void parse_regel(struct reader *reader, const struct yaml_node *node, struct regel *regel)
{
	static const char *const keys[] = {"regel",
					   "soort",
					   "convenantartikel",
					   "herkomst",
					   "als",
					   "vereis",
					   "verstrek",
					   "verbied",
					   "agendeer",
					   "meld",
					   "nood",
					   "doel",
					   "grondslag",
					   "bewaar",
					   "van",
					   "tot",
					   "proeven",
					   "laag",
					   "in_plaats_van",
					   "doorverstrekking",
					   NULL};
	reader_keys(reader, node, keys);
	const struct yaml_node *name = reader_required(reader, node, "regel");
	regel->text.regel = reader_name(reader, name, "regel");
	if (!reader_ok(reader))
		return;
	reader_enter(reader, "regels.%s", regel->text.regel);
	regel->text.line = yaml_line(name);
	size_t other;
	if (convenant_regel_named(reader->convenant, bytes_of_text(regel->text.regel), &other) ==
	    RESULT_OK)
		reader_fail(reader, name, (struct reader_fault){REASON_DUPLICATE_REGEL, NULL, NULL},
			    "There are two regels \"%s\".", regel->text.regel);
	const struct yaml_node *body = soort_parse(reader, node, regel);
	parse_texts(reader, node, regel);
	toetsen_parse(reader, reader_optional(reader, node, "als"), regel);
	vereis_parse(reader, reader_optional(reader, node, "vereis"), regel);
	soort_body_parse(reader, body, regel);
	regel->is_rare |= regel->text.soort == REGEL_NOOD;
	toelichting_check(reader, node, regel);
	vragen_check(reader, node, regel);
	overleggen_check(reader, node, regel);
	parse_laag(reader, node, regel);
	parse_doorverstrekking(reader, node, regel);
	parse_bewaar(reader, reader_optional(reader, node, "bewaar"), regel);
	parse_geldigheid(reader, node, regel);
	proeven_parse(reader, reader_optional(reader, node, "proeven"), regel);
}

// Ties a shared weging to the regel that asks it.
static void tie_weging(struct reader *reader, const struct yaml_node *node, size_t n)
{
	struct convenant *convenant = reader->convenant;
	struct regel *regel = &convenant->regels[n];
	regel->weging_van = (uint16_t)n;
	if (!regel->dezelfde_als || !reader_ok(reader))
		return;
	reader_enter(reader, "regels.%s", regel->text.regel);
	size_t van;
	if (convenant_regel_named(convenant, bytes_of_text(regel->dezelfde_als), &van) !=
		    RESULT_OK ||
	    !convenant->regels[van].has_weging || convenant->regels[van].dezelfde_als) {
		reader_fail(reader, yaml_find(node, "vereis"),
			    (struct reader_fault){REASON_UNKNOWN_CODE, "vereis.weging.dezelfde_als",
						  "Name a regel that has a weging of its own."},
			    "Regel \"%s\" asks no weging of its own.", regel->dezelfde_als);
		return;
	}
	const char *uitkomst = regel->weging.uitkomst;
	regel->weging = convenant->regels[van].weging;
	regel->weging.uitkomst = uitkomst;
	regel->binnen = convenant->regels[van].binnen;
	regel->weging_van = (uint16_t)van;
}

static bool is_route(const struct regel *regel)
{
	enum regel_soort soort = regel->text.soort;
	return soort == REGEL_VERSTREK || soort == REGEL_MELD || soort == REGEL_AGENDEER;
}

static void fail_vervanging(struct reader *reader, const struct yaml_node *node, const char *what,
			    const char *name)
{
	reader_fail(reader, node,
		    (struct reader_fault){REASON_BAD_VALUE, "in_plaats_van",
					  "Name regels that give, each once, of a lower laag."},
		    "\"%s\" %s.", name, what);
}

// What is wrong with naming `other`, or NULL.
static const char *find_fault(const struct regel *regel, size_t n, const struct regel *other)
{
	if (!is_route(regel) || !is_route(other))
		return "is no route that goes instead of another";
	if (regel->laag == 0 || other->laag == 0 || regel->laag <= other->laag)
		return "is not of a lower laag";
	for (size_t i = 0; i < n; i++) {
		if (strcmp(regel->in_plaats_van[i], regel->in_plaats_van[n]) == 0)
			return "stands there twice";
	}
	return NULL;
}

// Ties a regel to those it goes instead of.
static void tie_vervanging(struct reader *reader, const struct yaml_node *node, size_t n)
{
	struct convenant *convenant = reader->convenant;
	const struct regel *regel = &convenant->regels[n];
	reader_enter(reader, "regels.%s", regel->text.regel);
	for (size_t i = 0; reader_ok(reader) && i < regel->in_plaats_van_count; i++) {
		const struct yaml_node *names = yaml_find(node, "in_plaats_van");
		const char *name = regel->in_plaats_van[i], *fault = "is no regel";
		size_t other;
		if (convenant_regel_named(convenant, bytes_of_text(name), &other) == RESULT_OK)
			fault = find_fault(regel, i, &convenant->regels[other]);
		if (fault) {
			fail_vervanging(reader, names, fault, name);
			return;
		}
		struct regel *replaced = &convenant->regels[other];
		if (!replaced->vervangen_door)
			replaced->vervangen_door = reader_alloc(reader, convenant->regel_count,
								sizeof(struct vervanging));
		if (reader_ok(reader))
			replaced->vervangen_door[replaced->vervangen_door_count++] =
				(struct vervanging){(uint16_t)n, (uint16_t)i};
	}
}

// A finished regel counts from now on, and is found by its name.
static void add_regel(struct convenant *convenant)
{
	size_t n = convenant->regel_count++, at = n;
	for (; at > 0; at--) {
		size_t before = convenant->by_name[at - 1];
		if (strcmp(convenant->regels[before].text.regel, convenant->regels[n].text.regel) <
		    0)
			break;
		convenant->by_name[at] = (uint16_t)before;
	}
	convenant->by_name[at] = (uint16_t)n;
}

void regels_parse(struct reader *reader, const struct yaml_node *node)
{
	if (!reader_ok(reader))
		return;
	reader_enter(reader, "regels");
	if (yaml_kind(node) != YAML_SEQUENCE)
		reader_fail(reader, node, (struct reader_fault){REASON_BAD_TYPE, NULL, NULL},
			    "A list of regels is needed here.");
	if (reader_ok(reader) && yaml_count(node) > REGELS_MAX)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_TOO_MANY, NULL, "Split the convenant."},
			    "There are more than %d regels.", REGELS_MAX);
	struct convenant *convenant = reader->convenant;
	if (!reader_ok(reader))
		return;
	convenant->regels = reader_alloc(reader, yaml_count(node), sizeof *convenant->regels);
	convenant->toetsen = reader_alloc(reader, TOETSEN_MAX, sizeof *convenant->toetsen);
	for (size_t i = 0; reader_ok(reader) && i < yaml_count(node); i++) {
		reader_enter(reader, "regels[%zu]", i);
		parse_regel(reader, yaml_item(node, i), &convenant->regels[i]);
		if (reader_ok(reader))
			add_regel(convenant);
	}
	for (size_t i = 0; reader_ok(reader) && i < convenant->regel_count; i++)
		tie_weging(reader, yaml_item(node, i), i);
	for (size_t i = 0; reader_ok(reader) && i < convenant->regel_count; i++)
		tie_vervanging(reader, yaml_item(node, i), i);
}
