// SPDX-License-Identifier: EUPL-1.2
// Inside proto/melding only: the code lists that the tables of rubrieken and types refer to.
// Everyone else reaches them through lists.h.
#ifndef KNP_MELDING_TABLES_H
#define KNP_MELDING_TABLES_H

#include "melding/lists.h"

extern const struct code_list list_soort, list_thema, list_klasse, list_urgentie, list_rol,
	list_leefgebied, list_geslacht, list_partner_soort, list_act_soort, list_vraag_soort,
	list_verzoek_soort, list_verzoek_wet, list_verzoek_namens, list_verzoek_identiteit,
	list_verzoek_bevoegdheid, list_afhandeling_uitkomst, list_correctie, list_rechtzetting,
	list_opvolging_antwoord, list_ketennummer_soort, list_adres_soort, list_locatie_soort,
	list_incident_aard, list_strafrecht_status, list_feit, list_maatregel, list_zorg_soort,
	list_zorg_stand, list_middel, list_beperking, list_modaliteit, list_risico, list_relatie,
	list_regie_niveau, list_jeugdmaatregel, list_zsm_advies, list_voorwaarde,
	list_voorwaarde_kader, list_melder_soort, list_casus_status, list_toestemming_grond,
	list_toestemming_gever, list_overleg_uitkomst, list_overdracht_antwoord,
	list_noodtoets_uitkomst, list_screening_uitkomst, list_leeftijdsband, list_toestemming_vorm,
	list_zsm_afspraak, list_informeren_uitkomst, list_uitstel_grond, list_volgen_uitkomst,
	list_zsm_niet_gebruikt, list_zsm_afdoening, list_vraag, list_aanleiding, list_betrokken;

#endif
