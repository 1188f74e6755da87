// SPDX-License-Identifier: EUPL-1.2
// The usual rhythm of a source, learned from the days on which its meldingen came, and what is
// missing by it. Days are those of Amsterdam, since 1970; a feestdag (codes/termijn.h) never
// counts. Pure.
//
//   usual day   a day of the week on which something came at least three of the last four times,
//               up to the newest day: of a source that is new, after three weeks
//   usual week  where no day is usual: something came in seven of the last eight weeks
//
// What comes less often than that has no rhythm, and is never missed: its sequence numbers tell.
#ifndef KNP_CORE_RITME_H
#define KNP_CORE_RITME_H

#include "base/bytes.h"

// After so many days without anything it is no source any more.
#define RITME_STIL_MAX 91
// Days looked back before today.
#define RITME_DAGEN (RITME_STIL_MAX + 10 * 7)

struct ritme_bron {
	int64_t today;                    // which is not over: that nothing came yet says nothing
	uint32_t counts[RITME_DAGEN + 1]; // the oldest first, today last
};
struct ritme {
	uint8_t dagen;   // usual days, bit 0 Monday .. bit 6 Sunday
	bool week;       // a usual week
	unsigned gemist; // usual days, or weeks, that passed without anything since the newest
	int64_t stil;    // the first day after the newest
	// Of the last whole week and of the least of those before it, where those tell: so much
	// less came than ever that something may have been lost. Else 0 and 0.
	uint32_t kwam, minst;
	int64_t maandag; // with which that week begins
};
// False: nothing came in these days, or not for RITME_STIL_MAX days.
bool ritme_of(const struct ritme_bron *bron, struct ritme *ret_ritme);

#endif
