// SPDX-License-Identifier: EUPL-1.2
// The outbox: what was pushed is sent, as it was signed, until it has an outcome that stays.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client_fixture.h"

#include "base/file.h"
#include "crypto/hash.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#define ID "melding-000000000001"
#define MANY 150

static enum result flush(struct client *client)
{
	uint32_t pause_ms = 0;
	return client_flush(client, &pause_ms);
}

static void what_was_pushed_survives_the_process(void **state)
{
	struct fixture *f = *state;
	push_as(f->sender, ID);
	fixture_reopen(f);
	assert_int_equal(state_of(f->sender, ID), ITEM_OUTBOX);
	must(f->sender, flush(f->sender));
	fixture_reopen(f);
	assert_int_equal(state_of(f->sender, ID), ITEM_AANVAARD);
	assert_int_equal(fake_find(f->fake, ID)->times, 1);
}

static void the_same_bytes_are_sent_until_a_receipt_came(void **state)
{
	struct fixture *f = *state;
	push_as(f->sender, ID);
	must(f->sender, client_sync(f->sender));
	f->fake->lose_answers = 1;
	assert_int_equal(flush(f->sender), RESULT_AGAIN);
	assert_string_equal(client_problem(f->sender)->code, "unreachable");
	fixture_reopen(f);
	must(f->sender, client_sync(f->sender));
	f->fake->lose_answers = 1;
	assert_int_equal(flush(f->sender), RESULT_AGAIN);
	assert_int_equal(state_of(f->sender, ID), ITEM_OUTBOX);
	must(f->sender, flush(f->sender));
	assert_int_equal(state_of(f->sender, ID), ITEM_AANVAARD);
	// The fake tells other bytes under the same id from the same bytes again.
	assert_int_equal(fake_find(f->fake, ID)->times, 3);
	assert_int_equal(f->fake->conflicts, 0);
	assert_int_equal(f->fake->seen_count, 1);
}

static void make_id(char id[32], unsigned n)
{
	snprintf(id, 32, "melding-%012u", n);
}

static void many_go_in_envelopes_of_a_bounded_size(void **state)
{
	struct fixture *f = *state;
	char id[32];
	for (unsigned n = 0; n < MANY; n++) {
		make_id(id, n);
		push_as(f->sender, id);
	}
	must(f->sender, flush(f->sender));
	for (unsigned n = 0; n < MANY; n++) {
		make_id(id, n);
		assert_int_equal(state_of(f->sender, id), ITEM_AANVAARD);
		assert_int_equal(fake_find(f->fake, id)->times, 1);
	}
	assert_int_equal(f->fake->largest_request, UNDER_WAY_MAX);
	// One frame to greet, three for 150 statements.
	assert_int_equal(f->fake->frames, 4);
}

static void meldingen_pushed_together_are_one_file_and_settle_one_by_one(void **state)
{
	struct fixture *f = *state;
	static struct test_melding meldingen[100];
	static struct melding given[100];
	static struct push_result results[100];
	for (unsigned n = 0; n < 100; n++)
		given[n] = *make_melding(&meldingen[n], "een naam");
	must(f->sender, client_push_many(f->sender, given, NULL, 100, results));
	assert_int_equal(f->sender->outbox.count, 1);
	must(f->sender, client_sync(f->sender));
	struct fake_knooppunt *fake = f->fake;
	unsigned frames = fake->frames;
	must(f->sender, flush(f->sender));
	assert_int_equal(fake->frames - frames, 2);
	for (unsigned n = 0; n < 100; n++)
		assert_int_equal(state_of(f->sender, results[n].id), ITEM_AANVAARD);
	assert_true(f->sender->outbox.files[0].done);
}

static void a_file_is_done_only_when_all_in_it_are(void **state)
{
	struct fixture *f = *state;
	static struct test_melding meldingen[100];
	static struct melding given[100];
	static struct push_result results[100];
	unsigned answers = 0;
	for (unsigned n = 0; n < 100; n++)
		given[n] = *make_melding(&meldingen[n], "een naam");
	must(f->sender, client_push_many(f->sender, given, NULL, 100, results));
	must(f->sender, client_sync(f->sender));
	f->fake->test = &answers;
	f->fake->on_replies = fixture_lose_second;
	assert_int_equal(flush(f->sender), RESULT_AGAIN);
	fixture_reopen(f);
	assert_int_equal(state_of(f->sender, results[UNDER_WAY_MAX - 1].id), ITEM_AANVAARD);
	assert_int_equal(state_of(f->sender, results[UNDER_WAY_MAX].id), ITEM_OUTBOX);
	assert_false(f->sender->outbox.files[0].done);
	must(f->sender, flush(f->sender));
	assert_int_equal(fake_find(f->fake, results[0].id)->times, 1);
	assert_int_equal(fake_find(f->fake, results[UNDER_WAY_MAX].id)->times, 2);
	assert_true(f->sender->outbox.files[0].done);
}

static void only_first_half(struct fake_knooppunt *fake, struct replies *replies)
{
	(void)fake;
	if (replies->reply_count > 4)
		replies->reply_count /= 2;
}

static void an_answer_to_a_part_is_taken_and_the_rest_asked_again(void **state)
{
	struct fixture *f = *state;
	char id[32];
	for (unsigned n = 0; n < 16; n++) {
		make_id(id, n);
		push_as(f->sender, id);
	}
	f->fake->on_replies = only_first_half;
	must(f->sender, flush(f->sender));
	make_id(id, 15);
	assert_int_equal(state_of(f->sender, id), ITEM_AANVAARD);
	assert_int_equal(fake_find(f->fake, id)->times, 3);
	make_id(id, 0);
	assert_int_equal(fake_find(f->fake, id)->times, 1);
}

static void push_sixteen(struct fixture *f)
{
	char id[32];
	for (unsigned n = 0; n < 16; n++) {
		make_id(id, n);
		push_as(f->sender, id);
	}
	must(f->sender, client_sync(f->sender));
	f->fake->split = true;
	f->fake->frames = 0;
}

static void an_answer_in_two_envelopes_is_taken_whole(void **state)
{
	struct fixture *f = *state;
	char id[32];
	push_sixteen(f);
	must(f->sender, flush(f->sender));
	assert_int_equal(f->fake->frames, 1);
	for (unsigned n = 0; n < 16; n++) {
		make_id(id, n);
		assert_int_equal(state_of(f->sender, id), ITEM_AANVAARD);
	}
}

// The second is proven from what was held before the first: it proves nothing any more.
static void what_comes_under_a_later_checkpoint_is_asked_again(void **state)
{
	struct fixture *f = *state;
	char id[32];
	push_sixteen(f);
	f->fake->grow_between = true;
	must(f->sender, flush(f->sender));
	assert_true(f->fake->frames > 1);
	for (unsigned n = 0; n < 16; n++) {
		make_id(id, n);
		assert_int_equal(state_of(f->sender, id), ITEM_AANVAARD);
	}
}

static void the_same_melding_under_the_same_id_is_there_once(void **state)
{
	struct fixture *f = *state;
	struct test_melding m;
	struct push_result pushed;
	push_as(f->sender, ID);
	push_as(f->sender, ID);
	fixture_reopen(f);
	push_as(f->sender, ID);
	assert_int_equal(f->sender->outbox.count, 1);
	must(f->sender, flush(f->sender));
	push_as(f->sender, ID);
	assert_int_equal(f->sender->outbox.count, 1);
	assert_int_equal(client_push(f->sender, make_melding(&m, "anders"), ID, &pushed),
			 RESULT_CONFLICT);
	assert_int_equal(f->sender->outbox.count, 1);
}

static void what_can_never_be_accepted_does_not_get_in(void **state)
{
	struct fixture *f = *state;
	struct test_melding m;
	struct push_result pushed;
	make_melding(&m, "naam");
	m.kenmerken[0].waarde = bytes_of_text("bestaat-niet");
	assert_int_equal(client_push(f->sender, &m.melding, ID, &pushed), RESULT_MALFORMED);
	assert_int_equal(pushed.refusal.reason, REASON_UNKNOWN_CODE);
	assert_string_equal(pushed.refusal.field, "rubriek[0].kenmerken.soort");
	make_melding(&m, "naam");
	assert_int_equal(client_push(f->sender, &m.melding, "te kort", &pushed), RESULT_MALFORMED);
	assert_string_equal(pushed.refusal.field, "id");
	assert_int_equal(f->sender->outbox.count, 0);
}

static void again_and_hints_end_nothing(void **state)
{
	struct fixture *f = *state;
	uint32_t pause_ms = 0;
	push_as(f->sender, ID);
	f->fake->again = true;
	assert_int_equal(client_flush(f->sender, &pause_ms), RESULT_AGAIN);
	assert_int_equal(pause_ms, 25);
	f->fake->again = false;
	static const enum hint_code hints[] = {HINT_AGAIN, HINT_NOT_ACCEPTED, HINT_TOO_LARGE,
					       HINT_STOPPING};
	for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++) {
		f->fake->hint = hints[i];
		assert_int_equal(client_flush(f->sender, &pause_ms), RESULT_AGAIN);
		assert_int_equal(pause_ms, 40);
		assert_int_equal(state_of(f->sender, ID), ITEM_OUTBOX);
	}
	f->fake->unreachable = true;
	assert_int_equal(flush(f->sender), RESULT_AGAIN);
	f->fake->unreachable = false;
	must(f->sender, flush(f->sender));
	assert_int_equal(state_of(f->sender, ID), ITEM_AANVAARD);
}

static void a_refusal_before_the_log_ends_only_what_can_never_succeed(void **state)
{
	struct fixture *f = *state;
	struct item_status status;
	push_as(f->sender, ID);
	f->fake->refuse_unlogged = REASON_UNKNOWN_KEY;
	assert_int_equal(flush(f->sender), RESULT_AGAIN);
	assert_string_equal(client_problem(f->sender)->code, "unknown-key");
	assert_int_equal(state_of(f->sender, ID), ITEM_OUTBOX);
	f->fake->refuse_unlogged = REASON_WRONG_AUDIENCE;
	must(f->sender, flush(f->sender));
	fixture_reopen(f);
	must(f->sender, client_item(f->sender, ID, &status));
	assert_int_equal(status.state, ITEM_GEWEIGERD);
	assert_int_equal(status.refusal.reason, REASON_WRONG_AUDIENCE);
	assert_string_equal(status.proof, "");
}

static void other_content_under_a_known_id_is_refused_for_good(void **state)
{
	struct fixture *f = *state;
	struct test_melding m;
	struct push_result pushed;
	struct item_status status;
	struct client *twin = fixture_open(f, f->sender_party, "twin");
	push_as(f->sender, ID);
	must(f->sender, flush(f->sender));
	must(twin, client_push(twin, make_melding(&m, "anders"), ID, &pushed));
	must(twin, flush(twin));
	must(twin, client_item(twin, ID, &status));
	assert_int_equal(status.state, ITEM_GEWEIGERD);
	assert_int_equal(status.refusal.reason, REASON_CONFLICT);
	client_close(twin);
}

static uint64_t sequence_of(struct fixture *f, const char *id)
{
	const struct outbox_item *item;
	must(f->sender, outbox_find(&f->sender->outbox, bytes_of_text(id), &item));
	return item->statement.sequence;
}

static void a_proof_that_was_lost_is_written_again(void **state)
{
	struct fixture *f = *state;
	struct item_status status;
	push_as(f->sender, ID);
	must(f->sender, flush(f->sender));
	must(f->sender, client_item(f->sender, ID, &status));
	assert_int_equal(truncate(status.proof, 0), 0);
	must(f->sender, client_item(f->sender, ID, &status));
	struct stat st;
	assert_int_equal(stat(status.proof, &st), 0);
	assert_true(st.st_size > 1000);
}

static void nothing_in_the_spool_shows_a_name(void **state)
{
	struct fixture *f = *state;
	struct buffer content;
	char path[400];
	push_as(f->sender, ID);
	snprintf(path, sizeof path, "%s/spool-sender/outbox/000000000001.item",
		 f->fake->folder->folder);
	buffer_init(&content, 1 << 20);
	fake_must(file_read_private(path, 1 << 20, &content));
	assert_null(memmem(content.data, content.len, ID, strlen(ID)));
	assert_null(memmem(content.data, content.len, "slachtoffer", 11));
	buffer_done(&content);
}

static void a_changed_item_is_found_damaged_and_named(void **state)
{
	struct fixture *f = *state;
	char path[400];
	push_as(f->sender, ID);
	snprintf(path, sizeof path, "%s/spool-sender/outbox/000000000001.item",
		 f->fake->folder->folder);
	FILE *file = fopen(path, "r+");
	assert_non_null(file);
	fseek(file, 60, SEEK_SET);
	int before = fgetc(file);
	fseek(file, 60, SEEK_SET);
	fputc(before ^ 1, file);
	fclose(file);
	push_as(f->sender, "melding-000000000002");
	assert_int_equal(flush(f->sender), RESULT_DAMAGED);
	assert_string_equal(client_problem(f->sender)->file, path);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(state_of(f->sender, "melding-000000000002"), ITEM_AANVAARD);
}

static void numbers_go_on_behind_a_damaged_newest_item(void **state)
{
	struct fixture *f = *state;
	char path[400];
	push_as(f->sender, ID);
	snprintf(path, sizeof path, "%s/spool-sender/outbox/000000000001.item",
		 f->fake->folder->folder);
	assert_int_equal(truncate(path, 50), 0);
	fixture_reopen(f);
	push_as(f->sender, "melding-000000000002");
	assert_int_equal(sequence_of(f, "melding-000000000002"), 1 + BATCH_MAX);
}

static void an_item_under_another_number_is_not_taken(void **state)
{
	struct fixture *f = *state;
	char from[400], to[400];
	push_as(f->sender, ID);
	snprintf(from, sizeof from, "%s/spool-sender/outbox/000000000001.item",
		 f->fake->folder->folder);
	snprintf(to, sizeof to, "%s/spool-sender/outbox/000000000007.item",
		 f->fake->folder->folder);
	assert_int_equal(rename(from, to), 0);
	fixture_reopen(f);
	assert_int_equal(flush(f->sender), RESULT_DAMAGED);
	assert_string_equal(client_problem(f->sender)->file, to);
	assert_int_equal(f->fake->seen_count, 0);
}

// A recipient sees the id: who knows all else of a melding must not be able to try the rest on it.
static void an_id_follows_from_its_pieces_and_from_a_key_that_stays(void **state)
{
	struct fixture *f = *state;
	const struct bytes pieces[] = {bytes_of_text("adp"), bytes_of_text("999990342")};
	const struct bytes parted[] = {bytes_of_text("adp9"), bytes_of_text("99990342")};
	char first[ID_MAX + 1], again[ID_MAX + 1], other[ID_MAX + 1], plain[65];
	client_make_id(f->sender, "adp", pieces, 2, first);
	fixture_reopen(f);
	client_make_id(f->sender, "adp", pieces, 2, again);
	assert_string_equal(first, again);
	assert_true(id_is_valid(bytes_of_text(first)));
	client_make_id(f->sender, "adp", parted, 2, other);
	assert_string_not_equal(first, other);
	client_make_id(f->ontvanger, "adp", pieces, 2, other);
	assert_string_not_equal(first, other);
	struct hash hash = pae_sha256(pieces, 2);
	hex_encode(plain, bytes_of_hash(&hash));
	assert_null(strstr(plain, first + strlen("adp-")));
}

#define WITH_FIXTURE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FIXTURE(what_was_pushed_survives_the_process),
		WITH_FIXTURE(the_same_bytes_are_sent_until_a_receipt_came),
		WITH_FIXTURE(many_go_in_envelopes_of_a_bounded_size),
		WITH_FIXTURE(meldingen_pushed_together_are_one_file_and_settle_one_by_one),
		WITH_FIXTURE(a_file_is_done_only_when_all_in_it_are),
		WITH_FIXTURE(an_answer_to_a_part_is_taken_and_the_rest_asked_again),
		WITH_FIXTURE(an_answer_in_two_envelopes_is_taken_whole),
		WITH_FIXTURE(what_comes_under_a_later_checkpoint_is_asked_again),
		WITH_FIXTURE(the_same_melding_under_the_same_id_is_there_once),
		WITH_FIXTURE(what_can_never_be_accepted_does_not_get_in),
		WITH_FIXTURE(again_and_hints_end_nothing),
		WITH_FIXTURE(a_refusal_before_the_log_ends_only_what_can_never_succeed),
		WITH_FIXTURE(other_content_under_a_known_id_is_refused_for_good),
		WITH_FIXTURE(a_proof_that_was_lost_is_written_again),
		WITH_FIXTURE(nothing_in_the_spool_shows_a_name),
		WITH_FIXTURE(a_changed_item_is_found_damaged_and_named),
		WITH_FIXTURE(numbers_go_on_behind_a_damaged_newest_item),
		WITH_FIXTURE(an_item_under_another_number_is_not_taken),
		WITH_FIXTURE(an_id_follows_from_its_pieces_and_from_a_key_that_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
