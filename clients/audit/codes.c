// SPDX-License-Identifier: EUPL-1.2
// The rows of the code tables that nobody confirmed: listed, and accepted until a day by two roles.
#include "audit/audit.h"

#include "audit/order.h"
#include "desk/answer.h"
#include "melding/reason.h"
#include "melding/validate.h"
#include "register/acceptatie.h"

#include <stdio.h>
#include <string.h>

struct rij {
	struct bytes tabel, code, stand;
	bool rests; // a convenant in force rests on it
};

// The next line "rij <tabel> <code> <stand> <rests>".
static bool next_rij(const struct answer *answer, size_t *at, struct rij *ret_rij)
{
	const struct control_message *message = &answer->message;
	while (*at < message->count) {
		struct bytes rest = message->lines[*at].value;
		bool is_rij = bytes_equal(message->lines[(*at)++].name, bytes_of_text("rij"));
		if (is_rij && word_take(&rest, &ret_rij->tabel) &&
		    word_take(&rest, &ret_rij->code) && word_take(&rest, &ret_rij->stand)) {
			ret_rij->rests = bytes_equal(rest, bytes_of_text("yes"));
			return true;
		}
	}
	return false;
}

static bool is_confirmed(const struct rij *rij)
{
	return bytes_equal(rij->stand, bytes_of_text("bevestigd"));
}

static int ask(struct desk *desk, struct answer **ret_answer)
{
	struct buffer request;
	desk_question(&request, "codes");
	return desk_ask(desk, &request, ret_answer);
}

// ---- the list ------------------------------------------------------------------------------

static void tell_rij(struct desk *desk, const struct rij *rij)
{
	bool accepted = bytes_equal(rij->stand, bytes_of_text("aanvaard"));
	struct desk_line line;
	desk_say(desk, "%.*s %.*s: %s%s", (int)rij->tabel.len, (const char *)rij->tabel.data,
		 (int)rij->code.len, (const char *)rij->code.data,
		 accepted ? "accepted" : "not confirmed",
		 rij->rests ? "; a convenant in force rests on it" : "");
	if (!desk->json)
		return;
	desk_line_begin(&line);
	json_out_add_bytes(&line.out, "tabel", rij->tabel);
	json_out_add_bytes(&line.out, "code", rij->code);
	json_out_add_bool(&line.out, "aanvaard", accepted);
	json_out_add_bool(&line.out, "rust", rij->rests);
	desk_line_end(desk, &line);
}

static void say_accepted(const struct desk *desk, const struct control_message *message)
{
	struct accepted accepted;
	if (answer_accepted(message, &accepted))
		desk_say(desk, "%llu rows are accepted until %.*s (entry %llu): %.*s",
			 (unsigned long long)accepted.rijen, (int)accepted.tot.len,
			 (const char *)accepted.tot.data, (unsigned long long)accepted.entry,
			 (int)accepted.grond.len, (const char *)accepted.grond.data);
}

static void tell_total(struct desk *desk, const struct answer *answer, size_t count, size_t open)
{
	const struct control_message *message = &answer->message;
	struct bytes hash = control_value(message, "codes-hash");
	struct desk_line line;
	desk_say(desk, "%zu of %zu rows are not confirmed; the tables are %.*s", open, count,
		 (int)hash.len, (const char *)hash.data);
	say_accepted(desk, message);
	if (!desk->json)
		return;
	desk_line_begin(&line);
	json_out_add_bytes(&line.out, "codes", hash);
	json_out_add_number(&line.out, "rijen", count);
	json_out_add_number(&line.out, "voorlopig", open);
	answer_write_accepted(&line.out, message);
	desk_line_end(desk, &line);
}

int audit_codes(struct desk *desk)
{
	struct answer *answer;
	struct rij rij;
	size_t count = 0, open = 0;
	bool missing = false;
	int code = ask(desk, &answer);
	if (code != DESK_DONE)
		return code;
	for (size_t at = 0; next_rij(answer, &at, &rij); count++) {
		if (is_confirmed(&rij))
			continue;
		open++;
		missing |= rij.rests && bytes_equal(rij.stand, bytes_of_text("open"));
		tell_rij(desk, &rij);
	}
	tell_total(desk, answer, count, open);
	answer_free(answer);
	return missing && !desk->oefening ? DESK_NO : DESK_DONE;
}

// ---- accepting -----------------------------------------------------------------------------

// "tabel/code,tabel/code": whether the row is among them; without a list every one is.
static bool is_chosen(const char *list, const struct rij *rij)
{
	char name[2 * ACCEPTATIE_NAAM_MAX + 2];
	if (!list)
		return true;
	snprintf(name, sizeof name, "%.*s/%.*s", (int)rij->tabel.len, (const char *)rij->tabel.data,
		 (int)rij->code.len, (const char *)rij->code.data);
	for (const char *at = list; *at;) {
		size_t len = strcspn(at, ",");
		if (len == strlen(name) && memcmp(at, name, len) == 0)
			return true;
		at += len + (at[len] == ',');
	}
	return false;
}

static size_t names_in(const char *list)
{
	size_t count = 0;
	for (const char *at = list; at && *at; count++) {
		size_t len = strcspn(at, ",");
		at += len + (at[len] == ',');
	}
	return count;
}

// One name stands once, of however many rows it is (a gemeente in several periods).
static bool is_there(const struct acceptatie_rij *rijen, size_t count, const struct rij *rij)
{
	for (size_t i = 0; i < count; i++)
		if (bytes_equal(rijen[i].tabel, rij->tabel) &&
		    bytes_equal(rijen[i].code, rij->code))
			return true;
	return false;
}

static size_t choose(const struct answer *answer, const char *list,
		     struct acceptatie_rij rijen[ACCEPTATIE_RIJEN_MAX])
{
	struct rij rij;
	size_t count = 0;
	for (size_t at = 0; next_rij(answer, &at, &rij) && count < ACCEPTATIE_RIJEN_MAX;)
		if (!is_confirmed(&rij) && is_chosen(list, &rij) && !is_there(rijen, count, &rij))
			rijen[count++] = (struct acceptatie_rij){rij.tabel, rij.code};
	return count;
}

static int misnamed(struct desk *desk)
{
	struct problem problem = {.code = NULL};
	problem_set(&problem, reason_code(REASON_NOT_FOUND),
		    "name rows as knooppunt-audit codes lists them, TABEL/CODE with commas between",
		    "one of these is no row that nobody confirmed");
	return desk_fail(desk, &problem, DESK_NO);
}

static int propose(struct desk *desk, const struct acceptatie *acceptatie,
		   const struct acceptatie_rij *rijen)
{
	struct buffer text;
	buffer_init(&text, ACCEPTATIE_MAX);
	int code = acceptatie_write(acceptatie, rijen, &text) == RESULT_OK
			   ? order_propose(desk, ACCEPTATIE_SOORT, buffer_view(&text))
			   : desk_misused(desk, "GROND is one clean line of at most %d bytes",
					  ACCEPTATIE_GROND_MAX);
	buffer_done(&text);
	return code;
}

static int read_grond(struct desk *desk, const char *grond, struct acceptatie *acceptatie)
{
	if (bsn_is_in(bytes_of_text(grond)))
		return desk_misused(desk, "GROND holds a BSN, and would stay in the log for good");
	if (strlen(grond) > ACCEPTATIE_GROND_MAX)
		return desk_misused(desk, "GROND is one clean line of at most %d bytes",
				    ACCEPTATIE_GROND_MAX);
	snprintf(acceptatie->grond, sizeof acceptatie->grond, "%s", grond);
	return DESK_DONE;
}

int audit_codes_accept(struct desk *desk)
{
	static struct acceptatie_rij rijen[ACCEPTATIE_RIJEN_MAX]; // large, and there is one call
	struct acceptatie acceptatie = {.rij_count = 0};
	const char *list = desk->argument_count > 2 ? desk->arguments[2] : NULL;
	struct answer *answer;
	if (date_parse(bytes_of_text(desk->arguments[0]), &acceptatie.tot) != RESULT_OK)
		return desk_misused(desk, "TOT is the last day it counts, as 2027-05-30");
	int code = read_grond(desk, desk->arguments[1], &acceptatie);
	if (code == DESK_DONE)
		code = ask(desk, &answer);
	if (code != DESK_DONE)
		return code;
	acceptatie.rij_count = choose(answer, list, rijen);
	if (hex_decode(acceptatie.codes.b, 32, control_value(&answer->message, "codes-hash")) !=
	    RESULT_OK)
		code = desk_odd_answer(desk, "code tables without a hash");
	else if (acceptatie.rij_count == 0 || (list && acceptatie.rij_count != names_in(list)))
		code = misnamed(desk);
	else
		code = propose(desk, &acceptatie, rijen);
	answer_free(answer);
	return code;
}

int audit_codes_end(struct desk *desk)
{
	struct acceptatie acceptatie = {.rij_count = 0};
	struct answer *answer;
	int code = read_grond(desk, desk->arguments[0], &acceptatie);
	if (code == DESK_DONE)
		code = ask(desk, &answer);
	if (code != DESK_DONE)
		return code;
	acceptatie.tot = date_amsterdam(clock_wall_ms());
	code = hex_decode(acceptatie.codes.b, 32, control_value(&answer->message, "codes-hash"))
		       ? desk_odd_answer(desk, "code tables without a hash")
		       : propose(desk, &acceptatie, NULL);
	answer_free(answer);
	return code;
}
