// SPDX-License-Identifier: EUPL-1.2
// `backup`: a reader copies log and keystore into the folder that the settings name, while core
// goes on. The keystore comes first, and its newest blocks again until none grew while the size of
// the log was read: then it has each key of that log, and that log has each order by which a key is
// gone in it. The log is then verified as it lies there: pages, tree, root, and that each row
// unseals or was erased.
#include "core/backup.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "core/backup_check.h"
#include "core/command.h"
#include "keystore/copy.h"
#include "parent/process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define LOG_MODE 0600

struct backup {
	struct core *core;
	struct core_paths paths;
	char moment[BACKUP_MOMENT_LEN + 1];
	char log[2][BACKUP_PATH_MAX], keystore[2][BACKUP_PATH_MAX]; // while made; whole
	struct keystore_copy *copy;
	uint64_t log_bytes, keystore_bytes;
	struct problem problem;
	struct buffer *out;
};

// What went wrong with which file; the code that people and programs go by.
static enum result fail(struct backup *b, enum result r, const char *file, const char *what)
{
	enum reason reason = r == RESULT_DAMAGED     ? REASON_DAMAGED
			     : r == RESULT_FULL      ? REASON_FULL
			     : r == RESULT_NOT_FOUND ? REASON_FILE_MISSING
			     : r == RESULT_DENIED    ? REASON_FILE_MODE
			     : r == RESULT_AGAIN     ? REASON_BUSY
			     : r == RESULT_EXISTS    ? REASON_EXISTS
						     : REASON_IO;
	if (!r || b->problem.code)
		return r;
	problem_set_file(&b->problem, file);
	problem_set(&b->problem, reason_code(reason), reason_fix(reason), "%s (%s)", what,
		    result_name(r));
	return r;
}

// A reader may touch the folder that was there when it began: of a disk that was mounted since only
// a later one may, and nothing was begun yet.
static enum result fail_folder(struct backup *b, enum result r, const char *folder,
			       const char *what)
{
	b->core->may_not = r == RESULT_DENIED || r == RESULT_NOT_FOUND;
	return fail(b, r, folder, what);
}

static void set_paths(struct backup *b, int64_t moment)
{
	const char *folder = b->core->settings->backup;
	static const char *const begins[2] = {BACKUP_TEMPORARY, ""};
	backup_moment(moment, b->moment);
	for (int i = 0; i < 2; i++) {
		snprintf(b->log[i], sizeof b->log[i], "%s/" BACKUP_LOG "/%s%s", folder, begins[i],
			 b->moment);
		snprintf(b->keystore[i], sizeof b->keystore[i],
			 "%s/" BACKUP_KEYSTORE "/%s%s" BACKUP_SEALED, folder, begins[i], b->moment);
	}
}

// The second that it is, or the next one that no backup has.
static void choose_moment(struct backup *b)
{
	int64_t moment = time_now(b->core);
	core_paths(b->core->settings, &b->paths);
	set_paths(b, moment);
	while (access(b->log[1], F_OK) == 0 || access(b->keystore[1], F_OK) == 0) {
		moment += MS_PER_SECOND;
		set_paths(b, moment);
	}
}

static enum result make_folders(struct backup *b)
{
	static const char *const names[] = {BACKUP_LOG, BACKUP_KEYSTORE};
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < sizeof names / sizeof names[0]; i++) {
		char path[BACKUP_PATH_MAX];
		snprintf(path, sizeof path, "%s/%s", b->core->settings->backup, names[i]);
		r = fail_folder(b, folder_ensure(path), path, "the folder cannot be made");
	}
	return r ? r
		 : fail_folder(b, folder_ensure(b->log[0]), b->log[0], "the folder cannot be made");
}

// ---- keystore ------------------------------------------------------------------------------

// For each key that envelopes are sealed for now: while it changes there are two, and the copy
// opens with the next one when the other is destroyed.
static size_t recipients(const struct core *core, uint8_t out[KEYSTORE_COPY_RECIPIENTS_MAX][32])
{
	size_t count = 0;
	for (size_t i = 0; i < core->registry.house_key_count; i++) {
		const struct house_key *key = &core->registry.house_keys[i];
		if (key->use == HOUSE_RECEIVE && key->until == REGISTER_NEVER &&
		    count < KEYSTORE_COPY_RECIPIENTS_MAX)
			memcpy(out[count++], key->key, 32);
	}
	return count;
}

static enum result copy_keystore(struct backup *b)
{
	uint8_t keys[KEYSTORE_COPY_RECIPIENTS_MAX][32];
	size_t count = recipients(b->core, keys);
	bool grew = true;
	enum result r = fail(
		b, keystore_copy_begin(b->keystore[0], (const uint8_t(*)[32])keys, count, &b->copy),
		b->keystore[0], "the copy of the keystore cannot be made");
	while (!r && grew) {
		pulse_beat(b->core->pulse);
		r = fail(b, keystore_copy_blocks(b->copy, b->paths.keystore, &grew), b->keystore[0],
			 "the keystore cannot be copied");
		if (!r && grew)
			r = fail(b, core_renew_checkpoint(b->core), b->paths.guard,
				 "the newest checkpoint cannot be read");
	}
	if (!r)
		r = fail(
			b,
			keystore_copy_finish(b->copy, b->core->checkpoint.size, &b->keystore_bytes),
			b->keystore[0], "the copy of the keystore is not what was written");
	keystore_copy_free(b->copy);
	b->copy = NULL;
	return r;
}

// ---- log -----------------------------------------------------------------------------------

static size_t map_bytes(const struct backup *b)
{
	return (size_t)b->core->settings->map_log_mib << 20;
}

static enum result copy_log(struct backup *b)
{
	struct journal_copy copy = {.size = b->core->checkpoint.size};
	bool of_target = true;
	enum result r = journal_create(b->log[0], map_bytes(b));
	if (!r)
		r = journal_open(b->log[0], map_bytes(b), NULL, false, &copy.target);
	if (!r)
		r = journal_copy(b->core->journal, &copy, &of_target);
	journal_close(copy.target);
	return of_target ? fail(b, r, b->log[0], "the copy of the log cannot be written")
			 : fail(b, r, b->paths.log, "the log cannot be copied");
}

static enum result check_copy(struct backup *b, struct journal *journal)
{
	char what[96];
	struct core *core = b->core;
	struct backup_found found;
	const struct backup_room room = {&core->stored_parts, &core->stored_content, core->pulse};
	enum result r = backup_check(journal, &core->checkpoint, &room, &found);
	if (!r || !found.has_bad)
		return fail(b, r, b->log[0], "the copy of the log is not what was written");
	snprintf(what, sizeof what, "entry %llu of the log does not verify",
		 (unsigned long long)found.bad);
	return fail(b, r, b->paths.log, what);
}

static enum result verify_log(struct backup *b)
{
	struct keystore *keystore = NULL;
	struct journal *journal = NULL;
	char lock[BACKUP_PATH_MAX + 16];
	enum result r = fail(b, keystore_open_to_read(b->paths.keystore, &keystore),
			     b->paths.keystore, "the keystore cannot be opened");
	if (!r)
		r = fail(b, journal_open(b->log[0], map_bytes(b), keystore, true, &journal),
			 b->log[0], "the copy of the log cannot be opened");
	if (!r)
		r = check_copy(b, journal);
	journal_close(journal);
	keystore_close(keystore);
	snprintf(lock, sizeof lock, "%s/lock.mdb", b->log[0]);
	(void)unlink(lock); // who opens it makes its own
	return r;
}

// ---- what lies beside it -------------------------------------------------------------------

static enum result put_beside(struct backup *b, const char *name, struct bytes content)
{
	char path[BACKUP_PATH_MAX + 16];
	snprintf(path, sizeof path, "%s/%s", b->log[0], name);
	return fail(b, file_create(path, content, LOG_MODE), path, "the file cannot be written");
}

static enum result put_all_beside(struct backup *b)
{
	struct core *core = b->core;
	struct buffer genesis;
	struct stat st;
	char vkey[VKEY_MAX + 1], data[BACKUP_PATH_MAX + 16];
	vkey_format(vkey, &log_keys_at(&core->signing.keys, core->checkpoint.size)->vkey);
	snprintf(vkey + strlen(vkey), 2, "\n");
	buffer_init(&genesis, GENESIS_FILE_MAX);
	enum result r = fail(b, file_read(b->paths.genesis, GENESIS_FILE_MAX, &genesis),
			     b->paths.genesis, "the genesis file cannot be read");
	if (!r)
		r = put_beside(b, "genesis", buffer_view(&genesis));
	if (!r)
		r = put_beside(b, "log.vkey", bytes_of_text(vkey));
	if (!r)
		r = put_beside(b, "checkpoint", buffer_view(&core->note));
	buffer_done(&genesis);
	snprintf(data, sizeof data, "%s/data.mdb", b->log[0]);
	if (!r && stat(data, &st) == 0)
		b->log_bytes = (uint64_t)st.st_size;
	return r;
}

static enum result put_in_place(struct backup *b, const char *made, const char *path)
{
	char folder[BACKUP_PATH_MAX];
	if (renameat2(AT_FDCWD, made, AT_FDCWD, path, RENAME_NOREPLACE) != 0)
		return fail(b, RESULT_IO, path, "the backup cannot be given its name");
	snprintf(folder, sizeof folder, "%s", path);
	*strrchr(folder, '/') = '\0';
	return fail(b, file_sync_folder(folder), folder, "the folder cannot be synced");
}

// ---- all of it -----------------------------------------------------------------------------

static void say_removed(void *context, const char *name)
{
	log_line(LOG_LEVEL_NOTICE, "event=keystore-copy-lapsed copy=%s", name);
	control_append_text(context, "removed", name);
}

static void say_made(struct backup *b)
{
	const struct core *core = b->core;
	say_ok(core, b->out);
	control_append_text(b->out, "moment", b->moment);
	control_append_number(b->out, "size", core->checkpoint.size);
	control_append_text(b->out, "log", b->log[1]);
	control_append_text(b->out, "keystore", b->keystore[1]);
	control_append_number(b->out, "log-bytes", b->log_bytes);
	control_append_number(b->out, "keystore-bytes", b->keystore_bytes);
}

// The term of copies of the keystore holds whether backups are made or not, for the last copy too:
// what was ordered erased is gone everywhere by then (design P6). Not while the clock is in doubt.
static void lapse(struct core *core, struct buffer *out)
{
	const struct settings *settings = core->settings;
	int64_t limit = time_now(core) - settings->backup_keystore_days * MS_PER_DAY;
	enum result r = core->time.doubt == CLOCK_SURE
				? backup_lapse(settings->backup, limit, say_removed, out)
				: RESULT_OK;
	if (r && r != RESULT_NOT_FOUND)
		control_append_text(out, "not-removed", result_name(r));
}

// ---- before it is begun --------------------------------------------------------------------

// With the copies of two houses in one folder each would remove those of the other, and take its
// backups for its own.
static enum result check_ours(struct backup *b)
{
	char what[96], name[BACKUP_MOMENT_LEN + 1] = "";
	enum result r = backup_ours(b->core, name);
	snprintf(what, sizeof what, "backup %s in this folder is of another log", name);
	return fail(b, r, b->core->settings->backup,
		    r == RESULT_EXISTS ? what : "the backups in it cannot be looked at");
}

// What was cut off by a full disk is gone again, and took the time of a whole one.
static enum result check_room(struct backup *b)
{
	const char *folder = b->core->settings->backup;
	char what[128];
	struct stat keystore;
	struct statvfs disk;
	struct store_facts log;
	enum result r = journal_facts(b->core->journal, &log);
	if (!r && (stat(b->paths.keystore, &keystore) != 0 || statvfs(folder, &disk) != 0))
		r = RESULT_IO;
	if (r)
		return fail(b, r, folder, "the room on its disk cannot be asked");
	uint64_t needed = log.used_bytes + (uint64_t)keystore.st_size;
	uint64_t free_bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
	snprintf(what, sizeof what, "a backup needs %llu MiB, and its disk has %llu MiB free",
		 (unsigned long long)(needed >> 20) + 1, (unsigned long long)(free_bytes >> 20));
	return fail(b, free_bytes > needed ? RESULT_OK : RESULT_FULL, folder, what);
}

static enum result make_backup(struct backup *b)
{
	choose_moment(b);
	backup_clear(b->core->settings->backup);
	enum result r = check_room(b);
	if (!r)
		r = make_folders(b);
	if (!r)
		r = copy_keystore(b);
	if (!r)
		r = copy_log(b);
	if (!r)
		r = verify_log(b);
	if (!r)
		r = put_all_beside(b);
	if (!r)
		r = put_in_place(b, b->keystore[0], b->keystore[1]);
	if (!r)
		r = put_in_place(b, b->log[0], b->log[1]);
	if (r)
		backup_clear(b->core->settings->backup);
	return r;
}

// One at a time: the folder itself is the lock.
static enum result lock_folder(struct backup *b, int *ret_fd)
{
	const char *folder = b->core->settings->backup;
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fail_folder(b, errno == EACCES ? RESULT_DENIED : RESULT_NOT_FOUND, folder,
				   "the folder for backups cannot be opened");
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		close(fd);
		return fail(b, RESULT_AGAIN, folder, "another backup is being made");
	}
	*ret_fd = fd;
	return RESULT_OK;
}

void command_backup(struct core *core, const struct control_message *ask, struct buffer *out)
{
	struct backup *b = calloc(1, sizeof *b);
	const char *folder = core->settings->backup;
	(void)ask;
	if (!b || !folder[0]) {
		say_reason(out, b ? REASON_MISSING_KEYWORD : REASON_IO,
			   b ? "the settings name no folder as backup" : "no memory");
		free(b);
		return;
	}
	b->core = core;
	b->out = out;
	// Nothing is asked of state any more: open, it would keep each page of this moment from
	// being used again until the backup is made.
	state_close(core->state);
	core->state = NULL;
	int lock = -1;
	pulse_long_work(core->pulse, true);
	enum result r = lock_folder(b, &lock);
	if (!r)
		r = check_ours(b);
	const bool is_ours = r == RESULT_OK;
	if (!r)
		r = make_backup(b);
	if (!r)
		say_made(b);
	else
		say_problem(out, &b->problem, RESULT_IO);
	if (is_ours)
		lapse(core, out);
	pulse_long_work(core->pulse, false);
	if (lock >= 0)
		close(lock);
	free(b);
}

// ---- how old the newest is -----------------------------------------------------------------

// One that a wrong clock dated ahead would hide for years that none is made.
static enum result find_newest(struct core *core, int64_t *ret_newest)
{
	char name[BACKUP_MOMENT_LEN + 1];
	enum result r = backup_ours(core, name);
	return r ? r
		 : backup_newest(core->settings->backup, time_now(core) + MS_PER_HOUR, ret_newest);
}

// While one is being made that sees to it.
static void lapse_between(struct core *core, struct buffer *out)
{
	int fd = open(core->settings->backup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		lapse(core, out);
	if (fd >= 0)
		close(fd);
}

// The line "moment" is that of the newest; there is none when no backup was made.
void command_backup_newest(struct core *core, const struct control_message *ask, struct buffer *out)
{
	char name[BACKUP_MOMENT_LEN + 1];
	int64_t newest;
	(void)ask;
	enum result r = find_newest(core, &newest);
	core->may_not = r == RESULT_DENIED;
	if (r && r != RESULT_NOT_FOUND) {
		say_reason(out, r == RESULT_EXISTS ? REASON_EXISTS : REASON_IO,
			   r == RESULT_EXISTS ? "a backup in this folder is of another log"
					      : "the folder for backups cannot be looked at");
		return;
	}
	say_ok(core, out);
	if (!r) {
		backup_moment(newest, name);
		control_append_text(out, "moment", name);
	}
	lapse_between(core, out);
}
