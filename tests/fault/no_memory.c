// SPDX-License-Identifier: EUPL-1.2
// Memory that is not to be had, at any moment. A house that has worked is opened, takes a melding,
// delivers, is acknowledged to, erases, ticks, scrubs and closes, while the n-th allocation fails,
// once or from then on. Core may say that it cannot, and come again; it may not crash, refuse for
// good, call damaged what is sound, or say that something is safe that is not. Then it is opened
// with memory, and everything that was said stands.
//
//	no_memory [--seed N] [--every N | --long] [--expect-loss]
//
// --expect-loss: the build believes a write that had no memory; it is an error when that is not
// seen. It writes once core is open: the faults begin there, and end where one is seen.
#include "tests/unit/flow_convenanten.h"
#include "tests/unit/flow_world.h"

#include "base/file.h"
#include "flow/wissing.h"
#include "memory.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#define MELDINGEN 2 // before; one more under the fault
#define EVERY 61    // of a start; of what comes after it, WORK_EVERY
#define WORK_EVERY 2
#define SECONDS_LIMIT 20
#define EXIT_BASE 40
#define EXIT_STRUCK 41 // as before, and an allocation did fail
#define BIG ((size_t)64 << 20)

static const char text[] =
	FLOW_HEAD("krap") FLOW_PARTIJEN FLOW_VERSTREK("gewoon", "", AAN_WMO, "kenmerken, bsn");
static const struct flow_case one_person = {
	.count = 1,
	.persons = {{.rol = "slachtoffer", .bsn = "999990342", .geslachtsnaam = "Een"}}};

#define POLITIE (&w->parties[0])
#define STAD (&w->parties[1])

static const char *const files[] = {"log/data.mdb", "state/data.mdb", "keystore",
				    "guard",        "genesis",        "boot"};

static struct {
	struct flow_sent *sent[MELDINGEN + 1], *fetch, *ack;
	uint64_t index[MELDINGEN + 1];
	struct wissing_request erase;
	struct buffer whole[COUNT_OF(files)];
} house;

// ---- the house -----------------------------------------------------------------------------

static const char *path_of(struct flow_world *w, size_t file)
{
	char name[64];
	snprintf(name, sizeof name, "data/%s", files[file]);
	return temporary_path(w->folder, name);
}

// The order, with the acts of both roles, made before memory fails.
static void prepare_erase(struct flow_world *w)
{
	struct bytes order = flow_order(w, house.index[0], &house.sent[0]->about);
	struct hash object = sha256(order);
	struct signed_statement *acts = arena_alloc(w->arena, 2 * sizeof *acts);
	assert_non_null(acts);
	acts[0] = flow_act(w, &w->beheerder, WISSING_SOORT, &object);
	acts[1] = flow_act(w, &w->officer, WISSING_SOORT, &object);
	house.erase = (struct wissing_request){order, acts, 2};
}

static struct flow_world *make_house(void)
{
	struct flow_world *w = flow_town();
	flow_convenant(w, text);
	for (size_t i = 0; i < MELDINGEN; i++) {
		house.sent[i] = flow_melding(w, POLITIE, &one_person);
		flow_send_one(w, house.sent[i]);
		house.index[i] = flow_accepted(w, POLITIE, house.sent[i]);
	}
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	house.ack = flow_ack(w, STAD, "wmo", &reply->deliveries[0]);
	house.fetch = flow_fetch(w, STAD, "wmo", 0);
	house.sent[MELDINGEN] = flow_melding(w, POLITIE, &one_person);
	prepare_erase(w);
	flow_world_close(w);
	flow_forget_frames(w);
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		buffer_init(&house.whole[i], BIG);
		assert_int_equal(file_read(path_of(w, i), BIG, &house.whole[i]), RESULT_OK);
	}
	return w;
}

static void put_whole(struct flow_world *w)
{
	for (size_t i = 0; i < COUNT_OF(files); i++)
		assert_int_equal(file_replace(path_of(w, i), buffer_view(&house.whole[i]), 0600),
				 RESULT_OK);
}

// ---- under the fault -----------------------------------------------------------------------

static bool (*keep_frame)(void *context, const struct route *route, struct bytes frame);

static bool keep_paused(void *context, const struct route *route, struct bytes frame)
{
	memory_pause(true);
	bool kept = keep_frame(context, route, frame);
	memory_pause(false);
	return kept;
}

// As the loop of core does with what an opener hands over.
static enum result hand(struct flow_world *w, const struct flow_sent *sent)
{
	struct buffer message;
	buffer_init(&message, BIG);
	assert_int_equal(opened_encode(&sent->opened, &message), RESULT_OK);
	memory_pause(false);
	enum result r = flow_take(w->core, buffer_view(&message));
	if (r && r != RESULT_MALFORMED)
		r = flow_abort(w->core, r);
	if (!r)
		r = flow_commit(w->core);
	memory_pause(true);
	buffer_done(&message);
	return r;
}

static void work(struct flow_world *w)
{
	struct core *core = w->core;
	uint64_t begun;
	const struct flow_sent *const sent[] = {house.sent[MELDINGEN], house.fetch, house.ack};
	for (size_t i = 0; i < COUNT_OF(sent); i++)
		(void)!hand(w, sent[i]);
	memory_pause(false);
	if (flow_wissing(core, &house.erase, &begun, &w->problem) == RESULT_OK)
		(void)!flow_overwrite(core);
	if (flow_tick(core, time_now(core)) || flow_commit(core))
		(void)!flow_abort(core, RESULT_NO_MEMORY);
	enum result r = RESULT_OK;
	for (int64_t ms = core->scrub.next_step, n = 0; n < 8 && !r; ms += 1000, n++)
		r = core_scrub(core, ms);
	if (!r && state_flush(core->state)) // after a scrub that failed core ends
		state_discard(core->state);
	memory_pause(true);
}

static const char *under_fault(struct flow_world *w)
{
	memory_pause(false);
	enum result r = flow_world_try_open(w, false);
	memory_pause(true);
	if (r)
		return !w->problem.code                          ? "a start that gives no reason"
		       : strcmp(w->problem.code, "damaged") == 0 ? "called damaged"
								 : NULL;
	keep_frame = w->core->send;
	w->core->send = keep_paused;
	work(w);
	return w->core->scrub.damaged_now + w->core->scrub.damaged_pages_now > 0
		       ? "the scrub names what is sound"
		       : NULL;
}

// ---- what was said, and what stands --------------------------------------------------------

static const char *take_said(struct flow_world *w, uint64_t *ret_index)
{
	const struct reply *reply = flow_answer(w, POLITIE, house.sent[MELDINGEN]);
	*ret_index = UINT64_MAX;
	if (reply && reply->outcome == OUTCOME_GEWEIGERD)
		return "refused for good";
	if (reply && reply->outcome == OUTCOME_AANVAARD)
		*ret_index = reply->receipt.index;
	return NULL;
}

static const char *look_after(struct flow_world *w, uint64_t said)
{
	uint64_t bad;
	if (flow_world_try_open(w, false))
		return "does not open any more";
	if (journal_check(w->core->journal, 0, &bad))
		return "the log does not verify";
	for (size_t i = 0; i <= MELDINGEN; i++) {
		uint64_t want = i < MELDINGEN ? house.index[i] : said;
		flow_send_one(w, house.sent[i]);
		const struct reply *reply = flow_answer(w, POLITIE, house.sent[i]);
		if (!reply || reply->outcome != OUTCOME_AANVAARD)
			return "a melding is not taken";
		if (want != UINT64_MAX && reply->receipt.index != want)
			return "a receipt does not stand";
	}
	flow_assert_rebuild_equal(w);
	return NULL;
}

static const char *look(struct flow_world *w, size_t n, bool for_ever, bool *ret_struck)
{
	uint64_t said = UINT64_MAX;
	memory_arm(n, for_ever);
	const char *wrong = under_fault(w);
	*ret_struck = memory_failed();
	memory_arm(0, false);
	if (!wrong && w->core)
		wrong = take_said(w, &said);
	flow_world_close(w);
	flow_forget_frames(w);
	return wrong ? wrong : look_after(w, said);
}

// Adds to `struck` when an allocation failed.
static bool look_apart(struct flow_world *w, size_t n, bool for_ever, size_t *struck)
{
	int status;
	fflush(stdout);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		const struct rlimit limit = {SECONDS_LIMIT, SECONDS_LIMIT};
		if (setrlimit(RLIMIT_CPU, &limit) || !freopen("/dev/null", "w", stderr))
			_exit(1);
		bool failed;
		const char *wrong = look(w, n, for_ever, &failed);
		if (wrong)
			printf("allocation %zu%s: %s\n", n, for_ever ? " and all after" : "",
			       wrong);
		fflush(stdout);
		_exit(wrong ? 1 : failed ? EXIT_STRUCK : EXIT_BASE);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	*struck += WIFEXITED(status) && WEXITSTATUS(status) == EXIT_STRUCK;
	if (WIFSIGNALED(status))
		printf("allocation %zu%s: signal %d\n", n, for_ever ? " and all after" : "",
		       WTERMSIG(status));
	return WIFEXITED(status) && WEXITSTATUS(status) >= EXIT_BASE;
}

// How many allocations an untouched run makes; `ret_opened` of them until core is open.
static size_t count_all(struct flow_world *w, size_t *ret_opened)
{
	put_whole(w);
	memory_arm(0, false);
	memory_pause(false);
	assert_int_equal(flow_world_try_open(w, false), RESULT_OK);
	memory_pause(true);
	*ret_opened = memory_counted();
	flow_world_close(w);
	put_whole(w);
	memory_arm(0, false);
	const char *wrong = under_fault(w);
	size_t all = memory_counted();
	if (wrong || !w->core || memory_failed())
		fail_msg("a run that nothing happens to: %s", wrong ? wrong : "does not open");
	flow_world_close(w);
	flow_forget_frames(w);
	return all;
}

int main(int argc, char **argv)
{
	size_t every = EVERY, tries = 0, bad = 0, struck = 0;
	unsigned long long seed = (unsigned long long)time(NULL);
	bool expect_loss = false;
	for (int i = 1; i < argc; i++) {
		unsigned long long value = i + 1 < argc ? strtoull(argv[i + 1], NULL, 10) : 0;
		expect_loss |= strcmp(argv[i], "--expect-loss") == 0;
		if (strcmp(argv[i], "--seed") == 0)
			seed = value;
		if (strcmp(argv[i], "--every") == 0)
			every = (size_t)value;
		if (strcmp(argv[i], "--long") == 0)
			every = 1;
	}
	printf("seed %llu\n", seed);
	struct flow_world *w = make_house();
	size_t opened, all = count_all(w, &opened), most = expect_loss ? 1 : 10;
	size_t work_every = every < WORK_EVERY ? every : WORK_EVERY;
	// The first is of the harness: core itself.
	size_t n = expect_loss ? opened + 1 : 2 + seed % every;
	for (; n <= all && bad < most; n += n < opened ? every : work_every)
		for (unsigned for_ever = 0; for_ever < 2; for_ever++, tries++) {
			put_whole(w);
			bad += !look_apart(w, n, for_ever, &struck);
		}
	printf("%zu allocations, %zu tried, %zu failed one, %zu bad\n", all, tries, struck, bad);
	flow_world_free(w);
	// Each that is counted can fail; one at the very end may not come again.
	return expect_loss ? bad == 0 : bad > 0 || struck + 2 < tries || tries < all / every;
}
