// SPDX-License-Identifier: EUPL-1.2
// For which functies something is fetched: those that were given, else all that our key holds.
#include "knooppunt/cli.h"

#include <string.h>

static int own_functies(struct cli *cli, struct client *client, struct cli_functies *ret_functies)
{
	const struct party *party = client_party(client);
	if (!party) {
		enum result result = client_sync(client);
		if (result != RESULT_OK)
			return cli_client_failed(cli, client, result);
		party = client_party(client);
	}
	if (!party)
		return cli_fail_reason(cli, REASON_UNKNOWN_KEY, CLI_CONFIG,
				       "our identity key is not in the register");
	// A sync may move the register: the names are kept.
	for (size_t i = 0; i < party->bundle.functie_count; i++)
		memcpy(ret_functies->names[i], party->bundle.functies[i],
		       sizeof ret_functies->names[i]);
	ret_functies->count = party->bundle.functie_count;
	return CLI_DONE;
}

int cli_find_functies(struct cli *cli, struct client *client, struct cli_functies *ret_functies)
{
	if (cli->functie_count == 0)
		return own_functies(cli, client, ret_functies);
	for (size_t i = 0; i < cli->functie_count; i++) {
		if (!functie_is_valid(bytes_of_text(cli->functies[i])))
			return cli_misused(cli, "--functie is 1 to 32 of a-z, 0-9 and '-'");
		memcpy(ret_functies->names[i], cli->functies[i], strlen(cli->functies[i]) + 1);
	}
	ret_functies->count = cli->functie_count;
	return CLI_DONE;
}
