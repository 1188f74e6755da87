// SPDX-License-Identifier: EUPL-1.2
// What is put into a dimension, and how a class of it makes and describes a case.
#include "convenant/dimensie.h"

#include <string.h>

void geval_init(struct geval *geval, const struct ruimte_deel *deel)
{
	struct feiten *feiten = geval->feiten;
	const struct attribuut_row *row;
	geval->vakje = deel->vakje;
	if (deel->vakje.overleg < 0) {
		const struct ontvanger *ontvanger =
			&deel->convenant->ontvangers[deel->vakje.ontvanger];
		geval->oin = ontvanger->oin;
		geval->functie = bytes_of_text(ontvanger->functie);
	}
	for (size_t i = 0; (row = attribuut_row_at(i)); i++)
		feit_set_none(feiten_at(feiten, row->attribuut, 1));
	feiten->betrokkenen = 1;
	feiten->oefening = true;
	feiten->toestemmingen_bekend = true;
	feiten->wegingen = geval->wegingen;
	feiten->toestemmingen = geval->toestemmingen;
	feiten->noden = geval->noden;
	feiten->weging_count = feiten->toestemming_count = feiten->nood_count = GEVAL_FEITEN_MAX;
	feiten->now = INT64_C(1767268800000); // 1 January 2026, noon
}

void dimensie_add_weging(struct dimensie *dimensie, const struct regel *regel)
{
	dimensie->regel = regel;
	for (size_t i = 0; i < dimensie->uitkomst_count; i++) {
		if (strcmp(dimensie->uitkomsten[i], regel->weging.uitkomst) == 0)
			return;
	}
	if (dimensie->uitkomst_count < DIMENSIE_TOETSEN_MAX)
		dimensie->uitkomsten[dimensie->uitkomst_count++] = regel->weging.uitkomst;
	else
		dimensie->te_veel = true;
}

void dimensie_add_regimes(struct dimensie *dimensie, const struct regel *regel)
{
	for (size_t i = 0; i < dimensie->regime_count; i++) {
		if (dimensie->regimes[i] == regel->regimes)
			return;
	}
	if (dimensie->regime_count < REGIME_MASKERS_MAX)
		dimensie->regimes[dimensie->regime_count++] = regel->regimes;
	else
		dimensie->te_veel = true;
}

void dimensie_add_dag(struct dimensie *dimensie, int64_t dag)
{
	size_t at = dimensie->dag_count;
	for (size_t i = 0; i < at; i++) {
		if (dimensie->dagen[i] == dag)
			return;
	}
	dimensie->te_veel |= at == DIMENSIE_TOETSEN_MAX;
	if (dimensie->te_veel)
		return;
	for (; at > 0 && dimensie->dagen[at - 1] > dag; at--)
		dimensie->dagen[at] = dimensie->dagen[at - 1];
	dimensie->dagen[at] = dag;
	dimensie->dag_count++;
}

void dimensie_add_convenant(struct dimensie *dimensie, const struct convenant *convenant)
{
	if (dimensie->convenant_count < 2)
		dimensie->convenanten[dimensie->convenant_count++] = convenant;
}

void dimensie_add_ontvanger(struct dimensie *dimensie, const struct convenant *convenant,
			    size_t ontvanger)
{
	dimensie_add_convenant(dimensie, convenant);
	if (dimensie->ontvanger_count < 2)
		dimensie->ontvangers[dimensie->ontvanger_count++] =
			convenant->ontvangers[ontvanger].oin;
}

static void apply_sender(const struct klasse *klasse, struct feiten *feiten)
{
	struct feit *bron = feiten_at(feiten, ATTRIBUUT_BRON, 0);
	feiten->bron = klasse->oin;
	// Another functie of the partij that would receive: it does not get its own melding back.
	feiten->bron_functie_count = klasse->getal != 0;
	feiten->bron_functies[0] = bytes_of_text("-");
	*bron = (struct feit){0};
	if (klasse->bron.len > 0)
		feit_set(bron, klasse->bron);
	feit_set(feiten_at(feiten, ATTRIBUUT_BRON_SOORT, 0), klasse->bron_soort);
}

static void apply_toestemming(const struct dimensie *dimensie, const struct klasse *klasse,
			      struct geval *geval)
{
	const char *voor = dimensie->regel->toestemming.voor;
	geval->toestemmingen[dimensie->slot] =
		(struct toestemming_feit){.betrokkene = klasse->grond != NULL,
					  .grond = bytes_of_text(klasse->grond),
					  .gever = bytes_of_text(klasse->gever),
					  .doel = bytes_of_text(voor)};
}

static void apply_nood(const struct dimensie *dimensie, const struct klasse *klasse,
		       struct geval *geval)
{
	geval->noden[dimensie->slot] =
		(struct nood_feit){.regel = bytes_of_text(dimensie->regel->text.regel),
				   .betrokkene = klasse->getal != 0,
				   .oin = geval->oin,
				   .functie = geval->functie,
				   .van = 0,
				   .tot = INT64_MAX};
	if (klasse->getal)
		geval->noden[dimensie->slot].van = geval->feiten->now;
}

// The moment moves what is active with it.
static void apply_day(const struct klasse *klasse, struct geval *geval)
{
	geval->feiten->now = klasse->getal * MS_PER_DAY + MS_PER_DAY / 2;
	for (size_t i = 0; i < GEVAL_FEITEN_MAX; i++)
		geval->noden[i].van = geval->feiten->now;
}

void dimensie_apply(const struct dimensie *dimensie, struct geval *geval)
{
	const struct klasse *klasse = &dimensie->klassen[dimensie->at];
	struct feiten *feiten = geval->feiten;
	switch (dimensie->soort) {
	case DIMENSIE_ATTRIBUUT:
		*feiten_at(feiten, dimensie->row->attribuut, 1) = klasse->feit;
		return;
	case DIMENSIE_ZENDER:
		apply_sender(klasse, feiten);
		return;
	case DIMENSIE_WEGING:
		geval->wegingen[dimensie->slot] = (struct weging_feit){
			.regel = bytes_of_text(klasse->uitkomst ? dimensie->key : ""),
			.uitkomst = bytes_of_text(klasse->uitkomst)};
		return;
	case DIMENSIE_TOESTEMMING:
		apply_toestemming(dimensie, klasse, geval);
		return;
	case DIMENSIE_BEKEND:
		feiten->toestemmingen_bekend = klasse->getal != 0;
		return;
	case DIMENSIE_NOOD:
		apply_nood(dimensie, klasse, geval);
		return;
	case DIMENSIE_REGIME:
		feiten->regimes[0][geval->vakje.rubriek] = (uint8_t)klasse->getal;
		feiten->regimes[1][geval->vakje.rubriek] = (uint8_t)klasse->getal;
		return;
	case DIMENSIE_DAG:
		apply_day(klasse, geval);
		return;
	case DIMENSIE_OEFENING:
		feiten->oefening = klasse->getal != 0;
		return;
	case DIMENSIE_BETROKKENEN:
		feiten->betrokkenen = (size_t)klasse->getal;
	}
}

static void describe_feit(const struct dimensie *dimensie, const struct klasse *klasse,
			  struct buffer *out)
{
	const struct feit *feit = &klasse->feit;
	buffer_append_format(out, "%s: ", dimensie->row->name);
	if (!feit->bekend)
		buffer_append_text(out, "niet bekend");
	else if (feit->waarde_count == 0)
		buffer_append_text(out, "geen");
	for (size_t i = 0; i < feit->waarde_count; i++)
		buffer_append_format(out, "%s%.*s", i ? ", " : "", (int)feit->waarden[i].len,
				     (const char *)feit->waarden[i].data);
}

static void describe_sender(const struct klasse *klasse, struct buffer *out)
{
	if (klasse->bron.len > 0)
		buffer_append_format(out, "bron: %.*s%s", (int)klasse->bron.len,
				     (const char *)klasse->bron.data,
				     klasse->getal ? " (een andere functie)" : "");
	else
		buffer_append_format(out, "bron.soort: %.*s (geen partij)",
				     (int)klasse->bron_soort.len,
				     (const char *)klasse->bron_soort.data);
}

static void describe_regimes(int64_t regimes, struct buffer *out)
{
	const char *before = "regime: ";
	if (regimes == 0)
		buffer_append_text(out, "regime: niet bekend");
	for (unsigned i = 1; i < 8; i++) {
		if (!(regimes & 1 << i))
			continue;
		buffer_append_format(out, "%s%s", before, regime_name(i));
		before = ", ";
	}
}

static void describe_besides(const struct dimensie *dimensie, const struct klasse *klasse,
			     struct buffer *out)
{
	struct civil_date date;
	switch (dimensie->soort) {
	case DIMENSIE_WEGING:
		buffer_append_format(out, "weging %s: %s", (const char *)dimensie->key,
				     klasse->uitkomst ? klasse->uitkomst : "niet gegeven");
		return;
	case DIMENSIE_TOESTEMMING:
		buffer_append_format(out, "toestemming (%s): %s", dimensie->regel->text.regel,
				     klasse->grond ? klasse->grond : "geen");
		return;
	case DIMENSIE_DAG:
		date = date_from_days(klasse->getal);
		buffer_append_format(out, "op: %04d-%02d-%02d", date.year, date.month, date.day);
		return;
	case DIMENSIE_NOOD:
		buffer_append_format(out, "nood %s: %s", dimensie->regel->text.regel,
				     klasse->getal ? "geactiveerd" : "nee");
		return;
	case DIMENSIE_REGIME:
		describe_regimes(klasse->getal, out);
		return;
	default:
		buffer_append_format(out, "%s: %s",
				     dimensie->soort == DIMENSIE_BEKEND     ? "toestemmingen bekend"
				     : dimensie->soort == DIMENSIE_OEFENING ? "oefening"
									    : "met betrokkene",
				     klasse->getal ? "ja" : "nee");
	}
}

void dimensie_describe(const struct dimensie *dimensie, struct buffer *out)
{
	const struct klasse *klasse = &dimensie->klassen[dimensie->at];
	if (out->len > 0)
		buffer_append_text(out, "; ");
	if (dimensie->soort == DIMENSIE_ATTRIBUUT)
		describe_feit(dimensie, klasse, out);
	else if (dimensie->soort == DIMENSIE_ZENDER)
		describe_sender(klasse, out);
	else
		describe_besides(dimensie, klasse, out);
}
