// SPDX-License-Identifier: EUPL-1.2
// The naive reading of one condition at a time: facts, groepen, wegingen.
#ifndef KNP_TESTS_UNIT_CONVENANT_NAIVE_TESTS_H
#define KNP_TESTS_UNIT_CONVENANT_NAIVE_TESTS_H

#include "tests/unit/convenant_case.h"

#include "yaml/yaml.h"

struct naive {
	const struct yaml_node *root;
	const struct feiten *feiten;
	const struct vraag *vraag;
	const char *overleg; // asked about instead, or NULL
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

static inline int naive_not(int a)
{
	return YES - a;
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

static inline bool naive_is_ontvanger(const struct naive *naive, const struct yaml_node *node)
{
	const struct ontvanger *ontvanger = &naive->vraag->ontvanger;
	const struct yaml_node *partij = naive_partij(naive, ontvanger->oin.text);
	return naive_is(yaml_find(node, "functie"), ontvanger->functie) &&
	       bytes_equal(yaml_scalar(yaml_find(node, "partij")),
			   yaml_scalar(yaml_find(partij, "partij")));
}

static inline const struct yaml_node *naive_overleg(const struct naive *naive, struct bytes name)
{
	const struct yaml_node *overleggen = yaml_find(naive->root, "overleggen");
	for (size_t i = 0; i < yaml_count(overleggen); i++) {
		const struct yaml_node *overleg = yaml_item(overleggen, i);
		if (bytes_equal(yaml_scalar(yaml_find(overleg, "overleg")), name))
			return overleg;
	}
	return NULL;
}

static inline int naive_at_table(const struct naive *naive, const struct yaml_node *overleg)
{
	const struct yaml_node *leden = yaml_find(overleg, "leden");
	bool sits = naive_is_ontvanger(naive, yaml_find(overleg, "voorzitter"));
	for (size_t i = 0; i < yaml_count(leden); i++)
		sits |= naive_is_ontvanger(naive, yaml_item(leden, i));
	return sits ? YES : NO;
}

static inline bool naive_sent(const struct naive *naive)
{
	const struct ontvanger *ontvanger = &naive->vraag->ontvanger;
	const struct feiten *feiten = naive->feiten;
	bool sent = oin_equal(&feiten->bron, &ontvanger->oin) && feiten->bron_functie_count == 0;
	for (size_t i = 0; i < feiten->bron_functie_count; i++)
		sent |= oin_equal(&feiten->bron, &ontvanger->oin) &&
			bytes_equal(feiten->bron_functies[i], bytes_of_text(ontvanger->functie));
	return sent;
}

static inline int naive_rol(const struct naive *naive, const struct yaml_node *groep,
			    uint32_t betrokkene)
{
	static const char *const rollen[][2] = {{"inbrenger", "inbrenger"},
						{"regie", "regie"},
						{"casusregie", "casusregie"},
						{"eerder", "eerdere.ontvangers"},
						{"vrager", "vrager"}};
	const struct ontvanger *ontvanger = &naive->vraag->ontvanger;
	const struct yaml_node *partij = naive_partij(naive, ontvanger->oin.text);
	const struct yaml_node *rol = yaml_find(groep, "rol");
	const struct yaml_node *soort = yaml_find(groep, "soort");
	const struct yaml_node *functie = yaml_find(groep, "functie");
	if ((soort && !bytes_equal(yaml_scalar(soort), yaml_scalar(yaml_find(partij, "soort")))) ||
	    (functie && !naive_is(functie, ontvanger->functie)))
		return NO;
	if (naive_is(rol, "indiener"))
		return naive_sent(naive) ? YES : NO;
	char naam[200];
	struct bytes short_name = yaml_scalar(yaml_find(partij, "partij"));
	snprintf(naam, sizeof naam, "%.*s/%s", (int)short_name.len, (const char *)short_name.data,
		 ontvanger->functie);
	for (size_t i = 0; i < COUNT_OF(rollen); i++) {
		const struct attribuut_row *row = attribuut_row_named(bytes_of_text(rollen[i][1]));
		const struct feit *feit = feiten_get(naive->feiten, row->attribuut,
						     row->of_betrokkene ? betrokkene : 0);
		if (!naive_is(rol, rollen[i][0]))
			continue;
		if (!feit)
			return NO;
		if (!feit->bekend || (feit->waarde_count > 1 && !row->several))
			return MAYBE;
		for (size_t j = 0; j < feit->waarde_count; j++) {
			if (bytes_equal(feit->waarden[j], bytes_of_text(naam)))
				return YES;
		}
	}
	return NO;
}

// Whether a group of `aan` is about this ontvanger, for this betrokkene.
static inline int naive_groep(const struct naive *naive, const struct yaml_node *groep,
			      uint32_t betrokkene)
{
	const struct ontvanger *ontvanger = &naive->vraag->ontvanger;
	const struct yaml_node *partij = naive_partij(naive, ontvanger->oin.text);
	if (naive_is(groep, "iedereen"))
		return YES;
	if (yaml_find(groep, "overleg"))
		return naive_at_table(
			naive, naive_overleg(naive, yaml_scalar(yaml_find(groep, "overleg"))));
	if (yaml_find(groep, "rol"))
		return naive_rol(naive, groep, betrokkene);
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
	const char *attribuut = naive_is(gemeente, "woon")       ? "woongemeente"
				: naive_is(gemeente, "verblijf") ? "verblijfgemeente"
								 : "gemeente";
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

#endif
