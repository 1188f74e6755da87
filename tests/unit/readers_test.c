// SPDX-License-Identifier: EUPL-1.2
// The parent and its readers, without their processes: the test has the other end.
#include "tests/unit/unit.h"

#include "parent/readers.h"

#include <stdlib.h>
#include <unistd.h>

static int setup(void **state)
{
	struct parent *parent = calloc(1, sizeof *parent);
	if (!parent)
		return -1;
	parent->memory = malloc(CHANNEL_MESSAGE_MAX);
	*state = parent;
	return parent->memory && readers_start(parent) == RESULT_OK ? 0 : -1;
}

static int teardown(void **state)
{
	struct parent *parent = *state;
	readers_done(parent);
	free(parent->memory);
	free(parent);
	return 0;
}

static int polled(const struct parent *parent, int number)
{
	struct pollfd fds[READERS];
	readers_poll(parent, fds);
	return fds[number].fd;
}

static void what_could_not_be_started_does_not_wake_the_parent(void **state)
{
	struct parent *parent = *state;
	int theirs[READERS];
	for (int n = 0; n < READERS; n++)
		assert_int_equal(readers_begin(parent, n, &theirs[n]), RESULT_OK);
	readers_turn(parent);
	for (int n = 0; n < READERS; n++)
		assert_true(polled(parent, n) >= 0);
	close(theirs[0]); // as of a process that there is none of
	readers_turn(parent);
	assert_int_equal(polled(parent, 0), -1);
	assert_true(polled(parent, 1) >= 0);
	assert_int_equal(readers_begin(parent, 0, &theirs[0]), RESULT_OK); // tried again
	readers_turn(parent);
	assert_true(polled(parent, 0) >= 0);
	for (int n = 0; n < READERS; n++)
		close(theirs[n]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_could_not_be_started_does_not_wake_the_parent,
						setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
