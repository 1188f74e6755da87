// SPDX-License-Identifier: EUPL-1.2
// Everything about all meldingen, from a convenant alone: who can ever receive what, which regels
// never count, what two convenanten decide otherwise. By trying every case that the regels tell
// apart, with the engine that decides: "never" is a proof over so many cases.
#ifndef KNP_CONVENANT_ONDERZOEK_H
#define KNP_CONVENANT_ONDERZOEK_H

#include "base/bytes.h"
#include "convenant/convenant.h"

// One cell of the matrix: an ontvanger and a rubriek (or RUBRIEK_BERICHT); or the agenda of an
// overleg.
struct vakje {
	size_t ontvanger; // index in convenant_ontvangers
	uint32_t rubriek;
	int overleg; // index in convenant_overleg, or -1
};
// The cells that some regel names, in the order of ontvangers and rubrieken, then of overleggen.
// Returns false when `*n` is past the last; else counts *n on.
bool convenant_next_vakje(const struct convenant *convenant, size_t *n, struct vakje *ret_vakje);
// "partij/functie" and the name of the rubriek; or "agenda" and the name of the overleg.
const char *vakje_ontvanger(const struct convenant *convenant, const struct vakje *vakje);
const char *vakje_rubriek(const struct convenant *convenant, const struct vakje *vakje);

// How one regel came out in a cell, over all cases.
struct regel_bereik {
	uint16_t regel;
	uint64_t holds;   // in so many cases it holds
	uint64_t decides; // is a reason of the answer (given; or refused, by a regel that forbids)
	uint64_t alone;   // is the only one: without it the answer would be another
	char voorbeeld[400]; // a case in which it decides (or holds, when it never does)
};
struct bereik {
	uint64_t gevallen, gegeven, wacht; // the others are refused
	struct regel_bereik regels[BESLISSING_REGELS_MAX];
	size_t regel_count;
	char voorbeeld[512]; // a case in which it is given (or waits, when it is never given)
};
// RESULT_TOO_LARGE when the regels tell more cases apart than are looked at; RESULT_NO_MEMORY.
enum result convenant_reach(const struct convenant *convenant, const struct vakje *vakje,
			    struct bereik *ret_bereik) KNP_MUST_CHECK;

// The conditions of a regel as one line of Dutch, "" when it has none; for an ontvanger (or -1)
// with what it asks of that one.
void convenant_conditions(const struct convenant *convenant, size_t regel, int ontvanger,
			  struct buffer *out);
// The values that a regel asks of one attribute ("politie of partner"), "" when it asks none.
void convenant_asked(const struct convenant *convenant, size_t regel, enum attribuut attribuut,
		     struct buffer *out);

enum bevinding_soort {
	BEVINDING_NOOIT,           // a regel that never decides anything
	BEVINDING_GEDEKT,          // a regel without which every answer would be the same
	BEVINDING_TEGENSPRAAK,     // it holds somewhere, but what it gives is always forbidden
	BEVINDING_OVERBODIG,       // it forbids what no regel gives: a guard, for regels to come
	BEVINDING_NIET_BEWEZEN,    // a condition that no proef misses
	BEVINDING_ZONDER_UITKOMST, // meldingen of which nobody receives anything
	BEVINDING_TE_GROOT,        // more cases than are looked at: nothing is said of this cell
	BEVINDING_ZONDER_SLEUTELS, // gives to a functie of a partij that the house enters for
};
struct bevinding {
	enum bevinding_soort soort;
	int regel;           // index, or -1
	const char *where;   // the cell or test, or ""
	unsigned line;       // of the test, where it is about one; 0: that of the regel
	const char *melding; // an example; "" where it is about none, or the cases are too many
};
// What a person should look at before a convenant is proposed. A visitor's other result than
// RESULT_OK ends it and is returned.
struct bevinding_visitor {
	void *context;
	enum result (*visit)(void *context, const struct bevinding *bevinding);
};
enum result convenant_check(const struct convenant *convenant,
			    const struct bevinding_visitor *visitor) KNP_MUST_CHECK;

// Cells in which two convenanten answer some case otherwise. Partijen and overleggen are the same
// when they have the same names.
struct verschil {
	const char *ontvanger, *rubriek; // as vakje_ontvanger and vakje_rubriek say it
	uint64_t gevallen;               // looked at
	uint64_t ruimer, enger;          // cases in which `b` gives more, or less, than `a`
	const char *melding;             // one of them, of those that are ruimer when there are any
	enum oordeel van, naar;
};
struct verschil_visitor {
	void *context;
	enum result (*visit)(void *context, const struct verschil *verschil);
};
enum result convenant_diff(const struct convenant *a, const struct convenant *b,
			   const struct verschil_visitor *visitor) KNP_MUST_CHECK;

#endif
