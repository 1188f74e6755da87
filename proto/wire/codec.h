// SPDX-License-Identifier: EUPL-1.2
// Inside proto/wire only: the strict use of protobuf-c that every decoder and encoder shares.
#ifndef KNP_WIRE_CODEC_H
#define KNP_WIRE_CODEC_H

#include "base/arena.h"
#include "knooppunt.pb-c.h"
#include "tree/tree.h"

#define CODEC_WIRE_MAX (4 * 1024 * 1024) // what is stored may be larger than a frame

// Unpacks `wire` with every allocation taken from the arena, and refuses what has a second reading:
// unknown fields at any depth, strings that are not UTF-8 or hold NUL, and bytes that are not the
// canonical encoding of what was read. RESULT_TOO_LARGE beyond CODEC_WIRE_MAX, RESULT_NO_MEMORY
// when the arena is full, else RESULT_MALFORMED.
enum result codec_unpack(const ProtobufCMessageDescriptor *type, struct bytes wire,
			 struct arena *arena, const ProtobufCMessage **ret_message) KNP_MUST_CHECK;
// The same, telling what was wrong; a NUL inside a string shows as WIRE_FAULT_NOT_CANONICAL.
struct wire_fault;
enum result codec_unpack_told(const ProtobufCMessageDescriptor *type, struct bytes wire,
			      struct arena *arena, const ProtobufCMessage **ret_message,
			      struct wire_fault *ret_fault) KNP_MUST_CHECK;

// Of bytes that were packed here and authenticated since: not compared with their canonical form
// once more, which is half of the work.
enum result codec_unpack_own(const ProtobufCMessageDescriptor *type, struct bytes wire,
			     struct arena *arena,
			     const ProtobufCMessage **ret_message) KNP_MUST_CHECK;

// Reading the fields of an unpacked message. Views point into the arena.
struct bytes codec_view(ProtobufCBinaryData data);
// True and filled when `data` is exactly 32 bytes.
bool codec_hash(ProtobufCBinaryData data, struct hash *ret_hash);
// RESULT_TOO_LARGE beyond `max` hashes, RESULT_MALFORMED when one is not 32 bytes.
enum result codec_path(const ProtobufCBinaryData *hashes, size_t count, size_t max,
		       struct tree_path *ret_path) KNP_MUST_CHECK;
// Arrays of views; RESULT_NO_MEMORY.
enum result codec_views(const ProtobufCBinaryData *data, size_t count, struct arena *arena,
			struct bytes **ret_views) KNP_MUST_CHECK;
enum result codec_texts(char *const *texts, size_t count, struct arena *arena,
			struct bytes **ret_views) KNP_MUST_CHECK;
enum result codec_u32s(const uint32_t *values, size_t count, struct arena *arena,
		       uint32_t **ret_values) KNP_MUST_CHECK;
enum result codec_u64s(const uint64_t *values, size_t count, struct arena *arena,
		       uint64_t **ret_values) KNP_MUST_CHECK;

// Memory of one encoding: a few KiB on the stack, then the heap. The first failure is kept in
// `status`; an array that could not be had is NULL and counts zero.
#define SCRATCH_ROOM 4096
struct scratch_block;
struct scratch {
	enum result status;
	struct scratch_block *blocks;
	size_t used;
	_Alignas(16) uint8_t room[SCRATCH_ROOM];
};
void scratch_init(struct scratch *scratch);
// Wipes (texts of meldingen pass through it) and frees.
void scratch_done(struct scratch *scratch);
// Keeps a refusal in `status`, unless there was a failure before it.
void scratch_refuse(struct scratch *scratch, enum result result);
// `count` zeroed items; NULL when count is 0 or memory failed.
void *scratch_array(struct scratch *scratch, size_t count, size_t size);
// A text with its NUL; RESULT_MALFORMED in status when it is not a protobuf string.
char *scratch_text(struct scratch *scratch, struct bytes text);
char **scratch_texts(struct scratch *scratch, const struct bytes *texts, size_t count,
		     size_t *ret_count);
ProtobufCBinaryData *scratch_views(struct scratch *scratch, const struct bytes *views, size_t count,
				   size_t *ret_count);
ProtobufCBinaryData *scratch_path(struct scratch *scratch, const struct tree_path *path,
				  size_t *ret_count);
uint32_t *scratch_u32s(struct scratch *scratch, const uint32_t *values, size_t count,
		       size_t *ret_count);
uint64_t *scratch_u64s(struct scratch *scratch, const uint64_t *values, size_t count,
		       size_t *ret_count);
// `count` messages of `size` bytes in a row and the array of pointers to them that protobuf-c
// wants; *ret_count is 0 when memory failed.
void **scratch_messages(struct scratch *scratch, size_t count, size_t size, size_t *ret_count);
// The view as protobuf-c wants it; it is only ever read.
ProtobufCBinaryData codec_data(struct bytes view);
static inline ProtobufCBinaryData codec_hash_data(const struct hash *hash)
{
	return codec_data(bytes_of_hash(hash));
}

// Checks the message as a decoder would and appends it packed to `out`, unless the scratch failed;
// then releases the scratch. RESULT_TOO_LARGE beyond `max` bytes.
enum result codec_pack(const ProtobufCMessage *message, size_t max, struct scratch *scratch,
		       struct buffer *out) KNP_MUST_CHECK;

#endif
