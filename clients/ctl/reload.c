// SPDX-License-Identifier: EUPL-1.2
// Has the running daemon take over what changed in its settings and can change while it runs. The
// file is read here: a daemon that is confined reaches it no more. A file with a fault changes
// nothing.
#include "ctl/ctl.h"

#include "desk/answer.h"

#include <stdio.h>
#include <string.h>

struct changes {
	const char *names[64];
	size_t count;
};

static void add(struct changes *changes, const char *name)
{
	if (changes->count < sizeof changes->names / sizeof changes->names[0])
		changes->names[changes->count++] = name;
}

static struct bytes after_slash(struct bytes path)
{
	const uint8_t *slash = path.len ? memrchr(path.data, '/', path.len) : NULL;
	size_t skip = slash ? (size_t)(slash - path.data) : 0;
	return bytes_make(path.data + skip, path.len - skip);
}

// The service manager may have passed the daemon the unlock file as a credential of its name.
static bool is_same(const struct setting_row *row, struct bytes runs, struct bytes file)
{
	if (strcmp(row->name, "unlock_file") == 0)
		return bytes_equal(after_slash(runs), after_slash(file));
	return bytes_equal(runs, file);
}

// What of the file is not in force: into the request what can be, else its name.
static enum result compare(struct desk *desk, const struct answer *running,
			   const struct settings *settings, struct buffer *request,
			   struct changes lists[2])
{
	const struct setting_row *row;
	for (size_t n = 0; (row = setting_row_at(n)); n++) {
		char text[SETTING_TEXT_MAX];
		struct bytes runs = control_value(&running->message, row->name);
		setting_format(row, settings, text);
		if (!runs.data)
			return RESULT_MALFORMED;
		if (is_same(row, runs, bytes_of_text(text)))
			continue;
		add(&lists[row->reloadable], row->name);
		if (row->reloadable)
			control_append_text(request, row->name, text);
		desk_say(desk, "%s: %.*s -> %s%s", row->name, (int)runs.len,
			 (const char *)runs.data, text,
			 row->reloadable ? ""
					 : "  (NOT in force: it needs a restart of knooppuntd)");
	}
	return RESULT_OK;
}

static void print(struct desk *desk, const struct changes lists[2])
{
	static const char *const keys[] = {"restart", "changed"};
	struct desk_line line;
	desk_line_begin(&line);
	for (int i = 1; i >= 0; i--) {
		json_out_key(&line.out, keys[i]);
		json_out_array_begin(&line.out);
		for (size_t n = 0; n < lists[i].count; n++)
			json_out_text(&line.out, bytes_of_text(lists[i].names[n]));
		json_out_array_end(&line.out);
	}
	desk_line_end(desk, &line);
}

static int take_over(struct desk *desk, const struct answer *running,
		     const struct settings *settings)
{
	struct changes lists[2] = {{.count = 0}};
	struct buffer request;
	struct answer *answer = NULL;
	int code = DESK_DONE;
	desk_question(&request, "reload");
	if (compare(desk, running, settings, &request, lists) != RESULT_OK)
		code = desk_odd_answer(desk, "settings without one that this program knows");
	if (code == DESK_DONE && lists[true].count > 0)
		code = desk_ask(desk, &request, &answer);
	else
		buffer_wipe(&request);
	answer_free(answer);
	if (code != DESK_DONE)
		return code;
	if (lists[0].count + lists[1].count == 0)
		desk_say(desk, "nothing changed");
	if (desk->json)
		print(desk, lists);
	return DESK_DONE;
}

int ctl_reload(struct desk *desk)
{
	struct settings settings;
	struct buffer request;
	struct answer *running;
	int code = desk_settings(desk, &settings);
	if (code != DESK_DONE)
		return code;
	desk_question(&request, "settings");
	code = desk_ask(desk, &request, &running);
	if (code != DESK_DONE)
		return code;
	code = take_over(desk, running, &settings);
	answer_free(running);
	return code;
}
