// SPDX-License-Identifier: EUPL-1.2
#include "wire/batch.h"

#include "crypto/hash.h"
#include "crypto/sign.h"

_Static_assert(SIGNATURE_LEN == SIGN_LEN, "a batch is signed with Ed25519");

struct hash header_hash(struct bytes statement)
{
	return tree_leaf(statement);
}

// The only bytes an identity key signs about statements.
struct signed_root {
	struct bytes signer, key_id;
	uint32_t size;
	struct hash root;
};

static void append_signed_bytes(struct buffer *out, const struct signed_root *signed_root)
{
	uint8_t size[4];
	put_u32be(size, signed_root->size);
	const struct bytes pieces[] = {
		bytes_of_text("knooppunt/batch/v1"),
		signed_root->signer,
		signed_root->key_id,
		bytes_make(size, sizeof size),
		bytes_of_hash(&signed_root->root),
	};
	pae_append(out, pieces, sizeof pieces / sizeof pieces[0]);
}

enum result batch_sign(const struct batch_signer *signer, const struct bytes *statements,
		       size_t count, uint8_t signature[SIGNATURE_LEN],
		       struct signed_statement *ret_signed)
{
	if (count < 1)
		return RESULT_MALFORMED;
	if (count > BATCH_MAX)
		return RESULT_TOO_LARGE;
	struct hash leaves[BATCH_MAX];
	for (size_t i = 0; i < count; i++)
		leaves[i] = header_hash(statements[i]);
	const struct signed_root signed_root = {
		.signer = bytes_make(signer->oin->text, OIN_LEN),
		.key_id = bytes_make(signer->key->id.b, KEY_ID_LEN),
		.size = (uint32_t)count,
		.root = tree_small_root(leaves, count),
	};
	struct buffer message;
	buffer_init(&message, 256);
	append_signed_bytes(&message, &signed_root);
	enum result result = message.status;
	if (!result)
		sign_detached(signature, buffer_view(&message), signer->key->secret);
	buffer_done(&message);
	if (result)
		return result;
	for (size_t i = 0; i < count; i++) {
		ret_signed[i] = (struct signed_statement){
			.statement = statements[i],
			.signer = signed_root.signer,
			.key_id = signed_root.key_id,
			.size = signed_root.size,
			.index = (uint32_t)i,
			.signature = bytes_make(signature, SIGNATURE_LEN),
		};
		tree_small_inclusion(leaves, count, i, &ret_signed[i].path);
	}
	return RESULT_OK;
}

static bool is_seen(const struct batch_seen *seen, const struct hash *row)
{
	for (size_t i = 0; i < BATCH_SEEN_MAX; i++) {
		if (hash_equal(&seen->rows[i], row))
			return true;
	}
	return false;
}

static enum result verify_message(struct bytes message, struct bytes signature,
				  const uint8_t identity[32], struct batch_seen *seen)
{
	if (!seen)
		return sign_verify(signature, message, identity);
	const struct bytes pieces[] = {bytes_make(identity, 32), signature, message};
	struct hash row = sha256_of(pieces, sizeof pieces / sizeof pieces[0]);
	if (is_seen(seen, &row))
		return RESULT_OK;
	enum result result = sign_verify(signature, message, identity);
	if (!result)
		seen->rows[seen->next++ % BATCH_SEEN_MAX] = row;
	return result;
}

static enum result verify_root(const struct signed_root *signed_root, struct bytes signature,
			       const uint8_t identity[32], struct batch_seen *seen)
{
	if (signed_root->size < 1 || signed_root->size > BATCH_MAX || signature.len != SIGN_LEN)
		return RESULT_MALFORMED;
	struct buffer message;
	buffer_init(&message, 256);
	append_signed_bytes(&message, signed_root);
	enum result result = message.status;
	if (!result)
		result = verify_message(buffer_view(&message), signature, identity, seen);
	buffer_done(&message);
	return result;
}

enum result batch_verify_request(const struct request *request, const uint8_t identity[32],
				 struct hash *ret_hashes)
{
	struct signed_root signed_root = {request->signer, request->key_id, request->size, {{0}}};
	if (request->item_count < 1 || request->item_count > BATCH_MAX)
		return RESULT_MALFORMED;
	for (size_t i = 0; i < request->item_count; i++) {
		const struct item *item = &request->items[i];
		struct hash root, leaf = header_hash(item->statement);
		enum result result = tree_root_from_inclusion(&leaf, item->index, request->size,
							      &item->path, &root);
		if (result)
			return result;
		// One signature covers one root: an item that leads elsewhere is not signed.
		if (i > 0 && !hash_equal(&root, &signed_root.root))
			return RESULT_BAD_SIGNATURE;
		signed_root.root = root;
		ret_hashes[i] = leaf;
	}
	return verify_root(&signed_root, request->signature, identity, NULL);
}

enum result batch_verify_one(const struct signed_statement *statement, const uint8_t identity[32],
			     struct batch_seen *seen, struct hash *ret_header_hash)
{
	struct signed_root signed_root = {
		statement->signer, statement->key_id, statement->size, {{0}}};
	struct hash leaf = header_hash(statement->statement);
	enum result result = tree_root_from_inclusion(&leaf, statement->index, statement->size,
						      &statement->path, &signed_root.root);
	// A batch of one does not come again.
	if (!result)
		result = verify_root(&signed_root, statement->signature, identity,
				     statement->size > 1 ? seen : NULL);
	if (!result)
		*ret_header_hash = leaf;
	return result;
}
