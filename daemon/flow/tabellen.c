// SPDX-License-Identifier: EUPL-1.2
#include "flow/tabellen.h"

static void find_confirmed(struct core *core)
{
	for (size_t n = 0; n < codes_count(core->codes); n++)
		if (codes_at(core->codes, n).bevestigd)
			codes_set_add(&core->bevestigd, n);
}

enum result tabellen_begin(struct core *core)
{
	struct hash hash = codes_hash(core->codes);
	struct buffer document;
	buffer_init(&document, CODES_DOCUMENT_MAX);
	enum result r = journal_document(core->journal, &hash, &document);
	buffer_done(&document);
	find_confirmed(core);
	core->codes_kept = !r;
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

const struct codes_set *tabellen_geldend(const struct core *core, int64_t now)
{
	(void)now;
	return core->registry.genesis.oefening ? NULL : &core->bevestigd;
}

void tabellen_bring(const struct core *core, struct record_request *request)
{
	if (core->codes_kept)
		return;
	request->document = codes_document(core->codes);
	request->document_hash = codes_hash(core->codes);
}

void tabellen_durable(struct core *core)
{
	struct hash hash = codes_hash(core->codes);
	for (size_t i = 0; !core->codes_kept && i < core->record_count; i++)
		core->codes_kept = core->records[i]->document.len > 0 &&
				   hash_equal(&core->records[i]->document_hash, &hash);
}
