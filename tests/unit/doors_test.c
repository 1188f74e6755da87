// SPDX-License-Identifier: EUPL-1.2
// What the gate says it serves, and what core makes of it: a taken-over gate may say anything.
#include "tests/unit/unit.h"

#include "flow/doors.h"

#include <stdio.h>
#include <string.h>

static struct frame_served served_of(const uint8_t key[32], const char *endpoint)
{
	struct frame_served served = {.kind = FRAME_SERVED, .count = 1};
	memcpy(served.rows[0].key, key, 32);
	snprintf(served.rows[0].endpoint, sizeof served.rows[0].endpoint, "%s", endpoint);
	return served;
}

static struct bytes view(const struct frame_served *served)
{
	return bytes_make(served, sizeof *served);
}

static void what_cannot_be_leaves_what_was_said_before(void **state)
{
	static const uint8_t key[32] = {7};
	struct frame_served kept = {.kind = 0}, wrong;
	(void)state;
	struct frame_served right = served_of(key, "tcp://127.0.0.1:7478");
	assert_true(doors_take(&kept, view(&right)));
	assert_string_equal(doors_endpoint(&kept, key), "tcp://127.0.0.1:7478");
	wrong = right;
	wrong.count = SERVED_MAX + 1;
	assert_false(doors_take(&kept, view(&wrong)));
	wrong = right;
	wrong.kind = FRAME_HELLO;
	assert_false(doors_take(&kept, view(&wrong)));
	wrong = right;
	memset(wrong.rows[0].endpoint, 'a', sizeof wrong.rows[0].endpoint); // without an end
	assert_false(doors_take(&kept, view(&wrong)));
	wrong = served_of(key, "tcp://a b\nresult ok:1");
	assert_false(doors_take(&kept, view(&wrong)));
	assert_false(doors_take(&kept, bytes_make(&right, sizeof right - 1)));
	assert_false(doors_take(&kept, (struct bytes){0}));
	assert_string_equal(doors_endpoint(&kept, key), "tcp://127.0.0.1:7478");
	wrong = right;
	wrong.count = 0; // none is a possible answer
	assert_true(doors_take(&kept, view(&wrong)));
	assert_null(doors_endpoint(&kept, key));
}

static void add(struct registry *reg, enum house_use use, uint8_t first, uint64_t until)
{
	struct house_key *key = &reg->house_keys[reg->house_key_count++];
	*key = (struct house_key){.use = use, .key = {first}, .until = until};
}

static void each_transport_key_in_force_has_its_door_and_no_other_counts(void **state)
{
	static struct registry reg;
	static struct frame_doors doors;
	struct problem problem = {.code = NULL};
	(void)state;
	add(&reg, HOUSE_RECEIVE, 1, REGISTER_NEVER);
	add(&reg, HOUSE_TRANSPORT, 2, 12);
	add(&reg, HOUSE_TRANSPORT, 3, REGISTER_NEVER);
	doors_fill(&reg, &doors);
	assert_int_equal(doors.kind, FRAME_DOORS);
	assert_int_equal(doors.count, 2);
	assert_int_equal(doors.keys[0].key[0], 2);
	assert_true(doors.keys[0].ended);
	assert_int_equal(doors.keys[1].key[0], 3);
	assert_false(doors.keys[1].ended);
	struct frame_served served = served_of(reg.house_keys[2].key, "tcp://127.0.0.1:7478");
	assert_null(doors_missing(&served, &reg));
	assert_int_equal(doors_suffice(&served, &reg, &problem), RESULT_OK);
	add(&reg, HOUSE_TRANSPORT, 4, REGISTER_NEVER);
	assert_ptr_equal(doors_missing(&served, &reg), &reg.house_keys[3]);
	assert_int_equal(doors_suffice(&served, &reg, &problem), RESULT_NOT_FOUND);
	assert_string_equal(problem.code, "file-missing");
	served.count = 0; // nothing is known
	assert_ptr_equal(doors_missing(&served, &reg), &reg.house_keys[2]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_be_leaves_what_was_said_before),
		cmocka_unit_test(each_transport_key_in_force_has_its_door_and_no_other_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
