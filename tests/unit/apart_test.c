// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/unit.h"

#include "ipc/apart.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct oin oin_number(unsigned number)
{
	struct oin oin;
	char text[OIN_LEN + 1];
	snprintf(text, sizeof text, "00000099%012u", number);
	assert_int_equal(oin_parse(bytes_of_text(text), &oin), RESULT_OK);
	return oin;
}

static void only_who_made_it_writes_and_all_see_it(void **state)
{
	(void)state;
	int fd;
	void *own, *others, *none = NULL;
	assert_int_equal(shared_new(sizeof(struct apart), &fd, &own), RESULT_OK);
	assert_int_equal(shared_close_to_writers(fd), RESULT_OK);
	assert_int_equal(shared_map(dup(fd), sizeof(struct apart), true, &none), RESULT_IO);
	assert_null(none);
	assert_int_equal(shared_map(fd, sizeof(struct apart), false, &others), RESULT_OK);
	struct oin oin = oin_number(7), other = oin_number(8);
	assert_true(apart_add(own, &oin));
	assert_true(apart_has(others, &oin));
	assert_false(apart_has(others, &other));
	assert_true(apart_remove(own, &oin));
	assert_false(apart_any(others));
	shared_unmap(own, sizeof(struct apart));
	shared_unmap(others, sizeof(struct apart));
}

static void a_list_that_is_full_takes_no_more_and_loses_none(void **state)
{
	(void)state;
	struct apart apart = {0};
	for (unsigned n = 0; n < APART_MAX; n++) {
		struct oin oin = oin_number(n);
		assert_true(apart_add(&apart, &oin));
		assert_true(apart_add(&apart, &oin)); // once is enough
	}
	struct oin beyond = oin_number(APART_MAX), first = oin_number(0);
	assert_false(apart_add(&apart, &beyond));
	assert_true(apart_has(&apart, &first));
	assert_true(apart_remove(&apart, &first));
	assert_false(apart_remove(&apart, &first));
	assert_true(apart_add(&apart, &beyond));
}

static void a_hand_names_whose_frame_it_holds_and_nothing_that_is_no_oin(void **state)
{
	(void)state;
	struct hand hand = {0};
	struct oin oin = oin_number(7), found;
	assert_false(hand_holds(&hand, &found));
	hand_take(&hand, &oin);
	assert_true(hand_holds(&hand, &found));
	assert_true(oin_equal(&found, &oin));
	hand_empty(&hand);
	assert_false(hand_holds(&hand, &found));
	// An opener that was taken over may write anything.
	hand_take(&hand, &oin);
	memset(hand.oin.text, 'x', sizeof hand.oin.text);
	assert_false(hand_holds(&hand, &found));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_who_made_it_writes_and_all_see_it),
		cmocka_unit_test(a_list_that_is_full_takes_no_more_and_loses_none),
		cmocka_unit_test(a_hand_names_whose_frame_it_holds_and_nothing_that_is_no_oin),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
