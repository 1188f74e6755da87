// SPDX-License-Identifier: EUPL-1.2
// What is on its way out: the bytes of frames for each partner that libzmq holds until a connection
// takes them. A partner that does not read makes them pile up, on each of its connections: what it
// may have is bounded over all of them, by a share of what is left of the room for everybody. One
// alone has at most WAITING_MAX / (WAITING_SHARE + 1), which is 30 MiB; of n that all take what
// they can get each has WAITING_MAX / (WAITING_SHARE + n), and the next one finds as much. A frame
// of an answer that finds no room is not sent: the partner asks again, and gets the same.
//
// A frame counts until libzmq has sealed it for its connection: one more of each connection, at
// most ENVELOPE_FRAME_MAX, is with the kernel or on its way there.
//
// The gate's thread opens accounts and adds; threads of libzmq take off.
#ifndef KNP_GATE_WAITING_H
#define KNP_GATE_WAITING_H

#include "base/bytes.h"

#include <stdbool.h>
#include <zmq.h>

#define WAITING_MAX (512ull * 1024 * 1024)
#define WAITING_SHARE 16

// The rule: whether one of which `own` bytes wait, among `all`, may get `len` more. One of which
// nothing waits always may.
bool waiting_has_room(uint64_t all, uint64_t own, size_t len);

struct waiting; // opaque: of everybody
struct account; // opaque: of one partner

enum result waiting_new(struct waiting **ret_waiting) KNP_MUST_CHECK;
// NULL allowed. After the sockets are closed: until then libzmq has frames that count.
void waiting_free(struct waiting *waiting);
// Lives as long as `waiting`.
enum result waiting_open(struct waiting *waiting, struct account **ret_account) KNP_MUST_CHECK;

bool account_has_room(const struct account *account, size_t len);
uint64_t account_bytes(const struct account *account);
// A message with a copy of these bytes, which count until libzmq lets go of it; on failure nothing
// counts. An `account` of NULL: nothing counts.
enum result account_message(struct account *account, struct bytes payload,
			    zmq_msg_t *ret_message) KNP_MUST_CHECK;

#endif
