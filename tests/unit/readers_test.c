// SPDX-License-Identifier: EUPL-1.2
// The parent and its readers, without their processes: the test has the other end.
#include "tests/unit/unit.h"

#include "base/clock.h"
#include "parent/readers.h"
#include "tests/unit/temporary.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int setup(void **state)
{
	struct parent *parent = calloc(1, sizeof *parent);
	if (!parent)
		return -1;
	parent->memory = malloc(CHANNEL_MESSAGE_MAX);
	*state = parent;
	return parent->memory && readers_start(parent) == RESULT_OK ? 0 : -1;
}

static int teardown(void **state)
{
	struct parent *parent = *state;
	readers_done(parent);
	free(parent->memory);
	free(parent);
	return 0;
}

static int polled(const struct parent *parent, int number)
{
	struct pollfd fds[READERS];
	readers_poll(parent, fds);
	return fds[number].fd;
}

static void what_could_not_be_started_does_not_wake_the_parent(void **state)
{
	struct parent *parent = *state;
	int theirs[READERS];
	for (int n = 0; n < READERS; n++)
		assert_int_equal(readers_begin(parent, n, &theirs[n]), RESULT_OK);
	readers_turn(parent);
	for (int n = 0; n < READERS; n++)
		assert_true(polled(parent, n) >= 0);
	close(theirs[0]); // as of a process that there is none of
	readers_turn(parent);
	assert_int_equal(polled(parent, 0), -1);
	assert_true(polled(parent, 1) >= 0);
	assert_int_equal(readers_begin(parent, 0, &theirs[0]), RESULT_OK); // tried again
	readers_turn(parent);
	assert_true(polled(parent, 0) >= 0);
	for (int n = 0; n < READERS; n++)
		close(theirs[n]);
}

// The daemon as it runs, with core ready and a folder for backups: core's end, and those of the
// readers.
static void begin(struct parent *parent, struct channel *core, int theirs[READERS])
{
	int pair[2];
	assert_int_equal(channel_pair(pair), RESULT_OK);
	assert_int_equal(channel_init(&parent->to_core, pair[0], 65536), RESULT_OK);
	assert_int_equal(channel_init(core, pair[1], 65536), RESULT_OK);
	memcpy(parent->settings.backup, "/b", 3);
	parent->phase = PHASE_RUNNING;
	parent->settings.hang_seconds = 30;
	parent->core_ready = true;
	for (int n = 0; n < READERS; n++)
		assert_int_equal(readers_begin(parent, n, &theirs[n]), RESULT_OK);
	readers_turn(parent);
}

// A disk that hangs is one reader that is killed: core hears it, and nobody looks meanwhile.
static void a_look_that_never_ends_keeps_one_reader_and_core_is_told(void **state)
{
	struct parent *parent = *state;
	struct channel core, reader;
	struct bytes message;
	int theirs[READERS];
	begin(parent, &core, theirs);
	parent->now += MS_PER_MINUTE - 1;
	readers_turn(parent);
	assert_int_equal(channel_init(&reader, theirs[1], 65536), RESULT_OK);
	assert_int_equal(channel_receive(&reader, parent->memory, &message), RESULT_AGAIN);
	close(theirs[0]);
	assert_false(readers_ended(parent, 0));
	assert_int_equal(channel_receive(&core, parent->memory, &message), RESULT_OK);
	assert_true(get_u64be(message.data) == PARENT_REPORT);
	assert_int_equal(message.len, PARENT_PREFIX_LEN + strlen("result io\n"));
	assert_memory_equal(message.data + PARENT_PREFIX_LEN, "result io\n", 10);
	readers_turn(parent); // not before its time
	assert_int_equal(channel_receive(&reader, parent->memory, &message), RESULT_AGAIN);
	parent->now += MS_PER_MINUTE;
	readers_turn(parent);
	assert_int_equal(channel_receive(&reader, parent->memory, &message), RESULT_OK);
	channel_done(&reader);
	channel_done(&core);
	channel_done(&parent->to_core);
}

// A reader takes the question that it was given; its answer.
static void answer(struct channel *reader, uint8_t *memory, const char *lines)
{
	uint8_t prefix[PARENT_ANSWER_PREFIX_LEN];
	struct bytes message;
	assert_int_equal(channel_receive(reader, memory, &message), RESULT_OK);
	memcpy(prefix, message.data, PARENT_PREFIX_LEN);
	prefix[PARENT_PREFIX_LEN] = ANSWER_LAST;
	assert_int_equal(
		channel_send(reader, bytes_make(prefix, sizeof prefix), bytes_of_text(lines)),
		RESULT_OK);
}

static void answer_look(struct channel *reader, uint8_t *memory)
{
	answer(reader, memory, "result ok\n");
}

static void assert_told(struct channel *core, uint8_t *memory, const char *lines)
{
	struct bytes message;
	assert_int_equal(channel_receive(core, memory, &message), RESULT_OK);
	assert_true(get_u64be(message.data) == PARENT_REPORT);
	assert_int_equal(message.len, PARENT_PREFIX_LEN + strlen(lines));
	assert_memory_equal(message.data + PARENT_PREFIX_LEN, lines, strlen(lines));
	assert_int_equal(channel_receive(core, memory, &message), RESULT_AGAIN);
}

// A process that waits for a dead disk cannot be killed, and never answers. Core hears it once, and
// what there is to know when the disk is back.
static void a_look_whose_reader_cannot_be_killed_is_told_of(void **state)
{
	struct parent *parent = *state;
	struct channel core, reader[READERS];
	struct bytes message;
	int theirs[READERS];
	begin(parent, &core, theirs);
	for (int n = 0; n < READERS; n++)
		assert_int_equal(channel_init(&reader[n], theirs[n], 65536), RESULT_OK);
	parent->now += MS_PER_MINUTE - 1;
	readers_turn(parent);
	assert_int_equal(channel_receive(&core, parent->memory, &message), RESULT_AGAIN);
	parent->now += 24 * MS_PER_HOUR;
	readers_turn(parent);
	assert_told(&core, parent->memory, "result io\n");
	readers_turn(parent);
	assert_int_equal(channel_receive(&core, parent->memory, &message), RESULT_AGAIN);
	assert_int_equal(channel_receive(&reader[1], parent->memory, &message), RESULT_AGAIN);
	answer_look(&reader[0], parent->memory);
	readers_turn(parent);
	assert_told(&core, parent->memory, "result ok\n");
	for (int n = 0; n < READERS; n++)
		channel_done(&reader[n]);
	channel_done(&core);
	channel_done(&parent->to_core);
}

static void asked(void *context, uint64_t client, struct bytes request)
{
	assert_int_equal(readers_ask(context, client, request), RESULT_OK);
}

static void late(void *context, uint64_t client)
{
	(void)context;
	(void)client;
}

// Somebody asks for a backup.
static int ask_backup(struct parent *parent, struct temporary *t)
{
	static const char question[] = "\0\0\0\7backup\n";
	const struct control_handler handler = {asked, late, parent};
	struct problem problem = {0};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct pollfd fds[CONTROL_POLL_MAX];
	snprintf(address.sun_path, sizeof address.sun_path, "%s", temporary_path(t, "control"));
	assert_int_equal(control_server_new(address.sun_path, &handler, &parent->server, &problem),
			 RESULT_OK);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(send(fd, question, sizeof question - 1, MSG_NOSIGNAL),
			 sizeof question - 1);
	for (int i = 0; i < 2; i++) {
		size_t count = control_server_poll(parent->server, fds);
		poll(fds, count, 0);
		control_server_handle(parent->server, fds, count, parent->now);
	}
	return fd;
}

static void a_look_from_before_a_backup_does_not_replace_what_core_knows_of_it(void **state)
{
	struct parent *parent = *state;
	struct channel core, reader[READERS];
	struct bytes message;
	int theirs[READERS];
	begin(parent, &core, theirs);
	for (int n = 0; n < READERS; n++)
		assert_int_equal(channel_init(&reader[n], theirs[n], 65536), RESULT_OK);
	struct temporary *t = temporary_new();
	int client = ask_backup(parent, t);
	readers_turn(parent);
	answer(&reader[1], parent->memory, "result ok\nmoment 20261130T204512Z\n");
	readers_turn(parent);
	assert_told(&core, parent->memory, "result ok\nmoment 20261130T204512Z\n");
	assert_true(readers_ended(parent, 1));
	channel_done(&reader[1]);
	assert_int_equal(readers_begin(parent, 1, &theirs[1]), RESULT_OK);
	assert_int_equal(channel_init(&reader[1], theirs[1], 65536), RESULT_OK);
	answer(&reader[0], parent->memory, "result ok\nmoment 20261129T204512Z\n");
	readers_turn(parent);
	assert_int_equal(channel_receive(&core, parent->memory, &message), RESULT_AGAIN);
	readers_turn(parent); // it looks again at once
	answer(&reader[1], parent->memory, "result ok\nmoment 20261130T204512Z\n");
	readers_turn(parent);
	assert_told(&core, parent->memory, "result ok\nmoment 20261130T204512Z\n");
	for (int n = 0; n < READERS; n++)
		channel_done(&reader[n]);
	channel_done(&core);
	channel_done(&parent->to_core);
	close(client);
	control_server_free(parent->server);
	temporary_free(t);
}

// Core may be at work so long that nothing more can be said to it: it is told a minute later.
static void a_look_that_core_could_not_be_told_of_is_done_again_soon(void **state)
{
	static const uint8_t much[65536];
	struct parent *parent = *state;
	struct channel core, reader[READERS];
	struct bytes message;
	int theirs[READERS];
	begin(parent, &core, theirs);
	for (int n = 0; n < READERS; n++)
		assert_int_equal(channel_init(&reader[n], theirs[n], 65536), RESULT_OK);
	for (size_t len = sizeof much; len > 0; len /= 4)
		while (channel_send(&parent->to_core, bytes_make(much, len), bytes_make(NULL, 0)) ==
		       RESULT_OK)
			;
	answer_look(&reader[0], parent->memory);
	readers_turn(parent);
	channel_done(&reader[0]);
	assert_true(readers_ended(parent, 0));
	assert_int_equal(channel_receive(&reader[1], parent->memory, &message), RESULT_AGAIN);
	parent->now += MS_PER_MINUTE;
	readers_turn(parent);
	assert_int_equal(channel_receive(&reader[1], parent->memory, &message), RESULT_OK);
	channel_done(&reader[1]);
	channel_done(&core);
	channel_done(&parent->to_core);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_could_not_be_started_does_not_wake_the_parent,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_look_that_never_ends_keeps_one_reader_and_core_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_look_that_core_could_not_be_told_of_is_done_again_soon, setup, teardown),
		cmocka_unit_test_setup_teardown(a_look_whose_reader_cannot_be_killed_is_told_of,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_look_from_before_a_backup_does_not_replace_what_core_knows_of_it, setup,
			teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
