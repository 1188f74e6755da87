// SPDX-License-Identifier: EUPL-1.2
// A convenant beside the code tables of a house: whether it fits them, and on which rows it rests.
#ifndef KNP_CONVENANT_BERUST_H
#define KNP_CONVENANT_BERUST_H

#include "convenant/convenant.h"

// Whether the tables allow it: RESULT_CONFIG with the line of the regel when a grondslag has no
// row, when a regel holds on no day on which its grondslag is in force, when a term passes a limit
// of the bewaartermijnen; when a partij, an overleg or a condition names a gemeente without a row;
// and when an overleg has no leden. Asked when a convenant is to come into force; one that is in
// the log stays as it was taken.
enum result convenant_fits(const struct convenant *convenant, const struct codes *codes,
			   const char *file, struct problem *problem) KNP_MUST_CHECK;

// Adds the rows that a regel rests on: its grondslagen with their bewaartermijnen, and the themas,
// klassen and gemeenten of its conditions.
void convenant_regel_berust(const struct convenant *convenant, size_t regel,
			    const struct codes *codes, struct codes_set *set);
// What the tables say of a fact that is found by them (huis and woonhuis by a gemeente, klassen by
// a klasse), on the day of feiten->now; the rows it rests on are added to `rows`. False: another
// attribute, or not to be told.
struct feit_plaats {
	enum attribuut attribuut;
	uint32_t betrokkene;
};
bool feit_by_codes(const struct feiten *feiten, struct feit_plaats of, const struct codes *codes,
		   struct codes_set *rows, struct feit *ret_feit);
// Adds those rows of every such fact that is known and that a regel tests; for the incident (0) of
// any betrokkene.
struct regel_bij {
	size_t regel;
	const struct feiten *feiten;
	uint32_t betrokkene;
};
void convenant_feiten_berust(const struct convenant *convenant, const struct regel_bij *of,
			     const struct codes *codes, struct codes_set *set);
// Whether what a regel gives at a place rests on a row that nobody confirmed: one of those above,
// of the tables the convenant was loaded beside (of none: no), or one by which a fact was found
// that it tests. For the incident (0) that of any betrokkene.
bool convenant_is_voorlopig(const struct convenant *convenant, size_t regel,
			    const struct feiten *feiten, uint32_t betrokkene);
// Those of all regels, and the gemeenten of the partijen.
void convenant_berust(const struct convenant *convenant, const struct codes *codes,
		      struct codes_set *set);

#endif
