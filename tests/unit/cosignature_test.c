// SPDX-License-Identifier: EUPL-1.2
// Cosignatures (cosignature/v1) and whose are asked for (tlog-policy).
#include "unit.h"

#include "crypto/secret.h"
#include "tree/policy.h"

#include <stdio.h>
#include <string.h>

#define TEXT "log.example/a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
#define WITNESSES 3

struct world {
	struct vkey log, witness[WITNESSES];
	uint8_t secret[WITNESSES][SIGN_SECRET_LEN], log_secret[SIGN_SECRET_LEN];
};

static void keys(uint8_t letter, uint8_t public_key[SIGN_PUBLIC_LEN],
		 uint8_t secret[SIGN_SECRET_LEN])
{
	uint8_t seed[SIGN_SEED_LEN];
	memset(seed, letter, sizeof seed);
	sign_keypair_from_seed(public_key, secret, seed);
}

static struct world world_make(void)
{
	struct world w;
	uint8_t public_key[SIGN_PUBLIC_LEN];
	assert_int_equal(crypto_start(), RESULT_OK);
	keys('l', public_key, w.log_secret);
	assert_int_equal(vkey_make("log.example/a", public_key, &w.log), RESULT_OK);
	for (int i = 0; i < WITNESSES; i++) {
		char name[32];
		snprintf(name, sizeof name, "w%d.example", i);
		keys((uint8_t)('0' + i), public_key, w.secret[i]);
		assert_int_equal(cosigner_make(name, public_key, &w.witness[i]), RESULT_OK);
	}
	return w;
}

// The note of TEXT, signed by the log and by the witnesses whose bits are set.
static void put_note(const struct world *w, unsigned bits, struct buffer *note)
{
	struct bytes text = bytes_of_text(TEXT);
	buffer_init(note, CHECKPOINT_MAX);
	buffer_append(note, text);
	buffer_append_text(note, "\n");
	assert_int_equal(note_append_signature(text, &w->log, w->log_secret, note), RESULT_OK);
	for (unsigned i = 0; i < WITNESSES; i++)
		if ((bits >> i & 1) != 0)
			assert_int_equal(cosignature_append(text, &w->witness[i], w->secret[i],
							    1000 + i, note),
					 RESULT_OK);
}

static void a_cosignature_is_of_its_witness_its_text_and_its_time(void **state)
{
	struct world w = world_make();
	struct buffer note;
	struct bytes text;
	uint64_t time;
	(void)state;
	put_note(&w, 5, &note);
	for (unsigned i = 0; i < WITNESSES; i++) {
		enum result result =
			cosignature_verify(buffer_view(&note), &w.witness[i], &text, &time);
		assert_int_equal(result, i == 1 ? RESULT_BAD_SIGNATURE : RESULT_OK);
		if (i != 1)
			assert_int_equal(time, 1000 + i);
	}
	assert_int_equal(note_verify(buffer_view(&note), &w.log, &text), RESULT_OK);
	// The newest counts, and a bad one beside a good one is one too many.
	assert_int_equal(
		cosignature_append(bytes_of_text(TEXT), &w.witness[0], w.secret[0], 2000, &note),
		RESULT_OK);
	assert_int_equal(cosignature_verify(buffer_view(&note), &w.witness[0], &text, &time),
			 RESULT_OK);
	assert_int_equal(time, 2000);
	assert_int_equal(
		cosignature_append(bytes_of_text("x\n"), &w.witness[0], w.secret[0], 2000, &note),
		RESULT_OK);
	assert_int_equal(cosignature_verify(buffer_view(&note), &w.witness[0], &text, &time),
			 RESULT_BAD_SIGNATURE);
	// A key of a log signs no cosignature, and none of another pair.
	assert_int_equal(cosignature_append(bytes_of_text(TEXT), &w.log, w.log_secret, 1, &note),
			 RESULT_BAD_SIGNATURE);
	assert_int_equal(
		cosignature_append(bytes_of_text(TEXT), &w.witness[0], w.secret[1], 1, &note),
		RESULT_BAD_SIGNATURE);
	assert_int_equal(cosignature_append(bytes_of_text(TEXT), &w.witness[0], w.secret[0],
					    UINT64_C(1) << 63, &note),
			 RESULT_MALFORMED);
	buffer_done(&note);
}

// As another made it: remora.n621.de, of the published notes.
static void a_published_key_of_a_witness_is_read(void **state)
{
	static const char text[] =
		"remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2";
	struct vkey vkey;
	char again[VKEY_MAX];
	(void)state;
	assert_int_equal(cosigner_parse(bytes_of_text(text), &vkey), RESULT_OK);
	vkey_format(again, &vkey);
	assert_string_equal(again, text);
	assert_int_equal(vkey_parse(bytes_of_text(text), &vkey), RESULT_UNSUPPORTED);
}

static void put_policy(const struct world *w, const char *rest, struct policy *policy)
{
	char vkey[WITNESSES][VKEY_MAX], log[VKEY_MAX], text[4096];
	unsigned line;
	vkey_format(log, &w->log);
	for (int i = 0; i < WITNESSES; i++)
		vkey_format(vkey[i], &w->witness[i]);
	snprintf(text, sizeof text, "log %s\nwitness a %s\nwitness b %s\nwitness c %s\n%s", log,
		 vkey[0], vkey[1], vkey[2], rest);
	assert_int_equal(policy_parse(bytes_of_text(text), policy, &line), RESULT_OK);
}

static void a_quorum_is_met_by_those_it_names(void **state)
{
	// For each set of witnesses, a bit: whether it meets the quorum.
	static const struct {
		const char *rest;
		unsigned met;
	} rows[] = {
		{"quorum none\n", 0xff},
		{"quorum b\n", 0xcc},
		{"group g any a b c\nquorum g\n", 0xfe},
		{"group g all a b c\nquorum g\n", 0x80},
		{"group g 2 a b c\nquorum g\n", 0xe8},
		{"group g all a b\ngroup h any g c\nquorum h\n", 0xf8},
		{"group g any a b\ngroup h all g c\nquorum h\n", 0xe0},
		{"group g any a b\nquorum c\n", 0xf0},
	};
	struct world w = world_make();
	static struct policy policy;
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		put_policy(&w, rows[i].rest, &policy);
		assert_true(policy_has_log(&policy, &w.log));
		assert_false(policy_has_log(&policy, &w.witness[0]));
		for (unsigned bits = 0; bits < 8; bits++) {
			struct buffer note;
			put_note(&w, bits, &note);
			assert_int_equal(policy_is_met(&policy, buffer_view(&note)),
					 rows[i].met >> bits & 1);
			buffer_done(&note);
		}
	}
}

static void a_line_that_is_wrong_is_told_by_its_number(void **state)
{
	static const struct {
		const char *text;
		unsigned line;
	} rows[] = {
		{"", 1},
		{"# nothing\n", 2},
		{"\nlog x\nquorum none\n", 2},
		{"quorum none\nquorum none\n", 2},
		{"quorum w\n", 1},
		{"group g all\nquorum g\n", 1},
		{"quorum none\nx\n", 2},
		{"quorum none", 1},
	};
	static struct policy policy;
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		unsigned line;
		assert_int_equal(policy_parse(bytes_of_text(rows[i].text), &policy, &line),
				 RESULT_MALFORMED);
		assert_int_equal(line, rows[i].line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cosignature_is_of_its_witness_its_text_and_its_time),
		cmocka_unit_test(a_published_key_of_a_witness_is_read),
		cmocka_unit_test(a_quorum_is_met_by_those_it_names),
		cmocka_unit_test(a_line_that_is_wrong_is_told_by_its_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
