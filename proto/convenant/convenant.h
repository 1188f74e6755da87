// SPDX-License-Identifier: EUPL-1.2
// The convenant: partijen and regels in a YAML file that a privacy officer can read beside the
// signed paper, and the decision per (melding, ontvanger, betrokkene, rubriek). Pure: used by core,
// by the beheerder's check and at the officer's desk. design.md §8 is the language.
#ifndef KNP_CONVENANT_CONVENANT_H
#define KNP_CONVENANT_CONVENANT_H

#include "base/clock.h"
#include "base/problem.h"
#include "codes/codes.h"
#include "codes/kalender.h"
#include "convenant/feiten.h"
#include "wire/part.h"

struct convenant; // opaque, immutable after loading

#define ONTVANGERS_MAX 128 // of one convenant
#define REGELS_MAX 512
#define OVERLEGGEN_MAX 64
#define GROND_TEXT_MAX 1024 // bytes of what goes into parts: artikel, doel, the six of Wpg 20
#define GRONDSLAGEN_MAX 64  // of one regel, likewise
// Bytes of what one verstrekking may have to say of its grounds (gronden.c): with them a melding of
// 64 KiB of rubrieken still fits into an envelope, whoever it goes to.
#define GRONDEN_MAX (160 * 1024)
#define CONVENANT_MAX (1u << 20) // bytes of the document

// A partner and a functie of it: "a gemeente's Wmo, OOV and nazorg are different ears".
struct ontvanger {
	struct oin oin;
	char functie[FUNCTIE_MAX + 1];
};
bool ontvanger_equal(const struct ontvanger *a, const struct ontvanger *b);

// Loads, checks and runs the tests (`proeven`) that stand beside the regels. The document's exact
// bytes are its identity. RESULT_CONFIG with file, line, field, reason and fix; a failing proef is
// REASON_TEST_FAILED and names the regel. RESULT_NO_MEMORY.
enum result convenant_load(struct bytes document, const char *file,
			   struct convenant **ret_convenant,
			   struct problem *problem) KNP_MUST_CHECK;
// The same beside the code tables of a house: for the fix of a gemeente that is no code, and for
// which regels rest on a row that nobody confirmed (berust.h).
enum result convenant_load_beside(struct bytes document, const char *file,
				  const struct codes *codes, struct convenant **ret_convenant,
				  struct problem *problem) KNP_MUST_CHECK;
void convenant_free(struct convenant *convenant); // NULL allowed

// Forms of the language that ask more of a knooppunt than giving and withholding: obligations,
// agendas, notices, or facts it has to find out.
enum vorm {
	VORM_AGENDEER = 1 << 0,
	VORM_MELD = 1 << 1,
	VORM_TOESTEMMING = 1 << 2,
	VORM_OVERDRACHT = 1 << 3,
	VORM_PLICHT = 1 << 4,
};
unsigned convenant_vormen(const struct convenant *convenant); // what its regels use
// Whether some regel looks at this attribute, in a test or as a rol or gemeente of an ontvanger.
bool convenant_asks(const struct convenant *convenant, enum attribuut attribuut);

const char *convenant_name(const struct convenant *convenant);
struct hash convenant_hash(const struct convenant *convenant); // SHA-256 of the document
bool convenant_is_signed(const struct convenant *convenant);   // every partij signed
struct bytes convenant_document(const struct convenant *convenant);

// What the convenant says of itself, once. The texts live as long as the convenant. wpg20: the six
// elements of the decision of Wpg art. 20, recorded with every decision that gives something.
struct convenant_text {
	const char *convenant, *versie, *status, *doel, *contactpunt;
	size_t huis;                    // index of the partij that is the house
	const char *wpg20[WPG20_COUNT]; // in the order of the law
};
const struct convenant_text *convenant_text(const struct convenant *convenant);
// The name of the n-th of the six, as in the file; NULL past the end.
const char *convenant_wpg20_name(size_t n);

struct partij {
	const char *partij; // short name used in regels
	const char *naam;
	struct oin oin;
	const char *soort;
	const char *gemeente; // GM code or NULL
	const char *const *functies;
	size_t functie_count;
	bool getekend;
	const char *getekend_door, *getekend_op; // NULL when not signed
	const char *pdf;                         // SHA-256 of the signed paper in hex, or NULL
	const char *invoer; // functie of the house that may enter meldingen for it, or NULL: none
};
// The first partij that signs after `today`, and so has not signed yet; NULL: there is none.
const struct partij *convenant_signs_later(const struct convenant *convenant,
					   struct civil_date today);
size_t convenant_partij_count(const struct convenant *convenant);
const struct partij *convenant_partij(const struct convenant *convenant, size_t n);
const struct partij *convenant_partij_of(const struct convenant *convenant, const struct oin *oin);
// Every (partij, functie), in the order of the file; returns the count.
size_t convenant_ontvangers(const struct convenant *convenant,
			    const struct ontvanger **ret_ontvangers);

// Values of an attribute; count 0: any.
struct grenzen {
	const struct bytes *waarden;
	size_t count;
};
// A table: who sits there, when, and what for. Regels of kind agendeer put meldingen on its agenda,
// and only of these themas and gemeenten of the incident: loading sees to that.
struct overleg {
	const char *overleg;
	struct ontvanger voorzitter;
	const struct ontvanger
		*medevoorzitters; // are leden: each chairs what its partij brought in
	size_t medevoorzitter_count;
	const struct ontvanger *leden;
	size_t lid_count;
	const char *kalender; // as written, or NULL
	struct kalender rooster;
	unsigned aanvang;        // minutes of the day
	struct termijn sluiting; // how long before a sitting its agenda closes
	bool has_sluiting;
	struct termijn overdracht; // within which who is handed an item takes it over
	const char *triage;        // overleg to which its uitkomst triage takes an item, or NULL
	struct grenzen themas, gemeenten;
	unsigned line;
};
// Who chairs what this source sent: the voorzitter or mede-voorzitter of that OIN, else the
// voorzitter.
const struct ontvanger *overleg_voorzitter(const struct overleg *overleg, const struct oin *bron);
// Voorzitter, mede-voorzitter or lid.
bool overleg_seats(const struct overleg *overleg, const struct ontvanger *ontvanger);
// The day of the sitting on whose agenda comes what is brought at this moment (days since 1970);
// false: its days are not known.
bool overleg_zitting(const struct overleg *overleg, int64_t at, int64_t *ret_day);
// The last moment of a day in Amsterdam: until then its sitting may say what became of an item.
int64_t zitting_einde(int64_t day);
// NULL when there is none of this name.
const struct overleg *convenant_overleg_named(const struct convenant *convenant, struct bytes name);
size_t convenant_overleg_count(const struct convenant *convenant);
const struct overleg *convenant_overleg(const struct convenant *convenant, size_t n);

enum regel_soort {
	REGEL_VERSTREK,
	REGEL_VERBIED,
	REGEL_VEREIS,
	REGEL_AGENDEER,
	REGEL_MELD,
	REGEL_NOOD,
};
// Whether a regel of this kind withholds (verbied, vereis); else it gives.
bool regel_soort_forbids(enum regel_soort soort);
// What a regel says of itself, for parts, `why` and letters.
struct regel_text {
	const char *regel, *convenantartikel, *herkomst, *doel;
	const char *const *grondslag;
	size_t grondslag_count;
	enum regel_soort soort;
	const char *laag;      // or NULL
	bool doorverstrekking; // who receives by it may give it on
	unsigned line;
};
size_t convenant_regel_count(const struct convenant *convenant);
const struct regel_text *convenant_regel(const struct convenant *convenant, size_t n);
// Index of a regel by name; RESULT_NOT_FOUND.
enum result convenant_regel_named(const struct convenant *convenant, struct bytes name,
				  size_t *ret_n) KNP_MUST_CHECK;

// The first regel that may give this rubriek to somebody on this day; RESULT_NOT_FOUND.
enum result convenant_gives(const struct convenant *convenant, uint32_t rubriek,
			    struct civil_date on, size_t *ret_n) KNP_MUST_CHECK;

// The weging a regel requires: who gives it, which outcome lets it pass, within which time. Regels
// may share one weging (`dezelfde_als`); `regel` is then the one that asks it.
struct weging_eis {
	const char *regel;    // the regel whose weging it is, to be named in the weging
	const char *door;     // functie of the house that weighs
	const char *uitkomst; // the outcome under which the regel applies
	const char *binnen;   // as written: "1 werkdag", "P1D"
};
// NULL when regel `n` requires none.
const struct weging_eis *convenant_weging(const struct convenant *convenant, size_t n);
// Until when the weging of regel `n` may take when it was asked at `from`; working days skip the
// weekend and the feestdagen of the Algemene termijnenwet. `from` when regel `n` requires none.
int64_t convenant_weging_uiterlijk(const struct convenant *convenant, size_t n, int64_t from);

// What is owed after a verstrekking by regel `n`: that the ontvanger takes over or gives back in
// time. NULL when it requires none.
struct overdracht_eis {
	const char *binnen; // as written
	const char *terug;  // functie of the house to which comes back what is not taken over
};
const struct overdracht_eis *convenant_overdracht(const struct convenant *convenant, size_t n);
int64_t convenant_overdracht_uiterlijk(const struct convenant *convenant, size_t n, int64_t from);

// Who is asked by regel `n` whether it knows somebody (it gives bekend.vraag) owes an answer in
// time. NULL when it asks nobody.
struct antwoord_eis {
	const char *binnen; // as written
};
const struct antwoord_eis *convenant_antwoord(const struct convenant *convenant, size_t n);
int64_t convenant_antwoord_uiterlijk(const struct convenant *convenant, size_t n, int64_t from);
// What is owed after a verstrekking by regel `n` about a betrokkene: that this person is informed
// (AVG art. 14); or, about a melding, that it is followed, again and again for a time (Wth: a
// year).
enum plicht_soort { PLICHT_INFORMEREN, PLICHT_VOLGEN, PLICHT_COUNT };
struct plicht_eis {
	struct ontvanger door; // whose it is
	const char *binnen;    // as written: within which term; of volgen: how often
	const char *duur;      // of volgen: for how long; else NULL
};
// NULL when regel `n` does not ask it.
const struct plicht_eis *convenant_plicht(const struct convenant *convenant, size_t n,
					  enum plicht_soort soort);
// Until when it is owed, the next time, of a melding that came at `since` and for which it was
// asked, or done last, at `from`. 0: no more, or it is not asked.
struct plicht_tijd {
	int64_t since, from;
};
int64_t convenant_plicht_uiterlijk(const struct convenant *convenant, size_t n,
				   enum plicht_soort soort, struct plicht_tijd tijd);

// Who may activate a regel of kind nood, and for how long; NULL when regel `n` is none.
struct nood_eis {
	const char *door; // functie of the house
	unsigned minuten; // 1..60
};
const struct nood_eis *convenant_nood(const struct convenant *convenant, size_t n);

// Whether a melding is this samenwerkingsverband's at all: who sent it is one of the partijen, and
// signed outside an oefening. Of several convenanten each that it concerns decides for itself, on
// facts gathered for it.
bool convenant_concerns(const struct convenant *convenant, const struct feiten *feiten);
// The same of any melding of this source.
bool convenant_hears(const struct convenant *convenant, const struct oin *bron, bool oefening);

enum oordeel { OORDEEL_GEWEIGERD = 0, OORDEEL_WACHT = 1, OORDEEL_VERSTREKT = 2 };

// No more regels than this may concern one ontvanger and rubriek (checked when loading), so a list
// of reasons is never cut.
#define BESLISSING_REGELS_MAX 16
struct beslissing {
	enum oordeel oordeel;
	// That gave it (verstrek, nood, meld, agendeer); or that forbade it (verbied, vereis); or
	// that wait, with those that may yet forbid it. In the order of the file, empty for a
	// refusal by default.
	uint16_t regels[BESLISSING_REGELS_MAX];
	size_t regel_count;
	// Index of the regel whose weging is awaited (struct weging_eis has its name), -1 when none
	// is: its other conditions hold. Of several the first by name.
	int wacht_op_weging;
};

// Under which regimes these regels give a place, a bit (1 << regime) for each, every bit when one
// of them is limited to none: a place may hold several rubrieken of a soort, each under its own
// law, and what is held under another is not given.
uint8_t convenant_regimes(const struct convenant *convenant, const uint16_t *regels, size_t count);

// Instead of a rubriek: the notice of a regel of kind meld, which says that there is a melding and
// nothing of it. Asked of the incident.
#define RUBRIEK_BERICHT 0
// Of a rubriek that can be asked for; "bericht" for the notice, and for a number not on the list.
const char *rubriek_naam(uint32_t rubriek);

// What is asked: may this ontvanger have this rubriek about this betrokkene (0: the incident)? A
// verrijking of a betrokkene may also be asked of the incident (the house of its gemeente).
struct vraag {
	struct ontvanger ontvanger;
	uint32_t betrokkene, rubriek;
};

// Default deny. A verbied wins over every verstrek; a test that cannot be told waits (never gives);
// a partij that did not sign gets nothing outside an oefening; a sender does not get its own
// melding back (what the knooppunt adds to it may go to the sender under a regel). For rubrieken
// of the incident the conditions on a betrokkene hold when they all hold for one and the same of
// them. Deterministic: the order of regels in the file does not matter.
void convenant_decide(const struct convenant *convenant, const struct feiten *feiten,
		      const struct vraag *vraag, struct beslissing *ret_beslissing);

// The same for every ontvanger of the convenant and many places at once. Each regel is judged once.
struct plaats {
	uint32_t betrokkene, rubriek;
};
// Called for each answer that is not a refusal, by ontvanger (index in convenant_ontvangers), then
// in the order of the places; what it is not called for is refused. Another result than RESULT_OK
// ends the round and is returned.
struct beslissing_visitor {
	void *context;
	enum result (*visit)(void *context, size_t ontvanger, const struct plaats *plaats,
			     const struct beslissing *beslissing);
};
enum result convenant_decide_all(const struct convenant *convenant, const struct feiten *feiten,
				 const struct plaats *plaatsen, size_t count,
				 const struct beslissing_visitor *visitor) KNP_MUST_CHECK;

// Whether the melding comes on the agenda of an overleg (index in convenant_overleg), about one
// betrokkene or as a whole (0). What each lid then sees of it are verstrekkingen like any other.
void convenant_decide_agenda(const struct convenant *convenant, const struct feiten *feiten,
			     size_t overleg, uint32_t betrokkene,
			     struct beslissing *ret_beslissing);
// For every overleg, the melding as a whole and each betrokkene. Called with the index of the
// overleg in place of that of an ontvanger, and rubriek RUBRIEK_BERICHT.
enum result convenant_agenda_all(const struct convenant *convenant, const struct feiten *feiten,
				 const struct beslissing_visitor *visitor) KNP_MUST_CHECK;

// The last moment, at most `until`, at which all these places would still be given to this
// ontvanger on the same facts: regels and toestemmingen begin and end on days, noodbesluiten at a
// moment. All of them are given at feiten->now.
struct gegeven_vraag {
	struct ontvanger ontvanger;
	const struct plaats *plaatsen;
	size_t count;
};
int64_t convenant_geldig_tot(const struct convenant *convenant, const struct feiten *feiten,
			     const struct gegeven_vraag *gegeven, int64_t until);

// The longest terms of the regels given (indices; each its own or else the convenant's), the
// convenant's when there are none; wall milliseconds, counted from `from` by the calendar.
void convenant_bewaar(const struct convenant *convenant, const uint16_t *regels, size_t count,
		      int64_t from, int64_t *ret_inhoud_until, int64_t *ret_verantwoording_until);

// Why an answer is what it is. For a refusal by default: the regel that came nearest (most tests
// passed; of equals the one with the fewest tests, then the first by name) and its first test that
// does not hold, as text ("minderjarig: ja, gevraagd nee"). For a wait: the test or weging it waits
// for. regel is -1 when no regel mentions ontvanger and rubriek, or none was looked at.
struct uitleg {
	int regel;
	enum attribuut attribuut; // of the failing test; 0 when it is not a test of a fact
	char test[160];           // Dutch; "" when it was given
};
void convenant_explain(const struct convenant *convenant, const struct feiten *feiten,
		       const struct vraag *vraag, struct uitleg *ret_uitleg);

// The same of the agenda of an overleg, for one betrokkene or the melding as a whole (0).
void convenant_explain_agenda(const struct convenant *convenant, const struct feiten *feiten,
			      size_t overleg, uint32_t betrokkene, struct uitleg *ret_uitleg);

// How many tests the regels have (docs/convenant-taal.md §2.8), and whether dropping test `n` makes
// a proef beside its regel fail; a convenant ships only when that holds for each (checked by
// `convenant check` and tests). `ret_where` names the test either way. False also when memory
// lacks.
size_t convenant_test_count(const struct convenant *convenant);
size_t convenant_test_regel(const struct convenant *convenant, size_t n); // of which regel it is
bool convenant_test_is_proven(const struct convenant *convenant, size_t n, char ret_where[160]);

#endif
