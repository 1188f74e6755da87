// SPDX-License-Identifier: EUPL-1.2
// One line of JSON on standard output, and the error that every program tells (design §13).
#ifndef KNP_JSON_PROBLEM_JSON_H
#define KNP_JSON_PROBLEM_JSON_H

#include "base/problem.h"
#include "json/json_out.h"

// An object that is open between the two calls. It is written whole or, when it does not fit or
// cannot be printed, not at all: then false.
void json_line_begin(struct json_out *out, struct buffer *buffer);
bool json_line_end(struct json_out *out, struct buffer *buffer) KNP_MUST_CHECK;

// Writes "error": {"code", "message", "file"?, "line"?, "field"?, "fix"} into the open object.
void json_out_problem(struct json_out *out, const struct problem *problem);
// The same for people, on standard error.
void problem_say(const char *program, const struct problem *problem);

#endif
