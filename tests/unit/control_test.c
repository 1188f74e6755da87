// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/unit.h"

#include "control/server.h"
#include "tests/unit/temporary.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

// ---- messages ------------------------------------------------------------------------------

struct fixture {
	struct temporary *t;
	struct buffer out;
	struct control_message message;
	struct control_server *server;
	char asked[64];
	uint64_t client;
	unsigned questions, lates;
};

static void asked(void *context, uint64_t client, struct bytes request)
{
	struct fixture *f = context;
	snprintf(f->asked, sizeof f->asked, "%.*s", (int)request.len, (const char *)request.data);
	f->client = client;
	f->questions++;
}

static void late(void *context, uint64_t client)
{
	struct fixture *f = context;
	f->lates++;
	control_server_answer(f->server, client, bytes_of_text("result busy\n"), true);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	f->t = temporary_new();
	buffer_init(&f->out, CONTROL_MESSAGE_MAX);
	const struct control_handler handler = {asked, late, f};
	struct problem problem = {0};
	*state = f;
	return control_server_new(temporary_path(f->t, "control"), &handler, &f->server,
				  &problem) == RESULT_OK
		       ? 0
		       : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	control_server_free(f->server);
	control_message_done(&f->message);
	buffer_wipe(&f->out);
	temporary_free(f->t);
	free(f);
	return 0;
}

static void assert_value(const struct fixture *f, const char *name, struct bytes wanted)
{
	struct bytes value = control_value(&f->message, name);
	assert_non_null(value.data);
	assert_true(bytes_equal(value, wanted));
}

static void every_value_comes_out_as_it_went_in(void **state)
{
	struct fixture *f = *state;
	uint8_t all[256];
	for (size_t i = 0; i < sizeof all; i++)
		all[i] = (uint8_t)i;
	control_append_text(&f->out, "plain", "a b  c: d");
	control_append_text(&f->out, "empty", "");
	control_append_text(&f->out, "lines", "one\ntwo\n");
	control_append_text(&f->out, "marked", "base64:AAAA");
	control_append(&f->out, "binary", bytes_make(all, sizeof all));
	control_append_number(&f->out, "number", UINT64_MAX);
	assert_int_equal(control_parse(buffer_view(&f->out), &f->message), RESULT_OK);
	assert_int_equal(f->message.count, 6);
	assert_value(f, "plain", bytes_of_text("a b  c: d"));
	assert_value(f, "empty", (struct bytes){0});
	assert_value(f, "lines", bytes_of_text("one\ntwo\n"));
	assert_value(f, "marked", bytes_of_text("base64:AAAA"));
	assert_value(f, "binary", bytes_make(all, sizeof all));
	assert_value(f, "number", bytes_of_text("18446744073709551615"));
	assert_null(control_value(&f->message, "absent").data);
}

static void a_line_without_a_value_has_a_name_only(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(control_parse(bytes_of_text("status\n"), &f->message), RESULT_OK);
	assert_int_equal(f->message.count, 1);
	assert_true(bytes_equal(f->message.lines[0].name, bytes_of_text("status")));
	assert_null(f->message.lines[0].value.data);
}

static void what_is_not_lines_is_malformed(void **state)
{
	struct fixture *f = *state;
	static const char *const bad[] = {
		"",
		"status",
		"\n",
		"a\n\n",
		" a\n",
		"Name x\n",
		"a\tb\n",
		"a x\x01\n",
		"a \xff\n",
		"a base64:A\n",
		"a base64:AA==AA==\n",
		"a base64:AB==\n",
		"naam\xc3\xab x\n",
		"a b\r\n",
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(control_parse(bytes_of_text(bad[i]), &f->message),
				 RESULT_MALFORMED);
	assert_int_equal(control_parse(bytes_make("a \0b\n", 5), &f->message), RESULT_MALFORMED);
}

static void more_lines_or_bytes_than_the_maximum_are_too_large(void **state)
{
	struct fixture *f = *state;
	for (size_t i = 0; i < CONTROL_LINES_MAX; i++)
		buffer_append_text(&f->out, "a b\n");
	assert_int_equal(control_parse(buffer_view(&f->out), &f->message), RESULT_OK);
	control_message_done(&f->message);
	buffer_append_text(&f->out, "a b\n");
	assert_int_equal(control_parse(buffer_view(&f->out), &f->message), RESULT_TOO_LARGE);
	uint8_t *large = calloc(1, CONTROL_MESSAGE_MAX + 1);
	assert_int_equal(control_parse(bytes_make(large, CONTROL_MESSAGE_MAX + 1), &f->message),
			 RESULT_TOO_LARGE);
	free(large);
}

// ---- the socket ----------------------------------------------------------------------------

static void turn(struct fixture *f, int64_t now)
{
	struct pollfd fds[CONTROL_POLL_MAX];
	size_t count = control_server_poll(f->server, fds);
	poll(fds, count, 0);
	control_server_handle(f->server, fds, count, now);
}

static int connect_client(struct fixture *f)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(address.sun_path, sizeof address.sun_path, "%s", temporary_path(f->t, "control"));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
	return fd;
}

static void send_message(int fd, const char *lines)
{
	uint8_t prefix[4];
	put_u32be(prefix, (uint32_t)strlen(lines));
	assert_int_equal(send(fd, prefix, 4, MSG_NOSIGNAL), 4);
	assert_int_equal(send(fd, lines, strlen(lines), MSG_NOSIGNAL), strlen(lines));
}

static void assert_receives(int fd, const char *lines)
{
	char got[256];
	ssize_t len = recv(fd, got, sizeof got, 0);
	assert_int_equal(len, 4 + strlen(lines));
	assert_int_equal(get_u32be((const uint8_t *)got), strlen(lines));
	assert_memory_equal(got + 4, lines, strlen(lines));
}

static void assert_closed(int fd)
{
	char byte;
	assert_int_equal(recv(fd, &byte, 1, 0), 0);
	close(fd);
}

static void a_question_is_handed_over_and_its_answer_brought_back(void **state)
{
	struct fixture *f = *state;
	int fd = connect_client(f);
	turn(f, 0);
	send_message(fd, "status\n");
	turn(f, 1);
	assert_string_equal(f->asked, "status\n");
	control_server_answer(f->server, f->client, bytes_of_text("result ok\n"), true);
	assert_receives(fd, "result ok\n");
	send_message(fd, "metrics\n");
	turn(f, 2);
	assert_string_equal(f->asked, "metrics\n");
	control_server_answer(f->server, f->client, bytes_of_text("result ok\na 1\n"), false);
	assert_receives(fd, "result ok\na 1\nmore\n");
	control_server_answer(f->server, f->client, bytes_of_text("result ok\nb 2\n"), true);
	assert_receives(fd, "result ok\nb 2\n");
	assert_false(control_server_has_output(f->server));
	close(fd);
}

static void a_question_that_comes_in_pieces_is_waited_for(void **state)
{
	struct fixture *f = *state;
	int fd = connect_client(f);
	turn(f, 0);
	const char wire[] = "\0\0\0\7status\n";
	for (size_t i = 0; i < sizeof wire - 1; i++) {
		assert_int_equal(f->questions, 0);
		assert_int_equal(send(fd, wire + i, 1, 0), 1);
		turn(f, 0);
	}
	assert_int_equal(f->questions, 1);
	close(fd);
}

static void a_client_that_says_nothing_is_closed(void **state)
{
	struct fixture *f = *state;
	int fd = connect_client(f);
	turn(f, 0);
	turn(f, CONTROL_FIRST_MS - 1);
	char byte;
	assert_int_equal(recv(fd, &byte, 1, 0), -1);
	turn(f, CONTROL_FIRST_MS);
	assert_closed(fd);
}

static void who_asked_before_may_think_longer(void **state)
{
	struct fixture *f = *state;
	int fd = connect_client(f);
	turn(f, 0);
	send_message(fd, "status\n");
	turn(f, 0);
	control_server_answer(f->server, f->client, bytes_of_text("result ok\n"), true);
	assert_receives(fd, "result ok\n");
	turn(f, CONTROL_LATE_MS - 1);
	char byte;
	assert_int_equal(recv(fd, &byte, 1, 0), -1);
	turn(f, CONTROL_LATE_MS);
	assert_closed(fd);
}

// However many connections stay idle, the next one is served, and it is the oldest that goes.
static void idle_clients_keep_nobody_out(void **state)
{
	struct fixture *f = *state;
	int fds[CONTROL_CLIENTS_MAX + 4];
	size_t count = sizeof fds / sizeof fds[0];
	for (size_t i = 0; i < count; i++) {
		fds[i] = connect_client(f);
		turn(f, 0);
	}
	send_message(fds[count - 1], "status\n");
	turn(f, 0);
	assert_int_equal(f->questions, 1);
	control_server_answer(f->server, f->client, bytes_of_text("result ok\n"), true);
	assert_receives(fds[count - 1], "result ok\n");
	for (size_t i = 0; i < 4; i++)
		assert_closed(fds[i]);
	for (size_t i = 4; i < count; i++)
		close(fds[i]);
}

static void a_question_without_an_answer_is_reported_late_once(void **state)
{
	struct fixture *f = *state;
	int fd = connect_client(f);
	turn(f, 0);
	send_message(fd, "status\n");
	turn(f, 100);
	turn(f, CONTROL_LATE_MS + 99);
	assert_int_equal(f->lates, 0);
	turn(f, CONTROL_LATE_MS + 100);
	assert_int_equal(f->lates, 1);
	assert_receives(fd, "result busy\n");
	// The answer that comes after all finds nobody who waits for it.
	control_server_answer(f->server, f->client, bytes_of_text("result ok\n"), true);
	char byte;
	assert_int_equal(recv(fd, &byte, 1, 0), -1);
	close(fd);
}

// Who waits for an answer is not sent away for another.
static void a_client_beyond_the_places_waits_while_all_wait_for_an_answer(void **state)
{
	struct fixture *f = *state;
	int fds[CONTROL_CLIENTS_MAX + 1];
	for (size_t i = 0; i <= CONTROL_CLIENTS_MAX; i++) {
		fds[i] = connect_client(f);
		turn(f, 0);
		send_message(fds[i], "status\n");
		turn(f, 0);
	}
	turn(f, 0);
	assert_int_equal(f->questions, CONTROL_CLIENTS_MAX);
	close(fds[0]);
	turn(f, 0); // notices that it left
	turn(f, 0); // takes the next
	turn(f, 0); // reads its question
	assert_int_equal(f->questions, CONTROL_CLIENTS_MAX + 1);
	for (size_t i = 1; i <= CONTROL_CLIENTS_MAX; i++)
		close(fds[i]);
}

static void lengths_that_cannot_be_and_talk_out_of_turn_end_the_conversation(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *wire;
		size_t len;
	} bad[] = {{"\0\0\0\0", 4}, {"\0\x20\0\0", 4}, {"\0\0\0\2a\nb", 7}};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		int fd = connect_client(f);
		turn(f, 0);
		assert_int_equal(send(fd, bad[i].wire, bad[i].len, 0), bad[i].len);
		turn(f, 0);
		assert_closed(fd);
	}
	assert_int_equal(f->questions, 0);
}

static void the_socket_is_private_and_not_taken_from_a_living_daemon(void **state)
{
	struct fixture *f = *state;
	const char *path = temporary_path(f->t, "control");
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	struct problem problem = {0};
	struct control_server *other;
	const struct control_handler handler = {asked, late, f};
	assert_int_equal(control_server_new(path, &handler, &other, &problem), RESULT_EXISTS);
	assert_string_equal(problem.code, "in-use");
}

static void the_socket_of_a_dead_daemon_is_replaced(void **state)
{
	struct fixture *f = *state;
	const char *path = temporary_path(f->t, "dead");
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
	close(fd);
	struct problem problem = {0};
	struct control_server *server;
	const struct control_handler handler = {asked, late, f};
	assert_int_equal(control_server_new(path, &handler, &server, &problem), RESULT_OK);
	control_server_free(server);
	assert_int_equal(access(path, F_OK), -1);
}

// ---- asking --------------------------------------------------------------------------------

// A daemon that gives `answers` one after the other, each whole, and then closes.
static pid_t serve(struct fixture *f, const char *const *answers)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(address.sun_path, sizeof address.sun_path, "%s", temporary_path(f->t, "other"));
	unlink(address.sun_path);
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(listener, (const struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(listener, 1), 0);
	pid_t pid = fork();
	if (pid != 0) {
		close(listener);
		return pid;
	}
	int fd = accept(listener, NULL, NULL);
	char request[256];
	for (size_t got = 0; got < 4 + strlen("status\n");) {
		ssize_t len = recv(fd, request, sizeof request, 0);
		if (len <= 0)
			_exit(1);
		got += (size_t)len;
	}
	for (size_t i = 0; answers[i]; i++)
		send_message(fd, answers[i]);
	_exit(0);
}

static enum result ask(struct fixture *f, const char *const *answers, struct problem *problem)
{
	pid_t pid = serve(f, answers);
	buffer_clear(&f->out);
	enum result result = control_ask(temporary_path(f->t, "other"), bytes_of_text("status\n"),
					 &f->out, problem);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return result;
}

static void asking_joins_the_pieces_of_an_answer(void **state)
{
	struct fixture *f = *state;
	struct problem problem = {0};
	static const char *const pieces[] = {"result ok\na 1\nmore\n", "result ok\nb 2\nmore\n",
					     "result ok\nc 3\n", NULL};
	assert_int_equal(ask(f, pieces, &problem), RESULT_OK);
	assert_true(bytes_equal(buffer_view(&f->out), bytes_of_text("result ok\na 1\nb 2\nc 3\n")));
	static const char *const failing[] = {"result ok\na 1\nmore\n", "result damaged\nat 2\n",
					      NULL};
	assert_int_equal(ask(f, failing, &problem), RESULT_OK);
	assert_true(bytes_equal(buffer_view(&f->out), bytes_of_text("result damaged\nat 2\n")));
}

static void asking_tells_a_broken_conversation_from_an_answer(void **state)
{
	struct fixture *f = *state;
	struct problem problem = {0};
	static const char *const none[] = {NULL};
	assert_int_equal(ask(f, none, &problem), RESULT_CLOSED);
	assert_string_equal(problem.code, "stopping");
	static const char *const half[] = {"result ok\nmore\n", NULL};
	assert_int_equal(ask(f, half, &problem), RESULT_CLOSED);
	assert_int_equal(f->out.len, 0);
	static const char *const other[] = {"hello\n", NULL};
	assert_int_equal(ask(f, other, &problem), RESULT_MALFORMED);
}

static void asking_where_no_daemon_runs_says_so(void **state)
{
	struct fixture *f = *state;
	struct problem problem = {0};
	assert_int_equal(control_ask(temporary_path(f->t, "nothing"), bytes_of_text("status\n"),
				     &f->out, &problem),
			 RESULT_NOT_FOUND);
	assert_string_equal(problem.code, "unreachable");
	assert_string_not_equal(problem.fix, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(every_value_comes_out_as_it_went_in),
		T(a_line_without_a_value_has_a_name_only),
		T(what_is_not_lines_is_malformed),
		T(more_lines_or_bytes_than_the_maximum_are_too_large),
		T(a_question_is_handed_over_and_its_answer_brought_back),
		T(a_question_that_comes_in_pieces_is_waited_for),
		T(a_client_that_says_nothing_is_closed),
		T(a_question_without_an_answer_is_reported_late_once),
		T(who_asked_before_may_think_longer),
		T(idle_clients_keep_nobody_out),
		T(a_client_beyond_the_places_waits_while_all_wait_for_an_answer),
		T(lengths_that_cannot_be_and_talk_out_of_turn_end_the_conversation),
		T(the_socket_is_private_and_not_taken_from_a_living_daemon),
		T(the_socket_of_a_dead_daemon_is_replaced),
		T(asking_joins_the_pieces_of_an_answer),
		T(asking_tells_a_broken_conversation_from_an_answer),
		T(asking_where_no_daemon_runs_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
