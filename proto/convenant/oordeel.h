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

// One test left out, to see whether a proef notices.
enum drop_soort { DROP_NIETS, DROP_TOETS, DROP_WEGING, DROP_BAND, DROP_VAN, DROP_TOT };
struct drop {
	enum drop_soort soort;
	uint16_t regel;
	uint16_t n; // which toets of the regel, or which band
};

struct regel_stand {
	struct stand stand;
	uint32_t wacht;     // where only the weging is still missing
	bool of_betrokkene; // some condition is about a betrokkene
};

struct ronde {
	const struct convenant *convenant;
	const struct feiten *feiten;
	struct drop drop;
	uint32_t alle; // a bit for each betrokkene of the melding
	int64_t dag;   // in Amsterdam
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
// A regel with all its conditions but the band.
void ronde_judge_regel(struct ronde *ronde, size_t regel);
static inline const struct regel_stand *ronde_regel(struct ronde *ronde, size_t regel)
{
	if (!(ronde->regel_done[regel / 64] & UINT64_C(1) << regel % 64))
		ronde_judge_regel(ronde, regel);
	return &ronde->regels[regel];
}
// Whether the gemeente of an ontvanger is that of the betrokkene or the incident.
struct stand ronde_band(const struct ronde *ronde, const struct partij *partij, enum band band);
bool ronde_drops(const struct ronde *ronde, enum drop_soort soort, size_t regel, size_t n);

// A regel for one ontvanger, the incident included: its conditions on a betrokkene hold there when
// they all hold for one and the same.
struct ingang_stand {
	struct stand stand;
	uint32_t wacht;
};
struct ingang_stand ronde_ingang(struct ronde *ronde, size_t ontvanger,
				 const struct ingang *ingang);

// Why nothing is looked at for an ontvanger or a place.
enum beletsel {
	BELETSEL_GEEN,
	BELETSEL_ONTVANGER, // not of this convenant
	BELETSEL_PLAATS,    // no such rubriek or betrokkene
	BELETSEL_GETEKEND,  // did not sign, and it is no oefening
	BELETSEL_EIGEN,     // its own melding: only what the knooppunt adds
};
// Of an ontvanger as such: GETEKEND, EIGEN or GEEN.
enum beletsel ronde_beletsel(const struct ronde *ronde, size_t ontvanger);
// A bit for each place of a rubriek at which an ontvanger with this beletsel may be given anything.
uint32_t ronde_open(const struct ronde *ronde, enum beletsel beletsel, uint32_t rubriek);

void ronde_decide(struct ronde *ronde, const struct vraag *vraag,
		  struct beslissing *ret_beslissing);

#endif
