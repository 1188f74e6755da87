// SPDX-License-Identifier: EUPL-1.2
// What a person says of a melding in the log because it is owed: a weging that a regel asks for,
// the outcome of an overleg, whether an overdracht is taken over.
#include "knooppunt/cli.h"

#include <stdio.h>
#include <string.h>

#define MOTIVERING_MAX 4096

struct uitspraak {
	struct client *client;
	char id[ID_MAX + 1];
};

// One kind of it: its velden from options, each required unless it has a standard.
struct soort {
	uint32_t type, entry, motivering;
	bool motivated; // a motivering is required
	const char *needs;
	struct {
		uint32_t veld;
		int option;
		const char *standard;
	} velden[4];
};
static const struct soort weging = {
	.type = TYPE_WEGING,
	.entry = WEGING_ENTRY,
	.motivering = WEGING_MOTIVERING,
	.motivated = true,
	.needs = "a weging needs --regel, --uitkomst and --medewerker",
	.velden = {{WEGING_REGEL, CLI_REGEL, NULL},
		   {WEGING_BETROKKENE, CLI_BETROKKENE, "0"},
		   {WEGING_UITKOMST, CLI_UITKOMST, NULL},
		   {WEGING_MEDEWERKER, CLI_MEDEWERKER, NULL}},
};
static const struct soort uitkomst = {
	.type = TYPE_UITKOMST,
	.entry = UITKOMST_ENTRY,
	.motivering = UITKOMST_MOTIVERING,
	.needs = "an uitkomst needs --overleg, --uitkomst and --medewerker",
	.velden = {{UITKOMST_OVERLEG, CLI_OVERLEG, NULL},
		   {UITKOMST_UITKOMST, CLI_UITKOMST, NULL},
		   {UITKOMST_MEDEWERKER, CLI_MEDEWERKER, NULL}},
};
static const struct soort overdracht = {
	.type = TYPE_OVERDRACHT,
	.entry = OVERDRACHT_ENTRY,
	.motivering = OVERDRACHT_MOTIVERING,
	.needs = "an overdracht needs --regel, --antwoord and --medewerker",
	.velden = {{OVERDRACHT_REGEL, CLI_REGEL, NULL},
		   {OVERDRACHT_ANTWOORD, CLI_ANTWOORD, NULL},
		   {OVERDRACHT_MEDEWERKER, CLI_MEDEWERKER, NULL}},
};
#define SOORT_VELDEN (sizeof weging.velden / sizeof weging.velden[0])

static bool is_settled(void *context)
{
	struct uitspraak *uitspraak = context;
	struct item_status status;
	return client_item(uitspraak->client, uitspraak->id, &status) == RESULT_OK &&
	       status.state != ITEM_OUTBOX;
}

static int check_options(struct cli *cli, const struct soort *soort)
{
	uint64_t number;
	const char *betrokkene = cli->values[CLI_BETROKKENE];
	if (!cli_number(cli->arguments[0], UINT32_MAX, &number))
		return cli_misused(cli, "INDEX is the number of the melding's entry in the log");
	for (size_t i = 0; i < SOORT_VELDEN && soort->velden[i].veld; i++)
		if (!soort->velden[i].standard && !cli->values[soort->velden[i].option])
			return cli_misused(cli, "%s", soort->needs);
	if (cli->values[CLI_MOTIVERING] && cli->values[CLI_MOTIVERING_FILE])
		return cli_misused(cli, "give one of --motivering and --motivering-file");
	if (soort->motivated && !cli->values[CLI_MOTIVERING] && !cli->values[CLI_MOTIVERING_FILE])
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
	if (!cli->values[CLI_MOTIVERING_FILE])
		return CLI_DONE;
	int code = cli_read(cli, cli->values[CLI_MOTIVERING_FILE], MOTIVERING_MAX, ret_text);
	while (ret_text->len > 0 && ret_text->data[ret_text->len - 1] == '\n')
		ret_text->len--;
	return code;
}

static int push(struct cli *cli, const struct soort *soort, struct bytes motivering,
		struct uitspraak *uitspraak)
{
	struct veld velden[SOORT_VELDEN + 2] = {{soort->entry, bytes_of_text(cli->arguments[0])}};
	struct push_result pushed;
	size_t count = 1;
	for (size_t i = 0; i < SOORT_VELDEN && soort->velden[i].veld; i++) {
		const char *given = cli->values[soort->velden[i].option];
		velden[count++] =
			(struct veld){soort->velden[i].veld,
				      bytes_of_text(given ? given : soort->velden[i].standard)};
	}
	if (motivering.len > 0)
		velden[count++] = (struct veld){soort->motivering, motivering};
	enum result result =
		client_push_velden(uitspraak->client, soort->type, velden, count, &pushed);
	if (result != RESULT_OK)
		return cli_client_failed(cli, uitspraak->client, result);
	memcpy(uitspraak->id, pushed.id, sizeof uitspraak->id);
	return CLI_DONE;
}

static int push_and_send(struct cli *cli, const struct soort *soort, struct bytes motivering)
{
	struct uitspraak uitspraak;
	int code = cli_client(cli, &uitspraak.client);
	if (code != CLI_DONE)
		return code;
	code = push(cli, soort, motivering, &uitspraak);
	if (code == CLI_DONE) {
		code = cli_send(cli, uitspraak.client, is_settled, &uitspraak);
		code = cli_worse(code == CLI_AGAIN ? CLI_DONE : code,
				 cli_print_item(cli, uitspraak.client, uitspraak.id));
	}
	cli_client_done(cli, uitspraak.client);
	return code;
}

static int say(struct cli *cli, const struct soort *soort)
{
	struct buffer motivering;
	int code = check_options(cli, soort);
	if (code != CLI_DONE)
		return code;
	buffer_init(&motivering, MOTIVERING_MAX);
	code = read_motivering(cli, &motivering);
	if (code == CLI_DONE)
		code = push_and_send(cli, soort, buffer_view(&motivering));
	buffer_wipe(&motivering);
	return code;
}

int cli_weging(struct cli *cli)
{
	return say(cli, &weging);
}

int cli_uitkomst(struct cli *cli)
{
	return say(cli, &uitkomst);
}

int cli_overdracht(struct cli *cli)
{
	return say(cli, &overdracht);
}
