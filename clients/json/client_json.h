// SPDX-License-Identifier: EUPL-1.2
// What the client library tells, as JSON: how a statement stands, and a verstrekking. The keys are
// an interface (design §13); docs/melding-json.md has the rubrieken.
#ifndef KNP_JSON_CLIENT_JSON_H
#define KNP_JSON_CLIENT_JSON_H

#include "base/json_out.h"
#include "lib/client.h"

// "outbox", "aanvaard", "geweigerd".
const char *item_state_name(enum item_state state);

// Members of an object that is open: "id", "status", "index" once receipted, "reden" {"code",
// "veld", "uitleg", "fix"} when refused, or, with `kept`, why it is still in the outbox (in the
// words of `uitleg`, NULL: its own message); "proof" is the path of the tlog-proof; "oefening",
// true, where the log is one.
struct item_kept {
	const struct problem *problem;
	const char *uitleg;
};
void item_json_write(struct json_out *out, const struct client *client,
		     const struct item_status *status, const struct item_kept *kept);
// "reden" of what was refused.
void refusal_json_write(struct json_out *out, const struct refusal *refusal);

// Members of an object that is open: what was given, by whom, and under which regels.
void verstrekking_json_write(struct json_out *out, const char *functie,
			     const struct verstrekking *verstrekking);

// What came of a question: "bekend", "niets" or "identificatie" (it names its person by too
// little); NULL: it was refused for another reason, or its answer lapsed.
const char *asked_name(const struct asked *asked);
// Members of an object that is open: "status", then the answer as verstrekking_json_write has it,
// or "reden". Only where asked_name() has a word for it.
void asked_json_write(struct json_out *out, const struct asked *asked);

#endif
