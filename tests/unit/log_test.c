// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/unit.h"

#include "base/log.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// stderr is a pipe while a test runs.
struct capture {
	int saved, read_end;
	char text[8192];
};

static struct capture capture;

static int setup(void **state)
{
	int ends[2];
	*state = &capture;
	capture.saved = dup(STDERR_FILENO);
	if (capture.saved < 0 || pipe2(ends, O_CLOEXEC) < 0 || dup2(ends[1], STDERR_FILENO) < 0)
		return -1;
	close(ends[1]);
	capture.read_end = ends[0];
	fcntl(capture.read_end, F_SETFL, O_NONBLOCK);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	dup2(capture.saved, STDERR_FILENO);
	close(capture.saved);
	close(capture.read_end);
	return 0;
}

// What was written since the last call.
static const char *written(void)
{
	ssize_t len = read(capture.read_end, capture.text, sizeof capture.text - 1);
	capture.text[len > 0 ? len : 0] = '\0';
	return capture.text;
}

static void a_line_names_event_process_and_level(void **state)
{
	(void)state;
	log_open("core", LOG_LEVEL_NOTICE);
	log_line(LOG_LEVEL_NOTICE, "event=ready size=%d", 7);
	assert_string_equal(written(), "event=ready size=7 process=core level=notice\n");
	log_line(LOG_LEVEL_ERROR, "event=stopped");
	assert_string_equal(written(), "event=stopped process=core level=error\n");
}

static void less_urgent_lines_are_not_shown(void **state)
{
	(void)state;
	log_open("gate", LOG_LEVEL_WARNING);
	log_line(LOG_LEVEL_NOTICE, "event=a");
	log_line(LOG_LEVEL_DEBUG, "event=b");
	assert_string_equal(written(), "");
	log_line(LOG_LEVEL_WARNING, "event=c");
	assert_string_equal(written(), "event=c process=gate level=warning\n");
}

static void one_call_is_one_line_whatever_is_in_it(void **state)
{
	(void)state;
	log_open("core", LOG_LEVEL_NOTICE);
	log_line(LOG_LEVEL_NOTICE, "event=x path=%s", "a\nevent=forged\r\x1b[0m\x7f");
	assert_string_equal(written(),
			    "event=x path=a?event=forged??[0m? process=core level=notice\n");
}

static void a_long_line_is_cut_and_keeps_its_end(void **state)
{
	(void)state;
	char text[3000];
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	log_open("a-process-with-a-name-much-too-long", LOG_LEVEL_NOTICE);
	log_line(LOG_LEVEL_NOTICE, "event=%s", text);
	const char *line = written();
	assert_true(strlen(line) <= 900 && strlen(line) > 700);
	assert_non_null(strstr(line, " process=a-process-with-a-name-m"));
	assert_non_null(strstr(line, " level=notice\n"));
}

static unsigned lines_of(const char *text, const char *word)
{
	unsigned count = 0;
	for (const char *p = text; (p = strstr(p, word)) != NULL; p++)
		count++;
	return count;
}

// What a flood would drown is still written, and how much was left out is told.
static void a_flood_of_one_line_is_cut_and_counted(void **state)
{
	(void)state;
	log_open("gate", LOG_LEVEL_NOTICE);
	unsigned flood = 0;
	for (int i = 0; i < 1000; i++) {
		log_line(LOG_LEVEL_WARNING, "event=flood n=%d", i);
		flood += lines_of(written(), "event=flood");
	}
	assert_int_equal(flood, LOG_LINES_PER_WINDOW);
	log_line(LOG_LEVEL_WARNING, "event=flood n=%s", "of another place");
	assert_string_equal(written(),
			    "event=flood n=of another place process=gate level=warning\n");
	log_settle(); // its window is not over
	assert_string_equal(written(), "");
	log_close();
	assert_string_equal(written(),
			    "event=log.suppressed of=flood count=900 process=gate level=warning\n");
	log_close();
	assert_string_equal(written(), "");
}

static void a_full_pipe_holds_nobody_and_what_was_lost_is_counted(void **state)
{
	(void)state;
	char filling[4096] = {0};
	log_open("core", LOG_LEVEL_NOTICE);
	fcntl(STDERR_FILENO, F_SETFL, O_NONBLOCK);
	while (write(STDERR_FILENO, filling, sizeof filling) > 0)
		;
	fcntl(STDERR_FILENO, F_SETFL, 0);
	alarm(10); // a line that waits ends the test
	for (int i = 0; i < 3; i++)
		log_line(LOG_LEVEL_NOTICE, "event=dropped");
	alarm(0);
	while (read(capture.read_end, filling, sizeof filling) > 0)
		;
	log_line(LOG_LEVEL_NOTICE, "event=again");
	assert_string_equal(written(), "event=again process=core level=notice lost=3\n");
	log_line(LOG_LEVEL_NOTICE, "event=after");
	assert_string_equal(written(), "event=after process=core level=notice\n");
}

static void a_reader_that_is_gone_ends_nobody(void **state)
{
	(void)state;
	log_open("core", LOG_LEVEL_NOTICE);
	assert_true(signal(SIGPIPE, SIG_DFL) != SIG_ERR);
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_true(null >= 0 && dup2(null, capture.read_end) >= 0);
	close(null);
	log_line(LOG_LEVEL_NOTICE, "event=unheard");
	// A stderr that is a file is written and tells what was lost before.
	char path[] = "/tmp/knp-log-XXXXXX", line[200] = {0};
	int file = mkstemp(path);
	assert_true(file >= 0 && dup2(file, STDERR_FILENO) >= 0);
	log_line(LOG_LEVEL_NOTICE, "event=heard");
	assert_true(pread(file, line, sizeof line - 1, 0) > 0);
	assert_string_equal(line, "event=heard process=core level=notice lost=1\n");
	unlink(path);
	close(file);
}

#define CAPTURED(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CAPTURED(a_line_names_event_process_and_level),
		CAPTURED(less_urgent_lines_are_not_shown),
		CAPTURED(one_call_is_one_line_whatever_is_in_it),
		CAPTURED(a_long_line_is_cut_and_keeps_its_end),
		CAPTURED(a_flood_of_one_line_is_cut_and_counted),
		CAPTURED(a_reader_that_is_gone_ends_nobody),
		CAPTURED(a_full_pipe_holds_nobody_and_what_was_lost_is_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
