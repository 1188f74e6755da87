// SPDX-License-Identifier: EUPL-1.2
// knooppuntd init: keys, store, keystore, guard and genesis of a new log. Genesis is for good: who
// the house is, its log key, its first officer, deputy and beheerder, and whether it is an
// oefening.
#include "core/core.h"

#include "base/clock.h"
#include "base/file.h"
#include "crypto/secret.h"
#include "parent/confine.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROLES_MAX 16
#define BUNDLE_FILE_MAX 65536
#define KEYS 4
#define PATH_LEN 400

struct init {
	const char *folder, *settings_file, *origin, *naam;
	const char *role_files[ROLES_MAX];
	struct buffer roles[ROLES_MAX];
	size_t role_count;
	struct oin oin;
	bool oefening;
	bool lacks_users; // that root should become: `users` names them
	char users[3 * SETTING_USER_MAX + 16];
	struct settings settings;
	struct core_paths paths;
	struct private_key keys[KEYS]; // log, send, receive, transport
	struct hash fingerprint;       // leaf hash of genesis
	struct problem problem;
};

static enum result init_fail(struct init *init, enum result result, enum reason reason,
			     const char *file, const char *what)
{
	if (init->problem.code)
		return result;
	problem_set_file(&init->problem, file ? file : "");
	problem_set(&init->problem, reason_code(reason), reason_fix(reason), "%s (%s)", what,
		    result_name(result));
	return result;
}

static const char usage[] =
	"usage: knooppuntd [-c FILE] init [DIR] --origin NAME --oin OIN --naam NAME\n"
	"                  --role BUNDLE --role BUNDLE --role BUNDLE [--oefening]\n"
	"  DIR gets knooppunt.yaml, keys/ and data/; with -c FILE the folders are those it names.\n"
	"  The three roles are privacy-officer, privacy-officer-plv and beheerder of the house.\n"
	"  fingerprint=… in what it prints belongs in the paper convenant; partners get the files\n"
	"  genesis and log.vkey of the data folder. Copy the code tables to DIR/codes yourself.\n";

// What is wrong with the call, before the usage.
__attribute__((format(printf, 1, 2))) static enum result misused(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fputs("knooppuntd: init: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	return RESULT_MALFORMED;
}

static enum result check_arguments(const struct init *init, const char *oin)
{
	if (!init->folder && !init->settings_file)
		return misused("name the DIR to make, or the settings with -c FILE");
	if (!init->origin)
		return misused(
			"--origin is missing: the name of the log, as knooppunt.example/log");
	if (!origin_is_valid(init->origin))
		return misused("--origin %s is no name of a log: a host name, a slash and a name, "
			       "without spaces or +, as knooppunt.example/log",
			       init->origin);
	if (!oin)
		return misused("--oin is missing: the OIN of the house, 20 digits");
	if (!init->naam || !init->naam[0])
		return misused("--naam is missing: the name of the house");
	if (init->role_count < 3)
		return misused("%zu of at least 3 bundles are given with --role: those of "
			       "privacy-officer, privacy-officer-plv and beheerder",
			       init->role_count);
	return RESULT_OK;
}

static bool take_option(struct init *init, int option, const char **oin)
{
	if (option == 'o')
		init->origin = optarg;
	else if (option == 'i')
		*oin = optarg;
	else if (option == 'n')
		init->naam = optarg;
	else if (option == 'r' && init->role_count < ROLES_MAX)
		init->role_files[init->role_count++] = optarg;
	else if (option == 'e')
		init->oefening = true;
	else
		return false; // getopt said which
	return true;
}

static enum result parse_arguments(struct init *init, int argc, char **argv)
{
	static const struct option options[] = {
		{"origin", required_argument, NULL, 'o'}, {"oin", required_argument, NULL, 'i'},
		{"naam", required_argument, NULL, 'n'},   {"role", required_argument, NULL, 'r'},
		{"oefening", no_argument, NULL, 'e'},     {NULL, 0, NULL, 0}};
	const char *oin = NULL;
	int option;
	optind = 0; // begin anew: main() read the line before the subcommand in another mode
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (!take_option(init, option, &oin))
			return option == 'r'
				       ? misused("--role is given more than %d times", ROLES_MAX)
				       : RESULT_MALFORMED;
	}
	if (optind < argc)
		init->folder = argv[optind++];
	if (optind < argc)
		return misused("\"%s\" is one argument too many: one DIR is made", argv[optind]);
	enum result r = check_arguments(init, oin);
	if (r)
		return r;
	if (oin_parse(bytes_of_text(oin), &init->oin) != RESULT_OK)
		return misused("--oin %s is no OIN: it has 20 digits", oin);
	return RESULT_OK;
}

#define SETTINGS_TEXT                                                                              \
	"# Settings of knooppuntd; all options: knooppunt.example.yaml. Paths from this folder.\n" \
	"data: data\n"                                                                             \
	"keys: keys\n"                                                                             \
	"unlock_file: unlock.key\n"                                                                \
	"codes: codes\n"                                                                           \
	"control: control.sock\n"                                                                  \
	"endpoint: tcp://127.0.0.1:7477\n"
// A kernel without Landlock or seccomp.
#define SETTINGS_WEAKER                                                                            \
	"# The machine on which this log was made lacks part of the sandbox: Landlock or "         \
	"seccomp.\n"                                                                               \
	"# Remove this line where it runs for real.\n"                                             \
	"sandbox: best-effort\n"

// Root without the users it should become: which, and what to do.
static void append_users(const struct init *init, const char *names, struct buffer *out)
{
	char commands[600];
	confine_folder_commands(&init->settings, commands, sizeof commands);
	buffer_append_format(out,
			     "# Where this log was made these users were not there: %s.\n"
			     "# Make them (" CONFINE_MAKE_USERS " NAME for each),\n"
			     "# then give core its folder and remove the line below:\n"
			     "#   %s\n"
			     "sandbox: best-effort\n",
			     names, commands);
}

static enum result write_settings(struct init *init)
{
	struct buffer text;
	enum result r = file_create(init->settings_file, bytes_of_text(SETTINGS_TEXT), 0600);
	if (!r)
		r = settings_read(init->settings_file, &init->settings, &init->problem);
	if (r || confine_is_possible(&init->settings))
		return r;
	buffer_init(&text, 4096);
	buffer_append_text(&text, SETTINGS_TEXT);
	init->lacks_users = confine_lacks_users(&init->settings, init->users, sizeof init->users);
	if (init->lacks_users)
		append_users(init, init->users, &text);
	else
		buffer_append_text(&text, SETTINGS_WEAKER);
	r = text.status;
	if (!r)
		r = file_replace(init->settings_file, buffer_view(&text), 0600);
	buffer_done(&text);
	return r;
}

// A folder without settings gets a file that says where everything is.
static enum result make_settings(struct init *init)
{
	static char path[300];
	if (init->settings_file)
		return RESULT_OK;
	snprintf(path, sizeof path, "%s/knooppunt.yaml", init->folder);
	init->settings_file = path;
	if (access(path, F_OK) == 0)
		return RESULT_OK;
	enum result r = folder_ensure(init->folder);
	return r ? r : write_settings(init);
}

static enum result read_roles(struct init *init)
{
	static const char *const needed[] = {FUNCTIE_OFFICER, FUNCTIE_OFFICER_DEPUTY,
					     FUNCTIE_BEHEERDER};
	bool found[3] = {false};
	for (size_t i = 0; i < init->role_count; i++) {
		struct bundle bundle;
		buffer_init(&init->roles[i], BUNDLE_FILE_MAX);
		enum result r = file_read(init->role_files[i], BUNDLE_FILE_MAX, &init->roles[i]);
		if (!r)
			r = bundle_decode(buffer_view(&init->roles[i]), NULL, &bundle,
					  &init->problem);
		if (r)
			return init_fail(init, r, REASON_FILE_MISSING, init->role_files[i],
					 "the bundle of a role cannot be used");
		for (size_t n = 0; n < 3; n++)
			for (size_t f = 0; f < bundle.functie_count; f++)
				found[n] |= strcmp(bundle.functies[f], needed[n]) == 0;
	}
	for (size_t n = 0; n < 3; n++)
		if (!found[n]) {
			problem_set(&init->problem, reason_code(REASON_MISSING_KEYWORD),
				    "give a bundle of this role with --role",
				    "no bundle holds the functie %s", needed[n]);
			return RESULT_CONFIG;
		}
	return RESULT_OK;
}

static enum result make_keys(struct init *init)
{
	static const struct {
		const char *name;
		enum key_kind kind;
	} keys[KEYS] = {{"log", KEY_KIND_LOG},
			{"send", KEY_KIND_SEALING},
			{"receive", KEY_KIND_SEALING},
			{"transport", KEY_KIND_TRANSPORT}};
	struct unlock unlock = {.key_file = init->settings.unlock_file};
	enum result r = unlock_file_create(init->settings.unlock_file);
	if (r == RESULT_EXISTS)
		r = RESULT_OK;
	if (!r)
		r = folder_ensure(init->settings.keys);
	for (size_t i = 0; !r && i < KEYS; i++)
		r = keyfile_create(
			&(const struct keyfile){init->settings.keys, keys[i].name, keys[i].kind},
			&unlock, &init->keys[i]);
	return r ? init_fail(init, r, r == RESULT_EXISTS ? REASON_EXISTS : REASON_IO,
			     init->settings.keys, "the keys cannot be made")
		 : RESULT_OK;
}

static enum result genesis_part(struct init *init, int64_t now, struct buffer *out)
{
	struct bytes roles[ROLES_MAX];
	for (size_t i = 0; i < init->role_count; i++)
		roles[i] = buffer_view(&init->roles[i]);
	struct part part = {.kind = PART_REGISTER,
			    .registerdeel = {.soort = REGISTER_GENESIS,
					     .genesis = {.origin = bytes_of_text(init->origin),
							 .oin = bytes_of_text(init->oin.text),
							 .naam = bytes_of_text(init->naam),
							 .rollen = roles,
							 .rol_count = init->role_count,
							 .oefening = init->oefening,
							 .created = (uint64_t)now}}};
	struct genesis *g = &part.registerdeel.genesis;
	memcpy(g->log_key, init->keys[0].public_key, 32);
	memcpy(g->send_key, init->keys[1].public_key, 32);
	memcpy(g->receive_key, init->keys[2].public_key, 32);
	memcpy(g->transport_key, init->keys[3].public_key, 32);
	// Fold it as every client will: what they would refuse must not be written.
	struct registry registry = {0};
	struct register_leaf leaf = {.index = 0, .part = &part.registerdeel};
	struct register_source source = {.problem = &init->problem};
	enum result r = register_fold(&registry, &leaf, source);
	register_done(&registry);
	return r ? r : part_encode(&part, out);
}

static enum result write_log(struct init *init, const struct genesis_file *genesis)
{
	struct bytes part = genesis->part;
	struct stored_parts stored = {.parts = &part, .count = 1};
	struct keystore *keystore = NULL;
	struct journal *journal = NULL;
	struct buffer encoded;
	memcpy(stored.seed, genesis->seed, sizeof stored.seed);
	buffer_init(&encoded, 1024 * 1024);
	size_t map = (size_t)init->settings.map_log_mib << 20;
	enum result r = keystore_create(init->paths.keystore);
	if (!r)
		r = keystore_open(init->paths.keystore, &keystore);
	if (!r)
		r = keystore_fill_ahead(keystore, KEYSTORE_FIRST_FREE);
	if (!r)
		r = journal_create(init->paths.log, map);
	if (!r)
		r = journal_open(init->paths.log, map, keystore, false, &journal);
	if (!r)
		r = stored_parts_encode(&stored, &encoded);
	struct journal_item item = {.parts = buffer_view(&encoded),
				    .slot_parts = KEYSTORE_SLOT_SYSTEM};
	memcpy(item.entry, genesis->entry, ENTRY_LEN);
	if (!r)
		r = journal_append(journal, 0, &item, 1);
	journal_close(journal);
	keystore_close(keystore);
	buffer_done(&encoded);
	return r;
}

static enum result write_guard(struct init *init, const struct genesis_file *genesis)
{
	struct checkpoint checkpoint = {.size = 1,
					.root = tree_leaf(bytes_make(genesis->entry, ENTRY_LEN))};
	struct vkey vkey;
	struct buffer note;
	snprintf(checkpoint.origin, sizeof checkpoint.origin, "%s", init->origin);
	buffer_init(&note, CHECKPOINT_MAX);
	enum result r = vkey_make(init->origin, init->keys[0].public_key, &vkey);
	if (!r)
		r = checkpoint_sign(&checkpoint, &vkey, init->keys[0].secret, &note);
	if (!r)
		r = guard_create(init->paths.guard, buffer_view(&note));
	buffer_done(&note);
	return r;
}

static enum result vkey_text(const struct init *init, char ret_text[VKEY_MAX])
{
	struct vkey vkey;
	enum result r = vkey_make(init->origin, init->keys[0].public_key, &vkey);
	if (!r)
		vkey_format(ret_text, &vkey);
	return r;
}

// For whoever verifies the log: the house hands it out, beside genesis.
static enum result write_vkey(const struct init *init)
{
	char path[PATH_LEN], text[VKEY_MAX + 1];
	snprintf(path, sizeof path, "%s/log.vkey", init->settings.data);
	enum result r = vkey_text(init, text);
	if (r)
		return r;
	size_t len = strlen(text);
	text[len] = '\n';
	return file_create(path, bytes_make(text, len + 1), 0644);
}

static enum result make_genesis(const struct buffer *part, int64_t now,
				struct genesis_file *ret_genesis)
{
	struct vector vector;
	struct bytes value = buffer_view(part);
	struct entry entry = {.class = ENTRY_GENESIS, .time = (uint64_t)now};
	ret_genesis->part = value;
	random_bytes(ret_genesis->seed, sizeof ret_genesis->seed);
	enum result r = vector_make(VECTOR_PARTS_LABEL, VECTOR_PARTS, ret_genesis->seed, &value, 1,
				    &vector);
	if (r)
		return r;
	entry.parts_root = vector_root(&vector);
	entry_encode(ret_genesis->entry, &entry);
	return RESULT_OK;
}

static enum result make_log(struct init *init)
{
	int64_t now = clock_wall_ms();
	struct genesis_file genesis;
	struct buffer part, file;
	buffer_init(&part, 1024 * 1024);
	buffer_init(&file, 1024 * 1024);
	enum result r = genesis_part(init, now, &part);
	if (!r)
		r = make_genesis(&part, now, &genesis);
	if (!r)
		r = folder_ensure(init->settings.data);
	// The rest is core's, and made as core.
	if (!r)
		r = confine_give_to_core(&init->settings, init->settings.data, init->folder);
	if (!r)
		r = confine_as_core(&init->settings);
	if (!r)
		r = write_log(init, &genesis);
	if (!r)
		r = write_guard(init, &genesis);
	if (!r)
		r = write_vkey(init);
	if (!r)
		r = genesis_file_encode(&genesis, &file);
	init->fingerprint = tree_leaf(bytes_make(genesis.entry, ENTRY_LEN));
	// Last: a folder with a genesis file is a whole one.
	if (!r)
		r = file_create(init->paths.genesis, buffer_view(&file), 0644);
	buffer_done(&part);
	buffer_done(&file);
	return r ? init_fail(init, r, r == RESULT_EXISTS ? REASON_EXISTS : REASON_IO,
			     init->settings.data, "the log cannot be made")
		 : RESULT_OK;
}

static enum result run_init(struct init *init)
{
	enum result r = read_roles(init);
	if (!r)
		r = make_settings(init);
	if (!r)
		r = settings_read(init->settings_file, &init->settings, &init->problem);
	if (r)
		return r;
	core_paths(&init->settings, &init->paths);
	if (access(init->paths.genesis, F_OK) == 0)
		return init_fail(init, RESULT_EXISTS, REASON_EXISTS, init->paths.genesis,
				 "there is a log in this folder already");
	r = make_keys(init);
	return r ? r : make_log(init);
}

static void report(const struct init *init)
{
	char text[VKEY_MAX], fingerprint[65];
	if (vkey_text(init, text))
		return;
	hex_encode(fingerprint, bytes_of_hash(&init->fingerprint));
	printf("event=initialised log=%s genesis=%s fingerprint=%s%s\n", text, init->paths.genesis,
	       fingerprint, init->oefening ? " oefening=yes" : "");
	if (init->lacks_users)
		fprintf(stderr,
			"knooppuntd: root has no users for gate, openers and core; not there: %s. "
			"%s says \"sandbox: best-effort\" therefore, and what to do.\n",
			init->users, init->settings_file);
}

int init_main(const char *settings_file, int argc, char **argv)
{
	struct init *init = calloc(1, sizeof *init);
	if (!init)
		return result_exit_code(RESULT_NO_MEMORY);
	init->settings_file = settings_file;
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		fputs(usage, stdout);
		free(init);
		return 0;
	}
	if (parse_arguments(init, argc, argv)) {
		fputs(usage, stderr);
		free(init);
		return 2;
	}
	enum result r = crypto_start();
	if (!r)
		r = run_init(init);
	if (!r)
		report(init);
	else
		fprintf(stderr, "knooppuntd: %s: %s: %s. %s\n", init->problem.file,
			init->problem.code ? init->problem.code : "io", init->problem.message,
			init->problem.fix);
	for (size_t i = 0; i < KEYS; i++)
		private_key_done(&init->keys[i]);
	for (size_t i = 0; i < init->role_count; i++)
		buffer_done(&init->roles[i]);
	free(init);
	return r ? (r == RESULT_IO ? 5 : 4) : 0;
}
