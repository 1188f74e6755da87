// SPDX-License-Identifier: EUPL-1.2
// What a regel about a question about a person may say (docs/convenant-taal.md §2.6): who is asked
// follows from what was asked, and what is answered goes to who asked.
#include "convenant/parse.h"

static bool gives(const struct regel *regel, uint32_t rubriek)
{
	bool named = false;
	for (size_t i = 0; i < regel->rubriek_count; i++)
		named |= regel->rubrieken[i] == rubriek;
	return named && !regel_soort_forbids(regel->text.soort);
}

static bool only_who_asks(const struct regel *regel)
{
	bool only = true;
	for (size_t i = 0; i < regel->aan_count; i++)
		only &= regel->aan[i].band == BAND_VRAGER;
	return only;
}

static void check_answers(struct reader *reader, const struct yaml_node *node,
			  const struct regel *regel)
{
	bool answers =
		gives(regel, RUBRIEK_BEKEND_ANTWOORD) || gives(regel, RUBRIEK_BEKEND_CONTACT);
	if (answers && !only_who_asks(regel))
		reader_fail(reader, node,
			    (struct reader_fault){REASON_BAD_VALUE, "aan",
						  "Write aan: {rol: vrager}, with soort or functie "
						  "if wanted."},
			    "What is answered goes to nobody but who asked.");
}

// What is known before anybody is looked up.
static bool is_of_question(enum attribuut attribuut)
{
	static const enum attribuut known[] = {ATTRIBUUT_SOORT,           ATTRIBUUT_BRON,
					       ATTRIBUUT_BRON_SOORT,      ATTRIBUUT_BETROKKENEN,
					       ATTRIBUUT_VRAAG,           ATTRIBUUT_VRAGER,
					       ATTRIBUUT_MINDERJARIG,     ATTRIBUUT_LEEFTIJD,
					       ATTRIBUUT_WOONGEMEENTE,    ATTRIBUUT_WOONHUIS,
					       ATTRIBUUT_IDENTIFICEERBAAR};
	bool found = false;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		found |= known[i] == attribuut;
	return found;
}

static void check_asked(struct reader *reader, const struct yaml_node *node,
			const struct regel *regel)
{
	static const char *const fix = "Test vraag, vrager, bron, bron.soort, minderjarig, "
				       "leeftijd, woongemeente or woonhuis, and name ontvangers "
				       "without a rol.";
	bool asked = !regel->has_weging && !regel->has_toestemming && !regel->has_overdracht;
	for (size_t i = 0; i < regel->toets_count; i++)
		asked &= is_of_question(
			reader->convenant->toetsen[regel->toetsen[i].toets].row->attribuut);
	for (size_t i = 0; i < regel->aan_count; i++)
		asked &= regel->aan[i].band == BAND_GEEN || regel->aan[i].band == BAND_WOON;
	if (!asked)
		reader_fail(reader, node, (struct reader_fault){REASON_BAD_VALUE, "als", fix},
			    "Who is asked depends on what was asked, never on what is known.");
}

void vragen_check(struct reader *reader, const struct yaml_node *node, const struct regel *regel)
{
	bool asks = gives(regel, RUBRIEK_BEKEND_VRAAG);
	if (!reader_ok(reader))
		return;
	if (asks && !regel->has_antwoord)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_MISSING_KEYWORD, "vereis.antwoord",
						  "Write vereis: {antwoord: {binnen: …}}."},
			    "Who is asked has to know until when.");
	else if (!asks && regel->has_antwoord)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_UNKNOWN_KEYWORD, "vereis.antwoord",
						  "Leave it out, or give bekend.vraag."},
			    "Nothing is asked by this regel.");
	else if (asks)
		check_asked(reader, node, regel);
	check_answers(reader, node, regel);
}
