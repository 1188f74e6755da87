// SPDX-License-Identifier: EUPL-1.2
// Files of before, put back in every combination: log, keystore, guard and state, each as it is or
// as it was. Either the start refuses and says why, or everything the log was left with stands,
// what was erased stays gone, and a partner who saw more ends the signing.
#include "flow_convenanten.h"
#include "flow_world.h"

#include "base/file.h"

static const char text[] =
	FLOW_HEAD("ouder") FLOW_PARTIJEN FLOW_VERSTREK("gewoon", "", AAN_WMO, "kenmerken, bsn");
static const struct flow_case one_person = {
	.count = 1,
	.persons = {{.rol = "slachtoffer", .bsn = "999990342", .geslachtsnaam = "Een"}}};

enum { LOG = 1, KEYSTORE = 2, GUARD = 4, STATE = 8, COMBINATIONS = 16 };
static const char *const names[] = {"log/data.mdb", "keystore", "guard", "state/data.mdb"};
#define FILES COUNT_OF(names)
#define BEFORE 3
#define AFTER 3
#define ERASED 1 // of those before

static struct {
	struct flow_sent *sent[BEFORE + AFTER];
	uint64_t index[BEFORE + AFTER], size_before;
	struct buffer older[FILES], whole[FILES];
} told;

// ---- a house that went on ------------------------------------------------------------------

static void keep(struct flow_world *w, struct buffer files[FILES])
{
	for (size_t i = 0; i < FILES; i++) {
		char path[64];
		snprintf(path, sizeof path, "data/%s", names[i]);
		buffer_init(&files[i], 64 << 20);
		assert_int_equal(file_read(temporary_path(w->folder, path), 64 << 20, &files[i]),
				 RESULT_OK);
	}
}

static void put(struct flow_world *w, unsigned older)
{
	for (size_t i = 0; i < FILES; i++) {
		char path[64];
		const struct buffer *file = older >> i & 1 ? &told.older[i] : &told.whole[i];
		snprintf(path, sizeof path, "data/%s", names[i]);
		assert_int_equal(
			file_replace(temporary_path(w->folder, path), buffer_view(file), 0600),
			RESULT_OK);
	}
}

static void meld(struct flow_world *w, size_t from, size_t until)
{
	for (size_t i = from; i < until; i++) {
		told.sent[i] = flow_melding(w, POLITIE, &one_person);
		flow_send_one(w, told.sent[i]);
		told.index[i] = flow_accepted(w, POLITIE, told.sent[i]);
	}
}

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	uint64_t begun;
	flow_convenant(w, text);
	meld(w, 0, BEFORE);
	told.size_before = w->core->checkpoint.size;
	flow_world_close(w);
	keep(w, told.older);
	flow_world_open(w);
	struct bytes order = flow_order(w, told.index[ERASED], &told.sent[ERASED]->about);
	assert_int_equal(flow_erase(w, order, 2, &begun), RESULT_OK);
	meld(w, BEFORE, BEFORE + AFTER);
	flow_ticks(w, 2);
	flow_world_close(w);
	keep(w, told.whole);
	flow_forget_frames(w);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	for (size_t i = 0; i < FILES; i++) {
		buffer_wipe(&told.older[i]);
		buffer_wipe(&told.whole[i]);
	}
	flow_world_free(*state);
	return 0;
}

// ---- what stands ---------------------------------------------------------------------------

static bool has_content(struct flow_world *w, uint64_t index)
{
	struct recalled recalled;
	assert_int_equal(
		recall_entry(w->core, index, RECALL_PARTS_AND_CONTENT, w->arena, &recalled),
		RESULT_OK);
	return recalled.has_content;
}

// Every receipt of what this log has; what it lost with its end is taken as new.
static void assert_receipts(struct flow_world *w, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		flow_send_one(w, told.sent[i]);
		assert_true(flow_accepted(w, POLITIE, told.sent[i]) == told.index[i]);
	}
}

static uint64_t scrubbed(struct core *core)
{
	core->scrub.log_done = 0;
	for (int64_t ms = core->scrub.next_step; core->scrub.log_done == 0; ms += 1000)
		assert_int_equal(core_scrub(core, ms), RESULT_OK);
	return core->scrub.damaged + core->scrub.damaged_pages;
}

static void assert_newest_log(struct flow_world *w)
{
	assert_receipts(w, BEFORE + AFTER);
	for (size_t i = 0; i < BEFORE + AFTER; i++)
		assert_true(has_content(w, told.index[i]) == (i != ERASED));
	assert_int_equal(scrubbed(w->core), 0);
}

// A log that was put back together with its guard cannot be told from one that is the newest, here.
// What partners hold ends it, before it signs another history.
static void assert_older_log(struct flow_world *w, unsigned older)
{
	assert_int_equal(w->core->checkpoint.size, told.size_before);
	assert_receipts(w, BEFORE);
	// A key that is gone without an order in this log shows as damage, never as content.
	bool key_is_gone = (older & KEYSTORE) == 0;
	assert_true(has_content(w, told.index[ERASED]) == !key_is_gone);
	assert_int_equal(scrubbed(w->core) > 0, key_is_gone);
}

static void assert_combination(struct flow_world *w, unsigned older)
{
	bool refused = (older & LOG) != 0 && (older & GUARD) == 0;
	put(w, older);
	enum result r = flow_world_try_open(w, false);
	if (refused) {
		assert_int_not_equal(r, RESULT_OK);
		assert_string_equal(w->problem.code, reason_code(REASON_BEHIND_GUARD));
		flow_world_close(w);
		return;
	}
	if (r)
		fail_msg("combination %u is refused: %s", older, w->problem.message);
	if (older & LOG)
		assert_older_log(w, older);
	else
		assert_newest_log(w);
	flow_forget_frames(w);
	struct flow_sent *next = flow_melding(w, POLITIE, &one_person);
	flow_send_one(w, next);
	flow_accepted(w, POLITIE, next);
	flow_assert_rebuild_equal(w);
	flow_world_close(w);
	flow_forget_frames(w);
}

static void every_combination_of_files_of_before_is_refused_or_stands(void **state)
{
	for (unsigned older = 0; older < COMBINATIONS; older++)
		assert_combination(*state, older);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			every_combination_of_files_of_before_is_refused_or_stands, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
