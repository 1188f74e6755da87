// SPDX-License-Identifier: EUPL-1.2
// Who was asked says whether it knows the person of a question (flow/bekend.h). It is decided on
// the facts of that question and of who answers, at once: what a regel gives goes to who asked. One
// that gives nothing, because the person is not known there or nothing may be said, is not told
// apart from none: the question closes by its term all the same.
#include "control/control.h"
#include "flow/bekend.h"
#include "flow/in_force.h"
#include "flow/toestemming.h"
#include "flow/type.h"

#include "base/clock.h"

#include <stdio.h>

static bool is_known(const struct flow_item *item)
{
	return bytes_equal(said(item, BEKEND_ANTWOORD_BEKEND), bytes_of_text("ja"));
}

// Who knows somebody says how and whom to call; who does not says nothing else.
static void check_together(struct flow_item *item)
{
	static const struct {
		uint32_t veld;
		const char *field;
		bool with_ja;
	} rows[] = {{BEKEND_ANTWOORD_BETROKKEN, "bekend_antwoord.betrokken", true},
		    {BEKEND_ANTWOORD_TELEFOON, "bekend_antwoord.telefoon", true},
		    {BEKEND_ANTWOORD_BEREIKBAAR, "bekend_antwoord.bereikbaar", false},
		    {BEKEND_ANTWOORD_GROND, "bekend_antwoord.grond", false},
		    {BEKEND_ANTWOORD_GEVER, "bekend_antwoord.gever", false},
		    {BEKEND_ANTWOORD_DOEL, "bekend_antwoord.doel", false}};
	bool known = is_known(item);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		bool there = said(item, rows[i].veld).len > 0;
		if (known && rows[i].with_ja && !there)
			refuse_item(item, REASON_MISSING_FIELD, rows[i].field);
		else if (!known && there)
			refuse_item(item, REASON_BAD_VALUE, rows[i].field);
	}
}

static enum result antwoord_settle(struct core *core, struct flow_item *item)
{
	static const struct owed_velden velden = {.soort = VERPLICHTING_BEKEND,
						  .entry = BEKEND_ANTWOORD_ENTRY,
						  .entry_field = "bekend_antwoord.entry"};
	check_together(item);
	if (item->refusal.reason)
		return RESULT_OK;
	enum result r = settle_owed(core, item, &velden);
	if (!r && !item->refusal.reason)
		item->convenant =
			in_force_of(core, &item->recalled->verantwoording->convenant_hash);
	return r;
}

// ---- the facts -------------------------------------------------------------------------------

static bool lifted_by(const struct veld *velden, size_t count, const struct oin *signer,
		      struct toestemming_feit *ret_feit)
{
	struct bytes grond = veld_get(velden, count, BEKEND_ANTWOORD_GROND);
	*ret_feit =
		(struct toestemming_feit){.betrokkene = 1,
					  .grond = grond,
					  .gever = veld_get(velden, count, BEKEND_ANTWOORD_GEVER),
					  .doel = veld_get(velden, count, BEKEND_ANTWOORD_DOEL),
					  .bron = *signer};
	return grond.len > 0;
}

static enum result lift(struct flow_item *item)
{
	const struct statement *s = &item->opened->statement;
	struct toestemming_feit feit;
	item->feiten->toestemmingen_bekend = true;
	return lifted_by(s->velden, s->veld_count, &item->signer->bundle.oin, &feit)
		       ? toestemming_add(item->feiten, &feit, item->arena)
		       : RESULT_OK;
}

// Of the question only what it said itself.
static void take_asked(struct flow_item *item, const struct feiten *question)
{
	static const struct {
		enum attribuut attribuut;
		uint32_t betrokkene;
	} taken[] = {{ATTRIBUUT_SOORT, 0},        {ATTRIBUUT_BETROKKENEN, 0},
		     {ATTRIBUUT_VRAGER, 0},       {ATTRIBUUT_ROL, 1},
		     {ATTRIBUUT_MINDERJARIG, 1},  {ATTRIBUUT_LEEFTIJD, 1},
		     {ATTRIBUUT_WOONGEMEENTE, 1}, {ATTRIBUUT_IDENTIFICEERBAAR, 1}};
	for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
		*feiten_at(item->feiten, taken[i].attribuut, taken[i].betrokkene) =
			*feiten_get(question, taken[i].attribuut, taken[i].betrokkene);
}

static enum result antwoord_feiten(struct core *core, struct flow_item *item)
{
	const struct recall_question question = {item->betreft, 0, item->convenant};
	struct feiten *asked;
	enum result r = recall_feiten(core, &question, item->recalled, item->arena, &asked);
	if (!r)
		r = feiten_new(1, item->arena, &item->feiten);
	if (r)
		return r;
	enrich_begin(core, item);
	enrich_partij(item->feiten, item->convenant);
	take_asked(item, asked);
	feit_set(feiten_at(item->feiten, ATTRIBUUT_VRAAG, 0), bytes_of_text(VRAAG_ANTWOORD));
	feit_set(feiten_at(item->feiten, ATTRIBUUT_BEKEND, 1),
		 bytes_of_text(is_known(item) ? "ja" : "nee"));
	feiten_hold(item->feiten, NULL, 0);
	item->gathered = true;
	return lift(item);
}

// ---- what becomes of it ----------------------------------------------------------------------

// It lies with the content of the question, and is of no use without.
static enum result antwoord_until(struct core *core, struct flow_item *item)
{
	struct state_bewaar bewaar;
	enum result r = state_bewaar(core->state, item->betreft, &bewaar);
	bool ends = !r && bewaar.melding == item->betreft && bewaar.inhoud &&
		    bewaar.inhoud != STATE_BEWAAR_NOOIT;
	for (size_t i = 0; ends && i < item->besluit.count; i++)
		item->besluit.toedelingen[i].until = (int64_t)bewaar.inhoud;
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

static enum result antwoord_apply(struct state *state, const struct part_verantwoording *v)
{
	const struct state_settled settled = {.soort = VERPLICHTING_BEKEND, .own = true};
	return v->betreft ? state_settle(state, v, &settled) : RESULT_OK;
}

static bool antwoord_lifts(const struct part_verantwoording *v, uint32_t betrokkene,
			   struct toestemming_feit *ret_feit)
{
	struct oin signer;
	return betrokkene == 1 && oin_parse(v->signer, &signer) == RESULT_OK &&
	       lifted_by(v->velden, v->veld_count, &signer, ret_feit);
}

static size_t antwoord_passes(const struct statement *s, uint32_t rubriek, struct veld *velden,
			      size_t max)
{
	static const struct {
		uint32_t rubriek, from, to;
	} rows[] = {
		{RUBRIEK_BEKEND_ANTWOORD, BEKEND_ANTWOORD_BETROKKEN, BEKEND_BIJ_BETROKKEN},
		{RUBRIEK_BEKEND_CONTACT, BEKEND_ANTWOORD_TELEFOON, BEKEND_CONTACT_TELEFOON},
		{RUBRIEK_BEKEND_CONTACT, BEKEND_ANTWOORD_BEREIKBAAR, BEKEND_CONTACT_BEREIKBAAR}};
	size_t count = 0;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0] && count < max; i++) {
		struct bytes waarde = veld_get(s->velden, s->veld_count, rows[i].from);
		if (rows[i].rubriek == rubriek && waarde.len > 0)
			velden[count++] = (struct veld){rows[i].to, waarde};
	}
	return count;
}

// "g-antwoord <oin>": that it answered. What, stands with what it gave.
static void antwoord_tell(const struct part_verantwoording *v, struct buffer *out)
{
	control_append(out, "g-antwoord", v->signer);
}

#define BIT(veld) (UINT64_C(1) << (veld))

const struct type_handler type_bekend_antwoord = {
	.decided = true,
	.alone = true,
	.shows = true,
	.read = read_signed,
	.settle = antwoord_settle,
	.enrich = antwoord_feiten,
	.afterwards = antwoord_until,
	.apply = antwoord_apply,
	.is_content = true,
	.lifts = antwoord_lifts,
	.passes = antwoord_passes,
	.content = BIT(BEKEND_ANTWOORD_BETROKKEN) | BIT(BEKEND_ANTWOORD_TELEFOON) |
		   BIT(BEKEND_ANTWOORD_BEREIKBAAR),
	.event = "bekend-antwoord",
	.tell = antwoord_tell,
};
