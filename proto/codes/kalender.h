// SPDX-License-Identifier: EUPL-1.2
// When an overleg sits, as people write it:
//   "dagelijks"                                every werkdag
//   "dinsdag", "maandag en donderdag"          every week, on these days
//   "eens per twee weken vanaf 2026-01-06"     on the weekday of that day, none before it
//   "eens per vier weken vanaf 2026-01-06"
//   "maandelijks op de eerste dinsdag"         or tweede, derde, vierde, laatste
//   "wekelijks", "eens per twee weken", "eens per vier weken", "maandelijks"
//                                              how often, not on which days
//   "op afroep"                                when somebody asks for it
// Days are those of Amsterdam. One that is a feestdag (codes/termijn.h) moves to the next werkdag,
// or is left out.
#ifndef KNP_CODES_KALENDER_H
#define KNP_CODES_KALENDER_H

#include "codes/termijn.h"

enum kalender_soort {
	KALENDER_GEEN, // none was written, or another text: nothing is known
	KALENDER_AFROEP,
	KALENDER_TUSSENPOOS, // only `dagen`
	KALENDER_WERKDAGEN,
	KALENDER_WEEKDAGEN,
	KALENDER_WEKEN,
	KALENDER_MAAND,
};
#define KALENDER_LAATSTE 5
struct kalender {
	enum kalender_soort soort;
	unsigned dagen;    // at most so many lie between two sittings; 0: not known
	uint8_t weekdagen; // of WEEKDAGEN and MAAND: bit 0 Monday .. bit 6 Sunday
	int64_t vanaf;     // of WEKEN: the first, in days since 1970
	unsigned welke;    // of MAAND: 1..4, or KALENDER_LAATSTE
	bool vervalt;      // what falls on a feestdag is left out
};

// RESULT_MALFORMED for another text than those above.
enum result kalender_parse(struct bytes text, struct kalender *ret_kalender) KNP_MUST_CHECK;
// Whether it says on which days.
bool kalender_has_dagen(const struct kalender *kalender);
// The first day of a sitting at or after `day` (days since 1970); false: its days are not known.
bool kalender_volgende(const struct kalender *kalender, int64_t day, int64_t *ret_day);

// The sitting on whose agenda comes what is brought at a moment: the first that begins, `sluiting`
// before, no earlier. A sluiting in working days skips those that are none; NULL: none.
struct zitting_tijd {
	unsigned aanvang; // minutes of the day
	const struct termijn *sluiting;
};
bool kalender_zitting(const struct kalender *kalender, const struct zitting_tijd *tijd, int64_t at,
		      int64_t *ret_day);

#endif
