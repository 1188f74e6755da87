// SPDX-License-Identifier: EUPL-1.2
#include "convenant/oordeel.h"

#include <string.h>

#define INCIDENT 1u // bit 0

void ronde_set_moment(struct ronde *ronde, int64_t moment)
{
	ronde->nu = moment;
	ronde->dag = ronde->convenant->has_validity ? date_to_days(date_amsterdam(moment)) : 0;
}

void ronde_init(struct ronde *ronde, const struct convenant *convenant, const struct feiten *feiten)
{
	ronde->convenant = convenant;
	ronde->feiten = feiten;
	ronde->drop = (struct drop){.soort = DROP_NIETS};
	size_t count =
		feiten->betrokkenen < BETROKKENEN_MAX ? feiten->betrokkenen : BETROKKENEN_MAX;
	ronde->alle = ((1u << count) - 1) << 1;
	ronde_set_moment(ronde, feiten->now);
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

// A fact that is not known, or that cannot be read, makes its test "cannot tell"; one that is known
// to have no value has not the value that is asked.
enum waarheid toets_judge(const struct toets *toets, const struct feit *feit)
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
		stand_add(&stand,
			  toets_judge(toets, &ronde->feiten->melding[toets->row->attribuut]),
			  ronde->alle | INCIDENT);
	} else {
		for (uint32_t b = 1; ronde->alle >> b; b++) {
			const struct feit *feiten = ronde->feiten->betrokkene[b];
			const struct feit *feit =
				&feiten[toets->row->attribuut - ATTRIBUUT_BETROKKENE_FIRST];
			stand_add(&stand, toets_judge(toets, feit), 1u << b);
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

static struct stand everywhere(const struct ronde *ronde)
{
	uint32_t bits = ronde->alle | INCIDENT;
	return (struct stand){.ja = bits, .kan = bits};
}

// The day and the tests. What is asked of a betrokkene says nothing of the incident yet.
static struct stand judge_toetsen(struct ronde *ronde, size_t n, bool *ret_of_betrokkene)
{
	const struct regel *regel = &ronde->convenant->regels[n];
	struct stand ret = is_in_force(ronde, regel, n) ? everywhere(ronde) : (struct stand){0};
	for (size_t i = 0; i < regel->toets_count && ret.kan; i++) {
		size_t toets = regel->toetsen[i].toets;
		if (ronde_drops(ronde, DROP_TOETS, n, i))
			continue;
		struct stand stand = ronde_toets(ronde, toets);
		if (ronde->convenant->toetsen[toets].row->of_betrokkene) {
			*ret_of_betrokkene = true;
			stand.ja |= INCIDENT;
			stand.kan |= INCIDENT;
		}
		ret = stand_and(ret, stand);
	}
	return ret;
}

struct stand ronde_vervangt(struct ronde *ronde, const struct vervanging *door)
{
	if (ronde_drops(ronde, DROP_VERVANGT, door->regel, door->n))
		return (struct stand){0};
	const struct regel_stand *other = ronde_regel(ronde, door->regel);
	struct stand ret = other->enters;
	if (other->of_betrokkene && !ronde->alle)
		ret = (struct stand){0};
	return ret;
}

static struct stand judge_weging(const struct ronde *ronde, const struct regel *regel,
				 struct regel_stand *ret)
{
	uint32_t mist;
	struct stand weging = ronde_weging(ronde, regel, &mist);
	ret->wacht = ret->stand.ja & mist;
	return regel->text.soort == REGEL_VEREIS ? stand_not(weging) : weging;
}

void ronde_judge_regel(struct ronde *ronde, size_t n)
{
	struct regel_stand *ret = &ronde->regels[n];
	mark_done(ronde->regel_done, n);
	const struct regel *regel = &ronde->convenant->regels[n];
	*ret = (struct regel_stand){0};
	ret->enters = judge_toetsen(ronde, n, &ret->of_betrokkene);
	for (size_t i = 0; i < regel->vervangen_door_count && ret->enters.kan; i++) {
		struct stand door = ronde_vervangt(ronde, &regel->vervangen_door[i]);
		ret->enters = stand_and(ret->enters, stand_not(door));
	}
	ret->stand = ret->enters;
	if (regel->has_weging && ret->stand.kan && !ronde_drops(ronde, DROP_WEGING, n, 0))
		ret->stand = stand_and(ret->stand, judge_weging(ronde, regel, ret));
}

const struct band_row *band_row(enum band band)
{
	static const struct band_row rows[BAND_COUNT] = {
		[BAND_WOON] = {"woon", ATTRIBUUT_WOONGEMEENTE, false},
		[BAND_VERBLIJF] = {"verblijf", ATTRIBUUT_VERBLIJFGEMEENTE, false},
		[BAND_INCIDENT] = {"incident", ATTRIBUUT_GEMEENTE, false},
		[BAND_INDIENER] = {"indiener", ATTRIBUUT_BRON, true},
		[BAND_INBRENGER] = {"inbrenger", ATTRIBUUT_INBRENGER, true},
		[BAND_REGIE] = {"regie", ATTRIBUUT_REGIE, true},
		[BAND_CASUSREGIE] = {"casusregie", ATTRIBUUT_CASUSREGIE, true},
		[BAND_EERDER] = {"eerder", ATTRIBUUT_EERDERE_ONTVANGERS, true},
		[BAND_VRAGER] = {"vrager", ATTRIBUUT_VRAGER, true},
	};
	return &rows[band];
}

// Whether a fact has this value, as a test `attribuut: waarde` would say.
static enum waarheid is_waarde(const struct attribuut_row *row, const struct feit *feit,
			       const char *waarde)
{
	struct bytes wanted = bytes_of_text(waarde);
	const struct toets toets = {
		.row = row, .soort = TOETS_IS, .waarden = &wanted, .waarde_count = 1};
	return toets_judge(&toets, feit);
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

struct stand ronde_band(const struct ronde *ronde, size_t ontvanger, enum band band)
{
	const struct convenant *convenant = ronde->convenant;
	const struct band_row *row = band_row(band);
	const struct attribuut_row *attribuut = attribuut_row(row->attribuut);
	const struct partij *partij =
		&convenant->partijen[convenant->ontvanger_rows[ontvanger].partij];
	const char *waarde = row->is_rol ? convenant->ontvanger_namen[ontvanger] : partij->gemeente;
	struct stand stand = {0};
	if (band == BAND_INDIENER)
		return is_sender(ronde->feiten, &convenant->ontvangers[ontvanger])
			       ? everywhere(ronde)
			       : stand;
	if (!attribuut->of_betrokkene) {
		const struct feit *feit = &ronde->feiten->melding[row->attribuut];
		stand_add(&stand, is_waarde(attribuut, feit, waarde), ronde->alle | INCIDENT);
		return stand;
	}
	for (uint32_t b = 1; ronde->alle >> b; b++) {
		const struct feit *feiten = ronde->feiten->betrokkene[b];
		const struct feit *feit = &feiten[row->attribuut - ATTRIBUUT_BETROKKENE_FIRST];
		stand_add(&stand, is_waarde(attribuut, feit, waarde), 1u << b);
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

static void add_condition(struct ingang_stand *ret, struct stand condition)
{
	ret->stand = stand_and(ret->stand, condition);
	ret->wacht &= condition.ja;
}

// What only some regels ask.
static void add_rare(const struct ronde *ronde, const struct ingang *ingang,
		     const struct vraag *vraag, struct ingang_stand *ret)
{
	const struct regel *regel = &ronde->convenant->regels[ingang->regel];
	if (regel->has_toestemming && !ronde_drops(ronde, DROP_TOESTEMMING, ingang->regel, 0)) {
		struct stand lifted =
			ronde_toestemming(ronde, regel, &vraag->ontvanger, vraag->rubriek);
		add_condition(ret, regel->text.soort == REGEL_VEREIS ? stand_not(lifted) : lifted);
	}
	if (regel->text.soort == REGEL_NOOD && !ronde_drops(ronde, DROP_NOOD, ingang->regel, 0))
		add_condition(ret, ronde_nood(ronde, regel, &vraag->ontvanger));
}

struct ingang_stand ronde_ingang(struct ronde *ronde, const struct ingang *ingang, size_t ontvanger,
				 uint32_t rubriek)
{
	const struct convenant *convenant = ronde->convenant;
	const struct regel *of = &convenant->regels[ingang->regel];
	const struct regel_stand *regel = ronde_regel(ronde, ingang->regel);
	struct ingang_stand ret = {.stand = regel->stand, .wacht = regel->wacht};
	bool of_betrokkene = regel->of_betrokkene;
	if (ingang->band != BAND_GEEN && ret.stand.kan &&
	    !ronde_drops(ronde, DROP_BAND, ingang->regel, ingang->band)) {
		enum band band = (enum band)ingang->band;
		add_condition(&ret, ronde_band(ronde, ontvanger, band));
		of_betrokkene |= attribuut_row(band_row(band)->attribuut)->of_betrokkene;
	}
	if (of->is_rare && ret.stand.kan) {
		struct vraag vraag = {.ontvanger = convenant->ontvangers[ontvanger],
				      .rubriek = rubriek};
		add_rare(ronde, ingang, &vraag, &ret);
	}
	ret.stand.ja = with_incident(ronde, ret.stand.ja, of_betrokkene);
	ret.stand.kan = with_incident(ronde, ret.stand.kan, of_betrokkene);
	ret.wacht = with_incident(ronde, ret.wacht, of_betrokkene);
	if (of->regimes && !ronde_drops(ronde, DROP_REGIME, ingang->regel, 0))
		add_condition(&ret, ronde_regime(ronde, of, rubriek));
	return ret;
}

static enum beletsel beletsel_of(const struct ronde *ronde, size_t ontvanger)
{
	const struct convenant *convenant = ronde->convenant;
	const struct partij *partij =
		&convenant->partijen[convenant->ontvanger_rows[ontvanger].partij];
	return partij->getekend || ronde->feiten->oefening ? BELETSEL_GEEN : BELETSEL_GETEKEND;
}

enum beletsel ronde_beletsel(const struct ronde *ronde, size_t ontvanger)
{
	enum beletsel beletsel = beletsel_of(ronde, ontvanger);
	if (beletsel == BELETSEL_GEEN &&
	    is_sender(ronde->feiten, &ronde->convenant->ontvangers[ontvanger]))
		return BELETSEL_EIGEN;
	return beletsel;
}

enum beletsel ronde_beletsel_agenda(const struct ronde *ronde, size_t overleg)
{
	size_t n;
	const struct overleg *row = &ronde->convenant->overleggen[overleg];
	return convenant_find_ontvanger(ronde->convenant, &row->voorzitter, &n)
		       ? beletsel_of(ronde, n)
		       : BELETSEL_GETEKEND;
}

uint32_t ronde_open(const struct ronde *ronde, enum beletsel beletsel, uint32_t rubriek)
{
	if (rubriek >= RUBRIEK_BOUND || !ronde->convenant->rubrieken[rubriek].known)
		return 0;
	const struct rubriek_info *info = &ronde->convenant->rubrieken[rubriek];
	if (beletsel != BELETSEL_GEEN && !(beletsel == BELETSEL_EIGEN && info->by_knooppunt))
		return 0;
	// The house of the incident's gemeente stands beside that of a person.
	uint32_t places = info->of_betrokkene ? ronde->alle : INCIDENT;
	if (info->of_betrokkene && info->by_knooppunt)
		places |= INCIDENT;
	return places & ~ronde->feiten->gesloten[rubriek];
}
