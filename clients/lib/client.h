// SPDX-License-Identifier: EUPL-1.2
// libknooppunt: what a partner's system needs to send and to receive. One struct client per party
// and process; not thread safe. Everything a client must remember lies in its folder and survives a
// kill at any moment:
//
//   <spool>/genesis            pinned at the first start (register/register.h: genesis_file)
//   <spool>/register           verified register leaves, in order
//   <spool>/checkpoint         newest checkpoint verified; <spool>/conflict-* two that disagree
//   <spool>/outbox/NNNN.item   a signed statement, sealed under the party's own key, until
//   receipted <spool>/outbox/NNNN.done   item with its receipt, kept 14 days <spool>/outbox/batch.*
//   statements signed together <spool>/inbox/<functie>/NNNN.item   a verified delivery, sealed
//   under the own key, until handed over <spool>/inbox/<functie>/durable     the last number that
//   is durable here <spool>/sequence           next sequence number of this source
#ifndef KNP_CLIENT_CLIENT_H
#define KNP_CLIENT_CLIENT_H

#include "base/problem.h"
#include "melding/validate.h"
#include "register/register.h"
#include "tree/note.h"

struct client; // opaque

struct client_settings {
	struct oin oin;
	char systeem[40];      // name of the source system: urn:nld:oin:<oin>:systeem:<systeem>
	char keys[240];        // folder with identity.key, sealing.key, transport.key
	char unlock_file[240]; // or "" for a passphrase file
	char passphrase_file[240];
	char endpoint[240];
	char genesis[240]; // the file the house handed out
	char spool[240];
	int64_t timeout_ms; // of one exchange, 10,000
};
// YAML; relative paths from the folder of the file. RESULT_CONFIG.
enum result client_settings_read(const char *path, struct client_settings *ret_settings,
				 struct problem *problem) KNP_MUST_CHECK;

// Opens keys, spool and register; locks the spool (RESULT_AGAIN: another process has it); pins
// genesis (RESULT_CONFLICT when it differs from what was pinned).
enum result client_open(const struct client_settings *settings, struct client **ret_client,
			struct problem *problem) KNP_MUST_CHECK;
void client_close(struct client *client);

const struct registry *client_register(const struct client *client);
const struct checkpoint *client_checkpoint(const struct client *client); // size 0 before the first

// ---- sending -------------------------------------------------------------------------------

// Puts a melding into the outbox: validates, encodes, signs, seals, fsyncs. After RESULT_OK it is
// never lost. `id` NULL makes a UUIDv7. RESULT_MALFORMED with `refusal` when it could never be
// accepted.
struct push_result {
	char id[ID_MAX + 1];
	struct refusal refusal;
};
enum result client_push(struct client *client, const struct melding *melding, const char *id,
			struct push_result *ret_result) KNP_MUST_CHECK;
// As client_push for many at once under one signature (at most BATCH_MAX).
enum result client_push_many(struct client *client, const struct melding *meldingen, size_t count,
			     struct push_result *ret_results) KNP_MUST_CHECK;
// A statement with velden instead of slots (weging, …): same outbox, same promises.
enum result client_push_velden(struct client *client, uint32_t type, const struct veld *velden,
			       size_t count, struct push_result *ret_result) KNP_MUST_CHECK;

// Sends what the outbox holds, in order, verifies each receipt (part, vector, inclusion,
// checkpoint, consistency) and settles items. RESULT_AGAIN when something is left and the knooppunt
// cannot be reached or says again (`ret_pause_ms`: when to try); RESULT_CONFLICT when the log
// contradicts a checkpoint we hold: evidence is kept, nothing is acked any more.
enum result client_flush(struct client *client, uint32_t *ret_pause_ms) KNP_MUST_CHECK;

enum item_state { ITEM_OUTBOX, ITEM_AANVAARD, ITEM_GEWEIGERD };
struct item_status {
	char id[ID_MAX + 1];
	enum item_state state;
	uint64_t index;         // of the entry, when receipted
	struct refusal refusal; // when refused
	char proof[240];        // path of the tlog-proof, "" when none
};
// Status of one item; RESULT_NOT_FOUND.
enum result client_item(struct client *client, const char *id,
			struct item_status *ret_status) KNP_MUST_CHECK;
// Calls `each` for every item, oldest first; stops when it returns false.
enum result client_items(struct client *client,
			 bool (*each)(void *context, const struct item_status *status),
			 void *context) KNP_MUST_CHECK;

// ---- receiving -----------------------------------------------------------------------------

// A verified verstrekking. Views live until the next call on the client.
struct verstrekking {
	uint64_t index, number;
	bool vervallen;
	bool oefening;
	const struct party *sender; // NULL when herkomst is withheld
	struct statement header;    // of the melding; only valid with a sender
	struct hash header_hash;
	struct rubriek *rubrieken; // given ones, then those stated by the knooppunt
	size_t rubriek_count;
	size_t from_sender; // how many of them the sender signed
	const struct part_verstrekking *part;
};

// Fetches into the inbox and verifies each delivery: entry, part, vector, inclusion, consistency
// with the newest checkpoint, the sender's signature, the openings against the slots vector, the
// number contiguous with the inbox, our OIN and functie in the part, validity of the signer's key
// at the entry. What fails any check is kept aside, reported, never handed over and never acked.
// Waits up to `wait_s` seconds for something new.
enum result client_fetch(struct client *client, const char *functie, unsigned max, unsigned wait_s,
			 size_t *ret_count) KNP_MUST_CHECK;
// The oldest verstrekking not handed over yet; RESULT_NOT_FOUND when there is none.
enum result client_next(struct client *client, const char *functie,
			struct verstrekking *ret_verstrekking) KNP_MUST_CHECK;
// Says that the caller has it durably: marks it handed over and queues the ack.
enum result client_handed_over(struct client *client, const char *functie,
			       uint64_t number) KNP_MUST_CHECK;
// Sends queued acks, many in one statement.
enum result client_ack(struct client *client, const char *functie) KNP_MUST_CHECK;

// Brings register and checkpoint up to date (client_fetch and client_flush do it when needed).
enum result client_sync(struct client *client) KNP_MUST_CHECK;
// One English sentence about the last failure, with what to do.
const struct problem *client_problem(const struct client *client);

#endif
