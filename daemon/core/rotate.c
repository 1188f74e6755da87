// SPDX-License-Identifier: EUPL-1.2
// `knooppuntd rotate receive|send|log`: the next key of a kind, beside a daemon that runs. It makes
// the key and the text that two roles sign; once the register has it openers open with it, or core
// signs with it too, and once the register ended the old one `--finish` destroys that.
#include "core/core.h"

#include "base/file.h"
#include "control/control.h"
#include "crypto/secret.h"
#include "register/huissleutel.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ANSWER_MAX (1024 * 1024)
#define GENESIS_MAX (1024 * 1024)
#define GENESIS_ARENA (8 * 1024 * 1024)
#define EXIT_USAGE 2

static const char usage[] =
	"usage: knooppuntd [-c FILE] rotate receive|send|log\n"
	"       knooppuntd [-c FILE] rotate receive|send|log --finish\n"
	"Makes the next key of the knooppunt that envelopes are sealed for (receive), answers are\n"
	"sealed with (send) or checkpoints are signed with (log), and the text that two roles "
	"sign\n"
	"for it; with --finish, destroys the key in use once the register says that it ended.\n";

// What can be rotated: by the name of its file in the key folder.
static const struct rotation {
	const char *name, *next;
	enum house_use use;
	const char *text, *end; // in the data folder
	// Core must hold it before the register can have it; openers notice by themselves.
	bool of_core;
} rotations[] = {
	{"receive", "receive-next", HOUSE_RECEIVE, "huissleutel.txt", "huissleutel-einde.txt",
	 false},
	{"send", "send-next", HOUSE_SEND, "huissleutel-send.txt", "huissleutel-send-einde.txt",
	 true},
	{"log", "log-next", HOUSE_LOG, "huissleutel-log.txt", "huissleutel-log-einde.txt", true},
};

struct rotate {
	const struct rotation *what;
	struct settings settings;
	struct core_paths paths;
	struct problem problem;
	char current[300], next[300], text[300], end[300];
};

static enum result fail(struct rotate *rotate, enum result result, enum reason reason,
			const char *file, const char *what)
{
	if (rotate->problem.code)
		return result;
	problem_set_file(&rotate->problem, file);
	problem_set(&rotate->problem, reason_code(reason), reason_fix(reason), "%s (%s)", what,
		    result_name(result));
	return result;
}

static enum result open_key(struct rotate *rotate, const char *name, enum key_kind kind,
			    struct private_key *ret_key)
{
	const struct unlock unlock = {.key_file = rotate->settings.unlock_file};
	return keyfile_open(&(const struct keyfile){rotate->settings.keys, name, kind}, &unlock,
			    ret_key, &rotate->problem);
}

// ---- making --------------------------------------------------------------------------------

static enum result read_origin(struct rotate *rotate, char out[256])
{
	struct buffer wire;
	struct arena *arena = NULL;
	struct genesis_file genesis;
	struct part part;
	buffer_init(&wire, GENESIS_MAX);
	enum result r = file_read(rotate->paths.genesis, GENESIS_MAX, &wire);
	if (!r)
		r = genesis_file_decode(buffer_view(&wire), &genesis);
	if (!r)
		r = arena_new(GENESIS_ARENA, &arena);
	if (!r)
		r = part_decode(genesis.part, arena, &part);
	if (!r)
		snprintf(out, 256, "%.*s", (int)part.registerdeel.genesis.origin.len,
			 (const char *)part.registerdeel.genesis.origin.data);
	arena_free(arena);
	buffer_done(&wire);
	return r ? fail(rotate, r, REASON_IO, rotate->paths.genesis, "genesis cannot be read")
		 : RESULT_OK;
}

static enum result write_texts(struct rotate *rotate, struct huissleutel *huissleutel,
			       const uint8_t ended[32])
{
	struct buffer text;
	buffer_init(&text, HUISSLEUTEL_MAX);
	enum result r = huissleutel_write(huissleutel, &text);
	if (!r)
		r = file_replace(rotate->text, buffer_view(&text), 0644);
	buffer_clear(&text);
	huissleutel->einde = true;
	memcpy(huissleutel->key, ended, 32);
	if (!r)
		r = huissleutel_write(huissleutel, &text);
	if (!r)
		r = file_replace(rotate->end, buffer_view(&text), 0644);
	buffer_done(&text);
	return r ? fail(rotate, r, REASON_IO, rotate->text, "the text cannot be written")
		 : RESULT_OK;
}

// A run that was cut short is made whole by the next: the key that is there stays.
static enum result next_key(struct rotate *rotate, struct private_key *ret_key)
{
	const enum key_kind kind = house_use_kind(rotate->what->use);
	const struct unlock unlock = {.key_file = rotate->settings.unlock_file};
	const struct keyfile file = {rotate->settings.keys, rotate->what->next, kind};
	if (access(rotate->next, F_OK) == 0)
		return open_key(rotate, rotate->what->next, kind, ret_key);
	enum result r = keyfile_create(&file, &unlock, ret_key);
	return r ? fail(rotate, r, REASON_IO, rotate->next, "the key cannot be made") : RESULT_OK;
}

static enum result prove(struct rotate *rotate, struct huissleutel *huissleutel,
			 const struct private_key *next)
{
	struct private_key send;
	enum result r = open_key(rotate, "send", KEY_KIND_SEALING, &send);
	if (r)
		return r;
	memcpy(huissleutel->key, next->public_key, 32);
	r = huissleutel_prove(huissleutel, next, send.public_key);
	private_key_done(&send);
	return r ? fail(rotate, r, REASON_IO, rotate->next, "the key cannot be proven") : RESULT_OK;
}

// A daemon that does not run reads it when it starts.
static void have_core_read_it(struct rotate *rotate)
{
	struct problem problem = {.code = NULL};
	struct buffer answer;
	buffer_init(&answer, ANSWER_MAX);
	if (rotate->what->of_core && control_ask(rotate->settings.control, bytes_of_text("keys\n"),
						 &answer, &problem) != RESULT_OK)
		printf("The daemon does not run, or does not answer: it must be started (again) "
		       "before the key is approved.\n");
	buffer_done(&answer);
}

static void tell_how_to_go_on(const struct rotate *rotate)
{
	printf("event=rotating text=%s\nTwo roles sign it:\n"
	       "  knooppuntctl key propose %s --key DIR\n"
	       "  knooppunt-audit approve %s --key DIR\n"
	       "When every partner was here since, they end the old key, and it is "
	       "destroyed:\n"
	       "  knooppuntctl key end %s --key DIR\n"
	       "  knooppunt-audit approve %s --key DIR\n"
	       "  knooppuntd rotate %s --finish\n",
	       rotate->text, rotate->text, rotate->text, rotate->end, rotate->end,
	       rotate->what->name);
}

static enum result make(struct rotate *rotate)
{
	const enum key_kind kind = house_use_kind(rotate->what->use);
	struct private_key next = {.secret = NULL}, current = {.secret = NULL};
	struct huissleutel huissleutel = {.use = rotate->what->use};
	enum result r = read_origin(rotate, huissleutel.origin);
	if (!r)
		r = open_key(rotate, rotate->what->name, kind, &current);
	if (!r)
		r = next_key(rotate, &next);
	if (!r)
		r = prove(rotate, &huissleutel, &next);
	if (!r)
		r = write_texts(rotate, &huissleutel, current.public_key);
	private_key_done(&current);
	private_key_done(&next);
	if (r)
		return r;
	have_core_read_it(rotate);
	tell_how_to_go_on(rotate);
	return RESULT_OK;
}

// ---- finishing -----------------------------------------------------------------------------

// What the register says of a key, by the word of the daemon that runs.
static enum result has_ended(struct rotate *rotate, const struct private_key *key, bool *ret_ended)
{
	struct buffer answer;
	struct control_message *message = calloc(1, sizeof *message);
	char hex[65], line[80], ended[40];
	if (!message)
		return RESULT_NO_MEMORY;
	hex_encode(hex, bytes_make(key->public_key, 32));
	snprintf(line, sizeof line, " %s", hex);
	snprintf(ended, sizeof ended, "%s beeindigd ", house_use_name(rotate->what->use));
	buffer_init(&answer, ANSWER_MAX);
	enum result r = control_ask(rotate->settings.control, bytes_of_text("log\n"), &answer,
				    &rotate->problem);
	if (!r)
		r = control_parse(buffer_view(&answer), message);
	*ret_ended = false;
	for (size_t i = 0; !r && i < message->count; i++) {
		struct bytes value = message->lines[i].value;
		bool same =
			value.len > 65 && bytes_equal(bytes_make(value.data + value.len - 65, 65),
						      bytes_of_text(line));
		if (same)
			*ret_ended = bytes_take_text(&value, ended);
	}
	if (!r)
		control_message_done(message);
	free(message);
	buffer_done(&answer);
	return r;
}

static enum result put_next(struct rotate *rotate)
{
	if (rename(rotate->next, rotate->current) != 0)
		return fail(rotate, RESULT_IO, REASON_IO, rotate->next, strerror(errno));
	enum result r = file_sync_folder(rotate->settings.keys);
	if (!r)
		printf("event=rotated destroyed=%s\n", rotate->current);
	return r;
}

static enum result finish(struct rotate *rotate)
{
	struct private_key current;
	bool ended = false;
	if (access(rotate->next, F_OK) != 0)
		return fail(rotate, RESULT_NOT_FOUND, REASON_NOT_FOUND, rotate->next,
			    "there is no next key");
	if (access(rotate->current, F_OK) != 0) // a run before this one came so far
		return put_next(rotate);
	enum result r =
		open_key(rotate, rotate->what->name, house_use_kind(rotate->what->use), &current);
	if (r)
		return r;
	r = has_ended(rotate, &current, &ended);
	private_key_done(&current);
	if (r)
		return fail(rotate, r, REASON_UNREACHABLE, rotate->settings.control,
			    "the daemon does not say what the register has");
	if (!ended) {
		problem_set_file(&rotate->problem, rotate->current);
		problem_set(&rotate->problem, reason_code(REASON_TWO_NEEDED),
			    "have two roles end it: knooppuntctl key end, knooppunt-audit approve",
			    "the key in use has not ended in the register");
		return RESULT_CONFLICT;
	}
	r = file_destroy(rotate->current);
	return r ? fail(rotate, r, REASON_IO, rotate->current, "the key cannot be destroyed")
		 : put_next(rotate);
}

// ---- all of it -----------------------------------------------------------------------------

static enum result run(struct rotate *rotate, const char *settings_file, bool finishing)
{
	enum result r = settings_read(settings_file ? settings_file : SETTINGS_STANDARD_FILE,
				      &rotate->settings, &rotate->problem);
	if (r)
		return r;
	core_paths(&rotate->settings, &rotate->paths);
	const struct rotation *what = rotate->what;
	const char *keys = rotate->settings.keys, *data = rotate->settings.data;
	snprintf(rotate->current, sizeof rotate->current, "%s/%s.key", keys, what->name);
	snprintf(rotate->next, sizeof rotate->next, "%s/%s.key", keys, what->next);
	snprintf(rotate->text, sizeof rotate->text, "%s/%s", data, what->text);
	snprintf(rotate->end, sizeof rotate->end, "%s/%s", data, what->end);
	return finishing ? finish(rotate) : make(rotate);
}

static const struct rotation *rotation_of(const char *name)
{
	for (size_t i = 0; i < sizeof rotations / sizeof rotations[0]; i++)
		if (strcmp(rotations[i].name, name) == 0)
			return &rotations[i];
	return NULL;
}

int rotate_main(const char *settings_file, int argc, char **argv)
{
	bool finishing = argc == 3 && strcmp(argv[2], "--finish") == 0;
	if (argc > 1 && strcmp(argv[argc - 1], "--help") == 0) {
		fputs(usage, stdout);
		return 0;
	}
	if ((argc != 2 && !finishing) || !rotation_of(argv[1])) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	struct rotate *rotate = calloc(1, sizeof *rotate);
	if (!rotate)
		return result_exit_code(RESULT_NO_MEMORY);
	rotate->what = rotation_of(argv[1]);
	enum result r = crypto_start();
	if (!r)
		r = run(rotate, settings_file, finishing);
	if (r)
		fprintf(stderr, "knooppuntd: %s: %s: %s. %s\n", rotate->problem.file,
			rotate->problem.code ? rotate->problem.code : "io", rotate->problem.message,
			rotate->problem.fix);
	free(rotate);
	return r ? result_exit_code(r) : 0;
}
