// SPDX-License-Identifier: EUPL-1.2
#include "register/einde.h"
#include "register/huissleutel.h"

#include "base/clock.h"
#include "crypto/secret.h"

#include <stdio.h>
#include <string.h>

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
		.audience_oin = bytes_of_text(request->genesis->house.text),
		.audience_log = bytes_of_text(request->genesis->origin),
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
