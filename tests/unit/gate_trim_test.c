// SPDX-License-Identifier: EUPL-1.2
// What a flood of answers took goes back to the kernel, though something that stays lies above it
// and no connection went.
#include "tests/unit/unit.h"

#include "base/clock.h"
#include "gate/gate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ANSWERS 256
#define ANSWER (256 * 1024)
#define FLOOD ((size_t)ANSWERS * ANSWER)

// Of this process, without what files have. In bytes.
static size_t resident(void)
{
	FILE *statm = fopen("/proc/self/statm", "r");
	size_t all, pages, shared;
	assert_non_null(statm);
	assert_int_equal(fscanf(statm, "%zu %zu %zu", &all, &pages, &shared), 3);
	fclose(statm);
	return (pages - shared) * (size_t)sysconf(_SC_PAGESIZE);
}

static void what_a_flood_took_goes_back_below_what_stays(void **state)
{
	(void)state;
	static void *answers[ANSWERS];
	struct gate *gate = calloc(1, sizeof *gate);
	assert_non_null(gate);
	assert_int_equal(links_new(&gate->links), RESULT_OK);
	gate_keep_memory();
	size_t before = resident();
	for (size_t i = 0; i < ANSWERS; i++) {
		answers[i] = malloc(ANSWER);
		assert_non_null(answers[i]);
		memset(answers[i], 1, ANSWER);
	}
	void *stays = malloc(ANSWER);
	assert_non_null(stays);
	for (size_t i = 0; i < ANSWERS; i++)
		free(answers[i]);
	assert_true(resident() > before + FLOOD / 2); // or there is nothing to give back
	gate->now = MS_PER_MINUTE;
	gate_watch_links(gate);
	assert_true(resident() < before + FLOOD / 8);
	free(stays);
	links_free(gate->links);
	free(gate);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_flood_took_goes_back_below_what_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
