// SPDX-License-Identifier: EUPL-1.2
#include "parent/role.h"

#include "ipc/apart.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

static const char *const names[] = {[ROLE_GATE] = "gate",
				    [ROLE_CORE] = "core",
				    [ROLE_OPENER] = "opener",
				    [ROLE_READER] = "reader",
				    [ROLE_PARENT] = "parent"};
#define CHILD_ROLES ROLE_PARENT // the others come before it

const char *role_name(enum role_kind kind)
{
	return names[kind];
}

// ---- parent --------------------------------------------------------------------------------

enum result role_lift(int *fd)
{
	int low = *fd;
	*fd = fcntl(low, F_DUPFD_CLOEXEC, ROLE_FDS);
	close(low);
	return *fd < 0 ? RESULT_IO : RESULT_OK;
}

// Between fork and exec: system calls only.
static void become(const struct role_start *start, pid_t parent, char **argv)
{
	sigset_t none;
	sigemptyset(&none);
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	// The parent may have ended before that took effect.
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	if (dup2(start->settings_fd, ROLE_FD_SETTINGS) < 0)
		_exit(EXIT_FAILURE);
	for (int fd = ROLE_FD_PARENT; fd < ROLE_FDS; fd++) {
		if (start->fds[fd] < 0)
			close(fd);
		else if (dup2(start->fds[fd], fd) < 0)
			_exit(EXIT_FAILURE);
	}
	// The parent's own, and what whoever started the daemon left open.
	if (close_range(ROLE_FDS, ~0u, 0) != 0)
		_exit(EXIT_FAILURE);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execv("/proc/self/exe", argv);
	_exit(EXIT_FAILURE);
}

enum result role_spawn(const struct role_start *start, pid_t *ret_pid)
{
	char number[12], openers[12], generation[12], before[12];
	snprintf(number, sizeof number, "%d", start->number);
	snprintf(openers, sizeof openers, "%d", start->openers);
	snprintf(generation, sizeof generation, "%u", start->generation);
	char program[] = "knooppuntd", role[] = "--role", number_name[] = "--number",
	     openers_name[] = "--openers", generation_name[] = "--generation",
	     before_name[] = "--before", kind[8];
	snprintf(kind, sizeof kind, "%s", names[start->kind]);
	snprintf(before, sizeof before, "%u", start->before);
	char *argv[] = {program,    role,         kind,    number_name,
			number,     openers_name, openers, generation_name,
			generation, before_name,  before,  NULL};
	pid_t parent = getpid(), pid = fork();
	if (pid == 0)
		become(start, parent, argv);
	if (pid < 0)
		return RESULT_IO;
	*ret_pid = pid;
	return RESULT_OK;
}

// ---- child ---------------------------------------------------------------------------------

static bool number_of(const char *text, long max, long *ret_value)
{
	char *end;
	errno = 0;
	long value = strtol(text, &end, 10);
	if (errno || end == text || *end || value < 0 || value > max)
		return false;
	*ret_value = value;
	return true;
}

static bool kind_of(const char *text, enum role_kind *ret_kind)
{
	for (size_t i = 0; i < CHILD_ROLES; i++) {
		if (strcmp(text, names[i]) == 0) {
			*ret_kind = (enum role_kind)i;
			return true;
		}
	}
	return false;
}

static bool take_arguments(int argc, char **argv, struct role *role)
{
	long number, openers, generation, before;
	if (argc != 11 || strcmp(argv[1], "--role") != 0 || strcmp(argv[3], "--number") != 0 ||
	    strcmp(argv[5], "--openers") != 0 || strcmp(argv[7], "--generation") != 0 ||
	    strcmp(argv[9], "--before") != 0 || !kind_of(argv[2], &role->kind) ||
	    !number_of(argv[4], OPENERS_MAX - 1, &number) ||
	    !number_of(argv[6], OPENERS_MAX, &openers) ||
	    !number_of(argv[8], UINT32_MAX, &generation) ||
	    !number_of(argv[10], BEFORE_READONLY | BEFORE_CRASHED | BEFORE_COMPACT, &before))
		return false;
	role->opener_number = (int)number;
	role->openers = (int)openers;
	role->generation = (uint32_t)generation;
	role->readonly = (before & BEFORE_READONLY) != 0;
	role->replay = (before & BEFORE_CRASHED) != 0;
	role->compact = (before & BEFORE_COMPACT) != 0;
	return openers >= 2;
}

// The inherited descriptor, not passed on when this process should ever start another.
static int take_fd(int fd)
{
	return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 ? fd : -1;
}

// -1 for what the role does not have; *all false when what it has is missing.
static int take_if(bool has, int fd, bool *all)
{
	int taken = has ? take_fd(fd) : -1;
	*all &= !has || taken >= 0;
	return taken;
}

static bool take_fds(struct role *role)
{
	enum role_kind kind = role->kind;
	const bool gate = kind == ROLE_GATE, core = kind == ROLE_CORE, opener = kind == ROLE_OPENER;
	const bool of_core = kind == ROLE_READER && role->opener_number == READER_OF_CORE;
	role->report = take_fd(ROLE_FD_REPORT);
	role->pulse = take_fd(ROLE_FD_PULSE);
	bool all = role->report >= 0 && role->pulse >= 0;
	role->to_parent = take_if(!opener && !of_core, ROLE_FD_PARENT, &all);
	role->to_gate = take_if(core || opener, ROLE_FD_GATE, &all);
	role->to_core = take_if(gate || opener || of_core, ROLE_FD_CORE, &all);
	role->to_reader = take_if(core, ROLE_FD_READER, &all);
	for (int i = 0; i < OPENERS_MAX; i++)
		role->to_opener[i] =
			take_if((gate || core) && i < role->openers, ROLE_FD_OPENERS + i, &all);
	role->hand = take_if(opener, ROLE_FD_HAND, &all);
	role->apart = take_if(gate || opener, ROLE_FD_APART, &all);
	// Core holds on to the lock: while it lives no other daemon takes the data folder.
	(void)take_fd(ROLE_FD_LOCK);
	return all;
}

enum result role_take(int argc, char **argv, struct role *ret_role)
{
	struct role role = {.settings = NULL};
	void *settings;
	if (!take_arguments(argc, argv, &role) || !take_fds(&role) ||
	    shared_map(ROLE_FD_SETTINGS, sizeof(struct settings), false, &settings) != RESULT_OK)
		return RESULT_MALFORMED;
	role.settings = settings;
	*ret_role = role;
	return RESULT_OK;
}
