// SPDX-License-Identifier: EUPL-1.2
// What is owed by us, and to the house, and what stands on an agenda: questions that nothing is
// recorded of.
#include "lib/shared.h"

#include "base/clock.h"

#include <string.h>

static enum result ask(struct client *client, struct bytes wire, struct buffer *told)
{
	struct answer answer = {.pause_ms = 0};
	struct ask asking = {.statement = wire};
	uint32_t pause_ms = 0;
	enum result result = exchange(client, &asking, 1, 0, &answer);
	if (result == RESULT_OK)
		result = held_save(&client->held, &client->spool);
	if (result == RESULT_OK)
		result = reply_result(client, asking.reply, &pause_ms);
	if (result != RESULT_OK)
		return result;
	buffer_append(told, asking.reply->antwoord);
	return told->status;
}

static enum result question(struct client *client, const struct draft *draft,
			    struct buffer *ret_told)
{
	uint32_t pause_ms = 0;
	struct buffer wire;
	buffer_init(&wire, STATEMENT_MAX);
	enum result result = register_greet(client, &pause_ms);
	if (result == RESULT_OK)
		result = draft_encode(client, draft, &wire);
	if (result == RESULT_OK)
		result = ask(client, buffer_view(&wire), ret_told);
	buffer_done(&wire);
	return result;
}

enum result client_open_owed(struct client *client, const char *after, struct buffer *ret_told)
{
	struct veld na = {OPEN_NA, bytes_of_text(after ? after : "")};
	const struct draft draft = {.type = TYPE_OPEN, .velden = &na, .veld_count = after != NULL};
	return question(client, &draft, ret_told);
}

enum result client_agenda(struct client *client, const struct client_seat *seat, const char *after,
			  struct buffer *ret_told)
{
	struct veld velden[] = {{AGENDA_OVERLEG, bytes_of_text(seat->overleg)},
				{AGENDA_FUNCTIE, bytes_of_text(seat->functie)},
				{AGENDA_NA, bytes_of_text(after ? after : "")}};
	const struct draft draft = {
		.type = TYPE_AGENDA, .velden = velden, .veld_count = after ? 3 : 2};
	return question(client, &draft, ret_told);
}
