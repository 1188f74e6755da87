/* SPDX-License-Identifier: EUPL-1.2
 *
 * ask SETTINGS ID SECONDS < question.json: asks what is known about a suspect, prints the answer as
 * a line of JSON and acknowledges it. Exits 0 when something may be told, 10 when nothing may, 11
 * when the question names its person by too little, 3 when there is no answer yet: run again with
 * the same ID, it asks nothing anew and waits for that answer.
 */
#include <knooppunt.h>
#include <stdio.h>
#include <stdlib.h>

static char text[64 * 1024 + 1];

/* It is acknowledged in its turn: what lies before it in the inbox is not skipped, and this is not
 * where that is read. */
static enum knp_result acknowledge(struct knp_client *client, const struct knp_answer *answer)
{
	char functie[33];
	const char *json;
	uint64_t oldest, number = answer->number;
	snprintf(functie, sizeof functie, "%s", answer->functie);
	enum knp_result result = knp_next(client, functie, 0, &oldest, &json);
	if (result != KNP_OK || oldest != number)
		return result;
	result = knp_handed_over(client, functie, number);
	/* With KNP_AGAIN it is in the outbox and goes later. */
	return result == KNP_OK ? knp_ack(client, functie) : result;
}

int main(int argc, char **argv)
{
	struct knp_answer answer;
	if (argc != 4)
		return 2;
	const struct knp_question question = {.json = text,
					      .length = fread(text, 1, sizeof text, stdin),
					      .id = argv[2],
					      .wait_s = (unsigned)strtoul(argv[3], NULL, 10)};
	struct knp_client *client = knp_new();
	enum knp_result result = knp_open(client, argv[1]);
	if (result == KNP_OK)
		result = knp_ask(client, &question, &answer);
	int code = (int)result;
	if (result == KNP_OK) {
		code = (int)answer.answered;
		if (printf("%s\n", answer.json) < 0 || fflush(stdout) != 0)
			code = KNP_BROKEN;
		else if (answer.number > 0)
			result = acknowledge(client, &answer);
	}
	if (result != KNP_OK)
		fprintf(stderr, "ask: %s: %s %s\nask: to do: %s\n", knp_result_name(result),
			knp_problem_message(client), knp_problem_field(client),
			knp_problem_fix(client));
	knp_free(client);
	return code;
}
