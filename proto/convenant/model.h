// SPDX-License-Identifier: EUPL-1.2
// Inside proto/convenant only: the convenant as loaded. Everything lies in its arena and does not
// change after loading.
#ifndef KNP_CONVENANT_MODEL_H
#define KNP_CONVENANT_MODEL_H

#include "base/arena.h"
#include "codes/termijn.h"
#include "convenant/convenant.h"
#include "crypto/hash.h"

#define TOETSEN_MAX 1024 // distinct tests of one convenant
#define WAARDEN_MAX 64   // in one test
#define PROEVEN_MAX 256  // beside one regel
#define RUBRIEK_BOUND 64 // numbers of rubrieken are below it
#define NO_REGEL UINT16_MAX
#define NOOD_MINUTEN_MAX 60
#define INGANGEN_MAX 32 // of one cell: a regel may come in by several bands

// One test of one attribute. Regels that ask the same share it, so that it is judged once.
enum toets_soort { TOETS_IS, TOETS_NIET, TOETS_MINSTENS, TOETS_HOOGSTENS };
struct toets {
	const struct attribuut_row *row;
	enum toets_soort soort;
	struct bytes *waarden; // for IS and NIET, in the order of the bytes, each once
	size_t waarde_count;
	int64_t grens; // for MINSTENS and HOOGSTENS
};

struct regel_toets {
	uint16_t toets;
	unsigned line;
};

// Whom a regel gives to: a (partij, functie); those of every partij of a soort or in a rol; those
// at a table. The band is the condition that ties an ontvanger to the case: the gemeente is that of
// the betrokkene or the incident, or the ontvanger has a rol in it.
enum band {
	BAND_GEEN,
	BAND_WOON,
	BAND_VERBLIJF,
	BAND_INCIDENT,
	BAND_INDIENER,
	BAND_INBRENGER,
	BAND_REGIE,
	BAND_CASUSREGIE,
	BAND_EERDER,
	BAND_VRAGER,
};
#define BAND_COUNT 10
struct doelgroep {
	bool iedereen;
	bool of_partij;             // exactly `ontvanger`
	struct ontvanger ontvanger; // its functie counts unless it is empty
	const char *soort;          // or NULL: of any soort
	const struct overleg *overleg;
	enum band band;
};
// What a band asks: the attribute, its name for `why`, and whether it is one of a betrokkene.
struct band_row {
	const char *name; // as `gemeente` or `rol` says it
	enum attribuut attribuut;
	bool is_rol;
};
const struct band_row *band_row(enum band band);

// A secrecy that has to be lifted.
struct toestemming_eis {
	const char *const *gronden, *const *gevers; // as written
	size_t grond_count, gever_count;
	const char *voor; // or NULL
};

// A regel that goes instead of another: number `n` of what it names.
struct vervanging {
	uint16_t regel, n;
};

// One fact of a proef.
struct gegeven {
	const struct attribuut_row *row;
	bool bekend;
	struct bytes *waarden; // at most FEIT_WAARDEN_MAX
	size_t waarde_count;
};

struct proef {
	struct gegeven *gegeven;
	size_t gegeven_count;
	const char *weging;       // outcome given, or NULL
	const char *bron_functie; // of the sender, or NULL: all of its functies
	struct ontvanger aan;
	uint32_t rubriek;
	int overleg; // index, or -1: it asks about `aan` and `rubriek`
	uint8_t regimes;
	struct toestemming_feit *toestemmingen;
	size_t toestemming_count;
	bool toestemmingen_onbekend, nood;
	bool has_op;
	struct civil_date op;
	bool oefening;
	enum oordeel verwacht;
	unsigned line;
};

struct plicht {
	bool has;
	struct plicht_eis eis;
	struct termijn binnen, duur;
};

struct regel {
	struct regel_text text;
	struct regel_toets *toetsen;
	size_t toets_count;
	bool has_weging;
	struct weging_eis weging;
	uint16_t weging_van;      // index of the regel whose weging it is
	const char *dezelfde_als; // its name as written, or NULL
	struct termijn binnen;
	unsigned weging_line;
	bool has_toestemming, has_overdracht, has_antwoord;
	struct toestemming_eis toestemming;
	unsigned toestemming_line;
	struct overdracht_eis overdracht;
	struct termijn overdracht_binnen;
	struct plicht plichten[PLICHT_COUNT];
	struct antwoord_eis antwoord;
	struct termijn antwoord_binnen;
	struct nood_eis nood;
	unsigned laag;                     // higher goes first; 0: none
	const char *const *in_plaats_van;  // names as written
	struct vervanging *vervangen_door; // regels that go instead of it
	size_t in_plaats_van_count, vervangen_door_count;
	unsigned in_plaats_van_line;
	struct doelgroep *aan, *behalve;
	size_t aan_count, behalve_count;
	bool has_band[BAND_COUNT];
	uint8_t rubrieken[RUBRIEK_BOUND];
	size_t rubriek_count;
	bool is_rare;        // asks for a toestemming, or an act
	uint8_t regimes;     // a bit (1 << regime) for each it is limited to; none: not limited
	uint64_t overleggen; // a bit for each whose agenda it is about
	unsigned regime_line;
	bool voorlopig; // rests on a row of the code tables that nobody confirmed (berust.h)
	bool has_bewaar, has_van, has_tot;
	struct termijn inhoud, verantwoording;
	int64_t van, tot; // calendar days since 1970, both inclusive
	unsigned van_line, tot_line;
	struct proef *proeven;
	size_t proef_count;
};

// What stands in the index for one (ontvanger, rubriek): which regels concern it.
struct ingang {
	uint16_t regel;
	uint8_t band; // enum band
	uint8_t forbids;
};
struct cel {
	uint32_t first;
	uint32_t count;
};

struct ontvanger_row {
	uint16_t partij;
	uint64_t rubrieken;               // a bit for each that some regel names
	uint64_t gevers[REGELS_MAX / 64]; // a bit for each regel that may give something
};

struct rubriek_info {
	bool known, of_betrokkene, by_knooppunt;
};

struct convenant {
	struct arena *arena;
	struct bytes document;
	struct hash hash;
	struct convenant_text text;
	struct termijn inhoud, verantwoording; // default terms
	bool is_signed;
	unsigned vormen;   // enum vorm: what its regels use
	uint64_t asked;    // a bit for each attribute that a regel looks at
	bool has_validity; // some regel has a first or last day
	struct partij *partijen;
	size_t partij_count;
	struct ontvanger ontvangers[ONTVANGERS_MAX];
	const char *ontvanger_namen[ONTVANGERS_MAX]; // "partij/functie", as facts name them
	struct ontvanger_row ontvanger_rows[ONTVANGERS_MAX];
	uint16_t by_ontvanger[ONTVANGERS_MAX]; // indices, sorted by (oin, functie)
	size_t ontvanger_count;
	struct overleg *overleggen;
	size_t overleg_count;
	struct toets *toetsen;
	size_t toets_count;
	struct regel *regels;
	uint16_t by_name[REGELS_MAX]; // indices of regels, sorted by name
	size_t regel_count;
	struct cel cellen[ONTVANGERS_MAX][RUBRIEK_BOUND];
	struct cel agendas[OVERLEGGEN_MAX];
	struct ingang *ingangen;
	size_t ingang_count;
	struct rubriek_info rubrieken[RUBRIEK_BOUND];
};

// Of the regels together, once they are all there (vormen.c).
unsigned vormen_of_regels(const struct convenant *convenant);
uint64_t asked_by_regels(const struct convenant *convenant);
// The order in which ontvangers are searched.
int ontvanger_compare(const struct ontvanger *a, const struct ontvanger *b);
// Index of an ontvanger; false when the convenant does not have it.
bool convenant_find_ontvanger(const struct convenant *convenant, const struct ontvanger *ontvanger,
			      size_t *ret_n);
// Index of a partij by its short name; false when there is none.
bool convenant_find_partij(const struct convenant *convenant, struct bytes name, size_t *ret_n);
// Index of an overleg by its name; -1 when there is none.
int convenant_find_overleg(const struct convenant *convenant, struct bytes name);
// Whether an ontvanger stands among those a groep may name.
bool doelgroep_names(const struct convenant *convenant, const struct doelgroep *groep, size_t n);
// The names of lagen, the highest first; NULL past the end.
const char *laag_naam(size_t n);

#endif
