// SPDX-License-Identifier: EUPL-1.2
// The processes of knooppuntd and the descriptors each is started with. The parent fork+execs its
// own binary (/proc/self/exe) as
//
//	knooppuntd --role NAME --number N --openers N --generation N --before N
//
// (--before: what earlier cores of this daemon came to, BEFORE_… together)
// with inherited descriptors at fixed numbers: 3 the settings as the parent checked them (a memory
// file with one struct settings, which all map to read: what is reloadable changes in it), 4 to the
// parent, 5 to the gate, 6 to core, 7 the lock on the data folder, 8 and 9 the memory of
// ipc/apart.h, 10 a pipe for one report of what confines it, 11 the memory of ipc/pulse.h, 12 to
// the reader of core, 13.. to the openers; those a role does not use are closed, and so is
// everything above. A child gets SIGKILL when its parent ends, and when its loop does not turn for
// the hang_seconds of the settings. It starts with SIGTERM at its default, SIGINT and SIGHUP
// ignored.
//
// Stopping: SIGTERM tells the gate to read nothing more, while it still passes answers on; then
// SIGTERM tells core to finish its batch, send its answers and exit with 0; then a second SIGTERM
// tells the gate, and the first one an opener, to exit. Who takes too long is killed.
#ifndef KNP_PARENT_PROCESS_H
#define KNP_PARENT_PROCESS_H

#include "settings/settings.h"

#define OPENERS_MAX 16
// Questions about the log that are answered at once (control/control.h): a long one keeps one of
// them, and a short one passes it by the other.
#define READERS 2
// And one more, numbered behind them, for what the privacy officer asks: of core, over a channel
// that the parent only makes (core/asked.h). So long may an answer take.
#define READER_OF_CORE READERS
#define READERS_ALL (READERS + 1)
#define VRAAG_MS 60000

// In the data folder: where an export is made, core's to make and a reader's to fill.
#define EXPORT_FOLDER "export"

// Everything there is to run as; all but the parent are its children.
enum role_kind { ROLE_GATE, ROLE_CORE, ROLE_OPENER, ROLE_READER, ROLE_PARENT };

// What a child is given. Channels that a role does not use are -1.
struct role {
	const struct settings *settings;
	enum role_kind kind;
	int opener_number; // of an opener, and of a reader
	// How many there are; the last is that of partners that are apart (ipc/apart.h).
	int openers;
	// Of an opener; to_core also of the gate and of READER_OF_CORE; to_gate also of core.
	int to_gate, to_core;
	int to_reader;              // of core: the reader for what the officer asks
	int to_opener[OPENERS_MAX]; // of gate and core
	int to_parent;              // of core, gate and other readers: questions and reports
	int report;                 // to the parent: what confines this process (parent/confine.h)
	uint32_t generation;        // of the gate: counts its starts, from 1
	// Of core, what earlier ones of this daemon came to: could not write any more; crashed
	// again and again, so that state is replayed from the log.
	bool readonly, replay;
	bool compact; // of core: to compact the log, and nothing else
	// What is shared with the parent: of an opener; of gate and openers; of all (ipc/pulse.h).
	int hand, apart, pulse;
};

// On the channel between parent and core (or gate, or a reader), numbers in big-endian order:
//   question  parent -> core or reader: u64 client || the lines of a control request
//             (control/control.h)
//   answer    core or reader -> parent: u64 client || u8 enum answer_kind || the lines of an
//             answer (to a piece that another follows the parent adds the line "more")
//   report    u64 PARENT_REPORT || text: from core "log <vkey>" once it accepts statements and
//             "readonly <why>" when it takes nothing any more, so that the next core begins so;
//             from the gate "endpoints tcp://… -" once its doors are bound and have passed their
//             self-test: where each of the two is, "-" for one that is not open
// To core the parent also reports: u64 PARENT_REPORT || the answer of a reader to "backup-newest",
// which it asks itself (as client PARENT_REPORT) once core is ready and now and then, or to a
// "backup" that was made. Core never touches the folder of backups: its disk may come later than
// core does, or hang.
// A question that core does not answer within ten seconds is answered "busy" by the parent; the
// answer that comes later is dropped. A reader is given one question, answers it and ends; as long
// as it is at work its asker is told every ten seconds that it goes on, and when the asker is gone
// it is ended. To "status" the parent adds a line "process" for each process, and a
// line "sandbox NAME …" with what confines it (parent/confine.h).
// Between core and its reader the same goes, with core as the one that asks: the reader first
// reports (u64 PARENT_REPORT || "ready"), then gets one question and answers it in one message.
enum answer_kind {
	ANSWER_MORE = 0,
	ANSWER_LAST = 1,
	ANSWER_NOT_NOW = 2, // of a reader: why it could not read, which another one may be able to
};
#define PARENT_REPORT UINT64_MAX
#define PARENT_PREFIX_LEN 8 // of a question
#define PARENT_ANSWER_PREFIX_LEN 9

// Main functions of the roles, called with the log open, libsodium started and confine_start in
// force; each goes on as parent/confine.h says. Each returns the process's exit code: one of enum
// program_exit, or CHILD_ANEW, with which the gate asks to be started again, so that its
// connections are cut (a key was revoked), and core, so that it reads a key that was made. By
// CHILD_COMPACT core asks to be started to compact the log once every reader has ended, whose
// questions are given to others afterwards; that core then ends with CHILD_ANEW. Who asked for it
// is told in pieces that it goes on, and in the end what the next core answers to "compacted".
#define CHILD_ANEW 6
#define CHILD_COMPACT 7
int gate_main(const struct role *role);
int opener_main(const struct role *role);
int core_main(const struct role *role);
int reader_main(const struct role *role);

// Runs the daemon until SIGTERM or SIGINT; returns its exit code: 0, 4 when another daemon has the
// data folder or the control socket, 5 when core failed five times in a minute.
// `settings_file` is where they came from: on SIGHUP it is read again.
int parent_main(const char *settings_file, const struct settings *settings);

#endif
