// SPDX-License-Identifier: EUPL-1.2
#include "gate/gate.h"

#include "base/clock.h"
#include "base/log.h"
#include "parent/confine.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define CORE_QUEUE_BYTES 65536
#define PARENT_QUEUE_BYTES 4096
#define COUNTS_MS MS_PER_MINUTE
#define STOP_LINGER_MS 500
#define HINTS_MS 25 // how late a hint that waited may be
#define REFUSALS_MS 100
#define POLL_FIXED (4 + 2 * DOORS_MAX)

// ---- admission -----------------------------------------------------------------------------

static enum zap_verdict decide(void *context, unsigned door, const uint8_t key[32],
			       struct oin *ret_oin)
{
	return gate_admit(context, door, key, ret_oin);
}

static void answer_zap(struct gate *gate)
{
	const struct zap_decider decider = {decide, gate};
	gate->counts[COUNT_REFUSED] += zap_answer_all(gate->sockets.zap, &decider);
}

static enum zap_verdict decide_in_selftest(void *context, unsigned door, const uint8_t key[32],
					   struct oin *ret_oin)
{
	(void)ret_oin;
	(void)door;
	return memcmp(context, key, 32) == 0 ? ZAP_REFUSE : ZAP_LATER;
}

static void answer_zap_in_selftest(void *context, const uint8_t stranger[32])
{
	struct gate *gate = context;
	uint8_t key[32];
	memcpy(key, stranger, sizeof key);
	const struct zap_decider decider = {decide_in_selftest, key};
	(void)zap_answer_all(gate->sockets.zap, &decider);
}

// ---- start ---------------------------------------------------------------------------------

static enum result open_channels(struct gate *gate)
{
	const struct role *role = gate->role;
	enum result result = channel_init(&gate->to_core, role->to_core, CORE_QUEUE_BYTES);
	if (result == RESULT_OK)
		result = channel_init(&gate->to_parent, role->to_parent, PARENT_QUEUE_BYTES);
	for (int i = 0; result == RESULT_OK && i < role->openers; i++)
		result = lane_init(&gate->lanes[i], role->to_opener[i]);
	return result;
}

static enum result open_signals(struct gate *gate)
{
	sigset_t term;
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &term, NULL) != 0)
		return RESULT_IO;
	gate->signal_fd = signalfd(-1, &term, SFD_NONBLOCK | SFD_CLOEXEC);
	return gate->signal_fd < 0 ? RESULT_IO : RESULT_OK;
}

// With the two places of its doors, "-" where none is open.
static void write_endpoints(const struct gate *gate, struct buffer *out)
{
	buffer_append_text(out, "endpoints");
	for (unsigned n = 0; n < DOORS_MAX; n++) {
		const struct door *door = &gate->sockets.doors[n];
		buffer_append_format(out, " %s", door->router ? door->endpoint : "-");
	}
}

// Tells core and openers that this gate is new, and the parent where it listens.
static enum result say_hello(struct gate *gate)
{
	const struct frame_hello hello = {.kind = FRAME_HELLO,
					  .generation = gate->role->generation};
	struct bytes message = bytes_make(&hello, sizeof hello);
	enum result result = channel_send(&gate->to_core, message, (struct bytes){0});
	for (int i = 0; result == RESULT_OK && i < gate->role->openers; i++)
		result = channel_send(&gate->lanes[i].channel, message, (struct bytes){0});
	struct buffer report;
	buffer_init(&report, 1024);
	buffer_append_u64be(&report, PARENT_REPORT);
	write_endpoints(gate, &report);
	if (result == RESULT_OK)
		result = channel_send(&gate->to_parent, buffer_view(&report), (struct bytes){0});
	buffer_done(&report);
	return result;
}

static enum result gate_start(struct gate *gate)
{
	const struct selftest_host host = {answer_zap_in_selftest, gate};
	void *apart = NULL, *pulse = NULL;
	gate->memory = malloc(CHANNEL_MESSAGE_MAX);
	enum result result = gate->memory ? RESULT_OK : RESULT_NO_MEMORY;
	if (result == RESULT_OK)
		result = shared_map(gate->role->apart, sizeof *gate->apart, false, &apart);
	gate->apart = apart;
	if (result == RESULT_OK)
		result = shared_map(gate->role->pulse, sizeof *gate->pulse, true, &pulse);
	gate->pulse = pulse;
	if (result == RESULT_OK)
		result = admission_new(&gate->admission);
	if (result == RESULT_OK)
		result = connections_new(&gate->connections);
	if (result == RESULT_OK)
		result = links_new(&gate->links);
	if (result == RESULT_OK)
		result = waiting_new(&gate->waiting);
	if (result == RESULT_OK)
		result = open_channels(gate);
	if (result == RESULT_OK)
		result = open_signals(gate);
	if (result == RESULT_OK)
		result = gate_open_keys(gate);
	struct confinement confinement;
	if (result == RESULT_OK)
		result = confine_enter(ROLE_GATE, gate->role->settings, &confinement);
	if (result == RESULT_OK)
		result = gate_open_doors(gate, &host);
	if (result == RESULT_OK)
		result = confine_seal(ROLE_GATE, gate->role->settings, &confinement);
	if (result != RESULT_OK)
		return result;
	confine_report(gate->role, &confinement);
	return say_hello(gate);
}

static void gate_done(struct gate *gate)
{
	sockets_close(&gate->sockets, STOP_LINGER_MS);
	for (unsigned n = 0; n < DOORS_MAX; n++)
		private_key_done(&gate->transport[n]);
	for (int i = 0; i < OPENERS_MAX; i++)
		lane_done(&gate->lanes[i]);
	channel_done(&gate->to_core);
	channel_done(&gate->to_parent);
	admission_free(gate->admission);
	connections_free(gate->connections);
	links_free(gate->links);
	waiting_free(gate->waiting);
	free(gate->memory);
}

// ---- loop ----------------------------------------------------------------------------------

// A closed door is a place where nothing is waited for.
static zmq_pollitem_t item_of_door(const struct gate *gate, void *socket, bool draining)
{
	if (!socket)
		return (zmq_pollitem_t){.fd = gate->signal_fd, .events = 0};
	return (zmq_pollitem_t){.socket = socket, .events = draining ? 0 : ZMQ_POLLIN};
}

static size_t fill_items(const struct gate *gate, zmq_pollitem_t *items)
{
	items[0] = (zmq_pollitem_t){.socket = gate->sockets.zap, .events = ZMQ_POLLIN};
	items[1] = (zmq_pollitem_t){.fd = gate->signal_fd, .events = ZMQ_POLLIN};
	items[2] = (zmq_pollitem_t){.fd = gate->to_core.fd, .events = ZMQ_POLLIN};
	items[3] = (zmq_pollitem_t){.fd = gate->to_parent.fd, .events = 0};
	for (unsigned n = 0; n < DOORS_MAX; n++) {
		items[4 + 2 * n] =
			item_of_door(gate, gate->sockets.doors[n].router, gate->draining);
		items[5 + 2 * n] = item_of_door(gate, gate->sockets.doors[n].monitor, false);
	}
	if (gate->to_core.queued)
		items[2].events |= ZMQ_POLLOUT;
	if (gate->to_parent.queued)
		items[3].events |= ZMQ_POLLOUT;
	for (int i = 0; i < gate->role->openers; i++) {
		const struct channel *channel = &gate->lanes[i].channel;
		short events = ZMQ_POLLIN;
		if (channel->queued)
			events |= ZMQ_POLLOUT;
		items[POLL_FIXED + i] = (zmq_pollitem_t){.fd = channel->fd, .events = events};
	}
	return POLL_FIXED + (size_t)gate->role->openers;
}

// What is left stays queued, and the next turn asks for room again.
static void flush(struct channel *channel, const zmq_pollitem_t *item)
{
	if ((item->revents & ZMQ_POLLOUT) && channel_flush(channel) == RESULT_CLOSED)
		log_line(LOG_LEVEL_WARNING, "event=gate.channel state=closed");
}

static void read_signals(struct gate *gate)
{
	struct signalfd_siginfo info;
	while (read(gate->signal_fd, &info, sizeof info) == sizeof info) {
		gate->stopping = gate->draining;
		gate->draining = true;
	}
}

static void log_counts(struct gate *gate)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < GATE_COUNTS; i++)
		sum += gate->counts[i];
	const uint64_t *n = gate->counts;
	if (sum > 0)
		log_line(LOG_LEVEL_NOTICE,
			 "event=gate.counts taken=%llu again=%llu parts=%llu size=%llu "
			 "stranger=%llu answered=%llu gone=%llu slow=%llu hints=%llu refused=%llu "
			 "early=%llu cut=%llu broken=%llu",
			 (unsigned long long)n[COUNT_TAKEN], (unsigned long long)n[COUNT_AGAIN],
			 (unsigned long long)n[COUNT_PARTS], (unsigned long long)n[COUNT_SIZE],
			 (unsigned long long)n[COUNT_STRANGER],
			 (unsigned long long)n[COUNT_ANSWERED], (unsigned long long)n[COUNT_GONE],
			 (unsigned long long)n[COUNT_SLOW], (unsigned long long)n[COUNT_HINTS],
			 (unsigned long long)n[COUNT_REFUSED], (unsigned long long)n[COUNT_EARLY],
			 (unsigned long long)n[COUNT_CUT], (unsigned long long)n[COUNT_BROKEN]);
	memset(gate->counts, 0, sizeof gate->counts);
	gate->counted_at = gate->now;
}

static void turn(struct gate *gate, const zmq_pollitem_t *items)
{
	gate->now = clock_monotonic_ms();
	flush(&gate->to_core, &items[2]);
	flush(&gate->to_parent, &items[3]);
	// Answers first: they free what partners wait for.
	gate_read_core(gate);
	for (int i = 0; i < gate->role->openers; i++) {
		flush(&gate->lanes[i].channel, &items[POLL_FIXED + i]);
		gate_read_opener(gate, &gate->lanes[i]);
	}
	gate_watch_links(gate);
	answer_zap(gate);
	if (!gate->draining)
		gate_read_partners(gate);
	if (gate->hints_wait)
		gate_send_waiting_hints(gate);
	if (gate->refusals_wait && gate->now >= gate->refusals_next)
		gate_report_refusals(gate);
	read_signals(gate);
	if (gate->now - gate->counted_at >= COUNTS_MS)
		log_counts(gate);
}

static enum result gate_loop(struct gate *gate)
{
	zmq_pollitem_t items[POLL_FIXED + OPENERS_MAX];
	gate->now = gate->counted_at = clock_monotonic_ms();
	while (!gate->stopping && !gate->cut) {
		size_t count = fill_items(gate, items);
		long timeout = gate->hints_wait      ? HINTS_MS
			       : gate->refusals_wait ? REFUSALS_MS
						     : (long)PULSE_WAIT_MS;
		pulse_beat(gate->pulse);
		log_settle();
		if (zmq_poll(items, (int)count, timeout) < 0) {
			if (errno != EINTR)
				return RESULT_IO;
			continue;
		}
		turn(gate, items);
	}
	// Core has ended: what it sent last is in the channel.
	gate_read_core(gate);
	if (gate->refusals_wait)
		gate_report_refusals(gate);
	log_counts(gate);
	return RESULT_OK;
}

int gate_main(const struct role *role)
{
	// Large: the rings of the lanes.
	struct gate *gate = calloc(1, sizeof *gate);
	enum result result = gate ? RESULT_OK : RESULT_NO_MEMORY;
	if (result == RESULT_OK) {
		confine_raise_files();
		gate_keep_memory();
		gate->role = role;
		result = gate_start(gate);
	}
	if (result == RESULT_OK)
		result = gate_loop(gate);
	const bool cut = result == RESULT_OK && gate->cut;
	if (result != RESULT_OK || cut)
		log_line(LOG_LEVEL_WARNING, "event=gate.end result=\"%s\"",
			 cut ? "connections cut" : result_name(result));
	if (gate)
		gate_done(gate);
	free(gate);
	return cut ? CHILD_ANEW : result_exit_code(result);
}
