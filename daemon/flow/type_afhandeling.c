// SPDX-License-Identifier: EUPL-1.2
// How a request was dealt with, which ends what was owed for it; or that its term is lengthened
// (AVG art. 12 lid 3: by two months, once, told within the first). Which may be says the
// request (type_verzoek.c). What somebody asked by his rights is not granted before it is recorded
// for whom he speaks and what showed who he is (AVG art. 12 lid 6) and that he may.
#include "flow/bureau.h"
#include "flow/type.h"

#include "codes/termijn.h"

static bool is_lengthened(const struct flow_item *item)
{
	return bytes_equal(said(item, AFHANDELING_UITKOMST), bytes_of_text("verlengd"));
}

// The obligation that is open of this request.
static enum result find_owed(struct core *core, const struct flow_item *item,
			     struct state_obligation *ret_owed)
{
	enum result r = RESULT_OK;
	for (uint32_t n = 0; !r; n = ret_owed->n + 1) {
		r = state_owed(core->state, item->betreft, n, ret_owed);
		if (!r && ret_owed->soort == VERPLICHTING_VERZOEK)
			return RESULT_OK;
	}
	return r;
}

static bool was_lengthened(const struct state_obligation *owed)
{
	return owed->betrokkene == 1; // marks it: nobody is meant
}

// Of the request it is about.
static bool may_lengthen(const struct part_verantwoording *v)
{
	const struct type_handler *handler = type_handler(v->type);
	return handler && handler->lengthens && handler->lengthens(v);
}

static bool is_of_somebody(const struct part_verantwoording *v)
{
	const struct type_handler *handler = type_handler(v->type);
	return handler && handler->of_somebody && handler->of_somebody(v);
}

static bool is_granted(const struct flow_item *item)
{
	struct bytes uitkomst = said(item, AFHANDELING_UITKOMST);
	return bytes_equal(uitkomst, bytes_of_text("toegewezen")) ||
	       bytes_equal(uitkomst, bytes_of_text("gedeeltelijk"));
}

// Who got what he asked must have been looked at.
static void check_asker(struct flow_item *item)
{
	struct bytes namens = said(item, AFHANDELING_NAMENS);
	if (namens.len == 0)
		refuse_item(item, REASON_MISSING_FIELD, "afhandeling.namens");
	else if (said(item, AFHANDELING_IDENTITEIT).len == 0)
		refuse_item(item, REASON_MISSING_FIELD, "afhandeling.identiteit");
	else if (!bytes_equal(namens, bytes_of_text("zelf")) &&
		 said(item, AFHANDELING_BEVOEGDHEID).len == 0)
		refuse_item(item, REASON_MISSING_FIELD, "afhandeling.bevoegdheid");
}

static enum result lengthen(struct core *core, struct flow_item *item)
{
	static const struct termijn months = {.maanden = 2};
	struct state_obligation owed;
	struct verplichting *again = arena_alloc(item->arena, sizeof *again);
	enum result r = again ? find_owed(core, item, &owed) : RESULT_NO_MEMORY;
	if (r)
		return r;
	if (!may_lengthen(item->recalled->verantwoording)) {
		refuse_item(item, REASON_BAD_VALUE, "afhandeling.uitkomst");
		return RESULT_OK;
	}
	if (was_lengthened(&owed) || (int64_t)owed.due < item->now) {
		refuse_item(item, REASON_ALREADY_DECIDED, "afhandeling.uitkomst");
		return RESULT_OK;
	}
	*again = (struct verplichting){.soort = VERPLICHTING_VERZOEK,
				       .oin = bytes_of_text(core->registry.genesis.house.text),
				       .functie = bytes_of_text(FUNCTIE_PRIVACYBUREAU),
				       .regel = said(item, AFHANDELING_ZAAK),
				       .betrokkene = 1,
				       .uiterlijk =
					       (uint64_t)termijn_end(&months, (int64_t)owed.due)};
	item->besluit.verplichtingen = again;
	item->besluit.verplichting_count = 1;
	return RESULT_OK;
}

static enum result afhandeling_settle(struct core *core, struct flow_item *item)
{
	static const struct owed_velden velden = {.soort = VERPLICHTING_VERZOEK,
						  .entry = AFHANDELING_ENTRY,
						  .naam = AFHANDELING_ZAAK,
						  .entry_field = "afhandeling.entry",
						  .naam_field = "afhandeling.zaak"};
	enum result r = settle_owed(core, item, &velden);
	if (!r && !item->refusal.reason && is_granted(item) &&
	    is_of_somebody(item->recalled->verantwoording))
		check_asker(item);
	return r || item->refusal.reason || !is_lengthened(item) ? r : lengthen(core, item);
}

static enum result afhandeling_apply(struct state *state, const struct part_verantwoording *v)
{
	const struct state_settled settled = {
		.soort = VERPLICHTING_VERZOEK,
		.naam = veld_get(v->velden, v->veld_count, AFHANDELING_ZAAK),
		.own = true};
	return v->betreft ? state_settle(state, v, &settled) : RESULT_OK;
}

const struct type_handler type_afhandeling = {
	.read = read_signed,
	.settle = afhandeling_settle,
	.apply = afhandeling_apply,
	.listed = VELD_BIT(AFHANDELING_ZAAK) | VELD_BIT(AFHANDELING_UITKOMST),
};
