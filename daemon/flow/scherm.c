// SPDX-License-Identifier: EUPL-1.2
#include "flow/scherm.h"

#include "flow/given.h"

#include "control/control.h"

#include <string.h>

struct looking {
	struct core *core;
	const struct scherm *scherm;
	const struct flow_item *item;
	struct gegeven gegeven;
	struct gesteld *stated; // of each who is present
	struct beeld *beeld;
};

// ---- what was stated to all of them ----------------------------------------------------------

static bool is_stated_to_all(const struct looking *l, struct bytes value)
{
	for (size_t p = 1; p < l->scherm->count; p++)
		if (!gesteld_has(&l->stated[p], value))
			return false;
	for (size_t i = 0; i < l->beeld->stated_count; i++)
		if (bytes_equal(l->beeld->stated[i], value))
			return false; // it is there already
	return true;
}

static enum result show_stated(struct looking *l, const struct plaats *plaats, bool *ret_any)
{
	const struct gesteld *own = &l->stated[0];
	for (size_t i = 0; i < own->count; i++) {
		struct rubriek rubriek;
		enum result r = rubriek_decode(own->values[i], l->item->arena, &rubriek);
		if (r)
			return r;
		if (rubriek.betrokkene != plaats->betrokkene || rubriek.soort != plaats->rubriek ||
		    !is_stated_to_all(l, own->values[i]))
			continue;
		l->beeld->stated[l->beeld->stated_count++] = own->values[i];
		*ret_any = true;
	}
	return RESULT_OK;
}

// ---- one place -------------------------------------------------------------------------------

static enum result gave_of(const struct looking *l, const struct plaats *plaats,
			   const struct beslissing *beslissing, struct gave *ret_gave)
{
	size_t bytes = beslissing->regel_count * sizeof beslissing->regels[0];
	uint16_t *regels = arena_alloc(l->item->arena, bytes + sizeof *regels);
	if (!regels)
		return RESULT_NO_MEMORY;
	memcpy(regels, beslissing->regels, bytes);
	*ret_gave = (struct gave){.betrokkene = plaats->betrokkene,
				  .rubriek = plaats->rubriek,
				  .regels = regels,
				  .regel_count = beslissing->regel_count};
	return RESULT_OK;
}

// Whether each of them was given it and would be now; and by which regels.
static enum result may_all_see(const struct looking *l, const struct plaats *plaats,
			       struct gave gaves[SCHERM_MAX], bool *ret_may)
{
	enum result r = RESULT_OK;
	*ret_may = true;
	for (size_t p = 0; !r && *ret_may && p < l->scherm->count; p++) {
		const struct ontvanger *who = &l->scherm->aanwezig[p];
		const struct vraag vraag = {*who, plaats->betrokkene, plaats->rubriek};
		struct beslissing beslissing;
		convenant_decide(l->scherm->convenant, l->item->feiten, &vraag, &beslissing);
		*ret_may = beslissing.oordeel == OORDEEL_VERSTREKT &&
			   gegeven_has(&l->gegeven, who, plaats, bytes_make(NULL, 0));
		if (*ret_may)
			r = gave_of(l, plaats, &beslissing, &gaves[p]);
	}
	return r;
}

// A place may hold several rubrieken, each under its own law: whether each of them was given this
// one too, opened or restated, and would be now.
static enum result may_all_see_sent(const struct looking *l, const struct gave gaves[SCHERM_MAX],
				    size_t n, bool *ret_may)
{
	const struct rubriekplaats *sent = &l->item->sent[n];
	struct bytes restated = bytes_make(NULL, 0);
	bool may = true;
	for (size_t p = 0; may && p < l->scherm->count; p++)
		may = gave_opens(l->scherm->convenant, &gaves[p], sent);
	enum result r = may ? verrijking_restated(l->item, n, &restated) : RESULT_OK;
	for (size_t p = 0; !r && may && p < l->scherm->count; p++)
		may = gegeven_sent(&l->gegeven, &l->stated[p], &l->scherm->aanwezig[p],
				   sent->position, restated);
	*ret_may = may;
	return r;
}

static enum result show_sent(const struct looking *l, const struct gave gaves[SCHERM_MAX],
			     bool *ret_any)
{
	enum result r = RESULT_OK;
	for (size_t n = 0; !r && n < l->item->sent_count; n++) {
		bool may = false;
		r = may_all_see_sent(l, gaves, n, &may);
		l->beeld->sent[n] |= !r && may;
		*ret_any |= !r && may;
	}
	return r;
}

static bool is_shown(const struct beeld *beeld, const struct plaats *plaats)
{
	const struct toedeling *first = &beeld->toedelingen[0];
	for (size_t i = 0; i < first->count; i++)
		if (first->gaves[i].betrokkene == plaats->betrokkene &&
		    first->gaves[i].rubriek == plaats->rubriek)
			return true;
	return false;
}

static enum result look_at(struct looking *l, const struct plaats *plaats)
{
	struct gave gaves[SCHERM_MAX];
	bool may = false, any = false;
	if (is_shown(l->beeld, plaats))
		return RESULT_OK;
	enum result r = may_all_see(l, plaats, gaves, &may);
	if (r || !may)
		return r;
	if (plaats->rubriek == RUBRIEK_HERKOMST)
		any = l->beeld->herkomst = true;
	else if (verrijking_is(plaats->rubriek))
		r = show_stated(l, plaats, &any);
	else
		r = show_sent(l, gaves, &any);
	for (size_t p = 0; !r && any && p < l->scherm->count; p++) {
		struct toedeling *t = &l->beeld->toedelingen[p];
		if (t->count == t->cap)
			return RESULT_INTERNAL;
		t->gaves[t->count++] = gaves[p];
	}
	return r;
}

// ---- all of it -------------------------------------------------------------------------------

static size_t gronden_count(const struct looking *l)
{
	size_t count = 0;
	for (size_t i = 0; i < l->gegeven.count; i++)
		if (gegeven_is_for(l->gegeven.parts[i], &l->scherm->aanwezig[0]))
			count += l->gegeven.parts[i]->grond_count;
	return count;
}

static enum result beeld_new(struct looking *l)
{
	struct arena *arena = l->item->arena;
	size_t cap = gronden_count(l);
	struct beeld *beeld = l->beeld;
	l->stated = arena_alloc(arena, l->scherm->count * sizeof *l->stated);
	*beeld = (struct beeld){
		.count = l->scherm->count,
		.toedelingen = arena_alloc(arena, l->scherm->count * sizeof *beeld->toedelingen),
		.sent = arena_alloc(arena, (l->item->sent_count + 1) * sizeof *beeld->sent),
		.stated = arena_alloc(arena, GESTELD_MAX * sizeof *beeld->stated)};
	if (!l->stated || !beeld->toedelingen || !beeld->sent || !beeld->stated)
		return RESULT_NO_MEMORY;
	memset(beeld->sent, 0, (l->item->sent_count + 1) * sizeof *beeld->sent);
	for (size_t p = 0; p < l->scherm->count; p++) {
		struct toedeling *t = &beeld->toedelingen[p];
		*t = (struct toedeling){
			.ontvanger = l->scherm->aanwezig[p], .cap = cap, .getoond = true};
		t->gaves = arena_alloc(arena, (cap + 1) * sizeof *t->gaves);
		if (!t->gaves)
			return RESULT_NO_MEMORY;
	}
	return RESULT_OK;
}

// A notice that it came on the agenda is no rubriek: that it is there is what the screen is about.
static enum result look_at_given(struct looking *l, const struct part_verstrekking *part)
{
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < part->grond_count; i++) {
		const struct grond *grond = &part->gronden[i];
		const struct plaats plaats = {grond->betrokkene, grond->rubriek};
		if (grond->overleg.len == 0 && grond->rubriek != RUBRIEK_BERICHT)
			r = look_at(l, &plaats);
	}
	return r;
}

bool scherm_is_empty(const struct beeld *beeld)
{
	return beeld->toedelingen[0].count == 0;
}

static void show_nothing(const struct scherm *scherm, struct beeld *beeld)
{
	for (size_t p = 0; p < scherm->count; p++)
		beeld->toedelingen[p].count = 0;
	beeld->herkomst = false;
}

enum result scherm_look(struct core *core, const struct scherm *scherm,
			const struct flow_item *item, struct beeld *ret_beeld)
{
	struct looking l = {.core = core, .scherm = scherm, .item = item, .beeld = ret_beeld};
	const struct gegeven_welke welke = {item->betreft, UINT64_MAX,
					    bytes_of_text(convenant_name(scherm->convenant)),
					    item->arena};
	enum result r = gegeven_read(core, &welke, &l.gegeven);
	if (!r)
		r = beeld_new(&l);
	if (!r)
		r = gesteld_read(core, &l.gegeven,
				 (struct gesteld_aan){scherm->aanwezig, scherm->count}, item->arena,
				 l.stated);
	for (size_t i = 0; !r && i < l.gegeven.count; i++)
		if (gegeven_is_for(l.gegeven.parts[i], &scherm->aanwezig[0]))
			r = look_at_given(&l, l.gegeven.parts[i]);
	const struct toedeling *first = r ? NULL : &ret_beeld->toedelingen[0];
	// Herkomst says nothing alone.
	if (!r && first->count == 1 && first->gaves[0].rubriek == RUBRIEK_HERKOMST)
		show_nothing(scherm, ret_beeld);
	return r;
}

// ---- telling it ------------------------------------------------------------------------------

static const struct part_verstrekking *recorded_for(const struct recalled *entry,
						    struct ontvanger who)
{
	for (size_t i = 0; i < entry->part_count; i++) {
		const struct part_verstrekking *part = &entry->parts[i].verstrekking;
		if (entry->parts[i].kind == PART_VERSTREKKING &&
		    part->soort == VERSTREKKING_GETOOND && gegeven_names(part, &who))
			return part;
	}
	return NULL;
}

// Of the regels that give a place now those under which it was recorded.
static size_t keep_regels(const struct convenant *convenant, const struct part_verstrekking *part,
			  struct gave *gave)
{
	size_t kept = 0;
	for (size_t r = 0; r < gave->regel_count; r++) {
		struct bytes regel =
			bytes_of_text(convenant_regel(convenant, gave->regels[r])->regel);
		bool recorded = false;
		for (size_t i = 0; i < part->grond_count; i++)
			recorded |= part->gronden[i].betrokkene == gave->betrokkene &&
				    part->gronden[i].rubriek == gave->rubriek &&
				    bytes_equal(part->gronden[i].regel, regel);
		if (recorded)
			gave->regels[kept++] = gave->regels[r];
	}
	gave->regel_count = kept;
	return kept;
}

static bool gives(const struct toedeling *t, uint32_t betrokkene, uint32_t rubriek)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->gaves[i].betrokkene == betrokkene && t->gaves[i].rubriek == rubriek)
			return true;
	return false;
}

static bool opens(const struct convenant *convenant, const struct toedeling *t,
		  const struct rubriekplaats *sent)
{
	bool any = false;
	for (size_t i = 0; i < t->count; i++)
		any |= gave_opens(convenant, &t->gaves[i], sent);
	return any;
}

static void keep_stated(struct beeld *beeld, const struct flow_item *item,
			const struct toedeling *t)
{
	size_t kept = 0;
	for (size_t i = 0; i < beeld->stated_count; i++) {
		struct rubriek rubriek;
		if (!rubriek_decode(beeld->stated[i], item->arena, &rubriek) &&
		    gives(t, rubriek.betrokkene, rubriek.soort))
			beeld->stated[kept++] = beeld->stated[i];
	}
	beeld->stated_count = kept;
}

static void keep_of(struct beeld *beeld, const struct flow_item *item, struct toedeling *t,
		    const struct part_verstrekking *part)
{
	const struct convenant *convenant = item->convenant;
	struct hash hash = convenant_hash(convenant);
	size_t kept = 0;
	for (size_t i = 0; part && hash_equal(&hash, &part->convenant_hash) && i < t->count; i++)
		if (keep_regels(convenant, part, &t->gaves[i]) > 0)
			t->gaves[kept++] = t->gaves[i];
	t->count = kept;
	for (size_t n = 0; n < item->sent_count; n++)
		beeld->sent[n] &= opens(convenant, t, &item->sent[n]);
	keep_stated(beeld, item, t);
	beeld->herkomst &= gives(t, 0, RUBRIEK_HERKOMST);
}

void scherm_keep(struct beeld *beeld, const struct flow_item *item, const struct recalled *entry)
{
	for (size_t p = 0; p < beeld->count; p++)
		keep_of(beeld, item, &beeld->toedelingen[p],
			recorded_for(entry, beeld->toedelingen[p].ontvanger));
}

static enum result tell_sent(const struct beeld *beeld, const struct flow_item *item, size_t n,
			     struct buffer *out)
{
	struct bytes value = sent_rubriek(item, n);
	enum result r = beeld->herkomst ? RESULT_OK : verrijking_restated(item, n, &value);
	if (!r)
		control_append(out, "rubriek", value);
	return r;
}

enum result scherm_tell(const struct beeld *beeld, const struct flow_item *item, struct buffer *out)
{
	enum result r = RESULT_OK;
	control_append_number(out, "melding", item->betreft);
	if (beeld->herkomst)
		control_append(out, "bron", item->recalled->verantwoording->signer);
	for (size_t n = 0; !r && n < item->sent_count; n++)
		if (beeld->sent[n])
			r = tell_sent(beeld, item, n, out);
	for (size_t i = 0; !r && i < beeld->stated_count; i++)
		control_append(out, "toegevoegd", beeld->stated[i]);
	return r ? r : out->status;
}
