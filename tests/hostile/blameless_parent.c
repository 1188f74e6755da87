// SPDX-License-Identifier: EUPL-1.2
// A second planted fault, beside the first, linked into knooppuntd-blameless only (never
// installed): a parent that never sees whose frame an opener died of. The test must find that
// others then wait.
#include "ipc/apart.h"

bool __wrap_hand_holds(const struct hand *hand, struct oin *ret_oin);

bool __wrap_hand_holds(const struct hand *hand, struct oin *ret_oin)
{
	(void)hand;
	(void)ret_oin;
	return false;
}
