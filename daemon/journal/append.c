// SPDX-License-Identifier: EUPL-1.2
#include "crypto/hash.h"
#include "journal/internal.h"

#include <assert.h>

// The state of the log as a batch makes it; the journal's own is replaced once it is on disk.
struct batch {
	struct journal *journal;
	struct store_txn *txn;
	struct frontier frontier;
	struct entry_chain chain;
};

static enum result put_sealed(struct batch *batch, enum journal_table table, struct bytes key,
			      uint64_t slot, struct bytes plain)
{
	struct buffer *sealed = &batch->journal->sealed;
	const struct keystore_sealing sealing = {
		.slot = slot,
		.nonce = KEYSTORE_NONCE_RANDOM,
		.place = {table == TABLE_PARTS ? PARTS_PLACE : CONTENT_PLACE, key},
	};
	buffer_clear(sealed);
	enum result result = keystore_seal(batch->journal->keystore, &sealing, plain, sealed);
	if (result == RESULT_OK)
		store_append(batch->txn, table, key, buffer_view(sealed));
	return result;
}

static void put_tree(struct batch *batch, const struct hash *leaf)
{
	struct tree_done done[64];
	size_t count = frontier_append(&batch->frontier, leaf, done);
	for (size_t i = 1; i < count; i++) {
		uint8_t key[NODE_KEY_LEN];
		journal_node_key(key, done[i].level, done[i].index);
		store_put(batch->txn, TABLE_TREE, bytes_make(key, sizeof key),
			  bytes_of_hash(&done[i].hash));
	}
}

static enum result put_document(struct batch *batch, const struct journal_item *item)
{
	struct hash hash = sha256(item->document);
	if (!hash_equal(&hash, &item->document_hash))
		return RESULT_MALFORMED;
	store_put(batch->txn, TABLE_DOCUMENT, bytes_of_hash(&hash), item->document);
	return RESULT_OK;
}

static enum result put_item(struct batch *batch, const struct journal_item *item)
{
	struct bytes entry = bytes_make(item->entry, ENTRY_LEN);
	struct hash leaf = tree_leaf(entry);
	uint8_t key_bytes[INDEX_KEY_LEN];
	put_u64be(key_bytes, batch->frontier.size);
	struct bytes key = bytes_make(key_bytes, sizeof key_bytes);
	if (entry_chain_add(&batch->chain, entry, &leaf) != ENTRY_FITS)
		return RESULT_MALFORMED;
	store_append(batch->txn, TABLE_ENTRY, key, entry);
	enum result result = put_sealed(batch, TABLE_PARTS, key, item->slot_parts, item->parts);
	if (result == RESULT_OK && item->content.len > 0)
		result = put_sealed(batch, TABLE_CONTENT, key, item->slot_content, item->content);
	if (result == RESULT_OK && item->document.len > 0)
		result = put_document(batch, item);
	put_tree(batch, &leaf);
	return result == RESULT_OK ? store_status(batch->txn) : result;
}

enum result journal_append(struct journal *journal, uint64_t expected,
			   const struct journal_item *items, size_t count)
{
	assert(journal->keystore);
	if (expected != journal->frontier.size)
		return RESULT_CONFLICT;
	struct batch batch = {
		.journal = journal, .frontier = journal->frontier, .chain = journal->chain};
	enum result result = store_begin(journal->store, true, &batch.txn);
	if (result != RESULT_OK)
		return result;
	for (size_t i = 0; i < count && result == RESULT_OK; i++)
		result = put_item(&batch, &items[i]);
	if (result != RESULT_OK) {
		store_abort(batch.txn);
		return result;
	}
	result = store_commit(batch.txn);
	if (result == RESULT_OK) {
		journal->frontier = batch.frontier;
		journal->chain = batch.chain;
	}
	return result;
}
