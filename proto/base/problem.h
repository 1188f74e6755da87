// SPDX-License-Identifier: EUPL-1.2
// An error for the person who reads it: what happened, where, what to do. Filled by readers of
// settings, convenanten, code tables, melding files and key folders; printed by the programs as
// {"error":{"code","message","file"?,"line"?,"field"?,"fix"}}. Never holds a value from a melding.
#ifndef KNP_BASE_PROBLEM_H
#define KNP_BASE_PROBLEM_H

#include "base/bytes.h"

struct problem {
	const char *code;  // static text from the closed list of reason codes
	char message[240]; // what happened, one sentence, English
	char file[240];    // "" when it is about no file
	unsigned line;     // 1-based, 0 unknown
	char field[120];   // dotted path or JSON pointer, "" when none
	char fix[480];     // what to do
};

// Sets code, message and fix; keeps file and line if the caller set them before. A text that is too
// long ends after a whole word, and with "…".
void problem_set(struct problem *problem, const char *code, const char *fix, const char *format,
		 ...) __attribute__((format(printf, 4, 5)));
// Of a path that is too long the end stays: it tells the files of one folder apart.
void problem_set_file(struct problem *problem, const char *path);
void problem_set_field(struct problem *problem, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
