// SPDX-License-Identifier: EUPL-1.2
// The inbox of one functie: verified deliveries that are durable here.
//
//   inbox/<functie>/<n>.item    records, each of one envelope: u32be length || sealed as
//                               lib/spool.h has it: u32be count || the Replies they came in
//                               deliveries number, number + 1, … of `count`, all verified; the
//                               first record has number n. Appended to, up to 4 MiB, so that a
//                               fetch of many answers costs one sync; a record that a crash
//                               damaged, and what follows it, is fetched again
//   inbox/<functie>/<n>.aside   sealed: text "check" || NUL || the Replies of what failed a check
//   inbox/<functie>/<day>.gegeven  what was given that day (since 1970), kept 14 days, not sealed:
//                               per verstrekking u64be number || SHA-256 of what it gave, which
//                               tells nobody what that was; not synced
//   inbox/<functie>/position    sealed: three u64be, struct inbox_position
#ifndef KNP_LIB_INBOX_H
#define KNP_LIB_INBOX_H

#include "keys/keys.h"
#include "lib/proof.h"
#include "lib/spool.h"
#include "wire/message.h"

#define INBOX_FILE_MAX (4 * 1024 * 1024)
#define INBOX_OPEN_MAX 64 // records in memory; others are read again from their file

// Delivery numbers begin at 1; 0 says none yet.
struct inbox_position {
	uint64_t handed_over; // the caller has all up to this one
	uint64_t acked;       // an ack of all up to this one is in the outbox
	uint64_t outbox_mark; // acks beyond `acked` can only be in outbox files from this number on
};

// Deliveries of one record in memory, taken apart: what was fetched last is read there, and what
// was read again from its file.
struct inbox_content {
	struct bytes note; // the checkpoint they came with
	const struct delivered *delivered;
	size_t count;
};

struct inbox {
	const struct spool *spool;
	char functie[FUNCTIE_MAX + 1];
	struct inbox_position position;
	bool unsaved;        // its file is behind: `acked` is, and the outbox tells how far
	uint64_t stored;     // highest number that is or was in a file here
	uint64_t durable;    // the same, of what was synced: only that may be handed over
	uint64_t named_file; // whose name is durable too
	struct inbox_record {
		uint64_t first, last;
		uint64_t file; // its name
		size_t offset, length;
	} * records; // in order
	size_t count, room;
	struct buffer record; // the one that is written
	struct inbox_open {
		uint64_t first; // of its record, 0: none
		uint64_t turn;  // of the last reading: the oldest makes room
		struct arena *arena;
		struct inbox_content content;
	} open[INBOX_OPEN_MAX];
	uint64_t turns;
	struct inbox_given {
		uint64_t number;
		struct hash what;
	} * given; // by what, of numbers up to given_base; loaded when it is first asked for
	size_t given_count;
	uint64_t given_base; // 0: not loaded
};

// Makes the folder when it is not there. RESULT_MALFORMED: not the name of a functie.
enum result inbox_open(const struct spool *spool, const char *functie,
		       struct inbox **ret_inbox) KNP_MUST_CHECK;
void inbox_free(struct inbox *inbox); // NULL allowed

// Keeps the deliveries of `content`, which were all verified and are the first of the exact Replies
// in `wire`, numbered from stored + 1. They lie on *arena: with RESULT_OK the inbox took it and
// gave another one.
enum result inbox_add(struct inbox *inbox, struct bytes wire, const struct inbox_content *content,
		      struct arena **arena) KNP_MUST_CHECK;
// Makes durable what was added. When that fails, what was added since the last time is forgotten:
// it was not handed over and can be fetched again.
enum result inbox_sync(struct inbox *inbox) KNP_MUST_CHECK;
// Keeps what failed a check, so that it can be shown.
enum result inbox_set_aside(const struct inbox *inbox, const char *check,
			    struct bytes replies) KNP_MUST_CHECK;
// The number of a delivery that was kept so and did not come well since; 0: none.
enum result inbox_find_aside(const struct inbox *inbox, uint64_t *ret_number) KNP_MUST_CHECK;
// The delivery with this number, valid until the next call; RESULT_NOT_FOUND.
enum result inbox_read(struct inbox *inbox, uint64_t number,
		       const struct delivered **ret_delivered) KNP_MUST_CHECK;
// The checkpoint of the newest record, valid until the next call; RESULT_NOT_FOUND.
enum result inbox_newest_note(struct inbox *inbox, struct bytes *ret_note) KNP_MUST_CHECK;
// Writes the position down, then it counts.
enum result inbox_move(struct inbox *inbox, const struct inbox_position *position) KNP_MUST_CHECK;
// An ack of all up to `acked` is in the outbox: in its files before `outbox_mark`. That is found
// there again as long as they are kept, so the position goes with the next inbox_move.
void inbox_acked(struct inbox *inbox, uint64_t acked, uint64_t outbox_mark);
// inbox_move to where it is, unless that is written down.
enum result inbox_save(struct inbox *inbox) KNP_MUST_CHECK;
// Goes on at a later number than the next, in an inbox of which everything is acked.
// RESULT_EXISTS: it is not, or the number is not later.
enum result inbox_begin(struct inbox *inbox, uint64_t first) KNP_MUST_CHECK;
// Removes files of which everything is acked. One that a power cut brings back goes again.
enum result inbox_tidy(struct inbox *inbox) KNP_MUST_CHECK;

// ---- what was given before (inbox_given.c) ------------------------------------------------------

// Remembers what each verstrekking gives, for 14 days.
enum result inbox_remember(struct inbox *inbox, const struct inbox_content *content) KNP_MUST_CHECK;
// Removes what was remembered longer ago.
enum result inbox_forget(const struct inbox *inbox, int64_t now) KNP_MUST_CHECK;
// Was the same given under a number up to `base`, of which the log lost those after it went on from
// a copy? The same melding with the same rubrieken, whatever entry says so.
enum result inbox_had(struct inbox *inbox, const struct delivered *delivered, uint64_t base,
		      bool *ret_had) KNP_MUST_CHECK;

// ---- between inbox.c and inbox_position.c -------------------------------------------------------

// The position as it was written down, zeros when it never was. RESULT_DAMAGED.
enum result inbox_position_read(struct inbox *inbox) KNP_MUST_CHECK;
// RESULT_DAMAGED, telling the spool's problem which file.
enum result inbox_damaged(const struct inbox *inbox, const char *path);

#endif
