// SPDX-License-Identifier: EUPL-1.2
#include "check.h"

#include "base/json_out.h"
#include "codes/codes.h"
#include "core/core.h"
#include "crypto/secret.h"
#include "keys/keys.h"
#include "melding/reason.h"
#include "parent/confine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINE_MAX_BYTES 16384

static enum result check_key(const struct settings *settings, const char *name, enum key_kind kind,
			     struct problem *problem)
{
	const struct unlock unlock = {.key_file = settings->unlock_file};
	struct private_key key;
	enum result result = keyfile_open(&(const struct keyfile){settings->keys, name, kind},
					  &unlock, &key, problem);
	if (result == RESULT_OK)
		private_key_done(&key);
	return result;
}

// While they are exchanged (`rotate receive --finish`) there may be the next one only.
static enum result check_receive(const struct settings *settings, struct problem *problem)
{
	struct problem other = {.code = NULL};
	enum result result = check_key(settings, "receive", KEY_KIND_SEALING, problem);
	if (result == RESULT_NOT_FOUND &&
	    check_key(settings, "receive-next", KEY_KIND_SEALING, &other) == RESULT_OK) {
		*problem = (struct problem){.code = NULL};
		result = RESULT_OK;
	}
	return result;
}

// Each transport key that is there needs an endpoint of its own, and one must be there.
static enum result check_doors(const struct settings *settings, struct problem *problem)
{
	bool held[DOORS_MAX], any = false;
	for (unsigned n = 0; n < DOORS_MAX; n++) {
		struct problem other = {.code = NULL};
		enum result result =
			check_key(settings, door_key_name(n), KEY_KIND_TRANSPORT, &other);
		held[n] = result == RESULT_OK;
		any |= held[n];
		if (result != RESULT_OK && (result != RESULT_NOT_FOUND || !problem->code))
			*problem = other;
		if (result != RESULT_OK && result != RESULT_NOT_FOUND)
			return result;
	}
	if (!any)
		return RESULT_NOT_FOUND;
	*problem = (struct problem){.code = NULL};
	if (held[1] && !settings->endpoint_2[0]) {
		problem_set_field(problem, "endpoint_2");
		problem_set(problem, reason_code(REASON_MISSING_KEYWORD),
			    "Add endpoint_2, with the address that partners reach this key at.",
			    "There is a transport key %s.key, and no endpoint for it.",
			    door_key_name(1));
		return RESULT_CONFIG;
	}
	return RESULT_OK;
}

enum result check_all(const char *settings_file, struct settings *ret_settings,
		      struct problem *problem)
{
	struct settings settings;
	enum result result = settings_read(settings_file, &settings, problem);
	if (result == RESULT_OK)
		result = confine_check(&settings, problem);
	if (result == RESULT_OK)
		result = crypto_start();
	if (result == RESULT_OK)
		result = core_check(&settings, problem);
	if (result == RESULT_OK)
		result = check_receive(&settings, problem);
	if (result == RESULT_OK)
		result = check_doors(&settings, problem);
	if (result == RESULT_OK)
		*ret_settings = settings;
	return result;
}

static void tell(const struct problem *problem, enum result result)
{
	fprintf(stderr, "knooppuntd: %s", problem->file[0] ? problem->file : "settings");
	if (problem->line)
		fprintf(stderr, ":%u", problem->line);
	fprintf(stderr, ": %s\n", problem->message[0] ? problem->message : result_name(result));
	if (problem->field[0])
		fprintf(stderr, "  at: %s\n", problem->field);
	if (problem->fix[0])
		fprintf(stderr, "  fix: %s\n", problem->fix);
}

// ---- in a child ----------------------------------------------------------------------------

static int child(const char *settings_file, int out)
{
	struct settings settings;
	struct problem problem = {0};
	enum result result = check_all(settings_file, &settings, &problem);
	if (result != RESULT_OK) {
		tell(&problem, result);
		return EXIT_FAILURE;
	}
	return write(out, &settings, sizeof settings) == (ssize_t)sizeof settings ? EXIT_SUCCESS
										  : EXIT_FAILURE;
}

static bool read_whole(int fd, void *out, size_t len)
{
	size_t got = 0;
	while (got < len) {
		ssize_t n = read(fd, (uint8_t *)out + got, len - got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		got += (size_t)n;
	}
	return true;
}

enum result check_in_child(const char *settings_file, struct settings *ret_settings)
{
	int ends[2];
	if (pipe(ends) != 0)
		return RESULT_IO;
	pid_t pid = fork();
	if (pid == 0)
		_exit(child(settings_file, ends[1]));
	close(ends[1]);
	struct settings settings;
	int status = 0;
	bool whole = pid > 0 && read_whole(ends[0], &settings, sizeof settings);
	close(ends[0]);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return RESULT_IO;
	if (!whole || !WIFEXITED(status) || WEXITSTATUS(status) != EXIT_SUCCESS)
		return RESULT_CONFIG;
	*ret_settings = settings;
	return RESULT_OK;
}

// ---- for people and programs ---------------------------------------------------------------

// The rows of the code tables that nobody confirmed: a note, no error.
static void add_voorlopig(struct json_out *out, const struct codes *codes)
{
	json_out_key(out, "voorlopig");
	json_out_array_begin(out);
	for (size_t n = 0; codes && n < codes_count(codes); n++) {
		struct codes_row row = codes_at(codes, n);
		if (row.bevestigd)
			continue;
		json_out_object_begin(out);
		json_out_add_text(out, "tabel", row.tabel);
		json_out_add_text(out, "code", row.code);
		json_out_add_number(out, "line", row.line);
		json_out_object_end(out);
	}
	json_out_array_end(out);
}

static void tell_voorlopig(const struct codes *codes)
{
	const char *tabel = "";
	size_t count = 0;
	for (size_t n = 0; codes && n < codes_count(codes); n++)
		count += !codes_at(codes, n).bevestigd;
	if (count == 0)
		return;
	fprintf(stderr, "knooppuntd: voorlopig, %zu of %zu codes are not confirmed:", count,
		codes_count(codes));
	for (size_t n = 0; n < codes_count(codes); n++) {
		struct codes_row row = codes_at(codes, n);
		if (row.bevestigd)
			continue;
		bool same = strcmp(tabel, row.tabel) == 0;
		fprintf(stderr, "%s%s%s %s", same ? "" : "\n  ", same ? "" : row.tabel,
			same ? "" : ":", row.code);
		tabel = row.tabel;
	}
	fprintf(stderr, "\n");
}

static void print_json(struct problem *problem, enum result result, const struct codes *codes)
{
	struct buffer line;
	struct json_out out;
	if (!problem->code)
		problem->code = reason_code(REASON_IO);
	if (!problem->message[0])
		snprintf(problem->message, sizeof problem->message, "%s", result_name(result));
	buffer_init(&line, LINE_MAX_BYTES);
	json_out_init(&out, &line);
	json_out_object_begin(&out);
	json_out_add_bool(&out, "ok", result == RESULT_OK);
	json_out_key(&out, "errors");
	json_out_array_begin(&out);
	if (result != RESULT_OK)
		json_out_problem(&out, problem);
	json_out_array_end(&out);
	add_voorlopig(&out, codes);
	json_out_object_end(&out);
	printf("%.*s\n", (int)line.len, (const char *)line.data);
	buffer_done(&line);
}

int check_main(const char *settings_file, bool json)
{
	struct settings settings;
	struct problem problem = {0};
	struct codes *codes = NULL;
	enum result result = check_all(settings_file, &settings, &problem);
	// They were read and found whole by core_check(); this is for what they say.
	struct problem unheard = {0};
	if (result == RESULT_OK && codes_read(settings.codes, &codes, &unheard) != RESULT_OK)
		codes = NULL;
	if (json)
		print_json(&problem, result, codes);
	if (result == RESULT_OK) {
		tell_voorlopig(codes);
		codes_free(codes);
		fprintf(stderr, "knooppuntd: %s can be used\n", settings_file);
		return EXIT_SUCCESS;
	}
	tell(&problem, result);
	// Whatever is wrong with what the beheerder provides is one kind of failure to a caller.
	return result_exit_code(RESULT_CONFIG);
}
