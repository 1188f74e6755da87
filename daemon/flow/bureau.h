// SPDX-License-Identifier: EUPL-1.2
// What the types of the privacybureau share: who may, and for how long it is kept.
#ifndef KNP_FLOW_BUREAU_H
#define KNP_FLOW_BUREAU_H

#include "flow/flow.h"

#include "base/clock.h"

// NEN 7513 asks five years for a line of a log of who looked; the same for how a request was dealt
// with.
#define BUREAU_KEPT_MS (5 * INT64_C(366) * MS_PER_DAY)

// A key of the house for its functie privacybureau.
static inline bool is_of_bureau(const struct core *core, const struct flow_item *item)
{
	return oin_equal(&item->signer->bundle.oin, &core->registry.genesis.house) &&
	       party_has_functie(item->signer, FUNCTIE_PRIVACYBUREAU);
}

#endif
