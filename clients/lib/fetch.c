// SPDX-License-Identifier: EUPL-1.2
// Fetching into the inbox and handing over. Nothing is handed over that was not proven and is not
// durable here.
#include "lib/shared.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define FETCH_MAX_COUNT 2048
#define QUESTION_MAX_COUNT 512 // the range of the veld
#define ENVELOPES_MAX 8        // of one answer, as many as may be
#define FETCH_WAIT_MAX 60
#define STALE_ROUNDS 3

// ---- inboxes ---------------------------------------------------------------------------------

static enum result open_inbox(struct client *client, const char *functie, struct inbox **slot)
{
	struct inbox *inbox;
	enum result result = inbox_open(&client->spool, functie, &inbox);
	if (result != RESULT_OK)
		return result;
	uint64_t acked;
	result = acks_find(client, functie, &inbox->position, &acked);
	if (result != RESULT_OK) {
		inbox_free(inbox);
		return result;
	}
	if (acked > inbox->position.acked)
		inbox_acked(inbox, acked, client->outbox.next);
	*slot = inbox;
	return RESULT_OK;
}

enum result get_inbox(struct client *client, const char *functie, struct inbox **ret_inbox)
{
	for (size_t i = 0; i < FUNCTIES_MAX; i++) {
		enum result result = RESULT_OK;
		if (!client->inboxes[i])
			result = open_inbox(client, functie, &client->inboxes[i]);
		if (result != RESULT_OK)
			return result;
		if (strcmp(client->inboxes[i]->functie, functie) == 0) {
			*ret_inbox = client->inboxes[i];
			return RESULT_OK;
		}
	}
	return client_fail(client, RESULT_TOO_LARGE, REASON_TOO_MANY,
			   "a party has at most %d functies", FUNCTIES_MAX);
}

static enum result recall_one(void *context, const char *functie)
{
	struct client *client = context;
	struct inbox *inbox;
	struct bytes note;
	enum result result = get_inbox(client, functie, &inbox);
	if (result == RESULT_OK)
		result = inbox_newest_note(inbox, &note);
	if (result == RESULT_OK && !herstel_lost(client, note))
		result = held_recall(&client->held, &client->log_keys, note, HELD_INBOX);
	// A folder that is none of ours, or an inbox that is empty.
	bool nothing = result == RESULT_NOT_FOUND || result == RESULT_MALFORMED ||
		       result == RESULT_TOO_LARGE;
	return nothing ? RESULT_OK : result;
}

enum result inboxes_recall(struct client *client)
{
	return spool_list_folders(&client->spool, "inbox", recall_one, client);
}

enum result inboxes_save(struct client *client)
{
	enum result result = RESULT_OK;
	for (size_t i = 0; i < FUNCTIES_MAX && client->inboxes[i]; i++) {
		enum result saved = inbox_save(client->inboxes[i]);
		result = result == RESULT_OK ? saved : result;
	}
	return result;
}

// ---- fetching --------------------------------------------------------------------------------

// A question for deliveries, and its place in the answer.
struct question {
	struct buffer statement;
	struct ask ask;
	uint64_t after;
	unsigned max, wait_s;
};

static enum result draft_fetch(struct client *client, const struct inbox *inbox,
			       struct question *question)
{
	char after[24], most[24], wait[24], envelopes[24];
	snprintf(after, sizeof after, "%" PRIu64, question->after);
	snprintf(most, sizeof most, "%u", question->max);
	snprintf(wait, sizeof wait, "%u", question->wait_s);
	snprintf(envelopes, sizeof envelopes, "%u", ENVELOPES_MAX);
	struct veld velden[] = {
		{FETCH_FUNCTIE, bytes_of_text(inbox->functie)},
		{FETCH_AFTER, bytes_of_text(after)},
		{FETCH_MAX, bytes_of_text(most)},
		{FETCH_WAIT, bytes_of_text(wait)},
		{FETCH_ENVELOPES, bytes_of_text(envelopes)},
	};
	struct draft draft = {.type = TYPE_FETCH,
			      .velden = velden,
			      .veld_count = sizeof velden / sizeof velden[0]};
	buffer_clear(&question->statement);
	return draft_encode(client, &draft, &question->statement);
}

// One call of client_fetch: rounds of a question and an answer each. While the deliveries of one
// answer are verified the next question is under way.
struct fetching {
	struct inbox *inbox;
	unsigned max, wait_s;
	struct question questions[2]; // taken in turn
	unsigned asked;               // how many were
	bool under_way;               // the last of them is
	unsigned envelopes;           // of its answer that came, when another follows
	size_t count;                 // stored so far
	enum proof_check check;       // of the first that was not
	uint64_t came;                // its number, when that is what is wrong
	unsigned stale_rounds;        // in a row, for want of a register leaf
	bool begins; // the next has another number than the one after the last, and waits for acks
	bool began;  // the inbox went on at such a number
};

// Asks for what comes after the deliveries that are stored and the `received` ones, of which
// nothing is stored yet: an answer changes nothing at the knooppunt, so if they turn out wrong, or
// this process ends, they are asked for again.
static enum result ask_after(struct client *client, struct fetching *fetching, size_t received,
			     struct answer *ret_answer)
{
	struct question *question = &fetching->questions[fetching->asked % 2];
	question->after = fetching->inbox->stored + received;
	unsigned left = fetching->max - (unsigned)(fetching->count + received);
	question->max = left < QUESTION_MAX_COUNT ? left : QUESTION_MAX_COUNT;
	question->wait_s = fetching->asked == 0 ? fetching->wait_s : 0;
	fetching->asked++;
	enum result result = draft_fetch(client, fetching->inbox, question);
	question->ask = (struct ask){.statement = buffer_view(&question->statement)};
	if (result == RESULT_OK)
		result = exchange_begin(client, &question->ask, 1, ret_answer);
	fetching->under_way = result == RESULT_OK;
	return result;
}

// After a herstel the numbers begin anew: with the first of an answer, once all that came before is
// acknowledged. Else it is asked for again.
static bool goes_on(struct fetching *fetching, size_t good, const struct delivered *delivered)
{
	struct inbox *inbox = fetching->inbox;
	uint64_t number = delivered->part->number;
	if (number == inbox->stored + good + 1)
		return false;
	fetching->begins = good > 0 || inbox_begin(inbox, number) != RESULT_OK;
	fetching->began = !fetching->begins;
	return fetching->begins;
}

// Verifies deliveries up to the first that fails a check: numbers have no gaps, so what comes after
// it must wait for it. Returns how many hold.
static size_t prove_deliveries(struct client *client, struct fetching *fetching,
			       const struct answer *answer, const struct reply *reply,
			       struct delivered *delivered)
{
	struct proof_base base = client_proof_base(client, answer);
	size_t good = 0;
	fetching->check = PROOF_FINE;
	while (good < reply->delivery_count) {
		struct delivery_claim claim = {.oin = &client->settings.oin,
					       .functie = fetching->inbox->functie,
					       .number = fetching->inbox->stored + good + 1,
					       .now = client->wall_ms()};
		fetching->check =
			proof_delivery(&base, &reply->deliveries[good], &claim, &delivered[good]);
		if (fetching->check == PROOF_NUMBER &&
		    delivered_read(&reply->deliveries[good], client->arena, &delivered[good]) ==
			    PROOF_FINE)
			fetching->came = delivered[good].part->number;
		if (fetching->check != PROOF_FINE || goes_on(fetching, good, &delivered[good]))
			break;
		good++;
	}
	return good;
}

static enum result store_deliveries(struct client *client, struct fetching *fetching,
				    const struct answer *answer, const struct reply *reply)
{
	struct delivered *delivered =
		arena_alloc(client->arena, reply->delivery_count * sizeof *delivered);
	if (!delivered)
		return RESULT_NO_MEMORY;
	size_t good = prove_deliveries(client, fetching, answer, reply, delivered);
	// The checkpoint is as good with an earlier fetch or receipt.
	if (good == 0 && client->held.place != HELD_NOWHERE)
		return RESULT_OK;
	if (good == 0)
		return held_save(&client->held, &client->spool);
	struct inbox_content content = {
		.note = answer->replies.checkpoint, .delivered = delivered, .count = good};
	enum result result = inbox_add(fetching->inbox, answer->content, &content, &client->arena);
	if (result != RESULT_OK)
		return result;
	held_lies_in(&client->held, HELD_INBOX);
	fetching->count += good;
	return RESULT_OK;
}

static enum result refuse_delivery(struct client *client, const struct fetching *fetching,
				   struct bytes content)
{
	const struct inbox *inbox = fetching->inbox;
	enum proof_check check = fetching->check;
	enum result kept = inbox_set_aside(inbox, proof_check_name(check), content);
	client_fail(client, RESULT_BAD_SIGNATURE, REASON_NOT_PROVEN,
		    "delivery %" PRIu64 " to %s is not proven%s: %s", inbox->stored + 1,
		    inbox->functie, kept == RESULT_OK ? " and was set aside" : "",
		    proof_check_text(check));
	problem_set_field(&client->problem, "%s", proof_check_name(check));
	if (check == PROOF_NUMBER) // of what is held back this inbox must not be made to think so
		snprintf(
			client->problem.fix, sizeof client->problem.fix,
			"Delivery %" PRIu64 " came. If another inbox of this functie acknowledged "
			"those before it, or an earlier one was lost, ask the house for the number "
			"to go on at and fetch once with --first; else tell the house.",
			fetching->came);
	return RESULT_BAD_SIGNATURE;
}

// Of an answer an envelope can be lost or come twice on the way: the gate's doing proves nothing of
// the knooppunt. What a fresh answer begins with does.
static enum result lost_on_the_way(struct client *client)
{
	return client_fail(client, RESULT_AGAIN, REASON_BUSY,
			   "an envelope of the answer was lost on the way");
}

// An envelope of which the one before says that it follows is waited for as the first.
static enum result hear_more(struct client *client, struct question *question,
			     struct answer *answer)
{
	arena_clear(client->arena);
	enum result result =
		exchange_more(client, &question->ask, 1, client->settings.timeout_ms, answer);
	return result == RESULT_AGAIN ? lost_on_the_way(client) : result;
}

// What waits at the knooppunt first, and alone, cannot be read there any more: nothing here is to
// be put right.
static enum result cannot_be_read(struct client *client, const struct inbox *inbox)
{
	client_fail(client, RESULT_DENIED, REASON_DAMAGED,
		    "the knooppunt cannot read the delivery to %s that comes next, %" PRIu64
		    " or one after it",
		    inbox->functie, inbox->stored + 1);
	snprintf(client->problem.fix, sizeof client->problem.fix,
		 "Nothing is wrong here: tell the house, whose knooppuntctl status names it, and "
		 "fetch again later.");
	return RESULT_DENIED;
}

// The next envelope of the answer to the question that is under way; asks it first when there is
// none.
static enum result hear(struct client *client, struct fetching *fetching, struct answer *answer,
			const struct reply **ret_reply)
{
	enum result result = RESULT_OK;
	if (!fetching->under_way) {
		arena_clear(client->arena);
		result = ask_after(client, fetching, 0, answer);
	}
	if (result != RESULT_OK)
		return result;
	struct question *question = &fetching->questions[(fetching->asked - 1) % 2];
	uint32_t pause_ms = 0;
	fetching->under_way = false;
	result = fetching->envelopes > 0
			 ? hear_more(client, question, answer)
			 : exchange_end(client, &question->ask, 1,
					(int64_t)question->wait_s * MS_PER_SECOND, answer);
	if (result == RESULT_OK)
		result = reply_result(client, question->ask.reply, &pause_ms);
	if (result == RESULT_DENIED && question->ask.reply->reason == REASON_DAMAGED)
		result = cannot_be_read(client, fetching->inbox);
	// The inbox keeps the answer as it came: it must be about this one question.
	if (result == RESULT_OK && answer->replies.reply_count != 1)
		result = client_fail(client, RESULT_BAD_SIGNATURE, REASON_NOT_PROVEN,
				     "the knooppunt answered what was not asked");
	*ret_reply = question->ask.reply;
	return result;
}

static enum result fetch_round(struct client *client, struct fetching *fetching)
{
	struct answer answer = {.pause_ms = 0}, none;
	const struct reply *reply;
	enum result result = hear(client, fetching, &answer, &reply);
	unsigned before = fetching->envelopes;
	fetching->envelopes = 0;
	if (result != RESULT_OK)
		return result;
	size_t received = reply->delivery_count;
	// More than were asked for are not waited for. If the next question cannot be sent now,
	// what came is what this call brings.
	if (reply->follows && before + 1 < ENVELOPES_MAX) {
		fetching->under_way = true;
		fetching->envelopes = before + 1;
	} else if (reply->more && received > 0 && fetching->count + received < fetching->max &&
		   ask_after(client, fetching, received, &none) != RESULT_OK) {
		fetching->under_way = false;
	}
	result = store_deliveries(client, fetching, &answer, reply);
	if (fetching->begins || (fetching->began && fetching->envelopes == 0))
		fetching->under_way = false; // what was asked on goes by the numbers of before
	if (fetching->begins)
		fetching->envelopes = 0;
	fetching->began = false;
	if (fetching->check == PROOF_FINE) {
		fetching->stale_rounds = 0;
		return result;
	}
	fetching->under_way = false;
	fetching->envelopes = 0;
	if (result == RESULT_OK && fetching->check == PROOF_NUMBER && before > 0)
		return lost_on_the_way(client);
	fetching->stale_rounds++;
	// A register leaf that we lack can be asked for; after some rounds it is being withheld.
	bool last = fetching->check != PROOF_STALE || fetching->stale_rounds == STALE_ROUNDS;
	return result == RESULT_OK && last ? refuse_delivery(client, fetching, answer.content)
					   : result;
}

static enum result fetch_rounds(struct client *client, struct fetching *fetching)
{
	uint32_t pause_ms;
	enum result result;
	do {
		result = fetching->stale_rounds > 0 ? register_sync(client, &pause_ms) : RESULT_OK;
		if (result == RESULT_OK)
			result = fetch_round(client, fetching);
	} while (result == RESULT_OK && (fetching->under_way || fetching->stale_rounds > 0));
	// What came before the knooppunt went away is in the inbox.
	return result == RESULT_AGAIN && fetching->count > 0 ? RESULT_OK : result;
}

// One sync for all that came. Without it nothing came, and the newest checkpoint lies nowhere.
static enum result make_durable(struct client *client, struct fetching *fetching)
{
	enum result result = inbox_sync(fetching->inbox);
	if (result != RESULT_OK) {
		held_lies_in(&client->held, HELD_NOWHERE);
		fetching->count = 0;
	}
	return result;
}

enum result client_fetch(struct client *client, const char *functie, unsigned max, unsigned wait_s,
			 size_t *ret_count)
{
	struct fetching fetching = {.max = max < 1                 ? 1
					   : max > FETCH_MAX_COUNT ? FETCH_MAX_COUNT
								   : max,
				    .wait_s = wait_s > FETCH_WAIT_MAX ? FETCH_WAIT_MAX : wait_s};
	uint32_t pause_ms;
	enum result result = client_check_conflict(client);
	if (result == RESULT_OK)
		result = register_greet(client, &pause_ms);
	if (result == RESULT_OK)
		result = get_inbox(client, functie, &fetching.inbox);
	if (result != RESULT_OK)
		return result;
	herstel_push(client);
	for (size_t i = 0; i < 2; i++)
		buffer_init(&fetching.questions[i].statement, STATEMENT_MAX);
	result = fetch_rounds(client, &fetching);
	enum result durable = make_durable(client, &fetching);
	result = result == RESULT_OK ? durable : result;
	for (size_t i = 0; i < 2; i++)
		buffer_done(&fetching.questions[i].statement);
	if (result == RESULT_OK)
		*ret_count = fetching.count;
	return result;
}

// ---- handing over ----------------------------------------------------------------------------

static const struct party *sender_of(const struct client *client,
				     const struct signed_statement *sender)
{
	struct key_id id;
	if (sender->key_id.len != sizeof id.b)
		return NULL;
	memcpy(id.b, sender->key_id.data, sizeof id.b);
	return register_by_identity(&client->reg, &id);
}

static enum result hand_over(struct inbox *inbox, uint64_t number)
{
	struct inbox_position position = inbox->position;
	position.handed_over = number;
	return inbox_move(inbox, &position);
}

// The first after *number that the caller did not have before, under a number that was lost. What
// it had is as if handed over: at once where nothing before it waits to be, else with that.
static enum result read_new(struct client *client, struct inbox *inbox, uint64_t *number,
			    const struct delivered **ret_delivered)
{
	bool had = true;
	enum result result = RESULT_OK;
	while (had) {
		result = inbox_read(inbox, *number + 1, ret_delivered);
		if (result == RESULT_OK)
			result = herstel_had(client, inbox, *ret_delivered, &had);
		if (result != RESULT_OK)
			return result;
		*number += had;
		if (had && inbox->position.handed_over + 1 == *number)
			result = hand_over(inbox, *number);
		if (result != RESULT_OK)
			return result;
	}
	return RESULT_OK;
}

enum result client_peek(struct client *client, const char *functie, uint64_t after,
			struct verstrekking *ret_verstrekking)
{
	struct inbox *inbox;
	const struct delivered *delivered;
	enum result result = get_inbox(client, functie, &inbox);
	if (result != RESULT_OK)
		return result;
	uint64_t number = after > inbox->position.handed_over ? after : inbox->position.handed_over;
	result = read_new(client, inbox, &number, &delivered);
	if (result != RESULT_OK)
		return result;
	const struct delivery *delivery = delivered->delivery;
	*ret_verstrekking = (struct verstrekking){
		.index = delivery->leaf.index,
		.number = number + 1,
		.vervallen = delivered->part->soort == VERSTREKKING_VERVALLEN,
		.oefening = delivered->part->oefening,
		.sender = delivered->has_sender ? sender_of(client, &delivery->sender) : NULL,
		.header = delivered->header,
		.header_hash = delivered->part->header_hash,
		.rubrieken = delivered->rubrieken,
		.rubriek_count = delivered->rubriek_count,
		.from_sender = delivered->from_sender,
		.part = delivered->part,
		.delivery = delivery,
	};
	return RESULT_OK;
}

enum result client_next(struct client *client, const char *functie,
			struct verstrekking *ret_verstrekking)
{
	return client_peek(client, functie, 0, ret_verstrekking);
}

enum result client_handed_over(struct client *client, const char *functie, uint64_t number)
{
	struct inbox *inbox;
	enum result result = get_inbox(client, functie, &inbox);
	if (result != RESULT_OK || number <= inbox->position.handed_over)
		return result;
	if (number > inbox->durable)
		return client_fail(client, RESULT_NOT_FOUND, REASON_NOT_FOUND,
				   "delivery %" PRIu64 " is not in the inbox", number);
	return hand_over(inbox, number);
}

enum result client_aside(struct client *client, const char *functie, uint64_t *ret_number)
{
	struct inbox *inbox;
	enum result result = get_inbox(client, functie, &inbox);
	return result == RESULT_OK ? inbox_find_aside(inbox, ret_number) : result;
}

enum result client_waiting(struct client *client, const char *functie, uint64_t *ret_count)
{
	struct inbox *inbox;
	enum result result = get_inbox(client, functie, &inbox);
	if (result == RESULT_OK)
		*ret_count = inbox->durable - inbox->position.handed_over;
	return result;
}
