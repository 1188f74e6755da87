// SPDX-License-Identifier: EUPL-1.2
// Preloaded into the daemon by roles_memory_test.py: memory that is not to be had in one of its
// processes. The file that KNP_MEMORY names holds one struct plan, shared by all of them and mapped
// when a process starts, before it may open nothing any more. While the role that it names runs,
// its n-th allocation fails, of its own code and of every library under it, once or from then on.
#include "allocators.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define COMMAND_MAX 1024

struct plan {
	char role[16];      // of the command line, "parent" for the one without; empty: nobody
	_Atomic uint64_t n; // 0: none fails
	_Atomic uint64_t for_ever;
	_Atomic uint64_t counted, failed;
};

static struct plan *plan;
static char own_role[16];

// What stands behind --role on this process's command line.
static void read_role(void)
{
	static const char option[] = "--role";
	char words[COMMAND_MAX] = "";
	int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, words, sizeof words - 1);
	if (fd >= 0)
		close(fd);
	memcpy(own_role, "parent", sizeof "parent");
	for (ssize_t at = 0; at < len; at += (ssize_t)strlen(words + at) + 1)
		if (strcmp(words + at, option) == 0 &&
		    strlen(words + at + sizeof option) < sizeof own_role)
			memcpy(own_role, words + at + sizeof option,
			       strlen(words + at + sizeof option) + 1);
}

__attribute__((constructor)) static void map_plan(void)
{
	const char *name = getenv("KNP_MEMORY");
	int fd = name ? open(name, O_RDWR | O_CLOEXEC) : -1;
	void *page = fd < 0 ? MAP_FAILED
			    : mmap(NULL, sizeof *plan, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (fd >= 0)
		close(fd);
	if (page == MAP_FAILED)
		abort(); // a test in which nothing fails would pass
	read_role();
	plan = page;
}

bool allocation_fails(void)
{
	if (!plan || strcmp(plan->role, own_role) != 0)
		return false;
	uint64_t n = plan->n, counted = atomic_fetch_add(&plan->counted, 1) + 1;
	if (n == 0 || counted < n || (counted > n && !plan->for_ever))
		return false;
	atomic_fetch_add(&plan->failed, 1);
	return true;
}
