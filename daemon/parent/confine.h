// SPDX-License-Identifier: EUPL-1.2
// What every process takes from itself before it reads a byte from outside, in this order:
//
//	confine_start   at once: no core dump, not readable by others of its user, no new privileges
//	                through exec
//	(its keys are opened: the files belong to whoever started the daemon)
//	confine_enter   its own user, no capability, limits, Landlock: from here on it reaches the
//	                files of its role and no others. Before the first thread (Landlock confines
//	                the caller and what it starts later, nothing older)
//	(it binds, tests itself, opens its databases)
//	confine_seal    seccomp on every thread: from here on the calls of its role and no others;
// any 	                other kills the process
//
// With "sandbox: required" a step that cannot be taken whole ends the process, and the parent finds
// out before it starts any (confine_check). With "best-effort" it is logged, reported, and an alarm
// in status. docs/security.md says what each role may still do.
#ifndef KNP_PARENT_CONFINE_H
#define KNP_PARENT_CONFINE_H

#include "base/problem.h"
#include "parent/process.h"

#include <sys/types.h>

enum confine_user {
	CONFINE_USER_ROOT,   // of a child: it could not be given another
	CONFINE_USER_SHARED, // all processes are of the one that started the daemon, not root
	CONFINE_USER_OWN,    // its role's; a parent that is root stays that
};

// What is in force in a process.
struct confinement {
	uint32_t uid;
	uint32_t landlock; // version of the kernel's interface that is used, 0 none
	enum confine_user user;
	bool no_capabilities; // beyond those of its role: only a parent that is root has any
	bool memory_locked;   // that of its keys
	bool undumpable;      // no core, and no reading or tracing by its own user
	bool calls;           // seccomp's allow list, on every thread
	bool relaxed;         // a build with a sanitizer, which needs more (docs/security.md)
};

// RESULT_IO.
enum result confine_start(void) KNP_MUST_CHECK;
// As many open files as the hard limit allows, for the gate.
void confine_raise_files(void);
// No descriptor but standard input, output and error, whatever the daemon was started with.
void confine_close_files(void);

// RESULT_CONFIG: something is missing and the settings require it; it was logged.
enum result confine_enter(enum role_kind kind, const struct settings *settings,
			  struct confinement *ret_confinement) KNP_MUST_CHECK;
enum result confine_seal(enum role_kind kind, const struct settings *settings,
			 struct confinement *confinement) KNP_MUST_CHECK;
// Tells the parent what is in force, once, and closes the descriptor.
void confine_report(const struct role *role, const struct confinement *confinement);

// First part that is missing, NULL when it is whole.
const char *confinement_lacks(const struct confinement *confinement);
// "uid=64001 user=own seccomp=yes landlock=7 memlock=yes dumpable=no capabilities=least", for
// status.
void confinement_format(const struct confinement *confinement, char *out, size_t size);

// ---- before anything runs ------------------------------------------------------------------

// What keeps confine_enter and confine_seal from being whole, as far as can be told beforehand; the
// data folder must be core's. RESULT_CONFIG with problem when the settings require more than there
// is, or name users that cannot be.
enum result confine_check(const struct settings *settings, struct problem *problem) KNP_MUST_CHECK;
// How the users of an installation are made; a name follows.
#define CONFINE_MAKE_USERS "systemd-sysusers, or adduser --system --group --no-create-home"
// The users that the settings name and that are not there, where root would need them: "a, b" in
// `out`, which holds "". False when none is lacking.
bool confine_lacks_users(const struct settings *settings, char *out, size_t size);
// The commands that give core its folder, for a shell; where they do not fit, without its path.
void confine_folder_commands(const struct settings *settings, char *out, size_t size);
// Whether a daemon that is started like this process could have all of it, with the users that the
// settings name.
bool confine_is_possible(const struct settings *settings);
// Gives a folder that init made to core's user, and lets that user pass through the one above it
// when init made that too (NULL: it did not). Does nothing when there are no users of their own.
enum result confine_give_to_core(const struct settings *settings, const char *folder,
				 const char *above) KNP_MUST_CHECK;
// As core's user from here on, for init, which writes core's files. RESULT_IO.
enum result confine_as_core(const struct settings *settings) KNP_MUST_CHECK;

#endif
