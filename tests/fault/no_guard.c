// SPDX-License-Identifier: EUPL-1.2
// A second planted fault, beside the first, linked into knooppuntd-unguarded only (never
// installed): the guard is never written, so the daemon itself cannot see at its next start that
// entries are gone. The outside client must.
#include "guard/guard.h"

enum result __wrap_guard_write(struct guard *guard, struct bytes note);

enum result __wrap_guard_write(struct guard *guard, struct bytes note)
{
	(void)guard;
	(void)note;
	return RESULT_OK;
}
