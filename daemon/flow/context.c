// SPDX-License-Identifier: EUPL-1.2
// What ZSM is told about somebody, of each open casus: that an aanpak runs, what was advised, whom
// to call. Codes and what was written for ZSM, nothing else: no name of who is involved beside the
// regisseurs, and no regisseur whose organisation alone would say something about health or about a
// report of domestic violence.
#include "flow/casus.h"

#include "codes/openingstijd.h"

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
	const struct core *core;
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

// Somebody to call, and the velden that say it.
struct regisseur {
	const struct ontvanger *who;
	struct bytes telefoon,
		bereikbaar; // bereikbaar empty: of the house its own hours, else unknown
	uint32_t naam_veld, telefoon_veld, bereikbaar_veld, vanaf_veld;
};

static void tell_hours(struct telling_of *t, const struct regisseur *r)
{
	struct bytes hours = r->bereikbaar;
	struct openingstijd tijd;
	char from[21];
	if (hours.len == 0 && oin_equal(&r->who->oin, &t->core->registry.genesis.house))
		hours = bytes_of_text(t->core->settings->opening_hours);
	if (openingstijd_parse(hours, &tijd))
		return; // nobody said when
	tell(t, r->bereikbaar_veld, hours);
	time_format(from, openingstijd_vanaf(&tijd, t->item->now));
	tell(t, r->vanaf_veld, arena_copy(t->item->arena, bytes_of_text(from)));
}

static void tell_who(struct telling_of *t, const struct regisseur *r)
{
	struct bytes name;
	if (!name_of(t, r->who, &name))
		return;
	tell(t, r->naam_veld, name);
	tell(t, r->telefoon_veld, r->telefoon);
	tell_hours(t, r);
}

static bool tell_regisseur(struct telling_of *t, const struct casus *casus)
{
	tell_who(t, &(struct regisseur){
			    &casus->regie, casus->telefoon, casus->bereikbaar,
			    VERRIJKING_REGISSEUR_PROCESREGISSEUR, VERRIJKING_REGISSEUR_TELEFOON,
			    VERRIJKING_REGISSEUR_BEREIKBAAR, VERRIJKING_REGISSEUR_VANAF});
	tell_who(t, &(struct regisseur){
			    &casus->casusregie, casus->casustelefoon, casus->casusbereikbaar,
			    VERRIJKING_REGISSEUR_CASUSREGISSEUR, VERRIJKING_REGISSEUR_CASUSTELEFOON,
			    VERRIJKING_REGISSEUR_CASUSBEREIKBAAR, VERRIJKING_REGISSEUR_CASUSVANAF});
	tell(t, VERRIJKING_REGISSEUR_PIKET, bytes_of_text(t->core->settings->piket));
	bool call = bytes_equal(casus->bellen, bytes_of_text("ja"));
	tell(t, VERRIJKING_REGISSEUR_BELLEN, bytes_of_text(call ? "ja" : "nee"));
	return true;
}

enum result context_make(const struct core *core, const struct flow_item *item,
			 const struct gave *gave, uint32_t part, struct verrijkingen *out)
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
			struct telling_of t = {.core = core, .item = item};
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
