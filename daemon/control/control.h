// SPDX-License-Identifier: EUPL-1.2
// The control socket: a Unix stream socket, mode 0600, served by the parent, which knows the
// processes and holds no key. Short questions are passed to core, long ones (export, rebuild)
// to a read-only child. It only carries: acts are signed statements (design §10).
//
// Request: u32be length, then lines. The first is the command, the others "name value" or
// "name base64:…". Answer: u32be length, then lines "name value" (values with newlines as base64);
// the first is "result <code>", code "ok" or a reason code (melding/reason.h). An answer that ends
// with a line "more" is followed by another of the same form.
#ifndef KNP_CONTROL_CONTROL_H
#define KNP_CONTROL_CONTROL_H

#include "base/bytes.h"
#include "base/problem.h"

#define CONTROL_MESSAGE_MAX (1024 * 1024)

// A message as a list of (name, value); views into the parsed buffer or the caller's texts.
struct control_line {
	struct bytes name, value;
};
struct control_message {
	struct control_line lines[4096];
	size_t count;
	struct buffer store; // decoded base64 values
};
enum result control_parse(struct bytes wire, struct control_message *ret_message) KNP_MUST_CHECK;
void control_message_done(struct control_message *message);
struct bytes control_value(const struct control_message *message, const char *name);
void control_append(struct buffer *out, const char *name, struct bytes value);
void control_append_text(struct buffer *out, const char *name, const char *value);
void control_append_number(struct buffer *out, const char *name, uint64_t value);

// For knooppuntctl and knooppunt-audit: connects, asks, reads one answer.
enum result control_ask(const char *path, struct bytes request, struct buffer *ret_answer,
			struct problem *problem) KNP_MUST_CHECK;

#endif
