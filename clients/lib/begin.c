// SPDX-License-Identifier: EUPL-1.2
// An inbox that begins, or goes on, at another number than the one after its last: what another
// inbox of this functie acked is not given again. By a person's word, and only when it is the
// number of what the knooppunt gives next: so that a slip skips nothing, and nothing is fixed
// before one delivery was proven under it.
#include "lib/shared.h"

#include <inttypes.h>
#include <stdio.h>

#define STALE_ROUNDS 3
#define WAIT_MAX 60

// The first delivery after what the inbox has.
struct next {
	uint64_t number;
	enum proof_check check;
};

static enum result ask_one(struct client *client, const struct inbox *inbox, unsigned wait_s,
			   struct ask *ask, struct answer *ret_answer)
{
	char after[24], wait[24];
	struct buffer statement;
	snprintf(after, sizeof after, "%" PRIu64, inbox->durable);
	snprintf(wait, sizeof wait, "%u", wait_s);
	struct veld velden[] = {
		{FETCH_FUNCTIE, bytes_of_text(inbox->functie)},
		{FETCH_AFTER, bytes_of_text(after)},
		{FETCH_MAX, bytes_of_text("1")},
		{FETCH_WAIT, bytes_of_text(wait)},
	};
	struct draft draft = {.type = TYPE_FETCH,
			      .velden = velden,
			      .veld_count = sizeof velden / sizeof velden[0]};
	uint32_t pause_ms;
	buffer_init(&statement, STATEMENT_MAX);
	arena_clear(client->arena);
	enum result result = draft_encode(client, &draft, &statement);
	*ask = (struct ask){.statement = buffer_view(&statement)};
	if (result == RESULT_OK)
		result = exchange(client, ask, 1, (int64_t)wait_s * MS_PER_SECOND, ret_answer);
	if (result == RESULT_OK)
		result = reply_result(client, ask->reply, &pause_ms);
	if (result == RESULT_OK && client->held.place == HELD_NOWHERE)
		result = held_save(&client->held, &client->spool);
	buffer_done(&statement);
	return result;
}

// Every check of a delivery but that of its number, which is what is asked.
static void prove(struct client *client, const struct inbox *inbox, const struct answer *answer,
		  const struct delivery *delivery, struct next *next)
{
	struct delivered delivered;
	struct proof_base base = client_proof_base(client, answer);
	next->check = delivered_read(delivery, client->arena, &delivered);
	if (next->check != PROOF_FINE)
		return;
	next->number = delivered.part->number;
	struct delivery_claim claim = {.oin = &client->settings.oin,
				       .functie = inbox->functie,
				       .number = next->number,
				       .now = client->wall_ms()};
	next->check = proof_delivery(&base, delivery, &claim, &delivered);
	if (next->check == PROOF_FINE && next->number <= inbox->durable)
		next->check = PROOF_NUMBER;
}

// RESULT_NOT_FOUND: nothing waits.
static enum result find_next(struct client *client, const struct inbox *inbox, unsigned wait_s,
			     struct next *next)
{
	enum result result = RESULT_OK;
	uint32_t pause_ms;
	for (unsigned round = 0; round < STALE_ROUNDS; round++) {
		struct answer answer = {.pause_ms = 0};
		struct ask ask;
		if (round > 0) // a register leaf that we lack can be asked for
			result = register_sync(client, &pause_ms);
		if (result == RESULT_OK)
			result = ask_one(client, inbox, wait_s, &ask, &answer);
		if (result != RESULT_OK)
			return result;
		if (ask.reply->delivery_count == 0)
			return RESULT_NOT_FOUND;
		prove(client, inbox, &answer, &ask.reply->deliveries[0], next);
		if (next->check != PROOF_STALE)
			break;
	}
	if (next->check == PROOF_FINE)
		return RESULT_OK;
	result = client_fail(client, RESULT_BAD_SIGNATURE, REASON_NOT_PROVEN,
			     "the next delivery to %s is not proven, and nothing was fixed: %s",
			     inbox->functie, proof_check_text(next->check));
	problem_set_field(&client->problem, "%s", proof_check_name(next->check));
	return result;
}

static enum result refuse(struct client *client, const struct inbox *inbox, uint64_t first,
			  const struct next *next)
{
	if (next->number < first)
		client_fail(client, RESULT_CONFLICT, REASON_BAD_VALUE,
			    "to begin the inbox of %s at %" PRIu64 " would skip delivery %" PRIu64
			    ", which nobody acknowledged; nothing was fixed",
			    inbox->functie, first, next->number);
	else
		client_fail(client, RESULT_CONFLICT, REASON_BAD_VALUE,
			    "the inbox of %s cannot begin at %" PRIu64 ": delivery %" PRIu64
			    " is the first that the knooppunt gives; nothing was fixed",
			    inbox->functie, first, next->number);
	problem_set_field(&client->problem, "--first");
	snprintf(client->problem.fix, sizeof client->problem.fix,
		 "Ask the house for the number (knooppuntctl partner show has it); if it is "
		 "%" PRIu64 " there too, give --first %" PRIu64 ".",
		 next->number, next->number);
	return RESULT_CONFLICT;
}

static enum result nothing_waits(struct client *client, const char *functie)
{
	client_fail(client, RESULT_AGAIN, REASON_NOT_FOUND,
		    "nothing waits for %s now, so nothing was fixed", functie);
	problem_set_field(&client->problem, "--first");
	snprintf(client->problem.fix, sizeof client->problem.fix,
		 "Nothing is lost: give --first again when something waits, or with --wait.");
	return RESULT_AGAIN;
}

// It goes on at one number only, and what is here comes first.
static enum result check_inbox(struct client *client, const struct inbox *inbox, uint64_t first)
{
	const struct inbox_position *position = &inbox->position;
	if (first <= inbox->durable)
		return client_fail(client, RESULT_EXISTS, REASON_EXISTS,
				   "the inbox of %s goes on at %" PRIu64 " and does not begin at "
				   "an earlier number",
				   inbox->functie, inbox->durable + 1);
	if (position->handed_over != inbox->durable || position->acked != inbox->durable)
		return client_fail(client, RESULT_EXISTS, REASON_EXISTS,
				   "the inbox of %s holds what was not handed over and "
				   "acknowledged yet: fetch without --first before",
				   inbox->functie);
	return RESULT_OK;
}

enum result client_begin(struct client *client, const char *functie, uint64_t first,
			 unsigned wait_s)
{
	struct inbox *inbox;
	struct next next = {.number = 0};
	uint32_t pause_ms;
	enum result result = client_check_conflict(client);
	if (result == RESULT_OK)
		result = get_inbox(client, functie, &inbox);
	if (result != RESULT_OK || first == inbox->durable + 1)
		return result;
	result = check_inbox(client, inbox, first);
	if (result == RESULT_OK)
		result = register_greet(client, &pause_ms);
	if (result == RESULT_OK)
		result = find_next(client, inbox, wait_s < WAIT_MAX ? wait_s : WAIT_MAX, &next);
	if (result == RESULT_NOT_FOUND)
		return nothing_waits(client, functie);
	if (result == RESULT_OK && next.number != first)
		result = refuse(client, inbox, first, &next);
	return result == RESULT_OK ? inbox_begin(inbox, first) : result;
}
