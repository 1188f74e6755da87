// SPDX-License-Identifier: EUPL-1.2
#include "witness/serve.h"

#include "door/program.h"

#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONNECTIONS_MAX 64
#define CONNECTION_MEMORY (32 * 1024)
#define IDLE_S 30
#define ADD_PATH "/add-checkpoint"
#define SEEN_END "/checkpoint"

// One request while its body comes in.
struct upload {
	struct buffer body;
};

static enum MHD_Result reply(struct MHD_Connection *connection, const struct witness_answer *answer)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(
		answer->body.len, answer->body.data, MHD_RESPMEM_MUST_COPY);
	if (!response)
		return MHD_NO;
	enum MHD_Result result = MHD_NO;
	if (MHD_add_response_header(response, "Content-Type", answer->type) == MHD_YES)
		result = MHD_queue_response(connection, answer->status, response);
	MHD_destroy_response(response);
	return result;
}

static void fail(struct witness_answer *answer, unsigned status, const char *text)
{
	buffer_init(&answer->body, 256);
	buffer_append_text(&answer->body, text);
	answer->status = status;
	answer->type = "text/plain; charset=utf-8";
}

// "/<hex>/checkpoint": the hex, else "".
static void log_of(const char *path, char out[2 * sizeof(struct hash) + 1])
{
	size_t len = strlen(path), hex = 2 * sizeof(struct hash);
	out[0] = '\0';
	if (len != 1 + hex + strlen(SEEN_END) || strcmp(path + 1 + hex, SEEN_END) != 0)
		return;
	memcpy(out, path + 1, hex);
	out[hex] = '\0';
}

static void answer(struct witness *witness, const char *method, const char *path,
		   const struct buffer *body, struct witness_answer *ret_answer)
{
	char log[2 * sizeof(struct hash) + 1];
	bool adds = strcmp(path, ADD_PATH) == 0;
	log_of(path, log);
	if (body->status != RESULT_OK)
		fail(ret_answer, 413, "a request is smaller\n");
	else if (adds && strcmp(method, "POST") == 0)
		witness_add(witness, buffer_view(body), ret_answer);
	else if (log[0] && strcmp(method, "GET") == 0)
		witness_seen(witness, log, ret_answer);
	else
		fail(ret_answer, adds || log[0] ? 405 : 404, "there is no such thing here\n");
}

// Its shape is libmicrohttpd's: a body comes in pieces, and after the last one nothing more.
static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *data,
			      size_t *size, void **upload_context)
{
	struct upload *upload = *upload_context;
	struct witness_answer said = {.status = 500};
	(void)version;
	if (!upload) {
		upload = calloc(1, sizeof *upload);
		if (!upload)
			return MHD_NO;
		buffer_init(&upload->body, WITNESS_REQUEST_MAX);
		*upload_context = upload;
		return MHD_YES;
	}
	if (*size > 0) {
		buffer_append(&upload->body, bytes_make(data, *size));
		*size = 0;
		return MHD_YES;
	}
	answer(context, method, url, &upload->body, &said);
	enum MHD_Result result = reply(connection, &said);
	buffer_done(&said.body);
	return result;
}

static void completed(void *context, struct MHD_Connection *connection, void **upload_context,
		      enum MHD_RequestTerminationCode code)
{
	struct upload *upload = *upload_context;
	(void)context;
	(void)connection;
	(void)code;
	if (!upload)
		return;
	buffer_done(&upload->body);
	free(upload);
	*upload_context = NULL;
}

static enum result fail_listen(struct problem *problem, const char *what)
{
	problem_set_field(problem, "address");
	problem_set(problem, reason_code(REASON_IN_USE),
		    "give an address of this machine and a free port", "%s", what);
	return RESULT_IO;
}

static enum result start(const struct witness_settings *settings, struct witness *witness,
			 struct MHD_Daemon **ret_daemon, struct problem *problem)
{
	char port[8];
	struct addrinfo *found,
		hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
	snprintf(port, sizeof port, "%u", settings->port);
	if (getaddrinfo(settings->address, port, &hints, &found) != 0)
		return fail_listen(problem, "the address is no IPv4 or IPv6 address");
	unsigned flags = MHD_USE_EPOLL | (found->ai_family == AF_INET6 ? MHD_USE_IPv6 : 0U);
	*ret_daemon = MHD_start_daemon(
		flags, (uint16_t)settings->port, NULL, NULL, handle, witness, MHD_OPTION_SOCK_ADDR,
		found->ai_addr, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)CONNECTION_MEMORY, MHD_OPTION_NOTIFY_COMPLETED, completed, NULL,
		MHD_OPTION_END);
	freeaddrinfo(found);
	return *ret_daemon ? RESULT_OK : fail_listen(problem, "nothing can listen there");
}

static enum result loop(struct MHD_Daemon *daemon, int signals)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
	struct pollfd fds[] = {{.fd = info ? info->epoll_fd : -1, .events = POLLIN},
			       {.fd = signals, .events = POLLIN}};
	while (fds[1].revents == 0) {
		MHD_UNSIGNED_LONG_LONG ms;
		MHD_run(daemon);
		bool due = MHD_get_timeout(daemon, &ms) == MHD_YES;
		if (poll(fds, 2, due ? (int)ms : -1) < 0 && errno != EINTR)
			return RESULT_IO;
	}
	return RESULT_OK;
}

enum result witness_serve(const struct witness_settings *settings, struct witness *witness,
			  struct problem *problem)
{
	struct MHD_Daemon *daemon = NULL;
	int signals = program_open_signals();
	bool v6 = strchr(settings->address, ':') != NULL;
	enum result result = signals < 0 ? RESULT_IO : start(settings, witness, &daemon, problem);
	if (result == RESULT_OK) {
		const union MHD_DaemonInfo *info =
			MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
		printf("event=ready endpoint=http://%s%s%s:%u\n", v6 ? "[" : "", settings->address,
		       v6 ? "]" : "", info ? info->port : 0U);
		result = fflush(stdout) == 0 ? loop(daemon, signals) : RESULT_IO;
		MHD_stop_daemon(daemon);
	}
	if (signals >= 0)
		close(signals);
	return result;
}
