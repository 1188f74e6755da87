// SPDX-License-Identifier: EUPL-1.2
// What the acts of a register leaf prove, between fold.c and demand.c.
#ifndef KNP_REGISTER_DEMAND_H
#define KNP_REGISTER_DEMAND_H

#include "register/register.h"

// Which roles signed for this very object.
struct act_roles {
	bool beheerder, officer, deputy;
};

// Adds the roles of the key that signed `act`. RESULT_DENIED: no role in force, or about another
// object, place or time; RESULT_BAD_SIGNATURE, RESULT_MALFORMED.
enum result register_act_role(const struct registry *reg, const struct act_demand *demand,
			      const struct signed_statement *act,
			      struct act_roles *ret_roles) KNP_MUST_CHECK;

#endif
