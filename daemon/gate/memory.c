// SPDX-License-Identifier: EUPL-1.2
// What libzmq takes of libc's heap: kept as long as it is of use, and no longer.
#include "gate/gate.h"

#include <malloc.h>

#define KEEP_BYTES (4 * 1024 * 1024)
// More than this of what is free is no use to what comes next: the answers that one connection has
// not read (socket.c) take as much.
#define FREE_MAX (16u * 1024 * 1024)

void gate_keep_memory(void)
{
	// Another arena, when it shrinks, has libc open a file of /proc: a sealed process may not.
	mallopt(M_ARENA_MAX, 1);
	// Envelopes come and go by the megabyte: what one leaves is kept for the next, for the
	// kernel to take it back and clear it again costs as much as sending it.
	mallopt(M_MMAP_THRESHOLD, KEEP_BYTES);
	mallopt(M_TRIM_THRESHOLD, KEEP_BYTES);
}

void gate_give_back(bool fell)
{
	// By itself libc gives back what lies at the end of its heap: what a flood took lies below
	// whatever came after it. Nothing says how much of it the kernel has already.
	if (fell || mallinfo2().fordblks > FREE_MAX)
		(void)malloc_trim(0);
}
