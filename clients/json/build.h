// SPDX-License-Identifier: EUPL-1.2
// A JSON document of texts, put together by JSON pointers of our own (RFC 6901, without escapes):
// for those who make a melding of something else. A number in a pointer is a place in a list; it
// may be at most one beyond the end.
#ifndef KNP_JSON_BUILD_H
#define KNP_JSON_BUILD_H

#include "base/bytes.h"

struct json_build; // opaque

enum result json_build_new(struct json_build **ret_build) KNP_MUST_CHECK;
void json_build_free(struct json_build *build);
// Puts a text at a pointer; objects and lists on the way are made. RESULT_EXISTS: something is
// there. RESULT_MALFORMED: the pointer cannot lead there, or the text is no UTF-8.
enum result json_build_put(struct json_build *build, const char *pointer,
			   struct bytes text) KNP_MUST_CHECK;
// Adds it to the list at a pointer.
enum result json_build_add(struct json_build *build, const char *pointer,
			   struct bytes text) KNP_MUST_CHECK;
// The document as it stands, into an initialised buffer.
enum result json_build_write(const struct json_build *build,
			     struct buffer *ret_text) KNP_MUST_CHECK;

#endif
