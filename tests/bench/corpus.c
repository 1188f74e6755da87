// SPDX-License-Identifier: EUPL-1.2
#include "corpus.h"

#include "base/clock.h"
#include "bsn.h"
#include "crypto/secret.h"
#include "lib/shared.h"
#include "melding/validate.h"
#include "wire/batch.h"

#include <stdio.h>
#include <string.h>

#define PAYLOAD 1024
#define CAPACITY 64
#define WITHOUT_PERSON 24 // of a hundred
#define REPEATS 21
#define RUBRIEKEN 5

struct making {
	const struct corpus_signer *signer;
	struct corpus *corpus;
	struct arena *arena;
	struct civil_date today;
	char now[21];
};

// What one melding is about: a person, or 0 for nobody.
struct subject {
	bool person;
	char bsn[10];
};

static uint32_t below(uint32_t limit)
{
	uint32_t random;
	random_bytes((uint8_t *)&random, sizeof random);
	return random % limit;
}

static struct subject pick_subject(struct making *making)
{
	struct corpus *corpus = making->corpus;
	struct subject subject = {.person = true};
	uint32_t dice = below(100), person = corpus->persons;
	if (dice < WITHOUT_PERSON) {
		corpus->without_person++;
		subject.person = false;
		return subject;
	}
	if (dice < WITHOUT_PERSON + REPEATS && corpus->persons > 0) {
		person = below(corpus->persons);
		corpus->repeats++;
	} else {
		corpus->persons++;
	}
	bsn_of(making->signer->first_person + person, subject.bsn);
	return subject;
}

// ---- rubrieken -------------------------------------------------------------------------------

static enum result add_rubriek(struct making *making, struct slots *slots,
			       const struct rubriek *rubriek)
{
	struct buffer wire;
	buffer_init(&wire, RUBRIEK_MAX);
	enum result result = rubriek_encode(rubriek, &wire);
	struct bytes copy = arena_copy(making->arena, buffer_view(&wire));
	buffer_done(&wire);
	if (result == RESULT_OK && !copy.data)
		result = RESULT_NO_MEMORY;
	if (result == RESULT_OK) {
		slots->rubrieken[slots->count++] = copy;
		making->corpus->rubriek_bytes += copy.len;
	}
	return result;
}

static enum result add_incident(struct making *making, const struct subject *subject,
				struct slots *slots)
{
	struct veld kenmerken[] = {
		{KENMERK_SOORT, bytes_of_text("politie")},
		{KENMERK_THEMA, bytes_of_text("verward-gedrag")},
		{KENMERK_KLASSE, making->signer->klasse},
		{KENMERK_URGENTIE, bytes_of_text("gewoon")},
		{KENMERK_STRAFRECHT, bytes_of_text("nee")},
		{KENMERK_GEMEENTE, bytes_of_text("GM1883")},
		{KENMERK_TIJDSTIP, bytes_of_text(making->now)},
		{KENMERK_REGISTRATIENUMMER, bytes_of_text("PL2300-2026000000-1")},
		{KENMERK_BETROKKENEN, bytes_of_text(subject->person ? "1" : "0")},
	};
	struct veld incident[] = {
		{INCIDENT_BEGIN, bytes_of_text(making->now)},
		{3, bytes_of_text("onbegrepen-gedrag")},
		{4, bytes_of_text("openbare-weg")},
		{5, bytes_of_text("Voorbeeldstraat")},
		{9, bytes_of_text("Voorbeeldstad")},
		{10, bytes_of_text("nee")},
		{13, bytes_of_text("ja")},
	};
	const struct rubriek rubrieken[] = {
		{RUBRIEK_KENMERKEN,
		 0,
		 REGIME_WPG,
		 {NULL, 0},
		 kenmerken,
		 sizeof kenmerken / sizeof kenmerken[0]},
		{RUBRIEK_INCIDENT,
		 0,
		 REGIME_WPG,
		 {NULL, 0},
		 incident,
		 sizeof incident / sizeof incident[0]},
	};
	enum result result = add_rubriek(making, slots, &rubrieken[0]);
	return result == RESULT_OK ? add_rubriek(making, slots, &rubrieken[1]) : result;
}

static enum result add_person(struct making *making, const struct subject *subject,
			      struct slots *slots)
{
	struct veld betrokkenheid[] = {
		{BETROKKENHEID_ROL, bytes_of_text("betrokkene")},
		{BETROKKENHEID_WOONGEMEENTE, bytes_of_text("GM1883")},
		{BETROKKENHEID_MINDERJARIG, bytes_of_text("nee")},
	};
	struct veld bsn = {BSN_WAARDE, bytes_of_text(subject->bsn)};
	const struct rubriek rubrieken[] = {
		{RUBRIEK_BETROKKENHEID, 1, REGIME_WPG, {NULL, 0}, betrokkenheid, 3},
		{RUBRIEK_BSN, 1, REGIME_WPG, {NULL, 0}, &bsn, 1},
	};
	if (!subject->person)
		return RESULT_OK;
	enum result result = add_rubriek(making, slots, &rubrieken[0]);
	return result == RESULT_OK ? add_rubriek(making, slots, &rubrieken[1]) : result;
}

// The rest of the payload is free text.
static enum result add_toelichting(struct making *making, struct slots *slots)
{
	static const char words[] = "Dit is vrije tekst van een melding die niet bestaat. ";
	char text[PAYLOAD];
	size_t used = 16; // of the rubriek around it
	for (size_t i = 0; i < slots->count; i++)
		used += slots->rubrieken[i].len;
	size_t len = used < PAYLOAD ? PAYLOAD - used : 1;
	for (size_t i = 0; i < len; i++)
		text[i] = i + 1 < len ? words[i % (sizeof words - 1)] : '.';
	struct veld tekst = {TOELICHTING_TEKST, bytes_make(text, len)};
	const struct rubriek rubriek = {RUBRIEK_TOELICHTING, 0, REGIME_WPG, {NULL, 0}, &tekst, 1};
	return add_rubriek(making, slots, &rubriek);
}

// A mistake of ours shows here, not as refusals while the clock runs.
static enum result check_melding(const struct making *making, const struct slots *slots)
{
	struct rubriek rubrieken[RUBRIEKEN];
	struct melding melding = {.rubrieken = rubrieken, .count = slots->count};
	struct refusal refusal;
	for (size_t i = 0; i < slots->count; i++) {
		enum result result =
			rubriek_decode(slots->rubrieken[i], making->arena, &rubrieken[i]);
		if (result != RESULT_OK)
			return result;
	}
	if (melding_validate(&melding, making->today, &refusal))
		return RESULT_OK;
	fprintf(stderr, "bench-load: the melding is not valid: %s %s\n",
		reason_code(refusal.reason), refusal.field);
	return RESULT_MALFORMED;
}

static enum result make_slots(struct making *making, struct slots *slots, struct hash *ret_root)
{
	struct subject subject = pick_subject(making);
	struct vector vector;
	slots->capacity = CAPACITY;
	slots->rubrieken = arena_alloc(making->arena, RUBRIEKEN * sizeof *slots->rubrieken);
	if (!slots->rubrieken)
		return RESULT_NO_MEMORY;
	random_bytes(slots->seed, sizeof slots->seed);
	enum result result = add_incident(making, &subject, slots);
	if (result == RESULT_OK)
		result = add_person(making, &subject, slots);
	if (result == RESULT_OK)
		result = add_toelichting(making, slots);
	if (result == RESULT_OK && making->corpus->meldingen < BATCH_MAX)
		result = check_melding(making, slots);
	if (result == RESULT_OK)
		result = vector_make(VECTOR_SLOTS, CAPACITY, slots->seed, slots->rubrieken,
				     slots->count, &vector);
	if (result == RESULT_OK)
		*ret_root = vector_root(&vector);
	return result;
}

// ---- statements ------------------------------------------------------------------------------

static enum result make_item(struct making *making, struct item *item)
{
	const struct corpus_signer *signer = making->signer;
	struct statement statement = {
		.type = TYPE_MELDING,
		.audience_oin = signer->audience_oin,
		.audience_log = signer->audience_log,
		.source = signer->source,
		.time = (uint64_t)clock_wall_ms(),
		.sequence = signer->sequence + making->corpus->meldingen,
		.head = signer->head,
		.has_slots = true,
	};
	char id[37];
	struct buffer wire;
	uuid_make(id, (int64_t)statement.time);
	statement.id = bytes_of_text(id);
	random_bytes(statement.random, sizeof statement.random);
	item->has_slots = true;
	enum result result = make_slots(making, &item->slots, &statement.slots_root);
	if (result != RESULT_OK)
		return result;
	buffer_init(&wire, STATEMENT_MAX);
	result = statement_encode(&statement, &wire);
	item->statement = arena_copy(making->arena, buffer_view(&wire));
	buffer_done(&wire);
	making->corpus->meldingen++;
	return result == RESULT_OK && !item->statement.data ? RESULT_NO_MEMORY : result;
}

static enum result sign_items(struct making *making, struct corpus_batch *batch)
{
	struct request *request = &batch->request;
	struct bytes statements[BATCH_MAX];
	uint8_t *signature = arena_alloc(making->arena, SIGNATURE_LEN);
	struct signed_statement *signatures =
		arena_alloc(making->arena, request->item_count * sizeof *signatures);
	if (!signature || !signatures)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < request->item_count; i++)
		statements[i] = request->items[i].statement;
	enum result result = batch_sign(
		&(const struct batch_signer){making->signer->oin, making->signer->identity},
		statements, request->item_count, signature, signatures);
	for (size_t i = 0; result == RESULT_OK && i < request->item_count; i++) {
		request->items[i].index = signatures[i].index;
		request->items[i].path = signatures[i].path;
		batch->headers[i] = header_hash(statements[i]);
	}
	request->signature = bytes_make(signature, SIGNATURE_LEN);
	return result;
}

static enum result make_batch(struct making *making, size_t count, struct corpus_batch *batch)
{
	struct request *request = &batch->request;
	enum result result = RESULT_OK;
	request->signer = bytes_of_text(making->signer->oin->text);
	request->key_id = bytes_make(making->signer->identity->id.b, KEY_ID_LEN);
	request->size = (uint32_t)count;
	request->item_count = count;
	request->items = arena_alloc(making->arena, count * sizeof *request->items);
	batch->headers = arena_alloc(making->arena, count * sizeof *batch->headers);
	if (!request->items || !batch->headers)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; result == RESULT_OK && i < count; i++)
		result = make_item(making, &request->items[i]);
	return result == RESULT_OK ? sign_items(making, batch) : result;
}

enum result corpus_make(const struct corpus_signer *signer, size_t meldingen, size_t batch,
			struct arena *arena, struct corpus *ret_corpus)
{
	struct corpus corpus = {.meldingen = 0};
	struct making making = {.signer = signer, .corpus = &corpus, .arena = arena};
	making.today = date_amsterdam(clock_wall_ms());
	time_format(making.now, clock_wall_ms() - MS_PER_HOUR);
	corpus.batches = arena_alloc(arena, (meldingen / batch + 1) * sizeof *corpus.batches);
	if (!corpus.batches)
		return RESULT_NO_MEMORY;
	while (corpus.meldingen < meldingen) {
		size_t left = meldingen - corpus.meldingen;
		enum result result = make_batch(&making, left < batch ? left : batch,
						&corpus.batches[corpus.count++]);
		if (result != RESULT_OK)
			return result;
	}
	*ret_corpus = corpus;
	return RESULT_OK;
}
