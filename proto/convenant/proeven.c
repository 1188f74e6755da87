// SPDX-License-Identifier: EUPL-1.2
// Proeven: small cases that stand beside a regel and say how it comes out.
#include "convenant/oordeel.h"
#include "convenant/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BETROKKENE 1 // a proef is about one

// What a proef does not mention is known to have no value.
static struct feiten *new_feiten(void)
{
	struct feiten *feiten = calloc(1, sizeof *feiten);
	const struct attribuut_row *row;
	for (size_t i = 0; feiten && (row = attribuut_row_at(i)); i++)
		feit_set_none(feiten_at(feiten, row->attribuut, BETROKKENE));
	return feiten;
}

// Who sent it says of which soort it is, unless the proef says otherwise.
static void set_bron(const struct convenant *convenant, const struct gegeven *gegeven,
		     struct feiten *feiten)
{
	size_t n;
	if (gegeven->row->attribuut != ATTRIBUUT_BRON || gegeven->waarde_count != 1 ||
	    !convenant_find_partij(convenant, gegeven->waarden[0], &n))
		return;
	feiten->bron = convenant->partijen[n].oin;
	feit_set(&feiten->melding[ATTRIBUUT_BRON_SOORT],
		 bytes_of_text(convenant->partijen[n].soort));
}

static void set_gegeven(const struct convenant *convenant, const struct proef *proef,
			struct feiten *feiten)
{
	feit_set(&feiten->melding[ATTRIBUUT_BETROKKENEN], bytes_of_text("1"));
	feiten->betrokkenen = 1;
	for (size_t i = 0; i < proef->gegeven_count; i++)
		set_bron(convenant, &proef->gegeven[i], feiten);
	for (size_t i = 0; i < proef->gegeven_count; i++) {
		const struct gegeven *gegeven = &proef->gegeven[i];
		struct feit *feit = feiten_at(feiten, gegeven->row->attribuut, BETROKKENE);
		feit_set_none(feit);
		feit->bekend = gegeven->bekend;
		for (size_t j = 0; j < gegeven->waarde_count; j++)
			feit_add(feit, gegeven->waarden[j]);
		if (gegeven->row->attribuut == ATTRIBUUT_BETROKKENEN && gegeven->bekend &&
		    bytes_equal(gegeven->waarden[0], bytes_of_text("0")))
			feiten->betrokkenen = 0;
	}
}

// For the next proef; facts that it does not mention are as new_feiten left them.
static void unset_gegeven(const struct proef *proef, struct feiten *feiten)
{
	for (size_t i = 0; i < proef->gegeven_count; i++)
		feit_set_none(feiten_at(feiten, proef->gegeven[i].row->attribuut, BETROKKENE));
	feit_set_none(&feiten->melding[ATTRIBUUT_BRON_SOORT]);
	feiten->bron = (struct oin){0};
}

// The day of a proef: its own, else the first day of its regel, else the last, else any.
static int64_t day_of(const struct regel *regel, const struct proef *proef)
{
	static const struct civil_date some_day = {.year = 2026, .month = 1, .day = 1};
	if (proef->has_op)
		return date_to_days(proef->op);
	if (regel->has_van)
		return regel->van;
	return regel->has_tot ? regel->tot : date_to_days(some_day);
}

// What a proef says beside the facts, in memory of the caller.
struct besides {
	struct weging_feit weging;
	struct nood_feit nood;
};

static void set_besides(const struct regel *regel, const struct proef *proef, struct feiten *feiten,
			struct besides *besides)
{
	feiten->oefening = proef->oefening;
	feiten->bron_functies[0] = bytes_of_text(proef->bron_functie);
	feiten->bron_functie_count = proef->bron_functie != NULL;
	feiten->now = day_of(regel, proef) * MS_PER_DAY + MS_PER_DAY / 2;
	besides->weging = (struct weging_feit){.regel = bytes_of_text(regel->weging.regel),
					       .uitkomst = bytes_of_text(proef->weging)};
	feiten->wegingen = &besides->weging;
	feiten->weging_count = proef->weging != NULL;
	feiten->toestemmingen = proef->toestemmingen;
	feiten->toestemming_count = proef->toestemming_count;
	feiten->toestemmingen_bekend = !proef->toestemmingen_onbekend;
	besides->nood = (struct nood_feit){.regel = bytes_of_text(regel->text.regel),
					   .betrokkene = BETROKKENE,
					   .oin = proef->aan.oin,
					   .functie = bytes_of_text(proef->aan.functie),
					   .van = feiten->now,
					   .tot = feiten->now};
	feiten->noden = &besides->nood;
	feiten->nood_count = proef->nood;
	for (size_t b = 0; b <= BETROKKENE; b++)
		feiten->regimes[b][proef->rubriek] = proef->regimes;
}

static void unset_besides(struct feiten *feiten)
{
	feiten->wegingen = NULL;
	feiten->toestemmingen = NULL;
	feiten->noden = NULL;
	feiten->weging_count = feiten->toestemming_count = feiten->nood_count = 0;
	memset(feiten->regimes, 0, sizeof feiten->regimes);
}

static enum oordeel run_proef(const struct convenant *convenant, size_t n,
			      const struct proef *proef, struct drop drop, struct feiten *feiten)
{
	const struct rubriek_info *info = &convenant->rubrieken[proef->rubriek];
	struct vraag vraag = {.ontvanger = proef->aan,
			      .betrokkene = info->of_betrokkene ? BETROKKENE : 0,
			      .rubriek = proef->rubriek};
	struct ronde ronde;
	struct beslissing beslissing;
	struct besides besides;
	set_gegeven(convenant, proef, feiten);
	set_besides(&convenant->regels[n], proef, feiten, &besides);
	ronde_init(&ronde, convenant, feiten);
	ronde.drop = drop;
	if (proef->overleg >= 0)
		ronde_decide_agenda(&ronde, (size_t)proef->overleg, (uint32_t)feiten->betrokkenen,
				    &beslissing);
	else
		ronde_decide(&ronde, &vraag, &beslissing);
	unset_gegeven(proef, feiten);
	unset_besides(feiten);
	return beslissing.oordeel;
}

static const char *oordeel_name(const struct proef *proef, enum oordeel oordeel)
{
	if (oordeel != OORDEEL_VERSTREKT)
		return oordeel == OORDEEL_WACHT ? "wacht" : "geweigerd";
	return proef->overleg >= 0                 ? "geagendeerd"
	       : proef->rubriek == RUBRIEK_BERICHT ? "gemeld"
						   : "verstrekt";
}

static void fail_proef(struct reader *reader, const struct proef *proef, enum oordeel oordeel)
{
	reader->result = RESULT_CONFIG;
	problem_set_file(reader->problem, reader->file);
	problem_set(reader->problem, reason_code(REASON_TEST_FAILED),
		    reason_fix(REASON_TEST_FAILED),
		    "The proef says \"%s\", the regels come to \"%s\".",
		    oordeel_name(proef, proef->verwacht), oordeel_name(proef, oordeel));
	problem_set_field(reader->problem, "%s", reader->place);
	reader->problem->line = proef->line;
}

void proeven_run(struct reader *reader)
{
	const struct convenant *convenant = reader->convenant;
	if (!reader_ok(reader))
		return;
	struct feiten *feiten = new_feiten();
	if (!feiten) {
		reader->result = RESULT_NO_MEMORY;
		return;
	}
	for (size_t i = 0; reader_ok(reader) && i < convenant->regel_count; i++) {
		const struct regel *regel = &convenant->regels[i];
		for (size_t j = 0; reader_ok(reader) && j < regel->proef_count; j++) {
			const struct proef *proef = &regel->proeven[j];
			enum oordeel oordeel =
				run_proef(convenant, i, proef, (struct drop){0}, feiten);
			reader_enter(reader, "regels.%s.proeven[%zu]", regel->text.regel, j);
			if (oordeel != proef->verwacht)
				fail_proef(reader, proef, oordeel);
		}
	}
	free(feiten);
}

static size_t count_tests(const struct regel *regel)
{
	size_t count = regel->toets_count + regel->in_plaats_van_count + regel->has_weging +
		       regel->has_toestemming + (regel->text.soort == REGEL_NOOD) +
		       (regel->regimes != 0) + regel->has_van + regel->has_tot;
	for (size_t band = 0; band < BAND_COUNT; band++)
		count += band != BAND_GEEN && regel->has_band[band];
	return count;
}

size_t convenant_test_count(const struct convenant *convenant)
{
	size_t count = 0;
	for (size_t i = 0; i < convenant->regel_count; i++)
		count += count_tests(&convenant->regels[i]);
	return count;
}

// One test of a regel, and how people call it.
struct test {
	struct drop drop;
	const char *name, *kind;
	unsigned line;
};

struct test_row {
	bool there;
	enum drop_soort soort;
	const char *name;
	unsigned line;
};

// Counts down to the test that is wanted; then it is *ret_test.
static bool take_test(struct test_row row, size_t *n, struct test *ret_test)
{
	if (!row.there || (*n)-- > 0)
		return false;
	*ret_test = (struct test){{.soort = row.soort}, row.name, "", row.line};
	return true;
}

static bool take_tests(const struct test_row *rows, size_t count, size_t *n, struct test *ret_test)
{
	for (size_t i = 0; i < count; i++) {
		if (take_test(rows[i], n, ret_test))
			return true;
	}
	return false;
}

static bool take_band(const struct regel *regel, size_t *n, struct test *ret_test)
{
	for (size_t band = BAND_GEEN + 1; band < BAND_COUNT; band++) {
		const struct band_row *row = band_row((enum band)band);
		struct test_row test = {regel->has_band[band], DROP_BAND,
					row->is_rol ? "aan.rol " : "aan.gemeente ",
					regel->text.line};
		if (!take_test(test, n, ret_test))
			continue;
		ret_test->drop.n = (uint16_t)band;
		ret_test->kind = row->name;
		return true;
	}
	return false;
}

static bool take_vervanging(const struct regel *regel, size_t *n, struct test *ret_test)
{
	for (size_t i = 0; i < regel->in_plaats_van_count; i++) {
		struct test_row test = {true, DROP_VERVANGT, "in_plaats_van ",
					regel->in_plaats_van_line};
		if (!take_test(test, n, ret_test))
			continue;
		ret_test->drop.n = (uint16_t)i;
		ret_test->kind = regel->in_plaats_van[i];
		return true;
	}
	return false;
}

// Test `n` of those that are not in `als`.
static struct test find_other(const struct regel *regel, size_t n)
{
	const struct test_row required[] = {
		{regel->has_weging, DROP_WEGING, "vereis.weging", regel->weging_line},
		{regel->has_toestemming, DROP_TOESTEMMING, "vereis.toestemming",
		 regel->toestemming_line},
		{regel->text.soort == REGEL_NOOD, DROP_NOOD, "nood", regel->text.line},
		{regel->regimes != 0, DROP_REGIME, "regime", regel->regime_line},
	};
	const struct test_row days[] = {
		{regel->has_van, DROP_VAN, "van", regel->van_line},
		{regel->has_tot, DROP_TOT, "tot", regel->tot_line},
	};
	struct test test = {.name = "", .kind = ""};
	if (!take_tests(required, 4, &n, &test) && !take_band(regel, &n, &test) &&
	    !take_tests(days, 2, &n, &test))
		(void)take_vervanging(regel, &n, &test);
	return test;
}

// Test `n` of a regel, in the order of count_tests, with its name and line for people.
static struct drop find_test(const struct convenant *convenant, size_t r, size_t n,
			     char ret_where[160])
{
	static const char *const kinds[] = {"", " niet", " minstens", " hoogstens"};
	const struct regel *regel = &convenant->regels[r];
	struct test test;
	if (n < regel->toets_count) {
		const struct toets *toets = &convenant->toetsen[regel->toetsen[n].toets];
		test = (struct test){{.soort = DROP_TOETS, .n = (uint16_t)n},
				     toets->row->name,
				     kinds[toets->soort],
				     regel->toetsen[n].line};
	} else {
		test = find_other(regel, n - regel->toets_count);
	}
	test.drop.regel = (uint16_t)r;
	snprintf(ret_where, 160, "line %u: regel %s, %s%s", test.line, regel->text.regel, test.name,
		 test.kind);
	return test.drop;
}

size_t convenant_test_regel(const struct convenant *convenant, size_t n)
{
	size_t regel = 0;
	while (regel < convenant->regel_count && n >= count_tests(&convenant->regels[regel]))
		n -= count_tests(&convenant->regels[regel++]);
	return regel;
}

bool convenant_test_is_proven(const struct convenant *convenant, size_t n, char ret_where[160])
{
	snprintf(ret_where, 160, "there is no test %zu", n);
	for (size_t i = 0; i < convenant->regel_count; i++) {
		const struct regel *regel = &convenant->regels[i];
		if (n >= count_tests(regel)) {
			n -= count_tests(regel);
			continue;
		}
		struct drop drop = find_test(convenant, i, n, ret_where);
		struct feiten *feiten = new_feiten();
		bool proven = false;
		for (size_t j = 0; feiten && j < regel->proef_count; j++)
			proven |= run_proef(convenant, i, &regel->proeven[j], drop, feiten) !=
				  regel->proeven[j].verwacht;
		free(feiten);
		return proven;
	}
	return false;
}
