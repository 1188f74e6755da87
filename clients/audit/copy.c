// SPDX-License-Identifier: EUPL-1.2
#include "audit/copy.h"

#include "base/file.h"

#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define FILE_MODE 0644
#define FILE_LEN_MAX (1024 * 1024) // a bundle of 256 entries is the largest

static enum result copy_file(const char *from, const char *to)
{
	struct buffer content;
	buffer_init(&content, FILE_LEN_MAX);
	enum result result = file_read(from, FILE_LEN_MAX - 1, &content);
	if (result == RESULT_OK)
		result = file_replace(to, buffer_view(&content), FILE_MODE);
	buffer_done(&content);
	return result;
}

static enum result copy_entry(const FTSENT *entry, size_t root_len, const char *to)
{
	char path[PATH_MAX];
	int len = snprintf(path, sizeof path, "%s%s", to, entry->fts_path + root_len);
	if (len < 0 || len >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return RESULT_IO;
	}
	switch (entry->fts_info) {
	case FTS_D:
		return folder_ensure(path);
	case FTS_F:
		return copy_file(entry->fts_path, path);
	case FTS_DP:
		return RESULT_OK;
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		errno = entry->fts_errno;
		return errno == EACCES ? RESULT_DENIED : RESULT_IO;
	default: // core writes files and folders
		return RESULT_MALFORMED;
	}
}

enum result copy_tree(const char *from, const char *to)
{
	char root[PATH_MAX];
	snprintf(root, sizeof root, "%s", from);
	char *const roots[] = {root, NULL};
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	if (!tree)
		return RESULT_IO;
	enum result result = RESULT_OK;
	const FTSENT *entry;
	while (result == RESULT_OK && (entry = fts_read(tree)))
		result = copy_entry(entry, strlen(from), to);
	fts_close(tree);
	return result;
}
