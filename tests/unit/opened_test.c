// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/unit.h"

#include "ipc/channel.h"
#include "ipc/opened.h"

#include <stdlib.h>
#include <string.h>

#define ARENA (1024 * 1024)

// A melding as the opener would have it. Its exact bytes are texts here: this module carries them
// and does not read them.
static const char statement_text[] = "|00000099000000001000|log.example|urn:nld:oin:"
				     "00000099000000002000:systeem:a|0123456789abcdef|";
static const char *const rubriek_texts[] = {
	"kenmerken: bron-a; zorg; zorg; 14",
	"betrokkenheid: bron-b; GM1883",
	"leeg",
};

struct fixture {
	struct arena *arena;
	struct buffer out;
	struct opened opened;
	struct bytes rubriek_bytes[3];
	struct veld velden[4];
	struct rubriek rubrieken[3];
};

static struct bytes piece(const char *text, const char *part)
{
	return bytes_make(strstr(text, part), strlen(part));
}

static void fill_rubrieken(struct fixture *f)
{
	for (size_t i = 0; i < 3; i++)
		f->rubriek_bytes[i] = bytes_of_text(rubriek_texts[i]);
	f->velden[0] = (struct veld){1, piece(rubriek_texts[0], "zorg")};
	f->velden[1] = (struct veld){2, piece(rubriek_texts[0], "zorg")};
	f->velden[2] = (struct veld){10, piece(rubriek_texts[0], "14")};
	f->velden[3] = (struct veld){2, piece(rubriek_texts[1], "GM1883")};
	f->rubrieken[0] =
		(struct rubriek){1, 0, REGIME_AVG, piece(rubriek_texts[0], "bron-a"), f->velden, 3};
	f->rubrieken[1] = (struct rubriek){
		2, 16, REGIME_WPG, piece(rubriek_texts[1], "bron-b"), f->velden + 3, 1};
	f->rubrieken[2] = (struct rubriek){9, 0, REGIME_AVG, {0}, NULL, 0};
	f->opened.has_slots = true;
	f->opened.slots = (struct slots){
		.seed = {1, 2, 3}, .capacity = 64, .rubrieken = f->rubriek_bytes, .count = 3};
	f->opened.melding = (struct melding){f->rubrieken, 3};
}

static void fill_statement(struct fixture *f)
{
	static const uint8_t signature[SIGNATURE_LEN] = {9};
	struct opened *opened = &f->opened;
	opened->signed_statement = (struct signed_statement){
		.statement = bytes_of_text(statement_text),
		.signer = bytes_of_text("00000099000000002000"),
		.key_id = bytes_make("\1\2\3\4\5\6\7\10", KEY_ID_LEN),
		.size = 5,
		.index = 4,
		.path = {.hashes = {{{7}}}, .count = 1},
		.signature = bytes_make(signature, sizeof signature),
	};
	opened->header_hash = tree_leaf(opened->signed_statement.statement);
	opened->statement = (struct statement){
		.type = TYPE_MELDING,
		.audience_oin = piece(statement_text, "00000099000000001000"),
		.audience_log = piece(statement_text, "log.example"),
		.source = piece(statement_text, "urn:nld:oin:00000099000000002000:systeem:a"),
		.id = piece(statement_text, "0123456789abcdef"),
		.time = 1000,
		.sequence = 12,
		.head = {.size = 3, .root = {{4}}},
		.random = {5},
		.has_slots = true,
		.slots_root = {{6}},
	};
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	buffer_init(&f->out, 2 * CHANNEL_MESSAGE_MAX);
	f->opened = (struct opened){
		.route = {.connection = 77, .generation = 2},
		.connection_oin = {"00000099000000002000"},
		.sender_oin = {"00000099000000002000"},
		.sealing_id = {{8}},
		.held = {.size = 12, .root = {{9}}},
		.envelope_items = 2,
		.envelope_item = 1,
		.envelope_number = 99,
	};
	fill_statement(f);
	fill_rubrieken(f);
	*state = f;
	return arena_new(ARENA, &f->arena) == RESULT_OK ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	arena_free(f->arena);
	buffer_wipe(&f->out);
	free(f);
	return 0;
}

static void encode(struct fixture *f)
{
	buffer_clear(&f->out);
	assert_int_equal(opened_encode(&f->opened, &f->out), RESULT_OK);
}

static enum result decode(struct fixture *f, struct opened *ret_opened)
{
	arena_clear(f->arena);
	return opened_decode(buffer_view(&f->out), f->arena, ret_opened);
}

static void assert_bytes_equal(struct bytes a, struct bytes b)
{
	assert_true(bytes_equal(a, b));
}

static void assert_same_velden(const struct veld *a, const struct veld *b, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(a[i].veld, b[i].veld);
		assert_bytes_equal(a[i].waarde, b[i].waarde);
	}
}

static void assert_same_statement(const struct opened *a, const struct opened *b)
{
	assert_bytes_equal(a->signed_statement.statement, b->signed_statement.statement);
	assert_bytes_equal(a->signed_statement.signer, b->signed_statement.signer);
	assert_bytes_equal(a->signed_statement.key_id, b->signed_statement.key_id);
	assert_bytes_equal(a->signed_statement.signature, b->signed_statement.signature);
	assert_int_equal(a->signed_statement.size, b->signed_statement.size);
	assert_int_equal(a->signed_statement.index, b->signed_statement.index);
	assert_int_equal(a->signed_statement.path.count, b->signed_statement.path.count);
	assert_memory_equal(a->signed_statement.path.hashes, b->signed_statement.path.hashes,
			    a->signed_statement.path.count * 32);
	assert_int_equal(a->statement.type, b->statement.type);
	assert_bytes_equal(a->statement.audience_oin, b->statement.audience_oin);
	assert_bytes_equal(a->statement.audience_log, b->statement.audience_log);
	assert_bytes_equal(a->statement.source, b->statement.source);
	assert_bytes_equal(a->statement.id, b->statement.id);
	assert_bytes_equal(a->statement.antwoord_op, b->statement.antwoord_op);
	assert_bytes_equal(a->statement.vervangt, b->statement.vervangt);
	assert_int_equal(a->statement.time, b->statement.time);
	assert_int_equal(a->statement.sequence, b->statement.sequence);
	assert_memory_equal(&a->statement.head, &b->statement.head, sizeof(struct head));
	assert_memory_equal(a->statement.random, b->statement.random, RANDOM_LEN);
	assert_int_equal(a->statement.has_slots, b->statement.has_slots);
	assert_true(hash_equal(&a->statement.slots_root, &b->statement.slots_root));
	assert_int_equal(a->statement.veld_count, b->statement.veld_count);
	assert_same_velden(a->statement.velden, b->statement.velden, a->statement.veld_count);
}

static void assert_same_content(const struct opened *a, const struct opened *b)
{
	assert_int_equal(a->has_slots, b->has_slots);
	assert_memory_equal(a->slots.seed, b->slots.seed, VECTOR_SEED_LEN);
	assert_int_equal(a->slots.capacity, b->slots.capacity);
	assert_int_equal(a->slots.count, b->slots.count);
	assert_int_equal(a->melding.count, b->melding.count);
	for (size_t i = 0; i < a->slots.count; i++)
		assert_bytes_equal(a->slots.rubrieken[i], b->slots.rubrieken[i]);
	for (size_t i = 0; i < a->melding.count; i++) {
		const struct rubriek *x = &a->melding.rubrieken[i], *y = &b->melding.rubrieken[i];
		assert_int_equal(x->soort, y->soort);
		assert_int_equal(x->betrokkene, y->betrokkene);
		assert_int_equal(x->regime, y->regime);
		assert_bytes_equal(x->bron, y->bron);
		assert_int_equal(x->veld_count, y->veld_count);
		assert_same_velden(x->velden, y->velden, x->veld_count);
	}
}

static void assert_round_trip(struct fixture *f)
{
	encode(f);
	struct opened back;
	assert_int_equal(decode(f, &back), RESULT_OK);
	const struct opened *opened = &f->opened;
	assert_memory_equal(&back.route, &opened->route, sizeof back.route);
	assert_string_equal(back.connection_oin.text, opened->connection_oin.text);
	assert_string_equal(back.sender_oin.text, opened->sender_oin.text);
	assert_true(key_id_equal(&back.sealing_id, &opened->sealing_id));
	assert_true(hash_equal(&back.header_hash, &opened->header_hash));
	assert_int_equal(back.held.size, opened->held.size);
	assert_true(hash_equal(&back.held.root, &opened->held.root));
	assert_int_equal(back.envelope_items, opened->envelope_items);
	assert_int_equal(back.envelope_item, opened->envelope_item);
	assert_int_equal(back.envelope_number, opened->envelope_number);
	assert_int_equal(back.refusal.reason, opened->refusal.reason);
	assert_string_equal(back.refusal.field, opened->refusal.field);
	assert_same_statement(&back, opened);
	assert_same_content(&back, opened);
}

static void a_melding_comes_out_as_it_went_in(void **state)
{
	assert_round_trip(*state);
}

static void values_that_are_part_of_the_exact_bytes_travel_once(void **state)
{
	struct fixture *f = *state;
	encode(f);
	struct bytes wire = buffer_view(&f->out);
	const void *first = memmem(wire.data, wire.len, "GM1883", 6);
	assert_non_null(first);
	size_t rest = wire.len - (size_t)((const uint8_t *)first - wire.data) - 6;
	assert_null(memmem((const uint8_t *)first + 6, rest, "GM1883", 6));
}

static void values_that_are_nowhere_in_the_exact_bytes_still_arrive(void **state)
{
	struct fixture *f = *state;
	f->velden[1].waarde = bytes_of_text("elders");
	f->opened.statement.vervangt = bytes_of_text("fedcba9876543210");
	assert_round_trip(f);
}

static void velden_of_the_statement_and_of_rubrieken_do_not_mix(void **state)
{
	struct fixture *f = *state;
	struct veld own[2] = {{1, bytes_of_text("nazorg")}, {2, piece(statement_text, "log")}};
	f->opened.statement.velden = own;
	f->opened.statement.veld_count = 2;
	assert_round_trip(f);
}

static void a_statement_without_slots_comes_out_as_it_went_in(void **state)
{
	struct fixture *f = *state;
	f->opened.has_slots = f->opened.statement.has_slots = false;
	f->opened.slots = (struct slots){0};
	f->opened.melding = (struct melding){0};
	f->opened.statement.type = TYPE_HELLO;
	assert_round_trip(f);
}

static void refuse(struct fixture *f)
{
	f->opened.has_slots = false;
	f->opened.slots = (struct slots){0};
	f->opened.melding = (struct melding){0};
	f->opened.refusal = (struct refusal){REASON_BSN_ELFPROEF, "rubriek[3].bsn.waarde"};
}

static void a_refusal_names_reason_and_field_and_carries_no_content(void **state)
{
	struct fixture *f = *state;
	refuse(f);
	assert_round_trip(f);
	assert_null(memmem(f->out.data, f->out.len, "GM1883", 6));
}

static void more_than_a_message_holds_is_too_large_and_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	uint8_t *large = calloc(1, CHANNEL_MESSAGE_MAX);
	f->rubriek_bytes[2] = bytes_make(large, CHANNEL_MESSAGE_MAX);
	buffer_append_text(&f->out, "before");
	assert_int_equal(opened_encode(&f->opened, &f->out), RESULT_TOO_LARGE);
	assert_int_equal(f->out.len, strlen("before"));
	free(large);
}

static void every_truncation_and_every_addition_is_refused(void **state)
{
	struct fixture *f = *state;
	encode(f);
	struct opened back;
	size_t whole = f->out.len;
	for (size_t len = 0; len < whole; len++) {
		arena_clear(f->arena);
		assert_int_equal(opened_decode(bytes_make(f->out.data, len), f->arena, &back),
				 RESULT_MALFORMED);
	}
	buffer_append_zeros(&f->out, 1);
	assert_int_equal(decode(f, &back), RESULT_MALFORMED);
}

static void assert_within(const struct fixture *f, struct bytes view)
{
	if (view.len == 0)
		return;
	assert_true(view.data >= f->out.data);
	assert_true(view.data + view.len <= f->out.data + f->out.len);
}

static void assert_views_within(const struct fixture *f, const struct opened *opened)
{
	assert_within(f, opened->signed_statement.statement);
	assert_within(f, opened->signed_statement.signer);
	assert_within(f, opened->signed_statement.key_id);
	assert_within(f, opened->signed_statement.signature);
	assert_within(f, opened->statement.source);
	assert_within(f, opened->statement.id);
	for (size_t i = 0; i < opened->slots.count; i++)
		assert_within(f, opened->slots.rubrieken[i]);
	for (size_t i = 0; i < opened->melding.count; i++) {
		assert_within(f, opened->melding.rubrieken[i].bron);
		for (size_t j = 0; j < opened->melding.rubrieken[i].veld_count; j++)
			assert_within(f, opened->melding.rubrieken[i].velden[j].waarde);
	}
}

// Whatever a taken-over opener writes, core reads only inside the message.
static void any_changed_byte_gives_views_inside_the_message_or_a_refusal(void **state)
{
	static const uint8_t changes[] = {0x01, 0x40, 0x80, 0xff};
	struct fixture *f = *state;
	encode(f);
	size_t refused = 0;
	for (size_t at = 0; at < f->out.len; at++) {
		for (size_t i = 0; i < sizeof changes; i++) {
			f->out.data[at] ^= changes[i];
			struct opened back;
			enum result result = decode(f, &back);
			if (result == RESULT_OK)
				assert_views_within(f, &back);
			else
				assert_int_equal(result, RESULT_MALFORMED);
			refused += result != RESULT_OK;
			f->out.data[at] ^= changes[i];
		}
	}
	assert_true(refused > 500);
}

static void a_statement_that_is_not_what_was_hashed_is_refused(void **state)
{
	struct fixture *f = *state;
	f->opened.header_hash.b[31] ^= 1;
	encode(f);
	struct opened back;
	assert_int_equal(decode(f, &back), RESULT_MALFORMED);
}

// Each change makes a message that a sound opener never sends.
static void change_item(struct opened *o)
{
	o->envelope_item = o->envelope_items;
}
static void change_items(struct opened *o)
{
	o->envelope_items = BATCH_MAX + 1;
}
static void change_size(struct opened *o)
{
	o->signed_statement.size = 0;
}
static void change_index(struct opened *o)
{
	o->signed_statement.index = 5;
}
static void change_capacity(struct opened *o)
{
	o->slots.capacity = 63;
}
static void change_sender(struct opened *o)
{
	o->sender_oin.text[3] = 'x';
}
static void change_end(struct opened *o)
{
	o->connection_oin.text[OIN_LEN] = '1';
}
static void change_slots(struct opened *o)
{
	o->statement.has_slots = false;
}
static void change_melding(struct opened *o)
{
	o->melding.count = 0;
}
static void change_reason(struct opened *o)
{
	o->refusal.reason = REASON_BAD_SLOTS;
}
static void change_field(struct opened *o)
{
	o->refusal.field[0] = 'x';
}
static void change_signer(struct opened *o)
{
	o->signed_statement.signer.len--;
}
static void change_betrokkene(struct opened *o)
{
	o->melding.rubrieken[1].betrokkene = 17;
}

static void numbers_and_states_that_cannot_be_are_refused(void **state)
{
	struct fixture *f = *state;
	static void (*const changes[])(struct opened *) = {
		change_item,   change_items,  change_size,       change_index,   change_capacity,
		change_sender, change_end,    change_slots,      change_melding, change_reason,
		change_field,  change_signer, change_betrokkene,
	};
	static char long_source[SOURCE_MAX + 1];
	memset(long_source, 'a', sizeof long_source);
	const struct opened good = f->opened;
	struct opened back;
	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		f->opened = good;
		f->rubrieken[1].betrokkene = 16;
		changes[i](&f->opened);
		encode(f);
		assert_int_equal(decode(f, &back), RESULT_MALFORMED);
	}
	f->opened = good;
	f->rubrieken[1].betrokkene = 16;
	f->opened.statement.source = bytes_make(long_source, sizeof long_source);
	encode(f);
	assert_int_equal(decode(f, &back), RESULT_MALFORMED);
	f->opened = good;
	assert_round_trip(f);
}

static void an_arena_that_is_too_small_is_told_apart_from_a_broken_message(void **state)
{
	struct fixture *f = *state;
	encode(f);
	struct arena *small;
	assert_int_equal(arena_new(64, &small), RESULT_OK);
	struct opened back;
	assert_int_equal(opened_decode(buffer_view(&f->out), small, &back), RESULT_NO_MEMORY);
	arena_free(small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(a_melding_comes_out_as_it_went_in),
		T(values_that_are_part_of_the_exact_bytes_travel_once),
		T(values_that_are_nowhere_in_the_exact_bytes_still_arrive),
		T(velden_of_the_statement_and_of_rubrieken_do_not_mix),
		T(a_statement_without_slots_comes_out_as_it_went_in),
		T(a_refusal_names_reason_and_field_and_carries_no_content),
		T(more_than_a_message_holds_is_too_large_and_leaves_nothing),
		T(every_truncation_and_every_addition_is_refused),
		T(any_changed_byte_gives_views_inside_the_message_or_a_refusal),
		T(a_statement_that_is_not_what_was_hashed_is_refused),
		T(numbers_and_states_that_cannot_be_are_refused),
		T(an_arena_that_is_too_small_is_told_apart_from_a_broken_message),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
