// SPDX-License-Identifier: EUPL-1.2
// knooppunt-audit with the control socket in the place of the gate: what it makes of an answer is
// tested against a daemon of the tests' own, which says what a test told it.
#include "desk/vraag.h"

int desk_vraag(struct desk *desk, struct buffer *request, struct answer **ret_answer)
{
	return desk_ask(desk, request, ret_answer);
}
