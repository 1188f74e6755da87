// SPDX-License-Identifier: EUPL-1.2
#include "base/bytes.h"
#include "crypto/hash.h"
#include "guard/guard.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK 4096

// The hash of a block, which no mutation would ever find.
static void mend_hash(uint8_t block[BLOCK])
{
	struct hash hash = sha256(bytes_make(block, BLOCK - 32));
	memcpy(block + BLOCK - 32, hash.b, sizeof hash.b);
}

// Who only reads it hears the same.
static void check_to_read(const char *path, enum result expected)
{
	struct guard *guard;
	enum result result = guard_open_to_read(path, &guard);
	fuzz_check(result == expected);
	if (result == RESULT_OK)
		guard_close(guard);
}

// What counts stands in the file, and can be written on.
static void check_guard(const char *path, const uint8_t content[2 * BLOCK])
{
	struct guard *guard;
	enum result result = guard_open(path, &guard);
	fuzz_check(result == RESULT_OK || result == RESULT_DAMAGED || result == RESULT_UNSUPPORTED);
	check_to_read(path, result);
	if (result != RESULT_OK)
		return;
	struct bytes note = guard_note(guard), next = bytes_of_text("the next note");
	fuzz_check(note.len >= 1 && note.len <= GUARD_NOTE_MAX);
	fuzz_check(memcmp(note.data, content + 20, note.len) == 0 ||
		   memcmp(note.data, content + BLOCK + 20, note.len) == 0);
	// Beyond the last counter there is no next: only a forged block has it.
	bool last = get_u64be(content + 8) == UINT64_MAX ||
		    get_u64be(content + BLOCK + 8) == UINT64_MAX;
	fuzz_check(guard_write(guard, next) == RESULT_OK);
	guard_close(guard);
	fuzz_check(guard_open(path, &guard) == RESULT_OK);
	fuzz_check(last || bytes_equal(guard_note(guard), next));
	guard_close(guard);
}

// First byte: which of the two blocks get a good hash. The rest is the file.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t content[2 * BLOCK] = {0};
	char path[64];
	if (size == 0)
		return 0;
	size_t len = size - 1 < sizeof content ? size - 1 : sizeof content;
	memcpy(content, data + 1, len);
	if ((data[0] & 1) != 0)
		mend_hash(content);
	if ((data[0] & 2) != 0)
		mend_hash(content + BLOCK);
	if ((data[0] & 3) != 0)
		len = sizeof content;
	int fd = memfd_create("guard", MFD_CLOEXEC);
	fuzz_check(fd >= 0 && fchmod(fd, 0600) == 0 && // a guard that others may write is refused
		   write(fd, content, len) == (ssize_t)len);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	check_guard(path, content);
	close(fd);
	return 0;
}
