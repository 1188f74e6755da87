// SPDX-License-Identifier: EUPL-1.2
#include "audit/inzage.h"

#include "audit/person.h"
#include "crypto/secret.h"
#include "desk/vraag.h"

bool inzage_is(const struct control_line *line, const char *name)
{
	return bytes_equal(line->name, bytes_of_text(name));
}

bool inzage_is_overleg(const struct block *melding, size_t n)
{
	const struct control_line *lines = melding->lines;
	if (!inzage_is(&lines[n], "m-overleg"))
		return false;
	for (size_t i = 0; i < n; i++)
		if (inzage_is(&lines[i], "m-overleg") &&
		    bytes_equal(lines[i].value, lines[n].value))
			return false;
	return true;
}

static bool ends_melding(const struct control_line *line)
{
	return inzage_is(line, "melding") || inzage_is(line, "naam") || inzage_is(line, "before");
}

static enum result read_meldingen(const struct inzage_reader *reader, const struct answer *answer)
{
	const struct control_message *message = &answer->message;
	enum result result = RESULT_OK;
	for (size_t i = 0; result == RESULT_OK && i < message->count;) {
		size_t end = i + 1;
		while (end < message->count && !ends_melding(&message->lines[end]))
			end++;
		const struct block melding = {&message->lines[i], end - i};
		if (inzage_is(melding.lines, "melding"))
			result = reader->melding(reader->context, answer, &melding);
		i = end;
	}
	return result;
}

// One answer; *before is where the next begins, 0 when this was the last.
static int ask_piece(struct desk *desk, const struct person *person,
		     const struct inzage_reader *reader, uint64_t *before)
{
	struct buffer request;
	struct answer *answer;
	uint64_t next = 0;
	desk_question(&request, "inzage");
	control_append_text(&request, person->soort, person->waarde);
	if (*before > 0)
		control_append_number(&request, "before", *before);
	int code = desk_vraag(desk, &request, &answer);
	if (code != DESK_DONE)
		return code;
	if (*before == 0)
		reader->head(reader->context, answer);
	enum result result = answer_number(answer, "before", &next);
	if (result == RESULT_OK && *before > 0 && next >= *before)
		result = RESULT_MALFORMED; // it would never end
	if (result == RESULT_OK || result == RESULT_NOT_FOUND)
		result = read_meldingen(reader, answer);
	answer_free(answer);
	*before = next;
	return result == RESULT_OK ? DESK_DONE
				   : desk_odd_answer(desk, "a line that cannot be read");
}

int inzage_ask(struct desk *desk, const char *argument, const struct inzage_reader *reader)
{
	struct person person;
	uint64_t before = 0;
	int code = person_read(desk, argument, &person);
	if (code != DESK_DONE)
		return code;
	do
		code = ask_piece(desk, &person, reader, &before);
	while (code == DESK_DONE && before > 0);
	secret_wipe(&person, sizeof person);
	return code;
}
