// SPDX-License-Identifier: EUPL-1.2
#include "desk/desk.h"

#include "base/standard.h"
#include "crypto/secret.h"
#include "melding/reason.h"
#include "settings/settings.h"

#include <stdio.h>
#include <string.h>

static const struct option_row {
	const char *name;  // "--key"
	const char *value; // as the help shows it; NULL: it takes none
	const char *help;
} option_rows[DESK_OPTIONS] = {
	[DESK_SETTINGS] = {"-c", "FILE", "settings of knooppuntd (" SETTINGS_STANDARD_FILE ")"},
	[DESK_KEY] = {"--key", "DIR", "sign with the role key in this folder"},
	[DESK_ACT] = {"--act", "FILE", "instead: an act that was signed elsewhere"},
	[DESK_UNLOCK] = {"--unlock-file", "FILE", "opens the key (DIR/unlock.key if it is there)"},
	[DESK_PASSPHRASE] = {"--passphrase-file", "FILE", "its first line opens the key"},
	[DESK_VKEY] = {"--vkey", "FILE", "verifier key of the log, from the house (DIR/log.vkey)"},
	[DESK_LAST] = {"--last", "FILE", "checkpoint seen before, which the log must extend"},
	[DESK_GENESIS] = {"--genesis", "FILE",
			  "genesis file from the house, with which the log begins"},
	[DESK_STATE] = {"--state", "FILE", "how far it was verified: go on from there"},
	[DESK_POLICY] = {"--policy", "FILE",
			 "whose cosignatures the checkpoint needs (tlog-policy)"},
	[DESK_WHOLE] = {"--whole", NULL, "read all again, what was verified before too"},
	[DESK_ONLINE] = {"--online", NULL,
			 "instead of DIR: of the knooppunt that runs, which is asked"},
	[DESK_SOURCE] = {"--source", "URN", "source of the melding, when its id is not enough"},
	[DESK_ALLES] = {"--alles", NULL, "all of it, not only what decided or what others may see"},
	[DESK_OUT] = {"--out", "FILE", "write it to this file instead"},
	[DESK_BUREAU] = {"--bureau", "FILE",
			 "settings of the privacybureau (" DESK_BUREAU_STANDARD_FILE ")"},
	[DESK_MEDEWERKER] = {"--medewerker", "REFERENCE", "who asks: it is recorded"},
	[DESK_ZAAK] = {"--zaak", "REFERENCE", "for which request or case: it is recorded"},
};

// ---- help ----------------------------------------------------------------------------------

static void help_command(const struct desk_program *program, const struct desk_command *command)
{
	printf("usage: %s [-c FILE] [--json] %s%s%s\n\n%s\n", program->name, command->words,
	       command->arguments[0] ? " " : "", command->arguments, command->help);
	if (command->options)
		printf("\n");
	for (int n = 0; n < DESK_OPTIONS; n++) {
		const struct option_row *row = &option_rows[n];
		if (command->options & DESK_OPTION(n))
			printf("  %s%s%s\t%s\n", row->name, row->value ? " " : "",
			       row->value ? row->value : "", row->help);
	}
}

static void help_program(const struct desk_program *program)
{
	printf("usage: %s [-c FILE] [--json] COMMAND …\n\n%s\n\n", program->name, program->purpose);
	for (size_t i = 0; i < program->count; i++) {
		const struct desk_command *command = &program->commands[i];
		printf("  %s%s%s\n\t%s\n", command->words, command->arguments[0] ? " " : "",
		       command->arguments, command->help);
	}
	printf("\n  --json     one JSON object a line on standard output\n"
	       "  --help     this, or the help of a command\n"
	       "  --version\n");
}

// ---- the command line ----------------------------------------------------------------------

struct command_line {
	const char *words[DESK_ARGUMENTS_MAX + 2];
	unsigned count;
	bool help, version;
};

static int option_named(const char *text, size_t len)
{
	for (int n = 0; n < DESK_OPTIONS; n++) {
		if (strlen(option_rows[n].name) == len &&
		    memcmp(option_rows[n].name, text, len) == 0)
			return n;
	}
	return -1;
}

// Takes the option at argv[*at], and its value from there or from the next place.
static int take_option(struct desk *desk, char **argv, int *at)
{
	const char *text = argv[*at], *equals = strchr(text, '=');
	int n = option_named(text, equals ? (size_t)(equals - text) : strlen(text));
	if (n < 0)
		return desk_misused(desk, "%s is no option", text);
	bool flag = !option_rows[n].value;
	if (flag && equals)
		return desk_misused(desk, "%s takes no value", option_rows[n].name);
	if (!flag && !equals && !argv[*at + 1])
		return desk_misused(desk, "%s needs a %s", text, option_rows[n].value);
	const char *value = flag ? "yes" : equals ? equals + 1 : argv[++*at];
	if (value[0] == '\0')
		return desk_misused(desk, "%s is empty", option_rows[n].name);
	if (desk->values[n])
		return desk_misused(desk, "%s is given twice", option_rows[n].name);
	desk->values[n] = value;
	return DESK_DONE;
}

static int take_word(struct desk *desk, struct command_line *line, const char *word)
{
	if (line->count == sizeof line->words / sizeof line->words[0])
		return desk_misused(desk, "there are too many arguments");
	line->words[line->count++] = word;
	return DESK_DONE;
}

static int read_line(struct desk *desk, char **argv, struct command_line *line)
{
	int code = DESK_DONE;
	bool options = true;
	for (int i = 1; argv[i] && code == DESK_DONE; i++) {
		if (options && strcmp(argv[i], "--") == 0)
			options = false;
		else if (options && strcmp(argv[i], "--json") == 0)
			desk->json = true;
		else if (options && strcmp(argv[i], "--help") == 0)
			line->help = true;
		else if (options && strcmp(argv[i], "--version") == 0)
			line->version = true;
		else if (options && argv[i][0] == '-' && argv[i][1] != '\0')
			code = take_option(desk, argv, &i);
		else
			code = take_word(desk, line, argv[i]);
	}
	return code;
}

// How many words of the line the command's own words are; 0 when it is another command.
static unsigned words_taken(const struct desk_command *command, const struct command_line *line)
{
	const char *rest = command->words;
	unsigned taken = 0;
	while (taken < line->count) {
		size_t len = strcspn(rest, " ");
		if (strlen(line->words[taken]) != len || memcmp(line->words[taken], rest, len) != 0)
			return 0;
		taken++;
		if (rest[len] == '\0')
			return taken;
		rest += len + 1;
	}
	return 0;
}

static unsigned find_command(struct desk *desk, const struct command_line *line)
{
	for (size_t i = 0; i < desk->program->count; i++) {
		unsigned taken = words_taken(&desk->program->commands[i], line);
		if (taken > 0) {
			desk->command = &desk->program->commands[i];
			return taken;
		}
	}
	return 0;
}

static int check_call(struct desk *desk)
{
	const struct desk_command *command = desk->command;
	if (desk->argument_count < command->min)
		return desk_misused(desk, "%s needs %s", command->words, command->arguments);
	if (desk->argument_count > command->max)
		return desk_misused(desk, "%s takes no more than %u argument%s", command->words,
				    command->max, command->max == 1 ? "" : "s");
	if (desk->values[DESK_KEY] && desk->values[DESK_ACT])
		return desk_misused(desk, "give --key or --act, not both");
	for (int n = 0; n < DESK_OPTIONS; n++) {
		// Settings may be given to all of a program, so that they can be an alias.
		if (n != DESK_SETTINGS && desk->values[n] && !(command->options & DESK_OPTION(n)))
			return desk_misused(desk, "%s takes no %s", command->words,
					    option_rows[n].name);
	}
	desk->settings_given = desk->values[DESK_SETTINGS] != NULL;
	if (!desk->settings_given)
		desk->values[DESK_SETTINGS] = SETTINGS_STANDARD_FILE;
	if (!desk->values[DESK_BUREAU])
		desk->values[DESK_BUREAU] = DESK_BUREAU_STANDARD_FILE;
	return DESK_DONE;
}

static int run_command(struct desk *desk, const struct command_line *line)
{
	unsigned taken = find_command(desk, line);
	if (!desk->command && line->count == 0)
		return desk_misused(desk, "no command is given");
	if (!desk->command)
		return desk_misused(desk, "%s is no command", line->words[0]);
	for (unsigned i = taken; i < line->count && i - taken < DESK_ARGUMENTS_MAX; i++)
		desk->arguments[desk->argument_count++] = line->words[i];
	int code = check_call(desk);
	if (code != DESK_DONE)
		return code;
	if (crypto_start() != RESULT_OK) {
		struct problem problem = {0};
		problem_set(&problem, reason_code(REASON_IO), "look for what limits this process",
			    "the cryptographic library does not start");
		return desk_fail(desk, &problem, DESK_BROKEN);
	}
	return desk->command->run(desk);
}

int desk_main(const struct desk_program *program, int argc, char **argv)
{
	struct desk desk = {.program = program};
	struct command_line line = {0};
	(void)argc;
	if (standard_hold() != RESULT_OK)
		return DESK_BROKEN; // and there is nowhere to say so
	int code = read_line(&desk, argv, &line);
	if (code == DESK_DONE && line.version) {
		printf("%s %s\n", program->name, KNP_VERSION);
	} else if (code == DESK_DONE && line.help) {
		find_command(&desk, &line);
		if (desk.command)
			help_command(program, desk.command);
		else
			help_program(program);
	} else if (code == DESK_DONE) {
		code = run_command(&desk, &line);
	}
	if (desk.leave)
		desk.leave(&desk);
	if (fflush(stdout) != 0 || desk.unprinted) {
		fprintf(stderr, "%s: standard output cannot be written\n", program->name);
		return DESK_BROKEN;
	}
	return code;
}
