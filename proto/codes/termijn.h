// SPDX-License-Identifier: EUPL-1.2
// Terms as a convenant writes them: "P6M", "P1Y6M", "P2W", "1 werkdag", "5 werkdagen".
#ifndef KNP_CODES_TERMIJN_H
#define KNP_CODES_TERMIJN_H

#include "base/clock.h"

#define TERMIJN_JAREN_MAX 100

struct termijn {
	unsigned maanden, dagen; // of the calendar
	unsigned werkdagen;      // else zero
};

// ISO 8601 in whole days, PnYnMnWnD with at least one part, in that order, none zero in sum, at
// most TERMIJN_JAREN_MAX years; or "n werkdag(en)", n in 1..99. RESULT_MALFORMED, RESULT_TOO_LARGE.
enum result termijn_parse(struct bytes text, struct termijn *ret_termijn) KNP_MUST_CHECK;

// The moment that lies a term after `from`, at the same time of the day on the clocks of Amsterdam,
// in summer and in winter. A day that a month lacks becomes its last one (31 August and six months:
// 28 or 29 February). Working days are those that termijn_is_werkdag names, by that calendar.
int64_t termijn_end(const struct termijn *termijn, int64_t from);

// A day of the Algemene termijnenwet, art. 3: Nieuwjaarsdag, Goede Vrijdag (equated), tweede
// paasdag, Koningsdag, 5 mei, Hemelvaartsdag, tweede pinksterdag, both kerstdagen.
bool termijn_is_feestdag(struct civil_date date);
// Not a Saturday, Sunday or feestdag.
bool termijn_is_werkdag(struct civil_date date);

#endif
