// SPDX-License-Identifier: EUPL-1.2
#include "wire/convert.h"

#include <string.h>

enum result velden_read(Knooppunt__V1__Veld *const *velden, size_t count, struct arena *arena,
			struct veld **ret_velden)
{
	struct veld *array = arena_alloc(arena, count * sizeof *array);
	if (!array)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < count; i++)
		array[i] = (struct veld){velden[i]->veld, codec_view(velden[i]->waarde)};
	*ret_velden = array;
	return RESULT_OK;
}

Knooppunt__V1__Veld **velden_write(struct scratch *scratch, const struct veld *velden, size_t count,
				   size_t *ret_count)
{
	Knooppunt__V1__Veld **array =
		(void *)scratch_messages(scratch, count, sizeof **array, ret_count);
	for (size_t i = 0; i < *ret_count; i++) {
		knooppunt__v1__veld__init(array[i]);
		array[i]->veld = velden[i].veld;
		array[i]->waarde = codec_data(velden[i].waarde);
	}
	return array;
}

struct head head_read(const Knooppunt__V1__Head *message)
{
	struct head head = {0};
	if (message) {
		head.size = message->size;
		memcpy(head.root.b, message->root.data, sizeof head.root);
	}
	return head;
}

Knooppunt__V1__Head *head_write(struct scratch *scratch, const struct head *head)
{
	if (head->size == 0)
		return NULL;
	Knooppunt__V1__Head *message = scratch_array(scratch, 1, sizeof *message);
	if (message) {
		knooppunt__v1__head__init(message);
		message->size = head->size;
		message->root = codec_hash_data(&head->root);
	}
	return message;
}

enum result slots_read(const Knooppunt__V1__Slots *message, struct arena *arena,
		       struct slots *ret_slots)
{
	if (message->capacity != 64 && message->capacity != 128)
		return RESULT_MALFORMED;
	if (message->n_rubrieken > message->capacity)
		return RESULT_TOO_LARGE;
	enum result result =
		codec_views(message->rubrieken, message->n_rubrieken, arena, &ret_slots->rubrieken);
	if (result)
		return result;
	memcpy(ret_slots->seed, message->seed.data, VECTOR_SEED_LEN);
	ret_slots->capacity = message->capacity;
	ret_slots->count = message->n_rubrieken;
	return RESULT_OK;
}

void slots_write(struct scratch *scratch, const struct slots *slots, Knooppunt__V1__Slots *message)
{
	knooppunt__v1__slots__init(message);
	if ((slots->capacity != 64 && slots->capacity != 128) || slots->count > slots->capacity) {
		scratch_refuse(scratch, RESULT_MALFORMED);
		return;
	}
	message->seed = codec_data(bytes_make(slots->seed, VECTOR_SEED_LEN));
	message->capacity = slots->capacity;
	message->rubrieken =
		scratch_views(scratch, slots->rubrieken, slots->count, &message->n_rubrieken);
}

enum result signed_statement_read(const Knooppunt__V1__SignedStatement *message,
				  struct signed_statement *ret_statement)
{
	if (message->index >= message->size)
		return RESULT_MALFORMED;
	enum result result =
		codec_path(message->path, message->n_path, BATCH_PATH_MAX, &ret_statement->path);
	if (result)
		return result;
	ret_statement->statement = codec_view(message->statement);
	ret_statement->signer = bytes_of_text(message->signer);
	ret_statement->key_id = codec_view(message->key_id);
	ret_statement->size = message->size;
	ret_statement->index = message->index;
	ret_statement->signature = codec_view(message->signature);
	return RESULT_OK;
}

void signed_statement_write(struct scratch *scratch, const struct signed_statement *statement,
			    Knooppunt__V1__SignedStatement *message)
{
	knooppunt__v1__signed_statement__init(message);
	if (statement->index >= statement->size)
		scratch_refuse(scratch, RESULT_MALFORMED);
	message->statement = codec_data(statement->statement);
	message->signer = scratch_text(scratch, statement->signer);
	message->key_id = codec_data(statement->key_id);
	message->size = statement->size;
	message->index = statement->index;
	message->path = scratch_path(scratch, &statement->path, &message->n_path);
	message->signature = codec_data(statement->signature);
}

static struct opening opening_of(const Knooppunt__V1__Opening *message)
{
	return (struct opening){message->position, codec_view(message->salt),
				codec_view(message->value)};
}

static void opening_write(const struct opening *opening, Knooppunt__V1__Opening *message)
{
	knooppunt__v1__opening__init(message);
	message->position = opening->position;
	message->salt = codec_data(opening->salt);
	message->value = codec_data(opening->value);
}

enum result openings_read(Knooppunt__V1__Opening *const *messages, size_t count,
			  struct arena *arena, struct opening **ret_openings)
{
	struct opening *array = arena_alloc(arena, count * sizeof *array);
	if (!array)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < count; i++)
		array[i] = opening_of(messages[i]);
	*ret_openings = array;
	return RESULT_OK;
}

Knooppunt__V1__Opening **openings_write(struct scratch *scratch, const struct opening *openings,
					size_t count, size_t *ret_count)
{
	Knooppunt__V1__Opening **array =
		(void *)scratch_messages(scratch, count, sizeof **array, ret_count);
	for (size_t i = 0; i < *ret_count; i++)
		opening_write(&openings[i], array[i]);
	return array;
}

enum result leaf_read(const Knooppunt__V1__Leaf *message, struct leaf *ret_leaf)
{
	if (message->part->position >= VECTOR_PARTS)
		return RESULT_MALFORMED;
	enum result result =
		codec_path(message->path, message->n_path, TREE_PATH_MAX, &ret_leaf->path);
	if (result)
		return result;
	ret_leaf->index = message->index;
	ret_leaf->entry = codec_view(message->entry);
	ret_leaf->vector = codec_view(message->vector);
	ret_leaf->part = opening_of(message->part);
	return RESULT_OK;
}

void leaf_write(struct scratch *scratch, const struct leaf *leaf, Knooppunt__V1__Leaf *message)
{
	knooppunt__v1__leaf__init(message);
	if (leaf->part.position >= VECTOR_PARTS)
		scratch_refuse(scratch, RESULT_MALFORMED);
	message->index = leaf->index;
	message->entry = codec_data(leaf->entry);
	message->vector = codec_data(leaf->vector);
	message->part = scratch_array(scratch, 1, sizeof *message->part);
	if (message->part)
		opening_write(&leaf->part, message->part);
	message->path = scratch_path(scratch, &leaf->path, &message->n_path);
}
