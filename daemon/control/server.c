// SPDX-License-Identifier: EUPL-1.2
#include "control/server.h"

#include "melding/reason.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 128
#define ACCEPTS_PER_TURN 4 // few enough that each has its question read before it may have to go
#define PREFIX_LEN 4

struct client {
	int fd;          // -1 free
	uint64_t number; // 0 free
	pid_t pid;       // who connected
	bool asked;      // a question is with the owner
	bool asked_once; // it is not here to keep a place
	bool told_late;
	int64_t since; // of the question, or of the wait for one
	struct buffer in, out;
	size_t sent; // of out
};

struct control_server {
	int fd;
	char path[240];
	struct control_handler handler;
	struct client clients[CONTROL_CLIENTS_MAX];
	uint64_t last_number;
	int64_t now; // of the last control_server_handle()
};

static void client_close(struct client *client)
{
	close(client->fd);
	buffer_wipe(&client->in);
	buffer_wipe(&client->out);
	*client = (struct client){.fd = -1};
}

static bool somebody_answers(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return true;
	bool answered = connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 ||
			errno == EAGAIN;
	close(fd);
	return answered;
}

static enum result bind_private(int fd, const struct sockaddr_un *address)
{
	mode_t before = umask(0177);
	int bound = bind(fd, (const struct sockaddr *)address, sizeof *address);
	if (bound != 0 && errno == EADDRINUSE) {
		if (somebody_answers(address)) {
			umask(before);
			return RESULT_EXISTS;
		}
		if (unlink(address->sun_path) == 0)
			bound = bind(fd, (const struct sockaddr *)address, sizeof *address);
	}
	umask(before);
	if (bound != 0)
		return errno == EACCES || errno == EPERM ? RESULT_DENIED : RESULT_IO;
	return listen(fd, BACKLOG) == 0 ? RESULT_OK : RESULT_IO;
}

static enum result listen_at(const char *path, int *ret_fd)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof address.sun_path)
		return RESULT_TOO_LARGE;
	memcpy(address.sun_path, path, strlen(path));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return RESULT_IO;
	enum result result = bind_private(fd, &address);
	if (result != RESULT_OK) {
		int cause = errno;
		close(fd);
		errno = cause;
		return result;
	}
	*ret_fd = fd;
	return RESULT_OK;
}

static void explain(enum result result, const char *path, struct problem *problem)
{
	if (!problem)
		return;
	problem_set_file(problem, path);
	if (result == RESULT_EXISTS)
		problem_set(problem, reason_code(REASON_IN_USE),
			    "stop the other daemon, or give this one another 'control'",
			    "another daemon answers on the control socket");
	else if (result == RESULT_DENIED)
		problem_set(problem, reason_code(REASON_FILE_MODE),
			    "make its folder writable for the user of knooppuntd",
			    "the control socket cannot be made");
	else if (result == RESULT_TOO_LARGE)
		problem_set(problem, reason_code(REASON_TOO_LONG),
			    "choose a path of at most 107 characters",
			    "the path of the control socket is too long");
	else
		problem_set(problem, reason_code(REASON_IO), "check that its folder exists",
			    "the control socket cannot be made: %s", strerror(errno));
}

enum result control_server_new(const char *path, const struct control_handler *handler,
			       struct control_server **ret_server, struct problem *problem)
{
	struct control_server *server = calloc(1, sizeof *server);
	enum result result = server ? listen_at(path, &server->fd) : RESULT_NO_MEMORY;
	if (result != RESULT_OK) {
		explain(result, path, problem);
		free(server);
		return result;
	}
	snprintf(server->path, sizeof server->path, "%s", path);
	server->handler = *handler;
	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++)
		server->clients[i].fd = -1;
	*ret_server = server;
	return RESULT_OK;
}

void control_server_free(struct control_server *server)
{
	if (!server)
		return;
	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		if (server->clients[i].fd >= 0)
			client_close(&server->clients[i]);
	}
	unlink(server->path);
	close(server->fd);
	free(server);
}

size_t control_server_poll(const struct control_server *server, struct pollfd fds[CONTROL_POLL_MAX])
{
	size_t count = 1, asked = 0;
	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		const struct client *client = &server->clients[i];
		if (client->fd < 0)
			continue;
		asked += client->asked;
		// While a question is answered nothing more is read: one at a time. POLLHUP comes
		// without being asked for.
		short events = client->asked ? 0 : POLLIN;
		if (client->sent < client->out.len)
			events |= POLLOUT;
		fds[count++] = (struct pollfd){.fd = client->fd, .events = events};
	}
	// While every place has a question the next client waits in the backlog.
	fds[0] = (struct pollfd){.fd = server->fd,
				 .events = asked < CONTROL_CLIENTS_MAX ? POLLIN : 0};
	return count;
}

static struct client *client_by_fd(struct control_server *server, int fd)
{
	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		if (server->clients[i].fd == fd)
			return &server->clients[i];
	}
	return NULL;
}

// The mode of the socket keeps others out; this holds where a file system ignores modes.
static bool peer_is_ours(int fd, pid_t *ret_pid)
{
	struct ucred peer;
	socklen_t len = sizeof peer;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0 ||
	    (peer.uid != geteuid() && peer.uid != 0))
		return false;
	*ret_pid = peer.pid;
	return true;
}

static size_t places_of(const struct control_server *server, pid_t pid)
{
	size_t count = 0;
	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++)
		count += server->clients[i].fd >= 0 && server->clients[i].pid == pid;
	return count;
}

// Who gives way to the next when all places are taken: of those without a question one of the
// process that holds the most, and of its the one that waits longest. NULL: all have a question.
static struct client *least_wanted(struct control_server *server)
{
	struct client *found = NULL;
	size_t most = 0;
	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		struct client *client = &server->clients[i];
		size_t places = client->asked ? 0 : places_of(server, client->pid);
		if (places > most || (found && places == most && client->number < found->number)) {
			found = client;
			most = places;
		}
	}
	return found;
}

// False when nobody could be taken in.
static bool accept_one(struct control_server *server, int64_t now)
{
	struct client *free_place = client_by_fd(server, -1);
	struct client *last = free_place ? NULL : least_wanted(server);
	if (!free_place && !last)
		return false;
	pid_t pid;
	int fd = accept4(server->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return false;
	if (!peer_is_ours(fd, &pid)) {
		close(fd);
		return true;
	}
	if (last) {
		client_close(last);
		free_place = last;
	}
	*free_place = (struct client){
		.fd = fd, .number = ++server->last_number, .pid = pid, .since = now};
	buffer_init(&free_place->in, PREFIX_LEN + CONTROL_MESSAGE_MAX);
	buffer_init(&free_place->out, 4 * CONTROL_MESSAGE_MAX);
	return true;
}

// Length of the message that `in` holds, 0 when it is not whole yet, SIZE_MAX when it never can be.
static size_t whole_message(const struct buffer *in)
{
	if (in->len < PREFIX_LEN)
		return 0;
	size_t len = get_u32be(in->data);
	if (len == 0 || len > CONTROL_MESSAGE_MAX)
		return SIZE_MAX;
	return in->len >= PREFIX_LEN + len ? len : 0;
}

static bool read_some(struct client *client)
{
	uint8_t chunk[16384];
	ssize_t got = recv(client->fd, chunk, sizeof chunk, 0);
	if (got < 0)
		return errno == EAGAIN || errno == EINTR;
	buffer_append(&client->in, bytes_make(chunk, (size_t)got));
	explicit_bzero(chunk, sizeof chunk);
	return got > 0 && client->in.status == RESULT_OK;
}

static void take_question(struct control_server *server, struct client *client, int64_t now)
{
	size_t len = whole_message(&client->in);
	if (len == 0)
		return;
	// One question at a time: nothing may follow it before its answer.
	if (len == SIZE_MAX || client->in.len != PREFIX_LEN + len) {
		client_close(client);
		return;
	}
	client->asked = client->asked_once = true;
	client->told_late = false;
	client->since = now;
	uint64_t number = client->number;
	server->handler.asked(server->handler.context, number,
			      bytes_make(client->in.data + PREFIX_LEN, len));
	if (client->number == number)
		buffer_clear(&client->in);
}

static bool write_some(struct client *client)
{
	while (client->sent < client->out.len) {
		ssize_t sent = send(client->fd, client->out.data + client->sent,
				    client->out.len - client->sent, MSG_NOSIGNAL);
		if (sent < 0)
			return errno == EAGAIN || errno == EINTR;
		client->sent += (size_t)sent;
	}
	buffer_clear(&client->out);
	client->sent = 0;
	return true;
}

static void handle_client(struct control_server *server, struct client *client, short events,
			  int64_t now)
{
	bool alive = true;
	if (events & POLLOUT)
		alive = write_some(client);
	if (alive && (events & POLLIN))
		alive = read_some(client);
	else if (events & (POLLHUP | POLLERR | POLLNVAL))
		alive = false;
	if (!alive)
		client_close(client);
	else if (!client->asked)
		take_question(server, client, now);
}

static void handle_due(struct control_server *server, int64_t now)
{
	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		struct client *client = &server->clients[i];
		int64_t limit = client->asked_once ? CONTROL_LATE_MS : CONTROL_FIRST_MS;
		if (client->fd < 0 || now - client->since < limit)
			continue;
		if (!client->asked) {
			client_close(client);
		} else if (!client->told_late) {
			client->told_late = true;
			server->handler.late(server->handler.context, client->number);
		}
	}
}

void control_server_handle(struct control_server *server, const struct pollfd *fds, size_t count,
			   int64_t now)
{
	server->now = now;
	for (size_t i = 1; i < count; i++) {
		struct client *client = client_by_fd(server, fds[i].fd);
		if (client && fds[i].revents)
			handle_client(server, client, fds[i].revents, now);
	}
	bool more = count > 0 && (fds[0].revents & POLLIN);
	for (int i = 0; more && i < ACCEPTS_PER_TURN; i++)
		more = accept_one(server, now);
	handle_due(server, now);
}

void control_server_answer(struct control_server *server, uint64_t number, struct bytes lines,
			   bool last)
{
	static const struct bytes more = {(const uint8_t *)"more\n", 5};
	struct client *client = NULL;
	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		if (server->clients[i].number == number && number != 0)
			client = &server->clients[i];
	}
	if (!client || !client->asked)
		return;
	buffer_append_u32be(&client->out, (uint32_t)(lines.len + (last ? 0 : more.len)));
	buffer_append(&client->out, lines);
	if (!last)
		buffer_append(&client->out, more);
	client->since = server->now;
	client->told_late = false;
	if (last)
		client->asked = false;
	if (client->out.status != RESULT_OK || !write_some(client))
		client_close(client);
}

bool control_server_waits(const struct control_server *server, uint64_t number)
{
	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++)
		if (number != 0 && server->clients[i].number == number)
			return server->clients[i].asked;
	return false;
}

bool control_server_has_output(const struct control_server *server)
{
	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		if (server->clients[i].sent < server->clients[i].out.len)
			return true;
	}
	return false;
}
