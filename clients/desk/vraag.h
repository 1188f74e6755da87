// SPDX-License-Identifier: EUPL-1.2
// Asking as the privacy officer: through the gate, with the keys of the privacybureau, recorded
// with the medewerker before it is answered.
#ifndef KNP_DESK_VRAAG_H
#define KNP_DESK_VRAAG_H

#include "desk/answer.h"
#include "tree/note.h"

// What a command that asks so takes.
#define DESK_ASKING                                                                                \
	(DESK_OPTION(DESK_BUREAU) | DESK_OPTION(DESK_MEDEWERKER) | DESK_OPTION(DESK_ZAAK))

// As desk_ask(): the first line of the question is the vraag (list vraag-soort), the others are
// named as velden of that type of statement. Who asks, and for which zaak, comes with it.
int desk_vraag(struct desk *desk, struct buffer *request, struct answer **ret_answer);

// What the keys of the privacybureau saw of the log last, brought up to date first and verified
// from the genesis that they pinned: its checkpoint as signed, the keys of the log by its register,
// and the genesis file of the settings.
struct desk_head {
	struct buffer note;
	uint64_t size;
	struct log_keys keys;
	char genesis[240];
};
// 0, or the exit code after telling what was wrong. desk_head_done() after either.
int desk_head(struct desk *desk, struct desk_head *ret_head);
void desk_head_done(struct desk_head *head);

#endif
