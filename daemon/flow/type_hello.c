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

// It holds a checkpoint of what a herstel says is lost: no other history, and it learns of the
// herstel from the register. How far the predecessor had come is worth knowing.
static enum result greet_lost(struct core *core, const struct flow_item *item,
			      const struct checkpoint *theirs, struct arena *arena)
{
	struct reply reply = {.outcome = OUTCOME_AANVAARD};
	log_line(LOG_LEVEL_WARNING, "event=lost-checkpoint oin=%s size=%llu",
		 item->signer->bundle.oin.text, (unsigned long long)theirs->size);
	return answer_request(core, item, &reply, arena);
}

static enum result hello_request(struct core *core, struct flow_item *item, struct arena *arena)
{
	const struct statement *s = &item->opened->statement;
	struct bytes note = veld_get(s->velden, s->veld_count, HELLO_CHECKPOINT);
	struct checkpoint theirs;
	struct hash root;
	if (note.len > 0) {
		if (register_lost_checkpoint(&core->registry, note, &theirs) == RESULT_OK)
			return greet_lost(core, item, &theirs, arena);
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
