// SPDX-License-Identifier: EUPL-1.2
// Inside daemon/core only: the decision about a melding taken again, under a convenant that need
// not be the one it was taken under (replay.c, impact.c).
#ifndef KNP_CORE_AGAIN_H
#define KNP_CORE_AGAIN_H

#include "core/core.h"

// One rubriek of one betrokkene for one ontvanger that is not refused.
struct answer_again {
	const struct ontvanger *ontvanger; // of the convenant
	struct plaats plaats;
	const char *overleg; // on whose agenda, told to its voorzitter; NULL: it is a rubriek
	struct beslissing beslissing;
};

struct again {
	struct core *core;
	const struct convenant *convenant;
	const struct recalled *melding; // its entry
	uint64_t before;                // entries below it have the wegingen that count
	int64_t now;                    // the moment of the decision
	struct answer_again *answers;   // in core->command_arena
	size_t count, cap;
	const struct feiten *feiten; // it rested on
	const struct ontvanger *ontvangers;
};

// Every answer that is no refusal, on the recorded facts: given ones and, unless `given_only`,
// those that wait.
enum result again_decide(struct again *again, bool given_only) KNP_MUST_CHECK;
// Nobody is told the source of what it does not get, nor of a question that it is not asked: what
// waits of that, or stands alone, is none.
void again_drop_lone(struct again *again);

#endif
