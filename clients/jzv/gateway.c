// SPDX-License-Identifier: EUPL-1.2
// The duties: what is in the outbox goes, what is there is fetched, what was handed over is
// acknowledged. A failure is told in the log once, and tried again with growing pauses.
#include "jzv/gateway.h"

#include "base/json_out.h"
#include "base/log.h"
#include "json/client_json.h"

#include <stdio.h>
#include <string.h>

#define PAUSE_FIRST_MS 1000
#define PAUSE_MAX_MS 60000
#define FETCH_AT_ONCE 256
#define INBOX_MAX 1024 // more is not fetched before some of it was taken
#define HOOK_TURN_MS 200
#define HOOK_BODY_MAX (16 * 1024 * 1024)
// What is done is let go when a client is opened.
#define REOPEN_MS MS_PER_DAY

static enum result open_client(struct gateway *gateway, struct problem *problem)
{
	struct client_settings settings = gateway->settings->client;
	if (settings.timeout_ms > DUTY_WAIT_MS)
		settings.timeout_ms = DUTY_WAIT_MS;
	enum result result = client_open(&settings, &gateway->client, problem);
	if (result != RESULT_OK && problem && !problem->code)
		problem_set(problem, reason_code(REASON_IO), reason_fix(REASON_IO),
			    "the client cannot start: %s", result_name(result));
	return result;
}

enum result gateway_open(const struct jzv_settings *settings, struct gateway *ret_gateway,
			 struct problem *problem)
{
	const struct duty at_once = {.pause_ms = PAUSE_FIRST_MS};
	struct gateway gateway = {.settings = settings,
				  .send = at_once,
				  .ack = at_once,
				  .fetch = at_once,
				  .hook = at_once};
	enum result result = RESULT_OK;
	if (settings->webhook[0])
		result = webhook_open(settings, &gateway.webhook, problem);
	if (result == RESULT_OK)
		result = open_client(&gateway, problem);
	if (result != RESULT_OK) {
		webhook_close(gateway.webhook);
		return result;
	}
	gateway.hook.at = gateway.webhook ? 0 : INT64_MAX;
	gateway.unacked = settings->functie_count > 0;
	gateway.fetch.at = settings->functie_count > 0 ? 0 : INT64_MAX;
	gateway.reopen_at = clock_monotonic_ms() + REOPEN_MS;
	*ret_gateway = gateway;
	return RESULT_OK;
}

void gateway_close(struct gateway *gateway)
{
	client_close(gateway->client);
	webhook_close(gateway->webhook);
	gateway->client = NULL;
	gateway->webhook = NULL;
}

const struct problem *gateway_kept(const struct gateway *gateway)
{
	const struct duty *const duties[] = {&gateway->send, &gateway->ack, &gateway->fetch};
	const struct problem *kept = &gateway->send.kept;
	for (size_t i = 0; !kept->code && i < sizeof duties / sizeof duties[0]; i++)
		kept = &duties[i]->kept;
	return kept;
}

void gateway_pushed(struct gateway *gateway)
{
	struct duty *send = &gateway->send;
	if (!send->kept.code)
		send->at = 0;
	else if (send->at == INT64_MAX)
		send->at = clock_monotonic_ms() + send->pause_ms;
}

// ---- how it went -------------------------------------------------------------------------------

// What went wrong in one turn of a duty, first of all.
struct trouble {
	enum result result;
	struct problem problem;
};

static void note(const struct gateway *gateway, struct trouble *trouble, enum result result)
{
	if (result == RESULT_OK || trouble->result != RESULT_OK)
		return;
	trouble->result = result;
	trouble->problem = *client_problem(gateway->client);
	if (!trouble->problem.code)
		problem_set(&trouble->problem, reason_code(REASON_IO), reason_fix(REASON_IO), "%s",
			    result_name(result));
}

static void went_well(struct duty *duty)
{
	if (duty->kept.code)
		log_line(LOG_LEVEL_NOTICE, "event=knooppunt.again after=%s", duty->kept.code);
	duty->kept.code = NULL;
	duty->pause_ms = PAUSE_FIRST_MS;
}

static void went_wrong(struct duty *duty, const struct trouble *trouble)
{
	const char *code = trouble->problem.code;
	if (!duty->kept.code || strcmp(code, duty->kept.code) != 0)
		log_line(trouble->result == RESULT_AGAIN ? LOG_LEVEL_WARNING : LOG_LEVEL_ERROR,
			 "event=knooppunt.failed code=%s", code);
	duty->kept = trouble->problem;
}

// True when it is to be tried again.
static bool turn_went(struct duty *duty, const struct trouble *trouble)
{
	if (trouble->result == RESULT_OK)
		went_well(duty);
	else
		went_wrong(duty, trouble);
	return trouble->result != RESULT_OK;
}

// When to try again after a failure.
static int64_t later(struct duty *duty, int64_t hint_ms)
{
	int64_t pause = hint_ms > duty->pause_ms ? hint_ms : duty->pause_ms;
	duty->pause_ms = 2 * duty->pause_ms < PAUSE_MAX_MS ? 2 * duty->pause_ms : PAUSE_MAX_MS;
	return clock_monotonic_ms() + (pause < PAUSE_MAX_MS ? pause : PAUSE_MAX_MS);
}

// ---- duties ------------------------------------------------------------------------------------

// One functie in trouble keeps the others not waiting; a knooppunt that is away does.
static void ack_all(struct gateway *gateway, struct trouble *trouble)
{
	enum result result = RESULT_OK;
	gateway->unacked = false;
	for (size_t i = 0; result != RESULT_AGAIN && i < gateway->settings->functie_count; i++) {
		result = client_ack(gateway->client, gateway->settings->functies[i]);
		note(gateway, trouble, result);
		gateway->unacked = gateway->unacked || result != RESULT_OK;
	}
}

// What is to be sent goes also when something could not be acknowledged.
static void flush(struct gateway *gateway)
{
	uint32_t hint_ms = 0;
	size_t settled = client_settled(gateway->client);
	struct duty *send = &gateway->send;
	struct trouble acks = {.result = RESULT_OK}, sent = {.result = RESULT_OK};
	enum result result = RESULT_OK;
	if (gateway->unacked)
		ack_all(gateway, &acks);
	// Whether our key is in force shows in the register.
	if (!client_party(gateway->client))
		result = client_sync(gateway->client);
	if (result == RESULT_OK)
		result = client_flush(gateway->client, &hint_ms);
	note(gateway, &sent, result);
	send->at = INT64_MAX;
	if (client_settled(gateway->client) != settled)
		send->pause_ms = PAUSE_FIRST_MS;
	if (turn_went(&gateway->ack, &acks))
		send->at = later(&gateway->ack, hint_ms);
	if (turn_went(send, &sent))
		send->at = later(send, hint_ms);
}

static enum result fetch_one(struct gateway *gateway, const char *functie)
{
	uint64_t waiting = 0;
	size_t count;
	enum result result = client_waiting(gateway->client, functie, &waiting);
	return result == RESULT_OK && waiting < INBOX_MAX
		       ? client_fetch(gateway->client, functie, FETCH_AT_ONCE, 0, &count)
		       : result;
}

static void fetch(struct gateway *gateway)
{
	struct duty *fetch = &gateway->fetch;
	struct trouble trouble = {.result = RESULT_OK};
	enum result result = RESULT_OK;
	for (size_t i = 0; result != RESULT_AGAIN && i < gateway->settings->functie_count; i++) {
		result = fetch_one(gateway, gateway->settings->functies[i]);
		note(gateway, &trouble, result);
	}
	turn_went(fetch, &trouble);
	fetch->at = result == RESULT_AGAIN
			    ? later(fetch, 0)
			    : clock_monotonic_ms() +
				      (int64_t)gateway->settings->fetch_s * MS_PER_SECOND;
}

// ---- the webhook -------------------------------------------------------------------------------

static void unheard(struct gateway *gateway, unsigned status)
{
	if (status != gateway->unheard && status == 0)
		log_line(LOG_LEVEL_NOTICE, "event=webhook.again");
	else if (status != gateway->unheard)
		log_line(LOG_LEVEL_WARNING, "event=webhook.failed status=%u", status);
	gateway->unheard = status;
}

// The oldest of one functie; true when it was taken. Counts what there was to post.
static bool post_one(struct gateway *gateway, const char *functie, unsigned *tried)
{
	struct verstrekking verstrekking;
	struct buffer body;
	if (client_peek(gateway->client, functie, 0, &verstrekking) != RESULT_OK)
		return false;
	++*tried;
	uint64_t number = verstrekking.number;
	buffer_init(&body, HOOK_BODY_MAX);
	struct json_out out;
	json_out_init(&out, &body);
	json_out_object_begin(&out);
	verstrekking_json_write(&out, functie, &verstrekking);
	json_out_object_end(&out);
	const struct webhook_event event = {
		.functie = functie,
		.number = number,
		.soort = verstrekking_soort_name(verstrekking.part->soort),
		.body = buffer_view(&body)};
	unsigned status = body.status == RESULT_OK ? webhook_post(gateway->webhook, &event)
						   : WEBHOOK_NOT_SENT;
	buffer_wipe(&body);
	unheard(gateway, status);
	if (status != 0 || client_handed_over(gateway->client, functie, number) != RESULT_OK)
		return false;
	gateway->unacked = true;
	return true;
}

// For a moment, so that requests are answered in between.
static void post_some(struct gateway *gateway)
{
	int64_t until = clock_monotonic_ms() + HOOK_TURN_MS;
	unsigned posted = 0, tried = 0;
	bool more = true;
	for (size_t i = 0; more && i < gateway->settings->functie_count; i++) {
		const char *functie = gateway->settings->functies[i];
		while ((more = clock_monotonic_ms() < until) && post_one(gateway, functie, &tried))
			posted++;
		more = more && gateway->unheard == 0;
	}
	// What it did not take was taken in another way.
	if (tried == 0)
		unheard(gateway, 0);
	if (posted > 0)
		gateway_pushed(gateway);
	if (gateway->unheard != 0) {
		gateway->hook.at = later(&gateway->hook, 0);
		return;
	}
	gateway->hook.pause_ms = PAUSE_FIRST_MS;
	gateway->hook.at = more ? gateway->fetch.at : 0;
}

// ---- all of them -------------------------------------------------------------------------------

static void reopen(struct gateway *gateway)
{
	struct problem problem = {.code = NULL};
	client_close(gateway->client);
	gateway->client = NULL;
	if (open_client(gateway, &problem) != RESULT_OK) {
		log_line(LOG_LEVEL_ERROR, "event=client.closed code=%s", problem.code);
		gateway->send.kept = problem;
		gateway->reopen_at = later(&gateway->send, 0);
		return;
	}
	gateway->reopen_at = clock_monotonic_ms() + REOPEN_MS;
	gateway->send.at = 0;
}

int64_t gateway_duty(struct gateway *gateway, int64_t now)
{
	if (now >= gateway->reopen_at)
		reopen(gateway);
	if (!gateway->client)
		return gateway->reopen_at;
	if (now >= gateway->send.at)
		flush(gateway);
	if (now >= gateway->fetch.at)
		fetch(gateway);
	if (now >= gateway->hook.at)
		post_some(gateway);
	const int64_t due[] = {gateway->send.at, gateway->fetch.at, gateway->hook.at};
	int64_t next = gateway->reopen_at;
	for (size_t i = 0; i < sizeof due / sizeof due[0]; i++)
		next = due[i] < next ? due[i] : next;
	return next;
}
