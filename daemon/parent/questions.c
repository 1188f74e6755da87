// SPDX-License-Identifier: EUPL-1.2
// Control questions: passed to core or a reader under the number of their client, and back. The
// parent reads of a question only its first word: whether it is for a reader, is "status", to which
// it adds what it knows itself (core returns the number as it got it, so that one bit of it carries
// this), or "release", "settings" or "reload", which it answers.
#include "parent/blame.h"

#include "base/clock.h"
#include "base/log.h"
#include "control/alarm.h"
#include "melding/reason.h"
#include "parent/layers.h"
#include "parent/readers.h"
#include "parent/reload.h"

#include <stdio.h>
#include <string.h>

#define RELEASE "release"
#define SETTINGS "settings"
#define RELOAD "reload"
#define ANSWER_MAX (CHANNEL_MESSAGE_MAX + 16384) // core's, and the lines about processes

// A process, and what confines it.
struct confined {
	enum role_kind kind;
	const char *name;
	int64_t since;
	const struct confinement *confinement;
};

bool questions_is(struct bytes request, const char *command)
{
	const size_t len = strlen(command);
	return request.len > len && memcmp(request.data, command, len) == 0 &&
	       (request.data[len] == '\n' || request.data[len] == ' ');
}

static void append_alarm(const struct parent *parent, const struct child *child, const char *name,
			 struct buffer *out)
{
	struct alarm_line line = {.since = child->since_wall_ms};
	if (restart_keeps_failing(&child->restart, parent->now))
		line.alarm = ALARM_PROCESS_FAILING;
	else if (child->pid == 0 && (child->kind != ROLE_READER || parent->core_ready))
		line.alarm = ALARM_PROCESS_DOWN;
	else if (child->hung_wall_ms && clock_wall_ms() - child->hung_wall_ms < MS_PER_HOUR)
		line = (struct alarm_line){.alarm = ALARM_PROCESS_HUNG,
					   .since = child->hung_wall_ms};
	else if (child->kind == ROLE_CORE && child->failed_wall_ms &&
		 clock_wall_ms() - child->failed_wall_ms < MS_PER_HOUR)
		line = (struct alarm_line){.alarm = ALARM_CORE_RESTARTED,
					   .since = child->failed_wall_ms};
	else
		return;
	snprintf(line.about, sizeof line.about, "%s", name);
	alarm_append(out, &line);
}

// "core without a user of its own (knooppunt-core)": who mends it needs the name.
static void append_weaker(const struct parent *parent, const struct confined *confined,
			  const char *lacks, struct buffer *out)
{
	struct alarm_line alarm = {.alarm = ALARM_SANDBOX_WEAKER, .since = confined->since};
	const char *user = confined->confinement->user == CONFINE_USER_ROOT
				   ? identity_setting(confined->kind, &parent->settings)
				   : NULL;
	snprintf(alarm.about, sizeof alarm.about, "%s without %s%s%s%s", confined->name, lacks,
		 user ? " (" : "", user ? user : "", user ? ")" : "");
	alarm_append(out, &alarm);
}

static void append_sandbox(const struct parent *parent, const struct confined *confined,
			   struct buffer *out)
{
	const struct confinement *confinement = confined->confinement;
	char text[160], line[200];
	confinement_format(confinement, text, sizeof text);
	snprintf(line, sizeof line, "%s %s", confined->name, text);
	control_append_text(out, "sandbox", line);
	const char *lacks = confinement_lacks(confinement);
	if (lacks)
		append_weaker(parent, confined, lacks, out);
}

static void append_confinement(const struct parent *parent, struct child *child, const char *name,
			       struct buffer *out)
{
	const struct confined confined = {child->kind, name, child->since_wall_ms,
					  &child->confinement};
	if (child_confinement(child))
		append_sandbox(parent, &confined, out);
}

static void append_process(const struct parent *parent, struct child *child, struct buffer *out)
{
	char name[24], line[160];
	if (child->kind == ROLE_READER && child->number == READER_OF_CORE)
		snprintf(name, sizeof name, "officer-reader");
	else if (child->kind == ROLE_OPENER || child->kind == ROLE_READER)
		snprintf(name, sizeof name, "%s-%d", role_name(child->kind), child->number);
	else
		snprintf(name, sizeof name, "%s", role_name(child->kind));
	snprintf(line, sizeof line, "%s pid=%d since=%lld restarts=%u", name, (int)child->pid,
		 child->pid ? (long long)child->since_wall_ms : 0LL, child->restarts);
	control_append_text(out, "process", line);
	append_confinement(parent, child, name, out);
	if (!blame_is_apart(parent, child))
		append_alarm(parent, child, name, out);
}

static void append_processes(struct parent *parent, struct buffer *out)
{
	const struct confined own = {ROLE_PARENT, "parent", parent->since_wall_ms,
				     &parent->confinement};
	append_sandbox(parent, &own, out);
	for (int i = 0; i < parent->child_count; i++) {
		struct child *child = &parent->children[i];
		if (!blame_is_apart(parent, child) || child->pid || blame_wants(parent, child))
			append_process(parent, child, out);
	}
	blame_append(parent, out);
}

static void answer_with_processes(struct parent *parent, uint64_t client, struct bytes lines)
{
	struct buffer whole;
	buffer_init(&whole, ANSWER_MAX);
	buffer_append(&whole, lines);
	append_processes(parent, &whole);
	if (whole.status == RESULT_OK)
		lines = buffer_view(&whole);
	control_server_answer(parent->server, client, lines, true);
	buffer_wipe(&whole);
}

// When no other process can answer, how they are is worth knowing whatever was asked.
void questions_refuse(struct parent *parent, uint64_t client, enum reason reason,
		      const char *message)
{
	struct buffer lines;
	buffer_init(&lines, 2048);
	control_append_text(&lines, "result", reason_code(reason));
	control_append_text(&lines, "message", message ? message : reason_text(reason));
	control_append_text(&lines, "fix", reason_fix(reason));
	answer_with_processes(parent, client, buffer_view(&lines));
	buffer_done(&lines);
}

static void answer_reason(struct parent *parent, uint64_t client, enum reason reason)
{
	questions_refuse(parent, client, reason, NULL);
}

// "release <oin>": the frames of this partner go where everybody's go again.
static void answer_release(struct parent *parent, uint64_t client, struct bytes request)
{
	struct oin oin;
	const size_t skip = sizeof RELEASE; // with the space
	bool whole = request.len == skip + OIN_LEN + 1 && request.data[skip - 1] == ' ' &&
		     request.data[request.len - 1] == '\n' &&
		     oin_parse(bytes_make(request.data + skip, OIN_LEN), &oin) == RESULT_OK;
	if (!whole)
		answer_reason(parent, client, REASON_BAD_VALUE);
	else if (!blame_release(parent, &oin))
		answer_reason(parent, client, REASON_NOT_FOUND);
	else
		control_server_answer(parent->server, client, bytes_of_text("result ok\n"), true);
}

static void answer_settings(struct parent *parent, uint64_t client, struct bytes request)
{
	struct buffer lines;
	buffer_init(&lines, 16384);
	if (questions_is(request, SETTINGS))
		reload_tell(parent, &lines);
	else
		reload_take(parent, request, &lines);
	control_server_answer(parent->server, client, buffer_view(&lines), true);
	buffer_done(&lines);
}

static void asked(void *context, uint64_t client, struct bytes request)
{
	struct parent *parent = context;
	uint8_t prefix[PARENT_PREFIX_LEN];
	put_u64be(prefix, client << 1 | questions_is(request, "status"));
	if (parent->phase != PHASE_RUNNING) {
		answer_reason(parent, client, REASON_STOPPING);
		return;
	}
	if (questions_is(request, RELEASE)) {
		answer_release(parent, client, request);
		return;
	}
	if (questions_is(request, SETTINGS) || questions_is(request, RELOAD)) {
		answer_settings(parent, client, request);
		return;
	}
	enum result result = control_is_for_reader(request)
				     ? readers_ask(parent, client, request)
				     : channel_send(&parent->to_core,
						    bytes_make(prefix, sizeof prefix), request);
	if (result == RESULT_TOO_LARGE)
		answer_reason(parent, client, REASON_TOO_LONG);
	else if (result != RESULT_OK)
		answer_reason(parent, client, REASON_BUSY);
}

static void late(void *context, uint64_t client)
{
	struct parent *parent = context;
	if (parent->compact != COMPACT_NO && client == parent->compact_client)
		control_server_answer(parent->server, client, bytes_of_text("result ok\n"), false);
	else if (parent->compact != COMPACT_NO)
		questions_refuse(parent, client, REASON_BUSY,
				 "the log is being compacted, and what partners send waits");
	else if (!readers_tell(parent, client))
		answer_reason(parent, client, REASON_BUSY);
}

void questions_compacted(struct parent *parent)
{
	uint8_t prefix[PARENT_PREFIX_LEN];
	const uint64_t client = parent->compact_client;
	parent->compact = COMPACT_NO;
	parent->compact_client = 0;
	put_u64be(prefix, client << 1);
	if (client && channel_send(&parent->to_core, bytes_make(prefix, sizeof prefix),
				   bytes_of_text("compacted\n")))
		answer_reason(parent, client, REASON_BUSY);
}

struct control_handler questions_handler(struct parent *parent)
{
	return (struct control_handler){.asked = asked, .late = late, .context = parent};
}

void questions_take(struct parent *parent, struct bytes message)
{
	if (message.len <= PARENT_ANSWER_PREFIX_LEN) {
		log_line(LOG_LEVEL_ERROR, "event=parent.core-broken");
		return;
	}
	uint64_t number = get_u64be(message.data);
	uint64_t client = number >> 1;
	bool last = message.data[PARENT_PREFIX_LEN] != ANSWER_MORE;
	struct bytes lines = bytes_make(message.data + PARENT_ANSWER_PREFIX_LEN,
					message.len - PARENT_ANSWER_PREFIX_LEN);
	if (!last)
		parent->compact_client = client; // nothing else is answered by core in pieces
	if (last && (number & 1))
		answer_with_processes(parent, client, lines);
	else
		control_server_answer(parent->server, client, lines, last);
}
