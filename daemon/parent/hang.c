// SPDX-License-Identifier: EUPL-1.2
#include "parent/hang.h"

#include "base/clock.h"
#include "base/log.h"

#include <signal.h>

#define BLIND_MS 5000 // who did not look for so long cannot say what others did

enum result hang_start(struct parent *parent)
{
	enum result result = RESULT_OK;
	parent->looked_at = parent->now = clock_monotonic_ms();
	for (int i = 0; result == RESULT_OK && i < CHILD_OPENERS + parent->openers + READERS_ALL;
	     i++) {
		void *memory = NULL;
		result = parent_share(sizeof(struct pulse), &parent->pulse_fds[i], &memory);
		parent->pulses[i] = memory;
	}
	return result;
}

void hang_done(struct parent *parent)
{
	for (int i = 0; i < CHILDREN_MAX; i++)
		shared_unmap(parent->pulses[i], sizeof(struct pulse));
}

static struct pulse *pulse_of(const struct parent *parent, const struct child *child)
{
	return parent->pulses[child - parent->children];
}

void hang_forget(struct parent *parent, struct child *child)
{
	struct pulse *pulse = pulse_of(parent, child);
	atomic_store(&pulse->turns, 0);
	atomic_store(&pulse->long_work, 0);
	child->turns = 0;
	child->turned_at = parent->now;
	child->hung = false;
}

// One that does not run, has not begun, or does what takes long is not silent.
static bool is_silent(const struct parent *parent, const struct child *child)
{
	const struct pulse *pulse = pulse_of(parent, child);
	uint64_t turns = atomic_load(&pulse->turns);
	return child->pid > 0 && turns > 0 && turns == child->turns &&
	       !atomic_load(&pulse->long_work);
}

void hang_look(struct parent *parent)
{
	bool blind = parent->now - parent->looked_at > BLIND_MS;
	int64_t limit = parent->settings.hang_seconds * MS_PER_SECOND;
	parent->looked_at = parent->now;
	for (int i = 0; parent->phase == PHASE_RUNNING && i < parent->child_count; i++) {
		struct child *child = &parent->children[i];
		if (blind || !is_silent(parent, child)) {
			child->turns = atomic_load(&pulse_of(parent, child)->turns);
			child->turned_at = parent->now;
		} else if (!child->hung && parent->now - child->turned_at >= limit) {
			child->hung = true;
			child->hung_wall_ms = clock_wall_ms();
			log_line(LOG_LEVEL_ERROR, "event=parent.hung role=%s number=%d ms=%lld",
				 role_name(child->kind), child->number,
				 (long long)(parent->now - child->turned_at));
			child_signal(child, SIGKILL);
		}
	}
}

bool hang_core_turns(const struct parent *parent)
{
	const struct child *core = &parent->children[CHILD_CORE];
	return !is_silent(parent, core) || parent->now - core->turned_at < parent->watchdog_ms;
}
