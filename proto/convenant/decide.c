// SPDX-License-Identifier: EUPL-1.2
// The decision (design.md §8):
//
//   1. Who may not be given anything here is refused: not of the convenant, not signed (outside an
//      oefening), its own melding.
//   2. A verbied that holds refuses, whatever else holds.
//   3. A verstrek that holds gives, unless a verbied cannot be told: then it waits.
//   4. A verstrek that cannot be told, or lacks its weging, waits.
//   5. Everything else is refused.
#include "convenant/oordeel.h"

#include <string.h>

// All regels of one cell together, a bit for each place.
struct cel_stand {
	const struct cel *cel;
	size_t ontvanger;
	uint32_t verbied_ja, verbied_kan, verstrek_ja, verstrek_kan;
};

static struct cel_stand judge_cell(struct ronde *ronde, size_t ontvanger, uint32_t rubriek)
{
	const struct cel *cel = &ronde->convenant->cellen[ontvanger][rubriek];
	struct cel_stand ret = {.cel = cel, .ontvanger = ontvanger};
	for (uint32_t i = 0; i < cel->count; i++) {
		const struct ingang *ingang = &ronde->convenant->ingangen[cel->first + i];
		struct stand stand = ronde_ingang(ronde, ontvanger, ingang).stand;
		if (ingang->verbied) {
			ret.verbied_ja |= stand.ja;
			ret.verbied_kan |= stand.kan;
		} else {
			ret.verstrek_ja |= stand.ja;
			ret.verstrek_kan |= stand.kan;
		}
	}
	return ret;
}

static enum oordeel weigh(const struct cel_stand *cel, uint32_t bit)
{
	if (cel->verbied_ja & bit || !(cel->verstrek_kan & bit))
		return OORDEEL_GEWEIGERD;
	if (cel->verbied_kan & bit || !(cel->verstrek_ja & bit))
		return OORDEEL_WACHT;
	return OORDEEL_VERSTREKT;
}

// Whether a regel is a reason for the outcome at this place.
static bool is_reason(const struct cel_stand *cel, const struct ingang *ingang, struct stand stand,
		      uint32_t bit)
{
	if (cel->verbied_ja & bit)
		return ingang->verbied && stand.ja & bit;
	if (ingang->verbied) // may yet forbid what would be given
		return cel->verstrek_kan & bit && stand.kan & bit;
	if (cel->verstrek_ja & bit)
		return !(cel->verbied_kan & bit) && stand.ja & bit;
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

static struct beslissing conclude(struct ronde *ronde, const struct cel_stand *cel,
				  uint32_t betrokkene)
{
	uint32_t bit = 1u << betrokkene;
	struct beslissing ret = {.oordeel = weigh(cel, bit), .wacht_op_weging = -1};
	for (uint32_t i = 0; i < cel->cel->count; i++) {
		const struct ingang *ingang = &ronde->convenant->ingangen[cel->cel->first + i];
		struct ingang_stand stand = ronde_ingang(ronde, cel->ontvanger, ingang);
		if (!is_reason(cel, ingang, stand.stand, bit))
			continue;
		if (ret.oordeel == OORDEEL_WACHT && stand.wacht & bit)
			note_weging(ronde->convenant, &ret, ingang->regel);
		// A regel may reach an ontvanger by two bands; they stand together in the cell.
		if (ret.regel_count == 0 || ret.regels[ret.regel_count - 1] != ingang->regel)
			ret.regels[ret.regel_count++] = ingang->regel;
	}
	return ret;
}

void ronde_decide(struct ronde *ronde, const struct vraag *vraag, struct beslissing *ret_beslissing)
{
	struct plaats plaats = {.betrokkene = vraag->betrokkene, .rubriek = vraag->rubriek};
	size_t n;
	*ret_beslissing = (struct beslissing){.wacht_op_weging = -1};
	if (!convenant_find_ontvanger(ronde->convenant, &vraag->ontvanger, &n) ||
	    ronde_beletsel(ronde, n, &plaats) != BELETSEL_GEEN)
		return;
	struct cel_stand cel = judge_cell(ronde, n, plaats.rubriek);
	*ret_beslissing = conclude(ronde, &cel, plaats.betrokkene);
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
	bool any; // something is given or waits
};

static void judge_ontvanger(struct ronde *ronde, size_t ontvanger, uint64_t rubrieken,
			    struct ontvanger_stand *ret)
{
	ret->any = false;
	for (; rubrieken; rubrieken &= rubrieken - 1) {
		uint32_t rubriek = (uint32_t)__builtin_ctzll(rubrieken);
		ret->cellen[rubriek] = judge_cell(ronde, ontvanger, rubriek);
		ret->any |= ret->cellen[rubriek].verstrek_kan != 0;
	}
}

enum result convenant_decide_all(const struct convenant *convenant, const struct feiten *feiten,
				 const struct plaats *plaatsen, size_t count,
				 const struct beslissing_visitor *visitor)
{
	struct ronde ronde;
	struct ontvanger_stand stand;
	uint64_t rubrieken = 0;
	ronde_init(&ronde, convenant, feiten);
	for (size_t i = 0; i < count; i++) {
		if (plaatsen[i].rubriek < RUBRIEK_BOUND)
			rubrieken |= UINT64_C(1) << plaatsen[i].rubriek;
	}
	for (size_t n = 0; n < convenant->ontvanger_count; n++) {
		if (convenant->ontvanger_rows[n].regel_count == 0)
			continue;
		judge_ontvanger(&ronde, n, rubrieken, &stand);
		for (size_t i = 0; stand.any && i < count; i++) {
			if (ronde_beletsel(&ronde, n, &plaatsen[i]) != BELETSEL_GEEN)
				continue;
			const struct cel_stand *cel = &stand.cellen[plaatsen[i].rubriek];
			if (weigh(cel, 1u << plaatsen[i].betrokkene) == OORDEEL_GEWEIGERD)
				continue;
			struct beslissing beslissing =
				conclude(&ronde, cel, plaatsen[i].betrokkene);
			enum result result =
				visitor->visit(visitor->context, n, &plaatsen[i], &beslissing);
			if (result != RESULT_OK)
				return result;
		}
	}
	return RESULT_OK;
}
