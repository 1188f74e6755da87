// SPDX-License-Identifier: EUPL-1.2
// Are settings, keys, code tables and folders usable? Asked by `knooppuntd --check` and before
// every start, each time in a process of its own: keys are opened to see whether they open, and
// the process that goes on as the parent never holds one.
#ifndef KNP_DAEMON_CHECK_H
#define KNP_DAEMON_CHECK_H

#include "base/problem.h"
#include "settings/settings.h"

// RESULT_OK, or another result with the first problem found.
enum result check_all(const char *settings_file, struct settings *ret_settings,
		      struct problem *problem) KNP_MUST_CHECK;
// The same in a child. A failure is told on stderr there; what comes back is only that it failed.
enum result check_in_child(const char *settings_file, struct settings *ret_settings) KNP_MUST_CHECK;
// `knooppuntd --check`: tells the outcome, as one JSON object on stdout when `json`. Returns the
// exit code.
int check_main(const char *settings_file, bool json);

#endif
