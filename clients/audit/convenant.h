// SPDX-License-Identifier: EUPL-1.2
// Inside clients/audit only: what the commands about a convenant file share.
#ifndef KNP_AUDIT_CONVENANT_H
#define KNP_AUDIT_CONVENANT_H

#include "codes/codes.h"
#include "convenant/onderzoek.h"
#include "desk/desk.h"

// The code tables of the house, where they are here (its settings, -c); NULL when not.
struct codes *convenant_codes(const struct desk *desk);
// Reads and loads the file, proeven and all; 0, or the exit code after telling what is wrong.
int convenant_open(struct desk *desk, const char *path, struct convenant **ret_convenant);
// What a convenant would have made of the meldingen there were, cell by cell; and in which cells it
// decides otherwise than another. Told to people; with `out` added to the object there, as "impact"
// and "matrix". A difference is no failure.
int impact_say(struct desk *desk, struct bytes document, struct json_out *out);
int matrix_say(struct desk *desk, const struct convenant *from, const struct convenant *to,
	       struct json_out *out);
// For which partijen the house may enter by the one and not by the other, or by another functie: a
// line each, with `out` (in an array) an object each. How many.
size_t invoer_say(struct desk *desk, const struct convenant *from, const struct convenant *to,
		  struct json_out *out);
// The next convenant in force of an answer to "convenanten", from line *at on, asked of the daemon
// and loaded; NULL when there is none (voorstel.c). 0, or the exit code after telling what was
// wrong.
struct answer;
int in_force_next(struct desk *desk, const struct answer *answer, size_t *at,
		  struct convenant **ret_convenant);
// Both, of a proposed document beside the convenant of its name in force (voorstel.c).
int proposed_say(struct desk *desk, struct bytes document, struct json_out *out);

#endif
