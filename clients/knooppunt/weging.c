// SPDX-License-Identifier: EUPL-1.2
// weging: a person's judgement that a regel asks for, about a melding in the log.
#include "knooppunt/cli.h"

#include <stdio.h>
#include <string.h>

#define MOTIVERING_MAX 4096

struct weging {
	struct client *client;
	char id[ID_MAX + 1];
};

static bool is_settled(void *context)
{
	struct weging *weging = context;
	struct item_status status;
	return client_item(weging->client, weging->id, &status) == RESULT_OK &&
	       status.state != ITEM_OUTBOX;
}

static int check_options(struct cli *cli)
{
	uint64_t number;
	const char *betrokkene = cli->values[CLI_BETROKKENE];
	if (!cli_number(cli->arguments[0], UINT32_MAX, &number))
		return cli_misused(cli, "INDEX is the number of the melding's entry in the log");
	if (!cli->values[CLI_REGEL] || !cli->values[CLI_UITKOMST] || !cli->values[CLI_MEDEWERKER])
		return cli_misused(cli, "a weging needs --regel, --uitkomst and --medewerker");
	if (!cli->values[CLI_MOTIVERING] == !cli->values[CLI_MOTIVERING_FILE])
		return cli_misused(cli, "give one of --motivering and --motivering-file");
	if (betrokkene && !cli_number(betrokkene, BETROKKENEN_MAX, &number))
		return cli_misused(cli, "--betrokkene is a number of 0 to %d", BETROKKENEN_MAX);
	return CLI_DONE;
}

static int read_motivering(struct cli *cli, struct buffer *ret_text)
{
	if (cli->values[CLI_MOTIVERING]) {
		buffer_append_text(ret_text, cli->values[CLI_MOTIVERING]);
		return ret_text->status == RESULT_OK ? CLI_DONE
						     : cli_misused(cli, "--motivering is too long");
	}
	int code = cli_read(cli, cli->values[CLI_MOTIVERING_FILE], MOTIVERING_MAX, ret_text);
	while (ret_text->len > 0 && ret_text->data[ret_text->len - 1] == '\n')
		ret_text->len--;
	return code;
}

static int push(struct cli *cli, struct bytes motivering, struct weging *weging)
{
	const char *betrokkene = cli->values[CLI_BETROKKENE];
	struct veld velden[] = {
		{WEGING_ENTRY, bytes_of_text(cli->arguments[0])},
		{WEGING_REGEL, bytes_of_text(cli->values[CLI_REGEL])},
		{WEGING_BETROKKENE, bytes_of_text(betrokkene ? betrokkene : "0")},
		{WEGING_UITKOMST, bytes_of_text(cli->values[CLI_UITKOMST])},
		{WEGING_MEDEWERKER, bytes_of_text(cli->values[CLI_MEDEWERKER])},
		{WEGING_MOTIVERING, motivering},
	};
	struct push_result pushed;
	enum result result = client_push_velden(weging->client, TYPE_WEGING, velden,
						sizeof velden / sizeof velden[0], &pushed);
	if (result != RESULT_OK)
		return cli_client_failed(cli, weging->client, result);
	memcpy(weging->id, pushed.id, sizeof weging->id);
	return CLI_DONE;
}

static int push_and_send(struct cli *cli, struct bytes motivering)
{
	struct weging weging;
	int code = cli_client(cli, &weging.client);
	if (code != CLI_DONE)
		return code;
	code = push(cli, motivering, &weging);
	if (code == CLI_DONE) {
		code = cli_send(cli, weging.client, is_settled, &weging);
		code = cli_worse(code == CLI_AGAIN ? CLI_DONE : code,
				 cli_print_item(cli, weging.client, weging.id));
	}
	cli_client_done(cli, weging.client);
	return code;
}

int cli_weging(struct cli *cli)
{
	struct buffer motivering;
	int code = check_options(cli);
	if (code != CLI_DONE)
		return code;
	buffer_init(&motivering, MOTIVERING_MAX);
	code = read_motivering(cli, &motivering);
	if (code == CLI_DONE)
		code = push_and_send(cli, buffer_view(&motivering));
	buffer_wipe(&motivering);
	return code;
}
