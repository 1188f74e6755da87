// SPDX-License-Identifier: EUPL-1.2
// What stands on the agenda of an overleg, as one who sits there may know it: only meldingen of
// which it was given something under this convenant that the regels would still give, and of those
// only that. Meldingen of one person or one incident from two sources are one item, where it can
// tell so itself from what it was given.
#ifndef KNP_FLOW_AGENDA_H
#define KNP_FLOW_AGENDA_H

#include "flow/flow.h"

#define AGENDA_MAX 64    // meldingen of one answer
#define AGENDA_NUMMERS 4 // of one person that are compared

struct agenda_vraag {
	const struct convenant *convenant;
	size_t overleg;             // index in convenant_overleg
	struct ontvanger ontvanger; // sits there
	int64_t now;
};
// Whom a melding is about, as far as the ontvanger can tell it again.
struct agenda_persoon {
	uint8_t handle[HANDLE_LEN];
	struct hash nummers[AGENDA_NUMMERS]; // of those that it was given, with their kind
	size_t nummer_count;
	bool has_naam;
	struct hash naam; // of family name and birth date
};
struct agenda_melding {
	uint64_t entry;
	struct oin bron;
	int64_t zitting;  // day of the sitting at which it comes up; 0: not known
	bool aangehouden; // an earlier one did not say what became of it
	bool voorzit;     // the ontvanger says it
	struct agenda_persoon personen[BETROKKENEN_MAX];
	size_t persoon_count;
	bool has_nummer;
	struct hash nummer; // of its registratienummer
	size_t at, len;     // in `text`: " nummers=… ziet=…"
	size_t item;        // the first melding of the item it belongs to
};
struct agenda {
	struct agenda_melding meldingen[AGENDA_MAX];
	size_t count;
	struct buffer text;
	struct state_obligation place; // the last that was looked at; due 0: from the first on
	bool more;                     // there may be more behind it
};
// Adds the melding that this obligation is about, when the ontvanger may know of it. Uses and gives
// back `arena`.
enum result agenda_add(struct core *core, const struct agenda_vraag *vraag,
		       const struct state_obligation *owed, struct arena *arena,
		       struct agenda *agenda) KNP_MUST_CHECK;
// Ties together what is one item, and tells them: lines
//   item <zitting or -> aangehouden=<ja|nee> voorzit=<ja|nee>
//   melding <entry> nummers=<delivery numbers> ziet=<betrokkene>/<rubriek>,…
// each item followed by its meldingen.
void agenda_tell(struct agenda *agenda, struct buffer *out);

// Until when an overleg may take to say what became of an item that comes on its agenda at `now`:
// to the end of the day of the sitting on whose agenda it comes; where the days are not known, the
// time between two sittings; else as long as there is content of a melding of `since` to speak of.
int64_t agenda_uiterlijk(const struct convenant *convenant, const struct overleg *overleg,
			 int64_t now, int64_t since);

#endif
