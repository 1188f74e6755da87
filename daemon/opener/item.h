// SPDX-License-Identifier: EUPL-1.2
// Inside daemon/opener only: one statement of an envelope whose signature holds.
#ifndef KNP_OPENER_ITEM_H
#define KNP_OPENER_ITEM_H

#include "opener/parties.h"

// Against what a statement is held.
struct item_rules {
	const struct oin *signer;
	const struct oin *house;
	const struct parties *parties; // which also say to which logs it may be
	struct civil_date today;
	bool revoked; // a key of this envelope is: the statement is refused, whatever it says
	struct arena *arena;
};

// Fills statement, slots and melding of `opened`, or its refusal. The rest is the caller's.
void item_read(const struct item *item, const struct item_rules *rules, struct opened *opened);
// Turns what was read into a refusal that carries no content.
void item_refuse(struct opened *opened, enum reason reason, const char *field);

#endif
