// SPDX-License-Identifier: EUPL-1.2
#include "unit.h"

#include "keystore/copy.h"

#include "base/file.h"
#include "crypto/seal.h"
#include "keystore_fixture.h"

#include <sys/stat.h>

#define LOG_SIZE 77
#define HEAD_LEN (40 + 2 * 80) // of two recipients
#define BLOCK_LEN (KEYSTORE_BLOCK * 32 + 16)
#define TAIL_LEN 64
#define FILE_MAX ((size_t)1 << 20)

struct key {
	uint8_t public_key[32], secret[32];
};

struct world {
	struct fixture *f;
	struct key ours, next, other;
	const char *copy, *again; // paths
};

static int begin(void **state)
{
	void *fixture;
	struct world *w = calloc(1, sizeof *w);
	if (set_up(&fixture) != 0)
		return -1;
	w->f = fixture;
	w->copy = strdup(temporary_path(w->f->t, "copy.sealed"));
	w->again = strdup(temporary_path(w->f->t, "again"));
	seal_keypair(w->ours.public_key, w->ours.secret);
	seal_keypair(w->next.public_key, w->next.secret);
	seal_keypair(w->other.public_key, w->other.secret);
	*state = w;
	return 0;
}

static int end(void **state)
{
	struct world *w = *state;
	void *fixture = w->f;
	free((void *)(uintptr_t)w->copy);
	free((void *)(uintptr_t)w->again);
	free(w);
	return tear_down(&fixture);
}

static struct keystore_copy *start_copy(const struct world *w)
{
	uint8_t keys[2][32];
	struct keystore_copy *copy = NULL;
	memcpy(keys[0], w->ours.public_key, 32);
	memcpy(keys[1], w->next.public_key, 32);
	assert_int_equal(keystore_copy_begin(w->copy, (const uint8_t(*)[32])keys, 2, &copy),
			 RESULT_OK);
	return copy;
}

static void make_copy(const struct world *w)
{
	struct keystore_copy *copy = start_copy(w);
	bool grew;
	uint64_t bytes;
	struct stat st;
	assert_int_equal(keystore_copy_blocks(copy, w->f->path, &grew), RESULT_OK);
	assert_true(grew);
	assert_int_equal(keystore_copy_blocks(copy, w->f->path, &grew), RESULT_OK);
	assert_false(grew);
	assert_int_equal(keystore_copy_finish(copy, LOG_SIZE, &bytes), RESULT_OK);
	keystore_copy_free(copy);
	assert_int_equal(stat(w->copy, &st), 0);
	assert_int_equal(st.st_size, bytes);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static enum result open_copy(const struct world *w, const struct key *key, uint64_t *ret_offset)
{
	const uint8_t *const secrets[] = {key->secret};
	const struct keystore_copy_source source = {w->copy, secrets, 1};
	uint64_t size = 0;
	enum result result = keystore_copy_open(&source, w->again, &size, ret_offset);
	if (result == RESULT_OK)
		assert_int_equal(size, LOG_SIZE);
	return result;
}

static bool is_there(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0;
}

static void read_whole(const char *path, struct buffer *ret_content)
{
	buffer_init(ret_content, FILE_MAX);
	assert_int_equal(file_read(path, FILE_MAX, ret_content), RESULT_OK);
}

static void each_recipient_gets_the_very_keystore_back(void **state)
{
	struct world *w = *state;
	struct buffer before, after;
	uint64_t offset;
	const uint64_t slot = SOME_SLOT;
	assert_int_equal(keystore_erase(w->f->keystore, &slot, 1), RESULT_OK);
	make_copy(w);
	read_whole(w->f->path, &before);
	const struct key *keys[] = {&w->ours, &w->next};
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(open_copy(w, keys[i], &offset), RESULT_OK);
		read_whole(w->again, &after);
		assert_true(bytes_equal(buffer_view(&before), buffer_view(&after)));
		buffer_wipe(&after);
		assert_int_equal(unlink(w->again), 0);
	}
	buffer_wipe(&before);
	assert_int_equal(open_copy(w, &w->other, &offset), RESULT_DENIED);
	assert_false(is_there(w->again));
}

// Else whoever steals the backup has every key.
static void no_key_lies_in_the_copy_as_it_is(void **state)
{
	struct world *w = *state;
	struct buffer content;
	uint8_t key[32];
	make_copy(w);
	read_whole(w->copy, &content);
	for (uint64_t slot = 0; slot < KEYSTORE_BLOCK; slot += 16) {
		assert_int_equal(keystore_get(w->f->keystore, slot, key), RESULT_OK);
		assert_null(memmem(content.data, content.len, key, 16));
	}
	buffer_wipe(&content);
}

static void what_is_filled_meanwhile_comes_along(void **state)
{
	struct world *w = *state;
	struct keystore_copy *copy = start_copy(w);
	uint64_t bytes, offset;
	bool grew;
	uint8_t key[32], again[32];
	assert_int_equal(keystore_copy_blocks(copy, w->f->path, &grew), RESULT_OK);
	assert_int_equal(keystore_fill_ahead(w->f->keystore, KEYSTORE_BLOCK), RESULT_OK);
	assert_int_equal(keystore_copy_blocks(copy, w->f->path, &grew), RESULT_OK);
	assert_true(grew);
	assert_int_equal(keystore_copy_finish(copy, LOG_SIZE, &bytes), RESULT_OK);
	keystore_copy_free(copy);
	assert_int_equal(open_copy(w, &w->ours, &offset), RESULT_OK);
	struct keystore *opened = open_at(w->again);
	assert_int_equal(keystore_filled(opened), 2 * KEYSTORE_BLOCK);
	assert_int_equal(keystore_get(opened, 2 * KEYSTORE_BLOCK - 1, again), RESULT_OK);
	assert_int_equal(keystore_get(w->f->keystore, 2 * KEYSTORE_BLOCK - 1, key), RESULT_OK);
	assert_memory_equal(key, again, sizeof key);
	keystore_close(opened);
}

static void another_keystore_in_its_place_ends_the_copy(void **state)
{
	struct world *w = *state;
	struct keystore_copy *copy = start_copy(w);
	bool grew;
	assert_int_equal(keystore_copy_blocks(copy, w->f->path, &grew), RESULT_OK);
	assert_int_equal(keystore_create(w->again), RESULT_OK);
	assert_int_equal(keystore_copy_blocks(copy, w->again, &grew), RESULT_CONFLICT);
	keystore_copy_free(copy);
}

// In turn: everything before the first block and the whole tail, and of the block every 9,973rd.
static void no_byte_of_it_can_be_another(void **state)
{
	struct world *w = *state;
	struct buffer content;
	uint64_t offset;
	make_copy(w);
	read_whole(w->copy, &content);
	assert_int_equal(content.len, HEAD_LEN + BLOCK_LEN + TAIL_LEN);
	int fd = open(w->copy, O_WRONLY);
	assert_true(fd >= 0);
	for (size_t at = 0; at < content.len;
	     at += at >= HEAD_LEN && at + 9973 < HEAD_LEN + BLOCK_LEN ? 9973 : 1) {
		content.data[at] ^= 0x40;
		assert_int_equal(pwrite(fd, content.data + at, 1, (off_t)at), 1);
		enum result result = open_copy(w, &w->ours, &offset);
		assert_true(result == RESULT_DAMAGED || result == RESULT_DENIED ||
			    result == RESULT_UNSUPPORTED);
		if (at >= HEAD_LEN) {
			assert_int_equal(result, RESULT_DAMAGED);
			assert_int_equal(offset, at < HEAD_LEN + BLOCK_LEN ? HEAD_LEN
									   : HEAD_LEN + BLOCK_LEN);
		}
		assert_false(is_there(w->again));
		content.data[at] ^= 0x40;
		assert_int_equal(pwrite(fd, content.data + at, 1, (off_t)at), 1);
	}
	close(fd);
	assert_int_equal(open_copy(w, &w->ours, &offset), RESULT_OK);
	buffer_wipe(&content);
}

static void nothing_can_be_cut_off_or_change_places(void **state)
{
	struct world *w = *state;
	struct buffer content;
	uint64_t offset;
	assert_int_equal(keystore_fill_ahead(w->f->keystore, KEYSTORE_BLOCK), RESULT_OK);
	make_copy(w);
	read_whole(w->copy, &content);
	const size_t lens[] = {0,
			       39,
			       40,
			       HEAD_LEN,
			       HEAD_LEN + BLOCK_LEN,
			       HEAD_LEN + 2 * (size_t)BLOCK_LEN,
			       content.len - 1};
	for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
		assert_int_equal(file_replace(w->copy, bytes_make(content.data, lens[i]), 0600),
				 RESULT_OK);
		assert_int_equal(open_copy(w, &w->ours, &offset), RESULT_DAMAGED);
	}
	// Without its first block, and with the two in the other order.
	struct buffer other;
	buffer_init(&other, FILE_MAX);
	buffer_append(&other, bytes_make(content.data, HEAD_LEN));
	buffer_append(&other, bytes_make(content.data + HEAD_LEN + BLOCK_LEN,
					 content.len - HEAD_LEN - BLOCK_LEN));
	assert_int_equal(file_replace(w->copy, buffer_view(&other), 0600), RESULT_OK);
	assert_int_equal(open_copy(w, &w->ours, &offset), RESULT_DAMAGED);
	buffer_clear(&other);
	buffer_append(&other, bytes_make(content.data, HEAD_LEN));
	buffer_append(&other, bytes_make(content.data + HEAD_LEN + BLOCK_LEN, BLOCK_LEN));
	buffer_append(&other, bytes_make(content.data + HEAD_LEN, BLOCK_LEN));
	buffer_append(&other, bytes_make(content.data + content.len - TAIL_LEN, TAIL_LEN));
	assert_int_equal(file_replace(w->copy, buffer_view(&other), 0600), RESULT_OK);
	assert_int_equal(open_copy(w, &w->ours, &offset), RESULT_DAMAGED);
	buffer_wipe(&other);
	buffer_wipe(&content);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_recipient_gets_the_very_keystore_back, begin,
						end),
		cmocka_unit_test_setup_teardown(no_key_lies_in_the_copy_as_it_is, begin, end),
		cmocka_unit_test_setup_teardown(what_is_filled_meanwhile_comes_along, begin, end),
		cmocka_unit_test_setup_teardown(another_keystore_in_its_place_ends_the_copy, begin,
						end),
		cmocka_unit_test_setup_teardown(no_byte_of_it_can_be_another, begin, end),
		cmocka_unit_test_setup_teardown(nothing_can_be_cut_off_or_change_places, begin,
						end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
