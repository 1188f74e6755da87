// SPDX-License-Identifier: EUPL-1.2
#include "audit/audit.h"
#include "audit/convenant.h"
#include "audit/order.h"

#include "crypto/hash.h"
#include "desk/act.h"
#include "desk/answer.h"
#include "melding/reason.h"
#include "wire/bundle.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define OBJECT_FILE_MAX (1024u * 1024)
#define HASH_HEX 64
#define SOORT_MAX 40

// ---- what is proposed ----------------------------------------------------------------------

// Of an order to erase: what goes, and of which melding, as its sender and `why` name it.
static void say_goes(const struct desk *desk, const struct control_message *message, size_t at)
{
	struct bytes id = order_value(message, at, "melding");
	struct bytes source = order_value(message, at, "source");
	struct order_goes goes;
	char melding[400] = "a melding that cannot be read any more";
	order_read_goes(message, at, &goes);
	if (id.len > 0)
		snprintf(melding, sizeof melding, "melding %.*s of %.*s", (int)id.len,
			 (const char *)id.data, (int)source.len, (const char *)source.data);
	else if (goes.over)
		snprintf(melding, sizeof melding, "the melding in entry %llu",
			 (unsigned long long)goes.over);
	if (id.len > 0 || goes.wat[0])
		order_say_goes(desk, &goes, melding);
}

static void say_proposal(const struct desk *desk, const struct control_message *message, size_t at)
{
	struct bytes object = message->lines[at].value;
	struct bytes soort = order_value(message, at, "soort");
	struct bytes naam = order_value(message, at, "naam");
	struct bytes oin = order_value(message, at, "oin");
	struct bytes key = order_value(message, at, "key");
	desk_say(desk, "%-10.*s %.*s", (int)soort.len, (const char *)soort.data, (int)naam.len,
		 (const char *)naam.data);
	say_goes(desk, message, at);
	if (key.len > 0)
		desk_say(desk, "  OIN %.*s, key %.*s", (int)oin.len, (const char *)oin.data,
			 (int)key.len, (const char *)key.data);
	desk_say(desk, "  object %.*s", (int)object.len, (const char *)object.data);
}

static void write_line(struct json_out *out, const struct control_line *line)
{
	char key[CONTROL_NAME_MAX + 1];
	uint64_t entry;
	snprintf(key, sizeof key, "%.*s", (int)line->name.len, (const char *)line->name.data);
	if (strcmp(key, "over") == 0 && number_parse(line->value, &entry) == RESULT_OK)
		json_out_add_number(out, key, entry);
	else
		json_out_add_bytes(out, key, line->value);
}

static void tell_proposal(struct desk *desk, const struct control_message *message, size_t at)
{
	struct bytes object = message->lines[at].value;
	say_proposal(desk, message, at);
	if (!desk->json)
		return;
	struct desk_line line;
	desk_line_begin(&line);
	json_out_add_bytes(&line.out, "object", object);
	// The lines of one proposal, up to the next.
	for (size_t i = at + 1; i < message->count; i++) {
		if (bytes_equal(message->lines[i].name, bytes_of_text("object")))
			break;
		write_line(&line.out, &message->lines[i]);
	}
	desk_line_end(desk, &line);
}

static void say_how(struct desk *desk)
{
	desk_say(desk, "Read one with:");
	desk_say_command(desk, "knooppunt-audit", "approve OBJECT");
	desk_say(desk, "Compare the key of a partner with that partner, by telephone, before you "
		       "approve.");
}

static int list_proposals(struct desk *desk)
{
	struct buffer request;
	struct answer *answer;
	size_t count = 0;
	desk_question(&request, "proposals");
	int code = desk_ask(desk, &request, &answer);
	if (code != DESK_DONE)
		return code;
	for (size_t i = 0; i < answer->message.count; i++) {
		if (!bytes_equal(answer->message.lines[i].name, bytes_of_text("object")))
			continue;
		tell_proposal(desk, &answer->message, i);
		count++;
	}
	if (count == 0)
		desk_say(desk, "nothing waits for approval");
	else
		say_how(desk);
	answer_free(answer);
	return DESK_DONE;
}

// ---- one proposal --------------------------------------------------------------------------

static int no_such_object(struct desk *desk, const char *name)
{
	struct problem problem = {0};
	problem_set_file(&problem, name);
	problem_set(&problem, reason_code(REASON_NOT_FOUND),
		    "name a file that exists, or an object as knooppunt-audit approve lists it",
		    "not found: it is neither a file nor a hash of %d digits", HASH_HEX);
	return desk_fail(desk, &problem, DESK_NO);
}

// A hash as it is listed, or the file whose hash it is: who approves a file approves what it read.
static int object_named(struct desk *desk, struct hash *ret_object)
{
	const char *name = desk->arguments[0];
	struct bytes hex = bytes_of_text(name);
	if (hex.len == HASH_HEX &&
	    hex_decode(ret_object->b, sizeof ret_object->b, hex) == RESULT_OK)
		return DESK_DONE;
	if (access(name, F_OK) != 0)
		return no_such_object(desk, name);
	struct buffer file;
	buffer_init(&file, OBJECT_FILE_MAX);
	int code = desk_read_file(desk, name, OBJECT_FILE_MAX, &file);
	if (code == DESK_DONE)
		*ret_object = sha256(buffer_view(&file));
	buffer_done(&file);
	return code;
}

// The proposal as the daemon has it; its hash is computed here, for that is what gets signed.
static int ask_proposal(struct desk *desk, const struct hash *object, struct answer **ret_answer)
{
	char hex[HASH_HEX + 1];
	struct buffer request;
	struct answer *answer;
	hex_encode(hex, bytes_of_hash(object));
	desk_question(&request, "proposal");
	control_append_text(&request, "object", hex);
	int code = desk_ask(desk, &request, &answer);
	if (code != DESK_DONE)
		return code;
	struct hash got = sha256(control_value(&answer->message, "document"));
	if (hash_equal(&got, object)) {
		*ret_answer = answer;
		return DESK_DONE;
	}
	answer_free(answer);
	return desk_odd_answer(desk, "a proposal that is not the object asked for");
}

// A bundle in words: who it is and what it may be asked for.
static int say_bundle(struct desk *desk, struct bytes document, struct bundle *ret_bundle)
{
	struct problem problem = {0};
	char key[DESK_KEY_TEXT];
	enum result result = bundle_decode(document, NULL, ret_bundle, &problem);
	if (result != RESULT_OK)
		return desk_fail(desk, &problem, DESK_NO);
	desk_say(desk, "%s (%s), OIN %s", ret_bundle->naam, ret_bundle->soort,
		 ret_bundle->oin.text);
	for (size_t i = 0; i < ret_bundle->functie_count; i++)
		desk_say(desk, "  functie %s", ret_bundle->functies[i]);
	desk_key_text(ret_bundle->identity, key);
	desk_say(desk, "  key %s: compare it with the partner, by telephone", key);
	return DESK_DONE;
}

static void write_bundle(struct json_out *out, const struct bundle *bundle)
{
	char key[DESK_KEY_TEXT];
	desk_key_text(bundle->identity, key);
	json_out_add_text(out, "key", key);
	json_out_add_text(out, "oin", bundle->oin.text);
	json_out_add_text(out, "naam", bundle->naam);
	json_out_key(out, "functies");
	json_out_array_begin(out);
	for (size_t i = 0; i < bundle->functie_count; i++)
		json_out_text(out, bytes_of_text(bundle->functies[i]));
	json_out_array_end(out);
}

static bool is_convenant(const struct answer *proposal)
{
	return bytes_equal(control_value(&proposal->message, "soort"), bytes_of_text("convenant"));
}

// Of an order to erase.
static void write_about(struct json_out *out, const struct control_message *message)
{
	static const char *const names[] = {"wat", "over", "melding", "source"};
	for (size_t i = 0; i < message->count; i++)
		for (size_t n = 0; n < sizeof names / sizeof names[0]; n++)
			if (bytes_equal(message->lines[i].name, bytes_of_text(names[n])))
				write_line(out, &message->lines[i]);
}

static int show_proposal(struct desk *desk, const struct hash *object, const struct answer *answer)
{
	struct bytes document = control_value(&answer->message, "document");
	struct bytes soort = control_value(&answer->message, "soort");
	bool partner = bytes_equal(soort, bytes_of_text("partner"));
	struct bundle bundle;
	char hex[HASH_HEX + 1];
	int code = partner ? say_bundle(desk, document, &bundle) : DESK_DONE;
	if (code != DESK_DONE)
		return code;
	if (!partner && !utf8_is_clean_text(document))
		return desk_odd_answer(desk, "a convenant that is no text");
	if (!partner)
		desk_say(desk, "%.*s", (int)document.len, (const char *)document.data);
	say_goes(desk, &answer->message, 0);
	struct desk_line line;
	hex_encode(hex, bytes_of_hash(object));
	desk_line_begin(&line);
	json_out_add_text(&line.out, "object", hex);
	json_out_add_bytes(&line.out, "soort", soort);
	if (partner)
		write_bundle(&line.out, &bundle);
	else
		json_out_add_bytes(&line.out, "document", document);
	write_about(&line.out, &answer->message);
	if (is_convenant(answer))
		code = proposed_say(desk, document, &line.out);
	if (code == DESK_DONE && desk->json)
		desk_line_end(desk, &line);
	else
		buffer_wipe(&line.buffer);
	return code;
}

// ---- approving -----------------------------------------------------------------------------

static int tell_approved(struct desk *desk, const struct answer *answer)
{
	uint64_t index;
	char state[SOORT_MAX];
	if (answer_number(answer, "index", &index) != RESULT_OK)
		return desk_odd_answer(desk, "an approval without its entry");
	desk_say(desk, "%s since entry %llu", answer_text(answer, "state", state, sizeof state),
		 (unsigned long long)index);
	if (!desk->json)
		return DESK_DONE;
	struct desk_line line;
	desk_line_begin(&line);
	json_out_add_number(&line.out, "index", index);
	json_out_add_bytes(&line.out, "state", control_value(&answer->message, "state"));
	desk_line_end(desk, &line);
	return DESK_DONE;
}

static int send_approval(struct desk *desk, const struct hash *object, struct bytes act)
{
	char hex[HASH_HEX + 1];
	struct buffer request;
	struct answer *answer;
	hex_encode(hex, bytes_of_hash(object));
	desk_question(&request, "approve");
	control_append_text(&request, "object", hex);
	control_append(&request, "act", act);
	int code = desk_ask(desk, &request, &answer);
	if (code != DESK_DONE)
		return code;
	code = tell_approved(desk, answer);
	answer_free(answer);
	return code;
}

static int approve(struct desk *desk, const struct hash *object, const struct answer *proposal)
{
	char soort[SOORT_MAX];
	struct act_subject subject = {
		.soort = answer_text(proposal, "soort", soort, sizeof soort),
		.object = *object,
	};
	struct buffer act;
	buffer_init(&act, ACT_FILE_MAX);
	int code = desk_act(desk, &subject, &act);
	if (code == DESK_DONE)
		code = send_approval(desk, object, buffer_view(&act));
	buffer_done(&act);
	return code;
}

int audit_approve(struct desk *desk)
{
	bool signing = desk->values[DESK_KEY] || desk->values[DESK_ACT];
	struct hash object;
	struct answer *proposal = NULL;
	if (desk->argument_count == 0 && signing)
		return desk_misused(desk, "name the OBJECT to approve");
	if (desk->argument_count == 0)
		return list_proposals(desk);
	int code = object_named(desk, &object);
	if (code == DESK_DONE)
		code = ask_proposal(desk, &object, &proposal);
	if (code != DESK_DONE)
		return code;
	// Whoever signs sees what it changes; a program asked for it before, without a key.
	if (signing && !desk->json && is_convenant(proposal))
		code = proposed_say(desk, control_value(&proposal->message, "document"), NULL);
	if (signing)
		say_goes(desk, &proposal->message, 0);
	if (signing && code == DESK_DONE)
		code = approve(desk, &object, proposal);
	else if (!signing)
		code = show_proposal(desk, &object, proposal);
	answer_free(proposal);
	return code;
}
