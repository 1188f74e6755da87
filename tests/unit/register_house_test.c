// SPDX-License-Identifier: EUPL-1.2
// The receive keys of the knooppunt in the register: who brings one, who ends one, and what is no
// text about one.
#include "unit.h"

#include "register/huissleutel.h"
#include "register_world.h"

static struct bytes written(struct world *w, const struct huissleutel *text)
{
	struct buffer wire;
	buffer_init(&wire, HUISSLEUTEL_MAX);
	assert_int_equal(huissleutel_write(text, &wire), RESULT_OK);
	struct bytes copy = arena_copy(w->arena, buffer_view(&wire));
	buffer_done(&wire);
	return copy;
}

static struct bytes proven(struct world *w, struct huissleutel text, const struct private_key *next)
{
	memcpy(text.key, next->public_key, 32);
	assert_int_equal(huissleutel_prove(&text, next, w->send.public_key), RESULT_OK);
	return written(w, &text);
}

// The text of the next key, proven by whoever holds `next`.
static struct bytes text_of(struct world *w, const struct private_key *next, const char *origin)
{
	struct huissleutel text = {.use = next->kind == KEY_KIND_LOG ? HOUSE_LOG : HOUSE_RECEIVE};
	snprintf(text.origin, sizeof text.origin, "%s", origin);
	return proven(w, text, next);
}

static struct bytes end_of_use(struct world *w, enum house_use use, const uint8_t key[32])
{
	struct huissleutel text = {.einde = true, .use = use, .origin = ORIGIN};
	memcpy(text.key, key, 32);
	return written(w, &text);
}

static struct bytes end_of(struct world *w, const uint8_t key[32])
{
	return end_of_use(w, HOUSE_RECEIVE, key);
}

struct signers {
	const struct private_key *first, *second;
};

static enum result bring(struct world *w, uint32_t soort, struct bytes text, struct signers signers)
{
	struct part_register part = {
		.soort = soort, .has_vorige = true, .vorige = w->registry.head, .opdracht = text};
	struct signed_statement acts[] = {act(w, signers.first, &part),
					  act(w, signers.second, &part)};
	part.acts = acts;
	part.act_count = 2;
	return fold(w, w->registry.head_index + 10, &part);
}

static void one_key_more_than_the_register_holds_is_refused(void **state)
{
	struct world *w = *state;
	struct signers two = {&w->beheerder, &w->officer};
	fold_genesis(w, true);
	size_t held = w->registry.house_key_count;
	struct bytes begin = text_of(w, &w->sealing, ORIGIN);
	w->registry.house_key_count = REGISTER_HOUSE_KEYS_MAX;
	assert_int_equal(bring(w, REGISTER_HUISSLEUTEL, begin, two), RESULT_TOO_LARGE);
	assert_string_equal(w->problem.code, "too-many");
	assert_int_equal(w->registry.house_key_count, REGISTER_HOUSE_KEYS_MAX);
	// Nor is one beyond them ended.
	assert_int_equal(
		bring(w, REGISTER_HUISSLEUTEL_EINDE, end_of(w, w->sealing.public_key), two),
		RESULT_NOT_FOUND);
	w->registry.house_key_count = held;
	// Nor is one ended that lies behind the last.
	w->registry.house_keys[held] =
		(struct house_key){.use = HOUSE_RECEIVE, .until = REGISTER_NEVER};
	memcpy(w->registry.house_keys[held].key, w->sealing.public_key, 32);
	assert_int_equal(
		bring(w, REGISTER_HUISSLEUTEL_EINDE, end_of(w, w->sealing.public_key), two),
		RESULT_NOT_FOUND);
	assert_int_equal(bring(w, REGISTER_HUISSLEUTEL, begin, two), RESULT_OK);
}

static void the_newest_in_force_is_what_envelopes_are_sealed_for(void **state)
{
	struct world *w = *state;
	struct signers two = {&w->beheerder, &w->officer};
	fold_genesis(w, true);
	const struct house_key first = *register_house_key(&w->registry, HOUSE_RECEIVE);
	assert_memory_equal(first.key, w->registry.genesis.receive_key, 32);
	struct bytes begin = text_of(w, &w->sealing, ORIGIN), end = end_of(w, first.key);
	assert_int_equal(bring(w, REGISTER_HUISSLEUTEL_EINDE, end, two), RESULT_DENIED);
	assert_int_equal(bring(w, REGISTER_HUISSLEUTEL, begin, two), RESULT_OK);
	assert_true(
		key_id_equal(&register_house_key(&w->registry, HOUSE_RECEIVE)->id, &w->sealing.id));
	assert_int_equal(bring(w, REGISTER_HUISSLEUTEL, begin, two), RESULT_EXISTS);
	assert_int_equal(bring(w, REGISTER_HUISSLEUTEL_EINDE, end, two), RESULT_OK);
	assert_int_equal(w->registry.house_key_count, 5);
	assert_int_equal(w->registry.house_keys[0].until, w->registry.head_index);
	assert_int_equal(bring(w, REGISTER_HUISSLEUTEL_EINDE, end, two), RESULT_NOT_FOUND);
	// The newest may end too, while another is left: the older one is the newest then.
	assert_int_equal(bring(w, REGISTER_HUISSLEUTEL, text_of(w, &w->transport, ORIGIN), two),
			 RESULT_OK);
	assert_int_equal(
		bring(w, REGISTER_HUISSLEUTEL_EINDE, end_of(w, w->transport.public_key), two),
		RESULT_OK);
	assert_true(
		key_id_equal(&register_house_key(&w->registry, HOUSE_RECEIVE)->id, &w->sealing.id));
	// What has ended does not come back.
	assert_int_equal(bring(w, REGISTER_HUISSLEUTEL, begin, two), RESULT_EXISTS);
}

static void nobody_brings_a_key_alone_or_for_another_log(void **state)
{
	struct world *w = *state;
	struct signers two = {&w->beheerder, &w->officer};
	struct signers wrong[] = {{&w->beheerder, &w->beheerder},
				  {&w->officer, &w->deputy},
				  {&w->identity, &w->officer}};
	fold_genesis(w, true);
	struct bytes begin = text_of(w, &w->sealing, ORIGIN);
	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		assert_int_equal(bring(w, REGISTER_HUISSLEUTEL, begin, wrong[i]), RESULT_DENIED);
	assert_int_equal(bring(w, REGISTER_HUISSLEUTEL, text_of(w, &w->sealing, "elders"), two),
			 RESULT_DENIED);
	assert_int_equal(bring(w, REGISTER_HUISSLEUTEL_EINDE, begin, two), RESULT_MALFORMED);
	assert_int_equal(bring(w, REGISTER_HUISSLEUTEL, text_of(w, &w->send, ORIGIN), two),
			 RESULT_EXISTS);
	assert_int_equal(w->registry.house_key_count, 4);
}

// Anybody can check that a log key is held, and the keys of the log follow the leaves.
static void the_keys_of_the_log_follow_their_leaves(void **state)
{
	struct world *w = *state;
	struct signers two = {&w->beheerder, &w->officer};
	struct private_key next = make_key(w, "next", KEY_KIND_LOG);
	struct private_key other = make_key(w, "other", KEY_KIND_LOG);
	struct bytes begin = text_of(w, &next, ORIGIN), end;
	static struct log_keys keys;
	struct huissleutel text;
	struct buffer wire;
	fold_genesis(w, true);
	end = end_of_use(w, HOUSE_LOG, w->registry.genesis.log_key);
	assert_int_equal(bring(w, REGISTER_HUISSLEUTEL_EINDE, end, two), RESULT_DENIED);
	assert_int_equal(huissleutel_read(begin, &text), RESULT_OK);
	memcpy(text.key, other.public_key, 32); // with the proof of `next`
	buffer_init(&wire, HUISSLEUTEL_MAX);
	assert_int_equal(huissleutel_write(&text, &wire), RESULT_OK);
	assert_int_equal(bring(w, REGISTER_HUISSLEUTEL, buffer_view(&wire), two),
			 RESULT_BAD_SIGNATURE);
	buffer_done(&wire);
	assert_int_equal(bring(w, REGISTER_HUISSLEUTEL, begin, two), RESULT_OK);
	uint64_t from = w->registry.head_index;
	assert_int_equal(bring(w, REGISTER_HUISSLEUTEL_EINDE, end, two), RESULT_OK);
	uint64_t until = w->registry.head_index;
	// Genesis of this world names no point of the curve.
	assert_int_equal(register_log_keys(&w->registry, &keys), RESULT_CONFIG);
	sign_keypair_from_seed(w->registry.house_keys[1].key, (uint8_t[64]){0}, next.public_key);
	assert_int_equal(register_log_keys(&w->registry, &keys), RESULT_OK);
	assert_int_equal(keys.count, 2);
	assert_int_equal(keys.keys[0].until, until);
	assert_int_equal(keys.keys[1].from, from);
	assert_memory_equal(keys.keys[1].vkey.public_key, next.public_key, 32);
	assert_memory_equal(register_house_key(&w->registry, HOUSE_LOG)->key, next.public_key, 32);
	private_key_done(&next);
	private_key_done(&other);
}

static struct bytes door_text(struct world *w, const struct private_key *next, const char *adres)
{
	struct huissleutel text = {.use = HOUSE_TRANSPORT, .origin = ORIGIN};
	snprintf(text.adres, sizeof text.adres, "%s", adres);
	return proven(w, text, next);
}

// A transport key comes with the place where it is served; that of genesis has none.
static void a_transport_key_comes_with_its_adres(void **state)
{
	struct world *w = *state;
	struct signers two = {&w->beheerder, &w->officer};
	static const char adres[] = "tcp://knooppunt.example:7478";
	fold_genesis(w, true);
	const struct house_key first = *register_house_key(&w->registry, HOUSE_TRANSPORT);
	assert_memory_equal(first.key, w->registry.genesis.transport_key, 32);
	assert_string_equal(first.adres, "");
	struct bytes end = end_of_use(w, HOUSE_TRANSPORT, first.key);
	assert_int_equal(bring(w, REGISTER_HUISSLEUTEL_EINDE, end, two), RESULT_DENIED);
	assert_int_equal(bring(w, REGISTER_HUISSLEUTEL, door_text(w, &w->transport, adres), two),
			 RESULT_OK);
	const struct house_key *next = register_house_key(&w->registry, HOUSE_TRANSPORT);
	assert_memory_equal(next->key, w->transport.public_key, 32);
	assert_string_equal(next->adres, adres);
	assert_int_equal(bring(w, REGISTER_HUISSLEUTEL_EINDE, end, two), RESULT_OK);
	// The proof is about the place too.
	struct huissleutel moved;
	struct buffer wire;
	assert_int_equal(huissleutel_read(door_text(w, &w->sealing, adres), &moved), RESULT_OK);
	moved.adres[strlen(moved.adres) - 1] = '9';
	buffer_init(&wire, HUISSLEUTEL_MAX);
	assert_int_equal(huissleutel_write(&moved, &wire), RESULT_OK);
	assert_int_equal(bring(w, REGISTER_HUISSLEUTEL, buffer_view(&wire), two),
			 RESULT_BAD_SIGNATURE);
	buffer_done(&wire);
}

static void a_transport_key_that_came_with_an_adres_ends_without_one(void **state)
{
	struct world *w = *state;
	struct signers two = {&w->beheerder, &w->officer};
	struct bytes end = end_of_use(w, HOUSE_TRANSPORT, w->transport.public_key);
	fold_genesis(w, true);
	struct bytes door = door_text(w, &w->transport, "tcp://knooppunt.example:7478");
	assert_int_equal(bring(w, REGISTER_HUISSLEUTEL, door, two), RESULT_OK);
	assert_int_equal(bring(w, REGISTER_HUISSLEUTEL_EINDE, end, two), RESULT_OK);
	assert_int_equal(w->registry.house_keys[4].until, w->registry.head_index);
	assert_int_equal(bring(w, REGISTER_HUISSLEUTEL_EINDE, end, two), RESULT_NOT_FOUND);
}

// Towards whichever of the send keys in force, and no further.
static void a_bundle_is_proven_towards_one_of_the_send_keys(void **state)
{
	struct world *w = *state;
	struct private_key both[2] = {w->send, w->sealing};
	struct register_source source = {.send = both, .send_count = 2, .problem = &w->problem};
	struct bytes wire = buffer_view(&w->partner);
	struct bundle bundle;
	assert_int_equal(register_read_bundle(wire, source, &bundle), RESULT_OK);
	both[0] = w->sealing;
	both[1] = w->send;
	assert_int_equal(register_read_bundle(wire, source, &bundle), RESULT_OK);
	// In memory of their own: who holds one key alone has no second to look at.
	struct private_key *one = malloc(sizeof *one);
	*one = w->sealing;
	source.send = one;
	source.send_count = 1;
	assert_int_equal(register_read_bundle(wire, source, &bundle), RESULT_BAD_SIGNATURE);
	free(one);
	assert_int_equal(register_read_bundle(wire, (struct register_source){0}, &bundle),
			 RESULT_OK);
}

static void the_text_about_a_key_has_this_form(void **state)
{
	(void)state;
	struct huissleutel text = {.use = HOUSE_LOG, .origin = ORIGIN}, back;
	struct buffer wire;
	memset(text.key, 0xab, sizeof text.key);
	memset(text.bewijs, 0x01, sizeof text.bewijs);
#define HEX8(digits) digits digits digits digits digits digits digits digits
#define BEGIN "sleutel van het knooppunt\nlog " ORIGIN "\n"
#define KEY "sleutel " HEX8("abababab") "\n"
#define PROOF "bewijs " HEX8("0101010101010101") "\n"
	buffer_init(&wire, HUISSLEUTEL_MAX);
	assert_int_equal(huissleutel_write(&text, &wire), RESULT_OK);
	assert_true(
		bytes_equal(buffer_view(&wire), bytes_of_text(BEGIN "gebruik log\n" KEY PROOF)));
	buffer_done(&wire);
	assert_int_equal(huissleutel_read(bytes_of_text(BEGIN "gebruik log\n" KEY PROOF), &back),
			 RESULT_OK);
	assert_int_equal(huissleutel_read(bytes_of_text(BEGIN "gebruik iets\n" KEY PROOF), &back),
			 RESULT_UNSUPPORTED);
}

static void fill_the_stack(void)
{
	volatile uint8_t junk[8192];
	for (size_t i = 0; i < sizeof junk; i++)
		junk[i] = 0xff;
}

// The holder of a log key signs the text about it: of this log, this use and this key.
static void a_log_key_signs_what_is_said_of_it(void **state)
{
	struct world *w = *state;
	struct private_key log = make_key(w, "log", KEY_KIND_LOG);
	struct huissleutel text, other;
	assert_int_equal(huissleutel_read(text_of(w, &log, ORIGIN), &text), RESULT_OK);
	fill_the_stack();
	assert_int_equal(huissleutel_check(&text, NULL), RESULT_OK);
	other = text;
	other.origin[0] ^= 1;
	assert_int_equal(huissleutel_check(&other, NULL), RESULT_BAD_SIGNATURE);
	other = text;
	memcpy(other.key, w->identity.public_key, 32);
	assert_int_equal(huissleutel_check(&other, NULL), RESULT_BAD_SIGNATURE);
	other = text;
	other.bewijs[SIGN_LEN - 1] ^= 1;
	assert_int_equal(huissleutel_check(&other, NULL), RESULT_BAD_SIGNATURE);
	private_key_done(&log);
}

static void an_adres_names_one_host_and_one_port(void **state)
{
	struct world *w = *state;
	static const char *const none[] = {
		"tcp://0.0.0.0:7478",  "tcp://*:7478",      "tcp://[::]:7478", "tcp://a.example:0",
		"tcp://a.example:000", "tcp://a.example",   "a.example:7478",  "tcp://:7478",
		"tcp://a b:7478",      "tcp://a.example:x", "ipc://a:7478",    ""};
	struct huissleutel read;
	for (size_t i = 0; i < COUNT_OF(none); i++)
		assert_int_equal(huissleutel_read(door_text(w, &w->transport, none[i]), &read),
				 RESULT_MALFORMED);
	char longest[HOUSE_ADRES_MAX + 2] = "tcp://";
	memset(longest + 6, 'a', HOUSE_ADRES_MAX - 6);
	memcpy(longest + HOUSE_ADRES_MAX - 5, ":7478", 5);
	assert_int_equal(huissleutel_read(door_text(w, &w->transport, longest), &read), RESULT_OK);
	assert_string_equal(read.adres, longest);
	// No other key has one.
	struct bytes text = text_of(w, &w->sealing, ORIGIN);
	char with[HUISSLEUTEL_MAX];
	const char *bewijs = memmem(text.data, text.len, "bewijs", 6);
	int head = (int)(bewijs - (const char *)text.data);
	int len = snprintf(with, sizeof with, "%.*sadres tcp://a.example:1\n%.*s", head,
			   (const char *)text.data, (int)text.len - head, bewijs);
	assert_int_equal(huissleutel_read(bytes_make(with, (size_t)len), &read), RESULT_MALFORMED);
}

static void the_knooppunt_must_hold_the_key(void **state)
{
	struct world *w = *state;
	struct signers two = {&w->beheerder, &w->officer};
	struct huissleutel text;
	struct buffer wire;
	fold_genesis(w, true);
	assert_int_equal(huissleutel_read(text_of(w, &w->sealing, ORIGIN), &text), RESULT_OK);
	text.bewijs[7] ^= 1;
	buffer_init(&wire, HUISSLEUTEL_MAX);
	assert_int_equal(huissleutel_write(&text, &wire), RESULT_OK);
	assert_int_equal(bring(w, REGISTER_HUISSLEUTEL, buffer_view(&wire), two),
			 RESULT_BAD_SIGNATURE);
	// A key of low order would agree on zeros with everybody.
	memset(text.key, 0, 32);
	text.key[0] = 1;
	buffer_clear(&wire);
	assert_int_equal(huissleutel_write(&text, &wire), RESULT_OK);
	assert_int_equal(bring(w, REGISTER_HUISSLEUTEL, buffer_view(&wire), two), RESULT_MALFORMED);
	buffer_done(&wire);
	assert_int_equal(w->registry.house_key_count, 4);
}

static void every_changed_byte_of_a_text_is_another_text_or_none(void **state)
{
	struct world *w = *state;
	struct bytes text = text_of(w, &w->sealing, ORIGIN);
	uint8_t *bytes = (uint8_t *)(uintptr_t)text.data;
	for (size_t i = 0; i < text.len; i++) {
		struct huissleutel read;
		struct buffer again;
		bytes[i] ^= 0x20;
		if (huissleutel_read(text, &read) == RESULT_OK) {
			buffer_init(&again, HUISSLEUTEL_MAX);
			assert_int_equal(huissleutel_write(&read, &again), RESULT_OK);
			assert_true(bytes_equal(buffer_view(&again), text));
			buffer_done(&again);
		}
		bytes[i] ^= 0x20;
		assert_int_not_equal(huissleutel_read(bytes_make(text.data, i), &read), RESULT_OK);
	}
}

static void its_part_comes_back_as_it_went_and_carries_nothing_else(void **state)
{
	struct world *w = *state;
	const uint32_t soorten[] = {REGISTER_HUISSLEUTEL, REGISTER_HUISSLEUTEL_EINDE};
	for (size_t i = 0; i < COUNT_OF(soorten); i++) {
		struct part part = {.kind = PART_REGISTER}, back;
		struct buffer wire;
		part.registerdeel = (struct part_register){
			.soort = soorten[i], .has_vorige = true, .opdracht = LITERAL("tekst")};
		buffer_init(&wire, 65536);
		assert_int_equal(part_encode(&part, &wire), RESULT_OK);
		assert_int_equal(part_decode(buffer_view(&wire), w->arena, &back), RESULT_OK);
		assert_int_equal(back.registerdeel.soort, soorten[i]);
		assert_true(bytes_equal(back.registerdeel.opdracht, LITERAL("tekst")));
		part.registerdeel.ingetrokken = LITERAL("12345678");
		assert_int_equal(part_encode(&part, &wire), RESULT_MALFORMED);
		part.registerdeel.ingetrokken = part.registerdeel.opdracht = bytes_make(NULL, 0);
		assert_int_equal(part_encode(&part, &wire), RESULT_MALFORMED);
		buffer_done(&wire);
	}
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_WORLD(one_key_more_than_the_register_holds_is_refused),
		WITH_WORLD(the_newest_in_force_is_what_envelopes_are_sealed_for),
		WITH_WORLD(nobody_brings_a_key_alone_or_for_another_log),
		WITH_WORLD(a_transport_key_comes_with_its_adres),
		WITH_WORLD(a_transport_key_that_came_with_an_adres_ends_without_one),
		WITH_WORLD(a_bundle_is_proven_towards_one_of_the_send_keys),
		WITH_WORLD(the_text_about_a_key_has_this_form),
		WITH_WORLD(a_log_key_signs_what_is_said_of_it),
		WITH_WORLD(an_adres_names_one_host_and_one_port),
		WITH_WORLD(the_knooppunt_must_hold_the_key),
		WITH_WORLD(the_keys_of_the_log_follow_their_leaves),
		WITH_WORLD(its_part_comes_back_as_it_went_and_carries_nothing_else),
		WITH_WORLD(every_changed_byte_of_a_text_is_another_text_or_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
