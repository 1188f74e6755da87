// SPDX-License-Identifier: EUPL-1.2
// knooppunt-audit with the control socket in the place of the gate: what it makes of an answer is
// tested against a daemon of the tests' own, which says what a test told it.
#include "desk/vraag.h"

int desk_vraag(struct desk *desk, struct buffer *request, struct answer **ret_answer)
{
	return desk_ask(desk, request, ret_answer);
}

// Nobody verifies a running log against a daemon that says what a test told it.
int desk_head(struct desk *desk, struct desk_head *ret_head)
{
	buffer_init(&ret_head->note, CHECKPOINT_MAX);
	return desk_odd_answer(desk, "no log at all");
}

void desk_head_done(struct desk_head *head)
{
	buffer_done(&head->note);
}
