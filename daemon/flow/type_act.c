// SPDX-License-Identifier: EUPL-1.2
// An act of a role of the house. None comes this way; what they do is in register.c and wissing.c.
#include "flow/type.h"

// Roles hand in their acts over the control socket; a partner has none to give.
static enum result act_settle(struct core *core, struct flow_item *item)
{
	(void)core;
	refuse_item(item, REASON_FUNCTIE_NOT_HELD, "signer");
	return RESULT_OK;
}

const struct type_handler type_act = {.settle = act_settle};
