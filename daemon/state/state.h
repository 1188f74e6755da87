// SPDX-License-Identifier: EUPL-1.2
// State: everything derived from the journal (design §7). Changed only by state_apply; a rebuild
// that applies the same entries gives the same ordered keys and values (P7). One write transaction
// stays open across batches and sees its own writes; state_flush commits it, without sync, because
// after an unclean boot state is thrown away and rebuilt.
//
// Every value that says something about a person is sealed under the verantwoording slot of the
// melding it came from; keys hold pseudonyms (handles, keyed hashes) and numbers only.
//
// LMDB has no checksums, so state authenticates itself, with keys of the keystore:
//
//   row    behind every value stands u64be SipHash-2-4(slot KEYSTORE_SLOT_STATE, u8 table ‖
//          u16be length of the key ‖ key ‖ value)
//   table  the meta row has for each table its number of rows and the sum of their hashes
//   whole  the meta row names its format, the entry it was applied up to, and the key of the person
//          index
//
// Seen when it is read: any change of a value or of a key, a row of another table, a row that lies
// out of its order; and where a row is said not to be there, any change of the keys beside its
// place, in leaves and branches of the tree. Seen when a table is walked (state_scrub, in the
// background, and rebuild --compare; state_check): also a row that is gone without a trace or is an
// older one, as when a page is lost or an old page stands in its place. Not seen: what holds the
// keys.
//
// Whatever does not hold together makes the whole of it damaged: it is thrown away and replayed.
#ifndef KNP_STATE_STATE_H
#define KNP_STATE_STATE_H

#include "convenant/convenant.h"
#include "keystore/keystore.h"
#include "store/store.h"
#include "wire/entry.h"
#include "wire/part.h"

// The tables, in the order of the store, their values without the hash. Neither a layout nor what
// apply makes of an entry changes without a new format; state of another format is thrown away and
// replayed.
#define STATE_FORMAT 12
enum state_table {
	STATE_META,   // "meta" → u32be format ‖ the numbers and sums of internal.h
	STATE_SOURCE, // source urn → u32be number
	STATE_DEDUPE, // u32 source ‖ id → header hash ‖ u64 index ‖ u8 outcome ‖ u16 reason
	STATE_SEQUENCE, // u32 source ‖ u64 first → u64 last ‖ u64 since: ranges of sequence numbers
			// seen, and when the first that came of it was received; 0: the
			// accountability of one of them is gone
	STATE_PERSON, // keyed hash of an identificatie ‖ u64 index ‖ u8 betrokkene → handle
	STATE_OCCURRENCE, // handle ‖ u64 index ‖ u8 betrokkene → sealed: u64 received ‖ OIN of
			  // sender
	STATE_ONTVANGER, // OIN ‖ functie → u64 last delivery number
	STATE_DELIVERY, // u64 ontvanger ‖ u64 number → unacknowledged, see struct state_delivery
	STATE_KNOWN, // u64 ontvanger ‖ u64 index ‖ u64 number → "": given of it, and not lapsed
	STATE_OBLIGATION, // u64 due ‖ u64 index ‖ u16 n → sealed: see struct state_obligation
	STATE_OWED,       // u64 index ‖ u16 n → u64 due: the same, by melding
	STATE_CAUSE,      // u64 index of a melding ‖ u64 index of a later entry about it → ""
	STATE_REGISTER,   // u64 index of a register leaf → leaf hash
	STATE_WISSING,    // u64 keystore slot → see struct state_wissing
	STATE_ACKED,      // u64 ontvanger ‖ u64 number → u64 index of the entry that gave it
	STATE_CASUS,      // handle ‖ u64 first entry of a casus about this person → ""
	STATE_NEWEST, // u64 first entry of a casus ‖ u32 type → u64 newest entry of it of this type
	STATE_BEWAAR, // u64 index of a melding → see struct state_bewaar
	STATE_STOP, // u64 index of a vernietigingsstop → u64 herzien ‖ u64 melding…; none: all
	STATE_WISSEND,    // u64 keystore slot → "": ordered destroyed, and not told as done yet
	STATE_NOOD,       // u64 index of a nood → u64 received
	STATE_ACCEPTATIE, // u64 index of an entry that accepted codes → ""
	STATE_GESLOTEN, // u64 index of a melding ‖ u8 betrokkene → u8 which of GESLOTEN_*: whoever
			// it names there does not count
	STATE_GEHOORD, // u32 source ‖ u32 day since 1970, of Amsterdam → u32 how many of its
		       // meldingen came, of those that can be accounted for
	STATE_TABLES,
};
const char *state_table_name(enum state_table table);
// `ontvanger` in a key is SipHash-2-4 under KEYSTORE_SLOT_STATE of 0xff ‖ OIN ‖ functie: it depends
// on nothing that can be erased, as the order of first deliveries would.

struct state;

// What one type of statement changes beside what every statement does, which state itself knows
// nothing of: called within state_apply, for each accountability part of that type, before the
// obligations that the part brings. Like apply it reads no clock, settings or randomness, and it
// changes rows only through the calls below that say so.
typedef enum result state_effect_fn(struct state *state, const struct part_verantwoording *v);
// The effect of a type; NULL: none. Type 0 is a part without a statement of its own.
typedef state_effect_fn *state_effect_of_fn(uint32_t type);

// `effect_of` must be the same for everyone who opens this state: rows are what it makes of a part.
// RESULT_UNSUPPORTED for state of another format, RESULT_DAMAGED: to be thrown away. Else what the
// store says.
enum result state_open(const char *folder, size_t map_bytes, struct keystore *keystore,
		       state_effect_of_fn *effect_of, struct state **ret_state) KNP_MUST_CHECK;
// The same beside the process that changes it, as it flushed it last. Nothing is applied through
// it. RESULT_NOT_FOUND, RESULT_UNSUPPORTED, RESULT_DAMAGED, RESULT_DENIED: it may just be replayed.
enum result state_open_to_read(const char *folder, size_t map_bytes, struct keystore *keystore,
			       struct state **ret_state) KNP_MUST_CHECK;
// Of one that is open to read: as it was flushed since. What was read before is from another
// moment.
enum result state_renew(struct state *state) KNP_MUST_CHECK;
// Gives back what readers of other processes held that ended without closing it. RESULT_IO.
enum result state_forget_dead(struct state *state) KNP_MUST_CHECK;
void state_close(struct state *state); // without flushing; NULL allowed
// Commits what was applied. RESULT_FULL, RESULT_IO.
enum result state_flush(struct state *state) KNP_MUST_CHECK;
// Forgets everything applied since the last flush.
void state_discard(struct state *state);
// True once anything read did not hold together; it stays so until another is opened.
bool state_is_damaged(const struct state *state);
// Checks `rows` further rows, and each table when it has been walked; changes may come in between.
// RESULT_NOT_FOUND when that ended a walk over all of it and all was well; RESULT_DAMAGED.
enum result state_scrub(struct state *state, size_t rows) KNP_MUST_CHECK;
// Walks one table now: RESULT_OK when every row of it is there and whole. Begins the scrub anew.
enum result state_check(struct state *state, enum state_table table) KNP_MUST_CHECK;

// An entry with its parts, as the journal has it. Parts whose key was destroyed are absent
// (`erased`), on both sides of a rebuild.
struct applied {
	uint64_t index;
	struct entry entry;
	struct hash leaf;
	bool erased;
	const struct bytes *encoded; // exact part bytes, in stored order
	const struct part *parts;    // the same decoded
	size_t count;
	struct arena *arena; // for scratch
	// The parts of an earlier entry, none when their key was destroyed: rows of what an
	// accountability made go with it. Lives until the next call.
	enum result (*earlier)(void *context, uint64_t index, struct part **ret_parts,
			       size_t *ret_count);
	void *context;
};
// Keys may be destroyed only when state is flushed up to the entry that ordered it: what is applied
// later could not read any more what is to go.
// Turns the parts of the entry at `state_position` into rows. Reads no clock, settings or
// randomness. RESULT_CONFLICT for another position; else what the store says.
enum result state_apply(struct state *state, const struct applied *applied) KNP_MUST_CHECK;
// For effects. Ends what is owed about the melding this statement is about: of one soort, under one
// name (of the regel or overleg; empty: any), under one convenant, and with `own` only what its
// signer owes or, where it speaks for another, what that one does.
struct state_settled {
	enum verplichting_soort soort;
	struct bytes naam;
	bool own;
	uint32_t betrokkene;    // 0: about whoever
	struct bytes namens;    // OIN of whom it speaks for, empty: for its signer
	struct bytes convenant; // empty: under any
};
enum result state_settle(struct state *state, const struct part_verantwoording *v,
			 const struct state_settled *settled) KNP_MUST_CHECK;
// Whether there is anything that state_settle would end.
enum result state_settles(struct state *state, const struct part_verantwoording *v,
			  const struct state_settled *settled, bool *ret_any) KNP_MUST_CHECK;
// An ontvanger has this delivery durable: it waits no more. One that does not wait is fine.
enum result state_acknowledge(struct state *state, const struct ontvanger *ontvanger,
			      uint64_t number) KNP_MUST_CHECK;
// This statement is the newest of its type about the casus that it is about, or opens.
void state_is_newest(struct state *state, const struct part_verantwoording *v);
// The melding this statement is about has no term, for no convenant decided it: it gets those of
// `v`.
enum result state_begin_term(struct state *state,
			     const struct part_verantwoording *v) KNP_MUST_CHECK;
// What of whoever stands as this betrokkene of the melding the statement is about (GESLOTEN_*
// together) is not so, or may not be used; or is again. While anything is, the person does not
// count there.
#define GESLOTEN_PERSOON 1 // as such
#define GESLOTEN_IDENTIFICATIE 2
#define GESLOTEN_BSN 4
enum result state_is_gesloten(struct state *state, const struct part_verantwoording *v,
			      uint32_t betrokkene, uint8_t what, bool gesloten) KNP_MUST_CHECK;
// This statement gave something in an emergency.
void state_is_nood(struct state *state, const struct part_verantwoording *v);
// Index of the next entry to apply.
uint64_t state_position(struct state *state);
// Is this state made, by this version, of the log whose entry before state_position has this leaf
// hash? (An empty
// state is of any log.) State of another log, of a fork or of an older copy must be thrown away.
bool state_follows(struct state *state, const struct hash *leaf);
// The first keystore slot no entry has used.
uint64_t state_next_slot(struct state *state);

// ---- what the flow asks --------------------------------------------------------------------

// Number of a source, or the number it would get (*ret_known false): the empty source is never
// known, so that gives how many there are.
enum result state_source(struct state *state, struct bytes source, uint32_t *ret_number,
			 bool *ret_known) KNP_MUST_CHECK;

struct state_outcome {
	struct hash header_hash;
	uint64_t index;
	uint32_t outcome, reason;
};
// RESULT_NOT_FOUND when (source, id) has no outcome yet.
enum result state_dedupe(struct state *state, uint32_t source, struct bytes id,
			 struct state_outcome *ret_outcome) KNP_MUST_CHECK;
// True when this sequence number of the source was seen before.
enum result state_sequence_seen(struct state *state, uint32_t source, uint64_t sequence,
				bool *ret_seen) KNP_MUST_CHECK;

// The first source whose name comes after this one ("" for the first of all). RESULT_NOT_FOUND past
// the last.
struct state_source_row {
	char name[SOURCE_MAX + 1];
	uint32_t number;
};
enum result state_next_source(struct state *state, struct bytes after,
			      struct state_source_row *ret_source) KNP_MUST_CHECK;
// The first run of sequence numbers of a source, all of them used, that begins at `from` or later.
// RESULT_NOT_FOUND past the last.
struct state_run {
	uint64_t first, last;
	uint64_t since; // when the first that came of them was received; 0: longer ago than a
			// statement can come again, and not known any more
};
enum result state_next_run(struct state *state, uint32_t source, uint64_t from,
			   struct state_run *ret_run) KNP_MUST_CHECK;
// The last that begins at `from` or before. RESULT_NOT_FOUND before the first.
enum result state_previous_run(struct state *state, uint32_t source, uint64_t from,
			       struct state_run *ret_run) KNP_MUST_CHECK;
// The first day from `from` on, in days since 1970 of Amsterdam, on which a melding of this source
// came, and how many did. RESULT_NOT_FOUND past the last.
struct state_gehoord {
	uint32_t day, count;
};
enum result state_next_gehoord(struct state *state, uint32_t source, uint32_t from,
			       struct state_gehoord *ret_gehoord) KNP_MUST_CHECK;

enum result state_person(struct state *state, const struct identificatie *identificatie,
			 uint8_t ret_handle[HANDLE_LEN]) KNP_MUST_CHECK;
struct state_occurrence {
	uint64_t index, received;
	uint32_t betrokkene; // of that melding
	struct oin bron;     // whose it is (state/bron.h)
};
// The newest occurrences of a person received at or after `since`, newest first, at most `max`;
// erased ones are left out. Returns how many in *ret_count. RESULT_DAMAGED when one does not unseal
// (state itself is whole then, see state_is_damaged).
struct state_span {
	const uint8_t *handle;
	uint64_t since;
	size_t max;
	uint64_t below; // only entries below this index; 0: any
	bool counted;   // leaves out where the person does not count (STATE_GESLOTEN)
};
enum result state_occurrences(struct state *state, struct state_span span,
			      struct state_occurrence *ret_occurrences,
			      size_t *ret_count) KNP_MUST_CHECK;
// The first casus about a person whose first entry is at least `from`; RESULT_NOT_FOUND.
enum result state_casus(struct state *state, const uint8_t *handle, uint64_t from,
			uint64_t *ret_first) KNP_MUST_CHECK;
// The casus at or after a place among all of them, which go by person; RESULT_NOT_FOUND past the
// last.
struct state_casus_place {
	uint8_t handle[HANDLE_LEN];
	uint64_t first;
};
enum result state_next_casus(struct state *state, const struct state_casus_place *from,
			     struct state_casus_place *ret_place) KNP_MUST_CHECK;
// A casus of whoever stands at or after this place among all persons; RESULT_NOT_FOUND when there
// is none at all.
enum result state_any_casus(struct state *state, const uint8_t *place,
			    uint64_t *ret_first) KNP_MUST_CHECK;
// The newest entry of a type about the casus that begins at `first`; RESULT_NOT_FOUND.
enum result state_newest(struct state *state, uint64_t first, uint32_t type,
			 uint64_t *ret_index) KNP_MUST_CHECK;

// When the newest nood was received, milliseconds; RESULT_NOT_FOUND when none is accounted for.
enum result state_nood(struct state *state, uint64_t *ret_received) KNP_MUST_CHECK;

// Did this ontvanger get something of the melding at `index`?
enum result state_known(struct state *state, const struct ontvanger *ontvanger, uint64_t index,
			bool *ret_known) KNP_MUST_CHECK;

// Last delivery number given out; 0 for an ontvanger that never got anything.
enum result state_last_number(struct state *state, const struct ontvanger *ontvanger,
			      uint64_t *ret_number) KNP_MUST_CHECK;
struct state_delivery {
	uint64_t number;
	uint64_t index;        // entry with the part
	uint32_t part;         // place in the stored order of that entry
	uint64_t generation;   // register leaf of the convenant it was decided under
	struct hash part_hash; // SHA-256 of the exact part
};
// The unacknowledged deliveries with a number above `after`, in order, as many as there is room
// for; RESULT_NOT_FOUND when there is none.
struct state_deliveries {
	struct state_delivery *rows;
	size_t cap, count;
};
enum result state_next_deliveries(struct state *state, const struct ontvanger *ontvanger,
				  uint64_t after,
				  struct state_deliveries *deliveries) KNP_MUST_CHECK;
// The first of them.
enum result state_next_delivery(struct state *state, const struct ontvanger *ontvanger,
				uint64_t after, struct state_delivery *ret_delivery) KNP_MUST_CHECK;

// The entry that gave a delivery which was acknowledged; RESULT_NOT_FOUND while it was not.
enum result state_acked(struct state *state, const struct ontvanger *ontvanger, uint64_t number,
			uint64_t *ret_index) KNP_MUST_CHECK;

// A veld of an accountability that nobody sends (specification K35): the entry, as u64, that
// could not be read when what waits about its melding had to be decided again; empty: any entry, as
// where more waits than one batch decides.
// What waits there was then decided under no generation at all.
#define VELD_ONGELEZEN 121
#define ONGELEZEN_MAX 32
// Walks waiting deliveries that were decided under another generation. `place` is where the walk
// is, zeroed at its start; RESULT_NOT_FOUND at its end.
struct state_stale {
	uint8_t from[16];
	struct state_delivery delivery;
};
enum result state_next_stale(struct state *state, uint64_t generation,
			     struct state_stale *place) KNP_MUST_CHECK;

#define REGEL_NAME_MAX 64
#define CONVENANT_NAME_MAX 64
struct state_obligation {
	uint64_t due, index; // index: the melding
	uint32_t n;
	uint32_t soort, betrokkene;
	struct ontvanger owed_by;
	char regel[REGEL_NAME_MAX + 1];
	char convenant[CONVENANT_NAME_MAX + 1]; // its name; "" of before it was recorded
};
// The first open obligation of one melding with a number of at least `n`; RESULT_NOT_FOUND past the
// end. Those whose key was destroyed are left out.
enum result state_owed(struct state *state, uint64_t index, uint32_t n,
		       struct state_obligation *ret_obligation) KNP_MUST_CHECK;
// The first open obligation after this one in order of due time (by its due, index and n; NULL: of
// all). RESULT_NOT_FOUND past the end; RESULT_ERASED, RESULT_DAMAGED: that one cannot be read, of
// which due, index and n are given all the same.
enum result state_next_obligation(struct state *state, const struct state_obligation *after,
				  struct state_obligation *ret_obligation) KNP_MUST_CHECK;
// How many are open, those that cannot be read among them.
enum result state_count_obligations(struct state *state, uint64_t *ret_count) KNP_MUST_CHECK;
// Calls `each` for every open obligation in order of due time until it returns false.
// RESULT_DAMAGED, after the others, when one does not unseal.
enum result state_obligations(struct state *state,
			      bool (*each)(void *context, const struct state_obligation *o),
			      void *context) KNP_MUST_CHECK;
// The first entry from `from` on that is about the melding at `index`, in their order: a weging, a
// delivery decided again, a tick in which something of it lapsed. RESULT_NOT_FOUND past the end.
enum result state_next_cause(struct state *state, uint64_t index, uint64_t from,
			     uint64_t *ret_later) KNP_MUST_CHECK;
// The first register leaf with an index of at least `from`; RESULT_NOT_FOUND.
enum result state_register_leaf(struct state *state, uint64_t from,
				uint64_t *ret_index) KNP_MUST_CHECK;

// Keys that were ordered destroyed, for good: a start destroys them again, whatever keystore it
// finds. The first one of a slot of at least `from`; RESULT_NOT_FOUND past the end.
struct state_wissing {
	uint64_t slot, melding;
	uint64_t begonnen; // entry with the order
	uint64_t klaar;    // entry of the tick that says it is done; 0 not yet
};
enum result state_wissing(struct state *state, uint64_t from,
			  struct state_wissing *ret_wissing) KNP_MUST_CHECK;

// The first one of those that no tick has told as done, of a slot of at least `from`;
// RESULT_NOT_FOUND past the end.
enum result state_wissend(struct state *state, uint64_t from, uint64_t *ret_slot) KNP_MUST_CHECK;

// Until when a melding is kept: the longest of the regels that gave something of it, in
// milliseconds. STATE_BEWAAR_NOOIT for a casus, and where no convenant was in force, until a
// screening ends that.
#define STATE_BEWAAR_NOOIT UINT64_MAX
struct state_bewaar {
	uint64_t melding; // or what the privacybureau recorded: a vraag, a verzoek
	uint64_t inhoud;  // 0: is gone, or there was none
	uint64_t verantwoording;
	bool bureau; // of the privacybureau: no melding, and without content
};
// The first melding with an index of at least `from` of which at least the verantwoording is there;
// RESULT_NOT_FOUND past the end.
enum result state_bewaar(struct state *state, uint64_t from,
			 struct state_bewaar *ret_bewaar) KNP_MUST_CHECK;

// Vernietigingsstoppen that have not ended. The first one of an index of at least `from`;
// RESULT_NOT_FOUND past the end.
struct state_stop {
	uint64_t index, herzien;
	size_t meldingen; // 0: all
};
// The first entry from `from` on that accepted codes. RESULT_NOT_FOUND.
enum result state_acceptatie(struct state *state, uint64_t from,
			     uint64_t *ret_index) KNP_MUST_CHECK;
enum result state_stop(struct state *state, uint64_t from,
		       struct state_stop *ret_stop) KNP_MUST_CHECK;
// May this melding not be destroyed?
enum result state_held(struct state *state, uint64_t melding, bool *ret_held) KNP_MUST_CHECK;

struct state_ontvanger_row {
	struct ontvanger ontvanger;
	uint64_t last_number, unacknowledged;
};
// Calls `each` for every ontvanger that ever got something.
enum result state_ontvangers(struct state *state,
			     bool (*each)(void *context, const struct state_ontvanger_row *row),
			     void *context) KNP_MUST_CHECK;

// Rows and SHA-256 over all ordered keys and values of one table, for rebuild --compare.
struct state_digest {
	uint64_t rows;
	struct hash hash;
};
enum result state_digest(struct state *state, enum state_table table,
			 struct state_digest *ret_digest) KNP_MUST_CHECK;
enum result state_facts(struct state *state, struct store_facts *ret_facts) KNP_MUST_CHECK;

#endif
