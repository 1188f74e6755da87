// SPDX-License-Identifier: EUPL-1.2
// The vectors of the specification (proto/spec/vectors): loading them, and walking their rows.
#ifndef KNP_TESTS_UNIT_SPEC_VECTORS_H
#define KNP_TESTS_UNIT_SPEC_VECTORS_H

#include "base/arena.h"
#include "tests/unit/vectors.h"

#define SPEC_FOLDER "../../proto/spec/vectors/" // from tests/fixtures

// Everything a row was decoded into; cleared after each row.
static struct arena *spec_arena;

static inline struct bytes spec_bytes(struct bytes hex)
{
	uint8_t *out = arena_alloc(spec_arena, hex.len / 2);
	if (!out || hex_decode(out, hex.len / 2, hex) != RESULT_OK)
		fail_msg("a vector is not hex");
	return bytes_make(out, hex.len / 2);
}

static inline struct bytes spec_hex(const json_t *row, const char *field)
{
	return spec_bytes(bytes_of_text(vectors_text(row, field)));
}

// A hex field of exactly 32 bytes.
static inline const uint8_t *spec_hex32(const json_t *row, const char *field)
{
	struct bytes view = spec_hex(row, field);
	assert_int_equal(view.len, 32);
	return view.data;
}

static inline struct hash spec_hash(const json_t *row, const char *field)
{
	struct hash hash;
	memcpy(hash.b, spec_hex32(row, field), sizeof hash.b);
	return hash;
}

static inline uint64_t spec_number(const json_t *row, const char *field)
{
	const json_t *value = json_object_get(row, field);
	if (!json_is_integer(value))
		fail_msg("a vector has no number field \"%s\"", field);
	return (uint64_t)json_integer_value(value);
}

// A list of hex texts.
static inline struct bytes *spec_list(const json_t *row, const char *field, size_t *ret_count)
{
	const json_t *list = json_object_get(row, field);
	struct bytes *views = arena_alloc(spec_arena, (json_array_size(list) + 1) * sizeof *views);
	assert_non_null(views);
	for (size_t i = 0; i < json_array_size(list); i++)
		views[i] = spec_bytes(bytes_of_text(json_string_value(json_array_get(list, i))));
	*ret_count = json_array_size(list);
	return views;
}

// What a refusal of this kind is in C.
static inline enum result spec_kind(const json_t *row)
{
	const char *kind = vectors_text(row, "kind");
	static const struct {
		const char *kind;
		enum result result;
	} kinds[] = {
		{"malformed", RESULT_MALFORMED},
		{"signature", RESULT_BAD_SIGNATURE},
		{"large", RESULT_TOO_LARGE},
		{"unsupported", RESULT_UNSUPPORTED},
	};
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		if (strcmp(kinds[i].kind, kind) == 0)
			return kinds[i].result;
	}
	fail_msg("a vector has the unknown kind \"%s\"", kind);
	return RESULT_INTERNAL;
}

static inline json_t *spec_load(const char *file)
{
	char path[128];
	snprintf(path, sizeof path, SPEC_FOLDER "%s.json", file);
	return vectors_load(path);
}

// Calls `check` for every row of one list of a file; there must be one.
static inline void spec_each(const char *file, const char *list, void (*check)(const json_t *row))
{
	json_t *root = spec_load(file), *row;
	size_t i;
	assert_true(json_array_size(json_object_get(root, list)) > 0);
	json_array_foreach(json_object_get(root, list), i, row)
	{
		check(row);
		arena_clear(spec_arena);
	}
	json_decref(root);
}

// Fails with the reason of a negative row when it was not refused for that reason.
static inline void spec_refused(const json_t *row, enum result result)
{
	if (result != spec_kind(row))
		fail_msg("\"%s\" gave \"%s\"", vectors_text(row, "reason"), result_name(result));
}

static inline int spec_set_up(void **state)
{
	(void)state;
	return arena_new(16 << 20, &spec_arena) == RESULT_OK ? 0 : -1;
}

static inline int spec_tear_down(void **state)
{
	(void)state;
	arena_free(spec_arena);
	return 0;
}

#endif
