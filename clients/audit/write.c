// SPDX-License-Identifier: EUPL-1.2
#include "audit/audit.h"

#include "base/file.h"
#include "melding/reason.h"

int audit_write_new(struct desk *desk, const char *path, const struct buffer *content)
{
	struct problem problem = {0};
	enum result result =
		content->status ? content->status : file_create(path, buffer_view(content), 0600);
	if (result == RESULT_OK)
		return DESK_DONE;
	enum reason reason = result == RESULT_EXISTS ? REASON_EXISTS : REASON_IO;
	problem_set_file(&problem, path);
	problem_set(&problem, reason_code(reason), reason_fix(reason),
		    "the file cannot be written: %s", result_name(result));
	return desk_fail(desk, &problem, result == RESULT_EXISTS ? DESK_NO : DESK_BROKEN);
}
