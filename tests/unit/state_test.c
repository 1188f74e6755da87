// SPDX-License-Identifier: EUPL-1.2
// State is a replay: rows follow from parts alone, and a second replay gives the same rows.
#include "unit.h"

#include "base/file.h"
#include "crypto/secret.h"
#include "flow/type.h"
#include "temporary.h"

#include <string.h>
#include <sys/stat.h>

#define MAP (64u << 20)
#define SOURCE "urn:nld:oin:00000099000000001000:systeem:proef"
#define ONTVANGER "00000099000000002000"

struct world {
	struct temporary *folder;
	struct arena *arena;
	struct keystore *keystore;
	struct state *state;
};

static enum result open_state(struct world *w, const char *name, struct state **ret_state)
{
	const char *path = temporary_path(w->folder, name);
	(void)mkdir(path, 0700);
	return state_open(path, MAP, w->keystore, type_effect, ret_state);
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	assert_int_equal(crypto_start(), RESULT_OK);
	w->folder = temporary_new();
	assert_int_equal(arena_new(8 << 20, &w->arena), RESULT_OK);
	assert_int_equal(keystore_create(temporary_path(w->folder, "keystore")), RESULT_OK);
	assert_int_equal(keystore_open(temporary_path(w->folder, "keystore"), &w->keystore),
			 RESULT_OK);
	assert_int_equal(keystore_fill_ahead(w->keystore, 4096), RESULT_OK);
	assert_int_equal(open_state(w, "state", &w->state), RESULT_OK);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	state_close(w->state);
	keystore_close(w->keystore);
	arena_free(w->arena);
	temporary_free(w->folder);
	free(w);
	return 0;
}

static enum result apply_to(struct world *w, struct state *state, struct part *parts, size_t count)
{
	struct bytes encoded[8];
	struct buffer wire;
	for (size_t i = 0; i < count; i++) {
		buffer_init(&wire, 65536);
		assert_int_equal(part_encode(&parts[i], &wire), RESULT_OK);
		encoded[i] = arena_copy(w->arena, buffer_view(&wire));
		buffer_done(&wire);
	}
	struct applied applied = {.index = state_position(state),
				  .encoded = encoded,
				  .parts = parts,
				  .count = count,
				  .arena = w->arena};
	return state_apply(state, &applied);
}

static struct part sender_part(const char *id)
{
	return (struct part){.kind = PART_SENDER,
			     .sender = {.origin = bytes_of_text("proef.example"),
					.source = bytes_of_text(SOURCE),
					.id = bytes_of_text(id),
					.outcome = OUTCOME_AANVAARD}};
}

static struct part account_part(uint64_t sequence)
{
	return (struct part){.kind = PART_VERANTWOORDING,
			     .verantwoording = {.type = TYPE_MELDING,
						.source = bytes_of_text(SOURCE),
						.id = bytes_of_text("id-0000000000000"),
						.signer = bytes_of_text("00000099000000001000"),
						.sequence = sequence,
						.slot_inhoud = KEYSTORE_FIRST_FREE,
						.slot_verantwoording = KEYSTORE_FIRST_FREE + 1,
						.received = 1000}};
}

static void apply_sequence(struct world *w, uint64_t sequence)
{
	char id[32];
	snprintf(id, sizeof id, "id-%013llu", (unsigned long long)sequence);
	struct part parts[] = {sender_part(id), account_part(sequence)};
	assert_int_equal(apply_to(w, w->state, parts, 2), RESULT_OK);
	arena_clear(w->arena);
}

static bool seen(struct world *w, uint64_t sequence)
{
	bool answer = false;
	assert_int_equal(state_sequence_seen(w->state, 0, sequence, &answer), RESULT_OK);
	return answer;
}

static void sequence_numbers_are_known_in_any_order_and_gaps_close(void **state)
{
	struct world *w = *state;
	bool told[66] = {false};
	uint32_t shuffle = 12345;
	for (unsigned n = 0; n < 200; n++) {
		shuffle = shuffle * 1103515245u + 12345u;
		uint64_t sequence = 1 + (shuffle >> 16) % 64;
		apply_sequence(w, sequence);
		told[sequence] = true;
		for (uint64_t i = 1; i < 66; i++)
			assert_int_equal(seen(w, i), told[i]);
	}
	for (uint64_t i = 1; i < 65; i++)
		apply_sequence(w, i);
	struct state_digest digest;
	assert_int_equal(state_digest(w->state, STATE_SEQUENCE, &digest), RESULT_OK);
	assert_true(digest.rows == 1);
}

static void the_highest_sequence_number_has_no_successor(void **state)
{
	struct world *w = *state;
	apply_sequence(w, UINT64_MAX);
	apply_sequence(w, UINT64_MAX - 1);
	assert_true(seen(w, UINT64_MAX));
	assert_true(seen(w, UINT64_MAX - 1));
	assert_false(seen(w, UINT64_MAX - 2));
}

static struct part delivery_part(uint64_t number)
{
	return (struct part){.kind = PART_VERSTREKKING,
			     .verstrekking = {.origin = bytes_of_text("proef.example"),
					      .oin = bytes_of_text(ONTVANGER),
					      .functie = bytes_of_text("wmo"),
					      .number = number,
					      .soort = VERSTREKKING_GEGEVEN}};
}

static struct ontvanger ontvanger(void)
{
	struct ontvanger o = {.functie = "wmo"};
	memcpy(o.oin.text, ONTVANGER, OIN_LEN);
	return o;
}

static void deliveries_wait_in_order_until_their_number_is_acknowledged(void **state)
{
	struct world *w = *state;
	struct ontvanger o = ontvanger();
	struct state_delivery found;
	for (uint64_t n = 1; n <= 3; n++) {
		char id[32];
		snprintf(id, sizeof id, "id-%013llu", (unsigned long long)n);
		struct part parts[] = {sender_part(id), account_part(n), delivery_part(n)};
		assert_int_equal(apply_to(w, w->state, parts, 3), RESULT_OK);
	}
	uint8_t item[40] = {0};
	put_u64be(item, 2);
	struct veld velden[] = {{ACK_FUNCTIE, bytes_of_text("wmo")},
				{ACK_ITEM, bytes_make(item, sizeof item)}};
	struct part ack[] = {sender_part("ack-000000000001"), account_part(0)};
	ack[1].verantwoording.type = TYPE_ACK;
	ack[1].verantwoording.signer = bytes_of_text(ONTVANGER);
	ack[1].verantwoording.velden = velden;
	ack[1].verantwoording.veld_count = 2;
	assert_int_equal(apply_to(w, w->state, ack, 2), RESULT_OK);
	assert_int_equal(state_next_delivery(w->state, &o, 0, &found), RESULT_OK);
	assert_true(found.number == 1 && found.index == 0 && found.part == 2);
	assert_int_equal(state_next_delivery(w->state, &o, 1, &found), RESULT_OK);
	assert_true(found.number == 3);
	assert_int_equal(state_next_delivery(w->state, &o, 3, &found), RESULT_NOT_FOUND);
	uint64_t last = 0;
	assert_int_equal(state_last_number(w->state, &o, &last), RESULT_OK);
	assert_true(last == 3);
	bool known = false;
	assert_int_equal(state_known(w->state, &o, 1, &known), RESULT_OK);
	assert_true(known); // what was given stays known after the acknowledgement
}

static void person_parts(struct part parts[2], struct identificatie *id, struct persoon_link *link)
{
	*id = (struct identificatie){ID_BSN, bytes_of_text("999990342")};
	*link = (struct persoon_link){
		.betrokkene = 1, .identificaties = id, .identificatie_count = 1};
	memset(link->handle, 7, sizeof link->handle);
	parts[0] = sender_part("id-0000000000001");
	parts[1] = account_part(1);
	parts[1].verantwoording.personen = link;
	parts[1].verantwoording.persoon_count = 1;
}

static void a_person_is_found_again_and_not_after_its_key_is_gone(void **state)
{
	struct world *w = *state;
	struct part parts[2];
	struct identificatie id;
	struct persoon_link link;
	uint8_t handle[HANDLE_LEN];
	struct state_occurrence found[4];
	size_t count = 0;
	person_parts(parts, &id, &link);
	assert_int_equal(apply_to(w, w->state, parts, 2), RESULT_OK);
	assert_int_equal(state_person(w->state, &id, handle), RESULT_OK);
	assert_memory_equal(handle, link.handle, HANDLE_LEN);
	struct state_span span = {.handle = handle, .since = 0, .max = 4};
	assert_int_equal(state_occurrences(w->state, span, found, &count), RESULT_OK);
	assert_int_equal(count, 1);
	assert_true(found[0].received == 1000);
	span.since = 1001;
	assert_int_equal(state_occurrences(w->state, span, found, &count), RESULT_OK);
	assert_int_equal(count, 0);
	uint64_t slot = KEYSTORE_FIRST_FREE + 1;
	span.since = 0;
	assert_int_equal(keystore_erase(w->keystore, &slot, 1), RESULT_OK);
	assert_int_equal(state_occurrences(w->state, span, found, &count), RESULT_OK);
	assert_int_equal(count, 0);
}

static void a_replay_gives_the_same_rows_in_every_table(void **state)
{
	struct world *w = *state;
	struct state *again;
	struct part parts[3], tick = {.kind = PART_TICK};
	struct identificatie id;
	struct persoon_link link;
	person_parts(parts, &id, &link);
	parts[2] = delivery_part(1);
	assert_int_equal(open_state(w, "again", &again), RESULT_OK);
	struct state *both[] = {w->state, again};
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(apply_to(w, both[i], parts, 3), RESULT_OK);
		assert_int_equal(state_flush(both[i]), RESULT_OK);
		assert_int_equal(apply_to(w, both[i], &tick, 1), RESULT_OK);
	}
	for (unsigned t = 0; t < STATE_TABLES; t++) {
		struct state_digest a, b;
		assert_int_equal(state_digest(w->state, t, &a), RESULT_OK);
		assert_int_equal(state_digest(again, t, &b), RESULT_OK);
		assert_true(a.rows == b.rows && hash_equal(&a.hash, &b.hash));
	}
	// The control: one part more, and the digests differ.
	struct part other[] = {sender_part("id-0000000000009"), account_part(9)};
	struct state_digest a, b;
	assert_int_equal(apply_to(w, again, other, 2), RESULT_OK);
	assert_int_equal(state_digest(w->state, STATE_DEDUPE, &a), RESULT_OK);
	assert_int_equal(state_digest(again, STATE_DEDUPE, &b), RESULT_OK);
	assert_false(hash_equal(&a.hash, &b.hash));
	state_close(again);
}

static void what_was_not_flushed_is_forgotten_as_a_whole(void **state)
{
	struct world *w = *state;
	apply_sequence(w, 1);
	assert_int_equal(state_flush(w->state), RESULT_OK);
	apply_sequence(w, 2);
	state_discard(w->state);
	assert_true(state_position(w->state) == 1);
	assert_true(seen(w, 1));
	assert_false(seen(w, 2));
}

static void a_number_that_is_somebodys_stays_theirs(void **state)
{
	struct world *w = *state;
	struct part parts[2];
	struct identificatie id;
	struct persoon_link link;
	uint8_t handle[HANDLE_LEN], first[HANDLE_LEN];
	person_parts(parts, &id, &link);
	memcpy(first, link.handle, HANDLE_LEN);
	assert_int_equal(apply_to(w, w->state, parts, 2), RESULT_OK);
	memset(link.handle, 9, HANDLE_LEN);
	parts[0] = sender_part("id-0000000000002");
	parts[1].verantwoording.sequence = 2;
	assert_int_equal(apply_to(w, w->state, parts, 2), RESULT_OK);
	assert_int_equal(state_person(w->state, &id, handle), RESULT_OK);
	assert_memory_equal(handle, first, HANDLE_LEN);
}

static void state_knows_the_log_it_is_made_of(void **state)
{
	struct world *w = *state;
	struct part part = {.kind = PART_TICK};
	struct hash leaf = {{1, 2, 3, 4, 5, 6, 7, 8}}, other = {{1, 2, 3, 4, 5, 6, 7, 9}};
	struct bytes encoded = {NULL, 0};
	struct applied applied = {
		.leaf = leaf, .encoded = &encoded, .parts = &part, .count = 1, .arena = w->arena};
	assert_int_equal(state_apply(w->state, &applied), RESULT_OK);
	assert_true(state_follows(w->state, &leaf));
	assert_false(state_follows(w->state, &other));
}

// ---- what is changed under it --------------------------------------------------------------

// A log of eight: ids, sequence numbers, a person, deliveries and acknowledgements.
static void fill(struct world *w)
{
	struct part parts[3];
	struct identificatie id;
	struct persoon_link link;
	person_parts(parts, &id, &link);
	for (uint64_t n = 1; n <= 8; n++) {
		char name[32];
		snprintf(name, sizeof name, "id-%013llu", (unsigned long long)n);
		parts[0] = sender_part(name);
		parts[1].verantwoording.sequence = 2 * n;
		parts[2] = delivery_part(n);
		assert_int_equal(apply_to(w, w->state, parts, 3), RESULT_OK);
	}
	assert_int_equal(state_flush(w->state), RESULT_OK);
}

// A whole walk: RESULT_NOT_FOUND when all was well.
static enum result walk(struct state *state)
{
	enum result r;
	while (!(r = state_scrub(state, 3)))
		;
	return r;
}

static void read_file(struct world *w, struct buffer *ret_file)
{
	buffer_init(ret_file, 1 << 20);
	assert_int_equal(file_read(temporary_path(w->folder, "state/data.mdb"), 1 << 20, ret_file),
			 RESULT_OK);
}

// Opens the state again with one bit of its file flipped.
static enum result reopen_flipped(struct world *w, struct buffer *file, size_t at, uint8_t bit)
{
	state_close(w->state);
	w->state = NULL;
	file->data[at] ^= bit;
	assert_int_equal(
		file_replace(temporary_path(w->folder, "state/data.mdb"), buffer_view(file), 0600),
		RESULT_OK);
	file->data[at] ^= bit;
	return open_state(w, "state", &w->state);
}

// The rows of one table lie at the end of their page; what LMDB keeps beside them is tried by the
// damage tests of the store.
static void every_changed_byte_of_a_row_is_seen(void **state)
{
	static const struct {
		const char *what, *begins;
		size_t before, after; // bytes of the row around it
	} rows[] = {{"dedupe", "id-0000000000005", 4, 43 + 8},
		    {"source", SOURCE, 0, 4 + 8},
		    {"ontvanger", ONTVANGER "wmo", 0, 8 + 8}};
	struct world *w = *state;
	struct buffer file;
	fill(w);
	read_file(w, &file);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		size_t len = strlen(rows[i].begins), tried = 0;
		const uint8_t *at = file.data;
		while ((at = memmem(at, file.len - (size_t)(at - file.data), rows[i].begins,
				    len))) {
			size_t from = (size_t)(at - file.data) - rows[i].before;
			for (size_t n = 0; n < rows[i].before + len + rows[i].after; n++, tried++) {
				enum result r = reopen_flipped(w, &file, from + n, 1u << (n % 8));
				if (!r)
					r = walk(w->state);
				if (r != RESULT_DAMAGED)
					fail_msg("%s: byte %zu: %s", rows[i].what, n,
						 result_name(r));
				assert_true(!w->state || state_is_damaged(w->state));
			}
			at += len;
		}
		assert_true(tried > len);
	}
	buffer_done(&file);
}

// Of the last row a byte that grows leaves the order of the keys, which opening looks at.
static void a_changed_key_is_seen_when_its_row_is_asked_for(void **state)
{
	const struct bytes last = bytes_of_text("id-0000000000008");
	struct world *w = *state;
	struct buffer file;
	struct state_outcome outcome;
	fill(w);
	read_file(w, &file);
	const uint8_t *at = memmem(file.data, file.len, last.data, last.len);
	assert_non_null(at);
	for (size_t byte = (size_t)(at - file.data), n = 0; n < last.len; byte++, n++) {
		uint8_t grows = (uint8_t)(~last.data[n] & (last.data[n] + 1));
		assert_int_equal(reopen_flipped(w, &file, byte, grows), RESULT_OK);
		assert_int_equal(state_dedupe(w->state, 0, last, &outcome), RESULT_DAMAGED);
		assert_true(state_is_damaged(w->state));
		// One that never was is still that, far from it.
		assert_int_equal(reopen_flipped(w, &file, byte, grows), RESULT_OK);
		assert_int_equal(
			state_dedupe(w->state, 0, bytes_of_text("aa-0000000000000"), &outcome),
			RESULT_NOT_FOUND);
	}
	buffer_done(&file);
}

static void the_scrub_walks_while_rows_come_and_go(void **state)
{
	struct world *w = *state;
	uint64_t sequence = 1;
	fill(w);
	for (size_t n = 0; n < 200; n++) {
		enum result r = state_scrub(w->state, 1 + n % 4);
		assert_true(r == RESULT_OK || r == RESULT_NOT_FOUND);
		if (n % 3 == 0)
			apply_sequence(w, 100 + (sequence = sequence * 37 % 211));
		if (n % 20 == 0)
			assert_int_equal(state_flush(w->state), RESULT_OK);
		if (n % 33 == 0)
			state_discard(w->state);
	}
	assert_int_equal(walk(w->state), RESULT_NOT_FOUND);
	assert_int_equal(walk(w->state), RESULT_NOT_FOUND);
}

static void state_of_another_format_or_of_other_keys_is_not_opened(void **state)
{
	static const char *const tables[] = {"meta", "source", NULL};
	struct world *w = *state;
	struct store_options options = {.map_bytes = MAP, .tables = tables};
	struct store *store;
	struct store_txn *txn;
	struct state *other = NULL;
	uint8_t position[8] = {0};
	const char *older = strdup(temporary_path(w->folder, "older"));
	assert_int_equal(mkdir(older, 0700), 0);
	// Format 1 had a row for each number and no hashes.
	assert_int_equal(store_open(older, &options, &store), RESULT_OK);
	assert_int_equal(store_begin(store, true, &txn), RESULT_OK);
	store_put(txn, 0, bytes_of_text("position"), bytes_make(position, 8));
	assert_int_equal(store_commit(txn), RESULT_OK);
	store_close(store);
	assert_int_equal(open_state(w, "older", &other), RESULT_UNSUPPORTED);
	free((void *)(uintptr_t)older);

	fill(w);
	state_close(w->state);
	w->state = NULL;
	struct keystore *strange;
	assert_int_equal(keystore_create(temporary_path(w->folder, "strange")), RESULT_OK);
	assert_int_equal(keystore_open(temporary_path(w->folder, "strange"), &strange), RESULT_OK);
	assert_int_equal(
		state_open(temporary_path(w->folder, "state"), MAP, strange, type_effect, &other),
		RESULT_DAMAGED);
	keystore_close(strange);
	assert_int_equal(open_state(w, "state", &w->state), RESULT_OK);
}

static void an_entry_out_of_order_is_refused(void **state)
{
	struct world *w = *state;
	struct part part = {.kind = PART_TICK};
	struct bytes encoded = {NULL, 0};
	struct applied applied = {
		.index = 5, .encoded = &encoded, .parts = &part, .count = 1, .arena = w->arena};
	assert_int_equal(state_apply(w->state, &applied), RESULT_CONFLICT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sequence_numbers_are_known_in_any_order_and_gaps_close),
		TEST(the_highest_sequence_number_has_no_successor),
		TEST(deliveries_wait_in_order_until_their_number_is_acknowledged),
		TEST(a_person_is_found_again_and_not_after_its_key_is_gone),
		TEST(a_replay_gives_the_same_rows_in_every_table),
		TEST(what_was_not_flushed_is_forgotten_as_a_whole),
		TEST(an_entry_out_of_order_is_refused),
		TEST(a_number_that_is_somebodys_stays_theirs),
		TEST(every_changed_byte_of_a_row_is_seen),
		TEST(a_changed_key_is_seen_when_its_row_is_asked_for),
		TEST(the_scrub_walks_while_rows_come_and_go),
		TEST(state_of_another_format_or_of_other_keys_is_not_opened),
		TEST(state_knows_the_log_it_is_made_of),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
