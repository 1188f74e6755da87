// SPDX-License-Identifier: EUPL-1.2
// The opener as a process: frames from the gate in, opened statements to core out. It reads the
// next frame only when core has room, so that backpressure reaches the partner's credit.
#include "opener/opener.h"

#include "base/clock.h"
#include "base/log.h"
#include "crypto/secret.h"
#include "ipc/apart.h"
#include "ipc/channel.h"
#include "ipc/pulse.h"
#include "parent/confine.h"
#include "parent/process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define FRAMES_PER_TURN 32
#define CORE_QUEUE_BYTES (16 * 1024 * 1024) // the statements of a largest envelope, with room
#define GATE_QUEUE_BYTES (64 * 1024)

struct process {
	const struct role *role;
	struct receive_keys receive;
	bool listed, lacks; // a list came; a receive key of it is not among ours
	struct opener *opener;
	struct channel to_gate, to_core;
	struct buffer message; // one FRAME_OPENED
	uint8_t *memory;       // CHANNEL_MESSAGE_MAX, for the message in hand
	int signal_fd;
	// What the gate is told about envelopes taken off: the newest.
	struct frame_done done;
	uint64_t broken; // messages of a neighbour that cannot be
	struct hand *hand;
	const struct apart *apart;
	struct pulse *pulse;
};

// ---- one frame -----------------------------------------------------------------------------

static enum result send_opened(void *context, const struct opened *opened)
{
	struct process *process = context;
	buffer_clear(&process->message);
	enum result result = opened_encode(opened, &process->message);
	if (result == RESULT_OK)
		result = channel_send(&process->to_core, buffer_view(&process->message),
				      (struct bytes){0});
	return result;
}

// Told apart from a refusal: nobody may believe who it says it is from.
static enum result send_count(struct process *process, const struct frame_envelope *header,
			      enum reason reason)
{
	struct frame_count count;
	memset(&count, 0, sizeof count);
	count.kind = FRAME_COUNT;
	count.reason = reason;
	count.oin = header->oin;
	count.count = 1;
	return channel_send(&process->to_core, bytes_make(&count, sizeof count), (struct bytes){0});
}

static enum result send_hint(struct process *process, const struct frame_envelope *header,
			     enum hint_code code)
{
	struct frame_hint hint = {.kind = FRAME_HINT, .code = code, .route = header->route};
	enum result result =
		channel_send(&process->to_gate, bytes_make(&hint, sizeof hint), (struct bytes){0});
	// A gate that does not read gets no hints; the partner sends again by itself.
	return result == RESULT_AGAIN ? RESULT_OK : result;
}

// Frames of a partner that is apart may still lie here from before it was.
static bool is_for_another(const struct process *process, const struct oin *oin)
{
	bool apart = process->role->opener_number == process->role->openers - 1;
	return apart_has(process->apart, oin) != apart;
}

static enum result open_frame(struct process *process, const struct frame_envelope *header,
			      struct bytes message)
{
	const struct opener_input input = {
		.frame = bytes_make(message.data + sizeof *header, message.len - sizeof *header),
		.route = header->route,
		.connection_oin = header->oin,
		.today = date_amsterdam(clock_wall_ms()),
	};
	const struct opener_sink sink = {send_opened, process};
	enum result result;
	enum reason reason = opener_open(process->opener, &input, &sink, &result);
	if (reason != REASON_NONE) {
		result = send_count(process, header, reason);
		if (result == RESULT_OK)
			result = send_hint(process, header, HINT_NOT_ACCEPTED);
	}
	return result;
}

static enum result take_frame(struct process *process, struct bytes message)
{
	struct frame_envelope header;
	memcpy(&header, message.data, sizeof header);
	enum result result;
	pulse_beat(process->pulse);
	if (is_for_another(process, &header.oin)) {
		result = send_hint(process, &header, HINT_AGAIN);
	} else {
		hand_take(process->hand, &header.oin);
		result = open_frame(process, &header, message);
		hand_empty(process->hand);
	}
	if (header.route.generation >= process->done.generation)
		process->done = (struct frame_done){.kind = FRAME_DONE,
						    .generation = header.route.generation,
						    .number = header.number};
	return result;
}

static bool is_envelope(struct bytes message)
{
	struct frame_envelope header;
	struct oin oin;
	if (message.len < sizeof header)
		return false;
	memcpy(&header, message.data, sizeof header);
	return header.kind == FRAME_ENVELOPE && header.oin.text[OIN_LEN] == '\0' &&
	       oin_parse(bytes_make(header.oin.text, OIN_LEN), &oin) == RESULT_OK;
}

static bool is_hello(struct bytes message)
{
	uint32_t kind = 0;
	if (message.len == sizeof(struct frame_hello))
		memcpy(&kind, message.data, sizeof kind);
	return kind == FRAME_HELLO;
}

// ---- channels ------------------------------------------------------------------------------

// RESULT_CLOSED at the end of a channel, which only the end of the parent brings.
static enum result read_gate(struct process *process)
{
	for (int i = 0; i < FRAMES_PER_TURN && process->to_core.queued == 0; i++) {
		struct bytes message;
		enum result result = channel_receive(&process->to_gate, process->memory, &message);
		if (result == RESULT_AGAIN)
			return RESULT_OK;
		if (result == RESULT_CLOSED || result == RESULT_IO)
			return result;
		if (result == RESULT_OK && is_envelope(message))
			result = take_frame(process, message);
		else if (result != RESULT_OK || !is_hello(message))
			process->broken++;
		if (result == RESULT_CLOSED || result == RESULT_IO || result == RESULT_NO_MEMORY)
			return result;
	}
	return RESULT_OK;
}

static enum result send_done(struct process *process)
{
	if (process->done.kind == 0)
		return RESULT_OK;
	enum result result =
		channel_send(&process->to_gate, bytes_make(&process->done, sizeof process->done),
			     (struct bytes){0});
	if (result == RESULT_AGAIN)
		return RESULT_OK; // told with the next
	process->done.kind = 0;
	return result;
}

// A receive key that ended is of no use here any more. One that came into force while we run was
// made beside us: whoever starts next opens it. One that was not there at the start either is
// waited for no more.
static enum result follow_keys(struct process *process)
{
	bool before = process->lacks || !process->listed;
	process->listed = true;
	for (size_t i = 0; i < process->receive.count; i++) {
		struct private_key *key = &process->receive.keys[i];
		bool next = i > 0; // it may come into force yet
		if (key->secret && !next && !opener_may_use(process->opener, &key->id)) {
			secret_free(key->secret);
			key->secret = NULL;
			log_line(LOG_LEVEL_NOTICE, "event=opener.key-ended");
		}
	}
	process->lacks = opener_lacks_key(process->opener);
	if (!process->lacks)
		return RESULT_OK;
	log_line(LOG_LEVEL_WARNING, "event=opener.key-missing");
	return before ? RESULT_OK : RESULT_CLOSED;
}

static enum result read_core(struct process *process)
{
	for (;;) {
		struct bytes message;
		enum result result = channel_receive(&process->to_core, process->memory, &message);
		if (result == RESULT_AGAIN)
			return RESULT_OK;
		if (result == RESULT_CLOSED || result == RESULT_IO)
			return result;
		if (result == RESULT_OK && is_hello(message))
			continue;
		if (result == RESULT_OK)
			result = opener_set_parties(process->opener, message);
		if (result == RESULT_OK)
			result = follow_keys(process);
		if (result == RESULT_NO_MEMORY || result == RESULT_CLOSED)
			return result;
		if (result != RESULT_OK) {
			process->broken++;
			log_line(LOG_LEVEL_ERROR, "event=opener.parties result=\"%s\"",
				 result_name(result));
		}
	}
}

static enum result flush(struct channel *channel)
{
	enum result result = channel_flush(channel);
	return result == RESULT_AGAIN ? RESULT_OK : result;
}

static enum result turn(struct process *process)
{
	enum result result = flush(&process->to_core);
	if (result == RESULT_OK)
		result = flush(&process->to_gate);
	if (result == RESULT_OK)
		result = read_core(process);
	if (result == RESULT_OK && opener_has_parties(process->opener))
		result = read_gate(process);
	return result == RESULT_OK ? send_done(process) : result;
}

// While core has no room, or has not said who the parties are, frames wait in the channel.
static short gate_events(const struct process *process)
{
	short events = channel_events(&process->to_gate);
	if (process->to_core.queued || !opener_has_parties(process->opener))
		events &= ~POLLIN;
	return events;
}

static enum result opener_loop(struct process *process)
{
	enum result result = RESULT_OK;
	while (result == RESULT_OK) {
		struct pollfd fds[] = {
			{.fd = process->signal_fd, .events = POLLIN},
			{.fd = process->to_core.fd, .events = channel_events(&process->to_core)},
			{.fd = process->to_gate.fd, .events = gate_events(process)},
		};
		pulse_beat(process->pulse);
		log_settle();
		if (poll(fds, 3, PULSE_WAIT_MS) < 0 && errno != EINTR)
			return RESULT_IO;
		if (fds[0].revents)
			return RESULT_OK;
		result = turn(process);
	}
	return result;
}

// ---- process -------------------------------------------------------------------------------

// The key in use, and the next one where there is one. While they are exchanged (`rotate --finish`)
// there may be the next one only.
static enum result open_keys(struct process *process)
{
	static const char *const names[OPENER_KEYS_MAX] = {"receive", "receive-next"};
	const struct settings *settings = process->role->settings;
	const struct unlock unlock = {.key_file = settings->unlock_file};
	struct receive_keys *receive = &process->receive;
	struct problem problem = {0};
	enum result result = RESULT_OK;
	for (size_t i = 0; i < OPENER_KEYS_MAX; i++) {
		const struct keyfile file = {settings->keys, names[i], KEY_KIND_SEALING};
		struct problem one = {0};
		result = keyfile_open(&file, &unlock, &receive->keys[receive->count], &one);
		receive->count += result == RESULT_OK;
		if (result != RESULT_OK && !problem.code)
			problem = one;
		if (result != RESULT_OK && result != RESULT_NOT_FOUND)
			break;
	}
	if (result == RESULT_NOT_FOUND && receive->count > 0)
		return RESULT_OK;
	if (result != RESULT_OK)
		log_line(LOG_LEVEL_ERROR, "event=opener.key code=%s message=\"%s\" fix=\"%s\"",
			 problem.code, problem.message, problem.fix);
	return result;
}

static enum result open_signals(struct process *process)
{
	sigset_t term;
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &term, NULL) != 0)
		return RESULT_IO;
	process->signal_fd = signalfd(-1, &term, SFD_NONBLOCK | SFD_CLOEXEC);
	return process->signal_fd < 0 ? RESULT_IO : RESULT_OK;
}

static enum result say_hello(struct process *process)
{
	const struct frame_hello hello = {.kind = FRAME_HELLO};
	struct bytes message = bytes_make(&hello, sizeof hello);
	enum result result = channel_send(&process->to_core, message, (struct bytes){0});
	return result == RESULT_OK ? channel_send(&process->to_gate, message, (struct bytes){0})
				   : result;
}

static enum result map_shared(struct process *process)
{
	void *hand = NULL, *apart = NULL, *pulse = NULL;
	enum result result = shared_map(process->role->hand, sizeof *process->hand, true, &hand);
	if (result == RESULT_OK)
		result = shared_map(process->role->apart, sizeof *process->apart, false, &apart);
	if (result == RESULT_OK)
		result = shared_map(process->role->pulse, sizeof *process->pulse, true, &pulse);
	process->pulse = pulse;
	process->hand = hand;
	process->apart = apart;
	return result;
}

static enum result process_start(struct process *process)
{
	process->memory = malloc(CHANNEL_MESSAGE_MAX);
	buffer_init(&process->message, 2 * CHANNEL_MESSAGE_MAX);
	enum result result = process->memory ? RESULT_OK : RESULT_NO_MEMORY;
	if (result == RESULT_OK)
		result = map_shared(process);
	if (result == RESULT_OK)
		result = channel_init(&process->to_gate, process->role->to_gate, GATE_QUEUE_BYTES);
	if (result == RESULT_OK)
		result = channel_init(&process->to_core, process->role->to_core, CORE_QUEUE_BYTES);
	if (result == RESULT_OK)
		result = open_signals(process);
	if (result == RESULT_OK)
		result = open_keys(process);
	struct confinement confinement;
	const struct settings *settings = process->role->settings;
	if (result == RESULT_OK)
		result = confine_enter(ROLE_OPENER, settings, &confinement);
	if (result == RESULT_OK)
		result = opener_new(&process->receive, &process->opener);
	if (result == RESULT_OK)
		result = confine_seal(ROLE_OPENER, settings, &confinement);
	if (result != RESULT_OK)
		return result;
	confine_report(process->role, &confinement);
	return say_hello(process);
}

static void process_done(struct process *process)
{
	opener_free(process->opener);
	for (size_t i = 0; i < process->receive.count; i++)
		private_key_done(&process->receive.keys[i]);
	buffer_wipe(&process->message);
	channel_done(&process->to_gate);
	channel_done(&process->to_core);
	free(process->memory);
}

int opener_main(const struct role *role)
{
	struct process process = {.role = role};
	enum result result = process_start(&process);
	if (result == RESULT_OK)
		result = opener_loop(&process);
	if (result != RESULT_OK)
		log_line(LOG_LEVEL_WARNING, "event=opener.end number=%d result=\"%s\"",
			 role->opener_number, result_name(result));
	if (process.broken)
		log_line(LOG_LEVEL_WARNING, "event=opener.broken number=%d messages=%llu",
			 role->opener_number, (unsigned long long)process.broken);
	process_done(&process);
	return result_exit_code(result);
}
