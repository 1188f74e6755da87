// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/unit.h"

#include "base/file.h"
#include "base/log.h"
#include "settings/settings.h"
#include "tests/unit/temporary.h"

#define REQUIRED "data: d\nkeys: k\nunlock_file: u\n"

struct fixture {
	struct temporary *t;
	struct settings settings;
	struct problem problem;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	f->t = temporary_new();
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	temporary_free(f->t);
	free(f);
	return 0;
}

static enum result read_text(struct fixture *f, const char *text)
{
	const char *path = temporary_path(f->t, "settings.yaml");
	assert_int_equal(file_replace(path, bytes_of_text(text), 0600), RESULT_OK);
	memset(&f->problem, 0, sizeof f->problem);
	return settings_read(path, &f->settings, &f->problem);
}

static void what_is_not_given_has_the_default_of_its_row(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(read_text(f, REQUIRED), RESULT_OK);
	for (size_t n = 0; setting_row_at(n); n++) {
		const struct setting_row *row = setting_row_at(n);
		const char *at = (const char *)&f->settings + row->offset;
		if (row->kind == SETTING_INT || row->kind == SETTING_CHOICE)
			assert_int_equal(*(const int64_t *)at, row->standard);
		else if (row->standard_text)
			assert_non_null(strstr(at, row->standard_text));
	}
	assert_string_equal(f->settings.endpoint, "tcp://127.0.0.1:7477");
}

static void given_values_are_read_into_their_own_member(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(read_text(f, "data: /srv/d\nkeys: /srv/k\nunlock_file: /srv/u\n"
				      "codes: /srv/c\nendpoint: 'tcp://[::1]:0'\n"
				      "control: /run/s\nopeners: 3\nmap_log_mib: 64\n"
				      "map_state_mib: 65\ntick_seconds: 66\nbatch_max: 67\n"
				      "credit_frames: 68\ncredit_kib: 690\nhandshake_ms: 700\n"
				      "poll_max_seconds: 71\nlog_level: debug\n"
				      "sandbox: best-effort\ngate_user: hek\nopener_user: '64002'\n"
				      "core_user: kern_1\nopening_hours: ma-vr 08:30-17:00\n"
				      "piket: '+31 (0)6-12345678'\n"),
			 RESULT_OK);
	const struct settings *s = &f->settings;
	assert_string_equal(s->data, "/srv/d");
	assert_string_equal(s->keys, "/srv/k");
	assert_string_equal(s->unlock_file, "/srv/u");
	assert_string_equal(s->codes, "/srv/c");
	assert_string_equal(s->endpoint, "tcp://[::1]:0");
	assert_string_equal(s->control, "/run/s");
	assert_string_equal(s->opening_hours, "ma-vr 08:30-17:00");
	assert_string_equal(s->piket, "+31 (0)6-12345678");
	assert_int_equal(s->openers, 3);
	assert_int_equal(s->map_log_mib, 64);
	assert_int_equal(s->map_state_mib, 65);
	assert_int_equal(s->tick_seconds, 66);
	assert_int_equal(s->batch_max, 67);
	assert_int_equal(s->credit_frames, 68);
	assert_int_equal(s->credit_kib, 690);
	assert_int_equal(s->handshake_ms, 700);
	assert_int_equal(s->poll_max_seconds, 71);
	assert_int_equal(s->log_level, LOG_LEVEL_DEBUG);
	assert_int_equal(s->sandbox, SANDBOX_BEST_EFFORT);
	assert_string_equal(s->gate_user, "hek");
	assert_string_equal(s->opener_user, "64002");
	assert_string_equal(s->core_user, "kern_1");
}

static void relative_paths_start_at_the_folder_of_the_file(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(read_text(f, REQUIRED), RESULT_OK);
	char folder[4096];
	assert_non_null(realpath(f->t->folder, folder));
	char wanted[4200];
	snprintf(wanted, sizeof wanted, "%s/d", folder);
	assert_string_equal(f->settings.data, wanted);
	snprintf(wanted, sizeof wanted, "%s/codes", folder);
	assert_string_equal(f->settings.codes, wanted);
}

static void refused(struct fixture *f, const char *text, const char *code, unsigned line)
{
	struct settings before;
	memset(&before, 0x5a, sizeof before);
	f->settings = before;
	assert_int_equal(read_text(f, text), RESULT_CONFIG);
	assert_memory_equal(&f->settings, &before, sizeof before);
	assert_string_equal(f->problem.code, code);
	assert_int_equal(f->problem.line, line);
	assert_string_equal(f->problem.file, temporary_path(f->t, "settings.yaml"));
	assert_string_not_equal(f->problem.message, "");
	assert_string_not_equal(f->problem.fix, "");
}

static void a_wrong_file_is_refused_with_its_line_and_leaves_the_settings_alone(void **state)
{
	struct fixture *f = *state;
	refused(f, REQUIRED "credits: 4\n", "unknown-keyword", 4);
	refused(f, REQUIRED "openers: 17\n", "out-of-range", 4);
	refused(f, REQUIRED "openers: -1\n", "out-of-range", 4);
	refused(f, REQUIRED "tick_seconds: 5m\n", "bad-type", 4);
	refused(f, REQUIRED "tick_seconds: [1]\n", "bad-type", 4);
	refused(f, REQUIRED "codes: [a]\n", "bad-type", 4);
	refused(f, REQUIRED "codes: ''\n", "bad-value", 4);
	refused(f, REQUIRED "codes: \"a\\nb\"\n", "bad-text", 4);
	refused(f, REQUIRED "control: \"a\\x7fb\"\n", "bad-text", 4);
	refused(f, REQUIRED "log_level: loud\n", "bad-value", 4);
	refused(f, REQUIRED "sandbox: nee\n", "bad-value", 4);
	assert_string_equal(f->problem.fix, "Write one of: required, best-effort");
	refused(f, REQUIRED "gate_user: ''\n", "bad-value", 4);
	refused(f, REQUIRED "gate_user: -1\n", "bad-value", 4);
	refused(f, REQUIRED "core_user: a/b\n", "bad-value", 4);
	refused(f, REQUIRED "core_user: abcdefghijklmnopqrstuvwxyzabcdefg\n", "bad-value", 4);
	refused(f, REQUIRED "opening_hours: ma-vr 9-17\n", "bad-value", 4);
	refused(f, REQUIRED "piket: ''\nopening_hours: [ma]\n", "bad-type", 5);
	refused(f, REQUIRED "piket: 'bel Jan'\n", "bad-value", 4);
	refused(f, REQUIRED "piket: '012345678901234567890'\n", "bad-value", 4);
	refused(f, REQUIRED "data: again\n", "duplicate-keyword", 4);
	refused(f, "data: d\nkeys: k\n", "missing-keyword", 0);
	refused(f, "", "missing-keyword", 0);
	refused(f, "- data\n", "bad-type", 1);
}

static void an_endpoint_is_tcp_with_address_and_port(void **state)
{
	struct fixture *f = *state;
	static const char *const bad[] = {
		"127.0.0.1:1",      "ipc:///tmp/x",  "tcp://",
		"tcp://:1",         "tcp://host",    "tcp://host:",
		"tcp://host:65536", "tcp://host:1x", "tcp://host:-1",
		"tcp://a;b:1",      "tcp://a/b:1",   "tcp://host:99999999999999999999",
		"tcp://[::1]",      "tcp://::1:7",   "tcp://[::1:7",
		"tcp://[]:7",       "tcp://[a]:7",   "tcp://[::1]x:7",
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char text[200];
		snprintf(text, sizeof text, REQUIRED "endpoint: '%s'\n", bad[i]);
		refused(f, text, "bad-value", 4);
		assert_string_equal(f->problem.field, "endpoint");
	}
	assert_int_equal(read_text(f, REQUIRED "endpoint: 'tcp://*:65535'\n"), RESULT_OK);
}

static void a_path_that_does_not_fit_is_refused_and_not_cut(void **state)
{
	struct fixture *f = *state;
	char text[600], path[300];
	memset(path, 'a', sizeof path - 1);
	path[sizeof path - 1] = '\0';
	snprintf(text, sizeof text, REQUIRED "codes: %s\n", path);
	refused(f, text, "too-long", 4);
}

static void a_file_that_is_not_there_is_named(void **state)
{
	struct fixture *f = *state;
	const char *path = temporary_path(f->t, "nothing.yaml");
	assert_int_equal(settings_read(path, &f->settings, &f->problem), RESULT_CONFIG);
	assert_string_equal(f->problem.file, path);
}

static void rows_are_complete_and_their_defaults_are_allowed(void **state)
{
	(void)state;
	for (size_t n = 0; setting_row_at(n); n++) {
		const struct setting_row *row = setting_row_at(n);
		assert_non_null(row->help);
		assert_true(row->offset < sizeof(struct settings));
		for (size_t m = 0; m < n; m++) {
			assert_string_not_equal(setting_row_at(m)->name, row->name);
			assert_int_not_equal(setting_row_at(m)->offset, row->offset);
		}
		if (row->kind != SETTING_INT)
			continue;
		assert_non_null(row->unit);
		assert_in_range(row->standard, row->min, row->max);
	}
}

// Uncomments every default of the example file, so that it is read instead of assumed.
static void the_example_file_shows_every_setting_with_its_help_and_default(void **state)
{
	struct fixture *f = *state;
	struct buffer example;
	buffer_init(&example, 65536);
	assert_int_equal(file_read(KNP_SOURCE "/config/knooppunt.example.yaml", 65535, &example),
			 RESULT_OK);
	buffer_append_u8(&example, '\0');
	char *text = (char *)example.data;
	for (size_t n = 0; setting_row_at(n); n++) {
		const struct setting_row *row = setting_row_at(n);
		char wanted[300];
		snprintf(wanted, sizeof wanted, "\n# %s", row->help);
		assert_non_null(strstr(text, wanted));
		// The control socket of the example is where the unit has a folder for it.
		bool shown = row->kind == SETTING_INT ||
			     (row->standard_text && strcmp(row->name, "control") != 0);
		snprintf(wanted, sizeof wanted, "\n%s%s: ", shown ? "#" : "", row->name);
		assert_non_null(strstr(text, wanted));
		if (row->kind != SETTING_INT)
			continue;
		snprintf(wanted, sizeof wanted, " (%lld to %lld %s)\n#%s: ", (long long)row->min,
			 (long long)row->max, row->unit, row->name);
		assert_non_null(strstr(text, wanted));
	}
	assert_int_equal(read_text(f, REQUIRED), RESULT_OK);
	struct settings defaults = f->settings;
	for (char *p = text; (p = strstr(p, "\n#")); p++) {
		if (p[2] != ' ')
			memmove(p + 1, p + 2, strlen(p + 2) + 1);
	}
	assert_int_equal(read_text(f, text), RESULT_OK);
	assert_string_equal(f->settings.control, "/run/knooppunt/control.sock");
	memcpy(f->settings.control, defaults.control, sizeof defaults.control);
	const size_t first_shared = offsetof(struct settings, codes);
	assert_memory_equal((const char *)&f->settings + first_shared,
			    (const char *)&defaults + first_shared, sizeof defaults - first_shared);
	buffer_done(&example);
}

static void the_manual_page_says_which_settings_are_taken_over_while_it_runs(void **state)
{
	(void)state;
	struct buffer page;
	buffer_init(&page, 65536);
	assert_int_equal(file_read(KNP_SOURCE "/daemon/knooppuntd.8", 65535, &page), RESULT_OK);
	buffer_append_u8(&page, '\0');
	char *list = strstr((char *)page.data, "Taken over while it runs");
	assert_non_null(list);
	char *end = strstr(list, "need a restart");
	assert_non_null(end);
	*end = '\0';
	for (size_t n = 0; setting_row_at(n); n++) {
		const struct setting_row *row = setting_row_at(n);
		char name[60];
		snprintf(name, sizeof name, " %s ", row->name);
		assert_int_equal(strstr(list, name) != NULL, row->reloadable);
		// Processes look at one page of memory: only what is written at once may change.
		if (row->reloadable)
			assert_true(row->kind == SETTING_INT || row->kind == SETTING_CHOICE);
	}
	buffer_done(&page);
}

static void a_value_is_written_as_its_file_has_it_and_taken_within_its_range(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(read_text(f, REQUIRED), RESULT_OK);
	for (size_t n = 0; setting_row_at(n); n++) {
		const struct setting_row *row = setting_row_at(n);
		struct settings other = {.data = ""};
		char text[SETTING_TEXT_MAX];
		bool number = row->kind == SETTING_INT || row->kind == SETTING_CHOICE;
		setting_format(row, &f->settings, text);
		assert_int_equal(setting_take(row, bytes_of_text(text), &other), number);
		if (number)
			assert_memory_equal((char *)&other + row->offset,
					    (char *)&f->settings + row->offset, sizeof(int64_t));
		static const char *const wrong[] = {
			"", "-1", "x", "1e3", "99999999999999999999", "999999999999999"};
		for (size_t i = 0; i < COUNT_OF(wrong); i++)
			assert_false(setting_take(row, bytes_of_text(wrong[i]), &other));
	}
}

static void the_manual_page_shows_every_setting_with_its_help_range_and_default(void **state)
{
	(void)state;
	struct buffer page;
	buffer_init(&page, 65536);
	assert_int_equal(file_read(KNP_SOURCE "/daemon/knooppuntd.8", 65535, &page), RESULT_OK);
	buffer_append_u8(&page, '\0');
	const char *text = (const char *)page.data;
	for (size_t n = 0; setting_row_at(n); n++) {
		const struct setting_row *row = setting_row_at(n);
		char wanted[400];
		int len =
			snprintf(wanted, sizeof wanted, "\n.It Cm %s\n%s\n", row->name, row->help);
		if (row->kind == SETTING_INT)
			snprintf(wanted + len, sizeof wanted - (size_t)len,
				 "From %lld to %lld %s; the default is %lld.\n",
				 (long long)row->min, (long long)row->max, row->unit,
				 (long long)row->standard);
		else if (row->standard_text && !row->standard_text[0])
			snprintf(wanted + len, sizeof wanted - (size_t)len,
				 "Not given by default.\n");
		else
			snprintf(wanted + len, sizeof wanted - (size_t)len, "%s%s.\n",
				 row->standard_text ? "The default is " : "Must be given",
				 row->standard_text ? row->standard_text : "");
		assert_non_null(strstr(text, wanted));
	}
	buffer_done(&page);
}

// As systemd passes one: the path of the settings may be one that only root can read.
static void a_credential_takes_the_place_of_the_unlock_file_that_has_its_name(void **state)
{
	struct fixture *f = *state;
	char folder[300];
	snprintf(folder, sizeof folder, "%s", temporary_path(f->t, "credentials"));
	assert_int_equal(folder_ensure(folder), RESULT_OK);
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", folder, 1), 0);
	assert_int_equal(read_text(f, "data: d\nkeys: k\nunlock_file: /etc/x/unlock.key\n"),
			 RESULT_OK);
	assert_string_equal(f->settings.unlock_file, "/etc/x/unlock.key");
	char path[320];
	snprintf(path, sizeof path, "%s/unlock.key", folder);
	assert_int_equal(file_create(path, bytes_of_text("x"), 0400), RESULT_OK);
	assert_int_equal(read_text(f, "data: d\nkeys: k\nunlock_file: /etc/x/unlock.key\n"),
			 RESULT_OK);
	assert_string_equal(f->settings.unlock_file, path);
	assert_int_equal(read_text(f, "data: d\nkeys: k\nunlock_file: /etc/x/other.key\n"),
			 RESULT_OK);
	assert_string_equal(f->settings.unlock_file, "/etc/x/other.key");
	assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(what_is_not_given_has_the_default_of_its_row),
		T(given_values_are_read_into_their_own_member),
		T(relative_paths_start_at_the_folder_of_the_file),
		T(a_wrong_file_is_refused_with_its_line_and_leaves_the_settings_alone),
		T(an_endpoint_is_tcp_with_address_and_port),
		T(a_path_that_does_not_fit_is_refused_and_not_cut),
		T(a_file_that_is_not_there_is_named),
		T(rows_are_complete_and_their_defaults_are_allowed),
		T(a_credential_takes_the_place_of_the_unlock_file_that_has_its_name),
		T(the_example_file_shows_every_setting_with_its_help_and_default),
		T(the_manual_page_says_which_settings_are_taken_over_while_it_runs),
		T(a_value_is_written_as_its_file_has_it_and_taken_within_its_range),
		T(the_manual_page_shows_every_setting_with_its_help_range_and_default),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
