// SPDX-License-Identifier: EUPL-1.2
#include "flow/tabellen.h"

#include "base/clock.h"
#include "base/log.h"

#define TOLD_MS (3 * MS_PER_DAY) // longer than a weekend

static void find_confirmed(struct core *core)
{
	for (size_t n = 0; n < codes_count(core->codes); n++)
		if (codes_at(core->codes, n).bevestigd)
			codes_set_add(&core->tabellen.bevestigd, n);
}

// The tables this entry was decided with; false: it is no decision, or cannot be read (which is
// told elsewhere).
static enum result decided_with(struct core *core, uint64_t index, struct hash *ret_hash,
				int64_t *ret_at, bool *ret_found)
{
	struct recalled recalled = {.verantwoording = NULL};
	enum result r = recall_entry(core, index, RECALL_PARTS, core->command_arena, &recalled);
	const struct part_verantwoording *v = r ? NULL : recalled.verantwoording;
	*ret_found = v && v->has_codes;
	if (*ret_found) {
		*ret_hash = v->codes_hash;
		*ret_at = (int64_t)v->received;
	}
	arena_clear(core->command_arena);
	return r == RESULT_DAMAGED ? RESULT_OK : r;
}

static enum result look_back(struct core *core)
{
	struct codes_wissel *wissel = &core->tabellen.wissel;
	struct hash mine = codes_hash(core->codes), other;
	uint64_t size = journal_size(core->journal);
	enum result r = RESULT_OK;
	int64_t at;
	bool found;
	*wissel = (struct codes_wissel){.since = time_now(core)};
	for (uint64_t n = 1; !r && n <= size && n <= TABELLEN_LOOK_BACK && !wissel->changed; n++) {
		r = decided_with(core, size - n, &other, &at, &found);
		if (r || !found)
			continue;
		wissel->changed = !hash_equal(&other, &mine);
		wissel->last_other = size - n;
		wissel->since = wissel->changed ? wissel->since : at;
	}
	if (!r && tabellen_is_changed(core, time_now(core)))
		log_line(LOG_LEVEL_WARNING, "event=codes-changed last-with-others=%llu",
			 (unsigned long long)wissel->last_other);
	return r;
}

bool tabellen_is_changed(const struct core *core, int64_t now)
{
	return core->tabellen.wissel.changed && now - core->tabellen.wissel.since < TOLD_MS;
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
	r = !r || r == RESULT_NOT_FOUND ? tabellen_accept(core) : r;
	return r || core->reader ? r : look_back(core);
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
