// SPDX-License-Identifier: EUPL-1.2
#include "parent/layers.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CAPABILITIES_MAX 64

enum result identity_find(const char *text, struct identity *ret_identity)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);
	bool numeric = *end == '\0' && end != text && number < UINT32_MAX;
	const struct passwd *row = numeric ? getpwuid((uid_t)number) : getpwnam(text);
	struct identity found;
	if (row)
		found = (struct identity){row->pw_uid, row->pw_gid};
	else if (numeric) // of no name, as in a container
		found = (struct identity){(uid_t)number, (gid_t)number};
	else
		return RESULT_NOT_FOUND;
	if (found.uid == 0)
		return RESULT_DENIED;
	*ret_identity = found;
	return RESULT_OK;
}

const char *identity_setting(enum role_kind kind, const struct settings *settings)
{
	switch (kind) {
	case ROLE_GATE:
		return settings->gate_user;
	case ROLE_OPENER:
		return settings->opener_user;
	case ROLE_CORE:
	case ROLE_READER: // what it reads is core's
		return settings->core_user;
	default:
		return NULL;
	}
}

// All three of each, or a later call brings the old one back.
static bool is_for_good(const struct identity *identity)
{
	uid_t uid[3];
	gid_t gid[3];
	if (getresuid(&uid[0], &uid[1], &uid[2]) != 0 || getresgid(&gid[0], &gid[1], &gid[2]) != 0)
		return false;
	for (int i = 0; i < 3; i++) {
		if (uid[i] != identity->uid || gid[i] != identity->gid)
			return false;
	}
	return getgroups(0, NULL) == 0 && setresuid(-1, 0, -1) != 0 && setresgid(-1, 0, -1) != 0;
}

enum result identity_become(const struct identity *identity)
{
	int death_signal = 0;
	pid_t parent = getppid();
	if (prctl(PR_GET_PDEATHSIG, &death_signal, 0, 0, 0) != 0 || setgroups(0, NULL) != 0 ||
	    setresgid(identity->gid, identity->gid, identity->gid) != 0 ||
	    setresuid(identity->uid, identity->uid, identity->uid) != 0)
		return RESULT_IO;
	if (!is_for_good(identity)) {
		errno = EPERM;
		return RESULT_IO;
	}
	// The change of user took back what confine_start and the start of this process set.
	if (prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0)
		return RESULT_IO;
	if (death_signal && getppid() != parent)
		raise(death_signal);
	return confine_start();
}

void capabilities_bound(uint64_t keep)
{
	for (int capability = 0; capability < CAPABILITIES_MAX; capability++) {
		if (!(keep >> capability & 1))
			(void)prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
	}
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

static bool capability_is_gone(const struct __user_cap_data_struct data[2], uint64_t keep)
{
	uint64_t held = 0;
	for (int i = 0; i < 2; i++)
		held |= (uint64_t)(data[i].effective | data[i].permitted | data[i].inheritable)
			<< (32 * i);
	return (held & ~keep) == 0;
}

enum result capabilities_keep(uint64_t keep)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2];
	if (syscall(SYS_capget, &header, data) != 0)
		return RESULT_IO;
	if (capability_is_gone(data, keep))
		return RESULT_OK;
	for (int i = 0; i < 2; i++) {
		uint32_t part = (uint32_t)(keep >> (32 * i));
		data[i].permitted &= part;
		data[i].effective &= part;
		data[i].inheritable = 0;
	}
	if (syscall(SYS_capset, &header, data) != 0 || syscall(SYS_capget, &header, data) != 0)
		return RESULT_IO;
	if (capability_is_gone(data, keep))
		return RESULT_OK;
	errno = EPERM;
	return RESULT_IO;
}
