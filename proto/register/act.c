// SPDX-License-Identifier: EUPL-1.2
#include "register/einde.h"
#include "register/herstel.h"
#include "register/huissleutel.h"

#include "base/clock.h"
#include "crypto/secret.h"
#include "melding/reason.h"
#include "melding/validate.h"

#include <stdio.h>
#include <string.h>

#define AHEAD_MS (5 * MS_PER_MINUTE) // as of every statement

const char *register_act_soort(uint32_t soort)
{
	switch (soort) {
	case REGISTER_PARTNER:
		return "partner";
	case REGISTER_INTREKKING:
		return "intrekking";
	case REGISTER_CONVENANT:
		return "convenant";
	case REGISTER_HUISSLEUTEL:
		return HUISSLEUTEL_SOORT;
	case REGISTER_HUISSLEUTEL_EINDE:
		return HUISSLEUTEL_EINDE_SOORT;
	case REGISTER_CONVENANT_EINDE:
		return CONVENANT_EINDE_SOORT;
	case REGISTER_HERSTEL:
		return HERSTEL_SOORT;
	}
	return "";
}

struct hash register_act_object(const struct part_register *part)
{
	switch (part->soort) {
	case REGISTER_PARTNER:
		return sha256(part->partner);
	case REGISTER_INTREKKING:
		return sha256(part->ingetrokken);
	case REGISTER_CONVENANT:
		return part->convenant.hash;
	case REGISTER_HUISSLEUTEL:
	case REGISTER_HUISSLEUTEL_EINDE:
	case REGISTER_CONVENANT_EINDE:
	case REGISTER_HERSTEL:
		return sha256(part->opdracht);
	}
	return (struct hash){{0}};
}

// An id from 16 random bytes: acts need no order among themselves.
static void random_id(char out[2 * RANDOM_LEN + 1])
{
	uint8_t raw[RANDOM_LEN];
	random_bytes(raw, sizeof raw);
	hex_encode(out, bytes_make(raw, sizeof raw));
}

enum result register_act_view(const struct statement *statement, struct act_view *ret_view)
{
	const struct veld *velden = statement->velden;
	size_t count = statement->veld_count;
	struct act_view view = {.soort = veld_get(velden, count, ACT_SOORT),
				.object = veld_get(velden, count, ACT_OBJECT)};
	if (statement->type != TYPE_ACT ||
	    time_parse(veld_get(velden, count, ACT_EXPIRES), &view.expires) != RESULT_OK)
		return RESULT_MALFORMED;
	*ret_view = view;
	return RESULT_OK;
}

enum result register_check_act_times(const struct statement *act, int64_t now,
				     struct problem *problem)
{
	const struct type_row *type = type_row(TYPE_ACT);
	struct refusal refusal = {.reason = REASON_FROM_FUTURE, .field = "time"};
	int64_t made = (int64_t)act->time;
	if (act->type != TYPE_ACT)
		return RESULT_OK; // and so no act, which the signatures' check says
	if (act->time <= (uint64_t)(now + AHEAD_MS) &&
	    veld_validate(veld_row(type->velden, type->veld_count, ACT_EXPIRES),
			  veld_get(act->velden, act->veld_count, ACT_EXPIRES), date_amsterdam(made),
			  &refusal))
		return RESULT_OK;
	problem_set(problem, reason_code(refusal.reason),
		    "sign it anew, with a clock that is right and an expires within 31 days", "%s",
		    refusal.reason == REASON_FROM_FUTURE
			    ? "the act is dated in the future"
			    : "the act does not expire within 31 days after it was made");
	problem_set_field(problem, "%s", refusal.field);
	return RESULT_DENIED;
}

enum result register_act_statement(const struct act_request *request, struct buffer *out)
{
	char source[SOURCE_MAX], id[2 * RANDOM_LEN + 1], expires[21];
	int n = snprintf(source, sizeof source, "urn:nld:oin:%s:systeem:%s", request->signer.text,
			 request->systeem);
	if (n < 0 || (size_t)n >= sizeof source)
		return RESULT_TOO_LARGE;
	random_id(id);
	time_format(expires, request->now + MS_PER_DAY);
	struct veld velden[] = {
		{ACT_SOORT, bytes_of_text(request->soort)},
		{ACT_OBJECT, bytes_of_hash(&request->object)},
		{ACT_EXPIRES, bytes_of_text(expires)},
	};
	struct statement statement = {
		.type = TYPE_ACT,
		.audience_oin = bytes_of_text(request->registry->genesis.house.text),
		.audience_log = bytes_of_text(register_origin(request->registry)),
		.source = bytes_of_text(source),
		.id = bytes_of_text(id),
		.time = (uint64_t)request->now,
		.sequence = 1,
		.head = request->head,
		.velden = velden,
		.veld_count = sizeof velden / sizeof velden[0],
	};
	random_bytes(statement.random, sizeof statement.random);
	return statement_encode(&statement, out);
}
