/* SPDX-License-Identifier: EUPL-1.2
 *
 * overdracht SETTINGS INDEX REGEL aanvaard|teruggegeven MEDEWERKER: says whether a melding that was
 * given to us is taken over, and prints how that stands.
 */
#include <knooppunt.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	const char *given, *json;
	char id[65];
	enum knp_state state;
	if (argc != 6)
		return 2;
	const struct knp_veld velden[] = {{"entry", argv[2]},
					  {"regel", argv[3]},
					  {"antwoord", argv[4]},
					  {"medewerker", argv[5]}};
	struct knp_client *client = knp_new();
	enum knp_result result = knp_open(client, argv[1]);
	if (result == KNP_OK)
		result = knp_say(client, "overdracht", velden, 4, &given);
	if (result == KNP_OK) {
		snprintf(id, sizeof id, "%s", given);
		/* With KNP_AGAIN it is in the outbox and goes later. */
		result = knp_flush(client, NULL);
	}
	if (result == KNP_OK || result == KNP_AGAIN)
		result = knp_item(client, id, &state, &json);
	if (result == KNP_OK)
		printf("%s\n", json);
	else
		fprintf(stderr, "overdracht: %s: %s %s\n", knp_result_name(result),
			knp_problem_message(client), knp_problem_field(client));
	knp_free(client);
	return (int)result;
}
