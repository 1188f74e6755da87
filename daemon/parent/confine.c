// SPDX-License-Identifier: EUPL-1.2
#include "parent/confine.h"

#include <sys/prctl.h>
#include <sys/resource.h>

enum result confine_start(void)
{
	const struct rlimit none = {0, 0};
	if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return RESULT_IO;
	return RESULT_OK;
}

void confine_raise_files(void)
{
	struct rlimit files;
	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		return;
	files.rlim_cur = files.rlim_max;
	// When this fails the limit stays what it was: fewer partners at once, nothing unsafe.
	(void)setrlimit(RLIMIT_NOFILE, &files);
}
