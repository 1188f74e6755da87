// SPDX-License-Identifier: EUPL-1.2
// Inside clients/audit only: the requests by rights and the data breaches, with their clocks.
#ifndef KNP_AUDIT_VERZOEKEN_H
#define KNP_AUDIT_VERZOEKEN_H

#include "desk/desk.h"

struct verzoek {
	uint64_t entry;
	char zaak[65], soort[32], wet[16]; // soort and wet: codes of verzoek-soort and verzoek-wet
	int64_t ontvangen, uiterlijk;      // milliseconds; uiterlijk: with what lengthened it
	int64_t afgehandeld;               // 0: it is open
	char uitkomst[32];                 // a code of afhandeling-uitkomst; "" while it is open
	bool verlengd;
};
struct verzoeken {
	struct verzoek *rows; // newest first
	size_t count;
};
// Those that were recorded from `since` on (RFC 3339), with all that became of them since. The
// caller frees. 0, or the exit code after telling what was wrong.
int verzoeken_ask(struct desk *desk, const char *since, struct verzoeken *ret_verzoeken);
// The newest of this zaak, of the last 400 days. 0, or the exit code after telling what was wrong:
// 1 where there is none.
int verzoek_find(struct desk *desk, const char *zaak, struct verzoek *ret_verzoek);
void verzoeken_free(struct verzoeken *verzoeken);
// Whether it was answered in time; of an open one, whether there is time still at `now`.
bool verzoek_in_time(const struct verzoek *verzoek, int64_t now);

#endif
