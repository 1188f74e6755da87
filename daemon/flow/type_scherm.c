// SPDX-License-Identifier: EUPL-1.2
// What an overleg was shown on one screen: its voorzitter says, of one melding on the agenda, who
// is present, and is answered with what all of them may see of it (flow/scherm.h). It is recorded
// before it is shown, as a verstrekking to each of them. What changed until the answer leaves can
// only take away: it is looked at once more then.
#include "control/control.h"
#include "flow/in_force.h"
#include "flow/scherm.h"
#include "flow/type.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

static const struct owed_velden of_agenda = {.soort = VERPLICHTING_AGENDA,
					     .entry = SCHERM_ENTRY,
					     .naam = SCHERM_OVERLEG,
					     .entry_field = "scherm.entry",
					     .naam_field = "scherm.overleg"};

// ---- who is present --------------------------------------------------------------------------

// "<OIN>:<functie>:<medewerker>"
static bool read_aanwezig(struct bytes text, struct ontvanger *ret_who,
			  struct bytes *ret_medewerker)
{
	const uint8_t *colon = text.len > OIN_LEN + 1 ? memchr(text.data + OIN_LEN + 1, ':',
							       text.len - OIN_LEN - 1)
						      : NULL;
	size_t len = colon ? (size_t)(colon - text.data) : 0;
	if (!colon || len + 1 == text.len || !casus_who(bytes_make(text.data, len), ret_who))
		return false;
	*ret_medewerker = bytes_make(colon + 1, text.len - len - 1);
	return true;
}

static bool takes_part(const struct core *core, const struct convenant *convenant,
		       const struct ontvanger *who)
{
	const struct ontvanger *all;
	bool partner = false;
	size_t count = convenant_ontvangers(convenant, &all);
	for (size_t i = 0; i < count; i++)
		partner |= ontvanger_equal(&all[i], who);
	return partner && register_holder(&core->registry, &who->oin, who->functie,
					  state_position(core->state)) != NULL;
}

// Several may sit for one functie.
static bool add_aanwezig(struct scherm *scherm, const struct ontvanger *who)
{
	for (size_t i = 0; i < scherm->count; i++)
		if (ontvanger_equal(&scherm->aanwezig[i], who))
			return true;
	if (scherm->count == SCHERM_MAX)
		return false;
	scherm->aanwezig[scherm->count++] = *who;
	return true;
}

// In the words of K39, for each by its place in the list.
static enum reason check_aanwezig(const struct core *core, const struct overleg *overleg,
				  struct bytes text, struct scherm *scherm)
{
	struct ontvanger who;
	struct bytes medewerker;
	if (!read_aanwezig(text, &who, &medewerker))
		return REASON_BAD_VALUE;
	if (!takes_part(core, scherm->convenant, &who))
		return REASON_UNKNOWN_PARTIJ;
	if (!overleg_seats(overleg, &who))
		return REASON_NOT_FOUND;
	return add_aanwezig(scherm, &who) ? REASON_NONE : REASON_TOO_MANY;
}

static void take_aanwezigen(const struct core *core, struct flow_item *item,
			    const struct overleg *overleg, struct scherm *scherm)
{
	const struct statement *s = &item->opened->statement;
	size_t n = 0;
	for (size_t i = 0; i < s->veld_count && item->refusal.reason == REASON_NONE; i++) {
		char field[FIELD_MAX];
		if (s->velden[i].veld != SCHERM_AANWEZIG)
			continue;
		enum reason reason = check_aanwezig(core, overleg, s->velden[i].waarde, scherm);
		snprintf(field, sizeof field, "scherm.aanwezig[%zu]", n++);
		if (reason)
			refuse_item(item, reason, field);
	}
}

// The voorzitter of today of what this source brought in, who owes the outcome, and asks with a key
// that holds its functie.
static void take_voorzitter(struct core *core, struct flow_item *item,
			    const struct overleg *overleg, struct scherm *scherm)
{
	const struct waiter asks = {.sealing_id = item->opened->sealing_id,
				    .ontvanger = *overleg_voorzitter(overleg, &item->feiten->bron)};
	if (!oin_equal(&asks.ontvanger.oin, &item->signer->bundle.oin) ||
	    !party_has_functie(item->signer, asks.ontvanger.functie))
		refuse_item(item, REASON_NOT_OWED, "scherm.overleg");
	else if (!waiter_holds(core, &asks))
		refuse_item(item, REASON_FUNCTIE_NOT_HELD, "scherm.overleg");
	else
		scherm->aanwezig[scherm->count++] = asks.ontvanger;
}

// A screen is of a sitting that goes on: of today, or of the evening before.
static void check_zitting(struct flow_item *item)
{
	struct civil_date zitting;
	int64_t said_at = (int64_t)item->opened->statement.time;
	int64_t today = date_to_days(date_amsterdam(said_at));
	if (date_parse(said(item, SCHERM_ZITTING), &zitting) || date_to_days(zitting) > today ||
	    date_to_days(zitting) < today - 1)
		refuse_item(item, REASON_BAD_VALUE, "scherm.zitting");
}

static void who_is_present(struct core *core, struct flow_item *item, const struct overleg *overleg,
			   struct scherm *scherm)
{
	scherm->convenant = item->convenant;
	take_voorzitter(core, item, overleg, scherm);
	check_zitting(item);
	if (item->refusal.reason == REASON_NONE)
		take_aanwezigen(core, item, overleg, scherm);
}

// ---- what they see ---------------------------------------------------------------------------

// The melding under the convenant of the overleg. What was erased is not there to be shown.
static enum result recall(struct core *core, struct flow_item *item,
			  const struct overleg **ret_overleg)
{
	bool found = false;
	item->convenant = in_force_seating(core, said(item, SCHERM_OVERLEG), ret_overleg);
	if (!item->convenant) {
		refuse_item(item, REASON_NOT_OWED, "scherm.overleg");
		return RESULT_OK;
	}
	enum result r = recall_item(core, item->betreft, item, &found);
	if (!r && !found)
		refuse_item(item, REASON_NOT_FOUND, "scherm.entry");
	return r;
}

// The whole of it, from the statement: whether it may be asked, and what is seen.
static enum result look(struct core *core, struct flow_item *item, struct beeld *ret_beeld)
{
	const struct overleg *overleg = NULL;
	struct scherm scherm = {.count = 0};
	enum result r = settle_owed(core, item, &of_agenda);
	if (!r && item->refusal.reason == REASON_NONE)
		r = recall(core, item, &overleg);
	if (!r && item->refusal.reason == REASON_NONE)
		who_is_present(core, item, overleg, &scherm);
	if (r || item->refusal.reason != REASON_NONE)
		return r;
	return scherm_look(core, &scherm, item, ret_beeld);
}

static enum result scherm_settle(struct core *core, struct flow_item *item)
{
	struct beeld beeld;
	enum result r = look(core, item, &beeld);
	if (r || item->refusal.reason != REASON_NONE || scherm_is_empty(&beeld))
		return r;
	item->besluit.toedelingen = beeld.toedelingen;
	item->besluit.count = item->besluit.cap = beeld.count;
	return RESULT_OK;
}

// Only what was recorded, of that what all of them may still see.
static enum result scherm_answer(struct core *core, const struct flow_item *item,
				 struct buffer *told)
{
	struct recalled entry;
	struct beeld beeld;
	struct flow_item *now = arena_alloc(core->answer_arena, sizeof *now);
	if (!now)
		return RESULT_NO_MEMORY;
	*now = (struct flow_item){.opened = item->opened,
				  .arena = core->answer_arena,
				  .now = time_now(core),
				  .signer = item->signer,
				  .type = item->type};
	enum result r = recall_entry(core, item->index, RECALL_PARTS, core->answer_arena, &entry);
	if (!r)
		r = look(core, now, &beeld);
	if (!r && now->refusal.reason != REASON_NONE)
		answer_none(now->refusal.reason, told);
	if (r || now->refusal.reason != REASON_NONE)
		return r;
	scherm_keep(&beeld, now, &entry);
	control_append_text(told, "result", "ok");
	return scherm_tell(&beeld, now, told);
}

// "g-scherm <overleg> <zitting> <medewerker of the voorzitter>", then each who was present:
// "g-aanwezig <oin> <functie> <medewerker>"
static void scherm_verloop(const struct part_verantwoording *v, struct buffer *out)
{
	struct bytes overleg = veld_get(v->velden, v->veld_count, SCHERM_OVERLEG);
	struct bytes zitting = veld_get(v->velden, v->veld_count, SCHERM_ZITTING);
	struct bytes medewerker = veld_get(v->velden, v->veld_count, SCHERM_MEDEWERKER);
	char line[256];
	snprintf(line, sizeof line, "%.*s %.*s %.*s", (int)overleg.len, (const char *)overleg.data,
		 (int)zitting.len, (const char *)zitting.data, (int)medewerker.len,
		 (const char *)medewerker.data);
	control_append_text(out, "g-scherm", line);
	for (size_t i = 0; i < v->veld_count; i++) {
		struct ontvanger who;
		if (v->velden[i].veld != SCHERM_AANWEZIG ||
		    !read_aanwezig(v->velden[i].waarde, &who, &medewerker))
			continue;
		snprintf(line, sizeof line, "%s %s %.*s", who.oin.text, who.functie,
			 (int)medewerker.len, (const char *)medewerker.data);
		control_append_text(out, "g-aanwezig", line);
	}
}

const struct type_handler type_scherm = {
	.read = read_signed,
	.settle = scherm_settle,
	.shows = true,
	.recorded = owe_answer,
	.answer = scherm_answer,
	.event = "scherm",
	.tell = scherm_verloop,
};
