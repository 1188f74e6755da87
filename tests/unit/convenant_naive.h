// SPDX-License-Identifier: EUPL-1.2
// The language read as plainly as possible: straight from the YAML, one question at a time, no
// index, no bits. Tests hold the engine against it.
#ifndef KNP_TESTS_UNIT_CONVENANT_NAIVE_H
#define KNP_TESTS_UNIT_CONVENANT_NAIVE_H

#include "tests/unit/convenant_naive_tests.h"

static inline int naive_enters(const struct naive *naive, const struct yaml_node *regel,
			       uint32_t betrokkene);

// Whether some other regel goes instead of this one.
static inline int naive_replaced(const struct naive *naive, const struct yaml_node *regel,
				 uint32_t betrokkene)
{
	const struct yaml_node *regels = yaml_find(naive->root, "regels");
	int replaced = NO;
	for (size_t i = 0; i < yaml_count(regels); i++) {
		const struct yaml_node *names = yaml_find(yaml_item(regels, i), "in_plaats_van");
		for (size_t j = 0; names && j < naive_count(names); j++) {
			if (bytes_equal(yaml_scalar(naive_item(names, j)),
					yaml_scalar(yaml_find(regel, "regel"))))
				replaced =
					naive_or(replaced, naive_enters(naive, yaml_item(regels, i),
									betrokkene));
		}
	}
	return replaced;
}

static inline int naive_enters(const struct naive *naive, const struct yaml_node *regel,
			       uint32_t betrokkene)
{
	const struct yaml_node *als = yaml_find(regel, "als");
	int all = naive_in_force(naive, regel);
	for (size_t i = 0; als && i < yaml_count(als); i++)
		all = naive_and(all,
				naive_test(naive, yaml_key(als, i), yaml_item(als, i), betrokkene));
	return naive_and(all, naive_not(naive_replaced(naive, regel, betrokkene)));
}

static inline bool naive_lists(const struct yaml_node *list, struct bytes code)
{
	for (size_t i = 0; i < naive_count(list); i++) {
		if (bytes_equal(yaml_scalar(naive_item(list, i)), code))
			return true;
	}
	return false;
}

static inline bool naive_covers(const struct naive *naive, const struct yaml_node *eis,
				const struct toestemming_feit *feit)
{
	const struct ontvanger *ontvanger = &naive->vraag->ontvanger;
	int64_t today = date_to_days(date_amsterdam(naive->feiten->now));
	const struct yaml_node *gever = yaml_find(eis, "gever"), *voor = yaml_find(eis, "voor");
	if (!naive_lists(yaml_find(eis, "grond"), feit->grond))
		return false;
	if (bytes_equal(feit->grond, LITERAL("toestemming")) && gever &&
	    !naive_lists(gever, feit->gever))
		return false;
	if (voor && !bytes_equal(yaml_scalar(voor), feit->doel))
		return false;
	if (feit->bron.text[0] && !oin_equal(&feit->bron, &naive->feiten->bron))
		return false;
	if (feit->oin.text[0] && !oin_equal(&feit->oin, &ontvanger->oin))
		return false;
	if (feit->oin.text[0] && feit->functie.len &&
	    !bytes_equal(feit->functie, bytes_of_text(ontvanger->functie)))
		return false;
	if (feit->rubriek && feit->rubriek != naive->vraag->rubriek)
		return false;
	return (!feit->has_van || date_to_days(feit->van) <= today) &&
	       (!feit->has_tot || date_to_days(feit->tot) >= today);
}

static inline int naive_toestemming(const struct naive *naive, const struct yaml_node *eis,
				    uint32_t betrokkene)
{
	if (!eis)
		return YES;
	if (betrokkene == 0)
		return NO;
	for (size_t i = 0; i < naive->feiten->toestemming_count; i++) {
		const struct toestemming_feit *feit = &naive->feiten->toestemmingen[i];
		if (feit->betrokkene == betrokkene && naive_covers(naive, eis, feit))
			return YES;
	}
	return naive->feiten->toestemmingen_bekend ? NO : MAYBE;
}

static inline int naive_nood(const struct naive *naive, const struct yaml_node *regel,
			     uint32_t betrokkene)
{
	const struct feiten *feiten = naive->feiten;
	const struct yaml_node *nood = yaml_find(regel, "nood");
	if (!nood)
		return YES;
	long minutes = strtol((const char *)yaml_scalar(yaml_find(nood, "minuten")).data, NULL, 10);
	for (size_t i = 0; i < feiten->nood_count; i++) {
		const struct nood_feit *act = &feiten->noden[i];
		if (bytes_equal(act->regel, yaml_scalar(yaml_find(regel, "regel"))) &&
		    act->betrokkene == betrokkene && betrokkene > 0 &&
		    oin_equal(&act->oin, &naive->vraag->ontvanger.oin) &&
		    bytes_equal(act->functie, bytes_of_text(naive->vraag->ontvanger.functie)) &&
		    feiten->now >= act->van && feiten->now <= act->tot &&
		    feiten->now <= act->van + minutes * 60 * 1000)
			return YES;
	}
	return NO;
}

// All conditions of a regel for one betrokkene (0: a melding about nobody).
static inline int naive_conditions(const struct naive *naive, const struct yaml_node *regel,
				   const struct yaml_node *body, uint32_t betrokkene)
{
	bool kind = body == yaml_find(regel, "vereis");
	const struct yaml_node *vereis = yaml_find(regel, "vereis");
	int required =
		naive_and(naive_weging(naive, regel, betrokkene),
			  naive_toestemming(naive, vereis ? yaml_find(vereis, "toestemming") : NULL,
					    betrokkene));
	int all = naive_and(naive_enters(naive, regel, betrokkene),
			    kind ? naive_not(required) : required);
	if (naive->overleg)
		return all;
	if (naive_groepen(naive, yaml_find(body, "behalve"), betrokkene) == YES)
		return NO;
	all = naive_and(all, naive_groepen(naive, yaml_find(body, "aan"), betrokkene));
	return naive_and(all, naive_nood(naive, regel, betrokkene));
}

static inline int naive_regime(const struct naive *naive, const struct yaml_node *body)
{
	const struct yaml_node *regimes = yaml_find(body, "regime");
	unsigned held = naive->feiten->regimes[naive->vraag->betrokkene][naive->vraag->rubriek];
	if (!regimes)
		return YES;
	for (size_t i = 0; i < naive_count(regimes); i++) {
		enum regime regime;
		if (regime_parse(yaml_scalar(naive_item(regimes, i)), &regime) == RESULT_OK &&
		    held & 1u << regime)
			return YES;
	}
	return held ? NO : MAYBE;
}

// Whether a regel says anything about what is asked.
static inline bool naive_is_about(const struct naive *naive, const struct yaml_node *regel,
				  const struct yaml_node *body)
{
	const struct yaml_node *overleg = yaml_find(body, "overleg");
	const struct yaml_node *rubrieken = yaml_find(body, "rubrieken");
	if (naive->overleg)
		return overleg && naive_lists(overleg, bytes_of_text(naive->overleg));
	if (yaml_find(regel, "meld"))
		return naive->vraag->rubriek == RUBRIEK_BERICHT;
	const struct rubriek_row *row = rubriek_row(naive->vraag->rubriek);
	return rubrieken && naive_lists(rubrieken, bytes_of_text(row ? row->name : "bericht"));
}

static inline int naive_holds(const struct naive *naive, const struct yaml_node *regel,
			      const struct yaml_node *body)
{
	int any = NO;
	if (!naive_is_about(naive, regel, body))
		return NO;
	if (naive->vraag->betrokkene > 0 || naive->feiten->betrokkenen == 0)
		any = naive_conditions(naive, regel, body, naive->vraag->betrokkene);
	else
		for (uint32_t b = 1; b <= naive->feiten->betrokkenen; b++)
			any = naive_or(any, naive_conditions(naive, regel, body, b));
	return naive_and(any, naive_regime(naive, body));
}

static inline bool naive_is_barred_agenda(const struct naive *naive)
{
	const struct yaml_node *overleg = naive_overleg(naive, bytes_of_text(naive->overleg));
	const struct yaml_node *partijen = yaml_find(naive->root, "partijen");
	struct bytes chair = yaml_scalar(yaml_find(yaml_find(overleg, "voorzitter"), "partij"));
	if (naive->vraag->betrokkene > naive->feiten->betrokkenen)
		return true;
	for (size_t i = 0; i < yaml_count(partijen); i++) {
		const struct yaml_node *partij = yaml_item(partijen, i);
		if (bytes_equal(yaml_scalar(yaml_find(partij, "partij")), chair))
			return naive_is(yaml_find(partij, "getekend"), "nee") &&
			       !naive->feiten->oefening;
	}
	return true;
}

static inline bool naive_is_barred(const struct naive *naive)
{
	const struct feiten *feiten = naive->feiten;
	const struct rubriek_row *row = rubriek_row(naive->vraag->rubriek);
	bool of_betrokkene = row && row->of_betrokkene;
	bool by_knooppunt = !row || row->by_knooppunt;
	const struct yaml_node *partij = naive_partij(naive, naive->vraag->ontvanger.oin.text);
	if (naive->overleg)
		return naive_is_barred_agenda(naive);
	bool about_incident = naive->vraag->betrokkene == 0;
	if (about_incident ? of_betrokkene && !by_knooppunt : !of_betrokkene)
		return true;
	if (naive->vraag->betrokkene > feiten->betrokkenen)
		return true;
	if (naive_is(yaml_find(partij, "getekend"), "nee") && !feiten->oefening)
		return true;
	return naive_sent(naive) && !by_knooppunt;
}

// The body of a regel's kind; whether it forbids.
static inline const struct yaml_node *naive_body(const struct yaml_node *regel, bool *ret_forbids)
{
	static const char *const kinds[] = {"verstrek", "nood",    "meld",
					    "agendeer", "verbied", "vereis"};
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		*ret_forbids = i > 3;
		if (yaml_find(regel, kinds[i]))
			return yaml_find(regel, kinds[i]);
	}
	return NULL;
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
		bool forbids;
		const struct yaml_node *body = naive_body(regel, &forbids);
		stands[i] = naive_holds(naive, regel, body);
		if (forbids)
			forbidden = naive_or(forbidden, stands[i]);
		else
			given = naive_or(given, stands[i]);
	}
	if (forbidden != YES && given != NO)
		answer.oordeel =
			naive_and(given, 2 - forbidden) == YES ? OORDEEL_VERSTREKT : OORDEEL_WACHT;
	for (size_t i = 0; i < yaml_count(regels); i++) {
		bool forbids, reason = false;
		(void)naive_body(yaml_item(regels, i), &forbids);
		if (forbidden == YES)
			reason = forbids && stands[i] == YES;
		else if (given == NO)
			reason = false;
		else if (given == YES && forbidden == MAYBE)
			reason = forbids && stands[i] == MAYBE;
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
