// SPDX-License-Identifier: EUPL-1.2
#include "memory.h"

#include "allocators.h"

static struct {
	size_t n, counted;
	bool for_ever, running, failed;
} state;

void memory_arm(size_t n, bool for_ever)
{
	state.n = n;
	state.for_ever = for_ever;
	state.counted = 0;
	state.failed = false;
}

void memory_pause(bool paused)
{
	state.running = !paused;
}

size_t memory_counted(void)
{
	return state.counted;
}

bool memory_failed(void)
{
	return state.failed;
}

bool allocation_fails(void)
{
	if (!state.running)
		return false;
	state.counted++;
	if (state.n == 0 || state.counted < state.n || (state.counted > state.n && !state.for_ever))
		return false;
	state.failed = true;
	return true;
}
