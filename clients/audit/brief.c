// SPDX-License-Identifier: EUPL-1.2
// `inzage --out`: the list that the officer goes through; `brief`: the letter, of what was decided.
// Both ask the daemon, each a question on record; the letter is made only of the very answer that
// was gone through, and signed: an act of soort brief over the SHA-256 of its JSON, beside it.
#include "audit/brief.h"

#include "audit/audit.h"
#include "base/clock.h"
#include "melding/reason.h"

#include <stdlib.h>
#include <string.h>

#define BRIEF_ARENA (64u * 1024 * 1024)
#define LIST_MAX (16u * 1024 * 1024)

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

static void write_html(const void *context, const char *datum, const char *sleutel,
		       struct buffer *out)
{
	brief_html(context, datum, sleutel, out);
}

static int make_letter(struct desk *desk, const struct brief *brief)
{
	struct brief_uit uit = {.map = desk->arguments[2], .context = brief, .html = write_html};
	buffer_init(&uit.json, LETTER_MAX);
	brief_datum(clock_wall_ms(), uit.datum);
	brief_json(brief, uit.datum, &uit.json);
	int code = brief_teken(desk, &uit);
	buffer_wipe(&uit.json);
	return code;
}

int audit_brief(struct desk *desk)
{
	struct brief brief;
	int code = brief_key_given(desk);
	if (code != DESK_DONE)
		return code;
	code = brief_begin(desk, &brief);
	if (code == DESK_DONE)
		code = read_besluiten(desk, &brief);
	if (code == DESK_DONE)
		code = make_letter(desk, &brief);
	arena_free(brief.arena);
	return code;
}
