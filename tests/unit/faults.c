// SPDX-License-Identifier: EUPL-1.2
#include "faults.h"

#include <errno.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static struct {
	unsigned n, kinds, calls;
	int error;
	bool for_ever, hit;
} armed;

void fault_arm(unsigned n, unsigned kinds, int error, bool for_ever)
{
	armed.n = n;
	armed.kinds = kinds;
	armed.calls = 0;
	armed.error = error;
	armed.for_ever = for_ever;
	armed.hit = false;
}

bool fault_disarm(void)
{
	armed.n = 0;
	return armed.hit;
}

static bool fails_now(enum fault_kind kind)
{
	if (armed.n == 0 || (armed.kinds & kind) == 0)
		return false;
	armed.calls++;
	if (armed.calls != armed.n && !(armed.for_ever && armed.calls > armed.n))
		return false;
	armed.hit = true;
	errno = armed.error != FAULT_SHORT ? armed.error : errno;
	return true;
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t offset)
{
	if (fails_now(FAULT_WRITE)) {
		if (armed.error != FAULT_SHORT)
			return -1;
		len /= 2;
	}
	return syscall(SYS_pwrite64, fd, data, len, offset);
}

ssize_t write(int fd, const void *data, size_t len)
{
	if (fails_now(FAULT_WRITE)) {
		if (armed.error != FAULT_SHORT)
			return -1;
		len /= 2;
	}
	return syscall(SYS_write, fd, data, len);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
	if (fails_now(FAULT_WRITE)) {
		if (armed.error != FAULT_SHORT)
			return -1;
		count = (count + 1) / 2;
	}
	return syscall(SYS_writev, fd, parts, count);
}

int fdatasync(int fd)
{
	if (armed.error != FAULT_SHORT && fails_now(FAULT_SYNC))
		return -1;
	return (int)syscall(SYS_fdatasync, fd);
}

int fsync(int fd)
{
	if (armed.error != FAULT_SHORT && fails_now(FAULT_SYNC))
		return -1;
	return (int)syscall(SYS_fsync, fd);
}

int ftruncate(int fd, off_t len)
{
	if (armed.error != FAULT_SHORT && fails_now(FAULT_TRUNCATE))
		return -1;
	return (int)syscall(SYS_ftruncate, fd, len);
}
