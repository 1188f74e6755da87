// SPDX-License-Identifier: EUPL-1.2
// knooppuntd: one program for the parent, its children and the subcommands.
#include "check.h"
#include "core/core.h"
#include "parent/confine.h"
#include "parent/role.h"

#include "base/log.h"
#include "base/standard.h"
#include "crypto/secret.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_USAGE 2

static const char usage[] =
	"usage: knooppuntd [-c FILE]                 run the knooppunt\n"
	"       knooppuntd [-c FILE] --check [--json] say whether it could run\n"
	"       knooppuntd [-c FILE] init [DIR] …    make keys, store and genesis of a new log\n"
	"       knooppuntd [-c FILE] rebuild [--compare] make the state again from the log\n"
	"       knooppuntd [-c FILE] rotate receive [--finish] change the key envelopes are sealed "
	"for\n"
	"       knooppuntd [-c FILE] rotate send [--finish] change the key answers are sealed "
	"with\n"
	"       knooppuntd [-c FILE] rotate log [--finish] change the key checkpoints are signed "
	"with\n"
	"       knooppuntd [-c FILE] rotate transport [--address ADRES] [--finish] change the key "
	"partners connect to\n"
	"       knooppuntd [-c FILE] restore [--drill …] try whether a backup can be used\n"
	"       knooppuntd --help | --version\n"
	"  -c FILE  settings, " SETTINGS_STANDARD_FILE " when not given\n";

struct arguments {
	const char *settings_file; // NULL: not given
	bool check, json, help, version;
	int rest; // index of the subcommand, argc when none
};

static bool parse(int argc, char **argv, struct arguments *ret_arguments)
{
	static const struct option options[] = {
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{"check", no_argument, NULL, 'k'},
		{"json", no_argument, NULL, 'j'},
		{NULL, 0, NULL, 0},
	};
	struct arguments arguments = {0};
	int option;
	while ((option = getopt_long(argc, argv, "+hVc:", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			arguments.settings_file = optarg;
			break;
		case 'h':
			arguments.help = true;
			break;
		case 'V':
			arguments.version = true;
			break;
		case 'k':
			arguments.check = true;
			break;
		case 'j':
			arguments.json = true;
			break;
		default:
			return false;
		}
	}
	arguments.rest = optind;
	*ret_arguments = arguments;
	return true;
}

static const struct {
	const char *name;
	int (*main)(const char *settings_file, int argc, char **argv);
} subcommands[] = {{"init", init_main},
		   {"rebuild", rebuild_main},
		   {"rotate", rotate_main},
		   {"restore", restore_main}};

static int run_subcommand(const struct arguments *arguments, int argc, char **argv)
{
	for (size_t i = 0; i < sizeof subcommands / sizeof subcommands[0]; i++) {
		if (strcmp(argv[arguments->rest], subcommands[i].name) == 0)
			return subcommands[i].main(arguments->settings_file, argc - arguments->rest,
						   argv + arguments->rest);
	}
	fprintf(stderr, "knooppuntd: there is no subcommand \"%s\"\n%s", argv[arguments->rest],
		usage);
	return EXIT_USAGE;
}

static int run_daemon(const char *settings_file)
{
	struct settings settings;
	confine_close_files();
	enum result result = check_in_child(settings_file, &settings);
	int code = result == RESULT_OK ? parent_main(settings_file, &settings)
				       : result_exit_code(result);
	log_close();
	return code;
}

// A child: its main function runs with what every role needs in force.
static int run_role(int argc, char **argv)
{
	static int (*const mains[])(const struct role *) = {[ROLE_GATE] = gate_main,
							    [ROLE_CORE] = core_main,
							    [ROLE_OPENER] = opener_main,
							    [ROLE_READER] = reader_main};
	struct role role;
	if (role_take(argc, argv, &role) != RESULT_OK) {
		fputs("knooppuntd: --role is for processes that knooppuntd starts itself\n",
		      stderr);
		return EXIT_USAGE;
	}
	log_open(role_name(role.kind), (enum log_level)role.settings->log_level);
	log_follow(&role.settings->log_level);
	enum result result = confine_start();
	if (result == RESULT_OK)
		result = crypto_start();
	if (result != RESULT_OK) {
		log_line(LOG_LEVEL_ERROR, "event=role.refused result=\"%s\"", result_name(result));
		return result_exit_code(result);
	}
	int code = mains[role.kind](&role);
	log_close();
	return code;
}

int main(int argc, char **argv)
{
	if (standard_hold() != RESULT_OK)
		return result_exit_code(RESULT_IO); // and there is nowhere to say so
	if (argc > 1 && strcmp(argv[1], "--role") == 0)
		return run_role(argc, argv);
	struct arguments arguments;
	if (!parse(argc, argv, &arguments)) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	if (arguments.help) {
		fputs(usage, stdout);
		return EXIT_SUCCESS;
	}
	if (arguments.version) {
		puts("knooppuntd " KNP_VERSION);
		return EXIT_SUCCESS;
	}
	if (arguments.rest < argc)
		return run_subcommand(&arguments, argc, argv);
	const char *file =
		arguments.settings_file ? arguments.settings_file : SETTINGS_STANDARD_FILE;
	return arguments.check ? check_main(file, arguments.json) : run_daemon(file);
}
