// SPDX-License-Identifier: EUPL-1.2
// A question of the privacy officer. It is recorded before it is answered: who asked, by which key,
// what kind of question, and about whom, as the handle that the person has here. The handle leads
// to nobody once the last that names the person is gone, and the record goes by a term of its own;
// what was asked is kept nowhere. The answer goes out beside the receipt (acknowledge.c), sealed
// for the key that asked and for no other key of the house.
#include "flow/bureau.h"
#include "flow/find.h"
#include "flow/type.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

#define NUMBERS 3

// Velden of its accountability beside those that were sent: numbers that nobody sends (K29).
enum {
	RECORD_OVER = 101,
	RECORD_MELDING = 102,
	RECORD_SLEUTEL = 103,
};

static bool is_soort(const struct flow_item *item, const char *soort)
{
	return bytes_equal(said(item, VRAAG_VRAAG), bytes_of_text(soort));
}

// ---- who may ask ---------------------------------------------------------------------------

// Of the house, for this functie, and sealed by the very key record that signs: the answer is
// sealed for that one.
static bool may_ask(const struct core *core, const struct flow_item *item)
{
	return is_of_bureau(core, item) &&
	       register_by_sealing(&core->registry, &item->opened->sealing_id) == item->signer;
}

static size_t numbers_of(const struct flow_item *item, struct identificatie numbers[NUMBERS])
{
	const struct identificatie all[NUMBERS] = {{ID_BSN, said(item, VRAAG_BSN)},
						   {ID_SKN, said(item, VRAAG_SKN)},
						   {ID_VNUMMER, said(item, VRAAG_VNUMMER)}};
	size_t count = 0;
	for (size_t i = 0; i < NUMBERS; i++)
		if (all[i].waarde.len > 0)
			numbers[count++] = all[i];
	return count;
}

// What a question cannot be asked without. Nobody is looked up for it.
static void check_asked(struct flow_item *item)
{
	struct identificatie numbers[NUMBERS];
	size_t count = numbers_of(item, numbers);
	if (is_soort(item, "inzage") && count == 0)
		refuse_item(item, REASON_IDENTIFICATION, "vraag.bsn");
	else if (count > 1)
		refuse_item(item, REASON_TOO_MANY, "vraag.bsn");
	else if (is_soort(item, "why") && said(item, VRAAG_ID).len == 0)
		refuse_item(item, REASON_MISSING_FIELD, "vraag.id");
	else if (is_soort(item, "sleutel") && said(item, VRAAG_KEY).len == 0)
		refuse_item(item, REASON_MISSING_FIELD, "vraag.key");
	else if (is_soort(item, "verify") && said(item, VRAAG_SIZE).len == 0)
		refuse_item(item, REASON_MISSING_FIELD, "vraag.size");
}

static enum result vraag_settle(struct core *core, struct flow_item *item)
{
	if (!may_ask(core, item))
		refuse_item(item, REASON_FUNCTIE_NOT_HELD, "signer");
	else
		check_asked(item);
	return RESULT_OK;
}

// ---- what is recorded of it ----------------------------------------------------------------

static enum result add_veld(const struct flow_item *item, struct part_verantwoording *v,
			    uint32_t veld, struct bytes waarde)
{
	struct bytes copy = arena_copy(item->arena, waarde);
	if (!copy.data)
		return RESULT_NO_MEMORY;
	v->velden[v->veld_count++] = (struct veld){veld, copy};
	return RESULT_OK;
}

// Whom it is about: by a number of the person, or of a casus about the person (search).
static enum result find_person(struct core *core, const struct flow_item *item,
			       uint8_t ret_handle[HANDLE_LEN])
{
	struct identificatie numbers[NUMBERS];
	if (numbers_of(item, numbers) > 0)
		return state_person(core->state, &numbers[0], ret_handle);
	if (!is_soort(item, "search") || said(item, VRAAG_ID).len == 0)
		return RESULT_NOT_FOUND;
	return flow_find_person(core, said(item, VRAAG_ID), item->arena, ret_handle);
}

static enum result add_person(struct core *core, const struct flow_item *item,
			      struct part_verantwoording *v)
{
	uint8_t handle[HANDLE_LEN];
	enum result r = find_person(core, item, handle);
	if (r)
		return r == RESULT_NOT_FOUND ? RESULT_OK : r; // who is not known is forgotten
	return add_veld(item, v, RECORD_OVER, bytes_make(handle, sizeof handle));
}

static enum result add_melding(struct core *core, const struct flow_item *item,
			       struct part_verantwoording *v)
{
	struct state_outcome outcome;
	char text[24];
	struct bytes id = said(item, VRAAG_ID);
	if (id.len == 0)
		return RESULT_OK;
	enum result r = flow_find(core, said(item, VRAAG_SOURCE), id, &outcome);
	if (r)
		return r == RESULT_NOT_FOUND ? RESULT_OK : r;
	snprintf(text, sizeof text, "%llu", (unsigned long long)outcome.index);
	return add_veld(item, v, RECORD_MELDING, bytes_of_text(text));
}

static enum result vraag_account(struct core *core, struct flow_item *item,
				 struct part_verantwoording *v)
{
	struct veld *velden = arena_alloc(item->arena, (v->veld_count + 3) * sizeof *velden);
	if (!velden)
		return RESULT_NO_MEMORY;
	if (v->veld_count > 0)
		memcpy(velden, v->velden, v->veld_count * sizeof *velden);
	v->velden = velden;
	v->bewaar_verantwoording = (uint64_t)(item->now + BUREAU_KEPT_MS);
	enum result r = add_person(core, item, v);
	if (!r)
		r = add_melding(core, item, v);
	return r ? r
		 : add_veld(item, v, RECORD_SLEUTEL,
			    bytes_make(item->signer->identity_id.b, KEY_ID_LEN));
}

static void vraag_asked(const struct part_verantwoording *v, struct vraag_record *ret_record)
{
	const struct veld *velden = v->velden;
	size_t count = v->veld_count;
	*ret_record = (struct vraag_record){
		.vraag = veld_get(velden, count, VRAAG_VRAAG),
		.medewerker = veld_get(velden, count, VRAAG_MEDEWERKER),
		.zaak = veld_get(velden, count, VRAAG_ZAAK),
		.vervolg = veld_get(velden, count, VRAAG_BEFORE).len > 0 ||
			   veld_get(velden, count, VRAAG_TILE).len > 0,
		.over = veld_get(velden, count, RECORD_OVER),
		.melding = veld_get(velden, count, RECORD_MELDING),
		.sleutel = veld_get(velden, count, RECORD_SLEUTEL),
	};
}

const struct type_handler type_vraag = {
	.asked = vraag_asked,
	.read = read_signed,
	.settle = vraag_settle,
	.account = vraag_account,
	.recorded = owe_answer,
	.content = VELD_BIT(VRAAG_BSN) | VELD_BIT(VRAAG_SKN) | VELD_BIT(VRAAG_VNUMMER) |
		   VELD_BIT(VRAAG_ID) | VELD_BIT(VRAAG_SOURCE),
};
