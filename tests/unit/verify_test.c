// SPDX-License-Identifier: EUPL-1.2
#include "unit.h"

#include "audit/verify.h"

#include "crypto/secret.h"
#include "testexport.h"

#define COUNT 300 // a whole tile, a partial one, and a tile above them

static int set_up(void **state)
{
	*state = temporary_new();
	return crypto_start() == RESULT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
	temporary_free(*state);
	return 0;
}

static struct verify_outcome verify_with(const struct testexport *e, const char *vkey_file,
					 const char *last_file)
{
	const struct verify_options options = {
		.folder = e->folder, .vkey_file = vkey_file, .last_file = last_file};
	struct verify_outcome outcome;
	assert_int_equal(verify_log(&options, &outcome), RESULT_OK);
	return outcome;
}

static struct verify_outcome verify(const struct testexport *e)
{
	return verify_with(e, NULL, NULL);
}

static void assert_not_intact(const struct verify_outcome *outcome, const char *file)
{
	assert_false(outcome->intact);
	assert_string_equal(outcome->file, file);
	assert_true(strlen(outcome->what) > 5);
}

static void a_sound_log_is_intact_at_any_size(void **state)
{
	static const size_t sizes[] = {0, 1, 2, 255, 256, 257, 512, 600, 65536, 65537};
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		struct testexport e;
		char name[32];
		snprintf(name, sizeof name, "export-%zu", sizes[i]);
		testexport_init(&e, *state, name, sizes[i]);
		testexport_put_all(&e);
		struct verify_outcome outcome = verify(&e);
		struct hash root = testexport_root(e.leaves, sizes[i]);
		if (!outcome.intact)
			print_message("%zu: %s: %s\n", sizes[i], outcome.file, outcome.what);
		assert_true(outcome.intact);
		assert_int_equal(outcome.size, sizes[i]);
		assert_true(hash_equal(&outcome.root, &root));
		assert_false(outcome.extends);
		testexport_done(&e);
	}
}

struct file {
	char path[600];
	const char *name;
	uint8_t *data;
	size_t len;
};

static struct file load(const struct testexport *e, const char *name)
{
	struct file file = {.name = name};
	struct stat st;
	snprintf(file.path, sizeof file.path, "%s/%s", e->folder, name);
	int fd = open(file.path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(fstat(fd, &st), 0);
	file.len = (size_t)st.st_size;
	file.data = malloc(file.len + 1);
	assert_int_equal(read(fd, file.data, file.len), file.len);
	close(fd);
	return file;
}

static void store(const struct file *file, size_t len)
{
	int fd = open(file->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, file->data, len), len);
	close(fd);
}

static const char *const all_files[] = {
	"log.vkey",
	"checkpoint",
	"tile/0/000",
	"tile/0/001.p/44",
	"tile/1/000.p/1",
	"tile/entries/000",
	"tile/entries/001.p/44",
};

// Every byte where a file begins and ends and around the seams, and a sample of the others.
static size_t next_place(size_t at, size_t len)
{
	bool dense = at < 170 || at + 170 > len;
	return dense ? at + 1 : at + 41;
}

static void check_changed_byte(const struct verify_outcome *outcome, const struct file *file,
			       size_t at)
{
	assert_not_intact(outcome, file->name);
	if (strncmp(file->name, "tile/entries", 12) == 0) {
		assert_true(outcome->has_offset && outcome->has_index);
		assert_int_equal(outcome->offset / 82, at / 82);
		assert_true(outcome->offset <= at);
		assert_int_equal(outcome->index % 256, at / 82);
	} else if (strncmp(file->name, "tile/", 5) == 0) {
		assert_true(outcome->has_offset && outcome->has_index);
		assert_int_equal(outcome->offset, at);
		assert_int_equal(outcome->index % 256, at / 32);
	}
}

static void any_changed_byte_is_found_and_placed(void **state)
{
	struct testexport e;
	testexport_init(&e, *state, "export", COUNT);
	testexport_put_all(&e);
	for (size_t i = 0; i < COUNT_OF(all_files); i++) {
		struct file file = load(&e, all_files[i]);
		for (size_t at = 0; at < file.len; at = next_place(at, file.len)) {
			file.data[at] ^= at % 3 == 0 ? 0x80 : 0x01;
			store(&file, file.len);
			struct verify_outcome outcome = verify(&e);
			check_changed_byte(&outcome, &file, at);
			file.data[at] ^= at % 3 == 0 ? 0x80 : 0x01;
		}
		store(&file, file.len);
		free(file.data);
	}
	assert_true(verify(&e).intact);
	testexport_done(&e);
}

static void a_missing_file_is_named(void **state)
{
	struct testexport e;
	testexport_init(&e, *state, "export", COUNT);
	testexport_put_all(&e);
	for (size_t i = 0; i < COUNT_OF(all_files); i++) {
		struct file file = load(&e, all_files[i]);
		assert_int_equal(unlink(file.path), 0);
		struct verify_outcome outcome = verify(&e);
		assert_not_intact(&outcome, file.name);
		assert_false(outcome.has_offset);
		assert_non_null(strstr(outcome.what, "missing"));
		store(&file, file.len);
		free(file.data);
	}
	assert_true(verify(&e).intact);
	testexport_done(&e);
}

static void a_truncated_or_lengthened_file_is_found_where_it_ends(void **state)
{
	struct testexport e;
	testexport_init(&e, *state, "export", COUNT);
	testexport_put_all(&e);
	for (size_t i = 0; i < COUNT_OF(all_files); i++) {
		struct file file = load(&e, all_files[i]);
		bool is_tile = strncmp(file.name, "tile/", 5) == 0;
		for (size_t len = 0; len <= file.len + 1; len = next_place(len, file.len)) {
			file.data[file.len] = 0;
			store(&file, len);
			struct verify_outcome outcome = verify(&e);
			// The key may be without its newline.
			if (len == file.len || (i == 0 && len == file.len - 1)) {
				assert_true(outcome.intact);
				continue;
			}
			assert_not_intact(&outcome, file.name);
			assert_true(outcome.has_offset == is_tile);
			if (is_tile)
				assert_int_equal(outcome.offset, len < file.len ? len : file.len);
		}
		store(&file, file.len);
		free(file.data);
	}
	testexport_done(&e);
}

static void remove_entry(struct file *file, size_t index)
{
	uint8_t *at = file->data + index * 82;
	memmove(at, at + 82, file->len - (index + 1) * 82);
	store(file, file->len - 82);
}

static void a_dropped_entry_is_found_where_it_was(void **state)
{
	struct testexport e;
	static const size_t places[] = {0, 1, 100, 254, 255};
	testexport_init(&e, *state, "export", COUNT);
	testexport_put_all(&e);
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		struct file file = load(&e, "tile/entries/000");
		remove_entry(&file, places[i]);
		struct verify_outcome outcome = verify(&e);
		assert_not_intact(&outcome, "tile/entries/000");
		assert_true(outcome.has_index && outcome.has_offset);
		assert_int_equal(outcome.index, places[i]);
		assert_int_equal(outcome.offset, places[i] * 82);
		free(file.data);
		testexport_put_bundles(&e, COUNT);
	}
	testexport_done(&e);
}

static void entries_put_in_or_swapped_are_found(void **state)
{
	struct testexport e;
	testexport_init(&e, *state, "export", COUNT);
	testexport_put_all(&e);
	struct file file = load(&e, "tile/entries/001.p/44");
	uint8_t *longer = malloc(file.len + 82);
	memcpy(longer, file.data, 20 * 82);
	memcpy(longer + 20 * 82, file.data + 7 * 82, 82);
	memcpy(longer + 21 * 82, file.data + 20 * 82, file.len - 20 * 82);
	struct file changed = file;
	changed.data = longer;
	store(&changed, file.len + 82);
	struct verify_outcome outcome = verify(&e);
	assert_not_intact(&outcome, file.name);
	assert_int_equal(outcome.index, 256 + 20);
	assert_int_equal(outcome.offset, 20 * 82);

	memcpy(longer, file.data, file.len);
	memcpy(longer + 20 * 82, file.data + 21 * 82, 82);
	memcpy(longer + 21 * 82, file.data + 20 * 82, 82);
	store(&changed, file.len);
	outcome = verify(&e);
	assert_not_intact(&outcome, file.name);
	assert_int_equal(outcome.index, 256 + 20);
	free(longer);
	free(file.data);
	testexport_done(&e);
}

// An entry changed together with ever more of what stands on it, as one who can write the folder
// would: without the log's key there is always a seam.
static void an_entry_rewritten_with_its_tiles_is_still_found(void **state)
{
	struct testexport e;
	testexport_init(&e, *state, "export", COUNT);
	testexport_put_all(&e);
	e.entries[73][60] ^= 1;
	testexport_hash(&e);
	testexport_put_bundles(&e, COUNT);
	struct verify_outcome outcome = verify(&e);
	assert_not_intact(&outcome, "tile/entries/000");
	assert_int_equal(outcome.index, 73);

	struct buffer tile;
	buffer_init(&tile, 10000);
	buffer_append(&tile, bytes_make(e.leaves, 256 * 32));
	testexport_put(e.folder, "tile/0/000", buffer_view(&tile));
	buffer_done(&tile);
	outcome = verify(&e);
	assert_not_intact(&outcome, "tile/1/000.p/1");
	assert_int_equal(outcome.offset, 0);

	testexport_put_tiles(&e, COUNT);
	outcome = verify(&e);
	assert_not_intact(&outcome, "checkpoint");
	testexport_put_note(&e, "checkpoint", COUNT, e.log.secret); // and this is why it is kept
	assert_true(verify(&e).intact);
	testexport_done(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define VERIFY_TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
		VERIFY_TEST(a_sound_log_is_intact_at_any_size),
		VERIFY_TEST(any_changed_byte_is_found_and_placed),
		VERIFY_TEST(a_missing_file_is_named),
		VERIFY_TEST(a_truncated_or_lengthened_file_is_found_where_it_ends),
		VERIFY_TEST(a_dropped_entry_is_found_where_it_was),
		VERIFY_TEST(entries_put_in_or_swapped_are_found),
		VERIFY_TEST(an_entry_rewritten_with_its_tiles_is_still_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
