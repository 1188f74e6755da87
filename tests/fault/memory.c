// SPDX-License-Identifier: EUPL-1.2
#include "memory.h"

#include <errno.h>
#include <stdlib.h>

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

static bool fails_now(void)
{
	if (!state.running)
		return false;
	state.counted++;
	if (state.n == 0 || state.counted < state.n || (state.counted > state.n && !state.for_ever))
		return false;
	state.failed = true;
	errno = ENOMEM;
	return true;
}

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

void *malloc(size_t size)
{
	return fails_now() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails_now() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return fails_now() ? NULL : __libc_realloc(old, size);
}
