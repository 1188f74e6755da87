// SPDX-License-Identifier: EUPL-1.2
// The path of a statement through core (design §4), one loop in one thread. Each step is a file of
// this folder; their order is the table in flow.c. Everything here is deterministic but for what
// record.c draws at random, and that is written into the journal.
#ifndef KNP_FLOW_FLOW_H
#define KNP_FLOW_FLOW_H

#include "control/alarm.h"
#include "convenant/convenant.h"
#include "flow/asker.h"
#include "flow/scrub.h"
#include "flow/signing.h"
#include "flow/tabellen_stand.h"
#include "flow/timekeeper.h"
#include "flow/waiter.h"
#include "flow/watch.h"
#include "guard/guard.h"
#include "ipc/opened.h"
#include "ipc/pulse.h"
#include "journal/journal.h"
#include "register/register.h"
#include "settings/settings.h"
#include "state/state.h"

#define BATCH_ITEMS 512
#define BATCH_RECORDS 2048 // entries of one commit: an item may need several
#define BATCH_ARENA (512u * 1024 * 1024)
#define BATCH_RECALLED 8192 // entries read back, after which the batch ends: others wait
#define FETCH_MAX_ITEMS 64  // of one envelope
#define FOLLOWING_MAX 16    // envelopes of one turn that go on with an answer: others wait for it
#define KEPT_MAX 4
#define STORED_MAX (4u * 1024 * 1024) // of one row of an entry
// In the data folder while somebody holds a checkpoint that is not of this log: nothing is signed
// until a person has looked and removed it.
#define FLOW_STOPPED_FILE "stopped-signing"
// What one delivery may come to, so that it fits in an envelope with checkpoint and proofs; and all
// replies of one envelope, where what does not fit goes in another.
#define DELIVERY_BYTES_MAX (ENVELOPE_CONTENT_MAX - 24 * 1024)
#define REPLY_BYTES_MAX DELIVERY_BYTES_MAX
#define OPENING_OVERHEAD 64 // of one opening: salt, position, lengths
#define AGAIN_PAUSE_MS 5000

// Counts since the start, for status and metrics.
struct flow_counts {
	uint64_t aanvaard, geweigerd, duplicates, conflicts, again, unsealed, delivered, acks;
	uint64_t batches, entries, sequence_gaps, sequence_reuse;
	uint64_t recalled; // entries read back: what a statement about others costs
	uint64_t loop_us;  // of the clock, in the loop of core but for its waits for work
};

// What was refused without an entry of its own, per partner and minute, until a tick records it.
#define TELLINGEN_MAX 1024
struct tellingen {
	struct {
		struct oin oin;
		uint64_t minuut;
		uint32_t reden, aantal;
	} rows[TELLINGEN_MAX];
	size_t count;
	uint64_t beyond; // did not fit any more before the tick
};

// How far the walk over all terms is (bewaar.c), and what has passed its term.
struct bewaar_walk {
	uint64_t next;     // melding
	bool done;         // was at the end since the last tick
	int64_t next_step; // monotonic milliseconds
	uint64_t due[VERNIETIGING_MAX];
	size_t count;
};

// A commitment vector without what it hides, and the openings of its values in stored order.
struct vector_view {
	struct bytes commitments;
	struct opening *openings;
	size_t count;
};
struct vector_source {
	enum vector_label label;
	unsigned capacity;
	const uint8_t *seed;
	const struct bytes *values; // not copied
	size_t count;
};
enum result vector_view_make(const struct vector_source *source, struct arena *arena,
			     struct vector_view *ret_view) KNP_MUST_CHECK;

// An entry on its way into the journal.
struct record {
	struct entry entry;
	uint8_t encoded[ENTRY_LEN];
	struct hash leaf;
	uint8_t seed[VECTOR_SEED_LEN];
	struct vector_view view; // of the parts
	struct part *parts;      // 0 is the sender's, 1 the accountability, then one per ontvanger;
				 // NULL once they are applied, but for the first
	struct part first;
	struct bytes *part_bytes;
	size_t part_count;
	struct bytes stored, content;
	uint64_t slot_parts, slot_content;
	struct bytes document;
	struct hash document_hash;
};

// What one ontvanger gets of one melding, as decided.
struct gave {
	uint32_t betrokkene, rubriek;
	uint16_t *regels;
	size_t regel_count;
	const char *overleg; // on whose agenda it came, told to its voorzitter; else NULL
};
struct bytes overleg_of(const struct gave *gave); // "" when none
struct toedeling {                                // all that goes to one ontvanger
	struct ontvanger ontvanger;
	struct gave *gaves;
	size_t count, cap;
	bool antwoord; // to who asks: it goes with nothing in it too
	bool getoond;  // on the screen of an overleg: recorded, nothing goes by it
	int64_t until; // it is of no use after this moment; 0: none is set
};
struct besluit_set {
	struct toedeling *toedelingen;
	size_t count, cap;
	struct verplichting *verplichtingen;
	size_t verplichting_count, verplichting_cap;
	uint16_t *regels; // every regel that gave something
	size_t regel_count, regel_cap;
};

// The melding of an entry as stored: its accountability part and content.
struct recalled {
	uint64_t index;
	struct part *parts; // NULL with RECALL_TO_DELIVER
	struct bytes *part_bytes;
	size_t part_count;
	uint8_t seed[VECTOR_SEED_LEN];
	uint8_t entry[ENTRY_LEN];
	const struct part_verantwoording *verantwoording; // NULL when there is none
	bool has_content, erased;
	struct stored_content content;
};
// One statement on its way.
struct flow_item {
	struct opened *opened;
	struct arena *arena; // the core's scratch until it is recorded, then that of the batch
	int64_t now;
	const struct party *signer; // may be revoked
	uint32_t source_number;
	const struct type_row *type;
	struct refusal refusal;
	bool recorded; // it has an entry: `index` (of this batch or an earlier one)
	bool applying; // its entries go into state: a failure from here on ends the batch
	bool in_batch; // what it is answered rests on an entry of this batch: `record`
	uint64_t index;
	struct record *record;
	uint32_t outcome;  // enum outcome
	uint32_t pause_ms; // with again
	// of a melding or a weging, until it is recorded
	const struct convenant *convenant; // it is put before; NULL: before none
	struct flow_item *further;         // the same, put before the next; NULL: no more
	struct feiten *feiten;
	struct persoon_link *personen;
	size_t persoon_count;
	struct plaats *plaatsen; // rubrieken there are, the knooppunt's own included
	size_t plaats_count;
	struct rubriekplaats *sent; // rubrieken the sender gave, with their slots
	size_t sent_count;
	struct besluit_set besluit;
	uint64_t betreft;          // of a weging: the melding
	struct recalled *recalled; // of a weging: that melding as stored
	int64_t enriched_at;       // when the facts were gathered (of a weging: back then)
	struct casussen *casussen; // of a question: what the facts were made of
	struct ontvanger vrager;   // of a question: to whom the answer goes
	struct lapsed_row *lapsed; // of an ack: what it confirms that lies in a tick
	size_t lapsed_count;
	bool gathered; // what is said about a melding: its facts were gathered now, and stand here
	bool answer_due; // recorded now: core->ask is to be asked
	bool later; // of an intrekking: what waits is decided again in the batches after its own
};
struct core {
	const struct settings *settings;
	struct codes *codes;
	struct tabellen_stand tabellen;
	struct keystore *keystore;
	struct guard *guard;
	struct journal *journal;
	struct state *state;
	struct registry registry;
	// In force (flow/in_force.h), in order of their leaves; without any nothing goes anywhere.
	struct convenant *convenanten[REGISTER_CONVENANTEN_MAX];
	size_t convenant_count;
	struct convenant *kept[KEPT_MAX]; // core/kept.h; NULL: free
	uint64_t generation;              // newest register leaf that brought or ended one
	bool changed;                     // registry: openers and gate must get new lists
	bool renew, compact; // the loop ends, core is started again: to read keys, to compact
	bool reopen;         // the gate is to read its keys again
	struct frame_served served; // where partners can connect; kind 0: the gate did not say
	bool gate_behind;           // what it was told last found no room on its way
	// Monotonic: when the gate begins anew because of a closed door, 0: not; and how long that
	// was waited for, 0: all are open (core/gate.c).
	int64_t reopen_at, reopen_pause;
	struct signing signing;  // the keys of the log
	struct own_keys sending; // what answers are sealed with: the oldest
	struct checkpoint checkpoint;
	struct buffer note; // the signed checkpoint
	int64_t last_time;  // of the newest entry
	struct timekeeper time;
	struct pulse *pulse; // NULL: nobody watches
	bool replay;         // at the start: cores before this one crashed, state begins anew
	bool reader;         // beside a core that runs: nothing is changed (core/reader.c)
	int64_t breathed;    // monotonic: a reader took its newest snapshot
	bool readonly;
	const char *readonly_why;
	bool other_history; // read-only because somebody holds a checkpoint that is not of this log

	struct arena *arena;         // of the batch, cleared by every commit
	struct arena *answer_arena;  // of one answer, cleared after each
	struct arena *scratch;       // of one statement on its way
	struct arena *command_arena; // of one control question
	struct flow_item *items[BATCH_ITEMS];
	size_t item_count;
	struct record *records[BATCH_RECORDS];
	size_t record_count;
	uint64_t recalled_before; // counts.recalled when this batch began
	struct waiter waiters[WAITERS_MAX];
	struct flow_counts counts;
	struct tellingen tellingen;
	struct scrub_report scrub;
	struct bewaar_walk bewaar;
	bool wissend;        // keys are to be overwritten, from this slot on
	uint64_t wissend_at; // of those that were ordered
	struct watch watch;
	struct alarm_list alarms;   // as last looked at
	struct state_stale recheck; // how far waiting deliveries were decided again
	bool recheck_done;
	bool recheck_left; // some could not be: they stay held, and are tried again at a tick
	struct pair_cache *pairs;
	struct ready_cache *ready;    // entries to deliver from
	struct buffer content, frame; // of the answer in hand
	// Kept to spare allocations, scrubbed after each use: rows of an entry that is read back,
	// and what is encoded for one that is made.
	struct buffer stored_parts, stored_content, encoded;
	struct delivery *deliveries; // FETCH_MAX_ITEMS, of the answer in hand
	unsigned following;          // envelopes of this turn that went on with an answer
	// Sends one envelope to the gate; false when its queue is full: the partner asks again.
	bool (*send)(void *context, const struct route *route, struct bytes frame);
	void *send_context;
	// Has a recorded vraag answered, later (asker.h). False: it is not, as `told` says.
	bool (*ask)(void *context, const struct asker *asker, const struct statement *statement,
		    struct buffer *told);
	void *ask_context;
	int64_t answer_until; // of a reader: monotonic, when its answer is too late; 0: never
	bool may_not;         // of a reader: what it was let see when it began lacks what is asked
};

// A step gives FLOW_NEXT, or FLOW_ANSWER when the item needs no further step (duplicate, conflict,
// request). Any failure of our own is a result that aborts the batch.
enum flow_next { FLOW_NEXT, FLOW_ANSWER };

enum result settle_item(struct core *core, struct flow_item *item,
			enum flow_next *ret_next) KNP_MUST_CHECK;
enum result enrich_item(struct core *core, struct flow_item *item,
			enum flow_next *ret_next) KNP_MUST_CHECK;
enum result decide_item(struct core *core, struct flow_item *item,
			enum flow_next *ret_next) KNP_MUST_CHECK;
enum result record_item(struct core *core, struct flow_item *item,
			enum flow_next *ret_next) KNP_MUST_CHECK;

typedef enum result item_fn(struct core *core, struct flow_item *item);

// Takes one opened statement into the batch, through the steps up to record. What goes wrong with
// one statement is told to its sender alone and is RESULT_OK here, as long as nothing of it was
// applied. RESULT_MALFORMED: the opener is broken or taken over; the statement is dropped and the
// batch stands. Anything else: the batch must be ended with flow_abort.
enum result flow_take(struct core *core, struct bytes message) KNP_MUST_CHECK;
bool flow_has_room(const struct core *core); // for one more in the batch in hand
// Nobody waits for the batch in hand: it may share the commit of what comes a moment later.
bool flow_is_patient(const struct core *core);
// Commits the batch: journal, checkpoint, guard; then acknowledges, serves requests and waiters.
// RESULT_FULL: every statement of the batch was answered *again* and nothing was kept. RESULT_IO:
// the core is read-only from now on.
enum result flow_commit(struct core *core) KNP_MUST_CHECK;
// Counts a refusal that gets no entry: before the signature held, or of a statement that cannot
// have a lasting outcome. The next tick records the counts.
void flow_count(struct core *core, const struct oin *oin, enum reason reason, uint32_t count,
		int64_t now);
// Time (time.c, and timekeeper.h for what it doubts). time_now() is what core decides by;
// time_latest() the later of that and the wall clock, past which nothing leaves that lapses.
// While time is not known (a start after a long absence, or before the newest entry) nothing is
// decided and statements are answered *again*; in any doubt nothing is destroyed by time.
void time_start(struct core *core); // once last_time is known
int64_t time_now(struct core *core);
int64_t time_latest(struct core *core);
bool time_is_known(const struct core *core);
// A person says that the wall clock is right.
void time_confirm(struct core *core);
// Keeps what was confirmed, at every tick while the log is ahead of the clock.
void time_keep(struct core *core);
// Adds a tick leaf to the batch.
enum result flow_tick(struct core *core, int64_t now) KNP_MUST_CHECK;
// Decides at most `max` waiting deliveries again that were decided under an older convenant, each
// in a leaf of its own. Tightening wins, loosening adds nothing (design §4, step 9).
enum result flow_recheck(struct core *core, size_t max) KNP_MUST_CHECK;
// Ends a batch that a failure of our own stopped: all of it is answered *again*, with the reason
// that fits `why`.
enum result flow_abort(struct core *core, enum result why) KNP_MUST_CHECK;
// Nothing is written any more until a person has looked; `why` is a word for status and log.
void flow_stop(struct core *core, const char *why);
// Signs the journal as it is and writes the guard.
enum result flow_sign(struct core *core) KNP_MUST_CHECK;
// Applies what the journal has and state has not.
enum result flow_catch_up(struct core *core) KNP_MUST_CHECK;
// What takes the place of a delivery that lapsed, under its own number and the convenant in force;
// `index` is its entry.
struct part part_lapsed(const struct core *core, const struct part_verstrekking *old,
			uint64_t index);
// Commits one change of the register: `part` without its `vorige`, and for a convenant its
// document; neither may lie on core->arena, which the commit clears. Fails as register_fold does,
// with `problem` filled; RESULT_AGAIN when the disk is full or core is read-only. Afterwards
// registry, convenant and generation are the new ones.
enum result flow_register(struct core *core, struct part_register *part, struct bytes document,
			  uint64_t *ret_index, struct problem *problem) KNP_MUST_CHECK;

// ---- between the steps ---------------------------------------------------------------------

// The facts of a melding, from what it says and what state knows (enrich.c).
item_fn enrich_melding;
// The same of an earlier melding, recalled under a convenant that did not decide it: as it was
// known when it came.
enum result enrich_again(struct core *core, struct flow_item *item) KNP_MUST_CHECK;
// Where a protected address stands again in the melding (adres.c).
void enrich_adressen(struct flow_item *item);
void refuse_item(struct flow_item *item, enum reason reason, const char *field);
// The same, with what there is instead, as far as this signer may know: "weging.uitkomst (a, nee)".
struct instead {
	const char *const *names;
	size_t count;
};
void refuse_naming(struct flow_item *item, enum reason reason, const char *field,
		   const struct instead *instead);
// The same for an item that was looked into already: nothing it brought or decided is recorded.
// What a type's `settle` refuses is refused whole by settle.c.
void refuse_whole(struct flow_item *item, enum reason reason, const char *field);

// Core itself verifies what such a statement says (design §3): neither the signature nor one field
// is taken on the opener's word. RESULT_MALFORMED: the opener lies.
item_fn read_signed;
// What who speaks by a statement (namens.h) owes about the melding of its veld `entry`, of one
// soort and under the name in its veld `naam`: it is about that melding then. Else refused: by the
// name, with those this one does owe there; or by the entry, whether anybody owes it or not.
struct owed_velden {
	enum verplichting_soort soort;
	uint32_t entry, naam, betrokkene, namens; // 0: of any name, about whoever, by who signs
	const char *entry_field, *naam_field, *namens_field; // "uitkomst.entry", …
};
enum result settle_owed(struct core *core, struct flow_item *item,
			const struct owed_velden *velden) KNP_MUST_CHECK;
// Takes away what was given, and is owed, before: what is said later about a melding adds, it does
// not repeat. `weighed`: the regel that was weighed now, else empty.
enum result subtract_given(struct core *core, struct flow_item *item,
			   struct bytes weighed) KNP_MUST_CHECK;

// The same statement, put before one more convenant: `item` leads to it.
enum result item_further(struct flow_item *item, struct flow_item **ret_further) KNP_MUST_CHECK;
// Whether anybody was given something by this item, or anything waits, under any convenant; and the
// obligation of the house to look at what came to nothing itself, by `uiterlijk` (screening.c).
bool came_of(const struct flow_item *item);
// Who of the house looks at what nobody else does: its first functie in this convenant (NULL: in
// the first in force), or as it is enrolled.
const char *house_functie(const struct core *core, const struct convenant *convenant);
enum result screening_owe(struct core *core, struct flow_item *item,
			  uint64_t uiterlijk) KNP_MUST_CHECK;
// Makes an item of an earlier melding, as it would be decided on at item->now under its convenant:
// recalled, feiten, personen, sent. *ret_found false when its content or accountability is gone.
enum result recall_item(struct core *core, uint64_t melding, struct flow_item *item,
			bool *ret_found) KNP_MUST_CHECK;
// Adds an entry with these parts to the batch, applies it to state (record.c).
struct record_request {
	enum entry_class class;
	int64_t now;
	struct part *parts;
	size_t count;
	struct bytes content;
	uint64_t slot_parts, slot_content;
	struct bytes document;
	struct hash document_hash;
};
enum result record_add(struct core *core, const struct record_request *request,
		       struct record **ret_record) KNP_MUST_CHECK;
// The two halves of it. Making changes nothing; a push that fails leaves state half changed, so
// that the batch must end. RESULT_AGAIN from a push: the batch is full, nothing was changed.
enum result record_make(struct core *core, const struct record_request *request,
			struct record **ret_record) KNP_MUST_CHECK;
enum result record_push(struct core *core, struct record *record) KNP_MUST_CHECK;

// Most that one ontvanger may be given of an item.
size_t gaves_max(const struct convenant *convenant, const struct flow_item *item);
// Fills item->plaatsen: what can be decided on by this convenant (NULL: by none), from what the
// sender gave and what facts add.
enum result list_plaatsen(const struct convenant *convenant, struct flow_item *item) KNP_MUST_CHECK;

// Facts as recorded, and back (facts.c). Regimes stand with the places of the rubrieken:
// feiten_hold makes facts of them, and of those of what the knooppunt states itself.
void feiten_hold(struct feiten *feiten, const struct rubriekplaats *plaatsen, size_t count);
enum result feiten_record(const struct feiten *feiten, struct arena *arena,
			  struct feit_waarde **ret_waarden, size_t *ret_count) KNP_MUST_CHECK;
enum result feiten_recall(const struct feit_waarde *waarden, size_t count, struct arena *arena,
			  struct feiten **ret_feiten) KNP_MUST_CHECK;

// The melding of an entry as stored (recall.c). RECALL_TO_DELIVER leaves the parts encoded: a
// delivery shows one of them, recall_part() reads it.
enum recall_what { RECALL_PARTS, RECALL_PARTS_AND_CONTENT, RECALL_TO_DELIVER };
enum result recall_entry(struct core *core, uint64_t index, enum recall_what what,
			 struct arena *arena, struct recalled *ret_recalled) KNP_MUST_CHECK;
enum result recall_part(const struct recalled *recalled, size_t place, struct arena *arena,
			struct part *ret_part) KNP_MUST_CHECK;
// Facts of a melding as a convenant sees them: those recorded, its own name for the source, and the
// wegingen given in entries below `before` by the functie it names.
struct recall_question {
	uint64_t melding, before;
	const struct convenant *convenant;
};
enum result recall_feiten(struct core *core, const struct recall_question *question,
			  const struct recalled *recalled, struct arena *arena,
			  struct feiten **ret_feiten) KNP_MUST_CHECK;

// What the knooppunt states to one ontvanger as its own (verrijking.c): verrijking.* computed only
// over what that ontvanger may know to exist, and where herkomst is withheld the sender's rubrieken
// without their bron.
struct verrijkingen { // of one entry, all its ontvangers together
	struct opening *openings;
	size_t count, cap;
	size_t bytes;
};
enum result verrijking_make(struct core *core, const struct flow_item *item,
			    const struct toedeling *toedeling, uint32_t part,
			    struct verrijkingen *ret_verrijkingen) KNP_MUST_CHECK;
// One rubriek more that the knooppunt states, in this part of the entry.
enum result verrijking_add(const struct flow_item *item, uint32_t part,
			   const struct rubriek *rubriek, struct verrijkingen *out) KNP_MUST_CHECK;
// A rubriek of the melding in hand as the sender gave it: n-th of item->sent.
struct bytes sent_rubriek(const struct flow_item *item, size_t n);
// The same in the knooppunt's own words, for whom the source is withheld: the same velden, no bron.
enum result verrijking_restated(const struct flow_item *item, size_t n,
				struct bytes *ret_value) KNP_MUST_CHECK;
// Whether these regels give this rubriek of their place, by the law under which it is held.
bool gave_opens(const struct convenant *convenant, const struct gave *gave,
		const struct rubriekplaats *sent);
bool gave_herkomst(const struct toedeling *toedeling);
bool verrijking_is(uint32_t rubriek); // only the knooppunt states it, herkomst aside

// Answers (answer.c): seals Replies to a party.
struct answer {
	struct route route;
	struct key_id sealing_id;
	struct head held;
	struct reply *replies;
	size_t count, at_least; // at_least: size class of its envelope; 0: what it needs
};
// Who may be told something with content, sealed for this key: NULL when it is not in force. That a
// key was revoked is told to who holds it.
const struct party *answer_party(const struct core *core, const struct key_id *sealing_id);
enum result answer_send(struct core *core, const struct answer *answer,
			struct arena *arena) KNP_MUST_CHECK;
void answer_end(struct core *core); // after each answer: what it was made of may go
// These answer each asker by itself: what fails for one is logged and told to that one, nobody
// else waits for it. They use answer_arena.
void acknowledge_batch(struct core *core);
// Of what is durable now and somebody waits for: spares reading it back.
void deliver_offer(struct core *core);
void deliver_waiting(struct core *core, int64_t monotonic_ms);
// Requests that write nothing: answered by their type.
enum result deliver_request(struct core *core, struct flow_item *item,
			    struct arena *arena) KNP_MUST_CHECK;
enum result refuse_request(struct core *core, const struct flow_item *item, enum reason reason,
			   const char *field) KNP_MUST_CHECK;
// Answers a request with one reply.
enum result answer_request(struct core *core, const struct flow_item *item, struct reply *reply,
			   struct arena *arena) KNP_MUST_CHECK;
// What waits for `wanted`, at once or within `wait_s` seconds. Its sealing key must hold its
// functie.
enum result deliver_fetch(struct core *core, const struct waiter *wanted, uint64_t wait_s,
			  struct arena *arena) KNP_MUST_CHECK;
bool waiter_holds(struct core *core, const struct waiter *waiter);
// The leaf of one part of an entry, under the newest checkpoint (acknowledge.c).
struct leaf_source {
	uint64_t index;
	const uint8_t *entry;
	const struct vector_view *view;
};
enum result leaf_make(struct core *core, const struct leaf_source *source, size_t place,
		      struct leaf *ret_leaf) KNP_MUST_CHECK;
enum result leaf_recalled(struct core *core, const struct recalled *recalled, size_t place,
			  struct arena *arena, struct leaf *ret_leaf) KNP_MUST_CHECK;

struct pair_cache *pair_cache_new(void);
void pair_cache_free(struct pair_cache *cache);

#endif
