// SPDX-License-Identifier: EUPL-1.2
#include "opener/opener.h"

#include "crypto/secret.h"
#include "opener/item.h"
#include "opener/parties.h"

#include <stdlib.h>
#include <string.h>

// Largest arena one envelope may take: protobuf-c needs up to some fifty times the bytes of a
// message of empty items before counts can be checked. Only an address range until it is touched.
#define ARENA_BYTES (64 * 1024 * 1024)

struct opener {
	const struct receive_keys *receive;
	struct parties *parties; // NULL before the first list
	struct arena *arena;
	uint8_t *plain; // ENVELOPE_FRAME_MAX
	uint64_t envelopes;
};

enum result opener_new(const struct receive_keys *receive, struct opener **ret_opener)
{
	struct opener *opener = calloc(1, sizeof *opener);
	if (!opener)
		return RESULT_NO_MEMORY;
	opener->receive = receive;
	opener->plain = malloc(ENVELOPE_FRAME_MAX);
	enum result result =
		opener->plain ? arena_new(ARENA_BYTES, &opener->arena) : RESULT_NO_MEMORY;
	if (result != RESULT_OK) {
		opener_free(opener);
		return result;
	}
	// Not from one again: a restarted opener's envelopes must not look like those of the old.
	random_bytes((uint8_t *)&opener->envelopes, 4);
	opener->envelopes <<= 24;
	*ret_opener = opener;
	return RESULT_OK;
}

void opener_free(struct opener *opener)
{
	if (!opener)
		return;
	parties_free(opener->parties);
	arena_free(opener->arena);
	free(opener->plain);
	free(opener);
}

enum result opener_set_parties(struct opener *opener, struct bytes frame)
{
	struct parties *parties;
	enum result result = parties_make(frame, &parties);
	if (result != RESULT_OK)
		return result;
	parties_free(opener->parties);
	opener->parties = parties;
	return RESULT_OK;
}

bool opener_has_parties(const struct opener *opener)
{
	return opener->parties != NULL;
}

// An envelope on its way in: who seals, who signs, what it says.
struct unsealed {
	const struct party_row *sealer, *signer;
	size_t receive; // which key it is sealed for
	struct request request;
	struct hash header_hashes[BATCH_MAX];
};

bool opener_may_use(const struct opener *opener, const struct key_id *id)
{
	return opener->parties && parties_has_receive(opener->parties, id);
}

bool opener_lacks_key(const struct opener *opener)
{
	size_t count = opener->parties ? parties_receive_count(opener->parties) : 0;
	for (size_t i = 0; i < count; i++) {
		const struct key_id *id = parties_receive(opener->parties, i);
		bool held = false;
		for (size_t k = 0; k < opener->receive->count; k++)
			held = held || key_id_equal(&opener->receive->keys[k].id, id);
		if (!held)
			return true;
	}
	return false;
}

static bool find_receive(const struct opener *opener, const struct key_id *id, size_t *ret_n)
{
	for (size_t i = 0; i < opener->receive->count; i++) {
		const struct private_key *key = &opener->receive->keys[i];
		if (key->secret && key_id_equal(&key->id, id) && opener_may_use(opener, id)) {
			*ret_n = i;
			return true;
		}
	}
	return false;
}

static enum reason find_sealer(const struct opener *opener, const struct opener_input *input,
			       struct unsealed *unsealed)
{
	struct envelope_prefix prefix;
	enum result result = envelope_read_prefix(input->frame, &prefix);
	if (result != RESULT_OK)
		return result == RESULT_UNSUPPORTED ? REASON_UNSUPPORTED : REASON_MALFORMED;
	// Our own answer, reflected.
	if (prefix.direction != ENVELOPE_TO_KNOOPPUNT)
		return REASON_MALFORMED;
	if (!find_receive(opener, &prefix.recipient, &unsealed->receive))
		return REASON_WRONG_AUDIENCE;
	const struct party_row *sealer = parties_by_sealing(opener->parties, &prefix.sender);
	if (!sealer)
		return REASON_UNKNOWN_KEY;
	if (!oin_equal(&sealer->oin, &input->connection_oin))
		return REASON_SENDER_MISMATCH;
	unsealed->sealer = sealer;
	return REASON_NONE;
}

static enum reason unseal(struct opener *opener, struct bytes frame, struct unsealed *unsealed)
{
	const struct pair_key *key;
	struct bytes content;
	if (parties_pair_key(opener->parties, unsealed->sealer, opener->receive, unsealed->receive,
			     &key) != RESULT_OK)
		return REASON_UNKNOWN_KEY;
	enum result result = envelope_open(frame, key, opener->plain, &content);
	if (result != RESULT_OK)
		return result == RESULT_BAD_SIGNATURE ? REASON_BAD_SIGNATURE : REASON_MALFORMED;
	if (request_decode(content, opener->arena, &unsealed->request) != RESULT_OK)
		return REASON_MALFORMED;
	return REASON_NONE;
}

static enum reason verify(const struct opener *opener, struct unsealed *unsealed)
{
	const struct request *request = &unsealed->request;
	const struct oin *oin = &unsealed->sealer->oin;
	if (!bytes_equal(request->signer, bytes_make(oin->text, OIN_LEN)))
		return REASON_SENDER_MISMATCH;
	unsealed->signer = parties_by_identity(opener->parties, oin, request->key_id);
	if (!unsealed->signer)
		return REASON_UNKNOWN_KEY;
	enum result result =
		batch_verify_request(request, unsealed->signer->identity, unsealed->header_hashes);
	if (result != RESULT_OK)
		return result == RESULT_BAD_SIGNATURE ? REASON_BAD_SIGNATURE : REASON_MALFORMED;
	return REASON_NONE;
}

static struct opened opened_of(const struct opener *opener, const struct opener_input *input,
			       const struct unsealed *unsealed, size_t n)
{
	const struct request *request = &unsealed->request;
	const struct item *item = &request->items[n];
	return (struct opened){
		.route = input->route,
		.connection_oin = input->connection_oin,
		.sender_oin = unsealed->sealer->oin,
		.sealing_id = unsealed->sealer->sealing_id,
		.signed_statement =
			{
				.statement = item->statement,
				.signer = request->signer,
				.key_id = request->key_id,
				.size = request->size,
				.index = item->index,
				.path = item->path,
				.signature = request->signature,
			},
		.header_hash = unsealed->header_hashes[n],
		.held = request->held,
		.envelope_items = (uint32_t)request->item_count,
		.envelope_item = (uint32_t)n,
		.envelope_number = opener->envelopes,
	};
}

static enum result hand_over(struct opener *opener, const struct opener_input *input,
			     const struct unsealed *unsealed, const struct opener_sink *sink)
{
	const struct item_rules rules = {
		.signer = &unsealed->sealer->oin,
		.house = parties_house(opener->parties),
		.parties = opener->parties,
		.today = input->today,
		.revoked = unsealed->sealer->revoked || unsealed->signer->revoked,
		.arena = opener->arena,
	};
	opener->envelopes++;
	for (size_t n = 0; n < unsealed->request.item_count; n++) {
		struct opened opened = opened_of(opener, input, unsealed, n);
		item_read(&unsealed->request.items[n], &rules, &opened);
		enum result result = sink->take(sink->context, &opened);
		if (result == RESULT_TOO_LARGE) {
			item_refuse(&opened, REASON_TOO_MANY, "rubrieken");
			result = sink->take(sink->context, &opened);
		}
		if (result != RESULT_OK)
			return result;
	}
	return RESULT_OK;
}

enum reason opener_open(struct opener *opener, const struct opener_input *input,
			const struct opener_sink *sink, enum result *ret_result)
{
	struct unsealed unsealed = {0};
	*ret_result = RESULT_OK;
	if (!opener->parties)
		return REASON_UNKNOWN_KEY;
	enum reason reason = find_sealer(opener, input, &unsealed);
	if (reason == REASON_NONE)
		reason = unseal(opener, input->frame, &unsealed);
	if (reason == REASON_NONE)
		reason = verify(opener, &unsealed);
	if (reason == REASON_NONE)
		*ret_result = hand_over(opener, input, &unsealed, sink);
	arena_clear(opener->arena);
	size_t used = input->frame.len < ENVELOPE_FRAME_MAX ? input->frame.len : ENVELOPE_FRAME_MAX;
	secret_wipe(opener->plain, used);
	return reason;
}
