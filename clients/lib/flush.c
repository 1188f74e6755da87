// SPDX-License-Identifier: EUPL-1.2
// Sending what the outbox holds, in windows of one envelope, and settling what is proven. An item
// ends by a receipt in the log, or by a sealed refusal of a kind that no later attempt can change.
#include "lib/shared.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define WINDOW_BYTES (ENVELOPE_CONTENT_MAX - 16 * 1024)
#define ITEM_OVERHEAD 512
#define STALE_ROUNDS 3
#define PAUSE_KEPT_MS 60000

struct window {
	struct outbox_item *items[UNDER_WAY_MAX];
	struct ask asks[UNDER_WAY_MAX];
	size_t count, bytes;
};

// What one call of flush does and has seen.
struct flushing {
	uint32_t type;     // 0: all
	uint64_t after;    // sequence number sent last: nothing is sent twice in one call
	bool left, stale;  // something stays in the outbox; a register leaf is missing
	bool unanswered;   // a statement of the window was left without a reply
	bool settled;      // and another had one
	uint32_t pause_ms; // longest that was asked for
	enum result result;
	struct settling *settling; // of the answer at hand
	bool damaged;              // a file could not be read; `damage` names it
	struct problem damage;
};

static void keep(struct flushing *flushing, uint32_t pause_ms)
{
	flushing->left = true;
	if (pause_ms > flushing->pause_ms)
		flushing->pause_ms = pause_ms;
}

// ---- filling a window ------------------------------------------------------------------------

static size_t size_of(const struct outbox_item *item)
{
	size_t size = item->content.sender.statement.len + ITEM_OVERHEAD;
	for (size_t i = 0; i < item->content.slots.count; i++)
		size += item->content.slots.rubrieken[i].len + 8;
	return size;
}

// False when the window is full.
static bool window_add(struct window *window, struct outbox_item *item)
{
	size_t size = size_of(item);
	if (window->count == UNDER_WAY_MAX ||
	    (window->count > 0 && window->bytes + size > WINDOW_BYTES))
		return false;
	struct ask *ask = &window->asks[window->count];
	*ask = (struct ask){.statement = item->content.sender.statement,
			    .slots = item->statement.has_slots ? &item->content.slots : NULL};
	window->items[window->count++] = item;
	window->bytes += size;
	return true;
}

// Adds what is open in one file. RESULT_AGAIN: the window is full.
static enum result window_add_file(struct client *client, struct flushing *flushing,
				   uint64_t number, struct window *window)
{
	struct outbox_item *items;
	bool open = false;
	enum result result = outbox_load(&client->outbox, number, client->work, &items);
	if (result != RESULT_OK)
		return result;
	for (uint32_t i = 0; i < items[0].count; i++) {
		uint64_t sequence = number + i;
		if (outbox_outcome(&client->outbox, sequence))
			continue;
		open = true;
		if (sequence <= flushing->after ||
		    (flushing->type && items[i].statement.type != flushing->type))
			continue;
		if (!window_add(window, &items[i]))
			return RESULT_AGAIN;
		flushing->after = sequence;
	}
	// A kill between the last outcome and the mark leaves this to do.
	return open ? RESULT_OK : outbox_mark_done(&client->outbox, &items, 1);
}

static enum result window_fill(struct client *client, struct flushing *flushing,
			       struct window *window)
{
	memset(window, 0, sizeof *window);
	arena_clear(client->work);
	for (size_t i = 0; i < client->outbox.count; i++) {
		const struct outbox_file *file = &client->outbox.files[i];
		if (file->done || file->number + BATCH_MAX <= flushing->after)
			continue;
		enum result result = window_add_file(client, flushing, file->number, window);
		if (result == RESULT_AGAIN)
			return RESULT_OK;
		if (result == RESULT_DAMAGED) {
			flushing->damaged = true;
			flushing->damage = client->problem;
		} else if (result != RESULT_OK) {
			return result;
		}
	}
	return RESULT_OK;
}

// ---- settling --------------------------------------------------------------------------------

// Refusals without an entry that stay true whenever the same bytes are sent again. Others (a key
// that is not enrolled yet, a clock that is wrong) can pass.
static bool reason_is_final(uint32_t reason)
{
	switch ((enum reason)reason) {
	case REASON_WRONG_AUDIENCE:
	case REASON_BAD_SLOTS:
	case REASON_MALFORMED:
	case REASON_UNKNOWN_FIELD:
	case REASON_BAD_TEXT:
	case REASON_UNKNOWN_CODE:
	case REASON_BSN_ELFPROEF:
	case REASON_IMPOSSIBLE_DATE:
	case REASON_TOO_MANY:
	case REASON_TOO_LONG:
	case REASON_MISSING_FIELD:
	case REASON_BAD_VALUE:
	case REASON_TOO_OLD:
	case REASON_CONFLICT:
	case REASON_DUPLICATE:
	case REASON_UNKNOWN_BETROKKENE:
	case REASON_BAD_REGIME:
	case REASON_NOT_FOR_SENDER:
		return true;
	default:
		return false;
	}
}

static enum result settle_refused(struct client *client, struct flushing *flushing,
				  const struct outbox_item *item, const struct reply *reply)
{
	struct refusal refusal = {.reason = (enum reason)reply->reason};
	if (!reason_is_final(reply->reason)) {
		uint32_t pause_ms = PAUSE_KEPT_MS;
		enum result result = reply_result(client, reply, &pause_ms);
		keep(flushing, pause_ms);
		flushing->result = result;
		return RESULT_OK;
	}
	snprintf(refusal.field, sizeof refusal.field, "%.*s", (int)reply->field.len,
		 (const char *)reply->field.data);
	return outbox_settle_refusal(&client->outbox, item->number + item->position, &refusal);
}

// Receipts of one answer that were proven, to be kept together.
struct settling {
	struct outbox_proof proofs[UNDER_WAY_MAX];
	struct buffer texts[UNDER_WAY_MAX];
	size_t count;
};

static enum result not_proven(struct client *client, struct flushing *flushing,
			      enum proof_check check)
{
	flushing->stale = flushing->stale || check == PROOF_STALE;
	keep(flushing, PAUSE_KEPT_MS);
	flushing->result = client_fail(client, RESULT_BAD_SIGNATURE, REASON_NOT_PROVEN,
				       "a receipt is not proven: %s", proof_check_text(check));
	problem_set_field(&client->problem, "%s", proof_check_name(check));
	return RESULT_OK;
}

static enum result settle_receipt(struct client *client, struct flushing *flushing,
				  const struct answer *answer, const struct outbox_item *item,
				  const struct ask *ask)
{
	struct settling *settling = flushing->settling;
	struct proof_base base = client_proof_base(client, answer);
	struct receipt_claim claim = {.statement = &item->statement,
				      .header_hash = &ask->about,
				      .outcome = ask->reply->outcome,
				      .reason = ask->reply->reason};
	struct proven_leaf proven;
	enum proof_check check = proof_receipt(&base, &ask->reply->receipt, &claim, &proven);
	if (check != PROOF_FINE)
		return not_proven(client, flushing, check);
	struct buffer *text = &settling->texts[settling->count];
	buffer_init(text, TLOG_PROOF_MAX);
	settling->proofs[settling->count].sequence = item->number + item->position;
	settling->count++;
	enum result result = receipt_format(&ask->reply->receipt, answer->replies.checkpoint, text);
	settling->proofs[settling->count - 1].text = buffer_view(text);
	return result;
}

static enum result settle_one(struct client *client, struct flushing *flushing,
			      const struct answer *answer, const struct outbox_item *item,
			      const struct ask *ask)
{
	const struct reply *reply = ask->reply;
	if (!reply) // in this envelope
		return RESULT_OK;
	if (reply->outcome == OUTCOME_AGAIN)
		return keep(flushing, reply->pause_ms), RESULT_OK;
	if (reply->has_receipt)
		return settle_receipt(client, flushing, answer, item, ask);
	if (reply->outcome == OUTCOME_GEWEIGERD)
		return settle_refused(client, flushing, item, reply);
	return keep(flushing, PAUSE_KEPT_MS), RESULT_OK;
}

// The checkpoint of an answer is kept with its receipts; without one it gets its own file.
static enum result keep_receipts(struct client *client, const struct settling *settling)
{
	if (settling->count == 0)
		return client->held.place == HELD_NOWHERE ? held_save(&client->held, &client->spool)
							  : RESULT_OK;
	enum result result =
		outbox_settle_receipts(&client->outbox, settling->proofs, settling->count);
	if (result == RESULT_OK)
		held_lies_in(&client->held, HELD_RECEIPTS);
	return result;
}

// The order of durability: the receipts with their checkpoint, then the marks.
static enum result settle_window(struct client *client, struct flushing *flushing,
				 const struct answer *answer, const struct window *window)
{
	struct settling settling = {.count = 0};
	enum result result = RESULT_OK;
	flushing->settling = &settling;
	flushing->unanswered = false;
	for (size_t i = 0; result == RESULT_OK && i < window->count; i++) {
		result = settle_one(client, flushing, answer, window->items[i], &window->asks[i]);
		flushing->unanswered = flushing->unanswered || !window->asks[i].answered;
	}
	if (result == RESULT_OK)
		result = keep_receipts(client, &settling);
	if (result == RESULT_OK)
		result = outbox_mark_done(&client->outbox, window->items, window->count);
	flushing->settled = flushing->settled || settling.count > 0;
	for (size_t i = 0; i < settling.count; i++)
		buffer_done(&settling.texts[i]);
	flushing->settling = NULL;
	return result;
}

// ---- all of it -------------------------------------------------------------------------------

// Sends the window and settles what is answered, in one envelope or more.
static enum result exchange_window(struct client *client, struct flushing *flushing,
				   struct window *window)
{
	struct answer answer = {.pause_ms = 0};
	enum result result = exchange(client, window->asks, window->count, 0, &answer);
	if (result == RESULT_AGAIN)
		keep(flushing, answer.pause_ms);
	while (result == RESULT_OK) {
		result = settle_window(client, flushing, &answer, window);
		if (result != RESULT_OK || !flushing->unanswered)
			return result;
		result = exchange_more(client, window->asks, window->count, EXCHANGE_MORE_MS,
				       &answer);
		// What was not answered is asked again, or left for another time.
		if (result == RESULT_AGAIN)
			return keep(flushing, 0), RESULT_OK;
	}
	return result;
}

// Sends one window. When a receipt names a register leaf that we lack, gets it, and when an answer
// covered only a part, goes on with the same window: what is settled is not sent again.
static enum result send_window(struct client *client, struct flushing *flushing, bool *ret_empty)
{
	uint64_t from = flushing->after;
	for (unsigned round = 0;; round++) {
		struct window window;
		flushing->after = from;
		enum result result = window_fill(client, flushing, &window);
		*ret_empty = result == RESULT_OK && window.count == 0;
		if (result != RESULT_OK || *ret_empty)
			return result;
		struct flushing before = *flushing;
		flushing->stale = flushing->unanswered = flushing->settled = false;
		result = exchange_window(client, flushing, &window);
		bool more = flushing->unanswered && flushing->settled;
		bool stale = flushing->stale && round + 1 < STALE_ROUNDS;
		if (result != RESULT_OK || (!more && !stale))
			return result;
		*flushing = before;
		if (stale)
			result = register_sync(client, &flushing->pause_ms);
		if (result != RESULT_OK)
			return result;
	}
}

static bool has_open(const struct client *client)
{
	for (size_t i = 0; i < client->outbox.count; i++) {
		if (!client->outbox.files[i].done)
			return true;
	}
	return false;
}

enum result flush_type(struct client *client, uint32_t type, uint32_t *ret_pause_ms)
{
	struct flushing flushing = {.type = type, .result = RESULT_OK};
	bool empty = false;
	enum result result = client_check_conflict(client);
	if (result != RESULT_OK || !has_open(client))
		return result;
	result = register_greet(client, &flushing.pause_ms);
	while (result == RESULT_OK && !empty)
		result = send_window(client, &flushing, &empty);
	*ret_pause_ms = flushing.pause_ms;
	if (result != RESULT_OK)
		return result;
	if (flushing.result == RESULT_BAD_SIGNATURE)
		return flushing.result;
	if (flushing.damaged) {
		client->problem = flushing.damage;
		return RESULT_DAMAGED;
	}
	if (flushing.left && flushing.result == RESULT_OK)
		client_fail(client, RESULT_AGAIN, REASON_BUSY,
			    "the knooppunt asks to try again later");
	return flushing.left ? RESULT_AGAIN : RESULT_OK;
}

// With nothing to send there may be what the log lost: of a herstel one hears by asking. Who cannot
// be reached now has lost nothing by it.
static void hear_of_herstel(struct client *client)
{
	uint32_t pause_ms = 0;
	const struct problem before = client->problem;
	if (client->greeted || client->outbox.count == 0 || has_open(client) ||
	    client->held.conflict)
		return;
	if (register_greet(client, &pause_ms) == RESULT_AGAIN)
		client->problem = before;
}

enum result client_flush(struct client *client, uint32_t *ret_pause_ms)
{
	hear_of_herstel(client);
	client->reopened = false;
	return flush_type(client, 0, ret_pause_ms);
}

// ---- status ----------------------------------------------------------------------------------

enum result client_item(struct client *client, const char *id, struct item_status *ret_status)
{
	const struct outbox_item *item;
	enum result result = outbox_find(&client->outbox, bytes_of_text(id), &item);
	if (result == RESULT_OK)
		return outbox_status(&client->outbox, item, &client->log_keys, ret_status);
	if (result == RESULT_NOT_FOUND)
		client_fail(client, result, REASON_NOT_FOUND, "there is no item with this id");
	return result;
}

enum result client_unread(struct client *client)
{
	const uint64_t number = client->outbox.unread;
	if (number == 0)
		return RESULT_OK;
	// It is there under one of two names.
	struct spool_file file = outbox_item_file(&client->spool, number, false);
	if (!spool_has(file.path))
		file = outbox_item_file(&client->spool, number, true);
	client_fail(client, RESULT_DAMAGED, REASON_DAMAGED, "an item of the outbox cannot be read");
	problem_set_file(&client->problem, file.path);
	return RESULT_DAMAGED;
}

enum result client_refused_before(const struct client *client, const char *id,
				  enum reason *ret_reason)
{
	const struct outbox_refused *row = outbox_refused_find(&client->outbox, bytes_of_text(id));
	if (!row)
		return RESULT_NOT_FOUND;
	*ret_reason = row->reason;
	return RESULT_OK;
}

static enum result each_status(struct client *client, uint64_t number,
			       bool (*each)(void *context, const struct item_status *status),
			       void *context, bool *more)
{
	struct outbox_item *items;
	arena_clear(client->work);
	enum result result = outbox_load(&client->outbox, number, client->work, &items);
	for (uint32_t k = 0; *more && result == RESULT_OK && k < items[0].count; k++) {
		struct item_status status;
		result = outbox_status(&client->outbox, &items[k], &client->log_keys, &status);
		if (result == RESULT_OK)
			*more = each(context, &status);
	}
	return result;
}

enum result client_items(struct client *client,
			 bool (*each)(void *context, const struct item_status *status),
			 void *context)
{
	struct problem damage = {.code = NULL};
	bool more = true;
	for (size_t i = 0; more && i < client->outbox.count; i++) {
		enum result result =
			each_status(client, client->outbox.files[i].number, each, context, &more);
		if (result == RESULT_DAMAGED)
			damage = client->problem;
		else if (result != RESULT_OK)
			return result;
	}
	arena_clear(client->work);
	if (!damage.code)
		return RESULT_OK;
	client->problem = damage;
	return RESULT_DAMAGED;
}
