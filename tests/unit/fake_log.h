// SPDX-License-Identifier: EUPL-1.2
// A log in memory for tests of the client: real entries, vectors, tree and checkpoints, made with
// proto/ alone. What fails here aborts: it is the test that is broken.
#ifndef KNP_TESTS_UNIT_FAKE_LOG_H
#define KNP_TESTS_UNIT_FAKE_LOG_H

#include "base/arena.h"
#include "tree/note.h"
#include "wire/entry.h"
#include "wire/part.h"

#define FAKE_ENTRIES_MAX 2048
#define FAKE_PARTS_MAX 8
#define FAKE_ORIGIN "knooppunt.test.example/log"

struct fake_entry {
	uint8_t wire[ENTRY_LEN];
	uint8_t seed[VECTOR_SEED_LEN];
	struct bytes parts[FAKE_PARTS_MAX]; // on the log's arena
	size_t part_count;
	struct hash leaf;
};

struct fake_log {
	struct arena *arena;
	struct fake_entry entries[FAKE_ENTRIES_MAX];
	uint64_t size;
	struct hash register_head;
	struct private_key key;
	struct vkey vkey;
	uint64_t clock;
};

void fake_log_init(struct fake_log *log);
void fake_log_done(struct fake_log *log);

// Encodes the parts and appends an entry; a register or genesis entry becomes the register head.
uint64_t fake_log_append(struct fake_log *log, enum entry_class class, const struct part *parts,
			 size_t count);
// Makes entry `index` anew after a test changed its `wire`: only its leaf hash changes.
void fake_log_rehash(struct fake_log *log, uint64_t index);
// What the reader of part `part` gets of an entry, under the tree as it now is.
void fake_log_leaf(const struct fake_log *log, uint64_t index, size_t part, struct arena *arena,
		   struct leaf *ret_leaf);
struct hash fake_log_root(const struct fake_log *log, uint64_t size);
void fake_log_consistency(const struct fake_log *log, uint64_t old_size, uint64_t size,
			  struct tree_path *ret_path);
// A signed note of the first `size` leaves, on the arena.
struct bytes fake_log_note(const struct fake_log *log, uint64_t size, struct arena *arena);

// Aborts unless the result is RESULT_OK.
void fake_must(enum result result);

#endif
