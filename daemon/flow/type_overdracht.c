// SPDX-License-Identifier: EUPL-1.2
// An overdracht: who was given a melding by a regel that asks it takes over, or gives back. What
// comes back is owed by the functie of the house that the regel names, within the same time; the
// house has nobody to give it back to.
#include "control/control.h"
#include "flow/in_force.h"
#include "flow/type.h"

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

static enum result overdracht_settle(struct core *core, struct flow_item *item)
{
	static const struct owed_velden velden = {.soort = VERPLICHTING_OVERDRACHT,
						  .entry = OVERDRACHT_ENTRY,
						  .naam = OVERDRACHT_REGEL,
						  .entry_field = "overdracht.entry",
						  .naam_field = "overdracht.regel"};
	enum result r = settle_owed(core, item, &velden);
	if (r || item->refusal.reason || !is_given_back(said(item, OVERDRACHT_ANTWOORD)))
		return r;
	if (oin_equal(&item->signer->bundle.oin, &core->registry.genesis.house)) {
		refuse_item(item, REASON_BAD_VALUE, "overdracht.antwoord");
		return RESULT_OK;
	}
	return owe_back(core, item);
}

static enum result overdracht_apply(struct state *state, const struct part_verantwoording *v)
{
	const struct state_settled settled = {
		.soort = VERPLICHTING_OVERDRACHT,
		.naam = veld_get(v->velden, v->veld_count, OVERDRACHT_REGEL),
		.own = true};
	return v->betreft ? state_settle(state, v, &settled) : RESULT_OK;
}

// "g-overdracht <regel> <oin> <antwoord>"
static void overdracht_tell(const struct part_verantwoording *v, struct buffer *out)
{
	struct bytes regel = veld_get(v->velden, v->veld_count, OVERDRACHT_REGEL);
	struct bytes antwoord = veld_get(v->velden, v->veld_count, OVERDRACHT_ANTWOORD);
	char line[160];
	snprintf(line, sizeof line, "%.*s %.*s %.*s", (int)regel.len, (const char *)regel.data,
		 (int)v->signer.len, (const char *)v->signer.data, (int)antwoord.len,
		 (const char *)antwoord.data);
	control_append_text(out, "g-overdracht", line);
}

const struct type_handler type_overdracht = {
	.read = read_signed,
	.settle = overdracht_settle,
	.apply = overdracht_apply,
	.content = UINT64_C(1) << OVERDRACHT_MOTIVERING,
	.event = "overdracht",
	.tell = overdracht_tell,
};
