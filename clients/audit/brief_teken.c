// SPDX-License-Identifier: EUPL-1.2
// Signs a letter and writes it: brief.json, an act of soort brief over its SHA-256, and brief.html.
#include "audit/brief.h"

#include "audit/audit.h"
#include "base/file.h"
#include "desk/act.h"
#include "keys/keys.h"
#include "melding/reason.h"
#include "wire/message.h"

#include <stdio.h>

#define PATH_LEN 400

int brief_key_given(struct desk *desk)
{
	// Nobody checks the act after this, as the daemon does of others: it is made here, of a
	// key.
	return desk->values[DESK_KEY] ? DESK_DONE
				      : desk_misused(desk, "give --key DIR: the letter is signed");
}

static int write_in(struct desk *desk, const char *map, const char *name,
		    const struct buffer *content)
{
	char path[PATH_LEN];
	int len = snprintf(path, sizeof path, "%s/%s", map, name);
	if (len < 0 || (size_t)len >= sizeof path)
		return desk_misused(desk, "the path of the folder is too long");
	return audit_write_new(desk, path, content);
}

// Which key: read aloud to whoever doubts the letter. Of our own act: only memory may lack.
static enum result key_of_act(struct bytes act, char ret_key[2 * KEY_ID_LEN + 1])
{
	struct arena *arena;
	struct signed_statement proven;
	enum result result = arena_new(1 << 20, &arena);
	if (result != RESULT_OK)
		return result;
	result = signed_statement_decode(act, arena, &proven);
	if (result == RESULT_OK && proven.key_id.len != KEY_ID_LEN)
		result = RESULT_MALFORMED;
	if (result == RESULT_OK)
		hex_encode(ret_key, proven.key_id);
	arena_free(arena);
	return result;
}

struct signed_letter {
	struct buffer html, act;
};

static int write_all(struct desk *desk, const struct brief_uit *uit,
		     const struct signed_letter *letter)
{
	struct problem problem = {0};
	if (folder_ensure(uit->map) != RESULT_OK) {
		problem_set_file(&problem, uit->map);
		problem_set(&problem, reason_code(REASON_IO), reason_fix(REASON_IO),
			    "the folder cannot be made");
		return desk_fail(desk, &problem, DESK_BROKEN);
	}
	int code = write_in(desk, uit->map, "brief.json", &uit->json);
	if (code == DESK_DONE)
		code = write_in(desk, uit->map, "brief.act", &letter->act);
	return code == DESK_DONE ? write_in(desk, uit->map, "brief.html", &letter->html) : code;
}

static void tell_letter(struct desk *desk, const struct brief_uit *uit)
{
	struct desk_line line;
	char hex[65];
	struct hash hash = sha256(buffer_view(&uit->json));
	hex_encode(hex, bytes_of_hash(&hash));
	desk_say(desk, "%s/brief.html, with brief.json and its signature brief.act", uit->map);
	if (!desk->json)
		return;
	desk_line_begin(&line);
	json_out_add_text(&line.out, "brief", uit->map);
	json_out_add_text(&line.out, "hash", hex);
	desk_line_end(desk, &line);
}

int brief_teken(struct desk *desk, const struct brief_uit *uit)
{
	struct signed_letter letter;
	char key[2 * KEY_ID_LEN + 1];
	const struct act_subject subject = {"brief", sha256(buffer_view(&uit->json))};
	buffer_init(&letter.html, LETTER_MAX);
	buffer_init(&letter.act, ACT_FILE_MAX);
	int code = uit->json.status ? audit_no_memory(desk) : desk_act(desk, &subject, &letter.act);
	if (code == DESK_DONE)
		code = desk_act_counts(desk, &subject, buffer_view(&letter.act));
	if (code == DESK_DONE && key_of_act(buffer_view(&letter.act), key) != RESULT_OK)
		code = audit_no_memory(desk);
	if (code == DESK_DONE) {
		uit->html(uit->context, uit->datum, key, &letter.html);
		code = write_all(desk, uit, &letter);
	}
	if (code == DESK_DONE)
		tell_letter(desk, uit);
	buffer_wipe(&letter.html);
	buffer_wipe(&letter.act);
	return code;
}
