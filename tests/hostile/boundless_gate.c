// SPDX-License-Identifier: EUPL-1.2
// A planted fault, linked into knooppuntd-boundless only (never installed): a gate that keeps
// whatever a partner does not read, as long as each connection by itself may have it.
#include "gate/waiting.h"

bool __wrap_account_has_room(const struct account *account, size_t len);

bool __wrap_account_has_room(const struct account *account, size_t len)
{
	(void)account;
	(void)len;
	return true;
}
