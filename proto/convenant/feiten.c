// SPDX-License-Identifier: EUPL-1.2
#include "convenant/feiten.h"

#include <stddef.h>
#include <string.h>

#define OF_MELDING false
#define OF_BETROKKENE true

// By number, so that a lookup while deciding is one step.
static const struct attribuut_row rows[ATTRIBUUT_COUNT] = {
	[ATTRIBUUT_SOORT] = {ATTRIBUUT_SOORT, "soort", "soort melding", OF_MELDING, false,
			     ATTRIBUUT_IS_CODE, "soort"},
	[ATTRIBUUT_THEMA] = {ATTRIBUUT_THEMA, "thema", "thema", OF_MELDING, true, ATTRIBUUT_IS_CODE,
			     "thema"},
	[ATTRIBUUT_KLASSE] = {ATTRIBUUT_KLASSE, "klasse", "maatschappelijke klasse", OF_MELDING,
			      false, ATTRIBUUT_IS_CODE, "klasse"},
	[ATTRIBUUT_URGENTIE] = {ATTRIBUUT_URGENTIE, "urgentie", "urgentie", OF_MELDING, false,
				ATTRIBUUT_IS_CODE, "urgentie"},
	[ATTRIBUUT_STRAFRECHT] = {ATTRIBUUT_STRAFRECHT, "strafrecht", "strafrecht speelt",
				  OF_MELDING, false, ATTRIBUUT_IS_JANEE, NULL},
	[ATTRIBUUT_GEMEENTE] = {ATTRIBUUT_GEMEENTE, "gemeente", "gemeente van het incident",
				OF_MELDING, false, ATTRIBUUT_IS_GEMEENTE, NULL},
	[ATTRIBUUT_HUIS] = {ATTRIBUUT_HUIS, "huis", "Veiligheidshuis van die gemeente", OF_MELDING,
			    false, ATTRIBUUT_IS_NAME, NULL},
	[ATTRIBUUT_BRON] = {ATTRIBUUT_BRON, "bron", "partij die meldt", OF_MELDING, false,
			    ATTRIBUUT_IS_PARTIJ, NULL},
	[ATTRIBUUT_BRON_SOORT] = {ATTRIBUUT_BRON_SOORT, "bron.soort", "soort partij die meldt",
				  OF_MELDING, false, ATTRIBUUT_IS_CODE, "partner-soort"},
	[ATTRIBUUT_BETROKKENEN] = {ATTRIBUUT_BETROKKENEN, "betrokkenen", "aantal betrokkenen",
				   OF_MELDING, false, ATTRIBUUT_IS_NUMBER, NULL},
	[ATTRIBUUT_OVERLEG] = {ATTRIBUUT_OVERLEG, "overleg", "overleg waarvoor is aangemeld",
			       OF_MELDING, true, ATTRIBUUT_IS_OVERLEG, NULL},
	[ATTRIBUUT_KLASSEN] = {ATTRIBUUT_KLASSEN, "klassen",
			       "maatschappelijke klasse, met de ruimere", OF_MELDING, true,
			       ATTRIBUUT_IS_CODE, "klasse"},
	[ATTRIBUUT_INCIDENT_AFGESCHERMD] = {ATTRIBUUT_INCIDENT_AFGESCHERMD, "incident.afgeschermd",
					    "incident op een afgeschermd adres", OF_MELDING, false,
					    ATTRIBUUT_IS_JANEE, NULL},
	[ATTRIBUUT_VRAAG] = {ATTRIBUUT_VRAAG, "vraag", "wat er wordt gevraagd", OF_MELDING, false,
			     ATTRIBUUT_IS_CODE, "vraag"},
	[ATTRIBUUT_VRAGER] = {ATTRIBUUT_VRAGER, "vrager", "wie het vraagt", OF_MELDING, false,
			      ATTRIBUUT_IS_ONTVANGER, NULL},
	[ATTRIBUUT_ROL] = {ATTRIBUUT_ROL, "rol", "rol", OF_BETROKKENE, false, ATTRIBUUT_IS_CODE,
			   "rol"},
	[ATTRIBUUT_MINDERJARIG] = {ATTRIBUUT_MINDERJARIG, "minderjarig", "minderjarig",
				   OF_BETROKKENE, false, ATTRIBUUT_IS_JANEE, NULL},
	[ATTRIBUUT_WOONGEMEENTE] = {ATTRIBUUT_WOONGEMEENTE, "woongemeente", "woongemeente",
				    OF_BETROKKENE, false, ATTRIBUUT_IS_GEMEENTE, NULL},
	[ATTRIBUUT_WOONHUIS] = {ATTRIBUUT_WOONHUIS, "woonhuis",
				"Veiligheidshuis van de woongemeente", OF_BETROKKENE, false,
				ATTRIBUUT_IS_NAME, NULL},
	[ATTRIBUUT_IDENTIFICEERBAAR] = {ATTRIBUUT_IDENTIFICEERBAAR, "identificeerbaar",
					"met BSN of ketennummer gemeld", OF_BETROKKENE, false,
					ATTRIBUUT_IS_JANEE, NULL},
	[ATTRIBUUT_EERDER_DAG] = {ATTRIBUUT_EERDER_DAG, "eerder.dag",
				  "eerdere meldingen op dezelfde dag", OF_BETROKKENE, false,
				  ATTRIBUUT_IS_NUMBER, NULL},
	[ATTRIBUUT_EERDER_30] = {ATTRIBUUT_EERDER_30, "eerder.30",
				 "meldingen in de 30 dagen ervoor", OF_BETROKKENE, false,
				 ATTRIBUUT_IS_NUMBER, NULL},
	[ATTRIBUUT_EERDER_365] = {ATTRIBUUT_EERDER_365, "eerder.365",
				  "meldingen in de 365 dagen ervoor", OF_BETROKKENE, false,
				  ATTRIBUUT_IS_NUMBER, NULL},
	[ATTRIBUUT_SAMENLOOP] = {ATTRIBUUT_SAMENLOOP, "samenloop", "ook door een ander gemeld",
				 OF_BETROKKENE, false, ATTRIBUUT_IS_JANEE, NULL},
	[ATTRIBUUT_LEEFGEBIED] = {ATTRIBUUT_LEEFGEBIED, "leefgebied",
				  "leefgebied dat aandacht vraagt", OF_BETROKKENE, true,
				  ATTRIBUUT_IS_CODE, "leefgebied"},
	[ATTRIBUUT_AFGESCHERMD] = {ATTRIBUUT_AFGESCHERMD, "afgeschermd", "adres is afgeschermd",
				   OF_BETROKKENE, false, ATTRIBUUT_IS_JANEE, NULL},
	[ATTRIBUUT_CASUS_STATUS] = {ATTRIBUUT_CASUS_STATUS, "casus.status", "stand van de casus",
				    OF_BETROKKENE, false, ATTRIBUUT_IS_CODE, "casus-status"},
	[ATTRIBUUT_AVE] = {ATTRIBUUT_AVE, "ave", "AVE-niveau", OF_BETROKKENE, false,
			   ATTRIBUUT_IS_NUMBER, NULL},
	[ATTRIBUUT_TOP_X] = {ATTRIBUUT_TOP_X, "top-x", "op de Top-X", OF_BETROKKENE, false,
			     ATTRIBUUT_IS_JANEE, NULL},
	[ATTRIBUUT_PGA] = {ATTRIBUUT_PGA, "pga", "lopende persoonsgerichte aanpak", OF_BETROKKENE,
			   false, ATTRIBUUT_IS_JANEE, NULL},
	[ATTRIBUUT_WTH] = {ATTRIBUUT_WTH, "wth", "gevolgd na een huisverbod", OF_BETROKKENE, false,
			   ATTRIBUUT_IS_JANEE, NULL},
	[ATTRIBUUT_LEVENSLOOP] = {ATTRIBUUT_LEVENSLOOP, "levensloop", "in de levensloopaanpak",
				  OF_BETROKKENE, false, ATTRIBUUT_IS_JANEE, NULL},
	[ATTRIBUUT_REGIE] = {ATTRIBUUT_REGIE, "regie", "procesregie", OF_BETROKKENE, false,
			     ATTRIBUUT_IS_ONTVANGER, NULL},
	[ATTRIBUUT_CASUSREGIE] = {ATTRIBUUT_CASUSREGIE, "casusregie", "casusregie", OF_BETROKKENE,
				  false, ATTRIBUUT_IS_ONTVANGER, NULL},
	[ATTRIBUUT_INBRENGER] = {ATTRIBUUT_INBRENGER, "inbrenger", "inbrenger van de casus",
				 OF_BETROKKENE, true, ATTRIBUUT_IS_ONTVANGER, NULL},
	[ATTRIBUUT_EERDERE_ONTVANGERS] = {ATTRIBUUT_EERDERE_ONTVANGERS, "eerdere.ontvangers",
					  "eerdere ontvangers", OF_BETROKKENE, true,
					  ATTRIBUUT_IS_ONTVANGER, NULL},
	[ATTRIBUUT_LEEFTIJD] = {ATTRIBUUT_LEEFTIJD, "leeftijd", "leeftijd", OF_BETROKKENE, false,
				ATTRIBUUT_IS_NUMBER, NULL},
	[ATTRIBUUT_VERBLIJFGEMEENTE] = {ATTRIBUUT_VERBLIJFGEMEENTE, "verblijfgemeente",
					"verblijfgemeente", OF_BETROKKENE, false,
					ATTRIBUUT_IS_GEMEENTE, NULL},
	[ATTRIBUUT_REGIE_NIVEAU] = {ATTRIBUUT_REGIE_NIVEAU, "regie.niveau", "niveau van de regie",
				    OF_BETROKKENE, false, ATTRIBUUT_IS_CODE, "regie-niveau"},
	[ATTRIBUUT_ZSM_ADVIES] = {ATTRIBUUT_ZSM_ADVIES, "zsm.advies", "geldig advies voor ZSM",
				  OF_BETROKKENE, false, ATTRIBUUT_IS_JANEE, NULL},
	[ATTRIBUUT_BEKEND] = {ATTRIBUUT_BEKEND, "bekend", "bekend bij wie antwoordt", OF_BETROKKENE,
			      false, ATTRIBUUT_IS_JANEE, NULL},
};
#define OF_KENMERKEN "`kenmerken` of the melding"
#define OF_EARLIER "earlier meldingen with one of its numbers"
#define OF_CASUS "`casus` about a person with one of its numbers"
static const char *const sources[ATTRIBUUT_COUNT] = {
	[ATTRIBUUT_SOORT] = OF_KENMERKEN,
	[ATTRIBUUT_THEMA] = OF_KENMERKEN,
	[ATTRIBUUT_KLASSE] = OF_KENMERKEN,
	[ATTRIBUUT_KLASSEN] = "`klasse`, by the code table",
	[ATTRIBUUT_URGENTIE] = OF_KENMERKEN,
	[ATTRIBUUT_STRAFRECHT] = OF_KENMERKEN,
	[ATTRIBUUT_GEMEENTE] = OF_KENMERKEN,
	[ATTRIBUUT_HUIS] = "`gemeente`, by the code table",
	[ATTRIBUUT_BRON] = "the key that signed, and the partijen",
	[ATTRIBUUT_BRON_SOORT] = "the key that signed, and the partijen",
	[ATTRIBUUT_BETROKKENEN] = "the melding, counted",
	[ATTRIBUUT_OVERLEG] = OF_KENMERKEN ", and the uitkomst `triage` of an overleg",
	[ATTRIBUUT_INCIDENT_AFGESCHERMD] = "`incident` beside each protected `verblijfadres`",
	[ATTRIBUUT_ROL] = "`betrokkenheid`",
	[ATTRIBUUT_MINDERJARIG] = "`identificatie`, and `betrokkenheid.minderjarig`",
	[ATTRIBUUT_WOONGEMEENTE] = "`betrokkenheid`",
	[ATTRIBUUT_WOONHUIS] = "`woongemeente`, by the code table",
	[ATTRIBUUT_IDENTIFICEERBAAR] = "`bsn` and `ketennummer`",
	[ATTRIBUUT_EERDER_DAG] = OF_EARLIER,
	[ATTRIBUUT_EERDER_30] = OF_EARLIER,
	[ATTRIBUUT_EERDER_365] = OF_EARLIER,
	[ATTRIBUUT_SAMENLOOP] = OF_EARLIER,
	[ATTRIBUUT_LEEFTIJD] = "`identificatie.geboortedatum`",
	[ATTRIBUUT_LEEFGEBIED] = "`leefgebieden.aandacht`",
	[ATTRIBUUT_AFGESCHERMD] = "each `verblijfadres`; nee without one",
	[ATTRIBUUT_CASUS_STATUS] = OF_CASUS ", and `casusstand`",
	[ATTRIBUUT_AVE] = OF_CASUS,
	[ATTRIBUUT_TOP_X] = OF_CASUS,
	[ATTRIBUUT_PGA] = OF_CASUS,
	[ATTRIBUUT_WTH] = OF_CASUS,
	[ATTRIBUUT_LEVENSLOOP] = OF_CASUS,
	[ATTRIBUUT_REGIE] = OF_CASUS " and `regie`",
	[ATTRIBUUT_CASUSREGIE] = OF_CASUS,
	[ATTRIBUUT_INBRENGER] = OF_CASUS,
	[ATTRIBUUT_REGIE_NIVEAU] = OF_CASUS ", and `casusstand`",
	[ATTRIBUUT_VERBLIJFGEMEENTE] = "`betrokkenheid`; no value when it says none",
	[ATTRIBUUT_EERDERE_ONTVANGERS] = "what was given of " OF_EARLIER,
	[ATTRIBUUT_ZSM_ADVIES] = "`zsm_advies` about such a casus",
	[ATTRIBUUT_BEKEND] = "`bekend_antwoord`",
	[ATTRIBUUT_VRAAG] = "the type of statement",
	[ATTRIBUUT_VRAGER] = "`functie` of `zsm_verzoek` and `verrijking_verzoek`",
};
const struct attribuut_row *attribuut_row(uint32_t attribuut)
{
	return attribuut < ATTRIBUUT_COUNT && rows[attribuut].name ? &rows[attribuut] : NULL;
}

const char *attribuut_source(enum attribuut attribuut)
{
	return attribuut < ATTRIBUUT_COUNT ? sources[attribuut] : NULL;
}

const struct attribuut_row *attribuut_row_named(struct bytes name)
{
	const struct attribuut_row *row;
	for (size_t i = 0; (row = attribuut_row_at(i)); i++) {
		if (bytes_equal(bytes_of_text(row->name), name))
			return row;
	}
	return NULL;
}

const struct attribuut_row *attribuut_row_at(size_t n)
{
	// Numbers leave gaps: those of a melding end before the others begin.
	for (uint32_t attribuut = 0; attribuut < ATTRIBUUT_COUNT; attribuut++)
		if (rows[attribuut].name && n-- == 0)
			return &rows[attribuut];
	return NULL;
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

enum result feiten_copy(const struct feiten *from, struct arena *arena, struct feiten **ret_feiten)
{
	struct feiten *feiten;
	size_t room = from->room ? from->room : BETROKKENEN_MAX;
	enum result r = feiten_new(room, arena, &feiten);
	if (r)
		return r;
	memcpy(feiten, from,
	       offsetof(struct feiten, betrokkene) + (room + 1) * sizeof from->betrokkene[0]);
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
	return of_betrokkene
		       ? &feiten->betrokkene[betrokkene][attribuut - ATTRIBUUT_BETROKKENE_FIRST]
		       : &feiten->melding[attribuut];
}

struct feit *feiten_at(struct feiten *feiten, enum attribuut attribuut, uint32_t betrokkene)
{
	bool of_betrokkene;
	if (!find_place(feiten, attribuut, betrokkene, &of_betrokkene))
		return NULL;
	return of_betrokkene
		       ? &feiten->betrokkene[betrokkene][attribuut - ATTRIBUUT_BETROKKENE_FIRST]
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
