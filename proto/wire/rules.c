// SPDX-License-Identifier: EUPL-1.2
#include "wire/rules.h"

#include "keys/keys.h"
#include "wire/entry.h"
#include "wire/part.h"

#define ORIGIN_LEN_MAX 255
#define TEXT_MAX 1024
#define NAAM_MAX 119
#define SOORT_MAX 31
#define CHECKPOINT_LEN_MAX 16384
#define BUNDLE_MAX 8192
#define HASH_LEN 32
#define LOG_SIZE_MAX (UINT64_MAX >> 1)

#define ANY                                                                                        \
	{                                                                                          \
		0, UINT64_MAX, 0, true                                                             \
	}
#define RANGE(low, high)                                                                           \
	{                                                                                          \
		low, high, 0, false                                                                \
	}
#define EXACTLY(length) RANGE(length, length)
#define AT_MOST(high) RANGE(0, high)
#define OPTIONAL(length)                                                                           \
	{                                                                                          \
		length, length, 0, true                                                            \
	}
#define MANY(low, high, count)                                                                     \
	{                                                                                          \
		low, high, count, true                                                             \
	}
#define PATH(count) MANY(HASH_LEN, HASH_LEN, count)
#define ONE RANGE(0, UINT64_MAX) // a message that must be there
#define MAYBE ANY                // one that need not
#define LIST(count) MANY(0, UINT64_MAX, count)

static const struct rule veld[] = {
	RANGE(1, UINT32_MAX),
	AT_MOST(WAARDE_MAX),
};
static const struct rule rubriek[] = {
	ANY, ANY, ANY, AT_MOST(BRON_MAX), LIST(VELDEN_MAX),
};
static const struct rule head[] = {
	RANGE(1, LOG_SIZE_MAX),
	EXACTLY(HASH_LEN),
};
static const struct rule statement[] = {
	ANY,                     // type
	AT_MOST(OIN_LEN),        // audience_oin
	AT_MOST(ORIGIN_LEN_MAX), // audience_log
	AT_MOST(SOURCE_MAX),     // source
	AT_MOST(ID_MAX),         // id
	ANY,                     // time
	ANY,                     // sequence
	AT_MOST(SOURCE_MAX),     // antwoord_op
	AT_MOST(SOURCE_MAX),     // vervangt
	MAYBE,                   // head
	EXACTLY(RANDOM_LEN),     // random
	OPTIONAL(HASH_LEN),      // slots_root
	LIST(VELDEN_MAX),        // velden
};
static const struct rule slots[] = {
	EXACTLY(VECTOR_SEED_LEN),
	RANGE(64, VECTOR_CAPACITY_MAX),
	MANY(1, RUBRIEK_MAX, RUBRIEKEN_MAX),
};
static const struct rule item[] = {
	RANGE(1, STATEMENT_MAX),
	AT_MOST(BATCH_MAX - 1),
	PATH(BATCH_PATH_MAX),
	MAYBE,
};
static const struct rule request[] = {
	EXACTLY(OIN_LEN),
	EXACTLY(KEY_ID_LEN),
	RANGE(1, BATCH_MAX),
	EXACTLY(SIGNATURE_LEN),
	{0, UINT64_MAX, BATCH_MAX, false}, // items
	MAYBE,                             // held
};

static const struct rule opening[] = {
	AT_MOST(VERRIJKINGEN_MAX - 1),
	EXACTLY(VECTOR_SALT_LEN),
	ANY,
};
static const struct rule leaf[] = {
	AT_MOST(LOG_SIZE_MAX), EXACTLY(ENTRY_LEN), EXACTLY(VECTOR_PARTS *HASH_LEN), ONE,
	PATH(TREE_PATH_MAX),
};
static const struct rule signed_statement[] = {
	RANGE(1, STATEMENT_MAX), EXACTLY(OIN_LEN),     EXACTLY(KEY_ID_LEN),    RANGE(1, BATCH_MAX),
	AT_MOST(BATCH_MAX - 1),  PATH(BATCH_PATH_MAX), EXACTLY(SIGNATURE_LEN),
};
static const struct rule delivery[] = {
	ONE,
	MAYBE,
	{64 * HASH_LEN, VECTOR_CAPACITY_MAX *HASH_LEN, 0, true}, // slots_vector
	LIST(VECTOR_CAPACITY_MAX),
	LIST(VERRIJKINGEN_MAX),
	PATH(TREE_PATH_MAX),
};
static const struct rule reply[] = {
	EXACTLY(HASH_LEN),       // about
	ANY,                     // outcome
	ANY,                     // reason
	AT_MOST(WIRE_FIELD_MAX), // field
	ANY,                     // pause_ms
	MAYBE,                   // receipt
	LIST(REPLIES_MAX),       // deliveries
	LIST(REPLIES_MAX),       // register
	ANY,                     // more
	AT_MOST(ANTWOORD_MAX),   // antwoord
	ANY,                     // follows
};
static const struct rule replies[] = {
	AT_MOST(CHECKPOINT_LEN_MAX),
	AT_MOST(LOG_SIZE_MAX),
	PATH(TREE_PATH_MAX),
	LIST(REPLIES_MAX),
};

static const struct rule part_sender[] = {
	RANGE(1, ORIGIN_LEN_MAX), // origin
	AT_MOST(SOURCE_MAX),      // source
	AT_MOST(ID_MAX),          // id
	EXACTLY(HASH_LEN),        // header_hash
	ANY,                      // outcome
	ANY,                      // reason
	AT_MOST(WIRE_FIELD_MAX),  // field
	ANY,                      // oefening
};
static const struct rule part_verstrekking[] = {
	RANGE(1, ORIGIN_LEN_MAX),                              // origin
	EXACTLY(OIN_LEN),                                      // oin
	RANGE(1, FUNCTIE_MAX),                                 // functie
	RANGE(1, UINT64_MAX),                                  // number
	RANGE(1, UINT32_MAX),                                  // soort
	EXACTLY(HASH_LEN),                                     // header_hash
	MANY(0, VECTOR_CAPACITY_MAX - 1, VECTOR_CAPACITY_MAX), // slots
	OPTIONAL(HASH_LEN),                                    // verrijking
	LIST(4096),                                            // gronden
	EXACTLY(HASH_LEN),                                     // convenant_hash
	ANY,                                                   // geldig_tot
	ANY,                                                   // oefening
	ANY,                                                   // betreft
	ANY,                                                   // herkomst_onthouden
	ANY,                                                   // vorige
};
static const struct rule grond[] = {
	ANY,
	ANY,
	AT_MOST(TEXT_MAX),
	AT_MOST(TEXT_MAX),
	AT_MOST(TEXT_MAX),
	MANY(1, TEXT_MAX, 64),
	AT_MOST(64),
	ANY,
};
static const struct rule feit[] = {
	ANY, ANY, ANY, MANY(0, TEXT_MAX, 1024), LIST(65536), ANY,
};
static const struct rule identificatie[] = {
	ANY,
	RANGE(1, SOURCE_MAX),
};
static const struct rule persoon_link[] = {
	ANY,
	EXACTLY(HANDLE_LEN),
	LIST(64),
};
static const struct rule gift[] = {
	EXACTLY(OIN_LEN), RANGE(1, FUNCTIE_MAX), ANY, ANY, MANY(1, TEXT_MAX, 256), AT_MOST(64),
};
static const struct rule verplichting[] = {
	RANGE(1, UINT32_MAX),
	AT_MOST(OIN_LEN),
	AT_MOST(FUNCTIE_MAX),
	AT_MOST(TEXT_MAX),
	ANY,
	ANY,
	AT_MOST(64),
	ANY,
};
static const struct rule part_verantwoording[] = {
	AT_MOST(SOURCE_MAX),                // source
	AT_MOST(ID_MAX),                    // id
	EXACTLY(HASH_LEN),                  // header_hash
	ANY,                                // source_number
	ANY,                                // sequence
	OPTIONAL(HASH_LEN),                 // convenant_hash
	ANY,                                // betreft
	LIST(256),                          // personen
	LIST(16384),                        // feiten
	LIST(65536),                        // giften
	LIST(4096),                         // verplichtingen
	LIST(RUBRIEKEN_MAX),                // rubrieken
	LIST(VELDEN_MAX),                   // velden
	ANY,                                // bewaar_inhoud
	ANY,                                // bewaar_verantwoording
	ANY,                                // slot_inhoud
	ANY,                                // slot_verantwoording
	AT_MOST(OIN_LEN),                   // signer
	ANY,                                // received
	ANY,                                // type
	MANY(1, FUNCTIE_MAX, FUNCTIES_MAX), // signer_functies
	MAYBE,                              // wpg20
	AT_MOST(64),                        // convenant
	OPTIONAL(HASH_LEN),                 // codes_hash
};
static const struct rule wpg20[] = {
	RANGE(1, TEXT_MAX), RANGE(1, TEXT_MAX), RANGE(1, TEXT_MAX),
	RANGE(1, TEXT_MAX), RANGE(1, TEXT_MAX), RANGE(1, TEXT_MAX),
};
static const struct rule rubriekplaats[] = {
	ANY,
	ANY,
	AT_MOST(VECTOR_CAPACITY_MAX - 1),
	ANY,
};

static const struct rule bundle[] = {
	EXACTLY(OIN_LEN),                   // oin
	RANGE(1, NAAM_MAX),                 // naam
	RANGE(1, SOORT_MAX),                // soort
	MANY(1, FUNCTIE_MAX, FUNCTIES_MAX), // functies
	RANGE(1, UINT32_MAX),               // suite
	EXACTLY(HASH_LEN),                  // identity
	OPTIONAL(HASH_LEN),                 // sealing
	OPTIONAL(HASH_LEN),                 // transport
};
static const struct rule signed_bundle[] = {
	RANGE(1, BUNDLE_MAX),
	EXACTLY(SIGNATURE_LEN),
	OPTIONAL(HASH_LEN),
	OPTIONAL(HASH_LEN),
};
static const struct rule genesis[] = {
	RANGE(1, ORIGIN_LEN_MAX), // origin
	EXACTLY(OIN_LEN),         // oin
	RANGE(1, TEXT_MAX),       // naam
	EXACTLY(HASH_LEN),        // log_key
	EXACTLY(HASH_LEN),        // receive_key
	EXACTLY(HASH_LEN),        // send_key
	EXACTLY(HASH_LEN),        // transport_key
	MANY(1, BUNDLE_MAX, 16),  // rollen
	ANY,                      // oefening
	ANY,                      // created
	AT_MOST(ORIGIN_LEN_MAX),  // predecessor
};
static const struct rule part_register[] = {
	ANY,                  // soort
	OPTIONAL(HASH_LEN),   // vorige
	MAYBE,                // genesis
	AT_MOST(BUNDLE_MAX),  // partner
	OPTIONAL(KEY_ID_LEN), // ingetrokken
	MAYBE,                // convenant
	LIST(16),             // acts
	AT_MOST(TEXT_MAX),    // opdracht
};
static const struct rule convenantversie[] = {
	RANGE(1, TEXT_MAX),
	EXACTLY(HASH_LEN),
	ANY,
	ANY,
};
static const struct rule part_tick[] = {
	ANY, LIST(65536), LIST(4096), LIST(4096), LIST(1024),
};
static const struct rule part_wissing[] = {
	ANY,                // melding
	RANGE(1, TEXT_MAX), // opdracht
	LIST(16),           // acts
	LIST(4096),         // slots
};
static const struct rule part_vernietiging[] = {
	ANY,       // soort
	LIST(256), // vernietigd
	LIST(256), // bronnen
	LIST(4096) // ontvangers
};
static const struct rule part_stop[] = {
	RANGE(1, TEXT_MAX), // opdracht
	LIST(16),           // acts
	ANY,                // einde
	LIST(256),          // meldingen
	ANY,                // herzien
};
static const struct rule part_acceptatie[] = {
	RANGE(1, ACCEPTATIE_BYTES_MAX), // opdracht
	LIST(16),                       // acts
};
static const struct rule vernietigd[] = {
	ANY,        // melding
	LIST(4096), // slots
	LIST(4096), // entries
};
static const struct rule bron_teller[] = {
	RANGE(1, SOURCE_MAX), // source
	ANY,                  // number
	LIST(65536),          // sequences
};
static const struct rule ontvanger_teller[] = {
	EXACTLY(OIN_LEN),      // oin
	RANGE(1, FUNCTIE_MAX), // functie
	ANY,                   // number
};
static const struct rule telling[] = {
	EXACTLY(OIN_LEN),
	ANY,
	ANY,
	ANY,
};
static const struct rule part[] = {
	MAYBE, MAYBE, MAYBE, MAYBE, MAYBE, MAYBE, MAYBE, MAYBE, MAYBE,
};
static const struct rule stored_parts[] = {
	EXACTLY(VECTOR_SEED_LEN),
	MANY(1, CODEC_WIRE_MAX, PARTS_PER_ENTRY),
};
static const struct rule stored_content[] = {
	ONE, MAYBE,
	LIST(PARTS_PER_ENTRY *VERRIJKINGEN_MAX), // of all its parts together
};

#define ROW(name)                                                                                  \
	{                                                                                          \
		&knooppunt__v1__##name##__descriptor, name, sizeof name / sizeof name[0]           \
	}
static const struct {
	const ProtobufCMessageDescriptor *type;
	const struct rule *rules;
	size_t count;
} rows[] = {
	// Those that occur most in a melding come first.
	ROW(veld),
	ROW(rubriek),
	ROW(statement),
	ROW(head),
	ROW(item),
	ROW(slots),
	ROW(request),
	ROW(opening),
	ROW(leaf),
	ROW(signed_statement),
	ROW(delivery),
	ROW(reply),
	ROW(replies),
	ROW(part),
	ROW(part_sender),
	ROW(part_verstrekking),
	ROW(grond),
	ROW(feit),
	ROW(gift),
	ROW(part_verantwoording),
	ROW(wpg20),
	ROW(identificatie),
	ROW(persoon_link),
	ROW(verplichting),
	ROW(rubriekplaats),
	ROW(stored_parts),
	ROW(stored_content),
	ROW(part_tick),
	ROW(telling),
	ROW(part_register),
	ROW(convenantversie),
	ROW(genesis),
	ROW(bundle),
	ROW(signed_bundle),
	ROW(part_wissing),
	ROW(part_vernietiging),
	ROW(part_stop),
	ROW(part_acceptatie),
	ROW(vernietigd),
	ROW(bron_teller),
	ROW(ontvanger_teller),
};

const struct rule *rules_of(const ProtobufCMessageDescriptor *type)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (rows[i].type == type)
			return rows[i].count == type->n_fields ? rows[i].rules : NULL;
	}
	return NULL;
}
