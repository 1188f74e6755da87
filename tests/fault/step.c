// SPDX-License-Identifier: EUPL-1.2
// Preloaded into the daemon by time_test.py: a wall clock that can be stepped while it runs. The
// file that KNP_STEP names holds one native int64, seconds that the wall clock is off; it is mapped
// when a process starts, before that process may open nothing any more.
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *off;

__attribute__((constructor)) static void map_step(void)
{
	const char *name = getenv("KNP_STEP");
	int fd = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
	void *page = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *off, PROT_READ, MAP_SHARED, fd, 0);
	if (fd >= 0)
		close(fd);
	if (page == MAP_FAILED)
		abort(); // a test that steps nothing would pass
	off = page;
}

int clock_gettime(clockid_t clock, struct timespec *ret_time)
{
	int result = (int)syscall(SYS_clock_gettime, clock, ret_time);
	if (result == 0 && off && clock == CLOCK_REALTIME)
		ret_time->tv_sec += *off;
	return result;
}
