// SPDX-License-Identifier: EUPL-1.2
// What an instance of the adapter has on disk, below the spool of its client:
//
//   <spool>/adapter/<naam>/taken/<n>.<name>      a file that was taken, as it came, until each line
//                                                of it has its outcome; then it is destroyed
//   <spool>/adapter/<naam>/quarantine/<n>.<p>    what could not be sent of file n, sealed
//                                                (client_keep), in parts p from 0
//   <spool>/adapter/<naam>/quarantine/<n>.reden  why, for people: lines and columns, no values
//   <spool>/adapter/<naam>/state                 below
//   <spool>/adapter/<naam>/attendering           how attenderingen go (attendering/attendering.h)
//   <spool>/adapter/<naam>/uit                   path of the folder that verstrekkingen are put
//   into,
//                                                while the settings name one
//
// A file is taken by one rename, so the folder it is put in must lie on the same file system.
#ifndef KNP_ADAPTER_STORE_H
#define KNP_ADAPTER_STORE_H

#include "adapter/settings.h"

#define STORE_PATH_MAX 480
#define STORE_NAME_MAX 80
#define STORE_GAPS_MAX 64
#define LINES_NONE UINT64_MAX
#define QUARANTINE_KEEP_MS (14 * MS_PER_DAY)

struct gap { // numbers that never came, both inclusive
	uint64_t from, to;
};
// "KNPA", u8 version 1, three zeros, then each as u64be, gaps from and to, u32be length of the
// folder `in` and the folder.
struct store_state {
	uint64_t next;    // number of the next file that is taken
	uint64_t highest; // volgnummer seen, 0 none
	uint64_t last_ms; // when a file came last, or the instance began
	uint64_t lines;   // of the file that was done with last, LINES_NONE: none was
	uint64_t gap_count;
	struct gap gaps[STORE_GAPS_MAX];
};

struct store {
	char root[STORE_PATH_MAX]; // <spool>/adapter/<naam>
	char in[READING_PATH_MAX];
	struct store_state state;
};

struct taken {
	uint64_t number;
	char name[STORE_NAME_MAX + 1]; // the file had, as far as it is plain
	char path[STORE_PATH_MAX + 120];
};

// Makes the folders, reads the state. RESULT_DAMAGED, RESULT_IO, RESULT_DENIED; `problem` says
// what.
enum result store_open(const struct adapter_settings *settings, struct store *ret_store,
		       struct problem *problem) KNP_MUST_CHECK;
enum result store_save(const struct store *store) KNP_MUST_CHECK;

// Takes every file that ends in `suffix`, in capitals or not, is not hidden and rests since
// `rest_ms`. RESULT_CONFIG: the folder lies on another file system.
enum result store_take(struct store *store, const char *suffix, int64_t rest_ms,
		       size_t *ret_count) KNP_MUST_CHECK;
// Files that are taken, in order. The caller frees the list.
enum result store_list(const struct store *store, struct taken **ret_list,
		       size_t *ret_count) KNP_MUST_CHECK;
// Destroys one that is done with.
enum result store_finish(const struct store *store, const struct taken *taken) KNP_MUST_CHECK;

// Path of a part of the quarantine of file `number`.
void store_quarantine_path(const struct store *store, uint64_t number, unsigned part,
			   char out[STORE_PATH_MAX]);
enum result store_write_reason(const struct store *store, uint64_t number,
			       struct bytes text) KNP_MUST_CHECK;
// A person dealt with what lies there of this file: it is removed, the reason last.
// RESULT_NOT_FOUND: nothing does.
enum result store_quarantine_done(const struct store *store, uint64_t number) KNP_MUST_CHECK;
// Removes what lies there for more than 14 days.
enum result store_purge(const struct store *store, int64_t now_ms) KNP_MUST_CHECK;

// Notes that a line with this volgnummer came; the same one again changes nothing.
void store_note_number(struct store_state *state, uint64_t number);
uint64_t store_missing(const struct store_state *state);

// What lies where, of every instance that works with this spool.
struct store_counts {
	uint64_t in, taken, quarantine, missing;
	bool hands_out;
	uint64_t uit;                           // files that the system did not take
	char attendering[ATTENDERING_CODE_MAX]; // why those do not go, "": nothing is wrong
};
enum result store_count(const char *spool,
			void (*each)(void *context, const char *name,
				     const struct store_counts *counts),
			void *context) KNP_MUST_CHECK;

#endif
