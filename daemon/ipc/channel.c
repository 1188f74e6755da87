// SPDX-License-Identifier: EUPL-1.2
#include "ipc/channel.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define FIRST_QUEUE_CAP 16

// The kernel takes a packet only when it is smaller than the send buffer, which it makes twice
// what is asked and never more than twice net.core.wmem_max (212,992 by default). So a largest
// message just fits on a machine nobody tuned; CAP_NET_ADMIN lifts the limit where we have it.
static enum result set_buffers(int fd)
{
	int size = 2 * CHANNEL_MESSAGE_MAX;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size) != 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size) != 0)
		return RESULT_IO;
	socklen_t len = sizeof size;
	if (getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, &len) != 0)
		return RESULT_IO;
	if (size < CHANNEL_MESSAGE_MAX + 64) {
		errno = ENOBUFS;
		return RESULT_IO;
	}
	return RESULT_OK;
}

enum result channel_pair(int ret_fds[2])
{
	int fds[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) != 0)
		return RESULT_IO;
	enum result result = set_buffers(fds[0]);
	if (result == RESULT_OK)
		result = set_buffers(fds[1]);
	if (result != RESULT_OK) {
		int cause = errno;
		close(fds[0]);
		close(fds[1]);
		errno = cause;
		return result;
	}
	ret_fds[0] = fds[0];
	ret_fds[1] = fds[1];
	return RESULT_OK;
}

enum result channel_init(struct channel *channel, int fd, size_t queue_ceiling)
{
	// O_NONBLOCK belongs to the pair and not to this process, but an inherited descriptor is
	// not taken on trust.
	int flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0)
		return RESULT_IO;
	*channel = (struct channel){.fd = fd, .queue_ceiling = queue_ceiling};
	return RESULT_OK;
}

void channel_done(struct channel *channel)
{
	if (!channel || channel->fd <= 0)
		return;
	for (size_t i = 0; i < channel->queued; i++)
		buffer_wipe(&channel->queue[i]);
	free(channel->queue);
	close(channel->fd);
	*channel = (struct channel){.fd = -1};
}

static enum result send_now(int fd, struct bytes header, struct bytes body)
{
	struct iovec pieces[2] = {
		{.iov_base = (void *)(uintptr_t)header.data, .iov_len = header.len},
		{.iov_base = (void *)(uintptr_t)body.data, .iov_len = body.len},
	};
	struct msghdr message = {.msg_iov = pieces, .msg_iovlen = 2};
	ssize_t sent;
	do {
		sent = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (sent < 0 && errno == EINTR);
	if (sent >= 0)
		return RESULT_OK;
	switch (errno) {
	case EAGAIN:
	case ENOBUFS: // the kernel is short of memory now; the message waits in our queue
	case ENOMEM:
		return RESULT_AGAIN;
	case EPIPE:
	case ECONNRESET:
	case ENOTCONN:
		return RESULT_CLOSED;
	default:
		return RESULT_IO;
	}
}

static enum result enqueue(struct channel *channel, struct bytes header, struct bytes body)
{
	size_t len = header.len + body.len;
	if (len > channel->queue_ceiling - channel->queued_bytes)
		return RESULT_AGAIN;
	if (channel->queued == channel->queue_cap) {
		size_t cap = channel->queue_cap ? 2 * channel->queue_cap : FIRST_QUEUE_CAP;
		struct buffer *grown = realloc(channel->queue, cap * sizeof *grown);
		if (!grown)
			return RESULT_AGAIN;
		channel->queue = grown;
		channel->queue_cap = cap;
	}
	struct buffer *slot = &channel->queue[channel->queued];
	buffer_init(slot, len);
	buffer_append(slot, header);
	buffer_append(slot, body);
	if (slot->status != RESULT_OK) {
		buffer_wipe(slot);
		return RESULT_AGAIN;
	}
	channel->queued++;
	channel->queued_bytes += len;
	return RESULT_OK;
}

enum result channel_send(struct channel *channel, struct bytes header, struct bytes body)
{
	// An empty packet would read as the end of the stream.
	assert(header.len > 0);
	if (header.len > CHANNEL_MESSAGE_MAX || body.len > CHANNEL_MESSAGE_MAX - header.len)
		return RESULT_TOO_LARGE;
	enum result result = channel_flush(channel);
	if (result == RESULT_OK)
		result = send_now(channel->fd, header, body);
	return result == RESULT_AGAIN ? enqueue(channel, header, body) : result;
}

enum result channel_flush(struct channel *channel)
{
	size_t sent = 0;
	enum result result = RESULT_OK;
	while (sent < channel->queued && result == RESULT_OK) {
		struct buffer *first = &channel->queue[sent];
		result = send_now(channel->fd, buffer_view(first), (struct bytes){0});
		if (result != RESULT_OK)
			break;
		channel->queued_bytes -= first->len;
		buffer_wipe(first);
		sent++;
	}
	if (sent > 0) {
		channel->queued -= sent;
		memmove(channel->queue, channel->queue + sent,
			channel->queued * sizeof *channel->queue);
	}
	return result;
}

static bool hung_up(int fd)
{
	struct pollfd state = {.fd = fd};
	return poll(&state, 1, 0) > 0 && (state.revents & (POLLHUP | POLLERR | POLLNVAL));
}

enum result channel_receive(struct channel *channel, uint8_t *memory, struct bytes *ret_message)
{
	ssize_t len;
	do {
		len = recv(channel->fd, memory, CHANNEL_MESSAGE_MAX, MSG_DONTWAIT | MSG_TRUNC);
	} while (len < 0 && errno == EINTR);
	if (len < 0 && errno == EAGAIN)
		return RESULT_AGAIN;
	if (len < 0)
		return errno == ECONNRESET ? RESULT_CLOSED : RESULT_IO;
	// A taken-over neighbour may send an empty packet to make us believe the channel ended.
	if (len == 0)
		return hung_up(channel->fd) ? RESULT_CLOSED : RESULT_MALFORMED;
	if (len > CHANNEL_MESSAGE_MAX)
		return RESULT_TOO_LARGE;
	*ret_message = bytes_make(memory, (size_t)len);
	return RESULT_OK;
}

short channel_events(const struct channel *channel)
{
	return channel->queued ? POLLIN | POLLOUT : POLLIN;
}
