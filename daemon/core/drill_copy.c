// SPDX-License-Identifier: EUPL-1.2
// What of a backup goes into the folder that it is tried in: the log, what lies beside it, and the
// keystore, opened.
#include "core/drill.h"

#include "base/file.h"
#include "keystore/copy.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_STEP ((size_t)1 << 20)

void drill_path(char out[BACKUP_PATH_MAX], const char *folder, const char *name)
{
	snprintf(out, BACKUP_PATH_MAX, "%s/%s", folder, name);
}

static enum result copy_bytes(int from, int to, uint64_t size)
{
	uint8_t *room = malloc(COPY_STEP);
	enum result r = room ? RESULT_OK : RESULT_NO_MEMORY;
	for (uint64_t at = 0; !r && at < size;) {
		uint64_t left = size - at;
		size_t len = left < COPY_STEP ? (size_t)left : COPY_STEP;
		r = file_read_at(from, room, len, at);
		if (!r)
			r = file_write_at(to, bytes_make(room, len), at);
		at += len;
	}
	free(room);
	return r;
}

// Opening a database writes beside it, and a backup is not to be written to.
static enum result copy_log(struct drill *drill)
{
	char path[BACKUP_PATH_MAX], target[BACKUP_PATH_MAX];
	struct stat st;
	drill_path(target, drill->scratch, "log");
	enum result r = folder_ensure(target);
	drill_path(path, drill->backup, "data.mdb");
	drill_path(target, drill->scratch, "log/data.mdb");
	int from = open(path, O_RDONLY | O_CLOEXEC);
	if (from < 0 || fstat(from, &st) != 0)
		r = RESULT_NOT_FOUND;
	int to = r ? -1 : open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (!r && to < 0)
		r = RESULT_IO;
	if (!r)
		r = copy_bytes(from, to, (uint64_t)st.st_size);
	if (!r)
		drill->log_bytes = (uint64_t)st.st_size;
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	return r == RESULT_NOT_FOUND
		       ? drill_fail(drill, r, REASON_FILE_MISSING, path,
				    "there is no log in this backup")
		       : drill_fail(drill, r, r == RESULT_FULL ? REASON_FULL : REASON_IO, target,
				    "the log cannot be copied");
}

// The checkpoint of the backup is the guard of the drill: the log must be that, to the entry.
static enum result copy_beside(struct drill *drill)
{
	char path[BACKUP_PATH_MAX], target[BACKUP_PATH_MAX];
	struct buffer content;
	buffer_init(&content, GENESIS_FILE_MAX);
	drill_path(path, drill->backup, "genesis");
	drill_path(target, drill->scratch, "genesis");
	enum result r = file_read(path, GENESIS_FILE_MAX, &content);
	if (!r)
		r = file_create(target, buffer_view(&content), 0600);
	if (!r) {
		drill_path(path, drill->backup, "checkpoint");
		drill_path(target, drill->scratch, "guard");
		r = file_read(path, CHECKPOINT_MAX, &content);
	}
	if (!r)
		r = guard_create(target, buffer_view(&content));
	buffer_done(&content);
	return drill_fail(drill, r, r == RESULT_NOT_FOUND ? REASON_FILE_MISSING : REASON_IO, path,
			  "the file cannot be used");
}

static enum result open_receive(struct drill *drill, struct private_key keys[2], size_t *ret_count)
{
	static const char *const names[] = {"receive", "receive-next"};
	const struct unlock unlock = {.key_file = drill->settings.unlock_file};
	struct problem problem = {.code = NULL};
	size_t count = 0;
	for (size_t i = 0; i < 2; i++) {
		const struct keyfile file = {drill->settings.keys, names[i], KEY_KIND_SEALING};
		problem = (struct problem){.code = NULL};
		enum result r = keyfile_open(&file, &unlock, &keys[count], &problem);
		count += r == RESULT_OK;
		*ret_count = count; // of those opened before one that is not, too: they are wiped
		if (r && !(r == RESULT_NOT_FOUND && (count > 0 || i == 0))) {
			drill->problem = problem;
			return r;
		}
	}
	return RESULT_OK;
}

static enum result open_keystore(struct drill *drill)
{
	struct private_key keys[2] = {{.secret = NULL}, {.secret = NULL}};
	const uint8_t *secrets[2];
	char target[BACKUP_PATH_MAX], what[120];
	struct stat st;
	uint64_t offset = 0;
	size_t count = 0;
	enum result r = open_receive(drill, keys, &count);
	for (size_t i = 0; i < count; i++)
		secrets[i] = keys[i].secret;
	const struct keystore_copy_source source = {drill->keystore, secrets, count};
	drill_path(target, drill->scratch, "keystore");
	if (!r)
		r = keystore_copy_open(&source, target, &drill->keystore_size, &offset);
	for (size_t i = 0; i < count; i++)
		private_key_done(&keys[i]);
	if (!r && stat(drill->keystore, &st) == 0)
		drill->keystore_bytes = (uint64_t)st.st_size;
	snprintf(what, sizeof what, "the copy of the keystore does not open from byte %llu on",
		 (unsigned long long)offset);
	if (r == RESULT_DAMAGED)
		return drill_fail(drill, r, REASON_DAMAGED, drill->keystore, what);
	if (r == RESULT_DENIED)
		return drill_fail(drill, r, REASON_WRONG_UNLOCK, drill->keystore,
				  "it is sealed for other receive keys than those in keys");
	return drill_fail(drill, r, r == RESULT_NOT_FOUND ? REASON_FILE_MISSING : REASON_IO,
			  drill->keystore, "the copy of the keystore cannot be opened");
}

enum result drill_fill(struct drill *drill)
{
	enum result r = copy_log(drill);
	if (!r)
		r = copy_beside(drill);
	return r ? r : open_keystore(drill);
}
