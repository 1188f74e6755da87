// SPDX-License-Identifier: EUPL-1.2
#include "guard/guard.h"

#include "base/file.h"
#include "crypto/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_LEN 4096
#define BLOCKS 2
#define MAGIC "KNPG"
#define VERSION 1
#define VERSION_AT 4
#define ZEROS_AT 5
#define COUNTER_AT 8
#define LENGTH_AT 16
#define NOTE_AT 20
#define HASH_AT (BLOCK_LEN - 32)
_Static_assert(NOTE_AT + GUARD_NOTE_MAX <= HASH_AT, "the longest note fits");

struct guard {
	int fd;
	bool failed, read_only;
	unsigned newest; // which block holds the note
	uint64_t counter;
	size_t note_len;
	uint8_t note[GUARD_NOTE_MAX];
};

static struct hash hash_of_block(const uint8_t *block)
{
	return sha256(bytes_make(block, HASH_AT));
}

static void encode_block(uint8_t block[BLOCK_LEN], uint64_t counter, struct bytes note)
{
	memset(block, 0, BLOCK_LEN);
	memcpy(block, MAGIC, 4);
	block[VERSION_AT] = VERSION;
	put_u64be(block + COUNTER_AT, counter);
	put_u32be(block + LENGTH_AT, (uint32_t)note.len);
	memcpy(block + NOTE_AT, note.data, note.len);
	struct hash hash = hash_of_block(block);
	memcpy(block + HASH_AT, hash.b, sizeof hash.b);
}

static enum result check_block(const uint8_t *block)
{
	struct hash hash = hash_of_block(block);
	uint32_t len = get_u32be(block + LENGTH_AT);
	if (memcmp(block, MAGIC, 4) != 0 || memcmp(block + HASH_AT, hash.b, sizeof hash.b) != 0)
		return RESULT_DAMAGED;
	if (block[VERSION_AT] != VERSION)
		return RESULT_UNSUPPORTED;
	if (!bytes_all_zero(bytes_make(block + ZEROS_AT, COUNTER_AT - ZEROS_AT)) || len == 0 ||
	    len > GUARD_NOTE_MAX ||
	    !bytes_all_zero(bytes_make(block + NOTE_AT + len, HASH_AT - NOTE_AT - len)))
		return RESULT_DAMAGED;
	return RESULT_OK;
}

static enum result check_note(struct bytes note)
{
	if (note.len == 0)
		return RESULT_MALFORMED;
	return note.len > GUARD_NOTE_MAX ? RESULT_TOO_LARGE : RESULT_OK;
}

enum result guard_create(const char *path, struct bytes note)
{
	enum result result = check_note(note);
	if (result != RESULT_OK)
		return result;
	uint8_t blocks[BLOCKS * BLOCK_LEN];
	encode_block(blocks, 1, note);
	encode_block(blocks + BLOCK_LEN, 0, note);
	return file_create(path, bytes_make(blocks, sizeof blocks), 0600);
}

static void take_block(struct guard *guard, unsigned number, const uint8_t *block)
{
	guard->newest = number;
	guard->counter = get_u64be(block + COUNTER_AT);
	guard->note_len = get_u32be(block + LENGTH_AT);
	memcpy(guard->note, block + NOTE_AT, guard->note_len);
}

// A block that a power cut tore counts as not there: the other one holds the note before it.
static enum result read_blocks(struct guard *guard, uint64_t size)
{
	enum result result = RESULT_DAMAGED;
	for (uint64_t i = 0; i < BLOCKS && (i + 1) * BLOCK_LEN <= size; i++) {
		uint8_t block[BLOCK_LEN];
		if (file_read_at(guard->fd, block, sizeof block, i * BLOCK_LEN))
			return RESULT_IO;
		enum result checked = check_block(block);
		if (checked == RESULT_UNSUPPORTED && result == RESULT_DAMAGED)
			result = checked;
		if (checked != RESULT_OK)
			continue;
		if (result != RESULT_OK || get_u64be(block + COUNTER_AT) > guard->counter)
			take_block(guard, (unsigned)i, block);
		result = RESULT_OK;
	}
	return result;
}

static enum result open_it(const char *path, bool read_only, struct guard **ret_guard)
{
	struct guard *guard = calloc(1, sizeof *guard);
	uint64_t size = 0;
	if (!guard)
		return RESULT_NO_MEMORY;
	guard->fd = -1;
	guard->read_only = read_only;
	enum result result = read_only ? file_open_private_to_read(path, &guard->fd, &size)
				       : file_open_private(path, &guard->fd, &size);
	if (result == RESULT_OK)
		result = read_blocks(guard, size);
	if (result == RESULT_OK)
		*ret_guard = guard;
	else
		guard_close(guard);
	return result;
}

enum result guard_open(const char *path, struct guard **ret_guard)
{
	return open_it(path, false, ret_guard);
}

enum result guard_open_to_read(const char *path, struct guard **ret_guard)
{
	return open_it(path, true, ret_guard);
}

void guard_close(struct guard *guard)
{
	if (!guard)
		return;
	int saved = errno;
	if (guard->fd >= 0)
		close(guard->fd);
	free(guard);
	errno = saved;
}

struct bytes guard_note(const struct guard *guard)
{
	return bytes_make(guard->note, guard->note_len);
}

enum result guard_write(struct guard *guard, struct bytes note)
{
	enum result result = check_note(note);
	if (result != RESULT_OK)
		return result;
	if (guard->read_only)
		return RESULT_DENIED;
	if (guard->failed) {
		errno = EIO;
		return RESULT_IO;
	}
	uint8_t block[BLOCK_LEN];
	unsigned older = (guard->newest + 1) % BLOCKS;
	encode_block(block, guard->counter + 1, note);
	result = file_write_at(guard->fd, bytes_make(block, sizeof block),
			       (uint64_t)older * BLOCK_LEN);
	if (result == RESULT_OK && fdatasync(guard->fd) < 0)
		result = RESULT_IO;
	if (result == RESULT_OK)
		take_block(guard, older, block);
	guard->failed = result == RESULT_IO;
	return result;
}
