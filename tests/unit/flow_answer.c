// SPDX-License-Identifier: EUPL-1.2
// What comes out: answers, opened with the partner's key.
#include "flow_world.h"

#include "control/control.h"
#include "flow/type.h"

// The send key of the house that the envelope names.
static const uint8_t *send_key_of(struct flow_world *w, const struct key_id *id)
{
	const struct registry *reg = &w->core->registry;
	for (size_t i = 0; i < reg->house_key_count; i++)
		if (reg->house_keys[i].use == HOUSE_SEND &&
		    key_id_equal(&reg->house_keys[i].id, id))
			return reg->house_keys[i].key;
	fail_msg("an answer is sealed with a key that is in no register");
	return NULL;
}

static struct pair_key key_of(struct flow_world *w, const struct flow_party *party,
			      const struct key_id *sender)
{
	const struct register_genesis *genesis = &w->core->registry.genesis;
	struct pair_end house = {.oin = genesis->house}, own = {.oin = party->bundle.oin};
	struct pair_key key;
	memcpy(house.public_key, send_key_of(w, sender), 32);
	memcpy(own.public_key, party->sealing.public_key, 32);
	assert_int_equal(envelope_pair_key(&(const struct pair_direction){FLOW_ORIGIN,
									  ENVELOPE_FROM_KNOOPPUNT,
									  &house, &own, NULL},
					   party->sealing.secret, &key),
			 RESULT_OK);
	return key;
}

// One frame as its recipient reads it; NULL when it is for another.
static const struct replies *open_frame(struct flow_world *w, const struct flow_party *party,
					size_t n)
{
	struct bytes frame = buffer_view(&w->frames[n].bytes), content;
	struct envelope_prefix prefix;
	assert_int_equal(envelope_read_prefix(frame, &prefix), RESULT_OK);
	if (!key_id_equal(&prefix.recipient, &party->sealing.id))
		return NULL;
	struct pair_key key = key_of(w, party, &prefix.sender);
	struct replies *replies = arena_alloc(w->arena, sizeof *replies);
	uint8_t *plain = arena_alloc(w->arena, frame.len);
	assert_true(replies && plain);
	assert_int_equal(envelope_open(frame, &key, plain, &content), RESULT_OK);
	assert_int_equal(replies_decode(content, w->arena, replies), RESULT_OK);
	return replies;
}

// The first `most` answers, and how many there are of them; the last is returned.
static const struct reply *find_answers(struct flow_world *w, struct flow_party *party,
					const struct flow_sent *sent, size_t most,
					size_t *ret_count)
{
	const struct reply *newest = NULL;
	size_t count = 0;
	for (size_t n = 0; n < w->frame_count && count < most; n++) {
		const struct replies *replies = open_frame(w, party, n);
		for (size_t i = 0; replies && i < replies->reply_count; i++)
			if (hash_equal(&replies->replies[i].about, &sent->about)) {
				newest = &replies->replies[i];
				count++;
			}
	}
	*ret_count = count;
	return newest;
}

const struct reply *flow_answer(struct flow_world *w, struct flow_party *party,
				const struct flow_sent *sent)
{
	size_t count;
	return find_answers(w, party, sent, SIZE_MAX, &count);
}

const struct reply *flow_answer_at(struct flow_world *w, struct flow_party *party,
				   const struct flow_sent *sent, size_t n)
{
	size_t count;
	const struct reply *reply = find_answers(w, party, sent, n + 1, &count);
	return count == n + 1 ? reply : NULL;
}

size_t flow_answers(struct flow_world *w, struct flow_party *party, const struct flow_sent *sent)
{
	size_t count;
	find_answers(w, party, sent, SIZE_MAX, &count);
	return count;
}

const struct reply *flow_collect(struct flow_world *w, struct flow_party *party,
				 const char *functie, uint64_t after)
{
	const struct flow_sent *sent = flow_fetch(w, party, functie, after);
	flow_send_one(w, sent);
	const struct reply *reply = flow_answer(w, party, sent);
	assert_non_null(reply);
	return reply;
}

const struct part_verstrekking *flow_part(struct flow_world *w, const struct delivery *delivery)
{
	struct part *part = arena_alloc(w->arena, sizeof *part);
	assert_non_null(part);
	assert_int_equal(part_decode(delivery->leaf.part.value, w->arena, part), RESULT_OK);
	assert_int_equal(part->kind, PART_VERSTREKKING);
	return &part->verstrekking;
}

uint64_t flow_accepted(struct flow_world *w, struct flow_party *party, const struct flow_sent *sent)
{
	const struct reply *reply = flow_answer(w, party, sent);
	assert_non_null(reply);
	if (reply->outcome != OUTCOME_AANVAARD)
		fail_msg("outcome %u, reason %s, field %.*s", reply->outcome,
			 reason_code(reply->reason), (int)reply->field.len,
			 (const char *)reply->field.data);
	assert_true(reply->has_receipt);
	return reply->receipt.index;
}

void flow_refused(struct flow_world *w, struct flow_party *party, const struct flow_sent *sent,
		  enum reason reason)
{
	const struct reply *reply = flow_answer(w, party, sent);
	assert_non_null(reply);
	assert_int_equal(reply->outcome, OUTCOME_GEWEIGERD);
	assert_string_equal(reason_code(reply->reason), reason_code(reason));
}

void flow_told_again(struct flow_world *w, struct flow_party *party, const struct flow_sent *sent,
		     enum reason reason)
{
	const struct reply *reply = flow_answer(w, party, sent);
	assert_non_null(reply);
	assert_int_equal(reply->outcome, OUTCOME_AGAIN);
	assert_string_equal(reason_code(reply->reason), reason_code(reason));
	assert_false(reply->has_receipt);
}

bool flow_gives(const struct part_verstrekking *part, uint32_t betrokkene, uint32_t rubriek)
{
	for (size_t i = 0; i < part->grond_count; i++)
		if (part->gronden[i].betrokkene == betrokkene &&
		    part->gronden[i].rubriek == rubriek)
			return true;
	return false;
}

void flow_assert_rebuild_equal(struct flow_world *w)
{
	struct state *kept = w->core->state, *fresh;
	assert_int_equal(state_open(temporary_path(w->folder, "state-again"), (size_t)512 << 20,
				    w->core->keystore, type_effect, &fresh),
			 RESULT_OK);
	w->core->state = fresh;
	assert_int_equal(flow_catch_up(w->core), RESULT_OK);
	w->core->state = kept;
	for (unsigned t = 0; t < STATE_TABLES; t++) {
		struct state_digest old, new;
		assert_int_equal(state_digest(kept, t, &old), RESULT_OK);
		assert_int_equal(state_digest(fresh, t, &new), RESULT_OK);
		if (old.rows != new.rows || !hash_equal(&old.hash, &new.hash))
			fail_msg("table %s: %llu rows, rebuilt %llu", state_table_name(t),
				 (unsigned long long)old.rows, (unsigned long long)new.rows);
	}
	state_close(fresh);
	assert_int_equal(core_discard_state(temporary_path(w->folder, "state-again")), RESULT_OK);
}

// As a vraag of the officer has it, recorded or not.
static void ask_vraag(struct core *core, const char *request, struct buffer *answer)
{
	struct buffer lines;
	buffer_init(&lines, STATEMENT_MAX);
	buffer_append_text(&lines, "vraag ");
	buffer_append_text(&lines, request);
	core_vraag(core, buffer_view(&lines), answer);
	buffer_done(&lines);
}

const char *flow_control(struct flow_world *w, const char *request)
{
	struct buffer answer;
	struct control_message *ask = calloc(1, sizeof *ask);
	assert_non_null(ask);
	assert_int_equal(control_parse(bytes_of_text(request), ask), RESULT_OK);
	buffer_init(&answer, CONTROL_MESSAGE_MAX);
	if (code_find(code_list_named(bytes_of_text("vraag-soort")), ask->lines[0].name))
		ask_vraag(w->core, request, &answer);
	else
		core_command(w->core, bytes_of_text(request), &answer);
	control_message_done(ask);
	free(ask);
	char *text = arena_text(w->arena, buffer_view(&answer));
	buffer_wipe(&answer);
	assert_non_null(text);
	return text;
}
