// SPDX-License-Identifier: EUPL-1.2
#include "keystore/keystore.h"

#include "base/file.h"
#include "crypto/hash.h"
#include "crypto/secret.h"
#include "keystore/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAGIC "KNPS"
#define VERSION 1
#define VERSION_AT 4
#define ZEROS_AT 5
#define FILLED_AT 24
#define ID_AT 32
#define HEADER_LEN 64
#define SCRATCH_MAX ((size_t)1 << 20)

void keystore_header(uint8_t page[HEADER_PAGE], uint64_t filled, const uint8_t id[32])
{
	memset(page, 0, HEADER_PAGE);
	memcpy(page, MAGIC, 4);
	page[VERSION_AT] = VERSION;
	put_u64be(page + FILLED_AT, filled);
	memcpy(page + ID_AT, id, 32);
	struct hash hash = sha256(bytes_make(page, HEADER_LEN));
	memcpy(page + HEADER_LEN, hash.b, sizeof hash.b);
}

enum result keystore_create(const char *path)
{
	struct buffer content;
	buffer_init(&content, HEADER_PAGE + BLOCK_BYTES);
	uint8_t *page = buffer_reserve(&content, HEADER_PAGE + BLOCK_BYTES);
	if (!page)
		return content.status;
	uint8_t id[32];
	random_bytes(id, sizeof id);
	keystore_header(page, KEYSTORE_BLOCK, id);
	random_bytes(page + HEADER_PAGE, BLOCK_BYTES);
	enum result result = file_create(path, buffer_view(&content), 0600);
	buffer_wipe(&content);
	return result;
}

static enum result check_header(const uint8_t *page, uint64_t *ret_filled)
{
	if (memcmp(page, MAGIC, 4) != 0)
		return RESULT_DAMAGED;
	// The version comes before the hash: another one may put it elsewhere.
	if (page[VERSION_AT] != VERSION)
		return RESULT_UNSUPPORTED;
	struct hash hash = sha256(bytes_make(page, HEADER_LEN));
	uint64_t filled = get_u64be(page + FILLED_AT);
	if (memcmp(page + HEADER_LEN, hash.b, sizeof hash.b) != 0 ||
	    !bytes_all_zero(bytes_make(page + ZEROS_AT, FILLED_AT - ZEROS_AT)) || filled == 0 ||
	    filled % KEYSTORE_BLOCK != 0 || filled > INT64_MAX / KEYSTORE_KEY_LEN - HEADER_PAGE)
		return RESULT_DAMAGED;
	*ret_filled = filled;
	return RESULT_OK;
}

static enum result read_header(struct keystore *keystore, uint64_t size)
{
	uint8_t page[HEADER_PAGE];
	uint64_t filled = 0;
	if (size < sizeof page)
		return RESULT_DAMAGED;
	enum result result = file_read_at(keystore->fd, page, sizeof page, 0);
	if (result == RESULT_OK)
		result = check_header(page, &filled);
	if (result != RESULT_OK)
		return result;
	if (size < HEADER_PAGE + filled * KEYSTORE_KEY_LEN)
		return RESULT_DAMAGED;
	keystore->filled = filled;
	memcpy(keystore->id, page + ID_AT, sizeof keystore->id);
	return RESULT_OK;
}

static enum result open_it(const char *path, bool read_only, struct keystore **ret_keystore)
{
	struct keystore *keystore = calloc(1, sizeof *keystore);
	uint64_t size = 0;
	if (!keystore)
		return RESULT_NO_MEMORY;
	buffer_init(&keystore->scratch, SCRATCH_MAX);
	keystore->fd = -1;
	keystore->read_only = read_only;
	enum result result = read_only ? file_open_private_to_read(path, &keystore->fd, &size)
				       : file_open_private(path, &keystore->fd, &size);
	if (result == RESULT_OK)
		result = read_header(keystore, size);
	if (result == RESULT_OK)
		result = keystore_load_cache(keystore);
	if (result == RESULT_OK)
		*ret_keystore = keystore;
	else
		keystore_close(keystore);
	return result;
}

enum result keystore_open(const char *path, struct keystore **ret_keystore)
{
	return open_it(path, false, ret_keystore);
}

enum result keystore_open_to_read(const char *path, struct keystore **ret_keystore)
{
	return open_it(path, true, ret_keystore);
}

void keystore_close(struct keystore *keystore)
{
	if (!keystore)
		return;
	int saved = errno;
	if (keystore->fd >= 0)
		close(keystore->fd);
	secret_free(keystore->system);
	secret_free(keystore->block);
	buffer_wipe(&keystore->scratch);
	free(keystore);
	errno = saved;
}

uint64_t keystore_filled(const struct keystore *keystore)
{
	return keystore->filled;
}
