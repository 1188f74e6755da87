// SPDX-License-Identifier: EUPL-1.2
// Deliveries: nothing is handed over or acked that is not proven, down to the sender's signature.
// Each test changes one thing and sees the check that is there for it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client_fixture.h"

#include "crypto/sign.h"

#define ID "melding-000000000001"

static struct delivery *first(struct replies *replies)
{
	for (size_t i = 0; i < replies->reply_count; i++) {
		if (replies->replies[i].delivery_count > 0)
			return &replies->replies[i].deliveries[0];
	}
	return NULL;
}

static struct bytes flipped(struct fake_knooppunt *fake, struct bytes view, size_t at)
{
	struct bytes copy = arena_copy(fake->arena, view);
	((uint8_t *)(uintptr_t)copy.data)[at] ^= 1;
	return copy;
}

// ---- what can be wrong with a delivery ---------------------------------------------------------

#define ON_FIRST(name)                                                                             \
	static void name##_of(struct fake_knooppunt *fake, struct delivery *d);                    \
	static void name(struct fake_knooppunt *fake, struct replies *replies)                     \
	{                                                                                          \
		if (first(replies))                                                                \
			name##_of(fake, first(replies));                                           \
	}                                                                                          \
	static void name##_of(struct fake_knooppunt *fake, struct delivery *d)

ON_FIRST(part_of_the_sender)
{
	fake_log_leaf(&fake->log, d->leaf.index, 0, fake->arena, &d->leaf);
}

ON_FIRST(bad_leaf_path)
{
	(void)fake;
	d->leaf.path.hashes[0].b[5] ^= 1;
}

ON_FIRST(bad_part_salt)
{
	d->leaf.part.salt = flipped(fake, d->leaf.part.salt, 31);
}

ON_FIRST(without_sender)
{
	(void)fake;
	d->has_sender = false;
	d->slots_vector.len = d->opening_count = 0;
}

ON_FIRST(bad_signature)
{
	d->sender.signature = flipped(fake, d->sender.signature, 10);
}

ON_FIRST(bad_statement)
{
	// One bit of the id: still a statement, but not the one that was signed.
	const uint8_t *id = memmem(d->sender.statement.data, d->sender.statement.len, ID, 20);
	d->sender.statement =
		flipped(fake, d->sender.statement, (size_t)(id - d->sender.statement.data) + 19);
}

ON_FIRST(unknown_key)
{
	d->sender.key_id = flipped(fake, d->sender.key_id, 0);
}

ON_FIRST(key_of_another_party)
{
	const struct fake_party *other = &fake->parties[1];
	d->sender.key_id = arena_copy(fake->arena, bytes_make(other->identity.id.b, KEY_ID_LEN));
}

ON_FIRST(signed_by_another_party)
{
	const struct fake_party *other = &fake->parties[1];
	uint8_t *signature = arena_alloc(fake->arena, SIGNATURE_LEN);
	fake_must(batch_sign(&(const struct batch_signer){&other->oin, &other->identity},
			     &d->sender.statement, 1, signature, &d->sender));
}

ON_FIRST(bad_sender_consistency)
{
	(void)fake;
	if (d->sender_consistency.count == 0)
		d->sender_consistency.count = 1;
	d->sender_consistency.hashes[0].b[0] ^= 1;
}

ON_FIRST(bad_slots_vector)
{
	d->slots_vector = flipped(fake, d->slots_vector, 2000);
}

ON_FIRST(bad_opening_value)
{
	struct bytes value = d->openings[2].value;
	d->openings[2].value = flipped(fake, value, value.len - 1);
}

ON_FIRST(bad_opening_salt)
{
	d->openings[0].salt = flipped(fake, d->openings[0].salt, 7);
}

ON_FIRST(one_opening_less)
{
	(void)fake;
	d->opening_count--;
}

ON_FIRST(one_opening_twice)
{
	(void)fake;
	d->openings[1] = d->openings[0];
}

ON_FIRST(openings_in_another_order)
{
	struct opening swap = d->openings[0];
	(void)fake;
	d->openings[0] = d->openings[1];
	d->openings[1] = swap;
}

ON_FIRST(rubriek_that_is_none)
{
	d->openings[0].value = arena_copy(fake->arena, bytes_make("\xff\xff", 2));
}

ON_FIRST(without_verrijking)
{
	(void)fake;
	d->verrijking_count = 0;
}

ON_FIRST(bad_verrijking_salt)
{
	d->verrijkingen[0].salt = flipped(fake, d->verrijkingen[0].salt, 0);
}

ON_FIRST(bad_verrijking_value)
{
	struct bytes value = d->verrijkingen[0].value;
	d->verrijkingen[0].value = flipped(fake, value, value.len - 1);
}

// ---- what can be wrong with the part -----------------------------------------------------------

#define ON_PART(name)                                                                              \
	static void name##_of(struct fake_knooppunt *fake, struct part_verstrekking *v);           \
	static void name(struct fake_knooppunt *fake, struct part *part)                           \
	{                                                                                          \
		if (part->kind == PART_VERSTREKKING)                                               \
			name##_of(fake, &part->verstrekking);                                      \
	}                                                                                          \
	static void name##_of(struct fake_knooppunt *fake, struct part_verstrekking *v)

ON_PART(of_another_log)
{
	(void)fake;
	v->origin = bytes_of_text("elsewhere.example/log");
}

ON_PART(not_an_oefening)
{
	(void)fake;
	v->oefening = false;
}

ON_PART(to_another_oin)
{
	(void)fake;
	v->oin = bytes_of_text(SENDER_OIN);
}

ON_PART(to_another_functie)
{
	(void)fake;
	v->functie = bytes_of_text("oov");
}

ON_PART(one_number_on)
{
	(void)fake;
	v->number++;
}

ON_PART(that_lapsed)
{
	(void)fake;
	v->geldig_tot = 1000;
}

ON_PART(of_another_statement)
{
	(void)fake;
	v->header_hash.b[0] ^= 1;
}

ON_PART(of_no_known_kind)
{
	(void)fake;
	v->soort = VERSTREKKING_AFGESLOTEN + 1;
}

ON_PART(says_vervallen)
{
	(void)fake;
	v->soort = VERSTREKKING_VERVALLEN;
}

ON_PART(says_withheld)
{
	(void)fake;
	v->herkomst_onthouden = true;
}

ON_PART(without_a_grond)
{
	(void)fake;
	v->grond_count = 1;
}

ON_PART(other_slots)
{
	(void)fake;
	v->slots[0] = (v->slots[0] + 1) % 64;
	while (v->slots[0] == v->slots[1] || v->slots[0] == v->slots[2])
		v->slots[0] = (v->slots[0] + 1) % 64;
}

ON_PART(later_than_itself)
{
	v->betreft = fake->log.size + 5;
}

// ---- the tests ---------------------------------------------------------------------------------

static const struct tamper {
	const char *check;
	void (*replies)(struct fake_knooppunt *fake, struct replies *replies);
	void (*part)(struct fake_knooppunt *fake, struct part *part);
} tampers[] = {
	{"part", part_of_the_sender, NULL},
	{"inclusion", bad_leaf_path, NULL},
	{"opening", bad_part_salt, NULL},
	{"sender", without_sender, NULL},
	{"signature", bad_signature, NULL},
	{"signature", bad_statement, NULL},
	{"signer", unknown_key, NULL},
	{"signer", key_of_another_party, NULL},
	{"header", signed_by_another_party, NULL},
	{"sender-head", bad_sender_consistency, NULL},
	{"slots-vector", bad_slots_vector, NULL},
	{"slots-opening", bad_opening_value, NULL},
	{"slots-opening", bad_opening_salt, NULL},
	{"slots-list", one_opening_less, NULL},
	{"slots-list", one_opening_twice, NULL},
	{"slots-list", openings_in_another_order, NULL},
	{"rubriek", rubriek_that_is_none, NULL},
	{"verrijking", without_verrijking, NULL},
	{"verrijking", bad_verrijking_salt, NULL},
	{"verrijking", bad_verrijking_value, NULL},
	{"origin", NULL, of_another_log},
	{"oefening", NULL, not_an_oefening},
	{"ontvanger", NULL, to_another_oin},
	{"ontvanger", NULL, to_another_functie},
	{"number", NULL, one_number_on},
	{"geldig-tot", NULL, that_lapsed},
	{"header-hash", NULL, of_another_statement},
	{"part", NULL, of_no_known_kind},
	{"vervallen", NULL, says_vervallen},
	{"sender", NULL, says_withheld},
	{"grond", NULL, without_a_grond},
	{"slots-list", NULL, other_slots},
	{"signer-key-period", NULL, later_than_itself},
};

static void deliver(struct fixture *f, const char *id)
{
	uint32_t pause_ms;
	push_as(f->sender, id);
	must(f->sender, client_flush(f->sender, &pause_ms));
}

static void expect_refused(struct fixture *f, const char *check)
{
	size_t count = 99;
	struct verstrekking v;
	enum result result = client_fetch(f->ontvanger, FUNCTIE, 16, 0, &count);
	const struct problem *problem = client_problem(f->ontvanger);
	if (result != RESULT_BAD_SIGNATURE || strcmp(problem->field, check) != 0)
		print_message("expected %s: %s [%s] %s\n", check, result_name(result),
			      problem->field, problem->message);
	assert_int_equal(result, RESULT_BAD_SIGNATURE);
	assert_string_equal(problem->field, check);
	assert_int_equal(count, 99);
	assert_int_equal(client_next(f->ontvanger, FUNCTIE, &v), RESULT_NOT_FOUND);
	assert_int_equal(client_ack(f->ontvanger, FUNCTIE), RESULT_OK);
	assert_int_equal(f->fake->deliveries[0].acked, 0);
}

static void try_tamper(const struct tamper *tamper)
{
	struct fixture *f;
	size_t count;
	uint64_t number = 99;
	char aside[300];
	fixture_setup((void **)&f);
	f->fake->on_part = tamper->part;
	deliver(f, ID);
	f->fake->on_replies = tamper->replies;
	expect_refused(f, tamper->check);
	snprintf(aside, sizeof aside, "%s/spool-ontvanger/inbox/" FUNCTIE "/000000000001.aside",
		 f->fake->folder->folder);
	assert_int_equal(access(aside, F_OK), 0);
	must(f->ontvanger, client_aside(f->ontvanger, FUNCTIE, &number));
	assert_int_equal(number, 1);
	f->fake->on_replies = NULL;
	if (!tamper->part) {
		must(f->ontvanger, client_fetch(f->ontvanger, FUNCTIE, 16, 0, &count));
		assert_int_equal(count, 1);
		must(f->ontvanger, client_aside(f->ontvanger, FUNCTIE, &number));
		assert_int_equal(number, 0);
	}
	fixture_teardown((void **)&f);
}

static void each_piece_that_was_tampered_with_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof tampers / sizeof tampers[0]; i++)
		try_tamper(&tampers[i]);
}

static void an_honest_delivery_is_handed_over_whole(void **state)
{
	struct fixture *f = *state;
	struct verstrekking v;
	size_t count;
	deliver(f, ID);
	must(f->ontvanger, client_fetch(f->ontvanger, FUNCTIE, 16, 0, &count));
	assert_int_equal(count, 1);
	must(f->ontvanger, client_next(f->ontvanger, FUNCTIE, &v));
	assert_int_equal(v.number, 1);
	assert_int_equal(v.index, f->fake->deliveries[0].index);
	assert_true(v.oefening);
	assert_false(v.vervallen);
	assert_string_equal(v.sender->bundle.oin.text, SENDER_OIN);
	assert_memory_equal(v.header.id.data, ID, strlen(ID));
	assert_int_equal(v.rubriek_count, 4);
	assert_int_equal(v.from_sender, 3);
	assert_int_equal(v.rubrieken[0].soort, RUBRIEK_KENMERKEN);
	assert_int_equal(v.rubrieken[3].soort, RUBRIEK_VERRIJKING_SAMENLOOP);
	assert_memory_equal(v.rubrieken[2].velden[0].waarde.data, ID, strlen(ID));
}

static void what_came_before_the_failed_one_is_delivered(void **state)
{
	struct fixture *f = *state;
	struct verstrekking v;
	size_t count;
	deliver(f, ID);
	f->fake->on_part = says_withheld;
	deliver(f, "melding-000000000002");
	f->fake->on_part = NULL;
	deliver(f, "melding-000000000003");
	assert_int_equal(client_fetch(f->ontvanger, FUNCTIE, 16, 0, &count), RESULT_BAD_SIGNATURE);
	must(f->ontvanger, client_next(f->ontvanger, FUNCTIE, &v));
	assert_int_equal(v.number, 1);
	must(f->ontvanger, client_handed_over(f->ontvanger, FUNCTIE, 1));
	assert_int_equal(client_next(f->ontvanger, FUNCTIE, &v), RESULT_NOT_FOUND);
	must(f->ontvanger, client_ack(f->ontvanger, FUNCTIE));
	assert_int_equal(f->fake->deliveries[0].acked, 1);
	assert_int_equal(f->fake->deliveries[2].acked, 0);
}

static void a_verstrekking_without_herkomst_has_no_sender(void **state)
{
	struct fixture *f = *state;
	struct verstrekking v;
	size_t count;
	f->fake->withhold_herkomst = true;
	deliver(f, ID);
	must(f->ontvanger, client_fetch(f->ontvanger, FUNCTIE, 16, 0, &count));
	must(f->ontvanger, client_next(f->ontvanger, FUNCTIE, &v));
	assert_null(v.sender);
	assert_int_equal(v.from_sender, 0);
	assert_int_equal(v.rubriek_count, 1);
}

static void a_vervallen_verstrekking_keeps_its_number(void **state)
{
	struct fixture *f = *state;
	struct verstrekking v;
	size_t count;
	f->fake->vervallen = true;
	deliver(f, ID);
	f->fake->vervallen = false;
	deliver(f, "melding-000000000002");
	must(f->ontvanger, client_fetch(f->ontvanger, FUNCTIE, 16, 0, &count));
	assert_int_equal(count, 2);
	must(f->ontvanger, client_peek(f->ontvanger, FUNCTIE, 0, &v));
	assert_true(v.vervallen);
	assert_int_equal(v.rubriek_count, 0);
	must(f->ontvanger, client_peek(f->ontvanger, FUNCTIE, 1, &v));
	assert_false(v.vervallen);
}

static void a_key_revoked_before_the_entry_signs_nothing(void **state)
{
	struct fixture *f = *state;
	push_as(f->sender, ID);
	uint32_t pause_ms;
	fake_revoke(f->fake, f->sender_party);
	must(f->sender, client_flush(f->sender, &pause_ms));
	expect_refused(f, "signer-key-period");
}

static void a_key_revoked_after_the_entry_signed_it_well(void **state)
{
	struct fixture *f = *state;
	size_t count;
	deliver(f, ID);
	fake_revoke(f->fake, f->sender_party);
	must(f->ontvanger, client_fetch(f->ontvanger, FUNCTIE, 16, 0, &count));
	assert_int_equal(count, 1);
}

#define WITH_FIXTURE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FIXTURE(an_honest_delivery_is_handed_over_whole),
		cmocka_unit_test(each_piece_that_was_tampered_with_is_refused),
		WITH_FIXTURE(what_came_before_the_failed_one_is_delivered),
		WITH_FIXTURE(a_verstrekking_without_herkomst_has_no_sender),
		WITH_FIXTURE(a_vervallen_verstrekking_keeps_its_number),
		WITH_FIXTURE(a_key_revoked_before_the_entry_signs_nothing),
		WITH_FIXTURE(a_key_revoked_after_the_entry_signed_it_well),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
