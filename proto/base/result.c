// SPDX-License-Identifier: EUPL-1.2
#include "base/result.h"

#include <stddef.h>

#define EXIT_NO 1
#define EXIT_AGAIN 3
#define EXIT_CONFIG 4
#define EXIT_IO 5

static const struct {
	const char *name;
	int exit_code;
} results[] = {
	[RESULT_OK] = {"ok", 0},
	[RESULT_NO_MEMORY] = {"out of memory", EXIT_IO},
	[RESULT_IO] = {"input/output error", EXIT_IO},
	[RESULT_FULL] = {"disk or map full", EXIT_AGAIN},
	[RESULT_NOT_FOUND] = {"not found", EXIT_NO},
	[RESULT_EXISTS] = {"exists already", EXIT_NO},
	[RESULT_MALFORMED] = {"malformed", EXIT_NO},
	[RESULT_TOO_LARGE] = {"too large", EXIT_NO},
	[RESULT_BAD_SIGNATURE] = {"does not verify", EXIT_NO},
	[RESULT_DENIED] = {"permission denied", EXIT_CONFIG},
	[RESULT_AGAIN] = {"try again", EXIT_AGAIN},
	[RESULT_CONFLICT] = {"conflict", EXIT_NO},
	[RESULT_DAMAGED] = {"damaged", EXIT_NO},
	[RESULT_ERASED] = {"erased", EXIT_NO},
	[RESULT_CONFIG] = {"configuration error", EXIT_CONFIG},
	[RESULT_UNSUPPORTED] = {"unsupported version", EXIT_CONFIG},
	[RESULT_CLOSED] = {"closed by the other side", EXIT_AGAIN},
	[RESULT_INTERNAL] = {"internal error", EXIT_IO},
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
