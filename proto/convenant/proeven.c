// SPDX-License-Identifier: EUPL-1.2
// Proeven: small cases that stand beside a regel and say how it comes out.
#include "convenant/oordeel.h"
#include "convenant/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BETROKKENE 1 // a proef is about one

static void parse_waarden(struct reader *reader, const struct yaml_node *node,
			  struct gegeven *gegeven)
{
	size_t count = reader_count(node);
	gegeven->bekend = true;
	if (count > FEIT_WAARDEN_MAX)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_TOO_MANY, gegeven->row->name, NULL},
			    "A fact has at most %d values.", FEIT_WAARDEN_MAX);
	gegeven->waarden = reader_alloc(reader, count, sizeof *gegeven->waarden);
	for (size_t i = 0; reader_ok(reader) && i < count; i++)
		gegeven->waarden[gegeven->waarde_count++] = reader_waarde(
			reader, reader_item(node, i), gegeven->row, gegeven->row->name);
}

static const struct attribuut_row *find_attribuut(struct reader *reader,
						  const struct yaml_node *node, struct bytes name)
{
	const struct attribuut_row *row = attribuut_row_named(name);
	if (!row)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_UNKNOWN_KEYWORD, "gegeven",
						  "Use an attribuut of the published list."},
			    "There is no attribuut \"%.*s\".", (int)(name.len < 64 ? name.len : 64),
			    (const char *)name.data);
	return row;
}

static void parse_gegeven(struct reader *reader, const struct yaml_node *node, struct proef *proef)
{
	if (!reader_ok(reader))
		return;
	if (yaml_kind(node) != YAML_MAPPING) {
		reader_fail(reader, node, (struct reader_fault){REASON_BAD_TYPE, "gegeven", NULL},
			    "Facts are written as {attribuut: waarde}.");
		return;
	}
	const struct yaml_node *onbekend = yaml_find(node, "onbekend");
	size_t count = yaml_count(node) + reader_count(onbekend);
	proef->gegeven = reader_alloc(reader, count, sizeof *proef->gegeven);
	for (size_t i = 0; reader_ok(reader) && i < yaml_count(node); i++) {
		const struct yaml_node *value = yaml_item(node, i);
		if (value == onbekend)
			continue;
		struct gegeven *gegeven = &proef->gegeven[proef->gegeven_count++];
		gegeven->row = find_attribuut(reader, value, yaml_key(node, i));
		if (reader_ok(reader))
			parse_waarden(reader, value, gegeven);
	}
	for (size_t i = 0; reader_ok(reader) && i < reader_count(onbekend); i++) {
		const struct yaml_node *item = reader_item(onbekend, i);
		proef->gegeven[proef->gegeven_count++].row =
			find_attribuut(reader, item, yaml_scalar(item));
	}
}

static enum oordeel parse_verwacht(struct reader *reader, const struct yaml_node *node)
{
	static const char *const names[] = {"geweigerd", "wacht", "verstrekt"};
	for (size_t i = 0; node && i < sizeof names / sizeof names[0]; i++) {
		if (bytes_equal(yaml_scalar(node), bytes_of_text(names[i])))
			return (enum oordeel)i;
	}
	reader_fail(reader, node,
		    (struct reader_fault){REASON_UNKNOWN_CODE, "verwacht",
					  "Write verstrekt, geweigerd or wacht."},
		    "This is not an outcome.");
	return OORDEEL_GEWEIGERD;
}

static void parse_proef(struct reader *reader, const struct yaml_node *node,
			const struct regel *regel, struct proef *proef)
{
	static const char *const keys[] = {"gegeven",  "weging", "bron_functie", "aan", "rubriek",
					   "verwacht", "op",     "oefening",     NULL};
	reader_keys(reader, node, keys);
	proef->line = yaml_line(node);
	parse_gegeven(reader, reader_required(reader, node, "gegeven"), proef);
	const struct yaml_node *weging = reader_optional(reader, node, "weging");
	proef->weging = reader_name(reader, weging, "weging");
	if (weging && !regel->has_weging)
		reader_fail(
			reader, weging,
			(struct reader_fault){REASON_UNKNOWN_KEYWORD, "weging", "Leave it out."},
			"This regel requires no weging.");
	proef->bron_functie =
		reader_name(reader, reader_optional(reader, node, "bron_functie"), "bron_functie");
	const struct yaml_node *aan = reader_required(reader, node, "aan");
	if (aan)
		proef->aan = reader_ontvanger(reader, aan, "aan");
	proef->rubriek =
		reader_rubriek(reader, reader_required(reader, node, "rubriek"), "rubriek");
	proef->verwacht = parse_verwacht(reader, reader_required(reader, node, "verwacht"));
	const struct yaml_node *op = reader_optional(reader, node, "op");
	proef->has_op = op != NULL;
	proef->op = reader_date(reader, op, "op");
	const struct yaml_node *oefening = reader_optional(reader, node, "oefening");
	proef->oefening = !oefening || reader_janee(reader, oefening, "oefening");
}

void proeven_parse(struct reader *reader, const struct yaml_node *node, struct regel *regel)
{
	if (!reader_ok(reader) || !node)
		return;
	if (yaml_kind(node) != YAML_SEQUENCE || yaml_count(node) > PROEVEN_MAX) {
		reader_fail(reader, node, (struct reader_fault){REASON_BAD_TYPE, "proeven", NULL},
			    "A list of at most %d proeven is needed here.", PROEVEN_MAX);
		return;
	}
	regel->proeven = reader_alloc(reader, yaml_count(node), sizeof *regel->proeven);
	for (size_t i = 0; reader_ok(reader) && i < yaml_count(node); i++) {
		reader_enter(reader, "regels.%s.proeven[%zu]", regel->text.regel, i);
		parse_proef(reader, yaml_item(node, i), regel, &regel->proeven[i]);
		regel->proef_count = i + 1;
	}
	reader_enter(reader, "regels.%s", regel->text.regel);
}

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

static enum oordeel run_proef(const struct convenant *convenant, size_t n,
			      const struct proef *proef, struct drop drop, struct feiten *feiten)
{
	const struct regel *regel = &convenant->regels[n];
	struct weging_feit weging = {.regel = bytes_of_text(regel->weging.regel),
				     .uitkomst = bytes_of_text(proef->weging)};
	struct vraag vraag = {.ontvanger = proef->aan,
			      .betrokkene = proef->rubriek->of_betrokkene ? BETROKKENE : 0,
			      .rubriek = (uint32_t)proef->rubriek->soort};
	struct ronde ronde;
	struct beslissing beslissing;
	set_gegeven(convenant, proef, feiten);
	feiten->oefening = proef->oefening;
	feiten->bron_functies[0] = bytes_of_text(proef->bron_functie);
	feiten->bron_functie_count = proef->bron_functie != NULL;
	feiten->wegingen = &weging;
	feiten->weging_count = proef->weging != NULL;
	feiten->now = day_of(regel, proef) * MS_PER_DAY + MS_PER_DAY / 2;
	ronde_init(&ronde, convenant, feiten);
	ronde.drop = drop;
	ronde_decide(&ronde, &vraag, &beslissing);
	unset_gegeven(proef, feiten);
	feiten->wegingen = NULL;
	feiten->weging_count = 0;
	return beslissing.oordeel;
}

static const char *oordeel_name(enum oordeel oordeel)
{
	return oordeel == OORDEEL_VERSTREKT ? "verstrekt"
	       : oordeel == OORDEEL_WACHT   ? "wacht"
					    : "geweigerd";
}

static void fail_proef(struct reader *reader, const struct proef *proef, enum oordeel oordeel)
{
	reader->result = RESULT_CONFIG;
	problem_set_file(reader->problem, reader->file);
	problem_set(reader->problem, reason_code(REASON_TEST_FAILED),
		    reason_fix(REASON_TEST_FAILED),
		    "The proef says \"%s\", the regels come to \"%s\".",
		    oordeel_name(proef->verwacht), oordeel_name(oordeel));
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
	return regel->toets_count + regel->has_weging + regel->has_band[BAND_WOON] +
	       regel->has_band[BAND_INCIDENT] + regel->has_van + regel->has_tot;
}

size_t convenant_test_count(const struct convenant *convenant)
{
	size_t count = 0;
	for (size_t i = 0; i < convenant->regel_count; i++)
		count += count_tests(&convenant->regels[i]);
	return count;
}

// Test `n` of a regel, in the order of count_tests, with its name and line for people.
static struct drop find_test(const struct convenant *convenant, size_t r, size_t n,
			     char ret_where[160])
{
	const struct regel *regel = &convenant->regels[r];
	struct drop drop = {.regel = (uint16_t)r};
	struct {
		bool there;
		enum drop_soort soort;
		uint16_t n;
		const char *name;
		unsigned line;
	} others[] = {
		{regel->has_weging, DROP_WEGING, 0, "vereis.weging", regel->weging_line},
		{regel->has_band[BAND_WOON], DROP_BAND, BAND_WOON, "aan.gemeente woon",
		 regel->text.line},
		{regel->has_band[BAND_INCIDENT], DROP_BAND, BAND_INCIDENT, "aan.gemeente incident",
		 regel->text.line},
		{regel->has_van, DROP_VAN, 0, "van", regel->van_line},
		{regel->has_tot, DROP_TOT, 0, "tot", regel->tot_line},
	};
	static const char *const kinds[] = {"", " niet", " minstens", " hoogstens"};
	const char *name = NULL, *kind = "";
	unsigned line = 0;
	if (n < regel->toets_count) {
		drop.soort = DROP_TOETS;
		drop.n = (uint16_t)n;
		const struct toets *toets = &convenant->toetsen[regel->toetsen[n].toets];
		name = toets->row->name;
		kind = kinds[toets->soort];
		line = regel->toetsen[n].line;
	}
	size_t at = regel->toets_count;
	for (size_t i = 0; !name && i < sizeof others / sizeof others[0]; i++) {
		if (!others[i].there || at++ != n)
			continue;
		drop.soort = others[i].soort;
		drop.n = others[i].n;
		name = others[i].name;
		line = others[i].line;
	}
	snprintf(ret_where, 160, "line %u: regel %s, %s%s", line, regel->text.regel, name, kind);
	return drop;
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
