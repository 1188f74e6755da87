// SPDX-License-Identifier: EUPL-1.2
// Code lists of what a rubriek holds: addresses, incident, penal law, care, detention, regie.
#include "melding/tables.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct code ketennummer_soort_codes[] = {
	{"skn", "strafrechtsketennummer"},
	{"v-nummer", "vreemdelingennummer"},
};
const struct code_list list_ketennummer_soort = {"ketennummer-soort", ketennummer_soort_codes,
						 COUNT(ketennummer_soort_codes)};

// JZV Meldingen 1.0: 01 post, 02 woon of verblijf, 03 GBA (now BRP).
static const struct code adres_soort_codes[] = {
	{"brp", "adres in de BRP"}, {"woon", "woonadres"},       {"verblijf", "verblijfadres"},
	{"post", "postadres"},      {"geen", "geen vast adres"},
};
const struct code_list list_adres_soort = {"adres-soort", adres_soort_codes,
					   COUNT(adres_soort_codes)};

static const struct code locatie_soort_codes[] = {
	{"woning", "woning"},
	{"openbare-weg", "openbare weg"},
	{"school", "school"},
	{"zorginstelling", "zorginstelling"},
	{"opvang", "opvanglocatie"},
	{"horeca", "horeca"},
	{"winkel", "winkel"},
	{"werk", "werkplek"},
	{"openbaar-vervoer", "openbaar vervoer"},
	{"detentie", "inrichting"},
	{"online", "online"},
	{"overig", "elders"},
};
const struct code_list list_locatie_soort = {"locatie-soort", locatie_soort_codes,
					     COUNT(locatie_soort_codes)};

// What was seen or reported, not what somebody suffers from.
static const struct code incident_aard_codes[] = {
	{"ruzie", "ruzie"},
	{"mishandeling", "mishandeling"},
	{"bedreiging", "bedreiging"},
	{"belaging", "lastigvallen of belaging"},
	{"vernieling", "vernieling"},
	{"overlast", "overlast"},
	{"onbegrepen-gedrag", "onbegrepen gedrag"},
	{"zelfdoding-poging", "poging tot zelfdoding"},
	{"vermissing", "vermissing"},
	{"verwaarlozing", "verwaarlozing"},
	{"zeden", "zeden"},
	{"uitbuiting", "uitbuiting"},
	{"brandstichting", "brandstichting"},
	{"diefstal", "diefstal"},
	{"drugs", "drugs"},
	{"wapen", "wapen"},
	{"overig", "overig"},
};
const struct code_list list_incident_aard = {"incident-aard", incident_aard_codes,
					     COUNT(incident_aard_codes)};

static const struct code strafrecht_status_codes[] = {
	{"melding", "gemeld, geen aangifte"},
	{"aangifte", "aangifte gedaan"},
	{"onderzoek", "onderzoek loopt"},
	{"voorlopige-hechtenis", "voorlopige hechtenis"},
	{"geschorst", "voorlopige hechtenis geschorst"},
	{"vervolging", "vervolging ingesteld"},
	{"veroordeeld", "veroordeeld"},
	{"vrijgesproken", "vrijgesproken"},
	{"sepot", "geseponeerd"},
	{"afgedaan", "anders afgedaan"},
};
const struct code_list list_strafrecht_status = {"strafrecht-status", strafrecht_status_codes,
						 COUNT(strafrecht_status_codes)};

static const struct code feit_codes[] = {
	{"huiselijk-geweld", "huiselijk geweld"},
	{"mishandeling", "mishandeling"},
	{"bedreiging", "bedreiging"},
	{"belaging", "belaging"},
	{"vernieling", "vernieling"},
	{"huisvredebreuk", "huisvredebreuk"},
	{"diefstal", "diefstal"},
	{"inbraak", "inbraak"},
	{"beroving", "straatroof of overval"},
	{"zeden", "zedendelict"},
	{"drugs", "opiumwet"},
	{"wapens", "wet wapens en munitie"},
	{"brandstichting", "brandstichting"},
	{"mensenhandel", "mensenhandel"},
	{"terrorisme", "terroristisch misdrijf"},
	{"levensdelict", "levensdelict"},
	{"overtreding-huisverbod", "overtreding huisverbod"},
	{"overig", "overig"},
};
const struct code_list list_feit = {"feit", feit_codes, COUNT(feit_codes)};

static const struct code maatregel_codes[] = {
	{"huisverbod", "tijdelijk huisverbod"},     {"contactverbod", "contactverbod"},
	{"locatieverbod", "locatieverbod"},         {"gebiedsverbod", "gebiedsverbod"},
	{"gedragsaanwijzing", "gedragsaanwijzing"}, {"isd", "plaatsing in een ISD"},
	{"tbs", "terbeschikkingstelling"},          {"overig", "overig"},
};
const struct code_list list_maatregel = {"maatregel", maatregel_codes, COUNT(maatregel_codes)};

static const struct code zorg_soort_codes[] = {
	{"ggz", "geestelijke gezondheidszorg"},
	{"verslavingszorg", "verslavingszorg"},
	{"forensische-zorg", "forensische zorg"},
	{"gehandicaptenzorg", "gehandicaptenzorg"},
	{"bemoeizorg", "bemoeizorg"},
	{"jeugdhulp", "jeugdhulp"},
	{"huisarts", "huisarts"},
	{"ziekenhuis", "ziekenhuis"},
	{"verloskunde", "verloskunde"},
	{"wmo", "Wmo-ondersteuning"},
	{"overig", "overig"},
};
const struct code_list list_zorg_soort = {"zorg-soort", zorg_soort_codes, COUNT(zorg_soort_codes)};

static const struct code zorg_stand_codes[] = {
	{"aangemeld", "aangemeld"},   {"wachtlijst", "op de wachtlijst"},
	{"in-zorg", "in zorg"},       {"afgerond", "afgerond"},
	{"afgebroken", "afgebroken"}, {"geweigerd", "hulp geweigerd"},
};
const struct code_list list_zorg_stand = {"zorg-stand", zorg_stand_codes, COUNT(zorg_stand_codes)};

static const struct code middel_codes[] = {
	{"alcohol", "alcohol"},     {"drugs", "drugs"},   {"ghb", "GHB"},
	{"medicatie", "medicatie"}, {"gokken", "gokken"},
};
const struct code_list list_middel = {"middel", middel_codes, COUNT(middel_codes)};

static const struct code beperking_codes[] = {
	{"verstandelijk", "verstandelijke beperking"},
	{"lichamelijk", "lichamelijke beperking"},
	{"zintuiglijk", "zintuiglijke beperking"},
	{"niet-aangeboren-hersenletsel", "niet-aangeboren hersenletsel"},
};
const struct code_list list_beperking = {"beperking", beperking_codes, COUNT(beperking_codes)};

static const struct code modaliteit_codes[] = {
	{"voorlopige-hechtenis", "voorlopige hechtenis"},
	{"gevangenisstraf", "gevangenisstraf"},
	{"vervangende-hechtenis", "vervangende hechtenis"},
	{"isd", "ISD-maatregel"},
	{"tbs", "terbeschikkingstelling"},
	{"jeugddetentie", "jeugddetentie"},
	{"pij", "PIJ-maatregel"},
	{"elektronische-detentie", "elektronische detentie"},
	{"vreemdelingenbewaring", "vreemdelingenbewaring"},
};
const struct code_list list_modaliteit = {"modaliteit", modaliteit_codes, COUNT(modaliteit_codes)};

static const struct code risico_codes[] = {
	{"laag", "laag"},
	{"gemiddeld", "gemiddeld"},
	{"hoog", "hoog"},
};
const struct code_list list_risico = {"risico", risico_codes, COUNT(risico_codes)};

// Read as: this betrokkene is the … of the other.
static const struct code relatie_codes[] = {
	{"ouder", "ouder"},
	{"stiefouder", "stiefouder"},
	{"kind", "kind"},
	{"partner", "partner"},
	{"ex-partner", "ex-partner"},
	{"broer-zus", "broer of zus"},
	{"grootouder", "grootouder"},
	{"kleinkind", "kleinkind"},
	{"voogd", "voogd"},
	{"familie", "ander familielid"},
	{"huisgenoot", "huisgenoot"},
	{"buur", "buur"},
	{"overig", "andere relatie"},
};
const struct code_list list_relatie = {"relatie", relatie_codes, COUNT(relatie_codes)};

static const struct code regie_niveau_codes[] = {
	{"geen", "nog geen regie"},
	{"lokaal", "lokale regie"},
	{"veiligheidshuis", "procesregie Zorg- en Veiligheidshuis"},
	{"inrichting", "regie bij de inrichting"},
	{"veilig-thuis", "regie bij Veilig Thuis"},
	{"rvdk", "regie bij de Raad voor de Kinderbescherming"},
};
const struct code_list list_regie_niveau = {"regie-niveau", regie_niveau_codes,
					    COUNT(regie_niveau_codes)};

static const struct code jeugdmaatregel_codes[] = {
	{"ots", "ondertoezichtstelling"},
	{"vots", "voorlopige ondertoezichtstelling"},
	{"uithuisplaatsing", "uithuisplaatsing"},
	{"voogdij", "voogdij"},
	{"voorlopige-voogdij", "voorlopige voogdij"},
	{"jeugdreclassering", "jeugdreclassering"},
	{"drang", "preventieve jeugdbescherming"},
};
const struct code_list list_jeugdmaatregel = {"jeugdmaatregel", jeugdmaatregel_codes,
					      COUNT(jeugdmaatregel_codes)};

static const struct code zsm_advies_codes[] = {
	{"dagvaarden", "dagvaarden"},
	{"strafbeschikking", "strafbeschikking"},
	{"voorwaardelijk-sepot", "voorwaardelijk sepot"},
	{"sepot", "sepot"},
	{"reclasseringsadvies", "eerst reclasseringsadvies"},
	{"pga-volgen", "aansluiten bij de lopende persoonsgerichte aanpak"},
	{"overleg", "eerst overleg met de procesregisseur"},
};
const struct code_list list_zsm_advies = {"zsm-advies", zsm_advies_codes, COUNT(zsm_advies_codes)};

static const struct code voorwaarde_codes[] = {
	{"meldplicht", "meldplicht"},
	{"contactverbod", "contactverbod"},
	{"locatieverbod", "locatieverbod"},
	{"locatiegebod", "locatiegebod"},
	{"elektronische-controle", "elektronische controle"},
	{"behandelverplichting", "behandelverplichting"},
	{"begeleid-wonen", "begeleid wonen"},
	{"drugsverbod", "drugsverbod"},
	{"alcoholverbod", "alcoholverbod"},
	{"dagbesteding", "dagbesteding"},
	{"overig", "overig"},
};
const struct code_list list_voorwaarde = {"voorwaarde", voorwaarde_codes, COUNT(voorwaarde_codes)};

static const struct code voorwaarde_kader_codes[] = {
	{"vonnis", "bijzondere voorwaarde bij een vonnis"},
	{"schorsing", "schorsing van voorlopige hechtenis"},
	{"vi", "voorwaardelijke invrijheidstelling"},
	{"sepot", "voorwaardelijk sepot"},
	{"gedragsaanwijzing", "gedragsaanwijzing"},
	{"huisverbod", "tijdelijk huisverbod"},
	{"penitentiair-programma", "penitentiair programma"},
};
const struct code_list list_voorwaarde_kader = {"voorwaarde-kader", voorwaarde_kader_codes,
						COUNT(voorwaarde_kader_codes)};

static const struct code melder_soort_codes[] = {
	{"ambtshalve", "ambtshalve"},      {"burger", "burger"},   {"anoniem", "anonieme melder"},
	{"betrokkene", "betrokkene zelf"}, {"familie", "familie"}, {"buurt", "buurtbewoner"},
	{"professional", "professional"},
};
const struct code_list list_melder_soort = {"melder-soort", melder_soort_codes,
					    COUNT(melder_soort_codes)};

// Agreements with somebody that a decision at ZSM may cross.
static const struct code zsm_afspraak_codes[] = {
	{"wonen", "afspraken over wonen"},
	{"werk-dagbesteding", "afspraken over werk of dagbesteding"},
	{"inkomen-schulden", "afspraken over inkomen of schulden"},
	{"hulpverlening", "afspraken over hulpverlening"},
	{"toezicht", "afspraken over toezicht"},
	{"contact", "afspraken over contact met anderen"},
	{"gezin", "afspraken in het gezin"},
};
const struct code_list list_zsm_afspraak = {"zsm-afspraak", zsm_afspraak_codes,
					    COUNT(zsm_afspraak_codes)};

// Why what was known was not used in a decision at ZSM.
static const struct code zsm_niet_gebruikt_codes[] = {
	{"te-laat", "kwam na de beslissing"},
	{"niet-actueel", "was niet meer actueel"},
	{"niet-van-belang", "was voor dit feit niet van belang"},
	{"afgeweken", "gewogen, en anders beslist"},
	{"onbereikbaar", "wie te bellen was, was niet te bereiken"},
};
const struct code_list list_zsm_niet_gebruikt = {"zsm-niet-gebruikt", zsm_niet_gebruikt_codes,
						 COUNT(zsm_niet_gebruikt_codes)};

// How a case was disposed of at ZSM.
static const struct code zsm_afdoening_codes[] = {
	{"dagvaarding", "dagvaarding"},
	{"strafbeschikking", "strafbeschikking"},
	{"voorwaardelijk-sepot", "voorwaardelijk sepot"},
	{"sepot", "sepot"},
	{"voorgeleiding", "voorgeleiding aan de rechter-commissaris"},
	{"aangehouden", "nog niet beslist, heengezonden"},
};
const struct code_list list_zsm_afdoening = {"zsm-afdoening", zsm_afdoening_codes,
					     COUNT(zsm_afdoening_codes)};

// What is asked, or answered.
static const struct code vraag_codes[] = {
	{"geen", "niets: het is een melding"},
	{"zsm.context", "context voor ZSM"},
	{"zsm.terugkoppeling", "terugkoppeling van ZSM over gegeven context"},
	{"verrijking.verzoek", "wat het huis weet van iemand"},
	{"bekend.vraag", "of wie gevraagd wordt hem kent"},
	{"bekend.antwoord", "of wie gevraagd is hem kent"},
};
const struct code_list list_vraag = {"vraag", vraag_codes, COUNT(vraag_codes)};

// Why somebody asks what is known about a person (R06, R41).
static const struct code aanleiding_codes[] = {
	{"veilig-thuis", "onderzoek van Veilig Thuis"},
	{"triage", "triageoverleg"},
	{"routeertafel", "Routeertafel"},
};
const struct code_list list_aanleiding = {"aanleiding", aanleiding_codes, COUNT(aanleiding_codes)};

// How somebody who was asked knows a person.
static const struct code betrokken_codes[] = {
	{"nu", "nu betrokken"},
	{"eerder", "eerder betrokken"},
};
const struct code_list list_betrokken = {"betrokken", betrokken_codes, COUNT(betrokken_codes)};

// Where a casus stands, as the dossier systems say it.
static const struct code casus_status_codes[] = {
	{"aangemeld", "aangemeld, nog niet opgepakt"},
	{"opgepakt", "opgepakt"},
	{"afgeschaald", "afgeschaald"},
	{"terugval", "weer opgepakt na terugval"},
	{"gesloten", "gesloten"},
};
const struct code_list list_casus_status = {"casus-status", casus_status_codes,
					    COUNT(casus_status_codes)};

// What lifts a professional secrecy; no ground of AVG art. 6.
static const struct code toestemming_grond_codes[] = {
	{"toestemming", "toestemming van de betrokkene of wie voor hem beslist"},
	{"conflict-van-plichten", "conflict van plichten, door de beroepsbeoefenaar verklaard"},
	{"meldrecht", "wettelijk meldrecht"},
	{"wettelijke-plicht", "wettelijke plicht"},
};
const struct code_list list_toestemming_grond = {"toestemming-grond", toestemming_grond_codes,
						 COUNT(toestemming_grond_codes)};

static const struct code toestemming_gever_codes[] = {
	{"betrokkene", "de betrokkene zelf"},
	{"gezagdrager", "wie het gezag heeft"},
	{"betrokkene-en-gezagdrager", "de betrokkene en wie het gezag heeft"},
	{"vertegenwoordiger", "curator, mentor of gemachtigde"},
};
const struct code_list list_toestemming_gever = {"toestemming-gever", toestemming_gever_codes,
						 COUNT(toestemming_gever_codes)};

// What became of an item on the agenda of an overleg.
static const struct code overleg_uitkomst_codes[] = {
	{"direct-belegd", "direct belegd bij een organisatie"},
	{"overdracht", "overgedragen"},
	{"triage", "naar het triageoverleg"},
	{"regie-zvh", "regie door het Veiligheidshuis"},
	{"teruggegeven", "teruggegeven aan de inbrenger"},
	{"geen-actie", "geen actie"},
};
const struct code_list list_overleg_uitkomst = {"overleg-uitkomst", overleg_uitkomst_codes,
						COUNT(overleg_uitkomst_codes)};

static const struct code overdracht_antwoord_codes[] = {
	{"aanvaard", "overgenomen"},
	{"teruggegeven", "niet overgenomen, teruggegeven"},
};
const struct code_list list_overdracht_antwoord = {"overdracht-antwoord", overdracht_antwoord_codes,
						   COUNT(overdracht_antwoord_codes)};

static const struct code noodtoets_uitkomst_codes[] = {
	{"terecht", "terecht verstrekt"},
	{"onterecht", "niet terecht verstrekt"},
};
const struct code_list list_noodtoets_uitkomst = {"noodtoets-uitkomst", noodtoets_uitkomst_codes,
						  COUNT(noodtoets_uitkomst_codes)};

// What the house makes of a melding of which nothing came.
static const struct code screening_uitkomst_codes[] = {
	{"geen-actie", "gescreend, geen actie"},
	{"elders", "gescreend, buiten het knooppunt belegd"},
	{"opnieuw", "opnieuw voorgelegd aan de convenanten die nu gelden"},
};
const struct code_list list_screening_uitkomst = {"screening-uitkomst", screening_uitkomst_codes,
						  COUNT(screening_uitkomst_codes)};

// How old whoever gave a toestemming is for: the bands of the WGBO.
static const struct code leeftijdsband_codes[] = {
	{"jonger-dan-12", "jonger dan 12 jaar"},
	{"12-tot-16", "12 tot 16 jaar"},
	{"16-en-ouder", "16 jaar en ouder"},
};
const struct code_list list_leeftijdsband = {"leeftijdsband", leeftijdsband_codes,
					     COUNT(leeftijdsband_codes)};

static const struct code toestemming_vorm_codes[] = {
	{"schriftelijk", "schriftelijk, getekend"},
	{"mondeling", "mondeling, vastgelegd in het dossier"},
	{"verklaring", "verklaring van de beroepsbeoefenaar"},
};
const struct code_list list_toestemming_vorm = {"toestemming-vorm", toestemming_vorm_codes,
						COUNT(toestemming_vorm_codes)};
