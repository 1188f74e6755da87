// SPDX-License-Identifier: EUPL-1.2
// What two roles sign to keep meldingen from being destroyed (act soort "vernietigingsstop"), and
// to let that end: a text, so that whoever signs can read it, in this very form:
//
//   vernietigingsstop
//   entry 7 9                      at most STOP_MELDINGEN_MAX, rising; or: alles
//   eigenaar privacy-officer
//   herzien 2027-05-30
//   grond Rechtbank Limburg, zaaknummer 1
//
//   einde vernietigingsstop
//   stop 45                        index of the entry that began it
//   grond zaak gesloten
//
// `eigenaar` and `grond` stay in the log for good: they name a functie and a ground, and no person.
#ifndef KNP_REGISTER_STOP_H
#define KNP_REGISTER_STOP_H

#include "base/bytes.h"
#include "base/clock.h"

#define STOP_SOORT "vernietigingsstop"
#define STOP_MELDINGEN_MAX 32
#define STOP_LINE_MAX 200
#define STOP_OPDRACHT_MAX 1024

struct stop_opdracht {
	uint64_t einde; // of the stop this one ends; 0: begins one
	uint64_t meldingen[STOP_MELDINGEN_MAX];
	size_t melding_count; // 0: alles
	char eigenaar[STOP_LINE_MAX + 1], grond[STOP_LINE_MAX + 1];
	struct civil_date herzien;
};
// RESULT_MALFORMED: a line is empty, too long or not plain (utf8_is_plain_line), or the meldingen
// do not rise.
enum result stop_opdracht_write(const struct stop_opdracht *opdracht,
				struct buffer *out) KNP_MUST_CHECK;
// Strict: only what stop_opdracht_write() makes. RESULT_MALFORMED.
enum result stop_opdracht_read(struct bytes text,
			       struct stop_opdracht *ret_opdracht) KNP_MUST_CHECK;

#endif
