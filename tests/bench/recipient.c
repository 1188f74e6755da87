// SPDX-License-Identifier: EUPL-1.2
// bench-recipient SETTINGS FUNCTIE: the inbox of libknooppunt as any partner runs it, with an
// application that reads each rubriek and keeps none. Prints "NUMBER MICROSECONDS"
// (CLOCK_MONOTONIC) after each ack that has its receipt. Ends at SIGTERM.
#include "base/clock.h"
#include "lib/client.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define FETCH_MAX 2048
#define WAIT_S 1

static volatile sig_atomic_t stopping;

static void on_stop(int signal)
{
	(void)signal;
	stopping = 1;
}

// What was handed over, so that reading it is work somebody wants.
struct reader {
	uint64_t number;
	uint64_t bytes;
};

static void read_verstrekking(const struct verstrekking *verstrekking, struct reader *reader)
{
	for (size_t i = 0; i < verstrekking->rubriek_count; i++)
		for (size_t v = 0; v < verstrekking->rubrieken[i].veld_count; v++)
			reader->bytes += verstrekking->rubrieken[i].velden[v].waarde.len;
	reader->number = verstrekking->number;
}

static enum result read_inbox(struct client *client, const char *functie, struct reader *reader)
{
	enum result result;
	do {
		struct verstrekking verstrekking;
		result = client_peek(client, functie, reader->number, &verstrekking);
		if (result == RESULT_OK)
			read_verstrekking(&verstrekking, reader);
	} while (result == RESULT_OK);
	return result == RESULT_NOT_FOUND ? RESULT_OK : result;
}

// One round: what there is is read, then handed over and acked together.
static enum result take_some(struct client *client, const char *functie, struct reader *reader)
{
	size_t count;
	enum result result = client_fetch(client, functie, FETCH_MAX, WAIT_S, &count);
	if (result != RESULT_OK || count == 0)
		return result;
	result = read_inbox(client, functie, reader);
	if (result == RESULT_OK)
		result = client_handed_over(client, functie, reader->number);
	if (result == RESULT_OK)
		result = client_ack(client, functie);
	if (result == RESULT_OK) {
		printf("%" PRIu64 " %" PRId64 "\n", reader->number, clock_monotonic_us());
		fflush(stdout);
	}
	return result;
}

static int explain(const struct problem *problem, const char *doing)
{
	fprintf(stderr, "bench-recipient: cannot %s: %s (%s)\n", doing, problem->message,
		problem->fix);
	return 1;
}

int main(int argc, char **argv)
{
	struct client_settings settings;
	struct client *client;
	struct problem problem = {.code = NULL};
	struct reader reader = {.number = 0};
	struct sigaction stop = {.sa_handler = on_stop};
	if (argc != 3) {
		fprintf(stderr, "usage: bench-recipient SETTINGS FUNCTIE\n");
		return 2;
	}
	sigaction(SIGTERM, &stop, NULL);
	if (client_settings_read(argv[1], &settings, &problem) != RESULT_OK ||
	    client_open(&settings, &client, &problem) != RESULT_OK)
		return explain(&problem, "start");
	enum result result = RESULT_OK;
	while (!stopping && (result == RESULT_OK || result == RESULT_AGAIN))
		result = take_some(client, argv[2], &reader);
	if (!stopping)
		explain(client_problem(client), "receive");
	client_close(client);
	fprintf(stderr, "read %" PRIu64 " bytes\n", reader.bytes);
	return stopping ? 0 : 1;
}
