// SPDX-License-Identifier: EUPL-1.2
// Inside clients/audit only: what happened, one event after another, newest first, from the lines
// of daemon/core/logboek.c. Which of it is filled depends on the question; what was not told is ""
// or 0. Everything lives until `take` returns.
#ifndef KNP_AUDIT_GEBEURTENIS_H
#define KNP_AUDIT_GEBEURTENIS_H

#include "audit/stretches.h"
#include "base/arena.h"

struct gebeurtenis_persoon {
	uint32_t betrokkene;
	const char *handle, *rol; // handle "": no number of this person is known
};
struct gebeurtenis_grond {
	uint32_t betrokkene; // 0: the incident
	const char *regel;
	const char *mens; // who of people decided it: "weging", "overleg", a type; "" a regel alone
	const char *overleg;
	const char *rubrieken; // with commas between
};
struct gebeurtenis_gift {
	const char *oin, *functie;
	const char *soort;  // "verstrekking", "getoond", or that of a rechtzetting
	const char *status; // "bevestigd", "klaargezet", "vervangen", "getoond"
	const struct gebeurtenis_grond *gronden;
	size_t grond_count;
};
struct gebeurtenis_veld {
	const char *name, *value;
};
// Whose log it is.
struct gebeurtenis_huis {
	char oin[21], naam[160], contactpunt[400], origin[256];
};
struct gebeurtenis {
	const struct gebeurtenis_huis *huis;
	int64_t ms;
	uint64_t entry, betreft;         // betreft: the melding it is about, 0: none
	const char *type;                // of the statement; "herbeslissing" of what waited
	const char *uitkomst;            // "aanvaard", or the reason code
	const char *oin;                 // that signed
	const char *blad, *blad_melding; // leaf hashes, in hexadecimal
	const char *convenant_hash, *convenant, *codes_hash;
	uint64_t bewaar; // milliseconds
	const char *bron, *soort;
	const char *themas; // with commas between
	const char *medewerker;
	const char *vraag, *zaak, *over; // of a question of the bureau; over: a handle
	bool is_vraag, vervolg;
	const char *casus;   // "ja" or "nee" of a question of a partner, "" else
	uint32_t betrokkene; // it is about this one alone; 0: about all
	bool one;            // betrokkene was told
	uint64_t vrij;
	const struct gebeurtenis_persoon *personen;
	size_t persoon_count;
	const struct gebeurtenis_gift *giften;
	size_t gift_count;
	const struct gebeurtenis_veld *velden;
	size_t veld_count;
};
// "" when it has none.
const char *gebeurtenis_veld(const struct gebeurtenis *g, const char *name);

// Whether it gave or showed something and no other came in its place, which counts instead.
bool gift_stands(const struct gebeurtenis_gift *gift);
// Of words with commas between: whether it has one; as an array.
bool lijst_heeft(const char *list, const char *word);
void lijst_write(struct json_out *out, const char *key, const char *list);
// The name under which an OIN was enrolled last, else the OIN.
const char *gebeurtenis_naam(const char *oin);

struct gebeurtenis_reader {
	void *context;
	enum result (*take)(void *context, const struct gebeurtenis *g);
	// NULL, or a line of what is no statement: "vernietigd", "stop", "geweigerd"; its house.
	enum result (*rest)(void *context, const struct gebeurtenis_huis *huis, const char *name,
			    struct bytes value);
};
struct gebeurtenis_vraag {
	const char *command, *since, *until;
	const char *id; // NULL, or the number of a casus (search)
};
// Asks until all was told. 0, or the exit code after telling what was wrong.
int gebeurtenissen(struct desk *desk, const struct gebeurtenis_vraag *vraag,
		   const struct gebeurtenis_reader *reader);
// Whose log that was; all "" before anything was asked.
const struct gebeurtenis_huis *gebeurtenis_huis(void);

// The window of two arguments that are days, months or moments: from the beginning of the first to
// the end of the second, in Amsterdam. 0, or the exit code after telling what was wrong.
struct venster {
	char since[21], until[21];
};
int venster_read(struct desk *desk, const char *from, const char *to, struct venster *ret_venster);

#endif
