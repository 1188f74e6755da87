// SPDX-License-Identifier: EUPL-1.2
// That a betrokkene was informed of what was given about him (AVG art. 14), by who owes that by a
// regel; or that it is put off. What is put off comes back: it is owed again, by the day until
// which it is. No later than there is something to inform of, or nobody would see it end.
#include "control/control.h"
#include "flow/given.h"
#include "flow/type.h"

#include <stdio.h>

static const struct owed_velden of_informeren = {.soort = VERPLICHTING_INFORMEREN,
						 .entry = INFORMEREN_ENTRY,
						 .naam = INFORMEREN_REGEL,
						 .betrokkene = INFORMEREN_BETROKKENE,
						 .entry_field = "informeren.entry",
						 .naam_field = "informeren.regel"};

static bool is_put_off(struct bytes uitkomst)
{
	return bytes_equal(uitkomst, bytes_of_text("uitgesteld"));
}

// Until the end of a day to come, on which the content of the melding is still there; 0: it is
// none.
static enum result read_until(struct core *core, const struct flow_item *item, int64_t *ret_until)
{
	struct state_bewaar bewaar;
	struct civil_date tot;
	*ret_until = 0;
	if (date_parse(said(item, INFORMEREN_TOT), &tot))
		return RESULT_OK;
	int64_t until = zitting_einde(date_to_days(tot));
	enum result r = state_bewaar(core->state, item->betreft, &bewaar);
	bool ends = !r && bewaar.melding == item->betreft && bewaar.inhoud != STATE_BEWAAR_NOOIT &&
		    (int64_t)bewaar.inhoud < until;
	bool past = date_to_days(tot) <= date_to_days(date_amsterdam(item->now));
	if (!ends && !past)
		*ret_until = until;
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

static enum result put_off(struct core *core, struct flow_item *item)
{
	struct state_obligation owed;
	int64_t until = 0;
	if (said(item, INFORMEREN_GROND).len == 0)
		refuse_item(item, REASON_MISSING_FIELD, "informeren.grond");
	else if (said(item, INFORMEREN_TOT).len == 0)
		refuse_item(item, REASON_MISSING_FIELD, "informeren.tot");
	if (item->refusal.reason)
		return RESULT_OK;
	enum result r = read_until(core, item, &until);
	if (!r && !until)
		refuse_item(item, REASON_BAD_VALUE, "informeren.tot");
	if (r || item->refusal.reason)
		return r;
	r = owed_of_signer(core, item, &of_informeren, &owed);
	return r ? r : owe_again(item, &owed, (uint64_t)until);
}

static enum result informeren_settle(struct core *core, struct flow_item *item)
{
	enum result r = settle_owed(core, item, &of_informeren);
	if (r || item->refusal.reason)
		return r;
	if (is_put_off(said(item, INFORMEREN_UITKOMST)))
		return put_off(core, item);
	if (said(item, INFORMEREN_GROND).len > 0)
		refuse_item(item, REASON_BAD_VALUE, "informeren.grond");
	else if (said(item, INFORMEREN_TOT).len > 0)
		refuse_item(item, REASON_BAD_VALUE, "informeren.tot");
	return RESULT_OK;
}

static uint32_t betrokkene_of(const struct part_verantwoording *v)
{
	const struct statement statement = {.velden = v->velden, .veld_count = v->veld_count};
	return (uint32_t)statement_number(&statement, INFORMEREN_BETROKKENE, 0);
}

static enum result informeren_apply(struct state *state, const struct part_verantwoording *v)
{
	const struct state_settled settled = {
		.soort = VERPLICHTING_INFORMEREN,
		.naam = veld_get(v->velden, v->veld_count, INFORMEREN_REGEL),
		.own = true,
		.betrokkene = betrokkene_of(v)};
	return v->betreft ? state_settle(state, v, &settled) : RESULT_OK;
}

static bool informeren_informs(const struct part_verantwoording *v, uint32_t betrokkene,
			       struct informed *ret_informed)
{
	if (betrokkene_of(v) != betrokkene)
		return false;
	*ret_informed =
		(struct informed){.tot = veld_get(v->velden, v->veld_count, INFORMEREN_TOT)};
	return true;
}

// "g-informeren <regel> <betrokkene> <oin> <uitkomst> <grond,… or -> <tot or ->"
static void informeren_tell(const struct part_verantwoording *v, struct buffer *out)
{
	struct bytes regel = veld_get(v->velden, v->veld_count, INFORMEREN_REGEL);
	struct bytes uitkomst = veld_get(v->velden, v->veld_count, INFORMEREN_UITKOMST);
	struct bytes tot = veld_get(v->velden, v->veld_count, INFORMEREN_TOT);
	char line[320], gronden[120] = "-";
	size_t used = 0;
	for (size_t i = 0; i < v->veld_count; i++)
		if (v->velden[i].veld == INFORMEREN_GROND && used < sizeof gronden)
			used += (size_t)snprintf(gronden + used, sizeof gronden - used, "%s%.*s",
						 used ? "," : "", (int)v->velden[i].waarde.len,
						 (const char *)v->velden[i].waarde.data);
	snprintf(line, sizeof line, "%.*s %u %.*s %.*s %s %.*s", (int)regel.len,
		 (const char *)regel.data, betrokkene_of(v), (int)v->signer.len,
		 (const char *)v->signer.data, (int)uitkomst.len, (const char *)uitkomst.data,
		 gronden, tot.len ? (int)tot.len : 1, tot.len ? (const char *)tot.data : "-");
	control_append_text(out, "g-informeren", line);
}

const struct type_handler type_informeren = {
	.read = read_signed,
	.settle = informeren_settle,
	.apply = informeren_apply,
	.content = UINT64_C(1) << INFORMEREN_MOTIVERING,
	.informs = informeren_informs,
	.event = "informeren",
	.tell = informeren_tell,
};
