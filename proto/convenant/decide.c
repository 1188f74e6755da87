// SPDX-License-Identifier: EUPL-1.2
// The decision (design.md §8):
//
//   1. Who may not be given anything here is refused: not of the convenant, not signed (outside an
//      oefening), its own melding; and everybody what is not so, or may not be used.
//   2. A regel that forbids and holds refuses, whatever else holds.
//   3. A regel that gives and holds gives, unless one that forbids cannot be told: then it waits.
//   4. A regel that gives and cannot be told, or lacks its weging, waits.
//   5. Everything else is refused.
#include "convenant/oordeel.h"

#include <string.h>

// Where a cell is judged: an ontvanger (of an agenda any: no regel ties one to it), a rubriek, and
// the places that count.
struct plek {
	size_t ontvanger;
	uint32_t rubriek, open;
};

// The regels of one cell that hold or cannot be told somewhere, a bit for each place.
struct cel_stand {
	struct stand forbidden, given;
	size_t count;
	struct {
		const struct ingang *ingang;
		struct ingang_stand stand;
	} standen[INGANGEN_MAX];
};

static void add_stand(struct cel_stand *cel, const struct ingang *ingang, struct ingang_stand stand)
{
	struct stand *of = ingang->forbids ? &cel->forbidden : &cel->given;
	cel->standen[cel->count].ingang = ingang;
	cel->standen[cel->count++].stand = stand;
	of->ja |= stand.stand.ja;
	of->kan |= stand.stand.kan;
}

static void judge_cell(struct ronde *ronde, const struct cel *cel, const struct plek *plek,
		       struct cel_stand *ret)
{
	const struct ingang *ingangen = &ronde->convenant->ingangen[cel->first];
	ret->forbidden = ret->given = (struct stand){0};
	ret->count = 0;
	for (uint32_t i = 0; i < cel->count; i++) {
		// Most regels are about something else altogether.
		if (ronde_regel(ronde, ingangen[i].regel)->stand.kan == 0)
			continue;
		struct ingang_stand stand =
			ronde_ingang(ronde, &ingangen[i], plek->ontvanger, plek->rubriek);
		stand.stand.ja &= plek->open;
		stand.stand.kan &= plek->open;
		add_stand(ret, &ingangen[i], stand);
	}
}

static enum oordeel weigh(const struct cel_stand *cel, uint32_t bit)
{
	if (cel->forbidden.ja & bit || !(cel->given.kan & bit))
		return OORDEEL_GEWEIGERD;
	if (cel->forbidden.kan & bit || !(cel->given.ja & bit))
		return OORDEEL_WACHT;
	return OORDEEL_VERSTREKT;
}

// Whether a regel is a reason for the outcome at this place.
static bool is_reason(const struct cel_stand *cel, const struct ingang *ingang, struct stand stand,
		      uint32_t bit)
{
	if (cel->forbidden.ja & bit)
		return ingang->forbids && stand.ja & bit;
	if (ingang->forbids) // may yet forbid what would be given
		return cel->given.kan & bit && stand.kan & bit;
	if (cel->given.ja & bit)
		return !(cel->forbidden.kan & bit) && stand.ja & bit;
	return stand.kan & bit;
}

static void note_weging(const struct convenant *convenant, struct beslissing *beslissing,
			size_t regel)
{
	int van = convenant->regels[regel].weging_van;
	int now = beslissing->wacht_op_weging;
	if (now < 0 ||
	    strcmp(convenant->regels[van].text.regel, convenant->regels[now].text.regel) < 0)
		beslissing->wacht_op_weging = van;
}

static struct beslissing conclude(const struct convenant *convenant, const struct cel_stand *cel,
				  uint32_t betrokkene)
{
	uint32_t bit = 1u << betrokkene;
	struct beslissing ret = {.oordeel = weigh(cel, bit), .wacht_op_weging = -1};
	for (size_t i = 0; i < cel->count; i++) {
		const struct ingang *ingang = cel->standen[i].ingang;
		if (!is_reason(cel, ingang, cel->standen[i].stand.stand, bit))
			continue;
		if (ret.oordeel == OORDEEL_WACHT && cel->standen[i].stand.wacht & bit)
			note_weging(convenant, &ret, ingang->regel);
		// A regel may reach an ontvanger by two bands; they stand together in the cell.
		if (ret.regel_count == 0 || ret.regels[ret.regel_count - 1] != ingang->regel)
			ret.regels[ret.regel_count++] = ingang->regel;
	}
	return ret;
}

void ronde_decide(struct ronde *ronde, const struct vraag *vraag, struct beslissing *ret_beslissing)
{
	struct cel_stand cel;
	size_t n;
	*ret_beslissing = (struct beslissing){.wacht_op_weging = -1};
	if (vraag->betrokkene > BETROKKENEN_MAX ||
	    !convenant_find_ontvanger(ronde->convenant, &vraag->ontvanger, &n))
		return;
	uint32_t open = ronde_open(ronde, ronde_beletsel(ronde, n), vraag->rubriek);
	if (!(open & 1u << vraag->betrokkene))
		return;
	struct plek plek = {n, vraag->rubriek, open};
	judge_cell(ronde, &ronde->convenant->cellen[n][vraag->rubriek], &plek, &cel);
	*ret_beslissing = conclude(ronde->convenant, &cel, vraag->betrokkene);
}

static uint32_t judge_agenda(struct ronde *ronde, size_t overleg, struct cel_stand *ret)
{
	uint32_t closed = ronde->feiten->gesloten[RUBRIEK_BERICHT];
	struct plek plek = {0, RUBRIEK_BERICHT, (ronde->alle | 1u) & ~closed};
	if (ronde_beletsel_agenda(ronde, overleg) != BELETSEL_GEEN)
		plek.open = 0;
	judge_cell(ronde, &ronde->convenant->agendas[overleg], &plek, ret);
	return ret->given.kan & ~ret->forbidden.ja;
}

void ronde_decide_agenda(struct ronde *ronde, size_t overleg, uint32_t betrokkene,
			 struct beslissing *ret_beslissing)
{
	struct cel_stand cel;
	*ret_beslissing = (struct beslissing){.wacht_op_weging = -1};
	if (overleg >= ronde->convenant->overleg_count || betrokkene > BETROKKENEN_MAX)
		return;
	judge_agenda(ronde, overleg, &cel);
	*ret_beslissing = conclude(ronde->convenant, &cel, betrokkene);
}

void convenant_decide_agenda(const struct convenant *convenant, const struct feiten *feiten,
			     size_t overleg, uint32_t betrokkene, struct beslissing *ret_beslissing)
{
	struct ronde ronde;
	ronde_init(&ronde, convenant, feiten);
	ronde_decide_agenda(&ronde, overleg, betrokkene, ret_beslissing);
}

enum result convenant_agenda_all(const struct convenant *convenant, const struct feiten *feiten,
				 const struct beslissing_visitor *visitor)
{
	struct ronde ronde;
	struct cel_stand cel;
	ronde_init(&ronde, convenant, feiten);
	for (size_t n = 0; n < convenant->overleg_count; n++) {
		uint32_t answered = judge_agenda(&ronde, n, &cel);
		for (; answered; answered &= answered - 1) {
			struct plaats plaats = {(uint32_t)__builtin_ctz(answered), RUBRIEK_BERICHT};
			struct beslissing beslissing = conclude(convenant, &cel, plaats.betrokkene);
			enum result result =
				visitor->visit(visitor->context, n, &plaats, &beslissing);
			if (result != RESULT_OK)
				return result;
		}
	}
	return RESULT_OK;
}

void convenant_decide(const struct convenant *convenant, const struct feiten *feiten,
		      const struct vraag *vraag, struct beslissing *ret_beslissing)
{
	struct ronde ronde;
	ronde_init(&ronde, convenant, feiten);
	ronde_decide(&ronde, vraag, ret_beslissing);
}

// The cells of one ontvanger for the rubrieken asked.
struct ontvanger_stand {
	struct cel_stand cellen[RUBRIEK_BOUND];
	uint32_t answered[RUBRIEK_BOUND]; // where something is given or waits
	bool any;
};

static void judge_ontvanger(struct ronde *ronde, size_t ontvanger, uint64_t rubrieken,
			    struct ontvanger_stand *ret)
{
	enum beletsel beletsel = ronde_beletsel(ronde, ontvanger);
	ret->any = false;
	memset(ret->answered, 0, sizeof ret->answered);
	rubrieken &= ronde->convenant->ontvanger_rows[ontvanger].rubrieken;
	for (; rubrieken; rubrieken &= rubrieken - 1) {
		uint32_t rubriek = (uint32_t)__builtin_ctzll(rubrieken);
		uint32_t open = ronde_open(ronde, beletsel, rubriek);
		struct cel_stand *cel = &ret->cellen[rubriek];
		const struct cel *regels = &ronde->convenant->cellen[ontvanger][rubriek];
		if (!open)
			continue;
		struct plek plek = {ontvanger, rubriek, open};
		judge_cell(ronde, regels, &plek, cel);
		ret->answered[rubriek] = cel->given.kan & ~cel->forbidden.ja;
		ret->any |= ret->answered[rubriek] != 0;
	}
}

// The regels that give anything at all in this case: who is named by none of them gets nothing.
static void find_gevers(struct ronde *ronde, uint64_t gevers[REGELS_MAX / 64])
{
	const struct convenant *convenant = ronde->convenant;
	memset(gevers, 0, REGELS_MAX / 64 * sizeof *gevers);
	for (size_t i = 0; i < convenant->regel_count; i++) {
		if (!regel_soort_forbids(convenant->regels[i].text.soort) &&
		    ronde_regel(ronde, i)->stand.kan)
			gevers[i / 64] |= UINT64_C(1) << i % 64;
	}
}

static bool is_named(const struct ontvanger_row *row, const uint64_t gevers[REGELS_MAX / 64])
{
	uint64_t any = 0;
	for (size_t i = 0; i < REGELS_MAX / 64; i++)
		any |= row->gevers[i] & gevers[i];
	return any != 0;
}

static bool is_answered(const struct ontvanger_stand *stand, const struct plaats *plaats)
{
	return plaats->rubriek < RUBRIEK_BOUND && plaats->betrokkene <= BETROKKENEN_MAX &&
	       stand->answered[plaats->rubriek] & 1u << plaats->betrokkene;
}

enum result convenant_decide_all(const struct convenant *convenant, const struct feiten *feiten,
				 const struct plaats *plaatsen, size_t count,
				 const struct beslissing_visitor *visitor)
{
	struct ronde ronde;
	struct ontvanger_stand stand;
	uint64_t rubrieken = 0, gevers[REGELS_MAX / 64];
	ronde_init(&ronde, convenant, feiten);
	for (size_t i = 0; i < count; i++) {
		if (plaatsen[i].rubriek < RUBRIEK_BOUND)
			rubrieken |= UINT64_C(1) << plaatsen[i].rubriek;
	}
	find_gevers(&ronde, gevers);
	for (size_t n = 0; n < convenant->ontvanger_count; n++) {
		if (!is_named(&convenant->ontvanger_rows[n], gevers))
			continue;
		judge_ontvanger(&ronde, n, rubrieken, &stand);
		for (size_t i = 0; stand.any && i < count; i++) {
			if (!is_answered(&stand, &plaatsen[i]))
				continue;
			struct beslissing beslissing =
				conclude(convenant, &stand.cellen[plaatsen[i].rubriek],
					 plaatsen[i].betrokkene);
			enum result result =
				visitor->visit(visitor->context, n, &plaatsen[i], &beslissing);
			if (result != RESULT_OK)
				return result;
		}
	}
	return RESULT_OK;
}
