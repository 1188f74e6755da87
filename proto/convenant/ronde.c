// SPDX-License-Identifier: EUPL-1.2
#include "convenant/oordeel.h"

#include <string.h>

#define INCIDENT 1u // bit 0

static struct stand stand_and(struct stand a, struct stand b)
{
	return (struct stand){.ja = a.ja & b.ja, .kan = a.kan & b.kan};
}

void ronde_init(struct ronde *ronde, const struct convenant *convenant, const struct feiten *feiten)
{
	ronde->convenant = convenant;
	ronde->feiten = feiten;
	ronde->drop = (struct drop){.soort = DROP_NIETS};
	size_t count =
		feiten->betrokkenen < BETROKKENEN_MAX ? feiten->betrokkenen : BETROKKENEN_MAX;
	ronde->alle = ((1u << count) - 1) << 1;
	ronde->dag = convenant->has_validity ? date_to_days(date_amsterdam(feiten->now)) : 0;
	memset(ronde->toets_done, 0, sizeof ronde->toets_done);
	memset(ronde->regel_done, 0, sizeof ronde->regel_done);
}

bool ronde_drops(const struct ronde *ronde, enum drop_soort soort, size_t regel, size_t n)
{
	return ronde->drop.soort == soort && ronde->drop.regel == regel && ronde->drop.n == n;
}

static bool mark_done(uint64_t *done, size_t n)
{
	uint64_t bit = UINT64_C(1) << (n % 64);
	bool before = done[n / 64] & bit;
	done[n / 64] |= bit;
	return before;
}

static bool has_waarde(const struct toets *toets, const struct feit *feit)
{
	for (size_t i = 0; i < feit->waarde_count; i++) {
		for (size_t j = 0; j < toets->waarde_count; j++) {
			if (bytes_equal(feit->waarden[i], toets->waarden[j]))
				return true;
		}
	}
	return false;
}

// A number as the facts write it: decimal digits, no more than nine.
static bool read_number(struct bytes text, int64_t *ret_number)
{
	int64_t number = 0;
	if (text.len == 0 || text.len > 9)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		number = number * 10 + (text.data[i] - '0');
	}
	*ret_number = number;
	return true;
}

enum waarheid { NEE, KAN, JA };

// A fact that is not known, or that cannot be read, makes its test "cannot tell"; one that is known
// to have no value has not the value that is asked.
static enum waarheid judge(const struct toets *toets, const struct feit *feit)
{
	int64_t number;
	if (!feit->bekend || (feit->waarde_count > 1 && !toets->row->several))
		return KAN;
	switch (toets->soort) {
	case TOETS_IS:
		return has_waarde(toets, feit) ? JA : NEE;
	case TOETS_NIET:
		return has_waarde(toets, feit) ? NEE : JA;
	default:
		if (feit->waarde_count == 0)
			return NEE;
		if (!read_number(feit->waarden[0], &number))
			return KAN;
		if (toets->soort == TOETS_MINSTENS)
			return number >= toets->grens ? JA : NEE;
		return number <= toets->grens ? JA : NEE;
	}
}

static void stand_add(struct stand *stand, enum waarheid waarheid, uint32_t bits)
{
	if (waarheid == JA)
		stand->ja |= bits;
	if (waarheid != NEE)
		stand->kan |= bits;
}

struct stand ronde_toets(struct ronde *ronde, size_t n)
{
	if (mark_done(ronde->toets_done, n))
		return ronde->toetsen[n];
	const struct toets *toets = &ronde->convenant->toetsen[n];
	struct stand stand = {0};
	if (!toets->row->of_betrokkene) {
		stand_add(&stand, judge(toets, &ronde->feiten->melding[toets->row->attribuut]),
			  ronde->alle | INCIDENT);
	} else {
		for (uint32_t b = 1; ronde->alle >> b; b++) {
			const struct feit *feiten = ronde->feiten->betrokkene[b];
			stand_add(&stand, judge(toets, &feiten[toets->row->attribuut]), 1u << b);
		}
	}
	ronde->toetsen[n] = stand;
	return stand;
}

// What was given for one betrokkene goes before what was given for the melding as a whole; outcomes
// that contradict each other let nothing pass.
struct stand ronde_weging(const struct ronde *ronde, const struct regel *regel, uint32_t *ret_mist)
{
	const struct convenant *convenant = ronde->convenant;
	uint32_t given = 0, other = 0;
	for (size_t i = 0; i < ronde->feiten->weging_count; i++) {
		const struct weging_feit *weging = &ronde->feiten->wegingen[i];
		size_t n;
		if (weging->betrokkene > BETROKKENEN_MAX ||
		    convenant_regel_named(convenant, weging->regel, &n) != RESULT_OK ||
		    !convenant->regels[n].has_weging ||
		    convenant->regels[n].weging_van != regel->weging_van)
			continue;
		given |= 1u << weging->betrokkene;
		if (!bytes_equal(weging->uitkomst, bytes_of_text(regel->weging.uitkomst)))
			other |= 1u << weging->betrokkene;
	}
	if (given & INCIDENT) {
		uint32_t rest = ~given;
		given |= rest;
		other |= other & INCIDENT ? rest : 0;
	}
	uint32_t everywhere = ronde->alle | INCIDENT;
	struct stand stand = {.ja = everywhere & given & ~other, .kan = everywhere & ~other};
	*ret_mist = everywhere & ~given;
	return stand;
}

static bool is_in_force(const struct ronde *ronde, const struct regel *regel, size_t n)
{
	if (regel->has_van && ronde->dag < regel->van && !ronde_drops(ronde, DROP_VAN, n, 0))
		return false;
	return !regel->has_tot || ronde->dag <= regel->tot || ronde_drops(ronde, DROP_TOT, n, 0);
}

void ronde_judge_regel(struct ronde *ronde, size_t n)
{
	struct regel_stand *ret = &ronde->regels[n];
	mark_done(ronde->regel_done, n);
	const struct regel *regel = &ronde->convenant->regels[n];
	uint32_t everywhere = is_in_force(ronde, regel, n) ? ronde->alle | INCIDENT : 0;
	*ret = (struct regel_stand){.stand = {.ja = everywhere, .kan = everywhere}};
	for (size_t i = 0; i < regel->toets_count && ret->stand.kan; i++) {
		size_t toets = regel->toetsen[i].toets;
		if (ronde_drops(ronde, DROP_TOETS, n, i))
			continue;
		struct stand stand = ronde_toets(ronde, toets);
		if (ronde->convenant->toetsen[toets].row->of_betrokkene) {
			ret->of_betrokkene = true;
			// What is asked of a betrokkene says nothing of the incident yet.
			stand.ja |= INCIDENT;
			stand.kan |= INCIDENT;
		}
		ret->stand = stand_and(ret->stand, stand);
	}
	if (regel->has_weging && !ronde_drops(ronde, DROP_WEGING, n, 0)) {
		uint32_t mist;
		struct stand weging = ronde_weging(ronde, regel, &mist);
		ret->wacht = ret->stand.ja & mist;
		ret->stand = stand_and(ret->stand, weging);
	}
}

static enum waarheid same_gemeente(const struct feit *feit, const char *gemeente)
{
	if (!feit->bekend || feit->waarde_count > 1)
		return KAN;
	return feit->waarde_count == 1 && bytes_equal(feit->waarden[0], bytes_of_text(gemeente))
		       ? JA
		       : NEE;
}

struct stand ronde_band(const struct ronde *ronde, const struct partij *partij, enum band band)
{
	struct stand stand = {0};
	if (band == BAND_INCIDENT) {
		stand_add(&stand,
			  same_gemeente(&ronde->feiten->melding[ATTRIBUUT_GEMEENTE],
					partij->gemeente),
			  ronde->alle | INCIDENT);
		return stand;
	}
	for (uint32_t b = 1; ronde->alle >> b; b++) {
		const struct feit *feiten = ronde->feiten->betrokkene[b];
		stand_add(&stand, same_gemeente(&feiten[ATTRIBUUT_WOONGEMEENTE], partij->gemeente),
			  1u << b);
	}
	return (struct stand){.ja = stand.ja | INCIDENT, .kan = stand.kan | INCIDENT};
}

// The bit of the incident: with betrokkenen, whether it holds for one of them.
static uint32_t with_incident(const struct ronde *ronde, uint32_t bits, bool of_betrokkene)
{
	if (ronde->alle)
		return (bits & ronde->alle) | (bits & ronde->alle ? INCIDENT : 0);
	return of_betrokkene ? 0 : bits & INCIDENT;
}

struct ingang_stand ronde_ingang(struct ronde *ronde, size_t ontvanger, const struct ingang *ingang)
{
	const struct convenant *convenant = ronde->convenant;
	const struct regel_stand *regel = ronde_regel(ronde, ingang->regel);
	struct ingang_stand ret = {.stand = regel->stand, .wacht = regel->wacht};
	bool of_betrokkene = regel->of_betrokkene;
	if (ingang->band != BAND_GEEN && ret.stand.kan &&
	    !ronde_drops(ronde, DROP_BAND, ingang->regel, ingang->band)) {
		size_t partij = convenant->ontvanger_rows[ontvanger].partij;
		struct stand band =
			ronde_band(ronde, &convenant->partijen[partij], (enum band)ingang->band);
		of_betrokkene |= ingang->band == BAND_WOON;
		ret.stand = stand_and(ret.stand, band);
		ret.wacht &= band.ja;
	}
	ret.stand.ja = with_incident(ronde, ret.stand.ja, of_betrokkene);
	ret.stand.kan = with_incident(ronde, ret.stand.kan, of_betrokkene);
	ret.wacht = with_incident(ronde, ret.wacht, of_betrokkene);
	return ret;
}

static bool is_sender(const struct feiten *feiten, const struct ontvanger *ontvanger)
{
	if (!oin_equal(&feiten->bron, &ontvanger->oin))
		return false;
	for (size_t i = 0; i < feiten->bron_functie_count; i++) {
		if (bytes_equal(feiten->bron_functies[i], bytes_of_text(ontvanger->functie)))
			return true;
	}
	return feiten->bron_functie_count == 0;
}

enum beletsel ronde_beletsel(const struct ronde *ronde, size_t ontvanger)
{
	const struct convenant *convenant = ronde->convenant;
	const struct partij *partij =
		&convenant->partijen[convenant->ontvanger_rows[ontvanger].partij];
	if (!partij->getekend && !ronde->feiten->oefening)
		return BELETSEL_GETEKEND;
	if (is_sender(ronde->feiten, &convenant->ontvangers[ontvanger]))
		return BELETSEL_EIGEN;
	return BELETSEL_GEEN;
}

uint32_t ronde_open(const struct ronde *ronde, enum beletsel beletsel, uint32_t rubriek)
{
	if (rubriek >= RUBRIEK_BOUND || !ronde->convenant->rubrieken[rubriek].known)
		return 0;
	const struct rubriek_info *info = &ronde->convenant->rubrieken[rubriek];
	if (beletsel != BELETSEL_GEEN && !(beletsel == BELETSEL_EIGEN && info->by_knooppunt))
		return 0;
	// The house of the incident's gemeente stands beside that of a person.
	if (info->of_betrokkene && info->by_knooppunt)
		return ronde->alle | INCIDENT;
	return info->of_betrokkene ? ronde->alle : INCIDENT;
}
