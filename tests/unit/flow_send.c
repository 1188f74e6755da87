// SPDX-License-Identifier: EUPL-1.2
// What goes in: statements of partners as an opener hands them over.
#include "flow_world.h"

#include "base/clock.h"
#include "ipc/channel.h"

#define CASE_RUBRIEKEN 96

const struct flow_case flow_one_person = {
	.count = 1,
	.persons = {{.rol = "slachtoffer", .bsn = "999990342", .geslachtsnaam = "Test"}}};

struct writing {
	struct flow_world *w;
	struct rubriek rubrieken[CASE_RUBRIEKEN];
	struct bytes wires[CASE_RUBRIEKEN];
	size_t count;
};

static struct bytes keep(struct flow_world *w, struct bytes view)
{
	struct bytes copy = arena_copy(w->arena, view);
	assert_non_null(copy.data);
	return copy;
}

static struct rubriek *begin_rubriek(struct writing *writing, uint32_t soort, uint32_t betrokkene)
{
	assert_true(writing->count < CASE_RUBRIEKEN);
	struct rubriek *rubriek = &writing->rubrieken[writing->count++];
	*rubriek = (struct rubriek){
		.soort = soort,
		.betrokkene = betrokkene,
		.regime = REGIME_AVG,
		.velden = arena_alloc(writing->w->arena, 16 * sizeof(struct veld))};
	assert_non_null(rubriek->velden);
	return rubriek;
}

// NULL: not said.
static void add_veld(struct rubriek *rubriek, uint32_t veld, const char *waarde)
{
	if (waarde)
		rubriek->velden[rubriek->veld_count++] = (struct veld){veld, bytes_of_text(waarde)};
}

static void write_person(struct writing *writing, const struct flow_person *person,
			 uint32_t betrokkene)
{
	struct rubriek *r = begin_rubriek(writing, RUBRIEK_BETROKKENHEID, betrokkene);
	add_veld(r, BETROKKENHEID_ROL, person->rol ? person->rol : "slachtoffer");
	add_veld(r, BETROKKENHEID_WOONGEMEENTE, person->woongemeente);
	add_veld(r, BETROKKENHEID_MINDERJARIG, person->minderjarig);
	add_veld(r, BETROKKENHEID_VERBLIJFGEMEENTE, person->verblijfgemeente);
	if (person->geslachtsnaam)
		add_veld(begin_rubriek(writing, RUBRIEK_IDENTIFICATIE, betrokkene),
			 IDENTIFICATIE_GESLACHTSNAAM, person->geslachtsnaam);
	if (person->bsn)
		add_veld(begin_rubriek(writing, RUBRIEK_BSN, betrokkene), BSN_WAARDE, person->bsn);
	if (person->skn) {
		r = begin_rubriek(writing, RUBRIEK_KETENNUMMER, betrokkene);
		add_veld(r, KETENNUMMER_SOORT, "skn");
		add_veld(r, KETENNUMMER_WAARDE, person->skn);
	}
	if (person->vnummer) {
		r = begin_rubriek(writing, RUBRIEK_KETENNUMMER, betrokkene);
		r->regime = REGIME_WPG;
		add_veld(r, KETENNUMMER_SOORT, "v-nummer");
		add_veld(r, KETENNUMMER_WAARDE, person->vnummer);
	}
}

static void write_case(struct writing *writing, const struct flow_case *c)
{
	struct rubriek *r = begin_rubriek(writing, RUBRIEK_KENMERKEN, 0);
	char count[24];
	snprintf(count, sizeof count, "%zu", c->count);
	add_veld(r, KENMERK_SOORT, c->soort ? c->soort : "politie");
	add_veld(r, KENMERK_THEMA, c->thema);
	add_veld(r, KENMERK_URGENTIE, c->urgentie ? c->urgentie : "gewoon");
	add_veld(r, KENMERK_GEMEENTE, c->gemeente ? c->gemeente : "GM1883");
	add_veld(r, KENMERK_REGISTRATIENUMMER, c->registratienummer);
	r->velden[r->veld_count++] =
		(struct veld){KENMERK_BETROKKENEN, keep(writing->w, bytes_of_text(count))};
	add_veld(r, KENMERK_OVERLEG, c->overleg);
	for (size_t i = 0; i < c->count; i++)
		write_person(writing, &c->persons[i], (uint32_t)i + 1);
	if (c->toelichting)
		add_veld(begin_rubriek(writing, RUBRIEK_TOELICHTING, 0), TOELICHTING_TEKST,
			 c->toelichting);
	for (size_t i = 0; c->turned && i < writing->count / 2; i++) {
		struct rubriek first = writing->rubrieken[i];
		writing->rubrieken[i] = writing->rubrieken[writing->count - 1 - i];
		writing->rubrieken[writing->count - 1 - i] = first;
	}
	for (size_t i = 0; i < writing->count; i++) {
		struct buffer wire;
		buffer_init(&wire, RUBRIEK_MAX);
		assert_int_equal(rubriek_encode(&writing->rubrieken[i], &wire), RESULT_OK);
		writing->wires[i] = keep(writing->w, buffer_view(&wire));
		buffer_done(&wire);
	}
}

void flow_sign_again(struct flow_world *w, struct flow_party *party, struct flow_sent *sent)
{
	struct buffer wire;
	buffer_init(&wire, STATEMENT_MAX);
	assert_int_equal(statement_encode(&sent->opened.statement, &wire), RESULT_OK);
	struct bytes statement = keep(w, buffer_view(&wire));
	buffer_done(&wire);
	assert_int_equal(
		batch_sign(&(const struct batch_signer){&party->bundle.oin, &party->identity},
			   &statement, 1, sent->signature, &sent->opened.signed_statement),
		RESULT_OK);
	sent->about = sent->opened.header_hash = header_hash(statement);
}

static struct flow_sent *begin_sent(struct flow_world *w, struct flow_party *party, uint32_t type)
{
	struct flow_sent *sent = arena_alloc(w->arena, sizeof *sent);
	assert_non_null(sent);
	snprintf(sent->id, sizeof sent->id, "id-%s-%010llu", party->bundle.oin.text,
		 (unsigned long long)++party->sequence);
	sent->opened = (struct opened){
		.route = {.connection = party->connection, .generation = 1},
		.connection_oin = party->bundle.oin,
		.sender_oin = party->bundle.oin,
		.sealing_id = party->sealing.id,
		.envelope_items = 1,
		.statement = {.type = type,
			      .audience_oin = bytes_of_text(FLOW_HOUSE),
			      .audience_log = bytes_of_text(FLOW_ORIGIN),
			      .source = bytes_of_text(party->source),
			      .id = bytes_of_text(sent->id),
			      .time = (uint64_t)clock_wall_ms(),
			      .sequence = party->sequence,
			      .head = {.size = w->core->checkpoint.size,
				       .root = w->core->checkpoint.root}},
	};
	random_bytes(sent->opened.statement.random, RANDOM_LEN);
	return sent;
}

struct flow_sent *flow_melding(struct flow_world *w, struct flow_party *party,
			       const struct flow_case *c)
{
	struct flow_sent *sent = begin_sent(w, party, TYPE_MELDING);
	struct writing *writing = arena_alloc(w->arena, sizeof *writing);
	struct vector vector;
	assert_non_null(writing);
	writing->w = w;
	write_case(writing, c);
	struct slots *slots = &sent->opened.slots;
	*slots = (struct slots){.capacity = writing->count > 64 ? 128 : 64,
				.rubrieken = writing->wires,
				.count = writing->count};
	random_bytes(slots->seed, sizeof slots->seed);
	assert_int_equal(vector_make(VECTOR_SLOTS, slots->capacity, slots->seed, slots->rubrieken,
				     slots->count, &vector),
			 RESULT_OK);
	sent->opened.has_slots = sent->opened.statement.has_slots = true;
	sent->opened.statement.slots_root = vector_root(&vector);
	sent->opened.melding = (struct melding){writing->rubrieken, writing->count};
	flow_sign_again(w, party, sent);
	return sent;
}

struct flow_sent *flow_say(struct flow_world *w, struct flow_party *party, uint32_t type,
			   const struct veld *velden, size_t count)
{
	struct flow_sent *sent = begin_sent(w, party, type);
	struct veld *copy = arena_alloc(w->arena, (count + 1) * sizeof *copy);
	assert_non_null(copy);
	for (size_t i = 0; i < count; i++)
		copy[i] = (struct veld){velden[i].veld, keep(w, velden[i].waarde)};
	sent->opened.statement.velden = copy;
	sent->opened.statement.veld_count = count;
	flow_sign_again(w, party, sent);
	return sent;
}

struct flow_sent *flow_weging(struct flow_world *w, struct flow_party *party,
			      const struct flow_judgement *judgement)
{
	char entry[24], number[12];
	snprintf(entry, sizeof entry, "%llu", (unsigned long long)judgement->melding);
	snprintf(number, sizeof number, "%u", judgement->betrokkene);
	struct veld velden[] = {
		{WEGING_ENTRY, bytes_of_text(entry)},
		{WEGING_REGEL, bytes_of_text(judgement->regel)},
		{WEGING_BETROKKENE, bytes_of_text(number)},
		{WEGING_UITKOMST, bytes_of_text(judgement->uitkomst)},
		{WEGING_MEDEWERKER, bytes_of_text("medewerker-1")},
		{WEGING_MOTIVERING, bytes_of_text("gewogen")},
	};
	return flow_say(w, party, TYPE_WEGING, velden, COUNT_OF(velden));
}

struct flow_sent *flow_fetch(struct flow_world *w, struct flow_party *party, const char *functie,
			     uint64_t after)
{
	char number[24];
	snprintf(number, sizeof number, "%llu", (unsigned long long)after);
	struct veld velden[] = {{FETCH_FUNCTIE, bytes_of_text(functie)},
				{FETCH_AFTER, bytes_of_text(number)}};
	return flow_say(w, party, TYPE_FETCH, velden, COUNT_OF(velden));
}

struct flow_sent *flow_ack(struct flow_world *w, struct flow_party *party, const char *functie,
			   const struct delivery *delivery)
{
	uint8_t item[40];
	struct hash hash = sha256(delivery->leaf.part.value);
	put_u64be(item, flow_part(w, delivery)->number);
	memcpy(item + 8, hash.b, 32);
	struct veld velden[] = {{ACK_FUNCTIE, bytes_of_text(functie)},
				{ACK_ITEM, bytes_make(item, sizeof item)}};
	return flow_say(w, party, TYPE_ACK, velden, COUNT_OF(velden));
}

void flow_hand(struct flow_world *w, const struct flow_sent *sent)
{
	struct buffer message;
	buffer_init(&message, CHANNEL_MESSAGE_MAX);
	assert_int_equal(opened_encode(&sent->opened, &message), RESULT_OK);
	enum result r = flow_take(w->core, buffer_view(&message));
	buffer_done(&message);
	if (r && r != RESULT_MALFORMED)
		assert_int_equal(flow_abort(w->core, r), RESULT_OK);
}

void flow_end_batch(struct flow_world *w)
{
	assert_int_equal(flow_commit(w->core), RESULT_OK);
}

void flow_send_one(struct flow_world *w, const struct flow_sent *sent)
{
	flow_hand(w, sent);
	flow_end_batch(w);
}

struct flow_sent *flow_melded(struct flow_world *w, struct flow_party *party,
			      const struct flow_case *c, uint64_t *ret_index)
{
	struct flow_sent *melding = flow_melding(w, party, c);
	flow_send_one(w, melding);
	uint64_t index = flow_accepted(w, party, melding);
	if (ret_index)
		*ret_index = index;
	return melding;
}
