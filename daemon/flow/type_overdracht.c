// SPDX-License-Identifier: EUPL-1.2
// An overdracht: who was given a melding by a regel that asks it, or was handed one by an overleg,
// takes over or gives back. What comes back is owed by the functie of the house that the regel
// names, within the same time, and the house has nobody to give it back to; or it is on the agenda
// of the overleg again.
#include "control/control.h"
#include "flow/agenda.h"
#include "flow/in_force.h"
#include "flow/namens.h"
#include "flow/type.h"

#include "state/bron.h"

#include <stdio.h>

static bool is_given_back(struct bytes antwoord)
{
	return bytes_equal(antwoord, bytes_of_text("teruggegeven"));
}

static enum result owe_back(struct core *core, struct flow_item *item)
{
	struct bytes regel = said(item, OVERDRACHT_REGEL);
	const struct overdracht_eis *eis = NULL;
	const struct convenant *convenant = in_force_with(core, regel);
	size_t n;
	if (convenant && convenant_regel_named(convenant, regel, &n) == RESULT_OK)
		eis = convenant_overdracht(convenant, n);
	if (!eis) { // the convenant changed: nobody is named to take it back
		refuse_item(item, REASON_NOT_OWED, "overdracht.regel");
		return RESULT_OK;
	}
	struct verplichting *owed = arena_alloc(item->arena, sizeof *owed);
	if (!owed)
		return RESULT_NO_MEMORY;
	*owed = (struct verplichting){
		.soort = VERPLICHTING_OVERDRACHT,
		.oin = bytes_of_text(core->registry.genesis.house.text),
		.functie = bytes_of_text(eis->terug),
		.regel = regel,
		.uiterlijk = (uint64_t)convenant_overdracht_uiterlijk(convenant, n, item->now),
		.convenant = bytes_of_text(convenant_name(convenant)),
	};
	item->besluit.verplichtingen = owed;
	item->besluit.verplichting_count = 1;
	return RESULT_OK;
}

// It comes up again at the next sitting, with who chairs what this source sent.
static enum result owe_agenda(struct core *core, struct flow_item *item)
{
	const struct overleg *overleg = NULL;
	const struct convenant *convenant =
		in_force_seating(core, said(item, OVERDRACHT_REGEL), &overleg);
	struct verplichting *owed = arena_alloc(item->arena, sizeof *owed);
	struct oin bron;
	if (!owed)
		return RESULT_NO_MEMORY;
	if (!convenant || oin_parse(bron_of(item->recalled->verantwoording), &bron)) {
		refuse_item(item, REASON_NOT_OWED, "overdracht.regel");
		return RESULT_OK;
	}
	const struct ontvanger *chair = overleg_voorzitter(overleg, &bron);
	int64_t since = (int64_t)item->recalled->verantwoording->received;
	*owed = (struct verplichting){
		.soort = VERPLICHTING_AGENDA,
		.oin = bytes_of_text(chair->oin.text),
		.functie = bytes_of_text(chair->functie),
		.regel = said(item, OVERDRACHT_REGEL),
		.uiterlijk = (uint64_t)agenda_uiterlijk(convenant, overleg, item->now, since),
		.convenant = bytes_of_text(convenant_name(convenant)),
	};
	item->besluit.verplichtingen = owed;
	item->besluit.verplichting_count = 1;
	return RESULT_OK;
}

// Handed by an overleg, whose name stands where that of a regel would.
static enum result settle_overname(struct core *core, struct flow_item *item)
{
	static const struct owed_velden velden = {.soort = VERPLICHTING_OVERNAME,
						  .entry = OVERDRACHT_ENTRY,
						  .naam = OVERDRACHT_REGEL,
						  .namens = OVERDRACHT_NAMENS,
						  .entry_field = "overdracht.entry",
						  .naam_field = "overdracht.regel",
						  .namens_field = "overdracht.namens"};
	enum result r = settle_owed(core, item, &velden);
	if (r || item->refusal.reason || !is_given_back(said(item, OVERDRACHT_ANTWOORD)))
		return r;
	return owe_agenda(core, item);
}

// What is owed under this name by who signs: of a regel first.
static enum result owes_by_regel(struct core *core, const struct flow_item *item, bool *ret_owes)
{
	uint64_t melding = statement_number(&item->opened->statement, OVERDRACHT_ENTRY, UINT64_MAX);
	struct state_obligation o;
	bool overname = false;
	enum result r = RESULT_OK;
	*ret_owes = false;
	for (uint32_t n = 0; !r && !*ret_owes; n = o.n + 1) {
		r = state_owed(core->state, melding, n, &o);
		bool own = !r && namens_owes(item, OVERDRACHT_NAMENS, &o) &&
			   bytes_equal(bytes_of_text(o.regel), said(item, OVERDRACHT_REGEL));
		*ret_owes = own && o.soort == VERPLICHTING_OVERDRACHT;
		overname |= own && o.soort == VERPLICHTING_OVERNAME;
	}
	*ret_owes |= !overname; // what is not owed at all is refused as such
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

static enum result settle_regel(struct core *core, struct flow_item *item)
{
	static const struct owed_velden velden = {.soort = VERPLICHTING_OVERDRACHT,
						  .entry = OVERDRACHT_ENTRY,
						  .naam = OVERDRACHT_REGEL,
						  .namens = OVERDRACHT_NAMENS,
						  .entry_field = "overdracht.entry",
						  .naam_field = "overdracht.regel",
						  .namens_field = "overdracht.namens"};
	enum result r = settle_owed(core, item, &velden);
	if (r || item->refusal.reason || !is_given_back(said(item, OVERDRACHT_ANTWOORD)))
		return r;
	if (said(item, OVERDRACHT_NAMENS).len == 0 &&
	    oin_equal(&item->signer->bundle.oin, &core->registry.genesis.house)) {
		refuse_item(item, REASON_BAD_VALUE, "overdracht.antwoord");
		return RESULT_OK;
	}
	return owe_back(core, item);
}

static enum result overdracht_settle(struct core *core, struct flow_item *item)
{
	bool regel = false;
	enum result r = owes_by_regel(core, item, &regel);
	if (r)
		return r;
	return regel ? settle_regel(core, item) : settle_overname(core, item);
}

// One answer ends what is owed by a regel or, where nothing is, by an overleg: their names may be
// the same.
static enum result overdracht_apply(struct state *state, const struct part_verantwoording *v)
{
	struct state_settled settled = {
		.soort = VERPLICHTING_OVERDRACHT,
		.naam = veld_get(v->velden, v->veld_count, OVERDRACHT_REGEL),
		.namens = veld_get(v->velden, v->veld_count, OVERDRACHT_NAMENS),
		.own = true};
	bool regel = false;
	enum result r = v->betreft ? state_settles(state, v, &settled, &regel) : RESULT_OK;
	if (!regel)
		settled.soort = VERPLICHTING_OVERNAME;
	return r || !v->betreft ? r : state_settle(state, v, &settled);
}

// "g-overdracht <regel> <oin> <antwoord>"
static void overdracht_tell(const struct part_verantwoording *v, struct buffer *out)
{
	struct bytes regel = veld_get(v->velden, v->veld_count, OVERDRACHT_REGEL);
	struct bytes antwoord = veld_get(v->velden, v->veld_count, OVERDRACHT_ANTWOORD);
	struct bytes speaker = namens_said(v, OVERDRACHT_NAMENS);
	char line[160];
	snprintf(line, sizeof line, "%.*s %.*s %.*s", (int)regel.len, (const char *)regel.data,
		 (int)speaker.len, (const char *)speaker.data, (int)antwoord.len,
		 (const char *)antwoord.data);
	control_append_text(out, "g-overdracht", line);
	namens_tell_said(v, OVERDRACHT_NAMENS, OVERDRACHT_MEDEWERKER, out);
}

const struct type_handler type_overdracht = {
	.read = read_signed,
	.settle = overdracht_settle,
	.apply = overdracht_apply,
	.content = UINT64_C(1) << OVERDRACHT_MOTIVERING,
	.event = "overdracht",
	.tell = overdracht_tell,
};
