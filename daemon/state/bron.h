// SPDX-License-Identifier: EUPL-1.2
// Whose a melding is. Who signed it, or the partner without keys of its own that the house entered
// it for (specification K40): the accountability has both, and the medewerker of the house, under
// numbers that nobody sends and nothing else has.
#ifndef KNP_STATE_BRON_H
#define KNP_STATE_BRON_H

#include "wire/part.h"

enum { BRON_PARTNER = 111, BRON_FUNCTIE = 112, BRON_MEDEWERKER = 113 };

// The OIN of whose melding this accounts for: the signer's, or the partner's.
struct bytes bron_of(const struct part_verantwoording *v);
// BRON_…; empty when it was not entered for somebody.
struct bytes bron_namens(const struct part_verantwoording *v, uint32_t what);

#endif
