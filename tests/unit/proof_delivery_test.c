// SPDX-License-Identifier: EUPL-1.2
// The checks of a delivery one by one, against the register and chain of a client that caught up: a
// house or a gate that was taken over may put anything into the log and into the answer, under the
// sender's good signature too. The same by way of a client is in client_delivery_test.c.
#include "unit.h"

#include "client_fixture.h"

#define POSITIONS 64

// What a client was given as second delivery, and all it holds that against. A test changes it.
struct rig {
	struct fixture *f;
	struct arena *arena;
	struct checkpoint checkpoint;
	struct proof_base base;
	struct delivery_claim claim;
	struct delivery delivery;
	struct statement header;
	struct part_verstrekking part;
	bool other_head; // the header names a head that this log never had
};

static void capture(struct fake_knooppunt *fake, struct replies *replies)
{
	struct rig *rig = fake->test;
	for (size_t i = 0; i < replies->reply_count; i++) {
		if (replies->replies[i].delivery_count == 2)
			rig->delivery = replies->replies[i].deliveries[1];
	}
}

static void push_and_flush(struct fixture *f, const char *id)
{
	uint32_t pause_ms;
	push_as(f->sender, id);
	must(f->sender, client_flush(f->sender, &pause_ms));
}

static void refresh(struct rig *rig)
{
	const struct fake_log *log = &rig->f->fake->log;
	rig->checkpoint = (struct checkpoint){
		.origin = FAKE_ORIGIN, .size = log->size, .root = fake_log_root(log, log->size)};
}

static int setup(void **state)
{
	struct rig *rig = calloc(1, sizeof *rig);
	struct part part;
	size_t count;
	*state = rig;
	assert_int_equal(fixture_setup((void **)&rig->f), 0);
	assert_int_equal(arena_new(4 << 20, &rig->arena), RESULT_OK);
	struct fake_knooppunt *fake = rig->f->fake;
	push_and_flush(rig->f, "melding-000000000001");
	push_and_flush(rig->f, "melding-000000000002");
	fake->test = rig;
	fake->on_replies = capture;
	must(rig->f->ontvanger, client_fetch(rig->f->ontvanger, FUNCTIE, 16, 0, &count));
	assert_int_equal(count, 2);
	refresh(rig);
	const struct client *client = rig->f->ontvanger;
	rig->base = (struct proof_base){&client->reg, &client->chain, &rig->checkpoint, rig->arena,
					NULL};
	rig->claim =
		(struct delivery_claim){&rig->f->ontvanger_party->oin, FUNCTIE, 2, 1795000000000};
	assert_int_equal(part_decode(rig->delivery.leaf.part.value, rig->arena, &part), RESULT_OK);
	rig->part = part.verstrekking;
	assert_int_equal(statement_decode(rig->delivery.sender.statement, rig->arena, &rig->header),
			 RESULT_OK);
	assert_true(rig->header.head.size > 0);
	return 0;
}

static int teardown(void **state)
{
	struct rig *rig = *state;
	fixture_teardown((void **)&rig->f);
	arena_free(rig->arena);
	free(rig);
	return 0;
}

// ---- what is made anew after a change ----------------------------------------------------------

// The sender signs the header as it now is, and the part is about that.
static void sign(struct rig *rig)
{
	const struct fake_party *party = rig->f->sender_party;
	struct buffer wire;
	buffer_init(&wire, STATEMENT_MAX);
	assert_int_equal(statement_encode(&rig->header, &wire), RESULT_OK);
	struct bytes statement = arena_copy(rig->arena, buffer_view(&wire));
	buffer_done(&wire);
	uint8_t *signature = arena_alloc(rig->arena, SIGNATURE_LEN);
	assert_int_equal(batch_sign(&(const struct batch_signer){&party->oin, &party->identity},
				    &statement, 1, signature, &rig->delivery.sender),
			 RESULT_OK);
	rig->part.header_hash = header_hash(statement);
}

// The part as it now is gets an entry of its own, and the checkpoint covers it.
static void log_part(struct rig *rig, enum entry_class class)
{
	struct fake_log *log = &rig->f->fake->log;
	struct part part = {.kind = PART_VERSTREKKING, .verstrekking = rig->part};
	uint64_t index = fake_log_append(log, class, &part, 1);
	refresh(rig);
	fake_log_leaf(log, index, 0, rig->arena, &rig->delivery.leaf);
	if (rig->delivery.has_sender && rig->header.head.size > 0 && !rig->other_head)
		fake_log_consistency(log, rig->header.head.size, log->size,
				     &rig->delivery.sender_consistency);
}

static enum proof_check prove(struct rig *rig)
{
	struct delivered delivered, untouched;
	memset(&delivered, 0x5a, sizeof delivered);
	untouched = delivered;
	enum proof_check check =
		proof_delivery(&rig->base, &rig->delivery, &rig->claim, &delivered);
	if (check == PROOF_FINE)
		assert_ptr_equal(delivered.delivery, &rig->delivery);
	else
		assert_memory_equal(&delivered, &untouched, sizeof delivered);
	return check;
}

static enum proof_check prove_part(struct rig *rig)
{
	log_part(rig, ENTRY_EVENT);
	return prove(rig);
}

static enum proof_check prove_header(struct rig *rig)
{
	sign(rig);
	return prove_part(rig);
}

// ---- whole -------------------------------------------------------------------------------------

static void assert_whole(const struct rig *rig, const struct delivered *delivered)
{
	struct hash part_hash = sha256(rig->delivery.leaf.part.value);
	assert_ptr_equal(delivered->delivery, &rig->delivery);
	assert_true(hash_equal(&delivered->part_hash, &part_hash));
	assert_int_equal(delivered->part->number, 2);
	assert_true(delivered->has_sender);
	assert_true(bytes_equal(delivered->header.id, bytes_of_text("melding-000000000002")));
	assert_int_equal(delivered->rubriek_count, 4);
	assert_int_equal(delivered->from_sender, 3);
	assert_int_equal(delivered->rubrieken[0].soort, RUBRIEK_KENMERKEN);
	assert_int_equal(delivered->rubrieken[3].soort, RUBRIEK_VERRIJKING_SAMENLOOP);
}

static void an_honest_delivery_is_proven_and_taken_apart(void **state)
{
	struct rig *rig = *state;
	struct delivered delivered;
	assert_int_equal(proof_delivery(&rig->base, &rig->delivery, &rig->claim, &delivered),
			 PROOF_FINE);
	assert_whole(rig, &delivered);
	// One that comes of itself, later, stands in a tick; nothing is given in a register leaf.
	log_part(rig, ENTRY_TICK);
	assert_int_equal(prove(rig), PROOF_FINE);
	log_part(rig, ENTRY_REGISTER);
	assert_int_equal(prove(rig), PROOF_ENTRY);
}

static void what_is_kept_is_taken_apart_again(void **state)
{
	struct rig *rig = *state;
	struct delivery *delivery = &rig->delivery;
	struct delivered delivered;
	const struct delivery good = *delivery;
	struct opening opening = good.openings[0];
	struct arena *small;
	assert_int_equal(delivered_read(delivery, rig->arena, &delivered), PROOF_FINE);
	assert_whole(rig, &delivered);
	delivery->leaf.part.value = bytes_of_text("\xff\xff no part");
	assert_int_equal(delivered_read(delivery, rig->arena, &delivered), PROOF_PART);
	fake_log_leaf(&rig->f->fake->log, good.leaf.index, 0, rig->arena, &delivery->leaf);
	assert_int_equal(delivered_read(delivery, rig->arena, &delivered), PROOF_PART);
	*delivery = good;
	delivery->sender.statement = bytes_of_text("\xff\xff no header");
	assert_int_equal(delivered_read(delivery, rig->arena, &delivered), PROOF_HEADER);
	*delivery = good;
	delivery->openings[0].value = bytes_of_text("\xff\xff no rubriek");
	assert_int_equal(delivered_read(delivery, rig->arena, &delivered), PROOF_RUBRIEK);
	delivery->openings[0] = opening;
	delivery->verrijkingen[0].value = bytes_of_text("\xff\xff no rubriek");
	assert_int_equal(delivered_read(delivery, rig->arena, &delivered), PROOF_RUBRIEK);
	assert_int_equal(arena_new(64, &small), RESULT_OK);
	assert_int_equal(delivered_read(delivery, small, &delivered), PROOF_PART);
	rig->base.arena = small;
	assert_int_equal(prove(rig), PROOF_PART);
	arena_free(small);
}

// ---- the part ----------------------------------------------------------------------------------

static void what_lapses_at_this_moment_has_not_lapsed(void **state)
{
	struct rig *rig = *state;
	rig->part.geldig_tot = (uint64_t)rig->claim.now;
	assert_int_equal(prove_part(rig), PROOF_FINE);
	rig->claim.now++;
	assert_int_equal(prove(rig), PROOF_GELDIG);
	rig->part.geldig_tot = 0;
	assert_int_equal(prove_part(rig), PROOF_FINE);
}

static void it_is_for_this_ontvanger_and_the_next_in_number(void **state)
{
	struct rig *rig = *state;
	const struct delivery_claim good = rig->claim;
	rig->claim.number = 1;
	assert_int_equal(prove(rig), PROOF_NUMBER);
	rig->claim = good;
	rig->claim.functie = "oov";
	assert_int_equal(prove(rig), PROOF_ONTVANGER);
	rig->claim = good;
	rig->claim.oin = &rig->f->sender_party->oin;
	assert_int_equal(prove(rig), PROOF_ONTVANGER);
	fake_log_leaf(&rig->f->fake->log, rig->delivery.leaf.index, 0, rig->arena,
		      &rig->delivery.leaf);
	assert_int_equal(prove(rig), PROOF_PART); // the sender's
}

static void what_gives_nothing_by_its_soort_carries_nothing(void **state)
{
	struct rig *rig = *state;
	const struct delivery whole = rig->delivery;
	for (uint32_t soort = VERSTREKKING_VERVALLEN; soort <= VERSTREKKING_AFGESLOTEN + 1;
	     soort++) {
		bool known = soort <= VERSTREKKING_AFGESLOTEN;
		rig->part.soort = soort;
		rig->delivery.has_sender = false;
		log_part(rig, ENTRY_EVENT);
		const struct delivery bare = {.leaf = rig->delivery.leaf};
		rig->delivery = bare;
		assert_int_equal(prove(rig), known ? PROOF_FINE : PROOF_PART);
		for (int piece = 0; known && piece < 5; piece++) {
			struct delivery *d = &rig->delivery;
			*d = whole;
			d->leaf = bare.leaf;
			d->has_sender = piece == 0;
			d->slots_vector.len = piece == 1 ? d->slots_vector.len : 0;
			d->opening_count = piece == 2;
			d->verrijking_count = piece == 3;
			d->sender_consistency.count = piece == 4;
			assert_int_equal(prove(rig), PROOF_VERVALLEN);
		}
	}
}

// ---- the sender --------------------------------------------------------------------------------

static void the_signer_is_the_party_of_the_key(void **state)
{
	struct rig *rig = *state;
	struct signed_statement *sender = &rig->delivery.sender;
	const struct signed_statement good = *sender;
	sender->key_id.len--;
	assert_int_equal(prove(rig), PROOF_SIGNER);
	*sender = good;
	sender->signer = bytes_of_text(ONTVANGER_OIN);
	assert_int_equal(prove(rig), PROOF_SIGNER);
}

static void the_key_counts_at_the_entry_of_the_melding(void **state)
{
	struct rig *rig = *state;
	uint64_t first = rig->delivery.leaf.index;
	rig->part.betreft = first;
	assert_int_equal(prove_part(rig), PROOF_FINE);
	rig->part.betreft = 1; // the entry that enrolled the sender
	assert_int_equal(prove_part(rig), PROOF_SIGNER_KEY_PERIOD);
	rig->part.betreft = 2;
	assert_int_equal(prove_part(rig), PROOF_FINE);
	// An entry cannot be about a later one; about itself it can be.
	rig->part.betreft = rig->f->fake->log.size;
	assert_int_equal(prove_part(rig), PROOF_FINE);
	rig->part.betreft = rig->f->fake->log.size + 1;
	assert_int_equal(prove_part(rig), PROOF_SIGNER_KEY_PERIOD);
}

static void the_header_is_a_melding_to_this_house_and_log(void **state)
{
	struct rig *rig = *state;
	const struct statement good = rig->header;
	assert_int_equal(prove_header(rig), PROOF_FINE);
	rig->header.type = TYPE_ACK;
	assert_int_equal(prove_header(rig), PROOF_HEADER);
	rig->header.type = 9999;
	assert_int_equal(prove_header(rig), PROOF_HEADER);
	rig->header = good;
	rig->header.has_slots = false;
	assert_int_equal(prove_header(rig), PROOF_HEADER);
	rig->header = good;
	rig->header.audience_oin = bytes_of_text(ONTVANGER_OIN);
	assert_int_equal(prove_header(rig), PROOF_HEADER);
	rig->header = good;
	rig->header.audience_log = bytes_of_text("elsewhere.example/log");
	assert_int_equal(prove_header(rig), PROOF_HEADER);
	rig->header = good;
	rig->header.source = bytes_of_text("urn:nld:oin:" ONTVANGER_OIN ":systeem:test");
	assert_int_equal(prove_header(rig), PROOF_HEADER);
	rig->header.source = bytes_of_text("urn:nld:oin:" SENDER_OIN ":systeem:");
	assert_int_equal(prove_header(rig), PROOF_HEADER);
	rig->header.source = bytes_of_text("urn:nld:oin:" SENDER_OIN ":systeem:x");
	assert_int_equal(prove_header(rig), PROOF_FINE);
}

static void the_log_extends_what_the_sender_saw(void **state)
{
	struct rig *rig = *state;
	struct tree_path *path = &rig->delivery.sender_consistency;
	const struct tree_path good = *path;
	const struct head head = rig->header.head;
	assert_true(good.count > 0);
	path->hashes[0].b[0] ^= 1;
	assert_int_equal(prove(rig), PROOF_SENDER_HEAD);
	*path = good;
	path->count--;
	assert_int_equal(prove(rig), PROOF_SENDER_HEAD);
	*path = good;
	// It was shown another log, of this size or of a larger one.
	rig->header.head.root.b[0] ^= 1;
	assert_int_equal(prove_header(rig), PROOF_SENDER_HEAD);
	rig->header.head = head;
	rig->header.head.size = rig->f->fake->log.size + 100;
	rig->other_head = true;
	assert_int_equal(prove_header(rig), PROOF_SENDER_HEAD);
	// Who saw none is shown nothing.
	rig->header.head = (struct head){0};
	assert_int_equal(prove_header(rig), PROOF_SENDER_HEAD);
	path->count = 0;
	assert_int_equal(prove_header(rig), PROOF_FINE);
}

// ---- the rubrieken -----------------------------------------------------------------------------

static void the_openings_are_the_slots_of_the_part(void **state)
{
	struct rig *rig = *state;
	uint32_t *slots = rig->part.slots;
	struct opening *openings = rig->delivery.openings;
	const uint32_t slot = slots[1];
	const struct opening opening = openings[1];
	// The log names one that is not opened.
	for (slots[1] = 0; slots[1] == slots[0] || slots[1] == slot || slots[1] == slots[2];)
		slots[1]++;
	assert_int_equal(prove_part(rig), PROOF_SLOTS_LIST);
	// Both name one twice.
	slots[1] = slots[0];
	openings[1] = openings[0];
	assert_int_equal(prove_part(rig), PROOF_SLOTS_LIST);
	// Both name one that is not there.
	openings[1] = opening;
	slots[1] = openings[1].position = POSITIONS;
	assert_int_equal(prove_part(rig), PROOF_SLOTS_LIST);
	// Another vector than the one that was signed, though each opening is in it.
	slots[1] = openings[1].position = slot;
	assert_int_equal(prove_part(rig), PROOF_FINE);
	rig->header.slots_root.b[0] ^= 1;
	assert_int_equal(prove_header(rig), PROOF_SLOTS_VECTOR);
}

static void what_the_house_adds_is_what_the_log_commits_to(void **state)
{
	struct rig *rig = *state;
	struct delivery *delivery = &rig->delivery;
	delivery->verrijking_count = 0;
	assert_int_equal(prove(rig), PROOF_VERRIJKING);
	rig->part.has_verrijking = false;
	assert_int_equal(prove_part(rig), PROOF_FINE); // neither
	delivery->verrijking_count = 1;
	assert_int_equal(prove(rig), PROOF_VERRIJKING);
	rig->part.has_verrijking = true;
	rig->part.verrijking.b[31] ^= 1;
	assert_int_equal(prove_part(rig), PROOF_VERRIJKING);
}

static void each_rubriek_has_a_grond_of_its_own(void **state)
{
	struct rig *rig = *state;
	struct grond *gronden = rig->part.gronden;
	for (size_t i = 0; i < rig->part.grond_count; i++) {
		const struct grond good = gronden[i];
		gronden[i].betrokkene = 7;
		assert_int_equal(prove_part(rig), PROOF_GROND);
		gronden[i] = good;
		gronden[i].rubriek = RUBRIEK_BSN;
		assert_int_equal(prove_part(rig), PROOF_GROND);
		gronden[i] = good;
		gronden[i].regel.len = 0;
		assert_int_equal(prove_part(rig), PROOF_GROND);
		gronden[i].regel.len = 1;
	}
	assert_int_equal(prove_part(rig), PROOF_FINE);
	rig->part.grond_count--;
	assert_int_equal(prove_part(rig), PROOF_GROND);
}

// As verrijking, in place of what is there.
static void add_rubriek(struct rig *rig, uint32_t soort)
{
	struct veld veld = {1, bytes_of_text("ja")};
	struct rubriek rubriek = {soort, 1, REGIME_AVG, {NULL, 0}, &veld, 1};
	struct opening *verrijking = &rig->delivery.verrijkingen[0];
	struct buffer wire;
	buffer_init(&wire, RUBRIEK_MAX);
	assert_int_equal(rubriek_encode(&rubriek, &wire), RESULT_OK);
	verrijking->value = arena_copy(rig->arena, buffer_view(&wire));
	buffer_done(&wire);
	rig->part.verrijking = verrijking_commitment(verrijking, 1);
	rig->part.gronden[rig->part.grond_count - 1].rubriek = soort;
}

// Beside the sender's own words the house may not put any in its mouth.
static void nobody_states_what_is_the_others_to_state(void **state)
{
	struct rig *rig = *state;
	add_rubriek(rig, RUBRIEK_IDENTIFICATIE);
	assert_int_equal(prove_part(rig), PROOF_RUBRIEK);
	add_rubriek(rig, 60000); // the list grows
	assert_int_equal(prove_part(rig), PROOF_FINE);
	// Where herkomst is withheld, all comes from the house.
	add_rubriek(rig, RUBRIEK_IDENTIFICATIE);
	rig->part.herkomst_onthouden = true;
	rig->part.slot_count = 0;
	rig->delivery = (struct delivery){.verrijkingen = rig->delivery.verrijkingen,
					  .verrijking_count = 1};
	assert_int_equal(prove_part(rig), PROOF_FINE);
}

static void a_sender_does_not_state_what_the_house_finds_out(void **state)
{
	struct rig *rig = *state;
	struct vector vector;
	static const uint8_t seed[VECTOR_SEED_LEN] = {3};
	struct bytes wire = rig->delivery.verrijkingen[0].value; // samenloop
	assert_int_equal(vector_make(VECTOR_SLOTS, POSITIONS, seed, &wire, 1, &vector), RESULT_OK);
	unsigned position = vector.order[0];
	rig->delivery.slots_vector = arena_copy(rig->arena, vector_bytes(&vector));
	rig->delivery.openings[0] = (struct opening){
		position, arena_copy(rig->arena, bytes_of_hash(&vector.salts[position])), wire};
	rig->delivery.opening_count = rig->part.slot_count = 1;
	rig->part.slots[0] = position;
	rig->header.slots_root = vector_root(&vector);
	assert_int_equal(prove_header(rig), PROOF_RUBRIEK);
}

static void herkomst_is_shown_or_withheld_and_then_nothing_is_left_of_it(void **state)
{
	struct rig *rig = *state;
	const struct delivery whole = rig->delivery;
	rig->part.herkomst_onthouden = true;
	assert_int_equal(prove_part(rig), PROOF_SENDER); // both
	const struct leaf leaf = rig->delivery.leaf;
	for (int piece = 0; piece < 5; piece++) {
		struct delivery *d = &rig->delivery;
		*d = whole;
		d->leaf = leaf;
		d->has_sender = false;
		d->slots_vector.len = piece == 1 ? d->slots_vector.len : 0;
		d->opening_count = piece == 2;
		rig->part.slot_count = piece == 3;
		d->sender_consistency.count = piece == 4;
		assert_int_equal(prove_part(rig), piece ? PROOF_SLOTS_LIST : PROOF_FINE);
	}
	rig->part.herkomst_onthouden = false;
	assert_int_equal(prove_part(rig), PROOF_SENDER); // neither
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(an_honest_delivery_is_proven_and_taken_apart),
		T(what_is_kept_is_taken_apart_again),
		T(what_lapses_at_this_moment_has_not_lapsed),
		T(it_is_for_this_ontvanger_and_the_next_in_number),
		T(what_gives_nothing_by_its_soort_carries_nothing),
		T(the_signer_is_the_party_of_the_key),
		T(the_key_counts_at_the_entry_of_the_melding),
		T(the_header_is_a_melding_to_this_house_and_log),
		T(the_log_extends_what_the_sender_saw),
		T(the_openings_are_the_slots_of_the_part),
		T(what_the_house_adds_is_what_the_log_commits_to),
		T(each_rubriek_has_a_grond_of_its_own),
		T(nobody_states_what_is_the_others_to_state),
		T(a_sender_does_not_state_what_the_house_finds_out),
		T(herkomst_is_shown_or_withheld_and_then_nothing_is_left_of_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
