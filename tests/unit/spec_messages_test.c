// SPDX-License-Identifier: EUPL-1.2
// The protobuf messages of the specification's vectors: built from their fields by our encoders,
// read by our decoders, and refused with the reason that the vector gives.
#include "tests/unit/spec_vectors.h"

#include "wire/part.h"

// A base64 field of protobuf's JSON mapping; absent is empty.
static struct bytes base64_field(const json_t *fields, const char *name)
{
	const char *text = json_string_value(json_object_get(fields, name));
	if (!text)
		return (struct bytes){0};
	size_t cap = strlen(text), len;
	uint8_t *out = arena_alloc(spec_arena, cap);
	assert_int_equal(base64_decode(out, cap, &len, bytes_of_text(text)), RESULT_OK);
	return bytes_make(out, len);
}

static struct bytes text_field(const json_t *fields, const char *name)
{
	return bytes_of_text(json_string_value(json_object_get(fields, name)));
}

// 32-bit numbers are numbers there, 64-bit ones texts.
static uint64_t number_field(const json_t *fields, const char *name)
{
	const json_t *value = json_object_get(fields, name);
	if (json_is_string(value))
		return strtoull(json_string_value(value), NULL, 10);
	return (uint64_t)json_integer_value(value);
}

static void *items_of(const json_t *list, size_t size)
{
	return arena_alloc(spec_arena, (json_array_size(list) + 1) * size);
}

static struct veld *velden_field(const json_t *fields, size_t *ret_count)
{
	const json_t *list = json_object_get(fields, "velden");
	struct veld *velden = items_of(list, sizeof *velden);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		velden[i] = (struct veld){(uint32_t)number_field(item, "veld"),
					  base64_field(item, "waarde")};
	}
	*ret_count = json_array_size(list);
	return velden;
}

static struct head head_field(const json_t *fields, const char *name)
{
	const json_t *object = json_object_get(fields, name);
	struct head head = {.size = number_field(object, "size")};
	struct bytes root = base64_field(object, "root");
	if (root.len == sizeof head.root)
		memcpy(head.root.b, root.data, sizeof head.root);
	return head;
}

static enum result encode_rubriek(const json_t *fields, struct buffer *out)
{
	struct rubriek rubriek = {
		.soort = (uint32_t)number_field(fields, "soort"),
		.betrokkene = (uint32_t)number_field(fields, "betrokkene"),
		.regime = (uint32_t)number_field(fields, "regime"),
		.bron = text_field(fields, "bron"),
	};
	rubriek.velden = velden_field(fields, &rubriek.veld_count);
	return rubriek_encode(&rubriek, out);
}

static enum result encode_statement(const json_t *fields, struct buffer *out)
{
	struct bytes slots_root = base64_field(fields, "slots_root");
	struct statement statement = {
		.type = (uint32_t)number_field(fields, "type"),
		.audience_oin = text_field(fields, "audience_oin"),
		.audience_log = text_field(fields, "audience_log"),
		.source = text_field(fields, "source"),
		.id = text_field(fields, "id"),
		.time = number_field(fields, "time"),
		.sequence = number_field(fields, "sequence"),
		.antwoord_op = text_field(fields, "antwoord_op"),
		.vervangt = text_field(fields, "vervangt"),
		.head = head_field(fields, "head"),
		.has_slots = slots_root.len > 0,
	};
	memcpy(statement.random, base64_field(fields, "random").data, RANDOM_LEN);
	if (statement.has_slots)
		memcpy(statement.slots_root.b, slots_root.data, sizeof(struct hash));
	statement.velden = velden_field(fields, &statement.veld_count);
	return statement_encode(&statement, out);
}

static struct bytes *base64_list(const json_t *fields, const char *name, size_t *ret_count)
{
	const json_t *list = json_object_get(fields, name);
	struct bytes *views = items_of(list, sizeof *views);
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *wrapped = json_pack("{s:O}", "it", json_array_get(list, i));
		views[i] = base64_field(wrapped, "it");
		json_decref(wrapped);
	}
	*ret_count = json_array_size(list);
	return views;
}

static struct item item_of(const json_t *fields)
{
	struct item item = {
		.statement = base64_field(fields, "statement"),
		.index = (uint32_t)number_field(fields, "index"),
		.has_slots = json_object_get(fields, "slots") != NULL,
	};
	struct bytes *path = base64_list(fields, "path", &item.path.count);
	for (size_t i = 0; i < item.path.count; i++)
		memcpy(item.path.hashes[i].b, path[i].data, sizeof(struct hash));
	if (item.has_slots) {
		const json_t *slots = json_object_get(fields, "slots");
		memcpy(item.slots.seed, base64_field(slots, "seed").data, VECTOR_SEED_LEN);
		item.slots.capacity = (uint32_t)number_field(slots, "capacity");
		item.slots.rubrieken = base64_list(slots, "rubrieken", &item.slots.count);
	}
	return item;
}

static enum result encode_request(const json_t *fields, struct buffer *out)
{
	const json_t *list = json_object_get(fields, "items");
	struct request request = {
		.signer = text_field(fields, "signer"),
		.key_id = base64_field(fields, "key_id"),
		.size = (uint32_t)number_field(fields, "size"),
		.signature = base64_field(fields, "signature"),
		.items = items_of(list, sizeof(struct item)),
		.item_count = json_array_size(list),
		.held = head_field(fields, "held"),
	};
	for (size_t i = 0; i < request.item_count; i++)
		request.items[i] = item_of(json_array_get(list, i));
	return request_encode(&request, out);
}

// Decodes and, when that succeeds, encodes again.
static enum result pass(const char *type, struct bytes wire, struct buffer *again)
{
	struct rubriek rubriek;
	struct statement statement;
	struct request request;
	struct part part;
	enum result result;
	if (strcmp(type, "Rubriek") == 0) {
		result = rubriek_decode(wire, spec_arena, &rubriek);
		return result ? result : rubriek_encode(&rubriek, again);
	}
	if (strcmp(type, "Statement") == 0) {
		result = statement_decode(wire, spec_arena, &statement);
		return result ? result : statement_encode(&statement, again);
	}
	if (strcmp(type, "Request") == 0) {
		result = request_decode(wire, spec_arena, &request);
		return result ? result : request_encode(&request, again);
	}
	assert_string_equal(type, "Part");
	result = part_decode(wire, spec_arena, &part);
	return result ? result : part_encode(&part, again);
}

static void check_read(const json_t *row)
{
	struct buffer again;
	buffer_init(&again, 1 << 20);
	assert_int_equal(pass(vectors_text(row, "type"), spec_hex(row, "wire"), &again), RESULT_OK);
	assert_true(bytes_equal(buffer_view(&again), spec_hex(row, "wire")));
	buffer_done(&again);
}

static void check_written(const json_t *row)
{
	const char *type = vectors_text(row, "type");
	const json_t *fields = json_object_get(row, "fields");
	struct buffer made;
	buffer_init(&made, 1 << 20);
	enum result result = strcmp(type, "Rubriek") == 0     ? encode_rubriek(fields, &made)
			     : strcmp(type, "Statement") == 0 ? encode_statement(fields, &made)
							      : encode_request(fields, &made);
	assert_int_equal(result, RESULT_OK);
	assert_true(bytes_equal(buffer_view(&made), spec_hex(row, "wire")));
	buffer_done(&made);
	check_read(row);
}

static void refuse(const json_t *row)
{
	struct buffer again;
	buffer_init(&again, 1 << 20);
	spec_refused(row, pass(vectors_text(row, "type"), spec_hex(row, "wire"), &again));
	buffer_done(&again);
}

static void statements_and_rubrieken_are_what_the_vectors_say(void **state)
{
	(void)state;
	spec_each("statement", "vectors", check_written);
	spec_each("statement", "negative", refuse);
}

static void requests_are_what_the_vectors_say(void **state)
{
	(void)state;
	spec_each("request", "vectors", check_written);
	spec_each("request", "negative", refuse);
}

static void check_part(const json_t *row)
{
	static const char *const kinds[] = {
		"",     "sender",  "verstrekking", "verantwoording", "register",
		"tick", "wissing", "vernietiging", "stop",           "acceptatie"};
	struct part part;
	assert_int_equal(part_decode(spec_hex(row, "wire"), spec_arena, &part), RESULT_OK);
	assert_true(part.kind < COUNT_OF(kinds));
	assert_non_null(json_object_get(json_object_get(row, "fields"), kinds[part.kind]));
	check_read(row);
}

static void parts_are_what_the_vectors_say(void **state)
{
	(void)state;
	spec_each("part", "vectors", check_part);
	spec_each("part", "negative", refuse);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, spec_set_up, spec_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(statements_and_rubrieken_are_what_the_vectors_say),
		TEST(requests_are_what_the_vectors_say),
		TEST(parts_are_what_the_vectors_say),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
