// SPDX-License-Identifier: EUPL-1.2
// Preloaded into the daemon by compact_test.py: the core that compacts ends, as if it were killed,
// at its n-th call that changes a file, before that does anything. The file that KNP_CUT names
// holds n (0: never) and perhaps a word; each such call is named in <it>.calls. "halved" plants a
// fault: two folders are exchanged by three renames, between which there is no log. "unsynced":
// from the exchange on no folder can be synced.
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define COMPACTS "--before\0004" // in the arguments of that core alone (parent/role.h)

static int calls = -1;
static long wanted, counted;
static char from[32]; // "": all count
static bool compacts, halved, unsynced, exchanged;

__attribute__((constructor)) static void begin(void)
{
	char arguments[4096];
	int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? 0 : read(fd, arguments, sizeof arguments);
	if (fd >= 0)
		close(fd);
	compacts = len > 0 && memmem(arguments, (size_t)len, COMPACTS, sizeof COMPACTS - 1);
}

// Once core has become its user and reaches its data folder.
static bool counts(void)
{
	char text[64] = "", path[4096];
	const char *name = getenv("KNP_CUT");
	int fd = calls < 0 && compacts && name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0)
		return calls >= 0;
	ssize_t len = read(fd, text, sizeof text - 1);
	close(fd);
	wanted = len > 0 ? strtol(text, NULL, 10) : 0;
	halved = strstr(text, "halved") != NULL;
	unsynced = strstr(text, "unsynced") != NULL;
	const char *word = strstr(text, "from=");
	if (word)
		snprintf(from, sizeof from, "%.*s", (int)strcspn(word + 5, " \n"), word + 5);
	snprintf(path, sizeof path, "%s.calls", name);
	calls = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	return calls >= 0;
}

static void count(const char *name)
{
	char line[64];
	if (!counts())
		return;
	int len = snprintf(line, sizeof line, "%s\n", name);
	(void)!syscall(SYS_write, calls, line, len);
	if (strcmp(name, from) == 0)
		from[0] = '\0';
	if (!from[0] && ++counted == wanted)
		syscall(SYS_exit_group, 9);
}

// Lines for the log of the daemon and messages to other processes change no file.
static void count_on(const char *name, int fd)
{
	struct stat st;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && fd > STDERR_FILENO)
		count(name);
}

ssize_t write(int fd, const void *data, size_t len)
{
	count_on("write", fd);
	return syscall(SYS_write, fd, data, len);
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
	count_on("pwrite", fd);
	return syscall(SYS_pwrite64, fd, data, len, at);
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t at)
{
	return pwrite(fd, data, len, at);
}

ssize_t pwritev(int fd, const struct iovec *pieces, int count_of, off_t at)
{
	count_on("pwritev", fd);
	return syscall(SYS_pwritev, fd, pieces, count_of, at, 0);
}

ssize_t pwritev64(int fd, const struct iovec *pieces, int count_of, off64_t at)
{
	return pwritev(fd, pieces, count_of, at);
}

int fsync(int fd)
{
	struct stat st;
	count("fsync");
	if (unsynced && exchanged && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		errno = EIO;
		return -1;
	}
	return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	count("fdatasync");
	return (int)syscall(SYS_fdatasync, fd);
}

int ftruncate(int fd, off_t len)
{
	count("ftruncate");
	return (int)syscall(SYS_ftruncate, fd, len);
}

int ftruncate64(int fd, off64_t len)
{
	return ftruncate(fd, len);
}

int rename(const char *old, const char *new)
{
	count("rename");
	return (int)syscall(SYS_rename, old, new);
}

static int half(const char *old, const char *new)
{
	count("half");
	return (int)syscall(SYS_rename, old, new);
}

static int exchange_in_halves(const char *one, const char *other)
{
	char aside[4096];
	snprintf(aside, sizeof aside, "%s.aside", other);
	return half(other, aside) || half(one, other) ? -1 : half(aside, one);
}

int renameat2(int old_folder, const char *old, int new_folder, const char *new, unsigned flags)
{
	if (counts() && halved && flags == RENAME_EXCHANGE)
		return exchange_in_halves(old, new);
	count(flags == RENAME_EXCHANGE ? "exchange" : "renameat2");
	exchanged |= flags == RENAME_EXCHANGE;
	return (int)syscall(SYS_renameat2, old_folder, old, new_folder, new, flags);
}

int unlink(const char *path)
{
	count("unlink");
	return (int)syscall(SYS_unlink, path);
}

int unlinkat(int folder, const char *path, int flags)
{
	count("unlinkat");
	return (int)syscall(SYS_unlinkat, folder, path, flags);
}

int rmdir(const char *path)
{
	count("rmdir");
	return (int)syscall(SYS_rmdir, path);
}

int mkdir(const char *path, mode_t mode)
{
	count("mkdir");
	return (int)syscall(SYS_mkdir, path, mode);
}
