// SPDX-License-Identifier: EUPL-1.2
// Writes JSON into a buffer, one value after another: for the --json output of every program. The
// buffer's sticky status says at the end whether all of it fitted. Commas are placed here; keys and
// values in the order of the calls. No line breaks, so one value can be one line.
#ifndef KNP_BASE_JSON_OUT_H
#define KNP_BASE_JSON_OUT_H

#include "base/problem.h"

#define JSON_DEPTH_MAX 32

struct json_out {
	struct buffer *buffer; // borrowed, initialised
	unsigned depth;
	bool in_array[JSON_DEPTH_MAX];
	bool has_item[JSON_DEPTH_MAX]; // something stands before at this depth
	bool after_key;
};

void json_out_init(struct json_out *out, struct buffer *buffer);
void json_out_object_begin(struct json_out *out);
void json_out_object_end(struct json_out *out);
void json_out_array_begin(struct json_out *out);
void json_out_array_end(struct json_out *out);
// Before each value of an object.
void json_out_key(struct json_out *out, const char *key);
// Controls are escaped; bytes that are not UTF-8 become U+FFFD.
void json_out_text(struct json_out *out, struct bytes text);
void json_out_number(struct json_out *out, uint64_t number);
void json_out_bool(struct json_out *out, bool value);
void json_out_null(struct json_out *out);

// Key and value in one call.
void json_out_add_text(struct json_out *out, const char *key, const char *text);
void json_out_add_bytes(struct json_out *out, const char *key, struct bytes text);
void json_out_add_number(struct json_out *out, const char *key, uint64_t number);
void json_out_add_bool(struct json_out *out, const char *key, bool value);

// The error object that every program prints (design §13) as a value: {"code", "message", "file"?,
// "line"?, "field"?, "fix"}.
void json_out_problem(struct json_out *out, const struct problem *problem);

#endif
