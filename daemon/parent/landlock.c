// SPDX-License-Identifier: EUPL-1.2
// Landlock by its system calls: glibc has no wrappers, and the headers of Debian 12 know fewer
// rights than the kernels it may run under. What a kernel does not know is left out, by the version
// it reports; status prints that version.
#include "parent/layers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

#define CREATE_RULESET_VERSION 1u
#define RULE_PATH_BENEATH 1
#define RULE_NET_PORT 2

// Rights on files, linux/landlock.h, with the version that brought them.
#define FS_EXECUTE (UINT64_C(1) << 0)
#define FS_WRITE_FILE (UINT64_C(1) << 1)
#define FS_READ_FILE (UINT64_C(1) << 2)
#define FS_READ_DIR (UINT64_C(1) << 3)
#define FS_MAKE_CHAR (UINT64_C(1) << 6)
#define FS_MAKE_BLOCK (UINT64_C(1) << 11)
#define FS_VERSION_1 (UINT64_C(0x1fff))
#define FS_REFER (UINT64_C(1) << 13)     // 2
#define FS_TRUNCATE (UINT64_C(1) << 14)  // 3
#define FS_IOCTL_DEV (UINT64_C(1) << 15) // 5
#define NET_BIND (UINT64_C(1) << 0)      // 4
#define NET_CONNECT (UINT64_C(1) << 1)   // 4
// What cannot be reached outside: abstract sockets and, by signals, processes.
#define SCOPES (UINT64_C(3)) // 6

#define FS_READ (FS_READ_FILE | FS_READ_DIR)
#define FS_ALL UINT64_MAX // whatever the kernel knows
// Everything inside a folder of data but running it and making devices in it.
#define FS_DATA (FS_ALL & ~(FS_EXECUTE | FS_MAKE_CHAR | FS_MAKE_BLOCK | FS_IOCTL_DEV))
// The parent only must not start other programs or make devices.
#define FS_PARENT (FS_EXECUTE | FS_MAKE_CHAR | FS_MAKE_BLOCK)

#define BOOT_ID_FILE "/proc/sys/kernel/random/boot_id"

struct ruleset_attr {
	uint64_t fs, net, scoped;
};

struct path_beneath_attr {
	uint64_t access;
	int32_t fd;
} __attribute__((packed));

struct net_port_attr {
	uint64_t access, port;
};

uint32_t landlock_version(void)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);
	return version > 0 ? (uint32_t)version : 0;
}

static uint64_t fs_known(uint32_t version)
{
	return FS_VERSION_1 | (version >= 2 ? FS_REFER : 0) | (version >= 3 ? FS_TRUNCATE : 0) |
	       (version >= 5 ? FS_IOCTL_DEV : 0);
}

// What is denied unless a rule allows it.
static struct ruleset_attr denied(enum role_kind kind, uint32_t version)
{
	struct ruleset_attr attr = {.fs = fs_known(version)};
	if (kind == ROLE_PARENT) {
		attr.fs = FS_PARENT;
		return attr;
	}
	if (version >= 4)
		attr.net = NET_BIND | NET_CONNECT;
	if (version >= 6)
		attr.scoped = SCOPES;
	return attr;
}

static long create(const struct ruleset_attr *attr, uint32_t version)
{
	size_t size = version >= 6   ? sizeof *attr
		      : version >= 4 ? offsetof(struct ruleset_attr, scoped)
				     : offsetof(struct ruleset_attr, net);
	return syscall(SYS_landlock_create_ruleset, attr, size, 0);
}

// ---- rules ---------------------------------------------------------------------------------

struct rules {
	int ruleset;
	struct ruleset_attr denied;
};

static enum result allow_path(const struct rules *rules, const char *path, uint64_t access)
{
	struct path_beneath_attr attr = {.access = access & rules->denied.fs};
	attr.fd = open(path, O_PATH | O_CLOEXEC);
	if (attr.fd < 0)
		return RESULT_IO;
	long rc = syscall(SYS_landlock_add_rule, rules->ruleset, RULE_PATH_BENEATH, &attr, 0);
	int cause = errno;
	close(attr.fd);
	errno = cause;
	return rc == 0 ? RESULT_OK : RESULT_IO;
}

static enum result allow_port(const struct rules *rules, uint64_t port, uint64_t access)
{
	const struct net_port_attr attr = {.access = access & rules->denied.net, .port = port};
	if (!attr.access)
		return RESULT_OK;
	return syscall(SYS_landlock_add_rule, rules->ruleset, RULE_NET_PORT, &attr, 0) == 0
		       ? RESULT_OK
		       : RESULT_IO;
}

// Path of what loads this program, NULL when nothing does.
static const char *interpreter(void)
{
	const Elf64_Phdr *headers = (const Elf64_Phdr *)(uintptr_t)getauxval(AT_PHDR);
	unsigned long count = getauxval(AT_PHNUM);
	uintptr_t base = 0;
	for (unsigned long i = 0; headers && i < count; i++) {
		if (headers[i].p_type == PT_PHDR)
			base = (uintptr_t)headers - headers[i].p_vaddr;
		else if (headers[i].p_type == PT_INTERP)
			return (const char *)(base + headers[i].p_vaddr);
	}
	return NULL;
}

// Its own program, for its children, and what loads it.
static enum result allow_parent(const struct rules *rules)
{
	const char *loader = interpreter();
	enum result result = allow_path(rules, "/proc/self/exe", FS_EXECUTE);
	if (result == RESULT_OK && loader)
		result = allow_path(rules, loader, FS_EXECUTE);
	return result;
}

// What is missing its role says best.
static enum result allow_if_there(const struct rules *rules, const char *path, uint64_t access)
{
	return allow_path(rules, path, access) == RESULT_OK || errno == ENOENT ? RESULT_OK
									       : RESULT_IO;
}

static enum result allow_core(const struct rules *rules, const struct settings *settings)
{
	enum result result = allow_path(rules, settings->data, FS_DATA);
	// A guard on a disk of its own is one file, written in place.
	if (result == RESULT_OK && settings->guard[0])
		result = allow_if_there(rules, settings->guard, FS_READ_FILE | FS_WRITE_FILE);
	if (result == RESULT_OK)
		result = allow_if_there(rules, settings->codes, FS_READ);
	// Without it state is built anew at each start; nothing else rests on it.
	if (result == RESULT_OK)
		(void)allow_path(rules, BOOT_ID_FILE, FS_READ_FILE);
	return result;
}

static enum result allow_below(const struct rules *rules, const struct settings *settings,
			       const char *name, uint64_t access)
{
	char path[300];
	snprintf(path, sizeof path, "%s/%s", settings->data, name);
	return allow_if_there(rules, path, access);
}

// A reader changes no file of core's but the tables in which LMDB keeps who reads what, and the
// export and the backup that it makes. Core may replace that of state (a replay): a later reader
// has the new one.
static enum result allow_reader(const struct rules *rules, const struct settings *settings)
{
	enum result result = allow_path(rules, settings->data, FS_READ);
	if (result == RESULT_OK && settings->guard[0])
		result = allow_if_there(rules, settings->guard, FS_READ_FILE);
	if (result == RESULT_OK)
		result = allow_if_there(rules, settings->codes, FS_READ);
	if (result == RESULT_OK)
		result = allow_below(rules, settings, "log/lock.mdb", FS_READ_FILE | FS_WRITE_FILE);
	if (result == RESULT_OK)
		result = allow_below(rules, settings, "state/lock.mdb",
				     FS_READ_FILE | FS_WRITE_FILE);
	if (result == RESULT_OK)
		result = allow_below(rules, settings, EXPORT_FOLDER, FS_DATA);
	if (result == RESULT_OK && settings->backup[0])
		result = allow_if_there(rules, settings->backup, FS_DATA);
	return result;
}

// False: no endpoint is set there.
static bool port_of(const struct settings *settings, unsigned door, unsigned long *ret_port)
{
	const char *colon = strrchr(door_endpoint(settings, door), ':');
	if (colon)
		*ret_port = strtoul(colon + 1, NULL, 10);
	return colon != NULL;
}

// The gate reaches no file. It binds its ports and, to test itself, connects to them; a port that
// the kernel is to choose is not known yet. Afterwards seccomp takes both away.
static enum result allow_gate(const struct rules *rules, const struct settings *settings)
{
	enum result result = RESULT_OK;
	unsigned long port;
	for (unsigned n = 0; result == RESULT_OK && n < DOORS_MAX; n++)
		if (port_of(settings, n, &port))
			result = allow_port(rules, port, NET_BIND | (port ? NET_CONNECT : 0));
	return result;
}

static enum result allow(enum role_kind kind, const struct settings *settings,
			 const struct rules *rules)
{
	if (CONFINE_RELAXED) {
		enum result result = allow_path(rules, "/", FS_EXECUTE | FS_READ);
		if (result != RESULT_OK)
			return result;
	}
	switch (kind) {
	case ROLE_PARENT:
		return allow_parent(rules);
	case ROLE_CORE:
		return allow_core(rules, settings);
	case ROLE_READER:
		return allow_reader(rules, settings);
	case ROLE_GATE:
		return allow_gate(rules, settings);
	default:
		return RESULT_OK; // an opener reaches nothing
	}
}

static bool port_is_open(const struct settings *settings)
{
	unsigned long port;
	for (unsigned n = 0; n < DOORS_MAX; n++)
		if (port_of(settings, n, &port) && port == 0)
			return true;
	return false;
}

enum result landlock_enter(enum role_kind kind, const struct settings *settings)
{
	uint32_t version = landlock_version();
	if (version == 0)
		return RESULT_UNSUPPORTED;
	struct rules rules = {.denied = denied(kind, version)};
	if (kind == ROLE_GATE && port_is_open(settings))
		rules.denied.net &= NET_BIND;
	rules.ruleset = (int)create(&rules.denied, version);
	if (rules.ruleset < 0)
		return RESULT_IO;
	enum result result = allow(kind, settings, &rules);
	if (result == RESULT_OK && syscall(SYS_landlock_restrict_self, rules.ruleset, 0) != 0)
		result = RESULT_IO;
	int cause = errno;
	close(rules.ruleset);
	errno = cause;
	return result;
}
