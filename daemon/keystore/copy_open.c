// SPDX-License-Identifier: EUPL-1.2
// A keystore again, of a sealed copy.
#include "base/file.h"
#include "crypto/secret.h"
#include "keystore/copy_form.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct opening {
	int from, to;
	uint64_t size, at; // of the copy, and where it is read
	struct hash head;
	uint8_t *key, *block;
	uint8_t *sealed;
	uint8_t tail[COPY_TAIL_PLAIN];
};

static enum result open_files(struct opening *o, const char *copy, const char *path)
{
	struct stat st;
	o->from = open(copy, O_RDONLY | O_CLOEXEC);
	if (o->from < 0)
		return errno == ENOENT ? RESULT_NOT_FOUND : RESULT_IO;
	if (fstat(o->from, &st) != 0)
		return RESULT_IO;
	o->size = (uint64_t)st.st_size;
	o->to = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (o->to >= 0)
		return RESULT_OK;
	return errno == EEXIST ? RESULT_EXISTS : errno == ENOSPC ? RESULT_FULL : RESULT_IO;
}

static enum result make_room(struct opening *o)
{
	enum result result = secret_alloc(SEAL_KEY_LEN, &o->key);
	if (result == RESULT_OK)
		result = secret_alloc(BLOCK_BYTES, &o->block);
	o->sealed = malloc(COPY_BLOCK);
	return o->sealed ? result : RESULT_NO_MEMORY;
}

static enum result unwrap(struct opening *o, const uint8_t *head, const uint8_t *row,
			  const uint8_t secret[32])
{
	uint8_t salt[64], wrap[SEAL_KEY_LEN], nonce[SEAL_NONCE_LEN] = {0};
	memcpy(salt, head + 8, 32);
	memcpy(salt + 32, row, 32);
	enum result result = copy_wrap_key(secret, head + 8, salt, wrap);
	if (result == RESULT_OK)
		result = seal_decrypt(o->key, bytes_make(row + 32, SEAL_KEY_LEN + SEAL_TAG_LEN),
				      bytes_make(salt, sizeof salt), nonce, wrap);
	secret_wipe(wrap, sizeof wrap);
	return result == RESULT_BAD_SIGNATURE ? RESULT_DAMAGED : result;
}

// The row of a key that we have.
static enum result find_key(struct opening *o, const uint8_t *head, size_t count,
			    const struct keystore_copy_source *source)
{
	for (size_t n = 0; n < source->secret_count; n++) {
		uint8_t public_key[32];
		seal_public_of(public_key, source->secrets[n]);
		for (size_t i = 0; i < count; i++) {
			const uint8_t *row = head + COPY_FIXED + i * COPY_RECIPIENT;
			if (memcmp(row, public_key, 32) == 0)
				return unwrap(o, head, row, source->secrets[n]);
		}
	}
	return RESULT_DENIED;
}

static enum result read_head(struct opening *o, const struct keystore_copy_source *source)
{
	uint8_t head[COPY_HEAD_MAX];
	if (o->size < COPY_FIXED)
		return RESULT_DAMAGED;
	enum result result = file_read_at(o->from, head, COPY_FIXED, 0);
	if (result != RESULT_OK)
		return result;
	if (memcmp(head, COPY_MAGIC, 4) != 0)
		return RESULT_DAMAGED;
	if (head[4] != COPY_VERSION)
		return RESULT_UNSUPPORTED;
	size_t count = head[5], len = COPY_FIXED + count * COPY_RECIPIENT;
	if (count == 0 || count > KEYSTORE_COPY_RECIPIENTS_MAX || head[6] != 0 || head[7] != 0 ||
	    o->size < len)
		return RESULT_DAMAGED;
	result = file_read_at(o->from, head + COPY_FIXED, len - COPY_FIXED, COPY_FIXED);
	if (result != RESULT_OK)
		return result;
	o->head = sha256(bytes_make(head, len));
	result = find_key(o, head, count, source);
	if (result == RESULT_OK)
		o->at = len;
	return result;
}

static enum result unseal(struct opening *o, uint64_t number, uint8_t *out, size_t len)
{
	uint8_t nonce[SEAL_NONCE_LEN];
	bool tail = len == COPY_TAIL_PLAIN;
	copy_nonce(nonce, tail, number);
	enum result result = file_read_at(o->from, o->sealed, len + SEAL_TAG_LEN, o->at);
	if (result == RESULT_OK &&
	    seal_decrypt(out, bytes_make(o->sealed, len + SEAL_TAG_LEN), bytes_of_hash(&o->head),
			 nonce, o->key) != RESULT_OK)
		result = RESULT_DAMAGED;
	if (result == RESULT_OK)
		o->at += len + SEAL_TAG_LEN;
	return result;
}

static enum result open_blocks(struct opening *o)
{
	enum result result = RESULT_OK;
	uint64_t number = 0;
	for (; result == RESULT_OK && o->size - o->at >= COPY_BLOCK; number++) {
		result = unseal(o, number, o->block, BLOCK_BYTES);
		if (result == RESULT_OK)
			result = file_write_at(o->to, bytes_make(o->block, BLOCK_BYTES),
					       HEADER_PAGE + number * BLOCK_BYTES);
		secret_wipe(o->block, BLOCK_BYTES);
	}
	if (result != RESULT_OK)
		return result;
	if (o->size - o->at != COPY_TAIL || number == 0)
		return RESULT_DAMAGED;
	result = unseal(o, number, o->tail, COPY_TAIL_PLAIN);
	if (result == RESULT_OK && get_u64be(o->tail + 32) != number)
		result = RESULT_DAMAGED;
	return result;
}

static enum result write_header(const struct opening *o)
{
	uint8_t page[HEADER_PAGE];
	keystore_header(page, get_u64be(o->tail + 32) * KEYSTORE_BLOCK, o->tail);
	enum result result = file_write_at(o->to, bytes_make(page, sizeof page), 0);
	return result == RESULT_OK && fsync(o->to) != 0 ? RESULT_IO : result;
}

static void done(struct opening *o)
{
	int saved = errno;
	if (o->from >= 0)
		close(o->from);
	if (o->to >= 0)
		close(o->to);
	secret_free(o->key);
	secret_free(o->block);
	free(o->sealed);
	errno = saved;
}

enum result keystore_copy_open(const struct keystore_copy_source *source, const char *path,
			       uint64_t *ret_log_size, uint64_t *ret_offset)
{
	struct opening o = {.from = -1, .to = -1};
	enum result result = make_room(&o);
	if (result == RESULT_OK)
		result = open_files(&o, source->copy, path);
	bool made = o.to >= 0;
	if (result == RESULT_OK)
		result = read_head(&o, source);
	if (result == RESULT_OK)
		result = open_blocks(&o);
	if (result == RESULT_OK)
		result = write_header(&o);
	if (result == RESULT_OK)
		*ret_log_size = get_u64be(o.tail + 40);
	if (result == RESULT_DAMAGED)
		*ret_offset = o.at;
	done(&o);
	if (result != RESULT_OK && made)
		(void)!file_destroy(path);
	return result;
}
