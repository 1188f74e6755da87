// SPDX-License-Identifier: EUPL-1.2
// The background scrub: a little at a time it walks all of state (counts, sums and the hash of each
// row), then the pages of the log (whether what LMDB follows holds together), then all of the log
// (each entry against the tree, the tree against itself, parts and content against the keys they
// are sealed under, so that a changed keystore slot shows as well), then rests. A walk is bounded
// in work per second, never by what is stored.
#include "core/core.h"

#include "base/clock.h"
#include "base/log.h"
#include "crypto/secret.h"

#include <string.h>

#define STEP_MS 20
#define STATE_ROWS 256 // a step, about a tenth of a millisecond
#define LOG_PAGES 8    // a step, about as much
#define LOG_ENTRIES 8  // a step, less than half a millisecond
#define REST_MS MS_PER_HOUR
#define FAILED_MS MS_PER_SECOND // after a step that failed

// Not damage: nothing was seen. It is tried again, and told as long as it stays so.
static void not_read(struct core *core, const char *what, enum result result)
{
	struct scrub_report *report = &core->scrub;
	if (report->unread_now++ == 0 || report->unread_what != what)
		log_line(LOG_LEVEL_ERROR, "event=scrub-failing what=\"%s\" result=\"%s\"", what,
			 result_name(result));
	report->unread_what = what;
	report->unread_result = result;
	report->next_step += FAILED_MS;
}

static void scrub_state(struct core *core)
{
	enum result r = state_scrub(core->state, STATE_ROWS);
	if (r && r != RESULT_NOT_FOUND && r != RESULT_DAMAGED)
		not_read(core, "state", r);
	if (r != RESULT_NOT_FOUND)
		return; // damage shows in state itself
	core->scrub.state_done = clock_wall_ms();
	core->scrub.phase = SCRUB_PAGES;
	core->scrub.damaged_pages_now = 0;
	store_walk_done(&core->scrub.walk);
	memset(&core->scrub.walk, 0, sizeof core->scrub.walk);
}

// What is written next would take sound rows with it: nothing is written any more.
static void stop(struct core *core)
{
	if (core->readonly)
		return;
	log_line(LOG_LEVEL_ERROR, "event=read-only reason=damaged-page");
	flow_stop(core, "damaged-page");
}

static void scrub_pages(struct core *core)
{
	struct scrub_report *report = &core->scrub;
	enum result r = journal_check_pages(core->journal, &report->walk, LOG_PAGES);
	if (r == RESULT_DAMAGED || r == RESULT_CONFLICT) {
		report->damaged_pages_now++;
		log_line(LOG_LEVEL_ERROR, "event=damaged-page page=%llu free=%s",
			 (unsigned long long)report->walk.bad, r == RESULT_CONFLICT ? "yes" : "no");
	}
	if (r == RESULT_CONFLICT)
		stop(core);
	else if (r && r != RESULT_DAMAGED && r != RESULT_NOT_FOUND)
		not_read(core, "pages of the log", r);
	if (r != RESULT_NOT_FOUND)
		return;
	r = report->damaged_pages_now > 0 ? journal_check_ends(core->journal) : RESULT_OK;
	if (r == RESULT_DAMAGED)
		stop(core);
	else if (r)
		not_read(core, "pages of the log", r);
	report->damaged_pages = report->damaged_pages_now;
	report->phase = SCRUB_ENTRIES;
	report->next_entry = 0;
	report->damaged_now = 0;
}

static void found_damaged(struct scrub_report *report, uint64_t index, enum result result)
{
	if (report->damaged_now++ == 0)
		report->first_damaged = index;
	log_line(LOG_LEVEL_ERROR, "event=damaged-entry index=%llu result=\"%s\"",
		 (unsigned long long)index, result_name(result));
}

// A key that reads as destroyed without an order to destroy it was lost: RESULT_ERASED.
static enum result check_order(struct core *core, uint64_t slot)
{
	struct state_wissing w;
	uint8_t key[KEYSTORE_KEY_LEN];
	bool gone = slot && keystore_get(core->keystore, slot, key) == RESULT_ERASED;
	secret_wipe(key, sizeof key);
	if (!gone)
		return RESULT_OK;
	enum result r = state_wissing(core->state, slot, &w);
	return r == RESULT_NOT_FOUND || (!r && w.slot != slot) ? RESULT_ERASED : r;
}

static enum result check_erased(struct core *core, uint64_t index)
{
	uint64_t parts, content;
	enum result r = journal_slots(core->journal, index, &parts, &content);
	if (!r)
		r = check_order(core, parts);
	return r ? r : check_order(core, content);
}

// A row that went leaves nothing that does not unseal: every entry has parts, and those of a
// melding say that it has content; a convenant has its document.
static enum result check_rows(struct core *core, const struct recalled *recalled)
{
	const struct part_verantwoording *v = recalled->verantwoording;
	const struct part *first = recalled->parts;
	if (recalled->part_count == 0 || (v && v->slot_inhoud && !recalled->has_content))
		return RESULT_NOT_FOUND;
	if (first->kind != PART_REGISTER || first->registerdeel.soort != REGISTER_CONVENANT)
		return RESULT_OK;
	struct buffer *document = &core->stored_content;
	enum result r =
		journal_document(core->journal, &first->registerdeel.convenant.hash, document);
	buffer_clear(document); // recall_entry finds it empty when it asks for no content
	return r;
}

static void scrub_entry(struct core *core, uint64_t index)
{
	struct recalled recalled;
	enum result r =
		recall_entry(core, index, RECALL_PARTS_AND_CONTENT, core->answer_arena, &recalled);
	if (!r && recalled.erased)
		r = check_erased(core, index);
	else if (!r)
		r = check_rows(core, &recalled);
	if (!r)
		r = journal_check_nodes(core->journal, index);
	if (r == RESULT_NO_MEMORY || r == RESULT_IO)
		not_read(core, "entries of the log", r);
	else if (r)
		found_damaged(&core->scrub, index, r);
	arena_clear(core->answer_arena);
}

// True when the walk has come to its end.
static bool scrub_log(struct core *core)
{
	struct scrub_report *report = &core->scrub;
	uint64_t end = core->checkpoint.size;
	for (size_t n = 0; n < LOG_ENTRIES && report->next_entry < end; n++)
		scrub_entry(core, report->next_entry++);
	if (report->next_entry < end)
		return false;
	report->damaged = report->damaged_now;
	report->unread = report->unread_now;
	report->unread_now = 0;
	report->log_done = clock_wall_ms();
	report->phase = SCRUB_STATE;
	return true;
}

int64_t core_scrub_next(const struct core *core)
{
	return core->scrub.next_step;
}

// A reader that was killed holds pages as long as nobody looks.
static void forget_dead(struct core *core, int64_t monotonic_ms)
{
	if (monotonic_ms < core->scrub.next_dead)
		return;
	core->scrub.next_dead = monotonic_ms + MS_PER_SECOND;
	if (journal_forget_dead(core->journal) || state_forget_dead(core->state))
		log_line(LOG_LEVEL_WARNING, "event=dead-readers-not-seen");
}

enum result core_scrub(struct core *core, int64_t monotonic_ms)
{
	forget_dead(core, monotonic_ms);
	if (state_is_damaged(core->state))
		return core_heal_state(core);
	if (monotonic_ms < core->scrub.next_step)
		return RESULT_OK;
	core->scrub.next_step = monotonic_ms + STEP_MS;
	if (core->scrub.phase == SCRUB_STATE)
		scrub_state(core);
	else if (core->scrub.phase == SCRUB_PAGES)
		scrub_pages(core);
	else if (scrub_log(core))
		core->scrub.next_step = monotonic_ms + REST_MS;
	return state_is_damaged(core->state) ? core_heal_state(core) : RESULT_OK;
}
