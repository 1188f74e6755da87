// SPDX-License-Identifier: EUPL-1.2
// A client greets with the newest checkpoint it holds. One that this log cannot reproduce stops
// signing at once (design §6).
#include "flow/type.h"

#include "base/file.h"
#include "base/log.h"

#include <stdio.h>

// Somebody holds a checkpoint we signed and cannot reproduce: this is not the log it was. Nothing
// more is signed until a person has looked (design §6).
static void stop_signing(struct core *core, const struct flow_item *item, const char *why)
{
	char path[300];
	flow_stop(core, why);
	core->other_history = true;
	// Kept over restarts: a core that forgot would sign the other history.
	snprintf(path, sizeof path, "%s/" FLOW_STOPPED_FILE, core->settings->data);
	enum result r = file_create(path, bytes_of_text(why), 0600);
	if (r && r != RESULT_EXISTS)
		log_line(LOG_LEVEL_ERROR, "event=stop-not-kept result=\"%s\"", result_name(r));
	log_line(LOG_LEVEL_ERROR, "event=stopped-signing reason=%s oin=%s", why,
		 item->signer->bundle.oin.text);
}

static enum result hello_request(struct core *core, struct flow_item *item, struct arena *arena)
{
	const struct statement *s = &item->opened->statement;
	struct bytes note = veld_get(s->velden, s->veld_count, HELLO_CHECKPOINT);
	struct checkpoint theirs;
	struct hash root;
	if (note.len > 0) {
		if (log_keys_verify(&core->signing.keys, note, &theirs))
			return refuse_request(core, item, REASON_BAD_HEAD, "hello.checkpoint");
		struct tree_reader reader = journal_tree(core->journal);
		enum result r = RESULT_OK;
		if (theirs.size > core->checkpoint.size)
			stop_signing(core, item, "a-later-checkpoint-exists");
		else
			r = tree_root_at(&reader, theirs.size, &root);
		if (r)
			return r;
		if (theirs.size <= core->checkpoint.size && !hash_equal(&root, &theirs.root))
			stop_signing(core, item, "another-history-exists");
	}
	struct reply reply = {.outcome = OUTCOME_AANVAARD};
	return answer_request(core, item, &reply, arena);
}

const struct type_handler type_hello = {.request = hello_request};
