// SPDX-License-Identifier: EUPL-1.2
// Inside clients/json only: from bytes that a partner wrote to a JSON value.
#ifndef KNP_JSON_PARSE_H
#define KNP_JSON_PARSE_H

#include "base/problem.h"
#include "melding/reason.h"

#include <jansson.h>

// Strict: UTF-8 without BOM or NUL, no key twice, nothing behind the value, at most
// MELDING_JSON_MAX. RESULT_MALFORMED with code, fix and line, and nothing of the text;
// RESULT_NO_MEMORY. `problem` may be NULL.
enum result json_text_parse(struct bytes text, const char *file, json_t **ret_root,
			    struct problem *problem) KNP_MUST_CHECK;
// A problem at a place: the reason's own text, and its fix unless `fix` says what to do here.
enum result json_problem(struct problem *problem, const char *file, enum reason reason,
			 const char *pointer, const char *fix);

#endif
