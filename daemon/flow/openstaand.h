// SPDX-License-Identifier: EUPL-1.2
// What is owed, as it is told.
#ifndef KNP_FLOW_OPENSTAAND_H
#define KNP_FLOW_OPENSTAAND_H

#include "flow/flow.h"

// The line
//   obligation <due> <soort> <regel> <oin>/<functie> [uitkomsten=<name>,…] entry=N
//              [ betrokkene=N][ trap=<trap>]
// into `out`; trap NULL: none is said.
void openstaand_line(const struct core *core, const struct state_obligation *o, const char *trap,
		     struct buffer *out);
// How it reaches who asks, at this moment; NULL: it does not. Words in order of the chain:
//   open              owed by a functie that it holds, or that of another to the house
//   herinnering       the same, due within a day
//   te-laat           the same, past its day
//   plaatsvervanger   owed by a functie of its organisation whose deputy (<functie>-plv) it is, a
//                     day past
//   wacht             a question that it asked is not closed yet (soort afsluiting): nobody owes
//                     that, and nobody else is told
//   manager           owed by any functie of its organisation, whose manager it is, three days past
const char *openstaand_trap(const struct core *core, const struct party *asks,
			    const struct state_obligation *o, int64_t now);

// A place in the order of what is owed, as the veld `na` of a question has it; and into `out`, as a
// line "na". What stands there may be owed by another, about a melding that who asks knows nothing
// of: it is sealed, and only what was said to this OIN is read. RESULT_MALFORMED: it is none.
enum result openstaand_read_place(struct core *core, const struct oin *asks, struct bytes text,
				  struct state_obligation *ret_place) KNP_MUST_CHECK;
enum result openstaand_say_place(struct core *core, const struct oin *asks,
				 const struct state_obligation *o,
				 struct buffer *out) KNP_MUST_CHECK;

#endif
