// SPDX-License-Identifier: EUPL-1.2
// library_calls SETTINGS MELDING: what libknooppunt promises of its calls, as a program of somebody
// else sees it. No knooppunt runs. Prints "fine" or stops at the first line that does not hold.
#include <knooppunt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUST(what)                                                                                 \
	do {                                                                                       \
		if (!(what)) {                                                                     \
			fprintf(stderr, "line %d: %s\n", __LINE__, #what);                         \
			exit(1);                                                                   \
		}                                                                                  \
	} while (0)

static char melding[100000];
static size_t length;

static void read_melding(const char *path)
{
	FILE *file = fopen(path, "r");
	MUST(file);
	length = fread(melding, 1, sizeof melding, file);
	MUST(length > 0 && fclose(file) == 0);
}

static void check_misuse(void)
{
	const char *text;
	uint64_t number;
	enum knp_state state;
	const struct knp_question question = {.json = "{}", .length = 2};
	struct knp_answer answer;
	struct knp_client *client = knp_new();
	MUST(client);
	MUST(knp_open(NULL, "x") == KNP_MISUSE);
	MUST(knp_open(client, NULL) == KNP_MISUSE);
	MUST(knp_push(client, melding, length, &text) == KNP_MISUSE);
	MUST(strcmp(knp_problem_code(client), "usage") == 0);
	MUST(strcmp(knp_problem_message(client), "the client is not open") == 0);
	MUST(knp_push(NULL, melding, length, &text) == KNP_MISUSE);
	MUST(knp_flush(client, NULL) == KNP_MISUSE);
	MUST(knp_item(client, "x", &state, NULL) == KNP_MISUSE);
	MUST(knp_sync(client) == KNP_MISUSE);
	MUST(knp_fetch(client, "x", 1, 0, NULL) == KNP_MISUSE);
	MUST(knp_next(client, "x", 0, &number, &text) == KNP_MISUSE);
	MUST(knp_handed_over(client, "x", 1) == KNP_MISUSE);
	MUST(knp_ack(client, "x") == KNP_MISUSE);
	MUST(knp_ask(client, &question, &answer) == KNP_MISUSE);
	MUST(knp_keys(client, &text) == KNP_MISUSE);
	MUST(knp_checkpoint(client, &text) == KNP_MISUSE);
	MUST(knp_functie(client, 0) == NULL);
	MUST(knp_open(client, "/nowhere/client.yaml") == KNP_CONFIG);
	MUST(strcmp(knp_problem_file(client), "/nowhere/client.yaml") == 0);
	MUST(knp_problem_fix(client)[0] != '\0');
	MUST(knp_problem_code(NULL)[0] == '\0' && knp_problem_line(NULL) == 0);
	knp_free(client);
	knp_free(NULL);
}

static void check_push(struct knp_client *client)
{
	const char *id, *again, *json;
	char kept[65];
	enum knp_state state = KNP_DECLINED;
	unsigned pause_ms = 0;
	MUST(knp_push(client, melding, length, &id) == KNP_OK);
	snprintf(kept, sizeof kept, "%s", id);
	MUST(knp_push(client, melding, length, &again) == KNP_OK && strcmp(kept, again) == 0);
	MUST(knp_item(client, kept, &state, &json) == KNP_OK && state == KNP_OUTBOX);
	MUST(strstr(json, "\"status\": \"outbox\"") && strstr(json, kept));
	MUST(knp_item(client, "unknown-unknown-unknown", &state, &json) == KNP_NOT_FOUND);
	// The same id with other content.
	char *urgentie = strstr(melding, "\"gewoon\"");
	MUST(urgentie);
	memcpy(urgentie, "\"gewoen\"", 8);
	MUST(knp_push(client, melding, length, &id) == KNP_REFUSED);
	MUST(strcmp(knp_problem_field(client), "/kenmerken/urgentie") == 0);
	MUST(strcmp(knp_problem_code(client), "unknown-code") == 0);
	char *thema = strstr(melding, "\"overlast\"");
	MUST(thema);
	memcpy(urgentie, "\"gewoon\"", 8);
	memcpy(thema, "\"stalking\"", 10);
	MUST(knp_push(client, melding, length, &id) == KNP_CONFLICT);
	MUST(knp_push(client, "{", 1, &id) == KNP_REFUSED && knp_problem_line(client) == 1);
	MUST(knp_flush(client, &pause_ms) == KNP_AGAIN);
	MUST(strcmp(knp_problem_code(client), "unreachable") == 0);
}

static void check_say(struct knp_client *client)
{
	const char *id;
	const struct knp_veld unknown[] = {{"entry", "1"}, {"kleur", "rood"}};
	const struct knp_veld lacking[] = {{"entry", "1"}};
	const struct knp_veld nothing[] = {{"entry", NULL}};
	MUST(knp_say(client, "ack", NULL, 0, &id) == KNP_REFUSED);
	MUST(knp_say(client, "act", NULL, 0, &id) == KNP_REFUSED);
	MUST(knp_say(client, "melding", NULL, 0, &id) == KNP_REFUSED);
	MUST(strcmp(knp_problem_code(client), "unknown-type") == 0);
	MUST(knp_say(client, "overdracht", unknown, 2, &id) == KNP_REFUSED);
	MUST(strcmp(knp_problem_code(client), "unknown-field") == 0);
	MUST(knp_say(client, "overdracht", lacking, 1, &id) == KNP_REFUSED);
	MUST(knp_say(client, "opvolging", lacking, 1, &id) == KNP_REFUSED);
	MUST(strcmp(knp_problem_code(client), "missing-field") == 0);
	MUST(knp_say(client, "overdracht", nothing, 1, &id) == KNP_MISUSE);
	MUST(knp_say(client, "overdracht", lacking, 99, &id) == KNP_MISUSE);
}

static void check_inbox(struct knp_client *client)
{
	const char *json = NULL;
	uint64_t number = 7;
	MUST(knp_next(client, "basisteam", 0, &number, &json) == KNP_NOT_FOUND);
	MUST(number == 7 && json == NULL);
	MUST(knp_handed_over(client, "basisteam", 1) == KNP_NOT_FOUND);
	MUST(knp_fetch(client, "basisteam", 0, 0, NULL) == KNP_MISUSE);
	MUST(knp_fetch(client, "basisteam", 1, 61, NULL) == KNP_MISUSE);
	MUST(knp_fetch(client, "basisteam", 1, 0, NULL) == KNP_AGAIN);
	MUST(knp_keys(client, &json) == KNP_OK && strstr(json, "\"enrolled\": false"));
	MUST(knp_checkpoint(client, &json) == KNP_NOT_FOUND);
	MUST(strcmp(knp_problem_code(client), "not-found") == 0);
}

int main(int argc, char **argv)
{
	MUST(argc == 3);
	read_melding(argv[2]);
	check_misuse();
	struct knp_client *client = knp_new(), *second = knp_new();
	MUST(client && second);
	MUST(knp_open(client, argv[1]) == KNP_OK);
	MUST(knp_open(client, argv[1]) == KNP_MISUSE);
	MUST(knp_open(second, argv[1]) == KNP_AGAIN);
	MUST(strcmp(knp_problem_code(second), "in-use") == 0);
	check_push(client);
	check_say(client);
	check_inbox(client);
	knp_free(client);
	// The lock is free again, and what was pushed is still there.
	MUST(knp_open(second, argv[1]) == KNP_OK);
	knp_free(second);
	for (int result = KNP_OK; result <= KNP_DAMAGED; result++)
		MUST(strcmp(knp_result_name((enum knp_result)result), "unknown") != 0);
	MUST(strcmp(knp_result_name((enum knp_result)99), "unknown") == 0);
	puts("fine");
	return 0;
}
