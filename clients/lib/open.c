// SPDX-License-Identifier: EUPL-1.2
// What is owed by us, and to the house: a question that nothing is recorded of.
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

enum result client_open_owed(struct client *client, const char *after, struct buffer *ret_told)
{
	uint32_t pause_ms = 0;
	struct buffer wire;
	struct veld na = {OPEN_NA, bytes_of_text(after ? after : "")};
	const struct draft draft = {.type = TYPE_OPEN, .velden = &na, .veld_count = after != NULL};
	buffer_init(&wire, STATEMENT_MAX);
	enum result result = register_greet(client, &pause_ms);
	if (result == RESULT_OK)
		result = draft_encode(client, &draft, &wire);
	if (result == RESULT_OK)
		result = ask(client, buffer_view(&wire), ret_told);
	buffer_done(&wire);
	return result;
}
