// SPDX-License-Identifier: EUPL-1.2
#include "ipc/apart.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

enum result shared_new(size_t len, int *ret_fd, void **ret_memory)
{
	int fd = memfd_create("apart", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	void *memory = MAP_FAILED;
	if (fd >= 0 && ftruncate(fd, (off_t)len) == 0 &&
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) == 0)
		memory = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED) {
		int cause = errno;
		if (fd >= 0)
			close(fd);
		errno = cause;
		return RESULT_IO;
	}
	*ret_fd = fd;
	*ret_memory = memory;
	return RESULT_OK;
}

enum result shared_close_to_writers(int fd)
{
	return fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE | F_SEAL_SEAL) == 0 ? RESULT_OK
									      : RESULT_IO;
}

enum result shared_map(int fd, size_t len, bool write, void **ret_memory)
{
	int access = write ? PROT_READ | PROT_WRITE : PROT_READ;
	void *memory = mmap(NULL, len, access, MAP_SHARED, fd, 0);
	int cause = errno;
	close(fd);
	errno = cause;
	if (memory == MAP_FAILED)
		return RESULT_IO;
	*ret_memory = memory;
	return RESULT_OK;
}

void shared_unmap(void *memory, size_t len)
{
	if (memory)
		munmap(memory, len);
}

void hand_take(struct hand *hand, const struct oin *oin)
{
	hand->oin = *oin;
	atomic_store(&hand->full, 1);
}

void hand_empty(struct hand *hand)
{
	atomic_store(&hand->full, 0);
}

bool hand_holds(const struct hand *hand, struct oin *ret_oin)
{
	return atomic_load(&hand->full) != 0 && hand->oin.text[OIN_LEN] == '\0' &&
	       oin_parse(bytes_make(hand->oin.text, OIN_LEN), ret_oin) == RESULT_OK;
}

static size_t find(const struct apart *apart, const struct oin *oin)
{
	size_t at = 0;
	while (at < APART_MAX &&
	       (!atomic_load(&apart->rows[at].used) || !oin_equal(&apart->rows[at].oin, oin)))
		at++;
	return at;
}

bool apart_has(const struct apart *apart, const struct oin *oin)
{
	return find(apart, oin) < APART_MAX;
}

bool apart_any(const struct apart *apart)
{
	bool any = false;
	for (size_t at = 0; at < APART_MAX; at++)
		any |= atomic_load(&apart->rows[at].used) != 0;
	return any;
}

bool apart_add(struct apart *apart, const struct oin *oin)
{
	if (apart_has(apart, oin))
		return true;
	for (size_t at = 0; at < APART_MAX; at++) {
		if (atomic_load(&apart->rows[at].used))
			continue;
		// Whoever reads meanwhile sees the row only once it is whole.
		apart->rows[at].oin = *oin;
		atomic_store(&apart->rows[at].used, 1);
		return true;
	}
	return false;
}

bool apart_remove(struct apart *apart, const struct oin *oin)
{
	size_t at = find(apart, oin);
	if (at == APART_MAX)
		return false;
	atomic_store(&apart->rows[at].used, 0);
	return true;
}
