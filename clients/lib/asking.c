// SPDX-License-Identifier: EUPL-1.2
// A question whose answer is a delivery: it goes by the outbox like any statement, and its answer
// is waited for in the inbox of the functie that it names.
#include "lib/shared.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define FETCH_WAIT_S 10
#define AT_ONCE 256
#define PAUSE_FIRST_MS 100 // between attempts that brought nothing, doubled by each
#define PAUSE_MAX_MS 2000

// How long a question is waited for.
struct term {
	int64_t deadline; // monotonic
	int64_t pause_ms;
};

static int64_t term_left(const struct term *term)
{
	return term->deadline - clock_monotonic_ms();
}

// False when the term is over.
static bool term_pause(struct term *term, uint32_t hint_ms)
{
	int64_t left = term_left(term);
	int64_t ms = hint_ms > term->pause_ms ? hint_ms : term->pause_ms;
	if (left <= 0)
		return false;
	ms = ms < left ? ms : left;
	term->pause_ms = 2 * term->pause_ms < PAUSE_MAX_MS ? 2 * term->pause_ms : PAUSE_MAX_MS;
	struct timespec span = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
	nanosleep(&span, NULL);
	return true;
}

static const struct said questions[] = {[ASKING_ZSM] = {.type = TYPE_ZSM_VERZOEK},
					[ASKING_VERRIJKING] = {.type = TYPE_VERRIJKING_VERZOEK}};

const struct type_row *asking_type(enum asking_kind kind)
{
	return type_row(questions[kind].type);
}

// Either question names it in the same veld.
struct bytes asking_functie(const struct veld *velden, size_t count)
{
	return veld_get(velden, count, ZSM_VERZOEK_FUNCTIE);
}

// ---- the question ----------------------------------------------------------------------------

static enum result put_question(struct client *client, const struct asking *asking,
				struct asked *asked)
{
	struct push_result pushed = {.id = ""};
	const struct said said = {.type = questions[asking->kind].type,
				  .id = asking->id,
				  .velden = asking->velden,
				  .count = asking->count};
	enum result result = client_say(client, &said, &pushed);
	if (result == RESULT_OK)
		memcpy(asked->id, pushed.id, sizeof asked->id);
	return result;
}

// RESULT_OK once it has an outcome.
static enum result send_question(struct client *client, struct term *term, struct asked *asked)
{
	struct item_status status;
	for (;;) {
		uint32_t pause_ms = 0;
		enum result sent = client_flush(client, &pause_ms);
		struct problem why = client->problem;
		enum result result = client_item(client, asked->id, &status);
		if (result != RESULT_OK)
			return result;
		if (status.state != ITEM_OUTBOX)
			break;
		client->problem = why;
		if (sent != RESULT_OK && sent != RESULT_AGAIN)
			return sent;
		if (!term_pause(term, pause_ms))
			return RESULT_AGAIN;
	}
	asked->index = status.index;
	asked->refused = status.state == ITEM_GEWEIGERD;
	asked->refusal = status.refusal;
	return RESULT_OK;
}

// ---- its answer ------------------------------------------------------------------------------

static enum result find_answer(struct client *client, struct asked *asked)
{
	struct verstrekking *answer = &asked->answer;
	uint64_t last = 0;
	for (asked->oldest = true;; asked->oldest = false) {
		enum result result = client_peek(client, asked->functie, last, answer);
		if (result != RESULT_OK || answer->index == asked->index)
			return result;
		last = answer->number;
	}
}

static enum result not_in_time(struct client *client)
{
	client_fail(client, RESULT_AGAIN, REASON_BUSY,
		    "the question is recorded and its answer did not come in time");
	snprintf(client->problem.fix, sizeof client->problem.fix,
		 "Fetch: it comes to the inbox of the functie that asked.");
	return RESULT_AGAIN;
}

static enum result wait_for_answer(struct client *client, struct term *term, struct asked *asked)
{
	// It is fetched for once, however long its outcome took.
	for (bool first = true;; first = false) {
		size_t count = 0;
		enum result result = find_answer(client, asked);
		if (result != RESULT_NOT_FOUND)
			return result;
		int64_t left = term_left(term), left_s = left > 0 ? left / MS_PER_SECOND : 0;
		if (left < 0 && !first)
			return not_in_time(client);
		result = client_fetch(client, asked->functie, AT_ONCE,
				      (unsigned)(left_s < FETCH_WAIT_S ? left_s : FETCH_WAIT_S),
				      &count);
		if (result == RESULT_OK && count > 0)
			continue;
		if (result != RESULT_OK && result != RESULT_AGAIN)
			return result;
		if (!term_pause(term, 0))
			return not_in_time(client);
	}
}

enum result client_ask(struct client *client, const struct asking *asking, struct asked *ret_asked)
{
	struct bytes functie = asking_functie(asking->velden, asking->count);
	struct term term = {.deadline = clock_monotonic_ms() + asking->wait_ms,
			    .pause_ms = PAUSE_FIRST_MS};
	int64_t timeout_ms = client->settings.timeout_ms;
	memset(ret_asked, 0, sizeof *ret_asked);
	memcpy(ret_asked->functie, functie.data,
	       functie.len < FUNCTIE_MAX ? functie.len : FUNCTIE_MAX);
	// One exchange takes no longer than all of it may.
	if (asking->wait_ms > 0 && asking->wait_ms < timeout_ms)
		client->settings.timeout_ms = asking->wait_ms;
	enum result result = put_question(client, asking, ret_asked);
	if (result == RESULT_OK)
		result = send_question(client, &term, ret_asked);
	if (result == RESULT_OK && !ret_asked->refused)
		result = wait_for_answer(client, &term, ret_asked);
	client->settings.timeout_ms = timeout_ms;
	return result;
}

enum result client_asked_done(struct client *client, const struct asked *asked)
{
	if (!asked->oldest)
		return RESULT_OK;
	enum result result = client_handed_over(client, asked->functie, asked->answer.number);
	if (result == RESULT_OK)
		result = client_ack(client, asked->functie);
	return result == RESULT_AGAIN ? RESULT_OK : result;
}
