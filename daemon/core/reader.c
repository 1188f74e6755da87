// SPDX-License-Identifier: EUPL-1.2
// The reader: a process that answers one question about the log (control/control.h, or one of the
// privacy officer: core/asked.h), however long it takes, and ends. Partners do not wait for it, and
// what it comes to costs its asker only. It opens log, state, keystore and guard anew for each
// question and only reads them: a key that is destroyed or revoked, or a convenant that came into
// force, counts from the next question on.
#include "core/opening.h"

#include "base/clock.h"
#include "base/log.h"
#include "control/control.h"
#include "core/command.h"
#include "crypto/secret.h"
#include "flow/in_force.h"
#include "ipc/apart.h"
#include "ipc/channel.h"
#include "parent/confine.h"
#include "parent/process.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FOLLOW_STEP_MS 5 // core flushes state every 50 ms
#define FOLLOW_STEPS 1000
#define SNAPSHOT_MS 25        // half of what a read transaction may live
#define READ_ARENA (64 * MIB) // what is read back on core->arena
#define QUEUE_CEILING (2u * MIB)
#define PIECE_MAX (256u * 1024) // of an answer, in one message
#define OK_LINE "result ok\n"

// ---- opening -------------------------------------------------------------------------------

static enum result make_room(struct core *core)
{
	register_init(&core->registry);
	buffer_init(&core->note, CHECKPOINT_MAX);
	buffer_init(&core->stored_parts, STORED_MAX);
	buffer_init(&core->stored_content, STORED_MAX);
	enum result r = arena_new(READ_ARENA, &core->arena);
	return r ? r : arena_new(COMMAND_ARENA, &core->command_arena);
}

// State with at least what the log had when it was asked: whoever saw a receipt finds its melding.
static enum result follow(struct core *core, const struct core_paths *paths)
{
	const struct timespec step = {.tv_nsec = FOLLOW_STEP_MS * 1000000L};
	uint64_t size = journal_size(core->journal);
	enum result r =
		state_open_to_read(paths->state, (size_t)core->settings->map_state_mib * MIB,
				   core->keystore, &core->state);
	for (int n = 0; !r && state_position(core->state) < size; n++) {
		if (n == FOLLOW_STEPS)
			return RESULT_AGAIN;
		pulse_beat(core->pulse);
		nanosleep(&step, NULL);
		r = state_renew(core->state);
	}
	core->breathed = clock_monotonic_ms();
	return r;
}

// In this order: state speaks of no entry that the log does not have, and the checkpoint of none.
static enum result open_stores(struct core *core, const struct core_paths *paths)
{
	enum result r = keystore_open_to_read(paths->keystore, &core->keystore);
	if (!r)
		r = journal_open(paths->log, (size_t)core->settings->map_log_mib * MIB,
				 core->keystore, true, &core->journal);
	if (!r)
		r = follow(core, paths);
	if (!r)
		r = guard_open_to_read(paths->guard, &core->guard);
	if (!r)
		r = journal_renew(core->journal);
	if (!r && !opening_state_is_ours(core))
		r = RESULT_DAMAGED;
	return r;
}

static enum result read_checkpoint(struct core *core)
{
	enum result r = register_log_keys(&core->registry, &core->signing.keys);
	if (!r)
		r = log_keys_verify(&core->signing.keys, guard_note(core->guard),
				    &core->checkpoint);
	if (r)
		return r;
	buffer_append(&core->note, guard_note(core->guard));
	return core->note.status;
}

enum result core_renew_checkpoint(struct core *core)
{
	struct core_paths paths;
	struct guard *guard;
	core_paths(core->settings, &paths);
	enum result r = guard_open_to_read(paths.guard, &guard);
	if (r)
		return r;
	guard_close(core->guard);
	core->guard = guard;
	buffer_clear(&core->note);
	r = read_checkpoint(core);
	return r ? r : journal_renew(core->journal);
}

static enum result open_all(struct core *core, struct problem *problem)
{
	struct core_paths paths;
	core_paths(core->settings, &paths);
	enum result r = opening_codes(core->settings, &core->codes, problem);
	if (!r)
		r = open_stores(core, &paths);
	if (!r)
		r = opening_genesis(core, &paths, problem);
	if (!r)
		r = opening_time(core);
	if (!r)
		r = opening_register(core, problem);
	if (!r)
		r = read_checkpoint(core);
	if (!r)
		r = in_force_load(core, problem);
	if (r && !problem->code)
		(void)opening_fail(problem, r, r == RESULT_AGAIN ? REASON_BUSY : REASON_DAMAGED,
				   core->settings->data, "the log cannot be read beside core");
	return r;
}

enum result core_open_to_read(struct core *core, const struct settings *settings,
			      struct problem *problem)
{
	core->settings = settings;
	core->reader = true;
	enum result r = make_room(core);
	if (!r)
		r = open_all(core, problem);
	if (r)
		core_close(core);
	return r;
}

enum result core_breathe(struct core *core)
{
	pulse_beat(core->pulse);
	if (!core->reader)
		return RESULT_OK;
	int64_t now = clock_monotonic_ms();
	if (core->answer_until && now >= core->answer_until)
		return RESULT_AGAIN; // core gave the asker up by then: it is for nobody
	if (now - core->breathed < SNAPSHOT_MS)
		return RESULT_OK;
	core->breathed = now;
	enum result r = state_renew(core->state);
	return r ? r : journal_renew(core->journal);
}

// ---- the process ---------------------------------------------------------------------------

struct reader {
	const struct role *role;
	struct core core;
	struct channel asker; // the parent, or core
	bool of_core;
	uint8_t *memory, *locked;
};

static enum result wait_for(struct reader *reader, short events)
{
	struct pollfd fd = {.fd = reader->asker.fd, .events = events};
	pulse_beat(reader->core.pulse);
	int ready = poll(&fd, 1, PULSE_WAIT_MS);
	return ready > 0 && (fd.revents & (POLLHUP | POLLERR)) && !(fd.revents & POLLIN)
		       ? RESULT_CLOSED
		       : RESULT_OK;
}

// The next part of an answer that goes in one message: whole lines.
static struct bytes piece_of(struct bytes rest)
{
	if (rest.len <= PIECE_MAX)
		return rest;
	const uint8_t *end = memrchr(rest.data, '\n', PIECE_MAX);
	return bytes_make(rest.data, end ? (size_t)(end - rest.data) + 1 : rest.len);
}

static enum result send_piece(struct reader *reader, const uint8_t number[PARENT_PREFIX_LEN],
			      enum answer_kind kind, struct bytes piece)
{
	uint8_t header[PARENT_ANSWER_PREFIX_LEN + sizeof OK_LINE - 1];
	size_t len = PARENT_ANSWER_PREFIX_LEN;
	memcpy(header, number, PARENT_PREFIX_LEN);
	header[PARENT_PREFIX_LEN] = (uint8_t)kind;
	// Each piece is an answer in its form; the first line of the whole says so already.
	if (piece.len < sizeof OK_LINE - 1 ||
	    memcmp(piece.data, "result ", sizeof "result " - 1) != 0) {
		memcpy(header + len, OK_LINE, sizeof OK_LINE - 1);
		len += sizeof OK_LINE - 1;
	}
	enum result r = channel_send(&reader->asker, bytes_make(header, len), piece);
	while (!r && reader->asker.queued > 0) {
		r = wait_for(reader, channel_events(&reader->asker));
		if (!r && channel_flush(&reader->asker) == RESULT_CLOSED)
			r = RESULT_CLOSED;
	}
	return r;
}

static void send_answer(struct reader *reader, const uint8_t number[PARENT_PREFIX_LEN],
			enum answer_kind kind, struct bytes answer)
{
	enum result r = RESULT_OK;
	while (!r && answer.len > 0) {
		struct bytes piece = piece_of(answer);
		answer = bytes_make(answer.data + piece.len, answer.len - piece.len);
		r = send_piece(reader, number, answer.len > 0 ? ANSWER_MORE : kind, piece);
	}
	if (r)
		log_line(LOG_LEVEL_WARNING, "event=answer-dropped result=\"%s\"", result_name(r));
}

static void run(struct reader *reader, struct bytes request, struct buffer *lines)
{
	if (reader->of_core)
		core_vraag(&reader->core, request, lines);
	else
		core_command(&reader->core, request, lines);
}

static void answer(struct reader *reader, struct bytes message)
{
	struct problem problem = {.code = NULL};
	struct buffer lines;
	struct pulse *pulse = reader->core.pulse;
	struct bytes request =
		bytes_make(message.data + PARENT_PREFIX_LEN, message.len - PARENT_PREFIX_LEN);
	int64_t started = clock_monotonic_ms();
	buffer_init(&lines, reader->of_core ? ANTWOORD_MAX : CONTROL_MESSAGE_MAX);
	enum result r = core_open_to_read(&reader->core, reader->role->settings, &problem);
	if (reader->of_core)
		reader->core.answer_until = started + VRAAG_MS;
	if (r) {
		log_line(LOG_LEVEL_WARNING, "event=reader-not-now code=%s message=\"%s\"",
			 problem.code ? problem.code : "io", problem.message);
		say_problem(&lines, &problem, r);
	} else {
		run(reader, request, &lines);
		r = reader->core.may_not ? RESULT_DENIED : RESULT_OK;
		core_close(&reader->core);
	}
	reader->core.pulse = pulse;
	send_answer(reader, message.data, r ? ANSWER_NOT_NOW : ANSWER_LAST, buffer_view(&lines));
	buffer_wipe(&lines);
}

// The channel with core outlives its readers: what lies in it is of the one before.
static enum result begin(struct reader *reader)
{
	uint8_t prefix[PARENT_PREFIX_LEN];
	struct bytes message;
	if (!reader->of_core)
		return RESULT_AGAIN;
	while (channel_receive(&reader->asker, reader->memory, &message) == RESULT_OK)
		;
	put_u64be(prefix, PARENT_REPORT);
	enum result r = channel_send(&reader->asker, bytes_make(prefix, sizeof prefix),
				     bytes_of_text("ready"));
	return r ? r : RESULT_AGAIN;
}

// One question, then the end: what it needed is in memory no longer.
static void serve(struct reader *reader)
{
	struct bytes message;
	enum result r = begin(reader);
	while (r == RESULT_AGAIN) {
		r = wait_for(reader, POLLIN);
		if (!r)
			r = channel_receive(&reader->asker, reader->memory, &message);
	}
	if (!r && message.len > PARENT_PREFIX_LEN)
		answer(reader, message);
}

static enum result confine(struct reader *reader)
{
	struct confinement confinement;
	const struct role *role = reader->role;
	// Its keys come with the question; that their memory can be locked is known before.
	enum result r = secret_alloc(KEYSTORE_KEY_LEN, &reader->locked);
	if (!r)
		r = confine_enter(ROLE_READER, role->settings, &confinement);
	if (!r)
		r = confine_seal(ROLE_READER, role->settings, &confinement);
	if (!r)
		confine_report(role, &confinement);
	return r;
}

int reader_main(const struct role *role)
{
	struct reader *reader = calloc(1, sizeof *reader);
	void *pulse = NULL;
	if (!reader)
		return result_exit_code(RESULT_NO_MEMORY);
	reader->role = role;
	reader->of_core = role->to_core >= 0;
	reader->memory = malloc(CHANNEL_MESSAGE_MAX);
	enum result r = reader->memory ? RESULT_OK : RESULT_NO_MEMORY;
	if (!r)
		r = shared_map(role->pulse, sizeof *reader->core.pulse, true, &pulse);
	reader->core.pulse = pulse;
	if (!r)
		r = confine(reader);
	if (!r)
		r = channel_init(&reader->asker, reader->of_core ? role->to_core : role->to_parent,
				 QUEUE_CEILING);
	if (!r)
		serve(reader);
	else
		log_line(LOG_LEVEL_ERROR, "event=reader-refused result=\"%s\"", result_name(r));
	channel_done(&reader->asker);
	secret_free(reader->locked);
	if (reader->memory)
		secret_wipe(reader->memory, CHANNEL_MESSAGE_MAX); // a question names persons
	free(reader->memory);
	free(reader);
	return result_exit_code(r);
}
