// SPDX-License-Identifier: EUPL-1.2
// Inside daemon/core only: orders of two roles, beside what the register has. They change nothing
// there.
#ifndef KNP_CORE_ORDERS_H
#define KNP_CORE_ORDERS_H

#include "flow/wissing.h"

#define PROPOSAL_WISSING 100
#define PROPOSAL_STOP 101
#define PROPOSAL_ACCEPTATIE 102

// What becomes of an order: checked as a proposal, and carried out.
struct order {
	uint32_t soort;
	enum result (*check)(struct core *core, const struct wissing_request *request,
			     struct problem *problem);
	enum result (*run)(struct core *core, const struct wissing_request *request,
			   uint64_t *ret_index, struct problem *problem);
	const char *state; // once it is
};
bool order_is(uint32_t soort);
const struct order *order_of(uint32_t soort); // of one that is

#endif
