// SPDX-License-Identifier: EUPL-1.2
// The front door: the process that talks to the network (design §3). It holds the transport key,
// two while that changes, and nothing else: what passes it is sealed for the opener, or by core for
// a partner.
#ifndef KNP_GATE_GATE_H
#define KNP_GATE_GATE_H

#include "gate/admission.h"
#include "gate/connections.h"
#include "gate/lane.h"
#include "gate/links.h"
#include "gate/selftest.h"
#include "gate/socket.h"
#include "gate/waiting.h"
#include "ipc/apart.h"
#include "ipc/pulse.h"
#include "parent/process.h"

// Counted since the last line about it. Of frames unless it says otherwise.
enum gate_count {
	COUNT_TAKEN,    // passed to an opener
	COUNT_AGAIN,    // beyond credit, or every opener is full
	COUNT_PARTS,    // of more than one part
	COUNT_SIZE,     // too large, or too small for an envelope
	COUNT_STRANGER, // from a connection of nobody admitted
	COUNT_ANSWERED, // answers sent
	COUNT_GONE,     // answers for a connection that is gone, or of an older generation
	COUNT_SLOW,     // answers for a partner that does not read what waits for it
	COUNT_HINTS,    // hints sent
	COUNT_REFUSED,  // keys refused
	COUNT_EARLY,    // handshakes of a partner that makes too many
	COUNT_CUT,      // connections beyond what a partner may have, or silent
	COUNT_BROKEN,   // messages of a neighbour that cannot be
	GATE_COUNTS,
};

struct gate {
	const struct role *role;
	// Of each door: its key, NULL secret where there is none; and does the register have it?
	struct private_key transport[DOORS_MAX];
	bool in_force[DOORS_MAX];
	struct sockets sockets;
	const struct apart *apart; // whose frames go to the last lane
	struct pulse *pulse;
	struct admission *admission;
	struct connections *connections;
	struct links *links;
	struct waiting *waiting;
	struct channel to_core, to_parent;
	struct lane lanes[OPENERS_MAX];
	int next_lane; // where the search for the least busy begins
	int signal_fd;
	bool draining;   // first SIGTERM: nothing more is read from partners
	bool stopping;   // second
	bool cut;        // a key was revoked, or doors are to be opened anew
	bool hints_wait; // some partner has a hint that came too early
	bool refusals_wait;
	int64_t refusals_next; // not told to core before this
	int64_t now;           // monotonic, of this turn of the loop
	int64_t counted_at, silent_at;
	uint64_t counts[GATE_COUNTS];
	uint8_t *memory; // CHANNEL_MESSAGE_MAX, for the message in hand
};

// doors.c: which transport keys there are; opening a door for each of them, at least one, with
// `host` for the self-test of each; what core says the register has of them.
enum result gate_open_keys(struct gate *gate) KNP_MUST_CHECK;
enum result gate_open_doors(struct gate *gate, const struct selftest_host *host) KNP_MUST_CHECK;
void gate_take_doors(struct gate *gate, struct bytes message);

// ingress.c: reads what partners sent, up to a number of frames per turn.
void gate_read_partners(struct gate *gate);

// doorkeeper.c: whether a key may come through a handshake now; which connections came and went,
// and which must go. A frame on one tells whose it is.
enum zap_verdict gate_admit(struct gate *gate, unsigned door, const uint8_t key[32],
			    struct oin *ret_oin);
void gate_watch_links(struct gate *gate);
void gate_link_used(struct gate *gate, const struct received *received);

// memory.c: before anything is taken, has libc keep what envelopes come and go with; and every
// second gives back to the kernel what nobody needs: what connections took, when they `fell`
// (links_fell()), and what is free in large amounts.
void gate_keep_memory(void);
void gate_give_back(bool fell);

// hints.c: at a pace per partner; of those that come too early the newest is kept and sent later,
// so that whoever is told nothing else hears at least that.
void gate_hint(struct gate *gate, struct partner *partner, uint64_t connection,
	       enum hint_code code);
void gate_send_waiting_hints(struct gate *gate);

// refusals.c: tells core, once a second at most, whose keys were refused.
void gate_report_refusals(struct gate *gate);

// egress.c: sends to a peer, as socket_send(), and RESULT_NOT_FOUND when it is not admitted any
// more; what core and openers want sent, and what they tell the gate.
enum result gate_send(struct gate *gate, const struct peer *peer,
		      struct bytes payload) KNP_MUST_CHECK;
void gate_read_core(struct gate *gate);
void gate_read_opener(struct gate *gate, struct lane *lane);

#endif
