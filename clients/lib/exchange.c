// SPDX-License-Identifier: EUPL-1.2
// One exchange: a batch of statements in an envelope, one answer, its checkpoint proven. Only one
// envelope is under way at a time: its answer is proven from the checkpoint that was held when it
// left, so every checkpoint extends the one before it and none stands beside the chain.
#include "lib/shared.h"

#include "crypto/secret.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PAUSE_UNREACHABLE_MS 5000

enum result client_check_conflict(struct client *client)
{
	if (!client->held.conflict)
		return RESULT_OK;
	client_fail(client, RESULT_CONFLICT, REASON_BAD_HEAD,
		    "the log contradicts a checkpoint that was held before; both are kept as "
		    "conflict-* in the spool, and nothing is exchanged or acked any more");
	problem_set_file(&client->problem, client->spool.folder);
	return RESULT_CONFLICT;
}

struct proof_base client_proof_base(struct client *client, const struct answer *answer)
{
	return (struct proof_base){.reg = &client->reg,
				   .chain = &client->chain,
				   .checkpoint = &answer->checkpoint,
				   .arena = client->arena,
				   .seen = &client->seen};
}

// ---- sending ---------------------------------------------------------------------------------

static void make_item(struct item *item, const struct signed_statement *signature,
		      const struct ask *ask)
{
	*item = (struct item){.statement = ask->statement,
			      .index = signature->index,
			      .path = signature->path,
			      .has_slots = ask->slots != NULL};
	if (ask->slots)
		item->slots = *ask->slots;
}

static enum result encode_request(struct client *client, const struct ask *asks, size_t count,
				  struct buffer *out)
{
	struct bytes *statements = arena_alloc(client->arena, count * sizeof *statements);
	struct signed_statement *signatures =
		arena_alloc(client->arena, count * sizeof *signatures);
	struct item *items = arena_alloc(client->arena, count * sizeof *items);
	uint8_t signature[SIGNATURE_LEN];
	if (!statements || !signatures || !items)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < count; i++)
		statements[i] = asks[i].statement;
	enum result result = batch_sign(
		&(const struct batch_signer){&client->settings.oin, &client->keys->identity},
		statements, count, signature, signatures);
	if (result != RESULT_OK)
		return result;
	for (size_t i = 0; i < count; i++)
		make_item(&items[i], &signatures[i], &asks[i]);
	struct request request = {
		.signer = bytes_of_text(client->settings.oin.text),
		.key_id = bytes_make(client->keys->identity.id.b, KEY_ID_LEN),
		.size = (uint32_t)count,
		.signature = bytes_make(signature, sizeof signature),
		.items = items,
		.item_count = count,
		.held = held_head(&client->held, false),
	};
	return request_encode(&request, out);
}

static enum result seal_request(struct client *client, const struct ask *asks, size_t count)
{
	struct buffer content;
	struct envelope_prefix prefix = {.direction = ENVELOPE_TO_KNOOPPUNT,
					 .sender = client->keys->sealing.id,
					 .recipient = client->receive_id};
	buffer_init(&content, ENVELOPE_CONTENT_MAX);
	buffer_clear(&client->frame);
	enum result result = encode_request(client, asks, count, &content);
	if (result == RESULT_OK)
		result = envelope_seal(&prefix, &client->to, buffer_view(&content), &client->frame);
	buffer_wipe(&content);
	return result;
}

static const struct link_trouble *explain(const struct client *client)
{
	static const struct link_trouble unexplained = {REASON_UNREACHABLE, "cannot be reached",
							"nobody answers", NULL};
	return client->link.explain ? client->link.explain(client->link.context) : &unexplained;
}

static enum result unreachable(struct client *client, const struct link_trouble *trouble,
			       struct answer *answer)
{
	const struct way way = way_in_use(client);
	answer->pause_ms = PAUSE_UNREACHABLE_MS;
	char who[CLIENT_WHO_MAX];
	client_who(client, who);
	client_fail(client, RESULT_AGAIN, trouble->reason, "the knooppunt at %.60s %s (%s): %s",
		    way.endpoint, trouble->what, who, trouble->why);
	if (client->unknown_send) {
		client_fail(client, RESULT_AGAIN, REASON_UNKNOWN_KEY,
			    "the knooppunt at %.60s seals with a key we do not know: its send key "
			    "may have changed (status --send); %s",
			    way.endpoint, who);
	} else if (trouble->fix)
		snprintf(client->problem.fix, sizeof client->problem.fix, "%s", trouble->fix);
	return RESULT_AGAIN;
}

// By each way there is until it goes; of several that do not, the first is the one to mend.
// RESULT_AGAIN: nothing was sent.
static enum result send_frame(struct client *client, const struct link_trouble **ret_trouble)
{
	const unsigned first = client->way;
	for (;;) {
		enum result result = way_link(client);
		if (result == RESULT_OK)
			result =
				client->link.send(client->link.context, buffer_view(&client->frame),
						  client->settings.timeout_ms);
		if (result != RESULT_AGAIN)
			return result;
		if (client->way == first)
			*ret_trouble = explain(client);
		if (!way_try_next(client, first))
			return result;
	}
}

static enum result send_request(struct client *client, const struct ask *asks, size_t count,
				struct answer *answer)
{
	const struct link_trouble *trouble = NULL;
	enum result result = seal_request(client, asks, count);
	if (result != RESULT_OK)
		return result;
	if (client->named != client->held.checkpoint.size) {
		client->named_before = client->named;
		client->named = client->held.checkpoint.size;
	}
	result = send_frame(client, &trouble);
	if (result == RESULT_AGAIN)
		return unreachable(client, trouble, answer);
	if (result != RESULT_OK && result != RESULT_CONFIG)
		return client_fail(client, result, REASON_IO, "the connection failed: %s",
				   result_name(result));
	return result;
}

// ---- receiving -------------------------------------------------------------------------------

// A hint is the gate's word only, so it ends nothing: the statements stay, a pause is kept.
static enum result take_hint(struct client *client, enum hint_code code, struct answer *answer)
{
	static const char *const texts[] = {
		[HINT_AGAIN] = "the knooppunt asks to try again later",
		[HINT_NOT_ACCEPTED] = "our keys may not be enrolled under that oin, the genesis "
				      "file may be that of another log, or its receive key "
				      "changed while we were away (status --receive)",
		[HINT_TOO_LARGE] = "the knooppunt finds the frame too large",
		[HINT_STOPPING] = "the knooppunt is stopping",
	};
	size_t known = sizeof texts / sizeof texts[0];
	const char *text = (size_t)code < known && texts[code] ? texts[code] : texts[HINT_AGAIN];
	if (answer->pause_ms == 0)
		answer->pause_ms = PAUSE_UNREACHABLE_MS;
	if (code != HINT_NOT_ACCEPTED)
		return client_fail(client, RESULT_AGAIN, REASON_BUSY, "%s", text);
	char who[CLIENT_WHO_MAX];
	client_who(client, who);
	return client_fail(client, RESULT_AGAIN, REASON_UNKNOWN_KEY,
			   "the knooppunt cannot open what we send (%s): %s", who, text);
}

static const struct pair_key *from_key_of(struct client *client, const struct key_id *sender)
{
	for (size_t i = 0; i < client->from_count; i++)
		if (key_id_equal(&client->from[i].id, sender))
			return &client->from[i].key;
	client->unknown_send = true;
	return NULL;
}

// Opens a frame for us from the knooppunt. False: not one; it is dropped as if it never came.
static bool open_frame(struct client *client, struct answer *answer)
{
	struct envelope_prefix prefix;
	struct bytes frame = buffer_view(&client->frame);
	if (envelope_read_prefix(frame, &prefix) != RESULT_OK ||
	    prefix.direction != ENVELOPE_FROM_KNOOPPUNT ||
	    !key_id_equal(&prefix.recipient, &client->keys->sealing.id) ||
	    frame.len < ENVELOPE_OVERHEAD)
		return false;
	const struct pair_key *key = from_key_of(client, &prefix.sender);
	if (!key)
		return false;
	buffer_clear(&client->plain);
	uint8_t *plain = buffer_reserve(&client->plain, frame.len - ENVELOPE_OVERHEAD);
	if (!plain || envelope_open(frame, key, plain, &answer->content) != RESULT_OK)
		return false;
	return replies_decode(answer->content, client->arena, &answer->replies) == RESULT_OK;
}

static bool match(struct ask *asks, size_t count, const struct replies *replies)
{
	bool any = false;
	for (size_t i = 0; i < count; i++) {
		asks[i].reply = NULL;
		for (size_t k = 0; k < replies->reply_count && !asks[i].reply; k++) {
			if (hash_equal(&replies->replies[k].about, &asks[i].about))
				asks[i].reply = &replies->replies[k];
		}
		asks[i].answered = asks[i].answered || asks[i].reply;
		any = any || asks[i].reply;
	}
	return any;
}

// What comes too late must not be taken for the answer to what is sent next.
static enum result no_answer(struct client *client, enum result result, struct answer *answer)
{
	if (result == RESULT_AGAIN)
		unreachable(client, explain(client), answer);
	else
		client_fail(client, result, REASON_IO, "the connection failed: %s",
			    result_name(result));
	answer->lost = client->link.was_lost && client->link.was_lost(client->link.context);
	if (client->link.reset)
		client->link.reset(client->link.context);
	return result;
}

// An answer in several envelopes may end after the checkpoint moved on with the first of them: the
// rest cannot be proven from what is held now, unless it is under that same checkpoint, and is
// asked for again.
static bool is_stale(const struct client *client, const struct replies *replies)
{
	// An answer that proves nothing from what we named has 0, which no request names.
	bool named = replies->old_size != 0 && (replies->old_size == client->named ||
						replies->old_size == client->named_before);
	return named && replies->old_size != client->held.checkpoint.size &&
	       !bytes_equal(replies->checkpoint, buffer_view(&client->held.note));
}

// The next frame that answers one of the asks; RESULT_AGAIN with a pause after a hint.
static enum result receive_frame(struct client *client, struct ask *asks, size_t count,
				 int64_t timeout_ms, struct answer *answer)
{
	int64_t deadline = clock_monotonic_ms() + timeout_ms;
	for (;;) {
		enum hint_code code;
		int64_t left = deadline - clock_monotonic_ms();
		enum result result = client->link.receive(client->link.context, left > 0 ? left : 0,
							  &client->frame);
		if (result != RESULT_OK)
			return result;
		if (hint_decode(buffer_view(&client->frame), &code, &answer->pause_ms))
			return take_hint(client, code, answer);
		if (!open_frame(client, answer))
			continue;
		bool stale = is_stale(client, &answer->replies);
		if (stale && answer->is_rest)
			return RESULT_AGAIN;
		if (!stale && match(asks, count, &answer->replies))
			return RESULT_OK;
	}
}

// ---- proving ---------------------------------------------------------------------------------

// While the register is read that brings the key of this checkpoint. It is held when that leaf is
// folded and an answer comes under it.
static enum result prove_ahead(struct client *client, struct answer *answer,
			       enum proof_check *ret_check)
{
	struct held_proof proof;
	enum result result = held_compare(&client->held, &client->spool, client->ahead,
					  &answer->replies, &proof);
	*ret_check = proof.check;
	if (result == RESULT_OK)
		answer->checkpoint = proof.checkpoint;
	return result;
}

static enum result prove_answer(struct client *client, struct answer *answer)
{
	enum proof_check check;
	enum result result = held_advance(&client->held, &client->spool, &client->log_keys,
					  &answer->replies, &check);
	if (result == RESULT_OK)
		answer->checkpoint = client->held.checkpoint;
	if (result == RESULT_BAD_SIGNATURE && check == PROOF_CHECKPOINT && client->ahead)
		result = prove_ahead(client, answer, &check);
	if (result == RESULT_BAD_SIGNATURE && check == PROOF_CHECKPOINT)
		client->greeted = false; // the next call looks whether the log has another key
	if (result == RESULT_CONFLICT)
		return client_check_conflict(client);
	if (result == RESULT_BAD_SIGNATURE) {
		client_fail(client, result, REASON_NOT_PROVEN,
			    "an answer of the knooppunt is not proven: %s",
			    proof_check_text(check));
		problem_set_field(&client->problem, "%s", proof_check_name(check));
	}
	return result;
}

enum result exchange_begin(struct client *client, struct ask *asks, size_t count,
			   struct answer *ret_answer)
{
	struct answer answer = {.pause_ms = 0};
	enum result result = client_check_conflict(client);
	client->unknown_send = false;
	if (result == RESULT_OK)
		result = client_check_oin(client);
	for (size_t i = 0; i < count; i++) {
		asks[i].about = header_hash(asks[i].statement);
		asks[i].reply = NULL;
		asks[i].answered = false;
	}
	if (result == RESULT_OK)
		result = send_request(client, asks, count, &answer);
	*ret_answer = answer;
	return result;
}

enum result exchange_end(struct client *client, struct ask *asks, size_t count, int64_t wait_ms,
			 struct answer *ret_answer)
{
	struct answer answer = {.pause_ms = 0};
	arena_clear(client->arena);
	enum result result =
		receive_frame(client, asks, count, client->settings.timeout_ms + wait_ms, &answer);
	if (result != RESULT_OK && answer.pause_ms == 0)
		result = no_answer(client, result, &answer);
	if (result == RESULT_OK)
		result = prove_answer(client, &answer);
	if (result == RESULT_OK || result == RESULT_AGAIN)
		*ret_answer = answer;
	return result;
}

enum result exchange(struct client *client, struct ask *asks, size_t count, int64_t wait_ms,
		     struct answer *ret_answer)
{
	arena_clear(client->arena);
	enum result result = exchange_begin(client, asks, count, ret_answer);
	return result == RESULT_OK ? exchange_end(client, asks, count, wait_ms, ret_answer)
				   : result;
}

enum result exchange_unproven(struct client *client, struct ask *ask, struct answer *ret_answer)
{
	arena_clear(client->arena);
	enum result result = exchange_begin(client, ask, 1, ret_answer);
	if (result != RESULT_OK)
		return result;
	result = receive_frame(client, ask, 1, client->settings.timeout_ms, ret_answer);
	if (result != RESULT_OK && ret_answer->pause_ms == 0)
		result = no_answer(client, result, ret_answer);
	return result;
}

enum result exchange_more(struct client *client, struct ask *asks, size_t count, int64_t timeout_ms,
			  struct answer *ret_answer)
{
	struct answer answer = {.is_rest = true};
	enum result result = receive_frame(client, asks, count, timeout_ms, &answer);
	if (result == RESULT_OK)
		result = prove_answer(client, &answer);
	if (result == RESULT_OK)
		*ret_answer = answer;
	return result;
}
