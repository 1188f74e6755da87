// SPDX-License-Identifier: EUPL-1.2
// The frame of the program `knooppunt`: a table of commands, their options, and how outcomes are
// told (design §13). With --json every outcome is one JSON object a line on standard output, errors
// too; text for people goes to standard error.
#ifndef KNP_KNOOPPUNT_CLI_H
#define KNP_KNOOPPUNT_CLI_H

#include "base/json_out.h"
#include "lib/client.h"
#include "json/melding_json.h"

// Where it looks when -c is not given.
#define CLI_STANDARD_FILE KNP_CONF_DIR "/client.yaml"

enum cli_exit {
	CLI_DONE = PROGRAM_DONE,
	CLI_NO = PROGRAM_NO,
	CLI_USAGE = PROGRAM_USAGE,
	CLI_AGAIN = PROGRAM_AGAIN,
	CLI_CONFIG = PROGRAM_CONFIG,
	CLI_BROKEN = PROGRAM_BROKEN,
	CLI_NIETS = 10,         // of context and ask: nothing may be told
	CLI_IDENTIFICATIE = 11, // more identification is needed
};

enum cli_option {
	CLI_SETTINGS,
	CLI_UNLOCK,
	CLI_PASSPHRASE,
	CLI_ROLE,
	CLI_OIN,
	CLI_NAAM,
	CLI_SOORT,
	CLI_FUNCTIE, // may be given more often
	CLI_GENESIS,
	CLI_OUT,
	CLI_WAIT,   // "", or at most so many seconds
	CLI_WAIT_S, // the same name with a value, of another command
	CLI_MAX,
	CLI_FIRST,
	CLI_RECEIVE,
	CLI_SEND,
	CLI_TRANSPORT,
	CLI_ENDPOINT,
	CLI_KEYS,
	CLI_CHECKPOINT,
	CLI_REGISTER,
	CLI_REGEL,
	CLI_BETROKKENE,
	CLI_UITKOMST,
	CLI_MEDEWERKER,
	CLI_MOTIVERING,
	CLI_MOTIVERING_FILE,
	CLI_OVERLEG,
	CLI_ANTWOORD,
	CLI_GROND,
	CLI_GEVER,
	CLI_LEEFTIJDSBAND,
	CLI_VORM,
	CLI_DOEL,
	CLI_BRON,
	CLI_ONTVANGER,
	CLI_FUNCTIE_OF, // of the ontvanger; the same name, of another command
	CLI_RUBRIEK,
	CLI_VAN,
	CLI_TOT,
	CLI_MINUTEN,
	CLI_ZAAK,
	CLI_NAMENS,
	CLI_IDENTITEIT,
	CLI_BEVOEGDHEID,
	CLI_CORRECTIE,
	CLI_RECHTZETTING,
	CLI_NAAR,
	CLI_ZITTING,
	CLI_AANWEZIG, // may be given more often
	CLI_CHECK,
	CLI_BETROKKEN,
	CLI_TELEFOON,
	CLI_BEREIKBAAR,
	CLI_OPTIONS,
};
#define CLI_AANWEZIGEN_MAX 64
#define CLI_OPTION(option) (UINT64_C(1) << (option))

struct cli;
struct cli_command {
	const char *name, *arguments, *help;
	int min, max;                // arguments, max -1: any number
	uint64_t options;            // CLI_OPTION bits
	int (*run)(struct cli *cli); // returns an exit code
};

struct cli {
	const struct cli_command *command;
	const char *values[CLI_OPTIONS]; // NULL when not given; "" for an option without a value
	const char *functies[FUNCTIES_MAX];
	size_t functie_count;
	const char *aanwezigen[CLI_AANWEZIGEN_MAX];
	size_t aanwezig_count;
	char **arguments;
	int argument_count;
	bool json;
	bool unprinted; // standard output refused something
	// Why something stays in the outbox after cli_send; no code when nobody knows.
	struct problem kept;
	int64_t timeout_ms; // of the settings, once they were read
};

// The whole of main().
int cli_main(const struct cli_command *commands, size_t count, int argc, char **argv);

// ---- telling -----------------------------------------------------------------------------------

// One JSON object a line, open between the two calls. It is written whole or, when it does not fit
// or cannot be printed, not at all: then false.
struct cli_line {
	struct buffer buffer;
	struct json_out out;
};
void cli_line_begin(struct cli_line *line);
bool cli_line_end(struct cli *cli, struct cli_line *line);
// Text for people, of which at most 25 lines are shown; what is beyond them is said to be there
// (lines.c).
struct cli_lines {
	struct cli *cli;
	size_t count;
};
void cli_lines_text(struct cli_lines *lines, const char *text);
void cli_lines_rubriek(struct cli_lines *lines, const struct rubriek *rubriek);
// Flushes standard output, to the disk where it is a file. False when something did not get out.
bool cli_flush(struct cli *cli);

// Text for people; nothing with --json.
void cli_say(const struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
// Tells an error and returns `exit_code`.
int cli_fail(struct cli *cli, const struct problem *problem, int exit_code);
int cli_fail_reason(struct cli *cli, enum reason reason, int exit_code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
int cli_misused(struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *cli_option_name(int option); // "--out"
// The heavier of two exit codes: 5, 4, 2, 1, 3, 0.
int cli_worse(int a, int b);

// ---- shared by commands ------------------------------------------------------------------------

// Settings of -c and the client they describe. 0, or the exit code after telling what was wrong.
int cli_settings(struct cli *cli, struct client_settings *ret_settings);
// "adapters" of an object that is open: what lies where of each instance of knooppunt-adapter that
// works with this spool. RESULT_DAMAGED, RESULT_IO.
enum result cli_write_adapters(struct json_out *out, const char *spool) KNP_MUST_CHECK;
enum result cli_say_adapters(struct cli *cli, const char *spool) KNP_MUST_CHECK;
int cli_client(struct cli *cli, struct client **ret_client);
// The same with a timeout that is at most this.
int cli_client_within(struct cli *cli, int64_t timeout_ms, struct client **ret_client);
// The same with settings that were read; *ret_client is NULL when another program works with the
// spool.
int cli_client_unless_used(struct cli *cli, int64_t timeout_ms, struct client_settings *settings,
			   struct client **ret_client);
// Exit code of a failed call on the client, after telling its problem.
int cli_client_failed(struct cli *cli, const struct client *client, enum result result);
// Sends what is in the outbox; with --wait again and again until `is_done`, for as long as its
// value says, else until three timeouts of the settings pass without an outcome. 0 when it is done
// or nothing is left, 3 when something is left, else the exit code after telling what was wrong.
int cli_send(struct cli *cli, struct client *client, bool (*is_done)(void *context), void *context);
// Ends a command that spoke to the knooppunt: closes the client, after a word to people when its
// log stands still or when our keys changed.
void cli_client_done(const struct cli *cli, struct client *client);
// A word to people about keys that changed.
void cli_say_keys(const struct cli *cli, const struct client *client);
// Prints the status of an item as `push` does; the exit code it stands for.
int cli_print_item(struct cli *cli, struct client *client, const char *id);

// For which functies (functies.c). 0, or the exit code after telling what was wrong.
struct cli_functies {
	char names[FUNCTIES_MAX][FUNCTIE_MAX + 1];
	size_t count;
};
int cli_find_functies(struct cli *cli, struct client *client, struct cli_functies *ret_functies);
// Where `attendeer` remembers how attenderingen go, below the spool (attendeer.c).
#define CLI_ATTENDERING_PATH 300
void cli_attendering_path(const char *spool, char ret_path[CLI_ATTENDERING_PATH]);
// A decimal number without sign; false for anything else.
bool cli_number(const char *text, uint64_t max, uint64_t *ret_number);
// Reads a file of at most `ceiling` bytes into an initialised buffer. 0, or the exit code.
int cli_read(struct cli *cli, const char *path, size_t ceiling, struct buffer *ret_buffer);
// How the keys of a folder are unlocked: --unlock-file, --passphrase-file or <folder>/unlock.key.
struct cli_unlock {
	struct unlock unlock;
	struct buffer passphrase;
	char path[400];
};
int cli_unlock_find(struct cli *cli, const char *folder, struct cli_unlock *ret_unlock);
void cli_unlock_done(struct cli_unlock *unlock);

// ---- commands ----------------------------------------------------------------------------------

int cli_keygen(struct cli *cli);
int cli_bundle(struct cli *cli);
int cli_rotate(struct cli *cli);
int cli_push(struct cli *cli);
int cli_fetch(struct cli *cli);
int cli_attendeer(struct cli *cli);
int cli_open(struct cli *cli);
int cli_agenda(struct cli *cli);
int cli_scherm(struct cli *cli);
int cli_status(struct cli *cli);
int cli_onboard(struct cli *cli);
int cli_admission(struct cli *cli);
int cli_act(struct cli *cli);
int cli_weging(struct cli *cli);
int cli_uitkomst(struct cli *cli);
int cli_overdracht(struct cli *cli);
int cli_nood(struct cli *cli);
int cli_noodtoets(struct cli *cli);
int cli_screening(struct cli *cli);
int cli_correctie(struct cli *cli);
int cli_opvolging(struct cli *cli);
int cli_informeren(struct cli *cli);
int cli_volgen(struct cli *cli);
int cli_toestemming(struct cli *cli);
int cli_intrekking(struct cli *cli);
int cli_verzoek(struct cli *cli);
int cli_afhandeling(struct cli *cli);
int cli_casus(struct cli *cli);
int cli_regie(struct cli *cli);
int cli_casusstand(struct cli *cli);
int cli_advies(struct cli *cli);
int cli_terugkoppeling(struct cli *cli);
int cli_context(struct cli *cli);
int cli_ask(struct cli *cli);
int cli_bekend(struct cli *cli);
int cli_verrijking_intrekking(struct cli *cli);

// A statement with velden: into the outbox, out, and how it stands (uitspraak.c).
struct cli_statement {
	uint32_t type;
	const struct veld *velden;
	size_t count;
};
int cli_say_statement(struct cli *cli, const struct cli_statement *statement);
// Such a statement out of a JSON file (dossier.c), on an arena that the caller frees; NULL when
// nothing was made.
int cli_read_statement(struct cli *cli, uint32_t type, struct arena **ret_arena,
		       struct velden_file *ret_file);

// The bundle of a key folder: its own keys, proven, with naam, soort and functies of the options
// (keys.c). Written to <folder>/bundle.knp and --out.
int cli_write_bundle(struct cli *cli, const char *folder, const struct unlock *unlock);
// The knooppunt's public send key, from the file of --genesis: to it a partner proves that it holds
// its X25519 keys.
int cli_read_send_key(struct cli *cli, uint8_t ret_send[32]);
// A key of the knooppunt that was given with CLI_RECEIVE, CLI_SEND or CLI_TRANSPORT.
int cli_read_key(struct cli *cli, enum cli_option option, uint8_t ret_key[32]);
// Tells that the bundle with this identity key lies there, and what to do with it.
int cli_tell_bundle(struct cli *cli, const char *path, const struct key_id *identity);
// Writes a bundle; tells when it cannot.
int cli_write_bundle_file(struct cli *cli, const char *path, const struct buffer *wire);

#endif
