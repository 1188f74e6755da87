// SPDX-License-Identifier: EUPL-1.2
// The parent: starts, watches and restarts the others, carries control questions, ends them in
// order. It loads no key and reads nothing a partner wrote.
#include "parent/parent.h"

#include "base/clock.h"
#include "base/log.h"
#include "melding/reason.h"
#include "parent/blame.h"
#include "parent/confine.h"
#include "parent/hang.h"
#include "parent/notify.h"
#include "parent/readers.h"
#include "parent/reload.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define CORE_QUEUE_BYTES (4 * 1024 * 1024)
#define GATE_QUEUE_BYTES 4096
#define LOCK_WAIT_MS 3000
#define LOCK_STEP_MS 50
#define FINISH_MS 10000 // for core's last batch
#define CLOSE_MS 3000   // for the others
#define KILL_MS 1000
#define MESSAGES_PER_TURN 64
#define POLL_READERS 3 // after signals, core and gate
#define POLL_FIXED (POLL_READERS + READERS)

// ---- start ---------------------------------------------------------------------------------

// A core of a parent that was killed may still be in its last write: it holds the same lock.
static bool lock_in_time(int fd)
{
	for (int waited = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; waited += LOCK_STEP_MS) {
		if (errno != EWOULDBLOCK || waited >= LOCK_WAIT_MS)
			return false;
		const struct timespec step = {.tv_nsec = LOCK_STEP_MS * 1000000L};
		nanosleep(&step, NULL);
	}
	return true;
}

static enum result lock_data(struct parent *parent)
{
	int fd = open(parent->settings.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || !lock_in_time(fd)) {
		enum reason reason = errno == EWOULDBLOCK ? REASON_IN_USE : REASON_FILE_MISSING;
		log_line(LOG_LEVEL_ERROR, "event=parent.lock code=%s file=\"%s\" cause=\"%s\"",
			 reason_code(reason), parent->settings.data, strerror(errno));
		if (reason == REASON_IN_USE)
			fprintf(stderr,
				"knooppuntd: another knooppuntd uses the folder %s. Stop that one "
				"first, or give this one a data folder of its own.\n",
				parent->settings.data);
		return RESULT_CONFIG;
	}
	parent->lock_fd = fd;
	return role_lift(&parent->lock_fd);
}

// Of a channel with the parent itself only the first end goes to a child.
static enum result make_own(int fds[2])
{
	enum result result = channel_pair(fds);
	return result == RESULT_OK ? role_lift(&fds[0]) : result;
}

static enum result make_pair(int fds[2])
{
	enum result result = make_own(fds);
	return result == RESULT_OK ? role_lift(&fds[1]) : result;
}

enum result parent_share(size_t len, int *ret_fd, void **ret_memory)
{
	enum result result = shared_new(len, ret_fd, ret_memory);
	return result == RESULT_OK ? role_lift(ret_fd) : result;
}

static enum result make_channels(struct parent *parent)
{
	enum result result = make_pair(parent->gate_core);
	if (result == RESULT_OK)
		result = make_own(parent->gate_parent);
	if (result == RESULT_OK)
		result = make_own(parent->core_parent);
	if (result == RESULT_OK)
		result = make_pair(parent->core_reader);
	for (int i = 0; result == RESULT_OK && i < parent->openers; i++) {
		result = make_pair(parent->gate_opener[i]);
		if (result == RESULT_OK)
			result = make_pair(parent->opener_core[i]);
	}
	if (result == RESULT_OK)
		result = channel_init(&parent->to_gate, parent->gate_parent[1], GATE_QUEUE_BYTES);
	if (result == RESULT_OK)
		result = channel_init(&parent->to_core, parent->core_parent[1], CORE_QUEUE_BYTES);
	return result;
}

static enum result open_signals(struct parent *parent)
{
	static const int watched[] = {SIGTERM, SIGINT, SIGHUP, SIGCHLD};
	sigset_t set;
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof watched / sizeof watched[0]; i++)
		sigaddset(&set, watched[i]);
	// Children inherit what is ignored: a reader of the log that goes away must not end them.
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return RESULT_IO;
	parent->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	return parent->signal_fd < 0 ? RESULT_IO : RESULT_OK;
}

static enum result open_control(struct parent *parent)
{
	struct problem problem = {0};
	const struct control_handler handler = questions_handler(parent);
	enum result result =
		control_server_new(parent->settings.control, &handler, &parent->server, &problem);
	if (result == RESULT_OK)
		return RESULT_OK;
	log_line(LOG_LEVEL_ERROR,
		 "event=parent.control code=%s file=\"%s\" message=\"%s\" fix=\"%s\"", problem.code,
		 problem.file, problem.message, problem.fix);
	return RESULT_CONFIG;
}

static int openers_wanted(const struct settings *settings)
{
	long wanted = (long)settings->openers;
	if (wanted == 0)
		wanted = sysconf(_SC_NPROCESSORS_ONLN);
	if (wanted < 1)
		wanted = 1;
	// And one for partners that are apart.
	return (int)(wanted < OPENERS_MAX - 1 ? wanted : OPENERS_MAX - 1) + 1;
}

// The last step before any child: what it needs of root's rights is open by then.
static enum result confine(struct parent *parent)
{
	enum result result = confine_enter(ROLE_PARENT, &parent->settings, &parent->confinement);
	return result == RESULT_OK
		       ? confine_seal(ROLE_PARENT, &parent->settings, &parent->confinement)
		       : result;
}

static enum result parent_start(struct parent *parent, const struct settings *settings)
{
	parent->settings = *settings;
	parent->since_wall_ms = clock_wall_ms();
	parent->openers = openers_wanted(settings);
	parent->watchdog_ms = notify_watchdog_ms();
	parent->memory = malloc(CHANNEL_MESSAGE_MAX);
	if (!parent->memory)
		return RESULT_NO_MEMORY;
	enum result result = lock_data(parent);
	if (result == RESULT_OK)
		result = open_signals(parent);
	if (result == RESULT_OK)
		result = make_channels(parent);
	if (result == RESULT_OK)
		result = blame_start(parent);
	if (result == RESULT_OK)
		result = hang_start(parent);
	if (result == RESULT_OK)
		result = readers_start(parent);
	if (result == RESULT_OK)
		result = reload_start(parent);
	if (result == RESULT_OK)
		result = open_control(parent);
	children_init(parent);
	return result == RESULT_OK ? confine(parent) : result;
}

static void parent_done(struct parent *parent)
{
	control_server_free(parent->server);
	channel_done(&parent->to_gate);
	channel_done(&parent->to_core);
	readers_done(parent);
	blame_done(parent);
	hang_done(parent);
	reload_done(parent);
	free(parent->memory);
}

// ---- reports -------------------------------------------------------------------------------

static void tell_ready(struct parent *parent)
{
	if (parent->ready_told || !parent->bound || !parent->log[0])
		return;
	parent->ready_told = true;
	const char *first = parent->doors[0][0] ? parent->doors[0] : parent->doors[1];
	const char *second = parent->doors[0][0] ? parent->doors[1] : "";
	printf("event=ready endpoint=%s log=%s%s%s\n", first, parent->log,
	       second[0] ? " endpoint_2=" : "", second);
	fflush(stdout);
	char state[640];
	snprintf(state, sizeof state, "READY=1\nSTATUS=Partners connect to %s%s%s.", first,
		 second[0] ? " and " : "", second);
	notify_service_manager(state);
}

// Said by the loop that starts the others and hears of their end, as long as core gets on too: a
// daemon that takes nothing is as good as gone.
static void tell_watchdog(struct parent *parent)
{
	if (parent->watchdog_ms == 0 || parent->now < parent->watchdog_due)
		return;
	parent->watchdog_due = parent->now + parent->watchdog_ms;
	if (hang_core_turns(parent))
		notify_service_manager("WATCHDOG=1");
}

// Takes "name value" of a report when it is the one wanted and fits.
static bool report_take(struct bytes message, const char *name, char *out, size_t size)
{
	size_t skip = PARENT_PREFIX_LEN + strlen(name) + 1;
	if (message.len <= skip || message.len - skip >= size ||
	    get_u64be(message.data) != PARENT_REPORT ||
	    memcmp(message.data + PARENT_PREFIX_LEN, name, strlen(name)) != 0 ||
	    message.data[skip - 1] != ' ')
		return false;
	struct bytes value = bytes_make(message.data + skip, message.len - skip);
	if (!utf8_is_clean_text(value) || memchr(value.data, '\n', value.len))
		return false;
	memcpy(out, value.data, value.len);
	out[value.len] = '\0';
	return true;
}

// A port that was free when the gate first bound it is its port from then on: partners come back to
// it after a restart.
static void take_endpoint(struct parent *parent, unsigned door, const char *endpoint)
{
	char *wanted = door == 0 ? parent->settings.endpoint : parent->settings.endpoint_2;
	bool is_open = strcmp(endpoint, "-") != 0 && strlen(endpoint) < sizeof parent->doors[0];
	snprintf(parent->doors[door], sizeof parent->doors[door], "%s", is_open ? endpoint : "");
	if (!is_open)
		return;
	parent->bound = true;
	if (strlen(endpoint) < sizeof parent->settings.endpoint)
		memcpy(wanted, endpoint, strlen(endpoint) + 1);
	log_line(LOG_LEVEL_NOTICE, "event=parent.endpoint endpoint=%s", endpoint);
}

static void take_from_gate(struct parent *parent, struct bytes message)
{
	char endpoints[sizeof parent->doors];
	char *second = NULL;
	if (report_take(message, "endpoints", endpoints, sizeof endpoints))
		second = strchr(endpoints, ' ');
	if (!second) {
		log_line(LOG_LEVEL_ERROR, "event=parent.gate-broken");
		return;
	}
	*second++ = '\0';
	take_endpoint(parent, 0, endpoints);
	take_endpoint(parent, 1, second);
}

static void take_from_core(struct parent *parent, struct bytes message)
{
	if (message.len >= PARENT_PREFIX_LEN && get_u64be(message.data) == PARENT_REPORT) {
		// Until a person starts the daemon anew, no core of it may begin as if nothing had
		// been.
		bool ready = report_take(message, "log", parent->log, sizeof parent->log);
		parent->core_ready |= ready;
		if (ready)
			questions_compacted(parent);
		if (!ready &&
		    !report_take(message, "readonly", parent->readonly, sizeof parent->readonly))
			log_line(LOG_LEVEL_ERROR, "event=parent.core-broken");
		return;
	}
	questions_take(parent, message);
}

static void read_channel(struct parent *parent, struct channel *channel,
			 void (*take)(struct parent *, struct bytes))
{
	for (int i = 0; i < MESSAGES_PER_TURN; i++) {
		struct bytes message;
		enum result result = channel_receive(channel, parent->memory, &message);
		if (result == RESULT_OK)
			take(parent, message);
		else if (result != RESULT_MALFORMED && result != RESULT_TOO_LARGE)
			return;
	}
}

// ---- loop ----------------------------------------------------------------------------------

static void read_signals(struct parent *parent)
{
	struct signalfd_siginfo info;
	while (read(parent->signal_fd, &info, sizeof info) == sizeof info) {
		if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
			parent_stop(parent, EXIT_SUCCESS);
		if (info.ssi_signo == SIGHUP && parent->phase == PHASE_RUNNING)
			reload_read(parent);
	}
	children_reap(parent);
}

static void enter(struct parent *parent, enum phase phase, int64_t ms)
{
	parent->phase = phase;
	parent->phase_due = parent->now + ms;
}

static void stop_others(struct parent *parent, int signal)
{
	for (int i = 0; i < parent->child_count; i++)
		child_signal(&parent->children[i], signal);
}

static bool time_is_up(const struct parent *parent)
{
	return parent->now >= parent->phase_due;
}

static void end_core(struct parent *parent)
{
	struct child *core = &parent->children[CHILD_CORE];
	if (core->pid > 0) {
		child_signal(core, SIGKILL);
		log_line(LOG_LEVEL_ERROR, "event=parent.core-late ms=%d", FINISH_MS);
		if (parent->exit_code == EXIT_SUCCESS)
			parent->exit_code = result_exit_code(RESULT_INTERNAL);
	}
	stop_others(parent, SIGTERM);
}

// Moves on when what a phase waits for has happened, or its time is up.
static void advance_stop(struct parent *parent)
{
	const struct child *core = &parent->children[CHILD_CORE];
	switch (parent->phase) {
	case PHASE_DRAINING:
		if (!time_is_up(parent))
			break;
		child_signal(core, SIGTERM);
		enter(parent, PHASE_FINISHING, FINISH_MS);
		break;
	case PHASE_FINISHING:
		if (core->pid > 0 && !time_is_up(parent))
			break;
		end_core(parent);
		enter(parent, PHASE_CLOSING, CLOSE_MS);
		break;
	case PHASE_CLOSING:
		if (!time_is_up(parent))
			break;
		stop_others(parent, SIGKILL);
		enter(parent, PHASE_KILLING, KILL_MS);
		break;
	default:
		break;
	}
}

static int poll_timeout(const struct parent *parent)
{
	int64_t due =
		parent->phase == PHASE_RUNNING ? children_next_due(parent) : parent->phase_due;
	if (parent->watchdog_ms && parent->watchdog_due < due)
		due = parent->watchdog_due;
	int64_t left = due - parent->now;
	// Clients of the control socket have deadlines of their own.
	return left < 0 ? 0 : left > MS_PER_SECOND ? (int)MS_PER_SECOND : (int)left;
}

static void turn(struct parent *parent, const struct pollfd *fds, size_t clients)
{
	parent->now = clock_monotonic_ms();
	log_settle();
	if ((fds[1].revents & POLLOUT) && channel_flush(&parent->to_core) == RESULT_CLOSED)
		log_line(LOG_LEVEL_ERROR, "event=parent.channel state=closed");
	read_signals(parent);
	hang_look(parent);
	read_channel(parent, &parent->to_core, take_from_core);
	read_channel(parent, &parent->to_gate, take_from_gate);
	tell_ready(parent);
	tell_watchdog(parent);
	control_server_handle(parent->server, fds + POLL_FIXED, clients, parent->now);
	readers_turn(parent);
	if (parent->phase != PHASE_RUNNING)
		advance_stop(parent);
	children_start(parent);
}

static bool has_ended(const struct parent *parent)
{
	if (parent->phase == PHASE_RUNNING || parent->phase == PHASE_DRAINING)
		return false;
	return children_all_ended(parent) ||
	       (parent->phase == PHASE_KILLING && parent->now >= parent->phase_due);
}

static void parent_loop(struct parent *parent)
{
	parent->now = clock_monotonic_ms();
	children_start(parent);
	while (!has_ended(parent)) {
		struct pollfd fds[POLL_FIXED + CONTROL_POLL_MAX] = {
			{.fd = parent->signal_fd, .events = POLLIN},
			{.fd = parent->to_core.fd, .events = channel_events(&parent->to_core)},
			{.fd = parent->to_gate.fd, .events = POLLIN},
		};
		readers_poll(parent, fds + POLL_READERS);
		size_t clients = control_server_poll(parent->server, fds + POLL_FIXED);
		if (poll(fds, POLL_FIXED + clients, poll_timeout(parent)) < 0 && errno != EINTR) {
			parent_stop(parent, result_exit_code(RESULT_IO));
			continue;
		}
		turn(parent, fds, clients);
	}
}

int parent_main(const char *settings_file, const struct settings *settings)
{
	struct parent *parent = calloc(1, sizeof *parent);
	if (parent)
		parent->settings_file = settings_file;
	log_open("parent", (enum log_level)settings->log_level);
	enum result result = parent ? confine_start() : RESULT_NO_MEMORY;
	if (result == RESULT_OK)
		result = parent_start(parent, settings);
	int code = result_exit_code(result);
	if (result == RESULT_OK) {
		parent_loop(parent);
		code = parent->exit_code;
		log_line(LOG_LEVEL_NOTICE, "event=parent.ended exit=%d", code);
	} else {
		log_line(LOG_LEVEL_ERROR, "event=parent.refused result=\"%s\"",
			 result_name(result));
	}
	if (parent)
		parent_done(parent);
	free(parent);
	return code;
}
