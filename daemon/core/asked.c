// SPDX-License-Identifier: EUPL-1.2
#include "core/asked.h"

#include "base/clock.h"
#include "base/log.h"
#include "core/command.h"
#include "crypto/secret.h"
#include "ipc/channel.h"
#include "parent/process.h"

#include <stdlib.h>
#include <string.h>

#define QUEUE_CEILING 65536
#define TRIES_MAX 5 // core may just replace what is to be read

struct waiting {
	struct asker asker;
	struct buffer request;
	int64_t until; // monotonic
	unsigned tries;
};

struct asked {
	struct core *core;
	struct channel reader;
	bool ready;      // a reader waits for a question
	bool given;      // it has the first of those that wait
	uint64_t number; // of the question given last; begins anywhere
	struct waiting waiting[ASKED_MAX];
	size_t count;
};

// What a reader said to the core before this one: it was ended with that one, and the next begins
// when this one is ready.
static enum result drop_older(struct channel *reader)
{
	struct bytes message;
	uint8_t *memory = malloc(CHANNEL_MESSAGE_MAX);
	if (!memory)
		return RESULT_NO_MEMORY;
	while (channel_receive(reader, memory, &message) == RESULT_OK)
		;
	secret_wipe(memory, CHANNEL_MESSAGE_MAX);
	free(memory);
	return RESULT_OK;
}

enum result asked_new(struct core *core, int fd, struct asked **ret_asked)
{
	struct asked *asked = calloc(1, sizeof *asked);
	if (!asked)
		return RESULT_NO_MEMORY;
	asked->core = core;
	// What was given to a reader by the core before, and lies unread, is answered under a
	// number that is none of ours.
	random_bytes((uint8_t *)&asked->number, sizeof asked->number);
	asked->number /= 2;
	enum result r = channel_init(&asked->reader, fd, QUEUE_CEILING);
	if (!r)
		r = drop_older(&asked->reader);
	if (r)
		asked_free(asked);
	else
		*ret_asked = asked;
	return r;
}

static void forget(struct waiting *waiting)
{
	buffer_wipe(&waiting->request); // it names a person
}

void asked_free(struct asked *asked)
{
	if (!asked)
		return;
	for (size_t i = 0; i < asked->count; i++)
		forget(&asked->waiting[i]);
	channel_done(&asked->reader);
	free(asked);
}

struct pollfd asked_poll(const struct asked *asked)
{
	return (struct pollfd){.fd = asked->reader.fd, .events = channel_events(&asked->reader)};
}

// The receipt of the question stands: the same bytes again get that and no answer (K27).
static void say_unanswered(struct buffer *told, enum reason reason, const char *message)
{
	struct problem problem = {.code = NULL};
	problem_set(&problem, reason_code(reason),
		    "Ask again, as a new question: this one is recorded.", "%s", message);
	say_problem(told, &problem, RESULT_OK);
}

bool asked_take(void *context, const struct asker *asker, const struct statement *statement,
		struct buffer *told)
{
	struct asked *asked = context;
	struct waiting waiting = {.asker = *asker, .until = clock_monotonic_ms() + VRAAG_MS};
	if (asked->count == ASKED_MAX) {
		say_unanswered(told, REASON_BUSY, "too many questions wait for their answer");
		return false;
	}
	buffer_init(&waiting.request, STATEMENT_MAX);
	vraag_request(statement, &waiting.request);
	if (waiting.request.status) {
		forget(&waiting);
		say_unanswered(told, REASON_IO, "there is too little memory for the question");
		return false;
	}
	asked->waiting[asked->count++] = waiting;
	return true;
}

// The answer of the n-th goes out, and it waits no longer.
static void tell(struct asked *asked, size_t n, struct bytes told)
{
	struct asker asker = asked->waiting[n].asker;
	forget(&asked->waiting[n]);
	asked->count--;
	memmove(&asked->waiting[n], &asked->waiting[n + 1],
		(asked->count - n) * sizeof asked->waiting[0]);
	if (n == 0)
		asked->given = false;
	enum result r = flow_answer_vraag(asked->core, &asker, told);
	if (r)
		log_line(LOG_LEVEL_ERROR, "event=answer-failed index=%llu result=\"%s\"",
			 (unsigned long long)asker.index, result_name(r));
}

static void tell_why_not(struct asked *asked, size_t n, enum reason reason, const char *message)
{
	struct buffer told;
	log_line(LOG_LEVEL_WARNING, "event=vraag-not-answered index=%llu reason=%s",
		 (unsigned long long)asked->waiting[n].asker.index, reason_code(reason));
	buffer_init(&told, ANTWOORD_MAX);
	say_unanswered(&told, reason, message);
	tell(asked, n, buffer_view(&told));
	buffer_done(&told);
}

// A reader begins: the one before it has ended, with or without an answer.
static void begins(struct asked *asked)
{
	asked->ready = true;
	if (asked->given)
		tell_why_not(asked, 0, REASON_IO,
			     "the process that read the log for this question ended before its "
			     "answer");
}

// What an earlier one says of a question that was told already is let go.
static void take_answer(struct asked *asked, uint64_t number, struct bytes answer)
{
	if (!asked->given || number != asked->number)
		return;
	struct waiting *first = &asked->waiting[0];
	if (answer.data[0] == ANSWER_NOT_NOW && ++first->tries < TRIES_MAX)
		asked->given = false; // the next one may see what this one could not
	else
		tell(asked, 0, bytes_make(answer.data + 1, answer.len - 1));
}

static void take(struct asked *asked, struct bytes message)
{
	uint64_t number = message.len < PARENT_PREFIX_LEN ? 0 : get_u64be(message.data);
	struct bytes rest =
		bytes_make(message.data + PARENT_PREFIX_LEN,
			   message.len < PARENT_PREFIX_LEN ? 0 : message.len - PARENT_PREFIX_LEN);
	if (number == PARENT_REPORT)
		begins(asked);
	else if (rest.len > 1 && rest.len - 1 <= ANTWOORD_MAX)
		take_answer(asked, number, rest);
	else
		log_line(LOG_LEVEL_ERROR, "event=reader-broken");
}

static void give(struct asked *asked)
{
	uint8_t prefix[PARENT_PREFIX_LEN];
	put_u64be(prefix, asked->number + 1);
	if (channel_send(&asked->reader, bytes_make(prefix, sizeof prefix),
			 buffer_view(&asked->waiting[0].request)))
		return; // at the next turn, or too late
	asked->number++;
	asked->given = true;
	asked->ready = false;
}

void asked_turn(struct asked *asked, uint8_t *memory, int64_t monotonic_ms)
{
	struct bytes message;
	(void)!channel_flush(&asked->reader);
	while (channel_receive(&asked->reader, memory, &message) == RESULT_OK)
		take(asked, message);
	for (size_t i = asked->count; i-- > 0;)
		if (monotonic_ms >= asked->waiting[i].until)
			tell_why_not(asked, i, REASON_BUSY,
				     "the answer took too long; ask of less if that can be");
	if (asked->ready && !asked->given && asked->count > 0)
		give(asked);
}

void asked_stop(struct asked *asked)
{
	while (asked->count > 0)
		tell_why_not(asked, 0, REASON_STOPPING, "the knooppunt stops");
}
