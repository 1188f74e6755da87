// SPDX-License-Identifier: EUPL-1.2
#include "lib/spool_parts.h"

#include "base/file.h"
#include "crypto/seal.h"
#include "crypto/secret.h"
#include "melding/reason.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define MAGIC "KNPS"
#define VERSION 1
#define NONCE_OFFSET 16
#define HEADER_LEN SPOOL_HEADER_LEN
_Static_assert(HEADER_LEN == NONCE_OFFSET + SEAL_NONCE_LEN, "the nonce ends the header");
#define SCOPE_MAX 64
#define MODE 0600

// ---- failures, in words ----------------------------------------------------------------------

static enum reason reason_of(enum result result)
{
	switch (result) {
	case RESULT_FULL:
		return REASON_FULL;
	case RESULT_DENIED:
		return REASON_FILE_MODE;
	case RESULT_NOT_FOUND:
		return REASON_FILE_MISSING;
	case RESULT_DAMAGED:
		return REASON_DAMAGED;
	case RESULT_UNSUPPORTED:
		return REASON_NEWER_FORMAT;
	default:
		return REASON_IO;
	}
}

enum result spool_explain(const struct spool *spool, enum result result, const char *path,
			  const char *doing)
{
	int saved = errno;
	if (result == RESULT_OK)
		return result;
	const char *fix =
		result == RESULT_FULL
			? "make room on the disk of the spool; nothing that was confirmed is lost"
			: reason_fix(reason_of(result));
	problem_set_file(spool->problem, path);
	if (result == RESULT_IO)
		problem_set(spool->problem, reason_code(REASON_IO), fix, "cannot %s: %s", doing,
			    strerror(saved));
	else
		problem_set(spool->problem, reason_code(reason_of(result)), fix, "cannot %s: %s",
			    doing, result_name(result));
	errno = saved;
	return result;
}

// ---- opening ---------------------------------------------------------------------------------

void spool_path(const struct spool *spool, char out[SPOOL_PATH_MAX], const char *format, ...)
{
	va_list args;
	int folder = snprintf(out, SPOOL_PATH_MAX, "%s/", spool->folder);
	va_start(args, format);
	int rest = vsnprintf(out + folder, SPOOL_PATH_MAX - (size_t)folder, format, args);
	va_end(args);
	// The folder is at most 239 bytes, and names below it are ours.
	assert(folder > 0 && rest > 0 && folder + rest < SPOOL_PATH_MAX);
	(void)rest;
}

static enum result take_lock(struct spool *spool)
{
	char path[SPOOL_PATH_MAX];
	spool_path(spool, path, "lock");
	spool->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, MODE);
	if (spool->lock < 0)
		return spool_explain(spool, errno == EACCES ? RESULT_DENIED : RESULT_IO, path,
				     "open the lock of the spool");
	if (flock(spool->lock, LOCK_EX | LOCK_NB) == 0)
		return RESULT_OK;
	if (errno != EWOULDBLOCK)
		return spool_explain(spool, RESULT_IO, path, "lock the spool");
	problem_set_file(spool->problem, path);
	problem_set(spool->problem, reason_code(REASON_IN_USE), reason_fix(REASON_IN_USE),
		    "another process works with this spool");
	return RESULT_AGAIN;
}

enum result spool_ensure_folder(const struct spool *spool, const char *folder, const char *name)
{
	char path[SPOOL_PATH_MAX];
	spool_path(spool, path, "%s/%s", folder, name);
	enum result result = folder_ensure(path);
	if (result == RESULT_OK)
		folder_clear_leftovers(path);
	return spool_explain(spool, result, path, "use this folder of the spool");
}

static enum result make_folder(const struct spool *spool)
{
	enum result result = folder_ensure(spool->folder);
	if (result == RESULT_OK)
		result = folder_check_private(spool->folder);
	return spool_explain(spool, result, spool->folder, "use this folder as spool");
}

static enum result keep_key(const uint8_t from[SEAL_KEY_LEN], uint8_t **ret_key)
{
	uint8_t *key;
	enum result result = secret_alloc(SEAL_KEY_LEN, &key);
	if (result != RESULT_OK)
		return result;
	memcpy(key, from, SEAL_KEY_LEN);
	*ret_key = key;
	return RESULT_OK;
}

enum result spool_open(const char *folder, const uint8_t key[SEAL_KEY_LEN], struct problem *problem,
		       struct spool *ret_spool)
{
	struct spool spool = {.lock = -1, .problem = problem};
	int made = snprintf(spool.folder, sizeof spool.folder, "%s", folder);
	if (made <= 0 || (size_t)made >= sizeof spool.folder)
		return RESULT_TOO_LARGE;
	enum result result = make_folder(&spool);
	if (result == RESULT_OK)
		result = take_lock(&spool);
	if (result == RESULT_OK)
		result = spool_ensure_folder(&spool, ".", "outbox");
	if (result == RESULT_OK)
		result = spool_ensure_folder(&spool, ".", "inbox");
	if (result == RESULT_OK)
		result = spool_explain(&spool, keep_key(key, &spool.key), folder,
				       "keep the key of the spool");
	if (result == RESULT_OK)
		folder_clear_leftovers(spool.folder);
	if (result != RESULT_OK) {
		spool_close(&spool);
		return result;
	}
	*ret_spool = spool;
	return RESULT_OK;
}

void spool_close(struct spool *spool)
{
	secret_free(spool->key);
	spool->key = NULL;
	if (spool->lock >= 0)
		close(spool->lock);
	spool->lock = -1;
}

// ---- sealed files ----------------------------------------------------------------------------

static size_t make_ad(uint8_t ad[HEADER_LEN + SCOPE_MAX], const struct spool_file *file)
{
	size_t scope = strlen(file->scope);
	assert(scope <= SCOPE_MAX);
	memset(ad, 0, HEADER_LEN);
	memcpy(ad, MAGIC, 4);
	ad[4] = VERSION;
	ad[5] = (uint8_t)file->kind;
	put_u64be(ad + 8, file->number);
	memcpy(ad + HEADER_LEN, file->scope, scope);
	return HEADER_LEN + scope;
}

void spool_seal_at(const struct spool *spool, const struct spool_file *file, struct bytes plain,
		   uint8_t *out)
{
	uint8_t ad[HEADER_LEN + SCOPE_MAX];
	size_t ad_len = make_ad(ad, file);
	random_bytes(ad + NONCE_OFFSET, SEAL_NONCE_LEN);
	memcpy(out, ad, HEADER_LEN);
	seal_encrypt(out + HEADER_LEN, plain, bytes_make(ad, ad_len), ad + NONCE_OFFSET,
		     spool->key);
}

enum result spool_seal(const struct spool *spool, const struct spool_file *file, struct bytes plain,
		       struct buffer *out)
{
	uint8_t *sealed = buffer_reserve(out, HEADER_LEN + plain.len + SEAL_TAG_LEN);
	if (!sealed)
		return out->status;
	spool_seal_at(spool, file, plain, sealed);
	return RESULT_OK;
}

enum result spool_create(const struct spool *spool, const struct spool_file *file,
			 struct bytes plain)
{
	struct buffer sealed;
	buffer_init(&sealed, SPOOL_FILE_MAX);
	enum result result = spool_seal(spool, file, plain, &sealed);
	if (result == RESULT_OK)
		result = file_create(file->path, buffer_view(&sealed), MODE);
	result = spool_explain(spool, result, file->path, "write to the spool");
	buffer_done(&sealed);
	return result;
}

enum result spool_replace(const struct spool *spool, const struct spool_file *file,
			  struct bytes plain)
{
	struct buffer sealed;
	buffer_init(&sealed, SPOOL_FILE_MAX);
	enum result result = spool_seal(spool, file, plain, &sealed);
	if (result == RESULT_OK)
		result = file_replace(file->path, buffer_view(&sealed), MODE);
	result = spool_explain(spool, result, file->path, "write to the spool");
	buffer_done(&sealed);
	return result;
}

enum result spool_unseal(const struct spool *spool, const struct spool_file *file,
			 struct bytes sealed, struct buffer *out)
{
	uint8_t ad[HEADER_LEN + SCOPE_MAX];
	size_t ad_len = make_ad(ad, file);
	if (sealed.len < HEADER_LEN + SEAL_TAG_LEN || memcmp(sealed.data, MAGIC, 4) != 0)
		return RESULT_DAMAGED;
	if (sealed.data[4] != VERSION)
		return RESULT_UNSUPPORTED;
	if (memcmp(sealed.data, ad, NONCE_OFFSET) != 0)
		return RESULT_DAMAGED;
	memcpy(ad + NONCE_OFFSET, sealed.data + NONCE_OFFSET, SEAL_NONCE_LEN);
	struct bytes body = bytes_make(sealed.data + HEADER_LEN, sealed.len - HEADER_LEN);
	buffer_clear(out);
	uint8_t *plain = buffer_reserve(out, body.len - SEAL_TAG_LEN);
	if (!plain)
		return out->status;
	if (seal_decrypt(plain, body, bytes_make(ad, ad_len), ad + NONCE_OFFSET, spool->key) !=
	    RESULT_OK)
		return RESULT_DAMAGED;
	return RESULT_OK;
}

enum result spool_read(const struct spool *spool, const struct spool_file *file,
		       struct buffer *ret_plain)
{
	struct buffer sealed, plain;
	buffer_init(&sealed, SPOOL_FILE_MAX);
	buffer_init(&plain, SPOOL_FILE_MAX);
	enum result result = file_read_private(file->path, SPOOL_FILE_MAX, &sealed);
	if (result == RESULT_OK)
		result = spool_unseal(spool, file, buffer_view(&sealed), &plain);
	result = spool_explain(spool, result, file->path, "read from the spool");
	buffer_done(&sealed);
	if (result != RESULT_OK) {
		buffer_wipe(&plain);
		return result;
	}
	buffer_wipe(ret_plain);
	*ret_plain = plain;
	return RESULT_OK;
}
