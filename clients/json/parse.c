// SPDX-License-Identifier: EUPL-1.2
#include "json/parse.h"
#include "json/melding_json.h"
#include "json/problem_json.h"

#include <stdio.h>
#include <string.h>

enum result json_problem(struct problem *problem, const char *file, enum reason reason,
			 const char *pointer, const char *fix)
{
	if (problem) {
		snprintf(problem->file, sizeof problem->file, "%s", file);
		(void)problem_refuse(problem, reason, pointer, fix);
	}
	return RESULT_MALFORMED;
}

static enum reason reason_of_error(const json_error_t *error)
{
	switch (json_error_code(error)) {
	case json_error_duplicate_key:
		return REASON_DUPLICATE;
	case json_error_invalid_utf8:
	case json_error_null_character:
	case json_error_null_byte_in_key:
		return REASON_BAD_TEXT;
	case json_error_stack_overflow:
		return REASON_TOO_MANY;
	case json_error_numeric_overflow:
		return REASON_BAD_VALUE;
	default:
		return REASON_SYNTAX;
	}
}

// Jansson's own text quotes what it stumbled over, so only its line is passed on.
static enum result fail_parse(const char *file, const json_error_t *error, struct problem *problem)
{
	if (json_error_code(error) == json_error_out_of_memory)
		return RESULT_NO_MEMORY;
	if (problem)
		problem->line = error->line > 0 ? (unsigned)error->line : 1;
	enum reason reason = reason_of_error(error);
	return json_problem(problem, file, reason, "",
			    reason == REASON_SYNTAX
				    ? "Correct the JSON at this line: commas, quotes, "
				      "brackets, nothing after the end, no BOM at the beginning."
				    : NULL);
}

enum result json_text_parse(struct bytes text, const char *file, json_t **ret_root,
			    struct problem *problem)
{
	json_error_t error;
	if (problem)
		problem->line = 0;
	if (text.len > MELDING_JSON_MAX)
		return json_problem(problem, file, REASON_TOO_LONG, "",
				    "A file has at most 1 MiB.");
	json_t *root = json_loadb((const char *)text.data, text.len,
				  JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (!root)
		return fail_parse(file, &error, problem);
	*ret_root = root;
	return RESULT_OK;
}
