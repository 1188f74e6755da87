// SPDX-License-Identifier: EUPL-1.2
// The clock of core: what the timekeeper believes, what is done while it doubts, and what a person
// confirmed, kept over restarts where the log itself is ahead.
#include "flow/flow.h"

#include "base/file.h"
#include "base/log.h"

#include <stdio.h>

#define CLOCK_FILE "clock"
#define CLOCK_FILE_MAX 64

static void clock_path(const struct core *core, char path[300])
{
	snprintf(path, 300, "%s/" CLOCK_FILE, core->settings->data);
}

// Entries never go back in time. After a clock that ran ahead was put right they stand still at the
// time of the newest, and what time it really was then is kept beside the log.
static void keep_confirmed(const struct core *core, int64_t now)
{
	char path[300], text[CLOCK_FILE_MAX];
	if (now >= core->last_time)
		return;
	clock_path(core, path);
	snprintf(text, sizeof text, "log %lld wall %lld\n", (long long)core->last_time,
		 (long long)now);
	enum result r = file_replace(path, bytes_of_text(text), 0600);
	if (r)
		log_line(LOG_LEVEL_ERROR, "event=clock-not-kept result=\"%s\"", result_name(r));
}

// The newest moment that is known to have been.
static int64_t newest_known(const struct core *core)
{
	char path[300], text[CLOCK_FILE_MAX + 1] = "";
	struct buffer file;
	long long log = 0, wall = 0;
	clock_path(core, path);
	buffer_init(&file, CLOCK_FILE_MAX);
	if (!file_read_private(path, CLOCK_FILE_MAX, &file))
		snprintf(text, sizeof text, "%.*s", (int)file.len, (const char *)file.data);
	buffer_done(&file);
	bool holds = sscanf(text, "log %lld wall %lld", &log, &wall) == 2 && log == core->last_time;
	return holds ? wall : core->last_time;
}

static void tell_doubt(const struct core *core, enum clock_doubt before)
{
	if (core->time.doubt == before)
		return;
	log_line(core->time.doubt == CLOCK_SURE ? LOG_LEVEL_NOTICE : LOG_LEVEL_ERROR,
		 "event=clock doubt=%s wall=%lld believed=%lld", clock_doubt_name(core->time.doubt),
		 (long long)clock_wall_ms(),
		 (long long)(core->time.wall + clock_monotonic_ms() - core->time.steady));
}

void time_start(struct core *core)
{
	timekeeper_start(&core->time, newest_known(core), clock_wall_ms(), clock_monotonic_ms());
	tell_doubt(core, CLOCK_SURE);
}

int64_t time_now(struct core *core)
{
	enum clock_doubt before = core->time.doubt;
	int64_t now = timekeeper_now(&core->time, clock_wall_ms(), clock_monotonic_ms());
	tell_doubt(core, before);
	return now;
}

int64_t time_latest(struct core *core)
{
	int64_t now = time_now(core), wall = clock_wall_ms();
	return now > wall ? now : wall;
}

bool time_is_known(const struct core *core)
{
	return core->time.doubt == CLOCK_SURE || core->time.doubt == CLOCK_STEPPED;
}

void time_confirm(struct core *core)
{
	enum clock_doubt before = core->time.doubt;
	timekeeper_confirm(&core->time, clock_wall_ms(), clock_monotonic_ms());
	tell_doubt(core, before);
	keep_confirmed(core, clock_wall_ms());
}

void time_keep(struct core *core)
{
	if (core->time.doubt == CLOCK_SURE)
		keep_confirmed(core, time_now(core));
}
