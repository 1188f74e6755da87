// SPDX-License-Identifier: EUPL-1.2
// knooppuntd rebuild [--compare]: state is a replay (P7). --compare builds it beside the one in use
// and compares table by table; without it the new one takes its place. Runs without the daemon.
#include "core/core.h"

#include "base/file.h"
#include "base/json_out.h"
#include "crypto/secret.h"
#include "flow/type.h"
#include "parent/confine.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define REBUILD_FOLDER "state-rebuild"
#define LINE_MAX_BYTES 16384

struct comparison {
	struct state_digest old[STATE_TABLES], new[STATE_TABLES];
	bool equal;
};

static enum result digests(struct state *state, struct state_digest out[STATE_TABLES])
{
	enum result r = RESULT_OK;
	for (unsigned t = 0; !r && t < STATE_TABLES; t++)
		r = state_digest(state, (enum state_table)t, &out[t]);
	return r;
}

// Opens a fresh state in `folder` and applies the whole journal to it.
static enum result replay(struct core *core, const char *folder, struct state **ret_state)
{
	struct state *kept = core->state, *fresh = NULL;
	enum result r = folder_ensure(folder);
	if (!r)
		r = core_discard_state(folder);
	if (!r)
		r = state_open(folder, (size_t)core->settings->map_state_mib << 20, core->keystore,
			       type_effect, &fresh);
	if (r)
		return r;
	core->state = fresh;
	r = flow_catch_up(core);
	core->state = kept;
	if (!r)
		r = state_flush(fresh);
	if (r) {
		state_close(fresh);
		return r;
	}
	*ret_state = fresh;
	return RESULT_OK;
}

static void write_comparison(struct json_out *out, const struct comparison *c)
{
	char hash[65];
	json_out_add_bool(out, "equal", c->equal);
	json_out_key(out, "tables");
	json_out_array_begin(out);
	for (unsigned t = 0; t < STATE_TABLES; t++) {
		hex_encode(hash, bytes_of_hash(&c->new[t].hash));
		json_out_object_begin(out);
		json_out_add_text(out, "name", state_table_name((enum state_table)t));
		json_out_add_number(out, "rows", c->new[t].rows);
		json_out_add_text(out, "hash", hash);
		json_out_object_end(out);
	}
	json_out_array_end(out);
	json_out_key(out, "differs");
	json_out_array_begin(out);
	for (unsigned t = 0; t < STATE_TABLES; t++)
		if (!hash_equal(&c->old[t].hash, &c->new[t].hash))
			json_out_text(out, bytes_of_text(state_table_name((enum state_table)t)));
	json_out_array_end(out);
}

static void print_comparison(const struct comparison *c)
{
	struct buffer line;
	struct json_out out;
	buffer_init(&line, LINE_MAX_BYTES);
	json_out_init(&out, &line);
	json_out_object_begin(&out);
	write_comparison(&out, c);
	json_out_object_end(&out);
	printf("%.*s\n", (int)line.len, (const char *)line.data);
	buffer_done(&line);
}

static enum result compare(struct core *core, struct comparison *c)
{
	char folder[300];
	struct state *fresh = NULL;
	snprintf(folder, sizeof folder, "%s/" REBUILD_FOLDER, core->settings->data);
	enum result r = replay(core, folder, &fresh);
	if (!r)
		r = digests(core->state, c->old);
	if (!r)
		r = digests(fresh, c->new);
	state_close(fresh);
	if (core_discard_state(folder) || rmdir(folder))
		fprintf(stderr, "knooppuntd: %s could not be removed; remove it by hand\n", folder);
	c->equal = true;
	for (unsigned t = 0; t < STATE_TABLES; t++)
		c->equal &= hash_equal(&c->old[t].hash, &c->new[t].hash);
	return r;
}

// Without --compare: state is thrown away; opening core builds it anew.
static enum result renew(const struct settings *settings, struct core *core, struct comparison *c,
			 struct problem *problem)
{
	struct core_paths paths;
	core_paths(settings, &paths);
	enum result r = core_discard_state(paths.state);
	if (!r)
		r = core_open(core, settings, problem);
	if (!r)
		r = digests(core->state, c->new);
	memcpy(c->old, c->new, sizeof c->old);
	c->equal = true;
	return r;
}

// The daemon holds this lock while it runs (daemon/parent): nobody else may open the databases.
static enum result lock_data(const struct settings *settings, struct problem *problem)
{
	int fd = open(settings->data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		return RESULT_OK; // held until the process ends
	enum reason reason = fd >= 0 ? REASON_IN_USE : REASON_FILE_MISSING;
	problem_set_file(problem, settings->data);
	problem_set(problem, reason_code(reason), reason_fix(reason),
		    "the data folder cannot be locked");
	return RESULT_CONFIG;
}

// As core is when it runs: what is made here is to be its.
static enum result become_core(struct core *core, const struct settings *settings,
			       struct problem *problem)
{
	struct confinement confinement;
	enum result r = confine_start();
	if (!r)
		r = core_open_keys(core, settings, problem);
	if (!r)
		r = confine_enter(ROLE_CORE, settings, &confinement);
	if (r == RESULT_CONFIG && !problem->code) {
		problem_set_file(problem, settings->data);
		problem_set(problem, reason_code(REASON_SANDBOX), reason_fix(REASON_SANDBOX),
			    "the log line above says what is lacking");
	}
	return r;
}

int rebuild_main(const char *settings_file, int argc, char **argv)
{
	static const char usage[] = "usage: knooppuntd [-c FILE] rebuild [--compare]\n"
				    "  Makes the state again from the log, while no daemon runs.\n"
				    "  --compare  beside the one in use, and says which tables "
				    "differ; exits 1 if any\n";
	bool comparing = argc == 2 && strcmp(argv[1], "--compare") == 0;
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		fputs(usage, stdout);
		return 0;
	}
	if (argc > 2 || (argc == 2 && !comparing)) {
		fprintf(stderr, "knooppuntd: rebuild does not know \"%s\"\n%s",
			argv[comparing ? 2 : 1], usage);
		return 2;
	}
	struct settings settings;
	struct problem problem = {.code = NULL};
	struct core *core = calloc(1, sizeof *core);
	struct comparison *c = calloc(1, sizeof *c);
	enum result r = core && c ? RESULT_OK : RESULT_NO_MEMORY;
	if (!r)
		r = settings_read(settings_file ? settings_file : SETTINGS_STANDARD_FILE, &settings,
				  &problem);
	if (!r)
		r = confine_check(&settings, &problem);
	if (!r)
		r = crypto_start();
	if (!r)
		r = lock_data(&settings, &problem);
	if (!r)
		r = become_core(core, &settings, &problem);
	if (!r && comparing) {
		r = core_open(core, &settings, &problem);
		if (!r)
			r = compare(core, c);
	} else if (!r) {
		r = renew(&settings, core, c, &problem);
	}
	if (!r)
		print_comparison(c);
	else if (problem.code)
		fprintf(stderr, "knooppuntd: %s: %s: %s. %s\n", problem.file, problem.code,
			problem.message, problem.fix);
	else
		fprintf(stderr, "knooppuntd: rebuild failed: %s\n", result_name(r));
	int exit_code = r ? result_exit_code(r) : c->equal ? 0 : 1;
	if (core && core->settings)
		core_close(core);
	free(core);
	free(c);
	return exit_code;
}
