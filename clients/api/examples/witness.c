/* SPDX-License-Identifier: EUPL-1.2
 *
 * witness SETTINGS FILE: brings the newest checkpoint of the log into a file, for somebody outside
 * the house: keep it on paper, in another log, with another partner. What is verified against it
 * later (knooppunt-audit verify --last FILE) was not rewritten since. A log that contradicts itself
 * is told, and the file stays as it was.
 */
#include <knooppunt.h>
#include <stdio.h>

static int keep(const char *path, const char *note)
{
	char beside[1024];
	int made = snprintf(beside, sizeof beside, "%s.new", path);
	if (made < 0 || (size_t)made >= sizeof beside)
		return 0;
	FILE *file = fopen(beside, "w");
	if (!file)
		return 0;
	int written = fputs(note, file) != EOF;
	return fclose(file) == 0 && written && rename(beside, path) == 0;
}

int main(int argc, char **argv)
{
	const char *note;
	if (argc != 3)
		return 2;
	struct knp_client *client = knp_new();
	enum knp_result result = knp_open(client, argv[1]);
	if (result == KNP_OK)
		result = knp_sync(client);
	if (result == KNP_OK)
		result = knp_checkpoint(client, &note);
	if (result == KNP_OK && !keep(argv[2], note)) {
		perror("witness");
		result = KNP_BROKEN;
	} else if (result != KNP_OK) {
		fprintf(stderr, "witness: %s: %s\n", knp_result_name(result),
			knp_problem_message(client));
	}
	knp_free(client);
	return (int)result;
}
