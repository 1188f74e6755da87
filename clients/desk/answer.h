// SPDX-License-Identifier: EUPL-1.2
// Asking the daemon over its control socket, whose path is in its settings.
#ifndef KNP_DESK_ANSWER_H
#define KNP_DESK_ANSWER_H

#include "control/control.h"
#include "desk/desk.h"
#include "settings/settings.h"

struct answer {
	struct buffer lines; // what `message` points into
	struct control_message message;
};

// The settings of -c. 0, or the exit code after telling what was wrong.
int desk_settings(struct desk *desk, struct settings *ret_settings);

// A question: begins with the command; further lines by control_append*.
void desk_question(struct buffer *request, const char *command);
// Sends it and gives an answer whose result is ok; the question is wiped either way. 0, or the exit
// code after telling what was wrong: the daemon's own refusal, or why it did not answer (3: nothing
// is lost by asking again).
int desk_ask(struct desk *desk, struct buffer *request, struct answer **ret_answer);
// The same of an answer that came another way: takes the lines out of `told`.
int desk_take(struct desk *desk, struct buffer *told, struct answer **ret_answer);
// Wipes; NULL is allowed.
void answer_free(struct answer *answer);

// The value of a line as text, "" when there is none: lives until the next call with this `room`.
const char *answer_text(const struct answer *answer, const char *name, char *room, size_t size);
// RESULT_NOT_FOUND when there is no such line, RESULT_MALFORMED when it is no number.
enum result answer_number(const struct answer *answer, const char *name,
			  uint64_t *ret_number) KNP_MUST_CHECK;
// The answer has not the shape that was agreed: tells so, returns 5.
int desk_odd_answer(struct desk *desk, const char *about);

// Whom refusals are of, as people read it: an OIN, or "never enrolled" for OIN_NOBODY.
struct bytes desk_refused_oin(struct bytes oin);

// What is accepted of the code tables until a day, from the lines "acceptatie" and
// "acceptatie-grond": false when nothing is.
struct accepted {
	uint64_t entry, rijen;
	struct bytes tot, grond; // tot: "2027-05-30"
};
bool answer_accepted(const struct control_message *message, struct accepted *ret_accepted);
// "acceptatie": {"entry", "tot", "rijen", "grond"}, or null.
void answer_write_accepted(struct json_out *out, const struct control_message *message);

#endif
