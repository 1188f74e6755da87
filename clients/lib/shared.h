// SPDX-License-Identifier: EUPL-1.2
// What the files of libknooppunt share, and what its tests reach. Programs use client.h only.
#ifndef KNP_LIB_SHARED_H
#define KNP_LIB_SHARED_H

#include "lib/client.h"
#include "lib/held.h"
#include "lib/inbox.h"
#include "lib/keyring.h"
#include "lib/link.h"
#include "lib/outbox.h"
#include "lib/proof.h"
#include "lib/spool.h"
#include "wire/envelope.h"

#define CLIENT_GENESIS_MAX (1024 * 1024)
#define CLIENT_ARENA (64 * 1024 * 1024) // address space; only what is used is touched
// Statements of one envelope: their receipts, some 3 KiB each, fit into one answer.
#define UNDER_WAY_MAX 60

#define FROM_KEYS_MAX 4
struct from_key {
	struct key_id id;
	struct pair_key key;
};

struct client {
	struct client_settings settings;
	struct problem problem;
	struct keyring keyring;
	const struct key_set *keys; // of the ring: those that are used
	struct key_change key_change;
	bool keyed;               // to and from are made of them
	struct key_id receive_id; // of the knooppunt's key that `to` is for
	// What a person heard that its keys are (not HOUSE_LOG), until the register says so itself.
	struct house_key told[HOUSE_USES];
	bool has_told[HOUSE_USES];
	struct spool spool;
	struct log_keys log_keys; // as the register has them
	struct log_keys *ahead;   // as it will have them, while it is read (sync.c); else NULL
	struct registry reg;
	struct chain chain;
	struct buffer leaves; // the register file's plaintext: chain and parts
	struct held held;
	struct outbox outbox;
	struct inbox *inboxes[FUNCTIES_MAX];
	struct pair_key to;
	// Of each send key of the knooppunt in force, and of one that was told.
	struct from_key from[FROM_KEYS_MAX];
	size_t from_count;
	uint64_t keyed_at; // index of the newest register leaf then
	bool unknown_send; // an envelope for us was sealed with another
	struct link link;
	bool linked, greeted;
	bool reopened;                // something in the outbox is to be pushed again
	unsigned way;                 // that the link goes, or is to go (way_at)
	uint8_t linked_to[32];        // key of the way that it goes
	bool link_given;              // by the caller: it is the same whichever keys are used
	uint64_t named, named_before; // sizes of the heads that the last two requests named
	struct arena *arena;          // of one exchange, its answer included
	struct arena *work;           // of one call
	struct buffer frame, plain;
	struct batch_seen seen;
	int64_t (*wall_ms)(void);
};

// Sets the client's problem from a reason of the closed list and returns `result`.
enum result client_fail(struct client *client, enum result result, enum reason reason,
			const char *format, ...) __attribute__((format(printf, 4, 5)));
// Who we say we are: the oin of the settings and the identity key, and what the register as we know
// it says against them. For the texts of problems.
#define CLIENT_WHO_MAX 120
void client_who(const struct client *client, char out[CLIENT_WHO_MAX]);
// RESULT_CONFIG when the register has our identity key under another OIN than the settings name:
// what is signed so could never be accepted.
enum result client_check_oin(struct client *client) KNP_MUST_CHECK;
// As client_open, over a link of the caller instead of a CURVE connection.
enum result client_open_over(const struct client_settings *settings, const struct link *link,
			     struct client **ret_client, struct problem *problem) KNP_MUST_CHECK;

// ---- keys (keys.c) ---------------------------------------------------------------------------

// Opens the key folder of the settings.
enum result keys_open(struct client *client) KNP_MUST_CHECK;
// Uses the keys that the register as it is folded now has in force, and ends those that are over.
// RESULT_CONFIG: with a key of genesis nothing can be agreed.
enum result keys_follow(struct client *client) KNP_MUST_CHECK;
// Uses the other set, of the two that there are while keys change. RESULT_NOT_FOUND: there is one.
enum result keys_try_other(struct client *client) KNP_MUST_CHECK;

// ---- ways (way.c) ----------------------------------------------------------------------------

// A transport key of the knooppunt and where it is served. Views live until the register or what
// was told changes.
struct way {
	const uint8_t *key;
	const char *endpoint;
};
// The n-th way: that which a person told, then the keys in force, the newest first. False past the
// end.
bool way_at(const struct client *client, unsigned n, struct way *ret_way);
struct way way_in_use(const struct client *client);
// Connects the way in use, unless there is a link.
enum result way_link(struct client *client) KNP_MUST_CHECK;
// Closes the link, unless it is the caller's.
void way_drop(struct client *client);
// Takes the newest way again; a link by another is closed.
void way_follow(struct client *client);
// Nobody was reached: takes the next way in turn. False when that is `first`, where it began.
bool way_try_next(struct client *client, unsigned first);

// ---- statements (statement.c) ----------------------------------------------------------------

struct draft {
	uint32_t type;
	const char *id; // NULL: a new UUIDv7
	uint64_t sequence;
	const struct hash *slots_root; // NULL: none
	const struct veld *velden;
	size_t veld_count;
};
// A UUID version 7 (RFC 9562): ordered by time, so that the knooppunt's keys are.
void uuid_make(char out[37], int64_t wall_ms);
// Encodes to `out`. RESULT_MALFORMED, RESULT_NO_MEMORY.
enum result draft_encode(const struct client *client, const struct draft *draft,
			 struct buffer *out) KNP_MUST_CHECK;

// ---- exchange (exchange.c) -------------------------------------------------------------------

// A statement to be sent, and the place of its answer in what came back.
struct ask {
	struct bytes statement;
	const struct slots *slots; // NULL: none
	struct hash about;         // its header hash
	const struct reply *reply; // of the answer that came last, NULL: none
	bool answered;             // by this or an earlier one
};
struct answer {
	struct replies replies; // on client->arena, until the next exchange
	struct bytes content;   // the exact Replies, likewise
	struct checkpoint checkpoint;
	uint32_t pause_ms; // with RESULT_AGAIN
	bool lost;         // with it: what was sent went over a connection that is gone
	bool is_rest;      // another envelope of this answer came before
};
// Signs the statements as one batch, seals, sends, waits for the answer to at least one of them
// (at most the timeout and `wait_ms` more), opens it, verifies and holds its checkpoint, and points
// each ask at its reply. The caller makes the checkpoint durable: with what came in the answer, or
// with held_save. RESULT_AGAIN: no answer, nothing known; RESULT_CONFLICT;
// RESULT_BAD_SIGNATURE: an answer without proof.
enum result exchange(struct client *client, struct ask *asks, size_t count, int64_t wait_ms,
		     struct answer *ret_answer) KNP_MUST_CHECK;
// The two halves of it, for who has work to do meanwhile: no other exchange may come between. The
// answer before stays where it is until exchange_end. What is begun and never ended is forgotten:
// its answer is none to what is asked later.
enum result exchange_begin(struct client *client, struct ask *asks, size_t count,
			   struct answer *ret_answer) KNP_MUST_CHECK;
enum result exchange_end(struct client *client, struct ask *asks, size_t count, int64_t wait_ms,
			 struct answer *ret_answer) KNP_MUST_CHECK;
// One more envelope of an answer that comes in several: waits so long for it and points asks at
// what is in it; what came before stays where it is. RESULT_AGAIN: none came, or it can no longer
// be proven; otherwise as exchange.
#define EXCHANGE_MORE_MS 200 // for one of which nothing says that it comes
enum result exchange_more(struct client *client, struct ask *asks, size_t count, int64_t timeout_ms,
			  struct answer *ret_answer) KNP_MUST_CHECK;
// One question whose answer is opened and nothing more: neither checkpoint nor leaves are proven.
enum result exchange_unproven(struct client *client, struct ask *ask,
			      struct answer *ret_answer) KNP_MUST_CHECK;
// What to prove things of the last answer against.
struct proof_base client_proof_base(struct client *client, const struct answer *answer);
// RESULT_CONFLICT while conflict-* files lie in the spool.
enum result client_check_conflict(struct client *client) KNP_MUST_CHECK;

// ---- register (sync.c) -----------------------------------------------------------------------

// Folds the pinned genesis and what <spool>/register holds.
enum result register_load(struct client *client) KNP_MUST_CHECK;
// The register as genesis alone has it, into an initialised one.
enum result register_of_genesis(struct client *client, struct registry *ret_reg) KNP_MUST_CHECK;
// Lets go of the leaves from this index on, in the spool too.
enum result register_rewind(struct client *client, uint64_t size) KNP_MUST_CHECK;

// client_sync, telling when to try again.
enum result register_sync(struct client *client, uint32_t *ret_pause_ms) KNP_MUST_CHECK;
// The same unless this process did it already: the first exchange of a session shows the knooppunt
// the checkpoint we hold.
enum result register_greet(struct client *client, uint32_t *ret_pause_ms) KNP_MUST_CHECK;
// What a refusal in an answer means for the caller; sets the problem.
enum result reply_result(struct client *client, const struct reply *reply,
			 uint32_t *ret_pause_ms) KNP_MUST_CHECK;

// Reads which keys the log has now (ahead.c), when no checkpoint of it verifies under those of the
// register; until ahead_end() answers are proven under them too, and not held.
// RESULT_BAD_SIGNATURE: two roles brought no such key; the problem stays that of the caller.
enum result ahead_begin(struct client *client) KNP_MUST_CHECK;
void ahead_end(struct client *client);

// ---- a log that went on from a copy (herstel.c) ----------------------------------------------

// Of a register that was shown: what it says is lost is let go of here, and kept as evidence.
enum result herstel_follow(struct client *client, const struct registry *shown) KNP_MUST_CHECK;
// Is this a checkpoint of what is lost?
bool herstel_lost(const struct client *client, struct bytes note);
// Opens again what the outbox settled by receipts of what is lost.
enum result herstel_reopen(struct client *client) KNP_MUST_CHECK;
// Pushes what was opened again. What cannot be now stays in the outbox.
void herstel_push(struct client *client);
// Has the inbox had this delivery before, in what is lost? Only looked for after a herstel.
enum result herstel_had(struct client *client, struct inbox *inbox,
			const struct delivered *delivered, bool *ret_had) KNP_MUST_CHECK;

// ---- inboxes (fetch.c) -----------------------------------------------------------------------

// That of a functie, opened when it is the first time; the client frees it.
enum result get_inbox(struct client *client, const char *functie,
		      struct inbox **ret_inbox) KNP_MUST_CHECK;
// Opens every inbox there is and holds the newest checkpoint that lies in them.
enum result inboxes_recall(struct client *client) KNP_MUST_CHECK;
// Writes down how far each is acked: the outbox is no longer needed to know it.
enum result inboxes_save(struct client *client) KNP_MUST_CHECK;

// How far the outbox acks this functie already, beyond what the position says: an ack may have been
// put there just before a kill (ack.c).
enum result acks_find(struct client *client, const char *functie,
		      const struct inbox_position *position, uint64_t *ret_acked) KNP_MUST_CHECK;

// ---- outbox (flush.c) ------------------------------------------------------------------------

// As client_flush; `type` 0 or only statements of one type.
enum result flush_type(struct client *client, uint32_t type, uint32_t *ret_pause_ms) KNP_MUST_CHECK;
// The velden of a statement.
struct velden {
	const struct veld *velden;
	size_t count;
};

// Puts statements of one type into one file of the outbox, signed together (push.c). At most
// BATCH_MAX.
enum result push_together(struct client *client, uint32_t type, const struct velden *each,
			  size_t count) KNP_MUST_CHECK;

#endif
