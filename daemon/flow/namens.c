// SPDX-License-Identifier: EUPL-1.2
// The authority stands in the convenant, which two roles bring into force and the partner signs on
// paper: the functie of the house under `invoer` of its partij. Where several convenanten have the
// partner, each of them must let that functie. The soort is said in the melding because the law
// that each rubriek is held under follows from it: it must be the one that the convenant knows.
#include "flow/namens.h"

#include "control/control.h"
#include "flow/type.h"
#include "state/bron.h"

#include <stdio.h>

static const struct rubriek *rubriek_of(const struct flow_item *item)
{
	return melding_find(&item->opened->melding, RUBRIEK_NAMENS, 0);
}

static struct bytes said_in(const struct rubriek *rubriek, uint32_t veld)
{
	return veld_get(rubriek->velden, rubriek->veld_count, veld);
}

// The partij of the n-th convenant in force; NULL: it is none there.
static const struct partij *partij_in(const struct core *core, size_t n,
				      const struct rubriek *rubriek)
{
	struct oin partner;
	if (oin_parse(said_in(rubriek, NAMENS_PARTNER), &partner))
		return NULL;
	return convenant_partij_of(core->convenanten[n], &partner);
}

// Why this signer may not enter anything for a partner; REASON_NONE: it may. Who is not the house
// is not told which partijen there are.
static enum reason may_enter(const struct core *core, const struct party *signer,
			     const struct oin *partner)
{
	bool known = false, lets = true;
	for (size_t n = 0; n < core->convenant_count; n++) {
		const struct partij *partij = convenant_partij_of(core->convenanten[n], partner);
		known |= partij != NULL;
		lets &= !partij || (partij->invoer && party_has_functie(signer, partij->invoer));
	}
	if (!oin_equal(&signer->bundle.oin, &core->registry.genesis.house))
		return REASON_FUNCTIE_NOT_HELD;
	return !known ? REASON_UNKNOWN_PARTIJ : lets ? REASON_NONE : REASON_FUNCTIE_NOT_HELD;
}

static bool has_functie(const struct partij *partij, struct bytes functie)
{
	bool has = functie.len == 0;
	for (size_t i = 0; i < partij->functie_count; i++)
		has |= bytes_equal(bytes_of_text(partij->functies[i]), functie);
	return has;
}

static void refuse(struct flow_item *item, const struct rubriek *rubriek, enum reason reason,
		   const char *veld)
{
	char field[WIRE_FIELD_MAX];
	snprintf(field, sizeof field, "rubriek[%zu].namens%s",
		 (size_t)(rubriek - item->opened->melding.rubrieken), veld);
	refuse_item(item, reason, field);
}

enum result namens_settle(struct core *core, struct flow_item *item)
{
	const struct rubriek *rubriek = rubriek_of(item);
	bool house = oin_equal(&item->signer->bundle.oin, &core->registry.genesis.house);
	bool is_so = true, has = true;
	struct oin partner;
	if (!rubriek)
		return RESULT_OK;
	if (oin_parse(said_in(rubriek, NAMENS_PARTNER), &partner))
		partner = (struct oin){.text = ""};
	enum reason reason = may_enter(core, item->signer, &partner);
	for (size_t n = 0; n < core->convenant_count; n++) {
		const struct partij *partij = partij_in(core, n, rubriek);
		if (!partij)
			continue;
		is_so &= bytes_equal(bytes_of_text(partij->soort), said_in(rubriek, NAMENS_SOORT));
		has &= has_functie(partij, said_in(rubriek, NAMENS_FUNCTIE));
	}
	if (reason != REASON_NONE)
		refuse(item, rubriek, reason, house ? ".partner" : "");
	else if (!is_so)
		refuse(item, rubriek, REASON_BAD_VALUE, ".soort");
	else if (!has)
		refuse(item, rubriek, REASON_BAD_VALUE, ".functie");
	return RESULT_OK;
}

bool namens_speaks(const struct core *core, struct flow_item *item, uint32_t veld,
		   const char *field, struct oin *ret_speaker)
{
	struct bytes partner = said(item, veld);
	*ret_speaker = item->signer->bundle.oin;
	if (partner.len == 0)
		return true;
	enum reason reason = oin_parse(partner, ret_speaker) == RESULT_OK
				     ? may_enter(core, item->signer, ret_speaker)
				     : REASON_BAD_VALUE;
	if (reason != REASON_NONE)
		refuse_item(item, reason, field);
	return reason == REASON_NONE;
}

bool namens_owes(const struct flow_item *item, uint32_t veld, const struct state_obligation *o)
{
	struct bytes partner = veld ? said(item, veld) : (struct bytes){0};
	if (partner.len > 0) // whichever functie of it does
		return bytes_equal(bytes_of_text(o->owed_by.oin.text), partner);
	return oin_equal(&o->owed_by.oin, &item->signer->bundle.oin) &&
	       party_has_functie(item->signer, o->owed_by.functie);
}

struct bytes namens_said(const struct part_verantwoording *v, uint32_t veld)
{
	struct bytes partner = veld_get(v->velden, v->veld_count, veld);
	return partner.len > 0 ? partner : v->signer;
}

void namens_enrich(const struct core *core, struct flow_item *item)
{
	const struct rubriek *rubriek = rubriek_of(item);
	struct feiten *feiten = item->feiten;
	const struct partij *partij = NULL;
	if (!rubriek)
		return;
	for (size_t n = 0; !partij && n < core->convenant_count; n++)
		partij = partij_in(core, n, rubriek);
	if (!partij)
		return; // it was refused
	feiten->bron = partij->oin;
	feiten->bron_functies[0] = said_in(rubriek, NAMENS_FUNCTIE);
	feiten->bron_functie_count = feiten->bron_functies[0].len > 0;
	feit_set(feiten_at(feiten, ATTRIBUUT_BRON_SOORT, 0), bytes_of_text(partij->soort));
}

enum result namens_account(struct core *core, struct flow_item *item, struct part_verantwoording *v)
{
	static const struct {
		uint32_t veld, record;
	} kept[] = {{NAMENS_PARTNER, BRON_PARTNER},
		    {NAMENS_FUNCTIE, BRON_FUNCTIE},
		    {NAMENS_MEDEWERKER, BRON_MEDEWERKER}};
	const size_t count = sizeof kept / sizeof kept[0];
	const struct rubriek *rubriek = rubriek_of(item);
	(void)core;
	if (!rubriek)
		return RESULT_OK;
	v->velden = arena_alloc(item->arena, count * sizeof *v->velden);
	if (!v->velden)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < count; i++) {
		struct bytes waarde = said_in(rubriek, kept[i].veld);
		if (waarde.len > 0)
			v->velden[v->veld_count++] = (struct veld){kept[i].record, waarde};
	}
	return RESULT_OK;
}

static void tell(struct bytes partner, struct bytes medewerker, struct bytes functie,
		 struct buffer *out)
{
	char line[160];
	if (partner.len == 0)
		return;
	functie = functie.len > 0 ? functie : bytes_of_text("-");
	snprintf(line, sizeof line, "%.*s %.*s %.*s", (int)partner.len, (const char *)partner.data,
		 (int)medewerker.len, (const char *)medewerker.data, (int)functie.len,
		 (const char *)functie.data);
	control_append_text(out, "g-namens", line);
}

void namens_tell(const struct part_verantwoording *v, struct buffer *out)
{
	tell(bron_namens(v, BRON_PARTNER), bron_namens(v, BRON_MEDEWERKER),
	     bron_namens(v, BRON_FUNCTIE), out);
}

void namens_tell_said(const struct part_verantwoording *v, uint32_t veld, uint32_t medewerker,
		      struct buffer *out)
{
	tell(veld_get(v->velden, v->veld_count, veld),
	     veld_get(v->velden, v->veld_count, medewerker), (struct bytes){0}, out);
}
