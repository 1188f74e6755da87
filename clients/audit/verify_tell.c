// SPDX-License-Identifier: EUPL-1.2
// The command verify: what is verified with what, and how its outcome is told.
#include "audit/audit.h"

#include "audit/online.h"
#include "base/clock.h"
#include "base/file.h"
#include "melding/reason.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define ROOT_TEXT_MAX 64
// How people call what is verified.
#define NO_FOLDER "the knooppunt"

static const char *place_of(const struct desk *desk)
{
	return desk->arguments[0] ? desk->arguments[0] : NO_FOLDER;
}

static const char *state_word(enum verify_state state)
{
	switch (state) {
	case VERIFY_STATE_USED:
		return "used";
	case VERIFY_STATE_WHOLE:
		return "whole";
	case VERIFY_STATE_DAMAGED:
		return "damaged";
	case VERIFY_STATE_ANEW:
		return "anew";
	default:
		return "none";
	}
}

// With a state file: what this run read, and what became of the state.
static void print_read(const struct desk *desk, const struct verify_outcome *outcome,
		       struct desk_line *line)
{
	if (!desk->values[DESK_STATE])
		return;
	json_out_add_text(&line->out, "state", state_word(outcome->state));
	json_out_add_number(&line->out, "from", outcome->from);
	json_out_add_number(&line->out, "read", outcome->read);
}

static void print_intact(struct desk *desk, const struct verify_outcome *outcome)
{
	char root[ROOT_TEXT_MAX];
	struct desk_line line;
	base64_encode(root, bytes_of_hash(&outcome->root));
	desk_line_begin(&line);
	json_out_add_bool(&line.out, "intact", true);
	json_out_add_number(&line.out, "size", outcome->size);
	json_out_add_text(&line.out, "root", root);
	// Which content was erased stands in parts, and an export has entries only.
	json_out_key(&line.out, "erased");
	json_out_null(&line.out);
	// A log with something missing is not intact.
	json_out_add_number(&line.out, "missing", 0);
	json_out_key(&line.out, "extends");
	// Without a checkpoint seen before there is nothing to extend; one that is not extended
	// makes the log not intact.
	if (outcome->extends)
		json_out_bool(&line.out, true);
	else
		json_out_null(&line.out);
	if (desk->values[DESK_POLICY])
		json_out_add_number(&line.out, "cosigned", outcome->cosigned_size);
	print_read(desk, outcome, &line);
	desk_line_end(desk, &line);
}

static void print_damage(struct desk *desk, const struct verify_outcome *outcome)
{
	struct desk_line line;
	desk_line_begin(&line);
	json_out_add_bool(&line.out, "intact", false);
	json_out_add_text(&line.out, "what", outcome->what);
	if (outcome->has_index)
		json_out_add_number(&line.out, "index", outcome->index);
	json_out_add_text(&line.out, "file", outcome->file);
	if (outcome->has_offset)
		json_out_add_number(&line.out, "offset", outcome->offset);
	print_read(desk, outcome, &line);
	desk_line_end(desk, &line);
}

// What an intact verdict does not cover is said with it.
static void say_read(struct desk *desk, const struct verify_outcome *outcome)
{
	const char *file = desk->values[DESK_STATE];
	if (!file)
		return;
	if (outcome->state == VERIFY_STATE_DAMAGED)
		desk_say(desk,
			 "The state in %s is damaged or of another version, so all was read and it "
			 "is made anew; what it knew of earlier checkpoints is lost: hold the log "
			 "against one with --last.",
			 file);
	if (outcome->state == VERIFY_STATE_ANEW)
		desk_say(
			desk,
			"What %s says of the entries read before and the files of these in %s did "
			"not lead to the signed root; so all was read, and the state is made anew.",
			file, place_of(desk));
	if (outcome->from > 0)
		desk_say(desk,
			 "%llu entries were read, from entry %llu on. Those before were verified "
			 "earlier and lead to this root; whether their files in %s are still as "
			 "they were was not looked at: --whole does.",
			 (unsigned long long)outcome->read, (unsigned long long)outcome->from,
			 place_of(desk));
}

static void say_intact(struct desk *desk, const struct verify_outcome *outcome)
{
	char root[ROOT_TEXT_MAX];
	const char *kept = desk->values[desk->values[DESK_STATE] ? DESK_STATE : DESK_LAST];
	base64_encode(root, bytes_of_hash(&outcome->root));
	desk_say(desk, "INTACT: %llu entries, root %s", (unsigned long long)outcome->size, root);
	say_read(desk, outcome);
	if (outcome->extends)
		desk_say(desk, "It extends the checkpoint seen before.");
	else if (kept)
		desk_say(desk, "Its checkpoint is kept in %s for the next time.", kept);
	else
		desk_say(desk,
			 "With --last FILE it is also held against a checkpoint seen before.");
	if (outcome->cosigned)
		desk_say(desk, "Its first %llu entries are under the cosignatures of the quorum.",
			 (unsigned long long)outcome->cosigned_size);
	if (outcome->other_key)
		desk_say(desk,
			 "The key of the log changed since the one in %s, by acts of two roles in "
			 "this log: from now on give the log.vkey of now.",
			 desk->values[desk->values[DESK_VKEY] ? DESK_VKEY : DESK_POLICY]);
	if (!desk->values[DESK_VKEY] && !desk->values[DESK_GENESIS] && !desk->values[DESK_POLICY] &&
	    desk->arguments[0])
		desk_say(desk, "Whose log it is was not checked: give --vkey or --genesis with "
			       "the file from the house.");
}

static void say_damage(struct desk *desk, const struct verify_outcome *outcome)
{
	desk_say(desk, "NOT INTACT: %s", outcome->what);
	if (outcome->has_index)
		desk_say(desk, "  entry %llu", (unsigned long long)outcome->index);
	if (outcome->file[0])
		desk_say(desk, "  file %s", outcome->file);
	if (outcome->has_offset)
		desk_say(desk, "  byte %llu", (unsigned long long)outcome->offset);
}

// Is it the file of --vkey that cannot be used, and not what lies in the folder?
static bool vkey_is_wrong(const struct desk *desk)
{
	struct buffer file;
	struct vkey vkey;
	if (!desk->values[DESK_VKEY])
		return false;
	buffer_init(&file, VKEY_MAX + 1);
	enum result result = file_read(desk->values[DESK_VKEY], VKEY_MAX, &file);
	struct bytes text = buffer_view(&file);
	if (result == RESULT_OK && text.len > 0 && text.data[text.len - 1] == '\n')
		text.len--;
	bool wrong = result != RESULT_OK || vkey_parse(text, &vkey) != RESULT_OK;
	buffer_done(&file);
	return wrong;
}

static int cannot_look(struct desk *desk, enum result result)
{
	static const struct {
		enum result result;
		enum reason reason;
		int exit_code;
	} rows[] = {
		{RESULT_NOT_FOUND, REASON_FILE_MISSING, DESK_CONFIG},
		{RESULT_DENIED, REASON_FILE_MODE, DESK_CONFIG},
		{RESULT_CONFIG, REASON_SYNTAX, DESK_CONFIG},
		{RESULT_FULL, REASON_FULL, DESK_AGAIN},
	};
	struct problem problem = {0};
	enum reason reason = REASON_IO;
	int code = DESK_BROKEN;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (rows[i].result == result) {
			reason = rows[i].reason;
			code = rows[i].exit_code;
		}
	}
	if ((result == RESULT_CONFIG || result == RESULT_NOT_FOUND) && vkey_is_wrong(desk)) {
		problem_set_file(&problem, desk->values[DESK_VKEY]);
		problem_set(&problem, reason_code(reason),
			    "give the file log.vkey that the house handed out",
			    "the file of --vkey is not there, or holds no verifier key");
		return desk_fail(desk, &problem, code);
	}
	if (result == RESULT_CONFLICT) {
		problem_set_file(&problem, desk->values[DESK_STATE]);
		problem_set(&problem, reason_code(REASON_CONFLICT),
			    "keep one file of --state for each log; this one was left as it is",
			    "the state is of another log than that of %s", place_of(desk));
		return desk_fail(desk, &problem, DESK_CONFIG);
	}
	problem_set_file(&problem, place_of(desk));
	problem_set(
		&problem, reason_code(reason),
		"look at DIR, --vkey, --genesis, --policy, --last and --state: they must be there, "
		"readable and whole",
		"the log cannot be looked at: %s", result_name(result));
	return desk_fail(desk, &problem, code);
}

// For who waits at a terminal: a line that is written over, and wiped at the end.
#define PROGRESS_MS 200
struct progress {
	bool shown, on; // on: somebody looks
	int64_t next;
};

static void show_progress(void *context, uint64_t done, uint64_t all)
{
	struct progress *progress = context;
	int64_t now = progress->on ? clock_monotonic_ms() : 0;
	if (!progress->on || (done < all && now < progress->next))
		return;
	progress->next = now + PROGRESS_MS;
	progress->shown = true;
	fprintf(stderr, "\r%llu of %llu entries, %llu %%", (unsigned long long)done,
		(unsigned long long)all, (unsigned long long)(all ? 100 * done / all : 100));
	fflush(stderr);
}

static void end_progress(const struct progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
}

static volatile sig_atomic_t stopping;

static void on_stop(int number)
{
	(void)number;
	stopping = 1;
}

// The first of these keeps how far it is; another ends the program as ever. They may have been
// blocked, or have come, before it began.
static void watch_signals(void)
{
	struct sigaction stop = {.sa_handler = on_stop, .sa_flags = (int)SA_RESETHAND};
	sigset_t both;
	sigemptyset(&stop.sa_mask);
	sigemptyset(&both);
	sigaddset(&both, SIGTERM);
	sigaddset(&both, SIGINT);
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGINT, &stop, NULL);
	sigprocmask(SIG_UNBLOCK, &both, NULL);
}

static int stopped(struct desk *desk, const struct verify_outcome *outcome)
{
	struct problem problem = {0};
	problem_set_file(&problem, desk->values[DESK_STATE]);
	problem_set(&problem, reason_code(REASON_STOPPING),
		    "give the same command again: it goes on from there",
		    "stopped after %llu of %llu entries, and nothing is said of the log yet",
		    (unsigned long long)(outcome->from + outcome->read),
		    (unsigned long long)outcome->size);
	return desk_fail(desk, &problem, DESK_AGAIN);
}

static int tell(struct desk *desk, const struct verify_outcome *outcome)
{
	if (outcome->oefening)
		desk_oefening(desk);
	if (desk->json && outcome->intact)
		print_intact(desk, outcome);
	else if (desk->json)
		print_damage(desk, outcome);
	else if (outcome->intact)
		say_intact(desk, outcome);
	else
		say_damage(desk, outcome);
	return outcome->intact ? DESK_DONE : DESK_NO;
}

static int verify_with(struct desk *desk, struct verify_options *options, struct online *online)
{
	struct progress progress = {.on = isatty(STDERR_FILENO) == 1};
	struct verify_outcome outcome = {0};
	options->progress = show_progress;
	options->progress_context = &progress;
	if (options->state_file)
		watch_signals();
	enum result result = verify_log(options, &outcome);
	end_progress(&progress);
	if (result == RESULT_AGAIN)
		return stopped(desk, &outcome);
	if (result == RESULT_CLOSED)
		return online_failed(online);
	return result == RESULT_OK ? tell(desk, &outcome) : cannot_look(desk, result);
}

int audit_verify(struct desk *desk)
{
	bool is_online = desk->values[DESK_ONLINE] != NULL;
	struct verify_options options = {
		.folder = desk->arguments[0],
		.vkey_file = desk->values[DESK_VKEY],
		.last_file = desk->values[DESK_LAST],
		.genesis_file = desk->values[DESK_GENESIS],
		.state_file = desk->values[DESK_STATE],
		.policy_file = desk->values[DESK_POLICY],
		.whole = desk->values[DESK_WHOLE] != NULL,
		.stop = &stopping,
	};
	struct online *online = NULL;
	if (is_online == (desk->argument_count > 0))
		return desk_misused(desk, is_online ? "--online takes no folder"
						    : "verify needs DIR, or --online");
	int code = is_online ? online_open(desk, &options, &online) : DESK_DONE;
	if (code == DESK_DONE)
		code = verify_with(desk, &options, online);
	online_close(online);
	return code;
}
