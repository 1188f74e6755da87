// SPDX-License-Identifier: EUPL-1.2
// The rubrieken with their velden. Columns: number, name, kind, code list, min, max, at most,
// required.
#include "melding/tables.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define FAR 36525       // days: a date that may lie as far ahead as a sentence does
#define COUNT_MAX 99999 // of earlier meldingen
#define BIT(regime) (1U << (regime))
#define ANY                                                                                        \
	(BIT(REGIME_AVG) | BIT(REGIME_WPG) | BIT(REGIME_WJSG_STRAFVORDERLIJK) |                    \
	 BIT(REGIME_WJSG_TENUITVOERLEGGING) | BIT(REGIME_WGBO) | BIT(REGIME_JEUGDWET) |            \
	 BIT(REGIME_WMO_VT))
// Who may hold what under which law: penal data never under the laws of care, data on health never
// under those of prosecution, detention only as Wjsg 51c data. (AVG 10 and UAVG 33 let others than
// police and OM hold penal data, such as a report they made themselves.)
#define PENAL                                                                                      \
	(BIT(REGIME_AVG) | BIT(REGIME_WPG) | BIT(REGIME_WJSG_STRAFVORDERLIJK) |                    \
	 BIT(REGIME_WJSG_TENUITVOERLEGGING))
#define CARE                                                                                       \
	(BIT(REGIME_AVG) | BIT(REGIME_WPG) | BIT(REGIME_WGBO) | BIT(REGIME_JEUGDWET) |             \
	 BIT(REGIME_WMO_VT))
#define DETENTION BIT(REGIME_WJSG_TENUITVOERLEGGING)

// GM0000 is the gemeente that is not known: totals per gemeente must reconcile.
static const struct veld_row kenmerken_velden[] = {
	{KENMERK_SOORT, "soort", VELD_CODE, &list_soort, 0, 0, 1, true},
	{KENMERK_THEMA, "thema", VELD_CODE, &list_thema, 0, 0, 4, false},
	{KENMERK_KLASSE, "klasse", VELD_CODE, &list_klasse, 0, 0, 1, false},
	{KENMERK_URGENTIE, "urgentie", VELD_CODE, &list_urgentie, 0, 0, 1, true},
	{KENMERK_STRAFRECHT, "strafrecht", VELD_JANEE, NULL, 0, 0, 1, false},
	{KENMERK_GEMEENTE, "gemeente", VELD_GEMEENTE, NULL, 0, 0, 1, true},
	{KENMERK_TIJDSTIP, "tijdstip", VELD_TIME, NULL, 0, 1, 1, false},
	{KENMERK_REGISTRATIENUMMER, "registratienummer", VELD_REFERENCE, NULL, 1, 64, 1, false},
	{KENMERK_TERUGKOPPELING, "terugkoppeling", VELD_JANEE, NULL, 0, 0, 1, false},
	{KENMERK_BETROKKENEN, "betrokkenen", VELD_NUMBER, NULL, 0, BETROKKENEN_MAX, 1, true},
	{KENMERK_OVERLEG, "overleg", VELD_NAME, NULL, 1, 64, 4, false},
};
static const struct veld_row betrokkenheid_velden[] = {
	{BETROKKENHEID_ROL, "rol", VELD_CODE, &list_rol, 0, 0, 1, true},
	{BETROKKENHEID_WOONGEMEENTE, "woongemeente", VELD_GEMEENTE, NULL, 0, 0, 1, false},
	{BETROKKENHEID_MINDERJARIG, "minderjarig", VELD_JANEE, NULL, 0, 0, 1, false},
	{BETROKKENHEID_VERBLIJFGEMEENTE, "verblijfgemeente", VELD_GEMEENTE, NULL, 0, 0, 1, false},
};
// The SKDB knows up to 30 aliases of one person.
static const struct veld_row identificatie_velden[] = {
	{IDENTIFICATIE_VOORNAMEN, "voornamen", VELD_LINE, NULL, 1, 120, 1, false},
	{IDENTIFICATIE_VOORVOEGSEL, "voorvoegsel", VELD_LINE, NULL, 1, 20, 1, false},
	{IDENTIFICATIE_GESLACHTSNAAM, "geslachtsnaam", VELD_LINE, NULL, 1, 120, 1, false},
	{IDENTIFICATIE_GEBOORTEDATUM, "geboortedatum", VELD_DATE, NULL, 0, 0, 1, false},
	{IDENTIFICATIE_GESLACHT, "geslacht", VELD_CODE, &list_geslacht, 0, 0, 1, false},
	{6, "voorletters", VELD_LINE, NULL, 1, 20, 1, false},
	{7, "roepnaam", VELD_LINE, NULL, 1, 60, 1, false},
	{IDENTIFICATIE_GEBOORTEJAAR, "geboortejaar", VELD_NUMBER, NULL, 1850, 2200, 1, false},
	{9, "alias", VELD_LINE, NULL, 1, 120, 30, false},
};
static const struct veld_row bsn_velden[] = {
	{BSN_WAARDE, "waarde", VELD_BSN, NULL, 0, 0, 1, true},
};
static const struct veld_row ketennummer_velden[] = {
	{KETENNUMMER_SOORT, "soort", VELD_CODE, &list_ketennummer_soort, 0, 0, 1, true},
	{KETENNUMMER_WAARDE, "waarde", VELD_REFERENCE, NULL, 4, 20, 1, true},
};
static const struct veld_row contact_velden[] = {
	{1, "telefoon", VELD_LINE, NULL, 6, 20, 3, false},
	{2, "mobiel", VELD_LINE, NULL, 6, 20, 3, false},
	{3, "e-mail", VELD_LINE, NULL, 3, 120, 3, false},
	{4, "veilig-bereikbaar", VELD_JANEE, NULL, 0, 0, 1, false},
	{5, "taal", VELD_LINE, NULL, 2, 40, 1, false},
};
// Whether an address is protected must be said each time: forgetting it may cost a life. One
// address per betrokkene, so that what is said of it cannot be read off another.
static const struct veld_row verblijfadres_velden[] = {
	{VERBLIJFADRES_STRAAT, "straat", VELD_LINE, NULL, 1, 80, 1, false},
	{VERBLIJFADRES_HUISNUMMER, "huisnummer", VELD_NUMBER, NULL, 1, 99999, 1, false},
	{3, "toevoeging", VELD_LINE, NULL, 1, 10, 1, false},
	{VERBLIJFADRES_POSTCODE, "postcode", VELD_POSTCODE, NULL, 0, 0, 1, false},
	{5, "woonplaats", VELD_LINE, NULL, 1, 80, 1, false},
	{VERBLIJFADRES_AFGESCHERMD, "afgeschermd", VELD_JANEE, NULL, 0, 0, 1, true},
	{7, "gemeente", VELD_GEMEENTE, NULL, 0, 0, 1, false},
	{8, "soort", VELD_CODE, &list_adres_soort, 0, 0, 1, false},
	{9, "huisletter", VELD_LINE, NULL, 1, 1, 1, false},
	{10, "omschrijving", VELD_LINE, NULL, 1, 120, 1, false},
};
static const struct veld_row contact_professional_velden[] = {
	{1, "organisatie", VELD_LINE, NULL, 1, 120, 1, true},
	{2, "soort", VELD_CODE, &list_partner_soort, 0, 0, 1, false},
	{3, "functie", VELD_LINE, NULL, 1, 80, 1, false},
	{4, "naam", VELD_LINE, NULL, 1, 120, 1, false},
	{5, "telefoon", VELD_LINE, NULL, 6, 20, 1, false},
	{6, "e-mail", VELD_LINE, NULL, 3, 120, 1, false},
};
static const struct veld_row incident_velden[] = {
	{INCIDENT_BEGIN, "begin", VELD_TIME, NULL, 0, 1, 1, false},
	{INCIDENT_EINDE, "einde", VELD_TIME, NULL, 0, 1, 1, false},
	{3, "aard", VELD_CODE, &list_incident_aard, 0, 0, 4, false},
	{4, "locatie-soort", VELD_CODE, &list_locatie_soort, 0, 0, 1, false},
	{INCIDENT_STRAAT, "straat", VELD_LINE, NULL, 1, 80, 1, false},
	{INCIDENT_HUISNUMMER, "huisnummer", VELD_NUMBER, NULL, 1, 99999, 1, false},
	{7, "toevoeging", VELD_LINE, NULL, 1, 10, 1, false},
	{INCIDENT_POSTCODE, "postcode", VELD_POSTCODE, NULL, 0, 0, 1, false},
	{9, "woonplaats", VELD_LINE, NULL, 1, 80, 1, false},
	{10, "letsel", VELD_JANEE, NULL, 0, 0, 1, false},
	{11, "wapen", VELD_JANEE, NULL, 0, 0, 1, false},
	{12, "kinderen-aanwezig", VELD_JANEE, NULL, 0, 0, 1, false},
	{13, "politie-ter-plaatse", VELD_JANEE, NULL, 0, 0, 1, false},
};
static const struct veld_row strafrechtelijk_velden[] = {
	{1, "status", VELD_CODE, &list_strafrecht_status, 0, 0, 1, true},
	{2, "feit", VELD_CODE, &list_feit, 0, 0, 4, false},
	{3, "pleegdatum", VELD_DATE, NULL, 0, 0, 1, false},
	{4, "parketnummer", VELD_REFERENCE, NULL, 4, 40, 1, false},
	{5, "eerder-pleger", VELD_JANEE, NULL, 0, 0, 1, false},
	{6, "maatregel", VELD_CODE, &list_maatregel, 0, 0, 4, false},
	{7, "maatregel-tot", VELD_DATE, NULL, 0, FAR, 1, false},
};
static const struct veld_row gezondheid_velden[] = {
	{1, "zorg", VELD_CODE, &list_zorg_soort, 0, 0, 1, false},
	{2, "stand", VELD_CODE, &list_zorg_stand, 0, 0, 1, false},
	{3, "behandelaar", VELD_LINE, NULL, 1, 120, 1, false},
	{4, "sinds", VELD_DATE, NULL, 0, 0, 1, false},
	{5, "crisis", VELD_JANEE, NULL, 0, 0, 1, false},
	{6, "zorgmachtiging", VELD_JANEE, NULL, 0, 0, 1, false},
	{7, "zwanger", VELD_JANEE, NULL, 0, 0, 1, false},
	{8, "middel", VELD_CODE, &list_middel, 0, 0, 5, false},
	{9, "beperking", VELD_CODE, &list_beperking, 0, 0, 4, false},
};
static const struct veld_row detentie_velden[] = {
	{1, "inrichting", VELD_LINE, NULL, 1, 120, 1, true},
	{DETENTIE_BEGIN, "begin", VELD_DATE, NULL, 0, 366, 1, false},
	{DETENTIE_EINDE, "einde", VELD_DATE, NULL, 0, FAR, 1, false},
	{4, "modaliteit", VELD_CODE, &list_modaliteit, 0, 0, 1, false},
	{5, "voorwaardelijk", VELD_JANEE, NULL, 0, 0, 1, false},
	{6, "d-en-r-plan", VELD_JANEE, NULL, 0, 0, 1, false},
	{7, "verlof", VELD_DATE, NULL, 0, FAR, 1, false},
	{8, "risico", VELD_CODE, &list_risico, 0, 0, 1, false},
};
// Which need attention, which are in order, and on which the betrokkene asked for help.
static const struct veld_row leefgebieden_velden[] = {
	{LEEFGEBIEDEN_AANDACHT, "aandacht", VELD_CODE, &list_leefgebied, 0, 0, 16, false},
	{LEEFGEBIEDEN_OP_ORDE, "op-orde", VELD_CODE, &list_leefgebied, 0, 0, 16, false},
	{LEEFGEBIEDEN_HULPVRAAG, "hulpvraag", VELD_CODE, &list_leefgebied, 0, 0, 16, false},
};
static const struct veld_row gezinssysteem_velden[] = {
	{GEZINSSYSTEEM_RELATIE, "relatie", VELD_CODE, &list_relatie, 0, 0, 1, true},
	{GEZINSSYSTEEM_MET, "met", VELD_NUMBER, NULL, 1, BETROKKENEN_MAX, 1, true},
	{3, "samenwonend", VELD_JANEE, NULL, 0, 0, 1, false},
	{4, "gezag", VELD_JANEE, NULL, 0, 0, 1, false},
	{5, "omgang", VELD_JANEE, NULL, 0, 0, 1, false},
};
static const struct veld_row regie_velden[] = {
	{1, "niveau", VELD_CODE, &list_regie_niveau, 0, 0, 1, true},
	{2, "soort", VELD_CODE, &list_partner_soort, 0, 0, 1, false},
	{3, "organisatie", VELD_LINE, NULL, 1, 120, 1, false},
	{4, "ave", VELD_NUMBER, NULL, 1, 4, 1, false},
	{5, "top-x", VELD_JANEE, NULL, 0, 0, 1, false},
	{6, "pga", VELD_JANEE, NULL, 0, 0, 1, false},
	{7, "sinds", VELD_DATE, NULL, 0, 0, 1, false},
	{8, "jeugdmaatregel", VELD_CODE, &list_jeugdmaatregel, 0, 0, 3, false},
};
static const struct veld_row zsm_advies_velden[] = {
	{1, "advies", VELD_CODE, &list_zsm_advies, 0, 0, 3, true},
	{2, "pga", VELD_JANEE, NULL, 0, 0, 1, false},
	{3, "datum", VELD_DATE, NULL, 0, 0, 1, false},
};
static const struct veld_row voorwaarden_velden[] = {
	{1, "soort", VELD_CODE, &list_voorwaarde, 0, 0, 1, true},
	{VOORWAARDEN_BEGIN, "begin", VELD_DATE, NULL, 0, FAR, 1, false},
	{VOORWAARDEN_EINDE, "einde", VELD_DATE, NULL, 0, FAR, 1, false},
	{4, "kader", VELD_CODE, &list_voorwaarde_kader, 0, 0, 1, false},
	{5, "toezicht", VELD_CODE, &list_partner_soort, 0, 0, 1, false},
};
static const struct veld_row toelichting_velden[] = {
	{TOELICHTING_TEKST, "tekst", VELD_TEXT, NULL, 1, 8000, 1, true},
	{2, "verzoek", VELD_TEXT, NULL, 1, 2000, 1, false},
};
static const struct veld_row melder_velden[] = {
	{1, "soort", VELD_CODE, &list_melder_soort, 0, 0, 1, true},
	{2, "naam", VELD_LINE, NULL, 1, 120, 1, false},
	{3, "telefoon", VELD_LINE, NULL, 6, 20, 1, false},
	{4, "e-mail", VELD_LINE, NULL, 3, 120, 1, false},
	{5, "organisatie", VELD_LINE, NULL, 1, 120, 1, false},
	{6, "anoniem-blijven", VELD_JANEE, NULL, 0, 0, 1, false},
};
static const struct veld_row medewerker_velden[] = {
	{MEDEWERKER_REFERENTIE, "referentie", VELD_REFERENCE, NULL, 1, 64, 1, true},
	{2, "functie", VELD_NAME, NULL, 1, 32, 1, false},
};
// What kind of partner it is decides under which law it holds what it says.
static const struct veld_row namens_velden[] = {
	{NAMENS_PARTNER, "partner", VELD_OIN, NULL, 0, 0, 1, true},
	{NAMENS_FUNCTIE, "functie", VELD_NAME, NULL, 1, 32, 1, false},
	{NAMENS_MEDEWERKER, "medewerker", VELD_REFERENCE, NULL, 1, 64, 1, true},
	{NAMENS_SOORT, "soort", VELD_CODE, &list_partner_soort, 0, 0, 1, true},
};
static const struct veld_row herkomst_velden[] = {
	{HERKOMST_OIN, "oin", VELD_OIN, NULL, 0, 0, 1, true},
	{HERKOMST_NAAM, "naam", VELD_LINE, NULL, 1, 120, 1, false},
	{HERKOMST_SOORT, "soort", VELD_CODE, &list_partner_soort, 0, 0, 1, false},
};
// Counts of the same day, of the 30 and of the 365 days before.
static const struct veld_row eerder_velden[] = {
	{EERDER_DAG, "dag", VELD_NUMBER, NULL, 0, COUNT_MAX, 1, true},
	{EERDER_30, "30", VELD_NUMBER, NULL, 0, COUNT_MAX, 1, true},
	{EERDER_365, "365", VELD_NUMBER, NULL, 0, COUNT_MAX, 1, true},
};
static const struct veld_row samenloop_velden[] = {
	{SAMENLOOP_VELD, "samenloop", VELD_JANEE, NULL, 0, 0, 1, true},
};
static const struct veld_row huis_velden[] = {
	{HUIS_NAAM, "naam", VELD_NAME, NULL, 1, 32, 1, true},
};
// Of a casus in which the ontvanger takes part; "nee": of none, whether or not there is any.
static const struct veld_row verrijking_casus_velden[] = {
	{VERRIJKING_CASUS_DEELNEMER, "deelnemer", VELD_JANEE, NULL, 0, 0, 1, true},
	{VERRIJKING_CASUS_STATUS, "status", VELD_CODE, &list_casus_status, 0, 0, 1, false},
	{VERRIJKING_CASUS_SINDS, "sinds", VELD_DATE, NULL, 0, 0, 1, false},
	{VERRIJKING_CASUS_NIVEAU, "niveau", VELD_CODE, &list_regie_niveau, 0, 0, 1, false},
	{VERRIJKING_CASUS_AVE, "ave", VELD_NUMBER, NULL, 1, 4, 1, false},
	{VERRIJKING_CASUS_TOP_X, "top-x", VELD_JANEE, NULL, 0, 0, 1, false},
	{VERRIJKING_CASUS_PGA, "pga", VELD_JANEE, NULL, 0, 0, 1, false},
	{VERRIJKING_CASUS_WTH, "wth", VELD_JANEE, NULL, 0, 0, 1, false},
	{VERRIJKING_CASUS_LEVENSLOOP, "levensloop", VELD_JANEE, NULL, 0, 0, 1, false},
};
// What ZSM is told: since when a persoonsgerichte aanpak runs and how high it is scaled; what was
// advised beforehand and which agreements a decision would cross; whom to call, when they can be
// reached (an hour of the week, codes/openingstijd.h) and the first moment from the answer on at
// which that is, and whether to call before a release because others are involved.
static const struct veld_row verrijking_pga_velden[] = {
	{VERRIJKING_PGA_SINDS, "sinds", VELD_DATE, NULL, 0, 0, 1, true},
	{VERRIJKING_PGA_AVE, "ave", VELD_NUMBER, NULL, 1, 4, 1, false},
	{VERRIJKING_PGA_NIVEAU, "niveau", VELD_CODE, &list_regie_niveau, 0, 0, 1, false},
};
static const struct veld_row verrijking_advies_velden[] = {
	{VERRIJKING_ADVIES_ADVIES, "advies", VELD_CODE, &list_zsm_advies, 0, 0, 3, true},
	{VERRIJKING_ADVIES_TEKST, "tekst", VELD_TEXT, NULL, 1, 600, 1, false},
	{VERRIJKING_ADVIES_AFSPRAAK, "afspraak", VELD_CODE, &list_zsm_afspraak, 0, 0, 8, false},
	{VERRIJKING_ADVIES_DOOR, "door", VELD_LINE, NULL, 1, 200, 1, true},
	{VERRIJKING_ADVIES_DATUM, "datum", VELD_DATE, NULL, 0, 0, 1, true},
	{VERRIJKING_ADVIES_GELDIG_TOT, "geldig-tot", VELD_DATE, NULL, 0, FAR, 1, true},
};
static const struct veld_row verrijking_regisseur_velden[] = {
	{VERRIJKING_REGISSEUR_PROCESREGISSEUR, "procesregisseur", VELD_LINE, NULL, 1, 200, 1,
	 false},
	{VERRIJKING_REGISSEUR_TELEFOON, "telefoon", VELD_LINE, NULL, 6, 20, 1, false},
	{VERRIJKING_REGISSEUR_CASUSREGISSEUR, "casusregisseur", VELD_LINE, NULL, 1, 200, 1, false},
	{VERRIJKING_REGISSEUR_CASUSTELEFOON, "casustelefoon", VELD_LINE, NULL, 6, 20, 1, false},
	{VERRIJKING_REGISSEUR_BEREIKBAAR, "bereikbaar", VELD_LINE, NULL, 1, 120, 1, false},
	{VERRIJKING_REGISSEUR_BELLEN, "bellen", VELD_JANEE, NULL, 0, 0, 1, true},
	{VERRIJKING_REGISSEUR_VANAF, "vanaf", VELD_TIME, NULL, 0, FAR, 1, false},
	{VERRIJKING_REGISSEUR_CASUSBEREIKBAAR, "casusbereikbaar", VELD_LINE, NULL, 1, 120, 1,
	 false},
	{VERRIJKING_REGISSEUR_CASUSVANAF, "casusvanaf", VELD_TIME, NULL, 0, FAR, 1, false},
	{VERRIJKING_REGISSEUR_PIKET, "piket", VELD_LINE, NULL, 3, 20, 1, false},
};

// What became of context that was given: of which casussen it was told (those in which the
// ontvanger takes part), on which day it was asked.
static const struct veld_row verrijking_terugkoppeling_velden[] = {
	{VERRIJKING_TERUGKOPPELING_CASUS, "casus", VELD_REFERENCE, NULL, 3, 64, 4, false},
	{VERRIJKING_TERUGKOPPELING_GEVRAAGD, "gevraagd", VELD_DATE, NULL, 0, 0, 1, true},
	{VERRIJKING_TERUGKOPPELING_GEBRUIKT, "gebruikt", VELD_JANEE, NULL, 0, 0, 1, true},
	{VERRIJKING_TERUGKOPPELING_REDEN, "reden", VELD_CODE, &list_zsm_niet_gebruikt, 0, 0, 3,
	 false},
	{VERRIJKING_TERUGKOPPELING_AFDOENING, "afdoening", VELD_CODE, &list_zsm_afdoening, 0, 0, 1,
	 true},
	{VERRIJKING_TERUGKOPPELING_VOORWAARDE, "voorwaarde", VELD_CODE, &list_voorwaarde, 0, 0, 8,
	 false},
};

// Who is asked whether it knows somebody is told which question that is, who asks and will be told,
// why, and until when; who asked is told which question it was, who knows the person, and whom to
// call there.
static const struct veld_row bekend_vraag_velden[] = {
	{BEKEND_VRAAG_ENTRY, "entry", VELD_NUMBER, NULL, 0, UINT32_MAX, 1, true},
	{BEKEND_VRAAG_VRAGER, "vrager", VELD_LINE, NULL, 1, 200, 1, true},
	{BEKEND_VRAAG_UITERLIJK, "uiterlijk", VELD_TIME, NULL, 0, FAR, 1, true},
	{BEKEND_VRAAG_AANLEIDING, "aanleiding", VELD_CODE, &list_aanleiding, 0, 0, 1, true},
};
static const struct veld_row bekend_antwoord_velden[] = {
	{BEKEND_BIJ_ENTRY, "entry", VELD_NUMBER, NULL, 0, UINT32_MAX, 1, true},
	{BEKEND_BIJ_DOOR, "door", VELD_LINE, NULL, 1, 200, 1, true},
	{BEKEND_BIJ_BETROKKEN, "betrokken", VELD_CODE, &list_betrokken, 0, 0, 1, true},
};
static const struct veld_row bekend_contact_velden[] = {
	{BEKEND_CONTACT_TELEFOON, "telefoon", VELD_LINE, NULL, 6, 20, 1, true},
	{BEKEND_CONTACT_BEREIKBAAR, "bereikbaar", VELD_LINE, NULL, 1, 120, 1, false},
};

// Columns: soort, name, caption, of a betrokkene, by the knooppunt, at most, regimes, velden.
static const struct rubriek_row rows[] = {
	{RUBRIEK_KENMERKEN, "kenmerken", "Kenmerken", false, false, 1, ANY, kenmerken_velden,
	 COUNT(kenmerken_velden)},
	{RUBRIEK_BETROKKENHEID, "betrokkenheid", "Betrokkenheid", true, false, 1, ANY,
	 betrokkenheid_velden, COUNT(betrokkenheid_velden)},
	{RUBRIEK_IDENTIFICATIE, "identificatie", "Naam en geboortedatum", true, false, 1, ANY,
	 identificatie_velden, COUNT(identificatie_velden)},
	{RUBRIEK_BSN, "bsn", "Burgerservicenummer", true, false, 1, ANY, bsn_velden,
	 COUNT(bsn_velden)},
	{RUBRIEK_KETENNUMMER, "ketennummer", "Nummer in de strafrechtsketen of als vreemdeling",
	 true, false, 2, ANY, ketennummer_velden, COUNT(ketennummer_velden)},
	{RUBRIEK_CONTACT, "contact", "Contactgegevens", true, false, 1, ANY, contact_velden,
	 COUNT(contact_velden)},
	{RUBRIEK_VERBLIJFADRES, "verblijfadres", "Verblijfadres", true, false, 1, ANY,
	 verblijfadres_velden, COUNT(verblijfadres_velden)},
	{RUBRIEK_CONTACT_PROFESSIONAL, "contact-professional", "Betrokken professional", true,
	 false, 4, ANY, contact_professional_velden, COUNT(contact_professional_velden)},
	{RUBRIEK_INCIDENT, "incident", "Incident", false, false, 1, ANY, incident_velden,
	 COUNT(incident_velden)},
	{RUBRIEK_STRAFRECHTELIJK, "strafrechtelijk", "Strafrechtelijke gegevens", true, false, 4,
	 PENAL, strafrechtelijk_velden, COUNT(strafrechtelijk_velden)},
	{RUBRIEK_GEZONDHEID, "gezondheid", "Gezondheid", true, false, 4, CARE, gezondheid_velden,
	 COUNT(gezondheid_velden)},
	{RUBRIEK_DETENTIE, "detentie", "Detentie", true, false, 1, DETENTION, detentie_velden,
	 COUNT(detentie_velden)},
	{RUBRIEK_LEEFGEBIEDEN, "leefgebieden", "Leefgebieden", true, false, 1, ANY,
	 leefgebieden_velden, COUNT(leefgebieden_velden)},
	{RUBRIEK_GEZINSSYSTEEM, "gezinssysteem", "Gezin en relaties", true, false, 8, ANY,
	 gezinssysteem_velden, COUNT(gezinssysteem_velden)},
	{RUBRIEK_REGIE, "regie", "Regie", true, false, 1, ANY, regie_velden, COUNT(regie_velden)},
	{RUBRIEK_ZSM_ADVIES, "zsm-advies", "Advies voor ZSM", true, false, 1, ANY,
	 zsm_advies_velden, COUNT(zsm_advies_velden)},
	{RUBRIEK_VOORWAARDEN, "voorwaarden", "Voorwaarden en toezicht", true, false, 8, PENAL,
	 voorwaarden_velden, COUNT(voorwaarden_velden)},
	{RUBRIEK_TOELICHTING, "toelichting", "Toelichting", false, false, 1, ANY,
	 toelichting_velden, COUNT(toelichting_velden)},
	{RUBRIEK_MELDER, "melder", "Melder", false, false, 1, ANY, melder_velden,
	 COUNT(melder_velden)},
	{RUBRIEK_MEDEWERKER, "medewerker", "Medewerker", false, false, 1, ANY, medewerker_velden,
	 COUNT(medewerker_velden)},
	{RUBRIEK_HERKOMST, "herkomst", "Herkomst", false, true, 1, ANY, herkomst_velden,
	 COUNT(herkomst_velden)},
	{RUBRIEK_NAMENS, "namens", "Namens wie het huis dit invoerde", false, false, 1, ANY,
	 namens_velden, COUNT(namens_velden)},
	{RUBRIEK_VERRIJKING_EERDER, "verrijking.eerder", "Eerdere meldingen", true, true, 1, ANY,
	 eerder_velden, COUNT(eerder_velden)},
	{RUBRIEK_VERRIJKING_SAMENLOOP, "verrijking.samenloop", "Samenloop met een andere bron",
	 true, true, 1, ANY, samenloop_velden, COUNT(samenloop_velden)},
	{RUBRIEK_VERRIJKING_HUIS, "verrijking.huis", "Verantwoordelijk Zorg- en Veiligheidshuis",
	 true, true, 1, ANY, huis_velden, COUNT(huis_velden)},
	{RUBRIEK_VERRIJKING_CASUS, "verrijking.casus", "Casus waaraan de ontvanger deelneemt", true,
	 true, 4, ANY, verrijking_casus_velden, COUNT(verrijking_casus_velden)},
	{RUBRIEK_VERRIJKING_PGA, "verrijking.pga", "Lopende persoonsgerichte aanpak", true, true, 4,
	 ANY, verrijking_pga_velden, COUNT(verrijking_pga_velden)},
	{RUBRIEK_VERRIJKING_ADVIES, "verrijking.advies", "Advies voor ZSM, vooraf gegeven", true,
	 true, 4, ANY, verrijking_advies_velden, COUNT(verrijking_advies_velden)},
	{RUBRIEK_VERRIJKING_REGISSEUR, "verrijking.regisseur", "Wie te bellen", true, true, 4, ANY,
	 verrijking_regisseur_velden, COUNT(verrijking_regisseur_velden)},
	{RUBRIEK_VERRIJKING_TERUGKOPPELING, "verrijking.terugkoppeling", "Terugkoppeling van ZSM",
	 true, true, 1, PENAL, verrijking_terugkoppeling_velden,
	 COUNT(verrijking_terugkoppeling_velden)},
	{RUBRIEK_BEKEND_VRAAG, "bekend.vraag", "Of u deze persoon kent", true, true, 1, ANY,
	 bekend_vraag_velden, COUNT(bekend_vraag_velden)},
	{RUBRIEK_BEKEND_ANTWOORD, "bekend.antwoord", "Bekend bij een partner", true, true, 1, ANY,
	 bekend_antwoord_velden, COUNT(bekend_antwoord_velden)},
	{RUBRIEK_BEKEND_CONTACT, "bekend.contact", "Wie daar te bellen", true, true, 1, ANY,
	 bekend_contact_velden, COUNT(bekend_contact_velden)},
};

const struct rubriek_row *rubriek_row(uint32_t soort)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		if ((uint32_t)rows[i].soort == soort)
			return &rows[i];
	}
	return NULL;
}

const struct rubriek_row *rubriek_row_named(struct bytes name)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (bytes_equal(bytes_of_text(rows[i].name), name))
			return &rows[i];
	}
	return NULL;
}

const struct rubriek_row *rubriek_row_at(size_t n)
{
	return n < COUNT(rows) ? &rows[n] : NULL;
}
