// SPDX-License-Identifier: EUPL-1.2
// Who was away while the key of the log changed can verify no checkpoint, and so no leaf of the
// register that would tell. It reads the leaves first as they are shown: what brings a log key is
// signed by two roles that are in force from the pinned genesis on. Then the register is read again
// under that key, and only what is proven then is kept. So with the leaf by which the log went on
// from a copy: where leaves that are lost stand in between, all is read from genesis on.
#include "lib/shared.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define ROUNDS_MAX 4096

static enum result fold_reply(struct client *client, struct registry *reg,
			      const struct reply *reply)
{
	enum result result = RESULT_OK;
	for (size_t i = 0; result == RESULT_OK && i < reply->leaf_count; i++) {
		arena_clear(client->work);
		result =
			register_fold_shown(reg, &reply->leaves[i], client->work, &client->problem);
	}
	return result;
}

// RESULT_AGAIN: the checkpoint is of none of these keys yet, and there are more leaves.
static enum result read_round(struct client *client, struct registry *reg)
{
	char after[24];
	struct buffer question;
	struct answer answer = {.pause_ms = 0};
	struct checkpoint checkpoint;
	int len = snprintf(after, sizeof after, "%" PRIu64, reg->head_index);
	struct veld veld = {REGISTER_AFTER, bytes_make(after, (size_t)len)};
	struct draft draft = {.type = TYPE_REGISTER, .velden = &veld, .veld_count = 1};
	buffer_init(&question, STATEMENT_MAX);
	enum result result = draft_encode(client, &draft, &question);
	struct ask ask = {.statement = buffer_view(&question)};
	if (result == RESULT_OK)
		result = exchange_unproven(client, &ask, &answer);
	bool shown = result == RESULT_OK && ask.reply->outcome == OUTCOME_AANVAARD;
	result = shown ? fold_reply(client, reg, ask.reply) : RESULT_BAD_SIGNATURE;
	if (result == RESULT_OK)
		result = register_log_keys(reg, client->ahead);
	if (result == RESULT_OK &&
	    log_keys_verify(client->ahead, answer.replies.checkpoint, &checkpoint) != RESULT_OK)
		result = ask.reply->more && ask.reply->leaf_count > 0 ? RESULT_AGAIN
								      : RESULT_BAD_SIGNATURE;
	buffer_done(&question);
	return result;
}

static enum result read_rounds(struct client *client, struct registry *reg)
{
	enum result result = RESULT_AGAIN;
	for (unsigned round = 0; result == RESULT_AGAIN && round < ROUNDS_MAX; round++)
		result = read_round(client, reg);
	return result;
}

// From where we are on; if that leads nowhere, from genesis on.
static enum result read_ahead(struct client *client, struct registry *reg)
{
	enum result result = register_copy(&client->reg, reg);
	if (result == RESULT_OK)
		result = read_rounds(client, reg);
	if (result == RESULT_OK || result == RESULT_NO_MEMORY)
		return result;
	result = register_of_genesis(client, reg);
	return result == RESULT_OK ? read_rounds(client, reg) : result;
}

enum result ahead_begin(struct client *client)
{
	struct registry reg = {.leaves = 0};
	const struct problem before = client->problem;
	client->ahead = calloc(1, sizeof *client->ahead);
	enum result result = client->ahead ? read_ahead(client, &reg) : RESULT_NO_MEMORY;
	if (result == RESULT_OK)
		result = herstel_follow(client, &reg);
	register_done(&reg);
	if (result == RESULT_OK)
		return RESULT_OK;
	client->problem = before;
	ahead_end(client);
	return RESULT_BAD_SIGNATURE;
}

void ahead_end(struct client *client)
{
	free(client->ahead);
	client->ahead = NULL;
}
