// SPDX-License-Identifier: EUPL-1.2
#include "parent/blame.h"

#include "base/clock.h"
#include "base/log.h"
#include "control/alarm.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define KILLS_APART 2 // the second time is no accident
#define PAUSE_FIRST_MS 1000
#define PAUSE_LAST_MS (5 * MS_PER_MINUTE)

enum result blame_start(struct parent *parent)
{
	void *memory = NULL;
	enum result result = parent_share(sizeof *parent->apart, &parent->apart_fd, &memory);
	parent->apart = memory;
	if (result == RESULT_OK)
		result = shared_close_to_writers(parent->apart_fd);
	for (int i = 0; result == RESULT_OK && i < parent->openers; i++) {
		memory = NULL;
		result = parent_share(sizeof(struct hand), &parent->hand_fds[i], &memory);
		parent->hands[i] = memory;
	}
	return result;
}

void blame_done(struct parent *parent)
{
	shared_unmap(parent->apart, sizeof *parent->apart);
	for (int i = 0; i < OPENERS_MAX; i++)
		shared_unmap(parent->hands[i], sizeof(struct hand));
}

bool blame_is_apart(const struct parent *parent, const struct child *child)
{
	return child->kind == ROLE_OPENER && child->number == parent->openers - 1;
}

bool blame_wants(const struct parent *parent, const struct child *child)
{
	return !blame_is_apart(parent, child) || apart_any(parent->apart);
}

// The row of this partner, a free one when it has none; NULL when all are taken.
static struct blamed *blamed_row(struct parent *parent, const struct oin *oin)
{
	struct blamed *unused = NULL;
	for (size_t i = 0; i < APART_MAX; i++) {
		struct blamed *row = &parent->blamed[i];
		if (row->kills && oin_equal(&row->oin, oin))
			return row;
		if (!row->kills && !unused)
			unused = row;
	}
	return unused;
}

// Somebody's doing, or the kernel's when memory ran out: no input does this by itself.
static bool is_from_outside(int status)
{
	return WIFSIGNALED(status) && (WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGTERM);
}

void blame_opener(struct parent *parent, const struct child *child, int status)
{
	struct oin oin;
	struct hand *hand = parent->hands[child->number];
	bool held = hand_holds(hand, &oin);
	hand_empty(hand);
	if (!held || (is_from_outside(status) && !child->hung))
		return;
	struct blamed *row = blamed_row(parent, &oin);
	if (!row) {
		log_line(LOG_LEVEL_ERROR, "event=parent.blame-full oin=%s", oin.text);
		return;
	}
	row->oin = oin;
	row->kills++;
	log_line(LOG_LEVEL_ERROR, "event=parent.opener-killed oin=%s times=%u", oin.text,
		 row->kills);
	if (row->kills < KILLS_APART || apart_has(parent->apart, &oin))
		return;
	parent->apart_pause = 0;
	row->since = clock_wall_ms();
	if (apart_add(parent->apart, &oin))
		log_line(LOG_LEVEL_ERROR, "event=parent.apart oin=%s", oin.text);
}

int64_t blame_pause(struct parent *parent)
{
	int64_t pause = parent->apart_pause ? 2 * parent->apart_pause : PAUSE_FIRST_MS;
	parent->apart_pause = pause < PAUSE_LAST_MS ? pause : PAUSE_LAST_MS;
	return parent->apart_pause;
}

bool blame_release(struct parent *parent, const struct oin *oin)
{
	if (!apart_remove(parent->apart, oin))
		return false;
	struct blamed *row = blamed_row(parent, oin);
	if (row)
		*row = (struct blamed){.kills = 0};
	log_line(LOG_LEVEL_NOTICE, "event=parent.released oin=%s", oin->text);
	for (int i = 0; i < parent->child_count; i++) {
		struct child *child = &parent->children[i];
		if (!blame_is_apart(parent, child))
			continue;
		// Whoever is still apart waits no longer either.
		parent->apart_pause = 0;
		child->due = parent->now;
	}
	return true;
}

void blame_append(const struct parent *parent, struct buffer *out)
{
	char line[240];
	for (size_t i = 0; i < APART_MAX; i++) {
		const struct blamed *row = &parent->blamed[i];
		if (!row->kills || !apart_has(parent->apart, &row->oin))
			continue;
		snprintf(line, sizeof line, "%s kills=%u", row->oin.text, row->kills);
		control_append_text(out, "apart", line);
		struct alarm_line alarm = {.alarm = ALARM_PARTNER_APART, .since = row->since};
		snprintf(alarm.about, sizeof alarm.about, "%s", row->oin.text);
		alarm_append(out, &alarm);
	}
}
