// SPDX-License-Identifier: EUPL-1.2
// Parts: what one reader may see of an entry. A part is hashed exactly as stored. Decoding is
// strict as in wire/message.h; arrays live in the arena.
#ifndef KNP_WIRE_PART_H
#define KNP_WIRE_PART_H

#include "wire/message.h"

#define PARTS_PER_ENTRY 31
#define HANDLE_LEN 16 // minting position (u64be) || 8 random bytes

enum part_kind {
	PART_SENDER = 1,
	PART_VERSTREKKING = 2,
	PART_VERANTWOORDING = 3,
	PART_REGISTER = 4,
	PART_TICK = 5,
	PART_WISSING = 6,
	PART_VERNIETIGING = 7,
	PART_STOP = 8,
	PART_ACCEPTATIE = 9,
};

// What the sender gets back: its outcome, never the route.
struct part_sender {
	struct bytes origin, source, id;
	struct hash header_hash;
	uint32_t outcome, reason;
	struct bytes field;
	bool oefening;
};

enum verstrekking_soort {
	VERSTREKKING_GEGEVEN = 1,
	VERSTREKKING_VERVALLEN = 2,
	// A rechtzetting: of what was given before, which its gronden name (none: all of it), says
	// what became of it, and gives nothing. Named as in the list "rechtzetting".
	VERSTREKKING_ONJUIST = 3,
	VERSTREKKING_AANGEVULD = 4,
	VERSTREKKING_BEPERKT = 5,
	VERSTREKKING_OPGEHEVEN = 6,
	VERSTREKKING_INGETROKKEN = 7,
	VERSTREKKING_GEWIST = 8,
	// What its gronden name was shown to who sits for this ontvanger, on the one screen of an
	// overleg; the delivery itself gives nothing.
	VERSTREKKING_GETOOND = 9,
	// The question that this ontvanger asked is closed: whoever was asked and is not among the
	// answers it got did not know the person, may not say so, or did not answer.
	VERSTREKKING_AFGESLOTEN = 10,
};
static inline bool verstrekking_is_rechtzetting(uint32_t soort)
{
	return soort >= VERSTREKKING_ONJUIST && soort <= VERSTREKKING_GEWIST;
}
// It only says something of what is known to its ontvanger: it has no content, and is as true under
// any later convenant.
static inline bool verstrekking_only_tells(uint32_t soort)
{
	return verstrekking_is_rechtzetting(soort) || soort == VERSTREKKING_GETOOND ||
	       soort == VERSTREKKING_AFGESLOTEN;
}
// "verstrekking", "vervallen", "getoond", "afgesloten", or as the list "rechtzetting" has it; NULL
// for another.
const char *verstrekking_soort_name(uint32_t soort);

// Why one rubriek of one betrokkene may go.
struct grond {
	uint32_t betrokkene, rubriek;
	struct bytes regel, convenantartikel, doel;
	struct bytes *grondslag;
	size_t grondslag_count;
	struct bytes overleg; // on whose agenda it came; else empty. Its rubriek is 0 then
	bool voorlopig;       // it rests on a code that nobody confirmed
};

// One verstrekking to one ontvanger.
struct part_verstrekking {
	struct bytes origin, oin, functie;
	uint64_t number; // contiguous per ontvanger, from 1; after a herstel from above its base
	uint32_t soort;
	struct hash header_hash;
	uint32_t *slots; // positions opened
	size_t slot_count;
	bool has_verrijking;
	struct hash verrijking; // verrijking_commitment()
	struct grond *gronden;
	size_t grond_count;
	struct hash convenant_hash;
	uint64_t geldig_tot; // milliseconds, 0 no lapse
	bool oefening;
	uint64_t betreft; // index of the melding's entry when this is a later one, else 0
	bool herkomst_onthouden;
	uint64_t vorige; // the number before this one where that is not number - 1: after a herstel
};

// One attribute as recorded: its values, or not known.
struct feit_waarde {
	uint32_t attribuut, betrokkene;
	bool bekend;
	struct bytes *waarden;
	size_t waarde_count;
	uint64_t *herkomst; // entries it was computed from, besides this one
	size_t herkomst_count;
	bool voorlopig; // it rests on a code that nobody confirmed
};

struct identificatie {
	uint32_t soort; // enum identificatie_soort, melding/lists.h
	struct bytes waarde;
};

struct persoon_link {
	uint32_t betrokkene;
	uint8_t handle[HANDLE_LEN];
	struct identificatie *identificaties;
	size_t identificatie_count;
};

struct gift {
	struct bytes oin, functie;
	uint32_t betrokkene, rubriek;
	struct bytes *regels;
	size_t regel_count;
	struct bytes overleg; // as in a grond
};

enum verplichting_soort {
	VERPLICHTING_WEGING = 1, // somebody must weigh it, for this regel
	VERPLICHTING_FEIT = 2,   // this regel cannot be told: a fact is not known
	// An overleg must say what became of an item on its agenda; `regel` is the overleg then.
	VERPLICHTING_AGENDA = 3,
	VERPLICHTING_OVERDRACHT = 4,     // who got it by this regel must take over, or give back
	VERPLICHTING_NOODTOETS = 5,      // the activation of this regel in an emergency is reviewed
	VERPLICHTING_ADVIES = 6,         // ZSM asked about a casus that has no advice for it
	VERPLICHTING_TERUGKOPPELING = 7, // ZSM was given context, and says what became of it
	// Nothing came of the melding; `regel` is VERPLICHTING_ZONDER_UITKOMST then.
	VERPLICHTING_SCREENING = 8,
	VERPLICHTING_VERZOEK = 9, // a request by rights is answered; `regel` is its zaak
	// Who was told of a rechtzetting says what it did; `regel` is the name of its soort.
	VERPLICHTING_OPVOLGING = 10,
	// Whom an overleg handed an item takes it over, or gives it back; `regel` is the overleg.
	VERPLICHTING_OVERNAME = 11,
	VERPLICHTING_BEKEND = 12, // who was asked by this regel says whether it knows the person
	// Nobody's: the knooppunt closes the question of whom it names, by the last of those.
	VERPLICHTING_AFSLUITING = 13,
	// For what was given by this regel: the betrokkene is informed; the melding is followed.
	VERPLICHTING_INFORMEREN = 20,
	VERPLICHTING_VOLGEN = 21,
};

#define VERPLICHTING_ZONDER_UITKOMST "zonder-uitkomst"

struct verplichting {
	uint32_t soort;
	struct bytes oin, functie, regel;
	uint64_t uiterlijk; // milliseconds
	uint32_t betrokkene;
	struct bytes convenant; // name of the convenant under which it is owed
	uint64_t over;          // entry it is owed about; 0: the melding of the entry that says so
};

struct rubriekplaats {
	uint32_t betrokkene, rubriek, position;
	uint32_t regime; // enum regime, melding/lists.h; 0: was not recorded
};

#define WPG20_COUNT 6 // elements of a decision of Wpg art. 20

// For the officer: what the decision rested on.
struct part_verantwoording {
	uint32_t type; // of the statement, enum statement_type
	struct bytes source, id;
	struct hash header_hash;
	uint64_t source_number, sequence;
	bool has_convenant;
	struct hash convenant_hash;
	struct bytes convenant; // its name; empty in entries of before it was recorded
	bool has_codes;
	struct hash codes_hash; // of the code tables it was decided with (codes/codes.h)
	uint64_t betreft;
	struct persoon_link *personen;
	size_t persoon_count;
	struct feit_waarde *feiten;
	size_t feit_count;
	struct gift *giften;
	size_t gift_count;
	struct verplichting *verplichtingen;
	size_t verplichting_count;
	struct rubriekplaats *rubrieken;
	size_t rubriek_count;
	struct veld *velden; // of a weging
	size_t veld_count;
	uint64_t bewaar_inhoud, bewaar_verantwoording; // milliseconds since 1970
	uint32_t slot_inhoud, slot_verantwoording;
	struct bytes signer;
	uint64_t received;
	struct bytes *signer_functies; // of the key that signed
	size_t signer_functie_count;
	bool has_wpg20;                  // where something was given
	struct bytes wpg20[WPG20_COUNT]; // the six elements of Wpg art. 20, in the order of the law
};

enum register_soort {
	REGISTER_GENESIS = 0,
	REGISTER_PARTNER = 1,
	REGISTER_INTREKKING = 2,
	REGISTER_CONVENANT = 3,
	REGISTER_HUISSLEUTEL = 4,
	REGISTER_HUISSLEUTEL_EINDE = 5,
	REGISTER_CONVENANT_EINDE = 16,
	REGISTER_HERSTEL = 17,
};

struct genesis {
	struct bytes origin, oin, naam;
	uint8_t log_key[32], receive_key[32], send_key[32], transport_key[32];
	struct bytes *rollen; // SignedBundle each
	size_t rol_count;
	bool oefening;
	uint64_t created;
	struct bytes predecessor;
};

struct convenantversie {
	struct bytes naam;
	struct hash hash; // SHA-256 of the document
	uint32_t size;
	bool ondertekend;
};

struct part_register {
	uint32_t soort;
	bool has_vorige;
	struct hash vorige; // leaf hash of the register leaf before
	struct genesis genesis;
	struct bytes partner;     // SignedBundle
	struct bytes ingetrokken; // KEY_ID_LEN
	struct convenantversie convenant;
	struct bytes opdracht; // register/huissleutel.h, register/einde.h, register/herstel.h
	struct signed_statement *acts;
	size_t act_count;
};

// How often in one minute something of one party was refused without an entry of its own: what it
// sent, or a connection with a key that was revoked. OIN_NOBODY: connections with keys that were
// never enrolled.
struct telling {
	struct bytes oin;
	uint64_t minuut; // minutes since 1970 UTC
	uint32_t reden;  // enum reason
	uint32_t aantal;
};

struct part_tick {
	uint64_t generation;
	uint64_t *vervallen;
	size_t vervallen_count;
	uint32_t *erased_begun, *erased_done;
	size_t erased_begun_count, erased_done_count;
	struct telling *tellingen;
	size_t telling_count;
};

// The content of one melding destroyed by order of two roles (register/register.h): begun in a leaf
// of its own, done in a tick (erased_done has its slots).
struct part_wissing {
	uint64_t melding;
	struct bytes opdracht;
	struct signed_statement *acts;
	size_t act_count;
	uint32_t *slots;
	size_t slot_count;
};

// What a term ended, in a tick: the content of meldingen, or what accounts for them. Done stands in
// erased_done of a later tick.
enum vernietiging_soort { VERNIETIGING_INHOUD = 1, VERNIETIGING_VERANTWOORDING = 2 };
#define VERNIETIGING_MAX 256 // meldingen of one part
struct vernietigd {
	uint64_t melding;
	uint32_t *slots;
	size_t slot_count;
	uint64_t *entries; // of verantwoording: those whose parts go, the melding first
	size_t entry_count;
};
// What outlives an accountability: a source keeps its number and remembers which sequence numbers
// it used, an ontvanger the highest delivery number.
struct bron_teller {
	struct bytes source;
	uint64_t number;
	uint64_t *sequences;
	size_t sequence_count;
};
struct ontvanger_teller {
	struct bytes oin, functie;
	uint64_t number;
};
struct part_vernietiging {
	uint32_t soort;
	struct vernietigd *vernietigd;
	size_t count;
	struct bron_teller *bronnen;
	size_t bron_count;
	struct ontvanger_teller *ontvangers;
	size_t ontvanger_count;
};

// A vernietigingsstop, or its end (register/stop.h).
struct part_stop {
	struct bytes opdracht;
	struct signed_statement *acts;
	size_t act_count;
	uint64_t einde; // 0: one begins
	uint64_t *meldingen;
	size_t melding_count; // 0: all
	uint64_t herzien;
};

// Rows of the code tables that count until a day (register/acceptatie.h).
#define ACCEPTATIE_BYTES_MAX (64u * 1024)
struct part_acceptatie {
	struct bytes opdracht;
	struct signed_statement *acts;
	size_t act_count;
};

struct part {
	enum part_kind kind;
	union {
		struct part_sender sender;
		struct part_verstrekking verstrekking;
		struct part_verantwoording verantwoording;
		struct part_register registerdeel;
		struct part_tick tick;
		struct part_wissing wissing;
		struct part_vernietiging vernietiging;
		struct part_stop stop;
		struct part_acceptatie acceptatie;
	};
};

enum result part_encode(const struct part *part, struct buffer *out) KNP_MUST_CHECK;
enum result part_decode(struct bytes wire, struct arena *arena,
			struct part *ret_part) KNP_MUST_CHECK;
// Of bytes that part_encode() made here and that were authenticated since.
enum result part_decode_own(struct bytes wire, struct arena *arena,
			    struct part *ret_part) KNP_MUST_CHECK;

// What a part_verstrekking says of the verrijkingen beside it:
// SHA-256(PAE("knooppunt/verrijking/v1", then for each: salt, value)). At most VERRIJKINGEN_MAX.
struct hash verrijking_commitment(const struct opening *verrijkingen, size_t count);

// The stored forms (never sent).
struct stored_parts {
	uint8_t seed[VECTOR_SEED_LEN];
	struct bytes *parts;
	size_t count;
};
enum result stored_parts_encode(const struct stored_parts *stored,
				struct buffer *out) KNP_MUST_CHECK;
enum result stored_parts_decode(struct bytes wire, struct arena *arena,
				struct stored_parts *ret_stored) KNP_MUST_CHECK;
struct stored_content {
	struct signed_statement sender;
	struct slots slots; // capacity 0 when the statement has none
	struct opening *verrijkingen;
	size_t verrijking_count;
};
enum result stored_content_encode(const struct stored_content *content,
				  struct buffer *out) KNP_MUST_CHECK;
enum result stored_content_decode(struct bytes wire, struct arena *arena,
				  struct stored_content *ret_content) KNP_MUST_CHECK;

#endif
