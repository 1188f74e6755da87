// SPDX-License-Identifier: EUPL-1.2
#include "crypto/seal.h"
#include "crypto/secret.h"
#include "wire/envelope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "wiped.h"

#define ORIGIN "knooppunt.example/oefening"

struct end {
	struct pair_end pair;
	uint8_t secret[32];
};

static struct end make_end(const char *oin, uint8_t fill)
{
	struct end end;
	memcpy(end.pair.oin.text, oin, OIN_LEN + 1);
	memset(end.secret, fill, sizeof end.secret);
	seal_public_of(end.pair.public_key, end.secret);
	return end;
}

struct pair {
	struct end partner, house;
	struct pair_key to, from;
	struct envelope_prefix prefix;
};

static struct pair make_pair(void)
{
	struct pair pair = {
		.partner = make_end("00000099000000001000", 1),
		.house = make_end("00000099000000002000", 2),
		.prefix = {ENVELOPE_TO_KNOOPPUNT,
			   {{1, 2, 3, 4, 5, 6, 7, 8}},
			   {{11, 12, 13, 14, 15, 16, 17, 18}}},
	};
	assert_int_equal(
		envelope_pair_key(&(const struct pair_direction){ORIGIN, ENVELOPE_TO_KNOOPPUNT,
								 &pair.partner.pair,
								 &pair.house.pair, NULL},
				  pair.partner.secret, &pair.to),
		RESULT_OK);
	assert_int_equal(
		envelope_pair_key(&(const struct pair_direction){ORIGIN, ENVELOPE_FROM_KNOOPPUNT,
								 &pair.house.pair,
								 &pair.partner.pair, NULL},
				  pair.partner.secret, &pair.from),
		RESULT_OK);
	return pair;
}

static bool keys_equal(const struct pair_key *a, const struct pair_key *b)
{
	return memcmp(a->key, b->key, sizeof a->key) == 0;
}

static void both_ends_derive_the_same_key(void **state)
{
	(void)state;
	struct pair pair = make_pair();
	struct pair_key other;
	assert_int_equal(
		envelope_pair_key(&(const struct pair_direction){ORIGIN, ENVELOPE_TO_KNOOPPUNT,
								 &pair.partner.pair,
								 &pair.house.pair, NULL},
				  pair.house.secret, &other),
		RESULT_OK);
	assert_true(keys_equal(&pair.to, &other));
}

static void what_was_agreed_does_not_stay_on_the_stack(void **state)
{
	(void)state;
	struct pair pair = make_pair();
	struct pair_key key;
	wiped = 0;
	assert_int_equal(
		envelope_pair_key(&(const struct pair_direction){ORIGIN, ENVELOPE_TO_KNOOPPUNT,
								 &pair.partner.pair,
								 &pair.house.pair, NULL},
				  pair.house.secret, &key),
		RESULT_OK);
	assert_int_equal(wiped, 64);
}

// spec W14
static void everything_the_key_is_bound_to_changes_it(void **state)
{
	(void)state;
	struct pair pair = make_pair();
	struct end stranger = make_end("00000099000000003000", 1); // same key, other OIN
	struct end elsewhere = pair.house;
	memcpy(elsewhere.pair.oin.text, "00000099000000003000", OIN_LEN);
	const uint8_t psk[32] = {7};
	const struct {
		const char *origin;
		enum envelope_direction direction;
		const struct pair_end *sender, *recipient;
		const uint8_t *psk;
	} rows[] = {
		{"another.example/log", ENVELOPE_TO_KNOOPPUNT, &pair.partner.pair, &pair.house.pair,
		 NULL},
		{ORIGIN, ENVELOPE_FROM_KNOOPPUNT, &pair.partner.pair, &pair.house.pair, NULL},
		{ORIGIN, ENVELOPE_TO_KNOOPPUNT, &pair.house.pair, &pair.partner.pair, NULL},
		{ORIGIN, ENVELOPE_TO_KNOOPPUNT, &stranger.pair, &pair.house.pair, NULL},
		{ORIGIN, ENVELOPE_TO_KNOOPPUNT, &pair.partner.pair, &elsewhere.pair, NULL},
		{ORIGIN, ENVELOPE_TO_KNOOPPUNT, &pair.partner.pair, &pair.house.pair, psk},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct pair_key key;
		assert_int_equal(envelope_pair_key(
					 &(const struct pair_direction){
						 rows[i].origin, rows[i].direction, rows[i].sender,
						 rows[i].recipient, rows[i].psk},
					 pair.partner.secret, &key),
				 RESULT_OK);
		assert_false(keys_equal(&pair.to, &key));
	}
}

static void a_low_order_key_or_a_stranger_gets_no_key(void **state)
{
	(void)state;
	struct pair pair = make_pair();
	struct end stranger = make_end("00000099000000003000", 9);
	struct pair_end zero = pair.house.pair;
	memset(zero.public_key, 0, sizeof zero.public_key);
	struct pair_key key;
	assert_int_equal(
		envelope_pair_key(&(const struct pair_direction){ORIGIN, ENVELOPE_TO_KNOOPPUNT,
								 &pair.partner.pair, &zero, NULL},
				  pair.partner.secret, &key),
		RESULT_BAD_SIGNATURE);
	assert_int_equal(
		envelope_pair_key(&(const struct pair_direction){ORIGIN, ENVELOPE_TO_KNOOPPUNT,
								 &pair.partner.pair,
								 &pair.house.pair, NULL},
				  stranger.secret, &key),
		RESULT_MALFORMED);
}

// Seals `len` bytes of 0x5a into a new buffer.
static void seal(const struct pair *pair, size_t len, struct buffer *out)
{
	uint8_t *content = malloc(len + 1);
	memset(content, 0x5a, len + 1);
	buffer_init(out, 2 * ENVELOPE_FRAME_MAX);
	assert_int_equal(envelope_seal(&pair->prefix, &pair->to, bytes_make(content, len), out),
			 RESULT_OK);
	free(content);
}

static void a_frame_opens_to_what_was_sealed_and_tells_only_its_class(void **state)
{
	(void)state;
	static const struct {
		size_t content, class;
	} rows[] = {
		{0, 512},         {1, 512},
		{508, 512},       {509, 1024},
		{1020, 1024},     {1021, 2048},
		{4000, 4096},     {8188, 8192},
		{16380, 16384},   {32764, 32768},
		{65532, 65536},   {131068, 131072},
		{131069, 262080}, {ENVELOPE_CONTENT_MAX, 262080},
	};
	struct pair pair = make_pair();
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buffer frame;
		seal(&pair, rows[i].content, &frame);
		assert_int_equal(frame.len, rows[i].class + ENVELOPE_OVERHEAD);
		assert_int_equal(envelope_class(rows[i].content), rows[i].class);
		uint8_t *plain = malloc(rows[i].class);
		struct bytes content;
		assert_int_equal(envelope_open(buffer_view(&frame), &pair.to, plain, &content),
				 RESULT_OK);
		assert_int_equal(content.len, rows[i].content);
		for (size_t k = 0; k < content.len; k++)
			assert_int_equal(content.data[k], 0x5a);
		free(plain);
		buffer_done(&frame);
	}
}

static void the_prefix_can_be_read_before_the_key_is_known(void **state)
{
	(void)state;
	struct pair pair = make_pair();
	struct buffer frame;
	struct envelope_prefix prefix;
	seal(&pair, 100, &frame);
	assert_int_equal(envelope_read_prefix(buffer_view(&frame), &prefix), RESULT_OK);
	assert_int_equal(prefix.direction, ENVELOPE_TO_KNOOPPUNT);
	assert_true(key_id_equal(&prefix.sender, &pair.prefix.sender));
	assert_true(key_id_equal(&prefix.recipient, &pair.prefix.recipient));
	buffer_done(&frame);
}

// spec W13
static void two_frames_of_one_content_differ(void **state)
{
	(void)state;
	struct pair pair = make_pair();
	struct buffer a, b;
	seal(&pair, 100, &a);
	seal(&pair, 100, &b);
	assert_memory_not_equal(a.data + 24, b.data + 24, 24);
	assert_memory_not_equal(a.data + 48, b.data + 48, 512);
	buffer_done(&a);
	buffer_done(&b);
}

static void a_changed_bit_anywhere_is_refused(void **state)
{
	(void)state;
	struct pair pair = make_pair();
	struct buffer frame;
	seal(&pair, 100, &frame);
	uint8_t plain[512];
	struct bytes content;
	for (size_t i = 0; i < frame.len; i++) {
		frame.data[i] ^= 0x10;
		assert_int_not_equal(envelope_open(buffer_view(&frame), &pair.to, plain, &content),
				     RESULT_OK);
		frame.data[i] ^= 0x10;
	}
	assert_int_equal(envelope_open(buffer_view(&frame), &pair.to, plain, &content), RESULT_OK);
	buffer_done(&frame);
}

static void an_own_envelope_reflected_does_not_open(void **state)
{
	(void)state;
	struct pair pair = make_pair();
	struct buffer frame;
	seal(&pair, 100, &frame);
	frame.data[6] = ENVELOPE_FROM_KNOOPPUNT;
	uint8_t plain[512];
	struct bytes content;
	assert_int_equal(envelope_open(buffer_view(&frame), &pair.from, plain, &content),
			 RESULT_BAD_SIGNATURE);
	buffer_done(&frame);
}

static void a_frame_of_another_length_version_or_suite_is_refused(void **state)
{
	(void)state;
	struct pair pair = make_pair();
	struct buffer frame;
	struct envelope_prefix prefix;
	seal(&pair, 1000, &frame);
	for (size_t len = 0; len < frame.len; len++) {
		enum result expected =
			len == 512 + ENVELOPE_OVERHEAD ? RESULT_OK : RESULT_MALFORMED;
		assert_int_equal(envelope_read_prefix(bytes_make(frame.data, len), &prefix),
				 expected);
	}
	frame.data[4] = 2;
	assert_int_equal(envelope_read_prefix(buffer_view(&frame), &prefix), RESULT_UNSUPPORTED);
	frame.data[4] = 1;
	frame.data[5] = 2;
	assert_int_equal(envelope_read_prefix(buffer_view(&frame), &prefix), RESULT_UNSUPPORTED);
	frame.data[5] = 1;
	for (unsigned direction = 0; direction < 256; direction++) {
		frame.data[6] = (uint8_t)direction;
		enum result expected =
			direction == 1 || direction == 2 ? RESULT_OK : RESULT_MALFORMED;
		assert_int_equal(envelope_read_prefix(buffer_view(&frame), &prefix), expected);
	}
	buffer_done(&frame);
}

// A frame that is sealed well but whose plaintext is not what the format says.
static enum result open_plain(const struct pair *pair, const uint8_t plain[512])
{
	uint8_t frame[ENVELOPE_OVERHEAD + 512] = {'K', 'N', 'P', 'E', 1, 1, 1, 0};
	uint8_t opened[512];
	struct bytes content;
	seal_encrypt(frame + 48, bytes_make(plain, 512), bytes_make(frame, 48), frame + 24,
		     pair->to.key);
	return envelope_open(bytes_make(frame, sizeof frame), &pair->to, opened, &content);
}

static void a_wrong_length_or_padding_inside_is_refused(void **state)
{
	(void)state;
	struct pair pair = make_pair();
	uint8_t plain[512] = {0, 0, 0, 3, 'a', 'b', 'c'};
	assert_int_equal(open_plain(&pair, plain), RESULT_OK);
	plain[7] = 1;
	assert_int_equal(open_plain(&pair, plain), RESULT_MALFORMED);
	plain[7] = 0;
	plain[511] = 1;
	assert_int_equal(open_plain(&pair, plain), RESULT_MALFORMED);
	plain[511] = 0;
	put_u32be(plain, 508);
	assert_int_equal(open_plain(&pair, plain), RESULT_OK);
	put_u32be(plain, 509);
	assert_int_equal(open_plain(&pair, plain), RESULT_MALFORMED);
	put_u32be(plain, UINT32_MAX);
	assert_int_equal(open_plain(&pair, plain), RESULT_MALFORMED);
}

// What all answers of a kind must look like: the class is at least that of `at_least`, and room
// that is exactly enough is enough.
static void a_frame_may_be_wider_than_its_content(void **state)
{
	(void)state;
	static const struct {
		size_t content, at_least, class;
	} rows[] = {{0, 512, 512},     {508, 512, 512},    {1, 513, 1024},
		    {100, 4096, 4096}, {5000, 4096, 8192}, {508, 0, 512}};
	struct pair pair = make_pair();
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		uint8_t *content = calloc(1, rows[i].content + 1);
		struct buffer out;
		buffer_init(&out, rows[i].class + ENVELOPE_OVERHEAD);
		struct bytes view =
			rows[i].content ? bytes_make(content, rows[i].content) : (struct bytes){0};
		assert_int_equal(
			envelope_seal_wide(&pair.prefix, &pair.to, view, rows[i].at_least, &out),
			RESULT_OK);
		assert_int_equal(out.len, rows[i].class + ENVELOPE_OVERHEAD);
		buffer_done(&out);
		free(content);
	}
}

static void content_beyond_the_largest_class_is_not_sealed(void **state)
{
	(void)state;
	struct pair pair = make_pair();
	struct buffer out;
	buffer_init(&out, ENVELOPE_FRAME_MAX);
	uint8_t *content = calloc(1, ENVELOPE_CONTENT_MAX + 1);
	assert_int_equal(envelope_class(ENVELOPE_CONTENT_MAX + 1), 0);
	assert_int_equal(envelope_seal(&pair.prefix, &pair.to,
				       bytes_make(content, ENVELOPE_CONTENT_MAX + 1), &out),
			 RESULT_TOO_LARGE);
	assert_int_equal(out.len, 0);
	free(content);
	buffer_done(&out);
}

static void a_hint_is_read_back_and_nothing_else_is_one(void **state)
{
	(void)state;
	uint8_t hint[HINT_LEN + 1];
	memset(hint, 0xff, sizeof hint);
	enum hint_code code;
	uint32_t pause;
	hint_encode(hint, HINT_STOPPING, 250);
	assert_memory_equal(hint, "KNPH\x01\x04\x00\x00\x00\x00\x00\xfa\xff", HINT_LEN + 1);
	assert_true(hint_decode(bytes_make(hint, HINT_LEN), &code, &pause));
	assert_int_equal(code, HINT_STOPPING);
	assert_int_equal(pause, 250);
	assert_false(hint_decode(bytes_make(hint, HINT_LEN - 1), &code, &pause));
	assert_false(hint_decode(bytes_make(hint, HINT_LEN + 1), &code, &pause));
	for (size_t i = 0; i < 8; i++) {
		hint[i] ^= 0x40;
		assert_false(hint_decode(bytes_make(hint, HINT_LEN), &code, &pause));
		hint[i] ^= 0x40;
	}
	hint[5] = 0;
	assert_false(hint_decode(bytes_make(hint, HINT_LEN), &code, &pause));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ends_derive_the_same_key),
		cmocka_unit_test(what_was_agreed_does_not_stay_on_the_stack),
		cmocka_unit_test(everything_the_key_is_bound_to_changes_it),
		cmocka_unit_test(a_low_order_key_or_a_stranger_gets_no_key),
		cmocka_unit_test(a_frame_opens_to_what_was_sealed_and_tells_only_its_class),
		cmocka_unit_test(the_prefix_can_be_read_before_the_key_is_known),
		cmocka_unit_test(two_frames_of_one_content_differ),
		cmocka_unit_test(a_changed_bit_anywhere_is_refused),
		cmocka_unit_test(an_own_envelope_reflected_does_not_open),
		cmocka_unit_test(a_frame_of_another_length_version_or_suite_is_refused),
		cmocka_unit_test(a_wrong_length_or_padding_inside_is_refused),
		cmocka_unit_test(a_frame_may_be_wider_than_its_content),
		cmocka_unit_test(content_beyond_the_largest_class_is_not_sealed),
		cmocka_unit_test(a_hint_is_read_back_and_nothing_else_is_one),
	};
	if (crypto_start())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
