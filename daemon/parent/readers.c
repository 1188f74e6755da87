// SPDX-License-Identifier: EUPL-1.2
#include "parent/readers.h"

#include "base/clock.h"
#include "base/log.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define QUEUE_BYTES (2u * 1024 * 1024)
#define TRIES_MAX 5 // core may just replace what is to be read
// How often it is looked how old the newest backup is, and how soon again when that could not be.
#define LOOK_MS (10 * MS_PER_MINUTE)
#define LOOK_AGAIN_MS MS_PER_MINUTE
#define LOOK "backup-newest"
#define OWN_CLIENT PARENT_REPORT // of what the parent asks itself, for core

#define WAITING_MAX (CONTROL_CLIENTS_MAX + 1) // each client one, and the parent itself

struct question {
	uint64_t client; // 0: none
	struct buffer request;
	unsigned tries;
	int64_t given; // to a reader
	uint64_t made; // backups that were made before that
	bool late;     // the parent's own look: core was told that it does not come back
};

struct readers {
	struct reader {
		struct channel channel; // fd -1: it does not run
		struct question question;
		bool ended; // with the answer, or for nobody
	} reader[READERS];
	struct question waiting[WAITING_MAX]; // in order
	size_t waiting_count;
	bool looking; // the question of the parent itself has no answer yet
	int64_t look_due;
	uint64_t made; // backups
};

static struct child *child_of(struct parent *parent, int number)
{
	return &parent->children[CHILD_OPENERS + parent->openers + number];
}

static void forget(struct question *question)
{
	buffer_wipe(&question->request); // a question names persons
	*question = (struct question){.client = 0};
}

enum result readers_start(struct parent *parent)
{
	parent->readers = calloc(1, sizeof *parent->readers);
	for (int i = 0; parent->readers && i < READERS; i++)
		parent->readers->reader[i].channel.fd = -1;
	return parent->readers ? RESULT_OK : RESULT_NO_MEMORY;
}

static void close_channel(struct reader *reader)
{
	if (reader->channel.fd >= 0)
		channel_done(&reader->channel);
	reader->channel = (struct channel){.fd = -1};
}

void readers_done(struct parent *parent)
{
	struct readers *readers = parent->readers;
	if (!readers)
		return;
	for (int i = 0; i < READERS; i++) {
		close_channel(&readers->reader[i]);
		forget(&readers->reader[i].question);
	}
	for (size_t i = 0; i < readers->waiting_count; i++)
		forget(&readers->waiting[i]);
	free(readers);
}

// ---- those that wait -----------------------------------------------------------------------

static void take_out(struct readers *readers, size_t place)
{
	readers->waiting_count--;
	memmove(&readers->waiting[place], &readers->waiting[place + 1],
		(readers->waiting_count - place) * sizeof readers->waiting[0]);
}

// A client that has gone wants its answer no longer.
static bool is_wanted(const struct parent *parent, uint64_t client)
{
	return client == OWN_CLIENT || control_server_waits(parent->server, client);
}

static void forget_gone(struct parent *parent)
{
	struct readers *readers = parent->readers;
	for (size_t i = readers->waiting_count; i-- > 0;) {
		if (is_wanted(parent, readers->waiting[i].client))
			continue;
		forget(&readers->waiting[i]);
		take_out(readers, i);
	}
}

enum result readers_ask(struct parent *parent, uint64_t client, struct bytes request)
{
	struct readers *readers = parent->readers;
	struct question question = {.client = client};
	forget_gone(parent); // a client has one question, so that there is room now
	buffer_init(&question.request, CONTROL_MESSAGE_MAX);
	buffer_append(&question.request, request);
	if (question.request.status || readers->waiting_count == WAITING_MAX) {
		buffer_wipe(&question.request);
		return RESULT_NO_MEMORY;
	}
	readers->waiting[readers->waiting_count++] = question;
	return RESULT_OK;
}

bool readers_tell(struct parent *parent, uint64_t client)
{
	struct readers *readers = parent->readers;
	bool found = false;
	for (int i = 0; i < READERS; i++)
		found |= readers->reader[i].question.client == client;
	for (size_t i = 0; i < readers->waiting_count; i++)
		found |= readers->waiting[i].client == client && parent->core_ready;
	if (found)
		control_server_answer(parent->server, client, bytes_of_text("result ok\n"), false);
	return found;
}

// ---- how old the newest backup is ----------------------------------------------------------

static bool says_ok(struct bytes lines)
{
	static const char ok[] = "result ok\n";
	return lines.len >= sizeof ok - 1 && memcmp(lines.data, ok, sizeof ok - 1) == 0;
}

static void tell(struct parent *parent, struct bytes lines)
{
	uint8_t prefix[PARENT_PREFIX_LEN];
	put_u64be(prefix, PARENT_REPORT);
	if (channel_send(&parent->to_core, bytes_make(prefix, sizeof prefix), lines))
		parent->readers->look_due = parent->now + LOOK_AGAIN_MS;
}

// Before who asked has it: who then looks at "status" finds what came of it. A look that began
// before a backup was made knows less than core does by now: another is made at once.
static void tell_core(struct parent *parent, const struct question *question, struct bytes lines)
{
	struct readers *readers = parent->readers;
	const struct bytes request = buffer_view(&question->request);
	if (questions_is(request, "backup") && says_ok(lines)) {
		readers->made++;
		tell(parent, lines);
	} else if (questions_is(request, LOOK) && question->made == readers->made) {
		tell(parent, lines);
	} else if (questions_is(request, LOOK)) {
		readers->look_due = parent->now;
	}
}

static void look_done(struct parent *parent, bool is_seen)
{
	parent->readers->looking = false;
	parent->readers->look_due = parent->now + (is_seen ? LOOK_MS : LOOK_AGAIN_MS);
}

// One that was to be killed by then, and is not, waits for a disk that may never answer: core hears
// it once, and more when it does end.
static void tell_late(struct parent *parent, struct question *question)
{
	const int64_t limit = 2 * parent->settings.hang_seconds * MS_PER_SECOND;
	if (question->client != OWN_CLIENT || question->late ||
	    parent->now - question->given < limit)
		return;
	question->late = true;
	tell(parent, bytes_of_text("result io\n"));
}

// Each core is told anew. One look at a time: a disk that hangs keeps one reader, until that is
// killed for it.
static void look_at_backups(struct parent *parent)
{
	struct readers *readers = parent->readers;
	if (!parent->core_ready)
		readers->look_due = 0;
	else if (parent->settings.backup[0] && parent->phase == PHASE_RUNNING &&
		 !readers->looking && parent->now >= readers->look_due)
		readers->looking =
			readers_ask(parent, OWN_CLIENT, bytes_of_text(LOOK "\n")) == RESULT_OK;
}

// ---- answers -------------------------------------------------------------------------------

// Another reader may see what this one could not: core was just replacing it.
static bool ask_again(struct parent *parent, struct reader *reader)
{
	struct readers *readers = parent->readers;
	if (++reader->question.tries >= TRIES_MAX || readers->waiting_count == WAITING_MAX)
		return false;
	readers->waiting[readers->waiting_count++] = reader->question;
	reader->question = (struct question){.client = 0};
	return true;
}

static void take_answer(struct parent *parent, struct reader *reader, struct bytes message)
{
	if (message.len <= PARENT_ANSWER_PREFIX_LEN ||
	    get_u64be(message.data) != reader->question.client || !reader->question.client) {
		log_line(LOG_LEVEL_ERROR, "event=parent.reader-broken");
		return;
	}
	uint8_t kind = message.data[PARENT_PREFIX_LEN];
	struct bytes lines = bytes_make(message.data + PARENT_ANSWER_PREFIX_LEN,
					message.len - PARENT_ANSWER_PREFIX_LEN);
	reader->ended |= kind != ANSWER_MORE;
	if (kind == ANSWER_NOT_NOW && ask_again(parent, reader))
		return;
	const bool is_own = reader->question.client == OWN_CLIENT;
	if (is_own)
		look_done(parent, says_ok(lines));
	if (kind != ANSWER_MORE)
		tell_core(parent, &reader->question, lines);
	if (!is_own)
		control_server_answer(parent->server, reader->question.client, lines,
				      kind != ANSWER_MORE);
	if (kind != ANSWER_MORE)
		forget(&reader->question);
}

// One that is closed, as when no process could be started for it, would have poll(2) return at once
// until the next is.
static void take_answers(struct parent *parent, struct reader *reader)
{
	struct bytes message;
	enum result r = RESULT_OK;
	while (reader->channel.fd >= 0 && r == RESULT_OK) {
		r = channel_receive(&reader->channel, parent->memory, &message);
		if (r == RESULT_OK)
			take_answer(parent, reader, message);
	}
	if (r == RESULT_CLOSED || r == RESULT_IO)
		close_channel(reader);
}

// ---- giving out ----------------------------------------------------------------------------

// To the next in turn; one that ended and was not seen to yet costs nobody a question.
static void give(struct parent *parent, struct reader *reader)
{
	struct readers *readers = parent->readers;
	struct question *question = &readers->waiting[0];
	uint8_t prefix[PARENT_PREFIX_LEN];
	put_u64be(prefix, question->client);
	enum result result = channel_send(&reader->channel, bytes_make(prefix, sizeof prefix),
					  buffer_view(&question->request));
	if (result == RESULT_OK) {
		reader->question = *question;
		reader->question.given = parent->now;
		reader->question.made = readers->made;
	} else if (result == RESULT_TOO_LARGE) {
		questions_refuse(parent, question->client, REASON_TOO_LONG, NULL);
		forget(question);
	} else {
		close_channel(reader);
		return;
	}
	take_out(readers, 0);
}

void readers_poll(const struct parent *parent, struct pollfd fds[READERS])
{
	for (int i = 0; i < READERS; i++) {
		const struct channel *channel = &parent->readers->reader[i].channel;
		// A negative descriptor is passed over.
		fds[i] = (struct pollfd){.fd = channel->fd,
					 .events = channel->fd < 0 ? 0 : channel_events(channel)};
	}
}

void readers_turn(struct parent *parent)
{
	struct readers *readers = parent->readers;
	forget_gone(parent);
	look_at_backups(parent);
	for (int i = 0; i < READERS; i++) {
		struct reader *reader = &readers->reader[i];
		take_answers(parent, reader);
		tell_late(parent, &reader->question);
		if (reader->channel.fd < 0 || reader->ended)
			continue;
		(void)!channel_flush(&reader->channel);
		if (reader->question.client && !is_wanted(parent, reader->question.client)) {
			reader->ended = true;
			child_signal(child_of(parent, i), SIGKILL);
		} else if (!reader->question.client && readers->waiting_count > 0 &&
			   parent->core_ready) {
			give(parent, reader);
		}
	}
}

// ---- their processes -----------------------------------------------------------------------

enum result readers_begin(struct parent *parent, int number, int *ret_fd)
{
	struct reader *reader = &parent->readers->reader[number];
	int pair[2];
	close_channel(reader);
	reader->ended = false;
	enum result result = channel_pair(pair);
	if (result != RESULT_OK)
		return result;
	result = role_lift(&pair[1]);
	if (result == RESULT_OK)
		result = channel_init(&reader->channel, pair[0], QUEUE_BYTES);
	if (result == RESULT_OK) {
		*ret_fd = pair[1];
		return RESULT_OK;
	}
	close(pair[0]);
	close(pair[1]);
	reader->channel = (struct channel){.fd = -1};
	return result;
}

bool readers_ended(struct parent *parent, int number)
{
	struct reader *reader = &parent->readers->reader[number];
	take_answers(parent, reader);
	close_channel(reader);
	bool in_order = reader->ended;
	if (reader->question.client && parent->compact == COMPACT_ASKED &&
	    ask_again(parent, reader))
		return in_order;
	if (reader->question.client == OWN_CLIENT) {
		look_done(parent, false);
		tell_core(parent, &reader->question, bytes_of_text("result io\n"));
	} else if (reader->question.client && !in_order) {
		questions_refuse(parent, reader->question.client, REASON_IO,
				 "the process that read the log for this question ended before its "
				 "answer");
	}
	forget(&reader->question);
	return in_order;
}
