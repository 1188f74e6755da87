// SPDX-License-Identifier: EUPL-1.2
// bench-zsm [QUESTIONS [PLANTED_US]]: how long core takes over a question that is answered with
// nothing, about somebody unknown, somebody of whom nothing may be told and somebody of whom all
// was erased: QUESTIONS (20,000) each, interleaved in random order, from the message of the opener
// to the answer that is to be sealed. It fails when one of the others differs from the unknown by
// more than LIMIT_US with certainty (99.9 %). With PLANTED_US the second one is made to take so
// much longer, and it fails when that is not caught.
#include "tests/unit/flow_zsm.h"

#include "base/clock.h"
#include "flow/casus.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define WORLDS 3
#define LIMIT_US 10.0
#define SURE 3.29 // standard errors of 99.9 %
#define CUT 10    // of each side of the differences one in so many is left out, as interrupted
#define WARM 200  // rounds before it counts

static size_t questions = 20000;
static double planted_us;

static const char text[] = FLOW_HEAD("zsm") PARTIJEN GEWOON ZSM;
static const char *const names[WORLDS] = {"unknown", "not-allowed", "erased"};
static const char *const persons[WORLDS] = {UNKNOWN, VICTIM, ERASED};

// Of the processor, so that what else the machine does is not measured; core is one thread.
static double now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void fill(struct flow_world *w)
{
	uint64_t begun, first = 0;
	struct recalled recalled;
	zsm_casus(w, KNOWN, "rol verdachte\n" RUNS);
	zsm_casus(w, VICTIM, "rol slachtoffer\n" RUNS);
	zsm_casus(w, ERASED, "rol verdachte\n" RUNS);
	assert_int_equal(casus_named(w->core, bytes_of_text("pgax:" ERASED), &first), RESULT_OK);
	assert_int_equal(recall_entry(w->core, first, RECALL_PARTS, w->arena, &recalled),
			 RESULT_OK);
	struct bytes order = flow_order(w, first, &recalled.verantwoording->header_hash);
	assert_int_equal(flow_erase(w, order, 2, &begun), RESULT_OK);
	flow_ticks(w, 2);
}

static double ask_one(struct flow_world *w, size_t world)
{
	const struct veld velden[] = {{ZSM_VERZOEK_FUNCTIE, bytes_of_text("zsm")},
				      {ZSM_VERZOEK_BSN, bytes_of_text(persons[world])},
				      {ZSM_VERZOEK_MEDEWERKER, bytes_of_text("ovj-1")}};
	struct flow_sent *question =
		flow_say(w, VRAGER, TYPE_ZSM_VERZOEK, velden, COUNT_OF(velden));
	double began = now_us();
	flow_hand(w, question);
	if (world == 1)
		for (double until = now_us() + planted_us; planted_us > 0 && now_us() < until;)
			;
	double took = now_us() - began;
	flow_end_batch(w);
	flow_forget_frames(w);
	arena_clear(w->arena);
	return took;
}

static void one_round(struct flow_world *w, double took[WORLDS])
{
	size_t order[WORLDS] = {0, 1, 2};
	for (size_t i = WORLDS - 1; i > 0; i--) {
		size_t other = (size_t)rand() % (i + 1), kept = order[i];
		order[i] = order[other];
		order[other] = kept;
	}
	for (size_t i = 0; i < WORLDS; i++)
		took[order[i]] = ask_one(w, order[i]);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

// The trimmed mean of the differences, and its standard error (Tukey and McLaughlin, 1963).
struct effect {
	double us, error;
};
static struct effect effect_of(double *differences, size_t count)
{
	size_t cut = count / CUT, kept = count - 2 * cut;
	double sum = 0, squares = 0;
	qsort(differences, count, sizeof *differences, compare);
	for (size_t i = cut; i < count - cut; i++)
		sum += differences[i];
	double mean = sum / (double)kept;
	for (size_t i = 0; i < count; i++) {
		size_t at = i < cut ? cut : i >= count - cut ? count - cut - 1 : i;
		squares += (differences[at] - mean) * (differences[at] - mean);
	}
	double share = (double)kept / (double)count;
	return (struct effect){mean,
			       sqrt(squares / (double)(count - 1)) / (share * sqrt((double)count))};
}

static double middle(double *values, size_t count)
{
	qsort(values, count, sizeof *values, compare);
	return values[count / 2];
}

static void who_is_asked_after_does_not_show_in_the_time_it_takes(void **state)
{
	double *took[WORLDS], *differences = calloc(questions, sizeof *differences);
	assert_int_equal(zsm_setup(state, text), 0);
	struct flow_world *w = *state;
	fill(w);
	for (size_t i = 0; i < WORLDS; i++)
		took[i] = calloc(questions, sizeof *took[i]);
	for (size_t n = 0; n < WARM + questions; n++) {
		double round[WORLDS];
		one_round(w, round);
		for (size_t i = 0; n >= WARM && i < WORLDS; i++)
			took[i][n - WARM] = round[i];
	}
	bool apart[WORLDS] = {false};
	for (size_t i = 1; i < WORLDS; i++) {
		for (size_t n = 0; n < questions; n++)
			differences[n] = took[i][n] - took[0][n];
		const struct effect e = effect_of(differences, questions);
		apart[i] = fabs(e.us) - SURE * e.error > LIMIT_US;
		printf("{\"world\":\"%s\",\"questions\":%zu,\"difference_us\":%.2f,"
		       "\"error_us\":%.2f,\"limit_us\":%.0f,\"planted_us\":%.0f,\"apart\":%s}\n",
		       names[i], questions, e.us, e.error, LIMIT_US, i == 1 ? planted_us : 0.0,
		       apart[i] ? "true" : "false");
	}
	printf("{\"world\":\"%s\",\"questions\":%zu,\"median_us\":%.1f}\n", names[0], questions,
	       middle(took[0], questions));
	fflush(stdout);
	assert_int_equal(apart[1], planted_us > 0);
	assert_false(apart[2]);
	for (size_t i = 0; i < WORLDS; i++)
		free(took[i]);
	free(differences);
	flow_world_free(w);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_asked_after_does_not_show_in_the_time_it_takes),
	};
	if (argc > 1)
		questions = strtoul(argv[1], NULL, 10);
	if (argc > 2)
		planted_us = strtod(argv[2], NULL);
	if (questions < 2 * CUT || planted_us < 0) {
		fprintf(stderr, "usage: bench-zsm [QUESTIONS [PLANTED_US]]\n");
		return 2;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
