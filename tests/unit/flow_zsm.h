// SPDX-License-Identifier: EUPL-1.2
// What tests of ZSM say and look at: a house with its casussen, and the OM that asks.
#ifndef KNP_TESTS_UNIT_FLOW_ZSM_H
#define KNP_TESTS_UNIT_FLOW_ZSM_H

#include "flow_convenanten.h"
#include "flow_dossier.h"

#define OM "00000099000000007000"
#define KNOWN "999990342"
#define VICTIM "999990019"
#define BESLOTEN "999990020"
#define ERASED "999990032"
#define UNKNOWN "999990044"
#define REPORTED "999990056"

#define AAN_ZSM "{partij: om, functie: zsm}"
#define AAN_BALIE "{partij: om, functie: balie}"
#define GIVEN "verrijking.pga, verrijking.advies, verrijking.regisseur"

#define PARTIJEN                                                                                   \
	"partijen:\n"                                                                              \
	"  - {partij: om, naam: Het OM, oin: \"" OM "\", soort: om, functies: [zsm, balie],\n"     \
	"     getekend: nee}\n"                                                                    \
	"  - {partij: huis, naam: Het huis, oin: \"00000099000000009000\",\n"                      \
	"     soort: veiligheidshuis, functies: [regisseur, coordinator], getekend: nee}\n"        \
	"  - {partij: politie, naam: P, oin: \"00000099000000001000\", soort: politie,\n"          \
	"     functies: [wijk], getekend: nee}\n"                                                  \
	"  - {partij: stad, naam: De stad, oin: \"00000099000000003000\", soort: gemeente,\n"      \
	"     gemeente: GM1883, functies: [oov, wmo], getekend: nee}\n"                            \
	"  - {partij: zorg, naam: Kliniek, oin: \"00000099000000005000\", soort: ggz,\n"           \
	"     functies: [behandeling], getekend: nee}\n"                                           \
	"overleggen: []\n"                                                                         \
	"regels:\n"

#define GEWOON FLOW_VERSTREK("gewoon", "", AAN_WMO, "kenmerken, identificatie")
#define ZSM FLOW_VERSTREK("zsm-context", FLOW_ALS("vraag: zsm.context"), AAN_ZSM, GIVEN)

#define REGISSEUR (&w->parties[2])
#define ZORG (&w->parties[3])
#define VRAGER (&w->parties[4])
#define RUNS "status opgepakt\npga ja\n"

int zsm_setup(void **state, const char *document);
struct flow_sent *zsm_ask_as(struct flow_world *w, struct flow_party *who, const char *functie,
			     const char *lines);
struct flow_sent *zsm_ask(struct flow_world *w, const char *bsn);
const struct delivery *zsm_newest(struct flow_world *w, const char *functie);
const struct delivery *zsm_answer(struct flow_world *w, const char *bsn);
bool zsm_told(struct flow_world *w, const struct delivery *delivery, uint32_t soort, size_t nth,
	      struct rubriek *ret_rubriek);
void zsm_assert_says(const struct rubriek *rubriek, uint32_t veld, const char *waarde);
bool zsm_is_empty(struct flow_world *w, const struct delivery *delivery);
void zsm_casus(struct flow_world *w, const char *bsn, const char *lines);
struct flow_sent *zsm_advise(struct flow_world *w, struct flow_party *who, const char *bsn,
			     const char *functie, const char *until);
const char *zsm_day(struct flow_world *w, int days);
const char *zsm_said(const struct rubriek *rubriek, uint32_t veld, char text[256]);

#endif
