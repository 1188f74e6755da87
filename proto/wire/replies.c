// SPDX-License-Identifier: EUPL-1.2
// Replies: the plaintext of an envelope from the knooppunt.
#include "wire/convert.h"

#include <string.h>

// What a recipient could not check must not be there: openings need the vector, the vector needs
// the sender's statement whose slots_root it has to give.
static bool is_provable(bool has_sender, size_t vector_len, size_t opening_count)
{
	if (opening_count > 0 && vector_len == 0)
		return false;
	if (vector_len > 0 && !has_sender)
		return false;
	return vector_len == 0 || vector_len == 64 * sizeof(struct hash) ||
	       vector_len == 128 * sizeof(struct hash);
}

static void write_delivery(struct scratch *scratch, const struct delivery *delivery,
			   Knooppunt__V1__Delivery *message)
{
	knooppunt__v1__delivery__init(message);
	if (!is_provable(delivery->has_sender, delivery->slots_vector.len, delivery->opening_count))
		scratch_refuse(scratch, RESULT_MALFORMED);
	message->leaf = scratch_array(scratch, 1, sizeof *message->leaf);
	if (message->leaf)
		leaf_write(scratch, &delivery->leaf, message->leaf);
	if (delivery->has_sender)
		message->sender = scratch_array(scratch, 1, sizeof *message->sender);
	if (message->sender)
		signed_statement_write(scratch, &delivery->sender, message->sender);
	message->slots_vector = codec_data(delivery->slots_vector);
	message->openings = openings_write(scratch, delivery->openings, delivery->opening_count,
					   &message->n_openings);
	message->verrijkingen =
		openings_write(scratch, delivery->verrijkingen, delivery->verrijking_count,
			       &message->n_verrijkingen);
	message->sender_consistency = scratch_path(scratch, &delivery->sender_consistency,
						   &message->n_sender_consistency);
}

static void write_reply(struct scratch *scratch, const struct reply *reply,
			Knooppunt__V1__Reply *message)
{
	knooppunt__v1__reply__init(message);
	message->about = codec_hash_data(&reply->about);
	message->outcome = reply->outcome;
	message->reason = reply->reason;
	message->field = scratch_text(scratch, reply->field);
	message->pause_ms = reply->pause_ms;
	message->more = reply->more;
	message->follows = reply->follows;
	message->antwoord = codec_data(reply->antwoord);
	if (reply->has_receipt)
		message->receipt = scratch_array(scratch, 1, sizeof *message->receipt);
	if (message->receipt)
		leaf_write(scratch, &reply->receipt, message->receipt);
	message->deliveries =
		(void *)scratch_messages(scratch, reply->delivery_count,
					 sizeof **message->deliveries, &message->n_deliveries);
	for (size_t i = 0; i < message->n_deliveries; i++)
		write_delivery(scratch, &reply->deliveries[i], message->deliveries[i]);
	message->register_ = (void *)scratch_messages(
		scratch, reply->leaf_count, sizeof **message->register_, &message->n_register_);
	for (size_t i = 0; i < message->n_register_; i++)
		leaf_write(scratch, &reply->leaves[i], message->register_[i]);
}

enum result replies_encode(const struct replies *replies, struct buffer *out)
{
	struct scratch scratch;
	scratch_init(&scratch);
	Knooppunt__V1__Replies message;
	knooppunt__v1__replies__init(&message);
	message.checkpoint = codec_data(replies->checkpoint);
	message.old_size = replies->old_size;
	message.consistency = scratch_path(&scratch, &replies->consistency, &message.n_consistency);
	message.replies = (void *)scratch_messages(&scratch, replies->reply_count,
						   sizeof **message.replies, &message.n_replies);
	for (size_t i = 0; i < message.n_replies; i++)
		write_reply(&scratch, &replies->replies[i], message.replies[i]);
	return codec_pack(&message.base, CODEC_WIRE_MAX, &scratch, out);
}

static enum result read_delivery(const Knooppunt__V1__Delivery *message, struct arena *arena,
				 struct delivery *ret_delivery)
{
	if (!is_provable(message->sender != NULL, message->slots_vector.len, message->n_openings))
		return RESULT_MALFORMED;
	enum result result = leaf_read(message->leaf, &ret_delivery->leaf);
	if (!result)
		result = codec_path(message->sender_consistency, message->n_sender_consistency,
				    TREE_PATH_MAX, &ret_delivery->sender_consistency);
	if (!result && message->sender)
		result = signed_statement_read(message->sender, &ret_delivery->sender);
	if (!result)
		result = openings_read(message->openings, message->n_openings, arena,
				       &ret_delivery->openings);
	if (!result)
		result = openings_read(message->verrijkingen, message->n_verrijkingen, arena,
				       &ret_delivery->verrijkingen);
	ret_delivery->has_sender = message->sender != NULL;
	ret_delivery->slots_vector = codec_view(message->slots_vector);
	ret_delivery->opening_count = message->n_openings;
	ret_delivery->verrijking_count = message->n_verrijkingen;
	return result;
}

static enum result read_deliveries(const Knooppunt__V1__Reply *message, struct arena *arena,
				   struct reply *ret_reply)
{
	struct delivery *array = arena_alloc(arena, message->n_deliveries * sizeof *array);
	if (!array)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < message->n_deliveries; i++) {
		enum result result = read_delivery(message->deliveries[i], arena, &array[i]);
		if (result)
			return result;
	}
	ret_reply->deliveries = array;
	ret_reply->delivery_count = message->n_deliveries;
	return RESULT_OK;
}

static enum result read_leaves(const Knooppunt__V1__Reply *message, struct arena *arena,
			       struct reply *ret_reply)
{
	struct leaf *array = arena_alloc(arena, message->n_register_ * sizeof *array);
	if (!array)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < message->n_register_; i++) {
		enum result result = leaf_read(message->register_[i], &array[i]);
		if (result)
			return result;
	}
	ret_reply->leaves = array;
	ret_reply->leaf_count = message->n_register_;
	return RESULT_OK;
}

static enum result read_reply(const Knooppunt__V1__Reply *message, struct arena *arena,
			      struct reply *ret_reply)
{
	memcpy(ret_reply->about.b, message->about.data, sizeof ret_reply->about);
	ret_reply->outcome = message->outcome;
	ret_reply->reason = message->reason;
	ret_reply->field = bytes_of_text(message->field);
	ret_reply->pause_ms = message->pause_ms;
	ret_reply->more = message->more;
	ret_reply->follows = message->follows;
	ret_reply->antwoord = codec_view(message->antwoord);
	ret_reply->has_receipt = message->receipt != NULL;
	enum result result = RESULT_OK;
	if (message->receipt)
		result = leaf_read(message->receipt, &ret_reply->receipt);
	if (!result)
		result = read_deliveries(message, arena, ret_reply);
	if (!result)
		result = read_leaves(message, arena, ret_reply);
	return result;
}

enum result replies_decode(struct bytes wire, struct arena *arena, struct replies *ret_replies)
{
	const ProtobufCMessage *base;
	enum result result = codec_unpack(&knooppunt__v1__replies__descriptor, wire, arena, &base);
	if (result)
		return result;
	const Knooppunt__V1__Replies *message = (const void *)base;
	struct reply *array = arena_alloc(arena, message->n_replies * sizeof *array);
	if (!array)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < message->n_replies; i++) {
		result = read_reply(message->replies[i], arena, &array[i]);
		if (result)
			return result;
	}
	struct tree_path consistency;
	result = codec_path(message->consistency, message->n_consistency, TREE_PATH_MAX,
			    &consistency);
	if (result)
		return result;
	*ret_replies = (struct replies){
		.checkpoint = codec_view(message->checkpoint),
		.old_size = message->old_size,
		.consistency = consistency,
		.replies = array,
		.reply_count = message->n_replies,
	};
	return RESULT_OK;
}
