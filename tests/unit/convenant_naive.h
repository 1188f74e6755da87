// SPDX-License-Identifier: EUPL-1.2
// The language read as plainly as possible: straight from the YAML, one question at a time, no
// index, no bits. Tests hold the engine against it.
#ifndef KNP_TESTS_UNIT_CONVENANT_NAIVE_H
#define KNP_TESTS_UNIT_CONVENANT_NAIVE_H

#include "tests/unit/convenant_case.h"

#include "yaml/yaml.h"

struct naive {
	const struct yaml_node *root;
	const struct feiten *feiten;
	const struct vraag *vraag;
};

struct naive_answer {
	int oordeel;
	char reasons[400]; // names of regels, in the order of the file
};

enum { NO = 0, MAYBE = 1, YES = 2 };

static inline int naive_and(int a, int b)
{
	return a < b ? a : b;
}

static inline int naive_or(int a, int b)
{
	return a > b ? a : b;
}

static inline bool naive_is(const struct yaml_node *node, const char *text)
{
	return node && yaml_kind(node) == YAML_SCALAR &&
	       bytes_equal(yaml_scalar(node), bytes_of_text(text));
}

static inline size_t naive_count(const struct yaml_node *node)
{
	return yaml_kind(node) == YAML_SEQUENCE ? yaml_count(node) : 1;
}

static inline const struct yaml_node *naive_item(const struct yaml_node *node, size_t n)
{
	return yaml_kind(node) == YAML_SEQUENCE ? yaml_item(node, n) : node;
}

static inline const struct yaml_node *naive_partij(const struct naive *naive, const char *oin)
{
	const struct yaml_node *partijen = yaml_find(naive->root, "partijen");
	for (size_t i = 0; i < yaml_count(partijen); i++) {
		if (naive_is(yaml_find(yaml_item(partijen, i), "oin"), oin))
			return yaml_item(partijen, i);
	}
	return NULL;
}

static inline bool naive_has(const struct feit *feit, const struct yaml_node *waarden)
{
	for (size_t i = 0; i < feit->waarde_count; i++) {
		for (size_t j = 0; j < naive_count(waarden); j++) {
			if (bytes_equal(feit->waarden[i], yaml_scalar(naive_item(waarden, j))))
				return true;
		}
	}
	return false;
}

// {minstens: n, hoogstens: n}
static inline int naive_bounds(const struct feit *feit, const struct yaml_node *test)
{
	char text[32] = "", *end;
	if (feit->waarde_count == 0)
		return NO;
	snprintf(text, sizeof text, "%.*s", (int)feit->waarden[0].len,
		 (const char *)feit->waarden[0].data);
	long number = strtol(text, &end, 10);
	if (*text == '\0' || *end != '\0')
		return MAYBE;
	for (size_t i = 0; i < yaml_count(test); i++) {
		long bound = strtol((const char *)yaml_scalar(yaml_item(test, i)).data, NULL, 10);
		bool least = bytes_equal(yaml_key(test, i), bytes_of_text("minstens"));
		if (least ? number < bound : number > bound)
			return NO;
	}
	return YES;
}

static inline int naive_test(const struct naive *naive, struct bytes name,
			     const struct yaml_node *test, uint32_t betrokkene)
{
	const struct attribuut_row *row = attribuut_row_named(name);
	const struct feit *feit = feiten_get(naive->feiten, row->attribuut, betrokkene);
	if (!feit)
		return NO;
	if (!feit->bekend || (feit->waarde_count > 1 && !row->several))
		return MAYBE;
	if (yaml_kind(test) != YAML_MAPPING)
		return naive_has(feit, test) ? YES : NO;
	if (yaml_find(test, "niet"))
		return naive_has(feit, yaml_find(test, "niet")) ? NO : YES;
	return naive_bounds(feit, test);
}

static inline const struct yaml_node *naive_regel(const struct naive *naive, struct bytes name)
{
	const struct yaml_node *regels = yaml_find(naive->root, "regels");
	for (size_t i = 0; i < yaml_count(regels); i++) {
		const struct yaml_node *regel = yaml_item(regels, i);
		if (bytes_equal(yaml_scalar(yaml_find(regel, "regel")), name))
			return regel;
	}
	return NULL;
}

static inline const struct yaml_node *naive_weging_node(const struct yaml_node *regel)
{
	const struct yaml_node *vereis = regel ? yaml_find(regel, "vereis") : NULL;
	return vereis ? yaml_find(vereis, "weging") : NULL;
}

// The regel whose weging it is; empty when a regel has none.
static inline struct bytes naive_weging_of(const struct yaml_node *regel)
{
	const struct yaml_node *weging = naive_weging_node(regel);
	const struct yaml_node *same = weging ? yaml_find(weging, "dezelfde_als") : NULL;
	if (!weging)
		return (struct bytes){0};
	return yaml_scalar(same ? same : yaml_find(regel, "regel"));
}

// Outcomes given for exactly this betrokkene: MAYBE none, NO another one among them.
static inline int naive_weging_for(const struct naive *naive, const struct yaml_node *regel,
				   uint32_t betrokkene)
{
	int given = MAYBE;
	for (size_t i = 0; i < naive->feiten->weging_count; i++) {
		const struct weging_feit *weging = &naive->feiten->wegingen[i];
		const struct yaml_node *other = naive_regel(naive, weging->regel);
		if (weging->betrokkene != betrokkene || naive_weging_of(other).len == 0 ||
		    !bytes_equal(naive_weging_of(other), naive_weging_of(regel)))
			continue;
		const struct yaml_node *uitkomst = yaml_find(naive_weging_node(regel), "uitkomst");
		bool same = bytes_equal(weging->uitkomst, yaml_scalar(uitkomst));
		given = given == NO || !same ? NO : YES;
	}
	return given;
}

static inline int naive_weging(const struct naive *naive, const struct yaml_node *regel,
			       uint32_t betrokkene)
{
	if (!naive_weging_node(regel))
		return YES;
	int own = naive_weging_for(naive, regel, betrokkene);
	return own != MAYBE ? own : naive_weging_for(naive, regel, 0);
}

static inline int naive_in_force(const struct naive *naive, const struct yaml_node *regel)
{
	struct civil_date date = date_amsterdam(naive->feiten->now);
	const struct yaml_node *van = yaml_find(regel, "van"), *tot = yaml_find(regel, "tot");
	char today[40];
	snprintf(today, sizeof today, "%04d-%02d-%02d", date.year, date.month, date.day);
	if (van && memcmp(today, yaml_scalar(van).data, 10) < 0)
		return NO;
	return tot && memcmp(today, yaml_scalar(tot).data, 10) > 0 ? NO : YES;
}

// Whether a group of `aan` is about this ontvanger, for this betrokkene.
static inline int naive_groep(const struct naive *naive, const struct yaml_node *groep,
			      uint32_t betrokkene)
{
	const struct ontvanger *ontvanger = &naive->vraag->ontvanger;
	const struct yaml_node *partij = naive_partij(naive, ontvanger->oin.text);
	if (naive_is(groep, "iedereen"))
		return YES;
	if (!naive_is(yaml_find(groep, "functie"), ontvanger->functie))
		return NO;
	const struct yaml_node *name = yaml_find(groep, "partij");
	if (name)
		return bytes_equal(yaml_scalar(name), yaml_scalar(yaml_find(partij, "partij")))
			       ? YES
			       : NO;
	const struct yaml_node *soort = yaml_find(groep, "soort");
	struct bytes wanted = soort ? yaml_scalar(soort) : bytes_of_text("gemeente");
	if (!bytes_equal(wanted, yaml_scalar(yaml_find(partij, "soort"))))
		return NO;
	const struct yaml_node *gemeente = yaml_find(groep, "gemeente");
	if (!gemeente)
		return YES;
	const char *attribuut = naive_is(gemeente, "woon") ? "woongemeente" : "gemeente";
	return naive_test(naive, bytes_of_text(attribuut), yaml_find(partij, "gemeente"),
			  betrokkene);
}

static inline int naive_groepen(const struct naive *naive, const struct yaml_node *groepen,
				uint32_t betrokkene)
{
	int any = NO;
	for (size_t i = 0; groepen && i < naive_count(groepen); i++)
		any = naive_or(any, naive_groep(naive, naive_item(groepen, i), betrokkene));
	return any;
}

// All conditions of a regel for one betrokkene (0: a melding about nobody).
static inline int naive_conditions(const struct naive *naive, const struct yaml_node *regel,
				   const struct yaml_node *body, uint32_t betrokkene)
{
	const struct yaml_node *als = yaml_find(regel, "als");
	if (naive_groepen(naive, yaml_find(body, "behalve"), betrokkene) == YES)
		return NO;
	int all = naive_in_force(naive, regel);
	all = naive_and(all, naive_groepen(naive, yaml_find(body, "aan"), betrokkene));
	all = naive_and(all, naive_weging(naive, regel, betrokkene));
	for (size_t i = 0; als && i < yaml_count(als); i++)
		all = naive_and(all,
				naive_test(naive, yaml_key(als, i), yaml_item(als, i), betrokkene));
	return all;
}

static inline int naive_holds(const struct naive *naive, const struct yaml_node *regel,
			      const struct yaml_node *body)
{
	const struct yaml_node *rubrieken = yaml_find(body, "rubrieken");
	const struct rubriek_row *row = rubriek_row(naive->vraag->rubriek);
	bool named = false;
	int any = NO;
	for (size_t i = 0; i < naive_count(rubrieken); i++)
		named |= naive_is(naive_item(rubrieken, i), row->name);
	if (!named)
		return NO;
	if (naive->vraag->betrokkene > 0)
		return naive_conditions(naive, regel, body, naive->vraag->betrokkene);
	if (naive->feiten->betrokkenen == 0)
		return naive_conditions(naive, regel, body, 0);
	for (uint32_t b = 1; b <= naive->feiten->betrokkenen; b++)
		any = naive_or(any, naive_conditions(naive, regel, body, b));
	return any;
}

static inline bool naive_is_barred(const struct naive *naive)
{
	const struct ontvanger *ontvanger = &naive->vraag->ontvanger;
	const struct feiten *feiten = naive->feiten;
	const struct rubriek_row *row = rubriek_row(naive->vraag->rubriek);
	const struct yaml_node *partij = naive_partij(naive, ontvanger->oin.text);
	bool sent = oin_equal(&feiten->bron, &ontvanger->oin) && feiten->bron_functie_count == 0;
	for (size_t i = 0; i < feiten->bron_functie_count; i++)
		sent |= oin_equal(&feiten->bron, &ontvanger->oin) &&
			bytes_equal(feiten->bron_functies[i], bytes_of_text(ontvanger->functie));
	bool about_incident = naive->vraag->betrokkene == 0;
	if (about_incident ? row->of_betrokkene && !row->by_knooppunt : !row->of_betrokkene)
		return true;
	if (naive->vraag->betrokkene > feiten->betrokkenen)
		return true;
	if (naive_is(yaml_find(partij, "getekend"), "nee") && !feiten->oefening)
		return true;
	return sent && !row->by_knooppunt;
}

static inline struct naive_answer naive_decide(const struct naive *naive)
{
	const struct yaml_node *regels = yaml_find(naive->root, "regels");
	int given = NO, forbidden = NO, stands[REGELS_MAX];
	struct naive_answer answer = {.oordeel = OORDEEL_GEWEIGERD};
	if (naive_is_barred(naive))
		return answer;
	for (size_t i = 0; i < yaml_count(regels); i++) {
		const struct yaml_node *regel = yaml_item(regels, i);
		const struct yaml_node *verbied = yaml_find(regel, "verbied");
		stands[i] =
			naive_holds(naive, regel, verbied ? verbied : yaml_find(regel, "verstrek"));
		if (verbied)
			forbidden = naive_or(forbidden, stands[i]);
		else
			given = naive_or(given, stands[i]);
	}
	if (forbidden != YES && given != NO)
		answer.oordeel =
			naive_and(given, 2 - forbidden) == YES ? OORDEEL_VERSTREKT : OORDEEL_WACHT;
	for (size_t i = 0; i < yaml_count(regels); i++) {
		bool verbied = yaml_find(yaml_item(regels, i), "verbied") != NULL;
		bool reason = false;
		if (forbidden == YES)
			reason = verbied && stands[i] == YES;
		else if (given == NO)
			reason = false;
		else if (given == YES && forbidden == MAYBE)
			reason = verbied && stands[i] == MAYBE;
		else if (given == YES)
			reason = stands[i] == YES;
		else
			reason = stands[i] == MAYBE;
		struct bytes name = yaml_scalar(yaml_find(yaml_item(regels, i), "regel"));
		size_t used = strlen(answer.reasons);
		if (reason)
			snprintf(answer.reasons + used, sizeof answer.reasons - used, "%s%.*s",
				 used ? " " : "", (int)name.len, (const char *)name.data);
	}
	return answer;
}

#endif
