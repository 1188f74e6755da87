// SPDX-License-Identifier: EUPL-1.2
// Preloaded into the daemon by eio_test.py: a disk of which some syncs fail. The file that KNP_EIO
// names holds a part of a path, on one line; while it is there, syncing a file with that part in
// its path fails with EIO, as the kernel reports a write that was lost.
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PATH_LEN 4096

static bool read_part(char part[PATH_LEN])
{
	const char *name = getenv("KNP_EIO");
	int fd = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0)
		return false;
	ssize_t len = read(fd, part, PATH_LEN - 1);
	close(fd);
	if (len <= 0)
		return false;
	part[len] = '\0';
	part[strcspn(part, "\n")] = '\0';
	return part[0] != '\0';
}

static bool fails(int fd)
{
	char part[PATH_LEN], link[64], path[PATH_LEN];
	if (!read_part(part))
		return false;
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t len = readlink(link, path, sizeof path - 1);
	if (len < 0)
		return false;
	path[len] = '\0';
	return strstr(path, part) != NULL;
}

static int sync_by(long number, int fd)
{
	int saved = errno;
	if (fails(fd)) {
		errno = EIO;
		return -1;
	}
	errno = saved;
	return (int)syscall(number, fd);
}

int fdatasync(int fd)
{
	return sync_by(SYS_fdatasync, fd);
}

int fsync(int fd)
{
	return sync_by(SYS_fsync, fd);
}
