// SPDX-License-Identifier: EUPL-1.2
// Log lines for the beheerder: `event=… key=value …`, to stderr, with ids and reason codes,
// never content, names, BSNs or ids of meldingen. A function is logging or non-logging; only
// flow, control, parent and main files log.
#ifndef KNP_BASE_LOG_H
#define KNP_BASE_LOG_H

#include <stdint.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_NOTICE, LOG_LEVEL_DEBUG };

// Names the process in each line ("core", "gate", …) and sets the least urgent level shown.
void log_open(const char *process, enum log_level level);
// From now on the least urgent level is the one that `*level` says at each line (it may change);
// NULL: that of log_open again.
void log_follow(const int64_t *level);
// `format` is a literal and begins with "event=name"; one line per call, cut at 900 bytes, controls
// replaced. Of one format at most LOG_LINES_PER_WINDOW lines in LOG_WINDOW_MS are written: what
// somebody outside can bring about must not drown the rest. Of what was left out the number is
// told, "event=log.suppressed of=name count=N", once the window is over.
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));
#define LOG_WINDOW_MS 10000
#define LOG_LINES_PER_WINDOW 100
// Tells what was left out and is due: for loops, which may have no other line to write.
void log_settle(void);
// Tells all of it: at the end of a process.
void log_close(void);

#endif
