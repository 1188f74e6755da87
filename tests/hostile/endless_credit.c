// SPDX-License-Identifier: EUPL-1.2
// A planted fault, linked into knooppuntd-creditless only (never installed): a gate that lets one
// partner fill the way to the openers. The test must find that others then wait.
#include "gate/admission.h"

bool __wrap_partner_take(struct partner *partner, const struct credit *limit, size_t bytes);

bool __wrap_partner_take(struct partner *partner, const struct credit *limit, size_t bytes)
{
	(void)partner;
	(void)limit;
	(void)bytes;
	return true;
}
