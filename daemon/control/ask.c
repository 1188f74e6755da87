// SPDX-License-Identifier: EUPL-1.2
#include "control/control.h"

#include "melding/reason.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

// The daemon answers "busy" after 10 seconds at the latest; this is for a daemon that hangs.
#define ANSWER_SECONDS 30

#define RESULT_NAME "result "
#define MORE "more\n"

static void explain(enum result result, const char *path, struct problem *problem)
{
	if (!problem)
		return;
	problem_set_file(problem, path);
	switch (result) {
	case RESULT_NOT_FOUND:
		problem_set(problem, reason_code(REASON_UNREACHABLE),
			    "start knooppuntd, or give the settings file it runs with",
			    "no knooppuntd listens on its control socket");
		break;
	case RESULT_DENIED:
		problem_set(problem, reason_code(REASON_FILE_MODE),
			    "run this as the user of knooppuntd",
			    "the control socket may not be opened by this user");
		break;
	case RESULT_AGAIN:
		problem_set(problem, reason_code(REASON_BUSY), "try again; see knooppuntctl status",
			    "knooppuntd did not answer within %d seconds", ANSWER_SECONDS);
		break;
	case RESULT_CLOSED:
		problem_set(problem, reason_code(REASON_STOPPING),
			    "try again when knooppuntd runs; see its log lines",
			    "knooppuntd ended the conversation before its answer was whole");
		break;
	case RESULT_TOO_LARGE:
		problem_set(problem, reason_code(REASON_TOO_LONG), "ask for less at once",
			    "the question or its answer is larger than the control socket carries");
		break;
	default:
		problem_set(problem, reason_code(REASON_IO), "see the log lines of knooppuntd",
			    "the control socket failed: %s",
			    result == RESULT_IO ? strerror(errno) : result_name(result));
		break;
	}
}

static enum result connect_to(const char *path, int *ret_fd)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof address.sun_path)
		return RESULT_NOT_FOUND;
	memcpy(address.sun_path, path, strlen(path));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return RESULT_IO;
	struct timeval limit = {.tv_sec = ANSWER_SECONDS};
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0 &&
	    connect(fd, (const struct sockaddr *)&address, sizeof address) == 0) {
		*ret_fd = fd;
		return RESULT_OK;
	}
	int cause = errno;
	close(fd);
	errno = cause;
	if (cause == ENOENT || cause == ECONNREFUSED)
		return RESULT_NOT_FOUND;
	if (cause == EAGAIN)
		return RESULT_AGAIN;
	return cause == EACCES || cause == EPERM ? RESULT_DENIED : RESULT_IO;
}

static enum result io_result(ssize_t done)
{
	if (done == 0)
		return RESULT_CLOSED;
	if (errno == EAGAIN)
		return RESULT_AGAIN;
	return errno == EPIPE || errno == ECONNRESET ? RESULT_CLOSED : RESULT_IO;
}

static enum result send_all(int fd, struct bytes rest)
{
	while (rest.len > 0) {
		ssize_t sent = send(fd, rest.data, rest.len, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return io_result(sent);
		rest = bytes_make(rest.data + sent, rest.len - (size_t)sent);
	}
	return RESULT_OK;
}

static enum result receive_all(int fd, uint8_t *out, size_t len)
{
	while (len > 0) {
		ssize_t got = recv(fd, out, len, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return io_result(got);
		out += got;
		len -= (size_t)got;
	}
	return RESULT_OK;
}

static enum result receive_piece(int fd, struct buffer *piece)
{
	uint8_t prefix[4];
	enum result result = receive_all(fd, prefix, sizeof prefix);
	if (result != RESULT_OK)
		return result;
	buffer_clear(piece);
	size_t len = get_u32be(prefix);
	uint8_t *room = buffer_reserve(piece, len);
	return room ? receive_all(fd, room, len) : piece->status;
}

static bool starts_with(struct bytes view, const char *text)
{
	size_t len = strlen(text);
	return view.len >= len && memcmp(view.data, text, len) == 0;
}

static bool ends_with_more(struct bytes piece)
{
	size_t len = strlen(MORE);
	if (piece.len <= len || memcmp(piece.data + piece.len - len, MORE, len) != 0)
		return false;
	return piece.data[piece.len - len - 1] == '\n';
}

// Adds one piece to the answer; *ret_more when another follows.
static enum result join(struct buffer *answer, bool first, struct bytes piece, bool *ret_more)
{
	bool ok = starts_with(piece, RESULT_NAME "ok\n");
	if (!starts_with(piece, RESULT_NAME))
		return RESULT_MALFORMED;
	*ret_more = ends_with_more(piece);
	if (*ret_more)
		piece.len -= strlen(MORE);
	if (!first && !ok) {
		buffer_clear(answer);
	} else if (!first) {
		size_t skip = strlen(RESULT_NAME "ok\n");
		piece = bytes_make(piece.data + skip, piece.len - skip);
	}
	buffer_append(answer, piece);
	return answer->status;
}

static enum result converse(int fd, struct bytes request, struct buffer *answer)
{
	uint8_t prefix[4];
	put_u32be(prefix, (uint32_t)request.len);
	enum result result = send_all(fd, bytes_make(prefix, sizeof prefix));
	if (result == RESULT_OK)
		result = send_all(fd, request);
	struct buffer piece;
	buffer_init(&piece, CONTROL_MESSAGE_MAX);
	bool more = true;
	for (bool first = true; result == RESULT_OK && more; first = false) {
		result = receive_piece(fd, &piece);
		if (result == RESULT_OK)
			result = join(answer, first, buffer_view(&piece), &more);
	}
	buffer_wipe(&piece);
	return result;
}

enum result control_ask(const char *path, struct bytes request, struct buffer *ret_answer,
			struct problem *problem)
{
	int fd = -1;
	struct buffer answer;
	buffer_init(&answer, ret_answer->ceiling - ret_answer->len);
	enum result result =
		request.len > CONTROL_MESSAGE_MAX ? RESULT_TOO_LARGE : connect_to(path, &fd);
	if (result == RESULT_OK)
		result = converse(fd, request, &answer);
	if (result == RESULT_OK) {
		buffer_append(ret_answer, buffer_view(&answer));
		result = ret_answer->status;
	}
	if (result != RESULT_OK)
		explain(result, path, problem);
	buffer_wipe(&answer);
	if (fd >= 0)
		close(fd);
	return result;
}
