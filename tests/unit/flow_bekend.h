// SPDX-License-Identifier: EUPL-1.2
// What tests of a question that is passed on say and look at: a house with its casussen, Veilig
// Thuis that asks, a gemeente and the GGZ that are asked.
#ifndef KNP_TESTS_UNIT_FLOW_BEKEND_H
#define KNP_TESTS_UNIT_FLOW_BEKEND_H

#include "flow_convenanten.h"
#include "flow_dossier.h"

#define VT "00000099000000002000"
#define KNOWN "999990342"
#define VICTIM "999990019"
#define BESLOTEN "999990020"
#define ERASED "999990032"
#define UNKNOWN "999990044"

#define REGISSEUR (&w->parties[2])
#define ZORG (&w->parties[3])
#define VRAGER (&w->parties[4])

#define BEKEND_PARTIJEN                                                                            \
	"partijen:\n"                                                                              \
	"  - {partij: huis, naam: Het huis, oin: \"" FLOW_HOUSE "\", soort: veiligheidshuis,\n"    \
	"     functies: [regisseur, coordinator], getekend: nee}\n"                                \
	"  - {partij: politie, naam: P, oin: \"" FLOW_POLITIE "\", soort: politie,\n"              \
	"     functies: [wijk], getekend: nee}\n"                                                  \
	"  - {partij: stad, naam: De stad, oin: \"" FLOW_STAD "\", soort: gemeente,\n"             \
	"     gemeente: GM1883, functies: [oov, wmo], getekend: nee}\n"                            \
	"  - {partij: zorg, naam: Kliniek, oin: \"" FLOW_ZORG "\", soort: ggz,\n"                  \
	"     functies: [behandeling], getekend: nee}\n"                                           \
	"  - {partij: vt, naam: Veilig Thuis, oin: \"" VT "\", soort: veilig-thuis,\n"             \
	"     functies: [frontoffice, balie], getekend: nee}\n"                                    \
	"overleggen: []\n"                                                                         \
	"regels:\n"

#define BEKEND_ASKS(name, aan, rubrieken, binnen)                                                  \
	FLOW_VERSTREK(                                                                             \
		name,                                                                              \
		FLOW_ALS(                                                                          \
			"vraag: bekend.vraag, bron.soort: veilig-thuis") "    vereis: {antwoord: " \
									 "{binnen: " binnen        \
									 "}}\n",                   \
		aan, rubrieken)
#define BEKEND_HUIS                                                                                \
	FLOW_VERSTREK("huis", FLOW_ALS("vraag: verrijking.verzoek"),                               \
		      "{rol: vrager, soort: veilig-thuis}",                                        \
		      "verrijking.pga, verrijking.regisseur")
#define BEKEND_TOLD                                                                                \
	FLOW_VERSTREK("antwoord", FLOW_ALS("vraag: bekend.antwoord"), "{rol: vrager}",             \
		      "bekend.antwoord, bekend.contact")                                           \
	"  - regel: beroepsgeheim\n"                                                               \
	"    convenantartikel: \"1\"\n"                                                            \
	"    herkomst: \"papier: «proef»\"\n"                                                    \
	"    als: {bron.soort: ggz}\n"                                                             \
	"    vereis: {aan: iedereen, rubrieken: [bekend.antwoord, bekend.contact],\n"              \
	"             toestemming: {grond: [toestemming, meldrecht]}}\n"
// Whoever is not asked is told nothing, though a regel gives it this of everybody.
#define BEKEND_ALTIJD FLOW_VERSTREK("altijd", "", AAN_OOV, "kenmerken, identificatie, bsn")
#define BEKEND_TEXT                                                                                \
	FLOW_HEAD("bekend")                                                                        \
	BEKEND_PARTIJEN BEKEND_ALTIJD BEKEND_HUIS BEKEND_ASKS(                                     \
		"vraag-wmo", AAN_WMO, "bekend.vraag, identificatie, bsn", "P2D")                   \
		BEKEND_ASKS("vraag-zorg", AAN_ZORG, "bekend.vraag, identificatie", "P3D")          \
			BEKEND_TOLD

int bekend_setup(void **state, const char *document);
struct flow_sent *bekend_ask(struct flow_world *w, const char *bsn);
struct flow_sent *bekend_say(struct flow_world *w, struct flow_party *who, uint64_t entry,
			     const char *lines);
#define JA "bekend ja\nbetrokken nu\ntelefoon 043-1234567\n"
#define NEE "bekend nee\n"
// What there is for this ear after a number: one delivery, NULL when there is none.
const struct delivery *bekend_next(struct flow_world *w, struct flow_party *who,
				   const char *functie, uint64_t after);
// The n-th rubriek of a soort that a delivery states.
bool bekend_states(struct flow_world *w, const struct delivery *delivery, uint32_t soort,
		   struct rubriek *ret_rubriek);
// The lines of `open` that reach this party.
const char *bekend_open(struct flow_world *w, struct flow_party *who);
void bekend_ack(struct flow_world *w, struct flow_party *who, const char *functie,
		const struct delivery *delivery);

#endif
