// SPDX-License-Identifier: EUPL-1.2
// Inside proto/convenant only: judging regels over facts. Every test and every regel is judged once
// in a round, for all betrokkenen at the same time, and only when it is asked for.
#ifndef KNP_CONVENANT_OORDEEL_H
#define KNP_CONVENANT_OORDEEL_H

#include "convenant/model.h"

#include <assert.h>

static_assert(BETROKKENEN_MAX < 31, "a stand has one bit for each betrokkene and the incident");
static_assert(RUBRIEK_SOORT_MAX < RUBRIEK_BOUND, "a cell for each rubriek");

// A three-valued answer for every betrokkene: bit b is betrokkene b, bit 0 the incident. `ja`: it
// holds. `kan`: it holds or cannot be told; so ja is within kan. What is in neither does not hold.
struct stand {
	uint32_t ja, kan;
};

// One test of one fact.
enum waarheid { NEE, KAN, JA };
enum waarheid toets_judge(const struct toets *toets, const struct feit *feit);

// One test left out, to see whether a proef notices.
enum drop_soort {
	DROP_NIETS,
	DROP_TOETS,
	DROP_WEGING,
	DROP_TOESTEMMING,
	DROP_NOOD,
	DROP_REGIME,
	DROP_VERVANGT, // regel no longer goes instead of number n of what it names
	DROP_BAND,
	DROP_VAN,
	DROP_TOT,
};
struct drop {
	enum drop_soort soort;
	uint16_t regel;
	uint16_t n; // which toets of the regel, or which band
};

struct regel_stand {
	struct stand enters; // its day, its tests, and that nothing goes instead of it
	struct stand stand;  // with its weging
	uint32_t wacht;      // where only the weging is still missing
	bool of_betrokkene;  // some condition is about a betrokkene
};

struct ronde {
	const struct convenant *convenant;
	const struct feiten *feiten;
	struct drop drop;
	uint32_t alle;   // a bit for each betrokkene of the melding
	int64_t nu, dag; // the moment, and its day in Amsterdam
	uint64_t toets_done[TOETSEN_MAX / 64], regel_done[REGELS_MAX / 64];
	struct stand toetsen[TOETSEN_MAX];
	struct regel_stand regels[REGELS_MAX];
};

void ronde_init(struct ronde *ronde, const struct convenant *convenant,
		const struct feiten *feiten);
// One test of one attribute, for everyone.
struct stand ronde_toets(struct ronde *ronde, size_t toets);
// Whether the weging of a regel was given with the outcome it asks; *ret_mist: where it was not
// given yet.
struct stand ronde_weging(const struct ronde *ronde, const struct regel *regel, uint32_t *ret_mist);
// Of a round at another moment than that of the facts; before anything is judged.
void ronde_set_moment(struct ronde *ronde, int64_t moment);
// Whether a regel goes instead of `regel` here.
struct stand ronde_vervangt(struct ronde *ronde, const struct vervanging *door);
// A regel with all its conditions but those that depend on ontvanger and rubriek.
void ronde_judge_regel(struct ronde *ronde, size_t regel);
static inline const struct regel_stand *ronde_regel(struct ronde *ronde, size_t regel)
{
	if (!(ronde->regel_done[regel / 64] & UINT64_C(1) << regel % 64))
		ronde_judge_regel(ronde, regel);
	return &ronde->regels[regel];
}
// Whether the gemeente of an ontvanger is that of the betrokkene or the incident, or the ontvanger
// has the rol.
struct stand ronde_band(const struct ronde *ronde, size_t ontvanger, enum band band);
// Whether the regel's secrecy is lifted for this ontvanger and rubriek; whether an act activated
// it.
struct stand ronde_toestemming(const struct ronde *ronde, const struct regel *regel,
			       const struct ontvanger *ontvanger, uint32_t rubriek);
struct stand ronde_nood(const struct ronde *ronde, const struct regel *regel,
			const struct ontvanger *ontvanger);
// Whether the rubriek at each place is held under a regime the regel is limited to.
struct stand ronde_regime(const struct ronde *ronde, const struct regel *regel, uint32_t rubriek);
static inline struct stand stand_and(struct stand a, struct stand b)
{
	return (struct stand){.ja = a.ja & b.ja, .kan = a.kan & b.kan};
}
static inline struct stand stand_not(struct stand a)
{
	return (struct stand){.ja = ~a.kan, .kan = ~a.ja};
}
bool ronde_drops(const struct ronde *ronde, enum drop_soort soort, size_t regel, size_t n);

// A regel for one ontvanger, the incident included: its conditions on a betrokkene hold there when
// they all hold for one and the same.
struct ingang_stand {
	struct stand stand;
	uint32_t wacht;
};
struct ingang_stand ronde_ingang(struct ronde *ronde, const struct ingang *ingang, size_t ontvanger,
				 uint32_t rubriek);

// Why nothing is looked at for an ontvanger or a place.
enum beletsel {
	BELETSEL_GEEN,
	BELETSEL_ONTVANGER, // not of this convenant
	BELETSEL_PLAATS,    // no such rubriek or betrokkene
	BELETSEL_GETEKEND,  // did not sign, and it is no oefening
	BELETSEL_EIGEN,     // its own melding: only what the knooppunt adds
	BELETSEL_GESLOTEN,  // it is not so, or may not be used
};
// Of an ontvanger as such: GETEKEND, EIGEN or GEEN.
enum beletsel ronde_beletsel(const struct ronde *ronde, size_t ontvanger);
// A bit for each place of a rubriek at which an ontvanger with this beletsel may be given anything.
uint32_t ronde_open(const struct ronde *ronde, enum beletsel beletsel, uint32_t rubriek);

void ronde_decide(struct ronde *ronde, const struct vraag *vraag,
		  struct beslissing *ret_beslissing);
void ronde_decide_agenda(struct ronde *ronde, size_t overleg, uint32_t betrokkene,
			 struct beslissing *ret_beslissing);
// Why nothing comes on the agenda of an overleg: GETEKEND or GEEN.
enum beletsel ronde_beletsel_agenda(const struct ronde *ronde, size_t overleg);

#endif
