// SPDX-License-Identifier: EUPL-1.2
#include "flow/eerder.h"
#include "flow/casus.h"
#include "flow/in_force.h"
#include "flow/toestemming.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdio.h>
#include <string.h>

#define OCCURRENCES_MAX 256
#define YEAR_MS (365 * MS_PER_DAY)
#define MONTH_MS (30 * MS_PER_DAY)

// The earlier meldingen that a betrokkene of the item occurs in, newest first.
struct eerder_rijen {
	struct state_occurrence rows[OCCURRENCES_MAX];
	size_t count;
	int64_t since; // received from this moment on, all of them are there
};

// ---- who got something -----------------------------------------------------------------------

// One earlier melding: what was given of it to whom.
struct eerder {
	struct core *core;
	struct flow_item *item;
	struct feit *feit;
	uint64_t melding;
	uint32_t betrokkene; // the person, in that melding
};

static enum result add_ontvanger(const struct eerder *eerder, const struct ontvanger *ontvanger)
{
	struct feit *feit = eerder->feit;
	char text[2 * FUNCTIE_MAX + 80];
	const struct partij *partij = convenant_partij_of(eerder->item->convenant, &ontvanger->oin);
	if (!partij)
		return RESULT_OK; // no ontvanger of this convenant any more
	int n = snprintf(text, sizeof text, "%s/%s", partij->partij, ontvanger->functie);
	struct bytes waarde = bytes_make(text, (size_t)n);
	for (size_t i = 0; i < feit->waarde_count; i++)
		if (bytes_equal(feit->waarden[i], waarde))
			return RESULT_OK;
	waarde = arena_copy(eerder->item->arena, waarde);
	if (!waarde.data)
		return RESULT_NO_MEMORY;
	feit_add(feit, waarde);
	return RESULT_OK;
}

// What lapsed before it was fetched was not received.
static enum result add_gift(const struct eerder *eerder, const struct gift *gift)
{
	struct ontvanger ontvanger = {.functie = ""};
	bool known = false;
	if (gift->betrokkene && gift->betrokkene != eerder->betrokkene)
		return RESULT_OK;
	if (oin_parse(gift->oin, &ontvanger.oin) || gift->functie.len > FUNCTIE_MAX)
		return RESULT_DAMAGED;
	memcpy(ontvanger.functie, gift->functie.data, gift->functie.len);
	enum result r = state_known(eerder->core->state, &ontvanger, eerder->melding, &known);
	return r || !known ? r : add_ontvanger(eerder, &ontvanger);
}

static enum result read_entry(const struct eerder *eerder, uint64_t entry)
{
	struct recalled recalled;
	enum result r =
		recall_entry(eerder->core, entry, RECALL_PARTS, eerder->item->arena, &recalled);
	const struct part_verantwoording *v = r ? NULL : recalled.verantwoording;
	if (!v || !bytes_equal(in_force_name(eerder->core, v),
			       bytes_of_text(convenant_name(eerder->item->convenant))))
		return r;
	for (size_t i = 0; !r && i < v->gift_count; i++)
		r = add_gift(eerder, &v->giften[i]);
	return r;
}

static enum result read_melding(const struct eerder *eerder)
{
	uint64_t at = eerder->melding, from = 0;
	enum result r = RESULT_OK;
	while (!r && !eerder->feit->te_veel) {
		r = read_entry(eerder, at);
		if (!r)
			r = state_next_cause(eerder->core->state, eerder->melding, from, &at);
		from = at + 1;
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

// Only where a regel asks for it. What cannot be read of one melding leaves it not known.
static enum result add_ontvangers(struct core *core, struct flow_item *item, uint32_t betrokkene,
				  const struct eerder_rijen *rijen)
{
	struct feit *feit = feiten_at(item->feiten, ATTRIBUUT_EERDERE_ONTVANGERS, betrokkene);
	enum result r = RESULT_OK;
	if (rijen->since > item->enriched_at - YEAR_MS || !item->convenant ||
	    !convenant_asks(item->convenant, ATTRIBUUT_EERDERE_ONTVANGERS))
		return RESULT_OK;
	feit_set_none(feit);
	for (size_t i = 0; !r && i < rijen->count; i++) {
		const struct eerder eerder = {core, item, feit, rijen->rows[i].index,
					      rijen->rows[i].betrokkene};
		r = read_melding(&eerder);
		if (feit->herkomst_count < FEIT_HERKOMST_MAX)
			feit->herkomst[feit->herkomst_count++] = eerder.melding;
	}
	if (r != RESULT_DAMAGED || state_is_damaged(core->state))
		return r;
	log_line(LOG_LEVEL_ERROR, "event=history-not-read index=%llu",
		 (unsigned long long)feit->herkomst[feit->herkomst_count - 1]);
	memset(feit, 0, sizeof *feit);
	return RESULT_OK;
}

// ---- how often -------------------------------------------------------------------------------

static const enum attribuut counted[] = {ATTRIBUUT_EERDER_DAG, ATTRIBUUT_EERDER_30,
					 ATTRIBUUT_EERDER_365, ATTRIBUUT_SAMENLOOP};
#define COUNTED (sizeof counted / sizeof counted[0])

void eerder_forget(struct feiten *feiten, uint32_t betrokkene)
{
	struct feit *ontvangers = feiten_at(feiten, ATTRIBUUT_EERDERE_ONTVANGERS, betrokkene);
	memset(ontvangers, 0, sizeof *ontvangers);
	for (size_t a = 0; a < COUNTED; a++) {
		struct feit *feit = feiten_at(feiten, counted[a], betrokkene);
		memset(feit, 0, sizeof *feit);
	}
}

// A person may stand in one melding twice, in two rollen: the rows of it stand together.
static bool is_first_of(const struct eerder_rijen *rijen, size_t n)
{
	return n == 0 || rijen->rows[n].index != rijen->rows[n - 1].index;
}

static void set_origin(struct feit *feit, const struct eerder_rijen *rijen)
{
	for (size_t i = 0; i < rijen->count && feit->herkomst_count < FEIT_HERKOMST_MAX; i++)
		if (is_first_of(rijen, i))
			feit->herkomst[feit->herkomst_count++] = rijen->rows[i].index;
}

// A count is known when every melding in its window was seen: one over part of them would say that
// there are no others. Samenloop is known as soon as one melding of another source was.
static enum result set_counts(struct flow_item *item, uint32_t betrokkene,
			      const struct eerder_rijen *rijen)
{
	int64_t now = item->enriched_at, today = date_to_days(date_amsterdam(now));
	uint64_t day = 0, month = 0, year = 0;
	bool samenloop = false, month_seen = rijen->since <= now - MONTH_MS;
	for (size_t i = 0; i < rijen->count; i++) {
		int64_t at = (int64_t)rijen->rows[i].received;
		bool in_month = at >= now - MONTH_MS, first = is_first_of(rijen, i);
		year += first;
		month += first && in_month;
		day += first && date_to_days(date_amsterdam(at)) == today;
		samenloop |= in_month && !oin_equal(&rijen->rows[i].bron, &item->feiten->bron);
	}
	enum result r = RESULT_OK;
	if (date_to_days(date_amsterdam(rijen->since)) < today)
		r = enrich_number(item, ATTRIBUUT_EERDER_DAG, betrokkene, day);
	if (!r && month_seen)
		r = enrich_number(item, ATTRIBUUT_EERDER_30, betrokkene, month);
	if (!r && rijen->since <= now - YEAR_MS)
		r = enrich_number(item, ATTRIBUUT_EERDER_365, betrokkene, year);
	if (samenloop || month_seen)
		feit_set(feiten_at(item->feiten, ATTRIBUUT_SAMENLOOP, betrokkene),
			 bytes_of_text(samenloop ? "ja" : "nee"));
	for (size_t a = 0; a < COUNTED; a++)
		set_origin(feiten_at(item->feiten, counted[a], betrokkene), rijen);
	return r;
}

// Only what was put before this convenant: another samenwerkingsverband's meldingen are not known
// here.
static void keep_own(const struct flow_item *item, struct eerder_rijen *rijen)
{
	size_t kept = 0;
	for (size_t i = 0; item->convenant && i < rijen->count; i++)
		if (convenant_hears(item->convenant, &rijen->rows[i].bron, item->feiten->oefening))
			rijen->rows[kept++] = rijen->rows[i];
	if (item->convenant)
		rijen->count = kept;
}

static enum result find_rows(struct core *core, const struct flow_item *item, const uint8_t *handle,
			     struct eerder_rijen *ret_rijen)
{
	const struct state_span span = {.handle = handle,
					.since = (uint64_t)(item->enriched_at - YEAR_MS),
					.max = OCCURRENCES_MAX,
					.below = item->betreft, // of an earlier melding: before it
					.counted = true};
	enum result r = state_occurrences(core->state, span, ret_rijen->rows, &ret_rijen->count);
	ret_rijen->since = (int64_t)span.since;
	if (!r && ret_rijen->count == OCCURRENCES_MAX) // others may have come with the oldest
		ret_rijen->since = (int64_t)ret_rijen->rows[OCCURRENCES_MAX - 1].received + 1;
	return r;
}

enum result eerder_feiten(struct core *core, struct flow_item *item,
			  const struct persoon_link *link)
{
	struct eerder_rijen rijen = {.count = 0};
	enum result r = find_rows(core, item, link->handle, &rijen);
	eerder_forget(item->feiten, link->betrokkene); // as gathered for another convenant
	// One that does not unseal, its key was changed: how often before is not known, and what
	// rests on it waits. The melding does not.
	if (r == RESULT_DAMAGED && !state_is_damaged(core->state)) {
		log_line(LOG_LEVEL_ERROR, "event=history-not-read index=%llu",
			 (unsigned long long)(journal_size(core->journal) + core->record_count));
		return RESULT_OK;
	}
	keep_own(item, &rijen);
	if (!r)
		r = set_counts(item, link->betrokkene, &rijen);
	return r ? r : add_ontvangers(core, item, link->betrokkene, &rijen);
}

enum result eerder_is_readable(struct core *core, const struct flow_item *item,
			       const uint8_t *handle, bool *ret_readable)
{
	struct state_occurrence rows[OCCURRENCES_MAX];
	size_t count = 0;
	const struct state_span span = {.handle = handle,
					.since = (uint64_t)(item->enriched_at - YEAR_MS),
					.max = OCCURRENCES_MAX,
					.below = item->betreft,
					.counted = true};
	enum result r = state_occurrences(core->state, span, rows, &count);
	*ret_readable = r != RESULT_DAMAGED;
	return r == RESULT_DAMAGED && !state_is_damaged(core->state) ? RESULT_OK : r;
}
