// SPDX-License-Identifier: EUPL-1.2
// A parent that gives every question to core, as if there were no readers: linked into a daemon
// that is never installed.
#include "control/control.h"

bool __wrap_control_is_for_reader(struct bytes request);

bool __wrap_control_is_for_reader(struct bytes request)
{
	(void)request;
	return false;
}
