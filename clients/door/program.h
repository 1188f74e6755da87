// SPDX-License-Identifier: EUPL-1.2
// What the programs at a partner's side (knooppunt-jzv, knooppunt-adapter) share of their command
// line (design §13): --help, --version and --json, and how a failure is told. With --json every
// outcome is one JSON object a line on standard output; people's text goes to standard error.
#ifndef KNP_DOOR_PROGRAM_H
#define KNP_DOOR_PROGRAM_H

#include "base/problem.h"
#include "base/result.h"

struct program {
	const char *name, *help;
	bool json;
};

// Whether --json is there: a mistake before it is told so too.
void program_find_json(struct program *program, int argc, char **argv);
// --help and --version: says it and returns an exit code; -1: it is another word.
int program_introduce(const struct program *program, const char *word);

// Tells a failure, of which nothing more is known when `problem` has no code, and returns the exit
// code of `result`.
int program_fail(const struct program *program, enum result result, const struct problem *problem);
// The same of a program that goes on until it is ended. It answers no question: what says no
// elsewhere, such as a spool that is damaged, is for a person to mend, and starting it again mends
// nothing (PROGRAM_CONFIG).
int program_give_up(const struct program *program, enum result result,
		    const struct problem *problem);
// Tells that the command line is wrong, and returns PROGRAM_USAGE.
int program_misused(const struct program *program);
// Tells that --check found nothing, and returns PROGRAM_DONE.
int program_fine(const struct program *program);

// Of a program that goes on until it is ended: a descriptor that can be read when it is, by SIGTERM
// or SIGINT; -1: there is none. SIGPIPE ends it no more.
int program_open_signals(void);

#endif
