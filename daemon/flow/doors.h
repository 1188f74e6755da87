// SPDX-License-Identifier: EUPL-1.2
// The doors of the knooppunt: each transport key that the register has in force is served
// somewhere. What the gate says of it is believed for that alone: it could shut partners out
// anyhow.
#ifndef KNP_FLOW_DOORS_H
#define KNP_FLOW_DOORS_H

#include "base/problem.h"
#include "ipc/frames.h"
#include "register/register.h"

// What the gate is to know of the transport keys of the register.
void doors_fill(const struct registry *reg, struct frame_doors *ret_doors);
// Takes what the gate says it serves. False: that cannot be.
bool doors_take(struct frame_served *served, struct bytes message) KNP_MUST_CHECK;
// Where this key is served; NULL: nowhere, as far as it is known.
const char *doors_endpoint(const struct frame_served *served, const uint8_t key[32]);
// The place in the register of the key by which this door of the gate serves; SIZE_MAX: none that
// is known.
size_t doors_key(const struct frame_served *served, const struct registry *reg, uint32_t door);
// The first transport key in force that is not served; NULL: all are.
const struct house_key *doors_missing(const struct frame_served *served,
				      const struct registry *reg);
// Before a transport key comes or ends: nobody may be sent to a door that is not there.
// RESULT_NOT_FOUND: after it one in force would not be served; the problem says so.
enum result doors_suffice(const struct frame_served *served, const struct registry *after,
			  struct problem *problem) KNP_MUST_CHECK;

#endif
