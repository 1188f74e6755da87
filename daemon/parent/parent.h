// SPDX-License-Identifier: EUPL-1.2
// Inside daemon/parent only: the parent's state, shared by its loop, its children and the
// questions it passes on.
#ifndef KNP_PARENT_PARENT_H
#define KNP_PARENT_PARENT_H

#include "control/server.h"
#include "ipc/apart.h"
#include "ipc/channel.h"
#include "ipc/pulse.h"
#include "melding/reason.h"
#include "parent/confine.h"
#include "parent/restart.h"
#include "parent/role.h"

#define CHILDREN_MAX (OPENERS_MAX + 2 + READERS_ALL)
#define CHILD_GATE 0
#define CHILD_CORE 1
#define CHILD_OPENERS 2 // and on; the readers after them

struct child {
	enum role_kind kind;
	int number;             // of an opener or reader
	pid_t pid;              // 0: not running
	int64_t since_wall_ms;  // when it started, or ended if it does not run
	int64_t due;            // monotonic: when it is started (again)
	unsigned starts;        // tries included that failed
	unsigned restarts;      // of them, but for the first and those it asked for (asked)
	bool asked;             // it ended because it is to start anew (children.c)
	int64_t failed_wall_ms; // when it last ended and had not asked to start anew, 0: never
	// What it showed of its loop (hang.h), and when (monotonic); hung: it was ended for that.
	uint64_t turns;
	int64_t turned_at;
	bool hung;
	int64_t hung_wall_ms; // the last time, 0: never
	int report;           // read end of its pipe, -1: read, or none
	bool told;
	struct confinement confinement; // of this start, once told
	struct restart restart;
};

// How a daemon ends; each phase has a deadline after which the next one begins.
enum phase {
	PHASE_RUNNING,
	PHASE_DRAINING,  // the gate reads nothing more
	PHASE_FINISHING, // core finishes its batch
	PHASE_CLOSING,   // the others end
	PHASE_KILLING,
};

struct parent {
	struct settings settings;  // with the endpoint that the gate took
	struct settings given;     // without
	const char *settings_file; // that they came from, as the daemon was started with it
	struct settings *page;     // what the others look at (reload.h)
	int page_fd;
	int openers; // with that of partners that are apart, the last
	int lock_fd, signal_fd;
	int64_t since_wall_ms; // it started
	// Both ends of every channel, kept open over restarts.
	int gate_core[2], gate_parent[2], core_parent[2], core_reader[2];
	int gate_opener[OPENERS_MAX][2], opener_core[OPENERS_MAX][2];
	struct channel to_gate, to_core;
	// Shared with others, see ipc/apart.h and blame.h.
	struct hand *hands[OPENERS_MAX];
	struct apart *apart;
	int hand_fds[OPENERS_MAX], apart_fd;
	struct pulse *pulses[CHILDREN_MAX]; // in the order of children
	int pulse_fds[CHILDREN_MAX];
	int64_t looked_at; // monotonic: hang_look()
	struct blamed {
		struct oin oin;
		unsigned kills;
		int64_t since; // wall: it went apart
	} blamed[APART_MAX];
	int64_t apart_pause;
	struct readers *readers; // readers.h
	struct child children[CHILDREN_MAX];
	int child_count;
	struct control_server *server;
	char doors[DOORS_MAX][256]; // as reported, "": none is open there
	bool bound;                 // one was open once
	char log[256];              // as reported
	char readonly[32];          // why core takes nothing any more; "" while it does
	unsigned core_crashes;      // since it last began with a new state
	bool core_ready;            // the core that runs takes statements, and state is up to date
	// Core asked to be started to compact (no reader may run then); it was started for it, and
	// no core is ready since. Who waits for what comes of it: a client, 0 nobody.
	enum compact { COMPACT_NO, COMPACT_ASKED, COMPACT_ON } compact;
	uint64_t compact_client;
	bool ready_told;
	enum phase phase;
	int64_t phase_due;
	int64_t now;                       // monotonic
	int64_t watchdog_ms, watchdog_due; // when the service manager must hear of us; 0 ms: never
	int exit_code;
	struct confinement confinement; // of the parent itself
	uint8_t *memory;                // CHANNEL_MESSAGE_MAX
};

// Shared memory whose descriptor lies above the numbers children are given theirs at.
enum result parent_share(size_t len, int *ret_fd, void **ret_memory) KNP_MUST_CHECK;

// children.c
void children_init(struct parent *parent);
// Starts what is due.
void children_start(struct parent *parent);
// Takes note of every child that ended; begins to stop when core cannot go on.
void children_reap(struct parent *parent);
// Reads what a child told about what confines it; false: nothing (yet).
bool child_confinement(struct child *child);
void child_signal(const struct child *child, int signal);
bool children_all_ended(const struct parent *parent);
// Monotonic time at which one must be started; INT64_MAX none.
int64_t children_next_due(const struct parent *parent);
// Begins to stop, unless that began already; the exit code is that of the first cause.
void parent_stop(struct parent *parent, int exit_code);

// questions.c
struct control_handler questions_handler(struct parent *parent);
// Whether this is the first word of a request.
bool questions_is(struct bytes request, const char *command) KNP_MUST_CHECK;
// After a compaction: asks core what came of it, for who waits for that.
void questions_compacted(struct parent *parent);
// A message from core: an answer or a report.
void questions_take(struct parent *parent, struct bytes message);
// The parent's own answer, with how the processes are; `message` NULL: what the reason says.
void questions_refuse(struct parent *parent, uint64_t client, enum reason reason,
		      const char *message);

#endif
