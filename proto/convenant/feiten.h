// SPDX-License-Identifier: EUPL-1.2
// The published list of attributes a regel may test, and the facts of one case. Values are finite
// (codes, ja/nee) or ordered (numbers), so that everything about all meldingen can be answered by
// enumeration. An attribute may be not known: its tests then say "cannot tell".
#ifndef KNP_CONVENANT_FEITEN_H
#define KNP_CONVENANT_FEITEN_H

#include "base/arena.h"
#include "base/clock.h"
#include "keys/keys.h"
#include "melding/lists.h"

enum attribuut {
	// of the melding
	ATTRIBUUT_SOORT = 1,
	ATTRIBUUT_THEMA = 2, // may have several values
	ATTRIBUUT_KLASSE = 3,
	ATTRIBUUT_URGENTIE = 4,
	ATTRIBUUT_STRAFRECHT = 5,
	ATTRIBUUT_GEMEENTE = 6,     // of the incident
	ATTRIBUUT_HUIS = 7,         // Veiligheidshuis responsible for that gemeente
	ATTRIBUUT_BRON = 8,         // partij of the convenant that sent it
	ATTRIBUUT_BRON_SOORT = 9,   // kind of partner that sent it
	ATTRIBUUT_BETROKKENEN = 10, // number of betrokkenen
	ATTRIBUUT_OVERLEG = 11,     // tables it was brought to, by its source or by another table
	ATTRIBUUT_KLASSEN = 12,     // the klasse and every wider one; may have several values
	ATTRIBUUT_INCIDENT_AFGESCHERMD = 13, // it may have been at a protected address
	ATTRIBUUT_VRAAG = 14,                // what is asked; "geen": it is a melding
	ATTRIBUUT_VRAGER = 15,               // "partij/functie" that asked
	// of a betrokkene
	ATTRIBUUT_ROL = 20,
	ATTRIBUUT_MINDERJARIG = 21,
	ATTRIBUUT_WOONGEMEENTE = 22,
	ATTRIBUUT_WOONHUIS = 23,
	ATTRIBUUT_IDENTIFICEERBAAR = 24, // a BSN or chain number is in the melding
	ATTRIBUUT_EERDER_DAG = 25,       // number of earlier meldingen on the same day
	ATTRIBUUT_EERDER_30 = 26,        // in the 30 days before
	ATTRIBUUT_EERDER_365 = 27,       // in the 365 days before
	ATTRIBUUT_SAMENLOOP = 28,   // another source reported this person in the 30 days before
	ATTRIBUUT_LEEFGEBIED = 29,  // may have several values
	ATTRIBUUT_AFGESCHERMD = 30, // the address is protected
	ATTRIBUUT_CASUS_STATUS = 31,
	ATTRIBUUT_AVE = 32, // level 1..4
	ATTRIBUUT_TOP_X = 33,
	ATTRIBUUT_PGA = 34,
	ATTRIBUUT_WTH = 35, // followed after a huisverbod
	ATTRIBUUT_LEVENSLOOP = 36,
	ATTRIBUUT_REGIE = 37,              // "partij/functie" with the procesregie
	ATTRIBUUT_CASUSREGIE = 38,         // likewise, of the casusregisseur
	ATTRIBUUT_INBRENGER = 39,          // who brought the casus in; several
	ATTRIBUUT_EERDERE_ONTVANGERS = 40, // in the 365 days before; several
	ATTRIBUUT_LEEFTIJD = 41,           // years, on the day of receipt
	ATTRIBUUT_VERBLIJFGEMEENTE = 42,
	ATTRIBUUT_REGIE_NIVEAU = 43,
	ATTRIBUUT_ZSM_ADVIES = 44, // an advice for ZSM was given beforehand, and is valid
	ATTRIBUUT_BEKEND = 45,     // who was asked knows this person
};
#define ATTRIBUUT_COUNT 46            // array bound: numbers are below it
#define ATTRIBUUT_BETROKKENE_FIRST 20 // those of a melding are below it, the others not

enum attribuut_kind {
	ATTRIBUUT_IS_CODE,
	ATTRIBUUT_IS_JANEE,
	ATTRIBUUT_IS_NUMBER,
	ATTRIBUUT_IS_NAME,
	ATTRIBUUT_IS_GEMEENTE,  // "GM1883"
	ATTRIBUUT_IS_PARTIJ,    // short name of a partij of the convenant
	ATTRIBUUT_IS_ONTVANGER, // "partij/functie" of the convenant
	ATTRIBUUT_IS_OVERLEG,   // name of an overleg of the convenant
};

struct attribuut_row {
	enum attribuut attribuut;
	const char *name;    // as in the convenant: "soort", "minderjarig", "eerder.30"
	const char *caption; // Dutch, for `why`
	bool of_betrokkene;
	bool several; // may have more than one value; else more than one counts as not known
	enum attribuut_kind kind;
	const char *list; // name of the code list (melding/lists.h), NULL unless a code
};
const struct attribuut_row *attribuut_row(uint32_t attribuut); // NULL when not on the list
const struct attribuut_row *attribuut_row_named(struct bytes name);
const struct attribuut_row *attribuut_row_at(size_t n); // NULL past the end

// Where a knooppunt of this version finds the attribute out, as the page of the language says it;
// NULL: it is none. Who makes one known (daemon/flow) writes here from what.
const char *attribuut_source(enum attribuut attribuut);

#define FEIT_WAARDEN_MAX 16
#define FEIT_HERKOMST_MAX 64

struct feit {
	bool bekend;                            // false: not known, waarde_count is 0
	bool te_veel;                           // more values were added than fit: stays not known
	struct bytes waarden[FEIT_WAARDEN_MAX]; // as text; known with none: "no value given"
	size_t waarde_count;
	uint64_t herkomst[FEIT_HERKOMST_MAX]; // entries it was computed from, besides this melding
	size_t herkomst_count;
	bool voorlopig; // it was found by a row of the code tables that nobody confirmed
};

// An outcome of a weging that was given for this melding. It counts for the weging that `regel`
// requires, so also for the regels that share it. What was given for one betrokkene goes before
// what was given for the melding as a whole; outcomes that contradict each other let nothing pass.
struct weging_feit {
	struct bytes regel, uitkomst;
	uint32_t betrokkene; // 0: the melding as a whole
};

// What lifts a professional secrecy: it was given, and not withdrawn.
struct toestemming_feit {
	uint32_t betrokkene;   // 1..n
	struct bytes grond;    // of the list "toestemming-grond"
	struct bytes gever;    // of the list "toestemming-gever"; empty when the grond has none
	struct bytes doel;     // a name; empty: none was said
	struct oin bron;       // whose secrecy; empty: of every source
	struct oin oin;        // for whom; empty: for every ontvanger
	struct bytes functie;  // of `oin`; empty: every one
	uint32_t rubriek;      // 0: every rubriek
	bool has_van, has_tot; // days, both inclusive
	struct civil_date van, tot;
};

// A signed act that activated a regel of kind nood, for one betrokkene and one ontvanger.
struct nood_feit {
	struct bytes regel;
	uint32_t betrokkene; // 1..n
	struct oin oin;
	struct bytes functie;
	int64_t van, tot; // wall milliseconds, both inclusive
};

// Everything a decision rests on. Big: feiten_new() takes no more of it than the betrokkenen need.
struct feiten {
	struct feit melding[ATTRIBUUT_BETROKKENE_FIRST];
	size_t betrokkenen;
	size_t room;     // highest betrokkene there is memory for; 0: all of them
	struct oin bron; // who sent it
	// The functies of the key that signed it; none means every functie of `bron` is the sender.
	// A gemeente's OOV and Wmo are different ears: what OOV sends may come to Wmo.
	struct bytes bron_functies[FUNCTIES_MAX];
	size_t bron_functie_count;
	bool oefening; // the log's genesis says oefening: partijen that did not sign take part
	struct weging_feit *wegingen;
	size_t weging_count;
	struct toestemming_feit *toestemmingen;
	size_t toestemming_count;
	bool toestemmingen_bekend; // those are all there are; else others may have been given
	struct nood_feit *noden;
	size_t nood_count;
	// Under which regimes the rubrieken of a soort at a place are held: a bit (1 << regime) for
	// each; none: not known.
	uint8_t regimes[BETROKKENEN_MAX + 1][RUBRIEK_SOORT_MAX + 1];
	// Where nothing of a rubriek may be given whatever a regel says, because it is not so or
	// may not be used: a bit for each betrokkene, the lowest for the incident. At
	// RUBRIEK_BERICHT: not even that there is a melding, or that it comes on an agenda.
	uint32_t gesloten[RUBRIEK_SOORT_MAX + 1];
	size_t correcties; // how often its source or the house said so, or otherwise
	int64_t now;       // the moment of the decision, wall milliseconds
	// [1..betrokkenen], from attribute ATTRIBUUT_BETROKKENE_FIRST on; last
	struct feit betrokkene[BETROKKENEN_MAX + 1][ATTRIBUUT_COUNT - ATTRIBUUT_BETROKKENE_FIRST];
};

// Facts of so many betrokkenen, of which nothing is known yet. RESULT_TOO_LARGE, RESULT_NO_MEMORY.
enum result feiten_new(size_t betrokkenen, struct arena *arena,
		       struct feiten **ret_feiten) KNP_MUST_CHECK;

// A copy to be filled in further: what its lists point to stays that of `from`.
enum result feiten_copy(const struct feiten *from, struct arena *arena,
			struct feiten **ret_feiten) KNP_MUST_CHECK;

// The fact an attribute refers to (betrokkene ignored for facts of the melding), or NULL.
const struct feit *feiten_get(const struct feiten *feiten, enum attribuut attribuut,
			      uint32_t betrokkene);
// The same, to be filled in. NULL for an attribute not on the list or a betrokkene there is no
// memory for (0 for an attribute of a betrokkene).
struct feit *feiten_at(struct feiten *feiten, enum attribuut attribuut, uint32_t betrokkene);
// Sets one text value (replacing what was there); the view must outlive the facts.
void feit_set(struct feit *feit, struct bytes waarde);
// Known, with no value: "no value was given".
void feit_set_none(struct feit *feit);
// Adds a further value; beyond FEIT_WAARDEN_MAX the fact turns to not known and stays so, because a
// decision may never rest on part of the values.
void feit_add(struct feit *feit, struct bytes waarde);

#endif
