// SPDX-License-Identifier: EUPL-1.2
#include "lib/shared.h"

#include "base/clock.h"
#include "crypto/secret.h"

#include <stdio.h>
#include <string.h>

void uuid_make(char out[37], int64_t wall_ms)
{
	static const uint8_t dash_after[] = {4, 6, 8, 10};
	uint8_t raw[16];
	char hex[33];
	random_bytes(raw, sizeof raw);
	for (size_t i = 0; i < 6; i++)
		raw[i] = (uint8_t)((uint64_t)wall_ms >> (40 - 8 * i));
	raw[6] = (uint8_t)(0x70 | (raw[6] & 0x0f));
	raw[8] = (uint8_t)(0x80 | (raw[8] & 0x3f));
	hex_encode(hex, bytes_make(raw, sizeof raw));
	size_t at = 0, next = 0;
	for (size_t i = 0; i < sizeof raw; i++) {
		if (next < sizeof dash_after && dash_after[next] == i) {
			out[at++] = '-';
			next++;
		}
		out[at++] = hex[2 * i];
		out[at++] = hex[2 * i + 1];
	}
	out[at] = '\0';
}

enum result draft_encode(const struct client *client, const struct draft *draft, struct buffer *out)
{
	char source[SOURCE_MAX], id[37];
	const struct register_genesis *genesis = &client->reg.genesis;
	int64_t now = client->wall_ms();
	int made = snprintf(source, sizeof source, "urn:nld:oin:%s:systeem:%s",
			    client->settings.oin.text, client->settings.systeem);
	if (made < 0 || (size_t)made >= sizeof source)
		return RESULT_MALFORMED;
	uuid_make(id, now);
	// Encoders read through the pointer only.
	struct veld *velden = (struct veld *)(uintptr_t)draft->velden;
	struct statement statement = {
		.type = draft->type,
		.audience_oin = bytes_of_text(genesis->house.text),
		.audience_log = bytes_of_text(register_origin(&client->reg)),
		.source = bytes_of_text(source),
		.id = bytes_of_text(draft->id ? draft->id : id),
		.time = (uint64_t)now,
		.sequence = draft->sequence,
		.head = held_head(&client->held, true),
		.has_slots = draft->slots_root != NULL,
		.velden = velden,
		.veld_count = draft->veld_count,
	};
	random_bytes(statement.random, sizeof statement.random);
	if (draft->slots_root)
		statement.slots_root = *draft->slots_root;
	return statement_encode(&statement, out);
}
