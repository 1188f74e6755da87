// SPDX-License-Identifier: EUPL-1.2
// convenant: proposing one, ending one that nothing replaces, and which there are.
#include "ctl/ctl.h"

#include "convenant/convenant.h"
#include "ctl/change.h"
#include "desk/answer.h"
#include "melding/reason.h"
#include "register/einde.h"

#include <string.h>

// The daemon loads it and says file, line and field of what is wrong.
int ctl_convenant_propose(struct desk *desk)
{
	return change_propose_file(desk, "convenant", CONVENANT_MAX);
}

// A line "<naam> <hash> <from> <until, 0 in force> <ja or nee: signed on paper>".
struct versie {
	struct bytes naam, hash, ondertekend;
	uint64_t from, until;
};

static bool take_versie(const struct control_line *line, struct versie *ret_versie)
{
	struct versie v;
	struct bytes rest = line->value, from, until;
	if (!bytes_equal(line->name, bytes_of_text("convenant")) || !word_take(&rest, &v.naam) ||
	    !word_take(&rest, &v.hash) || !word_take(&rest, &from) || !word_take(&rest, &until) ||
	    number_parse(from, &v.from) || number_parse(until, &v.until) || rest.len == 0)
		return false;
	v.ondertekend = rest;
	*ret_versie = v;
	return true;
}

static int ask_convenanten(struct desk *desk, struct answer **ret_answer)
{
	struct buffer request;
	desk_question(&request, "convenanten");
	return desk_ask(desk, &request, ret_answer);
}

static void tell_versie(struct desk *desk, const struct versie *v)
{
	struct desk_line line;
	if (v->until)
		desk_say(desk, "%.*s  ended by entry %llu, in force since entry %llu  %.*s",
			 (int)v->naam.len, (const char *)v->naam.data, (unsigned long long)v->until,
			 (unsigned long long)v->from, (int)v->hash.len, (const char *)v->hash.data);
	else
		desk_say(desk, "%.*s  in force since entry %llu  %.*s", (int)v->naam.len,
			 (const char *)v->naam.data, (unsigned long long)v->from, (int)v->hash.len,
			 (const char *)v->hash.data);
	if (!desk->json)
		return;
	desk_line_begin(&line);
	json_out_add_bytes(&line.out, "convenant", v->naam);
	json_out_add_bytes(&line.out, "hash", v->hash);
	json_out_add_text(&line.out, "state", v->until ? "beeindigd" : "actief");
	json_out_add_number(&line.out, "index", v->from);
	if (v->until)
		json_out_add_number(&line.out, "until", v->until);
	json_out_add_bool(&line.out, "ondertekend",
			  bytes_equal(v->ondertekend, bytes_of_text("ja")));
	desk_line_end(desk, &line);
}

int ctl_convenant_list(struct desk *desk)
{
	struct answer *answer;
	struct versie versie;
	int code = ask_convenanten(desk, &answer);
	if (code != DESK_DONE)
		return code;
	for (size_t i = 0; i < answer->message.count; i++)
		if (take_versie(&answer->message.lines[i], &versie))
			tell_versie(desk, &versie);
	answer_free(answer);
	return DESK_DONE;
}

static bool find_in_force(const struct answer *answer, const char *naam, struct versie *ret_versie)
{
	for (size_t i = 0; i < answer->message.count; i++)
		if (take_versie(&answer->message.lines[i], ret_versie) && !ret_versie->until &&
		    bytes_equal(ret_versie->naam, bytes_of_text(naam)))
			return true;
	return false;
}

static int not_in_force(struct desk *desk)
{
	struct problem problem = {0};
	problem_set(&problem, reason_code(REASON_NOT_FOUND),
		    "name one that knooppuntctl convenant list says is in force",
		    "no convenant in force is called %.80s", desk->arguments[0]);
	return desk_fail(desk, &problem, DESK_NO);
}

static int propose_end(struct desk *desk, const struct answer *answer, const struct versie *versie)
{
	struct convenant_einde einde = {.naam = ""};
	struct bytes origin = control_value(&answer->message, "origin");
	struct buffer text;
	if (origin.len == 0 || origin.len >= sizeof einde.origin ||
	    versie->naam.len >= sizeof einde.naam ||
	    hex_decode(einde.hash.b, sizeof einde.hash.b, versie->hash) != RESULT_OK)
		return desk_odd_answer(desk, "a convenant without its hash");
	memcpy(einde.origin, origin.data, origin.len);
	memcpy(einde.naam, versie->naam.data, versie->naam.len);
	buffer_init(&text, CONVENANT_EINDE_MAX);
	int code = convenant_einde_write(&einde, &text) == RESULT_OK ? DESK_DONE : DESK_BROKEN;
	const struct change change = {.soort = CONVENANT_EINDE_SOORT,
				      .object = buffer_view(&text),
				      .naam = desk->arguments[0]};
	if (code == DESK_DONE)
		code = change_propose(desk, &change);
	buffer_done(&text);
	return code;
}

int ctl_convenant_end(struct desk *desk)
{
	struct answer *answer;
	struct versie versie;
	int code = ask_convenanten(desk, &answer);
	if (code != DESK_DONE)
		return code;
	code = find_in_force(answer, desk->arguments[0], &versie)
		       ? propose_end(desk, answer, &versie)
		       : not_in_force(desk);
	answer_free(answer);
	return code;
}
