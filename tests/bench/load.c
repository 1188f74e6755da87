// SPDX-License-Identifier: EUPL-1.2
// bench-load: senders that keep a fixed number of pre-signed meldingen under way. Statements are
// signed before the clock starts and enveloped while it runs, as a partner's outbox does. Says
// "ready" when everything is signed, waits for a line on stdin, then sends, and prints one JSON
// object.
#include "base/clock.h"
#include "crypto/secret.h"
#include "sender.h"

#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define SENDERS_MAX 64

struct thread {
	pthread_t id;
	struct sender sender;
	enum result (*step)(struct sender *sender);
	enum result result;
};

static int usage(void)
{
	fprintf(stderr, "usage: bench-load --endpoint E --genesis FILE --meldingen N --batch B "
			"--window W\n                  --verify K --most SECONDS --sequence S "
			"--person P --systeem NAME\n                  [--klasse K] "
			"[--pace MICROSECONDS] FOLDER…\n");
	return 2;
}

static bool set_option(struct load_settings *settings, int option, const char *value)
{
	unsigned long long number = strtoull(value, NULL, 10);
	switch (option) {
	case 'e':
		settings->endpoint = value;
		return true;
	case 'g':
		settings->genesis = value;
		return true;
	case 'y':
		settings->systeem = value;
		return true;
	case 'n':
		settings->meldingen = number;
		return number > 0;
	case 'b':
		settings->batch = number;
		return number > 0 && number <= BATCH_MAX;
	case 'w':
		settings->window = number;
		return number > 0;
	case 'k':
		settings->verify = number;
		return number > 0;
	case 'm':
		settings->most_ms = (int64_t)number * MS_PER_SECOND;
		return number > 0;
	case 's':
		settings->sequence = number;
		return number > 0;
	case 'r':
		settings->pace_us = (int64_t)number;
		return number > 0;
	case 'c':
		settings->klasse = value;
		return true;
	case 'p':
		settings->first_person = (uint32_t)number;
		return true;
	default:
		return false;
	}
}

static bool read_options(int argc, char **argv, struct load_settings *settings)
{
	static const struct option options[] = {
		{"endpoint", required_argument, NULL, 'e'},
		{"genesis", required_argument, NULL, 'g'},
		{"systeem", required_argument, NULL, 'y'},
		{"meldingen", required_argument, NULL, 'n'},
		{"batch", required_argument, NULL, 'b'},
		{"window", required_argument, NULL, 'w'},
		{"verify", required_argument, NULL, 'k'},
		{"most", required_argument, NULL, 'm'},
		{"sequence", required_argument, NULL, 's'},
		{"pace", required_argument, NULL, 'r'},
		{"person", required_argument, NULL, 'p'},
		{"klasse", required_argument, NULL, 'c'},
		{NULL, 0, NULL, 0},
	};
	for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;)
		if (!set_option(settings, option, optarg ? optarg : ""))
			return false;
	return settings->endpoint && settings->genesis && settings->systeem &&
	       settings->meldingen && optind < argc && argc - optind <= SENDERS_MAX;
}

// ---- all senders at once ---------------------------------------------------------------------

static void *run_step(void *context)
{
	struct thread *thread = context;
	thread->result = thread->step(&thread->sender);
	return NULL;
}

static bool all_do(struct thread *threads, size_t count, enum result (*step)(struct sender *))
{
	size_t started = 0;
	bool fine = true;
	for (; started < count; started++) {
		threads[started].step = step;
		if (pthread_create(&threads[started].id, NULL, run_step, &threads[started]) != 0)
			break;
	}
	fine = started == count;
	for (size_t i = 0; i < started; i++) {
		pthread_join(threads[i].id, NULL);
		fine = fine && threads[i].result == RESULT_OK;
	}
	return fine;
}

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

static double seconds_of(const struct timeval *time)
{
	return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

struct total {
	struct sender_counts counts;
	struct corpus corpus;
	int64_t begin_us, end_us;
	uint32_t *took_us;
};

static bool add_up(const struct thread *threads, size_t count, struct total *total)
{
	total->took_us =
		malloc((count * threads[0].sender.corpus.meldingen + 1) * sizeof *total->took_us);
	if (!total->took_us)
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct sender *sender = &threads[i].sender;
		const struct sender_counts *one = &sender->counts;
		memcpy(total->took_us + total->counts.aanvaard, sender->took_us,
		       one->aanvaard * sizeof *total->took_us);
		total->counts.sent += one->sent;
		total->counts.aanvaard += one->aanvaard;
		total->counts.geweigerd += one->geweigerd;
		total->counts.again += one->again;
		total->counts.hints += one->hints;
		total->counts.envelopes += one->envelopes;
		total->counts.verified += one->verified;
		total->counts.bad += one->bad;
		total->corpus.meldingen += sender->corpus.meldingen;
		total->corpus.rubriek_bytes += sender->corpus.rubriek_bytes;
		total->corpus.without_person += sender->corpus.without_person;
		total->corpus.repeats += sender->corpus.repeats;
		if (i == 0 || sender->begin_us < total->begin_us)
			total->begin_us = sender->begin_us;
		if (sender->end_us > total->end_us)
			total->end_us = sender->end_us;
	}
	qsort(total->took_us, total->counts.aanvaard, sizeof *total->took_us, by_size);
	return true;
}

static void print_total(const struct total *total, double cpu_s)
{
	const struct sender_counts *counts = &total->counts;
	size_t n = counts->aanvaard;
	printf("{\"begin_us\": %lld, \"end_us\": %lld, \"sent\": %zu, \"aanvaard\": %zu, "
	       "\"geweigerd\": %zu, \"again\": %zu, \"hints\": %zu, \"envelopes\": %zu, "
	       "\"verified\": %zu, \"bad\": %zu, ",
	       (long long)total->begin_us, (long long)total->end_us, counts->sent, n,
	       counts->geweigerd, counts->again, counts->hints, counts->envelopes, counts->verified,
	       counts->bad);
	printf("\"rubriek_bytes\": %.1f, \"without_person\": %.4f, \"repeats\": %.4f, "
	       "\"p50_us\": %u, \"p99_us\": %u, \"cpu_s\": %.3f}\n",
	       (double)total->corpus.rubriek_bytes / (double)total->corpus.meldingen,
	       (double)total->corpus.without_person / (double)total->corpus.meldingen,
	       (double)total->corpus.repeats / (double)total->corpus.meldingen,
	       n ? total->took_us[n / 2] : 0, n ? total->took_us[n * 99 / 100] : 0, cpu_s);
	fflush(stdout);
}

static double cpu_seconds(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return seconds_of(&usage.ru_utime) + seconds_of(&usage.ru_stime);
}

static bool wait_for_start(void)
{
	char line[8];
	printf("ready\n");
	fflush(stdout);
	return fgets(line, sizeof line, stdin) != NULL;
}

int main(int argc, char **argv)
{
	struct load_settings all = {.batch = 1,
				    .window = 64,
				    .verify = 64,
				    .most_ms = 60000,
				    .sequence = 1,
				    .klasse = "E33"};
	static struct load_settings settings[SENDERS_MAX];
	static struct thread threads[SENDERS_MAX];
	struct total total = {.begin_us = 0};
	size_t count;
	if (!read_options(argc, argv, &all))
		return usage();
	if (crypto_start() != RESULT_OK)
		return 5;
	count = (size_t)(argc - optind);
	bool fine = true;
	for (size_t i = 0; fine && i < count; i++) {
		settings[i] = all;
		settings[i].first_person += (uint32_t)(i * all.meldingen);
		settings[i].phase_us = (int64_t)i * all.pace_us / (int64_t)count;
		fine = sender_open(&settings[i], argv[optind + (int)i], &threads[i].sender) ==
		       RESULT_OK;
	}
	fine = fine && all_do(threads, count, sender_prepare) && wait_for_start();
	double cpu_s = cpu_seconds();
	fine = fine && all_do(threads, count, sender_run) && add_up(threads, count, &total);
	if (fine)
		print_total(&total, cpu_seconds() - cpu_s);
	free(total.took_us);
	for (size_t i = 0; i < count; i++)
		sender_close(&threads[i].sender);
	return fine && total.counts.bad == 0 ? 0 : 1;
}
