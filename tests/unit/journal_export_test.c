// SPDX-License-Identifier: EUPL-1.2
#include "unit.h"

#include "journal/journal.h"

#include "audit/verify.h"
#include "base/file.h"
#include "faults.h"
#include "journal_fixture.h"
#include "testexport.h"

#include <errno.h>

static enum result export_to(struct fixture *f, const char *folder, const struct testlog *log)
{
	struct buffer note;
	testlog_sign(log, &note);
	const struct journal_export export = {
		.folder = folder,
		.size = log->frontier.size,
		.note = buffer_view(&note),
		.keys = &log->keys,
	};
	enum result result = journal_export_tiles(f->journal, &export);
	buffer_done(&note);
	return result;
}

static struct verify_outcome verify(const char *folder, const char *last)
{
	const struct verify_options options = {.folder = folder, .last_file = last};
	struct verify_outcome outcome;
	assert_int_equal(verify_log(&options, &outcome), RESULT_OK);
	if (!outcome.intact)
		print_message("%s: %s\n", outcome.file, outcome.what);
	return outcome;
}

static unsigned files_seen; // nftw hands nothing through

static int count_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)path;
	(void)st;
	(void)ftw;
	files_seen += type == FTW_F;
	return 0;
}

static unsigned count_files(const char *folder)
{
	char tiles[400];
	snprintf(tiles, sizeof tiles, "%s/tile", folder);
	files_seen = 0;
	(void)nftw(tiles, count_file, 16, FTW_PHYS); // an empty log has no tiles
	return files_seen;
}

static bool same_file(const char *a_folder, const char *b_folder, const char *name)
{
	char a[600], b[600];
	struct buffer x, y;
	buffer_init(&x, 100000);
	buffer_init(&y, 100000);
	snprintf(a, sizeof a, "%s/%s", a_folder, name);
	snprintf(b, sizeof b, "%s/%s", b_folder, name);
	bool same = file_read(a, 100000, &x) == RESULT_OK &&
		    file_read(b, 100000, &y) == RESULT_OK &&
		    bytes_equal(buffer_view(&x), buffer_view(&y));
	buffer_done(&x);
	buffer_done(&y);
	return same;
}

// Against the folder as the definition of tlog-tiles has it.
static void assert_is_export(struct fixture *f, const char *folder, size_t size)
{
	char name[TILE_NAME_MAX];
	struct testexport want;
	snprintf(name, sizeof name, "want-%zu", size);
	testexport_init(&want, f->t, name, size);
	testexport_put_all(&want);
	assert_true(same_file(folder, want.folder, "checkpoint"));
	assert_true(same_file(folder, want.folder, "log.vkey"));
	unsigned files = 0, width;
	for (int level = -1; level < 8; level++) {
		uint64_t count = tile_count(level, size, &width);
		for (uint64_t n = 0; n < count; n++, files++) {
			tile_name(name, level, n, n + 1 == count ? width : 256);
			assert_true(same_file(folder, want.folder, name));
		}
	}
	assert_int_equal(count_files(folder), files); // and none of an older checkpoint
	testexport_done(&want);
}

static void an_export_is_what_tlog_tiles_says_and_grows_with_the_log(void **state)
{
	struct fixture *f = *state;
	static const size_t sizes[] = {0, 1, 2, 255, 256, 257, 300, 512, 513};
	const char *folder = temporary_path(f->t, "export");
	const char *last = temporary_path(f->t, "seen");
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		while (f->log.frontier.size < sizes[i]) {
			uint64_t left = sizes[i] - f->log.frontier.size;
			append_ok(f, left < BATCH_MAX ? left : BATCH_MAX);
		}
		assert_int_equal(export_to(f, folder, &f->log), RESULT_OK);
		assert_is_export(f, folder, sizes[i]);
		struct verify_outcome outcome = verify(folder, last);
		assert_true(outcome.intact);
		assert_true(outcome.extends == (i > 0));
	}
}

static void an_older_size_may_be_exported_to_a_folder_of_its_own(void **state)
{
	struct fixture *f = *state;
	append_ok(f, 100);
	struct testlog older = f->log;
	append_ok(f, 200);
	const char *folder = temporary_path(f->t, "export");
	assert_int_equal(export_to(f, folder, &older), RESULT_OK);
	assert_is_export(f, folder, 100);
	assert_int_equal(export_to(f, folder, &f->log), RESULT_OK);
	assert_int_equal(export_to(f, folder, &older), RESULT_CONFLICT); // never back
	assert_is_export(f, folder, 300);
}

static void what_is_there_and_equal_is_left_alone(void **state)
{
	struct fixture *f = *state;
	append_ok(f, 256);
	append_ok(f, 44);
	const char *folder = temporary_path(f->t, "export");
	assert_int_equal(export_to(f, folder, &f->log), RESULT_OK);
	fault_arm(1, FAULT_ANY, EIO, true);
	enum result result = export_to(f, folder, &f->log);
	assert_false(fault_disarm()); // nothing was written at all
	assert_int_equal(result, RESULT_OK);
}

static void a_tile_that_differs_is_never_overwritten(void **state)
{
	struct fixture *f = *state;
	append_ok(f, 256);
	append_ok(f, 44);
	const char *folder = temporary_path(f->t, "export");
	static const char *const names[] = {
		"tile/0/000",       "tile/0/001.p/44",       "tile/1/000.p/1",
		"tile/entries/000", "tile/entries/001.p/44", "log.vkey"};
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		char path[600];
		struct buffer kept;
		buffer_init(&kept, 100000);
		assert_int_equal(export_to(f, folder, &f->log), RESULT_OK);
		snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		assert_int_equal(file_read(path, 100000, &kept), RESULT_OK);
		kept.data[3] ^= 1;
		assert_int_equal(file_replace(path, buffer_view(&kept), 0600), RESULT_OK);
		assert_int_equal(export_to(f, folder, &f->log), RESULT_CONFLICT);
		assert_false(verify(folder, NULL).intact);
		assert_int_equal(unlink(path), 0); // what the beheerder does about it
		buffer_done(&kept);
	}
	assert_int_equal(export_to(f, folder, &f->log), RESULT_OK);
	assert_is_export(f, folder, 300);
}

static void a_note_that_is_not_of_this_log_is_not_exported(void **state)
{
	struct fixture *f = *state;
	append_ok(f, 20);
	const char *folder = temporary_path(f->t, "export");
	struct testlog other = f->log;
	struct log_keys strangers = f->log.keys;
	uint8_t entry[ENTRY_LEN];
	strangers.keys[0].vkey.key_hash[0] ^= 1;
	testlog_next(&other, entry);
	assert_int_equal(export_to(f, folder, &other), RESULT_NOT_FOUND); // beyond the end
	other = f->log;
	struct buffer note;
	testlog_sign(&other, &note);
	struct journal_export export = {folder, 19, buffer_view(&note), &other.keys};
	assert_int_equal(journal_export_tiles(f->journal, &export), RESULT_CONFLICT);
	export = (struct journal_export){folder, 20, bytes_of_text("no note"), &other.keys};
	assert_int_equal(journal_export_tiles(f->journal, &export), RESULT_MALFORMED);
	export = (struct journal_export){folder, 20, buffer_view(&note), &strangers};
	assert_int_equal(journal_export_tiles(f->journal, &export), RESULT_BAD_SIGNATURE);
	buffer_done(&note);
	// Another root of the same size: refused before anything is written.
	other.frontier.peaks[2].b[0] ^= 1;
	assert_int_equal(export_to(f, folder, &other), RESULT_CONFLICT);
	assert_int_not_equal(access(folder, F_OK), 0);
	assert_int_equal(export_to(f, folder, &f->log), RESULT_OK);
	assert_is_export(f, folder, 20);
}

static void the_folder_of_another_log_is_not_carried_on(void **state)
{
	struct fixture *f = *state;
	append_ok(f, 20);
	struct testexport other;
	testexport_init(&other, f->t, "other", 10);
	other.entries[4][70] ^= 1;
	testexport_put_all(&other);
	// Signed by the same key, and not a tile in common: only the older root tells.
	assert_int_equal(export_to(f, other.folder, &f->log), RESULT_CONFLICT);
	assert_int_equal(verify(other.folder, NULL).size, 10);
	assert_int_equal(count_files(other.folder), 2); // nothing was written beside it
	testexport_put(other.folder, "checkpoint", bytes_of_text("of something else\n"));
	assert_int_equal(export_to(f, other.folder, &f->log), RESULT_CONFLICT);
	testexport_done(&other);
}

// Every call of an export fails in turn: the folder stays that of the older checkpoint or becomes
// that of the newer one, and the next export finishes it.
static void an_export_that_fails_leaves_a_folder_that_verifies(void **state)
{
	struct fixture *f = *state;
	static const int errors[] = {ENOSPC, EIO};
	append_ok(f, 256);
	append_ok(f, 14);
	struct testlog older = f->log;
	append_ok(f, 243); // 513
	for (size_t i = 0; i < 2; i++) {
		bool hit = true;
		for (unsigned n = 1; hit; n++) {
			char name[32];
			snprintf(name, sizeof name, "export-%zu-%u", i, n);
			const char *folder = temporary_path(f->t, name);
			assert_int_equal(export_to(f, folder, &older), RESULT_OK);
			fault_arm(n, FAULT_ANY, errors[i], false);
			enum result result = export_to(f, folder, &f->log);
			hit = fault_disarm();
			assert_true(result == RESULT_OK || hit);
			assert_true(verify(folder, NULL).intact);
			assert_int_equal(export_to(f, folder, &f->log), RESULT_OK);
			struct verify_outcome outcome = verify(folder, NULL);
			assert_true(outcome.intact);
			assert_int_equal(outcome.size, 513);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define JOURNAL_TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
		JOURNAL_TEST(an_export_is_what_tlog_tiles_says_and_grows_with_the_log),
		JOURNAL_TEST(an_older_size_may_be_exported_to_a_folder_of_its_own),
		JOURNAL_TEST(what_is_there_and_equal_is_left_alone),
		JOURNAL_TEST(a_tile_that_differs_is_never_overwritten),
		JOURNAL_TEST(a_note_that_is_not_of_this_log_is_not_exported),
		JOURNAL_TEST(the_folder_of_another_log_is_not_carried_on),
		JOURNAL_TEST(an_export_that_fails_leaves_a_folder_that_verifies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
