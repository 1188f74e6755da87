// SPDX-License-Identifier: EUPL-1.2
// What a regel asks, as one line of Dutch for tables and letters.
#include "convenant/model.h"
#include "convenant/onderzoek.h"

static void separate(struct buffer *out, size_t begin)
{
	if (out->len > begin)
		buffer_append_text(out, "; ");
}

static void write_waarden(struct buffer *out, const struct toets *toets)
{
	switch (toets->soort) {
	case TOETS_MINSTENS:
		buffer_append_format(out, "minstens %lld", (long long)toets->grens);
		return;
	case TOETS_HOOGSTENS:
		buffer_append_format(out, "hoogstens %lld", (long long)toets->grens);
		return;
	default:
		buffer_append_text(out, toets->soort == TOETS_NIET ? "niet " : "");
	}
	for (size_t i = 0; i < toets->waarde_count; i++)
		buffer_append_format(out, "%s%.*s", i ? " of " : "", (int)toets->waarden[i].len,
				     (const char *)toets->waarden[i].data);
}

static void write_dag(struct buffer *out, size_t begin, const char *word, int64_t dag)
{
	struct civil_date date = date_from_days(dag);
	separate(out, begin);
	buffer_append_format(out, "%s %04d-%02d-%02d", word, date.year, date.month, date.day);
}

static void write_list(struct buffer *out, const char *before, const char *const *list,
		       size_t count)
{
	for (size_t i = 0; i < count; i++)
		buffer_append_format(out, "%s%s", i ? " of " : before, list[i]);
}

static void write_toestemming(struct buffer *out, const struct toestemming_eis *eis)
{
	write_list(out, "", eis->gronden, eis->grond_count);
	write_list(out, " van ", eis->gevers, eis->gever_count);
	if (eis->voor)
		buffer_append_format(out, " voor %s", eis->voor);
}

static void write_plichten(struct buffer *out, size_t begin, const struct regel *regel)
{
	const struct plicht *informeren = &regel->plichten[PLICHT_INFORMEREN];
	const struct plicht *volgen = &regel->plichten[PLICHT_VOLGEN];
	if (informeren->has) {
		separate(out, begin);
		buffer_append_format(out, "betrokkene informeren binnen %s door %s",
				     informeren->eis.binnen, informeren->eis.door.functie);
	}
	if (volgen->has) {
		separate(out, begin);
		buffer_append_format(out, "volgen iedere %s, %s lang, door %s", volgen->eis.binnen,
				     volgen->eis.duur, volgen->eis.door.functie);
	}
}

static void write_requirements(struct buffer *out, size_t begin, const struct regel *regel)
{
	const char *word = regel->text.soort == REGEL_VEREIS ? "zonder " : "";
	if (regel->has_weging) {
		separate(out, begin);
		buffer_append_format(out, "%sweging %s door %s", word, regel->weging.uitkomst,
				     regel->weging.door);
	}
	if (regel->has_toestemming) {
		separate(out, begin);
		buffer_append_text(out, word);
		write_toestemming(out, &regel->toestemming);
	}
	if (regel->text.soort == REGEL_NOOD) {
		separate(out, begin);
		buffer_append_format(out, "nood, geactiveerd door %s voor hoogstens %u minuten",
				     regel->nood.door, regel->nood.minuten);
	}
	if (regel->has_overdracht) {
		separate(out, begin);
		buffer_append_format(out, "overdracht binnen %s", regel->overdracht.binnen);
	}
	if (regel->has_antwoord) {
		separate(out, begin);
		buffer_append_format(out, "antwoord binnen %s", regel->antwoord.binnen);
	}
	write_plichten(out, begin, regel);
}

static void write_regimes(struct buffer *out, size_t begin, const struct regel *regel)
{
	const char *before = "regime: ";
	for (unsigned i = REGIME_AVG; i <= REGIME_WMO_VT; i++) {
		if (!(regel->regimes & 1u << i))
			continue;
		if (before[0] == 'r')
			separate(out, begin);
		buffer_append_format(out, "%s%s", before, regime_name(i));
		before = " of ";
	}
}

// What ties the ontvanger to the case: of several the best counts.
static void write_banden(struct buffer *out, size_t begin, const struct convenant *convenant,
			 const struct regel *regel, int ontvanger)
{
	unsigned banden = 0;
	const char *before = "";
	for (size_t i = 0; i < regel->aan_count; i++) {
		if (ontvanger < 0 || doelgroep_names(convenant, &regel->aan[i], (size_t)ontvanger))
			banden |= 1u << regel->aan[i].band;
	}
	if (banden & 1u << BAND_GEEN)
		return;
	for (unsigned band = BAND_GEEN + 1; band < BAND_COUNT; band++) {
		const struct band_row *row = band_row((enum band)band);
		if (!(banden & 1u << band))
			continue;
		if (!before[0])
			separate(out, begin);
		buffer_append_format(out, "%s%s %s", before, row->is_rol ? "rol" : "gemeente",
				     row->name);
		before = " of ";
	}
}

void convenant_conditions(const struct convenant *convenant, size_t n, int ontvanger,
			  struct buffer *out)
{
	const struct regel *regel = &convenant->regels[n];
	size_t begin = out->len;
	if (regel->has_van)
		write_dag(out, begin, "vanaf", regel->van);
	if (regel->has_tot)
		write_dag(out, begin, "tot en met", regel->tot);
	for (size_t i = 0; i < regel->toets_count; i++) {
		const struct toets *toets = &convenant->toetsen[regel->toetsen[i].toets];
		separate(out, begin);
		buffer_append_format(out, "%s: ", toets->row->name);
		write_waarden(out, toets);
	}
	for (size_t i = 0; i < regel->vervangen_door_count; i++) {
		separate(out, begin);
		buffer_append_format(out, "tenzij %s voorgaat",
				     convenant->regels[regel->vervangen_door[i].regel].text.regel);
	}
	write_regimes(out, begin, regel);
	write_banden(out, begin, convenant, regel, ontvanger);
	write_requirements(out, begin, regel);
}

void convenant_asked(const struct convenant *convenant, size_t n, enum attribuut attribuut,
		     struct buffer *out)
{
	const struct regel *regel = &convenant->regels[n];
	size_t begin = out->len;
	for (size_t i = 0; i < regel->toets_count; i++) {
		const struct toets *toets = &convenant->toetsen[regel->toetsen[i].toets];
		if (toets->row->attribuut != attribuut)
			continue;
		separate(out, begin);
		write_waarden(out, toets);
	}
}
