// SPDX-License-Identifier: EUPL-1.2
// Where a daemon listens and a client connects: "tcp://host:port".
#ifndef KNP_BASE_ENDPOINT_H
#define KNP_BASE_ENDPOINT_H

#include "base/bytes.h"

// tcp://host:port with host an IPv4 address, a name, an IPv6 address in brackets
// ("tcp://[::1]:7477") or * for all, and port 0..65535 in decimal digits. Whether there is such a
// host is not asked.
bool endpoint_is_valid(struct bytes text);
// And somebody else can connect to it: it names one host and one port, where a daemon may listen on
// all of them or let the kernel choose.
bool endpoint_is_reachable(struct bytes text);

#endif
