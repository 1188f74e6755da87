// SPDX-License-Identifier: EUPL-1.2
// The folder that a backup is tried in, or made ready in: made with a mark, and removed with its
// keys overwritten.
#include "core/drill.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARK ".drill"

static bool has_mark(const char *scratch)
{
	char path[BACKUP_PATH_MAX];
	drill_path(path, scratch, MARK);
	return access(path, F_OK) == 0;
}

static enum result make_mark(const char *scratch)
{
	char path[BACKUP_PATH_MAX];
	drill_path(path, scratch, MARK);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return fd >= 0 && close(fd) == 0 ? file_sync_folder(scratch) : RESULT_IO;
}

static enum result remove_folder(const char *scratch)
{
	return rmdir(scratch) == 0 || errno == ENOENT ? RESULT_OK : RESULT_EXISTS;
}

// What a drill makes and a start adds; anything else keeps the folder.
enum result drill_clear_scratch(const char *scratch)
{
	static const char *const files[] = {"log/data.mdb",   "log/lock.mdb", "state/data.mdb",
					    "state/lock.mdb", "genesis",      "guard",
					    "boot",           "log.vkey",     DRILL_GUARD_COPY};
	static const char *const folders[] = {"log", "state", "export", "proposals"};
	char path[BACKUP_PATH_MAX];
	if (!has_mark(scratch))
		return remove_folder(scratch);
	drill_path(path, scratch, "keystore");
	if (access(path, F_OK) == 0 && file_destroy(path))
		return RESULT_IO;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		drill_path(path, scratch, files[i]);
		(void)unlink(path);
	}
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		drill_path(path, scratch, folders[i]);
		(void)rmdir(path);
	}
	folder_clear_leftovers(scratch);
	drill_path(path, scratch, MARK);
	(void)unlink(path);
	return remove_folder(scratch);
}

enum result drill_make_scratch(struct drill *drill)
{
	enum result r =
		access(drill->scratch, F_OK) == 0 ? drill_clear_scratch(drill->scratch) : RESULT_OK;
	if (r)
		return drill_fail(drill, r, REASON_EXISTS, drill->scratch,
				  "the folder is there, and holds something else");
	if (mkdir(drill->scratch, 0700) != 0 || make_mark(drill->scratch))
		return drill_fail(drill, RESULT_IO, REASON_IO, drill->scratch,
				  "the folder cannot be made");
	return RESULT_OK;
}
