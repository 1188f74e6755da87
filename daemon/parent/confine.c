// SPDX-License-Identifier: EUPL-1.2
#include "parent/layers.h"

#include "base/log.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define OPENER_FILES 64 // its channels, standard streams and a few that a library opens
#define CORE_FILES 512
#define PARENT_CAPABILITIES                                                                        \
	(UINT64_C(1) << CAP_SETUID | UINT64_C(1) << CAP_SETGID | UINT64_C(1) << CAP_SETPCAP |      \
	 UINT64_C(1) << CAP_KILL)

// As much locked memory as may be had, for keys; a limit that is too low is confine_check's.
static void raise_locked_memory(void)
{
	struct rlimit locked;
	if (getrlimit(RLIMIT_MEMLOCK, &locked) != 0)
		return;
	locked.rlim_cur = locked.rlim_max;
	(void)setrlimit(RLIMIT_MEMLOCK, &locked);
}

enum result confine_start(void)
{
	const struct rlimit none = {0, 0};
	raise_locked_memory();
	// A sanitizer's search for leaks reads the process from a thread of its own.
	if (setrlimit(RLIMIT_CORE, &none) != 0 ||
	    prctl(PR_SET_DUMPABLE, CONFINE_RELAXED, 0, 0, 0) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return RESULT_IO;
	return RESULT_OK;
}

void confine_raise_files(void)
{
	struct rlimit files;
	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		return;
	files.rlim_cur = files.rlim_max;
	// When this fails the limit stays what it was: fewer partners at once, nothing unsafe.
	(void)setrlimit(RLIMIT_NOFILE, &files);
}

void confine_close_files(void)
{
	(void)close_range(STDERR_FILENO + 1, ~0u, 0);
}

// ---- entering ------------------------------------------------------------------------------

static bool is_required(const struct settings *settings)
{
	return settings->sandbox == SANDBOX_REQUIRED;
}

// Says what is missing, once; what that means is the settings'.
static void say_missing(enum role_kind kind, const struct settings *settings, const char *part)
{
	log_line(is_required(settings) ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING,
		 "event=sandbox.missing role=%s part=%s cause=\"%s\"", role_name(kind), part,
		 strerror(errno));
}

// Of the kernel's own account, not of what was asked for.
static bool has_locked_memory(void)
{
	FILE *file = fopen("/proc/self/status", "re");
	char line[128];
	unsigned long kib = 0;
	while (file && fgets(line, sizeof line, file)) {
		if (sscanf(line, "VmLck: %lu kB", &kib) == 1)
			break;
	}
	if (file)
		fclose(file);
	return kib > 0;
}

static enum result limit_files(enum role_kind kind)
{
	struct rlimit files;
	rlim_t most = kind == ROLE_OPENER ? OPENER_FILES : CORE_FILES;
	if (kind == ROLE_GATE || kind == ROLE_PARENT)
		return RESULT_OK;
	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		return RESULT_IO;
	if (files.rlim_max > most)
		files.rlim_max = most;
	files.rlim_cur = files.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &files) == 0 ? RESULT_OK : RESULT_IO;
}

// Only a parent that gives its children users of their own keeps any.
static uint64_t capabilities_of(enum role_kind kind)
{
	return kind == ROLE_PARENT && geteuid() == 0 ? PARENT_CAPABILITIES : 0;
}

// Half of a change of user is worse than none: then the process must not go on (RESULT_IO),
// whatever the settings say.
static enum result enter_user(enum role_kind kind, const struct settings *settings,
			      struct confinement *confinement)
{
	struct identity identity;
	confinement->user = CONFINE_USER_SHARED;
	if (geteuid() != 0)
		return RESULT_OK;
	confinement->user = CONFINE_USER_OWN;
	if (kind == ROLE_PARENT)
		return RESULT_OK;
	if (identity_find(identity_setting(kind, settings), &identity) == RESULT_OK)
		return identity_become(&identity);
	confinement->user = CONFINE_USER_ROOT;
	char part[SETTING_USER_MAX + 16];
	snprintf(part, sizeof part, "user:%s", identity_setting(kind, settings));
	errno = ENOENT;
	say_missing(kind, settings, part);
	return RESULT_OK;
}

static enum result verdict(enum role_kind kind, const struct settings *settings,
			   const struct confinement *confinement)
{
	const char *lacks = confinement_lacks(confinement);
	if (!lacks || !is_required(settings))
		return RESULT_OK;
	log_line(LOG_LEVEL_ERROR, "event=sandbox.refused role=%s lacks=\"%s\"", role_name(kind),
		 lacks);
	return RESULT_CONFIG;
}

enum result confine_enter(enum role_kind kind, const struct settings *settings,
			  struct confinement *ret_confinement)
{
	struct confinement confinement = {
		.relaxed = CONFINE_RELAXED,
		.calls = true, // comes later, and is not lacking until then
		// The parent has no key to lock, and a sanitizer locks nothing.
		.memory_locked = kind == ROLE_PARENT || CONFINE_RELAXED || has_locked_memory(),
	};
	capabilities_bound(capabilities_of(kind));
	enum result result = enter_user(kind, settings, &confinement);
	if (result == RESULT_OK)
		result = limit_files(kind);
	if (result != RESULT_OK)
		return result;
	confinement.uid = geteuid();
	confinement.no_capabilities = capabilities_keep(capabilities_of(kind)) == RESULT_OK;
	if (!confinement.no_capabilities)
		say_missing(kind, settings, "capabilities");
	confinement.undumpable = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
	if (landlock_enter(kind, settings) == RESULT_OK)
		confinement.landlock = landlock_version();
	else
		say_missing(kind, settings, "landlock");
	*ret_confinement = confinement;
	return verdict(kind, settings, &confinement);
}

enum result confine_seal(enum role_kind kind, const struct settings *settings,
			 struct confinement *confinement)
{
	confinement->calls = calls_seal(kind) == RESULT_OK;
	if (!confinement->calls)
		say_missing(kind, settings, "seccomp");
	return verdict(kind, settings, confinement);
}

void confine_report(const struct role *role, const struct confinement *confinement)
{
	// Smaller than what a pipe takes at once. A parent that is gone does not ask.
	if (write(role->report, confinement, sizeof *confinement) != (ssize_t)sizeof *confinement)
		log_line(LOG_LEVEL_WARNING, "event=sandbox.untold");
	close(role->report);
}

const char *confinement_lacks(const struct confinement *confinement)
{
	if (confinement->user == CONFINE_USER_ROOT)
		return "a user of its own";
	if (!confinement->no_capabilities)
		return "no capabilities";
	if (!confinement->landlock)
		return "Landlock";
	if (!confinement->calls)
		return "seccomp";
	if (!confinement->memory_locked)
		return "locked memory";
	return confinement->undumpable || confinement->relaxed ? NULL : "no dumps";
}

void confinement_format(const struct confinement *confinement, char *out, size_t size)
{
	static const char *const users[] = {[CONFINE_USER_ROOT] = "root",
					    [CONFINE_USER_SHARED] = "shared",
					    [CONFINE_USER_OWN] = "own"};
	snprintf(out, size,
		 "uid=%u user=%s seccomp=%s landlock=%u memlock=%s dumpable=%s capabilities=%s%s",
		 (unsigned)confinement->uid, users[confinement->user],
		 confinement->calls ? "yes" : "no", (unsigned)confinement->landlock,
		 confinement->memory_locked ? "yes" : "no", confinement->undumpable ? "no" : "yes",
		 confinement->no_capabilities ? "least" : "more",
		 confinement->relaxed ? " relaxed=sanitizer" : "");
}
