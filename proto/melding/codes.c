// SPDX-License-Identifier: EUPL-1.2
// Code lists of the melding as a whole, of roles and of parties.
#include "melding/tables.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

// Kinds of melding; who may send which is for the convenant, not for this list.
static const struct code soort_codes[] = {
	{"politie", "melding van de politie"},
	{"veilig-thuis", "melding van Veilig Thuis"},
	{"wth", "tijdelijk huisverbod"},
	{"partner", "melding van een convenantpartner"},
	{"mensenhandel", "melding mensenhandel"},
	{"radicalisering", "melding radicalisering"},
	{"arbeidsmigrant", "melding complexe arbeidsmigrant"},
	{"detentie.begin", "begin van detentie"},
	{"detentie.einde", "einde van detentie"},
	{"detentie.18b", "risico-informatie bij einde van detentie (art. 18b Pbw)"},
	{"zsm.aanmelding", "aanmelding vanuit ZSM"},
	{"aanmelding.levensloop", "aanmelding levensloopaanpak"},
};
const struct code_list list_soort = {"soort", soort_codes, COUNT(soort_codes)};

static const struct code thema_codes[] = {
	{"huiselijk-geweld", "huiselijk geweld"},
	{"kindermishandeling", "kindermishandeling"},
	{"ouderenmishandeling", "ouderenmishandeling"},
	{"stalking", "stalking"},
	{"verward-gedrag", "onbegrepen of verward gedrag"},
	{"overlast", "overlast"},
	{"verslaving", "verslaving"},
	{"detentie", "detentie en re-integratie"},
	{"radicalisering", "radicalisering en extremisme"},
	{"dreigende-eenling", "dreigende eenling"},
	{"mensenhandel", "mensenhandel"},
	{"arbeidsmigranten", "complexe arbeidsmigranten"},
	{"jeugd", "jeugd"},
	{"jeugdige-ondermijning", "jeugdige ondermijners"},
	{"jeugdgroep", "overlastgevende of criminele jeugdgroep"},
	{"high-impact-crime", "high impact crime"},
	{"levensloop", "levensloopaanpak"},
	{"multiproblematiek", "meervoudige problematiek"},
	{"overig", "overig"},
};
const struct code_list list_thema = {"thema", thema_codes, COUNT(thema_codes)};

// Maatschappelijke klassen of the police: the registration of an incident, never a diagnosis.
static const struct code klasse_codes[] = {
	{"E33", "overlast door persoon met verward gedrag"},
	{"E14", "poging tot zelfdoding"},
	{"I28", "niet-acute zorgmelding"},
	{"overig", "andere maatschappelijke klasse"},
};
const struct code_list list_klasse = {"klasse", klasse_codes, COUNT(klasse_codes)};

static const struct code urgentie_codes[] = {
	{"gewoon", "gewoon"},
	{"dringend", "dringend"},
};
const struct code_list list_urgentie = {"urgentie", urgentie_codes, COUNT(urgentie_codes)};

static const struct code rol_codes[] = {
	{"betrokkene", "betrokkene"},
	{"vermoedelijke-pleger", "vermoedelijke pleger"},
	{"verdachte", "verdachte"},
	{"slachtoffer", "slachtoffer"},
	{"kind", "kind"},
	{"ouder", "ouder of verzorger"},
	{"partner", "partner"},
	{"ex-partner", "ex-partner"},
	{"gezinslid", "ander gezinslid"},
	{"huisgenoot", "huisgenoot"},
	{"getuige", "getuige"},
	{"gedetineerde", "gedetineerde"},
};
const struct code_list list_rol = {"rol", rol_codes, COUNT(rol_codes)};

static const struct code leefgebied_codes[] = {
	{"huisvesting", "huisvesting"},
	{"inkomen", "inkomen"},
	{"werk", "werk"},
	{"dagbesteding", "dagbesteding"},
	{"opleiding", "opleiding"},
	{"identiteitsbewijs", "identiteitsbewijs"},
	{"schulden", "schulden"},
	{"zorg", "zorg"},
	{"verslaving", "verslaving"},
	{"gezin", "gezin en relaties"},
	{"sociaal-netwerk", "sociaal netwerk"},
	{"justitie", "politie en justitie"},
};
const struct code_list list_leefgebied = {"leefgebied", leefgebied_codes, COUNT(leefgebied_codes)};

// The values of JZV Meldingen 1.0.
static const struct code geslacht_codes[] = {
	{"man", "man"},
	{"vrouw", "vrouw"},
	{"anders", "anders"},
	{"onbekend", "onbekend"},
};
const struct code_list list_geslacht = {"geslacht", geslacht_codes, COUNT(geslacht_codes)};

static const struct code partner_soort_codes[] = {
	{"politie", "politie"},
	{"om", "Openbaar Ministerie"},
	{"reclassering", "reclassering"},
	{"dji", "Dienst Justitiële Inrichtingen"},
	{"pi", "penitentiaire inrichting"},
	{"rvdk", "Raad voor de Kinderbescherming"},
	{"halt", "Halt"},
	{"slachtofferhulp", "Slachtofferhulp Nederland"},
	{"veilig-thuis", "Veilig Thuis"},
	{"gecertificeerde-instelling", "gecertificeerde instelling"},
	{"jeugdhulp", "jeugdhulpaanbieder"},
	{"cjg", "Centrum voor Jeugd en Gezin"},
	{"gemeente", "gemeente"},
	{"ggz", "ggz-instelling"},
	{"verslavingszorg", "instelling voor verslavingszorg"},
	{"gehandicaptenzorg", "instelling voor gehandicaptenzorg"},
	{"ggd", "GGD"},
	{"maatschappelijk-werk", "maatschappelijk werk"},
	{"maatschappelijke-opvang", "maatschappelijke opvang"},
	{"zorgaanbieder", "andere zorgaanbieder"},
	{"huisarts", "huisartsenpraktijk"},
	{"zorgpraktijk", "kleine praktijk van een andere zorgverlener"},
	{"woningcorporatie", "woningcorporatie"},
	{"onderwijs", "school of leerplicht"},
	{"nctv", "NCTV"},
	{"riec", "RIEC"},
	{"veiligheidshuis", "Zorg- en Veiligheidshuis"},
	{"overig", "andere partner"},
};
const struct code_list list_partner_soort = {"partner-soort", partner_soort_codes,
					     COUNT(partner_soort_codes)};

// Acts of design §10. Two roles sign the same act; who signed first proposed it.
static const struct code act_soort_codes[] = {
	{"partner", "inschrijving van een partner of rol"},
	{"intrekking", "intrekking van een sleutel"},
	{"convenant", "inwerkingstelling van een convenant"},
	{"convenant-einde", "einde van een convenant"},
	{"wissing", "wissing op verzoek"},
	{"vernietigingsstop", "vernietigingsstop"},
	{"stop-einde", "einde van een vernietigingsstop"},
	{"codes-acceptatie", "codes aanvaard tot een dag"},
	{"herstel", "herstel uit een reservekopie"},
	{"nood", "noodverstrekking"},
	{"huissleutel", "nieuwe sleutel van het knooppunt"},
	{"huissleutel-einde", "einde van een sleutel van het knooppunt"},
	{"brief", "brief aan een betrokkene"},
};
const struct code_list list_act_soort = {"act-soort", act_soort_codes, COUNT(act_soort_codes)};

// What the privacy officer asks; named as the commands of knooppunt-audit.
static const struct code vraag_soort_codes[] = {
	{"inzage", "wat over een persoon wordt bewaard"},
	{"why", "waarom een rubriek werd verstrekt of niet"},
	{"sleutel", "wat een sleutel inzond en kon ontvangen"},
	{"gezien", "wie wat vroeg"},
	{"stromen", "wat van wie naar wie ging"},
	{"datalek", "wat een partner of sleutel in een tijd kreeg"},
	{"rapport", "aantallen per gemeente en thema"},
	{"toestemmingen", "wat een geheim opheft, en wat is ingetrokken"},
	{"noodverstrekkingen", "noodverstrekkingen en hun toetsing"},
	{"logboek", "wat is verwerkt, voor een logboek volgens een standaard"},
	{"search", "welke meldingen er zijn, zonder wat zij zeggen"},
	{"opvallend", "vragen zonder zaak of casus, en wie meer vroeg dan anders"},
	{"automatisch", "wat een regel zonder mens besliste"},
	{"vrije-tekst", "welke vrije tekst ging, en wie die vrijgaf"},
	{"jaarverslag", "aantallen van een jaar voor het jaarverslag privacy"},
	{"verzoeken", "verzoeken en hoe zij zijn afgehandeld"},
	{"verify", "het log zelf, om het te verifiëren"},
};
const struct code_list list_vraag_soort = {"vraag-soort", vraag_soort_codes,
					   COUNT(vraag_soort_codes)};

static const struct code verzoek_soort_codes[] = {
	{"inzage", "inzage"},   {"rectificatie", "rectificatie of aanvulling"},
	{"wissing", "wissing"}, {"beperking", "beperking van de verwerking"},
	{"bezwaar", "bezwaar"}, {"datalek", "datalek"},
};
const struct code_list list_verzoek_soort = {"verzoek-soort", verzoek_soort_codes,
					     COUNT(verzoek_soort_codes)};

static const struct code verzoek_wet_codes[] = {
	{"avg", "AVG"},
	{"wpg", "Wet politiegegevens"},
	{"wjsg", "Wet justitiële en strafvorderlijke gegevens"},
};
const struct code_list list_verzoek_wet = {"verzoek-wet", verzoek_wet_codes,
					   COUNT(verzoek_wet_codes)};

// For whom somebody speaks who makes a request, and what showed that he is who he says and may.
static const struct code verzoek_namens_codes[] = {
	{"zelf", "voor zichzelf"},
	{"gezag", "als ouder of voogd met gezag"},
	{"vertegenwoordiger", "als curator, bewindvoerder of mentor"},
	{"gemachtigde", "als gemachtigde"},
	{"advocaat", "als advocaat"},
};
const struct code_list list_verzoek_namens = {"verzoek-namens", verzoek_namens_codes,
					      COUNT(verzoek_namens_codes)};

static const struct code verzoek_identiteit_codes[] = {
	{"document", "geldig identiteitsbewijs getoond"},
	{"inlog", "ingelogd met een erkend inlogmiddel"},
	{"bekend", "in persoon verschenen en bekend bij het huis"},
	{"advocaat", "een advocaat staat ervoor in"},
};
const struct code_list list_verzoek_identiteit = {"verzoek-identiteit", verzoek_identiteit_codes,
						  COUNT(verzoek_identiteit_codes)};

static const struct code verzoek_bevoegdheid_codes[] = {
	{"gezagsregister", "gezagsregister ingezien"},
	{"beschikking", "beschikking van de rechter gezien"},
	{"machtiging", "ondertekende machtiging gezien"},
	{"tableau", "ingeschreven op het tableau van de advocaten"},
};
const struct code_list list_verzoek_bevoegdheid = {"verzoek-bevoegdheid", verzoek_bevoegdheid_codes,
						   COUNT(verzoek_bevoegdheid_codes)};

static const struct code afhandeling_uitkomst_codes[] = {
	{"toegewezen", "toegewezen"},
	{"gedeeltelijk", "gedeeltelijk toegewezen"},
	{"geweigerd", "geweigerd"},
	{"gemeld", "gemeld bij de Autoriteit Persoonsgegevens"},
	{"niet-gemeld", "hoeft niet te worden gemeld"},
	{"ingetrokken", "ingetrokken"},
	{"verlengd", "termijn verlengd"},
};
const struct code_list list_afhandeling_uitkomst = {
	"afhandeling-uitkomst", afhandeling_uitkomst_codes, COUNT(afhandeling_uitkomst_codes)};

// Of what a melding says, by its source or the house.
static const struct code correctie_codes[] = {
	{"onjuist", "is niet zo"},
	{"aangevuld", "er is een verklaring bij gelegd"},
	{"beperkt", "wordt bewaard en niet gebruikt"},
	{"opgeheven", "mag weer worden gebruikt"},
};
const struct code_list list_correctie = {"correctie", correctie_codes, COUNT(correctie_codes)};

// What is told to who was given something before (wire/part.h, enum verstrekking_soort).
static const struct code rechtzetting_codes[] = {
	{"onjuist", "is niet zo: niet gebruiken"},
	{"aangevuld", "er is een verklaring bij gelegd"},
	{"beperkt", "bewaren en niet gebruiken"},
	{"opgeheven", "mag weer worden gebruikt"},
	{"ingetrokken", "de toestemming is ingetrokken: niet verder gebruiken"},
	{"gewist", "is vernietigd: vernietigen"},
};
const struct code_list list_rechtzetting = {"rechtzetting", rechtzetting_codes,
					    COUNT(rechtzetting_codes)};

static const struct code opvolging_antwoord_codes[] = {
	{"verwerkt", "verwerkt"},
	{"niet-aanwezig", "niets meer van aanwezig"},
	{"niet-verwerkt", "niet verwerkt"},
};
static const struct code informeren_uitkomst_codes[] = {
	{"geinformeerd", "geïnformeerd, of wist het al (AVG art. 14 lid 5 onder a)"},
	{"uitgesteld", "uitgesteld tot een dag, op een grond"},
};
const struct code_list list_informeren_uitkomst = {"informeren-uitkomst", informeren_uitkomst_codes,
						   COUNT(informeren_uitkomst_codes)};

// Why somebody is not informed yet. Not confirmed by a jurist.
static const struct code uitstel_grond_codes[] = {
	{"nationale-veiligheid", "nationale veiligheid (UAVG art. 41 lid 1 a; Wpg art. 27 lid 1)"},
	{"openbare-veiligheid", "openbare veiligheid (UAVG art. 41 lid 1 c; Wpg art. 27 lid 1)"},
	{"onderzoek",
	 "voorkomen, onderzoeken of vervolgen van strafbare feiten (UAVG art. 41 lid 1 "
	 "d; Wpg art. 27 lid 1)"},
	{"bescherming-betrokkene", "bescherming van de betrokkene (UAVG art. 41 lid 1 i)"},
	{"rechten-anderen", "rechten en vrijheden van anderen (UAVG art. 41 lid 1 i; Wpg art. 27 "
			    "lid 1)"},
	{"doel-in-gevaar", "het doel raakt ernstig in gevaar (AVG art. 14 lid 5 b)"},
	{"beroepsgeheim", "beroepsgeheim (AVG art. 14 lid 5 d)"},
};
const struct code_list list_uitstel_grond = {"uitstel-grond", uitstel_grond_codes,
					     COUNT(uitstel_grond_codes)};

static const struct code volgen_uitkomst_codes[] = {
	{"gevolgd", "er is gekeken hoe het gaat"},
	{"beeindigd", "volgen is niet langer nodig"},
};
const struct code_list list_volgen_uitkomst = {"volgen-uitkomst", volgen_uitkomst_codes,
					       COUNT(volgen_uitkomst_codes)};

const struct code_list list_opvolging_antwoord = {"opvolging-antwoord", opvolging_antwoord_codes,
						  COUNT(opvolging_antwoord_codes)};
