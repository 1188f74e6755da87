// SPDX-License-Identifier: EUPL-1.2
// The convenant: partijen and regels in a YAML file that a privacy officer can read beside the
// signed paper, and the decision per (melding, ontvanger, betrokkene, rubriek). Pure: used by core,
// by the beheerder's check and at the officer's desk. design.md §8 is the language.
#ifndef KNP_CONVENANT_CONVENANT_H
#define KNP_CONVENANT_CONVENANT_H

#include "base/problem.h"
#include "convenant/feiten.h"
#include "melding/gemeenten.h"

struct convenant; // opaque, immutable after loading

#define ONTVANGERS_MAX 128 // of one convenant
#define REGELS_MAX 512

// A partner and a functie of it: "a gemeente's Wmo, OOV and nazorg are different ears".
struct ontvanger {
	struct oin oin;
	char functie[FUNCTIE_MAX + 1];
};
bool ontvanger_equal(const struct ontvanger *a, const struct ontvanger *b);

// Loads, checks and runs the tests (`proeven`) that stand beside the regels. The document's exact
// bytes are its identity. RESULT_CONFIG with file, line, field, reason and fix; a failing proef is
// REASON_TEST_FAILED and names the regel.
enum result convenant_load(struct bytes document, const char *file,
			   struct convenant **ret_convenant,
			   struct problem *problem) KNP_MUST_CHECK;
void convenant_free(struct convenant *convenant); // NULL allowed

const char *convenant_name(const struct convenant *convenant);
struct hash convenant_hash(const struct convenant *convenant); // SHA-256 of the document
bool convenant_is_signed(const struct convenant *convenant);   // every partij signed
struct bytes convenant_document(const struct convenant *convenant);

struct partij {
	const char *partij; // short name used in regels
	const char *naam;
	struct oin oin;
	const char *soort;
	const char *gemeente; // GM code or NULL
	const char *const *functies;
	size_t functie_count;
	bool getekend;
};
size_t convenant_partij_count(const struct convenant *convenant);
const struct partij *convenant_partij(const struct convenant *convenant, size_t n);
const struct partij *convenant_partij_of(const struct convenant *convenant, const struct oin *oin);
// Every (partij, functie), in the order of the file; returns the count.
size_t convenant_ontvangers(const struct convenant *convenant,
			    const struct ontvanger **ret_ontvangers);

enum regel_soort {
	REGEL_VERSTREK,
	REGEL_VERBIED,
	REGEL_VEREIS,
	REGEL_AGENDEER,
	REGEL_MELD,
	REGEL_NOOD,
};
// What a regel says of itself, for parts, `why` and letters.
struct regel_text {
	const char *regel, *convenantartikel, *herkomst, *doel;
	const char *const *grondslag;
	size_t grondslag_count;
	enum regel_soort soort;
	unsigned line;
};
size_t convenant_regel_count(const struct convenant *convenant);
const struct regel_text *convenant_regel(const struct convenant *convenant, size_t n);
// Index of a regel by name; RESULT_NOT_FOUND.
enum result convenant_regel_named(const struct convenant *convenant, struct bytes name,
				  size_t *ret_n) KNP_MUST_CHECK;

// The weging a regel requires: who gives it, which outcome lets it pass, within which time.
struct weging_eis {
	const char *regel;
	const char *door;     // functie of the house that weighs
	const char *uitkomst; // the outcome under which the regel applies
	int64_t binnen_ms;
};
// NULL when regel `n` requires none.
const struct weging_eis *convenant_weging(const struct convenant *convenant, size_t n);

enum oordeel { OORDEEL_GEWEIGERD = 0, OORDEEL_WACHT = 1, OORDEEL_VERSTREKT = 2 };

#define BESLISSING_REGELS_MAX 16
struct beslissing {
	enum oordeel oordeel;
	uint16_t regels[BESLISSING_REGELS_MAX]; // that gave it, forbade it, or must wait
	size_t regel_count;
	int wacht_op_weging; // index of the regel whose weging is awaited, -1 none
};

// What is asked: may this ontvanger have this rubriek about this betrokkene (0: the incident)?
struct vraag {
	struct ontvanger ontvanger;
	uint32_t betrokkene, rubriek;
};

// Default deny. A verbied wins over every verstrek; a test that cannot be told waits (never gives);
// a partij that did not sign gets nothing outside an oefening; a sender does not get its own
// melding back. For rubrieken of the incident a condition on a betrokkene holds when it holds for
// one of them. Deterministic: the order of regels in the file does not matter.
void convenant_decide(const struct convenant *convenant, const struct feiten *feiten,
		      const struct vraag *vraag, struct beslissing *ret_beslissing);

// The longest terms of the regels given (indices), else the convenant's default; milliseconds
// after `from`.
void convenant_bewaar(const struct convenant *convenant, const uint16_t *regels, size_t count,
		      int64_t from, int64_t *ret_inhoud_until, int64_t *ret_verantwoording_until);

// For a refusal: the regel that came nearest (most tests passed) and its first failing test, as
// text ("minderjarig: ja, gevraagd nee"). regel is -1 when no regel mentions ontvanger and rubriek.
struct uitleg {
	int regel;
	enum attribuut attribuut; // of the failing test; 0 when it is not a test of a fact
	char test[160];
};
void convenant_explain(const struct convenant *convenant, const struct feiten *feiten,
		       const struct vraag *vraag, struct uitleg *ret_uitleg);

// How many tests the regels have, and whether dropping test `n` makes a proef beside its regel
// fail; a convenant ships only when that holds for each (checked by `convenant check` and tests).
size_t convenant_test_count(const struct convenant *convenant);
bool convenant_test_is_proven(const struct convenant *convenant, size_t n, char ret_where[160]);

#endif
