// SPDX-License-Identifier: EUPL-1.2
#include "flow/tabellen.h"

#include "base/clock.h"

static void find_confirmed(struct core *core)
{
	for (size_t n = 0; n < codes_count(core->codes); n++)
		if (codes_at(core->codes, n).bevestigd)
			codes_set_add(&core->tabellen.bevestigd, n);
}

enum result tabellen_begin(struct core *core)
{
	struct hash hash = codes_hash(core->codes);
	struct buffer document;
	buffer_init(&document, CODES_DOCUMENT_MAX);
	enum result r = journal_document(core->journal, &hash, &document);
	buffer_done(&document);
	find_confirmed(core);
	core->tabellen.kept = !r;
	return !r || r == RESULT_NOT_FOUND ? tabellen_accept(core) : r;
}

bool tabellen_is_accepted(const struct core *core, int64_t now)
{
	return core->tabellen.aanvaard.count > 0 &&
	       date_to_days(date_amsterdam(now)) <= date_to_days(core->tabellen.aanvaard.tot);
}

const struct codes_set *tabellen_aanvaard(const struct core *core, int64_t now)
{
	return tabellen_is_accepted(core, now) ? &core->tabellen.aanvaard.rijen
					       : &core->tabellen.bevestigd;
}

const struct codes_set *tabellen_geldend(const struct core *core, int64_t now)
{
	return core->registry.genesis.oefening ? NULL : tabellen_aanvaard(core, now);
}

void tabellen_bring(const struct core *core, struct record_request *request)
{
	if (core->tabellen.kept)
		return;
	request->document = codes_document(core->codes);
	request->document_hash = codes_hash(core->codes);
}

void tabellen_durable(struct core *core)
{
	struct hash hash = codes_hash(core->codes);
	for (size_t i = 0; !core->tabellen.kept && i < core->record_count; i++)
		core->tabellen.kept = core->records[i]->document.len > 0 &&
				      hash_equal(&core->records[i]->document_hash, &hash);
}
