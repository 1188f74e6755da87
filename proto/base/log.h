// SPDX-License-Identifier: EUPL-1.2
// Log lines for the beheerder: `event=… key=value …`, to stderr, with ids and reason codes,
// never content, names, BSNs or ids of meldingen. A function is logging or non-logging; only
// flow, control, parent and main files log.
#ifndef KNP_BASE_LOG_H
#define KNP_BASE_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_NOTICE, LOG_LEVEL_DEBUG };

// Names the process in each line ("core", "gate", …) and sets the least urgent level shown.
void log_open(const char *process, enum log_level level);
// `format` begins with "event=name"; one line per call, cut at 900 bytes, controls replaced.
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
