// SPDX-License-Identifier: EUPL-1.2
// What is signed: always PAE("knooppunt/batch/v1", signer OIN, key id, u32be size, root), the root
// of an RFC 6962 tree over 1..256 statements. Each statement is provable alone; a single one has an
// empty path.
#ifndef KNP_WIRE_BATCH_H
#define KNP_WIRE_BATCH_H

#include "keys/keys.h"
#include "wire/message.h"

// RFC 6962 leaf hash of the exact statement bytes: "the header hash".
struct hash header_hash(struct bytes statement);

struct batch_signer {
	const struct oin *oin;
	const struct private_key *key; // its identity key
};
// Signs `count` (1..256) statements; fills one signed_statement each (views of the inputs, of
// `signature` and of the signer's OIN and key, which outlive them).
enum result batch_sign(const struct batch_signer *signer, const struct bytes *statements,
		       size_t count, uint8_t signature[SIGNATURE_LEN],
		       struct signed_statement *ret_signed) KNP_MUST_CHECK;

// Verifies the signature once for a whole request: all items must lead to one root.
// RESULT_MALFORMED (size, index, path length), RESULT_BAD_SIGNATURE. `ret_hashes` gets the header
// hash of each item (room for item_count).
enum result batch_verify_request(const struct request *request, const uint8_t identity[32],
				 struct hash *ret_hashes) KNP_MUST_CHECK;
// Signatures over batches that were verified last. The same signature by the same key over the same
// bytes holds again, so the statements of one batch that come apart cost one verification.
#define BATCH_SEEN_MAX 64
struct batch_seen {
	struct hash rows[BATCH_SEEN_MAX]; // SHA-256(key || signature || what is signed); zero: none
	size_t next;
};
// The same for one statement kept with its proof. `seen` begins as zeros; NULL: nothing is
// remembered.
enum result batch_verify_one(const struct signed_statement *statement, const uint8_t identity[32],
			     struct batch_seen *seen, struct hash *ret_header_hash) KNP_MUST_CHECK;

#endif
