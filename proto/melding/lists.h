// SPDX-License-Identifier: EUPL-1.2
// The closed lists of a melding, in one place: rubrieken with their velden, statement types with
// theirs (types.def), regimes and all code lists. A number or code never changes its meaning; later
// work adds rows. Everything that reads or writes a melding (validation, JSON, convenant, letters)
// is driven by these tables. Source of the terms: design §2; the field's own words in the yearly
// reports of the Limburg Veiligheidshuizen; VNG "JZV Meldingen" 1.0; Logius OIN and BSN rules.
#ifndef KNP_MELDING_LISTS_H
#define KNP_MELDING_LISTS_H

#include "base/bytes.h"

#define BETROKKENEN_MAX 16
#define OUTCOME_LEN_MAX 32 // of a weging: what a convenant asks and what is given
#define ACK_ITEMS_MAX 512  // deliveries confirmed in one statement

enum rubriek_soort {
	RUBRIEK_KENMERKEN = 1,
	RUBRIEK_BETROKKENHEID = 2, // rol, woongemeente
	RUBRIEK_IDENTIFICATIE = 3, // name, birth date, sex
	RUBRIEK_BSN = 4,
	RUBRIEK_KETENNUMMER = 5, // SKN, V-nummer
	RUBRIEK_CONTACT = 6,
	RUBRIEK_VERBLIJFADRES = 7,
	RUBRIEK_CONTACT_PROFESSIONAL = 8,
	RUBRIEK_INCIDENT = 9,
	RUBRIEK_STRAFRECHTELIJK = 10,
	RUBRIEK_GEZONDHEID = 11,
	RUBRIEK_DETENTIE = 12,
	RUBRIEK_LEEFGEBIEDEN = 13,
	RUBRIEK_GEZINSSYSTEEM = 14,
	RUBRIEK_REGIE = 15,
	RUBRIEK_ZSM_ADVIES = 16,
	RUBRIEK_VOORWAARDEN = 17,
	RUBRIEK_TOELICHTING = 18, // free text
	RUBRIEK_MELDER = 19,
	RUBRIEK_MEDEWERKER = 20,
	RUBRIEK_HERKOMST = 21, // which organisation it comes from; never sent, stated by header
	RUBRIEK_NAMENS = 22,   // the partner without keys of its own that the house entered it for
	RUBRIEK_VERRIJKING_EERDER = 40,    // earlier meldingen: same day, 30 days, 365 days
	RUBRIEK_VERRIJKING_SAMENLOOP = 41, // another source reported the same person
	RUBRIEK_VERRIJKING_HUIS =
		42, // responsible house by woongemeente; betrokkene 0: by incident
	RUBRIEK_VERRIJKING_CASUS = 43, // the casus of this person in which the ontvanger takes part
	// answers to zsm.context, about who is asked after
	RUBRIEK_VERRIJKING_PGA = 44,
	RUBRIEK_VERRIJKING_ADVIES = 45,
	RUBRIEK_VERRIJKING_REGISSEUR = 46,
	RUBRIEK_VERRIJKING_TERUGKOPPELING = 47, // what became of such an answer
	RUBRIEK_BEKEND_VRAAG = 48,              // whether an ontvanger knows who is asked after
	RUBRIEK_BEKEND_ANTWOORD = 49,           // that somebody who was asked does
	RUBRIEK_BEKEND_CONTACT = 50,            // and whom to call there
};
#define RUBRIEK_SOORT_MAX 63 // numbers are 1..63, so that counters fit a fixed array
#define VELD_NUMBER_MAX 63   // likewise for the velden of a rubriek or statement

enum regime {
	REGIME_AVG = 1,
	REGIME_WPG = 2,
	REGIME_WJSG_STRAFVORDERLIJK = 3,
	REGIME_WJSG_TENUITVOERLEGGING = 4,
	REGIME_WGBO = 5,
	REGIME_JEUGDWET = 6,
	REGIME_WMO_VT = 7,
};

// TYPE_MELDING and the others, of melding/types.def.
enum statement_type {
#define VELD(...)
#define TYPE(NAME, name, number, ...) TYPE_##NAME = number,
#include "melding/types.def"
#undef TYPE
#undef VELD
};

// ID_CASUS names a casus in a dossier system ("pgax:123"), the others a person.
enum identificatie_soort { ID_BSN = 1, ID_SKN = 2, ID_VNUMMER = 3, ID_CASUS = 4 };

enum veld_kind {
	VELD_TEXT,      // clean UTF-8, may have several lines
	VELD_LINE,      // clean UTF-8 on one line
	VELD_CODE,      // a code of `list`
	VELD_DATE,      // YYYY-MM-DD
	VELD_TIME,      // RFC 3339 with offset
	VELD_JANEE,     // "ja" or "nee"
	VELD_NUMBER,    // decimal, min..max
	VELD_GEMEENTE,  // GM0000..GM9999 of the code table
	VELD_BSN,       // 9 digits, 11-proef
	VELD_POSTCODE,  // 1234AB
	VELD_OIN,       // 20 characters
	VELD_NAME,      // [a-z0-9.-], functie or regel names
	VELD_REFERENCE, // opaque [A-Za-z0-9._:-]
	VELD_BINARY,    // exactly `max` bytes
	VELD_NOTE,      // a signed note
};

struct code {
	const char *code;
	const char *text; // Dutch, for letters and pages
};
struct code_list {
	const char *name;
	const struct code *codes;
	size_t count;
};

#define ENTRY_MAX UINT32_MAX // of log indices and delivery numbers, as a client names them
struct veld_row {
	uint32_t veld;
	const char *name;
	enum veld_kind kind;
	const struct code_list *list; // VELD_CODE
	// Texts: length in bytes. Numbers: value. Dates and times: max is how many days after today
	// they may lie. Others: zero.
	uint32_t min, max;
	uint32_t at_most; // how often it may occur
	bool required;
};

struct rubriek_row {
	enum rubriek_soort soort;
	const char *name;    // "identificatie", "verrijking.eerder"
	const char *caption; // Dutch, for people
	bool of_betrokkene;  // else it belongs to the incident
	bool by_knooppunt;   // only the knooppunt may state it
	uint32_t at_most;    // per betrokkene or incident
	uint32_t regimes;    // bit set of allowed regimes (1 << regime)
	const struct veld_row *velden;
	size_t veld_count;
};

struct type_row {
	enum statement_type type;
	const char *name;
	bool has_slots;
	bool logged;        // its first outcome becomes an entry
	int64_t max_age_ms; // 30 days for meldingen, 10 minutes for requests
	const struct veld_row *velden;
	size_t veld_count;
	bool by_library; // sent by the client library of its own accord
};

// Rows by number or name; NULL when it is not on the list.
const struct rubriek_row *rubriek_row(uint32_t soort);
const struct rubriek_row *rubriek_row_named(struct bytes name);
const struct type_row *type_row(uint32_t type);
bool type_by_library(uint32_t type); // false for one that is not on the list
const struct veld_row *veld_row(const struct veld_row *rows, size_t count, uint32_t veld);
const struct veld_row *veld_row_named(const struct veld_row *rows, size_t count, struct bytes name);
const char *regime_name(uint32_t regime);
enum result regime_parse(struct bytes name, enum regime *ret_regime) KNP_MUST_CHECK;
const struct code_list *code_list_named(struct bytes name);
const struct code *code_find(const struct code_list *list, struct bytes code);
// The n-th row, NULL past the end: for documentation, the specification's tables and tests.
const struct rubriek_row *rubriek_row_at(size_t n);
const struct type_row *type_row_at(size_t n);
const struct code_list *code_list_at(size_t n);

// Numbers of velden that code refers to by name (the rest is reached through the tables).
enum {
	KENMERK_SOORT = 1,
	KENMERK_THEMA = 2,
	KENMERK_KLASSE = 3,
	KENMERK_URGENTIE = 4,
	KENMERK_STRAFRECHT = 5,
	KENMERK_GEMEENTE = 6,
	KENMERK_TIJDSTIP = 7,
	KENMERK_REGISTRATIENUMMER = 8,
	KENMERK_TERUGKOPPELING = 9,
	KENMERK_BETROKKENEN = 10,
	KENMERK_OVERLEG = 11,
	// minderjarig is the sender's own statement, for a person whose birth date nobody knows
	BETROKKENHEID_ROL = 1,
	BETROKKENHEID_WOONGEMEENTE = 2,
	BETROKKENHEID_MINDERJARIG = 3,
	BETROKKENHEID_VERBLIJFGEMEENTE = 4,
	IDENTIFICATIE_VOORNAMEN = 1,
	IDENTIFICATIE_VOORVOEGSEL = 2,
	IDENTIFICATIE_GESLACHTSNAAM = 3,
	IDENTIFICATIE_GEBOORTEDATUM = 4,
	IDENTIFICATIE_GESLACHT = 5,
	IDENTIFICATIE_GEBOORTEJAAR = 8,
	BSN_WAARDE = 1,
	KETENNUMMER_SOORT = 1,
	KETENNUMMER_WAARDE = 2,
	VERBLIJFADRES_STRAAT = 1,
	VERBLIJFADRES_HUISNUMMER = 2,
	VERBLIJFADRES_POSTCODE = 4,
	VERBLIJFADRES_AFGESCHERMD = 6,
	INCIDENT_BEGIN = 1,
	INCIDENT_EINDE = 2,
	INCIDENT_STRAAT = 5,
	INCIDENT_HUISNUMMER = 6,
	INCIDENT_POSTCODE = 8,
	DETENTIE_BEGIN = 2,
	DETENTIE_EINDE = 3,
	LEEFGEBIEDEN_AANDACHT = 1,
	LEEFGEBIEDEN_OP_ORDE = 2,
	LEEFGEBIEDEN_HULPVRAAG = 3,
	GEZINSSYSTEEM_RELATIE = 1,
	GEZINSSYSTEEM_MET = 2,
	VOORWAARDEN_BEGIN = 2,
	VOORWAARDEN_EINDE = 3,
	TOELICHTING_TEKST = 1,
	MEDEWERKER_REFERENTIE = 1,
	NAMENS_PARTNER = 1,
	NAMENS_FUNCTIE = 2,
	NAMENS_MEDEWERKER = 3,
	NAMENS_SOORT = 4,
	HERKOMST_OIN = 1,
	HERKOMST_NAAM = 2,
	HERKOMST_SOORT = 3,
	EERDER_DAG = 1,
	EERDER_30 = 2,
	EERDER_365 = 3,
	SAMENLOOP_VELD = 1,
	HUIS_NAAM = 1,
	VERRIJKING_CASUS_DEELNEMER = 1,
	VERRIJKING_CASUS_STATUS = 2,
	VERRIJKING_CASUS_SINDS = 3,
	VERRIJKING_CASUS_NIVEAU = 4,
	VERRIJKING_CASUS_AVE = 5,
	VERRIJKING_CASUS_TOP_X = 6,
	VERRIJKING_CASUS_PGA = 7,
	VERRIJKING_CASUS_WTH = 8,
	VERRIJKING_CASUS_LEVENSLOOP = 9,
	VERRIJKING_PGA_SINDS = 1,
	VERRIJKING_PGA_AVE = 2,
	VERRIJKING_PGA_NIVEAU = 3,
	VERRIJKING_ADVIES_ADVIES = 1,
	VERRIJKING_ADVIES_TEKST = 2,
	VERRIJKING_ADVIES_AFSPRAAK = 3,
	VERRIJKING_ADVIES_DOOR = 4,
	VERRIJKING_ADVIES_DATUM = 5,
	VERRIJKING_ADVIES_GELDIG_TOT = 6,
	VERRIJKING_REGISSEUR_PROCESREGISSEUR = 1,
	VERRIJKING_REGISSEUR_TELEFOON = 2,
	VERRIJKING_REGISSEUR_CASUSREGISSEUR = 3,
	VERRIJKING_REGISSEUR_CASUSTELEFOON = 4,
	VERRIJKING_REGISSEUR_BEREIKBAAR = 5,
	VERRIJKING_REGISSEUR_BELLEN = 6,
	VERRIJKING_REGISSEUR_VANAF = 7,
	VERRIJKING_REGISSEUR_CASUSBEREIKBAAR = 8,
	VERRIJKING_REGISSEUR_CASUSVANAF = 9,
	VERRIJKING_REGISSEUR_PIKET = 10,
	VERRIJKING_TERUGKOPPELING_CASUS = 1,
	VERRIJKING_TERUGKOPPELING_GEVRAAGD = 2,
	VERRIJKING_TERUGKOPPELING_GEBRUIKT = 3,
	VERRIJKING_TERUGKOPPELING_REDEN = 4,
	VERRIJKING_TERUGKOPPELING_AFDOENING = 5,
	VERRIJKING_TERUGKOPPELING_VOORWAARDE = 6,
	BEKEND_VRAAG_ENTRY = 1,
	BEKEND_VRAAG_VRAGER = 2,
	BEKEND_VRAAG_UITERLIJK = 3,
	BEKEND_VRAAG_AANLEIDING = 4,
	BEKEND_BIJ_ENTRY = 1,
	BEKEND_BIJ_DOOR = 2,
	BEKEND_BIJ_BETROKKEN = 3,
	BEKEND_CONTACT_TELEFOON = 1,
	BEKEND_CONTACT_BEREIKBAAR = 2,
#define VELD(type, veld, number, ...) type##_##veld = number,
#define TYPE(NAME, name, number, slots, logged, by_library, age, ...) __VA_ARGS__
#include "melding/types.def"
#undef TYPE
#undef VELD
};

#endif
