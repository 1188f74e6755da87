// SPDX-License-Identifier: EUPL-1.2
// attendeer: from the knooppunt into the inbox, where it lies sealed until `fetch` hands it over;
// and an e-mail that something does, when nobody was told of that before. For a timer.
#include "knooppunt/cli.h"

#include "attendering/attendering.h"

#include <stdio.h>
#include <string.h>

#define AT_ONCE 256
#define INBOX_MAX 1024 // more is not fetched before some of it was handed over

static int fetch_functie(struct cli *cli, struct client *client, const char *functie)
{
	uint64_t waiting = 0;
	size_t count = 1;
	enum result result = client_waiting(client, functie, &waiting);
	while (result == RESULT_OK && count > 0 && waiting < INBOX_MAX) {
		result = client_fetch(client, functie, AT_ONCE, 0, &count);
		if (result == RESULT_OK)
			result = client_waiting(client, functie, &waiting);
	}
	return result == RESULT_OK ? CLI_DONE : cli_client_failed(cli, client, result);
}

// The numbers of an inbox have no gaps.
static int look(struct cli *cli, struct client *client, struct attendering_place *place)
{
	struct verstrekking oldest;
	uint64_t waiting = 0;
	enum result result = client_waiting(client, place->name, &waiting);
	if (result == RESULT_OK && waiting > 0)
		result = client_peek(client, place->name, 0, &oldest);
	if (result != RESULT_OK)
		return cli_client_failed(cli, client, result);
	place->oldest = waiting > 0 ? oldest.number : 0;
	place->newest = waiting > 0 ? oldest.number + waiting - 1 : 0;
	return CLI_DONE;
}

// What lies there is told of, also when the knooppunt cannot be reached now.
static int find_places(struct cli *cli, struct client *client, struct cli_functies *functies,
		       struct attendering_place *places)
{
	int code = CLI_DONE;
	for (size_t i = 0; i < functies->count; i++) {
		snprintf(places[i].name, sizeof places[i].name, "%s", functies->names[i]);
		code = cli_worse(code, fetch_functie(cli, client, functies->names[i]));
		code = cli_worse(code, look(cli, client, &places[i]));
	}
	return code;
}

static int tell(struct cli *cli, bool sent)
{
	struct cli_line line;
	if (!cli->json) {
		cli_say(cli, sent ? "an attendering was sent" : "there is nothing new to tell of");
		return CLI_DONE;
	}
	cli_line_begin(&line);
	json_out_add_bool(&line.out, "sent", sent);
	return cli_line_end(cli, &line) ? CLI_DONE : CLI_BROKEN;
}

static int send_one(struct cli *cli, struct client *client,
		    const struct attendering_settings *settings,
		    const struct attendering_place *places, size_t count)
{
	char path[CLI_ATTENDERING_PATH];
	struct client_settings own;
	struct problem problem = {.code = NULL};
	bool sent;
	int code = cli_settings(cli, &own);
	if (code != CLI_DONE)
		return code;
	cli_attendering_path(own.spool, path);
	const struct attendering attendering = {.settings = settings,
						.path = path,
						.oefening =
							client_register(client)->genesis.oefening};
	enum result result = attendering_round(&attendering, places, count, &sent, &problem);
	int standard = result_exit_code(result);
	// What is damaged a person removes: it is no answer.
	return result == RESULT_OK
		       ? tell(cli, sent)
		       : cli_fail(cli, &problem, standard == CLI_NO ? CLI_CONFIG : standard);
}

void cli_attendering_path(const char *spool, char ret_path[CLI_ATTENDERING_PATH])
{
	snprintf(ret_path, CLI_ATTENDERING_PATH, "%s/attendering", spool);
}

int cli_attendeer(struct cli *cli)
{
	struct attendering_settings settings;
	struct attendering_place places[FUNCTIES_MAX] = {{.oldest = 0}};
	struct cli_functies functies;
	struct problem problem = {.code = NULL};
	struct client *client;
	if (attendering_settings_read(cli->arguments[0], &settings, &problem) != RESULT_OK)
		return cli_fail(cli, &problem, CLI_CONFIG);
	int code = cli_client(cli, &client);
	if (code != CLI_DONE || cli->values[CLI_CHECK]) {
		if (code == CLI_DONE)
			cli_client_done(cli, client);
		return code;
	}
	code = cli_find_functies(cli, client, &functies);
	if (code == CLI_DONE) {
		code = find_places(cli, client, &functies, places);
		int sent = send_one(cli, client, &settings, places, functies.count);
		code = cli_worse(code, sent);
	}
	cli_client_done(cli, client);
	return code;
}
