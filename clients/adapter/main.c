// SPDX-License-Identifier: EUPL-1.2
// knooppunt-adapter: files of a partner's system to the knooppunt. One instance of the engine, as
// its settings say; it goes round until SIGTERM, or once.
#include "adapter/outlet.h"

#include "base/log.h"
#include "base/standard.h"
#include "door/program.h"
#include "json/problem_json.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STANDARD_FILE KNP_CONF_DIR "/adapter.yaml"
#define ROUND_MS 2000
#define ROUND_MAX_MS 60000
#define SHOWN_MAX (20 * 1024 * 1024)

enum task { TASK_RUN, TASK_ONCE, TASK_CHECK, TASK_STATUS, TASK_DRY_RUN, TASK_SHOW, TASK_DONE };

struct options {
	struct program program;
	const char *file, *argument;
	enum task task;
};

static const char help[] =
	"usage: knooppunt-adapter [-c FILE] [--json] [TASK]\n"
	"\n"
	"Sends what a partner's system puts into a folder as files. Without a task it goes on "
	"until it "
	"is ended.\n"
	"\n"
	"  -c FILE          settings, instead of " STANDARD_FILE "\n"
	"  --once           one round, for a timer; 1: somebody should look, 3: something waits\n"
	"  --check          checks settings, keys and folders, and says what is wrong\n"
	"  --dry-run FILE   shows what would be sent of this file; 1: something is wrong in it\n"
	"  --status         what lies where; 1: somebody should look\n"
	"  --show NUMBER    what lies in quarantine of that file, as it came\n"
	"  --done NUMBER    a person dealt with it: it is removed from the quarantine\n"
	"  --json           one JSON object a line on standard output\n"
	"  --help           this text\n"
	"  --version        the version\n";

// ---- the command line --------------------------------------------------------------------------

struct task_name {
	const char *name;
	enum task task;
	bool argument;
};
static const struct task_name tasks[] = {
	{"--once", TASK_ONCE, false},     {"--check", TASK_CHECK, false},
	{"--status", TASK_STATUS, false}, {"--dry-run", TASK_DRY_RUN, true},
	{"--show", TASK_SHOW, true},      {"--done", TASK_DONE, true}};

static bool read_task(struct options *options, int argc, char **argv, int *i)
{
	for (size_t n = 0; n < sizeof tasks / sizeof tasks[0]; n++) {
		if (strcmp(argv[*i], tasks[n].name) != 0)
			continue;
		if (options->task != TASK_RUN || (tasks[n].argument && *i + 1 == argc))
			return false;
		options->task = tasks[n].task;
		if (tasks[n].argument)
			options->argument = argv[++*i];
		return true;
	}
	return false;
}

// -1: go on, else the exit code.
static int read_options(int argc, char **argv, struct options *options)
{
	program_find_json(&options->program, argc, argv);
	for (int i = 1; i < argc; i++) {
		int said = program_introduce(&options->program, argv[i]);
		if (said >= 0)
			return said;
		if (strcmp(argv[i], "-c") == 0 && i + 1 < argc)
			options->file = argv[++i];
		else if (strcmp(argv[i], "--json") != 0 && !read_task(options, argc, argv, &i))
			return program_misused(&options->program);
	}
	return -1;
}

// ---- tasks that look ---------------------------------------------------------------------------

static bool check_folder(const char *path, const char *field, struct problem *problem)
{
	if (!path[0] || access(path, R_OK | W_OK | X_OK) == 0)
		return true;
	problem_set(problem, reason_code(REASON_FILE_MISSING),
		    "Make it, for the user of this program; what files are put in lies on the file "
		    "system of the spool.",
		    "a folder of the settings cannot be used");
	problem_set_file(problem, path);
	problem_set_field(problem, "%s", field);
	return false;
}

static int check(const struct options *options, struct adapter_settings *settings)
{
	struct problem problem = {.code = NULL};
	struct adapter adapter;
	enum result result = RESULT_OK;
	if (!check_folder(settings->in, "in", &problem) ||
	    !check_folder(settings->outlet.folder, "uit.map", &problem))
		return program_fail(&options->program, RESULT_CONFIG, &problem);
	// One that runs has the spool; then keys and spool are fine.
	result = adapter_open(settings, &adapter, &problem);
	if (result == RESULT_OK) {
		result = outlet_check(&adapter, &problem);
		adapter_close(&adapter);
	}
	return result == RESULT_OK || result == RESULT_AGAIN
		       ? program_fine(&options->program)
		       : program_fail(&options->program, result, &problem);
}

struct counted {
	const char *name;
	struct store_counts counts;
};

static void count(void *context, const char *name, const struct store_counts *counts)
{
	struct counted *counted = context;
	if (strcmp(counted->name, name) == 0)
		counted->counts = *counts;
}

static void write_gaps(struct json_out *out, const struct store_state *state)
{
	json_out_key(out, "gaps");
	json_out_array_begin(out);
	for (size_t i = 0; i < state->gap_count; i++) {
		json_out_object_begin(out);
		json_out_add_number(out, "from", state->gaps[i].from);
		json_out_add_number(out, "to", state->gaps[i].to);
		json_out_object_end(out);
	}
	json_out_array_end(out);
}

static bool add_alarm(struct json_out *out, bool on, const char *name)
{
	if (on)
		json_out_text(out, bytes_of_text(name));
	return on;
}

// The system does not take what lies there for it.
static bool is_untaken(const struct outlet_settings *outlet, const struct outlet_untaken *untaken)
{
	int64_t limit = (int64_t)outlet->untaken_h * MS_PER_HOUR;
	return limit > 0 && untaken->count > 0 && clock_wall_ms() - untaken->oldest_ms > limit;
}

// Beside one that runs: it reads and takes no lock.
static int status(const struct options *options, struct adapter_settings *settings)
{
	struct problem problem = {.code = NULL};
	struct adapter adapter = {.settings = settings};
	struct counted counted = {.name = settings->name};
	struct outlet_untaken untaken = {.count = 0};
	struct json_out out;
	struct buffer line;
	enum result result = store_open(settings, &adapter.store, &problem);
	if (result == RESULT_OK)
		result = store_count(settings->client.spool, count, &counted);
	if (result == RESULT_OK && settings->outlet.folder[0])
		result = outlet_look(settings->outlet.folder, &untaken, &problem);
	if (result != RESULT_OK)
		return program_fail(&options->program, result, &problem);
	const struct store_state *state = &adapter.store.state;
	json_line_begin(&out, &line);
	json_out_add_text(&out, "naam", settings->name);
	json_out_add_number(&out, "in", counted.counts.in);
	json_out_add_number(&out, "taken", counted.counts.taken);
	json_out_add_number(&out, "quarantine", counted.counts.quarantine);
	if (settings->outlet.folder[0])
		json_out_add_number(&out, "uit", untaken.count);
	json_out_add_number(&out, "volgnummer", state->highest);
	write_gaps(&out, state);
	json_out_key(&out, "alarms");
	json_out_array_begin(&out);
	bool alarm = add_alarm(&out, counted.counts.quarantine > 0, "quarantine");
	alarm |= add_alarm(&out, state->gap_count > 0, "gaps");
	alarm |= add_alarm(&out, adapter_is_unexpected(&adapter), "volume");
	alarm |= add_alarm(&out, adapter_is_quiet(&adapter, clock_wall_ms()), "quiet");
	alarm |= add_alarm(&out, is_untaken(&settings->outlet, &untaken), "untaken");
	alarm |= add_alarm(&out, counted.counts.attendering[0] != '\0', "attendering");
	json_out_array_end(&out);
	return !json_line_end(&out, &line) ? PROGRAM_BROKEN : alarm;
}

static int dry_run(const struct options *options, struct adapter *adapter)
{
	struct problem problem = {.code = NULL};
	uint64_t bad = 0;
	enum result result = intake_show(adapter, options->argument, &bad, &problem);
	if (result != RESULT_OK)
		return program_fail(&options->program, result, &problem);
	return bad > 0;
}

static bool read_number(const struct options *options, uint64_t *ret_number)
{
	char *end;
	*ret_number = strtoull(options->argument, &end, 10);
	return end != options->argument && !*end;
}

static int show(const struct options *options, struct adapter *adapter)
{
	char path[STORE_PATH_MAX];
	uint64_t number;
	struct buffer part;
	enum result result = RESULT_OK;
	unsigned n = 0;
	if (!read_number(options, &number))
		return program_misused(&options->program);
	buffer_init(&part, SHOWN_MAX);
	for (; result == RESULT_OK; n++) {
		const struct kept kept = {
			.path = path, .number = number, .scope = adapter->settings->name};
		store_quarantine_path(&adapter->store, number, n, path);
		result = client_kept(adapter->client, &kept, &part);
		if (result == RESULT_OK && fwrite(part.data, 1, part.len, stdout) != part.len)
			result = RESULT_IO;
	}
	buffer_wipe(&part);
	if (result == RESULT_NOT_FOUND && n > 1)
		return fflush(stdout) == 0 ? 0 : PROGRAM_BROKEN;
	return program_fail(&options->program, result, client_problem(adapter->client));
}

// Beside one that runs: that one only adds to the quarantine.
static int done_with(const struct options *options, struct adapter_settings *settings)
{
	struct problem problem = {.code = NULL};
	struct store store;
	uint64_t number;
	if (!read_number(options, &number))
		return program_misused(&options->program);
	enum result result = store_open(settings, &store, &problem);
	if (result == RESULT_OK) {
		result = store_quarantine_done(&store, number);
		problem_set(&problem, reason_code(REASON_NOT_FOUND),
			    "Give the number that the names of the quarantine begin with.",
			    "nothing of this file lies in quarantine, or it cannot be removed: %s",
			    result_name(result));
		problem_set_file(&problem, store.root);
	}
	return result == RESULT_OK ? program_fine(&options->program)
				   : program_fail(&options->program, result, &problem);
}

// ---- running -----------------------------------------------------------------------------------

static int once(const struct options *options, struct adapter *adapter)
{
	struct adapter_report report;
	enum result result = adapter_round(adapter, &report);
	log_settle();
	if (result != RESULT_OK)
		return program_fail(&options->program, result, &adapter->kept);
	return report.waiting > 0 ? PROGRAM_AGAIN : report.bad > 0 ? PROGRAM_NO : PROGRAM_DONE;
}

static int run(const struct options *options, struct adapter *adapter)
{
	struct pollfd fd = {.fd = program_open_signals(), .events = POLLIN};
	int pause = ROUND_MS, code = PROGRAM_DONE;
	if (fd.fd < 0 || puts("event=ready") == EOF || fflush(stdout) != 0)
		return PROGRAM_BROKEN;
	for (;;) {
		struct adapter_report report;
		enum result result = adapter_round(adapter, &report);
		log_settle();
		if (result != RESULT_OK && result != RESULT_FULL && result != RESULT_AGAIN) {
			code = program_give_up(&options->program, result, &adapter->kept);
			break;
		}
		pause = result == RESULT_OK && !adapter->kept.code ? ROUND_MS
			: 2 * pause < ROUND_MAX_MS                 ? 2 * pause
								   : ROUND_MAX_MS;
		int ready = poll(&fd, 1, pause);
		if (ready < 0 && errno != EINTR)
			code = PROGRAM_BROKEN;
		if (ready > 0 || code != PROGRAM_DONE)
			break;
	}
	close(fd.fd);
	return code;
}

static int with_adapter(const struct options *options, struct adapter_settings *settings)
{
	struct problem problem = {.code = NULL};
	struct adapter adapter;
	log_open("adapter", LOG_LEVEL_NOTICE);
	enum result result = adapter_open(settings, &adapter, &problem);
	int code = PROGRAM_BROKEN;
	if (result != RESULT_OK && options->task == TASK_RUN)
		code = program_give_up(&options->program, result, &problem);
	else if (result != RESULT_OK)
		code = program_fail(&options->program, result, &problem);
	else if (options->task == TASK_DRY_RUN)
		code = dry_run(options, &adapter);
	else if (options->task == TASK_SHOW)
		code = show(options, &adapter);
	else if (options->task == TASK_ONCE)
		code = once(options, &adapter);
	else
		code = run(options, &adapter);
	if (result == RESULT_OK)
		adapter_close(&adapter);
	log_close();
	return code;
}

int main(int argc, char **argv)
{
	struct options options = {.program = {.name = "knooppunt-adapter", .help = help},
				  .file = STANDARD_FILE};
	struct adapter_settings settings;
	struct problem problem = {.code = NULL};
	if (standard_hold() != RESULT_OK)
		return result_exit_code(RESULT_IO); // and there is nowhere to say so
	int code = read_options(argc, argv, &options);
	if (code >= 0)
		return code;
	enum result result = adapter_settings_read(options.file, &settings, &problem);
	if (result != RESULT_OK)
		return program_fail(&options.program, result, &problem);
	if (options.task == TASK_CHECK)
		code = check(&options, &settings);
	else if (options.task == TASK_STATUS)
		code = status(&options, &settings);
	else if (options.task == TASK_DONE)
		code = done_with(&options, &settings);
	else
		code = with_adapter(&options, &settings);
	adapter_settings_done(&settings);
	return code;
}
