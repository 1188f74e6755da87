// SPDX-License-Identifier: EUPL-1.2
// Byte strings: a borrowed view, a growing buffer, big-endian integers, hex and base64.
#ifndef KNP_BASE_BYTES_H
#define KNP_BASE_BYTES_H

#include "base/result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A borrowed, read-only view. The owner of the memory outlives the view. {NULL, 0} is empty.
struct bytes {
	const uint8_t *data;
	size_t len;
};

// A 32-byte hash or root, by value.
struct hash {
	uint8_t b[32];
};

static inline struct bytes bytes_make(const void *data, size_t len)
{
	return (struct bytes){.data = data, .len = len};
}

// View of a C string without its NUL; NULL gives the empty view.
struct bytes bytes_of_text(const char *text);
static inline struct bytes bytes_of_hash(const struct hash *hash)
{
	return (struct bytes){.data = hash->b, .len = sizeof hash->b};
}

// Compares length and content; not for secrets (crypto/secret.h has secret_equal).
bool bytes_equal(struct bytes a, struct bytes b);
// Takes `text` off the front of *rest; false when it does not begin so.
bool bytes_take_text(struct bytes *rest, const char *text);
// Takes the next word (up to a space) off `*rest`; false when nothing is left.
bool word_take(struct bytes *rest, struct bytes *ret_word);
bool hash_equal(const struct hash *a, const struct hash *b);
// True when every byte of the view is zero (an empty view is).
bool bytes_all_zero(struct bytes view);

// Big-endian integers at p, without alignment demands.
void put_u16be(uint8_t *p, uint16_t value);
void put_u32be(uint8_t *p, uint32_t value);
void put_u64be(uint8_t *p, uint64_t value);
uint16_t get_u16be(const uint8_t *p);
uint32_t get_u32be(const uint8_t *p);
uint64_t get_u64be(const uint8_t *p);

// A growing buffer on the heap. The first failure (RESULT_NO_MEMORY, RESULT_TOO_LARGE beyond
// `ceiling`) is kept in `status`; later appends do nothing, so that a writer checks once at the
// end. Memory it outgrows is wiped. A view of the buffer itself may not be appended to it.
struct buffer {
	uint8_t *data;
	size_t len, cap, ceiling;
	enum result status;
};

// `ceiling` is the largest length ever allowed, in bytes.
void buffer_init(struct buffer *buffer, size_t ceiling);
// Frees and resets; buffers that held personal data or keys use buffer_wipe instead.
void buffer_done(struct buffer *buffer);
// Overwrites all of the capacity, then frees and resets.
void buffer_wipe(struct buffer *buffer);
void buffer_clear(struct buffer *buffer); // keeps the memory, length and status back to zero
void buffer_scrub(struct buffer *buffer); // the same, and overwrites what was in it
void buffer_append(struct buffer *buffer, struct bytes view);
void buffer_append_text(struct buffer *buffer, const char *text);
void buffer_append_format(struct buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void buffer_append_u8(struct buffer *buffer, uint8_t value);
void buffer_append_u32be(struct buffer *buffer, uint32_t value);
void buffer_append_u64be(struct buffer *buffer, uint64_t value);
void buffer_append_zeros(struct buffer *buffer, size_t count);
// Reserves `count` bytes at the end and returns where they begin, or NULL (status says why).
uint8_t *buffer_reserve(struct buffer *buffer, size_t count);
static inline struct bytes buffer_view(const struct buffer *buffer)
{
	return (struct bytes){.data = buffer->data, .len = buffer->len};
}

// Decimal digits only, of what fits in 64 bits; else RESULT_MALFORMED.
enum result number_parse(struct bytes digits, uint64_t *ret_number) KNP_MUST_CHECK;

// Lower-case hex; `out` holds 2*len+1 bytes and is NUL terminated.
void hex_encode(char *out, struct bytes view);
// Exactly 2*len hex digits (either case) into out[len]; else RESULT_MALFORMED.
enum result hex_decode(uint8_t *out, size_t len, struct bytes text) KNP_MUST_CHECK;

// Standard base64 with padding. `out` holds base64_size(len) bytes, NUL included.
size_t base64_size(size_t len);
void base64_encode(char *out, struct bytes view);
// Strict: alphabet, padding and zero trailing bits; RESULT_TOO_LARGE beyond `cap`.
enum result base64_decode(uint8_t *out, size_t cap, size_t *ret_len,
			  struct bytes text) KNP_MUST_CHECK;

// True for well-formed UTF-8 (RFC 3629) without NUL: what a protobuf string may hold.
bool utf8_is_string(struct bytes view);
// True for well-formed UTF-8 without NUL, DEL and C0/C1 controls other than \t and \n.
bool utf8_is_clean_text(struct bytes view);
// For what a person reads before it is signed: true, with the offset of the first one, when the
// text holds a character that is not seen, or that makes what follows be seen elsewhere: controls
// other than \t, \n and a \r before \n, line and paragraph separators, controls of direction,
// characters without width, tags. Bytes that are not UTF-8 count too.
bool utf8_find_hidden(struct bytes text, size_t *ret_at);
// utf8_is_clean_text, nothing hidden, no \t and \n: a line of §6.1, for names and grounds.
bool utf8_is_plain_line(struct bytes text);

#endif
