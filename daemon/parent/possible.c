// SPDX-License-Identifier: EUPL-1.2
// What can be told about the sandbox before any process is in it, and what init prepares for it.
#include "parent/layers.h"

#include "base/guess.h"
#include "melding/reason.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROLES 3
#define MEMLOCK_LEAST (1024 * 1024) // keys, and those of a thousand parties, with guard pages

static const enum role_kind children[ROLES] = {ROLE_GATE, ROLE_OPENER, ROLE_CORE};

static enum result refuse(struct problem *problem, const char *fix, const char *message)
{
	problem_set(problem, reason_code(REASON_SANDBOX), fix, "%s", message);
	return RESULT_CONFIG;
}

// ---- users ---------------------------------------------------------------------------------

static bool find_users(const struct settings *settings, struct identity ret_users[ROLES],
		       enum role_kind *ret_missing)
{
	bool all = true;
	for (int i = ROLES - 1; i >= 0; i--) {
		const char *name = identity_setting(children[i], settings);
		if (identity_find(name, &ret_users[i]) != RESULT_OK) {
			*ret_missing = children[i]; // the first of them, in the end
			all = false;
		}
	}
	return all;
}

bool confine_lacks_users(const struct settings *settings, char *out, size_t size)
{
	struct identity user;
	struct name_list list = name_list_in(out, size);
	if (geteuid() != 0)
		return false;
	for (int i = 0; i < ROLES; i++) {
		const char *name = identity_setting(children[i], settings);
		if (identity_find(name, &user) != RESULT_OK)
			name_list_add(&list, name);
	}
	return out[0] != '\0';
}

static bool users_differ(const struct identity users[ROLES])
{
	return users[0].uid != users[1].uid && users[1].uid != users[2].uid &&
	       users[0].uid != users[2].uid;
}

// The folder above, which core must get through; "" when it can.
static void closed_above(const char *folder, char out[240])
{
	struct stat st;
	snprintf(out, 240, "%s", folder);
	char *slash = strrchr(out, '/');
	if (slash)
		slash[slash == out] = '\0';
	if (!slash || stat(out, &st) != 0 || st.st_mode & S_IXOTH)
		out[0] = '\0';
}

void confine_folder_commands(const struct settings *settings, char *out, size_t size)
{
	int len;
	char above[240];
	closed_above(settings->data, above);
	len = snprintf(out, size, "chown -R %s: %s%s%s", settings->core_user, settings->data,
		       above[0] ? " && chmod o+x " : "", above);
	if (len < 0 || len >= (int)size) // half a path would be another folder
		snprintf(out, size, "chown -R %s: with that folder", settings->core_user);
}

// Databases, keystore and guard are core's and nobody else's.
static enum result check_owner(const struct settings *settings, uid_t core, struct problem *problem)
{
	struct stat st;
	char fix[240], commands[190];
	if (stat(settings->data, &st) != 0 || st.st_uid == core)
		return RESULT_OK; // a folder that is not there is named by what needs it
	problem_set_file(problem, settings->data);
	confine_folder_commands(settings, commands, sizeof commands);
	snprintf(fix, sizeof fix, "stop the daemon and give it to that user: %s", commands);
	return refuse(problem, fix, "the data folder does not belong to the user of core");
}

static enum result check_users(const struct settings *settings, struct problem *problem)
{
	struct identity users[ROLES];
	enum role_kind missing = ROLE_GATE;
	if (geteuid() != 0)
		return RESULT_OK;
	if (find_users(settings, users, &missing)) {
		if (users_differ(users))
			return check_owner(settings, users[ROLES - 1].uid, problem);
		return refuse(problem, "name three users, none of them root",
			      "gate_user, opener_user and core_user are not three users");
	}
	if (settings->sandbox != SANDBOX_REQUIRED)
		return RESULT_OK;
	char message[240], names[120] = "";
	confine_lacks_users(settings, names, sizeof names);
	snprintf(message, sizeof message,
		 "there is no user %s for the %s, and root cannot be it (not there: %s)",
		 identity_setting(missing, settings), role_name(missing), names);
	problem_set_field(problem, "%s_user", role_name(missing));
	return refuse(problem,
		      "make them: " CONFINE_MAKE_USERS
		      " NAME for each; or name others in the settings, or start the daemon as a "
		      "user that is not root",
		      message);
}

// ---- kernel --------------------------------------------------------------------------------

static enum result check_kernel(const struct settings *settings, struct problem *problem)
{
	if (settings->sandbox != SANDBOX_REQUIRED)
		return RESULT_OK;
	static const char fix[] = "use a kernel from 5.13 on with Landlock and seccomp, or write "
				  "\"sandbox: best-effort\" to run without";
	if (landlock_version() == 0)
		return refuse(problem, fix, "this kernel does not offer Landlock");
	if (!calls_supported())
		return refuse(problem, fix, "this kernel does not offer seccomp");
	return RESULT_OK;
}

// Keys are never in memory that may be written to a disk: this does not ask the settings.
static enum result check_memory(struct problem *problem)
{
	struct rlimit locked;
	if (getrlimit(RLIMIT_MEMLOCK, &locked) == 0 && locked.rlim_max >= MEMLOCK_LEAST)
		return RESULT_OK;
	return refuse(problem,
		      "raise the limit to 1 MiB or more: LimitMEMLOCK= of the unit, or ulimit -l",
		      "less memory may be locked than keys need");
}

enum result confine_check(const struct settings *settings, struct problem *problem)
{
	enum result result = check_memory(problem);
	if (result == RESULT_OK)
		result = check_kernel(settings, problem);
	return result == RESULT_OK ? check_users(settings, problem) : result;
}

// ---- init ----------------------------------------------------------------------------------

bool confine_is_possible(const struct settings *settings)
{
	struct identity users[ROLES];
	enum role_kind missing;
	return landlock_version() > 0 && calls_supported() &&
	       (geteuid() != 0 || find_users(settings, users, &missing));
}

static bool core_user(const struct settings *settings, struct identity *ret_identity)
{
	return geteuid() == 0 && identity_find(settings->core_user, ret_identity) == RESULT_OK;
}

enum result confine_give_to_core(const struct settings *settings, const char *folder,
				 const char *above)
{
	struct identity identity;
	if (!core_user(settings, &identity))
		return RESULT_OK;
	if (above && chmod(above, 0711) != 0)
		return RESULT_IO;
	return chown(folder, identity.uid, identity.gid) == 0 ? RESULT_OK : RESULT_IO;
}

enum result confine_as_core(const struct settings *settings)
{
	struct identity identity;
	return core_user(settings, &identity) ? identity_become(&identity) : RESULT_OK;
}
