// SPDX-License-Identifier: EUPL-1.2
// The control socket: a Unix stream socket, mode 0600, served by the parent, which knows the
// processes and holds no key. Questions that go through the log are passed to a reader, a process
// that only reads, and all others to core. It only carries: acts are signed statements (design
// §10). Questions about persons do not come here: they are statements too (core/vraag.c).
//
// On the socket every message is u32be length, then that many bytes of lines; all functions here
// but control_ask() work on the lines alone. A line is "name", "name value" or "name base64:…" and
// ends with a newline; a name is 1..64 of [a-z0-9._-], a plain value is clean text without newline.
// The first line of a request is the command (with its object, if it has one); the first line of an
// answer is "result <code>", code "ok" or a reason code (melding/reason.h). An answer that ends
// with a line "more" is followed by another of the same form.
#ifndef KNP_CONTROL_CONTROL_H
#define KNP_CONTROL_CONTROL_H

#include "base/bytes.h"
#include "base/problem.h"

#define CONTROL_MESSAGE_MAX (1024 * 1024)

// Whether a reader answers this question, by its first word: what it costs grows with the log, and
// it changes nothing.
bool control_is_for_reader(struct bytes request);

#define CONTROL_LINES_MAX 16384
#define CONTROL_NAME_MAX 64

// A message as a list of (name, value); views into the parsed bytes or into `store`. An absent
// value is {NULL, 0}, an empty one is not NULL.
struct control_line {
	struct bytes name, value;
};
struct control_message {
	struct control_line lines[CONTROL_LINES_MAX];
	size_t count;
	struct buffer store; // decoded base64 values
};
// Large: 512 KiB of lines. At least one line, else RESULT_MALFORMED; RESULT_TOO_LARGE beyond
// CONTROL_MESSAGE_MAX or CONTROL_LINES_MAX. Values may be personal and are wiped by
// control_message_done(); after a failure there is nothing to release.
enum result control_parse(struct bytes lines, struct control_message *ret_message) KNP_MUST_CHECK;
void control_message_done(struct control_message *message);
// Value of the first line with this name; {NULL, 0} when there is none.
struct bytes control_value(const struct control_message *message, const char *name);
// Append one line. A value that is not clean one-line text travels as base64.
void control_append(struct buffer *out, const char *name, struct bytes value);
void control_append_text(struct buffer *out, const char *name, const char *value);
void control_append_number(struct buffer *out, const char *name, uint64_t value);

// For knooppuntctl and knooppunt-audit: connects, asks, and appends the lines of the answer to
// `ret_answer`, which the caller initialised with a ceiling. An answer in several pieces comes as
// one: "more" and the "result ok" of later pieces are left out; when a later piece says other than
// ok, `ret_answer` holds that piece alone. RESULT_NOT_FOUND (no daemon runs), RESULT_DENIED,
// RESULT_CLOSED (it stopped half-way), RESULT_AGAIN (no answer in time), RESULT_MALFORMED,
// RESULT_TOO_LARGE, RESULT_IO.
enum result control_ask(const char *path, struct bytes request, struct buffer *ret_answer,
			struct problem *problem) KNP_MUST_CHECK;

#endif
