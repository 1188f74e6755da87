// SPDX-License-Identifier: EUPL-1.2
// The register as it is shown to who has no link: the desks over the control socket, and whoever
// verifies an export. Both need it once the key of the log changed.
#include "core/command.h"

#include "base/file.h"
#include "flow/leaves.h"
#include "wire/message.h"

#include <stdio.h>
#include <string.h>

#define SHOWN_REPLIES_MAX 256

void command_register(struct core *core, const struct control_message *ask, struct buffer *out)
{
	struct bytes after = control_value(ask, "after");
	struct reply reply = {.outcome = OUTCOME_AANVAARD};
	struct replies replies = {
		.checkpoint = buffer_view(&core->note), .replies = &reply, .reply_count = 1};
	struct buffer wire;
	uint64_t index = 0;
	if (after.len > 0 && number_parse(after, &index)) {
		say_reason(out, REASON_BAD_VALUE, "after is the number of an entry");
		return;
	}
	buffer_init(&wire, CONTROL_MESSAGE_MAX / 2);
	enum result r = flow_register_leaves(core, after.len > 0 ? index + 1 : 0,
					     core->command_arena, &reply);
	if (!r)
		r = replies_encode(&replies, &wire);
	if (r) {
		say_reason(out, REASON_DAMAGED, "the register cannot be read back");
	} else {
		say_ok(core, out);
		control_append(out, "leaves", buffer_view(&wire));
	}
	buffer_done(&wire);
}

static enum result gather(struct core *core, struct replies *replies)
{
	uint64_t from = 0;
	enum result r = RESULT_OK;
	replies->replies =
		arena_alloc(core->command_arena, SHOWN_REPLIES_MAX * sizeof *replies->replies);
	if (!replies->replies)
		return RESULT_NO_MEMORY;
	for (bool more = true; !r && more;) {
		struct reply *reply = &replies->replies[replies->reply_count];
		if (replies->reply_count == SHOWN_REPLIES_MAX)
			return RESULT_TOO_LARGE;
		*reply = (struct reply){.outcome = OUTCOME_AANVAARD};
		r = flow_register_leaves(core, from, core->command_arena, reply);
		more = !r && reply->more && reply->leaf_count > 0;
		replies->reply_count++;
		if (more)
			from = reply->leaves[reply->leaf_count - 1].index + 1;
	}
	return r;
}

enum result core_export_register(struct core *core, const char *folder)
{
	char path[420];
	struct replies replies = {.checkpoint = buffer_view(&core->note)};
	struct buffer wire;
	if (core->signing.keys.count < 2)
		return RESULT_OK; // one key, for ever: log.vkey says it all
	buffer_init(&wire, REGISTER_SHOWN_MAX);
	enum result r = gather(core, &replies);
	if (!r)
		r = replies_encode(&replies, &wire);
	snprintf(path, sizeof path, "%s/register", folder);
	if (!r)
		r = file_replace(path, buffer_view(&wire), 0644);
	buffer_done(&wire);
	return r;
}
