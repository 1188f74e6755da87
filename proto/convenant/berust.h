// SPDX-License-Identifier: EUPL-1.2
// A convenant beside the code tables of a house: whether it fits them, and on which rows it rests.
#ifndef KNP_CONVENANT_BERUST_H
#define KNP_CONVENANT_BERUST_H

#include "convenant/convenant.h"

// Whether the tables allow it: RESULT_CONFIG with the line of the regel when a grondslag has no
// row, when a regel holds on no day on which its grondslag is in force, when a term passes a limit
// of the bewaartermijnen; and when a partij or a condition names a gemeente without a row. Asked
// when a convenant is to come into force; one that is in the log stays as it was taken.
enum result convenant_fits(const struct convenant *convenant, const struct codes *codes,
			   const char *file, struct problem *problem) KNP_MUST_CHECK;

// Adds the rows that a regel rests on: its grondslagen with their bewaartermijnen, and the themas,
// klassen and gemeenten of its conditions.
void convenant_regel_berust(const struct convenant *convenant, size_t regel,
			    const struct codes *codes, struct codes_set *set);
// Those of all regels, and the gemeenten of the partijen.
void convenant_berust(const struct convenant *convenant, const struct codes *codes,
		      struct codes_set *set);

#endif
