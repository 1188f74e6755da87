// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/unit.h"

#include "base/arena.h"

#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int setup(void **state)
{
	return arena_new(1000, (struct arena **)state) == RESULT_OK ? 0 : -1;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static void allocations_are_zeroed_aligned_and_apart(void **state)
{
	struct arena *arena = *state;
	uint8_t *pieces[20];
	for (size_t i = 0; i < COUNT_OF(pieces); i++) {
		pieces[i] = arena_alloc(arena, i + 1);
		assert_non_null(pieces[i]);
		assert_int_equal((uintptr_t)pieces[i] % 16, 0);
		assert_true(bytes_all_zero(bytes_make(pieces[i], i + 1)));
		memset(pieces[i], (int)i + 1, i + 1);
	}
	for (size_t i = 0; i < COUNT_OF(pieces); i++) {
		for (size_t j = 0; j <= i; j++)
			assert_int_equal(pieces[i][j], i + 1);
	}
}

static void the_ceiling_holds_to_the_byte(void **state)
{
	struct arena *arena = *state;
	assert_null(arena_alloc(arena, 1001));
	assert_null(arena_alloc(arena, SIZE_MAX));
	assert_null(arena_alloc(arena, SIZE_MAX - 8));
	assert_int_equal(arena_used(arena), 0);
	uint8_t *all = arena_alloc(arena, 1000);
	assert_non_null(all);
	memset(all, 1, 1000);
	assert_int_equal(arena_used(arena), 1000);
	assert_null(arena_alloc(arena, 1));
	assert_null(arena_alloc(arena, 0));
	assert_null(arena_copy(arena, LITERAL("x")).data);
	assert_null(arena_text(arena, LITERAL("")));
}

static void nothing_has_an_address_too(void **state)
{
	struct arena *arena = *state;
	assert_non_null(arena_alloc(arena, 0));
	struct bytes copy = arena_copy(arena, (struct bytes){0});
	assert_non_null(copy.data);
	assert_int_equal(copy.len, 0);
	assert_string_equal(arena_text(arena, (struct bytes){0}), "");
}

static void copies_do_not_share_memory_with_their_origin(void **state)
{
	struct arena *arena = *state;
	char origin[] = "melding";
	struct bytes copy = arena_copy(arena, bytes_make(origin, 7));
	char *text = arena_text(arena, bytes_make(origin, 4));
	origin[0] = 'X';
	assert_true(bytes_equal(copy, LITERAL("melding")));
	assert_string_equal(text, "meld");
	assert_null(arena_text(arena, bytes_make(origin, SIZE_MAX)));
}

// The pages stay ours, so that what is left in them can be looked at: from beside, since nobody may
// touch it.
static void assert_wiped(const void *at, size_t len)
{
	uint8_t left[1000];
	int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	assert_true(memory >= 0 && len <= sizeof left);
	assert_int_equal(pread(memory, left, len, (off_t)(uintptr_t)at), len);
	close(memory);
	assert_true(bytes_all_zero(bytes_make(left, len)));
}

static void clearing_wipes_what_was_there(void **state)
{
	struct arena *arena = *state;
	for (int round = 0; round < 3; round++) {
		uint8_t *p = arena_alloc(arena, 900);
		assert_non_null(p);
		assert_true(bytes_all_zero(bytes_make(p, 900)));
		memset(p, 0xff, 900);
		arena_clear(arena);
		assert_int_equal(arena_used(arena), 0);
		assert_wiped(p, 900);
	}
}

// In a process of its own, which AddressSanitizer ends; without it nothing is to be seen.
static bool touching_is_seen(struct arena *arena, size_t size, size_t at, bool cleared)
{
	int status;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(STDERR_FILENO);
		volatile uint8_t *p = arena_alloc(arena, size);
		(void)arena_alloc(arena, size);
		if (cleared)
			arena_clear(arena);
		p[at] = 1;
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

static void what_is_not_allocated_is_not_touched(void **state)
{
#if defined(__SANITIZE_ADDRESS__)
	const bool seen = true;
#else
	const bool seen = false;
#endif
	static const size_t sizes[] = {1, 15, 16, 17, 100};
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		assert_false(touching_is_seen(*state, sizes[i], sizes[i] - 1, false));
		assert_int_equal(touching_is_seen(*state, sizes[i], sizes[i], false), seen);
		assert_int_equal(touching_is_seen(*state, sizes[i], 0, true), seen);
	}
}

static void going_back_wipes_what_came_since_and_nothing_before(void **state)
{
	struct arena *arena = *state;
	uint8_t *kept = arena_alloc(arena, 100);
	size_t used = arena_used(arena);
	uint8_t *gone = arena_alloc(arena, 300);
	memset(kept, 1, 100);
	memset(gone, 2, 300);
	arena_back(arena, used);
	assert_int_equal(arena_used(arena), used);
	assert_wiped(gone, 300);
	assert_int_equal(kept[0] + kept[99], 2);
	assert_ptr_equal(arena_alloc(arena, 1), gone);
}

static void freeing_nothing_is_allowed_and_the_impossible_is_refused(void **state)
{
	(void)state;
	struct arena *arena = NULL;
	arena_free(NULL);
	assert_int_equal(arena_new(SIZE_MAX / 2, &arena), RESULT_NO_MEMORY);
	assert_null(arena);
	assert_int_equal(arena_new(0, &arena), RESULT_OK);
	assert_null(arena_alloc(arena, 0));
	arena_free(arena);
}

#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ARENA(allocations_are_zeroed_aligned_and_apart),
		WITH_ARENA(the_ceiling_holds_to_the_byte),
		WITH_ARENA(nothing_has_an_address_too),
		WITH_ARENA(copies_do_not_share_memory_with_their_origin),
		WITH_ARENA(clearing_wipes_what_was_there),
		WITH_ARENA(going_back_wipes_what_came_since_and_nothing_before),
		WITH_ARENA(what_is_not_allocated_is_not_touched),
		cmocka_unit_test(freeing_nothing_is_allowed_and_the_impossible_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
