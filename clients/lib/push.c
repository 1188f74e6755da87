// SPDX-License-Identifier: EUPL-1.2
// From a melding to signed statements in the outbox.
#include "lib/shared.h"

#include "base/clock.h"
#include "crypto/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CAPACITY_SMALL 64
#define CAPACITY_LARGE 128
// Room in an envelope for what stands around one statement and its slots.
#define ENVELOPE_MARGIN 2048

static enum result refuse(struct client *client, struct push_result *result, enum reason reason,
			  const char *field)
{
	result->refusal.reason = reason;
	snprintf(result->refusal.field, sizeof result->refusal.field, "%s", field);
	client_fail(client, RESULT_MALFORMED, reason, "the melding can never be accepted: %s",
		    reason_text(reason));
	problem_set_field(&client->problem, "%s", field);
	return RESULT_MALFORMED;
}

// ---- slots -----------------------------------------------------------------------------------

static enum result encode_rubrieken(struct client *client, const struct melding *melding,
				    struct slots *slots)
{
	struct buffer one;
	enum result result = RESULT_OK;
	slots->rubrieken = arena_alloc(client->work, melding->count * sizeof *slots->rubrieken);
	if (!slots->rubrieken)
		return RESULT_NO_MEMORY;
	buffer_init(&one, RUBRIEK_MAX);
	for (size_t i = 0; result == RESULT_OK && i < melding->count; i++) {
		buffer_clear(&one);
		result = rubriek_encode(&melding->rubrieken[i], &one);
		if (result != RESULT_OK)
			break;
		slots->rubrieken[i] = arena_copy(client->work, buffer_view(&one));
		if (!slots->rubrieken[i].data)
			result = RESULT_NO_MEMORY;
		slots->count = i + 1;
	}
	buffer_wipe(&one);
	return result;
}

static enum result make_root(struct slots *slots, struct hash *ret_root)
{
	struct vector vector;
	slots->capacity = slots->count <= CAPACITY_SMALL ? CAPACITY_SMALL : CAPACITY_LARGE;
	random_bytes(slots->seed, sizeof slots->seed);
	enum result result = vector_make(VECTOR_SLOTS, slots->capacity, slots->seed,
					 slots->rubrieken, slots->count, &vector);
	if (result == RESULT_OK)
		*ret_root = vector_root(&vector);
	secret_wipe(&vector, sizeof vector);
	return result;
}

// ---- one statement ---------------------------------------------------------------------------

// What is to be signed, its slots beside it.
struct made {
	struct bytes statement;
	bool has_slots;
	struct slots slots;
	char id[ID_MAX + 1];
};

static enum result keep_statement(struct client *client, const struct draft *draft,
				  struct made *made)
{
	struct buffer wire;
	buffer_init(&wire, STATEMENT_MAX);
	enum result result = draft_encode(client, draft, &wire);
	if (result == RESULT_OK) {
		made->statement = arena_copy(client->work, buffer_view(&wire));
		result = made->statement.data ? RESULT_OK : RESULT_NO_MEMORY;
	}
	buffer_wipe(&wire);
	return result;
}

static bool fits_envelope(const struct made *made)
{
	size_t size = made->statement.len + ENVELOPE_MARGIN;
	for (size_t i = 0; i < made->slots.count; i++)
		size += made->slots.rubrieken[i].len + 8;
	return size <= ENVELOPE_CONTENT_MAX;
}

static enum result make_melding(struct client *client, const struct melding *melding,
				uint64_t sequence, struct made *made, struct push_result *refused)
{
	struct hash root;
	struct civil_date today = date_amsterdam(client->wall_ms());
	struct refusal refusal = {.reason = REASON_NONE};
	if (!melding_validate(melding, today, &refusal))
		return refuse(client, refused, refusal.reason, refusal.field);
	made->has_slots = true;
	enum result result = encode_rubrieken(client, melding, &made->slots);
	if (result == RESULT_TOO_LARGE)
		return refuse(client, refused, REASON_TOO_LONG, "");
	if (result == RESULT_OK)
		result = make_root(&made->slots, &root);
	if (result == RESULT_TOO_LARGE)
		return refuse(client, refused, REASON_TOO_MANY, "");
	struct draft draft = {
		.type = TYPE_MELDING, .id = made->id, .sequence = sequence, .slots_root = &root};
	if (result == RESULT_OK)
		result = keep_statement(client, &draft, made);
	if (result == RESULT_OK && !fits_envelope(made))
		return refuse(client, refused, REASON_TOO_LONG, "");
	return result;
}

// ---- into the outbox -------------------------------------------------------------------------

static enum result sign_and_put(struct client *client, const struct made *made, size_t count)
{
	struct bytes *statements = arena_alloc(client->work, count * sizeof *statements);
	struct signed_statement *signatures = arena_alloc(client->work, count * sizeof *signatures);
	struct stored_content *contents = arena_alloc(client->work, count * sizeof *contents);
	uint8_t signature[SIGNATURE_LEN];
	if (!statements || !signatures || !contents)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < count; i++)
		statements[i] = made[i].statement;
	enum result result = batch_sign(
		&(const struct batch_signer){&client->settings.oin, &client->keys->identity},
		statements, count, signature, signatures);
	if (result != RESULT_OK)
		return result;
	for (size_t i = 0; i < count; i++) {
		contents[i].sender = signatures[i];
		if (made[i].has_slots)
			contents[i].slots = made[i].slots;
	}
	return outbox_put(&client->outbox, contents, count);
}

// Pushing the same again under the same id is what a caller does that does not know how its last
// attempt ended: it must find the first one, never make a second.
static enum result find_pushed(struct client *client, const char *id, const struct slots *slots,
			       bool *ret_pushed)
{
	const struct outbox_item *item;
	enum result result = outbox_find(&client->outbox, bytes_of_text(id), &item);
	if (result == RESULT_NOT_FOUND) {
		*ret_pushed = false;
		return RESULT_OK;
	}
	if (result != RESULT_OK)
		return result;
	if (item->statement.type != TYPE_MELDING ||
	    !slots_same_rubrieken(&item->content.slots, slots)) {
		client_fail(client, RESULT_CONFLICT, REASON_CONFLICT,
			    "another melding was pushed under this id before");
		problem_set_field(&client->problem, "id");
		return RESULT_CONFLICT;
	}
	*ret_pushed = true;
	return RESULT_OK;
}

static enum result choose_id(struct client *client, const char *given, struct made *made,
			     struct push_result *refused)
{
	if (!given) {
		uuid_make(made->id, client->wall_ms());
		return RESULT_OK;
	}
	if (!id_is_valid(bytes_of_text(given)))
		return refuse(client, refused, REASON_BAD_VALUE, "id");
	memcpy(made->id, given, strlen(given) + 1);
	return RESULT_OK;
}

// The statements of one call, as far as they are new.
struct batch {
	struct made *made;
	size_t count;
};

// That the one that is being made has an id of its own in the batch.
static enum result check_new(struct client *client, const struct batch *batch,
			     struct push_result *ret_result)
{
	for (size_t i = 0; i < batch->count; i++) {
		if (strcmp(batch->made[i].id, batch->made[batch->count].id) == 0)
			return refuse(client, ret_result, REASON_DUPLICATE, "id");
	}
	return RESULT_OK;
}

// Makes one melding unless it was pushed before; then the batch does not grow.
static enum result add_melding(struct client *client, const struct melding *melding, const char *id,
			       struct batch *batch, struct push_result *ret_result)
{
	struct made *made = &batch->made[batch->count];
	bool pushed = false;
	enum result result = choose_id(client, id, made, ret_result);
	if (result == RESULT_OK)
		result = check_new(client, batch, ret_result);
	if (result == RESULT_OK)
		result = make_melding(client, melding, client->outbox.next + batch->count, made,
				      ret_result);
	if (result == RESULT_OK && id)
		result = find_pushed(client, id, &made->slots, &pushed);
	if (result != RESULT_OK)
		return result;
	memcpy(ret_result->id, made->id, sizeof ret_result->id);
	if (pushed)
		memset(made, 0, sizeof *made);
	else
		batch->count++;
	return RESULT_OK;
}

static enum result begin_batch(struct client *client, size_t count, struct batch *ret_batch,
			       struct push_result *ret_results)
{
	*ret_batch = (struct batch){.count = 0};
	if (count == 0 || count > BATCH_MAX)
		return client_fail(client, RESULT_TOO_LARGE, REASON_TOO_MANY,
				   "1 to %d of them can be pushed at once", BATCH_MAX);
	memset(ret_results, 0, count * sizeof *ret_results);
	enum result result = client_check_oin(client);
	if (result != RESULT_OK)
		return result;
	arena_clear(client->work);
	ret_batch->made = arena_alloc(client->work, count * sizeof *ret_batch->made);
	return ret_batch->made ? RESULT_OK : RESULT_NO_MEMORY;
}

// Puts what was made under one signature, unless something failed before.
static enum result end_batch(struct client *client, const struct batch *batch, enum result result)
{
	if (result == RESULT_OK && batch->count > 0)
		result = sign_and_put(client, batch->made, batch->count);
	if (batch->made && (result == RESULT_NO_MEMORY || result == RESULT_TOO_LARGE))
		client_fail(client, result, REASON_TOO_LONG,
			    "this is too much for one file of the outbox: push fewer at once");
	arena_clear(client->work);
	return result;
}

enum result client_push_many(struct client *client, const struct melding *meldingen,
			     const char *const *ids, size_t count, struct push_result *ret_results)
{
	struct batch batch;
	enum result result = begin_batch(client, count, &batch, ret_results);
	for (size_t i = 0; result == RESULT_OK && i < count; i++)
		result = add_melding(client, &meldingen[i], ids ? ids[i] : NULL, &batch,
				     &ret_results[i]);
	return end_batch(client, &batch, result);
}

enum result client_find_same(struct client *client, const struct melding *melding,
			     char ret_id[ID_MAX + 1])
{
	struct slots slots = {.count = 0};
	const struct outbox_item *item;
	arena_clear(client->work);
	enum result result = encode_rubrieken(client, melding, &slots);
	if (result == RESULT_OK)
		result = outbox_find_content(&client->outbox, &slots, &item);
	if (result == RESULT_OK)
		snprintf(ret_id, ID_MAX + 1, "%.*s", (int)item->statement.id.len,
			 (const char *)item->statement.id.data);
	arena_clear(client->work);
	return result;
}

enum result client_push(struct client *client, const struct melding *melding, const char *id,
			struct push_result *ret_result)
{
	return client_push_many(client, melding, &id, 1, ret_result);
}

enum result push_together(struct client *client, uint32_t type, const struct velden *each,
			  size_t count)
{
	struct made *made = arena_alloc(client->work, count * sizeof *made);
	enum result result = made ? RESULT_OK : RESULT_NO_MEMORY;
	for (size_t i = 0; result == RESULT_OK && i < count; i++) {
		struct draft draft = {.type = type,
				      .sequence = client->outbox.next + i,
				      .velden = each[i].velden,
				      .veld_count = each[i].count};
		made[i] = (struct made){.has_slots = false};
		result = keep_statement(client, &draft, &made[i]);
	}
	return result == RESULT_OK ? sign_and_put(client, made, count) : result;
}

// As find_pushed, for what has no slots.
static enum result find_said(struct client *client, const struct said *said, bool *ret_said)
{
	const struct outbox_item *item;
	*ret_said = false;
	enum result result = outbox_find(&client->outbox, bytes_of_text(said->id), &item);
	if (result != RESULT_OK)
		return result == RESULT_NOT_FOUND ? RESULT_OK : result;
	const struct statement *there = &item->statement;
	bool same = there->type == said->type && there->veld_count == said->count;
	for (size_t i = 0; same && i < said->count; i++)
		same = there->velden[i].veld == said->velden[i].veld &&
		       bytes_equal(there->velden[i].waarde, said->velden[i].waarde);
	*ret_said = same;
	if (same)
		return RESULT_OK;
	client_fail(client, RESULT_CONFLICT, REASON_CONFLICT,
		    "something else was said under this id before");
	problem_set_field(&client->problem, "id");
	return RESULT_CONFLICT;
}

static enum result make_said(struct client *client, const struct said *said, struct made *made,
			     uint64_t sequence, struct push_result *refused)
{
	struct statement statement;
	struct refusal refusal;
	enum result result = choose_id(client, said->id, made, refused);
	struct draft draft = {.type = said->type,
			      .id = made->id,
			      .sequence = sequence,
			      .velden = said->velden,
			      .veld_count = said->count};
	if (result == RESULT_OK)
		result = keep_statement(client, &draft, made);
	if (result == RESULT_OK)
		result = statement_decode(made->statement, client->work, &statement);
	if (result == RESULT_OK &&
	    !statement_validate(&statement, date_amsterdam(client->wall_ms()), &refusal))
		result = refuse(client, refused, refusal.reason, refusal.field);
	return result;
}

// Makes one unless it was said before; then the batch does not grow.
static enum result add_said(struct client *client, const struct said *said, struct batch *batch,
			    struct push_result *ret_result)
{
	const struct type_row *row = type_row(said->type);
	struct made *made = &batch->made[batch->count];
	bool there = false;
	if (!row || row->has_slots || !row->logged)
		return refuse(client, ret_result, REASON_UNKNOWN_TYPE, "type");
	enum result result =
		make_said(client, said, made, client->outbox.next + batch->count, ret_result);
	if (result == RESULT_OK)
		result = check_new(client, batch, ret_result);
	if (result == RESULT_OK && said->id)
		result = find_said(client, said, &there);
	if (result != RESULT_OK)
		return result;
	memcpy(ret_result->id, made->id, sizeof ret_result->id);
	if (there)
		memset(made, 0, sizeof *made);
	else
		batch->count++;
	return RESULT_OK;
}

enum result client_say_many(struct client *client, const struct said *said, size_t count,
			    struct push_result *ret_results)
{
	struct batch batch;
	enum result result = begin_batch(client, count, &batch, ret_results);
	for (size_t i = 0; result == RESULT_OK && i < count; i++)
		result = add_said(client, &said[i], &batch, &ret_results[i]);
	return end_batch(client, &batch, result);
}

enum result client_say(struct client *client, const struct said *said,
		       struct push_result *ret_result)
{
	return client_say_many(client, said, 1, ret_result);
}

enum result client_push_velden(struct client *client, uint32_t type, const struct veld *velden,
			       size_t count, struct push_result *ret_result)
{
	const struct said said = {.type = type, .velden = velden, .count = count};
	return client_say(client, &said, ret_result);
}

enum result client_pushed(struct client *client, const char *id, struct melding *ret_melding)
{
	const struct outbox_item *item;
	arena_clear(client->work);
	enum result result = outbox_find(&client->outbox, bytes_of_text(id), &item);
	if (result == RESULT_OK && item->statement.type != TYPE_MELDING)
		result = RESULT_NOT_FOUND;
	if (result != RESULT_OK)
		return result;
	struct melding melding = {.count = item->content.slots.count};
	melding.rubrieken = arena_alloc(client->work, melding.count * sizeof *melding.rubrieken);
	if (!melding.rubrieken)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; result == RESULT_OK && i < melding.count; i++)
		result = rubriek_decode(item->content.slots.rubrieken[i], client->work,
					&melding.rubrieken[i]);
	if (result == RESULT_OK)
		*ret_melding = melding;
	return result;
}
