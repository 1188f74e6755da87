// SPDX-License-Identifier: EUPL-1.2
// What ZSM said of context that it was given, passed on to one ontvanger: with the number of each
// casus that it was told of and in which that ontvanger takes part, for it was asked after a person
// of whom nothing is kept.
#include "flow/casus.h"
#include "flow/type.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdio.h>
#include <string.h>

#define CASUSSEN_TOLD 4 // as the table of rubrieken says

struct passing {
	struct core *core;
	const struct flow_item *item;
	const struct ontvanger *ontvanger;
	struct veld velden[VELD_NUMBER_MAX];
	size_t count;
};

static void pass(struct passing *p, uint32_t veld, struct bytes waarde)
{
	if (waarde.len > 0 && p->count < VELD_NUMBER_MAX)
		p->velden[p->count++] = (struct veld){veld, waarde};
}

// A casus begins with an entry that is about no other.
static enum result read_and_pass(struct passing *p, uint64_t entry)
{
	struct recalled recalled;
	struct casus casus;
	enum result r = recall_entry(p->core, entry, RECALL_PARTS, p->item->arena, &recalled);
	if (r || !recalled.verantwoording || recalled.verantwoording->betreft)
		return r;
	r = casus_read(p->core, entry, p->item->arena, &casus);
	if (!r && !casus.gewist && casus_known_to(p->core, &casus, p->ontvanger))
		pass(p, VERRIJKING_TERUGKOPPELING_CASUS, casus.nummer);
	return r;
}

// What cannot be read stays so: its number is not told then, and the rest is.
static enum result pass_casus(struct passing *p, uint64_t entry)
{
	enum result r = read_and_pass(p, entry);
	if (r != RESULT_DAMAGED)
		return r;
	log_line(LOG_LEVEL_ERROR, "event=casus-not-told index=%llu result=\"%s\"",
		 (unsigned long long)entry, result_name(r));
	return RESULT_OK;
}

static enum result pass_casussen(struct passing *p)
{
	const struct feit *feit = feiten_get(p->item->feiten, ATTRIBUUT_CASUS_STATUS, 1);
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < feit->herkomst_count && p->count < CASUSSEN_TOLD; i++)
		r = pass_casus(p, feit->herkomst[i]);
	return r;
}

// The day of the question.
static enum result pass_day(struct passing *p)
{
	const struct flow_item *item = p->item;
	struct recalled question;
	uint64_t index = item->opened ? item->betreft : item->recalled->verantwoording->betreft;
	enum result r = recall_entry(p->core, index, RECALL_PARTS, item->arena, &question);
	if (r || !question.verantwoording)
		return r ? r : RESULT_DAMAGED;
	struct civil_date asked = date_amsterdam((int64_t)question.verantwoording->received);
	char day[16];
	int n = snprintf(day, sizeof day, "%04u-%02u-%02u", (unsigned)asked.year % 10000,
			 (unsigned)asked.month % 100, (unsigned)asked.day % 100);
	struct bytes copy = arena_copy(item->arena, bytes_make(day, (size_t)n));
	pass(p, VERRIJKING_TERUGKOPPELING_GEVRAAGD, copy);
	return copy.data ? RESULT_OK : RESULT_NO_MEMORY;
}

static void pass_statement(struct passing *p, const struct statement *s)
{
	const struct type_handler *handler = type_handler(s->type);
	if (handler && handler->passes)
		p->count += handler->passes(s, RUBRIEK_VERRIJKING_TERUGKOPPELING,
					    p->velden + p->count, VELD_NUMBER_MAX - p->count);
}

enum result terugkoppeling_make(struct core *core, const struct flow_item *item,
				const struct ontvanger *ontvanger, uint32_t part,
				struct verrijkingen *out)
{
	struct passing p = {.core = core, .item = item, .ontvanger = ontvanger};
	struct statement s;
	enum result r = item_statement(item, &s);
	if (!r)
		r = pass_casussen(&p);
	if (!r)
		r = pass_day(&p);
	if (r)
		return r;
	pass_statement(&p, &s);
	const struct rubriek rubriek = {.soort = RUBRIEK_VERRIJKING_TERUGKOPPELING,
					.betrokkene = 1,
					.regime = REGIME_WJSG_STRAFVORDERLIJK,
					.velden = p.velden,
					.veld_count = p.count};
	return verrijking_add(item, part, &rubriek, out);
}
