// SPDX-License-Identifier: EUPL-1.2
// Who was told of a rechtzetting says what it did with what it had been given. What was not done
// comes back to the house, which owes an answer within the same time and can say everything but
// that.
#include "control/control.h"
#include "flow/namens.h"
#include "flow/rechtzetting.h"
#include "flow/type.h"

#include "base/clock.h"

#include <stdio.h>

static bool is_left(const struct flow_item *item)
{
	return bytes_equal(said(item, OPVOLGING_ANTWOORD), bytes_of_text("niet-verwerkt"));
}

static enum result owe_back(struct core *core, struct flow_item *item)
{
	struct verplichting *owed = arena_alloc(item->arena, sizeof *owed);
	if (!owed)
		return RESULT_NO_MEMORY;
	*owed = (struct verplichting){
		.soort = VERPLICHTING_OPVOLGING,
		.oin = bytes_of_text(core->registry.genesis.house.text),
		.functie = bytes_of_text(house_functie(core, NULL)),
		.regel = said(item, OPVOLGING_RECHTZETTING),
		.uiterlijk = (uint64_t)(item->now + OPVOLGING_MS),
	};
	item->besluit.verplichtingen = owed;
	item->besluit.verplichting_count = 1;
	return RESULT_OK;
}

static enum result opvolging_settle(struct core *core, struct flow_item *item)
{
	static const struct owed_velden velden = {.soort = VERPLICHTING_OPVOLGING,
						  .entry = OPVOLGING_ENTRY,
						  .naam = OPVOLGING_RECHTZETTING,
						  .namens = OPVOLGING_NAMENS,
						  .entry_field = "opvolging.entry",
						  .naam_field = "opvolging.rechtzetting",
						  .namens_field = "opvolging.namens"};
	if (is_left(item) && said(item, OPVOLGING_MOTIVERING).len == 0) {
		refuse_item(item, REASON_MISSING_FIELD, "opvolging.motivering");
		return RESULT_OK;
	}
	enum result r = settle_owed(core, item, &velden);
	if (r || item->refusal.reason || !is_left(item))
		return r;
	if (said(item, OPVOLGING_NAMENS).len == 0 &&
	    oin_equal(&item->signer->bundle.oin, &core->registry.genesis.house)) {
		refuse_item(item, REASON_BAD_VALUE, "opvolging.antwoord");
		return RESULT_OK;
	}
	return owe_back(core, item);
}

static enum result opvolging_apply(struct state *state, const struct part_verantwoording *v)
{
	const struct state_settled settled = {
		.soort = VERPLICHTING_OPVOLGING,
		.naam = veld_get(v->velden, v->veld_count, OPVOLGING_RECHTZETTING),
		.namens = veld_get(v->velden, v->veld_count, OPVOLGING_NAMENS),
		.own = true};
	return v->betreft ? state_settle(state, v, &settled) : RESULT_OK;
}

// "g-opvolging <rechtzetting> <oin> <antwoord>"
static void opvolging_tell(const struct part_verantwoording *v, struct buffer *out)
{
	struct bytes what = veld_get(v->velden, v->veld_count, OPVOLGING_RECHTZETTING);
	struct bytes antwoord = veld_get(v->velden, v->veld_count, OPVOLGING_ANTWOORD);
	struct bytes speaker = namens_said(v, OPVOLGING_NAMENS);
	char line[160];
	snprintf(line, sizeof line, "%.*s %.*s %.*s", (int)what.len, (const char *)what.data,
		 (int)speaker.len, (const char *)speaker.data, (int)antwoord.len,
		 (const char *)antwoord.data);
	control_append_text(out, "g-opvolging", line);
	namens_tell_said(v, OPVOLGING_NAMENS, OPVOLGING_MEDEWERKER, out);
}

const struct type_handler type_opvolging = {
	.read = read_signed,
	.settle = opvolging_settle,
	.apply = opvolging_apply,
	.content = UINT64_C(1) << OPVOLGING_MOTIVERING,
	.event = "opvolging",
	.tell = opvolging_tell,
};
