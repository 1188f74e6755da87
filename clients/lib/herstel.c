// SPDX-License-Identifier: EUPL-1.2
// A log that went on from a copy after a loss (register/herstel.h): two roles signed what is lost.
// What we hold of that is let go of and kept as evidence, what was settled by it is pushed again,
// and what we were given of it is not handed over twice.
#include "lib/shared.h"

#include <string.h>

// How many the registers have in common, from the first.
static size_t common(const struct registry *a, const struct registry *b)
{
	size_t n = 0;
	while (n < a->herstel_count && n < b->herstel_count &&
	       a->herstel[n].from == b->herstel[n].from &&
	       hash_equal(&a->herstel[n].root, &b->herstel[n].root) &&
	       strcmp(a->herstel[n].origin, b->herstel[n].origin) == 0)
		n++;
	return n;
}

enum result herstel_follow(struct client *client, const struct registry *shown)
{
	size_t n = common(&client->reg, shown);
	if (n == shown->herstel_count)
		return RESULT_OK;
	const struct register_herstel *herstel = &shown->herstel[n];
	if (client->held.checkpoint.size <= herstel->from && client->reg.herstel_count == n)
		return RESULT_OK; // nothing that we hold is lost
	enum result result = register_rewind(client, herstel->from);
	if (result == RESULT_OK)
		result = held_rewind(&client->held, &client->spool, herstel->from, &herstel->root);
	client->keyed = false; // another leaf may have the index of the newest now
	client->greeted = false;
	return result == RESULT_OK ? keys_follow(client) : result;
}

bool herstel_lost(const struct client *client, struct bytes note)
{
	struct checkpoint lost;
	return register_lost_checkpoint(&client->reg, note, &lost) == RESULT_OK;
}

enum result herstel_reopen(struct client *client)
{
	bool any = false;
	if (client->reg.herstel_count == 0)
		return RESULT_OK;
	enum result result =
		outbox_reopen_lost(&client->outbox, &client->reg, &client->log_keys, &any);
	client->reopened = client->reopened || any;
	return result;
}

void herstel_push(struct client *client)
{
	uint32_t pause_ms;
	if (!client->reopened)
		return;
	const struct problem before = client->problem;
	client->reopened = false;
	if (flush_type(client, 0, &pause_ms) != RESULT_OK)
		client->problem = before; // it stays in the outbox, and who flushes is told
}

enum result herstel_had(struct client *client, struct inbox *inbox,
			const struct delivered *delivered, bool *ret_had)
{
	const struct registry *reg = &client->reg;
	*ret_had = false;
	if (reg->herstel_count == 0 || delivered->part->soort != VERSTREKKING_GEGEVEN ||
	    delivered->delivery->leaf.index < reg->herstel[reg->herstel_count - 1].from)
		return RESULT_OK;
	return inbox_had(inbox, delivered, register_number_base(reg, REGISTER_NEVER), ret_had);
}
