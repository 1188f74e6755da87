// SPDX-License-Identifier: EUPL-1.2
// The register: who holds which keys for which (OIN, functies), and which convenant is in force.
// It is a chain of leaves of the log, each naming the one before; every party reads it in full and
// folds it with this module, the knooppunt, the clients and the verifier alike, so that nobody has
// to believe the knooppunt about a key (design §6).
//
// A key counts by log index: it is valid for a statement whose entry comes after the leaf that
// brought it and before the leaf that revoked it.
#ifndef KNP_REGISTER_REGISTER_H
#define KNP_REGISTER_REGISTER_H

#include "melding/validate.h"
#include "tree/note.h"
#include "wire/batch.h"
#include "wire/bundle.h"
#include "wire/message.h"
#include "wire/part.h"

#define REGISTER_PARTIES_MAX 2048
#define REGISTER_NEVER UINT64_MAX
#define REGISTER_SHOWN_MAX (48u * 1024 * 1024) // bytes of the file that shows a whole register
#define REGISTER_SHOWN_ARENA (8u * REGISTER_SHOWN_MAX) // address space to read it in
#define REGISTER_HOUSE_KEYS_MAX 64                     // of all uses together
#define REGISTER_HERSTEL_MAX 8
_Static_assert(LOG_KEYS_MAX >= REGISTER_HOUSE_KEYS_MAX + REGISTER_HERSTEL_MAX,
	       "a key that outlives a herstel counts under each origin apart");
// Delivery numbers begin anew above all that a predecessor can have given out.
#define REGISTER_NUMBER_BITS 28

#define FUNCTIE_BEHEERDER "beheerder"
#define FUNCTIE_OFFICER "privacy-officer"
#define FUNCTIE_OFFICER_DEPUTY "privacy-officer-plv"
// Not a role: keys of the house that a privacy officer asks with (statement type vraag). They sign
// no act.
#define FUNCTIE_PRIVACYBUREAU "privacybureau"

struct party {
	struct bundle bundle;
	struct key_id identity_id, sealing_id, transport_id;
	uint64_t from;  // index of the leaf that brought it
	uint64_t until; // index of the leaf that revoked it, REGISTER_NEVER while in force
	uint64_t since; // time of the leaf that brought it
	bool is_role;   // signs acts only: no sealing or transport key
};

// What genesis fixes for good.
struct register_genesis {
	char origin[256];
	struct oin house;
	char naam[120];
	uint8_t log_key[32], receive_key[32], send_key[32], transport_key[32];
	bool oefening;
	uint64_t created;
	struct hash leaf; // leaf hash of entry 0: its fingerprint belongs in the paper convenant
};

// A key of the knooppunt itself that may change; the first of each use is that of genesis.
enum house_use { HOUSE_RECEIVE, HOUSE_LOG, HOUSE_SEND, HOUSE_TRANSPORT, HOUSE_USES };
#define HOUSE_ADRES_MAX 160
struct house_key {
	enum house_use use;
	uint8_t key[32];
	// Of a transport key: where it is served ("tcp://host:port"). "": agreed outside the
	// register, as that of genesis is.
	char adres[HOUSE_ADRES_MAX + 1];
	struct key_id id;
	uint64_t from, until; // as of a party; of a log key see register_log_keys()
	uint64_t since;       // time of the leaf that brought it
};

// A version of a convenant. Of each name at most one is in force: the next one replaces it.
#define REGISTER_CONVENANTEN_MAX 8 // in force at once
struct register_convenant {
	char naam[65];
	struct hash hash;
	bool ondertekend;
	uint64_t from, until; // index of the leaf that brought it, and of that which ended it
};

// The log went on from a copy (register/herstel.h).
struct register_herstel {
	char origin[256];  // of the log from entry `from` on
	uint64_t from;     // the leaf of the herstel, and so how many entries the copy had
	struct hash root;  // of those
	uint64_t verloren; // the largest size that the predecessor is known to have had
	uint64_t since;    // time of the leaf
	bool all_given;    // no order of two roles was in what is lost
};

struct registry {
	struct register_genesis genesis;
	struct register_herstel herstel[REGISTER_HERSTEL_MAX]; // in order of their leaves
	size_t herstel_count;
	struct party *parties; // in order of enrolment, revoked ones kept
	size_t party_count;
	struct house_key house_keys[REGISTER_HOUSE_KEYS_MAX];
	size_t house_key_count;                 // in order of their leaves, ended ones kept
	struct register_convenant *convenanten; // in order of their leaves, ended ones kept
	size_t convenant_count;
	uint64_t head_index; // of the newest register leaf
	struct hash head;    // its leaf hash
	uint64_t leaves;     // how many were folded, 0: empty
};

void register_init(struct registry *reg);
void register_done(struct registry *reg);
// Copies all of `from` into an initialised register (a client tries a leaf on a copy).
enum result register_copy(const struct registry *from, struct registry *ret_reg) KNP_MUST_CHECK;

// A leaf to fold: its decoded PART_REGISTER, its index, and time and leaf hash of its entry.
struct register_leaf {
	uint64_t index, time;
	struct hash hash;
	const struct part_register *part;
};
// What the reader of the leaf has: the knooppunt's send keys, towards one of which possession is
// proven (none at clients, nor when a log is read again), and where to say what was wrong.
struct register_source {
	const struct private_key *send;
	size_t send_count;
	struct problem *problem;
};

// Folds one leaf in. Checks the chain (`vorige` is the head), that no key occurs twice, that a
// bundle proves possession as far as it can be checked here, that the acts carry the signatures of
// two different roles (beheerder and officer or deputy) over this very object, a revocation at
// least one; that no act had expired at the time of the entry, and that acts for a convenant, or
// for its end, were signed after the newest leaf about a convenant of that name (keys cannot come
// twice, an old convenant could). RESULT_CONFLICT (chain), RESULT_EXISTS (key twice), RESULT_DENIED
// (acts, unsigned convenant outside an oefening), RESULT_BAD_SIGNATURE, RESULT_MALFORMED,
// RESULT_NOT_FOUND, RESULT_TOO_LARGE (more convenanten than may be in force), RESULT_UNSUPPORTED;
// the register is then unchanged.
enum result register_fold(struct registry *reg, const struct register_leaf *leaf,
			  struct register_source source) KNP_MUST_CHECK;
// bundle_decode() with the proofs towards one of the send keys of the source.
enum result register_read_bundle(struct bytes wire, struct register_source source,
				 struct bundle *ret_bundle) KNP_MUST_CHECK;
// Folds a leaf as it was shown: that entry, opening and acts hold and that it follows on the one
// before is checked, its path is not looked at. For who must learn the keys of a log before it can
// verify any checkpoint of it; what it shows counts once such a checkpoint proves the leaf. Results
// as register_fold().
enum result register_fold_shown(struct registry *reg, const struct leaf *leaf, struct arena *arena,
				struct problem *problem) KNP_MUST_CHECK;
// Folds all leaves that a whole register shows, as an export has it (the encoding of a Replies):
// from genesis on into an empty register, or those that it does not have into one that is not.
// RESULT_CONFLICT: it is of another genesis. Else as register_fold().
enum result register_read_shown(struct registry *reg, struct bytes wire,
				struct arena *arena) KNP_MUST_CHECK;
// A proposal: a leaf as it would come with the officer's signature, its one act that of a beheerder
// in force (of any role, for the key of a role). Checks all that register_fold() would but the
// chain and the second signature, with the same results; the register stays as it is.
enum result register_check_proposal(const struct registry *reg, const struct register_leaf *leaf,
				    struct register_source source) KNP_MUST_CHECK;

// May this key be revoked? Not when fewer than two of the three roles would be left: nobody could
// enrol anybody any more, and one role alone would have done it. RESULT_DENIED.
enum result register_check_revocation(const struct registry *reg, struct bytes key_id,
				      struct problem *problem) KNP_MUST_CHECK;

// Parties by key; NULL when no such key ever was. Revoked parties are found, see `until`.
const struct party *register_by_identity(const struct registry *reg, const struct key_id *id);
const struct party *register_by_sealing(const struct registry *reg, const struct key_id *id);
// The party that holds (oin, functie) at `index`, or NULL.
const struct party *register_holder(const struct registry *reg, const struct oin *oin,
				    const char *functie, uint64_t index);
// The version in force of this name; of a hash the version that has it, in force or not. NULL:
// there is none.
const struct register_convenant *register_convenant_named(const struct registry *reg,
							  struct bytes naam);
const struct register_convenant *register_convenant_of(const struct registry *reg,
						       const struct hash *hash);
// The n-th in force, in order of their leaves; NULL past the end.
const struct register_convenant *register_convenant_at(const struct registry *reg, size_t n);
// The newest key of the knooppunt in force for a use: the receive key that envelopes are sealed
// for, the log key that readers look for, the transport key that clients connect to. There is
// always one. (Answers are sealed with the oldest send key: who does not know the next one yet
// learns of it so.)
const struct house_key *register_house_key(const struct registry *reg, enum house_use use);
// The origin of the log, and that of the entry with this index and of checkpoints of more entries
// than that. Those before a herstel are of the predecessor that it names.
const char *register_origin(const struct registry *reg);
const char *register_origin_at(const struct registry *reg, uint64_t index);
// True for the origin of the log and for those it had before.
bool register_has_origin(const struct registry *reg, struct bytes origin);
// Delivery numbers in entries from the newest herstel before `index` on begin above this; 0: there
// was none.
uint64_t register_number_base(const struct registry *reg, uint64_t index);
// Is this the first number above such a base, in an entry with this index?
bool register_begins_numbers(const struct registry *reg, uint64_t index, uint64_t number);
// Verifies a checkpoint of a predecessor, of more entries than the copy had that the log went on
// from: what it says of those is lost. RESULT_NOT_FOUND: it is none that the register knows of.
enum result register_lost_checkpoint(const struct registry *reg, struct bytes note,
				     struct checkpoint *ret_checkpoint) KNP_MUST_CHECK;
// The keys of the log and which checkpoints each of them counts for, under which origin.
// RESULT_CONFIG: genesis names no usable one.
enum result register_log_keys(const struct registry *reg, struct log_keys *ret_keys) KNP_MUST_CHECK;
bool party_has_functie(const struct party *party, const char *functie);
bool party_valid_at(const struct party *party, uint64_t index);

// What two roles sign to change the register: an act statement (TYPE_ACT) with velden
// ACT_SOORT ("partner", "intrekking", "convenant", "convenant-einde", "huissleutel",
// "huissleutel-einde", "herstel"), ACT_OBJECT
// = SHA-256 of the object's exact bytes (the SignedBundle, the 8-byte key id, the convenant
// document, the text), ACT_EXPIRES.
struct hash register_act_object(const struct part_register *part);
const char *register_act_soort(uint32_t soort);
// Makes the statement for an act, to be signed by a role. `now` in milliseconds; expires a day
// later.
struct act_request {
	const struct registry *registry; // whose house and, now, origin it is for
	struct head head;                // newest checkpoint the signer saw
	const char *soort;
	struct hash object;
	struct oin signer;
	const char *systeem; // "beheer"
	int64_t now;
};
enum result register_act_statement(const struct act_request *request,
				   struct buffer *out) KNP_MUST_CHECK;
// What a statement is, as an act: RESULT_MALFORMED when it is none.
struct act_view {
	struct bytes soort, object;
	int64_t expires;
};
enum result register_act_view(const struct statement *statement,
			      struct act_view *ret_view) KNP_MUST_CHECK;

// The times of an act that is brought at `now`: it expires at most 31 days after the day it was
// made (the row of its veld), and was not made more than five minutes ahead. It may be made long
// before, on another machine. RESULT_DENIED: `problem` names the field.
enum result register_check_act_times(const struct statement *act, int64_t now,
				     struct problem *problem) KNP_MUST_CHECK;

// What acts must say to count: about this object, of this soort, not expired at `time`, by roles in
// force at `index` that had seen a log of at least `seen` entries; by beheerder and officer (or
// deputy), or by `one` of them. For the key of a `role` officer and deputy do as well: a beheerder
// who lost his key cannot sign for the next. RESULT_DENIED, RESULT_BAD_SIGNATURE, RESULT_MALFORMED.
struct act_demand {
	uint64_t index, time;
	const char *soort;
	struct hash object;
	uint64_t seen;
	bool one, role;
};
enum result register_check_acts(const struct registry *reg, const struct act_demand *demand,
				const struct signed_statement *acts, size_t count,
				struct problem *problem) KNP_MUST_CHECK;

// What two roles sign to have the content of one melding destroyed (act soort "wissing"): a text,
// so that whoever signs can read it, in this very form:
//
//   wissing van inhoud
//   entry 7
//   header <64 hex digits, the header hash of the melding>
//   grond AVG art. 17, verzoek van 1 november 2026
//
// `grond` stays in the log for good: it names a ground and no person.
#define WISSING_SOORT "wissing"
#define WISSING_GROND_MAX 200
#define WISSING_OPDRACHT_MAX 400
struct wissing_opdracht {
	uint64_t melding;
	struct hash header_hash;
	char grond[WISSING_GROND_MAX + 1];
};
// RESULT_MALFORMED: the grond is empty, too long, or no plain line (utf8_is_plain_line).
enum result wissing_opdracht_write(const struct wissing_opdracht *opdracht,
				   struct buffer *out) KNP_MUST_CHECK;
// Strict: only what wissing_opdracht_write() makes. RESULT_MALFORMED.
enum result wissing_opdracht_read(struct bytes text,
				  struct wissing_opdracht *ret_opdracht) KNP_MUST_CHECK;

// The file a house hands to each partner, so that it can pin genesis: "KNPF", u8 version 1, three
// zeros, the 80-byte entry, the 32-byte seed of its vector, and the PART_REGISTER bytes.
struct genesis_file {
	uint8_t entry[80];
	uint8_t seed[VECTOR_SEED_LEN];
	struct bytes part;
};
enum result genesis_file_encode(const struct genesis_file *genesis,
				struct buffer *out) KNP_MUST_CHECK;
// Checks that entry, seed and part belong together.
enum result genesis_file_decode(struct bytes wire, struct genesis_file *ret_genesis) KNP_MUST_CHECK;

#endif
