// SPDX-License-Identifier: EUPL-1.2
// A planted fault, linked into knooppuntd-crashing only (never installed): a parser that dies of
// one input, and never ends with another. Whoever sends it must be the only one to notice. Made
// with -Wl,--wrap, so that the product has no switch for it.
#include "wire/message.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KILLS "DOODT-DE-OPENER"
#define HANGS "HOUDT-DE-OPENER-VAST"

enum result __real_request_decode(struct bytes wire, struct arena *arena,
				  struct request *ret_request);
enum result __wrap_request_decode(struct bytes wire, struct arena *arena,
				  struct request *ret_request);

enum result __wrap_request_decode(struct bytes wire, struct arena *arena,
				  struct request *ret_request)
{
	if (memmem(wire.data, wire.len, KILLS, strlen(KILLS)))
		abort();
	while (memmem(wire.data, wire.len, HANGS, strlen(HANGS)))
		sleep(1);
	return __real_request_decode(wire, arena, ret_request);
}
