// SPDX-License-Identifier: EUPL-1.2
// Look-ups in velden and code lists. The lists are short, so each is a walk.
#include "melding/tables.h"

static const struct code_list *const lists[] = {
	&list_soort,
	&list_thema,
	&list_klasse,
	&list_urgentie,
	&list_rol,
	&list_leefgebied,
	&list_geslacht,
	&list_partner_soort,
	&list_act_soort,
	&list_vraag_soort,
	&list_verzoek_soort,
	&list_verzoek_wet,
	&list_verzoek_namens,
	&list_verzoek_identiteit,
	&list_verzoek_bevoegdheid,
	&list_afhandeling_uitkomst,
	&list_correctie,
	&list_rechtzetting,
	&list_opvolging_antwoord,
	&list_informeren_uitkomst,
	&list_uitstel_grond,
	&list_volgen_uitkomst,
	&list_ketennummer_soort,
	&list_adres_soort,
	&list_locatie_soort,
	&list_incident_aard,
	&list_strafrecht_status,
	&list_feit,
	&list_maatregel,
	&list_zorg_soort,
	&list_zorg_stand,
	&list_middel,
	&list_beperking,
	&list_modaliteit,
	&list_risico,
	&list_relatie,
	&list_regie_niveau,
	&list_jeugdmaatregel,
	&list_zsm_advies,
	&list_voorwaarde,
	&list_voorwaarde_kader,
	&list_melder_soort,
	&list_casus_status,
	&list_toestemming_grond,
	&list_toestemming_gever,
	&list_overleg_uitkomst,
	&list_overdracht_antwoord,
	&list_noodtoets_uitkomst,
	&list_screening_uitkomst,
	&list_leeftijdsband,
	&list_toestemming_vorm,
	&list_zsm_afspraak,
	&list_zsm_niet_gebruikt,
	&list_zsm_afdoening,
	&list_vraag,
	&list_aanleiding,
	&list_betrokken,
};
#define LIST_COUNT (sizeof lists / sizeof lists[0])

const struct veld_row *veld_row(const struct veld_row *rows, size_t count, uint32_t veld)
{
	for (size_t i = 0; i < count; i++) {
		if (rows[i].veld == veld)
			return &rows[i];
	}
	return NULL;
}

const struct veld_row *veld_row_named(const struct veld_row *rows, size_t count, struct bytes name)
{
	for (size_t i = 0; i < count; i++) {
		if (bytes_equal(bytes_of_text(rows[i].name), name))
			return &rows[i];
	}
	return NULL;
}

const struct code_list *code_list_named(struct bytes name)
{
	for (size_t i = 0; i < LIST_COUNT; i++) {
		if (bytes_equal(bytes_of_text(lists[i]->name), name))
			return lists[i];
	}
	return NULL;
}

const struct code_list *code_list_at(size_t n)
{
	return n < LIST_COUNT ? lists[n] : NULL;
}

const struct code *code_find(const struct code_list *list, struct bytes code)
{
	for (size_t i = 0; i < list->count; i++) {
		if (bytes_equal(bytes_of_text(list->codes[i].code), code))
			return &list->codes[i];
	}
	return NULL;
}
