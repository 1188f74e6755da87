// SPDX-License-Identifier: EUPL-1.2
// The message: one image of fixed size, then the tables it counts, then the byte area:
//
//   struct image                     counts, numbers and spans
//   struct span      slots[]         the exact rubrieken, in the sender's order
//   struct rubriek_image rubrieken[] the same, decoded; each takes the next veld_count velden
//   struct veld_image velden[]       of the statement first, then of the rubrieken in order
//   uint8_t          area[]          statement and rubrieken as they were hashed, then what else
//
// Nearly every view is a piece of bytes that must travel anyway (the exact statement and
// rubrieken), so it is found there again and not sent twice.
#ifndef KNP_IPC_OPENED_IMAGE_H
#define KNP_IPC_OPENED_IMAGE_H

#include "ipc/channel.h"
#include "ipc/opened.h"

#include <string.h>

struct span {
	uint32_t offset, len; // in the area
};

struct veld_image {
	uint32_t veld;
	struct span waarde;
};

struct rubriek_image {
	uint32_t soort, betrokkene, regime, veld_count;
	struct span bron;
};

enum text { AUDIENCE_OIN, AUDIENCE_LOG, SOURCE, ID, ANTWOORD_OP, VERVANGT, TEXTS };

struct image {
	uint32_t kind;
	uint32_t refusal;
	struct route route;
	struct oin connection_oin, sender_oin;
	uint8_t pad[6];
	struct key_id sealing_id;
	struct hash header_hash;
	uint64_t envelope_number;
	uint32_t envelope_items, envelope_item;
	struct span statement, signer, key_id, signature;
	uint32_t batch_size, batch_index, path_count, type;
	struct hash path[BATCH_PATH_MAX];
	uint64_t time, sequence, head_size, held_size;
	struct hash head_root, held_root, slots_root;
	uint8_t random[RANDOM_LEN];
	struct span texts[TEXTS];
	uint32_t has_slots_root, has_slots, capacity;
	uint32_t slot_count, rubriek_count, veld_count, statement_veld_count;
	uint8_t seed[VECTOR_SEED_LEN];
	char field[FIELD_MAX];
	uint32_t area_len;
};
_Static_assert(sizeof(struct image) == 808, "no padding: it would carry our stack to a neighbour");

// The texts of a statement and what each is allowed to be.
struct text_row {
	size_t offset; // of a struct bytes in struct statement
	size_t max;
};
extern const struct text_row opened_texts[TEXTS];

// Bytes of the three tables that an image counts.
size_t image_tables_len(const struct image *image);

#endif
