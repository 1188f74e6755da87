// SPDX-License-Identifier: EUPL-1.2
// What a person should look at before a convenant is proposed.
#include "convenant/onderzoek.h"

#include "convenant/ruimte.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHERE_MAX 200

// How a regel came out over all of its cells.
struct optelling {
	uint64_t holds, decides, alone;
	bool te_groot;
	char voorbeeld[sizeof((struct regel_bereik *)0)->voorbeeld];
};

struct check {
	const struct convenant *convenant;
	const struct bevinding_visitor *visitor;
	struct optelling regels[REGELS_MAX];
	struct bereik bereik;
};

static enum result find(const struct check *check, enum bevinding_soort soort, int regel,
			const char *where, const char *melding)
{
	struct bevinding bevinding = {soort, regel, where, 0, melding};
	return check->visitor->visit(check->visitor->context, &bevinding);
}

static const char *cell_name(const struct check *check, const struct vakje *vakje,
			     char out[WHERE_MAX])
{
	snprintf(out, WHERE_MAX, "%s %s", vakje_ontvanger(check->convenant, vakje),
		 vakje_rubriek(check->convenant, vakje));
	return out;
}

static enum result add_regel(struct check *check, const struct regel_bereik *regel,
			     const struct vakje *vakje)
{
	struct optelling *sum = &check->regels[regel->regel];
	bool forbids = regel_soort_forbids(check->convenant->regels[regel->regel].text.soort);
	char where[WHERE_MAX];
	if (regel->holds > 0 && (sum->holds == 0 || (regel->decides > 0 && sum->decides == 0)))
		memcpy(sum->voorbeeld, regel->voorbeeld, sizeof sum->voorbeeld);
	sum->holds += regel->holds;
	sum->decides += regel->decides;
	sum->alone += regel->alone;
	if (forbids || regel->holds == 0 || regel->decides > 0)
		return RESULT_OK;
	return find(check, BEVINDING_TEGENSPRAAK, regel->regel, cell_name(check, vakje, where),
		    regel->voorbeeld);
}

static enum result check_cell(struct check *check, const struct vakje *vakje)
{
	const struct cel *cel = vakje_cel(check->convenant, vakje);
	enum result result = convenant_reach(check->convenant, vakje, &check->bereik);
	char where[WHERE_MAX];
	if (result == RESULT_TOO_LARGE) {
		for (uint32_t i = 0; i < cel->count; i++)
			check->regels[check->convenant->ingangen[cel->first + i].regel].te_groot =
				true;
		return find(check, BEVINDING_TE_GROOT, -1, cell_name(check, vakje, where), "");
	}
	for (size_t i = 0; result == RESULT_OK && i < check->bereik.regel_count; i++)
		result = add_regel(check, &check->bereik.regels[i], vakje);
	return result;
}

static bool names(const struct convenant *convenant, const struct vakje *vakje, size_t regel)
{
	const struct cel *cel = vakje_cel(convenant, vakje);
	for (uint32_t i = 0; i < cel->count; i++)
		if (convenant->ingangen[cel->first + i].regel == regel)
			return true;
	return false;
}

#define MELDING_MAX 600

// A case in which the regel decides, or holds; where it never does, that of its first vakje in
// which it came nearest.
static enum result example(const struct check *check, size_t n, char out[MELDING_MAX])
{
	struct vakje vakje;
	enum result result = RESULT_OK;
	snprintf(out, MELDING_MAX, "%s", check->regels[n].voorbeeld);
	for (size_t at = 0;
	     result == RESULT_OK && !out[0] && convenant_next_vakje(check->convenant, &at, &vakje);)
		if (names(check->convenant, &vakje, n))
			result = vakje_nearest(check->convenant, &vakje, n, out, MELDING_MAX);
	return result;
}

static enum result check_never(const struct check *check, size_t n)
{
	char melding[MELDING_MAX];
	enum result result = example(check, n, melding);
	return result ? result : find(check, BEVINDING_NOOIT, (int)n, "", melding);
}

static enum result check_regel(const struct check *check, size_t n)
{
	const struct optelling *sum = &check->regels[n];
	bool forbids = regel_soort_forbids(check->convenant->regels[n].text.soort);
	if (sum->te_groot)
		return RESULT_OK;
	if (sum->holds == 0)
		return check_never(check, n);
	if (forbids && sum->decides == 0)
		return find(check, BEVINDING_OVERBODIG, (int)n, "", sum->voorbeeld);
	if (sum->decides > 0 && sum->alone == 0)
		return find(check, BEVINDING_GEDEKT, (int)n, "", sum->voorbeeld);
	return RESULT_OK;
}

// The first regel that may give this ontvanger anything; -1: none does.
static int first_giver(const struct check *check, size_t ontvanger)
{
	const uint64_t *gevers = check->convenant->ontvanger_rows[ontvanger].gevers;
	for (size_t n = 0; n < check->convenant->regel_count; n++) {
		if (gevers[n / 64] >> n % 64 & 1)
			return (int)n;
	}
	return -1;
}

// A partij that the house enters for (`invoer`) has no keys: nobody fetches what it is given.
static enum result check_fetched(const struct check *check)
{
	const struct convenant *convenant = check->convenant;
	const struct ontvanger *all;
	enum result result = RESULT_OK;
	size_t count = convenant_ontvangers(convenant, &all);
	for (size_t i = 0; result == RESULT_OK && i < count; i++) {
		const struct vakje vakje = {.ontvanger = i, .overleg = -1};
		size_t partij = convenant->ontvanger_rows[i].partij;
		int giver = first_giver(check, i);
		if (convenant->partijen[partij].invoer && giver >= 0)
			result = find(check, BEVINDING_ZONDER_SLEUTELS, giver,
				      vakje_ontvanger(convenant, &vakje), "");
	}
	return result;
}

static enum result check_proven(const struct check *check)
{
	size_t count = convenant_test_count(check->convenant);
	enum result result = RESULT_OK;
	for (size_t n = 0; result == RESULT_OK && n < count; n++) {
		char where[160], melding[MELDING_MAX];
		if (convenant_test_is_proven(check->convenant, n, where))
			continue;
		result = example(check, convenant_test_regel(check->convenant, n), melding);
		if (result == RESULT_OK)
			result = find(check, BEVINDING_NIET_BEWEZEN, -1, where, melding);
	}
	return result;
}

// ---- meldingen without outcome -------------------------------------------------------------

#define SENDERS_MAX 32

// A melding of which only soort, thema and sender are known: whatever else it says, some regel may
// give something of it, or none ever does.
struct melding {
	struct feiten *feiten;
	struct plaats plaatsen[2 * RUBRIEK_BOUND];
	size_t plaats_count;
	const struct partij *senders[SENDERS_MAX]; // one of each soort
	size_t sender_count;
};

static enum result stop(void *context, size_t ontvanger, const struct plaats *plaats,
			const struct beslissing *beslissing)
{
	(void)ontvanger;
	(void)plaats;
	(void)beslissing;
	*(bool *)context = true;
	return RESULT_AGAIN;
}

static bool has_outcome(const struct check *check, const struct melding *melding)
{
	bool any = false;
	const struct beslissing_visitor visitor = {&any, stop};
	if (convenant_decide_all(check->convenant, melding->feiten, melding->plaatsen,
				 melding->plaats_count, &visitor) == RESULT_OK)
		(void)!convenant_agenda_all(check->convenant, melding->feiten, &visitor);
	return any;
}

// Herkomst says nothing alone.
static void list_places(struct melding *melding)
{
	const struct rubriek_row *row;
	melding->plaatsen[melding->plaats_count++] = (struct plaats){0, RUBRIEK_BERICHT};
	for (size_t i = 0; (row = rubriek_row_at(i)); i++) {
		if (row->soort != RUBRIEK_HERKOMST)
			melding->plaatsen[melding->plaats_count++] =
				(struct plaats){row->of_betrokkene, (uint32_t)row->soort};
	}
}

static void list_senders(const struct convenant *convenant, struct melding *melding)
{
	for (size_t i = 0; i < convenant->partij_count; i++) {
		size_t at = 0;
		while (at < melding->sender_count &&
		       strcmp(melding->senders[at]->soort, convenant->partijen[i].soort) != 0)
			at++;
		if (at == melding->sender_count && at < SENDERS_MAX)
			melding->senders[melding->sender_count++] = &convenant->partijen[i];
	}
}

static void set_sender(struct melding *melding, const struct partij *partij)
{
	melding->feiten->bron = partij->oin;
	feit_set(feiten_at(melding->feiten, ATTRIBUUT_BRON, 0), bytes_of_text(partij->partij));
	feit_set(feiten_at(melding->feiten, ATTRIBUUT_BRON_SOORT, 0), bytes_of_text(partij->soort));
}

// Themes without outcome, as a list; how many there are with one.
static size_t list_themes(const struct check *check, const struct melding *melding,
			  struct buffer *without)
{
	const struct code_list *themes = code_list_named(bytes_of_text("thema"));
	size_t with = 0;
	for (size_t i = 0; i < themes->count; i++) {
		feit_set(feiten_at(melding->feiten, ATTRIBUUT_THEMA, 0),
			 bytes_of_text(themes->codes[i].code));
		if (has_outcome(check, melding))
			with++;
		else
			buffer_append_format(without, "%s%s", without->len ? " of " : "",
					     themes->codes[i].code);
	}
	return with;
}

static enum result check_sender(const struct check *check, const struct melding *melding,
				const char *soort, const struct partij *sender)
{
	struct buffer themes, text;
	enum result result = RESULT_OK;
	buffer_init(&themes, 2000);
	buffer_init(&text, 2400);
	size_t with = list_themes(check, melding, &themes);
	buffer_append_format(&text, "soort: %s; bron.soort: %s", soort, sender->soort);
	if (with > 0)
		buffer_append_format(&text, "; thema: %.*s", (int)themes.len,
				     (const char *)themes.data);
	buffer_append(&text, bytes_make("", 1));
	if (themes.len > 0)
		result = find(check, BEVINDING_ZONDER_UITKOMST, -1, "", (const char *)text.data);
	buffer_done(&themes);
	buffer_done(&text);
	return result;
}

static enum result check_soort(const struct check *check, struct melding *melding,
			       const char *soort)
{
	enum result result = RESULT_OK;
	bool any = false;
	char text[100];
	feit_set(feiten_at(melding->feiten, ATTRIBUUT_SOORT, 0), bytes_of_text(soort));
	*feiten_at(melding->feiten, ATTRIBUUT_THEMA, 0) = (struct feit){0};
	for (size_t i = 0; i < melding->sender_count; i++) {
		set_sender(melding, melding->senders[i]);
		any |= has_outcome(check, melding);
	}
	snprintf(text, sizeof text, "soort: %s", soort);
	if (!any)
		return find(check, BEVINDING_ZONDER_UITKOMST, -1, "", text);
	for (size_t i = 0; result == RESULT_OK && i < melding->sender_count; i++) {
		set_sender(melding, melding->senders[i]);
		result = check_sender(check, melding, soort, melding->senders[i]);
	}
	return result;
}

static enum result check_outcomes(const struct check *check)
{
	const struct code_list *soorten = code_list_named(bytes_of_text("soort"));
	struct melding melding = {.feiten = calloc(1, sizeof(struct feiten))};
	enum result result = melding.feiten ? RESULT_OK : RESULT_NO_MEMORY;
	list_places(&melding);
	list_senders(check->convenant, &melding);
	if (melding.feiten) {
		melding.feiten->betrokkenen = 1;
		melding.feiten->oefening = true;
	}
	for (size_t i = 0; result == RESULT_OK && i < soorten->count; i++)
		result = check_soort(check, &melding, soorten->codes[i].code);
	free(melding.feiten);
	return result;
}

enum result convenant_check(const struct convenant *convenant,
			    const struct bevinding_visitor *visitor)
{
	struct check *check = calloc(1, sizeof *check);
	enum result result = check ? RESULT_OK : RESULT_NO_MEMORY;
	struct vakje vakje;
	size_t n = 0;
	if (!check)
		return result;
	check->convenant = convenant;
	check->visitor = visitor;
	while (result == RESULT_OK && convenant_next_vakje(convenant, &n, &vakje))
		result = check_cell(check, &vakje);
	for (size_t i = 0; result == RESULT_OK && i < convenant->regel_count; i++)
		result = check_regel(check, i);
	if (result == RESULT_OK)
		result = check_fetched(check);
	if (result == RESULT_OK)
		result = check_proven(check);
	if (result == RESULT_OK)
		result = check_outcomes(check);
	free(check);
	return result;
}
