// SPDX-License-Identifier: EUPL-1.2
// What stands on the agenda of an overleg, to one who sits there: lines of flow/agenda.h, and where
// there may be more "na <place>", to be asked next. What it has of each came in verstrekkingen;
// here it is told which of them come up, and when. Nothing is written.
#include "flow/agenda.h"
#include "flow/openstaand.h"
#include "flow/type.h"

#include "control/control.h"

#include <string.h>

#define LOOKED_MAX 4096               // obligations of one answer, of whatever overleg
#define RECALLED_MAX (4 * AGENDA_MAX) // meldingen of the overleg, whether told or not
#define TEXT_BYTES (ANTWOORD_MAX / 4) // what of one melding comes beyond fits

// At which overleg of which convenant in force it sits. The same words whether there is none of
// this name or it does not sit there.
static bool find_seat(const struct core *core, struct bytes naam, struct agenda_vraag *vraag)
{
	for (size_t i = 0; i < core->convenant_count; i++) {
		const struct convenant *convenant = core->convenanten[i];
		for (size_t n = 0; n < convenant_overleg_count(convenant); n++) {
			const struct overleg *overleg = convenant_overleg(convenant, n);
			if (!bytes_equal(bytes_of_text(overleg->overleg), naam))
				continue;
			vraag->convenant = convenant;
			vraag->overleg = n;
			return overleg_seats(overleg, &vraag->ontvanger);
		}
	}
	return false;
}

static bool is_on_it(const struct agenda_vraag *vraag, const struct state_obligation *o)
{
	const struct overleg *overleg = convenant_overleg(vraag->convenant, vraag->overleg);
	return o->soort == VERPLICHTING_AGENDA && strcmp(o->regel, overleg->overleg) == 0;
}

static bool is_gone(enum result r)
{
	return r == RESULT_ERASED || r == RESULT_DAMAGED;
}

static enum result gather(struct core *core, const struct agenda_vraag *vraag, struct arena *arena,
			  struct agenda *agenda)
{
	struct state_obligation o;
	const struct state_obligation *after = agenda->place.due ? &agenda->place : NULL;
	size_t recalled = 0;
	agenda->more = true;
	for (size_t n = 0; n < LOOKED_MAX && recalled < RECALLED_MAX &&
			   agenda->count < AGENDA_MAX && agenda->text.len < TEXT_BYTES;
	     n++) {
		enum result r = state_next_obligation(core->state, after, &o);
		agenda->more = r != RESULT_NOT_FOUND;
		if (r && !is_gone(r))
			return agenda->more ? r : RESULT_OK;
		bool on_it = !r && is_on_it(vraag, &o);
		recalled += on_it;
		if (on_it)
			r = agenda_add(core, vraag, &o, arena, agenda);
		if (r && !is_gone(r))
			return r;
		agenda->place = o;
		after = &agenda->place;
	}
	return RESULT_OK;
}

static enum result answer_with(struct core *core, struct flow_item *item,
			       const struct agenda_vraag *vraag, struct agenda *agenda,
			       struct arena *arena)
{
	struct reply reply = {.outcome = OUTCOME_AANVAARD};
	struct buffer told;
	buffer_init(&agenda->text, ANTWOORD_MAX / 2);
	buffer_init(&told, ANTWOORD_MAX);
	enum result r = gather(core, vraag, arena, agenda);
	control_append_text(&told, "result", "ok");
	if (!r)
		agenda_tell(agenda, &told);
	if (!r && agenda->more)
		r = openstaand_say_place(core, &vraag->ontvanger.oin, &agenda->place, &told);
	reply.antwoord = buffer_view(&told);
	if (!r)
		r = told.status ? told.status : answer_request(core, item, &reply, arena);
	buffer_wipe(&agenda->text);
	buffer_wipe(&told);
	return r;
}

static enum result agenda_request(struct core *core, struct flow_item *item, struct arena *arena)
{
	const struct statement *s = &item->opened->statement;
	struct bytes functie = veld_get(s->velden, s->veld_count, AGENDA_FUNCTIE);
	struct bytes na = veld_get(s->velden, s->veld_count, AGENDA_NA);
	struct agenda_vraag vraag = {.now = time_now(core)};
	struct waiter asks = {.sealing_id = item->opened->sealing_id,
			      .ontvanger = {.oin = item->signer->bundle.oin}};
	struct agenda *agenda = arena_alloc(arena, sizeof *agenda);
	if (!agenda)
		return RESULT_NO_MEMORY;
	enum result r =
		na.len > 0 ? openstaand_read_place(core, &asks.ontvanger.oin, na, &agenda->place)
			   : RESULT_OK;
	if (r)
		return r == RESULT_MALFORMED
			       ? refuse_request(core, item, REASON_BAD_VALUE, "agenda.na")
			       : r;
	if (functie.len == 0 || functie.len > FUNCTIE_MAX)
		return refuse_request(core, item, REASON_BAD_VALUE, "agenda.functie");
	memcpy(asks.ontvanger.functie, functie.data, functie.len);
	if (!party_has_functie(item->signer, asks.ontvanger.functie) || !waiter_holds(core, &asks))
		return refuse_request(core, item, REASON_FUNCTIE_NOT_HELD, "agenda.functie");
	vraag.ontvanger = asks.ontvanger;
	if (!find_seat(core, veld_get(s->velden, s->veld_count, AGENDA_OVERLEG), &vraag))
		return refuse_request(core, item, REASON_NOT_FOUND, "agenda.overleg");
	return answer_with(core, item, &vraag, agenda, arena);
}

const struct type_handler type_agenda = {.request = agenda_request, .distinct = AGENDA_OVERLEG};
