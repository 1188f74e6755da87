// SPDX-License-Identifier: EUPL-1.2
// Until when an answer stands: regels begin and end on days, and what waits meanwhile must not
// leave under a regel that ended, nor past a verbied that began.
#include "convenant/oordeel.h"

// The first day after `day` on which some regel begins, or no longer holds.
static int64_t next_change(const struct convenant *convenant, int64_t day)
{
	int64_t next = INT64_MAX;
	for (size_t i = 0; i < convenant->regel_count; i++) {
		const struct regel *regel = &convenant->regels[i];
		if (regel->has_van && regel->van > day && regel->van < next)
			next = regel->van;
		if (regel->has_tot && regel->tot + 1 > day && regel->tot + 1 < next)
			next = regel->tot + 1;
	}
	return next;
}

// The first moment of a day in Amsterdam, where midnight is one or two hours before that of UTC.
static int64_t midnight(int64_t day)
{
	int64_t summer = day * MS_PER_DAY - 2 * MS_PER_HOUR;
	return date_to_days(date_amsterdam(summer)) == day ? summer : summer + MS_PER_HOUR;
}

static bool all_given_on(const struct convenant *convenant, const struct feiten *feiten,
			 const struct gegeven_vraag *gegeven, int64_t day)
{
	struct ronde ronde;
	ronde_init(&ronde, convenant, feiten);
	ronde.dag = day;
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
	if (!convenant->has_validity)
		return until;
	int64_t day = date_to_days(date_amsterdam(feiten->now));
	while ((day = next_change(convenant, day)) != INT64_MAX && midnight(day) <= until) {
		if (!all_given_on(convenant, feiten, gegeven, day))
			return midnight(day) - 1;
	}
	return until;
}
