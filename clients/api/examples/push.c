/* SPDX-License-Identifier: EUPL-1.2
 *
 * push SETTINGS < melding.json: puts a melding into the outbox and sends it, for at most half a
 * minute. Exits 0 when it is in the log, 1 when it was refused, 3 when it is still in the outbox:
 * it is safe there, and the next knp_flush sends it.
 */
#include <knooppunt.h>
#include <stdio.h>
#include <time.h>

static char text[1024 * 1024 + 1];

static int fail(const struct knp_client *client, enum knp_result result)
{
	fprintf(stderr, "push: %s: %s %s\npush: to do: %s\n", knp_result_name(result),
		knp_problem_message(client), knp_problem_field(client), knp_problem_fix(client));
	return (int)result;
}

static void pause_ms(unsigned ms)
{
	struct timespec span = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
	nanosleep(&span, NULL);
}

static int send(struct knp_client *client, const char *id)
{
	enum knp_state state = KNP_OUTBOX;
	const char *json;
	for (int attempt = 0; attempt < 30 && state == KNP_OUTBOX; attempt++) {
		unsigned ms = 0;
		enum knp_result result = knp_flush(client, &ms);
		if (result != KNP_OK && result != KNP_AGAIN)
			return fail(client, result);
		result = knp_item(client, id, &state, &json);
		if (result != KNP_OK)
			return fail(client, result);
		if (state == KNP_OUTBOX)
			pause_ms(ms > 1000 ? ms : 1000);
	}
	printf("%s\n", json);
	return state == KNP_ACCEPTED ? 0 : state == KNP_DECLINED ? 1 : 3;
}

int main(int argc, char **argv)
{
	const char *given;
	char id[65];
	if (argc != 2)
		return 2;
	size_t length = fread(text, 1, sizeof text, stdin);
	struct knp_client *client = knp_new();
	enum knp_result result = knp_open(client, argv[1]);
	if (result == KNP_OK)
		result = knp_push(client, text, length, &given);
	int code;
	if (result == KNP_OK) {
		/* What the library gives out is valid until its next call. */
		snprintf(id, sizeof id, "%s", given);
		code = send(client, id);
	} else {
		code = fail(client, result);
	}
	knp_free(client);
	return code;
}
