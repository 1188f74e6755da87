// SPDX-License-Identifier: EUPL-1.2
// `knooppuntd rotate receive`: the next receive key, beside a daemon that runs. It makes the key
// and the text that two roles sign; once the register has it the openers open it, and once the
// register ended the old one `--finish` destroys that.
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
	"usage: knooppuntd [-c FILE] rotate receive\n"
	"       knooppuntd [-c FILE] rotate receive --finish\n"
	"Makes the next receive key of the knooppunt and the text that two roles sign for it; "
	"with\n"
	"--finish, destroys the key in use once the register says that it ended.\n";

struct rotate {
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

static enum result open_key(struct rotate *rotate, const char *name, struct private_key *ret_key)
{
	const struct unlock unlock = {.key_file = rotate->settings.unlock_file};
	return keyfile_open(&(const struct keyfile){rotate->settings.keys, name, KEY_KIND_SEALING},
			    &unlock, ret_key, &rotate->problem);
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
	const struct unlock unlock = {.key_file = rotate->settings.unlock_file};
	const struct keyfile file = {rotate->settings.keys, "receive-next", KEY_KIND_SEALING};
	if (access(rotate->next, F_OK) == 0)
		return open_key(rotate, "receive-next", ret_key);
	enum result r = keyfile_create(&file, &unlock, ret_key);
	return r ? fail(rotate, r, REASON_IO, rotate->next, "the key cannot be made") : RESULT_OK;
}

static enum result make(struct rotate *rotate)
{
	struct private_key send = {.secret = NULL}, next = {.secret = NULL},
			   current = {.secret = NULL};
	struct huissleutel huissleutel = {.einde = false};
	enum result r = read_origin(rotate, huissleutel.origin);
	if (!r)
		r = open_key(rotate, "send", &send);
	if (!r)
		r = open_key(rotate, "receive", &current);
	if (!r)
		r = next_key(rotate, &next);
	if (!r) {
		struct possession possession = {KEY_KIND_SEALING, next.secret, next.public_key,
						send.public_key};
		memcpy(huissleutel.key, next.public_key, 32);
		r = huissleutel_prove(&huissleutel, &possession, &huissleutel.bewijs);
	}
	if (!r)
		r = write_texts(rotate, &huissleutel, current.public_key);
	private_key_done(&send);
	private_key_done(&current);
	private_key_done(&next);
	if (!r)
		printf("event=rotating text=%s\nTwo roles sign it:\n"
		       "  knooppuntctl key propose %s --key DIR\n"
		       "  knooppunt-audit approve %s --key DIR\n"
		       "When every partner was here since, they end the old key, and it is "
		       "destroyed:\n"
		       "  knooppuntctl key end %s --key DIR\n"
		       "  knooppunt-audit approve %s --key DIR\n"
		       "  knooppuntd rotate receive --finish\n",
		       rotate->text, rotate->text, rotate->text, rotate->end, rotate->end);
	return r;
}

// ---- finishing -----------------------------------------------------------------------------

// What the register says of a key, by the word of the daemon that runs.
static enum result has_ended(struct rotate *rotate, const struct private_key *key, bool *ret_ended)
{
	struct buffer answer;
	struct control_message *message = calloc(1, sizeof *message);
	char hex[65], line[80];
	if (!message)
		return RESULT_NO_MEMORY;
	hex_encode(hex, bytes_make(key->public_key, 32));
	snprintf(line, sizeof line, " %s", hex);
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
			*ret_ended = bytes_take_text(&value, "ontvangen beeindigd ");
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
	enum result r = open_key(rotate, "receive", &current);
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
	snprintf(rotate->current, sizeof rotate->current, "%s/receive.key", rotate->settings.keys);
	snprintf(rotate->next, sizeof rotate->next, "%s/receive-next.key", rotate->settings.keys);
	snprintf(rotate->text, sizeof rotate->text, "%s/huissleutel.txt", rotate->settings.data);
	snprintf(rotate->end, sizeof rotate->end, "%s/huissleutel-einde.txt",
		 rotate->settings.data);
	return finishing ? finish(rotate) : make(rotate);
}

int rotate_main(const char *settings_file, int argc, char **argv)
{
	bool finishing = argc == 3 && strcmp(argv[2], "--finish") == 0;
	if (argc > 1 && strcmp(argv[argc - 1], "--help") == 0) {
		fputs(usage, stdout);
		return 0;
	}
	if ((argc != 2 && !finishing) || strcmp(argv[1], "receive") != 0) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	struct rotate *rotate = calloc(1, sizeof *rotate);
	if (!rotate)
		return result_exit_code(RESULT_NO_MEMORY);
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
