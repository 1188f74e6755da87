// SPDX-License-Identifier: EUPL-1.2
#include "adapter/known.h"
#include "tests/unit/temporary.h"

#include "tests/unit/unit.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOVEMBER 1795996800000 // 30 November 2026

struct known_case {
	struct temporary *temporary;
	struct known known;
};

static struct known_row row_of(uint8_t id, uint8_t content, uint32_t attempt)
{
	struct known_row row = {.attempt = attempt};
	memset(row.id, id, sizeof row.id);
	memset(row.content, content, sizeof row.content);
	return row;
}

static void open_at(struct known_case *test, int64_t now)
{
	known_done(&test->known);
	assert_int_equal(known_open(&test->known, test->temporary->folder, now), RESULT_OK);
}

static void set_up(struct known_case *test)
{
	*test = (struct known_case){.temporary = temporary_new()};
	open_at(test, NOVEMBER);
}

static void tear_down(struct known_case *test)
{
	known_done(&test->known);
	temporary_free(test->temporary);
}

static void note(struct known_case *test, struct known_row row)
{
	assert_int_equal(known_note(&test->known, &row), RESULT_OK);
}

static const struct known_row *find(const struct known_case *test, uint8_t id)
{
	const struct known_row row = row_of(id, 0, 0);
	return known_find(&test->known, row.id);
}

static void what_was_noted_counts_once_it_is_durable(void **unused)
{
	struct known_case test;
	(void)unused;
	set_up(&test);
	note(&test, row_of(7, 1, 0));
	assert_null(find(&test, 7));
	known_begin(&test.known); // its file is gone through again
	assert_int_equal(known_commit(&test.known, NOVEMBER), RESULT_OK);
	assert_null(find(&test, 7));
	for (uint8_t id = 200; id > 0; id--)
		note(&test, row_of(id, 1, id));
	assert_int_equal(known_commit(&test.known, NOVEMBER), RESULT_OK);
	for (unsigned again = 0; again < 2; again++) {
		for (uint8_t id = 200; id > 0; id--) {
			assert_non_null(find(&test, id));
			assert_int_equal(find(&test, id)->attempt, id);
			assert_true(known_was_taken(find(&test, id)));
		}
		assert_null(find(&test, 201));
		open_at(&test, NOVEMBER);
	}
	tear_down(&test);
}

static void the_newest_attempt_counts_and_one_that_was_taken_always(void **unused)
{
	struct known_case test;
	(void)unused;
	set_up(&test);
	note(&test, row_of(1, 0, 2));
	note(&test, row_of(1, 0, 1));
	note(&test, row_of(2, 0, 1));
	note(&test, row_of(2, 9, 1));
	note(&test, row_of(3, 9, 1));
	note(&test, row_of(3, 0, 2));
	assert_int_equal(known_commit(&test.known, NOVEMBER), RESULT_OK);
	for (unsigned again = 0; again < 2; again++) {
		assert_int_equal(find(&test, 1)->attempt, 2);
		assert_false(known_was_taken(find(&test, 1)));
		assert_true(known_was_taken(find(&test, 2)));
		assert_int_equal(find(&test, 3)->attempt, 1);
		assert_true(known_was_taken(find(&test, 3)));
		open_at(&test, NOVEMBER);
	}
	tear_down(&test);
}

static int open_file(const struct known_case *test, int flags)
{
	char path[600];
	snprintf(path, sizeof path, "%s/known-202611", test->temporary->folder);
	int fd = open(path, flags);
	assert_true(fd >= 0);
	return fd;
}

static void a_row_that_is_torn_is_none_and_the_next_is_written_over_it(void **unused)
{
	struct known_case test;
	struct stat stat;
	(void)unused;
	set_up(&test);
	note(&test, row_of(1, 1, 0));
	note(&test, row_of(2, 1, 0));
	assert_int_equal(known_commit(&test.known, NOVEMBER), RESULT_OK);
	int fd = open_file(&test, O_RDWR);
	assert_int_equal(ftruncate(fd, 79), 0);
	open_at(&test, NOVEMBER);
	assert_non_null(find(&test, 1));
	assert_null(find(&test, 2));
	note(&test, row_of(3, 1, 0));
	assert_int_equal(known_commit(&test.known, NOVEMBER), RESULT_OK);
	assert_int_equal(fstat(fd, &stat), 0);
	assert_int_equal(stat.st_size, 80);
	open_at(&test, NOVEMBER);
	assert_non_null(find(&test, 3));
	// One bit of a row that is whole otherwise.
	assert_int_equal(pwrite(fd, "\2", 1, 5), 1);
	close(fd);
	open_at(&test, NOVEMBER);
	assert_null(find(&test, 1));
	assert_non_null(find(&test, 3));
	tear_down(&test);
}

static void rows_go_thirteen_months_after_they_were_noted_last(void **unused)
{
	struct known_case test;
	const int64_t month = 31 * MS_PER_DAY;
	(void)unused;
	set_up(&test);
	note(&test, row_of(1, 1, 0));
	note(&test, row_of(2, 1, 0));
	assert_int_equal(known_commit(&test.known, NOVEMBER), RESULT_OK);
	note(&test, row_of(2, 1, 0)); // it was seen again
	assert_int_equal(known_commit(&test.known, NOVEMBER + 2 * month), RESULT_OK);
	open_at(&test, NOVEMBER + 13 * month - 10 * MS_PER_DAY);
	assert_non_null(find(&test, 1));
	open_at(&test, NOVEMBER + 14 * month);
	assert_null(find(&test, 1));
	assert_non_null(find(&test, 2));
	open_at(&test, NOVEMBER); // it is gone for good
	assert_null(find(&test, 1));
	tear_down(&test);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_noted_counts_once_it_is_durable),
		cmocka_unit_test(the_newest_attempt_counts_and_one_that_was_taken_always),
		cmocka_unit_test(a_row_that_is_torn_is_none_and_the_next_is_written_over_it),
		cmocka_unit_test(rows_go_thirteen_months_after_they_were_noted_last),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
