// SPDX-License-Identifier: EUPL-1.2
// The error object that every program prints (design §13).
#ifndef KNP_JSON_PROBLEM_JSON_H
#define KNP_JSON_PROBLEM_JSON_H

#include "base/problem.h"
#include "json/json_out.h"

// Writes "error": {"code", "message", "file"?, "line"?, "field"?, "fix"} into the open object.
void json_out_problem(struct json_out *out, const struct problem *problem);

#endif
