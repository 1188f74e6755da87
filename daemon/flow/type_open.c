// SPDX-License-Identifier: EUPL-1.2
// What is owed by who asks, in order of due time, and to somebody of the house what everybody owes:
// lines of openstaand.h, and where there may be more "na <place>", to be asked next. A source is
// not told what others owe about its melding: that would say to whom it went (K12). Nothing is
// written.
#include "control/control.h"
#include "flow/openstaand.h"
#include "flow/type.h"

#define LOOKED_MAX 256                // obligations of one answer, whoever owes them
#define TOLD_BYTES (ANTWOORD_MAX / 2) // one line more fits

static enum result tell(struct core *core, const struct party *asks,
			const struct state_obligation *after, struct buffer *out)
{
	struct state_obligation o, place = {.due = 0};
	int64_t now = time_now(core);
	enum result r = RESULT_OK;
	control_append_text(out, "result", "ok");
	for (size_t n = 0; n < LOOKED_MAX && out->len < TOLD_BYTES; n++) {
		r = state_next_obligation(core->state, after, &o);
		if (r && r != RESULT_ERASED && r != RESULT_DAMAGED)
			return r == RESULT_NOT_FOUND ? RESULT_OK : r;
		const char *trap = r ? NULL : openstaand_trap(core, asks, &o, now);
		if (trap)
			openstaand_line(core, &o, trap, out);
		place = o;
		after = &place;
	}
	return openstaand_say_place(core, &asks->bundle.oin, &place, out);
}

static enum result open_request(struct core *core, struct flow_item *item, struct arena *arena)
{
	const struct statement *s = &item->opened->statement;
	struct bytes na = veld_get(s->velden, s->veld_count, OPEN_NA);
	struct state_obligation after = {.due = 0};
	struct reply reply = {.outcome = OUTCOME_AANVAARD};
	struct buffer told;
	enum result r = na.len > 0
				? openstaand_read_place(core, &item->signer->bundle.oin, na, &after)
				: RESULT_OK;
	if (r == RESULT_MALFORMED)
		return refuse_request(core, item, REASON_BAD_VALUE, "open.na");
	buffer_init(&told, ANTWOORD_MAX);
	if (!r)
		r = tell(core, item->signer, na.len > 0 ? &after : NULL, &told);
	reply.antwoord = buffer_view(&told);
	if (!r)
		r = told.status ? told.status : answer_request(core, item, &reply, arena);
	buffer_wipe(&told);
	return r;
}

const struct type_handler type_open = {.request = open_request};
