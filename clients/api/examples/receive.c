/* SPDX-License-Identifier: EUPL-1.2
 *
 * receive SETTINGS FUNCTIE FILE: fetches what there is for this functie, appends each verified
 * verstrekking to FILE as a line of JSON, and acknowledges only what is on disk there.
 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <knooppunt.h>
#include <stdio.h>
#include <unistd.h>

static int fail(const struct knp_client *client, enum knp_result result)
{
	fprintf(stderr, "receive: %s: %s\nreceive: to do: %s\n", knp_result_name(result),
		knp_problem_message(client), knp_problem_fix(client));
	return (int)result;
}

/* Everything in the inbox to the file; *last is the number of the last line that was written. */
static enum knp_result write_all(struct knp_client *client, const char *functie, FILE *file,
				 uint64_t *last)
{
	const char *json;
	enum knp_result result;
	*last = 0;
	while ((result = knp_next(client, functie, *last, last, &json)) == KNP_OK)
		fprintf(file, "%s\n", json);
	return result == KNP_NOT_FOUND ? KNP_OK : result;
}

static enum knp_result receive(struct knp_client *client, const char *functie, FILE *file)
{
	uint64_t last;
	size_t count = 0;
	enum knp_result fetched = knp_fetch(client, functie, 256, 0, &count);
	/* What came before a failure is in the inbox, and what was there before too. */
	enum knp_result result = write_all(client, functie, file, &last);
	if (result != KNP_OK)
		return result;
	if (last > 0) {
		if (fflush(file) != 0 || fsync(fileno(file)) != 0)
			return KNP_BROKEN;
		result = knp_handed_over(client, functie, last);
		printf("%" PRIu64 "\n", last);
	}
	if (result == KNP_OK)
		result = knp_ack(client, functie);
	return result == KNP_OK ? fetched : result;
}

int main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	FILE *file = fopen(argv[3], "a");
	if (!file)
		return 5;
	struct knp_client *client = knp_new();
	enum knp_result result = knp_open(client, argv[1]);
	if (result == KNP_OK)
		result = receive(client, argv[2], file);
	int code = result == KNP_OK ? 0 : fail(client, result);
	knp_free(client);
	return fclose(file) == 0 ? code : 5;
}
