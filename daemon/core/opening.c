// SPDX-License-Identifier: EUPL-1.2
// What stood in the way of a start, for the person who reads it.
#include "core/opening.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// Else it is a file that is none, or none of ours: the disk has nothing to do with it.
static bool is_of_disk(int error)
{
	return error == 0 || error == EIO || error == EROFS || error == ENODEV ||
	       error == EBADMSG || error == EUCLEAN || error == ESTALE;
}

// What the machine refused, whatever it was refused for. NULL: nothing, it is the file.
static const char *machine_fix(enum result result)
{
	if (result == RESULT_IO && !is_of_disk(errno))
		return NULL;
	switch (result) {
	case RESULT_NO_MEMORY: // and so nobody knows whether it is damaged
		return "Give the machine more memory, or end what takes it, then start again.";
	case RESULT_IO:
		return "Look at the disk of this file, and at what the kernel says of it "
		       "(journalctl -k); put it in order, then start again.";
	case RESULT_FULL:
		return "Make room on the disk of this file; where it has room, raise map_log_mib "
		       "or map_state_mib in the settings. Then start again.";
	default:
		return NULL;
	}
}

enum result opening_fail(struct problem *problem, enum result result, enum reason reason,
			 const char *file, const char *what)
{
	const char *fix = machine_fix(result);
	const char *cause = result == RESULT_IO && errno ? strerror(errno) : result_name(result);
	if (fix)
		reason = result == RESULT_FULL ? REASON_FULL : REASON_IO;
	problem_set_file(problem, file);
	problem_set(problem, reason_code(reason), fix ? fix : reason_fix(reason), "%s (%s)", what,
		    cause);
	return result;
}

enum result opening_named(struct problem *problem, enum result result, const char *file,
			  const char *what)
{
	return !result || problem->code
		       ? result
		       : opening_fail(problem, result,
				      result == RESULT_DAMAGED ? REASON_DAMAGED : REASON_IO, file,
				      what);
}

enum result opening_codes(const struct settings *settings, struct codes **ret_codes,
			  struct problem *problem)
{
	enum result r = codes_read(settings->codes, ret_codes, problem);
	if (r == RESULT_CONFIG && access(problem->file, F_OK) != 0)
		snprintf(problem->fix, sizeof problem->fix,
			 "copy the code tables there: PREFIX/share/knooppunt/codes after an "
			 "installation, config/codes in a clone; or name their folder as codes in "
			 "the settings");
	return r;
}
