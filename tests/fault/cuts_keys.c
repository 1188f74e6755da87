// SPDX-License-Identifier: EUPL-1.2
#include "cuts_keys.h"

#include "base/file.h"
#include "control/control.h"
#include "core/core.h"
#include "disk.h"
#include "register/huissleutel.h"

#include <unistd.h>

#define NEVER SIZE_MAX

static struct kind {
	const char *name, *text, *end;
	enum house_use use;
	const char *files[2]; // in which its keys may lie
	uint8_t next[32], old[32];
	size_t begun, ended, destroyed; // after how many operations it was said
} kinds[] = {
	{"receive",
	 "huissleutel.txt",
	 "huissleutel-einde.txt",
	 HOUSE_RECEIVE,
	 {"receive", "receive-next"},
	 .begun = NEVER,
	 .ended = NEVER,
	 .destroyed = NEVER},
	{"send",
	 "huissleutel-send.txt",
	 "huissleutel-send-einde.txt",
	 HOUSE_SEND,
	 {"send", "send-next"},
	 .begun = NEVER,
	 .ended = NEVER,
	 .destroyed = NEVER},
	{"log",
	 "huissleutel-log.txt",
	 "huissleutel-log-einde.txt",
	 HOUSE_LOG,
	 {"log", "log-next"},
	 .begun = NEVER,
	 .ended = NEVER,
	 .destroyed = NEVER},
	{"transport",
	 "huissleutel-transport.txt",
	 "huissleutel-transport-einde.txt",
	 HOUSE_TRANSPORT,
	 {"transport", "transport-2"},
	 .begun = NEVER,
	 .ended = NEVER,
	 .destroyed = NEVER},
};
#define KINDS (sizeof kinds / sizeof kinds[0])

// ---- the daemon that runs ------------------------------------------------------------------

static struct flow_world *runs; // the house that `rotate` asks

static bool open_named(struct flow_world *w, const struct kind *kind, const char *name,
		       struct private_key *ret_key)
{
	const struct unlock unlock = {.key_file = w->settings.unlock_file};
	const struct keyfile one = {w->settings.keys, name, house_use_kind(kind->use)};
	struct problem problem = {.code = NULL};
	return keyfile_open(&one, &unlock, ret_key, &problem) == RESULT_OK;
}

static bool open_key(struct flow_world *w, const struct kind *kind, size_t file,
		     struct private_key *ret_key)
{
	return open_named(w, kind, kind->files[file], ret_key);
}

// What a gate would serve: each key that its folder holds.
static void open_doors(struct flow_world *w)
{
	const struct kind *kind = &kinds[KINDS - 1];
	struct frame_served *served = &w->core->served;
	*served = (struct frame_served){.kind = FRAME_SERVED};
	for (size_t n = 0; n < DOORS_MAX; n++) {
		struct private_key key;
		if (!open_key(w, kind, n, &key))
			continue;
		struct served_row *row = &served->rows[served->count++];
		memcpy(row->key, key.public_key, sizeof row->key);
		snprintf(row->endpoint, sizeof row->endpoint, "tcp://127.0.0.1:%zu", 7477 + n);
		private_key_done(&key);
	}
}

enum result __wrap_control_ask(const char *path, struct bytes request, struct buffer *ret_answer,
			       struct problem *problem);
enum result __wrap_control_ask(const char *path, struct bytes request, struct buffer *ret_answer,
			       struct problem *problem)
{
	(void)path;
	(void)problem;
	if (bytes_equal(request, bytes_of_text("doors\n")))
		open_doors(runs);
	core_command(runs->core, request, ret_answer);
	return ret_answer->status;
}

static int rotate(struct flow_world *w, const struct kind *kind, const char *word)
{
	char command[] = "rotate", name[16], last[16];
	snprintf(name, sizeof name, "%s", kind->name);
	snprintf(last, sizeof last, "%s", word ? word : "");
	char *argv[] = {command, name, word ? last : NULL, NULL};
	runs = w;
	return flow_run(w, rotate_main, word ? 3 : 2, argv);
}

// ---- one change ----------------------------------------------------------------------------

static enum result bring(struct flow_world *w, const struct kind *kind, bool einde,
			 struct huissleutel *ret_text)
{
	char path[300];
	struct buffer text;
	uint64_t index;
	open_doors(w);
	snprintf(path, sizeof path, "%s/%s", w->settings.data, einde ? kind->end : kind->text);
	buffer_init(&text, HUISSLEUTEL_MAX);
	enum result r = file_read(path, HUISSLEUTEL_MAX, &text);
	if (!r)
		r = huissleutel_read(buffer_view(&text), ret_text);
	struct part_register part = {.soort = einde ? REGISTER_HUISSLEUTEL_EINDE
						    : REGISTER_HUISSLEUTEL,
				     .opdracht = buffer_view(&text)};
	if (!r)
		r = flow_try_register(w, &part, bytes_make(NULL, 0), &index);
	buffer_done(&text);
	return r;
}

static void take_step(struct flow_world *w, struct kind *kind, size_t step)
{
	struct huissleutel text;
	switch (step) {
	case 0:
		assert_int_equal(rotate(w, kind, NULL), 0);
		break;
	case 1:
		assert_int_equal(bring(w, kind, false, &text), RESULT_OK);
		memcpy(kind->next, text.key, 32);
		kind->begun = disk_operations();
		break;
	case 2:
		assert_int_equal(bring(w, kind, true, &text), RESULT_OK);
		memcpy(kind->old, text.key, 32);
		kind->ended = disk_operations();
		break;
	default:
		assert_int_equal(rotate(w, kind, "--finish"), 0);
		kind->destroyed = disk_operations();
	}
}

void cuts_change_keys(struct flow_world *w, size_t step)
{
	for (size_t i = 0; i < KINDS; i++)
		take_step(w, &kinds[i], step);
	if (step == 0) { // core reads them when it starts
		flow_world_close(w);
		flow_world_open(w);
	}
}

size_t cuts_keys_destroyed(void)
{
	return kinds[KINDS - 1].destroyed;
}

// ---- after the cut -------------------------------------------------------------------------

static const struct house_key *in_register(const struct registry *reg, const uint8_t key[32])
{
	for (size_t i = 0; i < reg->house_key_count; i++)
		if (memcmp(reg->house_keys[i].key, key, 32) == 0)
			return &reg->house_keys[i];
	return NULL;
}

static bool can_be_used(struct flow_world *w, const struct kind *kind)
{
	bool can = false;
	for (size_t n = 0; n < 2; n++) {
		struct private_key key;
		if (!open_key(w, kind, n, &key))
			continue;
		const struct house_key *row = in_register(&w->core->registry, key.public_key);
		can |= row && row->until == REGISTER_NEVER;
		private_key_done(&key);
	}
	return can;
}

// Under none of the names that it may lie under, on its way out too.
static bool is_gone(struct flow_world *w, const struct kind *kind)
{
	char retired[64];
	snprintf(retired, sizeof retired, "retired-%s", kind->name);
	const char *const names[] = {kind->files[0], kind->files[1], retired};
	bool gone = true;
	for (size_t n = 0; n < 3; n++) {
		struct private_key key;
		if (!open_named(w, kind, names[n], &key))
			continue;
		gone &= memcmp(key.public_key, kind->old, 32) != 0;
		private_key_done(&key);
	}
	return gone;
}

const char *cuts_look_at_keys(struct flow_world *w, size_t done)
{
	for (size_t i = 0; i < KINDS; i++) {
		const struct kind *kind = &kinds[i];
		const struct house_key *row;
		if (!can_be_used(w, kind))
			return "no key that is in force can be used";
		row = kind->begun <= done ? in_register(&w->core->registry, kind->next) : NULL;
		if (kind->begun <= done && (!row || row->until != REGISTER_NEVER))
			return "a key that was brought is not in force";
		row = kind->ended <= done ? in_register(&w->core->registry, kind->old) : NULL;
		if (kind->ended <= done && (!row || row->until == REGISTER_NEVER))
			return "a key that was ended is in force";
		if (kind->destroyed <= done && !is_gone(w, kind))
			return "a key that was destroyed is there";
	}
	return NULL;
}

static size_t files_of(struct flow_world *w, const struct kind *kind)
{
	char path[300];
	size_t count = 0;
	for (size_t n = 0; n < 2; n++) {
		snprintf(path, sizeof path, "%s/%s.key", w->settings.keys, kind->files[n]);
		count += access(path, F_OK) == 0;
	}
	snprintf(path, sizeof path, "%s/retired-%s.key", w->settings.keys, kind->name);
	return count + (access(path, F_OK) == 0);
}

const char *cuts_go_on(struct flow_world *w, size_t done)
{
	for (size_t i = 0; i < KINDS; i++) {
		const struct kind *kind = &kinds[i];
		if (kind->ended > done)
			continue;
		// 1: there is nothing left to finish.
		int code = rotate(w, kind, "--finish");
		if (code > 1 || files_of(w, kind) != 1 || !is_gone(w, kind) ||
		    !can_be_used(w, kind))
			return "a destruction that was cut short is not made whole";
	}
	return NULL;
}
