// SPDX-License-Identifier: EUPL-1.2
// The command line: commands and options by table, help from the same table.
#include "knooppunt/cli.h"

#include "base/standard.h"
#include "crypto/secret.h"

#include <stdio.h>
#include <string.h>

#define WAIT_MAX 86400

static const struct option_row {
	const char *name;  // "--out"
	const char *value; // as the help shows it, NULL: takes none
	const char *help;
} option_rows[CLI_OPTIONS] = {
	[CLI_SETTINGS] = {"-c", "FILE", "settings (" CLI_STANDARD_FILE ")"},
	[CLI_UNLOCK] = {"--unlock-file", "FILE", "32 bytes that open the keys (DIR/unlock.key)"},
	[CLI_PASSPHRASE] = {"--passphrase-file", "FILE", "its first line opens the keys"},
	[CLI_ROLE] = {"--role", NULL, "only an identity key, for a role of the house"},
	[CLI_OIN] = {"--oin", "OIN", "of the organisation"},
	[CLI_NAAM] = {"--naam", "TEXT", "its name"},
	[CLI_SOORT] = {"--soort", "CODE",
		       "kind of partner, or of act: partner, intrekking, convenant, wissing, "
		       "huissleutel, "
		       "huissleutel-einde"},
	[CLI_FUNCTIE] = {"--functie", "NAME", "one of its functies; may be given more often"},
	[CLI_GENESIS] = {"--genesis", "FILE", "the genesis file the house handed out"},
	[CLI_OUT] = {"--out", "PATH", "where to write"},
	[CLI_WAIT] = {"--wait", NULL,
		      "go on until each has its outcome; --wait=SECONDS: no longer than that"},
	[CLI_WAIT_S] = {"--wait", "SECONDS", "wait so long for something new"},
	[CLI_MAX] = {"--max", "N", "stop after N"},
	[CLI_FIRST] = {"--first", "NUMBER", "where an inbox begins or goes on, as the house says"},
	[CLI_RECEIVE] = {"--receive", "KEY",
			 "receive key of the knooppunt, 64 digits, as the house says"},
	[CLI_SEND] =
		{"--send", "KEY",
		 "send key of the knooppunt where it is not that of genesis, 64 digits, as the "
		 "house says"},
	[CLI_TRANSPORT] = {"--transport", "KEY",
			   "transport key of the knooppunt, 64 digits, as the house says"},
	[CLI_ENDPOINT] = {"--endpoint", "ADRES", "where that key is served, when not at endpoint"},
	[CLI_KEYS] = {"--keys", "DIR", "folder of the role key"},
	[CLI_CHECKPOINT] = {"--checkpoint", "FILE", "newest checkpoint of the log that you saw"},
	[CLI_REGISTER] = {"--register", "FILE",
			  "register of an export, where the log has another key than in genesis"},
	[CLI_REGEL] = {"--regel", "NAME", "the regel that asks for it"},
	[CLI_BETROKKENE] = {"--betrokkene", "N",
			    "about whom; 0, the melding as a whole or its incident"},
	[CLI_UITKOMST] = {"--uitkomst", "NAME", "the outcome"},
	[CLI_MEDEWERKER] = {"--medewerker", "REF",
			    "who judged or entered it, as an opaque reference"},
	[CLI_MOTIVERING] = {"--motivering", "TEXT", "why (others on this machine can see it)"},
	[CLI_MOTIVERING_FILE] = {"--motivering-file", "FILE", "why, from a file"},
	[CLI_OVERLEG] = {"--overleg", "NAME", "the overleg on whose agenda it stood"},
	[CLI_ANTWOORD] = {"--antwoord", "CODE", "what is answered"},
	[CLI_GROND] = {"--grond", "CODE",
		       "what lifts the secrecy; of informeren, why it is put off"},
	[CLI_GEVER] = {"--gever", "CODE", "who gave the toestemming"},
	[CLI_LEEFTIJDSBAND] = {"--leeftijdsband", "CODE", "how old whom it is about is"},
	[CLI_VORM] = {"--vorm", "CODE", "how it was given"},
	[CLI_DOEL] = {"--doel", "NAME", "what it was given for"},
	[CLI_BRON] = {"--bron", "OIN",
		      "whose secrecy, when the house says it; without it one's own"},
	[CLI_ONTVANGER] = {"--ontvanger", "OIN", "who may hear it; without it everyone"},
	[CLI_FUNCTIE_OF] = {"--functie", "NAME", "of that ontvanger; without it each"},
	[CLI_RUBRIEK] = {"--rubriek", "NAME", "the rubriek it is about; without it everything"},
	[CLI_VAN] = {"--van", "DAY", "the first day on which it holds; without it at once"},
	[CLI_TOT] = {"--tot", "DAY",
		     "the last day on which it holds, without it until withdrawn; of informeren, "
		     "until which it is put off"},
	[CLI_MINUTEN] = {"--minuten", "N", "how long it holds, within what its regel allows"},
	[CLI_CORRECTIE] = {"--correctie", "CODE", "what is the matter with it"},
	[CLI_RECHTZETTING] = {"--rechtzetting", "CODE", "what was told, as its soort"},
	[CLI_NAAR] = {"--naar", "OIN:FUNCTIE", "with overdracht: to whom"},
	[CLI_ZITTING] = {"--zitting", "DAY", "the day of the sitting; without it today"},
	[CLI_AANWEZIG] = {"--aanwezig", "OIN:FUNCTIE:REF",
			  "who is present beside the voorzitter; may be given more often"},
	[CLI_CHECK] = {"--check", NULL, "only check settings and keys"},
	[CLI_BETROKKEN] = {"--betrokken", "CODE", "with ja: how it knows the person"},
	[CLI_TELEFOON] = {"--telefoon", "NUMBER", "with ja: whom to call there"},
	[CLI_BEREIKBAAR] = {"--bereikbaar", "HOURS", "with ja: when, as ma-vr 08:30-17:00"},
	[CLI_ZAAK] = {"--zaak", "REF", "the request, as the privacybureau calls it"},
	[CLI_NAMENS] =
		{"--namens", "NAME",
		 "for whom: the partner (OIN; of push also OIN:functie) that the house enters it "
		 "for; "
		 "of a request, for whom spoke who made it"},
	[CLI_IDENTITEIT] = {"--identiteit", "NAME", "what showed who that is"},
	[CLI_BEVOEGDHEID] = {"--bevoegdheid", "NAME", "what showed that he may speak for another"},
};

const char *cli_option_name(int option)
{
	return option_rows[option].name;
}

struct call {
	const struct cli_command *commands;
	size_t count;
	bool help, version;
};

// ---- help --------------------------------------------------------------------------------------

static void help_command(const struct cli_command *command)
{
	printf("usage: knooppunt %s %s [--json]\n\n%s\n", command->name, command->arguments,
	       command->help);
	if (command->options)
		printf("\n");
	for (int n = 0; n < CLI_OPTIONS; n++) {
		const struct option_row *row = &option_rows[n];
		if (command->options & CLI_OPTION(n))
			printf("  %s%s%s\t%s\n", row->name, row->value ? " " : "",
			       row->value ? row->value : "", row->help);
	}
}

static void help_all(const struct call *call)
{
	printf("usage: knooppunt [-c FILE] [--json] COMMAND …\n\n"
	       "Sends meldingen to a knooppunt and receives verstrekkingen from it.\n\n");
	for (size_t i = 0; i < call->count; i++)
		printf("  %s %s\n\t%s\n", call->commands[i].name, call->commands[i].arguments,
		       call->commands[i].help);
	printf("\n  --json     one JSON object a line on standard output\n"
	       "  --help     this, or the help of a command\n"
	       "  --version\n");
}

// ---- options -----------------------------------------------------------------------------------

static const struct cli_command *find_command(const struct call *call, const char *name)
{
	for (size_t i = 0; i < call->count; i++) {
		if (strcmp(call->commands[i].name, name) == 0)
			return &call->commands[i];
	}
	return NULL;
}

// The option of this name that the command takes; before a command is known only -c.
static int find_option(const struct cli *cli, const char *text, size_t len)
{
	uint64_t taken = cli->command ? cli->command->options : CLI_OPTION(CLI_SETTINGS);
	for (int n = 0; n < CLI_OPTIONS; n++) {
		if ((taken & CLI_OPTION(n)) && strlen(option_rows[n].name) == len &&
		    memcmp(option_rows[n].name, text, len) == 0)
			return n;
	}
	return -1;
}

static int keep_option(struct cli *cli, int n, const char *value)
{
	const char *name = option_rows[n].name;
	if (option_rows[n].value && value[0] == '\0')
		return cli_misused(cli, "%s is empty", name);
	if (n == CLI_FUNCTIE && cli->functie_count == FUNCTIES_MAX)
		return cli_misused(cli, "%s is given more than %d times", name, FUNCTIES_MAX);
	if (n == CLI_AANWEZIG && cli->aanwezig_count == CLI_AANWEZIGEN_MAX)
		return cli_misused(cli, "%s is given more than %d times", name, CLI_AANWEZIGEN_MAX);
	if (n == CLI_FUNCTIE)
		cli->functies[cli->functie_count++] = value;
	else if (n == CLI_AANWEZIG)
		cli->aanwezigen[cli->aanwezig_count++] = value;
	else if (cli->values[n])
		return cli_misused(cli, "%s is given twice", name);
	cli->values[n] = value;
	return CLI_DONE;
}

// Its value may be missing. A word of digits behind it is one: a file of that name is ./NAME.
static int take_wait(struct cli *cli, char **argv, int *at, const char *equals)
{
	uint64_t seconds;
	const char *next = argv[*at + 1];
	if (!equals && next && cli_number(next, UINT32_MAX, &seconds))
		equals = argv[++*at];
	else if (equals)
		equals++;
	if (equals && !cli_number(equals, WAIT_MAX, &seconds))
		return cli_misused(cli, "--wait is a number of seconds, at most a day");
	return keep_option(cli, CLI_WAIT, equals ? equals : "");
}

static int take_option(struct cli *cli, char **argv, int *at)
{
	const char *text = argv[*at], *equals = strchr(text, '=');
	int n = find_option(cli, text, equals ? (size_t)(equals - text) : strlen(text));
	if (n < 0)
		return cli_misused(cli, "%s is no option here", text);
	if (n == CLI_WAIT)
		return take_wait(cli, argv, at, equals);
	if (!option_rows[n].value)
		return equals ? cli_misused(cli, "%s takes no value", option_rows[n].name)
			      : keep_option(cli, n, "");
	if (!equals && !argv[*at + 1])
		return cli_misused(cli, "%s needs a %s", text, option_rows[n].value);
	return keep_option(cli, n, equals ? equals + 1 : argv[++*at]);
}

static int take_word(struct cli *cli, struct call *call, char *word)
{
	if (cli->command) {
		cli->arguments[cli->argument_count++] = word;
		return CLI_DONE;
	}
	cli->command = find_command(call, word);
	return cli->command ? CLI_DONE : cli_misused(cli, "%s is no command", word);
}

// Arguments are gathered at the front of argv, behind the reader.
static int read_line(struct cli *cli, struct call *call, char **argv)
{
	bool options = true;
	int code = CLI_DONE;
	cli->arguments = argv;
	// How an error is told must not depend on where in the line it is.
	for (int i = 1; argv[i] && strcmp(argv[i], "--") != 0; i++)
		cli->json = cli->json || strcmp(argv[i], "--json") == 0;
	for (int i = 1; argv[i] && code == CLI_DONE; i++) {
		if (options && strcmp(argv[i], "--") == 0)
			options = false;
		else if (options && strcmp(argv[i], "--json") == 0)
			continue;
		else if (options && strcmp(argv[i], "--help") == 0)
			call->help = true;
		else if (options && strcmp(argv[i], "--version") == 0)
			call->version = true;
		else if (options && argv[i][0] == '-' && argv[i][1] != '\0')
			code = take_option(cli, argv, &i);
		else
			code = take_word(cli, call, argv[i]);
	}
	return code;
}

static int run_command(struct cli *cli)
{
	const struct cli_command *command = cli->command;
	if (cli->argument_count < command->min)
		return cli_misused(cli, "%s needs %s", command->name, command->arguments);
	if (command->max >= 0 && cli->argument_count > command->max)
		return cli_misused(cli, "%s takes only %s", command->name,
				   command->max ? command->arguments : "options");
	if (crypto_start() != RESULT_OK)
		return cli_fail_reason(cli, REASON_IO, CLI_BROKEN,
				       "the cryptographic library does not start");
	return command->run(cli);
}

int cli_main(const struct cli_command *commands, size_t count, int argc, char **argv)
{
	struct call call = {.commands = commands, .count = count};
	struct cli cli = {.command = NULL};
	(void)argc;
	if (standard_hold() != RESULT_OK)
		return CLI_BROKEN; // and there is nowhere to say so
	int code = read_line(&cli, &call, argv);
	if (code != CLI_DONE)
		return code;
	if (call.version)
		printf("knooppunt " KNP_VERSION "\n");
	else if (call.help && cli.command)
		help_command(cli.command);
	else if (call.help)
		help_all(&call);
	else if (!cli.command)
		code = cli_misused(&cli, "a command is missing");
	else
		code = run_command(&cli);
	if (!cli_flush(&cli))
		code = cli_worse(code, CLI_BROKEN);
	return code;
}
