// SPDX-License-Identifier: EUPL-1.2
#include "crypto/secret.h"
#include "wire/part.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TEXT(literal) ((struct bytes){(const uint8_t *)(literal), sizeof(literal) - 1})
#define OIN TEXT("00000099000000001000")
#define ORIGIN TEXT("knooppunt.example/oefening")

static const uint8_t filler[64] = {1};
static struct bytes texts[] = {TEXT("een"), TEXT("twee")};

struct fixture {
	struct arena *arena;
	struct buffer wire, again;
	struct part back;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	if (!fixture || arena_new(16 << 20, &fixture->arena))
		return -1;
	buffer_init(&fixture->wire, 2 << 20);
	buffer_init(&fixture->again, 2 << 20);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	arena_free(fixture->arena);
	buffer_done(&fixture->wire);
	buffer_done(&fixture->again);
	free(fixture);
	return 0;
}

// Encodes, decodes into fixture->back and encodes that to the same bytes; both ways of decoding.
static void round_trip(struct fixture *fixture, const struct part *part)
{
	buffer_clear(&fixture->wire);
	buffer_clear(&fixture->again);
	assert_int_equal(part_encode(part, &fixture->wire), RESULT_OK);
	assert_int_equal(
		part_decode_own(buffer_view(&fixture->wire), fixture->arena, &fixture->back),
		RESULT_OK);
	assert_int_equal(part_encode(&fixture->back, &fixture->again), RESULT_OK);
	assert_true(bytes_equal(buffer_view(&fixture->again), buffer_view(&fixture->wire)));
	buffer_clear(&fixture->again);
	assert_int_equal(part_decode(buffer_view(&fixture->wire), fixture->arena, &fixture->back),
			 RESULT_OK);
	assert_int_equal(fixture->back.kind, part->kind);
	assert_int_equal(part_encode(&fixture->back, &fixture->again), RESULT_OK);
	assert_true(bytes_equal(buffer_view(&fixture->again), buffer_view(&fixture->wire)));
}

static void a_senders_part_comes_back_as_it_went(void **state)
{
	struct fixture *fixture = *state;
	struct part part = {.kind = PART_SENDER};
	part.sender = (struct part_sender){
		.origin = ORIGIN,
		.source = TEXT("urn:nld:oin:00000099000000001000:systeem:zaak"),
		.id = TEXT("0123456789abcdef"),
		.header_hash = {{9}},
		.outcome = OUTCOME_GEWEIGERD,
		.reason = 24,
		.field = TEXT("rubriek[1].bsn"),
		.oefening = true,
	};
	round_trip(fixture, &part);
	const struct part_sender *back = &fixture->back.sender;
	assert_true(bytes_equal(back->origin, ORIGIN));
	assert_true(bytes_equal(back->source, part.sender.source));
	assert_true(bytes_equal(back->id, part.sender.id));
	assert_int_equal(back->header_hash.b[0], 9);
	assert_int_equal(back->outcome, OUTCOME_GEWEIGERD);
	assert_int_equal(back->reason, 24);
	assert_true(bytes_equal(back->field, part.sender.field));
	assert_true(back->oefening);
}

static void a_verstrekking_comes_back_as_it_went(void **state)
{
	struct fixture *fixture = *state;
	uint32_t slots[] = {63, 0, 7};
	struct grond gronden[] = {
		{1, 3, TEXT("detentie"), TEXT("art. 4"), TEXT("doel"), texts, 2, TEXT(""), true},
		{2, 0, TEXT("b"), TEXT(""), TEXT(""), NULL, 0, TEXT("weegtafel"), false},
	};
	struct part part = {.kind = PART_VERSTREKKING};
	part.verstrekking = (struct part_verstrekking){
		.origin = ORIGIN,
		.oin = OIN,
		.functie = TEXT("nazorg"),
		.number = 12,
		.soort = VERSTREKKING_GEGEVEN,
		.header_hash = {{1}},
		.slots = slots,
		.slot_count = 3,
		.has_verrijking = true,
		.verrijking = {{2}},
		.gronden = gronden,
		.grond_count = 2,
		.convenant_hash = {{3}},
		.geldig_tot = 99,
		.oefening = true,
		.betreft = 5,
		.herkomst_onthouden = true,
	};
	round_trip(fixture, &part);
	const struct part_verstrekking *back = &fixture->back.verstrekking;
	assert_true(bytes_equal(back->oin, OIN) && bytes_equal(back->functie, TEXT("nazorg")));
	assert_true(back->number == 12 && back->geldig_tot == 99 && back->betreft == 5);
	assert_int_equal(back->soort, VERSTREKKING_GEGEVEN);
	assert_int_equal(back->header_hash.b[0], 1);
	assert_int_equal(back->slot_count, 3);
	assert_memory_equal(back->slots, slots, sizeof slots);
	assert_true(back->has_verrijking && back->verrijking.b[0] == 2);
	assert_int_equal(back->convenant_hash.b[0], 3);
	assert_true(back->oefening && back->herkomst_onthouden);
	assert_int_equal(back->grond_count, 2);
	assert_int_equal(back->gronden[0].betrokkene, 1);
	assert_int_equal(back->gronden[0].rubriek, 3);
	assert_true(bytes_equal(back->gronden[0].regel, TEXT("detentie")));
	assert_true(bytes_equal(back->gronden[0].convenantartikel, TEXT("art. 4")));
	assert_true(bytes_equal(back->gronden[0].doel, TEXT("doel")));
	assert_true(bytes_equal(back->gronden[1].overleg, TEXT("weegtafel")));
	assert_true(bytes_equal(back->gronden[0].grondslag[1], TEXT("twee")));

	part.verstrekking.number = 0; // delivery numbers begin at 1
	assert_int_equal(part_encode(&part, &fixture->wire), RESULT_MALFORMED);
	part.verstrekking.number = 1;
	slots[1] = 128;
	assert_int_equal(part_encode(&part, &fixture->wire), RESULT_TOO_LARGE);
}

static void fill_verantwoording(struct part *part)
{
	static struct identificatie ids[] = {{1, TEXT("999990019")}, {2, TEXT("v")}};
	static struct persoon_link personen[] = {{1, {7}, ids, 2}, {2, {8}, NULL, 0}};
	static uint64_t herkomst[] = {5, UINT64_C(1) << 40};
	static struct feit_waarde feiten[] = {{4, 1, true, texts, 2, herkomst, 2, true},
					      {5, 0, false, NULL, 0, NULL, 0, false}};
	static struct gift giften[] = {{OIN, TEXT("wmo"), 1, 3, texts, 2, TEXT("weegtafel")}};
	static struct verplichting verplichtingen[] = {{VERPLICHTING_WEGING, OIN, TEXT("regie"),
							TEXT("regel"), 1234, 1, TEXT("verband"),
							77}};
	static struct rubriekplaats rubrieken[] = {{0, 1, 63, 1}, {1, 3, 0, 0}};
	static struct veld velden[] = {{4, TEXT("lokaal")}};
	*part = (struct part){.kind = PART_VERANTWOORDING};
	part->verantwoording = (struct part_verantwoording){
		.type = 1,
		.source = TEXT("urn"),
		.id = TEXT("0123456789abcdef"),
		.header_hash = {{1}},
		.source_number = 2,
		.sequence = 3,
		.has_convenant = true,
		.convenant = TEXT("verband"),
		.convenant_hash = {{4}},
		.betreft = 5,
		.personen = personen,
		.persoon_count = 2,
		.feiten = feiten,
		.feit_count = 2,
		.giften = giften,
		.gift_count = 1,
		.verplichtingen = verplichtingen,
		.verplichting_count = 1,
		.rubrieken = rubrieken,
		.rubriek_count = 2,
		.velden = velden,
		.veld_count = 1,
		.bewaar_inhoud = 6,
		.bewaar_verantwoording = 7,
		.slot_inhoud = 8,
		.slot_verantwoording = 9,
		.signer = OIN,
		.received = 10,
		.signer_functies = texts,
		.signer_functie_count = 2,
	};
}

static void a_verantwoording_comes_back_as_it_went(void **state)
{
	struct fixture *fixture = *state;
	struct part part;
	fill_verantwoording(&part);
	round_trip(fixture, &part);
	const struct part_verantwoording *back = &fixture->back.verantwoording;
	assert_int_equal(back->type, 1);
	assert_true(back->source_number == 2 && back->sequence == 3 && back->betreft == 5);
	assert_true(back->has_convenant && back->convenant_hash.b[0] == 4 &&
		    bytes_equal(back->convenant, TEXT("verband")));
	assert_int_equal(back->persoon_count, 2);
	assert_int_equal(back->personen[0].handle[0], 7);
	assert_int_equal(back->personen[0].identificatie_count, 2);
	assert_true(bytes_equal(back->personen[0].identificaties[0].waarde, TEXT("999990019")));
	assert_int_equal(back->personen[0].identificaties[1].soort, 2);
	assert_int_equal(back->personen[1].identificatie_count, 0);
	assert_int_equal(back->feit_count, 2);
	assert_true(back->feiten[0].bekend && !back->feiten[1].bekend);
	assert_true(back->feiten[0].attribuut == 4 &&
		    bytes_equal(back->feiten[0].waarden[1], TEXT("twee")));
	assert_true(back->feiten[0].herkomst[1] == UINT64_C(1) << 40);
	assert_true(back->gift_count == 1 && back->giften[0].regel_count == 2);
	assert_true(bytes_equal(back->giften[0].functie, TEXT("wmo")));
	assert_true(back->verplichting_count == 1 && back->verplichtingen[0].uiterlijk == 1234 &&
		    back->verplichtingen[0].over == 77);
	assert_true(bytes_equal(back->verplichtingen[0].regel, TEXT("regel")) &&
		    bytes_equal(back->verplichtingen[0].convenant, TEXT("verband")));
	assert_true(back->rubriek_count == 2 && back->rubrieken[0].position == 63);
	assert_true(back->veld_count == 1 && bytes_equal(back->velden[0].waarde, TEXT("lokaal")));
	assert_true(back->bewaar_inhoud == 6 && back->bewaar_verantwoording == 7);
	assert_true(back->slot_inhoud == 8 && back->slot_verantwoording == 9);
	assert_true(bytes_equal(back->signer, OIN) && back->received == 10);
	assert_int_equal(back->signer_functie_count, 2);
	assert_true(bytes_equal(back->signer_functies[1], TEXT("twee")));
}

static struct part register_part(uint32_t soort)
{
	struct part part = {.kind = PART_REGISTER};
	part.registerdeel.soort = soort;
	part.registerdeel.has_vorige = soort != REGISTER_GENESIS;
	return part;
}

static void every_register_part_comes_back_as_it_went(void **state)
{
	struct fixture *fixture = *state;
	static struct signed_statement acts[] = {{TEXT("act"),
						  OIN,
						  {filler, 8},
						  2,
						  1,
						  {.hashes = {{{6}}}, .count = 1},
						  {filler, 64}}};
	struct part part = register_part(REGISTER_GENESIS);
	part.registerdeel.genesis = (struct genesis){
		.origin = ORIGIN,
		.oin = OIN,
		.naam = TEXT("Zorg- en Veiligheidshuis Oefening"),
		.log_key = {1},
		.receive_key = {2},
		.send_key = {3},
		.transport_key = {4},
		.rollen = texts,
		.rol_count = 2,
		.oefening = true,
		.created = 5,
		.predecessor = TEXT("old.example/log"),
	};
	round_trip(fixture, &part);
	const struct genesis *genesis = &fixture->back.registerdeel.genesis;
	assert_false(fixture->back.registerdeel.has_vorige);
	assert_int_equal(genesis->log_key[0], 1);
	assert_int_equal(genesis->receive_key[0], 2);
	assert_int_equal(genesis->send_key[0], 3);
	assert_int_equal(genesis->transport_key[0], 4);
	assert_int_equal(genesis->rol_count, 2);
	assert_true(genesis->oefening && genesis->created == 5);
	assert_true(bytes_equal(genesis->predecessor, TEXT("old.example/log")));

	part = register_part(REGISTER_PARTNER);
	part.registerdeel.vorige.b[3] = 8;
	part.registerdeel.partner = TEXT("bundle");
	part.registerdeel.acts = acts;
	part.registerdeel.act_count = 1;
	round_trip(fixture, &part);
	assert_int_equal(fixture->back.registerdeel.vorige.b[3], 8);
	assert_true(bytes_equal(fixture->back.registerdeel.partner, TEXT("bundle")));
	assert_int_equal(fixture->back.registerdeel.act_count, 1);
	assert_int_equal(fixture->back.registerdeel.acts[0].path.hashes[0].b[0], 6);

	part = register_part(REGISTER_INTREKKING);
	part.registerdeel.ingetrokken = bytes_make(filler, 8);
	round_trip(fixture, &part);
	assert_int_equal(fixture->back.registerdeel.ingetrokken.len, 8);

	part = register_part(REGISTER_CONVENANT);
	part.registerdeel.convenant =
		(struct convenantversie){TEXT("voorbeeld"), {{5}}, 4096, true};
	round_trip(fixture, &part);
	assert_true(bytes_equal(fixture->back.registerdeel.convenant.naam, TEXT("voorbeeld")));
	assert_int_equal(fixture->back.registerdeel.convenant.size, 4096);
	assert_true(fixture->back.registerdeel.convenant.ondertekend);
}

static void a_register_part_carries_only_what_its_soort_says(void **state)
{
	struct fixture *fixture = *state;
	struct part part = register_part(REGISTER_INTREKKING);
	part.registerdeel.ingetrokken = bytes_make(filler, 8);
	assert_int_equal(part_encode(&part, &fixture->wire), RESULT_OK);
	part.registerdeel.partner = TEXT("bundle");
	assert_int_equal(part_encode(&part, &fixture->wire), RESULT_MALFORMED);
	part = register_part(REGISTER_PARTNER); // and no bundle
	assert_int_equal(part_encode(&part, &fixture->wire), RESULT_MALFORMED);
	part.registerdeel.partner = TEXT("bundle");
	part.registerdeel.has_vorige = false; // the chain would break
	assert_int_equal(part_encode(&part, &fixture->wire), RESULT_MALFORMED);
	part = register_part(4);
	assert_int_equal(part_encode(&part, &fixture->wire), RESULT_MALFORMED);
	// Read: soort 2 with a partner instead of a key, and soort 4.
	buffer_clear(&fixture->wire);
	part = register_part(REGISTER_PARTNER);
	part.registerdeel.partner = TEXT("bundle");
	assert_int_equal(part_encode(&part, &fixture->wire), RESULT_OK);
	uint8_t *soort = memmem(fixture->wire.data, fixture->wire.len, "\x08\x01\x12\x20", 4);
	assert_non_null(soort);
	for (uint8_t wrong = 2; wrong < 5; wrong++) {
		soort[1] = wrong;
		assert_int_equal(
			part_decode(buffer_view(&fixture->wire), fixture->arena, &fixture->back),
			RESULT_MALFORMED);
	}
}

static void a_tick_comes_back_as_it_went(void **state)
{
	struct fixture *fixture = *state;
	uint64_t vervallen[] = {3, 0, 500};
	uint32_t begun[] = {1, 2}, done[] = {0};
	struct part part = {.kind = PART_TICK};
	round_trip(fixture, &part); // a tick in which nothing happened
	struct telling tellingen[] = {{TEXT("00000099000000001000"), 29833333, 7, 12}};
	part.tick = (struct part_tick){9, vervallen, 3, begun, done, 2, 1, tellingen, 1};
	round_trip(fixture, &part);
	const struct part_tick *back = &fixture->back.tick;
	assert_true(back->generation == 9);
	assert_int_equal(back->vervallen_count, 3);
	assert_true(back->vervallen[2] == 500);
	assert_int_equal(back->erased_begun_count, 2);
	assert_int_equal(back->erased_begun[1], 2);
	assert_int_equal(back->erased_done_count, 1);
	assert_int_equal(back->telling_count, 1);
	assert_true(bytes_equal(back->tellingen[0].oin, tellingen[0].oin));
	assert_true(back->tellingen[0].minuut == 29833333);
	assert_int_equal(back->tellingen[0].reden, 7);
	assert_int_equal(back->tellingen[0].aantal, 12);
}

static void no_part_or_two_parts_are_refused(void **state)
{
	struct fixture *fixture = *state;
	struct part part = {.kind = PART_TICK};
	assert_int_equal(part_decode(TEXT(""), fixture->arena, &fixture->back), RESULT_MALFORMED);
	assert_int_equal(part_encode(&part, &fixture->wire), RESULT_OK);
	assert_int_equal(part_encode(&part, &fixture->wire), RESULT_OK);
	assert_int_equal(part_decode(buffer_view(&fixture->wire), fixture->arena, &fixture->back),
			 RESULT_MALFORMED);
	part.kind = 0;
	assert_int_equal(part_encode(&part, &fixture->again), RESULT_MALFORMED);
	part.kind = 7;
	assert_int_equal(part_encode(&part, &fixture->again), RESULT_MALFORMED);
}

static void cut_or_changed_parts_never_get_a_second_reading(void **state)
{
	struct fixture *fixture = *state;
	struct part part;
	fill_verantwoording(&part);
	assert_int_equal(part_encode(&part, &fixture->wire), RESULT_OK);
	for (size_t i = 0; i < fixture->wire.len; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			fixture->wire.data[i] ^= (uint8_t)(1u << bit);
			arena_clear(fixture->arena);
			buffer_clear(&fixture->again);
			if (part_decode(buffer_view(&fixture->wire), fixture->arena,
					&fixture->back) == RESULT_OK) {
				assert_int_equal(part_encode(&fixture->back, &fixture->again),
						 RESULT_OK);
				assert_true(bytes_equal(buffer_view(&fixture->again),
							buffer_view(&fixture->wire)));
			}
			fixture->wire.data[i] ^= (uint8_t)(1u << bit);
		}
		enum result cut = part_decode(bytes_make(fixture->wire.data, i), fixture->arena,
					      &fixture->back);
		assert_int_not_equal(cut, RESULT_OK);
	}
}

static void stored_parts_come_back_as_they_went(void **state)
{
	struct fixture *fixture = *state;
	struct stored_parts stored = {{7}, texts, 2}, back;
	assert_int_equal(stored_parts_encode(&stored, &fixture->wire), RESULT_OK);
	assert_int_equal(stored_parts_decode(buffer_view(&fixture->wire), fixture->arena, &back),
			 RESULT_OK);
	assert_int_equal(back.seed[0], 7);
	assert_int_equal(back.count, 2);
	assert_true(bytes_equal(back.parts[1], TEXT("twee")));
	struct bytes many[PARTS_PER_ENTRY + 1];
	for (size_t i = 0; i <= PARTS_PER_ENTRY; i++)
		many[i] = TEXT("x");
	stored.parts = many;
	stored.count = PARTS_PER_ENTRY + 1;
	assert_int_equal(stored_parts_encode(&stored, &fixture->wire), RESULT_TOO_LARGE);
}

// A store that was written stays readable: another hash here is another disk format.
static void the_stored_forms_have_the_bytes_they_always_had(void **state)
{
	struct fixture *fixture = *state;
	struct opening verrijkingen[] = {{2, {filler, 32}, TEXT("v")}};
	struct stored_parts parts = {{7}, texts, 2};
	struct stored_content content = {
		.sender = {TEXT("statement"), OIN, {filler, 8}, 1, 0, {.count = 0}, {filler, 64}},
		.slots = {{3}, 128, texts, 2},
		.verrijkingen = verrijkingen,
		.verrijking_count = 1,
	};
	char hex[65];
	assert_int_equal(stored_parts_encode(&parts, &fixture->wire), RESULT_OK);
	assert_int_equal(stored_content_encode(&content, &fixture->wire), RESULT_OK);
	struct hash hash = sha256(buffer_view(&fixture->wire));
	hex_encode(hex, bytes_of_hash(&hash));
	assert_string_equal(hex,
			    "4c986223b4da6925b445325b6c8c3632947f59f357f75a785f70c3dcc43f245f");
}

static void stored_content_comes_back_with_and_without_slots(void **state)
{
	struct fixture *fixture = *state;
	struct opening verrijkingen[] = {{0, {filler, 32}, TEXT("v")}};
	struct stored_content content = {
		.sender = {TEXT("statement"), OIN, {filler, 8}, 1, 0, {.count = 0}, {filler, 64}},
		.slots = {{3}, 128, texts, 2},
		.verrijkingen = verrijkingen,
		.verrijking_count = 1,
	};
	struct stored_content back;
	assert_int_equal(stored_content_encode(&content, &fixture->wire), RESULT_OK);
	assert_int_equal(stored_content_decode(buffer_view(&fixture->wire), fixture->arena, &back),
			 RESULT_OK);
	assert_true(bytes_equal(back.sender.statement, TEXT("statement")));
	assert_int_equal(back.slots.capacity, 128);
	assert_int_equal(back.slots.seed[0], 3);
	assert_true(bytes_equal(back.slots.rubrieken[0], TEXT("een")));
	assert_int_equal(back.verrijking_count, 1);
	content.slots = (struct slots){.capacity = 0};
	buffer_clear(&fixture->wire);
	assert_int_equal(stored_content_encode(&content, &fixture->wire), RESULT_OK);
	assert_int_equal(stored_content_decode(buffer_view(&fixture->wire), fixture->arena, &back),
			 RESULT_OK);
	assert_int_equal(back.slots.capacity, 0);
	assert_int_equal(back.slots.count, 0);
}

static void the_commitment_to_verrijkingen_binds_each_and_their_order(void **state)
{
	(void)state;
	const uint8_t other[32] = {2};
	struct opening two[] = {{0, {filler, 32}, TEXT("a")}, {1, {other, 32}, TEXT("b")}};
	struct opening swapped[] = {two[1], two[0]};
	struct hash both = verrijking_commitment(two, 2);
	struct hash one = verrijking_commitment(two, 1);
	struct hash turned = verrijking_commitment(swapped, 2);
	struct bytes pieces[] = {TEXT("knooppunt/verrijking/v1"), two[0].salt, TEXT("a"),
				 two[1].salt, TEXT("b")};
	struct hash expected = pae_sha256(pieces, 5);
	assert_true(hash_equal(&both, &expected));
	assert_false(hash_equal(&both, &one));
	assert_false(hash_equal(&both, &turned));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_senders_part_comes_back_as_it_went),
		TEST(a_verstrekking_comes_back_as_it_went),
		TEST(a_verantwoording_comes_back_as_it_went),
		TEST(every_register_part_comes_back_as_it_went),
		TEST(a_register_part_carries_only_what_its_soort_says),
		TEST(a_tick_comes_back_as_it_went),
		TEST(no_part_or_two_parts_are_refused),
		TEST(cut_or_changed_parts_never_get_a_second_reading),
		TEST(stored_parts_come_back_as_they_went),
		TEST(the_stored_forms_have_the_bytes_they_always_had),
		TEST(stored_content_comes_back_with_and_without_slots),
		TEST(the_commitment_to_verrijkingen_binds_each_and_their_order),
	};
	if (crypto_start())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
