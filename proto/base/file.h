// SPDX-License-Identifier: EUPL-1.2
// Files that must survive: durable replacement and creation, whole reads, modes.
#ifndef KNP_BASE_FILE_H
#define KNP_BASE_FILE_H

#include "base/bytes.h"

// Reads a whole regular file (at most `ceiling` bytes) into an initialised buffer.
// RESULT_NOT_FOUND, RESULT_TOO_LARGE, RESULT_IO.
enum result file_read(const char *path, size_t ceiling, struct buffer *ret_buffer) KNP_MUST_CHECK;
// As file_read, but RESULT_DENIED unless the file is ours and its mode has no group or other bits.
enum result file_read_private(const char *path, size_t ceiling,
			      struct buffer *ret_buffer) KNP_MUST_CHECK;
// Writes temporary file, fsync, rename, fsync of the folder. After RESULT_OK the content survives
// a power cut; on failure the old content stands. `mode` as for open(2).
enum result file_replace(const char *path, struct bytes content, unsigned mode) KNP_MUST_CHECK;
// As file_replace, but RESULT_EXISTS when the path exists already.
enum result file_create(const char *path, struct bytes content, unsigned mode) KNP_MUST_CHECK;
// Removes a file and syncs its folder. RESULT_NOT_FOUND when there is none.
enum result file_remove(const char *path) KNP_MUST_CHECK;
enum result file_sync_folder(const char *folder) KNP_MUST_CHECK;
// mkdir for one level, mode 0700; an existing folder is fine.
enum result folder_ensure(const char *path) KNP_MUST_CHECK;

#endif
