// SPDX-License-Identifier: EUPL-1.2
// Inside proto/convenant only: every case that the regels of a vakje tell apart. What a case is
// made of (an attribute, who sent it, a weging, a day, …) is a dimension; values that no regel
// tells from each other are one class of it. All classes of all dimensions, taken together in turn,
// are all meldingen there can be, as far as these regels can see: about one betrokkene or none.
//
// One betrokkene is enough: what gives about the incident gives for one and the same of them, and
// more of them can only add what forbids. Attributes are taken as if each could go with any other,
// so that "never" is proven, and "sometimes" may name a case that does not occur.
#ifndef KNP_CONVENANT_RUIMTE_H
#define KNP_CONVENANT_RUIMTE_H

#include "convenant/onderzoek.h"
#include "convenant/oordeel.h"

#define DIMENSIES_MAX 48
#define RUIMTE_MAX 40000000u // cases of one vakje that are looked at

// The vakje in one convenant; the same in another to compare them.
struct ruimte_deel {
	const struct convenant *convenant;
	struct vakje vakje;
};

struct ruimte;
// RESULT_TOO_LARGE: more than RUIMTE_MAX cases; RESULT_NO_MEMORY.
enum result ruimte_new(const struct ruimte_deel *delen, size_t count,
		       struct ruimte **ret_ruimte) KNP_MUST_CHECK;
void ruimte_free(struct ruimte *ruimte); // NULL allowed
uint64_t ruimte_gevallen(const struct ruimte *ruimte);
// The facts of the present case; the first after ruimte_new.
const struct feiten *ruimte_feiten(const struct ruimte *ruimte);
// The next case; false after the last.
bool ruimte_next(struct ruimte *ruimte);
// The present case as a melding a person can read: "soort: politie; rol: kind; …".
void ruimte_describe(const struct ruimte *ruimte, struct buffer *out);

// Of so many cases of a vakje (the first ones) that in which a regel came nearest to holding, for
// people, with what stopped it: "soort: politie; …: minderjarig: ja, gevraagd nee". "" when the
// vakje has none of it, or more cases than are looked at. RESULT_NO_MEMORY.
#define NAAST_GEVALLEN 100000u
enum result vakje_nearest(const struct convenant *convenant, const struct vakje *vakje,
			  size_t regel, char *out, size_t size) KNP_MUST_CHECK;
// How many conditions of the regel of this ingang hold at a place, and the first that does not
// (explain.c).
struct nabijheid {
	unsigned holds;
	bool is_feit; // that is a test of a fact
	char test[160];
};
struct nabijheid ronde_nabijheid(struct ronde *ronde, const struct ingang *ingang,
				 const struct vakje *vakje, uint32_t plaats);

// The cel of a vakje.
const struct cel *vakje_cel(const struct convenant *convenant, const struct vakje *vakje);
// The betrokkene it is asked about.
uint32_t vakje_plaats(const struct convenant *convenant, const struct vakje *vakje,
		      const struct feiten *feiten);

#endif
