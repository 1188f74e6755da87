// SPDX-License-Identifier: EUPL-1.2
// A question that is passed on: how the person is named to those who are asked, what they owe, what
// is stated of their answers, and the delivery that closes it.
#include "flow/bekend.h"
#include "flow/rechtzetting.h"
#include "flow/type.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

#define NAME_LEN 200

// ---- the rounds ------------------------------------------------------------------------------

bool vraag_is(const struct feiten *feiten, const char *vraag)
{
	const struct feit *feit = feiten_get(feiten, ATTRIBUUT_VRAAG, 0);
	return feit->bekend && feit->waarde_count == 1 &&
	       bytes_equal(feit->waarden[0], bytes_of_text(vraag));
}

static const struct plaats answers[] = {{1, RUBRIEK_VERRIJKING_PGA},
					{1, RUBRIEK_VERRIJKING_ADVIES},
					{1, RUBRIEK_VERRIJKING_REGISSEUR}};
static const struct plaats asked[] = {{1, RUBRIEK_BEKEND_VRAAG},
				      {1, RUBRIEK_IDENTIFICATIE},
				      {1, RUBRIEK_BSN},
				      {1, RUBRIEK_KETENNUMMER}};
static const struct plaats told[] = {{1, RUBRIEK_BEKEND_ANTWOORD}, {1, RUBRIEK_BEKEND_CONTACT}};
#define ROUND(vraag, plaatsen)                                                                     \
	{                                                                                          \
		vraag, plaatsen, sizeof(plaatsen) / sizeof(plaatsen)[0]                            \
	}

static const struct vraag_round rounds[] = {
	ROUND(VRAAG_ZSM, answers), ROUND(VRAAG_VERRIJKING, answers), ROUND(VRAAG_BEKEND, asked),
	ROUND(VRAAG_ANTWOORD, told)};

const struct vraag_round *vraag_round(const struct feiten *feiten)
{
	for (size_t i = 0; i < sizeof rounds / sizeof rounds[0]; i++)
		if (vraag_is(feiten, rounds[i].vraag))
			return &rounds[i];
	return NULL;
}

// As facts name an ontvanger; on the arena, empty for who is no partij.
static enum result name_of(const struct convenant *convenant, const struct ontvanger *who,
			   struct arena *arena, struct bytes *ret_name)
{
	char text[NAME_LEN];
	const struct partij *partij = convenant_partij_of(convenant, &who->oin);
	int n = partij ? snprintf(text, sizeof text, "%s/%s", partij->partij, who->functie) : 0;
	*ret_name = arena_copy(arena, bytes_make(text, (size_t)n));
	return ret_name->data ? RESULT_OK : RESULT_NO_MEMORY;
}

enum result vrager_feit(struct flow_item *item, const struct ontvanger *vrager)
{
	struct feit *feit = feiten_at(item->feiten, ATTRIBUUT_VRAGER, 0);
	struct bytes name;
	enum result r = name_of(item->convenant, vrager, item->arena, &name);
	if (!r && name.len > 0)
		feit_set(feit, name);
	else if (!r)
		feit_set_none(feit);
	return r;
}

bool vraag_reaches(const struct convenant *convenant, const struct feiten *feiten,
		   const struct ontvanger *ontvanger)
{
	const struct feit *vrager = feiten_get(feiten, ATTRIBUUT_VRAGER, 0);
	const struct partij *partij = convenant_partij_of(convenant, &ontvanger->oin);
	bool zsm = vraag_is(feiten, VRAAG_ZSM);
	char name[NAME_LEN];
	// What ZSM asked before it was recorded who asks went to each whom a regel named.
	if (!zsm && !vraag_is(feiten, VRAAG_VERRIJKING) && !vraag_is(feiten, VRAAG_ANTWOORD))
		return true;
	if (!vrager->bekend)
		return zsm;
	snprintf(name, sizeof name, "%s/%s", partij ? partij->partij : "", ontvanger->functie);
	return vrager->waarde_count == 1 && bytes_equal(vrager->waarden[0], bytes_of_text(name));
}

bool vraag_says_alone(const struct feiten *feiten, uint32_t rubriek)
{
	return vraag_is(feiten, VRAAG_BEKEND) ? rubriek == RUBRIEK_BEKEND_VRAAG
					      : rubriek != RUBRIEK_HERKOMST;
}

// ---- what is owed ----------------------------------------------------------------------------

static const struct gave *asked_by(const struct toedeling *t)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->gaves[i].rubriek == RUBRIEK_BEKEND_VRAAG)
			return &t->gaves[i];
	return NULL;
}

// The first of the regels by which it is asked that sets a term, and that.
static const char *term_of(const struct flow_item *item, const struct gave *gave,
			   int64_t *ret_until)
{
	const char *regel = "";
	for (size_t i = 0; i < gave->regel_count; i++) {
		int64_t until =
			convenant_antwoord_uiterlijk(item->convenant, gave->regels[i], item->now);
		if (!convenant_antwoord(item->convenant, gave->regels[i]) ||
		    (*regel && until >= *ret_until))
			continue;
		regel = convenant_regel(item->convenant, gave->regels[i])->regel;
		*ret_until = until;
	}
	return regel;
}

// Copied: toedelingen change their places once it is known which are empty.
static enum result owe(struct flow_item *item, uint32_t soort, const struct ontvanger *who,
		       struct verplichting owed)
{
	owed.soort = soort;
	owed.oin = arena_copy(item->arena, bytes_of_text(who->oin.text));
	owed.functie = arena_copy(item->arena, bytes_of_text(who->functie));
	owed.convenant = bytes_of_text(convenant_name(item->convenant));
	item->besluit.verplichtingen[item->besluit.verplichting_count++] = owed;
	return owed.oin.data && owed.functie.data ? RESULT_OK : RESULT_NO_MEMORY;
}

enum result bekend_owe(struct flow_item *item)
{
	struct besluit_set *set = &item->besluit;
	enum result r = RESULT_OK;
	int64_t last = 0;
	set->verplichtingen =
		arena_alloc(item->arena, (set->count + 1) * sizeof *set->verplichtingen);
	if (!set->verplichtingen)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; !r && i < set->count; i++) {
		struct toedeling *t = &set->toedelingen[i];
		const struct gave *gave = asked_by(t);
		if (!gave)
			continue;
		const char *regel = term_of(item, gave, &t->until);
		r = owe(item, VERPLICHTING_BEKEND, &t->ontvanger,
			(struct verplichting){.regel = bytes_of_text(regel),
					      .uiterlijk = (uint64_t)t->until});
		last = t->until > last ? t->until : last;
	}
	if (!r && last)
		r = owe(item, VERPLICHTING_AFSLUITING, &item->vrager,
			(struct verplichting){.regel = bytes_of_text(VRAAG_BEKEND),
					      .uiterlijk = (uint64_t)last});
	return r;
}

// ---- what is stated --------------------------------------------------------------------------

bool bekend_is(uint32_t rubriek)
{
	return rubriek == RUBRIEK_BEKEND_VRAAG || rubriek == RUBRIEK_BEKEND_ANTWOORD ||
	       rubriek == RUBRIEK_BEKEND_CONTACT;
}

struct stating {
	const struct flow_item *item;
	const struct toedeling *toedeling;
	struct veld velden[VELD_NUMBER_MAX];
	size_t count;
	bool no_memory;
};

// Left out where nothing was said.
static void state_veld(struct stating *s, uint32_t veld, struct bytes waarde)
{
	struct bytes copy = arena_copy(s->item->arena, waarde);
	s->no_memory |= !copy.data;
	if (copy.len > 0)
		s->velden[s->count++] = (struct veld){veld, copy};
}

static void state_entry(struct stating *s, uint32_t veld, uint64_t entry)
{
	char text[24];
	snprintf(text, sizeof text, "%llu", (unsigned long long)entry);
	state_veld(s, veld, bytes_of_text(text));
}

static void state_vraag(struct stating *s)
{
	const struct flow_item *item = s->item;
	const struct partij *partij = convenant_partij_of(item->convenant, &item->vrager.oin);
	char text[NAME_LEN + 1], until[21];
	snprintf(text, sizeof text, "%.150s, %s", partij ? partij->naam : item->vrager.oin.text,
		 item->vrager.functie);
	time_format(until, s->toedeling->until);
	state_entry(s, BEKEND_VRAAG_ENTRY, item->betreft);
	state_veld(s, BEKEND_VRAAG_VRAGER, bytes_of_text(text));
	state_veld(s, BEKEND_VRAAG_UITERLIJK, bytes_of_text(until));
}

static void state_antwoord(struct stating *s)
{
	const struct flow_item *item = s->item;
	const struct partij *partij = convenant_partij_of(item->convenant, &item->feiten->bron);
	state_entry(s, BEKEND_BIJ_ENTRY,
		    item->opened ? item->betreft : item->recalled->verantwoording->betreft);
	state_veld(s, BEKEND_BIJ_DOOR,
		   bytes_of_text(partij ? partij->naam : item->feiten->bron.text));
}

// What the statement itself says.
static enum result state_said(struct stating *s, uint32_t rubriek)
{
	struct statement statement;
	enum result r = item_statement(s->item, &statement);
	const struct type_handler *handler = r ? NULL : type_handler(statement.type);
	if (handler && handler->passes)
		s->count += handler->passes(&statement, rubriek, s->velden + s->count,
					    VELD_NUMBER_MAX - s->count);
	return r;
}

enum result bekend_make(const struct flow_item *item, const struct toedeling *toedeling,
			const struct gave *gave, uint32_t part, struct verrijkingen *out)
{
	struct stating s = {.item = item, .toedeling = toedeling};
	if (gave->rubriek == RUBRIEK_BEKEND_VRAAG)
		state_vraag(&s);
	else if (gave->rubriek == RUBRIEK_BEKEND_ANTWOORD)
		state_antwoord(&s);
	enum result r = state_said(&s, gave->rubriek);
	if (r || s.no_memory)
		return r ? r : RESULT_NO_MEMORY;
	const struct rubriek rubriek = {.soort = gave->rubriek,
					.betrokkene = gave->betrokkene,
					.regime = REGIME_AVG,
					.velden = s.velden,
					.veld_count = s.count};
	return verrijking_add(item, part, &rubriek, out);
}

// ---- the end ---------------------------------------------------------------------------------

enum result bekend_close(struct core *core, const struct state_obligation *owed, uint64_t given,
			 struct part *ret_part, bool *ret_due)
{
	const struct register_genesis *genesis = &core->registry.genesis;
	struct recalled question;
	uint64_t last = 0, until = 0;
	*ret_due = false;
	enum result r = recall_entry(core, owed->index, RECALL_PARTS, core->arena, &question);
	if (r || !question.verantwoording)
		return r;
	r = state_last_number(core->state, &owed->owed_by, &last);
	if (!r)
		r = rechtzetting_until(core, owed->index, &until);
	struct bytes oin = arena_copy(core->arena, bytes_of_text(owed->owed_by.oin.text));
	struct bytes functie = arena_copy(core->arena, bytes_of_text(owed->owed_by.functie));
	if (r || !oin.data || !functie.data)
		return r ? r : RESULT_NO_MEMORY;
	const struct part_verantwoording *v = question.verantwoording;
	*ret_part = (struct part){.kind = PART_VERSTREKKING,
				  .verstrekking = {.origin = bytes_of_text(genesis->origin),
						   .oin = oin,
						   .functie = functie,
						   .number = last + given + 1,
						   .soort = VERSTREKKING_AFGESLOTEN,
						   .header_hash = v->header_hash,
						   .convenant_hash = v->convenant_hash,
						   .geldig_tot = until,
						   .oefening = genesis->oefening,
						   .betreft = owed->index,
						   .herkomst_onthouden = true}};
	*ret_due = true;
	return RESULT_OK;
}
