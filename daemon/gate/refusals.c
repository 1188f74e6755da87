// SPDX-License-Identifier: EUPL-1.2
// Core hears whose keys were refused, not of each refusal: a flood costs it one message a second.
#include "gate/gate.h"

#define PAUSE_MS 1000

void gate_report_refusals(struct gate *gate)
{
	struct frame_count count;
	gate->refusals_next = gate->now + PAUSE_MS;
	while (admission_next_refused(gate->admission, &count)) {
		if (channel_send(&gate->to_core, bytes_make(&count, sizeof count),
				 (struct bytes){0}) == RESULT_OK)
			continue;
		// Core is behind: what is left is told a second later.
		admission_put_back(gate->admission, &count);
		return;
	}
	gate->refusals_wait = false;
}
