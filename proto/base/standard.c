// SPDX-License-Identifier: EUPL-1.2
#include "base/standard.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum result standard_hold(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		// The lowest free number: this one, for those below are held. Not close-on-exec:
		// what a program starts needs them as well.
		if (open("/dev/null", O_RDONLY) != fd)
			return RESULT_IO;
	}
	return RESULT_OK;
}
