// SPDX-License-Identifier: EUPL-1.2
// A daemon whose filters lack one system call, the one that KNP_WITHOUT names: the negative control
// of calls_test.py. Never installed.
#include <stdlib.h>
#include <string.h>

int __real_seccomp_syscall_resolve_name(const char *name);
int __wrap_seccomp_syscall_resolve_name(const char *name);

int __wrap_seccomp_syscall_resolve_name(const char *name)
{
	const char *without = getenv("KNP_WITHOUT");
	if (without && strcmp(name, without) == 0)
		return -1; // as of a call this kind of machine does not have
	return __real_seccomp_syscall_resolve_name(name);
}
