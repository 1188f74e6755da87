// SPDX-License-Identifier: EUPL-1.2
#include "parent/parent.h"

#include "base/clock.h"
#include "base/log.h"
#include "melding/reason.h"
#include "parent/blame.h"
#include "parent/hang.h"
#include "parent/notify.h"
#include "parent/readers.h"
#include "parent/reload.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define DRAIN_MS 200
#define CRASHES_TO_REPLAY 2
#define GATE_FIRST_TRIES 7 // about 3 seconds

static void drop_report(struct child *child)
{
	if (child->report >= 0)
		close(child->report);
	child->report = -1;
	child->told = false;
}

void children_init(struct parent *parent)
{
	const int readers = CHILD_OPENERS + parent->openers;
	parent->child_count = readers + READERS_ALL;
	parent->children[CHILD_GATE].kind = ROLE_GATE;
	parent->children[CHILD_CORE].kind = ROLE_CORE;
	for (int i = 0; i < parent->child_count; i++) {
		struct child *child = &parent->children[i];
		child->report = -1;
		if (i < CHILD_OPENERS)
			continue;
		child->kind = i < readers ? ROLE_OPENER : ROLE_READER;
		child->number = i - (i < readers ? CHILD_OPENERS : readers);
	}
}

static struct role_start start_of(const struct parent *parent, const struct child *child,
				  int report)
{
	struct role_start start = {
		.kind = child->kind,
		.number = child->number,
		.openers = parent->openers,
		.generation = child->starts,
		.settings_fd = parent->page_fd,
	};
	if (child->kind == ROLE_CORE)
		start.before = (parent->readonly[0] ? BEFORE_READONLY : 0) |
			       (parent->compact == COMPACT_ASKED ? BEFORE_COMPACT : 0) |
			       (parent->core_crashes >= CRASHES_TO_REPLAY ? BEFORE_CRASHED : 0);
	int *fds = start.fds;
	memset(fds, 0xff, sizeof start.fds);
	fds[ROLE_FD_REPORT] = report;
	fds[ROLE_FD_PULSE] = parent->pulse_fds[child - parent->children];
	switch (child->kind) {
	case ROLE_GATE:
		fds[ROLE_FD_PARENT] = parent->gate_parent[0];
		fds[ROLE_FD_CORE] = parent->gate_core[0];
		fds[ROLE_FD_APART] = parent->apart_fd;
		break;
	case ROLE_CORE:
		fds[ROLE_FD_PARENT] = parent->core_parent[0];
		fds[ROLE_FD_GATE] = parent->gate_core[1];
		fds[ROLE_FD_LOCK] = parent->lock_fd;
		fds[ROLE_FD_READER] = parent->core_reader[0];
		break;
	case ROLE_OPENER:
		fds[ROLE_FD_GATE] = parent->gate_opener[child->number][1];
		fds[ROLE_FD_CORE] = parent->opener_core[child->number][0];
		fds[ROLE_FD_HAND] = parent->hand_fds[child->number];
		fds[ROLE_FD_APART] = parent->apart_fd;
		break;
	case ROLE_READER: // the others have a channel of their own
		if (child->number == READER_OF_CORE)
			fds[ROLE_FD_CORE] = parent->core_reader[1];
		break;
	case ROLE_PARENT:
		break;
	}
	bool to_openers = child->kind == ROLE_GATE || child->kind == ROLE_CORE;
	for (int i = 0; to_openers && i < parent->openers; i++)
		fds[ROLE_FD_OPENERS + i] = child->kind == ROLE_GATE ? parent->gate_opener[i][0]
								    : parent->opener_core[i][1];
	return start;
}

// A pipe of which the child gets the other end.
static int open_report(struct child *child)
{
	int ends[2];
	drop_report(child);
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
		return -1;
	child->report = ends[0];
	return role_lift(&ends[1]) == RESULT_OK ? ends[1] : -1;
}

bool child_confinement(struct child *child)
{
	if (child->report < 0)
		return child->told;
	ssize_t got = read(child->report, &child->confinement, sizeof child->confinement);
	if (got < 0)
		return false; // not yet
	close(child->report);
	child->report = -1;
	child->told = got == (ssize_t)sizeof child->confinement;
	return child->told;
}

static enum result spawn(struct parent *parent, struct child *child)
{
	int report = open_report(child), channel = -1;
	if (report < 0)
		return RESULT_IO;
	struct role_start start = start_of(parent, child, report);
	reload_publish(parent);
	enum result result = child->kind == ROLE_READER && child->number != READER_OF_CORE
				     ? readers_begin(parent, child->number, &channel)
				     : RESULT_OK;
	if (channel >= 0)
		start.fds[ROLE_FD_PARENT] = channel;
	if (result == RESULT_OK)
		result = role_spawn(&start, &child->pid);
	int cause = errno;
	close(report);
	if (channel >= 0)
		close(channel);
	errno = cause;
	return result;
}

static void child_start(struct parent *parent, struct child *child)
{
	if (child->starts++ && !child->asked)
		child->restarts++;
	child->asked = false;
	hang_forget(parent, child);
	restart_began(&child->restart, parent->now);
	if (spawn(parent, child) != RESULT_OK) {
		log_line(LOG_LEVEL_ERROR, "event=parent.spawn role=%s cause=\"%s\"",
			 role_name(child->kind), strerror(errno));
		child->due = parent->now + restart_ended(&child->restart, parent->now);
		return;
	}
	child->since_wall_ms = clock_wall_ms();
	if (child->kind == ROLE_CORE && parent->compact == COMPACT_ASKED)
		parent->compact = COMPACT_ON;
}

static bool any_reader(const struct parent *parent)
{
	bool any = false;
	for (int i = 0; i < parent->child_count; i++)
		any |= parent->children[i].kind == ROLE_READER && parent->children[i].pid > 0;
	return any;
}

// A reader has nothing to read before core has made it, and none may have open what core is to
// replace.
static bool is_wanted(const struct parent *parent, const struct child *child)
{
	if (child->kind == ROLE_READER && !parent->core_ready)
		return false;
	if (child->kind == ROLE_CORE && parent->compact == COMPACT_ASKED && any_reader(parent))
		return false;
	return blame_wants(parent, child);
}

void children_start(struct parent *parent)
{
	if (parent->phase != PHASE_RUNNING)
		return;
	for (int i = 0; i < parent->child_count; i++) {
		struct child *child = &parent->children[i];
		if (child->pid == 0 && child->due <= parent->now && is_wanted(parent, child))
			child_start(parent, child);
	}
}

static bool is_crash(int status)
{
	return WIFSIGNALED(status) && (WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGBUS ||
				       WTERMSIG(status) == SIGABRT);
}

// A page of state that is damaged has no checksum and may crash whoever follows it; what state
// holds is in the log. A core that began with a new one starts the count anew.
static void count_crash(struct parent *parent, const struct child *child, int status)
{
	if (child->kind != ROLE_CORE)
		return;
	if (parent->core_crashes >= CRASHES_TO_REPLAY)
		parent->core_crashes = 0;
	if (is_crash(status))
		parent->core_crashes++;
}

// Why a daemon cannot go on after this end of core; 0 when it can.
static int core_verdict(const struct parent *parent, const struct child *child, int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == PROGRAM_CONFIG)
		return PROGRAM_CONFIG;
	if (!restart_too_often(&child->restart))
		return 0;
	log_line(LOG_LEVEL_ERROR, "event=parent.core-failing times=%d window_ms=%d",
		 RESTART_FAILURES, RESTART_WINDOW_MS);
	if (is_crash(status))
		fprintf(stderr,
			"knooppuntd: %s: %s: core crashes on it, also with a state that is new. "
			"%s\n",
			parent->settings.data, reason_code(REASON_DAMAGED),
			reason_fix(REASON_DAMAGED));
	return PROGRAM_BROKEN;
}

// The endpoint cannot be had, and never was: nobody could reach this daemon. The gate of a parent
// that was killed may hold it for a moment, so not at the first try.
static int gate_verdict(const struct parent *parent, const struct child *child, int status)
{
	if (parent->bound || !WIFEXITED(status) || WEXITSTATUS(status) != PROGRAM_CONFIG ||
	    child->starts < GATE_FIRST_TRIES)
		return 0;
	fprintf(stderr,
		"knooppuntd: the gate cannot open the endpoint %s; the line before this one says "
		"why. Stop what uses it, or correct endpoint in the settings.\n",
		parent->settings.endpoint);
	return PROGRAM_CONFIG;
}

static void log_end(const struct child *child, int status, int64_t restart_ms, enum log_level level)
{
	log_line(level, "event=parent.ended role=%s number=%d %s=%d restart_ms=%lld",
		 role_name(child->kind), child->number, WIFEXITED(status) ? "exit" : "signal",
		 WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status), (long long)restart_ms);
}

// A gate that ended so that a revoked key has no connection any more, core to read a key that was
// made, or a reader that gave its answer: as it should, so it is no restart that anybody must look
// into.
static void child_starts_anew(struct parent *parent, struct child *child)
{
	child->asked = true;
	child->due = parent->now;
	if (child->kind == ROLE_READER)
		return;
	child->due += RESTART_FIRST_MS;
	log_line(LOG_LEVEL_NOTICE, "event=parent.%s role=%s restart_ms=%d",
		 child->kind == ROLE_GATE        ? "connections-cut"
		 : parent->compact == COMPACT_NO ? "keys-to-read"
		 : parent->compact == COMPACT_ON ? "compacted"
						 : "compact",
		 role_name(child->kind), RESTART_FIRST_MS);
}

// Whether a process ended as it should.
static bool ended_in_order(struct parent *parent, const struct child *child, int status)
{
	switch (child->kind) {
	case ROLE_READER:
		return (child->number == READER_OF_CORE
				? !parent->core_ready ||
					  (WIFEXITED(status) && WEXITSTATUS(status) == PROGRAM_DONE)
				: readers_ended(parent, child->number)) ||
		       parent->compact == COMPACT_ASKED;
	case ROLE_OPENER:
		return false;
	default:
		return WIFEXITED(status) &&
		       (WEXITSTATUS(status) == CHILD_ANEW || WEXITSTATUS(status) == CHILD_COMPACT);
	}
}

// Readers are in the way of a compaction.
static void begin_compact(struct parent *parent)
{
	parent->compact = COMPACT_ASKED;
	for (int i = 0; i < parent->child_count; i++)
		if (parent->children[i].kind == ROLE_READER)
			child_signal(&parent->children[i], SIGKILL);
}

// It said that it waits for a question to a core that is no more, and what it reads for it is for
// nobody: the next one says so to the next core.
static void end_reader_of_core(const struct parent *parent)
{
	for (int i = 0; i < parent->child_count; i++) {
		const struct child *child = &parent->children[i];
		if (child->kind == ROLE_READER && child->number == READER_OF_CORE)
			child_signal(child, SIGKILL);
	}
}

static void child_ended(struct parent *parent, struct child *child, int status)
{
	child->pid = 0;
	drop_report(child);
	child->since_wall_ms = clock_wall_ms();
	parent->core_ready &= child->kind != ROLE_CORE;
	if (child->kind == ROLE_CORE)
		end_reader_of_core(parent);
	if (child->kind == ROLE_CORE && WIFEXITED(status) && WEXITSTATUS(status) == CHILD_COMPACT)
		begin_compact(parent);
	bool asked = ended_in_order(parent, child, status);
	if (parent->phase != PHASE_RUNNING) {
		if (status != 0 && child->kind != ROLE_READER)
			log_end(child, status, -1, LOG_LEVEL_WARNING);
		return;
	}
	if (!asked)
		child->failed_wall_ms = clock_wall_ms();
	int64_t delay;
	count_crash(parent, child, status);
	if (child->kind == ROLE_OPENER)
		blame_opener(parent, child, status);
	if (asked) {
		child_starts_anew(parent, child);
		return;
	}
	delay = restart_ended(&child->restart, parent->now);
	if (blame_is_apart(parent, child))
		delay = blame_pause(parent);
	child->due = parent->now + delay;
	log_end(child, status, delay, LOG_LEVEL_ERROR);
	char state[120];
	snprintf(state, sizeof state, "STATUS=%s ended and starts again in %lld ms.",
		 role_name(child->kind), (long long)delay);
	notify_service_manager(state);
	int verdict = child->kind == ROLE_CORE   ? core_verdict(parent, child, status)
		      : child->kind == ROLE_GATE ? gate_verdict(parent, child, status)
						 : 0;
	if (verdict)
		parent_stop(parent, verdict);
}

void children_reap(struct parent *parent)
{
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (int i = 0; i < parent->child_count; i++) {
			if (parent->children[i].pid == pid)
				child_ended(parent, &parent->children[i], status);
		}
	}
}

void child_signal(const struct child *child, int signal)
{
	if (child->pid > 0)
		(void)kill(child->pid, signal);
}

bool children_all_ended(const struct parent *parent)
{
	for (int i = 0; i < parent->child_count; i++) {
		if (parent->children[i].pid > 0)
			return false;
	}
	return true;
}

int64_t children_next_due(const struct parent *parent)
{
	int64_t due = INT64_MAX;
	for (int i = 0; parent->phase == PHASE_RUNNING && i < parent->child_count; i++) {
		const struct child *child = &parent->children[i];
		if (child->pid == 0 && child->due < due && is_wanted(parent, child))
			due = child->due;
	}
	return due;
}

void parent_stop(struct parent *parent, int exit_code)
{
	if (parent->phase != PHASE_RUNNING)
		return;
	parent->exit_code = exit_code;
	parent->phase = PHASE_DRAINING;
	parent->phase_due = parent->now + DRAIN_MS;
	child_signal(&parent->children[CHILD_GATE], SIGTERM);
	notify_service_manager("STOPPING=1");
	log_line(LOG_LEVEL_NOTICE, "event=parent.stopping exit=%d", exit_code);
}
