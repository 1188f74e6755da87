// SPDX-License-Identifier: EUPL-1.2
// A rechtzetting: whoever was given something before is told what became of it (is not so, was
// added to, may not be used, was destroyed), and owes an opvolging. It gives nothing: a delivery
// without content, whose gronden are those of what was given (specification K32).
#ifndef KNP_FLOW_RECHTZETTING_H
#define KNP_FLOW_RECHTZETTING_H

#include "flow/flow.h"

// Until when who was told owes an answer. No source names a term.
#define OPVOLGING_MS (7 * MS_PER_DAY)

struct gegeven_aan; // whom it is told to

// Gathered before anything of the melding is decided again: what waits then may have been fetched.
struct rechtzetting {
	struct core *core;
	uint64_t melding;
	uint64_t before; // only what was given in entries below it; UINT64_MAX: any
	enum verstrekking_soort soort;
	// Whether it is about what rests on this grond of a part that was given; NULL: all of it
	// is.
	enum result (*concerns)(void *context, const struct part_verstrekking *given,
				const struct grond *grond, bool *ret_concerns);
	void *context;
	// of those who are told
	struct gegeven_aan *aan;
	size_t count, cap;
};
// Whether what it names may not be used any more. Who has not confirmed what it was given is then
// told no gronden: perhaps it was never fetched.
bool rechtzetting_closes(enum verstrekking_soort soort);
// On the arena of the batch. Of a melding of which the accountability is gone: nobody.
enum result rechtzetting_gather(struct rechtzetting *r) KNP_MUST_CHECK;
// Tells them, in leaves of its own in this batch.
enum result rechtzetting_give(struct rechtzetting *r, int64_t now) KNP_MUST_CHECK;
// Until when anything accounts for the melding; 0: it goes on. What only tells of it and is not
// fetched by then lapses.
enum result rechtzetting_until(struct core *core, uint64_t melding,
			       uint64_t *ret_until) KNP_MUST_CHECK;
// One that waits, given again under its own number after the register changed.
enum result rechtzetting_again(struct core *core,
			       const struct part_verstrekking *part) KNP_MUST_CHECK;
#endif
