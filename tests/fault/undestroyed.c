// SPDX-License-Identifier: EUPL-1.2
// Planted: a key is said to be destroyed when its name is gone, which the disk may not know yet.
#include "base/file.h"

#include <unistd.h>

enum result __wrap_file_destroy(const char *path);
enum result __wrap_file_destroy(const char *path)
{
	return unlink(path) == 0 ? RESULT_OK : RESULT_IO;
}
