// SPDX-License-Identifier: EUPL-1.2
// `knooppuntd rotate receive|send|log|transport`: the next key of a kind, beside a daemon that
// runs. It makes the key and the text that two roles sign; once the register has it openers open
// with it, core signs with it too, or partners connect to it, and once the register ended the old
// one `--finish` destroys that.
#include "core/rotate.h"

#include "base/endpoint.h"
#include "base/file.h"
#include "crypto/secret.h"
#include "register/huissleutel.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_USAGE 2

static const char usage[] =
	"usage: knooppuntd [-c FILE] rotate receive|send|log\n"
	"       knooppuntd [-c FILE] rotate transport [--address ADRES]\n"
	"       knooppuntd [-c FILE] rotate receive|send|log|transport --finish\n"
	"Makes the next key of the knooppunt that envelopes are sealed for (receive), answers are\n"
	"sealed with (send), checkpoints are signed with (log) or partners connect to "
	"(transport),\n"
	"and the text that two roles sign for it; with --finish, destroys the key in use once the\n"
	"register says that it ended.\n"
	"  --address ADRES  tcp://host:port that partners reach the next transport key at; where "
	"the\n"
	"                   daemon serves it when not given\n";

// What can be rotated: by the name of its file in the key folder.
static const struct rotation rotations[] = {
	{"receive", "receive-next", HOUSE_RECEIVE, "huissleutel.txt", "huissleutel-einde.txt"},
	{"send", "send-next", HOUSE_SEND, "huissleutel-send.txt", "huissleutel-send-einde.txt"},
	{"log", "log-next", HOUSE_LOG, "huissleutel-log.txt", "huissleutel-log-einde.txt"},
	{"transport", NULL, HOUSE_TRANSPORT, "huissleutel-transport.txt",
	 "huissleutel-transport-einde.txt"},
};

enum result rotate_fail(struct rotate *rotate, enum result result, enum reason reason,
			const char *file, const char *what)
{
	if (rotate->problem.code)
		return result;
	problem_set_file(&rotate->problem, file);
	problem_set(&rotate->problem, reason_code(reason), reason_fix(reason), "%s (%s)", what,
		    result_name(result));
	return result;
}

enum result rotate_open_key(struct rotate *rotate, const char *name, struct private_key *ret_key)
{
	const struct unlock unlock = {.key_file = rotate->settings.unlock_file};
	const struct keyfile file = {rotate->settings.keys, name,
				     house_use_kind(rotate->what->use)};
	return keyfile_open(&file, &unlock, ret_key, &rotate->problem);
}

// ---- making --------------------------------------------------------------------------------

// The log's vkey has the origin that the log has by now as its name.
static enum result read_origin(struct rotate *rotate, char out[256])
{
	char path[300];
	struct buffer text;
	struct vkey vkey;
	snprintf(path, sizeof path, "%s/log.vkey", rotate->settings.data);
	buffer_init(&text, VKEY_MAX + 1);
	enum result r = file_read(path, VKEY_MAX + 1, &text);
	struct bytes line = buffer_view(&text);
	if (line.len > 0 && line.data[line.len - 1] == '\n')
		line.len--;
	if (!r)
		r = vkey_parse(line, &vkey);
	if (!r)
		memcpy(out, vkey.name, sizeof vkey.name);
	buffer_done(&text);
	return r ? rotate_fail(rotate, r, REASON_IO, path, "the key of the log cannot be read")
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
	return r ? rotate_fail(rotate, r, REASON_IO, rotate->text, "the text cannot be written")
		 : RESULT_OK;
}

// A run that was cut short is made whole by the next: the key that is there stays.
static enum result next_key(struct rotate *rotate, struct private_key *ret_key)
{
	const struct unlock unlock = {.key_file = rotate->settings.unlock_file};
	const struct keyfile file = {rotate->settings.keys, rotate->next_name,
				     house_use_kind(rotate->what->use)};
	if (access(rotate->next, F_OK) == 0)
		return rotate_open_key(rotate, rotate->next_name, ret_key);
	enum result r = keyfile_create(&file, &unlock, ret_key);
	return r ? rotate_fail(rotate, r, REASON_IO, rotate->next, "the key cannot be made")
		 : RESULT_OK;
}

static enum result prove(struct rotate *rotate, struct huissleutel *huissleutel,
			 const struct private_key *next)
{
	const struct unlock unlock = {.key_file = rotate->settings.unlock_file};
	const struct keyfile file = {rotate->settings.keys, "send", KEY_KIND_SEALING};
	struct private_key send;
	enum result r = keyfile_open(&file, &unlock, &send, &rotate->problem);
	if (r)
		return r;
	memcpy(huissleutel->key, next->public_key, 32);
	r = huissleutel_prove(huissleutel, next, send.public_key);
	private_key_done(&send);
	return r ? rotate_fail(rotate, r, REASON_IO, rotate->next, "the key cannot be proven")
		 : RESULT_OK;
}

// Core holds the next log or send key before the register can have it, and the gate serves the next
// transport key; openers notice by themselves. A daemon that does not run reads it when it starts.
static enum result have_it_read(struct rotate *rotate, const struct private_key *next)
{
	struct problem problem = {.code = NULL};
	if (rotate->what->use == HOUSE_RECEIVE)
		return RESULT_OK;
	if (rotate->what->use == HOUSE_TRANSPORT)
		return rotate_open_door(rotate, next->public_key);
	if (rotate_ask(rotate, "keys", NULL, &problem) != RESULT_OK)
		printf("The daemon does not run, or does not answer: it must be started (again) "
		       "before the key is approved.\n");
	return RESULT_OK;
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
	struct private_key next = {.secret = NULL}, current = {.secret = NULL};
	struct huissleutel huissleutel = {.use = rotate->what->use};
	enum result r = read_origin(rotate, huissleutel.origin);
	if (!r)
		r = rotate_open_key(rotate, rotate->name, &current);
	if (!r)
		r = next_key(rotate, &next);
	if (!r)
		r = have_it_read(rotate, &next);
	memcpy(huissleutel.adres, rotate->adres, sizeof huissleutel.adres);
	if (!r)
		r = prove(rotate, &huissleutel, &next);
	if (!r)
		r = write_texts(rotate, &huissleutel, current.public_key);
	private_key_done(&current);
	private_key_done(&next);
	if (!r)
		tell_how_to_go_on(rotate);
	return r;
}

// ---- finishing -----------------------------------------------------------------------------

static enum result check_ended(struct rotate *rotate)
{
	struct private_key current;
	struct house_key said;
	enum result r = rotate_open_key(rotate, rotate->name, &current);
	if (r)
		return r;
	r = rotate_look_up(rotate, current.public_key, &said);
	private_key_done(&current);
	if (r && r != RESULT_NOT_FOUND)
		return rotate_fail(rotate, r, REASON_UNREACHABLE, rotate->settings.control,
				   "the daemon does not say what the register has");
	if (!r && said.until != REGISTER_NEVER)
		return RESULT_OK;
	problem_set_file(&rotate->problem, rotate->current);
	problem_set(&rotate->problem, reason_code(REASON_TWO_NEEDED),
		    "have two roles end it: knooppuntctl key end, knooppunt-audit approve",
		    "the key in use has not ended in the register");
	return RESULT_CONFLICT;
}

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

static enum result move(struct rotate *rotate, const char *from, const char *to)
{
	if (rename(from, to) != 0)
		return rotate_fail(rotate, RESULT_IO, REASON_IO, from, strerror(errno));
	enum result r = file_sync_folder(rotate->settings.keys);
	return r ? rotate_fail(rotate, r, REASON_IO, rotate->settings.keys,
			       "the folder cannot be synced")
		 : r;
}

// The old key goes out of the way before it is overwritten: at every moment the folder holds one
// that opens under its name, or the next one under its own, and a run that was cut short is made
// whole by another. A transport key stays under the name that its endpoint goes by.
static enum result destroy(struct rotate *rotate)
{
	enum result r = RESULT_OK;
	if (is_there(rotate->current))
		r = move(rotate, rotate->current, rotate->retired);
	if (!r && rotate->what->use != HOUSE_TRANSPORT && is_there(rotate->next))
		r = move(rotate, rotate->next, rotate->current);
	if (!r && is_there(rotate->retired)) {
		r = file_destroy(rotate->retired);
		if (r)
			r = rotate_fail(rotate, r, REASON_IO, rotate->retired,
					"the key cannot be destroyed");
	}
	return r;
}

// What a run before this one left of a key that had ended.
static enum result destroy_retired(struct rotate *rotate)
{
	if (!is_there(rotate->retired) || !is_there(rotate->current))
		return RESULT_OK;
	enum result r = file_destroy(rotate->retired);
	return r ? rotate_fail(rotate, r, REASON_IO, rotate->retired, "the key cannot be destroyed")
		 : r;
}

static enum result finish(struct rotate *rotate)
{
	struct problem problem = {.code = NULL};
	bool left = is_there(rotate->retired);
	enum result r = destroy_retired(rotate);
	if (!r && !is_there(rotate->next) && !left)
		return rotate_fail(rotate, RESULT_NOT_FOUND, REASON_NOT_FOUND, rotate->next,
				   "there is no next key");
	if (!r && is_there(rotate->next)) {
		// Where the one in use is gone a run before this one had asked.
		r = is_there(rotate->current) ? check_ended(rotate) : RESULT_OK;
		if (!r)
			r = destroy(rotate);
	}
	if (r)
		return r;
	// The gate holds what it read, also of a door that is closed.
	if (rotate->what->use == HOUSE_TRANSPORT)
		(void)!rotate_ask(rotate, "doors", NULL, &problem);
	printf("event=rotated destroyed=%s\n", rotate->retired);
	return RESULT_OK;
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
	rotate->name = what->name;
	rotate->next_name = what->next;
	if (what->use == HOUSE_TRANSPORT)
		r = rotate_choose_door(rotate);
	if (r)
		return r;
	snprintf(rotate->current, sizeof rotate->current, "%s/%s.key", keys, rotate->name);
	snprintf(rotate->next, sizeof rotate->next, "%s/%s.key", keys, rotate->next_name);
	snprintf(rotate->retired, sizeof rotate->retired, "%s/retired-%s.key", keys, what->name);
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

// The words after the kind: --finish, or for a transport key --address ADRES.
static bool read_words(struct rotate *rotate, int argc, char **argv, bool *ret_finishing)
{
	rotate->what = argc > 1 ? rotation_of(argv[1]) : NULL;
	*ret_finishing = argc == 3 && strcmp(argv[2], "--finish") == 0;
	if (!rotate->what || argc == 2 || *ret_finishing)
		return rotate->what != NULL;
	struct bytes adres = bytes_of_text(argv[argc - 1]);
	if (argc != 4 || rotate->what->use != HOUSE_TRANSPORT ||
	    strcmp(argv[2], "--address") != 0 || adres.len > HOUSE_ADRES_MAX ||
	    !endpoint_is_reachable(adres))
		return false;
	snprintf(rotate->adres, sizeof rotate->adres, "%s", argv[3]);
	return true;
}

int rotate_main(const char *settings_file, int argc, char **argv)
{
	bool finishing = false;
	if (argc > 1 && strcmp(argv[argc - 1], "--help") == 0) {
		fputs(usage, stdout);
		return 0;
	}
	struct rotate *rotate = calloc(1, sizeof *rotate);
	if (!rotate)
		return result_exit_code(RESULT_NO_MEMORY);
	if (!read_words(rotate, argc, argv, &finishing)) {
		free(rotate);
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
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
