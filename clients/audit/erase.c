// SPDX-License-Identifier: EUPL-1.2
// Proposes to destroy the content of one melding. It needs the header hash, which the daemon knows
// by the id; what is signed is a text that the other role can read before it signs as well.
#include "audit/audit.h"

#include "audit/order.h"
#include "base/file.h"
#include "base/shell.h"
#include "crypto/hash.h"
#include "desk/answer.h"
#include "melding/reason.h"
#include "melding/validate.h"
#include "register/register.h"

#include <stdio.h>
#include <string.h>

static int misused(struct desk *desk, const char *what)
{
	struct problem problem = {.code = NULL};
	problem_set(&problem, reason_code(REASON_BAD_VALUE),
		    "name a ground in one line of at most 200 bytes, and no person", "%s", what);
	return desk_fail(desk, &problem, DESK_USAGE);
}

static void say_next(const struct desk *desk, const char *path)
{
	struct buffer file, words;
	buffer_init(&file, 4096);
	buffer_init(&words, 4096);
	shell_append(&file, path);
	shell_append(&words, desk->arguments[0]);
	buffer_append_text(&words, " ");
	shell_append(&words, desk->arguments[1]);
	buffer_append_text(&words, " ");
	shell_append_option(&words, "--source", desk->values[DESK_SOURCE]);
	desk_say(desk,
		 "the order is in %s. Read and sign it where the key is, then bring the act:\n"
		 "  knooppunt act %.*s --soort wissing --keys DIR --genesis FILE --out ACT",
		 path, (int)file.len, (const char *)file.data);
	desk_say_command(desk, "knooppunt-audit", "erase %.*s--act ACT", (int)words.len,
			 (const char *)words.data);
	buffer_done(&file);
	buffer_done(&words);
}

// For a role whose key is on another machine: the order, to be signed there with knooppunt act.
static int write_order(struct desk *desk, struct bytes order)
{
	struct problem problem = {.code = NULL};
	const char *path = desk->values[DESK_OUT];
	if (desk->values[DESK_KEY] || desk->values[DESK_ACT])
		return desk_misused(desk, "give --out, or --key or --act to sign and send it");
	enum result result = file_create(path, order, 0644);
	if (result != RESULT_OK) {
		problem_set_file(&problem, path);
		problem_set(&problem,
			    reason_code(result == RESULT_EXISTS ? REASON_EXISTS : REASON_IO),
			    "name a file that is not there yet, in a folder that is",
			    "the order cannot be written: %s", result_name(result));
		return desk_fail(desk, &problem, DESK_CONFIG);
	}
	say_next(desk, path);
	if (!desk->json)
		return DESK_DONE;
	char object[65];
	struct desk_line line;
	struct hash hash = sha256(order);
	hex_encode(object, bytes_of_hash(&hash));
	desk_line_begin(&line);
	json_out_add_text(&line.out, "order", path);
	json_out_add_text(&line.out, "object", object);
	desk_line_end(desk, &line);
	return DESK_DONE;
}

static void say_goes(const struct desk *desk, const struct order_goes *goes)
{
	char melding[200];
	if (goes->over)
		snprintf(melding, sizeof melding, "the melding in entry %llu",
			 (unsigned long long)goes->over);
	else
		snprintf(melding, sizeof melding, "melding %s", desk->arguments[0]);
	order_say_goes(desk, goes, melding);
}

int audit_erase(struct desk *desk)
{
	struct order_goes goes;
	struct wissing_opdracht opdracht = {.melding = 0};
	const char *grond = desk->arguments[1];
	struct buffer text;
	if (strlen(grond) > WISSING_GROND_MAX)
		return misused(desk, "the ground is too long");
	if (bsn_is_in(bytes_of_text(grond)))
		return misused(desk, "the ground holds a BSN, and would stay in the log for good");
	memcpy(opdracht.grond, grond, strlen(grond));
	int code = order_melding(desk, desk->arguments[0], &opdracht, &goes);
	if (code != DESK_DONE)
		return code;
	say_goes(desk, &goes);
	buffer_init(&text, WISSING_OPDRACHT_MAX);
	if (wissing_opdracht_write(&opdracht, &text) != RESULT_OK)
		code = misused(desk, "the ground is not one clean line");
	else if (desk->values[DESK_OUT])
		code = write_order(desk, buffer_view(&text));
	else
		code = order_propose(desk, WISSING_SOORT, buffer_view(&text));
	buffer_done(&text);
	return code;
}
