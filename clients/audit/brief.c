// SPDX-License-Identifier: EUPL-1.2
// `inzage --out`: the list that the officer goes through; `brief`: the letter, of what was decided.
// Both ask the daemon, each a question on record; the letter is made only of the very answer that
// was gone through, and signed: an act of soort brief over the SHA-256 of its JSON, beside it.
#include "audit/brief.h"

#include "audit/audit.h"
#include "base/clock.h"
#include "base/file.h"
#include "desk/act.h"
#include "keys/keys.h"
#include "melding/reason.h"
#include "wire/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BRIEF_ARENA (64u * 1024 * 1024)
#define LIST_MAX (16u * 1024 * 1024)
#define LETTER_MAX (16u * 1024 * 1024)
#define PATH_LEN 400

// ---- asking --------------------------------------------------------------------------------

static const char *keep(struct brief *brief, const struct answer *answer, const char *name)
{
	const char *text = arena_text(brief->arena, control_value(&answer->message, name));
	return text ? text : "";
}

static void take_head(void *context, const struct answer *answer)
{
	struct brief *brief = context;
	brief->huis = keep(brief, answer, "huis");
	brief->huis_oin = keep(brief, answer, "huis-oin");
	brief->contactpunt = keep(brief, answer, "contactpunt");
}

static int ask_all(struct desk *desk, struct brief *brief)
{
	const struct inzage_reader reader = {brief, take_head, brief_take};
	brief->zaak = desk->values[DESK_ZAAK] ? desk->values[DESK_ZAAK] : "";
	int code = inzage_ask(desk, desk->arguments[0], &reader);
	brief->oefening = desk->oefening;
	return code == DESK_DONE && brief_settle(brief) != RESULT_OK ? audit_no_memory(desk) : code;
}

static int brief_begin(struct desk *desk, struct brief *brief)
{
	*brief = (struct brief){.zaak = ""};
	if (arena_new(BRIEF_ARENA, &brief->arena) != RESULT_OK)
		return audit_no_memory(desk);
	brief->regels = arena_alloc(brief->arena, REGELS_MAX * sizeof *brief->regels);
	return brief->regels ? ask_all(desk, brief) : audit_no_memory(desk);
}

// ---- files ---------------------------------------------------------------------------------

static int write_in(struct desk *desk, const char *name, const struct buffer *content)
{
	char path[PATH_LEN];
	int len = snprintf(path, sizeof path, "%s/%s", desk->arguments[2], name);
	if (len < 0 || (size_t)len >= sizeof path)
		return desk_misused(desk, "the path of the folder is too long");
	return audit_write_new(desk, path, content);
}

int audit_inzage_list(struct desk *desk)
{
	struct brief brief;
	struct buffer list;
	buffer_init(&list, LIST_MAX);
	int code = brief_begin(desk, &brief);
	if (code == DESK_DONE) {
		besluiten_write(&brief, &list);
		code = audit_write_new(desk, desk->values[DESK_OUT], &list);
	}
	if (code == DESK_DONE)
		desk_say(desk, "%zu regels to decide on; then: knooppunt-audit brief", brief.count);
	if (code == DESK_DONE && brief.count == 0)
		code = DESK_NO;
	buffer_wipe(&list);
	arena_free(brief.arena);
	return code;
}

// ---- the letter ----------------------------------------------------------------------------

static int read_besluiten(struct desk *desk, struct brief *brief)
{
	struct buffer list;
	struct problem problem = {0};
	buffer_init(&list, LIST_MAX);
	int code = desk_read_file(desk, desk->arguments[1], LIST_MAX, &list);
	problem_set_file(&problem, desk->arguments[1]);
	enum result result =
		code == DESK_DONE ? besluiten_read(brief, buffer_view(&list), &problem) : RESULT_OK;
	if (result != RESULT_OK)
		code = desk_fail(desk, &problem, result == RESULT_CONFLICT ? DESK_NO : DESK_CONFIG);
	buffer_wipe(&list);
	return code;
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

struct letter {
	struct buffer html, json, act;
};

static int write_letter(struct desk *desk, const struct letter *letter)
{
	struct desk_line line;
	struct problem problem = {0};
	if (folder_ensure(desk->arguments[2]) != RESULT_OK) {
		problem_set_file(&problem, desk->arguments[2]);
		problem_set(&problem, reason_code(REASON_IO), reason_fix(REASON_IO),
			    "the folder cannot be made");
		return desk_fail(desk, &problem, DESK_BROKEN);
	}
	int code = write_in(desk, "brief.json", &letter->json);
	if (code == DESK_DONE)
		code = write_in(desk, "brief.act", &letter->act);
	if (code == DESK_DONE)
		code = write_in(desk, "brief.html", &letter->html);
	if (code != DESK_DONE)
		return code;
	desk_say(desk, "%s/brief.html, with brief.json and its signature brief.act",
		 desk->arguments[2]);
	if (!desk->json)
		return DESK_DONE;
	char hex[65];
	struct hash hash = sha256(buffer_view(&letter->json));
	hex_encode(hex, bytes_of_hash(&hash));
	desk_line_begin(&line);
	json_out_add_text(&line.out, "brief", desk->arguments[2]);
	json_out_add_text(&line.out, "hash", hex);
	desk_line_end(desk, &line);
	return DESK_DONE;
}

static int make_letter(struct desk *desk, const struct brief *brief)
{
	struct letter letter;
	char datum[DATUM_MAX], key[2 * KEY_ID_LEN + 1];
	buffer_init(&letter.html, LETTER_MAX);
	buffer_init(&letter.json, LETTER_MAX);
	buffer_init(&letter.act, ACT_FILE_MAX);
	brief_datum(clock_wall_ms(), datum);
	brief_json(brief, datum, &letter.json);
	const struct act_subject subject = {"brief", sha256(buffer_view(&letter.json))};
	int code = desk_act(desk, &subject, &letter.act);
	if (code == DESK_DONE)
		code = desk_act_counts(desk, &subject, buffer_view(&letter.act));
	if (code == DESK_DONE && key_of_act(buffer_view(&letter.act), key) != RESULT_OK)
		code = audit_no_memory(desk);
	if (code == DESK_DONE) {
		brief_html(brief, datum, key, &letter.html);
		code = write_letter(desk, &letter);
	}
	buffer_wipe(&letter.html);
	buffer_wipe(&letter.json);
	buffer_wipe(&letter.act);
	return code;
}

int audit_brief(struct desk *desk)
{
	struct brief brief;
	// Nobody checks the act after this, as the daemon does of others: it is made here, of a
	// key.
	if (!desk->values[DESK_KEY])
		return desk_misused(desk, "give --key DIR: the letter is signed");
	int code = brief_begin(desk, &brief);
	if (code == DESK_DONE)
		code = read_besluiten(desk, &brief);
	if (code == DESK_DONE)
		code = make_letter(desk, &brief);
	arena_free(brief.arena);
	return code;
}
