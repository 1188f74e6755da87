// SPDX-License-Identifier: EUPL-1.2
// What a regel requires besides its conditions: a weging, a toestemming, an overdracht, an
// antwoord; and what is owed for what it gives (plichten.c).
#include "convenant/parse.h"

#include <string.h>

static bool is_huis_functie(const struct convenant *convenant, const char *functie)
{
	const struct partij *huis = &convenant->partijen[convenant->text.huis];
	for (size_t i = 0; i < huis->functie_count; i++) {
		if (strcmp(huis->functies[i], functie) == 0)
			return true;
	}
	return false;
}

const char *reader_huis_functie(struct reader *reader, const struct yaml_node *node,
				const char *key)
{
	const char *functie = reader_name(reader, node, key);
	if (functie && !is_huis_functie(reader->convenant, functie))
		reader_fail(reader, node,
			    (struct reader_fault){REASON_UNKNOWN_PARTIJ, key,
						  "Name a functie of the partij under \"huis\"."},
			    "The house has no functie \"%s\".", functie);
	return functie;
}

// A weging of its own: by whom, which outcome, within which time.
static void parse_own_weging(struct reader *reader, const struct yaml_node *node,
			     struct regel *regel)
{
	static const char *const keys[] = {"door", "uitkomst", "binnen", NULL};
	reader_keys(reader, node, keys);
	const struct yaml_node *door = reader_required(reader, node, "door");
	const struct yaml_node *binnen = reader_required(reader, node, "binnen");
	regel->weging.door = reader_huis_functie(reader, door, "door");
	regel->weging.binnen = reader_text(reader, binnen, "binnen");
	regel->binnen = reader_termijn(reader, binnen, "binnen");
	regel->weging.regel = regel->text.regel;
}

// No longer than the statement that gives it can name: a longer one could never be given.
static const char *read_uitkomst(struct reader *reader, const struct yaml_node *node)
{
	const char *uitkomst = reader_name(reader, node, "uitkomst");
	if (reader_ok(reader) && strlen(uitkomst) > OUTCOME_LEN_MAX)
		reader_fail(reader, node, (struct reader_fault){REASON_TOO_LONG, "uitkomst", NULL},
			    "The outcome of a weging has at most %d characters.", OUTCOME_LEN_MAX);
	return uitkomst;
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
	regel->weging.uitkomst = read_uitkomst(reader, reader_required(reader, node, "uitkomst"));
	if (reader_ok(reader))
		reader_enter(reader, "regels.%s", regel->text.regel);
}

// A list of codes, kept as they are written.
static const char *const *parse_codes(struct reader *reader, const struct yaml_node *node,
				      const char *list, const char *key, size_t *ret_count)
{
	size_t count = reader_count(node);
	const char **codes = reader_alloc(reader, count, sizeof *codes);
	for (size_t i = 0; reader_ok(reader) && i < count; i++) {
		const struct yaml_node *item = reader_item(node, i);
		codes[i] = reader_name(reader, item, key);
		if (codes[i] &&
		    !code_find(code_list_named(bytes_of_text(list)), bytes_of_text(codes[i])))
			reader_fail(reader, item,
				    (struct reader_fault){REASON_UNKNOWN_CODE, key, NULL},
				    "\"%s\" is not a code of \"%s\".", codes[i], list);
	}
	if (node && count == 0)
		reader_fail(reader, node, (struct reader_fault){REASON_MISSING_FIELD, key, NULL},
			    "The list is empty.");
	*ret_count = count;
	return codes;
}

static void parse_toestemming(struct reader *reader, const struct yaml_node *node,
			      struct regel *regel)
{
	static const char *const keys[] = {"grond", "gever", "voor", NULL};
	struct toestemming_eis *eis = &regel->toestemming;
	reader_enter(reader, "regels.%s.vereis.toestemming", regel->text.regel);
	reader_keys(reader, node, keys);
	regel->has_toestemming = true;
	regel->is_rare = true;
	regel->toestemming_line = yaml_line(node);
	eis->gronden = parse_codes(reader, reader_required(reader, node, "grond"),
				   "toestemming-grond", "grond", &eis->grond_count);
	eis->gevers = parse_codes(reader, reader_optional(reader, node, "gever"),
				  "toestemming-gever", "gever", &eis->gever_count);
	eis->voor = reader_name(reader, reader_optional(reader, node, "voor"), "voor");
	// A toestemming begins and ends on days.
	reader->convenant->has_validity = true;
	if (reader_ok(reader))
		reader_enter(reader, "regels.%s", regel->text.regel);
}

static void parse_overdracht(struct reader *reader, const struct yaml_node *node,
			     struct regel *regel)
{
	static const char *const keys[] = {"binnen", "terug", NULL};
	reader_enter(reader, "regels.%s.vereis.overdracht", regel->text.regel);
	reader_keys(reader, node, keys);
	regel->has_overdracht = true;
	const struct yaml_node *binnen = reader_required(reader, node, "binnen");
	regel->overdracht.binnen = reader_text(reader, binnen, "binnen");
	regel->overdracht_binnen = reader_termijn(reader, binnen, "binnen");
	regel->overdracht.terug =
		reader_huis_functie(reader, reader_required(reader, node, "terug"), "terug");
	if (reader_ok(reader))
		reader_enter(reader, "regels.%s", regel->text.regel);
}

static void parse_antwoord(struct reader *reader, const struct yaml_node *node, struct regel *regel)
{
	static const char *const keys[] = {"binnen", NULL};
	reader_enter(reader, "regels.%s.vereis.antwoord", regel->text.regel);
	reader_keys(reader, node, keys);
	regel->has_antwoord = true;
	const struct yaml_node *binnen = reader_required(reader, node, "binnen");
	regel->antwoord.binnen = reader_text(reader, binnen, "binnen");
	regel->antwoord_binnen = reader_termijn(reader, binnen, "binnen");
	if (reader_ok(reader))
		reader_enter(reader, "regels.%s", regel->text.regel);
}

// Beside which kinds each requirement may stand.
static void check_kinds(struct reader *reader, const struct yaml_node *node,
			const struct regel *regel)
{
	enum regel_soort soort = regel->text.soort;
	const struct yaml_node *toestemming = yaml_find(node, "toestemming");
	const struct yaml_node *overdracht = yaml_find(node, "overdracht");
	const struct yaml_node *antwoord = yaml_find(node, "antwoord");
	if (soort == REGEL_VERBIED)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_UNKNOWN_KEYWORD, "vereis",
						  "Write it beside the regel that gives."},
			    "What is forbidden requires nothing.");
	if (toestemming && soort == REGEL_AGENDEER)
		reader_fail(reader, toestemming,
			    (struct reader_fault){REASON_UNKNOWN_KEYWORD, "toestemming",
						  "Write it beside what the leden are given."},
			    "An agenda says nothing of a betrokkene.");
	if (overdracht && soort != REGEL_VERSTREK)
		reader_fail(reader, overdracht,
			    (struct reader_fault){REASON_UNKNOWN_KEYWORD, "overdracht",
						  "Write it beside verstrek."},
			    "Only what is given can be taken over.");
	if (antwoord && soort != REGEL_VERSTREK)
		reader_fail(reader, antwoord,
			    (struct reader_fault){REASON_UNKNOWN_KEYWORD, "antwoord",
						  "Write it beside verstrek."},
			    "Only who is given the question can answer it.");
	if (yaml_count(node) == 0)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_MISSING_FIELD, "vereis",
						  "Name what is required, or leave it out."},
			    "Nothing is required here.");
}

void vereis_parse(struct reader *reader, const struct yaml_node *node, struct regel *regel)
{
	static const char *const keys[] = {"weging",     "toestemming", "overdracht", "antwoord",
					   "informeren", "volgen",      NULL};
	if (!node || !reader_ok(reader))
		return;
	if (regel->text.soort != REGEL_VEREIS) {
		reader_keys(reader, node, keys);
		if (reader_ok(reader))
			check_kinds(reader, node, regel);
	}
	const struct yaml_node *weging = reader_optional(reader, node, "weging");
	const struct yaml_node *toestemming = reader_optional(reader, node, "toestemming");
	const struct yaml_node *overdracht = reader_optional(reader, node, "overdracht");
	const struct yaml_node *antwoord = reader_optional(reader, node, "antwoord");
	if (reader_ok(reader) && regel->text.soort == REGEL_VEREIS && !weging == !toestemming)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_MISSING_KEYWORD, "vereis",
						  "Name toestemming or weging; make it two regels "
						  "for both."},
			    "A regel of this kind requires one thing.");
	if (weging && reader_ok(reader))
		parse_weging(reader, weging, regel);
	if (toestemming && reader_ok(reader))
		parse_toestemming(reader, toestemming, regel);
	if (overdracht && reader_ok(reader) && regel->text.soort != REGEL_VEREIS)
		parse_overdracht(reader, overdracht, regel);
	if (antwoord && reader_ok(reader) && regel->text.soort != REGEL_VEREIS)
		parse_antwoord(reader, antwoord, regel);
	plichten_parse(reader, node, regel);
}

// Free text goes further only after somebody released it (design §8): outside the house, a weging.
void toelichting_check(struct reader *reader, const struct yaml_node *node,
		       const struct regel *regel)
{
	const struct convenant *convenant = reader->convenant;
	if (!reader_ok(reader) || regel_soort_forbids(regel->text.soort) || regel->has_weging)
		return;
	bool gives = false;
	for (size_t i = 0; i < regel->rubriek_count; i++)
		gives |= regel->rubrieken[i] == RUBRIEK_TOELICHTING;
	for (size_t i = 0; gives && i < regel->aan_count; i++) {
		const struct partij *huis = &convenant->partijen[convenant->text.huis];
		if (!regel->aan[i].of_partij ||
		    !oin_equal(&regel->aan[i].ontvanger.oin, &huis->oin))
			reader_fail(reader, node,
				    (struct reader_fault){REASON_MISSING_KEYWORD, "vereis",
							  "Add vereis: {weging: …}, or leave "
							  "toelichting out."},
				    "Free text leaves the house only after a weging.");
	}
}
