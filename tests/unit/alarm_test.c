// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/unit.h"

#include "control/alarm.h"
#include "control/control.h"

#include <stdio.h>
#include <string.h>

static struct bytes value_of(const struct buffer *line)
{
	static const char name[] = "alarm ";
	assert_true(line->len > sizeof name && line->data[line->len - 1] == '\n');
	assert_memory_equal(line->data, name, sizeof name - 1);
	return bytes_make(line->data + sizeof name - 1, line->len - sizeof name);
}

static void every_row_is_whole_and_comes_back_as_it_was_written(void **state)
{
	(void)state;
	for (unsigned n = 0; n < ALARM_COUNT; n++) {
		const struct alarm_row *row = alarm_row((enum alarm)n);
		assert_non_null(row);
		assert_true(row->code[0] && row->text[0] && row->fix[0]);
		for (unsigned i = 0; i < n; i++)
			assert_string_not_equal(row->code, alarm_row((enum alarm)i)->code);
		struct alarm_line line = {.alarm = (enum alarm)n, .since = 1795000000000 + n};
		snprintf(line.about, sizeof line.about, "%s", n % 2 ? "log and state" : "");
		struct buffer out;
		buffer_init(&out, 4096);
		alarm_append(&out, &line);
		struct alarm_line back;
		assert_int_equal(alarm_parse(value_of(&out), &back), RESULT_OK);
		assert_int_equal(back.alarm, n);
		assert_int_equal(back.since, line.since);
		assert_string_equal(back.about, line.about);
		buffer_done(&out);
	}
	assert_null(alarm_row(ALARM_COUNT));
}

static void what_is_no_alarm_is_not_read_as_one(void **state)
{
	(void)state;
	struct alarm_line line;
	static const char *const wrong[] = {"",
					    "readonly",
					    "readonly ",
					    "readonly x log",
					    "readonly -1",
					    " 12 log",
					    "readonly 1234567890123456789"};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(alarm_parse(bytes_of_text(wrong[i]), &line), RESULT_MALFORMED);
	char long_about[ALARM_ABOUT_MAX + 32] = "readonly 1 ";
	memset(long_about + strlen(long_about), 'a', ALARM_ABOUT_MAX + 1);
	assert_int_equal(alarm_parse(bytes_of_text(long_about), &line), RESULT_MALFORMED);
	assert_int_equal(alarm_parse(bytes_of_text("of-a-newer-one 7 x"), &line), RESULT_NOT_FOUND);
	assert_int_equal(line.alarm, ALARM_COUNT);
	assert_int_equal(line.since, 7);
}

static void an_alarm_keeps_the_moment_it_was_first_seen(void **state)
{
	(void)state;
	static struct alarm_list first, second;
	const struct alarm_found log = {ALARM_MAP_FILLING, "log", 0},
				 other = {ALARM_MAP_FILLING, "state", 0},
				 known = {ALARM_DISK_FULL, "", 5};
	alarm_list_add(&first, &second, 100, &log);
	alarm_list_add(&second, &first, 200, &log);
	alarm_list_add(&second, &first, 200, &other);
	alarm_list_add(&second, &first, 200, &known);
	assert_int_equal(first.lines[0].since, 100);
	assert_int_equal(second.lines[0].since, 100);
	assert_int_equal(second.lines[1].since, 200);
	assert_int_equal(second.lines[2].since, 5);
	while (second.count < ALARMS_MAX)
		alarm_list_add(&second, &first, 200, &log);
	alarm_list_add(&second, &first, 200, &log); // no room: left out, nothing else happens
	assert_int_equal(second.count, ALARMS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_whole_and_comes_back_as_it_was_written),
		cmocka_unit_test(what_is_no_alarm_is_not_read_as_one),
		cmocka_unit_test(an_alarm_keeps_the_moment_it_was_first_seen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
