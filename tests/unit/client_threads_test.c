// SPDX-License-Identifier: EUPL-1.2
// Clients of different spools work in threads of one process: libknooppunt keeps nothing outside
// its struct client. Each thread has a sender, an ontvanger and a knooppunt of its own; the build
// with the thread sanitizer sees what they share.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client_fixture.h"

#include <pthread.h>

#define THREADS 3
#define ROUNDS 4
#define BATCH 5

// cmocka's assertions belong to the thread that runs the test: what went wrong is brought there.
struct worker {
	struct fixture *fixture;
	pthread_barrier_t *together;
	const char *wrong;
};

static const char *send_some(struct client *sender, unsigned round)
{
	struct test_melding m[BATCH];
	struct melding meldingen[BATCH];
	struct push_result results[BATCH];
	char names[BATCH][32];
	uint32_t pause_ms;
	for (unsigned i = 0; i < BATCH; i++) {
		snprintf(names[i], sizeof names[i], "naam-%u-%u", round, i);
		meldingen[i] = *make_melding(&m[i], names[i]);
	}
	if (client_push_many(sender, meldingen, NULL, BATCH, results) != RESULT_OK)
		return "push";
	return client_flush(sender, &pause_ms) == RESULT_OK ? NULL : "flush";
}

static const char *take_some(struct client *ontvanger, unsigned round)
{
	struct verstrekking v;
	uint64_t number = (uint64_t)round * BATCH;
	size_t count;
	if (client_fetch(ontvanger, FUNCTIE, 16, 0, &count) != RESULT_OK || count != BATCH)
		return "fetch";
	for (unsigned i = 0; i < BATCH; i++, number++) {
		if (client_peek(ontvanger, FUNCTIE, number, &v) != RESULT_OK ||
		    v.number != number + 1)
			return "peek";
	}
	if (client_handed_over(ontvanger, FUNCTIE, number) != RESULT_OK)
		return "handed over";
	return client_ack(ontvanger, FUNCTIE) == RESULT_OK ? NULL : "ack";
}

static void *work(void *argument)
{
	struct worker *worker = argument;
	pthread_barrier_wait(worker->together);
	for (unsigned round = 0; round < ROUNDS && !worker->wrong; round++) {
		worker->wrong = send_some(worker->fixture->sender, round);
		if (!worker->wrong)
			worker->wrong = take_some(worker->fixture->ontvanger, round);
	}
	return NULL;
}

static void clients_in_threads_share_nothing(void **state)
{
	struct worker workers[THREADS];
	pthread_t threads[THREADS];
	pthread_barrier_t together;
	(void)state;
	assert_int_equal(pthread_barrier_init(&together, NULL, THREADS), 0);
	for (unsigned i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){.together = &together};
		assert_int_equal(fixture_setup((void **)&workers[i].fixture), 0);
		workers[i].fixture->fake->page = 2;
	}
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	for (unsigned i = 0; i < THREADS; i++) {
		struct fake_knooppunt *fake = workers[i].fixture->fake;
		if (workers[i].wrong)
			print_message("thread %u: %s\n", i, workers[i].wrong);
		assert_null(workers[i].wrong);
		assert_int_equal(fake->delivery_count, ROUNDS * BATCH);
		for (size_t n = 0; n < fake->delivery_count; n++)
			assert_int_equal(fake->deliveries[n].acked, 1);
		fixture_teardown((void **)&workers[i].fixture);
	}
	pthread_barrier_destroy(&together);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clients_in_threads_share_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
