// SPDX-License-Identifier: EUPL-1.2
#include "flow/weighing.h"

#include "flow/in_force.h"

const struct convenant *weighing_under(const struct core *core, const struct state_obligation *owed)
{
	return owed->convenant[0] ? in_force_named(core, bytes_of_text(owed->convenant))
				  : in_force_with(core, bytes_of_text(owed->regel));
}

static bool has(const struct weighing_outcomes *outcomes, struct bytes name)
{
	for (size_t i = 0; i < outcomes->count; i++)
		if (bytes_equal(bytes_of_text(outcomes->names[i]), name))
			return true;
	return false;
}

static void add(struct weighing_outcomes *outcomes, const char *name)
{
	if (!has(outcomes, bytes_of_text(name)))
		outcomes->names[outcomes->count++] = name;
}

void weighing_outcomes(const struct convenant *convenant, struct bytes regel,
		       struct weighing_outcomes *ret_outcomes)
{
	*ret_outcomes = (struct weighing_outcomes){.count = 0};
	for (size_t n = 0; convenant && n < convenant_regel_count(convenant); n++) {
		const struct weging_eis *eis = convenant_weging(convenant, n);
		if (eis && bytes_equal(bytes_of_text(eis->regel), regel))
			add(ret_outcomes, eis->uitkomst);
	}
	if (ret_outcomes->count > 0)
		add(ret_outcomes, WEIGHING_NEE);
}

void weighing_check(const struct convenant *convenant, struct bytes regel, struct bytes uitkomst,
		    struct flow_item *item)
{
	struct weighing_outcomes outcomes;
	weighing_outcomes(convenant, regel, &outcomes);
	if (outcomes.count > 0 && !has(&outcomes, uitkomst))
		refuse_naming(item, REASON_UNKNOWN_CODE, "weging.uitkomst",
			      &(struct instead){outcomes.names, outcomes.count});
}

void weighing_refuse(const struct core *core, struct bytes regel, struct flow_item *item)
{
	size_t n;
	const struct weging_eis *eis = NULL;
	const struct convenant *convenant = in_force_with(core, regel);
	if (convenant && convenant_regel_named(convenant, regel, &n) == RESULT_OK)
		eis = convenant_weging(convenant, n);
	if (!oin_equal(&core->registry.genesis.house, &item->signer->bundle.oin))
		refuse_item(item, REASON_NOT_OWED, "weging.regel");
	else if (!eis)
		refuse_item(item, REASON_NOT_FOUND, "weging.regel");
	else if (!party_has_functie(item->signer, eis->door))
		refuse_naming(item, REASON_FUNCTIE_NOT_HELD, "signer",
			      &(struct instead){&eis->door, 1});
	else if (!bytes_equal(regel, bytes_of_text(eis->regel))) // it shares that of another
		refuse_naming(item, REASON_NOT_FOUND, "weging.regel",
			      &(struct instead){&eis->regel, 1});
	else
		refuse_item(item, REASON_NOT_OWED, "weging.entry");
}
