// SPDX-License-Identifier: EUPL-1.2
// Nothing is lost and nothing comes twice, whichever file operation of the client fails, and
// wherever the client is killed between two of them. A run pushes four meldingen, sends them,
// fetches them as ontvanger, hands them over and acks; a journal outside the client notes what it
// was told. After the failure or the kill an undisturbed run finishes the work.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client_fixture.h"

#include <errno.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MELDINGEN 4
#define KILLED 77
#define RUNS_MAX 1000

static const char *const ids[MELDINGEN] = {"melding-000000000001", "melding-000000000002",
					   "melding-000000000003", "melding-000000000004"};

// ---- file operations ---------------------------------------------------------------------------

static struct {
	unsigned at, calls; // 0: none
	bool kill, tripped;
	int error;
} armed;

static bool trips(void)
{
	if (armed.at == 0 || ++armed.calls != armed.at)
		return false;
	if (armed.kill)
		_exit(KILLED);
	armed.tripped = true;
	errno = armed.error;
	return true;
}

int __real_ftruncate(int fd, off_t length);
int __real_fdatasync(int fd);
int __wrap_ftruncate(int fd, off_t length);
int __wrap_fdatasync(int fd);

int __wrap_ftruncate(int fd, off_t length)
{
	return trips() ? -1 : __real_ftruncate(fd, length);
}

int __wrap_fdatasync(int fd)
{
	return trips() ? -1 : __real_fdatasync(fd);
}

int __real_open(const char *path, int flags, mode_t mode);
ssize_t __real_write(int fd, const void *data, size_t len);
int __real_fsync(int fd);
int __real_renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags);
int __real_rename(const char *from, const char *to);
int __real_unlink(const char *path);
int __real_mkdir(const char *path, mode_t mode);
int __wrap_open(const char *path, int flags, mode_t mode);
ssize_t __wrap_write(int fd, const void *data, size_t len);
int __wrap_fsync(int fd);
int __wrap_renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags);
int __wrap_rename(const char *from, const char *to);
int __wrap_unlink(const char *path);
int __wrap_mkdir(const char *path, mode_t mode);

int __wrap_open(const char *path, int flags, mode_t mode)
{
	return trips() ? -1 : __real_open(path, flags, mode);
}

ssize_t __wrap_write(int fd, const void *data, size_t len)
{
	return trips() ? -1 : __real_write(fd, data, len);
}

int __wrap_fsync(int fd)
{
	return trips() ? -1 : __real_fsync(fd);
}

int __wrap_renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
	return trips() ? -1 : __real_renameat2(from_fd, from, to_fd, to, flags);
}

int __wrap_rename(const char *from, const char *to)
{
	return trips() ? -1 : __real_rename(from, to);
}

int __wrap_unlink(const char *path)
{
	return trips() ? -1 : __real_unlink(path);
}

int __wrap_mkdir(const char *path, mode_t mode)
{
	return trips() ? -1 : __real_mkdir(path, mode);
}

// ---- one run of the clients --------------------------------------------------------------------

// What somebody outside was told; shared with the process that is killed.
struct journal {
	bool pushed[MELDINGEN];        // confirmed: it is not pushed again
	unsigned shown[MELDINGEN + 1]; // how often each delivery was given to the caller
	uint64_t handed_over;          // the highest that was confirmed
	bool shown_again;              // one that had been confirmed before
	bool finished;                 // the whole run, without a failure
};

struct run {
	struct client_settings sender, ontvanger;
	struct link link;
	struct journal *journal;
};

static bool push_one(struct client *client, struct journal *journal, size_t i)
{
	struct test_melding m;
	struct push_result pushed;
	if (!journal->pushed[i])
		journal->pushed[i] =
			client_push(client, make_melding(&m, ids[i]), ids[i], &pushed) == RESULT_OK;
	return journal->pushed[i];
}

static bool push_two(struct client *client, struct journal *journal, size_t from)
{
	struct test_melding m[2];
	struct melding two[2];
	struct push_result results[2];
	if (journal->pushed[from])
		return true;
	for (size_t i = 0; i < 2; i++)
		two[i] = *make_melding(&m[i], ids[from + i]);
	journal->pushed[from] = client_push_many(client, two, ids + from, 2, results) == RESULT_OK;
	return journal->pushed[from];
}

static bool run_sender(const struct run *run)
{
	struct client *client;
	uint32_t pause_ms;
	if (client_open_over(&run->sender, &run->link, &client, NULL) != RESULT_OK)
		return false;
	bool ok = push_one(client, run->journal, 0);
	ok = push_one(client, run->journal, 1) && ok;
	ok = push_two(client, run->journal, 2) && ok;
	ok = client_flush(client, &pause_ms) == RESULT_OK && ok;
	client_close(client);
	return ok;
}

static bool take_all(const struct run *run, struct client *client)
{
	struct verstrekking v;
	struct journal *journal = run->journal;
	uint64_t last = 0;
	enum result result;
	while ((result = client_peek(client, FUNCTIE, last, &v)) == RESULT_OK) {
		last = v.number;
		journal->shown[last]++;
		if (last <= journal->handed_over)
			journal->shown_again = true;
	}
	if (result != RESULT_NOT_FOUND)
		return false;
	if (last > 0 && client_handed_over(client, FUNCTIE, last) != RESULT_OK)
		return false;
	if (last > journal->handed_over)
		journal->handed_over = last;
	return true;
}

static bool run_ontvanger(const struct run *run)
{
	struct client *client;
	size_t count;
	if (client_open_over(&run->ontvanger, &run->link, &client, NULL) != RESULT_OK)
		return false;
	// In two fetches, the first of them in two rounds, the second of which is asked for ahead.
	bool ok = client_fetch(client, FUNCTIE, 3, 0, &count) == RESULT_OK;
	ok = client_fetch(client, FUNCTIE, 3, 0, &count) == RESULT_OK && ok;
	ok = take_all(run, client) && ok;
	ok = client_ack(client, FUNCTIE) == RESULT_OK && ok;
	client_close(client);
	return ok;
}

static void run_clients(const struct run *run)
{
	bool ok = run_sender(run);
	ok = run_ontvanger(run) && ok;
	run->journal->finished = ok;
}

// ---- before and after --------------------------------------------------------------------------

struct scene {
	struct fake_knooppunt *fake;
	struct run run;
};

static void scene_begin(struct scene *scene)
{
	scene->fake = fake_new();
	struct fake_party *sender = fake_enrol(scene->fake, SENDER_OIN, "melder");
	struct fake_party *ontvanger = fake_enrol(scene->fake, ONTVANGER_OIN, FUNCTIE);
	scene->fake->to_oin = ontvanger->oin;
	scene->fake->to_functie = FUNCTIE;
	scene->fake->page = 2;
	scene->run.sender = fake_settings(scene->fake, sender, "sender");
	scene->run.ontvanger = fake_settings(scene->fake, ontvanger, "ontvanger");
	scene->run.link = fake_link(scene->fake);
	scene->run.journal = mmap(NULL, sizeof *scene->run.journal, PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(scene->run.journal, MAP_FAILED);
}

static const char *verdict(const struct scene *scene)
{
	const struct fake_knooppunt *fake = scene->fake;
	const struct journal *journal = scene->run.journal;
	if (!journal->finished)
		return "the undisturbed run did not finish";
	if (journal->shown_again)
		return "what was handed over is shown again";
	if (fake->conflicts)
		return "one id was sent with two contents";
	for (size_t i = 0; i < MELDINGEN; i++) {
		if (!fake_find(fake, ids[i]))
			return "a melding is lost";
		if (journal->shown[i + 1] == 0)
			return "a delivery was never shown";
		if (fake->deliveries[i].acked != 1)
			return "a delivery is not acked once";
	}
	return fake->delivery_count == MELDINGEN ? NULL : "a melding came twice";
}

static void scene_done(struct scene *scene)
{
	munmap(scene->run.journal, sizeof *scene->run.journal);
	fake_free(scene->fake);
}

// An undisturbed run must bring everything to its end, and all of it once.
static void scene_end(struct scene *scene, unsigned at)
{
	run_clients(&scene->run);
	const char *wrong = verdict(scene);
	if (wrong)
		print_message("operation %u: %s\n", at, wrong);
	assert_null(wrong);
	scene_done(scene);
}

// ---- controls: this test sees what it is there for ---------------------------------------------

static void expect_verdict(struct scene *scene, const char *expected)
{
	run_clients(&scene->run);
	assert_non_null(verdict(scene));
	assert_string_equal(verdict(scene), expected);
	scene_done(scene);
}

static void an_item_that_is_taken_out_of_the_outbox_is_missed(void **state)
{
	struct scene scene;
	char path[400];
	(void)state;
	scene_begin(&scene);
	scene.fake->unreachable = true;
	run_clients(&scene.run);
	scene.fake->unreachable = false;
	snprintf(path, sizeof path, "%s/outbox/000000000002.item", scene.run.sender.spool);
	assert_int_equal(unlink(path), 0);
	expect_verdict(&scene, "a melding is lost");
}

static void a_position_that_is_forgotten_is_seen(void **state)
{
	struct scene scene;
	char path[400];
	(void)state;
	scene_begin(&scene);
	run_clients(&scene.run);
	assert_null(verdict(&scene));
	snprintf(path, sizeof path, "%s/inbox/" FUNCTIE "/position", scene.run.ontvanger.spool);
	assert_int_equal(unlink(path), 0);
	expect_verdict(&scene, "what was handed over is shown again");
}

// ---- failures ----------------------------------------------------------------------------------

static void fail_each(int error)
{
	for (unsigned at = 1; at < RUNS_MAX; at++) {
		struct scene scene;
		scene_begin(&scene);
		armed.at = at;
		armed.calls = 0;
		armed.error = error;
		armed.kill = armed.tripped = false;
		run_clients(&scene.run);
		bool tripped = armed.tripped;
		armed.at = 0;
		scene_end(&scene, at);
		if (!tripped) {
			print_message("%u operations\n", at - 1);
			return;
		}
	}
	fail();
}

static void no_failing_file_operation_loses_or_doubles_anything(void **state)
{
	(void)state;
	fail_each(EIO);
}

static void a_full_disk_loses_or_doubles_nothing(void **state)
{
	(void)state;
	fail_each(ENOSPC);
}

// ---- kills -------------------------------------------------------------------------------------

// The client runs in a process of its own and reaches the fake over a pair of sockets.
static enum result pair_send(void *context, struct bytes frame, int64_t timeout_ms)
{
	(void)timeout_ms;
	return send(*(int *)context, frame.data, frame.len, 0) >= 0 ? RESULT_OK : RESULT_AGAIN;
}

static enum result pair_receive(void *context, int64_t timeout_ms, struct buffer *ret_frame)
{
	static uint8_t frame[ENVELOPE_FRAME_MAX];
	struct pollfd wait = {.fd = *(int *)context, .events = POLLIN};
	(void)timeout_ms;
	if (poll(&wait, 1, 10000) <= 0)
		return RESULT_AGAIN;
	ssize_t len = recv(*(int *)context, frame, sizeof frame, 0);
	if (len <= 0)
		return RESULT_AGAIN;
	buffer_clear(ret_frame);
	buffer_append(ret_frame, bytes_make(frame, (size_t)len));
	return ret_frame->status;
}

static void serve(struct fake_knooppunt *fake, int fd)
{
	static uint8_t frame[ENVELOPE_FRAME_MAX];
	ssize_t len;
	while ((len = recv(fd, frame, sizeof frame, 0)) > 0) {
		fake_take_frame(fake, bytes_make(frame, (size_t)len));
		if (fake->has_answer &&
		    send(fd, fake->answer.data, fake->answer.len, MSG_NOSIGNAL) < 0)
			return;
	}
}

// True when the client got as far as the operation at which it is killed.
static bool run_killed(struct scene *scene, unsigned at)
{
	int fds[2], status;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct run run = scene->run;
		close(fds[0]);
		run.link = (struct link){
			.send = pair_send, .receive = pair_receive, .context = &fds[1]};
		armed.at = at;
		armed.calls = 0;
		armed.kill = true;
		run_clients(&run);
		_exit(0);
	}
	close(fds[1]);
	serve(scene->fake, fds[0]);
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status) == KILLED;
}

static void no_kill_between_file_operations_loses_or_doubles_anything(void **state)
{
	(void)state;
	for (unsigned at = 1; at < RUNS_MAX; at++) {
		struct scene scene;
		scene_begin(&scene);
		armed.at = 0;
		bool killed = run_killed(&scene, at);
		scene_end(&scene, at);
		if (!killed) {
			print_message("%u operations\n", at - 1);
			return;
		}
	}
	fail();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_item_that_is_taken_out_of_the_outbox_is_missed),
		cmocka_unit_test(a_position_that_is_forgotten_is_seen),
		cmocka_unit_test(no_failing_file_operation_loses_or_doubles_anything),
		cmocka_unit_test(a_full_disk_loses_or_doubles_nothing),
		cmocka_unit_test(no_kill_between_file_operations_loses_or_doubles_anything),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
