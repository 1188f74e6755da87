// SPDX-License-Identifier: EUPL-1.2
// Schermweergave: the one screen of an overleg, seen by everybody who is present. Of a melding it
// shows what each of them may see by itself (agenda.h) and nothing else: a place of which one of
// them was given nothing, or which the regels would not give that one now, is not on it; of a
// rubriek held under a law under which one of them is given none, or was given none then, neither;
// nor what the knooppunt stated to one of them in other words.
#ifndef KNP_FLOW_SCHERM_H
#define KNP_FLOW_SCHERM_H

#include "flow/flow.h"

// Functies present at one item, the voorzitter's included: one entry has a part for each, beside
// the sender's and the accountability.
#define SCHERM_MAX (PARTS_PER_ENTRY - 2)

struct scherm {
	const struct convenant *convenant;
	struct ontvanger aanwezig[SCHERM_MAX]; // each once, the voorzitter first
	size_t count;
};
// What is shown of one melding, on the arena of its item.
struct beeld {
	size_t count;                  // who are present
	struct toedeling *toedelingen; // of each who is present, in that order: the same places,
				       // under the regels that give them to that one
	bool *sent;                    // of item->sent: shown
	struct bytes *stated;          // what the knooppunt states: rubrieken as encoded
	size_t stated_count;
	bool herkomst; // all of them may know the source
};
// Of the melding that `item` was made of (recall_item, under this convenant).
enum result scherm_look(struct core *core, const struct scherm *scherm,
			const struct flow_item *item, struct beeld *ret_beeld) KNP_MUST_CHECK;
bool scherm_is_empty(const struct beeld *beeld);
// Leaves of it only what this entry recorded as shown to each, under the regels that it names.
void scherm_keep(struct beeld *beeld, const struct flow_item *item, const struct recalled *entry);
// Lines
//   melding <entry>
//   bron <oin>                    of who sent it, where all may know that
//   rubriek base64:<Rubriek>      of the sender; without its bron where herkomst is not shown
//   toegevoegd base64:<Rubriek>   of the knooppunt
enum result scherm_tell(const struct beeld *beeld, const struct flow_item *item,
			struct buffer *out) KNP_MUST_CHECK;

#endif
