// SPDX-License-Identifier: EUPL-1.2
// Deciding again about a delivery: while it waits (recheck.c), and about what is left of one that
// lapsed (rest.c).
#ifndef KNP_FLOW_RECHECK_H
#define KNP_FLOW_RECHECK_H

#include "flow/flow.h"

// Decides again what waits of a melding, in leaves of its own in this batch. What waits
// in an entry that cannot be read is not decided: whoever calls it made sure that there is none, or
// recorded which (flow/ongelezen.h), so that it is held until it can be.
enum result recheck_melding(struct core *core, uint64_t melding) KNP_MUST_CHECK;
// All that waits under another generation is decided again from now on, in this batch and those
// after it.
void recheck_begin(struct core *core);
// So are, once more, those that could not be.
void recheck_retry(struct core *core);
// Whether this very part, of the entry at `index`, is what waits under its number, as *ret_row.
enum result delivery_waits(struct core *core, const struct part_verstrekking *part, uint64_t index,
			   struct state_delivery *ret_row, bool *ret_waits) KNP_MUST_CHECK;

// What is allowed now of what a part gave.
struct recheck {
	struct core *core;
	struct flow_item *item;
	const struct part_verstrekking *old;
	const struct state_delivery *row; // where it waits
	const struct ontvanger *all;
	struct ontvanger ontvanger;
	struct toedeling kept;
	bool stale; // decided under an older register
};

// Where a delivery lies that an ack confirms, and that may be one that lapsed.
struct lapsed_row {
	uint64_t index;
	uint32_t part;
};
// Gives what may still be given of a delivery that lapsed by its term, in a leaf of its own in this
// batch; `part` says that it lapsed. `item` is a new one with an arena, on which all is read back
// and decided: of what failed before it is applying nothing was done.
enum result recheck_rest(struct core *core, const struct part_verstrekking *part,
			 struct flow_item *item) KNP_MUST_CHECK;
// Fills `kept` with what the convenant of the item gives now of what `old` gave.
enum result recheck_decide(struct recheck *re) KNP_MUST_CHECK;
// No more than `old` opened: a place may hold several rubrieken, each under its own law. What the
// regels in force give of it under another law than before is as new as another place would be.
enum result recheck_keep_opened(struct recheck *re) KNP_MUST_CHECK;
bool recheck_only_herkomst(const struct toedeling *toedeling);
bool recheck_is_answer(const struct recalled *recalled);

#endif
