// SPDX-License-Identifier: EUPL-1.2
// Inside proto/convenant only: one thing in which cases differ, and its classes.
#ifndef KNP_CONVENANT_DIMENSIE_H
#define KNP_CONVENANT_DIMENSIE_H

#include "base/bytes.h"
#include "convenant/ruimte.h"

#define DIMENSIE_TOETSEN_MAX 64
#define REGIME_MASKERS_MAX 8 // different limits to regimes
#define KLASSEN_MAX 2048
#define GEVAL_FEITEN_MAX 16

// The case that is made; what the facts point to lies here.
struct geval {
	struct feiten *feiten;
	struct oin oin; // of the ontvanger that is asked about
	struct bytes functie;
	struct vakje vakje;
	struct weging_feit wegingen[GEVAL_FEITEN_MAX];
	struct toestemming_feit toestemmingen[GEVAL_FEITEN_MAX];
	struct nood_feit noden[GEVAL_FEITEN_MAX];
};

enum dimensie_soort {
	DIMENSIE_ATTRIBUUT,
	DIMENSIE_ZENDER,
	DIMENSIE_WEGING,
	DIMENSIE_TOESTEMMING,
	DIMENSIE_BEKEND, // whether all toestemmingen are known
	DIMENSIE_NOOD,
	DIMENSIE_REGIME,
	DIMENSIE_DAG,
	DIMENSIE_OEFENING,
	DIMENSIE_BETROKKENEN,
};

// Facts that no test of the dimension tells from others of the class.
struct klasse {
	struct feit feit; // of an attribute
	struct oin oin;   // of the sender, empty: no partij
	struct bytes bron, bron_soort;
	const char *uitkomst; // of a weging, NULL: none given
	const char *grond, *gever;
	int64_t getal; // a day, a set of regimes, or ja (1) and nee (0)
};

struct dimensie {
	enum dimensie_soort soort;
	const void *key;                 // of which attribute, weging or regel it is
	size_t slot;                     // of a weging, toestemming or nood: which of the case
	const struct attribuut_row *row; // of an attribute
	const struct toets *toetsen[DIMENSIE_TOETSEN_MAX];
	size_t toets_count;
	const struct regel *regel; // of a weging, toestemming or nood
	const char *uitkomsten[DIMENSIE_TOETSEN_MAX];
	int64_t dagen[DIMENSIE_TOETSEN_MAX];
	uint8_t regimes[REGIME_MASKERS_MAX];
	struct oin ontvangers[2]; // whose own melding it may be
	const struct convenant *convenanten[2];
	size_t uitkomst_count, dag_count, regime_count, ontvanger_count, convenant_count;
	bool te_veel; // more was put in than there is room for
	struct klasse *klassen;
	size_t klasse_count, at;
};

void geval_init(struct geval *geval, const struct ruimte_deel *deel);

void dimensie_add_weging(struct dimensie *dimensie, const struct regel *regel);
void dimensie_add_regimes(struct dimensie *dimensie, const struct regel *regel);
void dimensie_add_dag(struct dimensie *dimensie, int64_t dag);
void dimensie_add_ontvanger(struct dimensie *dimensie, const struct convenant *convenant,
			    size_t ontvanger);
void dimensie_add_convenant(struct dimensie *dimensie, const struct convenant *convenant);

// Finds the classes; RESULT_TOO_LARGE, RESULT_NO_MEMORY.
enum result dimensie_classify(struct dimensie *dimensie, struct arena *arena) KNP_MUST_CHECK;
// Makes the case that of the present class.
void dimensie_apply(const struct dimensie *dimensie, struct geval *geval);
void dimensie_describe(const struct dimensie *dimensie, struct buffer *out);

#endif
