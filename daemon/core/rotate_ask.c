// SPDX-License-Identifier: EUPL-1.2
#include "core/rotate.h"

#include "base/clock.h"
#include "base/endpoint.h"
#include "control/control.h"
#include "melding/reason.h"
#include "register/huissleutel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_MAX (1024 * 1024)
#define OPEN_MS 10000 // the gate starts anew, and tests its doors
#define STEP_MS 100

static enum result read_answer(struct bytes answer, const struct rotate_reader *reader)
{
	struct control_message *message = calloc(1, sizeof *message);
	if (!message)
		return RESULT_NO_MEMORY;
	enum result r = control_parse(answer, message);
	for (size_t i = 0; !r && i < message->count; i++)
		reader->line(reader->context, message->lines[i].name, message->lines[i].value);
	if (!r)
		control_message_done(message);
	free(message);
	return r;
}

enum result rotate_ask(struct rotate *rotate, const char *command,
		       const struct rotate_reader *reader, struct problem *problem)
{
	struct buffer question, answer;
	buffer_init(&question, 64);
	buffer_init(&answer, ANSWER_MAX);
	buffer_append_format(&question, "%s\n", command);
	enum result r = question.status;
	if (!r)
		r = control_ask(rotate->settings.control, buffer_view(&question), &answer, problem);
	if (!r && reader)
		r = read_answer(buffer_view(&answer), reader);
	buffer_done(&question);
	buffer_done(&answer);
	return r;
}

// ---- what the register has -----------------------------------------------------------------

// The next word of a line, up to the space behind it.
static struct bytes next_word(struct bytes *rest)
{
	const uint8_t *space = rest->len > 0 ? memchr(rest->data, ' ', rest->len) : NULL;
	size_t len = space ? (size_t)(space - rest->data) : rest->len;
	struct bytes word = bytes_make(rest->data, len);
	size_t skip = space ? len + 1 : len;
	*rest = bytes_make(rest->data + skip, rest->len - skip);
	return word;
}

// Reads "<gebruik> <state> <entry> <key>…"; false when it is about another use, or no such line.
static bool read_line(struct bytes line, enum house_use use, struct house_key *ret_said)
{
	struct house_key said = {.use = use, .until = REGISTER_NEVER};
	struct bytes gebruik = next_word(&line), state = next_word(&line);
	(void)next_word(&line);
	if (!bytes_equal(gebruik, bytes_of_text(house_use_name(use))) ||
	    hex_decode(said.key, sizeof said.key, next_word(&line)) != RESULT_OK)
		return false;
	if (bytes_equal(state, bytes_of_text("beeindigd")))
		said.until = 0;
	*ret_said = said;
	return true;
}

struct search {
	enum house_use use;
	uint8_t keys[DOORS_MAX][32];
	size_t count;
	bool found;
	struct house_key said;
};

static void look_at_line(void *context, struct bytes name, struct bytes value)
{
	struct search *search = context;
	struct house_key said;
	if (search->found || !bytes_equal(name, bytes_of_text("huissleutel")) ||
	    !read_line(value, search->use, &said))
		return;
	for (size_t n = 0; n < search->count; n++)
		search->found |= memcmp(said.key, search->keys[n], 32) == 0;
	search->said = said;
}

// The first of the keys that the register has, in the order of their leaves.
static enum result find_first(struct rotate *rotate, struct search *search)
{
	const struct rotate_reader reader = {look_at_line, search};
	search->use = rotate->what->use;
	enum result r = rotate_ask(rotate, "log", &reader, &rotate->problem);
	return r ? r : search->found ? RESULT_OK : RESULT_NOT_FOUND;
}

enum result rotate_look_up(struct rotate *rotate, const uint8_t key[32], struct house_key *ret_said)
{
	struct search search = {.count = 1};
	memcpy(search.keys[0], key, sizeof search.keys[0]);
	enum result r = find_first(rotate, &search);
	*ret_said = search.said;
	return r;
}

// ---- transport keys ------------------------------------------------------------------------

static bool has_key(const struct rotate *rotate, unsigned n)
{
	char path[300];
	snprintf(path, sizeof path, "%s/%s.key", rotate->settings.keys, door_key_name(n));
	return access(path, F_OK) == 0;
}

static enum result choose_of_two(struct rotate *rotate, unsigned *ret_first)
{
	struct search search = {.count = DOORS_MAX};
	for (unsigned n = 0; n < DOORS_MAX; n++) {
		struct private_key key;
		enum result r = rotate_open_key(rotate, door_key_name(n), &key);
		if (r)
			return r;
		memcpy(search.keys[n], key.public_key, 32);
		private_key_done(&key);
	}
	enum result r = find_first(rotate, &search);
	if (r)
		return rotate_fail(
			rotate, r, REASON_UNREACHABLE, rotate->settings.control,
			"there are two transport keys, and the daemon does not say which "
			"of them the register had first");
	*ret_first = memcmp(search.said.key, search.keys[0], 32) == 0 ? 0 : 1;
	return RESULT_OK;
}

enum result rotate_choose_door(struct rotate *rotate)
{
	unsigned first = has_key(rotate, 0) ? 0 : 1;
	enum result r = RESULT_OK;
	if (has_key(rotate, 0) && has_key(rotate, 1))
		r = choose_of_two(rotate, &first);
	rotate->name = door_key_name(first);
	rotate->next_name = door_key_name(1 - first);
	if (!r && !door_endpoint(&rotate->settings, 1)[0]) {
		problem_set_field(&rotate->problem, "endpoint_2");
		problem_set(&rotate->problem, reason_code(REASON_MISSING_KEYWORD),
			    "Add endpoint_2 with an address of its own to the settings, restart "
			    "knooppuntd, and do this again.",
			    "the settings name no endpoint for a second transport key");
		r = RESULT_CONFIG;
	}
	return r;
}

struct wanted_door {
	char key[65]; // in hex
	bool found;
	char endpoint[256];
};

static void look_for_door(void *context, struct bytes name, struct bytes value)
{
	struct wanted_door *wanted = context;
	if (!bytes_equal(name, bytes_of_text("deur")) ||
	    !bytes_equal(next_word(&value), bytes_of_text(wanted->key)) ||
	    value.len >= sizeof wanted->endpoint)
		return;
	memcpy(wanted->endpoint, value.data, value.len);
	wanted->endpoint[value.len] = '\0';
	wanted->found = true;
}

// False: it is not served in time.
static bool wait_for_door(struct rotate *rotate, struct wanted_door *wanted)
{
	const struct timespec step = {.tv_nsec = STEP_MS * 1000000L};
	const struct rotate_reader reader = {look_for_door, wanted};
	int64_t end = clock_monotonic_ms() + OPEN_MS;
	for (;;) {
		struct problem problem = {.code = NULL};
		enum result r = rotate_ask(rotate, "log", &reader, &problem);
		if (!r && wanted->found)
			return true;
		if (clock_monotonic_ms() > end)
			return false;
		nanosleep(&step, NULL);
	}
}

// The adres that partners are told, where none was given.
static enum result take_adres(struct rotate *rotate, const char *endpoint)
{
	if (rotate->adres[0])
		return RESULT_OK;
	struct bytes adres = bytes_of_text(endpoint);
	if (!endpoint_is_reachable(adres) || adres.len > HOUSE_ADRES_MAX) {
		problem_set_field(&rotate->problem, "--address");
		problem_set(&rotate->problem, reason_code(REASON_BAD_VALUE),
			    "Give --address tcp://host:port as partners reach it.",
			    "the daemon serves the next key at %.100s, which partners cannot "
			    "connect to as it stands",
			    endpoint);
		return RESULT_CONFIG;
	}
	memcpy(rotate->adres, endpoint, adres.len + 1);
	return RESULT_OK;
}

enum result rotate_open_door(struct rotate *rotate, const uint8_t key[32])
{
	struct problem problem = {.code = NULL};
	struct wanted_door wanted = {.found = false};
	enum result r = rotate_ask(rotate, "doors", NULL, &problem);
	if (r && !rotate->adres[0])
		return rotate_fail(
			rotate, r, REASON_UNREACHABLE, rotate->settings.control,
			"the daemon does not say where it serves the next key: start it, "
			"or give --address");
	if (r) {
		printf("The daemon does not run, or does not answer: it must be started (again) "
		       "before the key is approved.\n");
		return RESULT_OK;
	}
	hex_encode(wanted.key, bytes_make(key, 32));
	if (wait_for_door(rotate, &wanted))
		return take_adres(rotate, wanted.endpoint);
	problem_set_file(&rotate->problem, rotate->next);
	problem_set(&rotate->problem, reason_code(REASON_UNREACHABLE),
		    "Look at the log lines of the gate: the endpoint of this key is not set in the "
		    "settings that the daemon was started with, or its address is not free. Mend "
		    "it, restart knooppuntd, and do this again.",
		    "the daemon does not serve the next transport key");
	return RESULT_NOT_FOUND;
}
