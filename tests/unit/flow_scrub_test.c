// SPDX-License-Identifier: EUPL-1.2
// What the scrub sees of the log's own pages and of its tree: before a write goes by a page that
// changed, and in nodes that no entry is read by.
#include "flow_world.h"

#include "flow_convenanten.h"

#include <fcntl.h>
#include <unistd.h>

#define PAGE 4096
#define UPPER_AT 14 // in a page: where the next row would end
#define ENTRIES 0   // tables of the log, as journal.h lists them
#define PARTS 1
#define TREE_LEVEL 2

static const char text[] = FLOW_HEAD("stroom")
	FLOW_PARTIJEN FLOW_VERSTREK("gewoon", "", AAN_WMO, "kenmerken, identificatie, bsn");
static const struct flow_case one_person = {
	.count = 1,
	.persons = {{.rol = "slachtoffer", .bsn = "999990342", .geslachtsnaam = "Een"}}};

static unsigned unread; // so many looks at pages fail

enum result __real_journal_check_pages(struct journal *journal, struct store_walk *walk,
				       size_t pages);
enum result __wrap_journal_check_pages(struct journal *journal, struct store_walk *walk,
				       size_t pages);
enum result __wrap_journal_check_pages(struct journal *journal, struct store_walk *walk,
				       size_t pages)
{
	if (unread == 0)
		return __real_journal_check_pages(journal, walk, pages);
	unread--;
	return RESULT_IO;
}

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_convenant(w, text);
	for (int i = 0; i < 8; i++)
		flow_send_one(w, flow_melding(w, POLITIE, &one_person));
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	flow_world_free(*state);
	return 0;
}

static void change(struct flow_world *w, off_t at, const void *bytes, size_t len)
{
	int fd = open(temporary_path(w->folder, "data/log/data.mdb"), O_WRONLY | O_CLOEXEC);
	assert_int_equal(pwrite(fd, bytes, len, at), len);
	close(fd);
}

// As if a bit of where there is room had flipped: 64 bytes that are in use are taken for free.
static void move_upper(struct flow_world *w, uint64_t page)
{
	uint16_t upper;
	off_t at = (off_t)(page * PAGE + UPPER_AT);
	int fd = open(temporary_path(w->folder, "data/log/data.mdb"), O_RDONLY | O_CLOEXEC);
	assert_int_equal(pread(fd, &upper, sizeof upper, at), sizeof upper);
	close(fd);
	upper = (uint16_t)(upper ^ 64);
	change(w, at, &upper, sizeof upper);
}

// The first or the last page of rows of a table.
static uint64_t page_of(struct flow_world *w, unsigned table, bool last)
{
	struct store_walk walk = {.table = 0};
	uint64_t found = 0;
	enum result r = RESULT_OK;
	while (!r) {
		unsigned in = walk.table;
		r = journal_check_pages(w->core->journal, &walk, 1);
		if (in == table && (found == 0 || last))
			found = walk.bad;
	}
	assert_int_equal(r, RESULT_NOT_FOUND);
	assert_int_not_equal(found, 0);
	return found;
}

static void scrub_all(struct core *core)
{
	core->scrub.log_done = 0;
	for (int64_t ms = core->scrub.next_step; core->scrub.log_done == 0; ms += 1000)
		assert_int_equal(core_scrub(core, ms), RESULT_OK);
}

static void a_page_that_would_be_written_next_ends_all_writing(void **state)
{
	struct flow_world *w = *state;
	scrub_all(w->core);
	assert_int_equal(w->core->scrub.damaged_pages + w->core->scrub.damaged, 0);
	move_upper(w, page_of(w, ENTRIES, true));
	scrub_all(w->core);
	assert_int_equal(w->core->scrub.damaged_pages, 1);
	assert_true(w->core->readonly);
	assert_string_equal(w->core->readonly_why, "damaged-page");
	uint64_t size = journal_size(w->core->journal), bad;
	struct flow_sent *melding = flow_melding(w, POLITIE, &one_person);
	flow_send_one(w, melding);
	flow_told_again(w, POLITIE, melding, REASON_READONLY);
	assert_int_equal(journal_size(w->core->journal), size);
	assert_int_equal(journal_check(w->core->journal, 0, &bad), RESULT_OK); // nothing went
	// Nor does it start on it again.
	flow_world_close(w);
	assert_int_equal(flow_world_try_open(w, false), RESULT_DAMAGED);
	assert_non_null(w->problem.code);
	assert_non_null(strstr(w->problem.file, "/log"));
}

static void a_page_that_is_not_written_is_told_and_ends_nothing(void **state)
{
	struct flow_world *w = *state;
	assert_int_not_equal(page_of(w, PARTS, false), page_of(w, PARTS, true));
	move_upper(w, page_of(w, PARTS, false));
	scrub_all(w->core);
	assert_int_equal(w->core->scrub.damaged_pages, 1);
	assert_int_equal(w->core->scrub.damaged, 0);
	assert_false(w->core->readonly);
	core_look(w->core, time_now(w->core));
	const char *status = flow_control(w, "status\n");
	assert_non_null(strstr(status, "alarm damaged-entry "));
	assert_non_null(strstr(status, "pages=1"));
	struct flow_sent *melding = flow_melding(w, POLITIE, &one_person);
	flow_send_one(w, melding);
	flow_accepted(w, POLITIE, melding);
}

static bool alarmed(struct flow_world *w, const char *line)
{
	core_look(w->core, time_now(w->core));
	return strstr(flow_control(w, "status\n"), line) != NULL;
}

static void what_cannot_be_read_is_told_until_all_of_it_was(void **state)
{
	struct flow_world *w = *state;
	const char *line = "pages of the log, ";
	unread = 5;
	scrub_all(w->core);
	assert_int_equal(unread, 0);
	assert_int_equal(w->core->scrub.damaged_pages + w->core->scrub.damaged, 0);
	assert_true(alarmed(w, "alarm scrub-failing ") && alarmed(w, line));
	scrub_all(w->core);
	assert_false(alarmed(w, "alarm scrub-failing "));
}

// Entries are proven by the node above them only; what stands higher is part of proofs.
static void a_node_of_the_tree_that_changed_is_named(void **state)
{
	struct flow_world *w = *state;
	struct tree_reader reader = journal_tree(w->core->journal);
	struct hash node;
	uint8_t page[PAGE];
	assert_int_equal(reader.read(reader.context, TREE_LEVEL, 1, &node), RESULT_OK);
	int fd = open(temporary_path(w->folder, "data/log/data.mdb"), O_RDWR | O_CLOEXEC);
	unsigned changed = 0;
	for (off_t at = 0; pread(fd, page, PAGE, at) == PAGE; at += PAGE) {
		uint8_t *found = memmem(page, PAGE, node.b, sizeof node.b);
		if (!found)
			continue;
		*found ^= 1;
		assert_int_equal(pwrite(fd, page, PAGE, at), PAGE);
		changed++;
	}
	close(fd);
	assert_true(changed > 0);
	scrub_all(w->core);
	assert_int_equal(w->core->scrub.damaged_pages, 0);
	assert_true(w->core->scrub.damaged > 0);
	assert_int_equal(w->core->scrub.first_damaged, 7); // entries 4 to 7 lie below it
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define SCRUB_TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
		SCRUB_TEST(a_page_that_would_be_written_next_ends_all_writing),
		SCRUB_TEST(a_page_that_is_not_written_is_told_and_ends_nothing),
		SCRUB_TEST(what_cannot_be_read_is_told_until_all_of_it_was),
		SCRUB_TEST(a_node_of_the_tree_that_changed_is_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
