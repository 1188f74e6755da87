// SPDX-License-Identifier: EUPL-1.2
// What ZSM is told about somebody, of each open casus: that an aanpak runs, what was advised, whom
// to call. Codes and what was written for ZSM, nothing else: no name of who is involved beside the
// regisseurs, and no regisseur whose organisation alone would say something about health or about a
// report of domestic violence.
#include "flow/casus.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

#define CONTEXT_MAX 4 // of one soort, as the table of rubrieken says
#define NAME_LEN 200

bool context_is(uint32_t rubriek)
{
	return rubriek == RUBRIEK_VERRIJKING_PGA || rubriek == RUBRIEK_VERRIJKING_ADVIES ||
	       rubriek == RUBRIEK_VERRIJKING_REGISSEUR;
}

// A rubriek as it grows.
struct telling_of {
	const struct flow_item *item;
	struct veld velden[VELD_NUMBER_MAX];
	size_t count;
};

static void tell(struct telling_of *t, uint32_t veld, struct bytes waarde)
{
	if (waarde.len > 0 && t->count < VELD_NUMBER_MAX)
		t->velden[t->count++] = (struct veld){veld, waarde};
}

static bool may_be_named(const struct partij *partij)
{
	static const char *const soorten[] = {"veiligheidshuis", "gemeente", "politie",
					      "reclassering"};
	bool may = false;
	for (size_t i = 0; partij && i < sizeof soorten / sizeof soorten[0]; i++)
		may |= strcmp(partij->soort, soorten[i]) == 0;
	return may;
}

// "Gemeente Sittard-Geleen, wmo"; false when nobody may be named. The text lies on the arena.
static bool name_of(const struct telling_of *t, const struct ontvanger *who, struct bytes *ret_name)
{
	const struct partij *partij = convenant_partij_of(t->item->convenant, &who->oin);
	char text[NAME_LEN + 1];
	if (!may_be_named(partij))
		return false;
	int n = snprintf(text, sizeof text, "%.150s, %s", partij->naam, who->functie);
	*ret_name = arena_copy(t->item->arena, bytes_make(text, (size_t)n));
	return ret_name->data != NULL;
}

static bool tell_pga(struct telling_of *t, const struct casus *casus)
{
	if (!bytes_equal(casus->pga, bytes_of_text("ja")))
		return false;
	tell(t, VERRIJKING_PGA_SINDS, casus->sinds);
	tell(t, VERRIJKING_PGA_AVE, casus->ave);
	tell(t, VERRIJKING_PGA_NIVEAU, casus->niveau);
	return true;
}

static bool tell_advies(struct telling_of *t, const struct casus *casus)
{
	const struct casus_advies *advies = &casus->advies;
	struct civil_date given = date_amsterdam(advies->gegeven);
	char date[16];
	struct bytes door;
	if (!casus_is_advised(casus, date_amsterdam(t->item->now)))
		return false;
	for (size_t i = 0; i < advies->advies_count; i++)
		tell(t, VERRIJKING_ADVIES_ADVIES, advies->adviezen[i]);
	tell(t, VERRIJKING_ADVIES_TEKST, advies->tekst);
	for (size_t i = 0; i < advies->afspraak_count; i++)
		tell(t, VERRIJKING_ADVIES_AFSPRAAK, advies->afspraken[i]);
	if (!name_of(t, &advies->door, &door))
		door = bytes_of_text("een deelnemer aan de casus");
	tell(t, VERRIJKING_ADVIES_DOOR, door);
	int n = snprintf(date, sizeof date, "%04u-%02u-%02u", (unsigned)given.year % 10000,
			 (unsigned)given.month % 100, (unsigned)given.day % 100);
	tell(t, VERRIJKING_ADVIES_DATUM, arena_copy(t->item->arena, bytes_make(date, (size_t)n)));
	tell(t, VERRIJKING_ADVIES_GELDIG_TOT, advies->geldig_tot);
	return true;
}

static bool tell_regisseur(struct telling_of *t, const struct casus *casus)
{
	struct bytes name;
	if (name_of(t, &casus->regie, &name)) {
		tell(t, VERRIJKING_REGISSEUR_PROCESREGISSEUR, name);
		tell(t, VERRIJKING_REGISSEUR_TELEFOON, casus->telefoon);
	}
	if (name_of(t, &casus->casusregie, &name)) {
		tell(t, VERRIJKING_REGISSEUR_CASUSREGISSEUR, name);
		tell(t, VERRIJKING_REGISSEUR_CASUSTELEFOON, casus->casustelefoon);
	}
	tell(t, VERRIJKING_REGISSEUR_BEREIKBAAR, casus->bereikbaar);
	bool call = bytes_equal(casus->bellen, bytes_of_text("ja"));
	tell(t, VERRIJKING_REGISSEUR_BELLEN, bytes_of_text(call ? "ja" : "nee"));
	return true;
}

enum result context_make(const struct flow_item *item, const struct gave *gave, uint32_t part,
			 struct verrijkingen *out)
{
	static const struct {
		uint32_t rubriek;
		bool (*tell)(struct telling_of *t, const struct casus *casus);
	} rows[] = {{RUBRIEK_VERRIJKING_PGA, tell_pga},
		    {RUBRIEK_VERRIJKING_ADVIES, tell_advies},
		    {RUBRIEK_VERRIJKING_REGISSEUR, tell_regisseur}};
	enum result r = RESULT_OK;
	size_t told = 0;
	for (size_t i = 0; !r && i < item->casussen->count && told < CONTEXT_MAX; i++)
		for (size_t n = 0; !r && n < sizeof rows / sizeof rows[0]; n++) {
			struct telling_of t = {.item = item};
			if (rows[n].rubriek != gave->rubriek ||
			    !casus_is_open(&item->casussen->casussen[i]) ||
			    !rows[n].tell(&t, &item->casussen->casussen[i]))
				continue;
			const struct rubriek rubriek = {.soort = gave->rubriek,
							.betrokkene = gave->betrokkene,
							.regime = REGIME_AVG,
							.velden = t.velden,
							.veld_count = t.count};
			r = verrijking_add(item, part, &rubriek, out);
			told++;
		}
	return r;
}
