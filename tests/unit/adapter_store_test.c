// SPDX-License-Identifier: EUPL-1.2
#include "adapter/store.h"
#include "tests/unit/temporary.h"

#include "tests/unit/unit.h"
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

// Of every three numbers that are missing the one before and the one behind came: 1, 5, 9, …
static void miss_threes(struct store_state *state, size_t count)
{
	*state = (struct store_state){.next = 1};
	for (size_t i = 0; i <= count; i++)
		store_note_number(state, 1 + 4 * i);
	assert_int_equal(state->gap_count, count);
}

static bool is_missing(const struct store_state *state, uint64_t number)
{
	for (size_t i = 0; i < state->gap_count; i++) {
		if (number >= state->gaps[i].from && number <= state->gaps[i].to)
			return true;
	}
	return false;
}

// As the next start does.
static void assert_read_again(const struct store_state *state)
{
	struct adapter_settings settings = {.name = "proef", .in = "/in"};
	struct store store, again;
	struct problem problem = {.code = NULL};
	struct temporary *temporary = temporary_new();
	snprintf(settings.client.spool, sizeof settings.client.spool, "%s", temporary->folder);
	assert_int_equal(store_open(&settings, &store, &problem), RESULT_OK);
	store.state = *state;
	assert_int_equal(store_save(&store), RESULT_OK);
	assert_int_equal(store_open(&settings, &again, &problem), RESULT_OK);
	assert_int_equal(again.state.gap_count, state->gap_count);
	assert_memory_equal(again.state.gaps, state->gaps,
			    state->gap_count * sizeof state->gaps[0]);
	temporary_free(temporary);
}

static void one_in_the_middle_of_a_gap_leaves_two_in_order(void **unused)
{
	struct store_state state;
	(void)unused;
	miss_threes(&state, 3);
	store_note_number(&state, 3);
	assert_int_equal(state.gap_count, 4);
	assert_int_equal(store_missing(&state), 8);
	assert_true(is_missing(&state, 2) && !is_missing(&state, 3) && is_missing(&state, 4));
	for (size_t i = 1; i < state.gap_count; i++)
		assert_true(state.gaps[i - 1].to < state.gaps[i].from);
	assert_read_again(&state);
	store_note_number(&state, 2);
	store_note_number(&state, 4);
	assert_int_equal(state.gap_count, 2);
	assert_int_equal(store_missing(&state), 6);
}

// What is missing stays known, and what was written can be read.
static void with_as_many_gaps_as_there_may_be_none_is_forgotten(void **unused)
{
	struct store_state state;
	(void)unused;
	miss_threes(&state, STORE_GAPS_MAX);
	store_note_number(&state, 3);
	store_note_number(&state, 4 * STORE_GAPS_MAX + 11);
	assert_int_equal(state.gap_count, STORE_GAPS_MAX);
	for (uint64_t number = 2; number <= 4 * STORE_GAPS_MAX; number++)
		assert_true(number == 3 || number % 4 == 1 || is_missing(&state, number));
	assert_true(is_missing(&state, 4 * STORE_GAPS_MAX + 10));
	assert_read_again(&state);
}

// The longest name that a file can have, in the longest folder that settings can name.
static void a_long_name_is_taken_too(void **unused)
{
	struct adapter_settings settings = {.name = "proef"};
	struct store store;
	struct taken *list = NULL;
	struct problem problem = {.code = NULL};
	struct temporary *temporary = temporary_new();
	char path[READING_PATH_MAX + NAME_MAX + 1];
	size_t count = 0;
	(void)unused;
	snprintf(settings.client.spool, sizeof settings.client.spool, "%s", temporary->folder);
	int len = snprintf(settings.in, sizeof settings.in, "%s/", temporary->folder);
	memset(settings.in + len, 'm', sizeof settings.in - 1 - (size_t)len);
	assert_int_equal(mkdir(settings.in, 0700), 0);
	len = snprintf(path, sizeof path, "%s/", settings.in);
	memset(path + len, 'n', NAME_MAX);
	memcpy(path + len + NAME_MAX - 4, ".csv", 5);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(store_open(&settings, &store, &problem), RESULT_OK);
	assert_int_equal(store_take(&store, ".csv", 0, &count), RESULT_OK);
	assert_int_equal(count, 1);
	assert_int_equal(store_list(&store, &list, &count), RESULT_OK);
	assert_int_equal(count, 1);
	assert_int_equal(strlen(list[0].name), STORE_NAME_MAX);
	free(list);
	temporary_free(temporary);
}

static void make_file(const struct store *store, const char *name)
{
	char path[READING_PATH_MAX + NAME_MAX + 1];
	snprintf(path, sizeof path, "%s/%s", store->in, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fclose(file), 0);
}

static void an_ending_in_capitals_is_taken_too(void **unused)
{
	struct adapter_settings settings = {.name = "proef"};
	struct store store;
	struct problem problem = {.code = NULL};
	struct temporary *temporary = temporary_new();
	size_t count = 0;
	(void)unused;
	snprintf(settings.client.spool, sizeof settings.client.spool, "%s", temporary->folder);
	snprintf(settings.in, sizeof settings.in, "%s/in", temporary->folder);
	assert_int_equal(mkdir(settings.in, 0700), 0);
	assert_int_equal(store_open(&settings, &store, &problem), RESULT_OK);
	make_file(&store, "LIJST.CSV");
	make_file(&store, "Lijst.Csv");
	make_file(&store, "LIJST.XCSV");
	make_file(&store, ".LIJST.CSV");
	assert_int_equal(store_take(&store, ".csv", 0, &count), RESULT_OK);
	assert_int_equal(count, 2);
	temporary_free(temporary);
}

static void make_part(const struct store *store, const char *name)
{
	char path[STORE_PATH_MAX + 40];
	snprintf(path, sizeof path, "%s/quarantine/%s", store->root, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fclose(file), 0);
}

static bool has_part(const struct store *store, const char *name)
{
	char path[STORE_PATH_MAX + 40];
	snprintf(path, sizeof path, "%s/quarantine/%s", store->root, name);
	return access(path, F_OK) == 0;
}

// One that ends halfway, here by a part that cannot be removed, leaves nothing for ever.
static void what_was_begun_to_be_removed_is_removed(void **unused)
{
	struct adapter_settings settings = {.name = "proef"};
	struct store store;
	struct problem problem = {.code = NULL};
	struct temporary *temporary = temporary_new();
	char stuck[STORE_PATH_MAX];
	(void)unused;
	snprintf(settings.client.spool, sizeof settings.client.spool, "%s", temporary->folder);
	assert_int_equal(store_open(&settings, &store, &problem), RESULT_OK);
	make_part(&store, "000000000007.0");
	make_part(&store, "000000000007.2");
	make_part(&store, "000000000007.reden");
	store_quarantine_path(&store, 7, 1, stuck);
	assert_int_equal(mkdir(stuck, 0700), 0);
	assert_int_not_equal(store_quarantine_done(&store, 7), RESULT_OK);
	assert_true(has_part(&store, "000000000007.reden"));
	assert_int_equal(rmdir(stuck), 0);
	assert_int_equal(store_quarantine_done(&store, 7), RESULT_OK);
	assert_false(has_part(&store, "000000000007.0"));
	assert_false(has_part(&store, "000000000007.2"));
	assert_false(has_part(&store, "000000000007.reden"));
	assert_int_equal(store_quarantine_done(&store, 7), RESULT_NOT_FOUND);
	temporary_free(temporary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_in_the_middle_of_a_gap_leaves_two_in_order),
		cmocka_unit_test(with_as_many_gaps_as_there_may_be_none_is_forgotten),
		cmocka_unit_test(a_long_name_is_taken_too),
		cmocka_unit_test(an_ending_in_capitals_is_taken_too),
		cmocka_unit_test(what_was_begun_to_be_removed_is_removed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
