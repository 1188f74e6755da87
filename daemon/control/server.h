// SPDX-License-Identifier: EUPL-1.2
// The listening side of the control socket, driven by the parent's poll loop. Non-blocking, a
// bounded number of clients, each with one question at a time; who is silent or does not read is
// closed, and gives its place up at once when all are taken and another wants one, so that nobody
// can keep the others out.
#ifndef KNP_CONTROL_SERVER_H
#define KNP_CONTROL_SERVER_H

#include "control/control.h"

#include <poll.h>

#define CONTROL_CLIENTS_MAX 16
#define CONTROL_POLL_MAX (CONTROL_CLIENTS_MAX + 1)
#define CONTROL_FIRST_MS 2000 // for the first whole question to come in
#define CONTROL_LATE_MS 10000 // for a later one, and for an answer

// What the owner does. `client` is a number that is never used again.
struct control_handler {
	// A whole question came in; control_server_answer() now or later.
	void (*asked)(void *context, uint64_t client, struct bytes request);
	// A question has had no answer, and no further piece of one, for CONTROL_LATE_MS: answer it
	// now, if with a piece that another follows.
	void (*late)(void *context, uint64_t client);
	void *context;
};

struct control_server; // opaque

// Listens at `path` with mode 0600; a socket that a dead daemon left behind is replaced, one that
// is answered is RESULT_EXISTS. RESULT_DENIED, RESULT_TOO_LARGE (the path), RESULT_IO; `problem`
// says what to do.
enum result control_server_new(const char *path, const struct control_handler *handler,
			       struct control_server **ret_server,
			       struct problem *problem) KNP_MUST_CHECK;
// Closes all and removes the socket; NULL is allowed.
void control_server_free(struct control_server *server);
// Fills at most CONTROL_POLL_MAX rows for poll(2); returns how many.
size_t control_server_poll(const struct control_server *server,
			   struct pollfd fds[CONTROL_POLL_MAX]);
// Handles what poll(2) reported in those rows, and what is due at `now` (monotonic milliseconds).
// Calls the handler.
void control_server_handle(struct control_server *server, const struct pollfd *fds, size_t count,
			   int64_t now);
// Sends one piece of an answer; the line "more" is added unless it is the `last`. A client that
// has gone is fine.
void control_server_answer(struct control_server *server, uint64_t client, struct bytes lines,
			   bool last);
// True while this client is there and its question has no whole answer.
bool control_server_waits(const struct control_server *server, uint64_t client);
// True while an answer is on its way out: a daemon that stops waits for it briefly.
bool control_server_has_output(const struct control_server *server);

#endif
