// SPDX-License-Identifier: EUPL-1.2
#include "parent/restart.h"

void restart_began(struct restart *restart, int64_t now)
{
	restart->started = now;
}

int64_t restart_ended(struct restart *restart, int64_t now)
{
	if (restart->delay_ms == 0 || now - restart->started >= RESTART_GOOD_MS)
		restart->delay_ms = RESTART_FIRST_MS;
	else
		restart->delay_ms *= 2;
	if (restart->delay_ms > RESTART_LAST_MS)
		restart->delay_ms = RESTART_LAST_MS;
	restart->failed[restart->ends++ % RESTART_FAILURES] = now;
	return restart->delay_ms;
}

bool restart_too_often(const struct restart *restart)
{
	if (restart->ends < RESTART_FAILURES)
		return false;
	int64_t newest = restart->failed[(restart->ends - 1) % RESTART_FAILURES];
	int64_t oldest = restart->failed[restart->ends % RESTART_FAILURES];
	return newest - oldest < RESTART_WINDOW_MS;
}

bool restart_keeps_failing(const struct restart *restart, int64_t now)
{
	return restart->delay_ms >= RESTART_ALARM_MS && now - restart->started < RESTART_GOOD_MS;
}
