// SPDX-License-Identifier: EUPL-1.2
// Step 9, deliver: recipients fetch, naming the last number their inbox has durable. Nothing is
// written here and nothing is sent unasked. A delivery decided under an older convenant is held
// back until it has been decided again (recheck.c).
#include "flow/ready.h"
#include "flow/type.h"

#include "base/clock.h"
#include "base/log.h"

#include <string.h>

#define DELIVERY_FIXED 1500 // entry, vector of 32, salt, signature, numbers
// Size class of every answer to a question, whatever it tells (design §5). The longest that four
// casussen give, with gronden and proofs, is half of it.
#define ANSWER_CLASS 32768

// At most what it takes in the reply: fixed fields, then what varies with its framing.
static size_t delivery_size(const struct delivery *delivery)
{
	size_t hashes = delivery->leaf.path.count + delivery->sender.path.count +
			delivery->sender_consistency.count;
	size_t size = DELIVERY_FIXED + hashes * (sizeof(struct hash) + 2) +
		      delivery->sender.statement.len + delivery->slots_vector.len +
		      delivery->leaf.part.value.len;
	for (size_t i = 0; i < delivery->opening_count; i++)
		size += delivery->openings[i].value.len + OPENING_OVERHEAD;
	for (size_t i = 0; i < delivery->verrijking_count; i++)
		size += delivery->verrijkingen[i].value.len + OPENING_OVERHEAD;
	return size;
}

// The slots this part opens, out of the melding's content.
static enum result open_slots(const struct part_verstrekking *part, const struct ready *melding,
			      struct arena *arena, struct delivery *delivery)
{
	delivery->openings = arena_alloc(arena, (part->slot_count + 1) * sizeof(struct opening));
	if (!delivery->openings)
		return RESULT_NO_MEMORY;
	for (size_t s = 0; s < part->slot_count; s++)
		for (size_t n = 0; n < melding->slots.count; n++)
			if (melding->slots.openings[n].position == part->slots[s])
				delivery->openings[delivery->opening_count++] =
					melding->slots.openings[n];
	if (delivery->opening_count != part->slot_count)
		return RESULT_DAMAGED;
	delivery->slots_vector = melding->slots.commitments;
	delivery->sender = melding->sender;
	delivery->has_sender = true;
	return RESULT_OK;
}

static enum result own_rubrieken(const struct ready *entry, uint32_t place, struct arena *arena,
				 struct delivery *delivery)
{
	delivery->verrijkingen =
		arena_alloc(arena, (entry->verrijking_count + 1) * sizeof(struct opening));
	if (!delivery->verrijkingen)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < entry->verrijking_count; i++) {
		if (entry->verrijkingen[i].position != place)
			continue; // stored by part, sent by number
		struct opening *opening = &delivery->verrijkingen[delivery->verrijking_count];
		*opening = entry->verrijkingen[i];
		opening->position = (uint32_t)delivery->verrijking_count++;
	}
	return RESULT_OK;
}

static enum result prove_sender(struct core *core, uint64_t head, struct delivery *delivery)
{
	struct tree_reader reader = journal_tree(core->journal);
	if (head == 0 || head > core->checkpoint.size)
		return RESULT_OK;
	return tree_consistency(&reader, head, core->checkpoint.size,
				&delivery->sender_consistency);
}

// The part of an entry that one delivery shows.
struct shown {
	const struct ready *entry;
	uint32_t place;
	struct part part;
};

static enum result add_content(struct core *core, const struct shown *shown, struct arena *arena,
			       struct delivery *delivery)
{
	const struct part_verstrekking *part = &shown->part.verstrekking;
	const struct ready *melding = shown->entry;
	enum result r = RESULT_OK;
	if (part->betreft)
		r = ready_entry(core, part->betreft, arena, &melding);
	if (!r && (!melding->has_content || !shown->entry->has_content))
		return RESULT_ERASED;
	if (!r)
		r = own_rubrieken(shown->entry, shown->place, arena, delivery);
	if (!r && !part->herkomst_onthouden)
		r = open_slots(part, melding, arena, delivery);
	if (!r && delivery->has_sender)
		r = prove_sender(core, melding->sender_head, delivery);
	return r;
}

// State says where the part lies; the part itself says whose it is. Whatever state says, nothing is
// sealed for anyone but whom the part names.
static bool part_is_for(const struct part_verstrekking *part, const struct ontvanger *ontvanger,
			uint64_t number)
{
	return part->number == number &&
	       bytes_equal(part->oin, bytes_of_text(ontvanger->oin.text)) &&
	       bytes_equal(part->functie, bytes_of_text(ontvanger->functie));
}

static enum result delivery_make(struct core *core, const struct waiter *w,
				 const struct state_delivery *row, struct arena *arena,
				 struct delivery *ret_delivery)
{
	struct shown shown = {.place = row->part};
	enum result r = ready_entry(core, row->index, arena, &shown.entry);
	if (r)
		return r;
	if (row->part >= shown.entry->parts.count)
		return shown.entry->erased ? RESULT_ERASED : RESULT_DAMAGED;
	r = part_decode_own(shown.entry->parts.openings[row->part].value, arena, &shown.part);
	if (r)
		return r == RESULT_NO_MEMORY ? r : RESULT_DAMAGED;
	if (shown.part.kind != PART_VERSTREKKING ||
	    !part_is_for(&shown.part.verstrekking, &w->ontvanger, row->number))
		return RESULT_DAMAGED;
	memset(ret_delivery, 0, sizeof *ret_delivery);
	const struct leaf_source source = {row->index, shown.entry->entry, &shown.entry->parts};
	r = leaf_make(core, &source, row->part, &ret_delivery->leaf);
	if (r)
		return r;
	int64_t until = (int64_t)shown.part.verstrekking.geldig_tot;
	if (until && time_latest(core) > until)
		return RESULT_ERASED; // lapsed: held back until the tick replaces it
	return shown.part.verstrekking.soort == VERSTREKKING_GEGEVEN
		       ? add_content(core, &shown, arena, ret_delivery)
		       : RESULT_OK;
}

// Nothing is lost, and who asked comes again.
static void say_again(struct reply *reply, enum reason reason, const char *field)
{
	*reply = (struct reply){.outcome = OUTCOME_AGAIN,
				.reason = reason,
				.field = bytes_of_text(field),
				.pause_ms = AGAIN_PAUSE_MS};
}

// What the ontvanger is owed and is signed, up to what `deliveries` has room for.
static enum result list_owed(struct core *core, const struct waiter *w,
			     struct state_deliveries *deliveries)
{
	enum result r = state_next_deliveries(core->state, &w->ontvanger, w->after, deliveries);
	for (size_t i = 0; !r && i < deliveries->count; i++)
		if (deliveries->rows[i].index >= core->checkpoint.size)
			deliveries->count = i;
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

// RESULT_ERASED: it waits until it is decided again. One that cannot be, because it cannot be read,
// would wait for ever.
static enum result row_make(struct core *core, const struct waiter *w,
			    const struct state_delivery *row, struct arena *arena,
			    struct delivery *ret_delivery)
{
	bool held = row->generation != core->generation;
	if (held && !core->recheck_done)
		return RESULT_ERASED;
	enum result r = delivery_make(core, w, row, arena, ret_delivery);
	return held && r != RESULT_DAMAGED ? RESULT_ERASED : r;
}

// What was asked for has an envelope to itself, so that its size tells nothing.
static bool is_answer(struct core *core, uint64_t index, struct arena *arena)
{
	const struct ready *entry;
	return ready_entry(core, index, arena, &entry) == RESULT_OK && entry->asks;
}

// One envelope of an answer, while it is put together.
struct collecting {
	struct core *core;
	struct waiter *waiter;
	struct arena *arena;
	struct reply *reply;
	size_t bytes;
	bool passed_over; // what is owed first cannot be read
	bool ended;
};

// What cannot be read keeps back nothing but itself, and is told to the beheerder. Its ontvanger
// sees by the numbers that it is missing, and goes on only when a person there says so: until it is
// acknowledged it stays owed, and whoever puts back the log gives it. What is before it goes first,
// by itself.
static void pass_over(struct collecting *c, const struct state_delivery *row)
{
	const struct ontvanger *ontvanger = &c->waiter->ontvanger;
	const struct watch_damaged found = {*ontvanger, row->number, row->index, time_now(c->core)};
	if (watch_found_damaged(&c->core->watch, &found))
		log_line(LOG_LEVEL_ERROR,
			 "event=damaged-delivery oin=%s functie=%s number=%llu index=%llu",
			 ontvanger->oin.text, ontvanger->functie, (unsigned long long)row->number,
			 (unsigned long long)row->index);
	c->ended = c->reply->more = c->reply->delivery_count > 0 || c->waiter->began;
	if (c->ended)
		return;
	c->passed_over = true;
	c->waiter->after = row->number;
}

// Adds one that is owed, unless it ends the envelope.
static enum result take_row(struct collecting *c, const struct state_delivery *row)
{
	struct reply *reply = c->reply;
	size_t n = reply->delivery_count;
	bool alone = is_answer(c->core, row->index, c->arena);
	if (alone && n > 0) {
		reply->more = c->ended = true;
		return RESULT_OK;
	}
	enum result r = row_make(c->core, c->waiter, row, c->arena, &reply->deliveries[n]);
	if (r == RESULT_DAMAGED) {
		pass_over(c, row);
		return RESULT_OK;
	}
	c->ended = r || alone;
	if (r == RESULT_ERASED) // it waits for the tick
		return RESULT_OK;
	if (r && (r != RESULT_NO_MEMORY || n == 0))
		return r;
	c->bytes += r ? 0 : delivery_size(&reply->deliveries[n]);
	if (n > 0 && (r || c->bytes > REPLY_BYTES_MAX)) {
		reply->more = reply->follows = c->ended = true;
		return RESULT_OK;
	}
	watch_is_sound(&c->core->watch, &c->waiter->ontvanger, row->number);
	c->core->counts.delivered++;
	c->waiter->after = row->number;
	c->waiter->max--;
	reply->delivery_count++;
	reply->more = alone;
	return RESULT_OK;
}

// As many of what is owed as one envelope carries, and no longer asked for. `follows`: another
// could go on with it.
static enum result collect(struct core *core, struct waiter *w, struct arena *arena,
			   struct reply *reply)
{
	struct collecting c = {.core = core, .waiter = w, .arena = arena, .reply = reply};
	struct state_delivery rows[FETCH_MAX_ITEMS];
	bool full = true;
	*reply = (struct reply){.outcome = OUTCOME_AANVAARD, .deliveries = core->deliveries};
	while (!c.ended && full && reply->delivery_count == 0) {
		struct state_deliveries owed = {
			.rows = rows, .cap = w->max < FETCH_MAX_ITEMS ? w->max : FETCH_MAX_ITEMS};
		enum result r = list_owed(core, w, &owed);
		for (size_t i = 0; !r && !c.ended && i < owed.count; i++)
			r = take_row(&c, &rows[i]);
		if (r)
			return r;
		full = owed.cap > 0 && owed.count == owed.cap;
		if (!c.ended) {
			reply->more = full; // perhaps
			reply->follows = owed.count == FETCH_MAX_ITEMS;
		}
	}
	if (c.passed_over && reply->delivery_count == 0)
		*reply = (struct reply){.outcome = OUTCOME_GEWEIGERD,
					.reason = REASON_DAMAGED,
					.field = bytes_of_text("fetch.after")};
	return RESULT_OK;
}

static enum result answer_waiter(struct core *core, const struct waiter *w, struct reply *reply,
				 struct arena *arena)
{
	reply->about = w->about;
	bool alone = reply->delivery_count == 1 &&
		     is_answer(core, reply->deliveries[0].leaf.index, arena);
	struct answer answer = {.route = w->route,
				.sealing_id = w->sealing_id,
				.held = w->held,
				.replies = reply,
				.count = 1,
				.at_least = alone ? ANSWER_CLASS : 0};
	return answer_send(core, &answer, arena);
}

static void say_failed(const struct waiter *w, enum result result)
{
	log_line(LOG_LEVEL_ERROR, "event=delivery-failed oin=%s result=\"%s\"",
		 w->ontvanger.oin.text, result_name(result));
}

// The answer, in as many envelopes as are asked for and this turn has room for.
static enum result answer_through(struct core *core, struct waiter *w, struct reply *reply)
{
	for (unsigned left = w->envelopes; left > 0; left--) {
		reply->follows &= left > 1 && w->max > 0 && core->following < FOLLOWING_MAX;
		enum result r = answer_waiter(core, w, reply, core->answer_arena);
		if (r || !reply->follows)
			return r;
		core->following++;
		answer_end(core);
		w->began = true;
		r = collect(core, w, core->answer_arena, reply);
		if (!r)
			continue;
		say_failed(w, r);
		// Who waits for it may ask again.
		*reply = (struct reply){.outcome = OUTCOME_AANVAARD, .more = true};
	}
	return RESULT_OK;
}

bool waiter_holds(struct core *core, const struct waiter *w)
{
	const struct party *party = answer_party(core, &w->sealing_id);
	return party && party_has_functie(party, w->ontvanger.functie);
}

// Nothing is there, and nothing is to be told either.
static bool is_empty(const struct reply *reply)
{
	return reply->delivery_count == 0 && reply->outcome == OUTCOME_AANVAARD;
}

static enum result serve_waiter(struct core *core, struct waiter *w, int64_t monotonic_ms)
{
	struct reply reply = {.outcome = OUTCOME_AANVAARD};
	enum result r =
		waiter_holds(core, w) ? collect(core, w, core->answer_arena, &reply) : RESULT_OK;
	if (!r && is_empty(&reply) && monotonic_ms < w->until)
		return RESULT_OK; // goes on waiting
	w->live = false;
	return r ? r : answer_through(core, w, &reply);
}

void deliver_offer(struct core *core)
{
	bool any = false;
	for (size_t i = 0; i < WAITERS_MAX && !any; i++)
		any = core->waiters[i].live;
	uint64_t first = journal_size(core->journal) - core->record_count;
	for (size_t i = 0; any && i < core->record_count; i++)
		ready_offer(core, first + i, core->records[i]);
}

void deliver_waiting(struct core *core, int64_t monotonic_ms)
{
	ready_turn(core->ready, monotonic_ms);
	core->following = 0;
	for (size_t i = 0; i < WAITERS_MAX; i++) {
		struct waiter *w = &core->waiters[i];
		if (!w->live)
			continue;
		enum result r = serve_waiter(core, w, monotonic_ms);
		answer_end(core);
		if (!r)
			continue;
		struct reply reply;
		say_failed(w, r);
		say_again(&reply, REASON_BUSY, "");
		if (answer_waiter(core, w, &reply, core->answer_arena) != RESULT_OK)
			say_failed(w, r);
		answer_end(core);
	}
}

// Nothing is there for it, and it cannot wait: an answer that says so would have it ask again at
// once.
static enum result say_no_place(struct core *core, const struct waiter *wanted)
{
	struct reply reply;
	say_again(&reply, REASON_BUSY, "fetch.wait");
	core->counts.again++;
	return answer_waiter(core, wanted, &reply, core->answer_arena);
}

enum result deliver_fetch(struct core *core, const struct waiter *wanted, uint64_t wait_s,
			  struct arena *arena)
{
	uint64_t longest = (uint64_t)core->settings->poll_max_seconds;
	struct reply reply;
	struct waiter given = *wanted;
	enum result r = collect(core, &given, arena, &reply);
	if (r)
		return r;
	if (!is_empty(&reply) || wait_s == 0)
		return answer_through(core, &given, &reply);
	struct waiter *place = waiter_place(core->waiters, wanted);
	if (!place)
		return say_no_place(core, wanted);
	*place = *wanted;
	place->until = clock_monotonic_ms() +
		       (int64_t)(wait_s < longest ? wait_s : longest) * MS_PER_SECOND;
	return RESULT_OK;
}

enum result answer_request(struct core *core, const struct flow_item *item, struct reply *reply,
			   struct arena *arena)
{
	reply->about = item->opened->header_hash;
	struct answer answer = {.route = item->opened->route,
				.sealing_id = item->opened->sealing_id,
				.held = item->opened->held,
				.replies = reply,
				.count = 1};
	return answer_send(core, &answer, arena);
}

enum result refuse_request(struct core *core, const struct flow_item *item, enum reason reason,
			   const char *field)
{
	struct reply reply = {
		.outcome = OUTCOME_GEWEIGERD, .reason = reason, .field = bytes_of_text(field)};
	return answer_request(core, item, &reply, core->answer_arena);
}

enum result deliver_request(struct core *core, struct flow_item *item, struct arena *arena)
{
	const struct type_handler *handler = type_handler(item->type->type);
	if (handler && handler->request)
		return handler->request(core, item, arena);
	return refuse_request(core, item, REASON_UNKNOWN_TYPE, "type");
}
