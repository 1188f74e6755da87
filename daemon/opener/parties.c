// SPDX-License-Identifier: EUPL-1.2
#include "opener/parties.h"

#include "crypto/secret.h"

#include <stdlib.h>
#include <string.h>

// An entry of a sorted index.
struct indexed {
	struct key_id id;
	uint32_t row;
};

struct parties {
	struct frame_parties header;
	struct party_row *rows;
	size_t count;
	struct indexed *by_sealing, *by_identity;
	size_t sealing_count;
	struct pair_key *pair_keys; // secret memory, OPENER_KEYS_MAX per row
	bool *has_pair_key;
};

void parties_free(struct parties *parties)
{
	if (!parties)
		return;
	free(parties->rows);
	free(parties->by_sealing);
	free(parties->by_identity);
	secret_free((uint8_t *)parties->pair_keys);
	free(parties->has_pair_key);
	free(parties);
}

static bool oin_is_whole(const struct oin *oin)
{
	struct oin parsed;
	return oin->text[OIN_LEN] == '\0' &&
	       oin_parse(bytes_make(oin->text, OIN_LEN), &parsed) == RESULT_OK;
}

static bool later_are_whole(const struct frame_parties *header)
{
	bool whole = header->later_count <= LATER_LOGS_MAX;
	for (uint32_t i = 0; whole && i < header->later_count; i++)
		whole = header->later[i][0] &&
			memchr(header->later[i], '\0', sizeof header->later[i]);
	return whole;
}

static bool header_is_sound(const struct frame_parties *header, size_t frame_len)
{
	return header->kind == FRAME_PARTIES && header->count <= PARTY_ROWS_MAX &&
	       frame_len == sizeof *header + header->count * sizeof(struct party_row) &&
	       header->receive_count > 0 && header->receive_count <= RECEIVE_KEYS_MAX &&
	       memchr(header->origin, '\0', sizeof header->origin) && header->origin[0] &&
	       later_are_whole(header) && oin_is_whole(&header->house);
}

static enum result allocate(struct parties *parties)
{
	size_t count = parties->count + 1; // never nothing
	uint8_t *secret = NULL;
	size_t pairs = OPENER_KEYS_MAX * count;
	enum result result = secret_alloc(pairs * sizeof *parties->pair_keys, &secret);
	if (result != RESULT_OK)
		return result;
	parties->pair_keys = (struct pair_key *)secret;
	parties->rows = calloc(count, sizeof *parties->rows);
	parties->by_sealing = calloc(count, sizeof *parties->by_sealing);
	parties->by_identity = calloc(count, sizeof *parties->by_identity);
	parties->has_pair_key = calloc(pairs, sizeof *parties->has_pair_key);
	return parties->rows && parties->by_sealing && parties->by_identity && parties->has_pair_key
		       ? RESULT_OK
		       : RESULT_NO_MEMORY;
}

static int indexed_order(const void *a, const void *b)
{
	const struct indexed *x = a, *y = b;
	return memcmp(x->id.b, y->id.b, KEY_ID_LEN);
}

static bool has_twins(const struct indexed *index, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		if (indexed_order(&index[i - 1], &index[i]) == 0)
			return true;
	}
	return false;
}

// A role that only signs has no sealing key.
static bool seals(const struct party_row *row)
{
	return !bytes_all_zero(bytes_make(row->sealing, sizeof row->sealing));
}

// False when the list cannot be from our core: no key occurs twice in the register.
static bool index_rows(struct parties *parties)
{
	for (size_t i = 0; i < parties->count; i++) {
		const struct party_row *row = &parties->rows[i];
		if (!oin_is_whole(&row->oin))
			return false;
		parties->by_identity[i] =
			(struct indexed){.id = row->identity_id, .row = (uint32_t)i};
		if (seals(row))
			parties->by_sealing[parties->sealing_count++] =
				(struct indexed){.id = row->sealing_id, .row = (uint32_t)i};
	}
	qsort(parties->by_identity, parties->count, sizeof(struct indexed), indexed_order);
	qsort(parties->by_sealing, parties->sealing_count, sizeof(struct indexed), indexed_order);
	return !has_twins(parties->by_identity, parties->count) &&
	       !has_twins(parties->by_sealing, parties->sealing_count);
}

enum result parties_make(struct bytes frame, struct parties **ret_parties)
{
	struct frame_parties header;
	if (frame.len < sizeof header)
		return RESULT_MALFORMED;
	memcpy(&header, frame.data, sizeof header);
	if (!header_is_sound(&header, frame.len))
		return RESULT_MALFORMED;
	struct parties *parties = calloc(1, sizeof *parties);
	if (!parties)
		return RESULT_NO_MEMORY;
	parties->header = header;
	parties->count = header.count;
	enum result result = allocate(parties);
	if (result == RESULT_OK) {
		memcpy(parties->rows, frame.data + sizeof header, frame.len - sizeof header);
		result = index_rows(parties) ? RESULT_OK : RESULT_MALFORMED;
	}
	if (result != RESULT_OK) {
		parties_free(parties);
		return result;
	}
	*ret_parties = parties;
	return RESULT_OK;
}

bool parties_is_log(const struct parties *parties, struct bytes origin)
{
	bool is = bytes_equal(origin, bytes_of_text(parties->header.origin));
	for (uint32_t i = 0; i < parties->header.later_count; i++)
		is = is || bytes_equal(origin, bytes_of_text(parties->header.later[i]));
	return is;
}

const struct oin *parties_house(const struct parties *parties)
{
	return &parties->header.house;
}

static const struct party_row *find(const struct parties *parties, const struct indexed *index,
				    size_t count, const struct key_id *id)
{
	const struct indexed wanted = {.id = *id};
	const struct indexed *found =
		count ? bsearch(&wanted, index, count, sizeof wanted, indexed_order) : NULL;
	return found ? &parties->rows[found->row] : NULL;
}

const struct party_row *parties_by_sealing(const struct parties *parties,
					   const struct key_id *sealing_id)
{
	return find(parties, parties->by_sealing, parties->sealing_count, sealing_id);
}

const struct party_row *parties_by_identity(const struct parties *parties, const struct oin *oin,
					    struct bytes identity_id)
{
	struct key_id id;
	if (identity_id.len != sizeof id.b)
		return NULL;
	memcpy(id.b, identity_id.data, sizeof id.b);
	const struct party_row *row = find(parties, parties->by_identity, parties->count, &id);
	return row && oin_equal(&row->oin, oin) ? row : NULL;
}

bool parties_has_receive(const struct parties *parties, const struct key_id *id)
{
	for (size_t i = 0; i < parties->header.receive_count; i++)
		if (key_id_equal(&parties->header.receive[i], id))
			return true;
	return false;
}

size_t parties_receive_count(const struct parties *parties)
{
	return parties->header.receive_count;
}

const struct key_id *parties_receive(const struct parties *parties, size_t n)
{
	return &parties->header.receive[n];
}

enum result parties_pair_key(struct parties *parties, const struct party_row *row,
			     const struct receive_keys *keys, size_t which,
			     const struct pair_key **ret_key)
{
	size_t n = OPENER_KEYS_MAX * (size_t)(row - parties->rows) + which;
	const struct private_key *receive = &keys->keys[which];
	if (!parties->has_pair_key[n]) {
		struct pair_end sender = {.oin = row->oin};
		struct pair_end recipient = {.oin = parties->header.house};
		memcpy(sender.public_key, row->sealing, sizeof sender.public_key);
		memcpy(recipient.public_key, receive->public_key, sizeof recipient.public_key);
		enum result result =
			envelope_pair_key(&(const struct pair_direction){parties->header.origin,
									 ENVELOPE_TO_KNOOPPUNT,
									 &sender, &recipient, NULL},
					  receive->secret, &parties->pair_keys[n]);
		if (result != RESULT_OK)
			return result;
		parties->has_pair_key[n] = true;
	}
	*ret_key = &parties->pair_keys[n];
	return RESULT_OK;
}
