// SPDX-License-Identifier: EUPL-1.2
#include "flow/timekeeper.h"

#define SLEW_EVERY_MS 1000

const char *clock_doubt_name(enum clock_doubt doubt)
{
	static const char *const names[] = {
		[CLOCK_SURE] = "sure",
		[CLOCK_STEPPED] = "stepped",
		[CLOCK_AWAY] = "away",
		[CLOCK_BEHIND] = "behind",
	};
	return names[doubt];
}

void timekeeper_confirm(struct timekeeper *keeper, int64_t wall, int64_t steady)
{
	*keeper = (struct timekeeper){.doubt = CLOCK_SURE, .wall = wall, .steady = steady};
}

static bool is_plausible(enum clock_doubt doubt, int64_t ahead)
{
	if (doubt == CLOCK_SURE || doubt == CLOCK_STEPPED)
		return ahead >= -CLOCK_STEP_MS && ahead <= CLOCK_STEP_MS;
	return ahead >= -CLOCK_STEP_MS && ahead <= CLOCK_AWAY_MS;
}

void timekeeper_start(struct timekeeper *keeper, int64_t newest, int64_t wall, int64_t steady)
{
	timekeeper_confirm(keeper, wall, steady);
	if (is_plausible(CLOCK_AWAY, wall - newest))
		return;
	keeper->doubt = wall > newest ? CLOCK_AWAY : CLOCK_BEHIND;
	keeper->wall = newest;
	keeper->since = steady;
}

// The rest of a deviation stays, so that small steps that follow each other add up.
static void follow_slew(struct timekeeper *keeper, int64_t ahead, int64_t steady)
{
	int64_t passed = steady - keeper->steady, room = passed * CLOCK_SLEW_PPM / 1000000;
	if (passed < SLEW_EVERY_MS)
		return;
	keeper->wall += passed + (ahead > room ? room : ahead < -room ? -room : ahead);
	keeper->steady = steady;
}

int64_t timekeeper_now(struct timekeeper *keeper, int64_t wall, int64_t steady)
{
	int64_t expected = keeper->wall + (steady - keeper->steady);
	int64_t ahead = wall - expected;
	bool plausible = is_plausible(keeper->doubt, ahead);
	if (keeper->doubt == CLOCK_SURE && !plausible) {
		keeper->doubt = CLOCK_STEPPED;
		keeper->since = steady;
	}
	if (!plausible)
		return expected;
	if (keeper->doubt != CLOCK_SURE)
		timekeeper_confirm(keeper, wall, steady);
	else
		follow_slew(keeper, ahead, steady);
	return wall;
}
