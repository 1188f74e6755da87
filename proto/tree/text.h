// SPDX-License-Identifier: EUPL-1.2
// Lines, decimals and hashes of the C2SP text formats. For the files of this folder only.
#ifndef KNP_TREE_TEXT_H
#define KNP_TREE_TEXT_H

#include "base/bytes.h"

// Sizes and indexes stay below this, so that a signed 64-bit reader elsewhere holds them too.
#define TREE_SIZE_END (UINT64_C(1) << 63)
#define TEXT_HASH_LEN 44 // base64 of 32 bytes

// Takes the next line off `text` and gives it without its newline; false (both untouched) when
// no newline is left.
bool text_take_line(struct bytes *text, struct bytes *ret_line);
// True when `text` begins with `prefix`, which is then taken off.
bool text_take_prefix(struct bytes *text, const char *prefix);
// Decimal below 2^63 without sign or leading zeros; RESULT_MALFORMED.
enum result text_read_decimal(struct bytes digits, uint64_t *ret_value) KNP_MUST_CHECK;
// Base64 of exactly 32 bytes; RESULT_MALFORMED.
enum result text_read_hash(struct bytes text, struct hash *ret_hash) KNP_MUST_CHECK;

#endif
