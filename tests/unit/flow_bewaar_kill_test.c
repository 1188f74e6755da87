// SPDX-License-Identifier: EUPL-1.2
// Core is killed at each step of what terms end: before and after each write of the log, the guard,
// state and the keystore, and half-way through the overwriting of keys. Whoever starts it again
// finishes what was begun; nothing comes back, and state is what a replay of the log gives.
#include "flow_convenanten.h"
#include "flow_world.h"

#include "base/file.h"
#include "flow/wissing.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#define BIG (64u << 20)
#define KILLED 9
#define THROUGH 0

static const char text[] = FLOW_HEAD("bewaren")
	FLOW_PARTIJEN FLOW_VERSTREK("gewoon", "", AAN_WMO, "kenmerken, identificatie");

static const struct flow_case two_persons = {
	.count = 2,
	.persons = {{.rol = "slachtoffer", .bsn = "999990342", .geslachtsnaam = "Een"},
		    {.rol = "getuige", .bsn = "999990639", .geslachtsnaam = "Twee"}}};

// ---- the steps -----------------------------------------------------------------------------

static unsigned steps_left; // 0: nobody is killed
static bool skip_flush;     // the fault the control plants

static void step(void)
{
	if (steps_left > 0 && --steps_left == 0)
		_exit(KILLED);
}

enum result __real_journal_append(struct journal *journal, uint64_t expected,
				  const struct journal_item *items, size_t count);
enum result __wrap_journal_append(struct journal *journal, uint64_t expected,
				  const struct journal_item *items, size_t count);
enum result __wrap_journal_append(struct journal *journal, uint64_t expected,
				  const struct journal_item *items, size_t count)
{
	step();
	enum result r = __real_journal_append(journal, expected, items, count);
	step();
	return r;
}

enum result __real_guard_write(struct guard *guard, struct bytes note);
enum result __wrap_guard_write(struct guard *guard, struct bytes note);
enum result __wrap_guard_write(struct guard *guard, struct bytes note)
{
	step();
	enum result r = __real_guard_write(guard, note);
	step();
	return r;
}

enum result __real_state_flush(struct state *state);
enum result __wrap_state_flush(struct state *state);
enum result __wrap_state_flush(struct state *state)
{
	step();
	enum result r = skip_flush ? RESULT_OK : __real_state_flush(state);
	step();
	return r;
}

enum result __real_keystore_erase(struct keystore *keystore, const uint64_t *slots, size_t count);
enum result __wrap_keystore_erase(struct keystore *keystore, const uint64_t *slots, size_t count);
enum result __wrap_keystore_erase(struct keystore *keystore, const uint64_t *slots, size_t count)
{
	step();
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < count; i++) { // one after the other, so that some are left
		r = __real_keystore_erase(keystore, &slots[i], 1);
		step();
	}
	return r;
}

// ---- a house whose terms have passed -------------------------------------------------------

static const char *const files[] = {"log/data.mdb", "state/data.mdb", "keystore", "guard", "boot"};
static struct buffer kept[COUNT_OF(files)];
static uint64_t meldingen[3];

static const char *path_of(struct flow_world *w, const char *file)
{
	char name[64];
	snprintf(name, sizeof name, "data/%s", file);
	return temporary_path(w->folder, name);
}

static void keep_files(struct flow_world *w)
{
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		buffer_init(&kept[i], BIG);
		assert_int_equal(file_read(path_of(w, files[i]), BIG, &kept[i]), RESULT_OK);
	}
}

static void put_files(struct flow_world *w)
{
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		int fd = open(path_of(w, files[i]), O_WRONLY | O_TRUNC | O_CLOEXEC);
		assert_int_equal(write(fd, kept[i].data, kept[i].len), kept[i].len);
		close(fd);
	}
}

static void tick(struct flow_world *w)
{
	assert_int_equal(flow_bewaar_walk(w->core, 1000), RESULT_OK);
	assert_int_equal(flow_tick(w->core, time_now(w->core)), RESULT_OK);
	assert_int_equal(flow_commit(w->core), RESULT_OK);
	while (w->core->wissend)
		assert_int_equal(flow_overwrite_some(w->core), RESULT_OK);
}

// What was fetched and what was not, an acknowledgement, and contents that are gone.
static int setup(void **state)
{
	flow_clock_ahead = 0;
	steps_left = 0;
	skip_flush = false;
	struct flow_world *w = flow_town();
	flow_convenant(w, text);
	for (size_t i = 0; i < COUNT_OF(meldingen); i++) {
		struct flow_sent *melding = flow_melding(w, POLITIE, &two_persons);
		flow_send_one(w, melding);
		meldingen[i] = flow_accepted(w, POLITIE, melding);
	}
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	struct flow_sent *ack = flow_ack(w, STAD, "wmo", &reply->deliveries[0]);
	flow_send_one(w, ack);
	flow_accepted(w, STAD, ack);
	flow_days_later(w, 200);
	for (int i = 0; i < 4; i++)
		tick(w);
	flow_days_later(w, 5 * 366);
	flow_world_close(w);
	keep_files(w);
	*state = w;
	return 0;
}

static int end(void **state)
{
	for (size_t i = 0; i < COUNT_OF(kept); i++)
		buffer_wipe(&kept[i]);
	flow_world_free(*state);
	flow_clock_ahead = 0;
	return 0;
}

// In a process of its own, killed at the n-th step from here; true when it came through.
static bool runs_through(struct flow_world *w, unsigned n)
{
	int status;
	fflush(NULL);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		flow_world_open(w);
		time_confirm(w->core);
		steps_left = n;
		for (int i = 0; i < 3; i++)
			tick(w);
		_exit(THROUGH);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) &&
		    (WEXITSTATUS(status) == KILLED || WEXITSTATUS(status) == THROUGH));
	return WEXITSTATUS(status) == THROUGH;
}

static void rows(struct flow_world *w, struct state_digest digests[STATE_TABLES])
{
	for (unsigned t = 0; t < STATE_TABLES; t++)
		assert_int_equal(state_digest(w->core->state, t, &digests[t]), RESULT_OK);
}

// State as it is against one that is made anew from the log.
static bool is_a_replay(struct flow_world *w)
{
	struct state_digest has[STATE_TABLES], again[STATE_TABLES];
	rows(w, has);
	flow_world_close(w);
	assert_int_equal(core_discard_state(temporary_path(w->folder, "data/state")), RESULT_OK);
	flow_world_open(w);
	rows(w, again);
	for (unsigned t = 0; t < STATE_TABLES; t++)
		if (has[t].rows != again[t].rows || !hash_equal(&has[t].hash, &again[t].hash))
			return false;
	return true;
}

static void nothing_is_left(struct flow_world *w)
{
	uint64_t bad = 0, slot;
	for (size_t i = 0; i < COUNT_OF(meldingen); i++) {
		struct recalled recalled;
		assert_int_equal(recall_entry(w->core, meldingen[i], RECALL_PARTS_AND_CONTENT,
					      w->arena, &recalled),
				 RESULT_OK);
		assert_true(recalled.part_count == 0 && !recalled.has_content);
	}
	assert_int_equal(state_wissend(w->core->state, 0, &slot), RESULT_NOT_FOUND);
	assert_int_equal(journal_check(w->core->journal, 0, &bad), RESULT_OK);
}

static void killed_at_each_step_it_is_finished_by_the_next_start(void **state)
{
	struct flow_world *w = *state;
	unsigned n = 1;
	for (bool through = false; !through; n++) {
		put_files(w);
		through = runs_through(w, n);
		flow_world_open(w);
		time_confirm(w->core);
		for (int i = 0; i < 3; i++)
			tick(w);
		nothing_is_left(w);
		assert_true(is_a_replay(w));
		flow_world_close(w);
	}
	assert_true(n > 15); // three keys, and some writes for each tick
}

// The control: keys that are overwritten before state knows leave rows that no replay makes.
static void keys_that_go_before_state_knows_are_caught(void **state)
{
	struct flow_world *w = *state;
	bool caught = false;
	unsigned n = 1;
	for (bool through = false; !through && !caught; n++) {
		put_files(w);
		skip_flush = true;
		through = runs_through(w, n);
		skip_flush = false;
		flow_world_open(w);
		time_confirm(w->core);
		caught = !is_a_replay(w);
		flow_world_close(w);
	}
	assert_true(caught);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(killed_at_each_step_it_is_finished_by_the_next_start),
		TEST(keys_that_go_before_state_knows_are_caught),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
