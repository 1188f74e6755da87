// SPDX-License-Identifier: EUPL-1.2
// Shared by the files of state/ only: the open transaction and the row layouts.
#ifndef KNP_STATE_INTERNAL_H
#define KNP_STATE_INTERNAL_H

#include "state/state.h"

struct state {
	struct store *store;
	struct store_txn *txn; // open write transaction, NULL between a flush and the next use
	struct keystore *keystore;
};

#define SOURCE_NUMBER_LEN 4
#define DEDUPE_VALUE_LEN (32 + 8 + 1 + 2)
#define OCCURRENCE_KEY_LEN (HANDLE_LEN + 8 + 1)
#define OCCURRENCE_LEN (8 + OIN_LEN)
#define ONTVANGER_VALUE_LEN (4 + 8)
#define KNOWN_KEY_LEN (4 + 8 + 8)
#define DELIVERY_KEY_LEN (4 + 8)
#define DELIVERY_VALUE_LEN (8 + 1 + 8 + 32)
#define OBLIGATION_KEY_LEN (8 + 8 + 2)
#define OBLIGATION_FIXED_LEN (1 + 1 + OIN_LEN)
#define OBLIGATION_PLACE "obligation" // what its values are sealed under
#define OWED_KEY_LEN (8 + 2)

#define META_POSITION "position"
#define META_NEXT_SLOT "slot"
#define META_SOURCES "sources"
#define META_ONTVANGERS "ontvangers"
#define META_GENERATION "generation"
#define META_LEAF "leaf" // first 8 bytes of the leaf hash of the newest entry applied

// The open write transaction, begun when there is none.
enum result state_txn(struct state *state, struct store_txn **ret_txn) KNP_MUST_CHECK;

enum result meta_get(struct state *state, const char *name, uint64_t *ret_value) KNP_MUST_CHECK;
void meta_put(struct state *state, const char *name, uint64_t value);

// "<20 OIN characters><functie>"
struct ontvanger_key {
	uint8_t b[OIN_LEN + FUNCTIE_MAX];
	size_t len;
};
struct ontvanger_key ontvanger_key(const struct ontvanger *ontvanger);
struct bytes ontvanger_key_view(const struct ontvanger_key *key);
struct ontvanger_numbers {
	uint32_t number;
	uint64_t last;
};
enum result ontvanger_numbers(struct state *state, const struct ontvanger *ontvanger,
			      struct ontvanger_numbers *ret_numbers) KNP_MUST_CHECK;

enum result person_key(struct state *state, const struct identificatie *identificatie,
		       struct hash *ret_key) KNP_MUST_CHECK;

// Unseals one row; RESULT_ERASED.
enum result obligation_open(struct state *state, struct bytes key, struct bytes value,
			    struct state_obligation *ret_obligation) KNP_MUST_CHECK;

#endif
