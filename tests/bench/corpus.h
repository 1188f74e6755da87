// SPDX-License-Identifier: EUPL-1.2
// Meldingen made and signed before the clock starts: about 1 KiB of rubrieken each, 24 % without a
// person, 21 % about a person that was in an earlier one.
#ifndef KNP_TESTS_BENCH_CORPUS_H
#define KNP_TESTS_BENCH_CORPUS_H

#include "keys/keys.h"
#include "wire/message.h"

// Who signs, and what all its meldingen have in common.
struct corpus_signer {
	const struct oin *oin;
	const struct private_key *identity;
	struct bytes audience_oin, audience_log, source;
	struct head head;
	uint64_t sequence;     // of the first melding
	struct bytes klasse;   // of the incidents
	uint32_t first_person; // persons from here on are this corpus's own
};

// One batch, ready for its envelope but for `request.held`.
struct corpus_batch {
	struct request request;
	struct hash *headers; // of each statement
};
struct corpus {
	struct corpus_batch *batches;
	size_t count; // of batches
	size_t meldingen;
	size_t rubriek_bytes; // of all rubrieken together
	size_t without_person, repeats;
	uint32_t persons;
};

// `meldingen` of them, `batch` under one signature; everything lies on the arena.
enum result corpus_make(const struct corpus_signer *signer, size_t meldingen, size_t batch,
			struct arena *arena, struct corpus *ret_corpus) KNP_MUST_CHECK;

#endif
