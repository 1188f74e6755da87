// SPDX-License-Identifier: EUPL-1.2
// How a statement of the outbox stands, as members of an object.
#include "json/client_json.h"

const char *item_state_name(enum item_state state)
{
	switch (state) {
	case ITEM_AANVAARD:
		return "aanvaard";
	case ITEM_GEWEIGERD:
		return "geweigerd";
	case ITEM_OUTBOX:
		break;
	}
	return "outbox";
}

static void write_reden(struct json_out *out, const char *code, const char *field, const char *text,
			const char *fix)
{
	json_out_key(out, "reden");
	json_out_object_begin(out);
	json_out_add_text(out, "code", code);
	json_out_add_text(out, "veld", field);
	json_out_add_text(out, "uitleg", text);
	json_out_add_text(out, "fix", fix);
	json_out_object_end(out);
}

void refusal_json_write(struct json_out *out, const struct refusal *refusal)
{
	const char *code = reason_code(refusal->reason);
	const char *text = reason_text(refusal->reason);
	const char *fix = reason_fix(refusal->reason);
	write_reden(out, code ? code : "unknown", refusal->field,
		    text ? text : "A reason that this version does not know.", fix ? fix : "");
}

void item_json_write(struct json_out *out, const struct client *client,
		     const struct item_status *status, const struct item_kept *kept)
{
	const struct problem *why = kept ? kept->problem : NULL;
	json_out_add_text(out, "id", status->id);
	json_out_add_text(out, "status", item_state_name(status->state));
	if (status->proof[0])
		json_out_add_number(out, "index", status->index);
	if (status->state == ITEM_GEWEIGERD)
		refusal_json_write(out, &status->refusal);
	if (status->state == ITEM_OUTBOX && why && why->code)
		write_reden(out, why->code, why->field, kept->uitleg, why->fix);
	if (status->proof[0])
		json_out_add_text(out, "proof", status->proof);
	if (client_register(client)->genesis.oefening)
		json_out_add_bool(out, "oefening", true);
}
