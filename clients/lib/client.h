// SPDX-License-Identifier: EUPL-1.2
// libknooppunt: what a partner's system needs to send and to receive. One struct client per party
// and spool; not thread safe, but clients of several spools may work in threads of one process.
// Everything a client must remember lies in its folder and survives a kill at any moment (below
// <spool>, sealed under the party's own key unless said otherwise):
//
//   genesis            pinned at the first start (register/register.h: genesis_file); not sealed
//   register           verified register leaves, in order
//   checkpoint         a checkpoint that was verified; not sealed. The newest lies here, or in
//                      inbox or outbox with what it came with
//   conflict-*         two checkpoints that disagree; not sealed. While they lie there nothing is
//                      exchanged or acked: give them to the privacy officer
//   sequence           next sequence number of this source, once old items went; not sealed
//   outbox/N.item      statements signed together, until each has an outcome (lib/outbox.h)
//   outbox/N.done      the same afterwards, kept 14 days
//   outbox/N.receipts  receipts that came together; not sealed. outbox/N.tlog-proof is one of them,
//                      written when it is asked for. outbox/N.refusal: refused without the log
//   inbox/<functie>/N.item   verified deliveries, until acked (lib/inbox.h)
//   inbox/<functie>/N.aside  a delivery that failed a check
//   inbox/<functie>/position the numbers that are durable, handed over, acked
//   lock               held by the process that works with the folder
//
// File names carry counters only.
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
	char keys[240];        // key folder (lib/keyring.h)
	char unlock_file[240]; // or "" for a passphrase file
	char passphrase_file[240];
	char endpoint[240];
	char genesis[240]; // the file the house handed out
	char spool[240];
	int64_t timeout_ms; // of one exchange, 10,000
};
// YAML with the names above; relative paths from the folder of the file; exactly one of unlock_file
// and passphrase_file. RESULT_CONFIG.
enum result client_settings_read(const char *path, struct client_settings *ret_settings,
				 struct problem *problem) KNP_MUST_CHECK;

// Opens keys, spool and register; locks the spool (RESULT_AGAIN: another process has it); pins
// genesis (RESULT_CONFLICT when it differs from what was pinned).
enum result client_open(const struct client_settings *settings, struct client **ret_client,
			struct problem *problem) KNP_MUST_CHECK;
void client_close(struct client *client);

const struct registry *client_register(const struct client *client);
const struct checkpoint *client_checkpoint(const struct client *client); // size 0 before the first
// It as the log signed it, a signed note; empty before the first. Lives until the next call.
struct bytes client_checkpoint_note(const struct client *client);
// Our kind of partner (list partner-soort): as enrolled, before that as the bundle in the key
// folder says. RESULT_CONFIG, RESULT_IO: client_problem says why.
enum result client_soort(struct client *client, char ret_soort[32]) KNP_MUST_CHECK;
// Name of the source system of the settings.
const char *client_systeem(const struct client *client);
// The register has our identity key under another OIN than the settings: nothing can be pushed or
// exchanged (RESULT_CONFIG).
bool client_oin_differs(const struct client *client);
// How many statements of the outbox and of the 14 days behind it have an outcome: it grows while
// client_flush gets somewhere.
size_t client_settled(const struct client *client);
bool client_has_conflict(const struct client *client);
// Our own entry in the register; NULL while this key is not enrolled or no longer in force.
const struct party *client_party(const struct client *client);
// The knooppunt answers, and its log has not grown for three ticks: somebody should look.
bool client_log_stands_still(const struct client *client);
// One of our own keys: those in use, or the next ones.
bool client_is_own(const struct client *client, const struct party *party);
// What happened to our keys since the client was opened, to be told to people. `switched`: the next
// keys are used (`to` is their identity key), and the old ones count until the house revokes them.
// `destroyed`: the private keys with identity key `from` are, for good. `result` not RESULT_OK:
// they could not be; it is tried again at the next start. `under_way`: there are two sets of keys.
struct key_change {
	bool under_way, switched, destroyed;
	struct key_id from, to;
	enum result result;
};
const struct key_change *client_key_change(const struct client *client);
// The knooppunt's receive or send key (HOUSE_RECEIVE, HOUSE_SEND), as a person heard it from the
// house: after all of its change was missed nothing else reaches it, or no answer of it can be
// opened. Only what asks for the register is exchanged under it; from there on the register says
// which it is. RESULT_CONFIG: no usable key.
enum result client_tell_key(struct client *client, enum house_use use,
			    const uint8_t key[32]) KNP_MUST_CHECK;
// The same of its transport key and the address where that is served; NULL: that of the settings.
// RESULT_CONFIG: the address is too long.
enum result client_tell_way(struct client *client, const uint8_t key[32],
			    const char *adres) KNP_MUST_CHECK;
// The knooppunt was reached by an older transport key than the newest in force, whose address
// cannot be reached from here: until the house ends the older one somebody must mend that.
bool client_by_old_way(const struct client *client);
// A key in force that holds one of our functies under our OIN and is not ours: an alarm, unless we
// made it ourselves elsewhere. NULL when there is none.
const struct party *client_foreign_key(const struct client *client);

// Signs a text with our identity key: the note, which holds the text, becomes a signed note (C2SP)
// with our OIN as the name of the key. RESULT_MALFORMED: it is no text, or ends without a newline.
enum result client_sign_note(const struct client *client, struct buffer *note) KNP_MUST_CHECK;

// ---- sending -------------------------------------------------------------------------------

// Puts a melding into the outbox: validates, encodes, signs, seals, fsyncs. After RESULT_OK it is
// never lost. `id` NULL makes a UUIDv7. The same melding under the same id is in the outbox once,
// however often it is pushed within 14 days; another melding under that id is RESULT_CONFLICT.
// RESULT_MALFORMED with `refusal` when it could never be accepted.
struct push_result {
	char id[ID_MAX + 1];
	struct refusal refusal;
};
enum result client_push(struct client *client, const struct melding *melding, const char *id,
			struct push_result *ret_result) KNP_MUST_CHECK;
// As client_push for many at once under one signature (at most BATCH_MAX): all or none. `ids` NULL,
// or one for each, NULL ones included. A refusal is in the result of the melding it is about.
enum result client_push_many(struct client *client, const struct melding *meldingen,
			     const char *const *ids, size_t count,
			     struct push_result *ret_results) KNP_MUST_CHECK;
// The id of the oldest melding of the last 14 days with exactly the same rubrieken: a caller
// without ids of its own may be pushing it a second time. RESULT_NOT_FOUND.
enum result client_find_same(struct client *client, const struct melding *melding,
			     char ret_id[ID_MAX + 1]) KNP_MUST_CHECK;
// An id for what is known elsewhere by `pieces`: the same for the same, so that whoever is asked
// for it again, after a kill as well, finds the first. Recipients see it, so it is made with a key
// of ours: of what, nobody else can try. Another key folder makes other ids. `prefix` in lower
// case, at most 8.
void client_make_id(const struct client *client, const char *prefix, const struct bytes *pieces,
		    size_t count, char ret_id[ID_MAX + 1]);
// The id of a later attempt at what was refused under `first`, an id that client_make_id made:
// attempt 0 is that itself.
void client_attempt_id(const struct client *client, const char *prefix, const char *first,
		       uint32_t attempt, char ret_id[ID_MAX + 1]);
// A statement with velden instead of slots (weging, …): same outbox, same promises.
enum result client_push_velden(struct client *client, uint32_t type, const struct veld *velden,
			       size_t count, struct push_result *ret_result) KNP_MUST_CHECK;

// The same under an id of the caller's own: the same statement under the same id is in the outbox
// once, another one is RESULT_CONFLICT, as with client_push.
struct said {
	uint32_t type;
	const char *id; // NULL makes one
	const struct veld *velden;
	size_t count;
};
enum result client_say(struct client *client, const struct said *said,
		       struct push_result *ret_result) KNP_MUST_CHECK;
// As client_say for many at once under one signature (at most BATCH_MAX): all or none. A refusal is
// in the result of the one it is about.
enum result client_say_many(struct client *client, const struct said *said, size_t count,
			    struct push_result *ret_results) KNP_MUST_CHECK;
// The rubrieken of a melding that was pushed and is not expired; views live until the next call on
// the client. RESULT_NOT_FOUND: no such id, or what has it is no melding.
enum result client_pushed(struct client *client, const char *id,
			  struct melding *ret_melding) KNP_MUST_CHECK;

// Sends what the outbox holds, in order, verifies each receipt (part, vector, inclusion,
// checkpoint, consistency) and settles items. The statements go as they were signed when pushed;
// each envelope carries up to 60 of them under a batch signature of its own (a header hash does not
// depend on it), one envelope at a time, so that each answer is proven from the checkpoint held.
//   RESULT_AGAIN          something is left: the knooppunt cannot be reached, says again, or
//   refused
//                         for a reason that can pass (`ret_pause_ms`: when to try, 0 at once)
//   RESULT_BAD_SIGNATURE  a receipt is not proven: that item is left
//   RESULT_DAMAGED        a file of the outbox cannot be read: it is left, the others went
//   RESULT_CONFLICT       the log contradicts a checkpoint we hold: evidence is kept, nothing is
//                         exchanged or acked any more
enum result client_flush(struct client *client, uint32_t *ret_pause_ms) KNP_MUST_CHECK;

enum item_state { ITEM_OUTBOX, ITEM_AANVAARD, ITEM_GEWEIGERD };
struct item_status {
	char id[ID_MAX + 1];
	uint32_t type; // of the statement
	enum item_state state;
	uint64_t index;         // of the entry, when receipted
	struct refusal refusal; // when refused
	char proof[400];        // path of the tlog-proof, "" when none
};
// Status of one item; RESULT_NOT_FOUND.
enum result client_item(struct client *client, const char *id,
			struct item_status *ret_status) KNP_MUST_CHECK;
// Whether what has no item may have one all the same: RESULT_DAMAGED when a file of the outbox
// could not be read, which is named.
enum result client_unread(struct client *client) KNP_MUST_CHECK;
// Why what had this id was refused, when the outbox let go of it within 13 months.
// RESULT_NOT_FOUND.
enum result client_refused_before(const struct client *client, const char *id,
				  enum reason *ret_reason) KNP_MUST_CHECK;
// Calls `each` for every item, oldest first; stops when it returns false. RESULT_DAMAGED, after the
// others, when a file or receipt does not verify.
enum result client_items(struct client *client,
			 bool (*each)(void *context, const struct item_status *status),
			 void *context) KNP_MUST_CHECK;

// ---- receiving -----------------------------------------------------------------------------

// A verified verstrekking. Views live until the next call on the client.
struct verstrekking {
	uint64_t index, number;
	bool vervallen; // of soort vervallen; a rechtzetting (wire/part.h) says so in part->soort
	bool oefening;
	const struct party *sender; // NULL when herkomst is withheld
	struct statement header;    // of the melding; only valid with a sender
	struct hash header_hash;
	struct rubriek *rubrieken; // given ones, then those stated by the knooppunt
	size_t rubriek_count;
	size_t from_sender; // how many of them the sender signed
	const struct part_verstrekking *part;
	const struct delivery *delivery; // as it came, with all its proofs
};

// The inbox of this functie begins, or goes on, at this number, which a person heard from the
// house: an earlier one was lost, or another one acked what lies between. It must be the number of
// the first delivery that the knooppunt gives after what is here, which is verified before anything
// is fixed; waits up to `wait_s` seconds for it. RESULT_AGAIN: nothing waits; RESULT_CONFLICT:
// another number is the first; RESULT_EXISTS: the inbox is past it, or holds what was not acked
// yet.
enum result client_begin(struct client *client, const char *functie, uint64_t first,
			 unsigned wait_s) KNP_MUST_CHECK;
// Fetches into the inbox and verifies each delivery: entry, part, vector, inclusion, consistency
// with the newest checkpoint, the sender's signature, the openings against the slots vector, the
// number contiguous with the inbox, our OIN and functie in the part, validity of the signer's key
// at the entry. What fails any check is kept aside, reported, never handed over and never acked.
// Takes up to `max` (at most 2,048) of what there is and asks for more while it verifies what came.
// Waits up to `wait_s` seconds (at most 60) for something new. RESULT_DENIED: the knooppunt
// refused, RESULT_BAD_SIGNATURE: what came before the failed one is in the inbox all the same.
enum result client_fetch(struct client *client, const char *functie, unsigned max, unsigned wait_s,
			 size_t *ret_count) KNP_MUST_CHECK;
// The oldest verstrekking not handed over yet; RESULT_NOT_FOUND when there is none.
enum result client_next(struct client *client, const char *functie,
			struct verstrekking *ret_verstrekking) KNP_MUST_CHECK;
// The same, but with a number beyond `after`: to look at many before handing them over at once.
enum result client_peek(struct client *client, const char *functie, uint64_t after,
			struct verstrekking *ret_verstrekking) KNP_MUST_CHECK;
// Says that the caller has everything up to this number durably: it is not handed over again, and
// its ack is queued. RESULT_NOT_FOUND for a number that is not in the inbox.
enum result client_handed_over(struct client *client, const char *functie,
			       uint64_t number) KNP_MUST_CHECK;
// How many wait in the inbox to be handed over.
enum result client_waiting(struct client *client, const char *functie,
			   uint64_t *ret_count) KNP_MUST_CHECK;
// The number of a delivery that failed a check, lies beside the inbox and did not come well since;
// 0: none.
enum result client_aside(struct client *client, const char *functie,
			 uint64_t *ret_number) KNP_MUST_CHECK;
// Puts queued acks into the outbox, many in one statement, and sends them. Results as client_flush.
enum result client_ack(struct client *client, const char *functie) KNP_MUST_CHECK;

// ---- what a caller keeps (keep.c) ------------------------------------------------------------

// A file of the caller's, sealed under the key of the spool: what it may not keep in the open. Its
// number and scope (at most 32 characters, NUL excluded) tell it apart from any other.
struct kept {
	const char *path;
	uint64_t number;
	const char *scope;
};
// Creates or replaces it durably.
enum result client_keep(struct client *client, const struct kept *kept,
			struct bytes content) KNP_MUST_CHECK;
// Into an initialised buffer (wipe it). RESULT_NOT_FOUND, RESULT_DAMAGED.
enum result client_kept(struct client *client, const struct kept *kept,
			struct buffer *ret_content) KNP_MUST_CHECK;

// ---- asking about a person (asking.c) --------------------------------------------------------

// A question of ZSM (zsm_verzoek), or one of a case that is looked into (verrijking_verzoek); its
// answer is a delivery to the functie that it names. What others answer to the latter, and that it
// is closed, are deliveries that come later.
enum asking_kind { ASKING_ZSM, ASKING_VERRIJKING };
struct asking {
	enum asking_kind kind;
	const struct veld *velden;
	size_t count;
	// NULL makes one. Under one that is in the outbox, or was within 14 days, nothing is asked
	// anew: its answer is waited for.
	const char *id;
	int64_t wait_ms; // for outcome and answer together; 0: what one attempt brings
};
struct asked {
	char id[ID_MAX + 1], functie[FUNCTIE_MAX + 1];
	uint64_t index; // entry of the question
	bool refused;   // and `refusal` says why; there is no answer
	struct refusal refusal;
	// As client_peek gives it, in the inbox until it is handed over. `vervallen`: it lapsed
	// before it was fetched. Without rubrieken nothing may be told, for whatever reason.
	struct verstrekking answer;
	bool oldest; // of what lies in that inbox
};
// What a question of this kind is, and the functie that either names ("": none).
const struct type_row *asking_type(enum asking_kind kind);
struct bytes asking_functie(const struct veld *velden, size_t count);
// RESULT_AGAIN: not in that time; the question lies in the outbox (it counts for ten minutes) or is
// recorded, and its answer comes to the inbox. RESULT_MALFORMED: such a question is not asked.
// RESULT_CONFLICT: another question has this id, or as client_flush. Blocks for wait_ms and, where
// an exchange is under way, the timeout of the settings.
enum result client_ask(struct client *client, const struct asking *asking,
		       struct asked *ret_asked) KNP_MUST_CHECK;
// The caller has the answer: it is handed over and acked, when nothing else lies before it in the
// inbox. Else it comes in its turn, with client_next.
enum result client_asked_done(struct client *client, const struct asked *asked) KNP_MUST_CHECK;

// ---- asking (vraag.c) ------------------------------------------------------------------------

// Asks what is recorded first, and answered beside the receipt, which is verified: as the privacy
// officer, with the keys of a privacybureau (type vraag), or what an overleg is shown (scherm).
// `ret_told`, initialised with a ceiling, gets the lines of the answer, *ret_index the entry.
// Nothing of it goes through the outbox: what failed is asked anew. RESULT_MALFORMED: such a
// question is not asked; RESULT_DENIED: refused, and that is recorded; RESULT_AGAIN,
// RESULT_BAD_SIGNATURE and RESULT_CONFLICT as client_flush.
struct vraag_line {
	struct bytes name, waarde; // of a veld, by its name in the list
};
struct vraag_lines {
	uint32_t type;
	const struct vraag_line *lines; // those of one veld in their order
	size_t count;
};
enum result client_vraag(struct client *client, const struct vraag_lines *lines,
			 struct buffer *ret_told, uint64_t *ret_index) KNP_MUST_CHECK;

// What is owed, as lines of text: by functies of ours, what has climbed to them, and to somebody of
// the house what everybody owes (specification K36). `after`: the value of the line "na" of the
// answer before, NULL: from the first. Results as client_sync.
enum result client_open_owed(struct client *client, const char *after,
			     struct buffer *ret_told) KNP_MUST_CHECK;

// How many files of the outbox of a spool wait, whoever works with it: nothing is opened or locked.
// RESULT_IO: there is no such folder, or it cannot be read.
enum result client_count_waiting(const char *spool, uint64_t *ret_count) KNP_MUST_CHECK;

// What stands on the agenda of an overleg at which this functie of ours sits, as lines of text
// (specification K38). `after` and results as client_open_owed; a refusal, of an overleg at which
// it does not sit too, is RESULT_DENIED.
struct client_seat {
	const char *overleg, *functie;
};
enum result client_agenda(struct client *client, const struct client_seat *seat, const char *after,
			  struct buffer *ret_told) KNP_MUST_CHECK;

// Brings register and checkpoint up to date (client_fetch and client_flush do it when needed).
enum result client_sync(struct client *client) KNP_MUST_CHECK;
// One English sentence about the last failure, with what to do.
const struct problem *client_problem(const struct client *client);

#endif
