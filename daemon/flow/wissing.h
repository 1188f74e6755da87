// SPDX-License-Identifier: EUPL-1.2
// What is destroyed: the content of a melding by order of two roles (wissing.c), or what its terms
// end (bewaar.c). What is begun stands in the log before a key is touched; every start finishes it.
#ifndef KNP_FLOW_WISSING_H
#define KNP_FLOW_WISSING_H

#include "flow/flow.h"

// Erasing the content of one melding (wissing.c): the order as it was signed, and its acts.
struct wissing_request {
	struct bytes opdracht; // register/register.h
	const struct signed_statement *acts;
	size_t act_count;
};
// A proposal: could be carried out with the other role's act as well; one act is enough for this.
enum result flow_wissing_check(struct core *core, const struct wissing_request *request,
			       struct problem *problem) KNP_MUST_CHECK;
// Begins it in a leaf of its own and overwrites the keys. RESULT_NOT_FOUND (no such melding),
// RESULT_EXISTS (ordered before), RESULT_MALFORMED, RESULT_DENIED, RESULT_BAD_SIGNATURE (the acts),
// RESULT_AGAIN; with `problem` filled. RESULT_IO: begun, but what is on disk of the keystore is not
// known; core is read-only and the next start finishes it.
enum result flow_wissing(struct core *core, const struct wissing_request *request,
			 uint64_t *ret_index, struct problem *problem) KNP_MUST_CHECK;
// A vernietigingsstop, or its end (hold.c): nothing of what it names is destroyed, by term or by
// order, until it ends. The text is that of register/stop.h. Results as of flow_wissing.
enum result flow_hold_check(struct core *core, const struct wissing_request *request,
			    struct problem *problem) KNP_MUST_CHECK;
enum result flow_hold(struct core *core, const struct wissing_request *request, uint64_t *ret_index,
		      struct problem *problem) KNP_MUST_CHECK;
// An acceptatie of codes (acceptatie.c): rows count until a day that nobody confirmed. The text is
// that of register/acceptatie.h. Results as of flow_wissing; RESULT_CONFLICT: it is about other
// tables.
enum result flow_acceptatie_check(struct core *core, const struct wissing_request *request,
				  struct problem *problem) KNP_MUST_CHECK;
enum result flow_acceptatie(struct core *core, const struct wissing_request *request,
			    uint64_t *ret_index, struct problem *problem) KNP_MUST_CHECK;
// Of any such order (order.c): sets the problem and gives `result`; whether its acts, of this
// soort, are those of both roles (`whole`) or of one; whether it can be begun, with nothing in the
// batch; and what became of its leaves, the first at `index`, that were made or not.
enum result order_refuse(struct problem *problem, enum result result, enum reason reason,
			 const char *what) KNP_MUST_CHECK;
enum result order_check_acts(struct core *core, const struct wissing_request *request,
			     const char *soort, bool whole, struct problem *problem) KNP_MUST_CHECK;
enum result order_ready(struct core *core, struct problem *problem) KNP_MUST_CHECK;
enum result order_commit(struct core *core, uint64_t index, enum result made,
			 struct problem *problem) KNP_MUST_CHECK;
// Overwrites every key that was ever ordered destroyed and is there: at every start, and after
// every replay. RESULT_DAMAGED and state is: to be called again after its replay.
enum result flow_overwrite(struct core *core) KNP_MUST_CHECK;
// Goes on with those that were ordered since, a few at a time, while core->wissend; nothing may be
// in the batch. RESULT_OK when it may be called again; else core is read-only, or state must be
// replayed.
enum result flow_overwrite_some(struct core *core) KNP_MUST_CHECK;
// Walks so many terms further, for the next tick to end what passed its own.
enum result flow_bewaar_walk(struct core *core, size_t rows) KNP_MUST_CHECK;
// At most two parts of a tick, on the batch's arena: what begins to be destroyed by its term.
enum result bewaar_end(struct core *core, int64_t now, struct part *parts,
		       size_t *ret_count) KNP_MUST_CHECK;
// Every entry about a melding, from its own on, in the order of the log, with its parts on this
// arena; until `each` fails.
enum result recall_each(struct core *core, uint64_t melding, struct arena *arena,
			enum result (*each)(void *context, const struct recalled *entry),
			void *context) KNP_MUST_CHECK;
// For struct applied: the parts of an earlier entry, on the arena of the context.
struct earlier {
	struct core *core;
	struct arena *arena;
};
enum result recall_earlier(void *context, uint64_t index, struct part **ret_parts,
			   size_t *ret_count);
#define WISSINGEN_PER_TICK 4096
// Names in a tick what is done since it was begun.
enum result wissing_done(struct core *core, struct part_tick *tick) KNP_MUST_CHECK;

#endif
