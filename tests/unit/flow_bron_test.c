// SPDX-License-Identifier: EUPL-1.2
// Who sends or asks is what the signed convenant says it is. A bundle is its own word: one that
// calls itself something else gets and opens nothing by that.
#include "flow_convenanten.h"
#include "flow_dossier.h"

#define OM "00000099000000007000"
#define KNOWN "999990342"
#define AAN_ZSM "{partij: om, functie: zsm}"

static const char text[] = FLOW_HEAD(
	"soort") "partijen:\n"
		 "  - {partij: om, naam: Het OM, oin: \"" OM
		 "\", soort: om, functies: [zsm], getekend: nee}\n"
		 "  - {partij: huis, naam: Het huis, oin: \"" FLOW_HOUSE
		 "\", soort: veiligheidshuis,\n"
		 "     functies: [regisseur], getekend: nee}\n"
		 "  - {partij: stad, naam: S, oin: \"" FLOW_STAD
		 "\", soort: gemeente, gemeente: GM1883,\n"
		 "     functies: [oov, wmo], getekend: nee}\n"
		 "overleggen: []\n"
		 "regels:\n" FLOW_VERSTREK("zsm-om", FLOW_ALS("vraag: zsm.context, bron.soort: om"),
					   AAN_ZSM, "verrijking.pga")
			 FLOW_VERSTREK("zsm-politie",
				       FLOW_ALS("vraag: zsm.context, bron.soort: politie"), AAN_ZSM,
				       "verrijking.regisseur")
				 FLOW_VERSTREK("van-om", FLOW_ALS("bron.soort: om"), AAN_WMO,
					       "kenmerken")
					 FLOW_VERSTREK("van-politie",
						       FLOW_ALS("bron.soort: politie"), AAN_OOV,
						       "kenmerken");

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "regisseur");
	flow_enrol(w, OM, "politie", "zsm"); // says its bundle
	flow_convenant(w, text);
	*state = w;
	return 0;
}

#define HUIS (&w->parties[2])
#define VRAGER (&w->parties[3])

static void who_asks_is_what_the_signed_convenant_says(void **state)
{
	struct flow_world *w = *state;
	flow_accepted(w, HUIS,
		      dossier_say(w, HUIS, TYPE_CASUS,
				  "medewerker mw-1\nsinds 2026-01-05\ncasus pgax:1\nbsn " KNOWN
				  "\nrol betrokkene\nstatus opgepakt\npga ja\n"
				  "regie " FLOW_HOUSE ":regisseur\n"));
	flow_accepted(w, VRAGER,
		      dossier_say(w, VRAGER, TYPE_ZSM_VERZOEK,
				  "functie zsm\nbsn " KNOWN "\nmedewerker ovj-1\n"));
	const struct reply *reply = flow_collect(w, VRAGER, "zsm", 0);
	assert_int_equal(reply->delivery_count, 1);
	const struct part_verstrekking *part = flow_part(w, &reply->deliveries[0]);
	assert_true(flow_gives(part, 1, RUBRIEK_VERRIJKING_PGA));
	assert_false(flow_gives(part, 1, RUBRIEK_VERRIJKING_REGISSEUR));
}

static void who_sends_is_what_the_signed_convenant_says(void **state)
{
	struct flow_world *w = *state;
	dossier_melding(w, VRAGER, KNOWN);
	assert_int_equal(flow_collect(w, STAD, "wmo", 0)->delivery_count, 1);
	assert_int_equal(flow_collect(w, STAD, "oov", 0)->delivery_count, 0);
	assert_null(strstr(flow_control(w, "replay\n"), "differ "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)
		T(who_asks_is_what_the_signed_convenant_says),
		T(who_sends_is_what_the_signed_convenant_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
