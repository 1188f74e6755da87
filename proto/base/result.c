// SPDX-License-Identifier: EUPL-1.2
#include "base/result.h"

#include <stddef.h>

static const struct {
	const char *name;
	int exit_code;
} results[] = {
	[RESULT_OK] = {"ok", PROGRAM_DONE},
	[RESULT_NO_MEMORY] = {"out of memory", PROGRAM_BROKEN},
	[RESULT_IO] = {"input/output error", PROGRAM_BROKEN},
	[RESULT_FULL] = {"disk or map full", PROGRAM_AGAIN},
	[RESULT_NOT_FOUND] = {"not found", PROGRAM_NO},
	[RESULT_EXISTS] = {"exists already", PROGRAM_NO},
	[RESULT_MALFORMED] = {"malformed", PROGRAM_NO},
	[RESULT_TOO_LARGE] = {"too large", PROGRAM_NO},
	[RESULT_BAD_SIGNATURE] = {"does not verify", PROGRAM_NO},
	[RESULT_DENIED] = {"permission denied", PROGRAM_CONFIG},
	[RESULT_AGAIN] = {"try again", PROGRAM_AGAIN},
	[RESULT_CONFLICT] = {"conflict", PROGRAM_NO},
	[RESULT_DAMAGED] = {"damaged", PROGRAM_NO},
	[RESULT_ERASED] = {"erased", PROGRAM_NO},
	[RESULT_CONFIG] = {"configuration error", PROGRAM_CONFIG},
	[RESULT_UNSUPPORTED] = {"unsupported version", PROGRAM_CONFIG},
	[RESULT_CLOSED] = {"closed by the other side", PROGRAM_AGAIN},
	[RESULT_INTERNAL] = {"internal error", PROGRAM_BROKEN},
};

// A value outside the list can only come from our own code, so it reads as an internal error.
static size_t index_of(enum result result)
{
	size_t index = (size_t)result;
	return index < sizeof results / sizeof results[0] ? index : RESULT_INTERNAL;
}

const char *result_name(enum result result)
{
	return results[index_of(result)].name;
}

int result_exit_code(enum result result)
{
	return results[index_of(result)].exit_code;
}
