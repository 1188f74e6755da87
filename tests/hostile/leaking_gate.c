// SPDX-License-Identifier: EUPL-1.2
// A planted fault, linked into knooppuntd-leaking only (never installed): a gate that never lets go
// of what it has read. The test of its memory must find it out.
#include "gate/socket.h"

void __wrap_socket_received_done(struct received *received);

void __wrap_socket_received_done(struct received *received)
{
	(void)received;
}
