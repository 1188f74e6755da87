// SPDX-License-Identifier: EUPL-1.2
#include "melding/validate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define T(test) cmocka_unit_test(test)

static const struct civil_date TODAY = {2026, 11, 22};

static struct statement statement(uint32_t type)
{
	return (struct statement){
		.type = type,
		.audience_oin = bytes_of_text("00000099000000001000"),
		.audience_log = bytes_of_text("knooppunt.voorbeeld.nl/oefening"),
		.source = bytes_of_text("urn:nld:oin:00000099000000002000:systeem:bvh-1.0"),
		.id = bytes_of_text("019a0c5e-7c1b-7000-8000-000000000001"),
		.time = 1795341600000,
		.sequence = 1,
		.random = {1},
		.has_slots = type == TYPE_MELDING,
	};
}

static void header_refused(const struct statement *s, enum reason reason, const char *field)
{
	struct refusal refusal = {0};
	assert_false(statement_validate(s, TODAY, &refusal));
	assert_string_equal(refusal.field, field);
	assert_string_equal(reason_code(refusal.reason), reason_code(reason));
}

static void header_accepted(const struct statement *s)
{
	struct refusal refusal = {REASON_IO, "x"};
	if (!statement_validate(s, TODAY, &refusal))
		fail_msg("%s: %s", refusal.field, reason_code(refusal.reason));
	assert_int_equal(refusal.reason, REASON_NONE);
}

static void the_header_of_a_melding_has_slots_and_no_velden(void **state)
{
	(void)state;
	struct statement s = statement(TYPE_MELDING);
	header_accepted(&s);
	struct veld veld = {1, bytes_of_text("x")};
	s.velden = &veld;
	s.veld_count = 1;
	header_refused(&s, REASON_UNKNOWN_FIELD, "veld[1]");
	s = statement(TYPE_MELDING);
	s.has_slots = false;
	header_refused(&s, REASON_MISSING_FIELD, "slots_root");
	s = statement(TYPE_HELLO);
	header_accepted(&s);
	s.has_slots = true;
	header_refused(&s, REASON_UNKNOWN_FIELD, "slots_root");
	s = statement(99);
	header_refused(&s, REASON_UNKNOWN_TYPE, "type");
}

static void names_in_a_header_must_have_their_form(void **state)
{
	(void)state;
	struct statement s = statement(TYPE_MELDING);
	s.audience_oin = bytes_of_text("");
	header_refused(&s, REASON_MISSING_FIELD, "audience_oin");
	s.audience_oin = bytes_of_text("0000009900000000100x");
	header_refused(&s, REASON_BAD_VALUE, "audience_oin");
	s = statement(TYPE_MELDING);
	s.audience_log = bytes_of_text("met spatie");
	header_refused(&s, REASON_BAD_VALUE, "audience_log");
	s.audience_log = bytes_make("a\0b", 3);
	header_refused(&s, REASON_BAD_VALUE, "audience_log");
	s = statement(TYPE_MELDING);
	static const char *const sources[] = {
		"urn:nld:oin:00000099000000002000",
		"urn:nld:oin:00000099000000002000:systeem:",
		"urn:nld:oin:00000099000000002000:systeem:BVH",
		"urn:nld:oin:0000009900000000200:systeem:bvh",
		"urn:nld:oin:00000099000000002000:system:bvh",
		"urn:nld:oin:",
		"x",
	};
	for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
		s.source = bytes_of_text(sources[i]);
		header_refused(&s, REASON_BAD_VALUE, "source");
	}
}

static void an_id_has_sixteen_to_sixty_four_plain_characters(void **state)
{
	(void)state;
	char text[66];
	memset(text, 'a', sizeof text);
	struct statement s = statement(TYPE_MELDING);
	s.id = bytes_make(text, 16);
	header_accepted(&s);
	s.id = bytes_make(text, 64);
	header_accepted(&s);
	s.id = bytes_make(text, 15);
	header_refused(&s, REASON_BAD_VALUE, "id");
	s.id = bytes_make(text, 65);
	header_refused(&s, REASON_BAD_VALUE, "id");
	text[3] = '.';
	s.id = bytes_make(text, 16);
	header_refused(&s, REASON_BAD_VALUE, "id");
	s = statement(TYPE_MELDING);
	s.antwoord_op = bytes_of_text("kort");
	header_refused(&s, REASON_BAD_VALUE, "antwoord_op");
	s = statement(TYPE_MELDING);
	s.vervangt = bytes_of_text("kort");
	header_refused(&s, REASON_BAD_VALUE, "vervangt");
}

static void time_sequence_random_and_head_must_be_sound(void **state)
{
	(void)state;
	struct statement s = statement(TYPE_MELDING);
	s.time = 0;
	header_refused(&s, REASON_MISSING_FIELD, "time");
	s.time = UINT64_MAX;
	header_refused(&s, REASON_BAD_VALUE, "time");
	s = statement(TYPE_MELDING);
	s.sequence = 0;
	header_refused(&s, REASON_MISSING_FIELD, "sequence");
	s = statement(TYPE_HELLO);
	s.sequence = 0;
	header_accepted(&s);
	memset(s.random, 0, sizeof s.random);
	header_refused(&s, REASON_MISSING_FIELD, "random");
	s = statement(TYPE_MELDING);
	s.head.size = 1;
	header_refused(&s, REASON_BAD_VALUE, "head");
	s.head.root.b[5] = 1;
	header_accepted(&s);
	s.head.size = 0;
	header_refused(&s, REASON_BAD_VALUE, "head");
}

static void a_weging_needs_all_that_makes_it_a_judgement(void **state)
{
	(void)state;
	struct veld velden[] = {
		{WEGING_ENTRY, bytes_of_text("12")},
		{WEGING_REGEL, bytes_of_text("detentie-lokaal")},
		{WEGING_BETROKKENE, bytes_of_text("1")},
		{WEGING_UITKOMST, bytes_of_text("lokaal")},
		{WEGING_MEDEWERKER, bytes_of_text("mw-17")},
		{WEGING_MOTIVERING, bytes_of_text("Enkelvoudige vraag.")},
	};
	struct statement s = statement(TYPE_WEGING);
	s.velden = velden;
	s.veld_count = 6;
	header_accepted(&s);
	s.veld_count = 5;
	header_refused(&s, REASON_MISSING_FIELD, "motivering");
	s.veld_count = 6;
	velden[3].waarde = bytes_of_text("Lokaal!");
	header_refused(&s, REASON_BAD_VALUE, "uitkomst");
}

static void an_ack_names_up_to_512_deliveries(void **state)
{
	(void)state;
	static struct veld velden[VELDEN_MAX + 1];
	static uint8_t item[40];
	velden[0] = (struct veld){ACK_FUNCTIE, bytes_of_text("oov")};
	for (size_t i = 1; i <= VELDEN_MAX; i++)
		velden[i] = (struct veld){ACK_ITEM, bytes_make(item, sizeof item)};
	struct statement s = statement(TYPE_ACK);
	s.velden = velden;
	s.veld_count = 513;
	header_accepted(&s);
	s.veld_count = 514;
	header_refused(&s, REASON_TOO_MANY, "item");
	s.veld_count = VELDEN_MAX + 1;
	header_refused(&s, REASON_TOO_MANY, "velden");
	s.veld_count = 1;
	header_refused(&s, REASON_MISSING_FIELD, "item");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(the_header_of_a_melding_has_slots_and_no_velden),
		T(names_in_a_header_must_have_their_form),
		T(an_id_has_sixteen_to_sixty_four_plain_characters),
		T(time_sequence_random_and_head_must_be_sound),
		T(a_weging_needs_all_that_makes_it_a_judgement),
		T(an_ack_names_up_to_512_deliveries),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
