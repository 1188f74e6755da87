// SPDX-License-Identifier: EUPL-1.2
// Inside clients/knooppunt only: the rehearsal of a new partner against the knooppunt of an
// oefening. Each case has a name, what must come of it, and what came.
#ifndef KNP_KNOOPPUNT_ONBOARD_H
#define KNP_KNOOPPUNT_ONBOARD_H

#include "knooppunt/cli.h"

#define ONBOARD_FILES_MAX 8
#define ONBOARD_CASES_MAX (ONBOARD_FILES_MAX + FUNCTIES_MAX + 16)
#define ONBOARD_MARK "knooppunt-onboard/v1"

struct onboard_case {
	char name[FUNCTIE_MAX + 16];
	bool ok;
	char got[64];   // a reason code, a state, a count
	uint64_t index; // of its entry, 0: none
};

// A melding of the partner's system, about invented people.
struct onboard_file {
	struct arena *arena;
	struct melding_file file;
};

struct onboarding {
	struct cli *cli;
	struct client *client;
	struct onboard_file files[ONBOARD_FILES_MAX];
	size_t file_count;
	struct onboard_case cases[ONBOARD_CASES_MAX];
	size_t count;
	uint64_t last; // the highest index of an entry of ours
};

// Every case, in order; each is noted whatever came of the others (onboard_cases.c).
void onboard_rehearse(struct onboarding *onboarding);

#endif
