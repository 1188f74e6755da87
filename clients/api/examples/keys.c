/* SPDX-License-Identifier: EUPL-1.2
 *
 * keys SETTINGS: brings the register up to date and prints which key of ours counts, its functies,
 * and whether anything is wrong that a person must look at. Keys are made with knooppunt keygen.
 */
#include <knooppunt.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	const char *json;
	if (argc != 2)
		return 2;
	struct knp_client *client = knp_new();
	enum knp_result result = knp_open(client, argv[1]);
	if (result == KNP_OK)
		result = knp_sync(client);
	if (result != KNP_OK)
		fprintf(stderr, "keys: %s: %s\n", knp_result_name(result),
			knp_problem_message(client));
	/* Without the knooppunt, what was known before. */
	if (result == KNP_OK || result == KNP_AGAIN) {
		enum knp_result told = knp_keys(client, &json);
		if (told == KNP_OK)
			printf("%s\n", json);
		else
			result = told;
	}
	for (size_t n = 0; knp_functie(client, n); n++)
		printf("functie %s\n", knp_functie(client, n));
	knp_free(client);
	return (int)result;
}
