// SPDX-License-Identifier: EUPL-1.2
#include "store/create.h"

#include "base/file.h"
#include "store/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

// A power cut while LMDB writes its first two pages leaves a file that never opens again
// (testing.md F8), so they are written elsewhere.
static enum result make_at(const char *temporary, const struct store_options *options)
{
	struct store *store;
	struct store_options creating = *options;
	creating.durable = true;
	// No lock file: nobody else knows this name.
	enum result result =
		store_open_path(temporary, &creating, MDB_NOSUBDIR | MDB_NOLOCK, &store);
	if (result == RESULT_OK)
		store_close(store);
	return result;
}

static enum result sync_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return store_result_of(errno);
	int rc = fsync(fd) < 0 ? errno : 0;
	close(fd);
	return store_result_of(rc);
}

static enum result put_in_place(const char *temporary, const char *path)
{
	enum result result = sync_file(temporary);
	if (result != RESULT_OK)
		return result;
	if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
		return RESULT_OK;
	return errno == EEXIST ? RESULT_EXISTS : store_result_of(errno);
}

enum result store_create(const char *folder, const char *path, const struct store_options *options)
{
	char temporary[PATH_MAX];
	int len = snprintf(temporary, sizeof temporary, "%s/.tmp-XXXXXX", folder);
	if (len < 0 || (size_t)len >= sizeof temporary) {
		errno = ENAMETOOLONG;
		return RESULT_IO;
	}
	int fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return store_result_of(errno);
	close(fd); // LMDB takes an empty file for a new one
	enum result result = make_at(temporary, options);
	if (result == RESULT_OK)
		result = put_in_place(temporary, path);
	if (result != RESULT_OK) {
		int saved = errno;
		unlink(temporary);
		errno = saved;
		return result == RESULT_EXISTS ? RESULT_OK : result;
	}
	return file_sync_folder(folder);
}
