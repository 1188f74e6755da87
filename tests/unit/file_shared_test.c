// SPDX-License-Identifier: EUPL-1.2
#include "base/clock.h"
#include "base/file.h"

#include "tests/unit/temporary.h"
#include "tests/unit/unit.h"
#include <fcntl.h>
#include <sys/stat.h>

static void age(const char *path, time_t seconds)
{
	const struct timespec at = {.tv_sec = clock_wall_ms() / 1000 - seconds};
	const struct timespec then[2] = {at, at};
	assert_int_equal(utimensat(AT_FDCWD, path, then, 0), 0);
}

// Of a folder that is not ours alone only what a crash of ours left goes.
static void what_others_write_in_a_shared_folder_stays(void **unused)
{
	static const char *const others[] = {".tmp-export", ".tmp-0123456789abcdeg",
					     ".tmp-0123456789abcdef0", "0123456789abcdef",
					     ".tmp-00000000000000ff"};
	const size_t count = sizeof others / sizeof others[0];
	struct temporary *temporary = temporary_new();
	(void)unused;
	for (size_t i = 0; i < count; i++) {
		const char *path = temporary_path(temporary, others[i]);
		assert_int_equal(file_create(path, bytes_of_text("van een ander"), 0600),
				 RESULT_OK);
		age(path, i + 1 < count ? 7200 : 600); // the last one is still written
	}
	const char *left = temporary_path(temporary, ".tmp-0123456789abcdef");
	assert_int_equal(file_create(left, bytes_of_text("half"), 0600), RESULT_OK);
	age(left, 7200);
	folder_clear_shared(temporary->folder);
	assert_int_equal(access(left, F_OK), -1);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(access(temporary_path(temporary, others[i]), F_OK), 0);
	temporary_free(temporary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_others_write_in_a_shared_folder_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
