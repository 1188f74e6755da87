// SPDX-License-Identifier: EUPL-1.2
#include "lib/keyring.h"

#include "base/file.h"
#include "crypto/hash.h"
#include "crypto/seal.h"
#include "crypto/secret.h"
#include "melding/reason.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define BEING_MADE ".next"
#define BUNDLE "bundle.knp"

static const struct kept {
	const char *name;
	enum key_kind kind;
	size_t offset;
} kept_keys[] = {
	{"identity", KEY_KIND_IDENTITY, offsetof(struct key_set, identity)},
	{"sealing", KEY_KIND_SEALING, offsetof(struct key_set, sealing)},
	{"transport", KEY_KIND_TRANSPORT, offsetof(struct key_set, transport)},
};
#define KEPT (sizeof kept_keys / sizeof kept_keys[0])

void key_set_done(struct key_set *set)
{
	private_key_done(&set->identity);
	private_key_done(&set->sealing);
	private_key_done(&set->transport);
}

void keyring_done(struct keyring *keyring)
{
	key_set_done(&keyring->current);
	key_set_done(&keyring->next);
	secret_free(keyring->spool_key);
	*keyring = (struct keyring){.has_next = false};
}

// ---- paths -----------------------------------------------------------------------------------

static bool path_in(char out[KEYRING_PATH_MAX], const char *folder, const char *name)
{
	int made = snprintf(out, KEYRING_PATH_MAX, "%s/%s", folder, name);
	return made > 0 && made < KEYRING_PATH_MAX;
}

// <folder>/<before><name>.key; the names are ours and short.
static bool key_path(char out[KEYRING_PATH_MAX], const char *folder, const char *before,
		     const char *name)
{
	char file[64];
	snprintf(file, sizeof file, "%s%s.key", before, name);
	return path_in(out, folder, file);
}

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

static bool has_key(const char *folder, const char *before, const char *name)
{
	char path[KEYRING_PATH_MAX];
	return key_path(path, folder, before, name) && is_there(path);
}

// ---- the lock --------------------------------------------------------------------------------

static enum result lock_folder(const char *folder, int how, int *ret_fd)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? RESULT_NOT_FOUND : RESULT_DENIED;
	while (flock(fd, how) < 0) {
		if (errno == EINTR)
			continue;
		close(fd);
		return RESULT_IO;
	}
	*ret_fd = fd;
	return RESULT_OK;
}

// ---- replacing -------------------------------------------------------------------------------

static enum result move(const char *from, const char *to)
{
	if (rename(from, to) == 0)
		return RESULT_OK;
	return errno == ENOENT                     ? RESULT_NOT_FOUND
	       : errno == EACCES || errno == EROFS ? RESULT_DENIED
						   : RESULT_IO;
}

// The key in use steps aside, then the next one takes its place: whatever a crash leaves of it,
// neither is lost and it shows how far it came.
static enum result replace_key(const char *folder, const char *next, const char *name)
{
	char own[KEYRING_PATH_MAX], aside[KEYRING_PATH_MAX], from[KEYRING_PATH_MAX];
	if (!key_path(own, folder, "", name) || !key_path(aside, folder, "retired-", name) ||
	    !key_path(from, next, "", name))
		return RESULT_TOO_LARGE;
	if (!is_there(from))
		return RESULT_OK; // it is in place already
	enum result result = move(own, aside);
	if (result == RESULT_NOT_FOUND && is_there(aside))
		result = RESULT_OK;
	return result == RESULT_OK ? move(from, own) : result;
}

static enum result destroy_if_there(const char *folder, const char *before, const char *name)
{
	char path[KEYRING_PATH_MAX];
	if (!key_path(path, folder, before, name))
		return RESULT_TOO_LARGE;
	return is_there(path) ? file_destroy(path) : RESULT_OK;
}

static enum result destroy_retired(const char *folder)
{
	enum result result = RESULT_OK;
	for (size_t i = 0; i < KEPT; i++) {
		enum result one = destroy_if_there(folder, "retired-", kept_keys[i].name);
		result = result == RESULT_OK ? one : result;
	}
	return result;
}

static enum result remove_next(const char *folder, const char *next)
{
	if (rmdir(next) < 0 && errno != ENOENT)
		return RESULT_IO;
	return file_sync_folder(folder);
}

// All of it, or the rest of it. Nothing is destroyed before what replaces it is durable.
static enum result promote(const char *folder)
{
	char next[KEYRING_PATH_MAX], from[KEYRING_PATH_MAX], to[KEYRING_PATH_MAX];
	if (!path_in(next, folder, KEYRING_NEXT) || !path_in(from, next, BUNDLE) ||
	    !path_in(to, folder, BUNDLE))
		return RESULT_TOO_LARGE;
	enum result result = RESULT_OK;
	for (size_t i = 0; result == RESULT_OK && i < KEPT; i++)
		result = replace_key(folder, next, kept_keys[i].name);
	if (result == RESULT_OK && is_there(from))
		result = move(from, to);
	if (result == RESULT_OK)
		result = file_sync_folder(folder);
	if (result == RESULT_OK)
		result = remove_next(folder, next);
	return result == RESULT_OK ? destroy_retired(folder) : result;
}

// next/ comes whole, so a key that is missing there has been moved; and one in use is missing only
// while it is being replaced.
static bool is_cut_short(const char *folder)
{
	char next[KEYRING_PATH_MAX];
	bool retired = false, gap = false;
	if (!path_in(next, folder, KEYRING_NEXT))
		return false;
	bool has_next = is_there(next);
	for (size_t i = 0; i < KEPT; i++) {
		retired = retired || has_key(folder, "retired-", kept_keys[i].name);
		gap = gap || (has_next && !has_key(next, "", kept_keys[i].name));
	}
	return retired || gap;
}

static enum result with_lock(const char *folder, enum result (*work)(const char *folder))
{
	int lock;
	enum result result = lock_folder(folder, LOCK_EX, &lock);
	if (result != RESULT_OK)
		return result;
	result = work(folder);
	close(lock);
	return result;
}

static enum result promote_next(const char *folder)
{
	char next[KEYRING_PATH_MAX];
	if (!path_in(next, folder, KEYRING_NEXT) || !is_there(next))
		return is_cut_short(folder) ? destroy_retired(folder) : RESULT_NOT_FOUND;
	return promote(folder);
}

enum result keyring_promote(const char *folder)
{
	return with_lock(folder, promote_next);
}

// Keys, and what a crash left of one that was being written.
static enum result destroy_files(const char *folder, DIR *dir)
{
	enum result result = RESULT_OK;
	for (struct dirent *entry; result == RESULT_OK && (entry = readdir(dir));) {
		char path[KEYRING_PATH_MAX];
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (!path_in(path, folder, entry->d_name))
			return RESULT_TOO_LARGE;
		// The bundle is for everybody to read.
		result =
			strcmp(entry->d_name, BUNDLE) == 0 ? file_remove(path) : file_destroy(path);
	}
	return result;
}

static enum result destroy_set(const char *folder, const char *name)
{
	char set[KEYRING_PATH_MAX];
	if (!path_in(set, folder, name))
		return RESULT_TOO_LARGE;
	DIR *dir = opendir(set);
	if (!dir)
		return errno == ENOENT ? RESULT_NOT_FOUND : RESULT_DENIED;
	enum result result = destroy_files(set, dir);
	closedir(dir);
	return result == RESULT_OK ? remove_next(folder, set) : result;
}

// A half destroyed next/ must not look like one that is half in use.
static enum result drop_next(const char *folder)
{
	char next[KEYRING_PATH_MAX], away[KEYRING_PATH_MAX];
	if (!path_in(next, folder, KEYRING_NEXT) || !path_in(away, folder, BEING_MADE))
		return RESULT_TOO_LARGE;
	enum result result = move(next, away);
	if (result == RESULT_OK)
		result = file_sync_folder(folder);
	return result == RESULT_OK ? destroy_set(folder, BEING_MADE) : result;
}

enum result keyring_drop_next(const char *folder)
{
	return with_lock(folder, drop_next);
}

// ---- opening ---------------------------------------------------------------------------------

static enum result open_set(const char *folder, const struct unlock *unlock, struct key_set *set,
			    struct problem *problem)
{
	enum result result = RESULT_OK;
	for (size_t i = 0; result == RESULT_OK && i < KEPT; i++)
		result = keyfile_open(
			&(const struct keyfile){folder, kept_keys[i].name, kept_keys[i].kind},
			unlock, (void *)((char *)set + kept_keys[i].offset), problem);
	return result;
}

static enum result derive_spool_key(const uint8_t sealing_secret[SEAL_SECRET_LEN], uint8_t *out)
{
	return hkdf_sha256(out, SEAL_KEY_LEN, bytes_of_text("knooppunt/spool/v1"),
			   bytes_make(sealing_secret, SEAL_SECRET_LEN), bytes_make(NULL, 0));
}

static enum result open_spool_key(const char *folder, const struct unlock *unlock,
				  struct keyring *keyring, struct problem *problem)
{
	struct private_key kept;
	enum result result = secret_alloc(SEAL_KEY_LEN, &keyring->spool_key);
	if (result != RESULT_OK)
		return result;
	if (!has_key(folder, "", "spool"))
		return derive_spool_key(keyring->current.sealing.secret, keyring->spool_key);
	result = keyfile_open(&(const struct keyfile){folder, "spool", KEY_KIND_SPOOL}, unlock,
			      &kept, problem);
	if (result == RESULT_OK) {
		memcpy(keyring->spool_key, kept.secret, SEAL_KEY_LEN);
		private_key_done(&kept);
	}
	return result;
}

static enum result open_all(const char *folder, const struct unlock *unlock,
			    struct keyring *keyring, struct problem *problem)
{
	char next[KEYRING_PATH_MAX];
	enum result result = open_set(folder, unlock, &keyring->current, problem);
	if (result == RESULT_OK)
		result = open_spool_key(folder, unlock, keyring, problem);
	if (result != RESULT_OK || !path_in(next, folder, KEYRING_NEXT) || !is_there(next))
		return result;
	keyring->has_next = true;
	return open_set(next, unlock, &keyring->next, problem);
}

static enum result unusable(const char *folder, enum result result, struct problem *problem)
{
	problem_set_file(problem, folder);
	problem_set(problem, reason_code(REASON_IO),
		    "let the user of this program write to its key folder, and start it again",
		    "the keys of this folder were being replaced, and it cannot be finished: %s",
		    result_name(result));
	return result;
}

enum result keyring_open(const char *folder, const struct unlock *unlock,
			 struct keyring *ret_keyring, struct problem *problem)
{
	struct keyring keyring = {.has_next = false};
	int lock = -1;
	enum result result = is_cut_short(folder) ? keyring_promote(folder) : RESULT_OK;
	if (result != RESULT_OK && result != RESULT_NOT_FOUND)
		return unusable(folder, result, problem);
	result = lock_folder(folder, LOCK_SH, &lock);
	// A folder that is not there has no keys either, and says so better.
	if (result != RESULT_OK && result != RESULT_NOT_FOUND)
		return unusable(folder, result, problem);
	result = open_all(folder, unlock, &keyring, problem);
	if (lock >= 0)
		close(lock);
	if (result == RESULT_OK)
		*ret_keyring = keyring;
	else
		keyring_done(&keyring);
	return result;
}

// ---- making ----------------------------------------------------------------------------------

static enum result make_set(const char *folder, const struct unlock *unlock, struct key_set *set)
{
	enum result result = RESULT_OK;
	for (size_t i = 0; result == RESULT_OK && i < KEPT; i++)
		result = keyfile_create(
			&(const struct keyfile){folder, kept_keys[i].name, kept_keys[i].kind},
			unlock, (void *)((char *)set + kept_keys[i].offset));
	return result;
}

// What the spools are sealed under must outlive the key it was derived from.
static enum result keep_spool_key(const char *folder, const struct unlock *unlock,
				  struct problem *problem)
{
	struct keyring keyring;
	enum result result = keyring_open(folder, unlock, &keyring, problem);
	if (result != RESULT_OK)
		return result;
	if (keyring.has_next)
		result = RESULT_EXISTS;
	else if (!has_key(folder, "", "spool"))
		result = keyfile_keep(&(const struct keyfile){folder, "spool", KEY_KIND_SPOOL},
				      unlock, keyring.spool_key);
	keyring_done(&keyring);
	return result;
}

enum result keyring_prepare(const char *folder, const struct unlock *unlock,
			    struct key_set *ret_next, char ret_path[KEYRING_PATH_MAX],
			    struct problem *problem)
{
	struct key_set set = {0};
	enum result result = keep_spool_key(folder, unlock, problem);
	if (result != RESULT_OK)
		return result;
	if (!path_in(ret_path, folder, BEING_MADE))
		return RESULT_TOO_LARGE;
	folder_clear_leftovers(folder);
	result = destroy_set(folder, BEING_MADE); // of an attempt that was cut short
	if (result == RESULT_OK || result == RESULT_NOT_FOUND)
		result = make_set(ret_path, unlock, &set);
	if (result == RESULT_OK)
		*ret_next = set;
	else
		key_set_done(&set);
	return result;
}

enum result keyring_offer(const char *folder)
{
	char made[KEYRING_PATH_MAX], next[KEYRING_PATH_MAX];
	if (!path_in(made, folder, BEING_MADE) || !path_in(next, folder, KEYRING_NEXT))
		return RESULT_TOO_LARGE;
	if (is_there(next))
		return RESULT_EXISTS;
	enum result result = move(made, next);
	return result == RESULT_OK ? file_sync_folder(folder) : result;
}
