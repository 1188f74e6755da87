// SPDX-License-Identifier: EUPL-1.2
// What time it is believed to be. Time destroys: deliveries lapse, keys are overwritten, statements
// become too old. So the wall clock is held against a steady one (that only runs), and at a start
// against the newest entry of the log; while they disagree nothing is destroyed by time, and a
// person is asked (pitfalls: a clock put a year ahead; testing, threat 23).
//
//   sure      the wall clock is followed
//   stepped   the wall clock left the steady one by more than CLOCK_STEP_MS while we ran, forward
//   or
//             back: time goes on by the steady one, so that what comes in is judged as before
//   away      at a start the wall clock is more than CLOCK_AWAY_MS after the newest entry: a long
//             absence, or a wrong clock; nobody but a person can tell, and nothing is decided
//   behind    at a start the wall clock is before the newest entry: the same
//
// It becomes sure again when the wall clock agrees again, or when a person confirms it. Slewing (at
// most CLOCK_SLEW_PPM) is followed; many small steps that add up to more are a step.
//
// Pure: both clocks come in as milliseconds.
#ifndef KNP_FLOW_TIMEKEEPER_H
#define KNP_FLOW_TIMEKEEPER_H

#include "base/clock.h"

#define CLOCK_STEP_MS (2 * MS_PER_MINUTE)
#define CLOCK_AWAY_MS (7 * MS_PER_DAY)
#define CLOCK_SLEW_PPM 1000

enum clock_doubt { CLOCK_SURE, CLOCK_STEPPED, CLOCK_AWAY, CLOCK_BEHIND };

struct timekeeper {
	enum clock_doubt doubt;
	int64_t wall, steady; // a moment at which both are believed together
	int64_t since;        // the steady clock when the doubt began
};

// `newest`: the newest moment that is known to have been.
void timekeeper_start(struct timekeeper *keeper, int64_t newest, int64_t wall, int64_t steady);
// The time that is believed; notices a step, and that the clock agrees again.
int64_t timekeeper_now(struct timekeeper *keeper, int64_t wall, int64_t steady);
// A person says that the wall clock is right.
void timekeeper_confirm(struct timekeeper *keeper, int64_t wall, int64_t steady);
// "sure", "stepped", "away", "behind".
const char *clock_doubt_name(enum clock_doubt doubt);

#endif
