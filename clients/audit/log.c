// SPDX-License-Identifier: EUPL-1.2
#include "audit/audit.h"

#include "audit/copy.h"
#include "base/file.h"
#include "base/shell.h"
#include "desk/answer.h"
#include "melding/reason.h"
#include "tree/note.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Core may write in its data folder only; from there it is ours to copy.
static int take_export(struct desk *desk, const char *from, const char *to)
{
	enum result result = copy_tree(from, to);
	if (result == RESULT_OK)
		return DESK_DONE;
	struct problem problem = {0};
	problem_set_file(&problem, to);
	problem_set(&problem, reason_code(REASON_IO), reason_fix(REASON_IO),
		    "the export in %s cannot be copied (%s)", from, result_name(result));
	return desk_fail(desk, &problem, DESK_BROKEN);
}

// The house's own verifier key: without one, whose log it is would not be checked.
static void say_verify(struct desk *desk, uint64_t size, const char *folder)
{
	struct settings settings;
	struct problem problem = {0};
	struct buffer words;
	char vkey[sizeof settings.data + 16] = "log.vkey";
	if (settings_read(desk->values[DESK_SETTINGS], &settings, &problem) == RESULT_OK)
		snprintf(vkey, sizeof vkey, "%s/log.vkey", settings.data);
	buffer_init(&words, 8192);
	shell_append(&words, folder);
	buffer_append_text(&words, " ");
	shell_append_option(&words, "--vkey", vkey);
	desk_say(desk, "%llu entries are in %s; verify them with:", (unsigned long long)size,
		 folder);
	desk_say_command(desk, "knooppunt-audit", "verify %.*s", (int)words.len,
			 (const char *)words.data);
	buffer_done(&words);
}

static bool is_empty(const char *folder)
{
	DIR *list = opendir(folder);
	const struct dirent *row;
	bool empty = list != NULL;
	while (empty && (row = readdir(list)))
		empty = strcmp(row->d_name, ".") == 0 || strcmp(row->d_name, "..") == 0;
	if (list)
		closedir(list);
	return empty;
}

// It goes into a new folder, or over an export that was made there before.
static int check_target(struct desk *desk, const char *folder)
{
	struct stat st;
	char checkpoint[PATH_MAX];
	struct problem problem = {0};
	snprintf(checkpoint, sizeof checkpoint, "%s/checkpoint", folder);
	if (lstat(folder, &st) != 0 || access(checkpoint, F_OK) == 0 || is_empty(folder))
		return DESK_DONE;
	problem_set_file(&problem, folder);
	problem_set(&problem, reason_code(REASON_EXISTS),
		    "name a folder that is not there yet, or an earlier export to bring up to date",
		    S_ISDIR(st.st_mode) ? "the folder is there, and holds something else"
					: "there is a file of this name");
	return desk_fail(desk, &problem, DESK_USAGE);
}

int audit_export(struct desk *desk)
{
	char from[PATH_MAX];
	const char *folder = desk->arguments[0];
	struct buffer request;
	struct answer *answer;
	uint64_t size;
	int code = check_target(desk, folder);
	if (code != DESK_DONE)
		return code;
	desk_question(&request, "export");
	code = desk_ask(desk, &request, &answer);
	if (code != DESK_DONE)
		return code;
	enum result result = answer_number(answer, "size", &size);
	bool named = answer_text(answer, "folder", from, sizeof from)[0] == '/';
	answer_free(answer);
	if (result != RESULT_OK || !named)
		return desk_odd_answer(desk, "an export without its size or folder");
	code = take_export(desk, from, folder);
	if (code != DESK_DONE)
		return code;
	say_verify(desk, size, folder);
	if (desk->json) {
		struct desk_line line;
		desk_line_begin(&line);
		json_out_add_number(&line.out, "size", size);
		json_out_add_text(&line.out, "folder", folder);
		desk_line_end(desk, &line);
	}
	return DESK_DONE;
}
