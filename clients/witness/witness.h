// SPDX-License-Identifier: EUPL-1.2
// A witness of logs (C2SP tlog-witness/v1.0.0): it cosigns a checkpoint only with a proof that it
// extends the one it cosigned before, and only after that one gave way to it on the disk. So of two
// histories of one log it cosigns one. In its folder, which is its own (0700):
//
//	witness.key     the key it signs with (keys/keys.h, kind cosign)
//	witness.vkey    its public half, for policies
//	policy          whose logs it looks at: lines `log <vkey>`, `quorum none` (tree/policy.h)
//	seen/<SHA-256 of an origin, hex>   the last checkpoint it cosigned, with its cosignature
//	lock            held while a checkpoint is compared and replaced
#ifndef KNP_WITNESS_WITNESS_H
#define KNP_WITNESS_WITNESS_H

#include "base/problem.h"
#include "keys/keys.h"
#include "tree/policy.h"

#define WITNESS_REQUEST_MAX (CHECKPOINT_MAX + 8192)

// A request to add-checkpoint: "old <size>", the hashes of the proof, an empty line, the note.
struct witness_request {
	uint64_t old;
	struct tree_path proof;
	struct bytes note; // a view
};
// RESULT_MALFORMED.
enum result witness_request_parse(struct bytes body,
				  struct witness_request *ret_request) KNP_MUST_CHECK;

struct witness; // opaque

// Makes folder, key and witness.vkey. RESULT_EXISTS when there is a witness in it already; further
// as keyfile_create. `name` as of an origin, else RESULT_MALFORMED.
enum result witness_create(const char *folder, const char *name,
			   const struct unlock *unlock) KNP_MUST_CHECK;
// As keyfile_open; RESULT_CONFIG when policy or witness.vkey cannot be used.
enum result witness_open(const char *folder, const struct unlock *unlock,
			 struct witness **ret_witness, struct problem *problem) KNP_MUST_CHECK;
void witness_close(struct witness *witness); // NULL allowed

// An answer of HTTP.
struct witness_answer {
	unsigned status;
	const char *type;   // of its content
	struct buffer body; // done by the caller
};
// 200 with the cosignature line; 400 (no request, or an old size above the new), 403 (the log did
// not sign it), 404 (no log of ours), 409 with the size that is held when `old` is another, 422
// (another history: the proof does not lead from the one to the other), 500 when it cannot be kept.
void witness_add(struct witness *witness, struct bytes body, struct witness_answer *answer);
// The checkpoint that it cosigned last, of the log with this SHA-256 of its origin in hex: 200,
// 404.
void witness_seen(struct witness *witness, const char *log, struct witness_answer *answer);

#endif
