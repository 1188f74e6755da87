// SPDX-License-Identifier: EUPL-1.2
#include "json/owed.h"

#include "base/clock.h"
#include "melding/lists.h"

#include <stdio.h>
#include <string.h>

enum result owed_parse(struct bytes line, struct owed *ret_owed)
{
	struct owed owed = {.due = 0};
	struct bytes due, word;
	if (!word_take(&line, &due) || !word_take(&line, &owed.soort) ||
	    !word_take(&line, &owed.regel) || !word_take(&line, &owed.wie) ||
	    time_parse(due, &owed.due) != RESULT_OK)
		return RESULT_MALFORMED;
	while (word_take(&line, &word)) {
		if (bytes_take_text(&word, "uitkomsten="))
			owed.uitkomsten = word;
		else if (bytes_take_text(&word, "trap="))
			owed.trap = word;
		else if ((bytes_take_text(&word, "entry=") &&
			  number_parse(word, &owed.entry) != RESULT_OK) ||
			 (bytes_take_text(&word, "betrokkene=") &&
			  number_parse(word, &owed.betrokkene) != RESULT_OK))
			return RESULT_MALFORMED;
	}
	*ret_owed = owed;
	return RESULT_OK;
}

// "a|b|c": the outcomes that the line names, or the codes of a list; NAME when there are none.
static void append_choices(struct buffer *out, const struct owed *owed, const char *list)
{
	const struct code_list *codes = list ? code_list_named(bytes_of_text(list)) : NULL;
	size_t count = 0;
	for (; codes && count < codes->count; count++) {
		buffer_append_text(out, count > 0 ? "|" : "");
		buffer_append_text(out, codes->codes[count].code);
	}
	for (; !codes && count < owed->uitkomsten.len; count++) {
		uint8_t c = owed->uitkomsten.data[count];
		buffer_append_u8(out, c == ',' ? '|' : c);
	}
	if (count == 0)
		buffer_append_text(out, "NAME");
}

// What a person says who answers for it: `command` of knooppunt, its options that name the thing
// (NULL: the entry is enough) and the answer, and what the answers are.
static const struct saying {
	const char *soort, *who, *command, *thing, *answer, *list;
} sayings[] = {
	{"weging", "who has this functie", "weging", "--regel", "--uitkomst", NULL},
	{"agenda",
	 "who has this functie, after the overleg; overdracht takes --naar OIN:FUNCTIE too",
	 "uitkomst", "--overleg", "--uitkomst", "overleg-uitkomst"},
	{"overdracht", "who has this functie", "overdracht", "--regel", "--antwoord",
	 "overdracht-antwoord"},
	{"overname", "who was handed it by the overleg", "overdracht", "--regel", "--antwoord",
	 "overdracht-antwoord"},
	{"noodtoets", "who has this functie, by other eyes than gave it", "noodtoets", "--regel",
	 "--uitkomst", "noodtoets-uitkomst"},
	{"screening", "nobody was given anything of it; who has this functie looks", "screening",
	 NULL, "--uitkomst", "screening-uitkomst"},
	{"opvolging", "who was told that it is not so or may not be used", "opvolging",
	 "--rechtzetting", "--antwoord", "opvolging-antwoord"},
	{"informeren",
	 "who has this functie, once the betrokkene knows; uitgesteld takes --grond CODE --tot DAY "
	 "too",
	 "informeren", "--regel", "--uitkomst", "informeren-uitkomst"},
	{"volgen", "who has this functie, each time", "volgen", "--regel", "--uitkomst",
	 "volgen-uitkomst"},
	{"verzoek", "who has this functie", "afhandeling", "--zaak", "--uitkomst",
	 "afhandeling-uitkomst"},
};

static bool is_soort(const struct owed *owed, const char *soort)
{
	return bytes_equal(owed->soort, bytes_of_text(soort));
}

// The command has the name of the statement it makes.
static bool needs_motivering(const struct saying *saying)
{
	const struct type_row *type;
	size_t n = 0;
	while ((type = type_row_at(n++)) && strcmp(type->name, saying->command) != 0)
		;
	const struct veld_row *veld =
		type ? veld_row_named(type->velden, type->veld_count, bytes_of_text("motivering"))
		     : NULL;
	return veld && veld->required;
}

static void append_saying(struct buffer *out, const struct owed *owed, const struct saying *saying)
{
	char text[320], thing[100] = "", about[40] = "";
	if (saying->thing)
		snprintf(thing, sizeof thing, "%s %.*s ", saying->thing, (int)owed->regel.len,
			 (const char *)owed->regel.data);
	if (owed->betrokkene)
		snprintf(about, sizeof about, "--betrokkene %llu ",
			 (unsigned long long)owed->betrokkene);
	snprintf(text, sizeof text, "%s: knooppunt -c FILE %s %llu %s%s%s ", saying->who,
		 saying->command, (unsigned long long)owed->entry, thing, about, saying->answer);
	buffer_append_text(out, text);
	append_choices(out, owed, saying->list);
	buffer_append_text(out, " --medewerker REF");
	if (needs_motivering(saying))
		buffer_append_text(out, " --motivering TEXT");
}

static void append_advies(struct buffer *out, const struct owed *owed)
{
	char text[160];
	snprintf(text, sizeof text,
		 "who has this functie: knooppunt -c FILE advies FILE, about the casus that begins "
		 "at entry %llu; ZSM asked about it",
		 (unsigned long long)owed->entry);
	buffer_append_text(out, text);
}

static void append_terugkoppeling(struct buffer *out, const struct owed *owed)
{
	char text[160];
	snprintf(text, sizeof text,
		 "who asked for context: knooppunt -c FILE terugkoppeling FILE, with entry %llu",
		 (unsigned long long)owed->entry);
	buffer_append_text(out, text);
}

static void append_bekend(struct buffer *out, const struct owed *owed)
{
	char text[200];
	snprintf(text, sizeof text,
		 "who is asked whether it knows the person: knooppunt -c FILE bekend %llu "
		 "--antwoord nee --medewerker REF, or --antwoord ja --betrokken nu|eerder "
		 "--telefoon NUMBER",
		 (unsigned long long)owed->entry);
	buffer_append_text(out, text);
}

static void append_afsluiting(struct buffer *out, const struct owed *owed)
{
	char text[200];
	snprintf(text, sizeof text,
		 "your question is open until then: fetch brings what is answered, knooppunt -c "
		 "FILE verrijking-intrekking %llu --medewerker REF ends it",
		 (unsigned long long)owed->entry);
	buffer_append_text(out, text);
}

void owed_say_how(const struct owed *owed, struct buffer *out)
{
	const struct saying *saying = NULL;
	for (size_t i = 0; i < sizeof sayings / sizeof sayings[0]; i++)
		if (is_soort(owed, sayings[i].soort))
			saying = &sayings[i];
	if (saying)
		append_saying(out, owed, saying);
	else if (is_soort(owed, "advies"))
		append_advies(out, owed);
	else if (is_soort(owed, "terugkoppeling"))
		append_terugkoppeling(out, owed);
	else if (is_soort(owed, "bekend"))
		append_bekend(out, owed);
	else if (is_soort(owed, "afsluiting"))
		append_afsluiting(out, owed);
	else if (is_soort(owed, "feit"))
		buffer_append_text(out, "a fact is not known: knooppunt-audit why says which; it "
					"ends by itself when due");
	else
		buffer_append_text(out, "who has this functie");
}
