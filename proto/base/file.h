// SPDX-License-Identifier: EUPL-1.2
// Files that must survive: durable replacement and creation, whole reads, modes.
#ifndef KNP_BASE_FILE_H
#define KNP_BASE_FILE_H

#include "base/bytes.h"

// Every function: RESULT_NOT_FOUND, RESULT_DENIED (permission), RESULT_FULL, RESULT_IO; errno holds
// the cause. Temporary files are named ".tmp-<16 hex>" in the folder of their target; one that a
// crash left behind is complete nowhere and may be removed by whoever owns the folder.

// Reads a whole regular file (at most `ceiling` bytes); its content replaces that of an
// initialised buffer. RESULT_TOO_LARGE, RESULT_NO_MEMORY.
enum result file_read(const char *path, size_t ceiling, struct buffer *ret_buffer) KNP_MUST_CHECK;
// As file_read, but RESULT_DENIED unless the file is ours and its mode has no group or other bits,
// or it is a credential that the service manager put into $CREDENTIALS_DIRECTORY.
enum result file_read_private(const char *path, size_t ceiling,
			      struct buffer *ret_buffer) KNP_MUST_CHECK;
// Exactly `len` bytes of such a private file straight into memory of the caller (for secrets: no
// copy stays behind in the heap). RESULT_MALFORMED when the file has another length.
enum result file_read_private_exact(const char *path, uint8_t *out, size_t len) KNP_MUST_CHECK;
// Opens such a private file for reading and writing in place, for what is overwritten and never
// replaced (keystore, guard). The caller closes *ret_fd and syncs what it wrote.
enum result file_open_private(const char *path, int *ret_fd, uint64_t *ret_size) KNP_MUST_CHECK;
// The same, for reading only.
enum result file_open_private_to_read(const char *path, int *ret_fd,
				      uint64_t *ret_size) KNP_MUST_CHECK;
// All bytes at an offset, or a failure; a file that ends before that is RESULT_IO (EIO).
enum result file_read_at(int fd, uint8_t *out, size_t len, uint64_t offset) KNP_MUST_CHECK;
enum result file_write_at(int fd, struct bytes content, uint64_t offset) KNP_MUST_CHECK;
// Writes temporary file, fsync, rename, fsync of the folder. After RESULT_OK the content survives
// a power cut; on failure the old content stands, except that a failed sync of the folder
// (RESULT_IO) leaves unknown which of the two a power cut would show. `mode` as for open(2).
enum result file_replace(const char *path, struct bytes content, unsigned mode) KNP_MUST_CHECK;
// As file_replace, but RESULT_EXISTS when the path exists already.
enum result file_create(const char *path, struct bytes content, unsigned mode) KNP_MUST_CHECK;
// Removes a file and syncs its folder. RESULT_NOT_FOUND when there is none.
enum result file_remove(const char *path) KNP_MUST_CHECK;
// For what must not be read again, such as a key: overwrites the private file with zeros, syncs,
// removes it and syncs its folder. What the device below keeps of it is out of reach.
enum result file_destroy(const char *path) KNP_MUST_CHECK;
enum result file_sync_folder(const char *folder) KNP_MUST_CHECK;
// mkdir for one level, mode 0700, durable; an existing folder is fine, RESULT_EXISTS when something
// else has that name.
enum result folder_ensure(const char *path) KNP_MUST_CHECK;
// Removes the temporary files that a crash left in a folder of which we are the only writer.
void folder_clear_leftovers(const char *path);
// The same in a folder where others write too: regular files of ours alone, named as file_replace
// does, that nobody wrote to for an hour.
void folder_clear_shared(const char *path);
// RESULT_DENIED unless the folder is ours and its mode has no group or other bits.
enum result folder_check_private(const char *path) KNP_MUST_CHECK;

#endif
