// SPDX-License-Identifier: EUPL-1.2
#include "convenant/feiten.h"

#include <stddef.h>

#define OF_MELDING false
#define OF_BETROKKENE true

static const struct attribuut_row rows[] = {
	{ATTRIBUUT_SOORT, "soort", "soort melding", OF_MELDING, false, ATTRIBUUT_IS_CODE, "soort"},
	{ATTRIBUUT_THEMA, "thema", "thema", OF_MELDING, true, ATTRIBUUT_IS_CODE, "thema"},
	{ATTRIBUUT_KLASSE, "klasse", "maatschappelijke klasse", OF_MELDING, false,
	 ATTRIBUUT_IS_CODE, "klasse"},
	{ATTRIBUUT_URGENTIE, "urgentie", "urgentie", OF_MELDING, false, ATTRIBUUT_IS_CODE,
	 "urgentie"},
	{ATTRIBUUT_STRAFRECHT, "strafrecht", "strafrecht speelt", OF_MELDING, false,
	 ATTRIBUUT_IS_JANEE, NULL},
	{ATTRIBUUT_GEMEENTE, "gemeente", "gemeente van het incident", OF_MELDING, false,
	 ATTRIBUUT_IS_GEMEENTE, NULL},
	{ATTRIBUUT_HUIS, "huis", "Veiligheidshuis van die gemeente", OF_MELDING, false,
	 ATTRIBUUT_IS_NAME, NULL},
	{ATTRIBUUT_BRON, "bron", "partij die meldt", OF_MELDING, false, ATTRIBUUT_IS_PARTIJ, NULL},
	{ATTRIBUUT_BRON_SOORT, "bron.soort", "soort partij die meldt", OF_MELDING, false,
	 ATTRIBUUT_IS_CODE, "partner-soort"},
	{ATTRIBUUT_BETROKKENEN, "betrokkenen", "aantal betrokkenen", OF_MELDING, false,
	 ATTRIBUUT_IS_NUMBER, NULL},
	{ATTRIBUUT_ROL, "rol", "rol", OF_BETROKKENE, false, ATTRIBUUT_IS_CODE, "rol"},
	{ATTRIBUUT_MINDERJARIG, "minderjarig", "minderjarig", OF_BETROKKENE, false,
	 ATTRIBUUT_IS_JANEE, NULL},
	{ATTRIBUUT_WOONGEMEENTE, "woongemeente", "woongemeente", OF_BETROKKENE, false,
	 ATTRIBUUT_IS_GEMEENTE, NULL},
	{ATTRIBUUT_WOONHUIS, "woonhuis", "Veiligheidshuis van de woongemeente", OF_BETROKKENE,
	 false, ATTRIBUUT_IS_NAME, NULL},
	{ATTRIBUUT_IDENTIFICEERBAAR, "identificeerbaar", "met BSN of ketennummer gemeld",
	 OF_BETROKKENE, false, ATTRIBUUT_IS_JANEE, NULL},
	{ATTRIBUUT_EERDER_DAG, "eerder.dag", "eerdere meldingen op dezelfde dag", OF_BETROKKENE,
	 false, ATTRIBUUT_IS_NUMBER, NULL},
	{ATTRIBUUT_EERDER_30, "eerder.30", "meldingen in de 30 dagen ervoor", OF_BETROKKENE, false,
	 ATTRIBUUT_IS_NUMBER, NULL},
	{ATTRIBUUT_EERDER_365, "eerder.365", "meldingen in de 365 dagen ervoor", OF_BETROKKENE,
	 false, ATTRIBUUT_IS_NUMBER, NULL},
	{ATTRIBUUT_SAMENLOOP, "samenloop", "ook door een ander gemeld", OF_BETROKKENE, false,
	 ATTRIBUUT_IS_JANEE, NULL},
	{ATTRIBUUT_LEEFGEBIED, "leefgebied", "leefgebied dat aandacht vraagt", OF_BETROKKENE, true,
	 ATTRIBUUT_IS_CODE, "leefgebied"},
	{ATTRIBUUT_AFGESCHERMD, "afgeschermd", "adres is afgeschermd", OF_BETROKKENE, false,
	 ATTRIBUUT_IS_JANEE, NULL},
};
#define ROW_COUNT (sizeof rows / sizeof rows[0])

// Position + 1 by number, so that a lookup while deciding is one step.
static const uint8_t positions[ATTRIBUUT_COUNT] = {
	[ATTRIBUUT_SOORT] = 1,
	[ATTRIBUUT_THEMA] = 2,
	[ATTRIBUUT_KLASSE] = 3,
	[ATTRIBUUT_URGENTIE] = 4,
	[ATTRIBUUT_STRAFRECHT] = 5,
	[ATTRIBUUT_GEMEENTE] = 6,
	[ATTRIBUUT_HUIS] = 7,
	[ATTRIBUUT_BRON] = 8,
	[ATTRIBUUT_BRON_SOORT] = 9,
	[ATTRIBUUT_BETROKKENEN] = 10,
	[ATTRIBUUT_ROL] = 11,
	[ATTRIBUUT_MINDERJARIG] = 12,
	[ATTRIBUUT_WOONGEMEENTE] = 13,
	[ATTRIBUUT_WOONHUIS] = 14,
	[ATTRIBUUT_IDENTIFICEERBAAR] = 15,
	[ATTRIBUUT_EERDER_DAG] = 16,
	[ATTRIBUUT_EERDER_30] = 17,
	[ATTRIBUUT_EERDER_365] = 18,
	[ATTRIBUUT_SAMENLOOP] = 19,
	[ATTRIBUUT_LEEFGEBIED] = 20,
	[ATTRIBUUT_AFGESCHERMD] = 21,
};

const struct attribuut_row *attribuut_row(uint32_t attribuut)
{
	if (attribuut >= ATTRIBUUT_COUNT || positions[attribuut] == 0)
		return NULL;
	return &rows[positions[attribuut] - 1];
}

const struct attribuut_row *attribuut_row_named(struct bytes name)
{
	for (size_t i = 0; i < ROW_COUNT; i++) {
		if (bytes_equal(bytes_of_text(rows[i].name), name))
			return &rows[i];
	}
	return NULL;
}

const struct attribuut_row *attribuut_row_at(size_t n)
{
	return n < ROW_COUNT ? &rows[n] : NULL;
}

enum result feiten_new(size_t betrokkenen, struct arena *arena, struct feiten **ret_feiten)
{
	size_t room = betrokkenen > 0 ? betrokkenen : 1;
	if (betrokkenen > BETROKKENEN_MAX)
		return RESULT_TOO_LARGE;
	struct feiten *feiten =
		arena_alloc(arena, offsetof(struct feiten, betrokkene) +
					   (room + 1) * sizeof feiten->betrokkene[0]);
	if (!feiten)
		return RESULT_NO_MEMORY;
	feiten->betrokkenen = betrokkenen;
	feiten->room = room;
	*ret_feiten = feiten;
	return RESULT_OK;
}

// Whether there is such a fact, and whether it is one of a betrokkene.
static bool find_place(const struct feiten *feiten, enum attribuut attribuut, uint32_t betrokkene,
		       bool *ret_of_betrokkene)
{
	const struct attribuut_row *row = attribuut_row(attribuut);
	size_t room = feiten->room ? feiten->room : BETROKKENEN_MAX;
	if (!row || (row->of_betrokkene && (betrokkene == 0 || betrokkene > room)))
		return false;
	*ret_of_betrokkene = row->of_betrokkene;
	return true;
}

const struct feit *feiten_get(const struct feiten *feiten, enum attribuut attribuut,
			      uint32_t betrokkene)
{
	bool of_betrokkene;
	if (!find_place(feiten, attribuut, betrokkene, &of_betrokkene))
		return NULL;
	return of_betrokkene ? &feiten->betrokkene[betrokkene][attribuut]
			     : &feiten->melding[attribuut];
}

struct feit *feiten_at(struct feiten *feiten, enum attribuut attribuut, uint32_t betrokkene)
{
	bool of_betrokkene;
	if (!find_place(feiten, attribuut, betrokkene, &of_betrokkene))
		return NULL;
	return of_betrokkene ? &feiten->betrokkene[betrokkene][attribuut]
			     : &feiten->melding[attribuut];
}

void feit_set_none(struct feit *feit)
{
	feit->bekend = true;
	feit->te_veel = false;
	feit->waarde_count = 0;
}

void feit_set(struct feit *feit, struct bytes waarde)
{
	feit_set_none(feit);
	feit->waarden[feit->waarde_count++] = waarde;
}

void feit_add(struct feit *feit, struct bytes waarde)
{
	if (feit->te_veel)
		return;
	if (feit->waarde_count == FEIT_WAARDEN_MAX) {
		feit->bekend = false;
		feit->te_veel = true;
		feit->waarde_count = 0;
		return;
	}
	feit->bekend = true;
	feit->waarden[feit->waarde_count++] = waarde;
}
