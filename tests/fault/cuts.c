// SPDX-License-Identifier: EUPL-1.2
// Power cuts with torn sectors. A house is made, enrols, takes meldingen, is acknowledged to,
// erases and changes each of its keys, on a disk that writes down what happens to it (disk.h). At
// any operation the power goes: the disk that is left is opened by a new core, after another boot,
// and everything that anybody was told stands: a house that was made opens, each receipt has its
// entry, what was ordered destroyed is not readable, the log verifies, and the next melding is
// taken.
//
//	cuts [--seed N] [--count N | --for SECONDS] [--expect-loss] [--lying] [--destroyed]
//
// --destroyed: only after a key of the house was said to be destroyed.
// --expect-loss: the build, or with --lying the disk, loses what it said was safe; it is an error
// when that is not seen.
#include "tests/unit/flow_convenanten.h"
#include "tests/unit/flow_world.h"

#include "base/file.h"
#include "cuts_keys.h"
#include "disk.h"
#include "flow/wissing.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#define MELDINGEN 12
#define ERASED 3 // of them
#define COUNT 300
#define SECONDS_LIMIT 20 // of processor time, for one disk
#define EXIT_BASE 40

static const char text[] = FLOW_HEAD("stroom")
	FLOW_PARTIJEN FLOW_VERSTREK("gewoon", "", AAN_WMO, "kenmerken, identificatie, bsn");
static const struct flow_case one_person = {
	.count = 1,
	.persons = {{.rol = "slachtoffer", .bsn = "999990342", .geslachtsnaam = "Een"}}};

#define POLITIE (&w->parties[0])
#define STAD (&w->parties[1])

// What was said, and after how many operations of the disk.
static struct {
	size_t opened, enrolled, erased, acked, said[MELDINGEN];
	struct flow_sent *sent[MELDINGEN];
	uint64_t index[MELDINGEN], sizes[MELDINGEN];
	struct hash roots[MELDINGEN];
} told;

// ---- the house -----------------------------------------------------------------------------

static void erase(struct flow_world *w, uint64_t index, const struct hash *header)
{
	struct wissing_opdracht opdracht = {
		.melding = index, .header_hash = *header, .grond = "AVG art. 17"};
	struct buffer out;
	uint64_t begun;
	buffer_init(&out, WISSING_OPDRACHT_MAX);
	assert_int_equal(wissing_opdracht_write(&opdracht, &out), RESULT_OK);
	struct hash object = sha256(buffer_view(&out));
	const struct signed_statement acts[] = {flow_act(w, &w->beheerder, WISSING_SOORT, &object),
						flow_act(w, &w->officer, WISSING_SOORT, &object)};
	struct wissing_request request = {buffer_view(&out), acts, COUNT_OF(acts)};
	assert_int_equal(flow_wissing(w->core, &request, &begun, &w->problem), RESULT_OK);
	buffer_done(&out);
	told.erased = disk_operations();
}

static void meld(struct flow_world *w, size_t i)
{
	told.sent[i] = flow_melding(w, POLITIE, &one_person);
	flow_send_one(w, told.sent[i]);
	told.index[i] = flow_accepted(w, POLITIE, told.sent[i]);
	told.sizes[i] = w->core->checkpoint.size;
	told.roots[i] = w->core->checkpoint.root;
	told.said[i] = disk_operations();
	if (i == ERASED + 1)
		erase(w, told.index[ERASED], &told.sent[ERASED]->about);
	if (i == ERASED + 3) {
		const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
		flow_send_one(w, flow_ack(w, STAD, "wmo", &reply->deliveries[0]));
		told.acked = disk_operations();
	}
	flow_forget_frames(w);
}

static struct flow_world *live(void)
{
	disk_record(true);
	struct flow_world *w = flow_world_new();
	told.opened = disk_operations();
	flow_enrol(w, FLOW_POLITIE, "politie", "wijk");
	flow_enrol(w, FLOW_STAD, "gemeente", "oov,wmo");
	flow_convenant(w, text);
	told.enrolled = disk_operations();
	for (size_t i = 0; i < MELDINGEN; i++) {
		if (i == MELDINGEN / 2) { // an orderly end in between
			flow_world_close(w);
			flow_world_open(w);
		}
		meld(w, i);
		if (i % 3 == 1) // four steps, over the whole of it
			cuts_change_keys(w, i / 3);
	}
	flow_world_close(w);
	disk_record(false);
	return w;
}

// ---- after the cut -------------------------------------------------------------------------

// Another boot: a mark of one that did not end orderly is of the boot before.
static void boot_anew(struct flow_world *w)
{
	struct buffer mark;
	const char *path = temporary_path(w->folder, "data/boot");
	buffer_init(&mark, 256);
	if (!file_read(path, 256, &mark) && mark.len > 0) {
		mark.data[0] ^= 1;
		assert_int_equal(file_replace(path, buffer_view(&mark), 0600), RESULT_OK);
	}
	buffer_done(&mark);
}

static bool root_stands(struct core *core, uint64_t size, const struct hash *root)
{
	struct tree_reader reader = journal_tree(core->journal);
	struct hash now;
	return size <= core->checkpoint.size && !tree_root_at(&reader, size, &now) &&
	       hash_equal(&now, root);
}

static bool receipts_stand(struct flow_world *w, size_t done)
{
	for (size_t i = 0; i < MELDINGEN; i++) {
		if (told.said[i] > done)
			continue;
		flow_send_one(w, told.sent[i]);
		const struct reply *reply = flow_answer(w, POLITIE, told.sent[i]);
		if (!reply || reply->outcome != OUTCOME_AANVAARD ||
		    reply->receipt.index != told.index[i] ||
		    !root_stands(w->core, told.sizes[i], &told.roots[i]))
			return false;
	}
	return true;
}

// Gone once it was said to be; whole as long as it was not begun.
static bool erasure_stands(struct flow_world *w, size_t done)
{
	struct recalled recalled;
	bool begun = told.erased <= done, was = told.said[ERASED] <= done;
	if (!was || (!begun && told.said[ERASED + 1] <= done))
		return true; // on its way
	enum result r = recall_entry(w->core, told.index[ERASED], RECALL_PARTS_AND_CONTENT,
				     w->arena, &recalled);
	return !r && recalled.has_content == !begun;
}

static const char *look(struct flow_world *w, size_t done)
{
	uint64_t bad;
	if (flow_world_try_open(w, false)) {
		if (done >= told.opened)
			return "a house that was made does not open";
		return w->problem.code ? NULL : "a refusal without a reason";
	}
	if (done >= told.enrolled && w->core->registry.leaves < 4)
		return "the register is not what it was";
	const char *wrong = cuts_look_at_keys(w, done);
	if (wrong)
		return wrong;
	if (journal_check(w->core->journal, 0, &bad))
		return "the log does not verify";
	if (done < told.enrolled)
		return NULL;
	if (!erasure_stands(w, done))
		return "what was erased is there, or what was not is gone";
	if (!receipts_stand(w, done))
		return "a receipt does not stand";
	struct flow_sent *next = flow_melding(w, POLITIE, &one_person);
	flow_send_one(w, next);
	const struct reply *reply = flow_answer(w, POLITIE, next);
	if (!reply || reply->outcome != OUTCOME_AANVAARD)
		return "the next melding is not taken";
	flow_assert_rebuild_equal(w);
	return cuts_go_on(w, done);
}

static bool look_apart(struct flow_world *w, size_t done)
{
	int status;
	fflush(stdout);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		const struct rlimit limit = {SECONDS_LIMIT, SECONDS_LIMIT};
		if (setrlimit(RLIMIT_CPU, &limit) || !freopen("/dev/null", "w", stderr))
			_exit(1);
		const char *wrong = look(w, done);
		if (wrong)
			printf("after %zu operations: %s\n", done, wrong);
		fflush(stdout);
		_exit(wrong ? 1 : EXIT_BASE);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	bool right = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_BASE;
	if (WIFSIGNALED(status))
		printf("after %zu operations: signal %d\n", done, WTERMSIG(status));
	return right;
}

// ---- many of them --------------------------------------------------------------------------

struct plan {
	unsigned long long seed, count, cuts, lost;
	size_t from;
	time_t end; // 0: by count
	bool lying, expect_loss, destroyed;
};

// One walk over the life from `from` on, with about `count` cuts spread over it.
static void walk(struct plan *plan, struct flow_world *w, size_t count)
{
	struct disk *disk = disk_new(plan->lying);
	size_t all = disk_operations(), step = (all - plan->from) / count + 1;
	for (size_t at = plan->from + plan->seed % step; at < all && plan->lost < 10; at += step) {
		disk_advance(disk, at);
		disk_cut(disk, plan->seed + at, w->folder->folder);
		boot_anew(w);
		plan->cuts++;
		plan->lost += !look_apart(w, at);
		if (plan->end && time(NULL) >= plan->end)
			break;
	}
	disk_free(disk);
	plan->seed++;
}

static void read_arguments(struct plan *plan, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		unsigned long long value = i + 1 < argc ? strtoull(argv[i + 1], NULL, 10) : 0;
		plan->lying |= strcmp(argv[i], "--lying") == 0;
		plan->expect_loss |= strcmp(argv[i], "--expect-loss") == 0;
		plan->destroyed |= strcmp(argv[i], "--destroyed") == 0;
		if (strcmp(argv[i], "--seed") == 0)
			plan->seed = value;
		if (strcmp(argv[i], "--count") == 0)
			plan->count = value;
		if (strcmp(argv[i], "--for") == 0)
			plan->end = time(NULL) + (time_t)value;
	}
}

int main(int argc, char **argv)
{
	struct plan plan = {.seed = (unsigned long long)time(NULL), .count = COUNT};
	read_arguments(&plan, argc, argv);
	printf("seed %llu\n", plan.seed);
	struct flow_world *w = live();
	plan.from = plan.destroyed ? cuts_keys_destroyed() : 0;
	do {
		walk(&plan, w, plan.count);
	} while (plan.end && time(NULL) < plan.end && plan.lost == 0);
	printf("%zu operations; %llu cuts, %llu lost something; go on with --seed %llu\n",
	       disk_operations(), plan.cuts, plan.lost, plan.seed);
	flow_world_free(w);
	return plan.expect_loss ? plan.lost == 0 : plan.lost > 0;
}
