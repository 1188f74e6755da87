// SPDX-License-Identifier: EUPL-1.2
// A knooppunt-adapter that writes the files of a system where they are read, in two halves. The
// test that kills it must notice.
#include "base/file.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum result __real_file_replace(const char *path, struct bytes content, unsigned mode);
enum result __wrap_file_replace(const char *path, struct bytes content, unsigned mode);

static bool write_all(int fd, struct bytes content)
{
	return write(fd, content.data, content.len) == (ssize_t)content.len;
}

enum result __wrap_file_replace(const char *path, struct bytes content, unsigned mode)
{
	size_t half = content.len / 2;
	if (!strstr(path, "/dossier-in/"))
		return __real_file_replace(path, content, mode);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (fd < 0)
		return RESULT_IO;
	bool ok = write_all(fd, bytes_make(content.data, half)) &&
		  write_all(fd, bytes_make(content.data + half, content.len - half)) &&
		  fsync(fd) == 0;
	close(fd);
	return ok ? RESULT_OK : RESULT_IO;
}
