// SPDX-License-Identifier: EUPL-1.2
// What tests of the screen of an overleg say and look at: a house with a table, at which a wmo and
// a care provider sit.
#ifndef KNP_TESTS_UNIT_FLOW_SCHERM_H
#define KNP_TESTS_UNIT_FLOW_SCHERM_H

#include "flow_convenanten.h"
#include "flow_world.h"

#define PARTIJEN                                                                                   \
	FLOW_PARTIJEN_AAN(                                                                         \
		"\n"                                                                               \
		"  - {overleg: weegtafel, voorzitter: {partij: huis, functie: regisseur},\n"       \
		"     leden: [{partij: stad, functie: wmo}, {partij: zorg, functie: "              \
		"behandeling}],\n"                                                                 \
		"     kalender: dagelijks}\n")                                                     \
	"  - regel: op-tafel\n    convenantartikel: \"1\"\n    herkomst: \"papier: «proef»\"\n"  \
	"    agendeer: {overleg: weegtafel}\n    doel: d\n    grondslag: [g]\n"
#define REGISSEUR_LEEST(rest)                                                                      \
	FLOW_VERSTREK("regisseur-leest", "", AAN_REGISSEUR,                                        \
		      "kenmerken, identificatie, bsn, herkomst" rest)
#define WMO_LEEST(rest)                                                                            \
	FLOW_VERSTREK("wmo-leest", "", AAN_WMO, "kenmerken, identificatie, herkomst" rest)
#define ZORG_LEEST FLOW_VERSTREK("zorg-leest", "", AAN_ZORG, "kenmerken, identificatie")
#define OOV_LEEST FLOW_VERSTREK("oov-leest", "", AAN_OOV, "kenmerken, identificatie, bsn")
// Two numbers stand there, each under a law of its own.
#define NUMMERS(name, aan, more, regime)                                                           \
	"  - regel: " name "\n    convenantartikel: \"1\"\n    herkomst: \"papier: «proef»\"\n"  \
	"    verstrek: {aan: " aan ", rubrieken: [ketennummer" more "]" regime "}\n"               \
	"    doel: d\n    grondslag: [g]\n"

#define TAFEL FLOW_HEAD("tafel") PARTIJEN REGISSEUR_LEEST("") WMO_LEEST("") ZORG_LEEST OOV_LEEST
// A regel too many.
#define RUIM FLOW_HEAD("ruim") PARTIJEN REGISSEUR_LEEST("") WMO_LEEST(", bsn") ZORG_LEEST OOV_LEEST

#define REGISSEUR (&w->parties[2])
#define ZORG (&w->parties[3])
#define WMO_IS_THERE FLOW_STAD ":wmo:mw-2"
#define ZORG_IS_THERE FLOW_ZORG ":behandeling:mw-3"

extern const struct flow_case scherm_one, scherm_two_laws;
// The house, under TAFEL.
int scherm_setup(void **state);

struct showing {
	struct flow_party *by; // NULL: the regisseur
	uint64_t entry;
	const char *overleg, *zitting; // NULL: the weegtafel, today
	const char *aanwezig[40];
};

struct flow_sent *showing(struct flow_world *w, const struct showing *showing);
// What it is answered with, as text.
const char *scherm_answer_of(struct flow_world *w, const struct flow_sent *sent);
// Sends it, and that.
const char *show(struct flow_world *w, const struct showing *what);

// The rubrieken that stand in an answer, as "1/bsn" and so on, and whether any tells its bron.
struct seen {
	char places[512];
	bool bron;
};

struct seen seen_in(struct flow_world *w, const char *lines);
bool has(const struct seen *seen, const char *place);
size_t count_of(const char *lines, const char *what);
const struct part_verstrekking *newest(struct flow_world *w, struct flow_party *who,
				       const char *functie);

#endif
