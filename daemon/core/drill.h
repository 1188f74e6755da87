// SPDX-License-Identifier: EUPL-1.2
// Inside core/ only: a start made of a backup in a folder of its own, from the words of the command
// to what is done with it: a report (--drill), the text of a herstel (--propose), or the herstel
// itself (--order).
#ifndef KNP_CORE_DRILL_H
#define KNP_CORE_DRILL_H

#include "core/backup.h"
#include "core/backup_check.h"
#include "register/herstel.h"

#define DRILL_GUARD_COPY "guard-huis" // in the folder, of the guard of the house
#define DRILL_SEEN_MAX 64             // checkpoints that parties hold

struct drill {
	const char *backup;             // <folder>/log/<moment>
	const char *scratch;            // a folder that is made, and removed
	char keystore[BACKUP_PATH_MAX]; // the sealed copy
	struct settings settings;       // of the house; data and guard those of the scratch folder
	struct problem problem;
	// What is done with the core that was opened on it, at the newest entry of the backup.
	enum result (*use)(struct drill *drill, struct core *core);
	// Of a drill.
	const char *out;         // of the report; its signature lies beside it, with .act behind
	const char *key;         // folder of the role that signs
	const char *role_unlock; // its unlock file
	char unlock_path[BACKUP_PATH_MAX];
	// Of a herstel: what is proposed, into `out`; or the text that was signed, and the acts.
	struct herstel herstel;
	bool told_opdrachten;
	const char *seen[DRILL_SEEN_MAX]; // files
	size_t seen_count;
	const char *order, *acts[2];
	size_t act_count;
	char data[BACKUP_PATH_MAX], guard[BACKUP_PATH_MAX]; // of the house
	char own_scratch[BACKUP_PATH_MAX];
	struct checkpoint restored; // the first of the new origin
	bool guard_is_before;       // there is one, of the predecessor
	// What was found.
	int64_t begun, took_ms;
	uint64_t log_bytes, keystore_bytes, keystore_size; // size: of the log it was copied with
	uint64_t erased_again; // keys that the copy still had and an order ends
	struct backup_found found;
	struct checkpoint checkpoint; // of the backup
};

// Sets the problem unless there is one, and gives `result` back.
enum result drill_fail(struct drill *drill, enum result result, enum reason reason,
		       const char *file, const char *what) KNP_MUST_CHECK;

// `name` in `folder`; and what of the backup goes into the scratch folder (drill_copy.c).
void drill_path(char out[BACKUP_PATH_MAX], const char *folder, const char *name);
enum result drill_fill(struct drill *drill) KNP_MUST_CHECK;

// The scratch folder (drill_scratch.c) looks as the data of a house do, and its keystore is open.
// Its mark is made first and removed last: nothing is ever removed from a folder without it.
// Removes first what a drill that was cut off left there. RESULT_EXISTS: something else is there.
enum result drill_make_scratch(struct drill *drill) KNP_MUST_CHECK;
// Overwrites its keys and removes it. RESULT_IO, RESULT_EXISTS: it is not gone.
enum result drill_clear_scratch(const char *scratch) KNP_MUST_CHECK;

// How a drill is ended from outside (drill_child.c). From hold on what would end the process (an
// interrupt, a request to end, a hang-up) waits; during drill_in_child it ends the child, and the
// drill with it; let_end() lets it come, and does not return when it did.
void drill_hold_end(void);
void drill_let_end(void);
// Runs `attempt` in a child, which dies with its parent: a page that is damaged can end whoever
// opens the database. Returns the exit code; of a child that a signal ended it tells which: those
// of a damaged page are the backup's (PROGRAM_NO), any other is not (PROGRAM_BROKEN).
int drill_in_child(struct drill *drill, int (*attempt)(struct drill *drill));

// Fills the folder, opens core on it, verifies all of it, and calls `use` (drill.c).
enum result drill_run(struct drill *drill) KNP_MUST_CHECK;

// Writes the report and its signature (drill_report.c): an act of soort "drill" over the SHA-256 of
// the report, which must be that of a role in force.
enum result drill_report(struct drill *drill, struct core *core) KNP_MUST_CHECK;

// A herstel (herstel.c). Before anything is made of the backup: may the log go on from it? Not
// while the house has its log, nor by the guard when nothing is lost.
enum result herstel_may(struct drill *drill) KNP_MUST_CHECK;
// Writes the text that two roles sign into `out`.
enum result herstel_propose(struct drill *drill, struct core *core) KNP_MUST_CHECK;
// Makes the leaf of the text and acts that were signed.
enum result herstel_record(struct drill *drill, struct core *core) KNP_MUST_CHECK;
// Puts what was made in the place of the house's data, the log last: until it is there no daemon
// starts, and the command can be given again.
enum result herstel_install(struct drill *drill) KNP_MUST_CHECK;

#endif
