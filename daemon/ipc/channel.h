// SPDX-License-Identifier: EUPL-1.2
// A channel between two processes of the daemon: a SOCK_SEQPACKET socket pair made by the parent,
// which keeps both ends open, so that a restarted child finds the same channel and no half frame.
// Non-blocking in both directions; a message is whole or absent.
#ifndef KNP_IPC_CHANNEL_H
#define KNP_IPC_CHANNEL_H

#include "base/bytes.h"

#define CHANNEL_MESSAGE_MAX (384 * 1024)

struct channel {
	int fd;
	struct buffer *queue; // sends that would have blocked, oldest first; see channel_flush
	size_t queued, queue_cap;
	size_t queued_bytes, queue_ceiling;
};

// Makes a pair of connected descriptors with buffers that hold a largest message.
enum result channel_pair(int ret_fds[2]) KNP_MUST_CHECK;
// Takes a descriptor; at most `queue_ceiling` bytes wait for a slow reader.
enum result channel_init(struct channel *channel, int fd, size_t queue_ceiling) KNP_MUST_CHECK;
// Closes and wipes; NULL and a zeroed channel are fine.
void channel_done(struct channel *channel);
// Sends header (not empty) and body as one message, or queues it behind what waits already.
// RESULT_AGAIN when the queue is full (the message is not taken), RESULT_TOO_LARGE, RESULT_CLOSED,
// RESULT_IO.
enum result channel_send(struct channel *channel, struct bytes header,
			 struct bytes body) KNP_MUST_CHECK;
// Sends what is queued as far as it goes. RESULT_AGAIN when something is left.
enum result channel_flush(struct channel *channel) KNP_MUST_CHECK;
// Receives one message into `memory` (CHANNEL_MESSAGE_MAX bytes). RESULT_AGAIN when none waits,
// RESULT_CLOSED, RESULT_IO; RESULT_MALFORMED (empty) and RESULT_TOO_LARGE for a message only a
// broken or taken-over neighbour sends: it is gone, the next one can be received.
enum result channel_receive(struct channel *channel, uint8_t *memory,
			    struct bytes *ret_message) KNP_MUST_CHECK;
// poll(2) events this channel wants now.
short channel_events(const struct channel *channel);

#endif
