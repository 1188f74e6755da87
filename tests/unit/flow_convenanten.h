// SPDX-License-Identifier: EUPL-1.2
// Convenanten of the flow's tests: a head, and the regels each test writes under it.
#ifndef KNP_TESTS_UNIT_FLOW_CONVENANTEN_H
#define KNP_TESTS_UNIT_FLOW_CONVENANTEN_H

#define FLOW_POLITIE "00000099000000001000"
#define FLOW_STAD "00000099000000003000"
#define FLOW_ZORG "00000099000000005000"

// One convenant in versions that replace each other.
#define FLOW_HEAD(versie) FLOW_HEAD_OF("proef", versie)
#define FLOW_HEAD_OF(name, versie)                                                                 \
	"convenant: " name "\n"                                                                    \
	"versie: \"" versie "\"\n"                                                                 \
	"status: \"proef\"\n"                                                                      \
	"huis: huis\n"                                                                             \
	"doel: proef\n"                                                                            \
	"contactpunt: niemand\n"                                                                   \
	"wpg20: {zwaarwegend_belang: a, samenwerkingsverband: b, doel: c, gegevens: d,\n"          \
	"  voorwaarden: e, ontvangers: f}\n"                                                       \
	"bewaar: {inhoud: P6M, verantwoording: P5Y}\n"

#define FLOW_PARTIJEN FLOW_PARTIJEN_AAN(" []\n")
#define FLOW_PARTIJEN_AAN(overleggen)                                                              \
	"partijen:\n"                                                                              \
	"  - {partij: huis, naam: H, oin: \"00000099000000009000\", soort: veiligheidshuis,\n"     \
	"     functies: [regisseur, coordinator], getekend: nee}\n"                                \
	"  - {partij: politie, naam: P, oin: \"00000099000000001000\", soort: politie,\n"          \
	"     functies: [wijk], getekend: nee}\n"                                                  \
	"  - {partij: stad, naam: S, oin: \"00000099000000003000\", soort: gemeente,\n"            \
	"     gemeente: GM1883, functies: [oov, wmo], getekend: nee}\n"                            \
	"  - {partij: zorg, naam: Z, oin: \"00000099000000005000\", soort: ggz,\n"                 \
	"     functies: [behandeling], getekend: nee}\n"                                           \
	"overleggen:" overleggen "regels:\n"

// A regel that gives; `conditions` are lines of its own, or "".
#define FLOW_VERSTREK(name, conditions, aan, rubrieken)                                            \
	"  - regel: " name "\n"                                                                    \
	"    convenantartikel: \"1\"\n"                                                            \
	"    herkomst: \"papier: «proef»\"\n" conditions "    verstrek: {aan: " aan                \
	", rubrieken: [" rubrieken "]}\n"                                                          \
	"    doel: d\n"                                                                            \
	"    grondslag: [g]\n"
#define FLOW_VERBIED(name, conditions, aan, rubrieken)                                             \
	"  - regel: " name "\n"                                                                    \
	"    convenantartikel: \"1\"\n"                                                            \
	"    herkomst: \"papier: «proef»\"\n" conditions "    verbied: {aan: " aan                 \
	", rubrieken: [" rubrieken "]}\n"
#define FLOW_ALS(test) "    als: {" test "}\n"
#define FLOW_WEGING(door, uitkomst)                                                                \
	"    vereis: {weging: {door: " door ", uitkomst: " uitkomst ", binnen: \"1 werkdag\"}}\n"

#define AAN_REGISSEUR "{partij: huis, functie: regisseur}"
#define AAN_WMO "{partij: stad, functie: wmo}"
#define AAN_OOV "{partij: stad, functie: oov}"
#define AAN_ZORG "{partij: zorg, functie: behandeling}"

// All that a melding of one person brings, to one ontvanger.
#define FLOW_ALLES_WMO                                                                             \
	FLOW_HEAD("proef")                                                                         \
	FLOW_PARTIJEN FLOW_VERSTREK("alles-wmo", "", AAN_WMO,                                      \
				    "kenmerken, betrokkenheid, identificatie, herkomst")

#endif
