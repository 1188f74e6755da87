// SPDX-License-Identifier: EUPL-1.2
// When somebody can be reached, as people write it: "ma-vr 08:30-17:00", or several stretches,
// "ma-do 08:30-17:00, vr 08:30-12:30, za 10:00-12:00". Clocks and days are those of Amsterdam; on a
// feestdag (codes/termijn.h) nobody can.
#ifndef KNP_CODES_OPENINGSTIJD_H
#define KNP_CODES_OPENINGSTIJD_H

#include "base/clock.h"

#define OPENINGSTIJD_MAX 7 // stretches
#define OPENINGSTIJD_LEN_MAX 120

struct openingstijd {
	struct {
		uint8_t dagen;     // bit 0 Monday .. bit 6 Sunday
		uint16_t van, tot; // minutes of the day, van < tot <= 24:00
	} tijden[OPENINGSTIJD_MAX];
	size_t count;
};

// At least one stretch, each a day or two days with a hyphen (the later one in the week behind the
// earlier), a space, and hours as HH:MM-HH:MM; a comma and a space between them. RESULT_MALFORMED.
enum result openingstijd_parse(struct bytes text, struct openingstijd *ret_tijd) KNP_MUST_CHECK;
// The first moment from `from` on at which it is open: `from` itself while it is.
int64_t openingstijd_vanaf(const struct openingstijd *tijd, int64_t from);

#endif
