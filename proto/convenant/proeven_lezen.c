// SPDX-License-Identifier: EUPL-1.2
// Reads the proeven that stand beside a regel.
#include "convenant/parse.h"

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

// The word for "given" is that of the question.
static enum oordeel parse_verwacht(struct reader *reader, const struct yaml_node *node,
				   const struct proef *proef)
{
	const char *given = proef->overleg >= 0                 ? "geagendeerd"
			    : proef->rubriek == RUBRIEK_BERICHT ? "gemeld"
								: "verstrekt";
	const char *const names[] = {"geweigerd", "wacht", given};
	for (size_t i = 0; node && i < sizeof names / sizeof names[0]; i++) {
		if (bytes_equal(yaml_scalar(node), bytes_of_text(names[i])))
			return (enum oordeel)i;
	}
	reader_fail(reader, node,
		    (struct reader_fault){REASON_UNKNOWN_CODE, "verwacht",
					  "Write verstrekt (of a bericht: gemeld, of an overleg: "
					  "geagendeerd), geweigerd or wacht."},
		    "This is not an outcome.");
	return OORDEEL_GEWEIGERD;
}

static bool is_word(const struct yaml_node *node, const char *word)
{
	return node && yaml_kind(node) == YAML_SCALAR &&
	       bytes_equal(yaml_scalar(node), bytes_of_text(word));
}

// What the proef asks: an ontvanger and a rubriek, or an overleg.
static void parse_question(struct reader *reader, const struct yaml_node *node, struct proef *proef)
{
	const struct yaml_node *overleg = reader_optional(reader, node, "overleg");
	proef->overleg = -1;
	if (overleg) {
		const char *name = reader_name(reader, overleg, "overleg");
		if (name)
			proef->overleg =
				convenant_find_overleg(reader->convenant, bytes_of_text(name));
		if (proef->overleg < 0)
			reader_fail(reader, overleg,
				    (struct reader_fault){REASON_UNKNOWN_CODE, "overleg", NULL},
				    "There is no overleg \"%s\".", name ? name : "");
		return;
	}
	const struct yaml_node *aan = reader_required(reader, node, "aan");
	if (aan)
		proef->aan = reader_ontvanger(reader, aan, "aan");
	const struct yaml_node *rubriek = reader_required(reader, node, "rubriek");
	if (is_word(rubriek, "bericht"))
		return;
	const struct rubriek_row *row = reader_rubriek(reader, rubriek, "rubriek");
	proef->rubriek = row ? (uint32_t)row->soort : 0;
}

static struct bytes parse_code(struct reader *reader, const struct yaml_node *mapping,
			       const char *key, const char *list)
{
	const struct yaml_node *node = reader_optional(reader, mapping, key);
	struct bytes code = bytes_of_text(reader_name(reader, node, key));
	if (reader_ok(reader) && node && list &&
	    !code_find(code_list_named(bytes_of_text(list)), code))
		reader_fail(reader, node, (struct reader_fault){REASON_UNKNOWN_CODE, key, NULL},
			    "This is not a code of \"%s\".", list);
	return code;
}

static struct oin parse_partij(struct reader *reader, const struct yaml_node *node, const char *key)
{
	struct oin oin = {0};
	size_t n;
	const char *name = reader_name(reader, node, key);
	if (!name)
		return oin;
	if (convenant_find_partij(reader->convenant, bytes_of_text(name), &n))
		oin = reader->convenant->partijen[n].oin;
	else
		reader_fail(reader, node, (struct reader_fault){REASON_UNKNOWN_PARTIJ, key, NULL},
			    "There is no partij \"%s\".", name);
	return oin;
}

static void parse_toestemming_aan(struct reader *reader, const struct yaml_node *node,
				  struct toestemming_feit *feit)
{
	static const char *const keys[] = {"partij", "functie", NULL};
	if (!node || !reader_ok(reader))
		return;
	reader_keys(reader, node, keys);
	feit->oin = parse_partij(reader, reader_required(reader, node, "partij"), "aan");
	feit->functie =
		bytes_of_text(reader_name(reader, reader_optional(reader, node, "functie"), "aan"));
}

static void parse_toestemming(struct reader *reader, const struct yaml_node *node,
			      struct toestemming_feit *feit)
{
	static const char *const keys[] = {"grond",   "gever", "voor", "bron", "aan",
					   "rubriek", "van",   "tot",  NULL};
	reader_keys(reader, node, keys);
	feit->betrokkene = BETROKKENE;
	reader_required(reader, node, "grond");
	feit->grond = parse_code(reader, node, "grond", "toestemming-grond");
	feit->gever = parse_code(reader, node, "gever", "toestemming-gever");
	feit->doel = parse_code(reader, node, "voor", NULL);
	feit->bron = parse_partij(reader, reader_optional(reader, node, "bron"), "bron");
	parse_toestemming_aan(reader, reader_optional(reader, node, "aan"), feit);
	const struct rubriek_row *row =
		reader_rubriek(reader, reader_optional(reader, node, "rubriek"), "rubriek");
	feit->rubriek = row ? (uint32_t)row->soort : 0;
	const struct yaml_node *van = reader_optional(reader, node, "van");
	const struct yaml_node *tot = reader_optional(reader, node, "tot");
	feit->has_van = van != NULL;
	feit->has_tot = tot != NULL;
	feit->van = reader_date(reader, van, "van");
	feit->tot = reader_date(reader, tot, "tot");
}

// Beside the facts: what was weighed, consented, activated, and under which law the rubriek is.
static void parse_gegeven_besides(struct reader *reader, const struct yaml_node *node,
				  const struct regel *regel, struct proef *proef)
{
	const struct yaml_node *weging = reader_optional(reader, node, "weging");
	proef->weging = reader_name(reader, weging, "weging");
	if (weging && !regel->has_weging)
		reader_fail(
			reader, weging,
			(struct reader_fault){REASON_UNKNOWN_KEYWORD, "weging", "Leave it out."},
			"This regel requires no weging.");
	const struct yaml_node *given = reader_optional(reader, node, "toestemming");
	proef->toestemmingen_onbekend = is_word(given, "onbekend");
	if (given && !proef->toestemmingen_onbekend) {
		size_t count = reader_count(given);
		proef->toestemmingen = reader_alloc(reader, count, sizeof *proef->toestemmingen);
		for (size_t i = 0; reader_ok(reader) && i < count; i++)
			parse_toestemming(reader, reader_item(given, i), &proef->toestemmingen[i]);
		proef->toestemming_count = reader_ok(reader) ? count : 0;
	}
	const struct yaml_node *regime = reader_optional(reader, node, "regime");
	proef->regimes = 1u << REGIME_AVG;
	if (regime)
		proef->regimes = is_word(regime, "onbekend") ? 0 : reader_regimes(reader, regime);
	const struct yaml_node *nood = reader_optional(reader, node, "nood");
	proef->nood = nood && reader_janee(reader, nood, "nood");
	if (nood && regel->text.soort != REGEL_NOOD)
		reader_fail(reader, nood,
			    (struct reader_fault){REASON_UNKNOWN_KEYWORD, "nood", "Leave it out."},
			    "This regel is not of kind nood.");
}

static void parse_proef(struct reader *reader, const struct yaml_node *node,
			const struct regel *regel, struct proef *proef)
{
	static const char *const keys[] = {
		"gegeven", "weging",      "bron_functie", "aan",  "rubriek",  "overleg", "verwacht",
		"op",      "toestemming", "regime",       "nood", "oefening", NULL};
	reader_keys(reader, node, keys);
	proef->line = yaml_line(node);
	parse_gegeven(reader, reader_required(reader, node, "gegeven"), proef);
	parse_gegeven_besides(reader, node, regel, proef);
	proef->bron_functie =
		reader_name(reader, reader_optional(reader, node, "bron_functie"), "bron_functie");
	parse_question(reader, node, proef);
	proef->verwacht = parse_verwacht(reader, reader_required(reader, node, "verwacht"), proef);
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
