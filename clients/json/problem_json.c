// SPDX-License-Identifier: EUPL-1.2
#include "json/problem_json.h"

void json_out_problem(struct json_out *out, const struct problem *problem)
{
	json_out_key(out, "error");
	json_out_object_begin(out);
	json_out_add_text(out, "code", problem->code);
	json_out_add_text(out, "message", problem->message);
	if (problem->file[0])
		json_out_add_text(out, "file", problem->file);
	if (problem->line)
		json_out_add_number(out, "line", problem->line);
	if (problem->field[0])
		json_out_add_text(out, "field", problem->field);
	json_out_add_text(out, "fix", problem->fix);
	json_out_object_end(out);
}
