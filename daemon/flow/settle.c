// SPDX-License-Identifier: EUPL-1.2
// Step 4, settle: dedupe first, then freshness, then the sequence; the signer's key valid at this
// index; what the statement refers to.
#include "flow/type.h"

#include "base/clock.h"
#include "base/log.h"
#include "flow/doors.h"
#include "flow/lost.h"

#include <stdio.h>
#include <string.h>

#define AHEAD_MS (5 * MS_PER_MINUTE)
#define OIN_PREFIX "urn:nld:oin:" // of a source
#define OIN_OFFSET (sizeof OIN_PREFIX - 1)

// Index the entry of this item will have.
static uint64_t next_index(const struct core *core)
{
	return journal_size(core->journal) + core->record_count;
}

// Only an id that is well formed and of the signer's own source can have an outcome that lasts;
// anything else is answered, sealed, and not recorded.
static bool has_identity(const struct flow_item *item)
{
	const struct statement *s = &item->opened->statement;
	return id_is_valid(s->id) && s->source.len > OIN_OFFSET + OIN_LEN &&
	       memcmp(s->source.data, OIN_PREFIX, OIN_OFFSET) == 0 &&
	       memcmp(s->source.data + OIN_OFFSET, item->signer->bundle.oin.text, OIN_LEN) == 0;
}

static void heard(struct core *core, const struct flow_item *item)
{
	size_t place = (size_t)(item->signer - core->registry.parties);
	watch_heard(&core->watch, place, item->now);
	watch_came_by(&core->watch, place,
		      doors_key(&core->served, &core->registry, item->opened->route.door));
}

// Whether this signer may speak here at all. It goes before whatever the opener found in the
// content: who is not to be believed is not told what was wrong, nor gets an entry for it.
static enum result settle_signer(struct core *core, struct flow_item *item, enum reason *ret_reason)
{
	const struct signed_statement *s = &item->opened->signed_statement;
	struct key_id id;
	if (s->key_id.len != KEY_ID_LEN)
		return RESULT_MALFORMED;
	memcpy(id.b, s->key_id.data, KEY_ID_LEN);
	item->signer = register_by_identity(&core->registry, &id);
	const struct party *sealer =
		register_by_sealing(&core->registry, &item->opened->sealing_id);
	*ret_reason = REASON_NONE;
	if (!item->signer || item->signer->is_role)
		*ret_reason = REASON_UNKNOWN_KEY;
	else if (!sealer || !oin_equal(&sealer->bundle.oin, &item->signer->bundle.oin) ||
		 !oin_equal(&item->opened->connection_oin, &item->signer->bundle.oin))
		*ret_reason = REASON_SENDER_MISMATCH;
	else if (!party_valid_at(item->signer, next_index(core)) ||
		 !party_valid_at(sealer, next_index(core)))
		*ret_reason = REASON_REVOKED_KEY;
	else
		heard(core, item);
	if (*ret_reason) {
		item->refusal.reason = REASON_NONE;
		refuse_item(item, *ret_reason, "signer");
	}
	return RESULT_OK;
}

// True when (source, id) has an outcome already: the same again, or a conflict.
static enum result settle_dedupe(struct core *core, struct flow_item *item, bool *ret_settled)
{
	struct state_outcome earlier;
	bool known = false;
	enum result r = state_source(core->state, item->opened->statement.source,
				     &item->source_number, &known);
	if (r || !known)
		return r;
	r = state_dedupe(core->state, item->source_number, item->opened->statement.id, &earlier);
	if (r == RESULT_NOT_FOUND)
		return RESULT_OK;
	if (r)
		return r;
	*ret_settled = true;
	for (size_t i = 0; i < core->record_count; i++)
		if (earlier.index == journal_size(core->journal) + i) {
			item->in_batch = true;
			item->record = core->records[i];
		}
	if (!hash_equal(&earlier.header_hash, &item->opened->header_hash)) {
		core->counts.conflicts++;
		item->refusal.reason = REASON_NONE;
		refuse_item(item, REASON_CONFLICT, "id");
		item->outcome = OUTCOME_GEWEIGERD;
		return RESULT_OK;
	}
	core->counts.duplicates++;
	item->recorded = true;
	item->index = earlier.index;
	item->outcome = earlier.outcome;
	item->refusal = (struct refusal){.reason = earlier.reason};
	return RESULT_OK;
}

static enum reason freshness_at(const struct flow_item *item, int64_t now)
{
	int64_t time = (int64_t)item->opened->statement.time;
	if (time > now + AHEAD_MS)
		return REASON_FROM_FUTURE;
	return time < now - item->type->max_age_ms ? REASON_TOO_OLD : REASON_NONE;
}

static void answer_again(struct flow_item *item, enum reason reason)
{
	item->refusal.reason = reason;
	item->outcome = OUTCOME_AGAIN;
	item->pause_ms = AGAIN_PAUSE_MS;
}

// A refusal for its time lasts, so it is given only when it is certain what time it is. After a
// small step either clock may be the right one.
static bool settle_freshness(struct core *core, struct flow_item *item)
{
	enum reason reason = freshness_at(item, item->now);
	if (reason == REASON_NONE)
		return true;
	if (core->time.doubt == CLOCK_SURE) {
		refuse_item(item, reason, "time");
		return true;
	}
	int64_t wall = clock_wall_ms();
	if (wall - item->now <= MS_PER_DAY && item->now - wall <= MS_PER_DAY &&
	    freshness_at(item, wall) == REASON_NONE)
		return true;
	answer_again(item, REASON_CLOCK);
	return false;
}

// A head that is not in this log: the signer saw another history, or invents one.
static enum result settle_head(struct core *core, struct flow_item *item)
{
	const struct statement *s = &item->opened->statement;
	const struct head *head = &s->head;
	// That of a statement to a predecessor is of a log of which an end may be lost.
	if (head->size == 0 ||
	    !bytes_equal(s->audience_log, bytes_of_text(register_origin(&core->registry))))
		return RESULT_OK;
	struct hash root;
	if (head->size > journal_size(core->journal)) {
		refuse_item(item, REASON_BAD_HEAD, "head");
		return RESULT_OK;
	}
	struct tree_reader reader = journal_tree(core->journal);
	enum result r = tree_root_at(&reader, head->size, &root);
	if (r)
		return r;
	if (!hash_equal(&root, &head->root)) {
		log_line(LOG_LEVEL_ERROR, "event=split-view oin=%s size=%llu",
			 item->signer->bundle.oin.text, (unsigned long long)head->size);
		refuse_item(item, REASON_BAD_HEAD, "head");
	}
	return RESULT_OK;
}

static enum result settle_sequence(struct core *core, struct flow_item *item)
{
	bool seen = false;
	enum result r = state_sequence_seen(core->state, item->source_number,
					    item->opened->statement.sequence, &seen);
	if (!r && seen) {
		core->counts.sequence_reuse++;
		log_line(LOG_LEVEL_WARNING, "event=sequence-reuse oin=%s",
			 item->signer->bundle.oin.text);
	}
	return r;
}

static enum result settle_reference(struct core *core, struct flow_item *item)
{
	if (item->refusal.reason != REASON_NONE)
		return RESULT_OK;
	const struct type_handler *handler = type_handler(item->type->type);
	enum result r = handler && handler->settle ? handler->settle(core, item) : RESULT_OK;
	const struct refusal refusal = item->refusal;
	// It may have been about an entry by then: its record would end what is owed there.
	if (!r && refusal.reason != REASON_NONE)
		refuse_whole(item, refusal.reason, refusal.field);
	return r;
}

static enum result answer_refused(struct flow_item *item, enum flow_next *ret_next)
{
	item->outcome = OUTCOME_GEWEIGERD;
	*ret_next = FLOW_ANSWER;
	return RESULT_OK;
}

// Of a signer who may speak: the statement that lasts.
static enum result settle_logged(struct core *core, struct flow_item *item,
				 enum flow_next *ret_next)
{
	const struct type_handler *handler = type_handler(item->type->type);
	enum result r = handler && handler->read ? handler->read(core, item) : RESULT_OK;
	if (r)
		return r;
	if (!has_identity(item)) {
		refuse_item(item, REASON_SENDER_MISMATCH, "source");
		return answer_refused(item, ret_next);
	}
	bool revoked = item->refusal.reason == REASON_REVOKED_KEY, settled = false;
	r = settle_dedupe(core, item, &settled);
	if (r || settled) {
		*ret_next = FLOW_ANSWER;
		return r;
	}
	if (revoked)
		return answer_refused(item, ret_next);
	*ret_next = FLOW_ANSWER;
	if (core->readonly || !time_is_known(core)) {
		answer_again(item, core->readonly ? REASON_READONLY : REASON_CLOCK);
		return RESULT_OK;
	}
	if (!settle_freshness(core, item))
		return RESULT_OK;
	*ret_next = FLOW_NEXT;
	r = settle_head(core, item);
	if (!r)
		lost_settle(core, item);
	if (!r)
		r = settle_sequence(core, item);
	if (!r)
		r = settle_reference(core, item);
	item->outcome = item->refusal.reason ? OUTCOME_GEWEIGERD : OUTCOME_AANVAARD;
	return r;
}

// A type that is not on the list cannot be acted on, but its refusal lasts as any other does: the
// same id must get the same outcome when a later version knows the type.
static const struct type_row unlisted = {.name = "", .logged = true};

enum result settle_item(struct core *core, struct flow_item *item, enum flow_next *ret_next)
{
	enum reason reason;
	item->type = type_row(item->opened->statement.type);
	if (!item->type) {
		item->type = &unlisted;
		refuse_item(item, REASON_UNKNOWN_TYPE, "type");
	}
	enum result r = settle_signer(core, item, &reason);
	if (r)
		return r;
	if (reason == REASON_UNKNOWN_KEY || reason == REASON_SENDER_MISMATCH)
		return answer_refused(item, ret_next);
	if (item->type->logged)
		return settle_logged(core, item, ret_next);
	*ret_next = FLOW_ANSWER;
	if (!time_is_known(core))
		item->now = clock_wall_ms(); // it writes nothing; its sender has no other clock
	if (!settle_freshness(core, item))
		return RESULT_OK;
	item->outcome = item->refusal.reason ? OUTCOME_GEWEIGERD : OUTCOME_AANVAARD;
	return RESULT_OK;
}
