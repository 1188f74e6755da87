// SPDX-License-Identifier: EUPL-1.2
#include "opener/item.h"

#include "crypto/secret.h"

#include <stdio.h>
#include <string.h>

#define SOURCE_OIN_AT 12 // behind "urn:nld:oin:", which statement_validate() has seen

static const enum reason reasons_of_faults[] = {
	[WIRE_FAULT_NONE] = REASON_MALFORMED,
	[WIRE_FAULT_SHAPE] = REASON_MALFORMED,
	[WIRE_FAULT_UNKNOWN_FIELD] = REASON_UNKNOWN_FIELD,
	[WIRE_FAULT_TEXT] = REASON_BAD_TEXT,
	[WIRE_FAULT_MISSING] = REASON_MISSING_FIELD,
	[WIRE_FAULT_LENGTH] = REASON_BAD_VALUE,
	[WIRE_FAULT_TOO_LONG] = REASON_TOO_LONG,
	[WIRE_FAULT_TOO_MANY] = REASON_TOO_MANY,
	[WIRE_FAULT_NOT_CANONICAL] = REASON_MALFORMED,
};

void item_refuse(struct opened *opened, enum reason reason, const char *field)
{
	opened->has_slots = false;
	opened->slots = (struct slots){0};
	opened->melding = (struct melding){0};
	opened->refusal = (struct refusal){.reason = reason};
	snprintf(opened->refusal.field, sizeof opened->refusal.field, "%s", field);
}

// Why a decoder refused, with the place inside `place` ("" or "rubriek[3].").
static void refuse_fault(struct opened *opened, enum wire_type type, struct bytes wire,
			 struct arena *arena, const char *place)
{
	struct wire_fault fault = {0};
	wire_explain(type, wire, arena, &fault);
	char field[FIELD_MAX];
	int len = snprintf(field, sizeof field, "%s%s", place, fault.field);
	if (len > 0 && len < FIELD_MAX && field[len - 1] == '.')
		field[len - 1] = '\0';
	item_refuse(opened, reasons_of_faults[fault.kind], field);
}

static bool read_statement(const struct item *item, const struct item_rules *rules,
			   struct opened *opened)
{
	if (statement_decode(item->statement, rules->arena, &opened->statement) != RESULT_OK) {
		opened->statement = (struct statement){0};
		refuse_fault(opened, WIRE_STATEMENT, item->statement, rules->arena, "");
		return false;
	}
	struct refusal refusal;
	if (!statement_validate(&opened->statement, rules->today, &refusal)) {
		item_refuse(opened, refusal.reason, refusal.field);
		return false;
	}
	return true;
}

// Dedupe and sequences go by source, so nobody may speak under the source of another.
static bool source_is_of(struct bytes source, const struct oin *signer)
{
	return source.len >= SOURCE_OIN_AT + OIN_LEN &&
	       memcmp(source.data + SOURCE_OIN_AT, signer->text, OIN_LEN) == 0;
}

static bool check_parties(const struct item_rules *rules, struct opened *opened)
{
	const struct statement *statement = &opened->statement;
	if (rules->revoked)
		item_refuse(opened, REASON_REVOKED_KEY, "");
	else if (!bytes_equal(statement->audience_oin, bytes_of_text(rules->house->text)))
		item_refuse(opened, REASON_WRONG_AUDIENCE, "audience_oin");
	else if (!parties_is_log(rules->parties, statement->audience_log))
		item_refuse(opened, REASON_WRONG_AUDIENCE, "audience_log");
	else if (!source_is_of(statement->source, rules->signer))
		item_refuse(opened, REASON_SENDER_MISMATCH, "source");
	return opened->refusal.reason == REASON_NONE;
}

// The sender signed the root only: seed and rubrieken must give exactly that vector.
static bool check_slots(const struct item *item, struct opened *opened)
{
	if (item->has_slots != opened->statement.has_slots) {
		item_refuse(opened, item->has_slots ? REASON_UNKNOWN_FIELD : REASON_MISSING_FIELD,
			    "slots");
		return false;
	}
	if (!item->has_slots)
		return true;
	struct vector vector;
	enum result result = vector_make(VECTOR_SLOTS, item->slots.capacity, item->slots.seed,
					 item->slots.rubrieken, item->slots.count, &vector);
	bool good = false;
	if (result == RESULT_OK) {
		struct hash root = vector_root(&vector);
		good = hash_equal(&root, &opened->statement.slots_root);
	}
	secret_wipe(&vector, sizeof vector);
	if (!good)
		item_refuse(opened, REASON_BAD_SLOTS, "slots");
	return good;
}

static bool read_melding(const struct item *item, const struct item_rules *rules,
			 struct opened *opened)
{
	struct melding melding = {.count = item->slots.count};
	melding.rubrieken = arena_alloc(rules->arena, melding.count * sizeof *melding.rubrieken);
	if (!melding.rubrieken) {
		item_refuse(opened, REASON_TOO_MANY, "rubrieken");
		return false;
	}
	for (size_t i = 0; i < melding.count; i++) {
		struct bytes wire = item->slots.rubrieken[i];
		if (rubriek_decode(wire, rules->arena, &melding.rubrieken[i]) == RESULT_OK)
			continue;
		char place[32];
		snprintf(place, sizeof place, "rubriek[%zu].", i);
		refuse_fault(opened, WIRE_RUBRIEK, wire, rules->arena, place);
		return false;
	}
	struct refusal refusal;
	if (!melding_validate(&melding, rules->today, &refusal)) {
		item_refuse(opened, refusal.reason, refusal.field);
		return false;
	}
	opened->melding = melding;
	return true;
}

void item_read(const struct item *item, const struct item_rules *rules, struct opened *opened)
{
	if (!read_statement(item, rules, opened) || !check_parties(rules, opened) ||
	    !check_slots(item, opened) || !item->has_slots)
		return;
	if (read_melding(item, rules, opened)) {
		opened->has_slots = true;
		opened->slots = item->slots;
	}
}
