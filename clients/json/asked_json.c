// SPDX-License-Identifier: EUPL-1.2
// What came of a question, as members of an object: the decision stands first.
#include "json/client_json.h"

const char *asked_name(const struct asked *asked)
{
	if (asked->refused)
		return asked->refusal.reason == REASON_IDENTIFICATION ? "identificatie" : NULL;
	if (asked->answer.vervallen)
		return NULL;
	return asked->answer.rubriek_count > 0 ? "bekend" : "niets";
}

void asked_json_write(struct json_out *out, const struct asked *asked)
{
	json_out_add_text(out, "status", asked_name(asked));
	if (asked->refused)
		refusal_json_write(out, &asked->refusal);
	else
		verstrekking_json_write(out, asked->functie, &asked->answer);
}
