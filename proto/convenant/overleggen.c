// SPDX-License-Identifier: EUPL-1.2
// The tables: who sits there, when, and what may come before them.
#include "convenant/parse.h"

#include <string.h>

#define SLUITING_DAGEN_MAX 28
#define AANVANG_STANDARD (9 * 60)
#define MINUTES_OF_DAY 1440
#define OVERDRACHT_STANDARD 5 // werkdagen

static const struct ontvanger *parse_ontvangers(struct reader *reader, const struct yaml_node *node,
						const char *key, size_t *ret_count)
{
	size_t count = reader_count(node);
	struct ontvanger *ontvangers = reader_alloc(reader, count, sizeof *ontvangers);
	for (size_t i = 0; reader_ok(reader) && i < count; i++)
		ontvangers[i] = reader_ontvanger(reader, reader_item(node, i), key);
	*ret_count = count;
	return ontvangers;
}

// A mede-voorzitter sits at the table in any case: it must stand among the leden.
static void parse_medevoorzitters(struct reader *reader, const struct yaml_node *node,
				  struct overleg *overleg)
{
	overleg->medevoorzitters =
		parse_ontvangers(reader, node, "medevoorzitters", &overleg->medevoorzitter_count);
	for (size_t i = 0; reader_ok(reader) && i < overleg->medevoorzitter_count; i++) {
		bool sits = false;
		for (size_t n = 0; n < overleg->lid_count; n++)
			sits |= ontvanger_equal(&overleg->leden[n], &overleg->medevoorzitters[i]);
		if (!sits)
			reader_fail(reader, node,
				    (struct reader_fault){REASON_BAD_VALUE, "medevoorzitters",
							  "Name it among the leden too."},
				    "A mede-voorzitter is one of the leden.");
	}
}

// ---- when ----------------------------------------------------------------------------------

// "HH:MM"
static unsigned parse_aanvang(struct reader *reader, const struct yaml_node *node)
{
	const char *text = reader_text(reader, node, "aanvang");
	unsigned minutes = MINUTES_OF_DAY;
	if (!reader_ok(reader) || !node)
		return AANVANG_STANDARD;
	bool digits = strlen(text) == 5 && text[2] == ':';
	for (size_t i = 0; digits && i < 5; i++)
		digits = i == 2 || (text[i] >= '0' && text[i] <= '9');
	if (digits && text[3] < '6')
		minutes = (unsigned)((text[0] - '0') * 10 + text[1] - '0') * 60 +
			  (unsigned)((text[3] - '0') * 10 + text[4] - '0');
	if (minutes >= MINUTES_OF_DAY)
		reader_fail(
			reader, node,
			(struct reader_fault){REASON_BAD_VALUE, "aanvang", "Write it as 09:30."},
			"This is not a time of the day.");
	return minutes;
}

static void parse_sluiting(struct reader *reader, const struct yaml_node *node,
			   struct overleg *overleg)
{
	struct termijn sluiting = reader_termijn(reader, node, "sluiting");
	overleg->has_sluiting = node != NULL;
	overleg->sluiting = sluiting;
	if (reader_ok(reader) && node &&
	    (sluiting.maanden || sluiting.dagen > SLUITING_DAGEN_MAX ||
	     sluiting.werkdagen > SLUITING_DAGEN_MAX))
		reader_fail(reader, node,
			    (struct reader_fault){REASON_BAD_VALUE, "sluiting",
						  "Write days or werkdagen, at most 28."},
			    "An agenda closes some days before the sitting.");
}

static void parse_feestdag(struct reader *reader, const struct yaml_node *node,
			   struct overleg *overleg)
{
	const char *text = reader_name(reader, node, "feestdag");
	if (!reader_ok(reader) || !node)
		return;
	overleg->rooster.vervalt = strcmp(text, "vervalt") == 0;
	if (!overleg->rooster.vervalt && strcmp(text, "volgende-werkdag") != 0)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_UNKNOWN_CODE, "feestdag",
						  "Write vervalt or volgende-werkdag."},
			    "This is not what becomes of a sitting on a feestdag.");
}

static void parse_kalender(struct reader *reader, const struct yaml_node *node,
			   struct overleg *overleg)
{
	static const char *const dated[] = {"aanvang", "sluiting", "feestdag"};
	const struct yaml_node *kalender = reader_optional(reader, node, "kalender");
	overleg->kalender = reader_text(reader, kalender, "kalender");
	if (!reader_ok(reader))
		return;
	if (kalender && kalender_parse(bytes_of_text(overleg->kalender), &overleg->rooster))
		overleg->rooster = (struct kalender){.soort = KALENDER_GEEN};
	overleg->aanvang = parse_aanvang(reader, reader_optional(reader, node, "aanvang"));
	parse_sluiting(reader, reader_optional(reader, node, "sluiting"), overleg);
	parse_feestdag(reader, reader_optional(reader, node, "feestdag"), overleg);
	for (size_t i = 0; i < sizeof dated / sizeof dated[0]; i++)
		if (reader_ok(reader) && !kalender_has_dagen(&overleg->rooster) &&
		    yaml_find(node, dated[i]))
			reader_fail(reader, yaml_find(node, dated[i]),
				    (struct reader_fault){REASON_BAD_VALUE, "kalender",
							  "Write a kalender that says on which "
							  "days, such as maandag en donderdag."},
				    "Beside \"%s\" stands no kalender with days.", dated[i]);
}

static void parse_overdracht(struct reader *reader, const struct yaml_node *node,
			     struct overleg *overleg)
{
	overleg->overdracht = node ? reader_termijn(reader, node, "overdracht")
				   : (struct termijn){.werkdagen = OVERDRACHT_STANDARD};
}

// ---- what ----------------------------------------------------------------------------------

// A list of values of an attribute: what may come before the table.
static struct grenzen parse_grenzen(struct reader *reader, const struct yaml_node *node,
				    enum attribuut attribuut, const char *key)
{
	struct grenzen grenzen = {.count = reader_count(node)};
	struct bytes *waarden = reader_alloc(reader, grenzen.count, sizeof *waarden);
	for (size_t i = 0; reader_ok(reader) && i < grenzen.count; i++)
		waarden[i] =
			reader_waarde(reader, reader_item(node, i), attribuut_row(attribuut), key);
	if (reader_ok(reader) && node && grenzen.count == 0)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_MISSING_FIELD, key,
						  "Name at least one, or leave it out."},
			    "The list is empty.");
	grenzen.waarden = waarden;
	return grenzen;
}

static void parse_overleg(struct reader *reader, const struct yaml_node *node,
			  struct overleg *overleg)
{
	static const char *const keys[] = {
		"overleg",  "voorzitter", "medevoorzitters", "leden",  "kalender", "aanvang",
		"sluiting", "feestdag",   "overdracht",      "triage", "themas",   "gemeenten",
		NULL};
	reader_keys(reader, node, keys);
	overleg->overleg = reader_name(reader, reader_required(reader, node, "overleg"), "overleg");
	if (!reader_ok(reader))
		return;
	reader_enter(reader, "overleggen.%s", overleg->overleg);
	overleg->line = yaml_line(node);
	if (convenant_find_overleg(reader->convenant, bytes_of_text(overleg->overleg)) >= 0)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_DUPLICATE, "overleg",
						  "Give each overleg a name of its own."},
			    "There are two overleggen \"%s\".", overleg->overleg);
	const struct yaml_node *voorzitter = reader_required(reader, node, "voorzitter");
	if (voorzitter)
		overleg->voorzitter = reader_ontvanger(reader, voorzitter, "voorzitter");
	overleg->leden = parse_ontvangers(reader, reader_required(reader, node, "leden"), "leden",
					  &overleg->lid_count);
	parse_medevoorzitters(reader, reader_optional(reader, node, "medevoorzitters"), overleg);
	parse_kalender(reader, node, overleg);
	parse_overdracht(reader, reader_optional(reader, node, "overdracht"), overleg);
	overleg->triage = reader_name(reader, reader_optional(reader, node, "triage"), "triage");
	overleg->themas = parse_grenzen(reader, reader_optional(reader, node, "themas"),
					ATTRIBUUT_THEMA, "themas");
	overleg->gemeenten = parse_grenzen(reader, reader_optional(reader, node, "gemeenten"),
					   ATTRIBUUT_GEMEENTE, "gemeenten");
}

// Another of these tables, wherever it stands in the list.
static void check_triage(struct reader *reader, const struct yaml_node *node,
			 const struct overleg *overleg)
{
	const char *triage = overleg->triage;
	if (!reader_ok(reader) || !triage)
		return;
	reader_enter(reader, "overleggen.%s", overleg->overleg);
	if (strcmp(triage, overleg->overleg) == 0 ||
	    convenant_find_overleg(reader->convenant, bytes_of_text(triage)) < 0)
		reader_fail(reader, yaml_find(node, "triage"),
			    (struct reader_fault){REASON_BAD_VALUE, "triage",
						  "Name another of the overleggen."},
			    "\"%s\" is none of the other overleggen.", triage);
}

void overleggen_parse(struct reader *reader, const struct yaml_node *node)
{
	if (!reader_ok(reader) || !node)
		return;
	struct convenant *convenant = reader->convenant;
	if (reader_count(node) > OVERLEGGEN_MAX)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_TOO_MANY, NULL, "Split the convenant."},
			    "There are more than %d overleggen.", OVERLEGGEN_MAX);
	convenant->overleggen =
		reader_alloc(reader, reader_count(node), sizeof *convenant->overleggen);
	for (size_t i = 0; reader_ok(reader) && i < reader_count(node); i++) {
		reader_enter(reader, "overleggen[%zu]", i);
		parse_overleg(reader, reader_item(node, i), &convenant->overleggen[i]);
		convenant->overleg_count = i + 1;
	}
	for (size_t i = 0; reader_ok(reader) && i < reader_count(node); i++)
		check_triage(reader, reader_item(node, i), &convenant->overleggen[i]);
}

// ---- regels that put meldingen before a table ----------------------------------------------

static bool within(const struct grenzen *grenzen, const struct toets *toets)
{
	if (toets->soort != TOETS_IS)
		return false;
	for (size_t i = 0; i < toets->waarde_count; i++) {
		bool found = false;
		for (size_t n = 0; n < grenzen->count; n++)
			found |= bytes_equal(toets->waarden[i], grenzen->waarden[n]);
		if (!found)
			return false;
	}
	return true;
}

static bool keeps(const struct convenant *convenant, const struct regel *regel,
		  const struct grenzen *grenzen, enum attribuut attribuut)
{
	for (size_t i = 0; i < regel->toets_count; i++) {
		const struct toets *toets = &convenant->toetsen[regel->toetsen[i].toets];
		if (toets->row->attribuut == attribuut && within(grenzen, toets))
			return true;
	}
	return grenzen->count == 0;
}

void overleggen_check(struct reader *reader, const struct yaml_node *node,
		      const struct regel *regel)
{
	const struct convenant *convenant = reader->convenant;
	if (regel->text.soort != REGEL_AGENDEER)
		return;
	for (size_t n = 0; reader_ok(reader) && n < convenant->overleg_count; n++) {
		const struct overleg *overleg = &convenant->overleggen[n];
		bool thema = keeps(convenant, regel, &overleg->themas, ATTRIBUUT_THEMA);
		bool gemeente = keeps(convenant, regel, &overleg->gemeenten, ATTRIBUUT_GEMEENTE);
		if (!(regel->overleggen & UINT64_C(1) << n) || (thema && gemeente))
			continue;
		reader_fail(reader, node,
			    (struct reader_fault){REASON_BAD_VALUE,
						  thema ? "als.gemeente" : "als.thema",
						  "Name in als only what the overleg is for."},
			    "Regel \"%s\" would put on the agenda of \"%s\" what it is not for.",
			    regel->text.regel, overleg->overleg);
	}
}
