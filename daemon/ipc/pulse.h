// SPDX-License-Identifier: EUPL-1.2
// A sign of life that each process shares with the parent: it counts the turns of its loop there,
// and the parent ends one that counts no more. One that was taken over can count on for ever; what
// it then withholds is seen elsewhere (design §1, P8).
#ifndef KNP_IPC_PULSE_H
#define KNP_IPC_PULSE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PULSE_WAIT_MS 1000 // a loop with nothing to do turns this often

// Zeroed by the parent before each start: until its first turn a process may take its time.
struct pulse {
	_Atomic uint64_t turns;
	_Atomic uint32_t long_work; // nonzero: something is done that is known to take long
};

// NULL allowed: there is no parent.
static inline void pulse_beat(struct pulse *pulse)
{
	if (pulse)
		atomic_fetch_add(&pulse->turns, 1);
}

static inline void pulse_long_work(struct pulse *pulse, bool on)
{
	if (pulse)
		atomic_store(&pulse->long_work, on);
}

#endif
