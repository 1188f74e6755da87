// SPDX-License-Identifier: EUPL-1.2
// A bit of a store that flipped, and a file that was cut short: every one of them is detected and
// named, or it changes nothing. A house of a few meldingen is closed; then, each time from its
// whole files with one fault in one of them, core is opened in a process of its own, walks all of
// it as the scrub does, gives its answers again and takes new meldingen.
//
//	flips [--seed N] | --long [--from N] [--for SECONDS] | --blind | --try FILE BIT
//
// Without --long every n-th bit, from a seeded offset; with it all of them, going on at --from, and
// it says how to go on. --blind: the build lacks a check, and it is an error when nothing goes
// wrong. The exported log is small and quick to verify: every bit and every length of it, always.
#include "tests/unit/flow_convenanten.h"
#include "tests/unit/flow_world.h"

#include "audit/verify.h"
#include "base/clock.h"
#include "base/file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#define BIG ((size_t)64 << 20)
#define MELDINGEN 6
#define CUT 512
#define BLIND_QUOTA 4000
#define SECONDS_LIMIT 5 // of one opening, of processor time: longer is no end at all

// How one opening ended. As exit codes, which no sanitizer and no assertion uses.
enum verdict { HARMLESS, NAMED, UNNAMED, WRONG, ENDLESS, CRASHED, VERDICTS };
#define EXIT_BASE 40
static const char *const verdict_names[VERDICTS] = {"changed nothing", "named",   "unnamed",
						    "wrong",           "endless", "crashed"};

// What faults are put into: `quota` of them in a slice.
struct victim {
	const char *name;
	size_t span; // bytes from its start that are tried in a slice; 0 all
	unsigned quota;
	bool replays; // core that crashed on it begins with a new state
	struct buffer whole;
	unsigned long counts[VERDICTS], cut_counts[VERDICTS];
};
static struct victim victims[] = {
	{.name = "log/data.mdb", .quota = 300},
	{.name = "state/data.mdb", .quota = 200, .replays = true},
	{.name = "keystore", .span = 4096 + 40 * 32, .quota = 80},
	{.name = "guard", .quota = 40},
	{.name = "genesis", .quota = 20},
};

static const char text[] = FLOW_HEAD("flips")
	FLOW_PARTIJEN FLOW_VERSTREK("gewoon", "", AAN_WMO, "kenmerken, identificatie, bsn")
		FLOW_VERSTREK("gewogen", FLOW_WEGING("regisseur", "ja"), AAN_OOV, "identificatie");
static const struct flow_case one_person = {
	.count = 1,
	.persons = {{.rol = "slachtoffer", .bsn = "999990342", .geslachtsnaam = "Een"}}};

#define POLITIE (&w->parties[0])
#define STAD (&w->parties[1])

// What the house said before anything happened to it.
static struct {
	struct flow_sent *sent[MELDINGEN];
	uint64_t index[MELDINGEN];
	struct state_digest digests[STATE_TABLES];
	struct hash root, parts[FETCH_MAX_ITEMS];
	uint64_t numbers[FETCH_MAX_ITEMS];
	size_t given;
} before;

// ---- the house -----------------------------------------------------------------------------

static size_t collect(struct flow_world *w, uint64_t numbers[], struct hash parts[])
{
	const struct flow_sent *sent = flow_fetch(w, STAD, "wmo", 0);
	flow_send_one(w, sent);
	const struct reply *reply = flow_answer(w, STAD, sent);
	for (size_t i = 0; reply && i < reply->delivery_count; i++) {
		numbers[i] = flow_part(w, &reply->deliveries[i])->number;
		parts[i] = sha256(reply->deliveries[i].leaf.part.value);
	}
	return reply ? reply->delivery_count : 0;
}

static struct flow_world *make_house(void)
{
	struct flow_world *w = flow_world_new();
	flow_enrol(w, FLOW_POLITIE, "politie", "wijk");
	flow_enrol(w, FLOW_STAD, "gemeente", "oov,wmo");
	flow_convenant(w, text);
	for (size_t i = 0; i < MELDINGEN; i++) {
		before.sent[i] = flow_melding(w, POLITIE, &one_person);
		flow_send_one(w, before.sent[i]);
		before.index[i] = flow_accepted(w, POLITIE, before.sent[i]);
	}
	assert_int_equal(flow_tick(w->core, time_now(w->core)), RESULT_OK);
	flow_end_batch(w);
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	flow_send_one(w, flow_ack(w, STAD, "wmo", &reply->deliveries[0]));
	flow_forget_frames(w);
	flow_world_close(w);
	flow_world_open(w);
	for (unsigned t = 0; t < STATE_TABLES; t++)
		assert_int_equal(state_digest(w->core->state, t, &before.digests[t]), RESULT_OK);
	before.root = journal_root(w->core->journal);
	before.given = collect(w, before.numbers, before.parts);
	assert_int_equal(before.given, MELDINGEN - 1);
	flow_world_close(w);
	flow_forget_frames(w);
	return w;
}

static const char *path_of(struct flow_world *w, const struct victim *victim)
{
	char name[64];
	snprintf(name, sizeof name, "data/%s", victim->name);
	return temporary_path(w->folder, name);
}

static void put_whole(struct flow_world *w)
{
	for (size_t i = 0; i < COUNT_OF(victims); i++) {
		int fd = open(path_of(w, &victims[i]), O_WRONLY | O_TRUNC | O_CLOEXEC);
		const struct buffer *whole = &victims[i].whole;
		assert_int_equal(write(fd, whole->data, whole->len), whole->len);
		close(fd);
	}
}

// ---- looking at it -------------------------------------------------------------------------

static bool scrub_all(struct core *core)
{
	core->scrub.log_done = 0;
	for (int64_t ms = core->scrub.next_step; core->scrub.log_done == 0; ms += 1000)
		if (core_scrub(core, ms))
			return false;
	return true;
}

static bool is_told(const struct core *core)
{
	return core->scrub.damaged > 0 || core->scrub.damaged_pages > 0 ||
	       core->scrub.state_replays > 0 || core->readonly;
}

// Every answer that comes is the one there was; with `all`, every one comes.
static bool answers_stand(struct flow_world *w, bool all)
{
	bool stand = true;
	for (size_t i = 0; i < MELDINGEN; i++) {
		flow_send_one(w, before.sent[i]);
		const struct reply *reply = flow_answer(w, POLITIE, before.sent[i]);
		bool given = reply && reply->outcome == OUTCOME_AANVAARD;
		if (given ? reply->receipt.index != before.index[i] : all)
			stand = false;
		if (reply && reply->outcome == OUTCOME_GEWEIGERD)
			stand = false;
	}
	uint64_t numbers[FETCH_MAX_ITEMS];
	struct hash parts[FETCH_MAX_ITEMS];
	size_t given = collect(w, numbers, parts);
	for (size_t i = 0; i < given; i++)
		if (numbers[i] < 2 || (numbers[i] <= MELDINGEN &&
				       !hash_equal(&parts[i], &before.parts[numbers[i] - 2])))
			stand = false;
	return stand && (given >= before.given || !all);
}

static bool rows_stand(struct core *core)
{
	for (unsigned t = 0; t < STATE_TABLES; t++) {
		struct state_digest now;
		if (state_digest(core->state, t, &now) || now.rows != before.digests[t].rows ||
		    !hash_equal(&now.hash, &before.digests[t].hash))
			return false;
	}
	struct hash root = journal_root(core->journal);
	return hash_equal(&root, &before.root);
}

// What a changed list of free pages destroys when it is used: of state it is seen and replayed, of
// the log nothing may go.
static bool goes_on(struct flow_world *w)
{
	for (size_t i = 0; i < 4; i++) {
		struct flow_sent *sent = flow_melding(w, POLITIE, &one_person);
		flow_send_one(w, sent);
		const struct reply *reply = flow_answer(w, POLITIE, sent);
		if (!reply || reply->outcome == OUTCOME_GEWEIGERD)
			return false;
	}
	uint64_t bad;
	bool flushed = state_flush(w->core->state) == RESULT_OK;
	return !journal_check(w->core->journal, 0, &bad) && scrub_all(w->core) &&
	       w->core->scrub.damaged == 0 && (flushed || w->core->scrub.state_replays > 0) &&
	       answers_stand(w, true);
}

static enum verdict look(struct flow_world *w, bool after_crashes)
{
	if (flow_world_try_open(w, after_crashes))
		return w->problem.code && w->problem.file[0] && w->problem.message[0] ? NAMED
										      : UNNAMED;
	if (!scrub_all(w->core))
		return NAMED; // core ends with a line that says so
	bool told = is_told(w->core);
	bool whole = w->core->scrub.damaged == 0, rows = rows_stand(w->core);
	if (!answers_stand(w, whole))
		return WRONG;
	if (!rows)
		return told ? NAMED : UNNAMED;
	if (whole && !goes_on(w))
		return WRONG;
	return is_told(w->core) ? NAMED : HARMLESS;
}

// In a process of its own.
static enum verdict look_apart(struct flow_world *w, bool after_crashes)
{
	fflush(stdout);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(1);
		const struct rlimit limit = {SECONDS_LIMIT, SECONDS_LIMIT};
		if (setrlimit(RLIMIT_CPU, &limit))
			_exit(1);
		_exit(EXIT_BASE + (int)look(w, after_crashes));
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return ENDLESS;
	int code = WIFEXITED(status) ? WEXITSTATUS(status) - EXIT_BASE : CRASHED;
	return code >= 0 && code < CRASHED ? (enum verdict)code : CRASHED;
}

// As the parent does: after crashes core begins with a new state. What it crashes on then is not in
// state, and the parent ends and says so.
static enum verdict try(struct flow_world *w, const struct victim *victim)
{
	enum verdict verdict = look_apart(w, false);
	return verdict == CRASHED && victim->replays ? look_apart(w, true) : verdict;
}

// ---- the faults ----------------------------------------------------------------------------

struct plan {
	bool all, blind;
	unsigned long long seed, from, done; // `done` counts over all victims, in one fixed order
	time_t end;                          // 0: none
	unsigned long bad;
};

static void judge(struct plan *plan, struct victim *victim, const char *what, size_t at,
		  enum verdict verdict)
{
	// A crash is core's, which its parent survives and names (integration.crash).
	bool bad = verdict == UNNAMED || verdict == WRONG || verdict == ENDLESS ||
		   (verdict == CRASHED && victim->replays);
	if (bad && plan->bad++ < 20 && !plan->blind)
		printf("%s: %s %zu: %s\n", victim->name, what, at, verdict_names[verdict]);
}

static void flip(const char *path, size_t bit)
{
	uint8_t byte;
	int fd = open(path, O_RDWR | O_CLOEXEC);
	assert_int_equal(pread(fd, &byte, 1, (off_t)(bit / 8)), 1);
	byte ^= (uint8_t)(1u << bit % 8);
	assert_int_equal(pwrite(fd, &byte, 1, (off_t)(bit / 8)), 1);
	close(fd);
}

static void flip_bits(struct plan *plan, struct flow_world *w, struct victim *victim)
{
	size_t span = victim->span && !plan->all ? victim->span : victim->whole.len;
	size_t quota = plan->blind ? BLIND_QUOTA : victim->quota;
	size_t step = plan->all ? 1 : span * 8 / quota + 1;
	for (size_t bit = plan->all ? 0 : plan->seed % step; bit < span * 8; bit += step) {
		if (plan->blind && plan->bad > 0)
			return; // it was caught
		if (plan->done < plan->from || (plan->end && time(NULL) >= plan->end)) {
			plan->done += plan->done < plan->from;
			continue;
		}
		plan->done++;
		put_whole(w);
		flip(path_of(w, victim), bit);
		enum verdict verdict = try(w, victim);
		victim->counts[verdict]++;
		judge(plan, victim, "bit", bit, verdict);
	}
}

static void cut_short(struct plan *plan, struct flow_world *w, struct victim *victim)
{
	size_t step = plan->all ? CUT : CUT * 16;
	size_t first = plan->all ? 0 : plan->seed % 16 * CUT % victim->whole.len;
	if (plan->from)
		return; // those were done first
	for (size_t size = first; size < victim->whole.len; size += step) {
		put_whole(w);
		assert_int_equal(truncate(path_of(w, victim), (off_t)size), 0);
		enum verdict verdict = try(w, victim);
		victim->cut_counts[verdict]++;
		judge(plan, victim, "cut at", size, verdict);
	}
}

static void say(const struct victim *victim, const char *what, const unsigned long counts[])
{
	unsigned long all = 0;
	for (unsigned v = 0; v < VERDICTS; v++)
		all += counts[v];
	printf("%-16s %lu %s:", victim->name, all, what);
	for (unsigned v = 0; v < VERDICTS; v++)
		if (counts[v])
			printf(" %lu %s", counts[v], verdict_names[v]);
	printf("\n");
}

// ---- the exported log ----------------------------------------------------------------------

static struct {
	struct flow_world *w;
	struct verify_options options;
	unsigned long bits, cuts, missed;
} exported;

static void expect_not_intact(const char *path, const char *what, size_t at)
{
	struct verify_outcome outcome;
	enum result r = verify_log(&exported.options, &outcome);
	if (!r && (!outcome.intact ? outcome.what[0] && outcome.file[0] : false))
		return;
	if (exported.missed++ < 20)
		printf("%s: %s %zu: %s\n", path, what, at, r ? result_name(r) : "intact");
}

static int try_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	struct buffer whole;
	if (type != FTW_F)
		return 0;
	buffer_init(&whole, BIG);
	assert_int_equal(file_read(path, BIG, &whole), RESULT_OK);
	for (size_t bit = 0; bit < (size_t)st->st_size * 8; bit++, exported.bits++) {
		flip(path, bit);
		expect_not_intact(path, "bit", bit);
		flip(path, bit);
	}
	// The key without the newline behind it says the same.
	size_t end = whole.len - (strcmp(path + ftw->base, "log.vkey") == 0);
	for (size_t size = 0; size < end; size++, exported.cuts++) {
		assert_int_equal(truncate(path, (off_t)size), 0);
		expect_not_intact(path, "cut at", size);
		assert_int_equal(file_replace(path, buffer_view(&whole), 0600), RESULT_OK);
	}
	buffer_done(&whole);
	return 0;
}

static void try_export(struct plan *plan, struct flow_world *w)
{
	char vkey[VKEY_MAX];
	struct verify_outcome outcome;
	const char *key_file = temporary_path(w->folder, "log.vkey");
	put_whole(w);
	flow_world_open(w);
	vkey_format(vkey, signing_vkey(&w->core->signing));
	const struct journal_export export = {temporary_path(w->folder, "export"),
					      w->core->checkpoint.size, buffer_view(&w->core->note),
					      &w->core->signing.keys};
	assert_int_equal(journal_export_tiles(w->core->journal, &export), RESULT_OK);
	assert_int_equal(file_create(key_file, bytes_of_text(vkey), 0600), RESULT_OK);
	flow_world_close(w);
	exported.options = (struct verify_options){.folder = export.folder, .vkey_file = key_file};
	assert_int_equal(verify_log(&exported.options, &outcome), RESULT_OK);
	assert_true(outcome.intact);
	assert_int_equal(nftw(export.folder, try_file, 16, FTW_PHYS), 0);
	printf("%-16s %lu bits, %lu cuts: %lu not seen\n", "exported log", exported.bits,
	       exported.cuts, exported.missed);
	plan->bad += exported.missed;
}

// One bit, looked at in this very process: for who wants to know why.
static int try_one(struct flow_world *w, const char *name, size_t bit)
{
	for (size_t i = 0; i < COUNT_OF(victims); i++)
		if (strcmp(victims[i].name, name) == 0)
			flip(path_of(w, &victims[i]), bit);
	printf("%s\n", verdict_names[look(w, false)]);
	flow_world_free(w);
	return 0;
}

int main(int argc, char **argv)
{
	struct plan plan = {.seed = (unsigned long long)time(NULL)};
	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "0";
		plan.all |= strcmp(argv[i], "--long") == 0;
		plan.blind |= strcmp(argv[i], "--blind") == 0;
		if (strcmp(argv[i], "--seed") == 0)
			plan.seed = strtoull(value, NULL, 10);
		if (strcmp(argv[i], "--from") == 0)
			plan.from = strtoull(value, NULL, 10);
		if (strcmp(argv[i], "--for") == 0)
			plan.end = time(NULL) + (time_t)strtoull(value, NULL, 10);
	}
	printf("seed %llu\n", plan.seed);
	struct flow_world *w = make_house();
	for (size_t i = 0; i < COUNT_OF(victims); i++) {
		buffer_init(&victims[i].whole, BIG);
		assert_int_equal(file_read(path_of(w, &victims[i]), BIG, &victims[i].whole),
				 RESULT_OK);
	}
	if (argc == 4 && strcmp(argv[1], "--try") == 0)
		return try_one(w, argv[2], strtoull(argv[3], NULL, 10));
	for (size_t i = 0; i < COUNT_OF(victims); i++) {
		if (plan.blind && !victims[i].replays)
			continue; // the check it lacks is of state
		cut_short(&plan, w, &victims[i]);
		flip_bits(&plan, w, &victims[i]);
		say(&victims[i], "bits", victims[i].counts);
		say(&victims[i], "cuts", victims[i].cut_counts);
	}
	if (!plan.blind && !plan.from)
		try_export(&plan, w);
	for (size_t i = 0; i < COUNT_OF(victims); i++)
		buffer_done(&victims[i].whole);
	flow_world_free(w);
	if (plan.all)
		printf("go on with %s --long --from %llu\n", argv[0], plan.done);
	printf("%lu bad\n", plan.bad);
	return plan.blind ? plan.bad == 0 : plan.bad > 0;
}
