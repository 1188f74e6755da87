// SPDX-License-Identifier: EUPL-1.2
// The messages of knooppunt.proto as C structs. Decoding puts arrays and copied bytes into the
// arena and is strict: unknown fields, non-canonical bytes, wrong lengths, more than a maximum,
// NUL or bad UTF-8 in a string give RESULT_MALFORMED (RESULT_TOO_LARGE beyond a maximum). Encoding
// is canonical, so decode(encode(x)) has one byte form. All views in a decoded struct live as long
// as the arena.
#ifndef KNP_WIRE_MESSAGE_H
#define KNP_WIRE_MESSAGE_H

#include "base/arena.h"
#include "tree/tree.h"
#include "wire/vector.h"

#define BATCH_MAX 256
#define BATCH_PATH_MAX 8
#define SIGNATURE_LEN 64
#define RUBRIEKEN_MAX VECTOR_CAPACITY_MAX
#define VELDEN_MAX 600   // per rubriek or statement
#define WAARDE_MAX 16384 // bytes of one veld; validate.h sets tighter limits per veld
#define RANDOM_LEN 16
#define ID_MIN 16
#define ID_MAX 64
#define SOURCE_MAX 120
#define BRON_MAX 120
#define STATEMENT_MAX 65536
#define RUBRIEK_MAX 65536    // exact encoding of one rubriek
#define REPLIES_MAX 256      // replies of one envelope, and deliveries or leaves of one reply
#define VERRIJKINGEN_MAX 256 // of one delivery; they may stand in for all rubrieken
#define WIRE_FIELD_MAX 120
#define ANTWOORD_MAX (200u * 1024) // bytes of the answer to a vraag

struct veld {
	uint32_t veld;
	struct bytes waarde;
};

struct rubriek {
	uint32_t soort;
	uint32_t betrokkene; // 0 the incident, 1..16
	uint32_t regime;
	struct bytes bron;
	struct veld *velden;
	size_t veld_count;
};

enum result rubriek_encode(const struct rubriek *rubriek, struct buffer *out) KNP_MUST_CHECK;
enum result rubriek_decode(struct bytes wire, struct arena *arena,
			   struct rubriek *ret_rubriek) KNP_MUST_CHECK;

struct head {
	uint64_t size;
	struct hash root; // zero when size is 0
};

struct statement {
	uint32_t type;
	struct bytes audience_oin, audience_log, source, id;
	uint64_t time;
	uint64_t sequence;
	struct bytes antwoord_op, vervangt;
	struct head head;
	uint8_t random[RANDOM_LEN];
	bool has_slots;
	struct hash slots_root;
	struct veld *velden;
	size_t veld_count;
};

enum result statement_encode(const struct statement *statement, struct buffer *out) KNP_MUST_CHECK;
enum result statement_decode(struct bytes wire, struct arena *arena,
			     struct statement *ret_statement) KNP_MUST_CHECK;

// The rubrieken of a melding as the sender handed them over.
struct slots {
	uint8_t seed[VECTOR_SEED_LEN];
	uint32_t capacity;       // 64 or 128
	struct bytes *rubrieken; // exact encodings
	size_t count;
};

struct signed_statement {
	struct bytes statement; // exact bytes
	struct bytes signer;    // OIN
	struct bytes key_id;    // KEY_ID_LEN
	uint32_t size, index;
	struct tree_path path;
	struct bytes signature;
};

// One statement with its proof, as acts are handed over in files.
enum result signed_statement_encode(const struct signed_statement *statement,
				    struct buffer *out) KNP_MUST_CHECK;
enum result signed_statement_decode(struct bytes wire, struct arena *arena,
				    struct signed_statement *ret_statement) KNP_MUST_CHECK;

struct item {
	struct bytes statement;
	uint32_t index;
	struct tree_path path;
	bool has_slots;
	struct slots slots;
};

// Plaintext of an envelope to the knooppunt.
struct request {
	struct bytes signer, key_id;
	uint32_t size;
	struct bytes signature;
	struct item *items;
	size_t item_count;
	struct head held; // newest checkpoint the sender holds as it sends
};
enum result request_encode(const struct request *request, struct buffer *out) KNP_MUST_CHECK;
enum result request_decode(struct bytes wire, struct arena *arena,
			   struct request *ret_request) KNP_MUST_CHECK;

struct opening {
	uint32_t position;
	struct bytes salt; // 32
	struct bytes value;
};

struct leaf {
	uint64_t index;
	struct bytes entry;  // ENTRY_LEN, wire/entry.h
	struct bytes vector; // 32 * 32
	struct opening part;
	struct tree_path path;
};

struct delivery {
	struct leaf leaf;
	bool has_sender;
	struct signed_statement sender;
	struct bytes slots_vector;
	struct opening *openings;
	size_t opening_count;
	struct opening *verrijkingen;
	size_t verrijking_count;
	struct tree_path sender_consistency;
};

enum outcome { OUTCOME_AANVAARD = 1, OUTCOME_GEWEIGERD = 2, OUTCOME_AGAIN = 3 };

struct reply {
	struct hash about;
	uint32_t outcome;
	uint32_t reason; // melding/reason.h
	struct bytes field;
	uint32_t pause_ms;
	bool has_receipt;
	struct leaf receipt;
	struct delivery *deliveries;
	size_t delivery_count;
	struct leaf *leaves; // of the register
	size_t leaf_count;
	bool more;
	struct bytes antwoord; // of a vraag
	bool follows;          // of a fetch: what comes after these is in a next envelope
};

// Plaintext of an envelope from the knooppunt.
struct replies {
	struct bytes checkpoint; // signed note
	uint64_t old_size;
	struct tree_path consistency;
	struct reply *replies;
	size_t reply_count;
};
enum result replies_encode(const struct replies *replies, struct buffer *out) KNP_MUST_CHECK;
enum result replies_decode(struct bytes wire, struct arena *arena,
			   struct replies *ret_replies) KNP_MUST_CHECK;

// Why a decoder refused, for the reason and field of a refusal: only asked after a failure.
enum wire_fault_kind {
	WIRE_FAULT_NONE,  // the shape is fine; the decoder refused a relation between fields
	WIRE_FAULT_SHAPE, // not protobuf, or a wrong wire type
	WIRE_FAULT_UNKNOWN_FIELD, // `field` ends in its number
	WIRE_FAULT_TEXT,          // NUL or bad UTF-8 in a string
	WIRE_FAULT_MISSING,
	WIRE_FAULT_LENGTH, // of bytes that have a fixed length, or a value below its range
	WIRE_FAULT_TOO_LONG,
	WIRE_FAULT_TOO_MANY,
	WIRE_FAULT_NOT_CANONICAL, // another encoding of the same values
};
struct wire_fault {
	enum wire_fault_kind kind;
	char field[WIRE_FIELD_MAX]; // "velden[3].waarde", "" when it cannot be told
};
enum wire_type { WIRE_REQUEST, WIRE_STATEMENT, WIRE_RUBRIEK, WIRE_REPLIES, WIRE_PART };
void wire_explain(enum wire_type type, struct bytes wire, struct arena *arena,
		  struct wire_fault *ret_fault);

#endif
