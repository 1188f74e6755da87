// SPDX-License-Identifier: EUPL-1.2
#include "crypto/hash.h"
#include "journal/internal.h"

#include <string.h>

void journal_node_key(uint8_t key[NODE_KEY_LEN], unsigned level, uint64_t index)
{
	key[0] = (uint8_t)level;
	put_u64be(key + 1, index);
}

static enum result get_row(struct store_txn *txn, enum journal_table table, struct bytes key,
			   struct bytes *ret_value)
{
	enum result result = store_get(txn, table, key, ret_value);
	return result == RESULT_NOT_FOUND ? RESULT_DAMAGED : result;
}

enum result journal_get_entry(struct store_txn *txn, uint64_t index, struct bytes *ret_entry)
{
	uint8_t key[INDEX_KEY_LEN];
	struct bytes value;
	put_u64be(key, index);
	enum result result = get_row(txn, TABLE_ENTRY, bytes_make(key, sizeof key), &value);
	if (result == RESULT_OK && value.len != ENTRY_LEN)
		result = RESULT_DAMAGED;
	if (result == RESULT_OK)
		*ret_entry = value;
	return result;
}

enum result journal_get_node(struct store_txn *txn, unsigned level, uint64_t index,
			     struct hash *ret_hash)
{
	uint8_t key[NODE_KEY_LEN];
	struct bytes value;
	if (level == 0) {
		enum result result = journal_get_entry(txn, index, &value);
		if (result == RESULT_OK)
			*ret_hash = tree_leaf(value);
		return result;
	}
	journal_node_key(key, level, index);
	enum result result = get_row(txn, TABLE_TREE, bytes_make(key, sizeof key), &value);
	if (result == RESULT_OK && value.len != sizeof ret_hash->b)
		result = RESULT_DAMAGED;
	if (result == RESULT_OK)
		memcpy(ret_hash->b, value.data, sizeof ret_hash->b);
	return result;
}

enum result journal_load_edge(struct store_txn *txn, uint64_t size, struct frontier *ret_frontier,
			      struct entry_chain *ret_chain)
{
	struct frontier frontier;
	struct entry_chain chain;
	struct bytes last;
	enum result result = RESULT_OK;
	frontier_init(&frontier);
	entry_chain_init(&chain);
	frontier.size = size;
	for (unsigned level = 0; size >> level != 0 && result == RESULT_OK; level++)
		if ((size >> level & 1) != 0)
			result = journal_get_node(txn, level, (size >> level) - 1,
						  &frontier.peaks[level]);
	if (result == RESULT_OK && size > 0)
		result = journal_get_entry(txn, size - 1, &last);
	if (result == RESULT_OK && size > 0) {
		struct hash leaf = tree_leaf(last);
		if (entry_chain_resume(size - 1, last, &leaf, &chain) != RESULT_OK)
			result = RESULT_DAMAGED;
	}
	if (result != RESULT_OK)
		return result;
	*ret_frontier = frontier;
	*ret_chain = chain;
	return RESULT_OK;
}

// No page of LMDB has a checksum: an entry is checked against the node above it, which hashes it
// together with its neighbour; the last one of an odd log against the frontier.
static enum result get_checked_entry(struct journal *journal, struct store_txn *txn, uint64_t index,
				     struct bytes *ret_entry)
{
	struct bytes entry;
	enum result result = journal_get_entry(txn, index, &entry);
	if (result != RESULT_OK)
		return result;
	struct hash want, hash = tree_leaf(entry), other;
	if ((index ^ 1) >= journal->frontier.size) {
		want = journal->frontier.peaks[0];
	} else {
		result = journal_get_node(txn, 0, index ^ 1, &other);
		if (result == RESULT_OK)
			result = journal_get_node(txn, 1, index / 2, &want);
		if (result != RESULT_OK)
			return result;
		hash = (index & 1) == 0 ? tree_node(&hash, &other) : tree_node(&other, &hash);
	}
	if (!hash_equal(&hash, &want))
		return RESULT_DAMAGED;
	*ret_entry = entry;
	return RESULT_OK;
}

// Only content may be without a row.
static enum result unseal_row(struct journal *journal, struct store_txn *txn,
			      const struct keystore_place *place, struct buffer *into)
{
	struct bytes sealed;
	if (!into)
		return RESULT_OK;
	buffer_clear(into);
	bool is_parts = strcmp(place->table, PARTS_PLACE) == 0;
	enum result result =
		store_get(txn, is_parts ? TABLE_PARTS : TABLE_CONTENT, place->key, &sealed);
	if (result == RESULT_NOT_FOUND)
		return is_parts ? RESULT_DAMAGED : RESULT_OK;
	return result == RESULT_OK ? keystore_unseal(journal->keystore, place, sealed, into)
				   : result;
}

static enum result read_rows(struct journal *journal, struct store_txn *txn, uint64_t index,
			     struct buffer *parts, struct buffer *content)
{
	uint8_t key_bytes[INDEX_KEY_LEN];
	put_u64be(key_bytes, index);
	struct bytes key = bytes_make(key_bytes, sizeof key_bytes);
	const struct keystore_place parts_place = {PARTS_PLACE, key};
	const struct keystore_place content_place = {CONTENT_PLACE, key};
	enum result first = unseal_row(journal, txn, &parts_place, parts);
	if (first != RESULT_OK && first != RESULT_ERASED)
		return first;
	enum result second = unseal_row(journal, txn, &content_place, content);
	return second != RESULT_OK ? second : first;
}

enum result journal_read(struct journal *journal, uint64_t index, uint8_t ret_entry[ENTRY_LEN],
			 struct buffer *parts, struct buffer *content)
{
	struct store_txn *txn;
	struct bytes view;
	uint8_t entry[ENTRY_LEN];
	if (index >= journal->frontier.size)
		return RESULT_NOT_FOUND;
	enum result result = store_begin(journal->store, false, &txn);
	if (result != RESULT_OK)
		return result;
	result = get_checked_entry(journal, txn, index, &view);
	if (result == RESULT_OK) {
		memcpy(entry, view.data, sizeof entry);
		result = read_rows(journal, txn, index, parts, content);
	}
	store_abort(txn);
	if (result == RESULT_OK || result == RESULT_ERASED)
		memcpy(ret_entry, entry, sizeof entry);
	return result;
}

static enum result slot_of(struct store_txn *txn, enum journal_table table, struct bytes key,
			   uint64_t *ret_slot)
{
	struct bytes sealed;
	enum result result = store_get(txn, table, key, &sealed);
	if (result == RESULT_OK && sealed.len < KEYSTORE_SEALED_OVERHEAD)
		result = RESULT_DAMAGED;
	if (result == RESULT_OK)
		*ret_slot = keystore_slot_of(sealed);
	return result;
}

enum result journal_slots(struct journal *journal, uint64_t index, uint64_t *ret_parts,
			  uint64_t *ret_content)
{
	struct store_txn *txn;
	uint8_t key[INDEX_KEY_LEN];
	uint64_t parts = 0, content = 0;
	if (index >= journal->frontier.size)
		return RESULT_NOT_FOUND;
	put_u64be(key, index);
	enum result result = store_begin(journal->store, false, &txn);
	if (result != RESULT_OK)
		return result;
	result = slot_of(txn, TABLE_PARTS, bytes_make(key, sizeof key), &parts);
	if (result == RESULT_NOT_FOUND)
		result = RESULT_DAMAGED;
	if (result == RESULT_OK)
		result = slot_of(txn, TABLE_CONTENT, bytes_make(key, sizeof key), &content);
	if (result == RESULT_NOT_FOUND)
		result = RESULT_OK;
	store_abort(txn);
	if (result != RESULT_OK)
		return result;
	*ret_parts = parts;
	*ret_content = content;
	return RESULT_OK;
}

enum result journal_document(struct journal *journal, const struct hash *hash,
			     struct buffer *ret_document)
{
	struct store_txn *txn;
	struct bytes document;
	enum result result = store_begin(journal->store, false, &txn);
	if (result != RESULT_OK)
		return result;
	result = store_get(txn, TABLE_DOCUMENT, bytes_of_hash(hash), &document);
	if (result == RESULT_OK) {
		struct hash got = sha256(document);
		result = hash_equal(&got, hash) ? RESULT_OK : RESULT_DAMAGED;
	}
	if (result == RESULT_OK) {
		buffer_clear(ret_document);
		buffer_append(ret_document, document);
		result = ret_document->status;
	}
	store_abort(txn);
	return result;
}

static enum result load_node(struct journal *journal, unsigned level, uint64_t index,
			     struct hash *ret_hash)
{
	struct store_txn *txn;
	enum result result = store_begin(journal->store, false, &txn);
	if (result != RESULT_OK)
		return result;
	result = journal_get_node(txn, level, index, ret_hash);
	store_abort(txn);
	return result;
}

static enum result read_subtree(void *context, unsigned level, uint64_t index,
				struct hash *ret_hash)
{
	struct journal *journal = context;
	if (level > 62 || index >= journal->frontier.size >> level)
		return RESULT_NOT_FOUND;
	// One number for each subtree: its place among its level, below it a bit for the level.
	uint64_t key = (2 * index + 1) << level;
	struct journal_node *node = &journal->nodes[(index ^ level << 6) % JOURNAL_NODES];
	if (node->key != key) {
		struct hash hash;
		enum result result = load_node(journal, level, index, &hash);
		if (result != RESULT_OK)
			return result;
		*node = (struct journal_node){.key = key, .hash = hash};
	}
	*ret_hash = node->hash;
	return RESULT_OK;
}

struct tree_reader journal_tree(struct journal *journal)
{
	return (struct tree_reader){
		.read = read_subtree, .context = journal, .edge = &journal->edge};
}
