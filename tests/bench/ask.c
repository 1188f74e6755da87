// SPDX-License-Identifier: EUPL-1.2
// bench-ask: desks of ZSM that ask about a suspect as any partner's program does, at a fixed rate,
// and wait for each answer: the question durable in the outbox, its receipt and its answer
// verified, the answer durable in the inbox, acknowledged after. Every second question is about
// somebody with a casus, the others about somebody of whom there is nothing to tell. With --house
// that house says the casussen first. Says "ready", waits for a line on stdin, asks, and prints one
// JSON object.
#include "base/clock.h"
#include "bsn.h"
#include "crypto/secret.h"
#include "lib/client.h"

#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DESKS_MAX 16
#define WAIT_MS 10000

struct ask_settings {
	const char *house;          // settings of who says the casussen, or NULL
	uint32_t persons, casussen; // a casus for every (persons / casussen)th of the persons
	size_t questions;           // of each desk
	int64_t pace_us;            // between two questions of a desk
};

struct desk {
	pthread_t id;
	const struct ask_settings *settings;
	struct client *client;
	size_t number, of;
	uint32_t *took_us; // of each answer, from when its question was due
	size_t known, empty, failed;
	int64_t begin_us;
};

static uint32_t apart(const struct ask_settings *settings)
{
	return settings->persons / settings->casussen;
}

static int explain(const struct problem *problem, const char *doing)
{
	fprintf(stderr, "bench-ask: cannot %s: %s (%s)\n", doing, problem->message, problem->fix);
	return 1;
}

static struct client *open_client(const char *path)
{
	struct client_settings settings;
	struct client *client = NULL;
	struct problem problem = {.code = NULL};
	if (client_settings_read(path, &settings, &problem) == RESULT_OK &&
	    client_open(&settings, &client, &problem) == RESULT_OK)
		return client;
	explain(&problem, "start");
	return NULL;
}

// ---- the casussen ----------------------------------------------------------------------------

static enum result say_casus(struct client *client, const struct ask_settings *settings, uint32_t n)
{
	char casus[32], bsn[10];
	struct push_result pushed;
	snprintf(casus, sizeof casus, "meting:%u", n);
	bsn_of(n * apart(settings), bsn);
	const struct veld velden[] = {
		{CASUS_CASUS, bytes_of_text(casus)},
		{CASUS_BSN, bytes_of_text(bsn)},
		{CASUS_ROL, bytes_of_text("verdachte")},
		{CASUS_STATUS, bytes_of_text("opgepakt")},
		{CASUS_SINDS, bytes_of_text("2026-01-05")},
		{CASUS_PGA, bytes_of_text("ja")},
		{CASUS_MEDEWERKER, bytes_of_text("meting")},
	};
	const struct said said = {
		.type = TYPE_CASUS, .velden = velden, .count = sizeof velden / sizeof velden[0]};
	return client_say(client, &said, &pushed);
}

static bool say_casussen(const struct ask_settings *settings)
{
	struct client *client = open_client(settings->house);
	enum result result = client ? RESULT_OK : RESULT_CONFIG;
	for (uint32_t n = 0; result == RESULT_OK && n < settings->casussen; n++)
		result = say_casus(client, settings, n);
	if (result == RESULT_OK)
		result = client_flush(client, &(uint32_t){0});
	if (client && result != RESULT_OK)
		explain(client_problem(client), "say the casussen");
	client_close(client);
	return result == RESULT_OK;
}

// ---- the questions ---------------------------------------------------------------------------

// The n-th question of a desk: somebody with a casus, or the person just after.
static uint32_t person_of(const struct desk *desk, size_t n, bool known)
{
	const struct ask_settings *settings = desk->settings;
	uint64_t casus = (n * desk->of + desk->number) % settings->casussen;
	return (uint32_t)casus * apart(settings) + (known ? 0 : 1);
}

static enum result ask_one(struct desk *desk, size_t n, struct asked *ret_asked)
{
	char bsn[10];
	bsn_of(person_of(desk, n, n % 2 == 0), bsn);
	const struct veld velden[] = {
		{ZSM_VERZOEK_FUNCTIE, bytes_of_text("zsm")},
		{ZSM_VERZOEK_BSN, bytes_of_text(bsn)},
		{ZSM_VERZOEK_PARKETNUMMER, bytes_of_text("10.123456.26")},
		{ZSM_VERZOEK_UREN, bytes_of_text("6")},
		{ZSM_VERZOEK_MEDEWERKER, bytes_of_text("meting")},
	};
	const struct asking asking = {
		.velden = velden, .count = sizeof velden / sizeof velden[0], .wait_ms = WAIT_MS};
	return client_ask(desk->client, &asking, ret_asked);
}

static void wait_until(int64_t us)
{
	for (int64_t left; (left = us - clock_monotonic_us()) > 0;) {
		const struct timespec span = {.tv_sec = left / 1000000,
					      .tv_nsec = (long)(left % 1000000) * 1000};
		nanosleep(&span, NULL);
	}
}

// What is told of who has no casus, or not told of who has one, is a failure as any other.
static void count_answer(struct desk *desk, size_t n, enum result result, const struct asked *asked)
{
	bool told = result == RESULT_OK && !asked->refused && asked->answer.rubriek_count > 0;
	if (result != RESULT_OK)
		explain(client_problem(desk->client), "ask");
	if (result != RESULT_OK || asked->refused || told != (n % 2 == 0))
		desk->failed++;
	else if (told)
		desk->known++;
	else
		desk->empty++;
}

static void *run_desk(void *context)
{
	struct desk *desk = context;
	const struct ask_settings *settings = desk->settings;
	int64_t phase_us = (int64_t)desk->number * settings->pace_us / (int64_t)desk->of;
	for (size_t n = 0; n < settings->questions && desk->failed == 0; n++) {
		struct asked asked;
		int64_t due = desk->begin_us + phase_us + (int64_t)n * settings->pace_us;
		wait_until(due);
		enum result result = ask_one(desk, n, &asked);
		desk->took_us[n] = (uint32_t)(clock_monotonic_us() - due);
		count_answer(desk, n, result, &asked);
		if (result == RESULT_OK && client_asked_done(desk->client, &asked) != RESULT_OK)
			desk->failed++;
	}
	return NULL;
}

// ---- all desks -------------------------------------------------------------------------------

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

// Each must know the log, and that its functie has nothing waiting, before it counts.
static bool open_desk(struct desk *desk, const char *path)
{
	size_t count;
	desk->took_us = calloc(desk->settings->questions, sizeof *desk->took_us);
	desk->client = open_client(path);
	if (!desk->took_us || !desk->client)
		return false;
	if (client_fetch(desk->client, "zsm", 1, 0, &count) == RESULT_OK)
		return true;
	explain(client_problem(desk->client), "fetch");
	return false;
}

static bool wait_for_start(void)
{
	char line[8];
	printf("ready\n");
	fflush(stdout);
	return fgets(line, sizeof line, stdin) != NULL;
}

static bool ask_all(struct desk *desks, size_t count)
{
	int64_t begin_us = clock_monotonic_us();
	size_t started = 0;
	for (; started < count; started++) {
		desks[started].begin_us = begin_us;
		if (pthread_create(&desks[started].id, NULL, run_desk, &desks[started]) != 0)
			break;
	}
	for (size_t i = 0; i < started; i++)
		pthread_join(desks[i].id, NULL);
	return started == count;
}

static bool print_total(const struct desk *desks, size_t count)
{
	size_t each = desks[0].settings->questions, known = 0, empty = 0, failed = 0;
	uint32_t *took_us = malloc(count * each * sizeof *took_us);
	if (!took_us)
		return false;
	for (size_t i = 0; i < count; i++) {
		memcpy(took_us + i * each, desks[i].took_us, each * sizeof *took_us);
		known += desks[i].known;
		empty += desks[i].empty;
		failed += desks[i].failed;
	}
	qsort(took_us, count * each, sizeof *took_us, by_size);
	printf("{\"known\": %zu, \"empty\": %zu, \"failed\": %zu, \"p50_us\": %u, \"p99_us\": %u, "
	       "\"most_us\": %u}\n",
	       known, empty, failed, took_us[count * each / 2], took_us[count * each * 99 / 100],
	       took_us[count * each - 1]);
	fflush(stdout);
	free(took_us);
	return failed == 0;
}

static int usage(void)
{
	fprintf(stderr, "usage: bench-ask [--house SETTINGS] --persons N --casussen N "
			"--questions N\n                 --pace MICROSECONDS SETTINGS…\n");
	return 2;
}

static bool read_options(int argc, char **argv, struct ask_settings *settings)
{
	static const struct option options[] = {
		{"house", required_argument, NULL, 'h'},
		{"persons", required_argument, NULL, 'p'},
		{"casussen", required_argument, NULL, 'c'},
		{"questions", required_argument, NULL, 'q'},
		{"pace", required_argument, NULL, 'r'},
		{NULL, 0, NULL, 0},
	};
	for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (option == 'h')
			settings->house = optarg;
		else if (option == 'p')
			settings->persons = (uint32_t)strtoul(optarg, NULL, 10);
		else if (option == 'c')
			settings->casussen = (uint32_t)strtoul(optarg, NULL, 10);
		else if (option == 'q')
			settings->questions = strtoul(optarg, NULL, 10);
		else if (option == 'r')
			settings->pace_us = strtoll(optarg, NULL, 10);
		else
			return false;
	}
	return settings->casussen > 0 && settings->persons >= 2 * settings->casussen &&
	       settings->persons <= BSN_PERSONS && settings->questions > 0 &&
	       settings->pace_us > 0 && optind < argc && argc - optind <= DESKS_MAX;
}

int main(int argc, char **argv)
{
	struct ask_settings settings = {.house = NULL};
	static struct desk desks[DESKS_MAX];
	if (!read_options(argc, argv, &settings))
		return usage();
	if (crypto_start() != RESULT_OK)
		return 5;
	size_t count = (size_t)(argc - optind);
	bool fine = !settings.house || say_casussen(&settings);
	for (size_t i = 0; fine && i < count; i++) {
		desks[i] = (struct desk){.settings = &settings, .number = i, .of = count};
		fine = open_desk(&desks[i], argv[optind + (int)i]);
	}
	fine = fine && wait_for_start() && ask_all(desks, count) && print_total(desks, count);
	for (size_t i = 0; i < count; i++) {
		client_close(desks[i].client);
		free(desks[i].took_us);
	}
	return fine ? 0 : 1;
}
