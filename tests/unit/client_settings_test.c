// SPDX-License-Identifier: EUPL-1.2
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/client.h"

#include "temporary.h"

static const char good[] = "oin: \"00000099000000001000\"\n"
			   "systeem: bvh\n"
			   "keys: keys\n"
			   "unlock_file: /etc/knooppunt/unlock.key\n"
			   "endpoint: tcp://knooppunt.example:7700\n"
			   "genesis: genesis.knp\n"
			   "spool: /var/spool/knooppunt\n";

static enum result read_text(struct temporary *t, const char *text,
			     struct client_settings *settings, struct problem *problem)
{
	const char *path = temporary_path(t, "client.yaml");
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	memset(problem, 0, sizeof *problem);
	return client_settings_read(path, settings, problem);
}

static int setup(void **state)
{
	*state = temporary_new();
	return 0;
}

static int teardown(void **state)
{
	temporary_free(*state);
	return 0;
}

static void settings_are_read_with_paths_from_their_folder(void **state)
{
	struct temporary *t = *state;
	struct client_settings s;
	struct problem problem;
	assert_int_equal(read_text(t, good, &s, &problem), RESULT_OK);
	assert_string_equal(s.oin.text, "00000099000000001000");
	assert_string_equal(s.systeem, "bvh");
	assert_string_equal(s.keys, temporary_path(t, "keys"));
	assert_string_equal(s.unlock_file, "/etc/knooppunt/unlock.key");
	assert_string_equal(s.passphrase_file, "");
	assert_string_equal(s.endpoint, "tcp://knooppunt.example:7700");
	assert_string_equal(s.genesis, temporary_path(t, "genesis.knp"));
	assert_string_equal(s.spool, "/var/spool/knooppunt");
	assert_int_equal(s.timeout_ms, 10000);
}

// The settings with one line replaced, or left out when `line` is "".
static void expect_refused(struct temporary *t, const char *key, const char *line, const char *code)
{
	char text[1024];
	struct client_settings untouched, s;
	struct problem problem;
	const char *from = strstr(good, key);
	assert_non_null(from);
	const char *after = strchr(from, '\n') + 1;
	snprintf(text, sizeof text, "%.*s%s%s", (int)(from - good), good, line, after);
	memset(&s, 0x5a, sizeof s);
	untouched = s;
	assert_int_equal(read_text(t, text, &s, &problem), RESULT_CONFIG);
	if (!problem.code || strcmp(problem.code, code) != 0)
		print_message("%s -> %s: %s\n", line, problem.code, problem.message);
	assert_string_equal(problem.code, code);
	assert_true(problem.line > 0);
	assert_int_not_equal(problem.fix[0], '\0');
	assert_string_equal(problem.file, temporary_path(t, "client.yaml"));
	assert_memory_equal(&s, &untouched, sizeof s);
}

static void each_wrong_value_is_named_with_line_and_fix(void **state)
{
	struct temporary *t = *state;
	char longer[400];
	expect_refused(t, "oin:", "", "missing-keyword");
	expect_refused(t, "oin:", "oin: \"123\"\n", "bad-value");
	expect_refused(t, "systeem:", "", "missing-keyword");
	expect_refused(t, "systeem:", "systeem: Met Spaties\n", "bad-value");
	expect_refused(t, "systeem:", "systeem: \"\"\n", "bad-value");
	expect_refused(t, "keys:", "", "missing-keyword");
	expect_refused(t, "keys:", "keys: \"\"\n", "too-long");
	expect_refused(t, "endpoint:", "endpoint: ipc:///tmp/x\n", "bad-value");
	expect_refused(t, "endpoint:", "endpoint: tcp://\n", "bad-value");
	expect_refused(t, "endpoint:", "endpoint: tcp://host\n", "bad-value");
	expect_refused(t, "endpoint:", "endpoint: \"tcp://[::1]\"\n", "bad-value");
	expect_refused(t, "endpoint:", "endpoint: \"tcp://::1:7700\"\n", "bad-value");
	expect_refused(t, "genesis:", "", "missing-keyword");
	expect_refused(t, "spool:", "", "missing-keyword");
	expect_refused(t, "spool:", "spol: /x\n", "unknown-keyword");
	expect_refused(t, "spool:", "spool: /x\ntimeout_ms: 99\n", "out-of-range");
	expect_refused(t, "spool:", "spool: /x\ntimeout_ms: soon\n", "bad-type");
	expect_refused(t, "unlock_file:", "", "missing-keyword");
	expect_refused(t, "unlock_file:", "unlock_file: /a\npassphrase_file: /b\n",
		       "missing-keyword");
	snprintf(longer, sizeof longer, "spool: /%0300d\n", 1);
	expect_refused(t, "spool:", longer, "too-long");
}

static void the_example_can_be_used(void **state)
{
	struct client_settings s;
	struct problem problem = {.code = NULL};
	(void)state;
	assert_int_equal(
		client_settings_read(KNP_SOURCE "/config/client.example.yaml", &s, &problem),
		RESULT_OK);
	assert_string_equal(s.spool, "/var/spool/knooppunt");
}

static void a_missing_file_is_named(void **state)
{
	struct temporary *t = *state;
	struct client_settings s;
	struct problem problem = {.code = NULL};
	const char *path = temporary_path(t, "nergens.yaml");
	assert_int_equal(client_settings_read(path, &s, &problem), RESULT_CONFIG);
	assert_string_equal(problem.file, path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(settings_are_read_with_paths_from_their_folder,
						setup, teardown),
		cmocka_unit_test_setup_teardown(each_wrong_value_is_named_with_line_and_fix, setup,
						teardown),
		cmocka_unit_test(the_example_can_be_used),
		cmocka_unit_test_setup_teardown(a_missing_file_is_named, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
