// SPDX-License-Identifier: EUPL-1.2
// The loop of core: drain what waits, run it through the flow, commit, answer; then the rest of the
// world: ticks, control questions, lists for openers and gate.
#include "core/core.h"
#include "core/asked.h"
#include "core/backup.h"
#include "core/compact.h"

#include "base/clock.h"
#include "base/log.h"
#include "control/control.h"
#include "crypto/secret.h"
#include "ipc/apart.h"
#include "ipc/channel.h"
#include "parent/confine.h"
#include "parent/process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE_CEILING (64u * 1024 * 1024) // answers waiting for a slow gate
#define STATE_FLUSH_MS 50
#define IDLE_MS 1000
#define LINGER_MS 2
#define TO_PARENT UINT64_MAX // not an answer to a client: a message for the parent itself

struct loop {
	struct core core;
	const struct role *role;
	struct channel gate, parent;
	struct told_opener openers[OPENERS_MAX];
	struct asked *asked;
	uint8_t *memory;
	int64_t next_tick, next_flush; // monotonic
	bool flush_due, readonly_told;
};

static volatile sig_atomic_t stopping;

static void on_stop(int signal)
{
	(void)signal;
	stopping = 1;
}

// ---- what core tells the others ------------------------------------------------------------

static bool send_reply(void *context, const struct route *route, struct bytes frame)
{
	struct loop *loop = context;
	struct frame_reply header = {.kind = FRAME_REPLY, .route = *route};
	return channel_send(&loop->gate, bytes_make(&header, sizeof header), frame) == RESULT_OK;
}

static void tell_openers(struct loop *loop)
{
	for (int i = 0; i < loop->role->openers; i++)
		core_tell_opener(&loop->core, &loop->openers[i]);
}

static void tell_parent(struct loop *loop, const char *text)
{
	uint8_t header[8];
	put_u64be(header, TO_PARENT);
	if (channel_send(&loop->parent, bytes_make(header, 8), bytes_of_text(text)))
		log_line(LOG_LEVEL_ERROR, "event=parent-gone");
}

static void tell_ready(struct loop *loop)
{
	char text[VKEY_MAX + 8] = "log ";
	vkey_format(text + 4, signing_vkey(&loop->core.signing));
	tell_parent(loop, text);
}

// Before anything is answered: should this core end, the next one must know.
static void tell_readonly(struct loop *loop)
{
	char text[48];
	if (!loop->core.readonly || loop->readonly_told)
		return;
	loop->readonly_told = true;
	snprintf(text, sizeof text, "readonly %s", loop->core.readonly_why);
	tell_parent(loop, text);
}

// ---- what the others tell core -------------------------------------------------------------

static void take_opened(struct loop *loop, struct bytes message)
{
	struct core *core = &loop->core;
	enum result r = flow_take(core, message);
	if (r == RESULT_MALFORMED) {
		log_line(LOG_LEVEL_ERROR, "event=opener-broken");
		return;
	}
	if (!r)
		return;
	log_line(LOG_LEVEL_ERROR, "event=batch-aborted result=\"%s\"", result_name(r));
	if (flow_abort(core, r))
		log_line(LOG_LEVEL_ERROR, "event=abort-failed");
}

static void take_count(struct core *core, struct bytes message)
{
	struct frame_count count;
	struct oin oin;
	if (message.len != sizeof count)
		return;
	memcpy(&count, message.data, sizeof count);
	if (oin_parse(bytes_make(count.oin.text, OIN_LEN), &oin) || count.count == 0 ||
	    !reason_code((enum reason)count.reason))
		return; // a broken opener counts for nothing
	core->counts.unsealed += count.count;
	flow_count(core, &oin, (enum reason)count.reason, count.count, time_now(core));
}

static void take_from_opener(struct loop *loop, struct told_opener *opener, struct bytes message)
{
	uint32_t kind = 0;
	if (message.len < sizeof kind)
		return;
	memcpy(&kind, message.data, sizeof kind);
	switch (kind) {
	case FRAME_OPENED:
		take_opened(loop, message);
		break;
	case FRAME_COUNT:
		take_count(&loop->core, message);
		break;
	case FRAME_HELLO:
		core_tell_opener(&loop->core, opener);
		break;
	default:
		log_line(LOG_LEVEL_ERROR, "event=opener-broken");
	}
}

// Takes from the openers in turn, so that none starves the others.
static void drain_openers(struct loop *loop)
{
	bool any = true;
	while (any && flow_has_room(&loop->core)) {
		any = false;
		for (int i = 0; i < loop->role->openers && flow_has_room(&loop->core); i++) {
			struct bytes message;
			if (channel_receive(&loop->openers[i].channel, loop->memory, &message))
				continue;
			any = true;
			take_from_opener(loop, &loop->openers[i], message);
		}
	}
}

// A commit for acks alone would keep a melding waiting that comes a moment later.
static void linger(struct loop *loop)
{
	int64_t until = clock_monotonic_ms() + LINGER_MS, left = LINGER_MS;
	struct pollfd fds[OPENERS_MAX];
	int count = loop->role->openers;
	while (left > 0 && flow_is_patient(&loop->core) && flow_has_room(&loop->core)) {
		size_t had = loop->core.item_count;
		for (int i = 0; i < count; i++)
			fds[i] = (struct pollfd){loop->openers[i].channel.fd, POLLIN, 0};
		if (poll(fds, (nfds_t)count, (int)left) <= 0)
			return;
		drain_openers(loop);
		if (loop->core.item_count == had)
			return;
		left = until - clock_monotonic_ms();
	}
}

static void drain_gate(struct loop *loop)
{
	struct bytes message;
	while (!channel_receive(&loop->gate, loop->memory, &message)) {
		uint32_t kind = 0;
		if (message.len >= sizeof kind)
			memcpy(&kind, message.data, sizeof kind);
		if (kind == FRAME_HELLO)
			core_tell_gate(&loop->core, &loop->gate);
		else
			core_take_from_gate(&loop->core, kind, message);
	}
}

static void answer_control(struct loop *loop, struct bytes message)
{
	struct buffer answer;
	uint8_t header[9];
	uint64_t size = journal_size(loop->core.journal);
	buffer_init(&answer, CONTROL_MESSAGE_MAX);
	core_command(&loop->core, bytes_make(message.data + 8, message.len - 8), &answer);
	memcpy(header, message.data, 8);
	// What comes of a compaction the parent asks of the core after it.
	header[8] = loop->core.compact ? ANSWER_MORE : ANSWER_LAST;
	if (channel_send(&loop->parent, bytes_make(header, sizeof header), buffer_view(&answer)))
		log_line(LOG_LEVEL_WARNING, "event=answer-dropped");
	buffer_wipe(&answer);
	// What an approval changed is in state before a reader looks there.
	loop->flush_due |= journal_size(loop->core.journal) > size;
}

static void drain_parent(struct loop *loop)
{
	struct bytes message;
	while (!loop->core.compact && !channel_receive(&loop->parent, loop->memory, &message))
		if (message.len > 8 && get_u64be(message.data) == PARENT_REPORT)
			backup_told(&loop->core, bytes_make(message.data + 8, message.len - 8));
		else if (message.len > 8)
			answer_control(loop, message);
}

// ---- the loop ------------------------------------------------------------------------------

static void commit(struct loop *loop)
{
	struct core *core = &loop->core;
	if (core->item_count == 0 && core->record_count == 0)
		return;
	enum result r = flow_commit(core);
	if (r)
		log_line(LOG_LEVEL_ERROR, "event=commit-failed result=\"%s\"", result_name(r));
	loop->flush_due = true;
}

#define RECHECK_PER_BATCH 8 // so that receipts pass between

static void recheck(struct loop *loop)
{
	enum result r =
		loop->core.recheck_done ? RESULT_OK : flow_recheck(&loop->core, RECHECK_PER_BATCH);
	if (!r)
		return;
	log_line(LOG_LEVEL_ERROR, "event=recheck-failed result=\"%s\"", result_name(r));
	if (flow_abort(&loop->core, r))
		log_line(LOG_LEVEL_ERROR, "event=abort-failed");
}

static void tick(struct loop *loop, int64_t now)
{
	struct core *core = &loop->core;
	if (now < loop->next_tick || core->readonly)
		return;
	loop->next_tick = now + core->settings->tick_seconds * MS_PER_SECOND;
	time_keep(core);
	if (flow_tick(core, time_now(core)) || flow_commit(core))
		log_line(LOG_LEVEL_ERROR, "event=tick-failed");
	core_look(core, time_now(core));
	loop->flush_due = true;
}

static void flush_state(struct loop *loop, int64_t now, bool idle)
{
	if (!loop->flush_due || (!idle && now < loop->next_flush))
		return;
	loop->flush_due = false;
	loop->next_flush = now + STATE_FLUSH_MS;
	if (state_flush(loop->core.state) == RESULT_OK)
		return;
	log_line(LOG_LEVEL_ERROR, "event=state-flush-failed");
	state_discard(loop->core.state);
	if (flow_catch_up(&loop->core))
		stopping = 1; // the parent starts core again, which rebuilds
}

static void scrub(struct loop *loop, int64_t now)
{
	enum result r = core_scrub(&loop->core, now);
	if (!r)
		return;
	log_line(LOG_LEVEL_ERROR, "event=state-replay-failed result=\"%s\"", result_name(r));
	stopping = 1; // the parent starts core again
}

static void notice_changes(struct loop *loop)
{
	core_turn_gate(&loop->core, &loop->gate, clock_monotonic_ms());
	for (int i = 0; i < loop->role->openers; i++)
		core_turn_opener(&loop->core, &loop->openers[i]);
	if (!loop->core.changed)
		return;
	loop->core.changed = false;
	tell_openers(loop);
	core_tell_gate(&loop->core, &loop->gate);
}

static int wait_for_work(struct loop *loop)
{
	struct pollfd fds[OPENERS_MAX + 3];
	nfds_t count = 0;
	fds[count++] = (struct pollfd){loop->gate.fd, channel_events(&loop->gate), 0};
	fds[count++] = (struct pollfd){loop->parent.fd, channel_events(&loop->parent), 0};
	fds[count++] = asked_poll(loop->asked);
	for (int i = 0; i < loop->role->openers; i++) {
		const struct channel *opener = &loop->openers[i].channel;
		fds[count++] = (struct pollfd){opener->fd, channel_events(opener), 0};
	}
	int64_t scrub = core_scrub_next(&loop->core);
	int64_t next = loop->next_tick < scrub ? loop->next_tick : scrub;
	int64_t until = next - clock_monotonic_ms();
	int timeout = until < 0 ? 0 : until > IDLE_MS ? IDLE_MS : (int)until;
	// What only reads neither decides again nor overwrites: it would go round for nothing.
	bool recheck_on = !loop->core.recheck_done && time_is_known(&loop->core);
	bool busy = loop->flush_due || (!loop->core.readonly && (recheck_on || loop->core.wissend));
	int ready = poll(fds, count, busy ? 0 : timeout);
	return ready < 0 && errno == EINTR ? 0 : ready;
}

static void flush_channels(struct loop *loop)
{
	bool behind = channel_flush(&loop->gate) != RESULT_OK;
	behind |= channel_flush(&loop->parent) != RESULT_OK;
	for (int i = 0; i < loop->role->openers; i++)
		behind |= channel_flush(&loop->openers[i].channel) != RESULT_OK;
	(void)behind; // poll waits for room; nothing is lost meanwhile
}

static void run(struct loop *loop)
{
	while (!stopping && !loop->core.renew && !loop->core.compact) {
		pulse_beat(loop->core.pulse);
		log_settle();
		int ready = wait_for_work(loop);
		int64_t woken_us = clock_monotonic_us();
		flush_channels(loop);
		drain_gate(loop);
		drain_openers(loop);
		linger(loop);
		recheck(loop);
		commit(loop);
		tell_readonly(loop);
		drain_parent(loop);
		notice_changes(loop);
		int64_t now = clock_monotonic_ms();
		asked_turn(loop->asked, loop->memory, now);
		tick(loop, now);
		deliver_waiting(&loop->core, now);
		arena_clear(loop->core.arena);
		flush_state(loop, now, ready == 0);
		core_destroy(&loop->core, now);
		scrub(loop, now);
		loop->core.counts.loop_us += (uint64_t)(clock_monotonic_us() - woken_us);
	}
	if (loop->core.state) { // not after a replay that failed
		drain_openers(loop);
		commit(loop);
		if (loop->core.tellingen.count > 0) // what no tick has is in a last one
			tick(loop, loop->next_tick);
		asked_stop(loop->asked);
	}
	flush_channels(loop);
}

static enum result open_channels(struct loop *loop)
{
	enum result r = channel_init(&loop->gate, loop->role->to_gate, QUEUE_CEILING);
	if (!r)
		r = channel_init(&loop->parent, loop->role->to_parent, QUEUE_CEILING);
	for (int i = 0; !r && i < loop->role->openers; i++) {
		loop->openers[i].number = i;
		r = channel_init(&loop->openers[i].channel, loop->role->to_opener[i],
				 QUEUE_CEILING);
	}
	if (!r)
		r = asked_new(&loop->core, loop->role->to_reader, &loop->asked);
	loop->memory = malloc(CHANNEL_MESSAGE_MAX);
	return r ? r : loop->memory ? RESULT_OK : RESULT_NO_MEMORY;
}

static void close_channels(struct loop *loop)
{
	channel_done(&loop->gate);
	channel_done(&loop->parent);
	for (int i = 0; i < loop->role->openers; i++)
		channel_done(&loop->openers[i].channel);
	asked_free(loop->asked);
	if (loop->memory)
		secret_wipe(loop->memory, CHANNEL_MESSAGE_MAX); // a statement in the clear
	free(loop->memory);
}

// Its keys as whoever started the daemon, everything else as core's user.
static enum result open_confined(struct loop *loop, struct problem *problem)
{
	const struct role *role = loop->role;
	struct confinement confinement;
	enum result r = core_open_keys(&loop->core, role->settings, problem);
	if (!r)
		r = confine_enter(ROLE_CORE, role->settings, &confinement);
	if (!r)
		r = core_open(&loop->core, role->settings, problem);
	if (!r)
		r = confine_seal(ROLE_CORE, role->settings, &confinement);
	if (!r)
		confine_report(role, &confinement);
	return r;
}

int core_main(const struct role *role)
{
	struct loop *loop = calloc(1, sizeof *loop);
	struct problem problem = {.code = NULL};
	struct sigaction stop = {.sa_handler = on_stop};
	if (!loop)
		return result_exit_code(RESULT_NO_MEMORY);
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGINT, &stop, NULL);
	loop->role = role;
	loop->core.replay = role->replay;
	void *pulse = NULL;
	enum result r = shared_map(role->pulse, sizeof *loop->core.pulse, true, &pulse);
	loop->core.pulse = pulse;
	if (role->readonly)
		core_stay_readonly(&loop->core);
	if (!r)
		r = open_channels(loop);
	if (!r)
		r = open_confined(loop, &problem);
	if (r) {
		log_line(LOG_LEVEL_ERROR,
			 "event=core-refused code=%s file=\"%s\" message=\"%s\" fix=\"%s\"",
			 problem.code ? problem.code : "io", problem.file, problem.message,
			 problem.fix);
		close_channels(loop);
		free(loop);
		// Memory may be there the next time; nothing else gets better by trying again.
		return r == RESULT_NO_MEMORY ? result_exit_code(r) : PROGRAM_CONFIG;
	}
	if (role->compact) {
		core_compact(&loop->core);
		core_close(&loop->core);
		close_channels(loop);
		free(loop);
		return stopping ? PROGRAM_DONE : CHILD_ANEW;
	}
	loop->core.send = send_reply;
	loop->core.send_context = loop;
	loop->core.ask = asked_take;
	loop->core.ask_context = loop->asked;
	loop->core.changed = true;
	loop->next_tick = clock_monotonic_ms() + role->settings->tick_seconds * MS_PER_SECOND;
	notice_changes(loop);
	pulse_beat(loop->core.pulse); // from ready on it is watched
	tell_ready(loop);
	run(loop);
	int code = stopping             ? PROGRAM_DONE
		   : loop->core.compact ? CHILD_COMPACT
		   : loop->core.renew   ? CHILD_ANEW
					: PROGRAM_DONE;
	core_close(&loop->core);
	close_channels(loop);
	free(loop);
	return code;
}
