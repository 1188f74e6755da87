// SPDX-License-Identifier: EUPL-1.2
#include "convenant/parse.h"

#include <string.h>

// The keys that say of which kind a regel is. What this version cannot decide is refused: a regel
// that is passed over in silence would be a promise the knooppunt does not keep.
static const struct {
	const char *key;
	enum regel_soort soort;
	bool decided;
} kinds[] = {
	{"verstrek", REGEL_VERSTREK, true},  {"verbied", REGEL_VERBIED, true},
	{"agendeer", REGEL_AGENDEER, false}, {"meld", REGEL_MELD, false},
	{"nood", REGEL_NOOD, false},
};
#define KIND_COUNT (sizeof kinds / sizeof kinds[0])

static void fail_unsupported(struct reader *reader, const struct yaml_node *node, const char *key)
{
	reader_fail(reader, node,
		    (struct reader_fault){REASON_UNSUPPORTED, key,
					  "Leave the regel out, or use a version that decides it."},
		    "\"%s\" is not yet supported: this version cannot decide it.", key);
}

static void check_soort_agrees(struct reader *reader, const struct yaml_node *mapping, size_t kind)
{
	const struct yaml_node *node = reader_optional(reader, mapping, "soort");
	if (node && yaml_kind(node) == YAML_SCALAR &&
	    bytes_equal(yaml_scalar(node), bytes_of_text("vereis")))
		fail_unsupported(reader, node, "vereis");
	if (node && !bytes_equal(yaml_scalar(node), bytes_of_text(kinds[kind].key)))
		reader_fail(reader, node,
			    (struct reader_fault){REASON_BAD_VALUE, "soort",
						  "Leave it out: the key below says the kind."},
			    "The soort is not that of \"%s\".", kinds[kind].key);
}

// The body of the regel's kind; NULL after a failure.
static const struct yaml_node *parse_kind(struct reader *reader, const struct yaml_node *mapping,
					  struct regel *regel)
{
	const struct yaml_node *body = NULL;
	size_t kind = 0;
	for (size_t i = 0; reader_ok(reader) && i < KIND_COUNT; i++) {
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
	if (!body)
		return reader_required(reader, mapping, kinds[0].key);
	check_soort_agrees(reader, mapping, kind);
	if (!kinds[kind].decided)
		fail_unsupported(reader, body, kinds[kind].key);
	regel->text.soort = kinds[kind].soort;
	return reader_ok(reader) ? body : NULL;
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
		const struct rubriek_row *row = reader_rubriek(reader, item, "rubrieken");
		for (size_t j = 0; reader_ok(reader) && j < regel->rubriek_count; j++) {
			if (regel->rubrieken[j] == row)
				reader_fail(reader, item,
					    (struct reader_fault){REASON_DUPLICATE, "rubrieken",
								  "Name each rubriek once."},
					    "Rubriek \"%s\" stands there twice.", row->name);
		}
		if (reader_ok(reader))
			regel->rubrieken[regel->rubriek_count++] = row;
	}
}

static void parse_aan(struct reader *reader, const struct yaml_node *mapping, struct regel *regel)
{
	doelgroepen_parse(reader, reader_required(reader, mapping, "aan"), "aan", &regel->aan,
			  &regel->aan_count);
	for (size_t i = 0; i < regel->aan_count; i++)
		regel->has_band[regel->aan[i].band] = true;
}

static void parse_verstrek(struct reader *reader, const struct yaml_node *node, struct regel *regel)
{
	static const char *const keys[] = {"aan", "rubrieken", NULL};
	reader_keys(reader, node, keys);
	parse_aan(reader, node, regel);
	for (size_t i = 0; reader_ok(reader) && i < regel->aan_count; i++) {
		if (regel->aan[i].iedereen)
			reader_fail(reader, node,
				    (struct reader_fault){REASON_BAD_VALUE, "aan",
							  "Name the ontvangers."},
				    "\"iedereen\" is only for what is forbidden.");
	}
	parse_rubrieken(reader, reader_required(reader, node, "rubrieken"), regel);
}

static void parse_verbied(struct reader *reader, const struct yaml_node *node, struct regel *regel)
{
	static const char *const keys[] = {"aan", "behalve", "rubrieken", NULL};
	reader_keys(reader, node, keys);
	parse_aan(reader, node, regel);
	const struct yaml_node *behalve = reader_optional(reader, node, "behalve");
	doelgroepen_parse(reader, behalve, "behalve", &regel->behalve, &regel->behalve_count);
	for (size_t i = 0; reader_ok(reader) && i < regel->behalve_count; i++) {
		if (regel->behalve[i].iedereen || regel->behalve[i].band != BAND_GEEN)
			reader_fail(reader, behalve,
				    (struct reader_fault){REASON_BAD_VALUE, "behalve",
							  "Name a partij, or a soort, with its "
							  "functie."},
				    "An exception names its ontvangers.");
	}
	parse_rubrieken(reader, reader_required(reader, node, "rubrieken"), regel);
}

static bool is_huis_functie(const struct convenant *convenant, const char *functie)
{
	const struct partij *huis = &convenant->partijen[convenant->text.huis];
	for (size_t i = 0; i < huis->functie_count; i++) {
		if (strcmp(huis->functies[i], functie) == 0)
			return true;
	}
	return false;
}

// A weging of its own: by whom, which outcome, within which time.
static void parse_own_weging(struct reader *reader, const struct yaml_node *node,
			     struct regel *regel)
{
	static const char *const keys[] = {"door", "uitkomst", "binnen", NULL};
	reader_keys(reader, node, keys);
	const struct yaml_node *door = reader_required(reader, node, "door");
	const struct yaml_node *binnen = reader_required(reader, node, "binnen");
	regel->weging.door = reader_name(reader, door, "door");
	regel->weging.binnen = reader_text(reader, binnen, "binnen");
	regel->binnen = reader_termijn(reader, binnen, "binnen");
	regel->weging.regel = regel->text.regel;
	if (reader_ok(reader) && !is_huis_functie(reader->convenant, regel->weging.door))
		reader_fail(reader, door,
			    (struct reader_fault){REASON_UNKNOWN_PARTIJ, "door",
						  "Name a functie of the partij under \"huis\"."},
			    "The house has no functie \"%s\".", regel->weging.door);
}

static void parse_weging(struct reader *reader, const struct yaml_node *node, struct regel *regel)
{
	static const char *const shared_keys[] = {"dezelfde_als", "uitkomst", NULL};
	const struct yaml_node *shared =
		yaml_kind(node) == YAML_MAPPING ? yaml_find(node, "dezelfde_als") : NULL;
	reader_enter(reader, "regels.%s.vereis.weging", regel->text.regel);
	regel->has_weging = true;
	regel->weging_line = yaml_line(node);
	if (shared) {
		reader_keys(reader, node, shared_keys);
		regel->dezelfde_als = reader_name(reader, shared, "dezelfde_als");
	} else {
		parse_own_weging(reader, node, regel);
	}
	regel->weging.uitkomst =
		reader_name(reader, reader_required(reader, node, "uitkomst"), "uitkomst");
	if (reader_ok(reader))
		reader_enter(reader, "regels.%s", regel->text.regel);
}

static void parse_vereis(struct reader *reader, const struct yaml_node *node, struct regel *regel)
{
	static const char *const keys[] = {"weging", "toestemming", "overdracht", NULL};
	if (!node || !reader_ok(reader))
		return;
	reader_keys(reader, node, keys);
	if (regel->text.soort != REGEL_VERSTREK)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_UNKNOWN_KEYWORD, "vereis",
						  "Write it beside the regel that gives."},
			    "What is forbidden requires nothing.");
	for (size_t i = 1; keys[i]; i++) {
		const struct yaml_node *other = reader_optional(reader, node, keys[i]);
		if (other)
			fail_unsupported(reader, other, keys[i]);
	}
	const struct yaml_node *weging = reader_required(reader, node, "weging");
	if (weging)
		parse_weging(reader, weging, regel);
}

// Free text goes further only after somebody released it (design §8): outside the house, a weging.
static void check_toelichting(struct reader *reader, const struct yaml_node *node,
			      const struct regel *regel)
{
	const struct convenant *convenant = reader->convenant;
	if (!reader_ok(reader) || regel->text.soort != REGEL_VERSTREK || regel->has_weging)
		return;
	bool gives = false;
	for (size_t i = 0; i < regel->rubriek_count; i++)
		gives |= regel->rubrieken[i]->soort == RUBRIEK_TOELICHTING;
	for (size_t i = 0; gives && i < regel->aan_count; i++) {
		const struct partij *huis = &convenant->partijen[convenant->text.huis];
		if (!oin_equal(&regel->aan[i].ontvanger.oin, &huis->oin))
			reader_fail(reader, node,
				    (struct reader_fault){REASON_MISSING_KEYWORD, "vereis",
							  "Add vereis: {weging: …}, or leave "
							  "toelichting out."},
				    "Free text leaves the house only after a weging.");
	}
}

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

// A text that goes into every part the regel is a ground of.
static const char *parse_grond_text(struct reader *reader, const struct yaml_node *node,
				    const char *key)
{
	const char *text = reader_text(reader, node, key);
	if (text && strlen(text) > GROND_TEXT_MAX)
		reader_fail(reader, node, (struct reader_fault){REASON_TOO_LONG, key, NULL},
			    "The text is longer than %d bytes.", GROND_TEXT_MAX);
	return text;
}

static void parse_texts(struct reader *reader, const struct yaml_node *node, struct regel *regel)
{
	bool gives = regel->text.soort == REGEL_VERSTREK;
	regel->text.convenantartikel = parse_grond_text(
		reader, reader_required(reader, node, "convenantartikel"), "convenantartikel");
	parse_herkomst(reader, node, regel);
	const struct yaml_node *doel = gives ? reader_required(reader, node, "doel")
					     : reader_optional(reader, node, "doel");
	regel->text.doel = parse_grond_text(reader, doel, "doel");
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

static void parse_regel(struct reader *reader, const struct yaml_node *node, struct regel *regel)
{
	static const char *const keys[] = {"regel",     "soort",   "convenantartikel",
					   "herkomst",  "als",     "vereis",
					   "verstrek",  "verbied", "agendeer",
					   "meld",      "nood",    "doel",
					   "grondslag", "bewaar",  "van",
					   "tot",       "proeven", NULL};
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
	const struct yaml_node *body = parse_kind(reader, node, regel);
	parse_texts(reader, node, regel);
	toetsen_parse(reader, reader_optional(reader, node, "als"), regel);
	parse_vereis(reader, reader_optional(reader, node, "vereis"), regel);
	if (reader_ok(reader) && regel->text.soort == REGEL_VERSTREK)
		parse_verstrek(reader, body, regel);
	else if (reader_ok(reader))
		parse_verbied(reader, body, regel);
	check_toelichting(reader, node, regel);
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
}
