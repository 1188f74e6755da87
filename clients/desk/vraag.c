// SPDX-License-Identifier: EUPL-1.2
#include "desk/vraag.h"

#include "lib/client.h"
#include "melding/reason.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES_MAX 32
#define TOLD_MAX (4u * 1024 * 1024)

static void leave_bureau(struct desk *desk)
{
	client_close(desk->bureau);
	desk->bureau = NULL;
}

// What cannot be asked was typed so.
static int fail(struct desk *desk, const struct problem *problem, enum result result)
{
	int code = result == RESULT_DENIED      ? DESK_NO
		   : result == RESULT_MALFORMED ? DESK_USAGE
						: result_exit_code(result);
	struct problem told = *problem;
	// The general advice is for partners; here no functie that is named would help.
	if (told.code && strcmp(told.code, reason_code(REASON_FUNCTIE_NOT_HELD)) == 0)
		problem_set(&told, told.code,
			    "give --bureau FILE with the settings of those keys, or look at the "
			    "keys that stand in it",
			    "only keys of the house for its functie privacybureau may ask, and "
			    "these are others");
	return desk_fail(desk, &told, code);
}

// The client of the bureau, kept until the program ends: several questions are one session.
static int enter_bureau(struct desk *desk)
{
	struct client_settings settings;
	struct problem problem = {0};
	if (desk->bureau)
		return DESK_DONE;
	if (!desk->values[DESK_MEDEWERKER])
		return desk_misused(desk, "say who asks: --medewerker REFERENCE");
	enum result result = client_settings_read(desk->values[DESK_BUREAU], &settings, &problem);
	if (result != RESULT_OK)
		return desk_fail(desk, &problem, result == RESULT_IO ? DESK_BROKEN : DESK_CONFIG);
	result = client_open(&settings, &desk->bureau, &problem);
	if (result != RESULT_OK)
		return fail(desk, &problem, result);
	desk->leave = leave_bureau;
	return DESK_DONE;
}

// ---- the question ----------------------------------------------------------------------------

static size_t read_lines(const struct desk *desk, const struct control_message *asked,
			 struct vraag_line lines[LINES_MAX])
{
	static const struct {
		enum desk_option option;
		const char *veld;
	} own[] = {{DESK_MEDEWERKER, "medewerker"}, {DESK_ZAAK, "zaak"}};
	size_t count = 0;
	lines[count++] = (struct vraag_line){bytes_of_text("vraag"), asked->lines[0].name};
	for (size_t i = 1; i < asked->count && count < LINES_MAX - 2; i++)
		lines[count++] = (struct vraag_line){asked->lines[i].name, asked->lines[i].value};
	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
		if (desk->values[own[i].option])
			lines[count++] =
				(struct vraag_line){bytes_of_text(own[i].veld),
						    bytes_of_text(desk->values[own[i].option])};
	return count;
}

static int ask(struct desk *desk, const struct control_message *asked, struct buffer *told)
{
	struct vraag_line lines[LINES_MAX];
	uint64_t index;
	int code = enter_bureau(desk);
	if (code != DESK_DONE)
		return code;
	size_t count = read_lines(desk, asked, lines);
	const struct vraag_lines question = {.type = TYPE_VRAAG, .lines = lines, .count = count};
	enum result result = client_vraag(desk->bureau, &question, told, &index);
	return result == RESULT_OK ? DESK_DONE : fail(desk, client_problem(desk->bureau), result);
}

int desk_vraag(struct desk *desk, struct buffer *request, struct answer **ret_answer)
{
	struct control_message *lines = calloc(1, sizeof *lines);
	struct buffer told;
	buffer_init(&told, TOLD_MAX);
	enum result result = lines ? control_parse(buffer_view(request), lines) : RESULT_NO_MEMORY;
	int code = DESK_BROKEN;
	if (result == RESULT_OK) {
		code = ask(desk, lines, &told);
		control_message_done(lines);
	} else {
		code = desk_odd_answer(desk, "a question that cannot be read back");
	}
	free(lines);
	buffer_wipe(request);
	if (code == DESK_DONE)
		code = desk_take(desk, &told, ret_answer);
	buffer_wipe(&told);
	return code;
}

// ---- the log itself ----------------------------------------------------------------------------

static enum result read_head(const struct client *client, struct desk_head *head)
{
	head->size = client_checkpoint(client)->size;
	buffer_append(&head->note, client_checkpoint_note(client));
	return head->note.status ? head->note.status
				 : register_log_keys(client_register(client), &head->keys);
}

int desk_head(struct desk *desk, struct desk_head *ret_head)
{
	struct client_settings settings;
	struct problem problem = {0};
	memset(ret_head, 0, sizeof *ret_head);
	buffer_init(&ret_head->note, CHECKPOINT_MAX);
	int code = enter_bureau(desk);
	if (code != DESK_DONE)
		return code;
	enum result result = client_settings_read(desk->values[DESK_BUREAU], &settings, &problem);
	if (result != RESULT_OK)
		return desk_fail(desk, &problem, DESK_CONFIG);
	memcpy(ret_head->genesis, settings.genesis, sizeof ret_head->genesis);
	result = client_sync(desk->bureau);
	if (result != RESULT_OK)
		return fail(desk, client_problem(desk->bureau), result);
	return read_head(desk->bureau, ret_head) == RESULT_OK
		       ? DESK_DONE
		       : desk_odd_answer(desk, "a log whose checkpoint or keys cannot be read");
}

void desk_head_done(struct desk_head *head)
{
	buffer_done(&head->note);
}
