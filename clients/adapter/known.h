// SPDX-License-Identifier: EUPL-1.2
// What an instance sent before, for longer than the outbox remembers it (14 days): of each number
// whether a melding of it was taken, by what it said, or how many were refused. So a list that
// comes every day sends nobody twice, and a line that was refused can go after all, under a next
// id.
//
//   <spool>/adapter/<naam>/known-<jjjjmm>  rows that were added in that month, 40 bytes each:
//       id[16] || content[16] || u32be attempt || check[4]
//
// id: SHA-256 of the id of the first attempt; content: likewise of the keyed hash of what it said,
// zeros: refused; check: SHA-256 of the 36 bytes before it, so that a row that a power cut tore is
// none. Both hashes are of ids that are made with a key of the client (client_make_id): they tell
// nobody else anything. A later row counts. Kept for 13 months since a line was seen last.
#ifndef KNP_ADAPTER_KNOWN_H
#define KNP_ADAPTER_KNOWN_H

#include "base/bytes.h"
#include "base/clock.h"

#define KNOWN_TAG_LEN 16
#define KNOWN_MONTHS 13
#define KNOWN_PATH_MAX 520

struct known_row {
	uint8_t id[KNOWN_TAG_LEN];
	uint8_t content[KNOWN_TAG_LEN]; // zeros: attempts before `attempt` were refused
	uint32_t attempt;               // the one that was taken, or the next
	uint32_t month;                 // it was noted in
};
struct known {
	char root[KNOWN_PATH_MAX - 40];
	struct known_row *rows; // by id
	size_t count, room;
	struct known_row *pending; // of the file at hand
	size_t pending_count, pending_room;
};

// Reads what there is, and removes what is too old. The caller ends what it got with known_done.
enum result known_open(struct known *known, const char *root, int64_t now_ms) KNP_MUST_CHECK;
void known_done(struct known *known);

void known_tag(struct bytes text, uint8_t ret_tag[KNOWN_TAG_LEN]);
bool known_was_taken(const struct known_row *row);
// NULL: nothing is known of it.
const struct known_row *known_find(const struct known *known, const uint8_t id[KNOWN_TAG_LEN]);
// Notes one of the file at hand: it counts from known_commit on. RESULT_NO_MEMORY.
enum result known_note(struct known *known, const struct known_row *row) KNP_MUST_CHECK;
// The file at hand begins, or begins anew.
void known_begin(struct known *known);
// Makes what was noted durable. RESULT_IO, RESULT_FULL, …: nothing of it counts; what is on disk
// already is no harm.
enum result known_commit(struct known *known, int64_t now_ms) KNP_MUST_CHECK;

#endif
