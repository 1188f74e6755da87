// SPDX-License-Identifier: EUPL-1.2
// The published vectors of tests/fixtures/merkle: proofs good and bad, and reference roots.
#include "tree/tree.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

// What became of the vectors of one folder.
struct tally {
	unsigned accepted, refused, formless, meant_otherwise;
};

typedef enum result (*check_vector)(const json_t *vector, bool *ret_formless);

// Hashes that are not 32 bytes long have no form in our interface.
static bool read_base64_hash(const json_t *text, struct hash *ret_hash)
{
	uint8_t raw[256];
	size_t len = 0;
	assert_true(json_is_string(text));
	struct bytes view = bytes_make(json_string_value(text), json_string_length(text));
	if (base64_decode(raw, sizeof raw, &len, view) != RESULT_OK || len != sizeof ret_hash->b)
		return false;
	memcpy(ret_hash->b, raw, len);
	return true;
}

static bool read_path(const json_t *list, struct tree_path *ret_path)
{
	size_t i;
	const json_t *item;
	ret_path->count = 0;
	json_array_foreach(list, i, item)
	{
		assert_true(i < TREE_PATH_MAX);
		if (!read_base64_hash(item, &ret_path->hashes[i]))
			return false;
		ret_path->count++;
	}
	return true;
}

// Proof vectors are loaded with integers as reals, because some hold the unsigned -1, which no
// signed integer of jansson can; all others are small.
static uint64_t read_number(const json_t *number)
{
	assert_true(json_is_number(number));
	double value = json_number_value(number);
	if (value == 18446744073709551616.0)
		return UINT64_MAX;
	assert_true(value >= 0 && value < 1e9);
	return (uint64_t)value;
}

static enum result check_inclusion(const json_t *vector, bool *ret_formless)
{
	struct hash root, leaf;
	struct tree_path path;
	*ret_formless = !read_base64_hash(json_object_get(vector, "root"), &root) ||
			!read_base64_hash(json_object_get(vector, "leafHash"), &leaf) ||
			!read_path(json_object_get(vector, "proof"), &path);
	if (*ret_formless)
		return RESULT_MALFORMED;
	return tree_verify_inclusion(&leaf, read_number(json_object_get(vector, "leafIdx")),
				     read_number(json_object_get(vector, "treeSize")), &path,
				     &root);
}

static enum result check_consistency(const json_t *vector, bool *ret_formless)
{
	struct hash root1, root2;
	struct tree_path path;
	*ret_formless = !read_base64_hash(json_object_get(vector, "root1"), &root1) ||
			!read_base64_hash(json_object_get(vector, "root2"), &root2) ||
			!read_path(json_object_get(vector, "proof"), &path);
	if (*ret_formless)
		return RESULT_MALFORMED;
	return tree_verify_consistency(read_number(json_object_get(vector, "size1")), &root1,
				       read_number(json_object_get(vector, "size2")), &root2,
				       &path);
}

static void check_file(const char *path, check_vector check, struct tally *tally)
{
	json_error_t error;
	json_t *vector = json_load_file(path, JSON_DECODE_INT_AS_REAL, &error);
	if (vector == NULL)
		fail_msg("%s: line %d: %s", path, error.line, error.text);
	bool formless = false;
	bool accepted = check(vector, &formless) == RESULT_OK;
	const json_t *want_error = json_object_get(vector, "wantErr");
	assert_true(json_is_boolean(want_error));
	if (formless)
		tally->formless++;
	else if (accepted)
		tally->accepted++;
	else
		tally->refused++;
	if (accepted == json_is_true(want_error)) {
		tally->meant_otherwise++;
		if (!formless)
			fail_msg("%s: %s", path, accepted ? "accepted" : "refused");
	}
	json_decref(vector);
}

static void check_folder(const char *folder, check_vector check, struct tally *tally)
{
	DIR *dir = opendir(folder);
	assert_non_null(dir);
	for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		char path[1024];
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		if (strstr(entry->d_name, ".json") != NULL)
			check_file(path, check, tally);
		else
			check_folder(path, check, tally);
	}
	closedir(dir);
}

static void published_inclusion_proofs_are_judged_as_published(void **state)
{
	(void)state;
	struct tally tally = {0};
	check_folder(KNP_FIXTURES "/merkle/inclusion", check_inclusion, &tally);
	assert_int_equal(tally.accepted + tally.refused + tally.formless, 98);
	assert_int_equal(tally.accepted, 6);
	assert_int_equal(tally.refused, 66);
	assert_int_equal(tally.meant_otherwise, 0);
}

static void published_consistency_proofs_are_judged_as_published(void **state)
{
	(void)state;
	struct tally tally = {0};
	check_folder(KNP_FIXTURES "/merkle/consistency", check_consistency, &tally);
	assert_int_equal(tally.accepted + tally.refused + tally.formless, 98);
	assert_int_equal(tally.accepted, 5);
	assert_int_equal(tally.refused, 66);
	// sizes-are-equal-one-and-proof-is-empty.json has roots of twelve bytes.
	assert_int_equal(tally.meant_otherwise, 1);
}

static struct hash hex_hash(const json_t *text)
{
	struct hash hash;
	assert_true(json_is_string(text));
	assert_int_equal(hex_decode(hash.b, sizeof hash.b, bytes_of_text(json_string_value(text))),
			 RESULT_OK);
	return hash;
}

// The eight reference leaves.
struct reference {
	json_t *json;
	struct hash leaves[8];
};

static int load_reference(void **state)
{
	static struct reference reference;
	json_error_t error;
	reference.json = json_load_file(KNP_FIXTURES "/merkle/roots.json", 0, &error);
	if (reference.json == NULL)
		return -1;
	const json_t *leaves = json_object_get(reference.json, "leaves_hex");
	if (json_array_size(leaves) != 8)
		return -1;
	for (size_t i = 0; i < 8; i++) {
		const char *hex = json_string_value(json_array_get(leaves, i));
		uint8_t entry[32];
		if (hex_decode(entry, strlen(hex) / 2, bytes_of_text(hex)) != RESULT_OK)
			return -1;
		reference.leaves[i] = tree_leaf(bytes_make(entry, strlen(hex) / 2));
	}
	*state = &reference;
	return 0;
}

static int drop_reference(void **state)
{
	struct reference *reference = *state;
	json_decref(reference->json);
	return 0;
}

static void reference_roots_and_nodes_come_out_of_the_frontier(void **state)
{
	const struct reference *reference = *state;
	const json_t *roots = json_object_get(reference->json, "roots_by_size");
	const json_t *levels = json_object_get(reference->json, "levels");
	struct frontier frontier;
	frontier_init(&frontier);
	assert_int_equal(json_array_size(roots), 9);
	for (size_t size = 0; size <= 8; size++) {
		struct hash want = hex_hash(json_array_get(roots, size));
		struct hash root = frontier_root(&frontier);
		assert_true(hash_equal(&root, &want));
		struct tree_done done[64];
		if (size == 8)
			break;
		size_t count = frontier_append(&frontier, &reference->leaves[size], done);
		for (size_t d = 0; d < count; d++) {
			const json_t *level = json_array_get(levels, done[d].level);
			struct hash node = hex_hash(json_array_get(level, done[d].index));
			assert_true(hash_equal(&node, &done[d].hash));
		}
	}
}

static void assert_path_is(const struct tree_path *path, const json_t *list)
{
	assert_int_equal(path->count, json_array_size(list));
	for (size_t i = 0; i < path->count; i++) {
		struct hash want = hex_hash(json_array_get(list, i));
		assert_true(hash_equal(&path->hashes[i], &want));
	}
}

static enum result read_level(void *context, unsigned level, uint64_t index, struct hash *ret_hash)
{
	const struct reference *reference = context;
	const json_t *levels = json_object_get(reference->json, "levels");
	*ret_hash = hex_hash(json_array_get(json_array_get(levels, level), index));
	return RESULT_OK;
}

static void reference_proofs_are_made_as_published(void **state)
{
	struct reference *reference = *state;
	struct tree_reader reader = {.read = read_level, .context = reference};
	struct tree_path path;
	size_t i;
	const json_t *item;
	json_array_foreach(json_object_get(reference->json, "inclusion"), i, item)
	{
		uint64_t index = read_number(json_object_get(item, "index"));
		uint64_t size = read_number(json_object_get(item, "size"));
		assert_int_equal(tree_inclusion(&reader, index, size, &path), RESULT_OK);
		assert_path_is(&path, json_object_get(item, "proof"));
		tree_small_inclusion(reference->leaves, size, index, &path);
		assert_path_is(&path, json_object_get(item, "proof"));
	}
	assert_int_equal(i, 7);
	json_array_foreach(json_object_get(reference->json, "consistency"), i, item)
	{
		uint64_t old = read_number(json_object_get(item, "size1"));
		uint64_t size = read_number(json_object_get(item, "size2"));
		assert_int_equal(tree_consistency(&reader, old, size, &path), RESULT_OK);
		assert_path_is(&path, json_object_get(item, "proof"));
	}
	assert_int_equal(i, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_inclusion_proofs_are_judged_as_published),
		cmocka_unit_test(published_consistency_proofs_are_judged_as_published),
		cmocka_unit_test_setup_teardown(reference_roots_and_nodes_come_out_of_the_frontier,
						load_reference, drop_reference),
		cmocka_unit_test_setup_teardown(reference_proofs_are_made_as_published,
						load_reference, drop_reference),
	};
	return cmocka_run_group_tests_name("tree_vectors", tests, NULL, NULL);
}
