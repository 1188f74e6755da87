// SPDX-License-Identifier: EUPL-1.2
// Opening core on a state, or a disk, that is not as it was left: what state holds is in the log,
// so it costs a replay and never a start, and what the disk refused costs no state.
#include "faults.h"
#include "flow_convenanten.h"
#include "flow_world.h"

#include "base/file.h"
#include "flow/wissing.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define MAP ((size_t)512 << 20)
#define PAGE 4096
#define EVERYTHING UINT32_MAX
#define GROND "AVG art. 17"

static const char text[] =
	FLOW_HEAD("openen") FLOW_PARTIJEN FLOW_VERSTREK("gewoon", "", AAN_WMO, "kenmerken");
static const struct flow_case one_person = {
	.count = 1,
	.persons = {{.rol = "slachtoffer", .bsn = "999990342", .geslachtsnaam = "Een"}}};

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_convenant(w, text);
	flow_send_one(w, flow_melding(w, POLITIE, &one_person));
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct flow_world *w = *state;
	if (w->core)
		flow_assert_rebuild_equal(w);
	flow_world_free(w);
	return 0;
}

static const char *state_file(struct flow_world *w)
{
	return temporary_path(w->folder, "data/state/data.mdb");
}

static ino_t identity_of(const char *path)
{
	struct stat st;
	return stat(path, &st) ? 0 : st.st_ino;
}

// ---- rows that went ------------------------------------------------------------------------

// Takes the n-th row out of a table, as a page that is lost does: nothing is left beside it that
// could tell. Returns how many rows there were.
static uint32_t take_row(struct flow_world *w, enum state_table table, uint32_t n)
{
	const char *names[STATE_TABLES + 1] = {NULL};
	for (unsigned t = 0; t < STATE_TABLES; t++)
		names[t] = state_table_name((enum state_table)t);
	const struct store_options options = {.map_bytes = MAP, .tables = names};
	struct store *store = NULL;
	struct store_txn *txn = NULL;
	struct store_cursor *cursor = NULL;
	struct bytes keys[64], key, value;
	uint32_t count = 0;
	assert_int_equal(store_open(temporary_path(w->folder, "data/state"), &options, &store),
			 RESULT_OK);
	assert_int_equal(store_begin(store, true, &txn), RESULT_OK);
	assert_int_equal(store_cursor_open(txn, table, &cursor), RESULT_OK);
	enum result r = store_cursor_seek(cursor, bytes_make(NULL, 0), &key, &value);
	for (; !r; r = store_cursor_next(cursor, &key, &value)) {
		assert_true(count < COUNT_OF(keys));
		keys[count++] = arena_copy(w->arena, key);
	}
	store_cursor_close(cursor);
	for (uint32_t i = 0; i < count; i++)
		if (n == EVERYTHING || n == i)
			store_del(txn, table, keys[i]);
	assert_int_equal(store_commit(txn), RESULT_OK);
	store_close(store);
	return count;
}

static void a_register_row_that_went_is_replayed_from_the_log(void **state)
{
	struct flow_world *w = *state;
	struct hash head = w->core->registry.head;
	uint64_t generation = w->core->generation;
	uint32_t rows = 1;
	for (uint32_t n = 0; n <= rows; n++) {
		flow_world_close(w);
		rows = take_row(w, STATE_REGISTER, n < rows ? n : EVERYTHING);
		flow_world_open(w);
		assert_int_equal(rows, 4); // genesis, two partners, a convenant
		assert_int_equal(w->core->scrub.state_replays, 1);
		assert_true(hash_equal(&w->core->registry.head, &head));
		assert_int_equal(w->core->registry.leaves, rows);
		assert_true(w->core->generation == generation && generation > 0);
	}
	struct flow_sent *melding = flow_melding(w, POLITIE, &one_person);
	flow_send_one(w, melding);
	flow_accepted(w, POLITIE, melding);
}

static void a_revocation_that_state_lost_is_in_force_after_the_start(void **state)
{
	struct flow_world *w = *state;
	flow_revoke(w, POLITIE);
	flow_world_close(w);
	assert_int_equal(take_row(w, STATE_REGISTER, 4), 5);
	flow_world_open(w);
	struct flow_sent *melding = flow_melding(w, POLITIE, &one_person);
	flow_send_one(w, melding);
	flow_refused(w, POLITIE, melding, REASON_REVOKED_KEY);
}

static uint64_t erase(struct flow_world *w, uint64_t index, const struct hash *header)
{
	struct wissing_opdracht opdracht = {
		.melding = index, .header_hash = *header, .grond = GROND};
	struct buffer out;
	uint64_t begun;
	buffer_init(&out, WISSING_OPDRACHT_MAX);
	assert_int_equal(wissing_opdracht_write(&opdracht, &out), RESULT_OK);
	struct hash object = sha256(buffer_view(&out));
	const struct signed_statement acts[] = {flow_act(w, &w->beheerder, WISSING_SOORT, &object),
						flow_act(w, &w->officer, WISSING_SOORT, &object)};
	struct wissing_request request = {buffer_view(&out), acts, COUNT_OF(acts)};
	assert_int_equal(flow_wissing(w->core, &request, &begun, &w->problem), RESULT_OK);
	buffer_done(&out);
	return begun;
}

static void copy_file(const char *from, const char *to)
{
	struct buffer file;
	buffer_init(&file, 64u << 20);
	assert_int_equal(file_read(from, 64u << 20, &file), RESULT_OK);
	assert_int_equal(file_replace(to, buffer_view(&file), 0600), RESULT_OK);
	buffer_wipe(&file);
}

// The keystore is one that was put back, and of the order state shows nothing.
static void an_order_to_erase_that_state_lost_is_carried_out_by_the_start(void **state)
{
	struct flow_world *w = *state;
	const char *keystore = temporary_path(w->folder, "data/keystore");
	const char *kept = temporary_path(w->folder, "keystore-of-before");
	struct recalled recalled;
	struct flow_sent *melding = flow_melding(w, POLITIE, &one_person);
	flow_send_one(w, melding);
	uint64_t index = flow_accepted(w, POLITIE, melding);
	copy_file(keystore, kept);
	erase(w, index, &melding->about);
	flow_world_close(w);
	copy_file(kept, keystore);
	assert_int_equal(take_row(w, STATE_WISSING, EVERYTHING), 1);
	flow_world_open(w);
	assert_int_equal(w->core->scrub.state_replays, 1);
	assert_int_equal(
		recall_entry(w->core, index, RECALL_PARTS_AND_CONTENT, w->arena, &recalled),
		RESULT_OK);
	assert_false(recalled.has_content);
}

// ---- pages that changed --------------------------------------------------------------------

enum verdict { OPENED, OPENED_AFTER_CRASHES };
#define EXIT_OPENED 40 // no sanitizer ends a process with these
#define EXIT_REFUSED 41

static void flip(const char *path, off_t at, uint8_t mask)
{
	uint8_t byte;
	int fd = open(path, O_RDWR | O_CLOEXEC);
	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte ^= mask;
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	close(fd);
}

// Opens core as a process of its own, as the parent does: after crashes with a state that is new.
static int open_apart(struct flow_world *w, bool after_crashes)
{
	static const int caught[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL}; // by the test framework
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(EXIT_REFUSED);
		for (size_t i = 0; i < COUNT_OF(caught); i++)
			signal(caught[i], SIG_DFL);
		enum result r = flow_world_try_open(w, after_crashes);
		bool right =
			!r && w->core->registry.leaves == 4 && state_position(w->core->state) == 5;
		_exit(right ? EXIT_OPENED : EXIT_REFUSED);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void no_damage_to_a_page_header_of_state_refuses_the_start(void **state)
{
	struct flow_world *w = *state;
	const char *path = state_file(w), *kept = temporary_path(w->folder, "state-of-before");
	static const uint8_t masks[] = {0x02, 0x10, 0x80};
	unsigned verdicts[3] = {0};
	struct stat st;
	flow_world_close(w);
	copy_file(path, kept);
	assert_int_equal(stat(path, &st), 0);
	for (off_t page = 2; page < st.st_size / PAGE; page++)
		for (off_t at = page % 2 ? 8 : 9; at < 20; at += 2) {
			copy_file(kept, path);
			flip(path, page * PAGE + at, masks[(page + at) % COUNT_OF(masks)]);
			enum verdict verdict = OPENED;
			int found = open_apart(w, false);
			if (found != EXIT_OPENED &&
			    found != EXIT_REFUSED) { // a crash, or a sanitizer that speaks of one
				verdict = OPENED_AFTER_CRASHES;
				found = open_apart(w, true);
			}
			if (found != EXIT_OPENED)
				fail_msg("page %ld, byte %ld: the start is refused", (long)page,
					 (long)at);
			verdicts[verdict]++;
		}
	print_message("%u opened, %u after crashes\n", verdicts[OPENED],
		      verdicts[OPENED_AFTER_CRASHES]);
	assert_true(verdicts[OPENED] > 20);
	copy_file(kept, path);
	flow_world_open(w);
}

// LMDB's two pages of what is where: of each a header, then 24 bytes, then the list of free pages
// as a table of 48, whose last 8 are its root; its transaction comes after two such tables.
#define META_ROOT (16 + 24 + 40)
#define META_TXN (16 + 24 + 2 * 48 + 8)
#define PAGE_FLAGS 10
#define PAGE_LEAF 0x02

static off_t free_list_page(const char *path)
{
	uint64_t txn[2], root[2];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	for (off_t n = 0; n < 2; n++) {
		assert_int_equal(pread(fd, &root[n], 8, n * PAGE + META_ROOT), 8);
		assert_int_equal(pread(fd, &txn[n], 8, n * PAGE + META_TXN), 8);
	}
	close(fd);
	return (off_t)root[txn[1] > txn[0]];
}

// While core runs: the rows themselves are whole, so only a flush meets it.
static void a_damaged_list_of_free_pages_costs_a_replay_and_no_flush_that_fails_for_ever(
	void **state)
{
	struct flow_world *w = *state;
	const char *path = state_file(w);
	assert_int_equal(state_flush(w->core->state), RESULT_OK);
	struct flow_sent *melding = flow_melding(w, POLITIE, &one_person);
	flow_send_one(w, melding);
	uint64_t index = flow_accepted(w, POLITIE, melding);
	flip(path, free_list_page(path) * PAGE + PAGE_FLAGS, PAGE_LEAF);
	assert_int_not_equal(state_flush(w->core->state), RESULT_OK);
	assert_int_equal(core_scrub(w->core, 0), RESULT_OK);
	assert_int_equal(w->core->scrub.state_replays, 1);
	assert_int_equal(state_flush(w->core->state), RESULT_OK);
	flow_send_one(w, melding);
	assert_int_equal(flow_accepted(w, POLITIE, melding), index);
}

// ---- a disk that refuses -------------------------------------------------------------------

static bool mark_fails;

enum result __real_file_replace(const char *path, struct bytes data, unsigned mode);
enum result __wrap_file_replace(const char *path, struct bytes data, unsigned mode);
enum result __wrap_file_replace(const char *path, struct bytes data, unsigned mode)
{
	const char *name = strrchr(path, '/');
	if (mark_fails && name && strcmp(name, "/boot") == 0)
		return RESULT_IO;
	return __real_file_replace(path, data, mode);
}

static void a_boot_mark_that_the_disk_refuses_costs_the_start_and_no_state(void **state)
{
	struct flow_world *w = *state;
	flow_world_close(w);
	ino_t before = identity_of(state_file(w));
	mark_fails = true;
	assert_int_equal(flow_world_try_open(w, false), RESULT_IO);
	mark_fails = false;
	assert_string_equal(w->problem.code, "io");
	assert_string_equal(w->problem.file, temporary_path(w->folder, "data/boot"));
	flow_world_close(w);
	assert_int_equal(identity_of(state_file(w)), before);
	flow_world_open(w);
	assert_int_equal(identity_of(state_file(w)), before);
	assert_int_equal(state_position(w->core->state), 5);
}

// The n-th call of a start fails; false when it makes no so many.
static bool start_while_failing(struct flow_world *w, unsigned n, int error)
{
	const char *data = temporary_path(w->folder, "data/");
	flow_world_close(w);
	fault_arm(n, error == EIO ? FAULT_ANY : FAULT_WRITE, error, false);
	enum result r = flow_world_try_open(w, false);
	bool hit = fault_disarm();
	if (!r)
		return hit;
	const struct problem *problem = &w->problem;
	if (error == EIO || strcmp(problem->code, "io") == 0) { // a half-written page of LMDB
		assert_string_equal(problem->code, "io");
		assert_non_null(strstr(problem->fix, "journalctl -k"));
	} else {
		assert_string_equal(problem->code, "full");
		assert_non_null(strstr(problem->fix, "Make room"));
	}
	if (strncmp(problem->file, data, strlen(data)) != 0)
		fail_msg("call %u: file %s, %s", n, problem->file, problem->message);
	return hit;
}

static void a_start_that_the_disk_refuses_says_which_file_and_what_to_do(void **state)
{
	struct flow_world *w = *state;
	static const int errors[] = {EIO, ENOSPC};
	for (size_t i = 0; i < COUNT_OF(errors); i++) {
		unsigned n = 1;
		while (start_while_failing(w, n, errors[i]))
			n++;
		assert_in_range(n, 5, 100);
	}
	assert_non_null(w->core->state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define OPEN_TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
		OPEN_TEST(a_register_row_that_went_is_replayed_from_the_log),
		OPEN_TEST(a_revocation_that_state_lost_is_in_force_after_the_start),
		OPEN_TEST(an_order_to_erase_that_state_lost_is_carried_out_by_the_start),
		OPEN_TEST(no_damage_to_a_page_header_of_state_refuses_the_start),
		OPEN_TEST(
			a_damaged_list_of_free_pages_costs_a_replay_and_no_flush_that_fails_for_ever),
		OPEN_TEST(a_boot_mark_that_the_disk_refuses_costs_the_start_and_no_state),
		OPEN_TEST(a_start_that_the_disk_refuses_says_which_file_and_what_to_do),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
