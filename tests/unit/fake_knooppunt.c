// SPDX-License-Identifier: EUPL-1.2
// What the fake knooppunt does with a frame.
#include "fake_knooppunt.h"

#include "crypto/secret.h"

#include <stdlib.h>
#include <string.h>

#define REPLIES_ROOM 256

// ---- meldingen and what follows from them ----------------------------------------------------

static struct bytes keep_bytes(struct fake_knooppunt *fake, struct bytes view)
{
	return arena_copy(fake->log.arena, view);
}

static struct slots keep_slots(struct fake_knooppunt *fake, const struct slots *slots)
{
	struct slots kept = *slots;
	kept.rubrieken = arena_alloc(fake->log.arena, slots->count * sizeof *kept.rubrieken);
	for (size_t i = 0; i < slots->count; i++)
		kept.rubrieken[i] = keep_bytes(fake, slots->rubrieken[i]);
	return kept;
}

static void make_verrijking(struct fake_knooppunt *fake, struct fake_delivery *delivery)
{
	static struct veld velden[] = {{SAMENLOOP_VELD, {(const uint8_t *)"ja", 2}}};
	struct rubriek rubriek = {.soort = RUBRIEK_VERRIJKING_SAMENLOOP,
				  .betrokkene = 1,
				  .regime = REGIME_AVG,
				  .velden = velden,
				  .veld_count = 1};
	struct buffer wire;
	uint8_t salt[VECTOR_SALT_LEN];
	buffer_init(&wire, RUBRIEK_MAX);
	fake_must(rubriek_encode(&rubriek, &wire));
	random_bytes(salt, sizeof salt);
	delivery->verrijking =
		(struct opening){.salt = keep_bytes(fake, bytes_make(salt, sizeof salt)),
				 .value = keep_bytes(fake, buffer_view(&wire))};
	buffer_done(&wire);
}

static void add_grond(struct part_verstrekking *part, uint32_t soort, uint32_t betrokkene)
{
	part->gronden[part->grond_count++] =
		(struct grond){.betrokkene = betrokkene,
			       .rubriek = soort,
			       .regel = bytes_of_text("test-alles"),
			       .convenantartikel = bytes_of_text("(voorbeeld)"),
			       .doel = bytes_of_text("toets")};
}

static void add_grond_of(struct fake_knooppunt *fake, struct part_verstrekking *part,
			 struct bytes rubriek_wire)
{
	struct rubriek rubriek;
	fake_must(rubriek_decode(rubriek_wire, fake->log.arena, &rubriek));
	add_grond(part, rubriek.soort, rubriek.betrokkene);
}

static struct part verstrekking_part(struct fake_knooppunt *fake,
				     const struct fake_delivery *delivery,
				     const struct hash *header_hash)
{
	struct part part = {.kind = PART_VERSTREKKING};
	struct part_verstrekking *v = &part.verstrekking;
	struct vector vector;
	*v = (struct part_verstrekking){.origin = bytes_of_text(FAKE_ORIGIN),
					.oin = bytes_of_text(fake->to_oin.text),
					.functie = bytes_of_text(fake->to_functie),
					.number = fake->delivery_count + 1,
					.soort = delivery->vervallen ? VERSTREKKING_VERVALLEN
								     : VERSTREKKING_GEGEVEN,
					.header_hash = *header_hash,
					.oefening = true,
					.herkomst_onthouden = delivery->withheld};
	if (delivery->vervallen)
		return part;
	size_t count = delivery->slots.count;
	v->slots = arena_alloc(fake->log.arena, count * sizeof *v->slots);
	v->gronden = arena_alloc(fake->log.arena, (count + 2) * sizeof *v->gronden);
	fake_must(vector_make(VECTOR_SLOTS, delivery->slots.capacity, delivery->slots.seed,
			      delivery->slots.rubrieken, count, &vector));
	for (size_t i = 0; !delivery->withheld && i < count; i++) {
		v->slots[v->slot_count++] = vector.order[i];
		add_grond_of(fake, v, delivery->slots.rubrieken[i]);
	}
	add_grond_of(fake, v, delivery->verrijking.value);
	v->has_verrijking = true;
	v->verrijking = verrijking_commitment(&delivery->verrijking, 1);
	return part;
}

static struct part sender_part(struct fake_knooppunt *fake, const struct statement *statement,
			       const struct hash *header_hash)
{
	struct part part = {.kind = PART_SENDER};
	uint32_t reason = fake->refuse_reason;
	part.sender = (struct part_sender){.origin = bytes_of_text(FAKE_ORIGIN),
					   .source = keep_bytes(fake, statement->source),
					   .id = keep_bytes(fake, statement->id),
					   .header_hash = *header_hash,
					   .outcome = reason ? OUTCOME_GEWEIGERD : OUTCOME_AANVAARD,
					   .reason = reason,
					   .field = bytes_of_text(reason ? "kenmerken.soort" : ""),
					   .oefening = true};
	return part;
}

static struct fake_delivery make_delivery(struct fake_knooppunt *fake,
					  const struct request *request, const struct item *item,
					  const struct statement *statement)
{
	struct fake_delivery delivery = {
		.sender = {.statement = keep_bytes(fake, item->statement),
			   .signer = keep_bytes(fake, request->signer),
			   .key_id = keep_bytes(fake, request->key_id),
			   .size = request->size,
			   .index = item->index,
			   .path = item->path,
			   .signature = keep_bytes(fake, request->signature)},
		.slots = keep_slots(fake, &item->slots),
		.sender_head = statement->head,
		.vervallen = fake->vervallen,
		.withheld = fake->withhold_herkomst,
	};
	make_verrijking(fake, &delivery);
	return delivery;
}

static struct fake_seen *log_statement(struct fake_knooppunt *fake, const struct request *request,
				       const struct item *item, const struct statement *statement)
{
	struct fake_seen *seen = &fake->seen[fake->seen_count++];
	struct part parts[2];
	size_t count = 1;
	*seen = (struct fake_seen){.id = keep_bytes(fake, statement->id),
				   .source = keep_bytes(fake, statement->source),
				   .header_hash = header_hash(item->statement),
				   .type = statement->type};
	parts[0] = sender_part(fake, statement, &seen->header_hash);
	bool given = statement->type == TYPE_MELDING && !fake->refuse_reason && fake->to_functie;
	if (given) {
		struct fake_delivery *delivery = &fake->deliveries[fake->delivery_count];
		*delivery = make_delivery(fake, request, item, statement);
		parts[count++] = verstrekking_part(fake, delivery, &seen->header_hash);
		delivery->index = fake->log.size;
		fake->delivery_count++;
	}
	for (size_t i = 0; fake->on_part && i < count; i++)
		fake->on_part(fake, &parts[i]);
	seen->outcome = parts[0].sender.outcome;
	seen->reason = parts[0].sender.reason;
	seen->index = fake_log_append(&fake->log, ENTRY_EVENT, parts, count);
	return seen;
}

// ---- answers ---------------------------------------------------------------------------------

static void note_acks(struct fake_knooppunt *fake, const struct statement *statement)
{
	for (size_t i = 0; i < statement->veld_count; i++) {
		struct bytes item = statement->velden[i].waarde;
		if (statement->velden[i].veld != ACK_ITEM)
			continue;
		uint64_t number = get_u64be(item.data);
		const struct fake_delivery *delivery = &fake->deliveries[number - 1];
		struct hash hash = sha256(fake->log.entries[delivery->index].parts[1]);
		if (number > fake->delivery_count || memcmp(item.data + 8, hash.b, 32) != 0)
			abort();
		fake->deliveries[number - 1].acked++;
	}
}

static void answer_logged(struct fake_knooppunt *fake, const struct request *request,
			  const struct item *item, const struct statement *statement,
			  struct reply *reply)
{
	struct fake_seen *seen = NULL;
	for (size_t i = 0; i < fake->seen_count && !seen; i++) {
		if (bytes_equal(fake->seen[i].id, statement->id) &&
		    bytes_equal(fake->seen[i].source, statement->source))
			seen = &fake->seen[i];
	}
	if (seen && !hash_equal(&seen->header_hash, &reply->about)) {
		fake->conflicts++;
		reply->outcome = OUTCOME_GEWEIGERD;
		reply->reason = REASON_CONFLICT;
		reply->field = bytes_of_text("id");
		return;
	}
	if (!seen && (fake->again || fake->refuse_unlogged)) {
		reply->outcome = fake->again ? OUTCOME_AGAIN : OUTCOME_GEWEIGERD;
		reply->reason = fake->again ? REASON_BUSY : fake->refuse_unlogged;
		reply->pause_ms = 25;
		return;
	}
	if (!seen) {
		seen = log_statement(fake, request, item, statement);
		if (statement->type == TYPE_ACK)
			note_acks(fake, statement);
	}
	seen->times++;
	reply->outcome = seen->outcome;
	reply->reason = seen->reason;
	reply->has_receipt = true;
	reply->receipt.index = seen->index;
}

static uint64_t veld_number(const struct statement *statement, uint32_t veld)
{
	struct bytes text = veld_get(statement->velden, statement->veld_count, veld);
	uint64_t number = 0;
	for (size_t i = 0; i < text.len; i++)
		number = number * 10 + (uint64_t)(text.data[i] - '0');
	return number;
}

static void open_slots(struct fake_knooppunt *fake, const struct fake_delivery *from,
		       struct delivery *to)
{
	struct vector vector;
	fake_must(vector_make(VECTOR_SLOTS, from->slots.capacity, from->slots.seed,
			      from->slots.rubrieken, from->slots.count, &vector));
	to->slots_vector = arena_copy(fake->arena, vector_bytes(&vector));
	to->openings = arena_alloc(fake->arena, from->slots.count * sizeof *to->openings);
	to->opening_count = from->slots.count;
	for (size_t i = 0; i < from->slots.count; i++) {
		unsigned position = vector.order[i];
		to->openings[i] = (struct opening){
			.position = position,
			.salt = arena_copy(fake->arena, bytes_of_hash(&vector.salts[position])),
			.value = arena_copy(fake->arena, from->slots.rubrieken[i])};
	}
}

static void make_wire_delivery(struct fake_knooppunt *fake, const struct fake_delivery *from,
			       struct delivery *to)
{
	uint64_t size = fake->log.size;
	memset(to, 0, sizeof *to);
	fake_log_leaf(&fake->log, from->index, 1, fake->arena, &to->leaf);
	if (from->vervallen)
		return;
	to->verrijkingen = arena_alloc(fake->arena, sizeof *to->verrijkingen);
	to->verrijkingen[0] = from->verrijking;
	to->verrijking_count = 1;
	if (from->withheld)
		return;
	to->has_sender = true;
	to->sender = from->sender;
	open_slots(fake, from, to);
	fake_log_consistency(&fake->log, from->sender_head.size, size, &to->sender_consistency);
}

// As many as one envelope of this knooppunt holds.
static void show_deliveries(struct fake_knooppunt *fake, uint64_t after, uint64_t most,
			    struct reply *reply)
{
	uint64_t page = fake->page ? fake->page : 16;
	reply->outcome = OUTCOME_AANVAARD;
	reply->deliveries = arena_alloc(fake->arena, page * sizeof *reply->deliveries);
	while (after < fake->delivery_count && reply->delivery_count < page &&
	       reply->delivery_count < most)
		make_wire_delivery(fake, &fake->deliveries[after++],
				   &reply->deliveries[reply->delivery_count++]);
	reply->more = after < fake->delivery_count;
}

static void answer_fetch(struct fake_knooppunt *fake, const struct statement *statement,
			 struct reply *reply)
{
	uint64_t after = veld_number(statement, FETCH_AFTER);
	uint64_t most = veld_number(statement, FETCH_MAX);
	show_deliveries(fake, after, most, reply);
	reply->follows = fake->split && reply->more && most > reply->delivery_count &&
			 veld_number(statement, FETCH_ENVELOPES) > 1;
	fake->rest_after = after + reply->delivery_count;
	fake->rest_most = most - reply->delivery_count;
}

static void answer_register(struct fake_knooppunt *fake, const struct statement *statement,
			    struct reply *reply)
{
	uint64_t after = veld_number(statement, REGISTER_AFTER);
	reply->outcome = OUTCOME_AANVAARD;
	reply->leaves = arena_alloc(fake->arena, 2 * sizeof *reply->leaves);
	for (size_t i = 0; i < fake->register_count; i++) {
		uint64_t index = fake->register_leaves[i];
		bool hidden = fake->hide_register_from && index >= fake->hide_register_from;
		if (index <= after || hidden)
			continue;
		if (reply->leaf_count == 2) {
			reply->more = true;
			return;
		}
		fake_log_leaf(&fake->log, index, 0, fake->arena,
			      &reply->leaves[reply->leaf_count++]);
	}
}

static void answer_item(struct fake_knooppunt *fake, const struct request *request,
			const struct item *item, struct reply *reply)
{
	struct statement statement;
	struct refusal refusal;
	fake_must(statement_decode(item->statement, fake->arena, &statement));
	struct civil_date today = date_amsterdam((int64_t)statement.time);
	if (!statement_validate(&statement, today, &refusal))
		abort();
	memset(reply, 0, sizeof *reply);
	reply->about = header_hash(item->statement);
	switch (statement.type) {
	case TYPE_HELLO:
		reply->outcome = OUTCOME_AANVAARD;
		break;
	case TYPE_FETCH:
		answer_fetch(fake, &statement, reply);
		break;
	case TYPE_REGISTER:
		answer_register(fake, &statement, reply);
		break;
	default:
		answer_logged(fake, request, item, &statement, reply);
		break;
	}
}

// ---- frames ----------------------------------------------------------------------------------

// Makes the envelope with these replies into an initialised buffer.
static void seal_answer(struct fake_knooppunt *fake, const struct fake_party *party,
			const struct request *request, struct replies *replies, struct buffer *out)
{
	struct envelope_prefix prefix = {.direction = ENVELOPE_FROM_KNOOPPUNT,
					 .sender = fake->send.id,
					 .recipient = party->sealing.id};
	struct buffer content;
	uint64_t size = fake->log.size;
	replies->checkpoint = fake_log_note(&fake->log, size, fake->arena);
	replies->old_size = request->held.size;
	replies->consistency.count = 0;
	if (request->held.size <= size)
		fake_log_consistency(&fake->log, request->held.size, size, &replies->consistency);
	// Receipts are opened last, so that all of an answer are under one checkpoint.
	for (size_t i = 0; i < replies->reply_count; i++) {
		struct reply *reply = &replies->replies[i];
		if (reply->has_receipt)
			fake_log_leaf(&fake->log, reply->receipt.index, 0, fake->arena,
				      &reply->receipt);
	}
	if (fake->on_replies)
		fake->on_replies(fake, replies);
	buffer_init(&content, ENVELOPE_CONTENT_MAX);
	fake_must(replies_encode(replies, &content));
	buffer_clear(out);
	fake_must(envelope_seal(&prefix, &party->from, buffer_view(&content), out));
	buffer_done(&content);
}

static void seal_in_two(struct fake_knooppunt *fake, const struct fake_party *party,
			const struct request *request, struct replies *replies)
{
	struct replies rest = *replies;
	replies->reply_count /= 2;
	if (rest.reply_count == 2) { // hello before the question that came with it
		struct reply swap = rest.replies[0];
		rest.replies[0] = rest.replies[1];
		rest.replies[1] = swap;
	}
	rest.replies += replies->reply_count;
	rest.reply_count -= replies->reply_count;
	seal_answer(fake, party, request, replies, &fake->answer);
	if (fake->grow_between)
		fake_tick(fake);
	seal_answer(fake, party, request, &rest, &fake->second);
	fake->has_second = true;
}

// The answer to a fetch, and what follows it.
static void seal_following(struct fake_knooppunt *fake, const struct fake_party *party,
			   const struct request *request, struct replies *replies)
{
	struct reply rest = {.about = replies->replies[0].about};
	struct replies following = {.replies = &rest, .reply_count = 1};
	seal_answer(fake, party, request, replies, &fake->answer);
	if (fake->grow_between)
		fake_tick(fake);
	show_deliveries(fake, fake->rest_after + fake->skip, fake->endless ? 0 : fake->rest_most,
			&rest);
	rest.follows = fake->endless;
	seal_answer(fake, party, request, &following, &fake->second);
	fake->has_second = !fake->lose_second;
}

static void answer_request(struct fake_knooppunt *fake, const struct fake_party *party,
			   struct bytes content)
{
	struct request request;
	struct hash hashes[BATCH_MAX];
	fake_must(request_decode(content, fake->arena, &request));
	fake_must(batch_verify_request(&request, party->identity.public_key, hashes));
	struct replies replies = {.reply_count = request.item_count};
	replies.replies = arena_alloc(fake->arena, REPLIES_ROOM * sizeof *replies.replies);
	for (size_t i = 0; i < request.item_count; i++)
		answer_item(fake, &request, &request.items[i], &replies.replies[i]);
	if (request.item_count > fake->largest_request)
		fake->largest_request = (unsigned)request.item_count;
	if (replies.reply_count == 1 && replies.replies[0].follows)
		seal_following(fake, party, &request, &replies);
	else if (fake->split && replies.reply_count > 1)
		seal_in_two(fake, party, &request, &replies);
	else
		seal_answer(fake, party, &request, &replies, &fake->answer);
}

void fake_take_frame(struct fake_knooppunt *fake, struct bytes frame)
{
	struct envelope_prefix prefix;
	struct bytes content;
	fake->frames++;
	fake->has_answer = fake->has_second = false;
	arena_clear(fake->arena);
	if (fake->hint) {
		uint8_t wire[HINT_LEN];
		hint_encode(wire, fake->hint, 40);
		fake->hint = (enum hint_code)0;
		buffer_clear(&fake->answer);
		buffer_append(&fake->answer, bytes_make(wire, sizeof wire));
		fake->has_answer = true;
		return;
	}
	fake_must(envelope_read_prefix(frame, &prefix));
	for (size_t i = 0; i < fake->party_count; i++) {
		const struct fake_party *party = &fake->parties[i];
		if (!key_id_equal(&prefix.sender, &party->sealing.id))
			continue;
		uint8_t *plain = arena_alloc(fake->arena, frame.len);
		fake_must(envelope_open(frame, &party->to, plain, &content));
		answer_request(fake, party, content);
		fake->has_answer = fake->lose_answers == 0;
		fake->lose_answers -= fake->lose_answers > 0;
	}
}

// ---- link ------------------------------------------------------------------------------------

static enum result link_send(void *context, struct bytes frame, int64_t timeout_ms)
{
	struct fake_knooppunt *fake = context;
	(void)timeout_ms;
	if (fake->unreachable)
		return RESULT_AGAIN;
	fake_take_frame(fake, frame);
	return RESULT_OK;
}

static enum result link_receive(void *context, int64_t timeout_ms, struct buffer *ret_frame)
{
	struct fake_knooppunt *fake = context;
	if (!fake->has_answer && !fake->has_second) {
		fake->waited_ms += timeout_ms;
		return RESULT_AGAIN;
	}
	buffer_clear(ret_frame);
	buffer_append(ret_frame, buffer_view(fake->has_answer ? &fake->answer : &fake->second));
	if (fake->has_answer)
		fake->has_answer = false;
	else
		fake->has_second = fake->endless;
	fake->received++;
	return ret_frame->status;
}

struct link fake_link(struct fake_knooppunt *fake)
{
	return (struct link){.send = link_send, .receive = link_receive, .context = fake};
}

const struct fake_seen *fake_find(const struct fake_knooppunt *fake, const char *id)
{
	for (size_t i = 0; i < fake->seen_count; i++) {
		if (bytes_equal(fake->seen[i].id, bytes_of_text(id)))
			return &fake->seen[i];
	}
	return NULL;
}
