// SPDX-License-Identifier: EUPL-1.2
// A child from both sides: how the parent starts one, and how the child finds out what it is.
#ifndef KNP_PARENT_ROLE_H
#define KNP_PARENT_ROLE_H

#include "base/bytes.h"
#include "parent/process.h"

#include <sys/types.h>

// Descriptors of a child; see parent/process.h.
enum {
	ROLE_FD_SETTINGS = 3,
	ROLE_FD_PARENT = 4,
	ROLE_FD_GATE = 5,
	ROLE_FD_CORE = 6,
	ROLE_FD_LOCK = 7,
	ROLE_FD_HAND = 8,
	ROLE_FD_APART = 9,
	ROLE_FD_REPORT = 10,
	ROLE_FD_PULSE = 11,
	ROLE_FD_READER = 12,
	ROLE_FD_OPENERS = 13,
	ROLE_FDS = ROLE_FD_OPENERS + OPENERS_MAX,
};

// What the parent starts a child with; fds[n] becomes descriptor n, -1 is closed. The parent's own
// descriptors lie at ROLE_FDS or above.
enum { BEFORE_READONLY = 1, BEFORE_CRASHED = 2, BEFORE_COMPACT = 4 };
struct role_start {
	enum role_kind kind;
	int number, openers;
	uint32_t generation;
	unsigned before;   // BEFORE_…, of core
	int settings_fd;   // of the page that all look at (reload.h)
	int fds[ROLE_FDS]; // from ROLE_FD_PARENT on
};

const char *role_name(enum role_kind kind);
// Moves a descriptor that children are given to ROLE_FDS or above: below lie those they see it at,
// and what the parent keeps for itself. -1, and closed, when it cannot. RESULT_IO.
enum result role_lift(int *fd) KNP_MUST_CHECK;
// Forks and executes the program that runs now. RESULT_IO.
enum result role_spawn(const struct role_start *start, pid_t *ret_pid) KNP_MUST_CHECK;

// In the child: what the arguments and the inherited descriptors say. RESULT_MALFORMED when it was
// not started by a parent. Its settings stay mapped as long as the process lives, and what is
// reloadable changes in them.
enum result role_take(int argc, char **argv, struct role *ret_role) KNP_MUST_CHECK;

#endif
