// SPDX-License-Identifier: EUPL-1.2
#include "json/problem_json.h"

#include <stdio.h>

#define LINE_BYTES_MAX (16 * 1024 * 1024)

void json_line_begin(struct json_out *out, struct buffer *buffer)
{
	buffer_init(buffer, LINE_BYTES_MAX);
	json_out_init(out, buffer);
	json_out_object_begin(out);
}

// Half a line would be read as another answer.
bool json_line_end(struct json_out *out, struct buffer *buffer)
{
	json_out_object_end(out);
	buffer_append_u8(buffer, '\n');
	bool ok = buffer->status == RESULT_OK &&
		  fwrite(buffer->data, 1, buffer->len, stdout) == buffer->len;
	buffer_wipe(buffer);
	return ok;
}

enum result problem_refuse(struct problem *problem, enum reason reason, const char *field,
			   const char *fix)
{
	const char *code = reason_code(reason), *text = reason_text(reason);
	problem_set(problem, code ? code : "unknown", fix ? fix : reason_fix(reason), "%s",
		    text ? text : "A reason that this version does not know.");
	problem_set_field(problem, "%s", field);
	return RESULT_MALFORMED;
}

void problem_say(const char *program, const struct problem *problem)
{
	fprintf(stderr, "%s: ", program);
	if (problem->file[0])
		fprintf(stderr, "%s: ", problem->file);
	if (problem->line)
		fprintf(stderr, "line %u: ", problem->line);
	if (problem->field[0])
		fprintf(stderr, "%s: ", problem->field);
	fprintf(stderr, "%s\n", problem->message);
	if (problem->fix[0])
		fprintf(stderr, "%s: to do: %s\n", program, problem->fix);
}
