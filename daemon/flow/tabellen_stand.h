// SPDX-License-Identifier: EUPL-1.2
// How core stands to the code tables (flow/tabellen.h).
#ifndef KNP_FLOW_TABELLEN_STAND_H
#define KNP_FLOW_TABELLEN_STAND_H

#include "codes/codes.h"
#include "register/acceptatie.h"

// What was accepted last (flow/acceptatie.c); index 0: nothing ever was.
struct aanvaard {
	uint64_t index;
	struct civil_date tot;  // the last day it counts
	struct codes_set rijen; // confirmed, or accepted and unchanged since
	size_t count;           // as they were accepted
	char grond[ACCEPTATIE_GROND_MAX + 1];
};

// Decisions rest on other tables than some before: who changed them signed nothing, so it is told.
struct codes_wissel {
	bool changed;
	uint64_t last_other; // the newest entry that was decided with others
	int64_t since;       // of the first decision with these; before there is one, of the start
};

struct tabellen_stand {
	struct codes_set bevestigd; // rows that somebody confirmed
	struct aanvaard aanvaard;
	struct codes_wissel wissel;
	bool kept;          // the journal has the document of the tables
	struct codes *then; // others, kept to answer with (core/kept.h)
};

#endif
