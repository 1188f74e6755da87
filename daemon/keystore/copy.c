// SPDX-License-Identifier: EUPL-1.2
#include "keystore/copy.h"

#include "base/file.h"
#include "crypto/secret.h"
#include "keystore/copy_form.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct keystore_copy {
	int fd;
	uint8_t *key;   // of the file
	uint8_t *block; // one of them, plain
	uint8_t *sealed;
	uint8_t id[32];      // of the keystore
	uint64_t blocks, at; // written so far, and where the next goes
	size_t head_len;
	struct hash head;    // what every block is bound to
	struct hash written; // a chain over all sealed blocks, to see whether they are on the disk
};

enum result copy_wrap_key(const uint8_t secret[32], const uint8_t other[32], const uint8_t salt[64],
			  uint8_t ret_key[SEAL_KEY_LEN])
{
	uint8_t shared[32];
	enum result result = seal_agree(shared, secret, other);
	if (result == RESULT_OK)
		result = hkdf_sha256(ret_key, SEAL_KEY_LEN, bytes_make(salt, 64),
				     bytes_make(shared, sizeof shared), bytes_of_text(COPY_INFO));
	secret_wipe(shared, sizeof shared);
	return result;
}

static enum result seal_for(const struct keystore_copy *copy, const uint8_t ephemeral[2][32],
			    const uint8_t recipient[32], uint8_t *out)
{
	uint8_t salt[64], wrap[SEAL_KEY_LEN], nonce[SEAL_NONCE_LEN] = {0};
	memcpy(salt, ephemeral[0], 32);
	memcpy(salt + 32, recipient, 32);
	enum result result = copy_wrap_key(ephemeral[1], recipient, salt, wrap);
	if (result != RESULT_OK)
		return result;
	memcpy(out, recipient, 32);
	seal_encrypt(out + 32, bytes_make(copy->key, SEAL_KEY_LEN), bytes_make(salt, sizeof salt),
		     nonce, wrap);
	secret_wipe(wrap, sizeof wrap);
	return RESULT_OK;
}

static enum result write_head(struct keystore_copy *copy, const uint8_t recipients[][32],
			      size_t count)
{
	uint8_t head[COPY_HEAD_MAX] = {0}, ephemeral[2][32]; // public, secret
	enum result result = RESULT_OK;
	copy->head_len = COPY_FIXED + count * COPY_RECIPIENT;
	memcpy(head, COPY_MAGIC, 4);
	head[4] = COPY_VERSION;
	head[5] = (uint8_t)count;
	seal_keypair(ephemeral[0], ephemeral[1]);
	memcpy(head + 8, ephemeral[0], 32);
	for (size_t i = 0; i < count && result == RESULT_OK; i++)
		result = seal_for(copy, (const uint8_t(*)[32])ephemeral, recipients[i],
				  head + COPY_FIXED + i * COPY_RECIPIENT);
	secret_wipe(ephemeral, sizeof ephemeral);
	copy->head = sha256(bytes_make(head, copy->head_len));
	copy->at = copy->head_len;
	return result == RESULT_OK ? file_write_at(copy->fd, bytes_make(head, copy->head_len), 0)
				   : result;
}

static enum result make_file(const char *path, int *ret_fd)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0) {
		*ret_fd = fd;
		return RESULT_OK;
	}
	switch (errno) {
	case EEXIST:
		return RESULT_EXISTS;
	case ENOSPC:
	case EDQUOT:
		return RESULT_FULL;
	case EACCES:
	case EPERM:
	case EROFS:
		return RESULT_DENIED;
	default:
		return RESULT_IO;
	}
}

static enum result make_room(struct keystore_copy *copy)
{
	enum result result = secret_alloc(SEAL_KEY_LEN, &copy->key);
	if (result == RESULT_OK)
		result = secret_alloc(BLOCK_BYTES, &copy->block);
	copy->sealed = malloc(COPY_BLOCK);
	if (!copy->sealed)
		result = RESULT_NO_MEMORY;
	if (result == RESULT_OK)
		random_bytes(copy->key, SEAL_KEY_LEN);
	return result;
}

enum result keystore_copy_begin(const char *path, const uint8_t recipients[][32], size_t count,
				struct keystore_copy **ret_copy)
{
	if (count == 0 || count > KEYSTORE_COPY_RECIPIENTS_MAX)
		return RESULT_TOO_LARGE;
	struct keystore_copy *copy = calloc(1, sizeof *copy);
	if (!copy)
		return RESULT_NO_MEMORY;
	copy->fd = -1;
	enum result result = make_room(copy);
	if (result == RESULT_OK)
		result = make_file(path, &copy->fd);
	if (result == RESULT_OK)
		result = write_head(copy, recipients, count);
	if (result == RESULT_OK)
		*ret_copy = copy;
	else
		keystore_copy_free(copy);
	return result;
}

void keystore_copy_free(struct keystore_copy *copy)
{
	if (!copy)
		return;
	int saved = errno;
	if (copy->fd >= 0)
		close(copy->fd);
	secret_free(copy->key);
	secret_free(copy->block);
	free(copy->sealed);
	free(copy);
	errno = saved;
}

static struct hash chain(const struct hash *before, struct bytes sealed)
{
	const struct bytes pieces[2] = {bytes_of_hash(before), sealed};
	return sha256_of(pieces, 2);
}

static enum result write_sealed(struct keystore_copy *copy, struct bytes plain, bool tail)
{
	uint8_t nonce[SEAL_NONCE_LEN];
	struct bytes sealed = bytes_make(copy->sealed, plain.len + SEAL_TAG_LEN);
	copy_nonce(nonce, tail, copy->blocks);
	seal_encrypt(copy->sealed, plain, bytes_of_hash(&copy->head), nonce, copy->key);
	copy->written = chain(&copy->written, sealed);
	enum result result = file_write_at(copy->fd, sealed, copy->at);
	copy->at += sealed.len;
	return result;
}

static enum result copy_block(struct keystore_copy *copy, const struct keystore *keystore)
{
	enum result result = file_read_at(keystore->fd, copy->block, BLOCK_BYTES,
					  HEADER_PAGE + copy->blocks * BLOCK_BYTES);
	if (result == RESULT_OK)
		result = write_sealed(copy, bytes_make(copy->block, BLOCK_BYTES), false);
	secret_wipe(copy->block, BLOCK_BYTES);
	copy->blocks += result == RESULT_OK;
	return result;
}

enum result keystore_copy_blocks(struct keystore_copy *copy, const char *path, bool *ret_grew)
{
	struct keystore *keystore;
	enum result result = keystore_open_to_read(path, &keystore);
	if (result != RESULT_OK)
		return result;
	uint64_t before = copy->blocks;
	if (before > 0 && memcmp(copy->id, keystore->id, sizeof copy->id) != 0)
		result = RESULT_CONFLICT; // another keystore took its place
	memcpy(copy->id, keystore->id, sizeof copy->id);
	while (result == RESULT_OK && copy->blocks < keystore->filled / KEYSTORE_BLOCK)
		result = copy_block(copy, keystore);
	keystore_close(keystore);
	if (result == RESULT_OK)
		*ret_grew = copy->blocks > before;
	return result;
}

static enum result read_back(struct keystore_copy *copy)
{
	struct hash found = {{0}};
	uint64_t at = copy->head_len;
	(void)posix_fadvise(copy->fd, 0, 0, POSIX_FADV_DONTNEED);
	while (at < copy->at) {
		uint64_t left = copy->at - at;
		size_t len = left < COPY_BLOCK ? (size_t)left : COPY_BLOCK;
		enum result result = file_read_at(copy->fd, copy->sealed, len, at);
		if (result != RESULT_OK)
			return result;
		found = chain(&found, bytes_make(copy->sealed, len));
		at += len;
	}
	return hash_equal(&found, &copy->written) ? RESULT_OK : RESULT_DAMAGED;
}

enum result keystore_copy_finish(struct keystore_copy *copy, uint64_t log_size, uint64_t *ret_bytes)
{
	uint8_t tail[COPY_TAIL_PLAIN];
	memcpy(tail, copy->id, sizeof copy->id);
	put_u64be(tail + 32, copy->blocks);
	put_u64be(tail + 40, log_size);
	enum result result = write_sealed(copy, bytes_make(tail, sizeof tail), true);
	if (result == RESULT_OK && fsync(copy->fd) != 0)
		result = errno == ENOSPC || errno == EDQUOT ? RESULT_FULL : RESULT_IO;
	if (result == RESULT_OK)
		result = read_back(copy);
	if (result == RESULT_OK)
		*ret_bytes = copy->at;
	return result;
}
