// SPDX-License-Identifier: EUPL-1.2
// That somebody made a request by his rights, or that a data breach became known: from then on the
// privacybureau owes an answer, by the term of the law. Who it is of stands nowhere here: `zaak` is
// how the bureau calls it.
#include "flow/bureau.h"
#include "flow/type.h"

#include "codes/termijn.h"

// AVG art. 12 lid 3, Wpg art. 25 lid 1, Wjsg art. 39i; AVG art. 33 lid 1. Not confirmed by a
// jurist.
static int64_t term_end(struct bytes soort, struct bytes wet, int64_t from)
{
	static const struct {
		const char *wet;
		struct termijn termijn;
	} rows[] = {{"avg", {.maanden = 1}}, {"wpg", {.dagen = 42}}, {"wjsg", {.dagen = 28}}};
	if (bytes_equal(soort, bytes_of_text("datalek")))
		return from + 72 * MS_PER_HOUR;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (bytes_equal(wet, bytes_of_text(rows[i].wet)))
			return termijn_end(&rows[i].termijn, from);
	return from;
}

static enum result verzoek_settle(struct core *core, struct flow_item *item)
{
	int64_t from = item->now;
	struct verplichting *owed = arena_alloc(item->arena, sizeof *owed);
	if (!owed)
		return RESULT_NO_MEMORY;
	if (!is_of_bureau(core, item))
		refuse_item(item, REASON_FUNCTIE_NOT_HELD, "signer");
	else if (time_parse(said(item, VERZOEK_ONTVANGEN), &from) || from > item->now)
		refuse_item(item, REASON_BAD_VALUE, "verzoek.ontvangen");
	if (item->refusal.reason)
		return RESULT_OK;
	*owed = (struct verplichting){.soort = VERPLICHTING_VERZOEK,
				      .oin = bytes_of_text(core->registry.genesis.house.text),
				      .functie = bytes_of_text(FUNCTIE_PRIVACYBUREAU),
				      .regel = said(item, VERZOEK_ZAAK),
				      .uiterlijk =
					      (uint64_t)term_end(said(item, VERZOEK_VERZOEK),
								 said(item, VERZOEK_WET), from)};
	item->besluit.verplichtingen = owed;
	item->besluit.verplichting_count = 1;
	return RESULT_OK;
}

static bool verzoek_of_somebody(const struct part_verantwoording *v)
{
	return !bytes_equal(veld_get(v->velden, v->veld_count, VERZOEK_VERZOEK),
			    bytes_of_text("datalek"));
}

// AVG art. 12 lid 3. The 72 hours of a datalek are not, nor here a term of another law.
static bool verzoek_lengthens(const struct part_verantwoording *v)
{
	return verzoek_of_somebody(v) &&
	       bytes_equal(veld_get(v->velden, v->veld_count, VERZOEK_WET), bytes_of_text("avg"));
}

static enum result verzoek_account(struct core *core, struct flow_item *item,
				   struct part_verantwoording *v)
{
	(void)core;
	v->bewaar_verantwoording = (uint64_t)(item->now + BUREAU_KEPT_MS);
	return RESULT_OK;
}

const struct type_handler type_verzoek = {
	.read = read_signed,
	.settle = verzoek_settle,
	.account = verzoek_account,
	.lengthens = verzoek_lengthens,
	.of_somebody = verzoek_of_somebody,
	.listed = VELD_BIT(VERZOEK_ZAAK) | VELD_BIT(VERZOEK_VERZOEK) | VELD_BIT(VERZOEK_WET) |
		  VELD_BIT(VERZOEK_ONTVANGEN),
};
