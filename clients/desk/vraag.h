// SPDX-License-Identifier: EUPL-1.2
// Asking as the privacy officer: through the gate, with the keys of the privacybureau, recorded
// with the medewerker before it is answered.
#ifndef KNP_DESK_VRAAG_H
#define KNP_DESK_VRAAG_H

#include "desk/answer.h"

// What a command that asks so takes.
#define DESK_ASKING                                                                                \
	(DESK_OPTION(DESK_BUREAU) | DESK_OPTION(DESK_MEDEWERKER) | DESK_OPTION(DESK_ZAAK))

// As desk_ask(): the first line of the question is the vraag (list vraag-soort), the others are
// named as velden of that type of statement. Who asks, and for which zaak, comes with it.
int desk_vraag(struct desk *desk, struct buffer *request, struct answer **ret_answer);

#endif
