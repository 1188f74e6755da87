// SPDX-License-Identifier: EUPL-1.2
// What was given of a melding, and stands; and what is owed of it.
#ifndef KNP_FLOW_GIVEN_H
#define KNP_FLOW_GIVEN_H

#include "flow/flow.h"

// What was given of a melding in entries below `before`, and went or waits (given.c).
struct gegeven_welke {
	uint64_t melding, before;
	struct bytes convenant; // name of the one under which it was given
	struct arena *arena;
};
struct gegeven_plek {
	uint64_t entry;
	uint32_t part;
};
struct gegeven {
	const struct part_verstrekking **parts; // of each delivery the last one
	struct gegeven_plek *plekken;           // where that stands
	size_t count, cap;
};
enum result gegeven_read(struct core *core, const struct gegeven_welke *welke,
			 struct gegeven *ret_gegeven) KNP_MUST_CHECK;
// The number of the next delivery to an ontvanger whose last one had `last`, 0 for none, after
// `more` that are not applied yet; and its vorige. After a herstel they begin above what the
// predecessor can have given out.
void number_next(const struct core *core, uint64_t last, uint64_t more,
		 struct part_verstrekking *v);
bool gegeven_has(const struct gegeven *gegeven, const struct ontvanger *ontvanger,
		 const struct plaats *plaats, struct bytes overleg);
// Whether this delivery names this ontvanger; and is one that gives (soort 1).
bool gegeven_names(const struct part_verstrekking *part, const struct ontvanger *ontvanger);
bool gegeven_is_for(const struct part_verstrekking *part, const struct ontvanger *ontvanger);

// What the knooppunt stated to one ontvanger, in whatever delivery: rubrieken as encoded, of its
// own or, to who may not know the source, of the sender again.
#define GESTELD_MAX (2 * RUBRIEKEN_MAX) // what comes beyond counts as not stated
struct gesteld {
	struct bytes values[GESTELD_MAX];
	size_t count;
};
struct gesteld_aan {
	const struct ontvanger *ontvangers;
	size_t count;
};
// For each of them; `ret_gesteld` has room for as many. Errors as recall_entry.
enum result gesteld_read(struct core *core, const struct gegeven *gegeven, struct gesteld_aan aan,
			 struct arena *arena, struct gesteld *ret_gesteld) KNP_MUST_CHECK;
bool gesteld_has(const struct gesteld *gesteld, struct bytes value);
// Whether what the sender put at this position was given to it: opened, or `restated`
// (verrijking_restated). A place may hold several rubrieken, each under a law of its own, of which
// not each was given.
bool gegeven_sent(const struct gegeven *gegeven, const struct gesteld *gesteld,
		  const struct ontvanger *ontvanger, uint32_t position, struct bytes restated);

// The same as a new obligation about the melding this item is about, still open. RESULT_NOT_FOUND.
enum result owed_same(struct core *core, const struct flow_item *item,
		      const struct verplichting *wanted,
		      struct state_obligation *ret_owed) KNP_MUST_CHECK;
// What settle_owed() found that the signer owes, before it is settled. RESULT_NOT_FOUND.
enum result owed_of_signer(struct core *core, const struct flow_item *item,
			   const struct owed_velden *velden,
			   struct state_obligation *ret_owed) KNP_MUST_CHECK;
// The same is owed once more, by this moment; nothing else is owed by the item.
enum result owe_again(struct flow_item *item, const struct state_obligation *owed,
		      uint64_t uiterlijk) KNP_MUST_CHECK;

#endif
