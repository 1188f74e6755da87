// SPDX-License-Identifier: EUPL-1.2
// The core process and what runs without it: init and rebuild. Core has no network; it is one loop
// in one thread (design §3).
#ifndef KNP_CORE_CORE_H
#define KNP_CORE_CORE_H

#include "base/problem.h"
#include "flow/flow.h"
#include "ipc/channel.h"

// Paths below the data folder.
struct core_paths {
	char log[256], state[256], keystore[256], guard[256], genesis[256], boot[256];
	char proposals[256];
};
void core_paths(const struct settings *settings, struct core_paths *ret_paths);
#define GENESIS_FILE_MAX ((size_t)1 << 20)

// Opens the keys: what core needs of whoever started the daemon. Afterwards core_open needs only
// core's own user. On failure nothing is left open.
enum result core_open_keys(struct core *core, const struct settings *settings,
			   struct problem *problem) KNP_MUST_CHECK;
void core_close_keys(struct core *core);
// Puts the newest key of the log into log.vkey of the data folder, from where the house hands it
// out, unless it is there. A failure is logged only: nothing rests on the file.
void core_keep_vkey(const struct core *core);
// Lines "<gebruik> <state> <entry> <key>" about the keys of the knooppunt itself, with " <adres>"
// behind a transport key that has one; and lines "deur <key> <endpoint>" of those that are served.
void core_say_house_keys(const struct core *core, struct buffer *out);
// While several transport keys are in force: of each key of a partner, by which of them it came
// last. "way <oin>/<functie> transport=new|old|unseen last=<wall ms, 0: not since the start>".
void core_say_ways(const struct core *core, struct buffer *out);
// gate.c: tells the gate who may connect and by which keys of ours; takes what it says.
void core_tell_gate(struct core *core, struct channel *gate);
// At every turn: tells it again what found no room on its way; and has it begin anew, and read our
// keys again, when that was asked (reopen) or a door is closed that may be open by then.
// Connections are cut for it: for such a door each time after twice as long, from a minute to an
// hour.
void core_turn_gate(struct core *core, struct channel *gate, int64_t monotonic_ms);
void core_take_from_gate(struct core *core, uint32_t kind, struct bytes message);
// openers.c: tells an opener whose statements it opens, and by which keys of ours.
struct told_opener {
	struct channel channel;
	int number;
	bool behind; // it is owed the newest list: there was no room on its way
};
void core_tell_opener(const struct core *core, struct told_opener *opener);
// At every turn: tells it what it is owed, once it has read what came before.
void core_turn_opener(const struct core *core, struct told_opener *opener);
// Before core_open: an earlier core of this daemon could not write any more, and until a person
// starts the daemon anew this one only reads.
void core_stay_readonly(struct core *core);
// Opens everything: keys unless core_open_keys did, keystore, journal, guard; checks that the log
// is not behind the guard; brings state up to date (discarding it after an unclean boot), folds the
// register, loads the convenant, signs. Memory of `core` is the caller's, zeroed but for what was
// called before. On failure
// `problem` says what, where and what to do, and nothing is left open.
enum result core_open(struct core *core, const struct settings *settings,
		      struct problem *problem) KNP_MUST_CHECK;
// State (open_state.c): opened and brought up to date with the log, replayed from it when it cannot
// be trusted; replayed because it is damaged, with all that rests on it begun anew and status told;
// removed, so that the next open builds it anew; flushed and marked as whole at an orderly end.
enum result core_open_state(struct core *core, const struct core_paths *paths,
			    struct problem *problem) KNP_MUST_CHECK;
enum result core_heal_state(struct core *core) KNP_MUST_CHECK;
enum result core_discard_state(const char *folder) KNP_MUST_CHECK;
void core_leave_clean(struct core *core);
// A little of the background scrub (scrub.c): rows of state, then entries of the log. What is found
// of state is healed by a replay; of the log it is counted and named. RESULT_OK when nothing stands
// in the way of going on.
enum result core_scrub(struct core *core, int64_t monotonic_ms) KNP_MUST_CHECK;
// When it wants to go on, monotonic.
int64_t core_scrub_next(const struct core *core);
// A little of what was ordered destroyed, and of the walk over terms (gone.c). Nothing may be in
// the batch.
void core_destroy(struct core *core, int64_t monotonic_ms);
// Beside a core that runs: all that questions about the log need, as it stands now, to read it.
// Signs, sends and changes nothing; without any key but those of the keystore. RESULT_AGAIN: core
// is not as far yet; what else fails may be so because core just replaces it. core_close() ends it.
enum result core_open_to_read(struct core *core, const struct settings *settings,
			      struct problem *problem) KNP_MUST_CHECK;
// The newest checkpoint there is, and the log with at least that. RESULT_BAD_SIGNATURE: the key of
// the log changed since the reader opened. As core_open_to_read.
enum result core_renew_checkpoint(struct core *core) KNP_MUST_CHECK;
// Called between two steps of a question that goes on: the parent sees that it does, and a reader
// lets go of what it kept from being overwritten (design §7). Nothing read from state before may be
// used after it. RESULT_OK in core itself.
enum result core_breathe(struct core *core) KNP_MUST_CHECK;
// Flushes state and leaves the clean mark.
void core_close(struct core *core);
// Checks that keys, codes, store and convenant can be used without opening the databases: safe
// beside a running daemon.
enum result core_check(const struct settings *settings, struct problem *problem) KNP_MUST_CHECK;

// Looks what is wrong (control/alarm.h); `now` as it is believed, time_now().
void core_look(struct core *core, int64_t now);
// Counts again what the ticks of the last day recorded as refused (refusals.c).
enum result core_recall_refusals(struct core *core, int64_t now) KNP_MUST_CHECK;
// Answers one control question (control/control.h) into `answer`.
void core_command(struct core *core, struct bytes request, struct buffer *answer);
// A vraag of the officer that is recorded, as the lines of a question; and its answer (vraag.c).
void vraag_request(const struct statement *statement, struct buffer *out);
void core_vraag(struct core *core, struct bytes request, struct buffer *out);
// When and on which ground the key in a slot was ordered destroyed (gone.c). RESULT_NOT_FOUND when
// it was not; RESULT_DAMAGED.
#define TERM_GROND "de bewaartermijn is verstreken"
struct core_wissing {
	uint64_t begonnen, klaar; // entries; klaar 0 while no tick has told that it is done
	int64_t time;
	char grond[WISSING_GROND_MAX + 1]; // of an order, or TERM_GROND
};
enum result core_wissing(struct core *core, uint64_t slot,
			 struct core_wissing *ret_wissing) KNP_MUST_CHECK;
// `why` for one melding (why.c): lines into `answer`. RESULT_NOT_FOUND, and the problem says of
// what.
struct why_request {
	struct bytes id, source, ontvanger, betrokkene, rubriek;
	struct bytes convenant; // empty: the first under which it is an ontvanger
};
// When the oldest delivery that waits for its acknowledgement became an entry (wall milliseconds);
// 0: none waits, or it cannot be read.
int64_t core_oldest_waiting(struct core *core, const struct ontvanger *ontvanger);
enum result core_why(struct core *core, const struct why_request *request, struct buffer *answer,
		     struct problem *problem) KNP_MUST_CHECK;

// Set when the register changed: openers and gate must get new lists.
bool core_take_changed(struct core *core);

// Main functions of the subcommands; `argv[0]` is the subcommand. Return the exit code.
// `settings_file` is what -c named, or NULL.
int init_main(const char *settings_file, int argc, char **argv);
int rotate_main(const char *settings_file, int argc, char **argv);
int rebuild_main(const char *settings_file, int argc, char **argv);
int restore_main(const char *settings_file, int argc, char **argv); // drill.c

#endif
