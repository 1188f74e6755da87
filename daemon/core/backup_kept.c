// SPDX-License-Identifier: EUPL-1.2
// What lies in the folder of backups: the newest, what was left half made, what has lapsed.
#include "core/backup.h"

#include "base/clock.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
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
