// SPDX-License-Identifier: EUPL-1.2
#include "core/orders.h"

static const struct order orders[] = {
	{PROPOSAL_WISSING, flow_wissing_check, flow_wissing, "gewist"},
	{PROPOSAL_STOP, flow_hold_check, flow_hold, "vastgelegd"},
	{PROPOSAL_ACCEPTATIE, flow_acceptatie_check, flow_acceptatie, "vastgelegd"}};

const struct order *order_of(uint32_t soort)
{
	for (size_t n = 0; n < sizeof orders / sizeof orders[0]; n++)
		if (orders[n].soort == soort)
			return &orders[n];
	return NULL;
}

bool order_is(uint32_t soort)
{
	return order_of(soort) != NULL;
}
