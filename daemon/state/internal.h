// SPDX-License-Identifier: EUPL-1.2
// Shared by the files of state/ only: the open transaction and the row layouts.
#ifndef KNP_STATE_INTERNAL_H
#define KNP_STATE_INTERNAL_H

#include "state/state.h"

#define ROW_HASH_LEN 8       // stands behind every value
#define ROW_VALUE_MAX 2048   // without it
#define ROW_HEAD_LEN (1 + 2) // of what is hashed: table, length of the key

// Of one table: how many rows, and the sum of their hashes modulo 2^64.
struct state_sum {
	uint64_t rows, sum;
};
// What is said once of the whole, in one row; written by a flush.
struct state_meta {
	uint64_t position;   // of the next entry to apply
	uint64_t leaf;       // first 8 bytes of the leaf hash of the newest entry applied
	uint64_t next_slot;  // first keystore slot no entry has used
	uint64_t sources;    // numbers given out
	uint64_t generation; // newest register leaf that brought or ended a convenant
	uint64_t persons;    // short hash that tells which key the person index was made with
	struct state_sum sums[STATE_TABLES]; // that of the meta table stays zero
};

// How far the scrub is: rows up to and including `at` were walked and add up to `seen`.
struct scrub {
	enum state_table table;
	uint8_t at[STORE_KEY_MAX];
	size_t at_len;
	struct state_sum seen;
};

struct state {
	struct store *store;
	struct store_txn *txn; // open write transaction, NULL between a flush and the next use
	struct keystore *keystore;
	state_effect_of_fn *effect_of;
	struct state_meta meta; // as this transaction has it
	bool has_meta;
	bool read_only; // `txn` is one that reads
	bool damaged;
	enum result failure; // of a change, the first; nothing is flushed after it
	struct scrub scrub;
	uint8_t row[ROW_HEAD_LEN + STORE_KEY_MAX + ROW_VALUE_MAX + ROW_HASH_LEN];
};

#define SOURCE_NUMBER_LEN 4
#define DEDUPE_VALUE_LEN (32 + 8 + 1 + 2)
#define OCCURRENCE_KEY_LEN (HANDLE_LEN + 8 + 1)
#define OCCURRENCE_LEN (8 + OIN_LEN)
#define SEQUENCE_KEY_LEN (4 + 8)
#define SEQUENCE_VALUE_LEN (8 + 8)
#define GEHOORD_KEY_LEN (4 + 4)
#define GEHOORD_VALUE_LEN 4
#define GESLOTEN_KEY_LEN (8 + 1)
#define GESLOTEN_VALUE_LEN 1
#define CASUS_KEY_LEN (HANDLE_LEN + 8)
#define NEWEST_KEY_LEN (8 + 4)
#define PERSON_KEY_LEN (32 + 8 + 1)
#define ONTVANGER_VALUE_LEN 8
#define KNOWN_KEY_LEN (8 + 8 + 8)
#define DELIVERY_KEY_LEN (8 + 8)
#define DELIVERY_VALUE_LEN (8 + 1 + 8 + 32)
// A key after this one in that table.
void delivery_key_after(uint8_t from[DELIVERY_KEY_LEN], struct bytes key);
#define OBLIGATION_KEY_LEN (8 + 8 + 2)
#define OBLIGATION_FIXED_LEN (1 + 1 + OIN_LEN)
#define OBLIGATION_PLACE "obligation" // what its values are sealed under
#define OWED_KEY_LEN (8 + 2)

#define ACKED_VALUE_LEN 8
#define WISSING_VALUE_LEN (3 * 8)
#define BEWAAR_VALUE_LEN (2 * 8)
#define BEWAAR_OF_BUREAU 1 // in the place of the term of a content

// The open write transaction, begun when there is none, and the meta row with it.
enum result state_txn(struct state *state, struct store_txn **ret_txn) KNP_MUST_CHECK;

// ---- rows (row.c). A value is given and taken without its hash; views live until the next change.
// Whatever does not hold together is RESULT_DAMAGED and marks the whole of state as damaged.

// RESULT_NOT_FOUND: there is no such row, and its neighbours bear that out.
enum result row_get(struct state *state, enum state_table table, struct bytes key,
		    struct bytes *ret_value) KNP_MUST_CHECK;
// Inside an open transaction. What fails is kept in state->failure.
void row_put(struct state *state, enum state_table table, struct bytes key, struct bytes value);
void row_del(struct state *state, enum state_table table, struct bytes key); // absent is fine

struct row_cursor {
	struct state *state;
	enum state_table table;
	struct store_cursor *cursor;
	struct bytes key; // where it stands
};
enum result row_cursor_open(struct state *state, enum state_table table,
			    struct row_cursor *ret_cursor) KNP_MUST_CHECK;
void row_cursor_close(struct row_cursor *cursor);
// The first row at or above `from`, and the last at or below it. RESULT_NOT_FOUND past the end.
enum result row_cursor_seek(struct row_cursor *cursor, struct bytes from, struct bytes *ret_key,
			    struct bytes *ret_value) KNP_MUST_CHECK;
enum result row_cursor_seek_down(struct row_cursor *cursor, struct bytes from,
				 struct bytes *ret_key, struct bytes *ret_value) KNP_MUST_CHECK;
enum result row_cursor_next(struct row_cursor *cursor, struct bytes *ret_key,
			    struct bytes *ret_value) KNP_MUST_CHECK;
enum result row_cursor_prev(struct row_cursor *cursor, struct bytes *ret_key,
			    struct bytes *ret_value) KNP_MUST_CHECK;
// The first row at or above `from` that begins with its first `prefix_len` bytes. The caller closes
// the cursor, which stands there; after a failure there is none.
struct row_found {
	struct row_cursor cursor;
	struct bytes key, value;
};
enum result row_first(struct state *state, enum state_table table, struct bytes from,
		      size_t prefix_len, struct row_found *ret_row) KNP_MUST_CHECK;
// The same, that row alone: its key is as long as `from`.
struct row {
	struct bytes key, value;
};
enum result row_one(struct state *state, enum state_table table, struct bytes from,
		    size_t prefix_len, struct row *ret_row) KNP_MUST_CHECK;
// Of a table whose keys are one u64: the first row with a number of at least `from`.
enum result row_numbered(struct state *state, enum state_table table, uint64_t from,
			 struct row *ret_row) KNP_MUST_CHECK;

// "<20 OIN characters><functie>"
struct ontvanger_key {
	uint8_t b[OIN_LEN + FUNCTIE_MAX];
	size_t len;
};
struct ontvanger_key ontvanger_key(const struct ontvanger *ontvanger);
struct bytes ontvanger_key_view(const struct ontvanger_key *key);
// Its number in keys (state.h).
enum result ontvanger_number(struct state *state, struct bytes key,
			     uint64_t *ret_number) KNP_MUST_CHECK;
struct ontvanger_numbers {
	uint64_t number;
	uint64_t last;
};
// RESULT_NOT_FOUND for one that never got anything.
enum result ontvanger_numbers(struct state *state, const struct ontvanger *ontvanger,
			      struct ontvanger_numbers *ret_numbers) KNP_MUST_CHECK;

enum result person_key(struct state *state, const struct identificatie *identificatie,
		       struct hash *ret_key) KNP_MUST_CHECK;

// A row of STATE_SEQUENCE. RESULT_DAMAGED.
enum result run_read(struct bytes key, struct bytes value,
		     struct state_run *ret_run) KNP_MUST_CHECK;

// Unseals one row; RESULT_ERASED.
enum result obligation_open(struct state *state, struct bytes key, struct bytes value,
			    struct state_obligation *ret_obligation) KNP_MUST_CHECK;

#endif
