// SPDX-License-Identifier: EUPL-1.2
// Step 8, acknowledge: after the guard, each statement of the batch gets its outcome, with the
// receipt that proves it. The same statement again gets the same entry and outcome.
#include "flow/type.h"

#include "base/log.h"
#include "control/control.h"

#define RECEIPT_ESTIMATE 3300 // bytes of one reply with its receipt, at most

enum result leaf_make(struct core *core, const struct leaf_source *source, size_t place,
		      struct leaf *ret_leaf)
{
	struct tree_reader reader = journal_tree(core->journal);
	if (place >= source->view->count)
		return RESULT_DAMAGED;
	ret_leaf->index = source->index;
	ret_leaf->entry = bytes_make(source->entry, ENTRY_LEN);
	ret_leaf->vector = source->view->commitments;
	ret_leaf->part = source->view->openings[place];
	return tree_inclusion(&reader, source->index, core->checkpoint.size, &ret_leaf->path);
}

enum result leaf_recalled(struct core *core, const struct recalled *recalled, size_t place,
			  struct arena *arena, struct leaf *ret_leaf)
{
	struct bytes entry = arena_copy(arena, bytes_make(recalled->entry, ENTRY_LEN));
	const struct vector_source parts = {VECTOR_PARTS_LABEL, VECTOR_PARTS, recalled->seed,
					    recalled->part_bytes, recalled->part_count};
	struct vector_view view;
	if (!entry.data)
		return RESULT_NO_MEMORY;
	enum result r = vector_view_make(&parts, arena, &view);
	const struct leaf_source source = {recalled->index, entry.data, &view};
	return r ? r : leaf_make(core, &source, place, ret_leaf);
}

// The answer says what was recorded, the first time and every time the statement comes again.
static enum result answer_recorded(const struct part *part, struct reply *reply)
{
	if (part->kind != PART_SENDER)
		return RESULT_DAMAGED;
	reply->outcome = part->sender.outcome;
	reply->reason = part->sender.reason;
	reply->field = part->sender.field;
	return RESULT_OK;
}

static enum result receipt_of(struct core *core, const struct flow_item *item, struct reply *reply)
{
	struct leaf *leaf = &reply->receipt;
	if (item->in_batch) {
		const struct record *record = item->record;
		const struct leaf_source source = {item->index, record->encoded, &record->view};
		enum result r = answer_recorded(&record->first, reply);
		return r ? r : leaf_make(core, &source, 0, leaf);
	}
	struct recalled recalled;
	enum result r =
		recall_entry(core, item->index, RECALL_PARTS, core->answer_arena, &recalled);
	if (!r && recalled.erased)
		return RESULT_ERASED;
	if (!r)
		r = recalled.part_count > 0 ? answer_recorded(&recalled.parts[0], reply)
					    : RESULT_DAMAGED;
	return r ? r : leaf_recalled(core, &recalled, 0, core->answer_arena, leaf);
}

void answer_none(enum reason reason, struct buffer *told)
{
	control_append_text(told, "result", reason_code(reason));
	control_append_text(told, "message", reason_text(reason));
	control_append_text(told, "fix", reason_fix(reason));
}

// Nothing is lost, and nothing is said that cannot be shown: the asker comes again.
static void say_again(struct reply *reply, const struct flow_item *item, enum reason reason)
{
	*reply = (struct reply){.about = item->opened->header_hash,
				.outcome = OUTCOME_AGAIN,
				.reason = reason,
				.pause_ms = AGAIN_PAUSE_MS};
}

static void reply_to(struct core *core, const struct flow_item *item, struct reply *reply)
{
	*reply = (struct reply){.about = item->opened->header_hash,
				.outcome = item->outcome,
				.reason = item->refusal.reason,
				.field = bytes_of_text(item->refusal.field),
				.pause_ms = item->pause_ms};
	if (!item->recorded) {
		if (item->outcome == OUTCOME_GEWEIGERD)
			flow_count(core, &item->opened->sender_oin, item->refusal.reason, 1,
				   item->now);
		return;
	}
	// On disk, but not under a checkpoint that is in the guard: no receipt yet.
	if (item->index >= core->checkpoint.size) {
		say_again(reply, item, core->readonly ? REASON_READONLY : REASON_FULL);
		return;
	}
	enum result r = receipt_of(core, item, reply);
	reply->has_receipt = !r;
	if (!r || r == RESULT_ERASED)
		return; // erased accountability: the outcome still stands, the proof of it is gone
	log_line(LOG_LEVEL_ERROR, "event=receipt-failed index=%llu result=\"%s\"",
		 (unsigned long long)item->index, result_name(r));
	say_again(reply, item, REASON_BUSY);
}

static bool same_asker(const struct flow_item *a, const struct flow_item *b)
{
	return a->opened->route.connection == b->opened->route.connection &&
	       a->opened->route.generation == b->opened->route.generation &&
	       key_id_equal(&a->opened->sealing_id, &b->opened->sealing_id);
}

// A vraag that was recorded now: its answer comes with the receipt.
static bool is_question(const struct flow_item *item)
{
	return item->answer_due && item->outcome == OUTCOME_AANVAARD;
}

static bool is_request(const struct flow_item *item)
{
	return item->type && !item->type->logged && item->outcome == OUTCOME_AANVAARD;
}

// Whether item i goes into the envelope for whoever sent item `lead`.
static bool shares_answer(const struct core *core, size_t lead, size_t i, const bool *done)
{
	return !done[i] && !is_request(core->items[i]) && !is_question(core->items[i]) &&
	       same_asker(core->items[lead], core->items[i]);
}

// One envelope for the items from `lead` on that came over one connection.
static enum result acknowledge_asker(struct core *core, size_t lead, bool *done)
{
	const struct opened *asked = core->items[lead]->opened;
	size_t max = REPLY_BYTES_MAX / RECEIPT_ESTIMATE, count = 0;
	for (size_t i = lead; i < core->item_count && count < max; i++)
		count += shares_answer(core, lead, i, done);
	struct answer answer = {
		.route = asked->route,
		.sealing_id = asked->sealing_id,
		.held = asked->held,
		.replies = arena_alloc(core->answer_arena, count * sizeof *answer.replies)};
	if (!answer.replies)
		return RESULT_NO_MEMORY;
	for (size_t i = lead; answer.count < count; i++) {
		if (!shares_answer(core, lead, i, done))
			continue;
		done[i] = true;
		if (core->items[i]->opened->held.size > answer.held.size)
			answer.held = core->items[i]->opened->held;
		reply_to(core, core->items[i], &answer.replies[answer.count++]);
	}
	return answer_send(core, &answer, core->answer_arena);
}

static enum result send_alone(struct core *core, const struct flow_item *item, struct reply *reply)
{
	const struct answer answer = {.route = item->opened->route,
				      .sealing_id = item->opened->sealing_id,
				      .held = item->opened->held,
				      .replies = reply,
				      .count = 1};
	return answer_send(core, &answer, core->answer_arena);
}

static enum result answer_asked(struct core *core, struct flow_item *item)
{
	struct reply reply;
	enum result r = deliver_request(core, item, core->answer_arena);
	if (!r)
		return r;
	log_line(LOG_LEVEL_ERROR, "event=request-failed oin=%s result=\"%s\"",
		 item->signer->bundle.oin.text, result_name(r));
	arena_clear(core->answer_arena);
	say_again(&reply, item, REASON_BUSY);
	return send_alone(core, item, &reply);
}

enum result flow_answer_vraag(struct core *core, const struct asker *asker, struct bytes told)
{
	struct opened opened = {.route = asker->route,
				.sealing_id = asker->sealing_id,
				.held = asker->held,
				.header_hash = asker->about};
	const struct flow_item item = {.opened = &opened,
				       .recorded = true,
				       .index = asker->index,
				       .outcome = OUTCOME_AANVAARD};
	struct reply reply;
	reply_to(core, &item, &reply);
	if (reply.has_receipt && answer_party(core, &asker->sealing_id))
		reply.antwoord = told;
	enum result r = send_alone(core, &item, &reply);
	answer_end(core);
	return r;
}

// What keeps it from being answered is told in its place.
static void tell_answer(struct core *core, const struct flow_item *item,
			const struct type_handler *handler, struct buffer *told)
{
	enum result r = handler->answer(core, item, told);
	arena_clear(core->answer_arena);
	if (!r)
		return;
	log_line(LOG_LEVEL_ERROR, "event=not-answered index=%llu result=\"%s\"",
		 (unsigned long long)item->index, result_name(r));
	enum reason reason = told->status ? REASON_TOO_LONG : REASON_IO;
	buffer_wipe(told);
	buffer_init(told, ANTWOORD_MAX);
	answer_none(reason, told);
}

// Its answer comes beside the receipt, once there is one: without the entry nothing is asked.
static enum result answer_question(struct core *core, const struct flow_item *item)
{
	const struct opened *opened = item->opened;
	const struct asker asker = {opened->route, opened->sealing_id, opened->held,
				    opened->header_hash, item->index};
	struct buffer told;
	buffer_init(&told, ANTWOORD_MAX);
	enum result r = RESULT_OK;
	bool durable = item->index < core->checkpoint.size;
	const struct type_handler *handler = type_handler(item->type->type);
	bool later = false;
	if (durable && handler->answer)
		tell_answer(core, item, handler, &told);
	else if (durable && core->ask)
		later = core->ask(core->ask_context, &asker, &opened->statement, &told);
	if (!later)
		r = flow_answer_vraag(core, &asker, buffer_view(&told));
	buffer_wipe(&told);
	return r;
}

// Told to come again, as if there had been no room.
static void put_off(struct core *core, struct flow_item *item)
{
	item->outcome = OUTCOME_AGAIN;
	item->pause_ms = 1000;
	refuse_item(item, REASON_BUSY, "");
	core->counts.again++;
}

// Whether two requests of one party ask the same, so that the later supersedes the earlier.
static bool asks_the_same(const struct statement *a, const struct statement *b)
{
	const struct type_handler *handler = type_handler(a->type);
	uint32_t veld = handler ? handler->distinct : 0;
	return a->type == b->type && bytes_equal(veld_get(a->velden, a->veld_count, veld),
						 veld_get(b->velden, b->veld_count, veld));
}

// A fetch for each functie, and what else there is to ask.
#define REQUESTS_PER_PARTY (FUNCTIES_MAX + 2)

// Of the requests of one party only the newest of each kind are looked into, and so many at most: a
// party's questions would else cost all others their turn. It does not matter over how many
// connections or in how many envelopes they came.
static void put_off_excess(struct core *core)
{
	for (size_t i = core->item_count; i-- > 0;) {
		struct flow_item *item = core->items[i];
		size_t kept = 0;
		bool superseded = false;
		for (size_t n = i + 1; is_request(item) && n < core->item_count; n++) {
			const struct flow_item *later = core->items[n];
			if (!is_request(later) ||
			    !oin_equal(&later->signer->bundle.oin, &item->signer->bundle.oin))
				continue;
			kept++;
			superseded |=
				key_id_equal(&later->opened->sealing_id,
					     &item->opened->sealing_id) &&
				asks_the_same(&later->opened->statement, &item->opened->statement);
		}
		if (superseded || kept >= REQUESTS_PER_PARTY)
			put_off(core, item);
	}
}

static void answer_item(struct core *core, size_t i, bool *done)
{
	struct flow_item *item = core->items[i];
	enum result r = is_request(item)    ? answer_asked(core, item)
			: is_question(item) ? answer_question(core, item)
					    : acknowledge_asker(core, i, done);
	done[i] = true;
	if (r)
		log_line(LOG_LEVEL_ERROR, "event=answer-failed oin=%s result=\"%s\"",
			 item->opened->sender_oin.text, result_name(r));
	answer_end(core);
}

// Outcomes first, then questions, then who is to come again: whoever brought something waits for
// nobody's questions, and whoever asks for nobody's excess.
static unsigned turn_of(const struct flow_item *item)
{
	return item->outcome == OUTCOME_AGAIN ? 2 : is_request(item) || is_question(item) ? 1 : 0;
}

void acknowledge_batch(struct core *core)
{
	bool done[BATCH_ITEMS] = {false};
	put_off_excess(core);
	for (unsigned turn = 0; turn < 3; turn++)
		for (size_t i = 0; i < core->item_count; i++)
			if (!done[i] && turn_of(core->items[i]) == turn)
				answer_item(core, i, done);
}
