// SPDX-License-Identifier: EUPL-1.2
// The order of the path: steps 1 to 3 run in gate and opener, 4 to 7 are the table below, the rest
// of 7 and 8 to 10 are flow_commit.
//
//   #   step         where                    here
//   1   receive      gate                     daemon/gate
//   2   open         opener                   daemon/opener
//   3   validate     opener                   daemon/opener, proto/melding
//   4   settle       core, open transaction   settle.c
//   5   enrich       core                     enrich.c
//   6   decide       core                     decide.c
//   7   record       core, one commit         record.c, commit.c
//   8   acknowledge  core, after the guard    acknowledge.c
//   9   deliver      core, at fetch           deliver.c
//   10  confirm      2 to 8 again             type_ack.c
#include "flow/type.h"

#include "base/clock.h"
#include "base/log.h"

#include <string.h>

static const struct {
	const char *step;
	enum result (*run)(struct core *core, struct flow_item *item, enum flow_next *ret_next);
} path[] = {
	{"settle", settle_item},
	{"enrich", enrich_item},
	{"decide", decide_item},
	{"record", record_item},
};

void refuse_item(struct flow_item *item, enum reason reason, const char *field)
{
	if (item->refusal.reason != REASON_NONE)
		return; // the first reason is the one to fix first
	item->refusal.reason = reason;
	size_t len = strlen(field);
	if (len >= sizeof item->refusal.field)
		len = sizeof item->refusal.field - 1;
	memcpy(item->refusal.field, field, len);
	item->refusal.field[len] = '\0';
}

void refuse_whole(struct flow_item *item, enum reason reason, const char *field)
{
	memset(&item->refusal, 0, sizeof item->refusal);
	memset(&item->besluit, 0, sizeof item->besluit);
	item->feiten = NULL;
	item->further = NULL;
	item->recalled = NULL;
	item->betreft = 0;
	item->persoon_count = item->plaats_count = item->sent_count = 0;
	item->outcome = OUTCOME_GEWEIGERD;
	refuse_item(item, reason, field);
}

static enum result item_new(struct core *core, struct bytes message, struct flow_item **ret_item)
{
	struct flow_item *item = arena_alloc(core->arena, sizeof *item);
	struct opened *opened = arena_alloc(core->arena, sizeof *opened);
	// The message lies in the channel's buffer, which the next receive overwrites.
	struct bytes copy = arena_copy(core->arena, message);
	if (!item || !opened || !copy.data)
		return RESULT_NO_MEMORY;
	enum result r = opened_decode(copy, core->arena, opened);
	if (r)
		return r;
	item->opened = opened;
	item->arena = core->scratch;
	item->now = time_now(core);
	item->refusal = opened->refusal;
	*ret_item = item;
	return RESULT_OK;
}

// Nothing of this statement was applied, so that the batch stands. What is wrong with the bytes
// themselves stays wrong and is refused for good; anything else may pass.
static enum result fail_alone(struct core *core, struct flow_item *item, enum result result)
{
	if (result == RESULT_MALFORMED) {
		core->item_count--; // the last one; nobody may believe whose it is
		return result;
	}
	log_line(LOG_LEVEL_ERROR, "event=statement-failed oin=%s result=\"%s\"",
		 item->opened->sender_oin.text, result_name(result));
	if (result == RESULT_TOO_LARGE) {
		enum flow_next next;
		refuse_whole(item, REASON_TOO_LONG, "rubrieken");
		result = record_item(core, item, &next);
		if (!result || item->applying)
			return result;
	}
	refuse_whole(item, REASON_BUSY, "");
	item->outcome = OUTCOME_AGAIN;
	item->pause_ms = AGAIN_PAUSE_MS;
	core->counts.again++;
	return RESULT_OK;
}

// What the steps made of the item is in its record now, or is not needed any more.
static void item_settle(struct core *core, struct flow_item *item)
{
	item->feiten = NULL;
	item->further = NULL;
	item->personen = NULL;
	item->plaatsen = NULL;
	item->sent = NULL;
	item->recalled = NULL;
	item->casussen = NULL;
	item->persoon_count = item->plaats_count = item->sent_count = 0;
	memset(&item->besluit, 0, sizeof item->besluit);
	item->arena = core->arena;
	arena_clear(core->scratch);
}

bool flow_has_room(const struct core *core)
{
	size_t max = (size_t)core->settings->batch_max;
	return core->item_count < (max < BATCH_ITEMS ? max : BATCH_ITEMS) &&
	       core->record_count < BATCH_RECORDS / 2 &&
	       (core->item_count == 0 ||
		core->counts.recalled - core->recalled_before < BATCH_RECALLED) &&
	       arena_used(core->arena) < BATCH_ARENA / 2;
}

bool flow_is_patient(const struct core *core)
{
	size_t patient = 0;
	for (; patient < core->item_count; patient++) {
		const struct type_row *type = core->items[patient]->type;
		const struct type_handler *handler = type ? type_handler(type->type) : NULL;
		if (!handler || !handler->patient)
			return false;
	}
	return patient > 0;
}

enum result flow_take(struct core *core, struct bytes message)
{
	struct flow_item *item = NULL;
	if (core->item_count >= BATCH_ITEMS)
		return RESULT_AGAIN;
	enum result r = item_new(core, message, &item);
	if (r)
		return r;
	if (core->item_count == 0)
		core->recalled_before = core->counts.recalled;
	core->items[core->item_count++] = item;
	enum flow_next next = FLOW_NEXT;
	for (size_t i = 0; !r && next == FLOW_NEXT && i < sizeof path / sizeof path[0]; i++)
		r = path[i].run(core, item, &next);
	if (r && !item->applying)
		r = fail_alone(core, item, r);
	item_settle(core, item);
	return r;
}
