// SPDX-License-Identifier: EUPL-1.2
// Reach and difference: every case of a vakje, put to the engine that decides.
#include "convenant/onderzoek.h"

#include "convenant/ruimte.h"

#include <stdio.h>
#include <string.h>

// Cells are counted through ontvangers and their rubrieken, then overleggen.
bool convenant_next_vakje(const struct convenant *convenant, size_t *n, struct vakje *ret_vakje)
{
	size_t cells = convenant->ontvanger_count * RUBRIEK_BOUND;
	for (; *n < cells + convenant->overleg_count; (*n)++) {
		struct vakje vakje = {.ontvanger = *n / RUBRIEK_BOUND,
				      .rubriek = (uint32_t)(*n % RUBRIEK_BOUND),
				      .overleg = -1};
		if (*n >= cells)
			vakje = (struct vakje){.overleg = (int)(*n - cells)};
		if (vakje_cel(convenant, &vakje)->count == 0)
			continue;
		*ret_vakje = vakje;
		(*n)++;
		return true;
	}
	return false;
}

const char *vakje_ontvanger(const struct convenant *convenant, const struct vakje *vakje)
{
	return vakje->overleg >= 0 ? "agenda" : convenant->ontvanger_namen[vakje->ontvanger];
}

const char *vakje_rubriek(const struct convenant *convenant, const struct vakje *vakje)
{
	return vakje->overleg >= 0 ? convenant->overleggen[vakje->overleg].overleg
				   : rubriek_naam(vakje->rubriek);
}

static void decide(struct ronde *ronde, const struct vakje *vakje, uint32_t plaats,
		   struct beslissing *ret)
{
	if (vakje->overleg >= 0) {
		ronde_decide_agenda(ronde, (size_t)vakje->overleg, plaats, ret);
		return;
	}
	struct vraag vraag = {ronde->convenant->ontvangers[vakje->ontvanger], plaats,
			      vakje->rubriek};
	ronde_decide(ronde, &vraag, ret);
}

static bool is_open(const struct ronde *ronde, const struct vakje *vakje)
{
	if (vakje->overleg >= 0)
		return ronde_beletsel_agenda(ronde, (size_t)vakje->overleg) == BELETSEL_GEEN;
	return ronde_open(ronde, ronde_beletsel(ronde, vakje->ontvanger), vakje->rubriek) != 0;
}

static struct regel_bereik *find_regel(struct bereik *bereik, uint16_t regel)
{
	for (size_t i = 0; i < bereik->regel_count; i++) {
		if (bereik->regels[i].regel == regel)
			return &bereik->regels[i];
	}
	struct regel_bereik *ret = &bereik->regels[bereik->regel_count++];
	*ret = (struct regel_bereik){.regel = regel};
	return ret;
}

static void keep_example(const struct ruimte *ruimte, char *out, size_t size)
{
	struct buffer buffer;
	buffer_init(&buffer, size - 1);
	ruimte_describe(ruimte, &buffer);
	memcpy(out, buffer.data, buffer.len);
	out[buffer.len] = '\0';
	buffer_done(&buffer);
}

// The case that is looked at.
struct beeld {
	struct ruimte *ruimte;
	const struct vakje *vakje;
	struct ronde ronde;
	struct beslissing beslissing;
	uint32_t plaats;
	bool anything; // some regel gives it, or may
};

static bool is_reason(const struct beslissing *beslissing, uint16_t regel)
{
	for (size_t i = 0; i < beslissing->regel_count; i++) {
		if (beslissing->regels[i] == regel)
			return true;
	}
	return false;
}

static void count_regel(struct beeld *beeld, const struct ingang *ingang, uint32_t seen,
			struct bereik *bereik)
{
	const struct beslissing *beslissing = &beeld->beslissing;
	struct regel_bereik *regel = find_regel(bereik, ingang->regel);
	bool decides =
		is_reason(beslissing, ingang->regel) &&
		(ingang->forbids ? beslissing->oordeel == OORDEEL_GEWEIGERD && beeld->anything
				 : beslissing->oordeel == OORDEEL_VERSTREKT);
	if (seen & 1u << (regel - bereik->regels))
		return; // by another band already
	if (regel->decides == 0 && (decides || regel->holds == 0))
		keep_example(beeld->ruimte, regel->voorbeeld, sizeof regel->voorbeeld);
	regel->holds++;
	regel->decides += decides;
	regel->alone += decides && beslissing->regel_count == 1;
}

static void count_regels(struct beeld *beeld, struct bereik *bereik)
{
	const struct convenant *convenant = beeld->ronde.convenant;
	const struct cel *cel = vakje_cel(convenant, beeld->vakje);
	uint32_t seen = 0, bit = 1u << beeld->plaats;
	struct stand standen[INGANGEN_MAX];
	beeld->anything = false;
	for (uint32_t i = 0; i < cel->count; i++) {
		const struct ingang *ingang = &convenant->ingangen[cel->first + i];
		standen[i] = ronde_ingang(&beeld->ronde, ingang, beeld->vakje->ontvanger,
					  beeld->vakje->rubriek)
				     .stand;
		beeld->anything |= !ingang->forbids && standen[i].kan & bit;
	}
	for (uint32_t i = 0; i < cel->count; i++) {
		const struct ingang *ingang = &convenant->ingangen[cel->first + i];
		if (!(standen[i].ja & bit))
			continue;
		count_regel(beeld, ingang, seen, bereik);
		seen |= 1u << (find_regel(bereik, ingang->regel) - bereik->regels);
	}
}

static void look_at_case(struct beeld *beeld, const struct convenant *convenant,
			 struct bereik *bereik)
{
	const struct feiten *feiten = ruimte_feiten(beeld->ruimte);
	ronde_init(&beeld->ronde, convenant, feiten);
	beeld->plaats = vakje_plaats(convenant, beeld->vakje, feiten);
	decide(&beeld->ronde, beeld->vakje, beeld->plaats, &beeld->beslissing);
	enum oordeel oordeel = beeld->beslissing.oordeel;
	if ((oordeel == OORDEEL_VERSTREKT && bereik->gegeven == 0) ||
	    (oordeel == OORDEEL_WACHT && bereik->gegeven + bereik->wacht == 0))
		keep_example(beeld->ruimte, bereik->voorbeeld, sizeof bereik->voorbeeld);
	bereik->gevallen++;
	bereik->gegeven += oordeel == OORDEEL_VERSTREKT;
	bereik->wacht += oordeel == OORDEEL_WACHT;
	if (is_open(&beeld->ronde, beeld->vakje))
		count_regels(beeld, bereik);
}

enum result convenant_reach(const struct convenant *convenant, const struct vakje *vakje,
			    struct bereik *ret_bereik)
{
	const struct ruimte_deel deel = {convenant, *vakje};
	const struct cel *cel = vakje_cel(convenant, vakje);
	struct beeld beeld = {.vakje = vakje};
	memset(ret_bereik, 0, sizeof *ret_bereik);
	enum result result = ruimte_new(&deel, 1, &beeld.ruimte);
	if (result != RESULT_OK)
		return result;
	for (uint32_t i = 0; i < cel->count; i++)
		(void)find_regel(ret_bereik, convenant->ingangen[cel->first + i].regel);
	do
		look_at_case(&beeld, convenant, ret_bereik);
	while (ruimte_next(beeld.ruimte));
	ruimte_free(beeld.ruimte);
	return RESULT_OK;
}

static bool comes_nearer(struct beeld *beeld, const struct convenant *convenant, size_t regel,
			 struct nabijheid *best, bool *any)
{
	const struct cel *cel = vakje_cel(convenant, beeld->vakje);
	const struct feiten *feiten = ruimte_feiten(beeld->ruimte);
	bool nearer = false;
	ronde_init(&beeld->ronde, convenant, feiten);
	beeld->plaats = vakje_plaats(convenant, beeld->vakje, feiten);
	for (uint32_t i = 0; i < cel->count; i++) {
		const struct ingang *ingang = &convenant->ingangen[cel->first + i];
		if (ingang->regel != regel)
			continue;
		struct nabijheid here =
			ronde_nabijheid(&beeld->ronde, ingang, beeld->vakje, beeld->plaats);
		// Of equals one that only another regel stops says more.
		if (*any && (here.holds < best->holds ||
			     (here.holds == best->holds && (here.is_feit || !best->is_feit))))
			continue;
		*best = here;
		*any = nearer = true;
	}
	return nearer;
}

enum result vakje_nearest(const struct convenant *convenant, const struct vakje *vakje,
			  size_t regel, char *out, size_t size)
{
	const struct ruimte_deel deel = {convenant, *vakje};
	struct beeld beeld = {.vakje = vakje};
	struct nabijheid best = {.holds = 0};
	char melding[400] = "";
	bool any = false;
	out[0] = '\0';
	enum result result = ruimte_new(&deel, 1, &beeld.ruimte);
	if (result != RESULT_OK)
		return result == RESULT_TOO_LARGE ? RESULT_OK : result;
	size_t left = NAAST_GEVALLEN;
	do {
		if (comes_nearer(&beeld, convenant, regel, &best, &any))
			keep_example(beeld.ruimte, melding, sizeof melding);
	} while (--left > 0 && ruimte_next(beeld.ruimte));
	ruimte_free(beeld.ruimte);
	if (any)
		snprintf(out, size, "%s: %s", melding, best.test);
	return RESULT_OK;
}

// The same cell in another convenant; false when it has no such ontvanger or overleg.
static bool find_vakje(const struct convenant *from, const struct vakje *vakje,
		       const struct convenant *in, struct vakje *ret_vakje)
{
	*ret_vakje = *vakje;
	if (vakje->overleg >= 0) {
		const char *name = from->overleggen[vakje->overleg].overleg;
		ret_vakje->overleg = convenant_find_overleg(in, bytes_of_text(name));
		return ret_vakje->overleg >= 0;
	}
	for (size_t i = 0; i < in->ontvanger_count; i++) {
		ret_vakje->ontvanger = i;
		if (strcmp(in->ontvanger_namen[i], from->ontvanger_namen[vakje->ontvanger]) == 0)
			return true;
	}
	return false;
}

static enum oordeel answer(const struct ruimte_deel *deel, const struct feiten *feiten)
{
	struct ronde ronde;
	struct beslissing beslissing;
	if (!deel->convenant)
		return OORDEEL_GEWEIGERD;
	ronde_init(&ronde, deel->convenant, feiten);
	decide(&ronde, &deel->vakje, vakje_plaats(deel->convenant, &deel->vakje, feiten),
	       &beslissing);
	return beslissing.oordeel;
}

static void compare_case(const struct ruimte_deel delen[2], const struct ruimte *ruimte,
			 struct verschil *verschil, char example[512])
{
	enum oordeel van = answer(&delen[0], ruimte_feiten(ruimte));
	enum oordeel naar = answer(&delen[1], ruimte_feiten(ruimte));
	verschil->gevallen++;
	if (van == naar)
		return;
	if ((naar > van && verschil->ruimer == 0) ||
	    (naar < van && verschil->ruimer + verschil->enger == 0)) {
		keep_example(ruimte, example, 512);
		verschil->van = van;
		verschil->naar = naar;
	}
	verschil->ruimer += naar > van;
	verschil->enger += naar < van;
}

// `vakje` of convenant `which`.
static enum result compare_vakje(const struct convenant *const convenanten[2], size_t which,
				 const struct vakje *vakje, const struct verschil_visitor *visitor)
{
	const struct convenant *of = convenanten[which];
	struct ruimte_deel delen[2] = {{NULL, {0}}, {NULL, {0}}}, there[2];
	char example[512] = "";
	struct ruimte *ruimte;
	size_t count = 0;
	for (size_t i = 0; i < 2; i++) {
		if (!find_vakje(of, vakje, convenanten[i], &delen[i].vakje))
			continue;
		delen[i].convenant = convenanten[i];
		there[count++] = delen[i];
	}
	// What the first has was compared with the first.
	if (which == 1 && delen[0].convenant &&
	    vakje_cel(delen[0].convenant, &delen[0].vakje)->count)
		return RESULT_OK;
	struct verschil verschil = {.ontvanger = vakje_ontvanger(of, vakje),
				    .rubriek = vakje_rubriek(of, vakje),
				    .melding = example};
	enum result result = ruimte_new(there, count, &ruimte);
	if (result != RESULT_OK)
		return result;
	do
		compare_case(delen, ruimte, &verschil, example);
	while (ruimte_next(ruimte));
	ruimte_free(ruimte);
	return verschil.ruimer + verschil.enger > 0 ? visitor->visit(visitor->context, &verschil)
						    : RESULT_OK;
}

enum result convenant_diff(const struct convenant *a, const struct convenant *b,
			   const struct verschil_visitor *visitor)
{
	const struct convenant *const convenanten[2] = {a, b};
	for (size_t which = 0; which < 2; which++) {
		struct vakje vakje;
		size_t n = 0;
		while (convenant_next_vakje(convenanten[which], &n, &vakje)) {
			enum result result = compare_vakje(convenanten, which, &vakje, visitor);
			if (result != RESULT_OK)
				return result;
		}
	}
	return RESULT_OK;
}
