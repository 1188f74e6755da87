// SPDX-License-Identifier: EUPL-1.2
// What a proposed convenant changes, before the officer approves it (design §8): every past
// decision that would come out otherwise, and the cells of the matrix, beside the convenant of its
// name in force.
#include "audit/convenant.h"
#include "desk/answer.h"

#include <string.h>

// A version in force, of a line "<naam> <hash> <from> <until> …".
static bool read_in_force(const struct control_line *line, struct bytes *ret_naam,
			  struct bytes *ret_hash)
{
	struct bytes rest = line->value, from, until;
	uint64_t ended;
	return bytes_equal(line->name, bytes_of_text("convenant")) && word_take(&rest, ret_naam) &&
	       word_take(&rest, ret_hash) && word_take(&rest, &from) && word_take(&rest, &until) &&
	       number_parse(until, &ended) == RESULT_OK && ended == 0;
}

// The hash of the version in force of this name.
static bool find_hash(const struct answer *answer, const char *naam, struct bytes *ret_hash)
{
	struct bytes named;
	for (size_t i = 0; i < answer->message.count; i++)
		if (read_in_force(&answer->message.lines[i], &named, ret_hash) &&
		    bytes_equal(named, bytes_of_text(naam)))
			return true;
	return false;
}

static int ask_document(struct desk *desk, struct bytes hash, struct convenant **ret_convenant)
{
	struct buffer request;
	struct answer *answer;
	struct problem problem = {.code = NULL};
	desk_question(&request, "document");
	control_append(&request, "hash", hash);
	int code = desk_ask(desk, &request, &answer);
	if (code != DESK_DONE)
		return code;
	if (convenant_load(control_value(&answer->message, "document"), "in force", ret_convenant,
			   &problem))
		code = desk_odd_answer(desk, "a convenant in force that does not load");
	answer_free(answer);
	return code;
}

int in_force_next(struct desk *desk, const struct answer *answer, size_t *at,
		  struct convenant **ret_convenant)
{
	struct bytes naam, hash;
	while (*at < answer->message.count) {
		if (read_in_force(&answer->message.lines[(*at)++], &naam, &hash))
			return ask_document(desk, hash, ret_convenant);
	}
	return DESK_DONE;
}

// *ret_convenant stays NULL when none of this name is in force.
static int ask_in_force(struct desk *desk, const char *naam, struct convenant **ret_convenant)
{
	struct buffer request;
	struct answer *answer;
	struct bytes hash;
	desk_question(&request, "convenanten");
	int code = desk_ask(desk, &request, &answer);
	if (code != DESK_DONE)
		return code;
	if (find_hash(answer, naam, &hash))
		code = ask_document(desk, hash, ret_convenant);
	answer_free(answer);
	return code;
}

static void say_new(struct desk *desk, struct json_out *out)
{
	desk_say(desk, "No convenant of this name is in force: all that it gives is new. "
		       "Print it with:");
	desk_say_command(desk, "knooppunt-audit", "convenant matrix FILE");
	if (!out)
		return;
	json_out_key(out, "matrix");
	json_out_null(out);
}

// What would come out otherwise reads as if it went.
static void say_nothing_goes(const struct desk *desk)
{
	desk_say(desk,
		 "Approving sends none of this and takes nothing back that was fetched; what waits "
		 "still is decided again and may lapse; a melding of which nobody got anything is "
		 "put before the new convenant by the house, with knooppunt screening ENTRY "
		 "--uitkomst opnieuw.");
}

int proposed_say(struct desk *desk, struct bytes document, struct json_out *out)
{
	struct convenant *proposed = NULL, *in_force = NULL;
	struct problem problem = {.code = NULL};
	if (convenant_load(document, "proposal", &proposed, &problem))
		return desk_fail(desk, &problem, DESK_CONFIG);
	int code = ask_in_force(desk, convenant_name(proposed), &in_force);
	if (code == DESK_DONE && in_force)
		code = matrix_say(desk, in_force, proposed, out);
	else if (code == DESK_DONE)
		say_new(desk, out);
	if (code == DESK_DONE)
		code = impact_say(desk, document, out);
	if (code == DESK_DONE)
		say_nothing_goes(desk);
	convenant_free(in_force);
	convenant_free(proposed);
	return code;
}
