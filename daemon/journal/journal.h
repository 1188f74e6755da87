// SPDX-License-Identifier: EUPL-1.2
// The journal: what is primary and only ever appended (design §7): entries, their sealed parts,
// sealed content, the tree, and stored documents (convenanten). The log environment, durable: one
// commit per batch. Nobody else writes it. Positions are entry indices from 0.
//
// One narrow interface: append at an expected position, read from a position. An append whose
// outcome is unknown is settled by reading the tail. One thread uses a journal; a second process
// may have it open for reading and sees the size it had then.
//
//   table     key                       value
//   entry     u64be index               80 bytes
//   parts     u64be index               StoredParts, sealed
//   content   u64be index               StoredContent, sealed; no row for none
//   tree      u8 level || u64be index   32 bytes, complete subtrees of level 1 and up
//   document  SHA-256                   the document
//   meta      "format"                  u32be 1
//
// Sealed values have the table's name and the row's key as their place (keystore/keystore.h).
#ifndef KNP_JOURNAL_JOURNAL_H
#define KNP_JOURNAL_JOURNAL_H

#include "keystore/keystore.h"
#include "store/store.h"
#include "tree/note.h"
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

// `folder` holds data.mdb of the log. RESULT_EXISTS, RESULT_IO, RESULT_FULL, RESULT_DENIED.
enum result journal_create(const char *folder, size_t map_bytes) KNP_MUST_CHECK;
// The keystore outlives the journal; NULL when nothing is appended and no parts or content are
// asked. RESULT_NOT_FOUND, RESULT_UNSUPPORTED for a newer disk format, RESULT_DAMAGED when the tail
// does not hang together. What a crash may have damaged is opened in a child first (store/store.h).
enum result journal_open(const char *folder, size_t map_bytes, struct keystore *keystore,
			 bool read_only, struct journal **ret_journal) KNP_MUST_CHECK;
void journal_close(struct journal *journal);

// Of one that is open to read: what was appended since is there too. As journal_open.
enum result journal_renew(struct journal *journal) KNP_MUST_CHECK;
// Gives back what readers of other processes held that ended without closing it. RESULT_IO.
enum result journal_forget_dead(struct journal *journal) KNP_MUST_CHECK;

uint64_t journal_size(const struct journal *journal);
enum result journal_facts(struct journal *journal, struct store_facts *ret_facts) KNP_MUST_CHECK;
struct hash journal_root(const struct journal *journal);
// Appends all items or none; RESULT_CONFLICT unless the size is `expected`. After RESULT_OK they
// are on disk. RESULT_FULL: nothing changed, may be tried again. RESULT_IO: nothing may be appended
// until the journal is opened anew (fsync is never retried). RESULT_MALFORMED: an entry does not
// follow on the ones before it (wire/chain.h), or a document does not have its hash. RESULT_ERASED
// and RESULT_NOT_FOUND: a slot without a key. RESULT_TOO_LARGE, RESULT_NO_MEMORY, RESULT_DENIED
// (read only). Whatever is not RESULT_OK or RESULT_IO changed nothing.
enum result journal_append(struct journal *journal, uint64_t expected,
			   const struct journal_item *items, size_t count) KNP_MUST_CHECK;

// One entry. `parts` and `content` are unsealed into the given buffers, whose content they replace
// (NULL: not wanted; an entry without content gives the empty one). RESULT_ERASED when the key of
// what was asked is gone: entry and whatever was not erased are still given. RESULT_DAMAGED when
// something does not authenticate (the entry against the tree), RESULT_NOT_FOUND beyond the end,
// RESULT_NO_MEMORY, RESULT_TOO_LARGE, RESULT_IO.
enum result journal_read(struct journal *journal, uint64_t index, uint8_t ret_entry[ENTRY_LEN],
			 struct buffer *parts, struct buffer *content) KNP_MUST_CHECK;
// The keystore slots that parts and content of an entry are sealed under, *ret_content 0 for none:
// also of what is erased. RESULT_NOT_FOUND beyond the end, RESULT_DAMAGED.
enum result journal_slots(struct journal *journal, uint64_t index, uint64_t *ret_parts,
			  uint64_t *ret_content) KNP_MUST_CHECK;
// Replaces the content of the buffer. RESULT_NOT_FOUND, RESULT_DAMAGED (not what the hash says).
enum result journal_document(struct journal *journal, const struct hash *hash,
			     struct buffer *ret_document) KNP_MUST_CHECK;
// Complete subtrees, for proofs (tree/tree.h).
struct tree_reader journal_tree(struct journal *journal);
// Recomputes everything from the entries: sizes, order, tree nodes, root. RESULT_DAMAGED with the
// first bad index in *ret_index (the size when only the root is wrong), which is else left alone.
// `from` lets a start check only the tail; RESULT_NOT_FOUND beyond the end.
enum result journal_check(struct journal *journal, uint64_t from,
			  uint64_t *ret_index) KNP_MUST_CHECK;
// Whether the pages that the next append writes to hold together (store/store.h); a journal that
// opens has looked. RESULT_DAMAGED.
enum result journal_check_ends(struct journal *journal) KNP_MUST_CHECK;
// Whether an append may take a page that is in use: RESULT_CONFLICT (store_check_free()).
enum result journal_check_free(struct journal *journal) KNP_MUST_CHECK;
// A walk over the pages of the log, a few a call; what began one ends it (store_walk_done()).
// RESULT_CONFLICT as above.
enum result journal_check_pages(struct journal *journal, struct store_walk *walk,
				size_t pages) KNP_MUST_CHECK;
// Whether each tree node that entry `index` completed is made of the two below it. RESULT_NOT_FOUND
// beyond the end, RESULT_DAMAGED.
enum result journal_check_nodes(struct journal *journal, uint64_t index) KNP_MUST_CHECK;

// Writes the C2SP tlog-tiles directory of the first `size` entries: checkpoint (the given note),
// tile/…, tile/entries/…, log.vkey (of the newest key at that size), the checkpoint last. Files
// that are there are kept when equal. Partial tiles of an older checkpoint that were overtaken are
// removed after. RESULT_NOT_FOUND (size beyond the end), RESULT_MALFORMED and RESULT_BAD_SIGNATURE
// (of the note), RESULT_CONFLICT when the note speaks of another size or root, or the folder holds
// another log, a later checkpoint or a tile that differs; RESULT_DAMAGED when the entries do not
// lead to our root.
struct journal_export {
	const char *folder;
	uint64_t size;
	struct bytes note;
	const struct log_keys *keys;
};
enum result journal_export_tiles(struct journal *journal,
				 const struct journal_export *export) KNP_MUST_CHECK;

// Appends what one file of such a directory holds: the tile of `width` hashes or, with level -1,
// entries, as they are stored. RESULT_NOT_FOUND beyond the end, RESULT_DAMAGED, RESULT_NO_MEMORY.
enum result journal_tile(struct journal *journal, int level, uint64_t index, unsigned width,
			 struct buffer *ret_tile) KNP_MUST_CHECK;

// Copies the first `size` entries, with what belongs to them and every document, into `target`, an
// empty journal of another folder, while this one may be appended to by another process: row by
// row, in steps that are short, each on disk before the next. What was erased is copied as it lies
// here, under a key that is gone; where `is_gone` says so of its slot, of such a row only what says
// which slot it was under, so that it still reads as erased and takes no room. RESULT_NOT_FOUND
// (size beyond the end), RESULT_EXISTS (the target is not empty), RESULT_DAMAGED (a row is no row
// of a log); *ret_of_target says whether it was the target that failed (RESULT_FULL, RESULT_IO, …).
struct journal_copy {
	uint64_t size;
	struct journal *target;
	bool (*is_gone)(void *context, uint64_t slot); // NULL: of none
	void *context;
};
enum result journal_copy(struct journal *journal, const struct journal_copy *copy,
			 bool *ret_of_target) KNP_MUST_CHECK;
// Whether `copy->target` has every row that such a copy of all of this journal has, and no other,
// while nobody writes either. RESULT_DAMAGED: it has not; *ret_gone: how many rows lost what they
// said.
enum result journal_same(struct journal *journal, const struct journal_copy *copy,
			 uint64_t *ret_gone) KNP_MUST_CHECK;

#endif
