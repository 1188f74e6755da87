// SPDX-License-Identifier: EUPL-1.2
#include "base/log.h"

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
static atomic_uint lost;

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

void log_line(enum log_level level, const char *format, ...)
{
	if (level > least)
		return;
	char line[LINE_MAX_BYTES];
	size_t room = sizeof line - TAIL_BYTES;
	va_list args;
	va_start(args, format);
	int made = vsnprintf(line, room, format, args);
	va_end(args);
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
