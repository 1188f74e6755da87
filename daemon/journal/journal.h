// SPDX-License-Identifier: EUPL-1.2
// The journal: what is primary and only ever appended (design §7): entries, their sealed parts,
// sealed content, the tree, and stored documents (convenanten). The log environment, durable: one
// commit per batch. Nobody else writes it. Positions are entry indices from 0.
//
// One narrow interface: append at an expected position, read from a position. An append whose
// outcome is unknown is settled by reading the tail.
#ifndef KNP_JOURNAL_JOURNAL_H
#define KNP_JOURNAL_JOURNAL_H

#include "keystore/keystore.h"
#include "tree/tree.h"
#include "wire/entry.h"

struct journal;

// What one entry brings. Views; copied by the append.
struct journal_item {
	uint8_t entry[ENTRY_LEN];
	struct bytes parts;   // StoredParts, plain: sealed under slot_parts
	struct bytes content; // StoredContent, plain: sealed under slot_content; empty for none
	uint64_t slot_parts, slot_content;
	struct bytes document; // a convenant this entry brings into force; empty for none
	struct hash document_hash;
};

// `folder` holds data.mdb of the log. RESULT_UNSUPPORTED for a newer disk format.
enum result journal_create(const char *folder, size_t map_bytes) KNP_MUST_CHECK;
enum result journal_open(const char *folder, size_t map_bytes, struct keystore *keystore,
			 bool read_only, struct journal **ret_journal) KNP_MUST_CHECK;
void journal_close(struct journal *journal);

uint64_t journal_size(const struct journal *journal);
struct hash journal_root(const struct journal *journal);
// Appends all items or none; RESULT_CONFLICT unless the size is `expected`. After RESULT_OK they
// are on disk. RESULT_FULL: nothing changed, may be tried again. RESULT_IO: nothing may be appended
// until the journal is opened anew (fsync is never retried).
enum result journal_append(struct journal *journal, uint64_t expected,
			   const struct journal_item *items, size_t count) KNP_MUST_CHECK;

// One entry. `parts` and `content` are unsealed into the given buffers (NULL: not wanted);
// RESULT_ERASED when the key of what was asked is gone (the entry itself is still given),
// RESULT_DAMAGED when something does not authenticate, RESULT_NOT_FOUND beyond the end.
enum result journal_read(struct journal *journal, uint64_t index, uint8_t ret_entry[ENTRY_LEN],
			 struct buffer *parts, struct buffer *content) KNP_MUST_CHECK;
enum result journal_document(struct journal *journal, const struct hash *hash,
			     struct buffer *ret_document) KNP_MUST_CHECK;
// Complete subtrees, for proofs (tree/tree.h).
struct tree_reader journal_tree(struct journal *journal);
// Recomputes everything from the entries: sizes, order, tree nodes, root. RESULT_DAMAGED with the
// first bad index. `from` lets a start check only the tail.
enum result journal_check(struct journal *journal, uint64_t from,
			  uint64_t *ret_index) KNP_MUST_CHECK;

// Writes the C2SP tlog-tiles directory of the first `size` entries: checkpoint (the given note),
// tile/…, tile/entries/…, log.vkey (the given text). Existing full tiles are kept when equal.
struct journal_export {
	const char *folder;
	uint64_t size;
	struct bytes note;
	const char *vkey;
};
enum result journal_export_tiles(struct journal *journal,
				 const struct journal_export *export) KNP_MUST_CHECK;

#endif
