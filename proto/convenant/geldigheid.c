// SPDX-License-Identifier: EUPL-1.2
// Until when an answer stands: regels begin and end on days, and what waits meanwhile must not
// leave under a regel that ended, nor past a verbied that began.
#include "convenant/oordeel.h"

#define MS_PER_MINUTE INT64_C(60000)

// The least of what comes after a point, so far.
static void take(int64_t moment, int64_t after, int64_t *next)
{
	if (moment > after && moment < *next)
		*next = moment;
}

// The first moment of a day in Amsterdam, where midnight is one or two hours before that of UTC.
static int64_t midnight(int64_t day)
{
	int64_t summer = day * MS_PER_DAY - 2 * MS_PER_HOUR;
	return date_to_days(date_amsterdam(summer)) == day ? summer : summer + MS_PER_HOUR;
}

// The first day after `day` on which some regel or toestemming begins, or no longer holds.
static int64_t next_day(const struct convenant *convenant, const struct feiten *feiten, int64_t day)
{
	int64_t next = INT64_MAX;
	for (size_t i = 0; i < convenant->regel_count; i++) {
		const struct regel *regel = &convenant->regels[i];
		if (regel->has_van)
			take(regel->van, day, &next);
		if (regel->has_tot)
			take(regel->tot + 1, day, &next);
	}
	for (size_t i = 0; i < feiten->toestemming_count; i++) {
		const struct toestemming_feit *feit = &feiten->toestemmingen[i];
		if (feit->has_van)
			take(date_to_days(feit->van), day, &next);
		if (feit->has_tot)
			take(date_to_days(feit->tot) + 1, day, &next);
	}
	return next;
}

// The first moment after `moment` at which anything may be otherwise.
static int64_t next_change(const struct convenant *convenant, const struct feiten *feiten,
			   int64_t moment)
{
	int64_t day = next_day(convenant, feiten, date_to_days(date_amsterdam(moment)));
	int64_t next = day == INT64_MAX ? INT64_MAX : midnight(day);
	for (size_t i = 0; i < feiten->nood_count; i++) {
		const struct nood_feit *nood = &feiten->noden[i];
		size_t n;
		take(nood->tot + 1, moment, &next);
		if (convenant_regel_named(convenant, nood->regel, &n) == RESULT_OK)
			take(nood->van + convenant->regels[n].nood.minuten * MS_PER_MINUTE + 1,
			     moment, &next);
	}
	return next;
}

static bool all_given_at(const struct convenant *convenant, const struct feiten *feiten,
			 const struct gegeven_vraag *gegeven, int64_t moment)
{
	struct ronde ronde;
	ronde_init(&ronde, convenant, feiten);
	ronde_set_moment(&ronde, moment);
	for (size_t i = 0; i < gegeven->count; i++) {
		const struct plaats *plaats = &gegeven->plaatsen[i];
		struct vraag vraag = {gegeven->ontvanger, plaats->betrokkene, plaats->rubriek};
		struct beslissing beslissing;
		ronde_decide(&ronde, &vraag, &beslissing);
		if (beslissing.oordeel != OORDEEL_VERSTREKT)
			return false;
	}
	return true;
}

int64_t convenant_geldig_tot(const struct convenant *convenant, const struct feiten *feiten,
			     const struct gegeven_vraag *gegeven, int64_t until)
{
	if (!convenant->has_validity && feiten->nood_count == 0)
		return until;
	int64_t moment = feiten->now;
	while ((moment = next_change(convenant, feiten, moment)) <= until && moment != INT64_MAX) {
		if (!all_given_at(convenant, feiten, gegeven, moment))
			return moment - 1;
	}
	return until;
}
