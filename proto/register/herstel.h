// SPDX-License-Identifier: EUPL-1.2
// What two roles sign to have a log go on from a copy after a loss (act soort "herstel"): a text,
// so that whoever signs can read it, in this very form:
//
//   herstel uit een kopie
//   log knooppunt.example/oefening-2
//   voorganger knooppunt.example/oefening
//   omvang 120
//   wortel <64 hex digits>
//   verloren 131
//   opdrachten geen
//   reden de schijf van de server ging verloren op 1 december 2026
//
// The log keeps its first `omvang` entries, of which `wortel` is the root, and the leaf of the
// register with this text is entry `omvang`. From there on its checkpoints, and the parts of its
// entries, are of the origin `log`; what the voorganger had from `omvang` on is lost, and counts no
// more: its checkpoints of more entries than that are of another log. `verloren` is the largest
// size that it is known to have had (guard, checkpoints that parties hold), never less than
// `omvang`.
// `opdrachten` is what whoever signs says of the orders of two roles, and the revocations, that
// were given in what is lost: none (geen), they are given again (opnieuw), or not known (onbekend).
// A copy of the keystore brings back what they destroyed, so nobody may pass over it.
// `reden` stays in the log for good: it names no person.
#ifndef KNP_REGISTER_HERSTEL_H
#define KNP_REGISTER_HERSTEL_H

#include "register/register.h"

#define HERSTEL_SOORT "herstel"
#define HERSTEL_REDEN_MAX 200
#define HERSTEL_MAX 1024 // bytes of the text

enum herstel_opdrachten { OPDRACHTEN_GEEN, OPDRACHTEN_OPNIEUW, OPDRACHTEN_ONBEKEND };
struct herstel {
	char log[256], voorganger[256];
	uint64_t omvang, verloren;
	struct hash wortel;
	enum herstel_opdrachten opdrachten;
	char reden[HERSTEL_REDEN_MAX + 1];
};
const char *herstel_opdrachten_name(enum herstel_opdrachten opdrachten);
// RESULT_NOT_FOUND: there is none of this name.
enum result herstel_opdrachten_of(const char *name,
				  enum herstel_opdrachten *ret_opdrachten) KNP_MUST_CHECK;

// RESULT_MALFORMED: an origin cannot name a log or both are one, omvang is 0, verloren is less than
// omvang, or the reden is no plain line.
enum result herstel_write(const struct herstel *herstel, struct buffer *out) KNP_MUST_CHECK;
// Strict: only what herstel_write() makes. RESULT_MALFORMED.
enum result herstel_read(struct bytes text, struct herstel *ret_herstel) KNP_MUST_CHECK;

#endif
