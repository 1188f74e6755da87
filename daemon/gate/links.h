// SPDX-License-Identifier: EUPL-1.2
// The TCP connections that are open, and whose they are, so that no partner takes the descriptors
// of the others. libzmq tells of each descriptor when it was accepted and when it went; whose it is
// a frame on it tells, by the OIN that ZAP gave its key. Pure: who asks cuts.
//
// Of one partner at most LINKS_PER_PARTNER are kept that have sent something, the one not used for
// longest gives way; one on which nothing came for LINKS_SILENT_MS goes; and how often a partner
// may come through a handshake is bounded too (partner_may_connect(), admission.h). So a partner
// holds at most LINKS_PER_PARTNER + CONNECTS_BURST + LINKS_SILENT_MS · CONNECTS_PER_SECOND of them,
// 352, whatever it does. An attempt that may not come through yet ends with
// the time for a handshake, as a stranger's does.
#ifndef KNP_GATE_LINKS_H
#define KNP_GATE_LINKS_H

#include "keys/keys.h"

// Each functie of a partner may have programs of its own, on more than one machine: 16 functies on
// four.
#define LINKS_PER_PARTNER 64
// A client sends its hello as soon as it is connected, over a slow line as well. One that is silent
// and is cut connects again by itself when it has something to say.
#define LINKS_SILENT_MS 5000
#define LINKS_NONE (-1)

struct links; // opaque

enum result links_new(struct links **ret_links) KNP_MUST_CHECK;
void links_free(struct links *links); // NULL allowed

// A descriptor was accepted, or is gone. RESULT_NO_MEMORY: it is not watched.
enum result links_opened(struct links *links, int fd, int64_t now) KNP_MUST_CHECK;
void links_closed(struct links *links, int fd);
// A frame of `oin` came in on it. The descriptor that must be cut for it, or LINKS_NONE; it counts
// as closed then.
int links_used(struct links *links, int fd, const struct oin *oin, int64_t now);
// Whether they are less than half of what they were since this was true last: what the others took
// can be given back.
bool links_fell(struct links *links);
// One on which nothing came for too long, or LINKS_NONE; it counts as closed then.
int links_next_silent(struct links *links, int64_t now);

#endif
