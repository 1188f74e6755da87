// SPDX-License-Identifier: EUPL-1.2
// Which connection an answer goes to. A routing id is what the peer chose, so it never leaves the
// gate and identifies nobody: other processes get a number, which means one routing id used by one
// OIN at one door and is never used again.
#ifndef KNP_GATE_CONNECTIONS_H
#define KNP_GATE_CONNECTIONS_H

#include "keys/keys.h"

#define CONNECTIONS_MAX 8192 // the one not used for longest gives way to a new one
#define ROUTING_ID_MAX 255

struct connections; // opaque

enum result connections_new(struct connections **ret_connections) KNP_MUST_CHECK;
void connections_free(struct connections *connections); // NULL allowed

// Who is at the other end. Each door has routing ids of its own.
struct peer {
	unsigned door;
	struct bytes routing_id; // 1..ROUTING_ID_MAX bytes
	struct oin oin;
};
// The number of a routing id used by an OIN. When another OIN used it before, the old number ends:
// answers meant for that one are dropped.
uint64_t connections_number(struct connections *connections, const struct peer *peer);
// False when the number has ended. The view is valid until the next connections_number().
bool connections_find(struct connections *connections, uint64_t number, struct peer *ret_peer);

#endif
