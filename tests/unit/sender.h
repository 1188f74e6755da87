// SPDX-License-Identifier: EUPL-1.2
// A partner and a house with fixed keys, and what the partner sends: statements that a test changes
// in one place, signed and sealed with the real functions.
#ifndef KNP_TESTS_UNIT_SENDER_H
#define KNP_TESTS_UNIT_SENDER_H

#include "crypto/seal.h"
#include "crypto/secret.h"
#include "crypto/sign.h"
#include "ipc/frames.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SENDER_ORIGIN "knooppunt.example/log"
#define SENDER_TODAY ((struct civil_date){2026, 11, 22})
#define SENDER_STATEMENTS 4
#define SENDER_RUBRIEKEN 6

static inline void sender_require(bool holds)
{
	if (!holds)
		abort();
}

struct sender {
	struct oin oin;
	struct private_key identity, sealing;
};

// Keys that depend on `seed` alone.
static inline struct private_key sender_key(enum key_kind kind, uint8_t seed)
{
	struct private_key key = {.kind = kind};
	uint8_t bytes[32];
	memset(bytes, seed, sizeof bytes);
	bool signs = kind == KEY_KIND_IDENTITY;
	sender_require(secret_alloc(signs ? SIGN_SECRET_LEN : SEAL_SECRET_LEN, &key.secret) ==
		       RESULT_OK);
	if (signs) {
		sign_keypair_from_seed(key.public_key, key.secret, bytes);
	} else {
		memcpy(key.secret, bytes, sizeof bytes);
		seal_public_of(key.public_key, key.secret);
	}
	key.id = key_id_of(kind, key.public_key);
	return key;
}

static inline void sender_init(struct sender *sender, const char *oin, uint8_t seed)
{
	sender_require(oin_parse(bytes_of_text(oin), &sender->oin) == RESULT_OK);
	sender->identity = sender_key(KEY_KIND_IDENTITY, seed);
	sender->sealing = sender_key(KEY_KIND_SEALING, seed);
}

static inline void sender_done(struct sender *sender)
{
	private_key_done(&sender->identity);
	private_key_done(&sender->sealing);
}

static inline struct party_row sender_row(const struct sender *sender)
{
	struct party_row row;
	memset(&row, 0, sizeof row);
	row.oin = sender->oin;
	row.identity_id = sender->identity.id;
	row.sealing_id = sender->sealing.id;
	memcpy(row.identity, sender->identity.public_key, 32);
	memcpy(row.sealing, sender->sealing.public_key, 32);
	return row;
}

static inline void sender_parties(const struct sender *house, const struct party_row *rows,
				  size_t count, struct buffer *out)
{
	struct frame_parties header;
	memset(&header, 0, sizeof header);
	header.kind = FRAME_PARTIES;
	header.count = (uint32_t)count;
	header.house = house->oin;
	header.receive_count = 1;
	header.receive[0] = house->sealing.id;
	snprintf(header.origin, sizeof header.origin, "%s", SENDER_ORIGIN);
	buffer_clear(out);
	buffer_append(out, bytes_make(&header, sizeof header));
	buffer_append(out, bytes_make(rows, count * sizeof *rows));
}

// ---- what is sent --------------------------------------------------------------------------

struct sending {
	const struct sender *sender, *house; // the house's sealing key is its receive key
	struct statement statements[SENDER_STATEMENTS];
	struct slots slots[SENDER_STATEMENTS];
	struct bytes rubrieken[SENDER_STATEMENTS][SENDER_RUBRIEKEN];
	char source[SOURCE_MAX + 1], id[SENDER_STATEMENTS][ID_MAX + 1];
	size_t count;
	bool keep_roots; // else sending_sign() computes each slots_root
	uint8_t signature[SIGNATURE_LEN];
	struct item items[SENDER_STATEMENTS];
	struct request request;
	struct buffer wires[SENDER_STATEMENTS], rubriek_wires[SENDER_RUBRIEKEN];
	struct buffer content, frame;
};

static inline void sending_done(struct sending *sending)
{
	for (size_t i = 0; i < SENDER_STATEMENTS; i++)
		buffer_done(&sending->wires[i]);
	for (size_t i = 0; i < SENDER_RUBRIEKEN; i++)
		buffer_done(&sending->rubriek_wires[i]);
	buffer_done(&sending->content);
	buffer_done(&sending->frame);
}

// The melding that all statements carry: kenmerken, one betrokkene with rol and BSN.
static inline void sending_fill_rubrieken(struct sending *sending)
{
	const struct veld kenmerken[] = {
		{KENMERK_SOORT, bytes_of_text("politie")},
		{KENMERK_URGENTIE, bytes_of_text("gewoon")},
		{KENMERK_GEMEENTE, bytes_of_text("GM1883")},
		{KENMERK_BETROKKENEN, bytes_of_text("1")},
	};
	const struct veld rol = {BETROKKENHEID_ROL, bytes_of_text("vermoedelijke-pleger")};
	const struct veld bsn = {BSN_WAARDE, bytes_of_text("999990342")};
	struct veld *velden[] = {(struct veld *)(uintptr_t)kenmerken,
				 (struct veld *)(uintptr_t)&rol, (struct veld *)(uintptr_t)&bsn};
	const struct rubriek rubrieken[] = {
		{RUBRIEK_KENMERKEN, 0, REGIME_WPG, {NULL, 0}, velden[0], 4},
		{RUBRIEK_BETROKKENHEID, 1, REGIME_WPG, {NULL, 0}, velden[1], 1},
		{RUBRIEK_BSN, 1, REGIME_WPG, {NULL, 0}, velden[2], 1},
	};
	for (size_t i = 0; i < 3; i++)
		sender_require(rubriek_encode(&rubrieken[i], &sending->rubriek_wires[i]) ==
			       RESULT_OK);
}

static inline void sending_fill_statement(struct sending *sending, size_t n)
{
	struct statement *statement = &sending->statements[n];
	snprintf(sending->id[n], sizeof sending->id[n], "melding-00000000%zu", n);
	*statement = (struct statement){
		.type = TYPE_MELDING,
		.audience_oin = bytes_of_text(sending->house->oin.text),
		.audience_log = bytes_of_text(SENDER_ORIGIN),
		.source = bytes_of_text(sending->source),
		.id = bytes_of_text(sending->id[n]),
		.time = 1795428000000,
		.sequence = n + 1,
		.has_slots = true,
	};
	memset(statement->random, (int)n + 1, sizeof statement->random);
	sending->slots[n] =
		(struct slots){.capacity = 64, .rubrieken = sending->rubrieken[n], .count = 3};
	memset(sending->slots[n].seed, (int)n + 1, VECTOR_SEED_LEN);
	for (size_t i = 0; i < 3; i++)
		sending->rubrieken[n][i] = buffer_view(&sending->rubriek_wires[i]);
}

// A sending of `count` good meldingen.
static inline void sending_init(struct sending *sending, const struct sender *sender,
				const struct sender *house, size_t count)
{
	memset(sending, 0, sizeof *sending);
	sending->sender = sender;
	sending->house = house;
	sending->count = count;
	snprintf(sending->source, sizeof sending->source, "urn:nld:oin:%s:systeem:test",
		 sender->oin.text);
	for (size_t i = 0; i < SENDER_STATEMENTS; i++)
		buffer_init(&sending->wires[i], STATEMENT_MAX);
	for (size_t i = 0; i < SENDER_RUBRIEKEN; i++)
		buffer_init(&sending->rubriek_wires[i], STATEMENT_MAX);
	buffer_init(&sending->content, ENVELOPE_CONTENT_MAX);
	buffer_init(&sending->frame, ENVELOPE_FRAME_MAX);
	sending_fill_rubrieken(sending);
	for (size_t i = 0; i < count; i++)
		sending_fill_statement(sending, i);
}

static inline void sending_root(struct sending *sending, size_t n)
{
	struct vector vector;
	const struct slots *slots = &sending->slots[n];
	sender_require(vector_make(VECTOR_SLOTS, slots->capacity, slots->seed, slots->rubrieken,
				   slots->count, &vector) == RESULT_OK);
	sending->statements[n].slots_root = vector_root(&vector);
}

// Encodes and signs; afterwards a test may change `request` before it is sealed.
static inline void sending_sign(struct sending *sending)
{
	struct bytes views[SENDER_STATEMENTS];
	struct signed_statement proofs[SENDER_STATEMENTS];
	for (size_t i = 0; i < sending->count; i++) {
		if (sending->statements[i].has_slots && !sending->keep_roots)
			sending_root(sending, i);
		if (sending->wires[i].len == 0)
			sender_require(statement_encode(&sending->statements[i],
							&sending->wires[i]) == RESULT_OK);
		views[i] = buffer_view(&sending->wires[i]);
	}
	const struct sender *sender = sending->sender;
	sender_require(batch_sign(&(const struct batch_signer){&sender->oin, &sender->identity},
				  views, sending->count, sending->signature, proofs) == RESULT_OK);
	for (size_t i = 0; i < sending->count; i++)
		sending->items[i] = (struct item){.statement = views[i],
						  .index = proofs[i].index,
						  .path = proofs[i].path,
						  .has_slots = sending->statements[i].has_slots,
						  .slots = sending->slots[i]};
	sending->request = (struct request){
		.signer = bytes_make(sender->oin.text, OIN_LEN),
		.key_id = bytes_make(sender->identity.id.b, KEY_ID_LEN),
		.size = (uint32_t)sending->count,
		.signature = bytes_make(sending->signature, SIGNATURE_LEN),
		.items = sending->items,
		.item_count = sending->count,
	};
}

// Seals any content as this sender would.
static inline void sending_seal_content(struct sending *sending, struct bytes content)
{
	const struct sender *sender = sending->sender, *house = sending->house;
	struct pair_end from = {.oin = sender->oin}, to = {.oin = house->oin};
	memcpy(from.public_key, sender->sealing.public_key, 32);
	memcpy(to.public_key, house->sealing.public_key, 32);
	struct pair_key key;
	sender_require(envelope_pair_key(&(const struct pair_direction){SENDER_ORIGIN,
									ENVELOPE_TO_KNOOPPUNT,
									&from, &to, NULL},
					 sender->sealing.secret, &key) == RESULT_OK);
	const struct envelope_prefix prefix = {.direction = ENVELOPE_TO_KNOOPPUNT,
					       .sender = sender->sealing.id,
					       .recipient = house->sealing.id};
	buffer_clear(&sending->frame);
	sender_require(envelope_seal(&prefix, &key, content, &sending->frame) == RESULT_OK);
}

static inline void sending_seal(struct sending *sending)
{
	buffer_clear(&sending->content);
	sender_require(request_encode(&sending->request, &sending->content) == RESULT_OK);
	sending_seal_content(sending, buffer_view(&sending->content));
}

#endif
