// SPDX-License-Identifier: EUPL-1.2
// No page of LMDB has a checksum: what changed in the file must be noticed by us.
#include "unit.h"

#include "journal/journal.h"

#include "journal_fixture.h"
#include "store/store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define ENTRIES 61

struct image {
	uint8_t *data;
	size_t len;
};

static const char *data_path(struct fixture *f)
{
	return temporary_path(f->t, "log/data.mdb");
}

static struct image read_image(struct fixture *f)
{
	struct stat st;
	int fd = open(data_path(f), O_RDONLY | O_CLOEXEC);
	assert_int_equal(fstat(fd, &st), 0);
	struct image image = {.data = malloc((size_t)st.st_size), .len = (size_t)st.st_size};
	assert_int_equal(read(fd, image.data, image.len), image.len);
	close(fd);
	return image;
}

static void change_byte(struct fixture *f, size_t at, uint8_t mask)
{
	uint8_t byte;
	int fd = open(data_path(f), O_RDWR | O_CLOEXEC);
	assert_int_equal(pread(fd, &byte, 1, (off_t)at), 1);
	byte ^= mask;
	assert_int_equal(pwrite(fd, &byte, 1, (off_t)at), 1);
	close(fd);
}

// Where these bytes stand in the newest copy of their page: LMDB writes a changed page elsewhere
// and leaves the old one, so the journal is filled in one batch.
static size_t find(const struct image *image, struct bytes needle)
{
	uint8_t *found = memmem(image->data, image->len, needle.data, needle.len);
	assert_non_null(found);
	size_t at = (size_t)(found - image->data), rest = image->len - at - 1;
	assert_null(memmem(found + 1, rest, needle.data, needle.len));
	return at;
}

static void fill(struct fixture *f)
{
	append_ok(f, ENTRIES);
	close_journal(f);
}

static void entry_at(struct fixture *f, uint64_t index, uint8_t out[ENTRY_LEN])
{
	struct testlog again;
	testlog_init(&again);
	for (uint64_t i = 0; i <= index; i++)
		testlog_next(&again, out);
	(void)f;
}

static void any_changed_byte_of_an_entry_is_damage(void **state)
{
	struct fixture *f = *state;
	fill(f);
	struct image image = read_image(f);
	static const uint64_t indices[] = {0, 33, ENTRIES - 2};
	for (size_t i = 0; i < COUNT_OF(indices); i++) {
		uint8_t entry[ENTRY_LEN];
		entry_at(f, indices[i], entry);
		size_t at = find(&image, bytes_make(entry, ENTRY_LEN));
		for (size_t offset = 0; offset < ENTRY_LEN; offset++) {
			uint64_t index = 999;
			change_byte(f, at + offset, 0x04);
			open_journal(f);
			assert_int_equal(journal_read(f->journal, indices[i], entry, NULL, NULL),
					 RESULT_DAMAGED);
			assert_int_equal(journal_check(f->journal, 0, &index), RESULT_DAMAGED);
			// An even entry is checked with the odd one after it, unless its own
			// shape or order tells.
			assert_true(index == indices[i] || index == (indices[i] | 1));
			close_journal(f);
			change_byte(f, at + offset, 0x04);
		}
	}
	open_journal(f);
	assert_checks(f);
	free(image.data);
}

static void a_damaged_log_is_not_exported(void **state)
{
	struct fixture *f = *state;
	fill(f);
	struct image image = read_image(f);
	struct buffer note;
	uint8_t entry[ENTRY_LEN];
	entry_at(f, 33, entry);
	change_byte(f, find(&image, bytes_make(entry, ENTRY_LEN)) + 60, 0x04);
	open_journal(f);
	testlog_sign(&f->log, &note);
	const struct journal_export export = {temporary_path(f->t, "export"), ENTRIES,
					      buffer_view(&note), &f->log.keys};
	assert_int_equal(journal_export_tiles(f->journal, &export), RESULT_DAMAGED);
	assert_int_not_equal(access(temporary_path(f->t, "export/checkpoint"), F_OK), 0);
	buffer_done(&note);
	free(image.data);
}

// The last entry of an odd log has no node above it: the root that the journal then has differs
// from every checkpoint, which is what the guard is for.
static void a_changed_last_entry_changes_the_root(void **state)
{
	struct fixture *f = *state;
	fill(f);
	struct image image = read_image(f);
	uint8_t entry[ENTRY_LEN];
	entry_at(f, ENTRIES - 1, entry);
	size_t at = find(&image, bytes_make(entry, ENTRY_LEN));
	change_byte(f, at + 79, 0x04);
	open_journal(f);
	struct hash got = journal_root(f->journal), want = frontier_root(&f->log.frontier);
	assert_false(hash_equal(&got, &want));
	close_journal(f);
	change_byte(f, at + 79, 0x04);
	change_byte(f, at + 5, 0x40); // its class: no entry at all
	assert_int_equal(journal_open(f->folder, MAP, f->keystore, false, &f->journal),
			 RESULT_DAMAGED);
	free(image.data);
}

static void a_changed_node_is_damage(void **state)
{
	struct fixture *f = *state;
	fill(f);
	open_journal(f);
	struct tree_reader reader = journal_tree(f->journal);
	struct hash node;
	assert_int_equal(reader.read(reader.context, 3, 2, &node), RESULT_OK); // entries 16..23
	close_journal(f);
	struct image image = read_image(f);
	size_t at = find(&image, bytes_of_hash(&node));
	for (size_t offset = 0; offset < 32; offset++) {
		uint64_t index;
		change_byte(f, at + offset, 0x01);
		open_journal(f);
		assert_int_equal(journal_check(f->journal, 0, &index), RESULT_DAMAGED);
		assert_int_equal(index, 23);
		// From 24 it is part of the edge, and the node above it tells.
		assert_int_equal(journal_check(f->journal, 24, &index), RESULT_DAMAGED);
		assert_int_equal(index, 31);
		assert_int_equal(journal_check(f->journal, 32, &index), RESULT_OK);
		close_journal(f);
		change_byte(f, at + offset, 0x01);
	}
	free(image.data);
}

static void sealed_row(struct fixture *f, const char *table, uint64_t index, struct buffer *ret_row)
{
	const char *const tables[] = {table, NULL};
	const struct store_options options = {
		.map_bytes = MAP, .tables = tables, .durable = true, .read_only = true};
	struct store *store = NULL;
	struct store_txn *txn = NULL;
	struct bytes value;
	uint8_t key[8];
	put_u64be(key, index);
	assert_int_equal(store_open(f->folder, &options, &store), RESULT_OK);
	assert_int_equal(store_begin(store, false, &txn), RESULT_OK);
	assert_int_equal(store_get(txn, 0, bytes_make(key, 8), &value), RESULT_OK);
	buffer_init(ret_row, 10000);
	buffer_append(ret_row, value);
	store_abort(txn);
	store_close(store);
}

static void any_changed_byte_of_a_sealed_value_is_damage(void **state)
{
	struct fixture *f = *state;
	static const char *const tables[] = {"parts", "content"};
	fill(f);
	struct image image = read_image(f);
	for (size_t i = 0; i < 2; i++) {
		struct buffer row, parts, content;
		sealed_row(f, tables[i], 21, &row);
		size_t at = find(&image, buffer_view(&row));
		buffer_init(&parts, 10000);
		buffer_init(&content, 10000);
		for (size_t offset = 0; offset < row.len; offset++) {
			uint8_t entry[ENTRY_LEN];
			change_byte(f, at + offset, 0x20);
			open_journal(f);
			assert_int_equal(journal_read(f->journal, 21, entry, &parts, &content),
					 RESULT_DAMAGED);
			assert_int_equal(journal_read(f->journal, 22, entry, &parts, &content),
					 RESULT_OK);
			close_journal(f);
			change_byte(f, at + offset, 0x20);
		}
		buffer_done(&row);
		buffer_done(&parts);
		buffer_done(&content);
	}
	free(image.data);
}

static void write_meta(struct fixture *f, const char *key, uint32_t value)
{
	static const char *const tables[] = {"meta", NULL};
	const struct store_options options = {.map_bytes = MAP, .tables = tables, .durable = true};
	struct store *store = NULL;
	struct store_txn *txn = NULL;
	uint8_t bytes[4];
	put_u32be(bytes, value);
	assert_int_equal(store_open(f->folder, &options, &store), RESULT_OK);
	assert_int_equal(store_begin(store, true, &txn), RESULT_OK);
	if (value == 0)
		store_del(txn, 0, bytes_of_text(key));
	else
		store_put(txn, 0, bytes_of_text(key), bytes_make(bytes, 4));
	assert_int_equal(store_commit(txn), RESULT_OK);
	store_close(store);
}

static void a_newer_disk_format_is_refused(void **state)
{
	struct fixture *f = *state;
	fill(f);
	write_meta(f, "format", 2);
	assert_int_equal(journal_open(f->folder, MAP, f->keystore, false, &f->journal),
			 RESULT_UNSUPPORTED);
	write_meta(f, "format", 1);
	open_journal(f);
	assert_is_log(f);
}

static void a_create_that_was_cut_off_is_finished(void **state)
{
	struct fixture *f = *state;
	close_journal(f);
	write_meta(f, "format", 0);
	assert_int_equal(journal_open(f->folder, MAP, f->keystore, false, &f->journal),
			 RESULT_NOT_FOUND);
	assert_int_equal(journal_create(f->folder, MAP), RESULT_OK);
	open_journal(f);
	append_ok(f, 3);
}

enum verdict { VERDICT_HARMLESS, VERDICT_NOTICED, VERDICT_WRONG };

// Reads all there is. Another root or size is what the guard notices.
static enum verdict look_at_all(struct fixture *f)
{
	struct hash got, want = frontier_root(&f->log.frontier);
	struct buffer parts, content;
	uint64_t index;
	if (journal_open(f->folder, MAP, f->keystore, true, &f->journal) != RESULT_OK)
		return VERDICT_NOTICED;
	got = journal_root(f->journal);
	if (journal_size(f->journal) != ENTRIES || !hash_equal(&got, &want) ||
	    journal_check(f->journal, 0, &index) != RESULT_OK)
		return VERDICT_NOTICED;
	buffer_init(&parts, 10000);
	buffer_init(&content, 10000);
	for (uint64_t i = 0; i < ENTRIES; i++) {
		uint8_t entry[ENTRY_LEN], right[ENTRY_LEN];
		char text[200];
		if (journal_read(f->journal, i, entry, &parts, &content) != RESULT_OK)
			return VERDICT_NOTICED;
		entry_at(f, i, right);
		if (memcmp(entry, right, ENTRY_LEN) != 0 ||
		    !bytes_equal(buffer_view(&parts), parts_text(i, text)))
			return VERDICT_WRONG;
		// A content row that is lost without a trace is only missed by who knows of it.
		if (!bytes_equal(buffer_view(&content), content_text(i, text)))
			return content.len == 0 ? VERDICT_NOTICED : VERDICT_WRONG;
	}
	return VERDICT_HARMLESS;
}

// In children, as a start does: damage of LMDB's own pages may crash them, and never gives a wrong
// value as a right one.
static void any_changed_byte_of_the_file_is_noticed_or_harmless(void **state)
{
	struct fixture *f = *state;
	fill(f);
	struct image image = read_image(f);
	unsigned verdicts[3] = {0}, crashed = 0;
	for (size_t at = 8192 + 5; at < image.len; at += 1 + image.len / 300) {
		change_byte(f, at, 0x08);
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			// LMDB and sanitizers have their last word on stderr.
			if (!freopen("/dev/null", "w", stderr))
				_exit(VERDICT_WRONG);
			_exit((int)look_at_all(f));
		}
		int status;
		assert_int_equal(waitpid(child, &status, 0), child);
		if (WIFEXITED(status) && WEXITSTATUS(status) <= VERDICT_WRONG)
			verdicts[WEXITSTATUS(status)]++;
		else
			crashed++;
		change_byte(f, at, 0x08);
	}
	print_message("%u harmless, %u noticed, %u crashed the child\n", verdicts[0], verdicts[1],
		      crashed);
	assert_int_equal(verdicts[VERDICT_WRONG], 0);
	assert_true(verdicts[VERDICT_NOTICED] > 50);
	open_journal(f);
	assert_checks(f);
	for (uint64_t i = 0; i < ENTRIES; i++)
		assert_entry_reads(f, i);
	free(image.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define JOURNAL_TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
		JOURNAL_TEST(any_changed_byte_of_an_entry_is_damage),
		JOURNAL_TEST(a_damaged_log_is_not_exported),
		JOURNAL_TEST(a_changed_last_entry_changes_the_root),
		JOURNAL_TEST(a_changed_node_is_damage),
		JOURNAL_TEST(any_changed_byte_of_a_sealed_value_is_damage),
		JOURNAL_TEST(a_newer_disk_format_is_refused),
		JOURNAL_TEST(a_create_that_was_cut_off_is_finished),
		JOURNAL_TEST(any_changed_byte_of_the_file_is_noticed_or_harmless),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
