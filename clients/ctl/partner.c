// SPDX-License-Identifier: EUPL-1.2
#include "ctl/ctl.h"

#include "ctl/change.h"
#include "desk/answer.h"
#include "melding/reason.h"
#include "wire/bundle.h"

#include <stdio.h>
#include <string.h>

#define BUNDLE_MAX 16384
#define KEY_HEX_LEN (2 * KEY_ID_LEN)
#define STATE_ACTIVE "actief"

// A line "partner <oin> <state> <index> <functies> <naam>", the line "key <id>" after it, and then
// "ended <index>" or for each functie "next <functie> <number>".
struct partner {
	struct bytes oin, state, functies, naam, key, ended;
	uint64_t index;
	const struct control_line *next;
	size_t next_count;
};

static enum result partner_parse(struct bytes line, struct partner *ret_partner)
{
	struct partner partner = {0};
	struct bytes index;
	if (!word_take(&line, &partner.oin) || !word_take(&line, &partner.state) ||
	    !word_take(&line, &index) || !word_take(&line, &partner.functies) ||
	    number_parse(index, &partner.index) != RESULT_OK)
		return RESULT_MALFORMED;
	partner.naam = line;
	*ret_partner = partner;
	return RESULT_OK;
}

static bool line_is(const struct control_message *message, size_t at, const char *name)
{
	return at < message->count && bytes_equal(message->lines[at].name, bytes_of_text(name));
}

static void take_standing(const struct control_message *message, size_t at, struct partner *partner)
{
	if (line_is(message, at, "key"))
		partner->key = message->lines[at++].value;
	if (line_is(message, at, "ended"))
		partner->ended = message->lines[at++].value;
	partner->next = &message->lines[at];
	while (line_is(message, at + partner->next_count, "next"))
		partner->next_count++;
}

// The next partner at or after line *at; RESULT_NOT_FOUND at the end.
static enum result partner_next(const struct answer *answer, size_t *at,
				struct partner *ret_partner)
{
	const struct control_message *message = &answer->message;
	for (; *at < message->count; (*at)++) {
		if (!bytes_equal(message->lines[*at].name, bytes_of_text("partner")))
			continue;
		enum result result = partner_parse(message->lines[(*at)++].value, ret_partner);
		if (result == RESULT_OK)
			take_standing(message, *at, ret_partner);
		return result;
	}
	return RESULT_NOT_FOUND;
}

static void write_functies(struct json_out *out, struct bytes functies)
{
	json_out_key(out, "functies");
	json_out_array_begin(out);
	while (functies.len > 0) {
		const uint8_t *comma = memchr(functies.data, ',', functies.len);
		size_t len = comma ? (size_t)(comma - functies.data) : functies.len;
		json_out_text(out, bytes_make(functies.data, len));
		len += comma ? 1 : 0;
		functies = bytes_make(functies.data + len, functies.len - len);
	}
	json_out_array_end(out);
}

static void write_standing(struct json_out *out, const struct partner *partner)
{
	uint64_t number;
	if (partner->ended.data && number_parse(partner->ended, &number) == RESULT_OK)
		json_out_add_number(out, "ended", number);
	if (partner->next_count == 0)
		return;
	json_out_key(out, "next");
	json_out_object_begin(out);
	for (size_t i = 0; i < partner->next_count; i++) {
		struct bytes rest = partner->next[i].value, functie;
		char name[FUNCTIE_MAX + 1];
		if (!word_take(&rest, &functie) || functie.len > FUNCTIE_MAX ||
		    number_parse(rest, &number) != RESULT_OK)
			continue;
		snprintf(name, sizeof name, "%.*s", (int)functie.len, (const char *)functie.data);
		json_out_add_number(out, name, number);
	}
	json_out_object_end(out);
}

// What a partner must know that lost its inbox.
static void tell_next(struct desk *desk, const struct partner *partner)
{
	if (partner->ended.data)
		desk_say(desk, "  revoked by entry %.*s", (int)partner->ended.len,
			 (const char *)partner->ended.data);
	for (size_t i = 0; i < partner->next_count; i++)
		desk_say(desk, "  next delivery: %.*s", (int)partner->next[i].value.len,
			 (const char *)partner->next[i].value.data);
}

static void tell_partner(struct desk *desk, const struct partner *partner)
{
	struct desk_line line;
	desk_say(desk, "%.*s  %-11.*s  %.*s (%.*s), since entry %llu, key %.*s",
		 (int)partner->oin.len, (const char *)partner->oin.data, (int)partner->state.len,
		 (const char *)partner->state.data, (int)partner->naam.len,
		 (const char *)partner->naam.data, (int)partner->functies.len,
		 (const char *)partner->functies.data, (unsigned long long)partner->index,
		 (int)partner->key.len, partner->key.data ? (const char *)partner->key.data : "");
	if (!desk->json)
		return;
	desk_line_begin(&line);
	json_out_add_bytes(&line.out, "oin", partner->oin);
	json_out_add_bytes(&line.out, "naam", partner->naam);
	json_out_add_bytes(&line.out, "state", partner->state);
	json_out_add_number(&line.out, "index", partner->index);
	write_functies(&line.out, partner->functies);
	json_out_add_bytes(&line.out, "key", partner->key);
	write_standing(&line.out, partner);
	desk_line_end(desk, &line);
}

// Tells the partners with this OIN, and where each stands; all of them when it is NULL.
static int tell_partners(struct desk *desk, const char *oin, size_t *ret_count)
{
	struct buffer request;
	struct answer *answer;
	struct partner partner;
	enum result result;
	desk_question(&request, "partners");
	if (oin)
		control_append_text(&request, "oin", oin);
	int code = desk_ask(desk, &request, &answer);
	if (code != DESK_DONE)
		return code;
	*ret_count = 0;
	size_t at = 0;
	while ((result = partner_next(answer, &at, &partner)) == RESULT_OK) {
		if (oin && !bytes_equal(partner.oin, bytes_of_text(oin)))
			continue;
		tell_partner(desk, &partner);
		if (oin)
			tell_next(desk, &partner);
		++*ret_count;
	}
	answer_free(answer);
	return result == RESULT_NOT_FOUND ? DESK_DONE : desk_odd_answer(desk, "a partner");
}

int ctl_partner_list(struct desk *desk)
{
	size_t count;
	int code = tell_partners(desk, NULL, &count);
	if (code == DESK_DONE && count == 0)
		desk_say(desk, "no partner is enrolled");
	return code;
}

static int unknown_partner(struct desk *desk, const char *message)
{
	struct problem problem = {0};
	problem_set(&problem, reason_code(REASON_NOT_FOUND), "see knooppuntctl partner list", "%s",
		    message);
	return desk_fail(desk, &problem, DESK_NO);
}

int ctl_partner_show(struct desk *desk)
{
	size_t count;
	int code = tell_partners(desk, desk->arguments[0], &count);
	if (code == DESK_DONE && count == 0)
		return unknown_partner(desk, "no partner has this OIN");
	return code;
}

static int read_bundle(struct desk *desk, struct buffer *wire, struct bundle *ret_bundle)
{
	struct problem problem = {0};
	int code = desk_read_file(desk, desk->arguments[0], BUNDLE_MAX, wire);
	if (code != DESK_DONE)
		return code;
	problem_set_file(&problem, desk->arguments[0]);
	enum result result = bundle_decode(buffer_view(wire), NULL, ret_bundle, &problem);
	return result == RESULT_OK ? DESK_DONE
				   : desk_fail(desk, &problem, result_exit_code(result));
}

static int propose(struct desk *desk, const struct buffer *wire, const struct bundle *bundle,
		   const char *replaces)
{
	char key[DESK_KEY_TEXT];
	desk_key_text(bundle->identity, key);
	struct change change = {.soort = "partner",
				.object = buffer_view(wire),
				.naam = bundle->naam,
				.key = key,
				.replaces = replaces};
	return change_propose(desk, &change);
}

int ctl_partner_add(struct desk *desk)
{
	struct buffer wire;
	struct bundle bundle;
	buffer_init(&wire, BUNDLE_MAX);
	int code = read_bundle(desk, &wire, &bundle);
	if (code == DESK_DONE)
		code = propose(desk, &wire, &bundle, NULL);
	buffer_done(&wire);
	return code;
}

// ---- new keys ------------------------------------------------------------------------------

static bool bundle_holds(const struct bundle *bundle, struct bytes functie)
{
	for (size_t i = 0; i < bundle->functie_count; i++)
		if (bytes_equal(functie, bytes_of_text(bundle->functies[i])))
			return true;
	return false;
}

// Are the functies of a line ("wmo,nazorg") those of the bundle, in any order?
static bool same_functies(struct bytes list, const struct bundle *bundle)
{
	size_t count = 0;
	while (list.len > 0) {
		const uint8_t *comma = memchr(list.data, ',', list.len);
		size_t len = comma ? (size_t)(comma - list.data) : list.len;
		if (!bundle_holds(bundle, bytes_make(list.data, len)))
			return false;
		count++;
		len += comma ? 1 : 0;
		list = bytes_make(list.data + len, list.len - len);
	}
	return count == bundle->functie_count;
}

// The oldest key in force of who the bundle is of: that one is to be replaced.
static int find_replaced(struct desk *desk, const struct bundle *bundle,
			 char ret_key[DESK_KEY_TEXT])
{
	struct buffer request;
	struct answer *answer;
	struct partner partner;
	size_t at = 0;
	enum result result;
	bool found = false;
	desk_question(&request, "partners");
	int code = desk_ask(desk, &request, &answer);
	if (code != DESK_DONE)
		return code;
	while (!found && (result = partner_next(answer, &at, &partner)) == RESULT_OK) {
		found = bytes_equal(partner.oin, bytes_of_text(bundle->oin.text)) &&
			bytes_equal(partner.state, bytes_of_text(STATE_ACTIVE)) &&
			same_functies(partner.functies, bundle) && partner.key.len == KEY_HEX_LEN;
		if (found)
			snprintf(ret_key, DESK_KEY_TEXT, "%.*s", KEY_HEX_LEN,
				 (const char *)partner.key.data);
	}
	answer_free(answer);
	if (found)
		return DESK_DONE;
	if (result != RESULT_NOT_FOUND)
		return desk_odd_answer(desk, "a partner");
	struct problem problem = {0};
	problem_set_file(&problem, desk->arguments[0]);
	problem_set(
		&problem, reason_code(REASON_NOT_FOUND),
		"enrol a new partner with knooppuntctl partner add",
		"no key is in force for this OIN with these functies: there is none to replace");
	return desk_fail(desk, &problem, DESK_NO);
}

int ctl_partner_rotate(struct desk *desk)
{
	struct buffer wire;
	struct bundle bundle;
	char old[DESK_KEY_TEXT];
	buffer_init(&wire, BUNDLE_MAX);
	int code = read_bundle(desk, &wire, &bundle);
	if (code == DESK_DONE)
		code = find_replaced(desk, &bundle, old);
	if (code == DESK_DONE)
		code = propose(desk, &wire, &bundle, old);
	buffer_done(&wire);
	return code;
}

// ---- frames of its own ---------------------------------------------------------------------

int ctl_partner_release(struct desk *desk)
{
	struct buffer request;
	struct answer *answer;
	struct oin oin;
	char question[64];
	if (oin_parse(bytes_of_text(desk->arguments[0]), &oin) != RESULT_OK)
		return desk_misused(desk, "%s is not an OIN", desk->arguments[0]);
	snprintf(question, sizeof question, "release %s", oin.text);
	desk_question(&request, question);
	int code = desk_ask(desk, &request, &answer);
	if (code != DESK_DONE)
		return code;
	answer_free(answer);
	desk_say(desk, "%s is released", oin.text);
	return DESK_DONE;
}

// ---- revoking ------------------------------------------------------------------------------

static int choose_key(struct desk *desk, const struct answer *answer, struct bytes *ret_key)
{
	struct partner partner;
	size_t at = 0, found = 0;
	enum result result;
	while ((result = partner_next(answer, &at, &partner)) == RESULT_OK) {
		if (!bytes_equal(partner.oin, bytes_of_text(desk->arguments[0])) ||
		    !bytes_equal(partner.state, bytes_of_text(STATE_ACTIVE)))
			continue;
		*ret_key = partner.key;
		found++;
	}
	if (result != RESULT_NOT_FOUND || (found == 1 && !ret_key->data))
		return desk_odd_answer(desk, "a partner without its key");
	if (found == 0)
		return unknown_partner(desk, "no partner in force has this OIN");
	if (found > 1)
		return unknown_partner(
			desk, "more than one key is in force under this OIN: name the key");
	return DESK_DONE;
}

static int key_of_partner(struct desk *desk, uint8_t ret_key[KEY_ID_LEN])
{
	struct buffer request;
	struct answer *answer;
	struct bytes key = {0};
	desk_question(&request, "partners");
	int code = desk_ask(desk, &request, &answer);
	if (code != DESK_DONE)
		return code;
	code = choose_key(desk, answer, &key);
	if (code == DESK_DONE && hex_decode(ret_key, KEY_ID_LEN, key) != RESULT_OK)
		code = desk_odd_answer(desk, "a key id");
	answer_free(answer);
	return code;
}

int ctl_partner_revoke(struct desk *desk)
{
	uint8_t key[KEY_ID_LEN];
	struct oin oin;
	struct bytes named = bytes_of_text(desk->arguments[0]);
	int code = DESK_DONE;
	if (oin_parse(named, &oin) == RESULT_OK)
		code = key_of_partner(desk, key);
	else if (hex_decode(key, sizeof key, named) != RESULT_OK)
		code = desk_misused(desk, "%s is neither an OIN nor the %d digits of a key",
				    desk->arguments[0], KEY_HEX_LEN);
	if (code != DESK_DONE)
		return code;
	struct change change = {.soort = "intrekking",
				.object = bytes_make(key, sizeof key),
				.naam = desk->arguments[0]};
	code = change_propose(desk, &change);
	if (code == DESK_DONE)
		desk_say(desk,
			 "Connections are cut for a moment so that this key has none; the others "
			 "come back by themselves.");
	return code;
}
