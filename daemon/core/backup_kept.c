// SPDX-License-Identifier: EUPL-1.2
// What lies in the folder of backups: the newest, what was left half made, what has lapsed.
#include "core/backup.h"

#include "base/clock.h"
#include "base/file.h"
#include "control/control.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void backup_moment(int64_t wall_ms, char ret_name[BACKUP_MOMENT_LEN + 1])
{
	char text[21];
	size_t at = 0;
	time_format(text, wall_ms);
	for (const char *p = text; *p && at < BACKUP_MOMENT_LEN; p++)
		if (*p != '-' && *p != ':')
			ret_name[at++] = *p;
	ret_name[at] = '\0';
}

enum result backup_moment_of(const char *name, int64_t *ret_wall_ms)
{
	char text[21];
	if (strnlen(name, BACKUP_MOMENT_LEN) < BACKUP_MOMENT_LEN)
		return RESULT_MALFORMED;
	snprintf(text, sizeof text, "%.4s-%.2s-%.5s:%.2s:%.3s", name, name + 4, name + 6, name + 11,
		 name + 13);
	return time_parse(bytes_of_text(text), ret_wall_ms);
}

// Calls `each` for every name in <folder>/<name>; a folder that is not there has none.
typedef void each_fn(void *context, const char *folder, const char *name);
static enum result walk(const char *folder, const char *sub, each_fn *each, void *context)
{
	char path[BACKUP_PATH_MAX];
	const struct dirent *row;
	snprintf(path, sizeof path, "%s/%s", folder, sub);
	DIR *list = opendir(path);
	if (!list)
		return errno == ENOENT   ? RESULT_NOT_FOUND
		       : errno == EACCES ? RESULT_DENIED
					 : RESULT_IO;
	while ((row = readdir(list)))
		each(context, path, row->d_name);
	closedir(list);
	return RESULT_OK;
}

struct newest {
	int64_t latest, found; // a later one was made by a clock that was wrong
};

static void take_newest(void *context, const char *folder, const char *name)
{
	struct newest *newest = context;
	int64_t moment;
	(void)folder;
	if (strlen(name) == BACKUP_MOMENT_LEN && backup_moment_of(name, &moment) == RESULT_OK &&
	    moment <= newest->latest && moment > newest->found)
		newest->found = moment;
}

enum result backup_newest(const char *folder, int64_t latest, int64_t *ret_wall_ms)
{
	struct newest newest = {latest, INT64_MIN};
	enum result r = walk(folder, BACKUP_LOG, take_newest, &newest);
	if (!r && newest.found == INT64_MIN)
		r = RESULT_NOT_FOUND;
	if (!r)
		*ret_wall_ms = newest.found;
	return r;
}

// ---- whose they are ------------------------------------------------------------------------

struct whose {
	const struct buffer *genesis;
	struct buffer found;
	char other[BACKUP_MOMENT_LEN + 1]; // "": none is
};

static void look_whose(void *context, const char *folder, const char *name)
{
	struct whose *whose = context;
	char path[BACKUP_PATH_MAX + 280];
	int64_t moment;
	if (whose->other[0] || strlen(name) != BACKUP_MOMENT_LEN ||
	    backup_moment_of(name, &moment) != RESULT_OK)
		return;
	snprintf(path, sizeof path, "%s/%s/genesis", folder, name);
	buffer_clear(&whose->found);
	// One without is no whole backup, and nobody's.
	if (file_read(path, GENESIS_FILE_MAX, &whose->found) == RESULT_OK &&
	    !bytes_equal(buffer_view(&whose->found), buffer_view(whose->genesis)))
		snprintf(whose->other, sizeof whose->other, "%s", name);
}

enum result backup_ours(const struct core *core, char ret_name[BACKUP_MOMENT_LEN + 1])
{
	struct core_paths paths;
	struct buffer genesis;
	struct whose whose = {.genesis = &genesis};
	core_paths(core->settings, &paths);
	buffer_init(&genesis, GENESIS_FILE_MAX);
	buffer_init(&whose.found, GENESIS_FILE_MAX);
	enum result r = file_read(paths.genesis, GENESIS_FILE_MAX, &genesis);
	if (r)
		r = RESULT_IO;
	else
		r = walk(core->settings->backup, BACKUP_LOG, look_whose, &whose);
	buffer_done(&genesis);
	buffer_done(&whose.found);
	if (r == RESULT_NOT_FOUND)
		r = RESULT_OK; // none was made yet
	snprintf(ret_name, BACKUP_MOMENT_LEN + 1, "%s", whose.other);
	return r ? r : whose.other[0] ? RESULT_EXISTS : RESULT_OK;
}

// ---- what was left half made ---------------------------------------------------------------

static bool is_temporary(const char *name)
{
	return strncmp(name, BACKUP_TEMPORARY, sizeof BACKUP_TEMPORARY - 1) == 0;
}

static void clear_log(void *context, const char *folder, const char *name)
{
	static const char *const files[] = {"data.mdb", "lock.mdb", "checkpoint", "genesis",
					    "log.vkey"};
	char path[BACKUP_PATH_MAX + 280];
	(void)context;
	if (!is_temporary(name))
		return;
	snprintf(path, sizeof path, "%s/%s", folder, name);
	folder_clear_leftovers(path);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		snprintf(path, sizeof path, "%s/%s/%s", folder, name, files[i]);
		(void)unlink(path);
	}
	snprintf(path, sizeof path, "%s/%s", folder, name);
	(void)rmdir(path); // what else lies in it is not ours to remove
}

static void clear_keystore(void *context, const char *folder, const char *name)
{
	char path[BACKUP_PATH_MAX + 280];
	(void)context;
	snprintf(path, sizeof path, "%s/%s", folder, name);
	if (is_temporary(name))
		(void)!file_destroy(path);
}

void backup_clear(const char *folder)
{
	(void)!walk(folder, BACKUP_LOG, clear_log, NULL);
	(void)!walk(folder, BACKUP_KEYSTORE, clear_keystore, NULL);
}

// ---- what has lapsed -----------------------------------------------------------------------

struct lapse {
	int64_t limit;
	backup_removed_fn *removed;
	void *context;
	enum result worst;
};

static void lapse_one(void *context, const char *folder, const char *name)
{
	struct lapse *lapse = context;
	char path[BACKUP_PATH_MAX + 280];
	int64_t moment;
	if (strlen(name) != BACKUP_MOMENT_LEN + sizeof BACKUP_SEALED - 1 ||
	    strcmp(name + BACKUP_MOMENT_LEN, BACKUP_SEALED) != 0 ||
	    backup_moment_of(name, &moment) != RESULT_OK || moment >= lapse->limit)
		return;
	snprintf(path, sizeof path, "%s/%s", folder, name);
	enum result r = file_destroy(path);
	if (r)
		lapse->worst = r;
	else
		lapse->removed(lapse->context, name);
}

enum result backup_lapse(const char *folder, int64_t limit, backup_removed_fn *removed,
			 void *context)
{
	struct lapse lapse = {limit, removed, context, RESULT_OK};
	enum result r = walk(folder, BACKUP_KEYSTORE, lapse_one, &lapse);
	return r ? r : lapse.worst;
}

// ---- what core knows of it -----------------------------------------------------------------

static int found_of(struct bytes result, struct bytes moment, int64_t *ret_newest)
{
	char name[BACKUP_MOMENT_LEN + 1] = "";
	if (bytes_equal(result, bytes_of_text(reason_code(REASON_EXISTS))))
		return WATCH_BACKUP_OTHER;
	if (!bytes_equal(result, bytes_of_text("ok")))
		return WATCH_BACKUP_UNSEEN;
	if (moment.len == BACKUP_MOMENT_LEN)
		memcpy(name, moment.data, moment.len);
	return backup_moment_of(name, ret_newest) == RESULT_OK ? WATCH_BACKUP_IS
							       : WATCH_BACKUP_NONE;
}

void backup_told(struct core *core, struct bytes answer)
{
	struct control_message *told = calloc(1, sizeof *told);
	struct watch_backup *seen = &core->watch.backup;
	if (!told || control_parse(answer, told)) {
		free(told);
		return;
	}
	seen->found = found_of(control_value(told, "result"), control_value(told, "moment"),
			       &seen->newest);
	seen->outlived = control_value(told, "not-removed").len > 0;
	control_message_done(told);
	free(told);
}
