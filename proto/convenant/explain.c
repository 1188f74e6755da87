// SPDX-License-Identifier: EUPL-1.2
// Why an answer is what it is. Rests on the same judgements as the decision itself; here each
// condition of a regel is looked at apart.
#include "convenant/oordeel.h"
#include "convenant/ruimte.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// One regel for one betrokkene: how far it came, and what stopped it.
struct nadering {
	size_t regel;
	unsigned passed, total;
	bool stopped;
	enum attribuut attribuut;
	char test[sizeof((struct uitleg *)0)->test];
};

static void write(char *test, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Adds to the text; what does not fit is left out.
static void write(char *test, const char *format, ...)
{
	size_t used = strlen(test), size = sizeof((struct uitleg *)0)->test;
	va_list args;
	va_start(args, format);
	if (vsnprintf(test + used, size - used, format, args) < 0)
		test[used] = '\0';
	va_end(args);
}

static void write_waarden(char *test, const struct bytes *waarden, size_t count)
{
	for (size_t i = 0; i < count; i++)
		write(test, "%s%.*s", i == 0 ? "" : " of ", (int)waarden[i].len,
		      (const char *)waarden[i].data);
}

static void write_feit(char *test, const char *name, const struct feit *feit)
{
	write(test, "%s: ", name);
	if (!feit)
		write(test, "geen betrokkene");
	else if (!feit->bekend)
		write(test, "niet bekend");
	else if (feit->waarde_count == 0)
		write(test, "geen");
	for (size_t i = 0; feit && i < feit->waarde_count; i++)
		write(test, "%s%.*s", i == 0 ? "" : ", ", (int)feit->waarden[i].len,
		      (const char *)feit->waarden[i].data);
}

static void write_toets(char *test, const struct toets *toets, const struct feit *feit)
{
	write_feit(test, toets->row->name, feit);
	write(test, ", gevraagd ");
	switch (toets->soort) {
	case TOETS_NIET:
		write(test, "niet ");
		write_waarden(test, toets->waarden, toets->waarde_count);
		break;
	case TOETS_IS:
		write_waarden(test, toets->waarden, toets->waarde_count);
		break;
	case TOETS_MINSTENS:
		write(test, "minstens %lld", (long long)toets->grens);
		break;
	case TOETS_HOOGSTENS:
		write(test, "hoogstens %lld", (long long)toets->grens);
	}
}

// Counts a condition; true when it is the first that stops the regel. `wacht`: what cannot be told
// stops it too.
static bool stops(struct nadering *nadering, struct stand stand, uint32_t bit, bool wacht)
{
	nadering->total++;
	if (stand.ja & bit) {
		nadering->passed++;
		return false;
	}
	if (nadering->stopped || (!wacht && stand.kan & bit))
		return false;
	nadering->stopped = true;
	return true;
}

static void look_at_toetsen(struct ronde *ronde, uint32_t betrokkene, bool wacht,
			    struct nadering *nadering)
{
	const struct convenant *convenant = ronde->convenant;
	const struct regel *regel = &convenant->regels[nadering->regel];
	for (size_t i = 0; i < regel->toets_count; i++) {
		const struct toets *toets = &convenant->toetsen[regel->toetsen[i].toets];
		struct stand stand = ronde_toets(ronde, regel->toetsen[i].toets);
		if (!stops(nadering, stand, 1u << betrokkene, wacht))
			continue;
		nadering->attribuut = toets->row->attribuut;
		write_toets(nadering->test, toets,
			    feiten_get(ronde->feiten, toets->row->attribuut, betrokkene));
	}
}

struct gezocht {
	const struct cel *cel; // of the ontvanger and rubriek, or of an agenda
	size_t ontvanger;
	uint32_t rubriek;
	const struct ingang *ingang;
	bool wacht;
	const struct beslissing *beslissing; // whose regels are the reasons of a wait
};

static void look_at_vervanging(struct ronde *ronde, uint32_t betrokkene, bool wacht,
			       struct nadering *nadering)
{
	const struct convenant *convenant = ronde->convenant;
	const struct regel *regel = &convenant->regels[nadering->regel];
	for (size_t i = 0; i < regel->vervangen_door_count; i++) {
		const struct vervanging *door = &regel->vervangen_door[i];
		struct stand instead = ronde_vervangt(ronde, door);
		if (stops(nadering, stand_not(instead), 1u << betrokkene, wacht))
			write(nadering->test, "%s gaat %svoor",
			      convenant->regels[door->regel].text.regel,
			      instead.ja & 1u << betrokkene ? "" : "misschien ");
	}
}

static void write_regimes(char *test, unsigned regimes, const char *between)
{
	const char *before = "";
	for (unsigned i = 0; i < 8; i++) {
		if (!(regimes & 1u << i))
			continue;
		write(test, "%s%s", before, regime_name(i));
		before = between;
	}
}

// `place`: of the rubriek that is asked, not the betrokkene that is tried.
static void look_at_regime(const struct ronde *ronde, const struct gezocht *gezocht, uint32_t place,
			   struct nadering *nadering)
{
	const struct regel *regel = &ronde->convenant->regels[nadering->regel];
	unsigned held = ronde->feiten->regimes[place][gezocht->rubriek];
	if (!regel->regimes || !stops(nadering, ronde_regime(ronde, regel, gezocht->rubriek),
				      1u << place, gezocht->wacht))
		return;
	write(nadering->test, "regime: ");
	write_regimes(nadering->test, held, ", ");
	write(nadering->test, "%s, gevraagd ", held ? "" : "niet bekend");
	write_regimes(nadering->test, regel->regimes, " of ");
}

static void look_at_band(struct ronde *ronde, const struct gezocht *gezocht, uint32_t betrokkene,
			 struct nadering *nadering)
{
	const struct convenant *convenant = ronde->convenant;
	enum band band = (enum band)gezocht->ingang->band;
	const struct band_row *row = band_row(band);
	struct stand stand = ronde_band(ronde, gezocht->ontvanger, band);
	size_t partij = convenant->ontvanger_rows[gezocht->ontvanger].partij;
	if (attribuut_row(row->attribuut)->of_betrokkene && betrokkene == 0)
		stand = (struct stand){0};
	if (!stops(nadering, stand, 1u << betrokkene, gezocht->wacht))
		return;
	if (band == BAND_INDIENER) {
		write(nadering->test, "indiener: nee");
		return;
	}
	nadering->attribuut = row->attribuut;
	write_feit(nadering->test, attribuut_row(row->attribuut)->name,
		   feiten_get(ronde->feiten, row->attribuut, betrokkene));
	if (row->is_rol)
		write(nadering->test, ", gevraagd %s (de ontvanger)",
		      convenant->ontvanger_namen[gezocht->ontvanger]);
	else
		write(nadering->test, ", gevraagd %s (van de ontvanger)",
		      convenant->partijen[partij].gemeente);
}

static void write_toestemming(char *test, const struct regel *regel, bool known)
{
	write(test, "toestemming: niet %s, gevraagd ", known ? "gegeven" : "bekend");
	for (size_t i = 0; i < regel->toestemming.grond_count; i++)
		write(test, "%s%s", i ? " of " : "", regel->toestemming.gronden[i]);
}

static void look_at_toestemming(const struct ronde *ronde, const struct gezocht *gezocht,
				uint32_t betrokkene, struct nadering *nadering)
{
	const struct convenant *convenant = ronde->convenant;
	const struct regel *regel = &convenant->regels[nadering->regel];
	if (!regel->has_toestemming)
		return;
	struct stand lifted = ronde_toestemming(
		ronde, regel, &convenant->ontvangers[gezocht->ontvanger], gezocht->rubriek);
	bool known = !((lifted.kan ^ lifted.ja) & 1u << betrokkene);
	if (regel->text.soort == REGEL_VEREIS)
		lifted = stand_not(lifted);
	if (!stops(nadering, lifted, 1u << betrokkene, gezocht->wacht))
		return;
	if (regel->text.soort == REGEL_VEREIS && known)
		write(nadering->test, "toestemming: gegeven");
	else
		write_toestemming(nadering->test, regel, known);
}

static void look_at_nood(const struct ronde *ronde, const struct gezocht *gezocht,
			 uint32_t betrokkene, struct nadering *nadering)
{
	const struct convenant *convenant = ronde->convenant;
	const struct regel *regel = &convenant->regels[nadering->regel];
	if (regel->text.soort != REGEL_NOOD)
		return;
	struct stand active = ronde_nood(ronde, regel, &convenant->ontvangers[gezocht->ontvanger]);
	if (stops(nadering, active, 1u << betrokkene, gezocht->wacht))
		write(nadering->test, "nood: niet geactiveerd door %s", regel->nood.door);
}

static void look_at_weging(const struct ronde *ronde, uint32_t betrokkene, bool wacht,
			   struct nadering *nadering)
{
	const struct regel *regel = &ronde->convenant->regels[nadering->regel];
	uint32_t bit = 1u << betrokkene, mist;
	struct stand stand = ronde_weging(ronde, regel, &mist);
	if (regel->text.soort == REGEL_VEREIS)
		stand = stand_not(stand);
	// A weging that is still missing stops a regel as long as nothing else does.
	if (stops(nadering, stand, bit, wacht))
		write(nadering->test, "weging door %s: %s, gevraagd %s", regel->weging.door,
		      mist & bit ? "nog niet gegeven" : "een andere uitkomst",
		      regel->weging.uitkomst);
}

static void look_at_geldigheid(const struct ronde *ronde, struct nadering *nadering)
{
	const struct regel *regel = &ronde->convenant->regels[nadering->regel];
	bool early = regel->has_van && ronde->dag < regel->van;
	bool late = regel->has_tot && ronde->dag > regel->tot;
	struct stand stand = {.ja = early || late ? 0 : 1, .kan = early || late ? 0 : 1};
	if (!regel->has_van && !regel->has_tot)
		return;
	if (!stops(nadering, stand, 1, true))
		return;
	struct civil_date date = date_from_days(early ? regel->van : regel->tot);
	write(nadering->test, "de regel geldt %s %04d-%02d-%02d", early ? "vanaf" : "tot en met",
	      date.year, date.month, date.day);
}

// `place`: where the rubriek is asked; 0 when the conditions of a betrokkene are tried for the
// incident.
static struct nadering look_at(struct ronde *ronde, const struct gezocht *gezocht,
			       uint32_t betrokkene, uint32_t place)
{
	struct nadering ret = {.regel = gezocht->ingang->regel};
	look_at_geldigheid(ronde, &ret);
	look_at_toetsen(ronde, betrokkene, gezocht->wacht, &ret);
	look_at_vervanging(ronde, betrokkene, gezocht->wacht, &ret);
	look_at_regime(ronde, gezocht, place, &ret);
	if (gezocht->ingang->band != BAND_GEEN)
		look_at_band(ronde, gezocht, betrokkene, &ret);
	if (ronde->convenant->regels[ret.regel].has_weging)
		look_at_weging(ronde, betrokkene, gezocht->wacht, &ret);
	look_at_toestemming(ronde, gezocht, betrokkene, &ret);
	look_at_nood(ronde, gezocht, betrokkene, &ret);
	return ret;
}

struct nabijheid ronde_nabijheid(struct ronde *ronde, const struct ingang *ingang,
				 const struct vakje *vakje, uint32_t plaats)
{
	const struct gezocht gezocht = {.cel = vakje_cel(ronde->convenant, vakje),
					.ingang = ingang,
					.ontvanger = vakje->ontvanger,
					.rubriek = vakje->overleg >= 0 ? RUBRIEK_BERICHT
								       : vakje->rubriek,
					.wacht = true};
	struct nadering nadering =
		look_at(ronde, &gezocht, plaats == 0 && ronde->alle ? 1 : plaats, plaats);
	struct nabijheid ret = {.holds = nadering.passed, .is_feit = nadering.attribuut != 0};
	snprintf(ret.test, sizeof ret.test, "%s", nadering.test);
	return ret;
}

static bool is_nearer(const struct convenant *convenant, const struct nadering *a,
		      const struct nadering *b)
{
	if (a->passed != b->passed)
		return a->passed > b->passed;
	if (a->total != b->total)
		return a->total < b->total;
	return strcmp(convenant->regels[a->regel].text.regel,
		      convenant->regels[b->regel].text.regel) < 0;
}

static bool is_reason(const struct beslissing *beslissing, size_t regel)
{
	for (size_t i = 0; i < beslissing->regel_count; i++)
		if (beslissing->regels[i] == regel)
			return true;
	return false;
}

// The nearest of the regels that could have answered, by any of its groepen; of the incident for
// the betrokkene with whom it came nearest.
static bool find_nearest(struct ronde *ronde, struct gezocht gezocht, const struct plaats *plaats,
			 bool forbids, struct nadering *ret)
{
	const struct convenant *convenant = ronde->convenant;
	const struct cel *cel = gezocht.cel;
	uint32_t first = plaats->betrokkene, last = plaats->betrokkene;
	bool found = false;
	if (first == 0 && ronde->alle) {
		first = 1;
		last = 31 - (uint32_t)__builtin_clz(ronde->alle);
	}
	for (uint32_t i = 0; i < cel->count; i++) {
		gezocht.ingang = &convenant->ingangen[cel->first + i];
		if (gezocht.ingang->forbids != forbids ||
		    (gezocht.wacht && !is_reason(gezocht.beslissing, gezocht.ingang->regel)))
			continue;
		for (uint32_t b = first; b <= last; b++) {
			struct nadering nadering = look_at(ronde, &gezocht, b, plaats->betrokkene);
			if (found && !is_nearer(convenant, &nadering, ret))
				continue;
			*ret = nadering;
			found = true;
		}
	}
	return found;
}

static bool is_closed(const struct ronde *ronde, const struct plaats *plaats)
{
	return plaats->rubriek <= RUBRIEK_SOORT_MAX && plaats->betrokkene <= BETROKKENEN_MAX &&
	       ronde->feiten->gesloten[plaats->rubriek] & 1u << plaats->betrokkene;
}

static enum beletsel find_beletsel(const struct ronde *ronde, size_t ontvanger,
				   const struct plaats *plaats)
{
	enum beletsel beletsel = ronde_beletsel(ronde, ontvanger);
	if (is_closed(ronde, plaats))
		return BELETSEL_GESLOTEN;
	uint32_t places = ronde_open(ronde, BELETSEL_GEEN, plaats->rubriek);
	if (plaats->betrokkene > BETROKKENEN_MAX || !(places & 1u << plaats->betrokkene))
		return BELETSEL_PLAATS;
	return ronde_open(ronde, beletsel, plaats->rubriek) ? BELETSEL_GEEN : beletsel;
}

static const char *beletsel_text(enum beletsel beletsel)
{
	switch (beletsel) {
	case BELETSEL_ONTVANGER:
		return "de ontvanger staat niet in dit convenant";
	case BELETSEL_PLAATS:
		return "de melding heeft deze betrokkene of rubriek niet";
	case BELETSEL_GETEKEND:
		return "de partij heeft het convenant niet getekend";
	case BELETSEL_EIGEN:
		return "de ontvanger heeft dit zelf gemeld";
	case BELETSEL_GESLOTEN:
		return "het is rechtgezet of beperkt, en wordt niet gebruikt";
	default:
		return "geen regel noemt deze ontvanger met deze rubriek";
	}
}

// A refusal by default, or a wait.
static void explain_nearest(struct ronde *ronde, struct gezocht gezocht,
			    const struct plaats *plaats, const struct beslissing *beslissing,
			    struct uitleg *ret)
{
	const struct convenant *convenant = ronde->convenant;
	bool wacht = beslissing->oordeel == OORDEEL_WACHT;
	struct nadering nadering = {0};
	gezocht.rubriek = plaats->rubriek;
	gezocht.wacht = wacht;
	gezocht.beslissing = beslissing;
	// A wait for nothing but what may forbid: every reason is such a one.
	bool forbids = wacht;
	for (size_t i = 0; i < beslissing->regel_count; i++)
		forbids &= regel_soort_forbids(convenant->regels[beslissing->regels[i]].text.soort);
	if (!find_nearest(ronde, gezocht, plaats, forbids, &nadering)) {
		write(ret->test, "%s", beletsel_text(BELETSEL_GEEN));
		return;
	}
	ret->regel = (int)nadering.regel;
	ret->attribuut = nadering.attribuut;
	write(ret->test, "%s", nadering.test);
}

static void write_forbidden(const struct regel *regel, char *test)
{
	if (regel->has_toestemming)
		write_toestemming(test, regel, true);
	else if (regel->has_weging)
		write(test, "weging door %s: een andere uitkomst, gevraagd %s", regel->weging.door,
		      regel->weging.uitkomst);
	else
		write(test, "verboden door deze regel");
}

static void explain(struct ronde *ronde, const struct gezocht *gezocht, const struct plaats *plaats,
		    const struct beslissing *beslissing, struct uitleg *ret_uitleg)
{
	if (beslissing->oordeel == OORDEEL_WACHT ||
	    (beslissing->oordeel == OORDEEL_GEWEIGERD && beslissing->regel_count == 0)) {
		explain_nearest(ronde, *gezocht, plaats, beslissing, ret_uitleg);
		return;
	}
	ret_uitleg->regel = beslissing->regels[0];
	if (beslissing->oordeel == OORDEEL_GEWEIGERD)
		write_forbidden(&ronde->convenant->regels[ret_uitleg->regel], ret_uitleg->test);
}

void convenant_explain_agenda(const struct convenant *convenant, const struct feiten *feiten,
			      size_t overleg, uint32_t betrokkene, struct uitleg *ret_uitleg)
{
	struct ronde ronde;
	struct beslissing beslissing;
	const struct plaats plaats = {betrokkene, RUBRIEK_BERICHT};
	*ret_uitleg = (struct uitleg){.regel = -1};
	ronde_init(&ronde, convenant, feiten);
	enum beletsel beletsel = overleg < convenant->overleg_count
					 ? ronde_beletsel_agenda(&ronde, overleg)
					 : BELETSEL_ONTVANGER;
	if (is_closed(&ronde, &plaats))
		beletsel = BELETSEL_GESLOTEN;
	if (beletsel != BELETSEL_GEEN || betrokkene > feiten->betrokkenen) {
		write(ret_uitleg->test, "%s", beletsel_text(beletsel ? beletsel : BELETSEL_PLAATS));
		return;
	}
	const struct gezocht gezocht = {.cel = &convenant->agendas[overleg]};
	ronde_decide_agenda(&ronde, overleg, betrokkene, &beslissing);
	explain(&ronde, &gezocht, &plaats, &beslissing, ret_uitleg);
}

void convenant_explain(const struct convenant *convenant, const struct feiten *feiten,
		       const struct vraag *vraag, struct uitleg *ret_uitleg)
{
	struct ronde ronde;
	struct beslissing beslissing;
	struct plaats plaats = {.betrokkene = vraag->betrokkene, .rubriek = vraag->rubriek};
	enum beletsel beletsel = BELETSEL_ONTVANGER;
	size_t n;
	*ret_uitleg = (struct uitleg){.regel = -1};
	ronde_init(&ronde, convenant, feiten);
	if (convenant_find_ontvanger(convenant, &vraag->ontvanger, &n))
		beletsel = find_beletsel(&ronde, n, &plaats);
	if (beletsel != BELETSEL_GEEN) {
		write(ret_uitleg->test, "%s", beletsel_text(beletsel));
		return;
	}
	const struct gezocht gezocht = {.cel = &convenant->cellen[n][plaats.rubriek],
					.ontvanger = n};
	ronde_decide(&ronde, vraag, &beslissing);
	explain(&ronde, &gezocht, &plaats, &beslissing, ret_uitleg);
}
