// SPDX-License-Identifier: EUPL-1.2
// knooppunt-witness: cosigns what logs say, and brings the cosignatures of others into an export.
#include "witness/feed.h"
#include "witness/serve.h"

#include "base/file.h"
#include "base/json_out.h"
#include "base/standard.h"
#include "crypto/secret.h"
#include "door/program.h"
#include "json/problem_json.h"

#include <stdio.h>
#include <string.h>

#define STANDARD_FILE KNP_CONF_DIR "/witness.yaml"
#define WORDS_MAX 3

struct call {
	struct program program;
	const char *file;
	bool check;
	const char *words[WORDS_MAX];
	size_t count;
};

static const char help[] =
	"usage: knooppunt-witness [-c FILE] [--check] [--json]\n"
	"       knooppunt-witness [-c FILE] init NAME\n"
	"       knooppunt-witness feed DIR POLICY [--json]\n"
	"\n"
	"Cosigns the checkpoints of logs, each only if it extends the one before, and answers "
	"over\n"
	"HTTP until it is ended. init makes its folder and key, and prints the verifier key for\n"
	"policies. feed brings the checkpoint of an export to the witnesses of a policy, and "
	"their\n"
	"cosignatures into it; exits 1 if one of them contradicts this log, 3 if the quorum is "
	"not\n"
	"met otherwise.\n"
	"\n"
	"  -c FILE     settings, instead of " STANDARD_FILE "\n"
	"  --check     checks settings, key and policy, and says what is wrong\n"
	"  --json      one JSON object a line on standard output\n"
	"  --help      this text\n"
	"  --version   the version\n";

// -1: go on, else the exit code.
static int read_call(int argc, char **argv, struct call *call)
{
	program_find_json(&call->program, argc, argv);
	for (int i = 1; i < argc; i++) {
		int said = program_introduce(&call->program, argv[i]);
		if (said >= 0)
			return said;
		if (strcmp(argv[i], "-c") == 0 && i + 1 < argc)
			call->file = argv[++i];
		else if (strcmp(argv[i], "--check") == 0)
			call->check = true;
		else if (argv[i][0] != '-' && call->count < WORDS_MAX)
			call->words[call->count++] = argv[i];
		else if (strcmp(argv[i], "--json") != 0)
			return program_misused(&call->program);
	}
	return -1;
}

static int run_init(const struct call *call, const struct witness_settings *settings)
{
	struct problem problem = {.code = NULL};
	struct buffer line;
	char path[READING_PATH_MAX + 20];
	const struct unlock unlock = {.key_file = settings->unlock_file};
	enum result result = unlock_file_create(settings->unlock_file);
	if (result == RESULT_EXISTS)
		result = RESULT_OK;
	if (result == RESULT_OK)
		result = witness_create(settings->folder, call->words[1], &unlock);
	if (result != RESULT_OK) {
		problem_set_file(&problem, settings->folder);
		problem_set(&problem,
			    reason_code(result == RESULT_EXISTS      ? REASON_EXISTS
					: result == RESULT_MALFORMED ? REASON_BAD_VALUE
								     : REASON_IO),
			    "name a folder without a witness, and a name without spaces or +",
			    "the witness cannot be made: %s", result_name(result));
		return program_fail(&call->program, result, &problem);
	}
	snprintf(path, sizeof path, "%s/witness.vkey", settings->folder);
	buffer_init(&line, VKEY_MAX + 1);
	result = file_read(path, VKEY_MAX, &line);
	if (result == RESULT_OK)
		printf("%.*s", (int)line.len, (const char *)line.data);
	buffer_done(&line);
	return result == RESULT_OK && fflush(stdout) == 0 ? PROGRAM_DONE : PROGRAM_BROKEN;
}

static int run_serve(const struct call *call, const struct witness_settings *settings)
{
	struct problem problem = {.code = NULL};
	struct witness *witness = NULL;
	const struct unlock unlock = {.key_file = settings->unlock_file};
	enum result result = witness_open(settings->folder, &unlock, &witness, &problem);
	if (result == RESULT_OK && call->check) {
		witness_close(witness);
		return program_fine(&call->program);
	}
	if (result == RESULT_OK)
		result = witness_serve(settings, witness, &problem);
	witness_close(witness);
	return result == RESULT_OK ? PROGRAM_DONE
				   : program_give_up(&call->program, result, &problem);
}

// ---- feed --------------------------------------------------------------------------------------

static void say_feed(const struct feed_outcome *outcome)
{
	if (outcome->contradicts[0])
		fprintf(stderr, "CONTRADICTED: %s.\n", outcome->contradicts);
	if (outcome->silent[0])
		fprintf(stderr, "Not cosigned by %s.\n", outcome->silent);
	fprintf(stderr, "%u of %u witnesses that were asked cosigned it; the quorum is %s.\n",
		outcome->signed_by, outcome->asked, outcome->is_met ? "met" : "not met");
}

static bool print_feed(const struct feed_outcome *outcome)
{
	struct json_out out;
	struct buffer line;
	json_line_begin(&out, &line);
	json_out_add_number(&out, "asked", outcome->asked);
	json_out_add_number(&out, "cosigned", outcome->signed_by);
	json_out_add_bool(&out, "quorum", outcome->is_met);
	if (outcome->contradicts[0])
		json_out_add_text(&out, "contradicts", outcome->contradicts);
	if (outcome->silent[0])
		json_out_add_text(&out, "silent", outcome->silent);
	return json_line_end(&out, &line);
}

static int run_feed(const struct call *call)
{
	struct problem problem = {.code = NULL};
	struct feed_outcome outcome;
	enum result result = witness_feed(call->words[1], call->words[2], &outcome, &problem);
	if (result != RESULT_OK)
		return program_fail(&call->program, result, &problem);
	if (!call->program.json)
		say_feed(&outcome);
	else if (!print_feed(&outcome))
		return PROGRAM_BROKEN;
	if (outcome.contradicts[0])
		return PROGRAM_NO;
	return outcome.is_met ? PROGRAM_DONE : PROGRAM_AGAIN;
}

static bool is_word(const struct call *call, const char *word, size_t count)
{
	return call->count == count && strcmp(call->words[0], word) == 0;
}

int main(int argc, char **argv)
{
	struct call call = {.program = {.name = "knooppunt-witness", .help = help},
			    .file = STANDARD_FILE};
	struct problem problem = {.code = NULL};
	struct witness_settings settings;
	int code = read_call(argc, argv, &call);
	if (code >= 0)
		return code;
	bool init = is_word(&call, "init", 2);
	if (crypto_start() != RESULT_OK)
		return PROGRAM_BROKEN;
	if (is_word(&call, "feed", 3))
		return run_feed(&call);
	if (call.count > 0 && !init)
		return program_misused(&call.program);
	enum result result = witness_settings_read(call.file, &settings, &problem);
	if (result != RESULT_OK)
		return program_fail(&call.program, result, &problem);
	return init ? run_init(&call, &settings) : run_serve(&call, &settings);
}
