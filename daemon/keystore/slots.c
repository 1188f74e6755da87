// SPDX-License-Identifier: EUPL-1.2
#include "base/file.h"
#include "crypto/secret.h"
#include "keystore/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define CHUNK 4096 // random keys that pass through the stack at a time

static uint64_t offset_of(uint64_t slot)
{
	return HEADER_PAGE + slot * KEYSTORE_KEY_LEN;
}

// The kernel forgets what it could not write, so a sync is never tried twice.
static enum result sync_file(struct keystore *keystore)
{
	if (fdatasync(keystore->fd) == 0)
		return RESULT_OK;
	keystore->failed = true;
	return RESULT_IO;
}

static enum result may_change(const struct keystore *keystore)
{
	if (keystore->read_only)
		return RESULT_DENIED;
	errno = keystore->failed ? EIO : errno;
	return keystore->failed ? RESULT_IO : RESULT_OK;
}

enum result keystore_load_cache(struct keystore *keystore)
{
	const size_t system_len = KEYSTORE_FIRST_FREE * KEYSTORE_KEY_LEN;
	// Locked memory is scarce on some machines; a key that cannot be kept is read when needed.
	if (keystore->read_only || secret_alloc(BLOCK_BYTES, &keystore->block) != RESULT_OK)
		keystore->block = NULL;
	if (secret_alloc(system_len, &keystore->system) != RESULT_OK) {
		keystore->system = NULL;
		return RESULT_OK;
	}
	return file_read_at(keystore->fd, keystore->system, system_len, offset_of(0));
}

static enum result fill_block(struct keystore *keystore, uint64_t first)
{
	uint8_t keys[CHUNK];
	enum result result = RESULT_OK;
	for (size_t at = 0; at < BLOCK_BYTES && result == RESULT_OK; at += sizeof keys) {
		random_bytes(keys, sizeof keys);
		result = file_write_at(keystore->fd, bytes_make(keys, sizeof keys),
				       offset_of(first) + at);
	}
	secret_wipe(keys, sizeof keys);
	return result;
}

// Only once the keys are on disk may the header count them: a counted slot that a power cut
// emptied would read as erased.
enum result keystore_fill_ahead(struct keystore *keystore, uint64_t slots)
{
	uint64_t filled = keystore->filled;
	if (slots > INT64_MAX / KEYSTORE_KEY_LEN - HEADER_PAGE - 2 * KEYSTORE_BLOCK)
		return RESULT_TOO_LARGE;
	if (filled >= slots + KEYSTORE_BLOCK)
		return RESULT_OK;
	enum result result = may_change(keystore);
	while (result == RESULT_OK && filled < slots + KEYSTORE_BLOCK) {
		result = fill_block(keystore, filled);
		filled += KEYSTORE_BLOCK;
	}
	if (result == RESULT_OK)
		result = sync_file(keystore);
	uint8_t page[HEADER_PAGE];
	keystore_header(page, filled, keystore->id);
	if (result == RESULT_OK)
		result = file_write_at(keystore->fd, bytes_make(page, sizeof page), 0);
	if (result == RESULT_OK)
		result = sync_file(keystore);
	if (result == RESULT_OK)
		keystore->filled = filled;
	return result;
}

// The path takes slots in order, so only a block beyond the one that is kept is worth keeping.
static bool load_block(struct keystore *keystore, uint64_t number)
{
	if (!keystore->block || (keystore->has_block && number < keystore->block_number))
		return false;
	if (keystore->has_block && number == keystore->block_number)
		return true;
	keystore->has_block = file_read_at(keystore->fd, keystore->block, BLOCK_BYTES,
					   offset_of(number * KEYSTORE_BLOCK)) == RESULT_OK;
	keystore->block_number = number;
	return keystore->has_block;
}

enum result keystore_get(struct keystore *keystore, uint64_t slot,
			 uint8_t ret_key[KEYSTORE_KEY_LEN])
{
	if (slot >= keystore->filled)
		return RESULT_NOT_FOUND;
	uint8_t key[KEYSTORE_KEY_LEN];
	const uint8_t *kept = NULL;
	if (slot < KEYSTORE_FIRST_FREE)
		kept = keystore->system ? keystore->system + slot * KEYSTORE_KEY_LEN : NULL;
	else if (load_block(keystore, slot / KEYSTORE_BLOCK))
		kept = keystore->block + slot % KEYSTORE_BLOCK * KEYSTORE_KEY_LEN;
	enum result result = RESULT_OK;
	if (kept)
		memcpy(key, kept, sizeof key);
	else
		result = file_read_at(keystore->fd, key, sizeof key, offset_of(slot));
	if (result == RESULT_OK && bytes_all_zero(bytes_make(key, sizeof key)))
		result = RESULT_ERASED;
	if (result == RESULT_OK)
		memcpy(ret_key, key, sizeof key);
	secret_wipe(key, sizeof key);
	return result;
}

static enum result check_erasable(const struct keystore *keystore, const uint64_t *slots,
				  size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (slots[i] >= keystore->filled)
			return RESULT_NOT_FOUND;
		// Their loss would take the register and every derived row with it.
		if (slots[i] < KEYSTORE_FIRST_FREE)
			return RESULT_DENIED;
	}
	return may_change(keystore);
}

static enum result overwrite(struct keystore *keystore, uint64_t slot)
{
	static const uint8_t zeros[KEYSTORE_KEY_LEN] = {0};
	if (keystore->has_block && slot / KEYSTORE_BLOCK == keystore->block_number)
		secret_wipe(keystore->block + slot % KEYSTORE_BLOCK * KEYSTORE_KEY_LEN,
			    KEYSTORE_KEY_LEN);
	return file_write_at(keystore->fd, bytes_make(zeros, sizeof zeros), offset_of(slot));
}

static enum result check_erased(const struct keystore *keystore, uint64_t slot)
{
	uint8_t key[KEYSTORE_KEY_LEN];
	// What the kernel holds in memory would only tell us what we wrote.
	(void)posix_fadvise(keystore->fd, (off_t)offset_of(slot), sizeof key, POSIX_FADV_DONTNEED);
	enum result result = file_read_at(keystore->fd, key, sizeof key, offset_of(slot));
	if (result == RESULT_OK && !bytes_all_zero(bytes_make(key, sizeof key))) {
		errno = EIO;
		result = RESULT_IO;
	}
	secret_wipe(key, sizeof key);
	return result;
}

enum result keystore_erase(struct keystore *keystore, const uint64_t *slots, size_t count)
{
	keystore->erasures++;
	enum result result = check_erasable(keystore, slots, count);
	for (size_t i = 0; i < count && result == RESULT_OK; i++)
		result = overwrite(keystore, slots[i]);
	if (result == RESULT_OK && count > 0)
		result = sync_file(keystore);
	for (size_t i = 0; i < count && result == RESULT_OK; i++)
		result = check_erased(keystore, slots[i]);
	return result;
}

#define DERIVED_COUNT 3
_Static_assert(KEYSTORE_SLOT_NONCE == KEYSTORE_SLOT_PERSON_INDEX + 1 &&
		       KEYSTORE_SLOT_STATE == KEYSTORE_SLOT_PERSON_INDEX + 2,
	       "written and read as one piece, within one sector");

static enum result check_rekeyed(const struct keystore *keystore, const uint8_t *keys, size_t len)
{
	uint8_t found[DERIVED_COUNT * KEYSTORE_KEY_LEN];
	const uint64_t at = offset_of(KEYSTORE_SLOT_PERSON_INDEX);
	(void)posix_fadvise(keystore->fd, (off_t)at, (off_t)len, POSIX_FADV_DONTNEED);
	enum result result = file_read_at(keystore->fd, found, len, at);
	if (result == RESULT_OK && memcmp(found, keys, len) != 0) {
		errno = EIO;
		result = RESULT_IO;
	}
	secret_wipe(found, sizeof found);
	return result;
}

enum result keystore_rekey(struct keystore *keystore)
{
	uint8_t keys[DERIVED_COUNT * KEYSTORE_KEY_LEN];
	enum result result = may_change(keystore);
	if (result != RESULT_OK)
		return result;
	random_bytes(keys, sizeof keys);
	result = file_write_at(keystore->fd, bytes_make(keys, sizeof keys),
			       offset_of(KEYSTORE_SLOT_PERSON_INDEX));
	if (result == RESULT_OK)
		result = sync_file(keystore);
	if (result == RESULT_OK)
		result = check_rekeyed(keystore, keys, sizeof keys);
	if (result == RESULT_OK && keystore->system)
		memcpy(keystore->system + KEYSTORE_SLOT_PERSON_INDEX * KEYSTORE_KEY_LEN, keys,
		       sizeof keys);
	secret_wipe(keys, sizeof keys);
	return result;
}

uint64_t keystore_erasures(const struct keystore *keystore)
{
	return keystore->erasures;
}
