// SPDX-License-Identifier: EUPL-1.2
// The system calls of each role, as tables that a reader can hold beside docs/security.md. What is
// on none of them ends the process, and the kernel logs it; the parent logs "signal=31".
//
// A call with a condition stands in `conditional`. The parent's table is the outer one: children
// inherit it, so it holds what they need until they are sealed themselves.
#include "parent/layers.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// What C programs do: memory, time, waiting, talking over descriptors they have, ending.
static const char *const of_all[] = {
	"brk",
	"clock_gettime",
	"clock_nanosleep",
	"close",
	"exit",
	"exit_group",
	"fcntl",
	"fstat",
	"futex",
	"getegid",
	"geteuid",
	"getgid",
	"getpid",
	"getrandom",
	"getsockopt",
	"gettid",
	"gettimeofday",
	"getuid",
	"lseek",
	"madvise",
	"mlock",
	"mremap",
	"munlock",
	"munmap",
	"nanosleep",
	"newfstatat",
	"poll",
	"ppoll",
	"read",
	"recvfrom",
	"recvmsg",
	"restart_syscall",
	"rseq",
	"rt_sigaction",
	"rt_sigprocmask",
	"rt_sigreturn",
	"sched_yield",
	"sched_getaffinity",
	"sendmsg",
	"sendto",
	"set_robust_list",
	"sigaltstack",
	"sysinfo", // qsort of more than a page asks how much memory there is
	"time",
	"write",
	"writev",
	NULL,
};

// Connections that come in over sockets it has bound before.
static const char *const of_gate[] = {
	"accept4",
	"epoll_ctl",
	"epoll_pwait",
	"epoll_wait",
	"eventfd2",
	"getpeername",
	"getsockname",
	"setsockopt",
	"shutdown",
	// A thread of libzmq that is still starting when the gate is sealed.
	"sched_getparam",
	"sched_getscheduler",
	"sched_setscheduler",
	NULL,
};

// Files below the data folder, which Landlock and its user bound: a reader reads them, and writes
// an export, and a backup, which is a database too. LMDB asks uname when it opens.
static const char *const of_reader[] = {
	"access",     "faccessat", "faccessat2", "fdatasync", "fstatfs", "fsync",    "getcwd",
	"getdents64", "link",      "linkat",     "lstat",     "mkdir",   "mkdirat",  "open",
	"openat",     "pread64",   "pwrite64",   "readlink",  "rename",  "renameat", "renameat2",
	"stat",       "statfs",    "statx",      "umask",     "uname",   "unlink",   "unlinkat",
	"flock",      "rmdir",     "fadvise64",  "ftruncate", "pwritev", NULL,
};

// What core changes of them.
static const char *const of_core[] = {
	"fallocate", "msync", "sync_file_range", "syncfs", NULL,
};

// Starting others, becoming one of them, and confining oneself.
static const char *const of_parent[] = {
	"accept",
	"arch_prctl",
	"bind",
	"capget",
	"capset",
	"chmod",
	"clone",
	"close_range",
	"connect",
	"dup",
	"dup2",
	"dup3",
	"epoll_create1",
	"execve",
	"fadvise64",
	"fchmod",
	"fork",
	"getgroups",
	"getppid",
	"getresgid",
	"getresuid",
	"getrlimit",
	"getrusage",
	"kill",
	"landlock_add_rule",
	"landlock_create_ruleset",
	"landlock_restrict_self",
	"listen",
	"membarrier",
	"memfd_create",
	"pipe2",
	"prctl",
	"prlimit64",
	"readlinkat",
	"rt_sigpending",
	"rt_sigtimedwait",
	"sched_getparam",
	"sched_getscheduler",
	"sched_setscheduler",
	"seccomp",
	"set_tid_address",
	"setgroups",
	"setresgid",
	"setresuid",
	"setrlimit",
	"signalfd4",
	"socketpair",
	"uname",
	"vfork",
	"wait4",
	"waitid",
	NULL,
};

// What sanitizers do while a program runs and when it ends.
static const char *const of_sanitizers[] = {
	"getdents",
	"clone",
	"dup",
	"dup2",
	"getdents64",
	"getppid",
	"getrlimit",
	"kill",
	"open",
	"openat",
	"personality",
	"pipe2",
	"prctl",
	"pread64",
	"process_vm_readv",
	"ptrace",
	"readlink",
	"sched_getparam",
	"sched_getscheduler",
	"set_tid_address",
	"stat",
	"umask",
	"uname",
	"vfork",
	"wait4",
	"mprotect",
	"mmap",
	"tgkill",
	"prlimit64",
	"getrusage",
	NULL,
};

static int allow(scmp_filter_ctx filter, const char *const names[])
{
	for (; *names; names++) {
		int number = seccomp_syscall_resolve_name(*names);
		if (number < 0)
			continue; // not on this kind of machine
		int rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);
		if (rc != 0)
			return rc;
	}
	return 0;
}

struct condition {
	int call;
	enum scmp_compare op;
	unsigned argument;
	uint64_t value, mask; // mask: of SCMP_CMP_MASKED_EQ, `value` under it
	uint32_t action;
};

static int add_conditions(scmp_filter_ctx filter, const struct condition *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct condition *row = &rows[i];
		struct scmp_arg_cmp cmp = {.arg = row->argument, .op = row->op};
		cmp.datum_a = row->op == SCMP_CMP_MASKED_EQ ? row->mask : row->value;
		cmp.datum_b = row->value;
		int rc = seccomp_rule_add_array(filter, row->action, row->call, 1, &cmp);
		if (rc != 0)
			return rc;
	}
	return 0;
}

// For every role but the parent, which executes programs that map themselves.
static int allow_bounded(scmp_filter_ctx filter)
{
	const struct condition rows[] = {
		// Memory that is written is never executed.
		{SCMP_SYS(mmap), SCMP_CMP_MASKED_EQ, 2, 0, PROT_EXEC, SCMP_ACT_ALLOW},
		{SCMP_SYS(mprotect), SCMP_CMP_MASKED_EQ, 2, 0, PROT_EXEC, SCMP_ACT_ALLOW},
		// abort() signals nobody but itself.
		{SCMP_SYS(tgkill), SCMP_CMP_EQ, 0, (uint64_t)getpid(), 0, SCMP_ACT_ALLOW},
		// A thread may be named.
		{SCMP_SYS(prctl), SCMP_CMP_EQ, 0, PR_SET_NAME, 0, SCMP_ACT_ALLOW},
		// A limit may be read, not set.
		{SCMP_SYS(prlimit64), SCMP_CMP_EQ, 2, 0, 0, SCMP_ACT_ALLOW},
	};
	return add_conditions(filter, rows, sizeof rows / sizeof rows[0]);
}

// Sockets of the kinds that gate and service manager need, and no raw ones.
static int allow_sockets(scmp_filter_ctx filter)
{
	const struct condition rows[] = {
		{SCMP_SYS(socket), SCMP_CMP_EQ, 0, AF_UNIX, 0, SCMP_ACT_ALLOW},
		{SCMP_SYS(socket), SCMP_CMP_EQ, 0, AF_INET, 0, SCMP_ACT_ALLOW},
		{SCMP_SYS(socket), SCMP_CMP_EQ, 0, AF_INET6, 0, SCMP_ACT_ALLOW},
		{SCMP_SYS(socket), SCMP_CMP_EQ, 0, AF_NETLINK, 0, SCMP_ACT_ALLOW},
	};
	static const char *const unbounded[] = {"mmap", "mprotect", "tgkill", NULL};
	int rc = add_conditions(filter, rows, sizeof rows / sizeof rows[0]);
	return rc ? rc : allow(filter, unbounded);
}

// Calls that libraries try and can do without: they get an error instead of the end.
static int refuse_gently(scmp_filter_ctx filter)
{
	// Its flags lie in memory, where no filter sees them; glibc then uses clone.
	int rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	// Is it a terminal? Never.
	return rc ? rc : seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 0);
}

static int fill(scmp_filter_ctx filter, enum role_kind kind)
{
	int rc = allow(filter, of_all);
	if (!rc)
		rc = refuse_gently(filter);
	if (!rc && CONFINE_RELAXED)
		rc = allow(filter, of_sanitizers);
	if (!rc && (kind == ROLE_GATE || kind == ROLE_PARENT))
		rc = allow(filter, of_gate);
	if (!rc && (kind == ROLE_READER || kind == ROLE_CORE || kind == ROLE_PARENT))
		rc = allow(filter, of_reader);
	if (!rc && (kind == ROLE_CORE || kind == ROLE_PARENT))
		rc = allow(filter, of_core);
	if (!rc && kind == ROLE_PARENT)
		rc = allow(filter, of_parent);
	if (!rc)
		rc = kind == ROLE_PARENT ? allow_sockets(filter) : allow_bounded(filter);
	return rc;
}

bool calls_supported(void)
{
	const uint32_t action = SCMP_ACT_KILL_PROCESS;
	return syscall(SYS_seccomp, 2 /* SECCOMP_GET_ACTION_AVAIL */, 0, &action) == 0;
}

enum result calls_seal(enum role_kind kind)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (!filter)
		return RESULT_NO_MEMORY;
	int rc = fill(filter, kind);
	if (!rc)
		rc = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	if (!rc)
		rc = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (!rc)
		rc = seccomp_load(filter);
	seccomp_release(filter);
	if (rc == 0)
		return RESULT_OK;
	errno = -rc;
	return RESULT_IO;
}
