// SPDX-License-Identifier: EUPL-1.2
#include "base/log.h"

#include "base/clock.h"

#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 900
#define TAIL_BYTES 96 // room for process, level and lost, which a long line must not push out

// The one piece of process-wide state in the tree: a log line must be possible from everywhere
// that may log, and there is one stderr.
static char process_name[24] = "knooppunt";
static enum log_level least = LOG_LEVEL_NOTICE;
static const int64_t *followed;
static atomic_uint lost;

// The lines of one format in the window that began then. There are fewer formats than this that
// anybody could repeat; the last place is for all others.
#define SITES 64
static struct site {
	const char *format;
	int64_t began;
	unsigned lines, suppressed;
} sites[SITES];
static atomic_flag sites_in_use = ATOMIC_FLAG_INIT;

static const char *const level_names[] = {
	[LOG_LEVEL_ERROR] = "error",
	[LOG_LEVEL_WARNING] = "warning",
	[LOG_LEVEL_NOTICE] = "notice",
	[LOG_LEVEL_DEBUG] = "debug",
};

void log_open(const char *process, enum log_level level)
{
	snprintf(process_name, sizeof process_name, "%s", process);
	least = level;
}

void log_follow(const int64_t *level)
{
	followed = level;
}

static int64_t least_shown(void)
{
	return followed ? __atomic_load_n(followed, __ATOMIC_RELAXED) : (int64_t)least;
}

// A reader that hangs must not hang the daemon, and one that is gone must not end it by SIGPIPE.
// stderr is shared with other processes, so it cannot be made non-blocking; a pipe that polls
// writable takes a line of this size at once unless another process fills it in between.
static void write_line(const char *line, size_t len)
{
	struct pollfd ready = {.fd = STDERR_FILENO, .events = POLLOUT};
	if (poll(&ready, 1, 0) != 1 || ready.revents != POLLOUT ||
	    write(STDERR_FILENO, line, len) < 0)
		atomic_fetch_add(&lost, 1);
}

__attribute__((format(printf, 2, 0))) static void put_line(enum log_level level, const char *format,
							   va_list args)
{
	char line[LINE_MAX_BYTES];
	size_t room = sizeof line - TAIL_BYTES;
	int made = vsnprintf(line, room, format, args);
	size_t len = made < 0 ? 0 : (size_t)made < room ? (size_t)made : room - 1;
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = '?';
	}
	int tail = snprintf(line + len, sizeof line - len, " process=%s level=%s", process_name,
			    level_names[level]);
	len += (size_t)tail;
	unsigned count = atomic_exchange(&lost, 0);
	if (count)
		len += (size_t)snprintf(line + len, sizeof line - len, " lost=%u", count);
	line[len++] = '\n';
	write_line(line, len);
	if (count && atomic_load(&lost))
		atomic_fetch_add(&lost, count);
}

// ---- floods --------------------------------------------------------------------------------

static struct site *site_of(const char *format)
{
	size_t n = 0;
	while (n < SITES - 1 && sites[n].format && sites[n].format != format)
		n++;
	if (!sites[n].format)
		sites[n].format = format;
	return &sites[n];
}

// False: too many of these came already. Whoever comes while another thread counts is let through.
static bool site_admits(const char *format)
{
	if (atomic_flag_test_and_set(&sites_in_use))
		return true;
	int64_t now = clock_monotonic_ms();
	struct site *site = site_of(format);
	if (site->lines == 0 || now - site->began >= LOG_WINDOW_MS) {
		site->began = now;
		site->lines = 0;
	}
	bool admits = site->lines < LOG_LINES_PER_WINDOW;
	site->lines += admits;
	site->suppressed += !admits;
	atomic_flag_clear(&sites_in_use);
	return admits;
}

__attribute__((format(printf, 1, 2))) static void put_warning(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	put_line(LOG_LEVEL_WARNING, format, args);
	va_end(args);
}

static void tell_suppressed(bool all)
{
	if (atomic_flag_test_and_set(&sites_in_use))
		return;
	int64_t now = clock_monotonic_ms();
	for (size_t n = 0; n < SITES && sites[n].format; n++) {
		struct site *site = &sites[n];
		if (!site->suppressed || (!all && now - site->began < LOG_WINDOW_MS))
			continue;
		const char *name = site->format + strcspn(site->format, "=");
		name += *name == '=';
		int len = n < SITES - 1 ? (int)strcspn(name, " %") : 0;
		put_warning("event=log.suppressed of=%.*s count=%u", len ? len : 5,
			    len ? name : "other", site->suppressed);
		site->suppressed = 0;
	}
	atomic_flag_clear(&sites_in_use);
}

void log_line(enum log_level level, const char *format, ...)
{
	if ((int64_t)level > least_shown())
		return;
	log_settle();
	if (!site_admits(format))
		return;
	va_list args;
	va_start(args, format);
	put_line(level, format, args);
	va_end(args);
}

void log_settle(void)
{
	tell_suppressed(false);
}

void log_close(void)
{
	tell_suppressed(true);
}
