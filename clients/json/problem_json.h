// SPDX-License-Identifier: EUPL-1.2
// One line of JSON on standard output, and a problem as people are told it.
#ifndef KNP_JSON_PROBLEM_JSON_H
#define KNP_JSON_PROBLEM_JSON_H

#include "base/json_out.h"
#include "melding/reason.h"

// An object that is open between the two calls. It is written whole or, when it does not fit or
// cannot be printed, not at all: then false.
void json_line_begin(struct json_out *out, struct buffer *buffer);
bool json_line_end(struct json_out *out, struct buffer *buffer) KNP_MUST_CHECK;

// Fills a problem with a reason of the closed list: code, text, and its own fix where `fix` is
// NULL; file and line stay as they are. Returns RESULT_MALFORMED.
enum result problem_refuse(struct problem *problem, enum reason reason, const char *field,
			   const char *fix);

// A problem for people, on standard error.
void problem_say(const char *program, const struct problem *problem);

#endif
