// SPDX-License-Identifier: EUPL-1.2
// Who asks after a person sees nothing in the weeks after by which somebody whom nobody knows could
// be told from somebody of whom nothing may be told, or whom the GGZ knows and may not name.
#include "flow_bekend.h"
#include "flow_work.h"

#include "base/clock.h"

#define DAYS 30
#define PER_DAY 4

// What who asks sees of one day: how far the log is, what came and in how many bytes, its list of
// what is open.
struct day {
	uint64_t entries, numbers[PER_DAY], soorten[PER_DAY];
	size_t deliveries, sizes[PER_DAY], lines, list;
	struct hash parts[PER_DAY]; // of what is left of each when it is bare
};
struct life {
	struct day days[DAYS];
	struct work asking, answering;
};

static void casus(struct flow_world *w, const char *bsn, const char *lines)
{
	char all[400];
	snprintf(all, sizeof all,
		 "medewerker mw-1\nsinds 2026-01-05\ncasus pgax:%s\nbsn %s\nstatus opgepakt\n"
		 "pga ja\n%s",
		 bsn, bsn, lines);
	flow_accepted(w, REGISSEUR, dossier_say(w, REGISSEUR, TYPE_CASUS, all));
}

static void look(struct flow_world *w, struct day *day, uint64_t *last)
{
	const struct delivery *delivery;
	for (;;) {
		flow_forget_frames(w);
		delivery = bekend_next(w, VRAGER, "frontoffice", *last);
		if (!delivery)
			break;
		const struct part_verstrekking *part = flow_part(w, delivery);
		size_t n = day->deliveries++;
		assert_true(n < PER_DAY);
		day->numbers[n] = *last = part->number;
		day->soorten[n] = part->soort;
		day->sizes[n] = work_newest_frame(w);
		day->parts[n] = sha256(work_bare(w, part));
		bekend_ack(w, VRAGER, "frontoffice", delivery);
	}
	flow_forget_frames(w);
	for (const char *at = bekend_open(w, VRAGER); (at = strstr(at, "obligation ")); at++)
		day->lines++;
	day->list = work_newest_frame(w);
	day->entries = journal_size(w->core->journal);
}

// One world: the same house, who asked after this person, and what the GGZ answered.
static void live(const char *bsn, const char *answer, struct life *life)
{
	void *state;
	uint64_t last = 0;
	memset(life, 0, sizeof *life);
	assert_int_equal(bekend_setup(&state, BEKEND_TEXT), 0);
	struct flow_world *w = state;
	casus(w, KNOWN, "rol verdachte\n");
	casus(w, VICTIM, "rol slachtoffer\n");
	casus(w, BESLOTEN, "rol verdachte\nbesloten ja\n");
	casus(w, ERASED, "rol verdachte\n");
	work_erase_casus(w, ERASED);
	memset(&work, 0, sizeof work);
	uint64_t entry = flow_accepted(w, VRAGER, bekend_ask(w, bsn));
	life->asking = work;
	for (size_t d = 0; d < DAYS; d++) {
		look(w, &life->days[d], &last);
		memset(&work, 0, sizeof work);
		if (d == 1)
			flow_accepted(w, ZORG, bekend_say(w, ZORG, entry, answer));
		life->answering = d == 1 ? work : life->answering;
		flow_days_later(w, 1);
		flow_ticks(w, 2);
	}
	flow_clock_ahead = 0;
	flow_world_end(&state);
}

static void told_at_once_and_closed_on_the_third_day(const struct life *life)
{
	assert_true(life->days[0].deliveries == 1 && life->days[0].lines == 1);
	assert_int_equal(life->days[0].soorten[0], VERSTREKKING_GEGEVEN);
	assert_true(life->days[3].deliveries == 1 && life->days[3].lines == 0);
	assert_int_equal(life->days[3].soorten[0], VERSTREKKING_AFGESLOTEN);
	assert_true(life->days[DAYS - 1].entries > life->days[3].entries);
	assert_true(life->asking.places == 3 + 4 && life->asking.entries > 0);
	assert_true(life->answering.places == 2 && life->answering.entries > 0);
}

static void nothing_tells_them_apart_in_the_thirty_days_after(void **state)
{
	(void)state;
	// Not known, and known without a ground to say so, by who is asked; and by the house in
	// ways of which nothing may be told.
	static const struct {
		const char *bsn, *answer;
	} worlds[] = {{UNKNOWN, JA}, {VICTIM, NEE}, {BESLOTEN, NEE}, {ERASED, JA}};
	struct life *unknown = calloc(1, sizeof *unknown), *other = calloc(1, sizeof *other);
	assert_true(unknown && other);
	live(UNKNOWN, NEE, unknown);
	told_at_once_and_closed_on_the_third_day(unknown);
	for (size_t i = 0; i < COUNT_OF(worlds); i++) {
		live(worlds[i].bsn, worlds[i].answer, other);
		if (memcmp(unknown, other, sizeof *other) != 0)
			fail_msg("who was asked after is seen in world %zu", i);
	}
	// The controls: somebody of whom the house tells, and somebody whom the GGZ may name.
	live(KNOWN, NEE, other);
	assert_memory_not_equal(&unknown->days[0].parts, &other->days[0].parts,
				sizeof unknown->days[0].parts);
	assert_memory_equal(unknown->days[0].sizes, other->days[0].sizes, sizeof(size_t));
	live(UNKNOWN, JA "grond meldrecht\n", other);
	assert_memory_equal(&unknown->days[1], &other->days[1], sizeof unknown->days[1]);
	assert_int_equal(other->days[2].deliveries, 1);
	free(unknown);
	free(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_tells_them_apart_in_the_thirty_days_after),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
