// SPDX-License-Identifier: EUPL-1.2
#include "crypto/secret.h"
#include "wire/codec.h"

#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 16

struct scratch_block {
	struct scratch_block *next;
	size_t size;
	_Alignas(ALIGNMENT) uint8_t memory[];
};

void scratch_init(struct scratch *scratch)
{
	// The room itself is cleared piece by piece, as it is handed out.
	scratch->status = RESULT_OK;
	scratch->blocks = NULL;
	scratch->used = 0;
}

void scratch_done(struct scratch *scratch)
{
	secret_wipe(scratch->room, scratch->used);
	while (scratch->blocks) {
		struct scratch_block *block = scratch->blocks;
		scratch->blocks = block->next;
		secret_wipe(block->memory, block->size);
		free(block);
	}
	scratch_init(scratch);
}

static void *allocate(struct scratch *scratch, size_t size)
{
	size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (rounded <= SCRATCH_ROOM - scratch->used) {
		uint8_t *memory = scratch->room + scratch->used;
		scratch->used += rounded;
		memset(memory, 0, rounded);
		return memory;
	}
	struct scratch_block *block = calloc(1, sizeof *block + rounded);
	if (!block) {
		scratch_refuse(scratch, RESULT_NO_MEMORY);
		return NULL;
	}
	block->size = rounded;
	block->next = scratch->blocks;
	scratch->blocks = block;
	return block->memory;
}

void scratch_refuse(struct scratch *scratch, enum result result)
{
	if (!scratch->status)
		scratch->status = result;
}

void *scratch_array(struct scratch *scratch, size_t count, size_t size)
{
	if (count == 0 || scratch->status)
		return NULL;
	if (count > CODEC_WIRE_MAX) {
		scratch_refuse(scratch, RESULT_TOO_LARGE);
		return NULL;
	}
	return allocate(scratch, count * size);
}

char *scratch_text(struct scratch *scratch, struct bytes text)
{
	// A NUL would cut the text short before check_message() could see it.
	if (text.len > 0 && memchr(text.data, 0, text.len))
		scratch_refuse(scratch, RESULT_MALFORMED);
	if (text.len > CODEC_WIRE_MAX)
		scratch_refuse(scratch, RESULT_TOO_LARGE);
	if (text.len == 0 || scratch->status)
		return NULL;
	char *copy = allocate(scratch, text.len + 1);
	if (!copy)
		return NULL;
	memcpy(copy, text.data, text.len);
	return copy;
}

char **scratch_texts(struct scratch *scratch, const struct bytes *texts, size_t count,
		     size_t *ret_count)
{
	char **array = scratch_array(scratch, count, sizeof *array);
	*ret_count = array ? count : 0;
	for (size_t i = 0; i < *ret_count; i++)
		array[i] = scratch_text(scratch, texts[i]);
	return array;
}

ProtobufCBinaryData *scratch_views(struct scratch *scratch, const struct bytes *views, size_t count,
				   size_t *ret_count)
{
	ProtobufCBinaryData *array = scratch_array(scratch, count, sizeof *array);
	*ret_count = array ? count : 0;
	for (size_t i = 0; i < *ret_count; i++)
		array[i] = codec_data(views[i]);
	return array;
}

ProtobufCBinaryData *scratch_path(struct scratch *scratch, const struct tree_path *path,
				  size_t *ret_count)
{
	ProtobufCBinaryData *array = scratch_array(scratch, path->count, sizeof *array);
	*ret_count = array ? path->count : 0;
	for (size_t i = 0; i < *ret_count; i++)
		array[i] = codec_hash_data(&path->hashes[i]);
	return array;
}

uint32_t *scratch_u32s(struct scratch *scratch, const uint32_t *values, size_t count,
		       size_t *ret_count)
{
	uint32_t *array = scratch_array(scratch, count, sizeof *array);
	*ret_count = array ? count : 0;
	if (array)
		memcpy(array, values, count * sizeof *array);
	return array;
}

uint64_t *scratch_u64s(struct scratch *scratch, const uint64_t *values, size_t count,
		       size_t *ret_count)
{
	uint64_t *array = scratch_array(scratch, count, sizeof *array);
	*ret_count = array ? count : 0;
	if (array)
		memcpy(array, values, count * sizeof *array);
	return array;
}

void **scratch_messages(struct scratch *scratch, size_t count, size_t size, size_t *ret_count)
{
	void **pointers = scratch_array(scratch, count, sizeof *pointers);
	uint8_t *messages = scratch_array(scratch, count, size);
	*ret_count = pointers && messages ? count : 0;
	for (size_t i = 0; i < *ret_count; i++)
		pointers[i] = messages + i * size;
	return pointers;
}
