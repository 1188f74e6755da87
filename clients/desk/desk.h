// SPDX-License-Identifier: EUPL-1.2
// What the programs of the beheerder (knooppuntctl) and of the officer (knooppunt-audit) share:
// their command line (design §13), asking the daemon, signing an act, and telling the outcome. A
// program is a table of commands.
//
// With --json every outcome is one JSON object a line on standard output, an error too; people's
// text goes to standard error.
#ifndef KNP_DESK_DESK_H
#define KNP_DESK_DESK_H

#include "base/json_out.h"
#include "base/problem.h"

#define DESK_ARGUMENTS_MAX 6
#define DESK_BUREAU_STANDARD_FILE KNP_CONF_DIR "/privacybureau.yaml"

enum desk_exit {
	DESK_DONE = PROGRAM_DONE,
	DESK_NO = PROGRAM_NO,
	DESK_USAGE = PROGRAM_USAGE,
	DESK_AGAIN = PROGRAM_AGAIN,
	DESK_CONFIG = PROGRAM_CONFIG,
	DESK_BROKEN = PROGRAM_BROKEN,
};

// Options, most with a value; every command also takes --json and --help.
enum desk_option {
	DESK_SETTINGS,   // -c FILE: settings of knooppuntd
	DESK_KEY,        // --key DIR: key folder of a role
	DESK_ACT,        // --act FILE: an act signed elsewhere
	DESK_UNLOCK,     // --unlock-file FILE
	DESK_PASSPHRASE, // --passphrase-file FILE
	DESK_VKEY,       // --vkey FILE
	DESK_LAST,       // --last FILE
	DESK_GENESIS,    // --genesis FILE
	DESK_STATE,      // --state FILE
	DESK_POLICY,     // --policy FILE
	DESK_WHOLE,      // --whole: without a value
	DESK_ONLINE,     // --online: without a value
	DESK_SOURCE,     // --source URN
	DESK_OUT,        // --out FILE
	DESK_ALLES,      // --alles: without a value
	DESK_BUREAU,     // --bureau FILE: settings of the privacybureau, as a client
	DESK_MEDEWERKER, // --medewerker REFERENCE
	DESK_ZAAK,       // --zaak REFERENCE
	DESK_OPTIONS,
};
#define DESK_OPTION(option) (1u << (option))
// What a command that signs an act takes.
#define DESK_SIGNING                                                                               \
	(DESK_OPTION(DESK_SETTINGS) | DESK_OPTION(DESK_KEY) | DESK_OPTION(DESK_ACT) |              \
	 DESK_OPTION(DESK_UNLOCK) | DESK_OPTION(DESK_PASSPHRASE))

struct client;
struct desk;

struct desk_command {
	const char *words;             // "partner add": one or two words
	const char *arguments;         // as the help shows them
	const char *help;              // one sentence
	unsigned min, max;             // arguments after the words
	unsigned options;              // DESK_OPTION bits it takes
	int (*run)(struct desk *desk); // returns an exit code
};

struct desk_program {
	const char *name, *purpose;
	const struct desk_command *commands;
	size_t count;
};

// One call of a program.
struct desk {
	const struct desk_program *program;
	const struct desk_command *command;
	const char *arguments[DESK_ARGUMENTS_MAX]; // those given after the words, else NULL
	unsigned argument_count;
	const char *values[DESK_OPTIONS]; // NULL when not given; the settings have a default
	const char *object_file; // NULL, or the file the daemon is asked about: it names it
	bool json;
	bool settings_given;              // with -c
	bool oefening;                    // the log says so: every line and the text do too
	bool unprinted;                   // standard output refused something
	struct client *bureau;            // NULL until something was asked through the gate
	void (*leave)(struct desk *desk); // NULL, or what ends that
};

// The whole of main(): reads the command line, runs the command, gives the exit code.
int desk_main(const struct desk_program *program, int argc, char **argv);

// One line of JSON: an object that is open between the two calls.
struct desk_line {
	struct buffer buffer;
	struct json_out out;
};
void desk_line_begin(struct desk_line *line);
void desk_line_end(struct desk *desk, struct desk_line *line);

// Text for people; nothing with --json.
void desk_say(const struct desk *desk, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
// Text for people that ends with a command to copy: "<program> [-c FILE] <rest>", with the settings
// that this call was given. The format is that of the rest.
void desk_say_command(const struct desk *desk, const char *program, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
// The log is that of an oefening: from here on every line says so, and the text once.
void desk_oefening(struct desk *desk);
// "key" is how people call the identity key of a bundle: its id in 16 hexadecimal digits, which the
// partner reads aloud from its own.
#define DESK_KEY_TEXT 17
void desk_key_text(const uint8_t identity[32], char ret_text[DESK_KEY_TEXT]);
// Tells an error, as JSON or to people, and returns `exit_code`.
int desk_fail(struct desk *desk, const struct problem *problem, int exit_code);
// The same for a wrong command line: 2.
int desk_misused(struct desk *desk, const char *format, ...) __attribute__((format(printf, 2, 3)));
// The same for an argument that is not one of the names there are: says what was probably meant,
// and which there are. `what` follows "… is".
struct desk_names {
	const char *plural;
	const char *(*at)(const void *context, size_t n); // NULL past the end
	const void *context;
};
int desk_no_such_name(struct desk *desk, const struct desk_names *names, const char *text,
		      const char *what);
// Reads a whole file of at most `ceiling` bytes into an initialised buffer; 0, or the exit code
// after telling what was wrong.
int desk_read_file(struct desk *desk, const char *path, size_t ceiling, struct buffer *ret_buffer);

#endif
