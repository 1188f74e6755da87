// SPDX-License-Identifier: EUPL-1.2
// act: signs a change of the register with a role key, on a machine that need not reach the daemon.
// `knooppuntctl … --act FILE` and `knooppunt-audit approve --act FILE` carry it there.
#include "knooppunt/cli.h"

#include "base/clock.h"
#include "base/file.h"
#include "register/acceptatie.h"
#include "register/einde.h"
#include "register/herstel.h"
#include "register/huissleutel.h"
#include "register/stop.h"

#include <stdio.h>
#include <string.h>

#define OBJECT_MAX (4 * 1024 * 1024)
#define GENESIS_MAX (1024 * 1024)
#define ACT_ARENA (8 * 1024 * 1024)
#define PATH_LEN 400

struct act {
	struct cli *cli;
	const char *soort;
	struct hash object;
	struct private_key key;
	struct oin signer;
	struct registry registry; // genesis, and what --register shows
	struct head head;
};

static int fail_at(struct act *act, const char *path, enum reason reason, const char *message)
{
	struct problem problem = {.code = NULL};
	problem_set_file(&problem, path);
	problem_set(&problem, reason_code(reason), reason_fix(reason), "%s", message);
	return cli_fail(act->cli, &problem, CLI_CONFIG);
}

// ---- what is signed ----------------------------------------------------------------------------

static const char *const soorten[] = {
	"partner",        "intrekking", "convenant",       CONVENANT_EINDE_SOORT,
	WISSING_SOORT,    STOP_SOORT,   HUISSLEUTEL_SOORT, HUISSLEUTEL_EINDE_SOORT,
	ACCEPTATIE_SOORT, HERSTEL_SOORT};

static int choose_soort(struct act *act)
{
	const char *name = act->cli->values[CLI_SOORT];
	for (size_t i = 0; name && i < sizeof soorten / sizeof soorten[0]; i++) {
		if (strcmp(soorten[i], name) == 0) {
			act->soort = soorten[i];
			return CLI_DONE;
		}
	}
	return cli_misused(act->cli, "--soort is partner, intrekking, convenant, convenant-einde, "
				     "wissing, vernietigingsstop, codes-acceptatie, "
				     "huissleutel, huissleutel-einde or herstel");
}

static bool is_soort(const struct act *act, const char *soort)
{
	return strcmp(act->soort, soort) == 0;
}

// An intrekking names a key: 16 hex digits, or the identity key of a bundle.
static int object_of_key(struct act *act, const char *argument)
{
	struct key_id id;
	struct buffer wire;
	struct bundle bundle;
	struct problem problem = {.code = NULL};
	int code = CLI_DONE;
	buffer_init(&wire, OBJECT_MAX);
	if (hex_decode(id.b, sizeof id.b, bytes_of_text(argument)) != RESULT_OK) {
		code = cli_read(act->cli, argument, OBJECT_MAX, &wire);
		problem_set_file(&problem, argument);
		if (code == CLI_DONE &&
		    bundle_decode(buffer_view(&wire), NULL, &bundle, &problem) != RESULT_OK)
			code = cli_fail(act->cli, &problem, CLI_CONFIG);
		else if (code == CLI_DONE)
			id = key_id_of(KEY_KIND_IDENTITY, bundle.identity);
	}
	buffer_done(&wire);
	if (code == CLI_DONE)
		act->object = sha256(bytes_make(id.b, sizeof id.b));
	return code;
}

static bool is_wissing(struct bytes text)
{
	struct wissing_opdracht read;
	return wissing_opdracht_read(text, &read) == RESULT_OK;
}

static bool is_stop(struct bytes text)
{
	struct stop_opdracht read;
	return stop_opdracht_read(text, &read) == RESULT_OK;
}

static bool is_acceptatie(struct bytes text)
{
	struct acceptatie read;
	return acceptatie_read(text, &read) == RESULT_OK;
}

static bool is_convenant_einde(struct bytes text)
{
	struct convenant_einde read;
	return convenant_einde_read(text, &read) == RESULT_OK;
}

static bool is_huissleutel(struct bytes text)
{
	struct huissleutel read;
	return huissleutel_read(text, &read) == RESULT_OK && !read.einde;
}

static bool is_huissleutel_einde(struct bytes text)
{
	struct huissleutel read;
	return huissleutel_read(text, &read) == RESULT_OK && read.einde;
}

static bool is_herstel(struct bytes text)
{
	struct herstel read;
	return herstel_read(text, &read) == RESULT_OK;
}

static const struct text_row {
	const char *soort;
	bool (*is)(struct bytes text);
	const char *wrong;
} text_rows[] = {
	{WISSING_SOORT, is_wissing,
	 "this is no order to erase, as knooppunt-audit erase --out writes it"},
	{STOP_SOORT, is_stop,
	 "this is no vernietigingsstop nor its end, as knooppunt-audit approve shows it"},
	{ACCEPTATIE_SOORT, is_acceptatie,
	 "this is no acceptatie of codes, as knooppunt-audit approve shows it"},
	{CONVENANT_EINDE_SOORT, is_convenant_einde,
	 "this is no end of a convenant, as knooppunt-audit approve shows it"},
	{HUISSLEUTEL_SOORT, is_huissleutel,
	 "this is no key of the knooppunt, as knooppuntd rotate writes it"},
	{HUISSLEUTEL_EINDE_SOORT, is_huissleutel_einde,
	 "this is no end of a key of the knooppunt, as knooppuntd rotate writes it"},
	{HERSTEL_SOORT, is_herstel,
	 "this is no herstel, as knooppuntd restore --propose writes it"},
};

// What is signed can be read, and is a text of this very form; of other soorten it is no text.
static int check_text(struct act *act, const char *path, struct bytes text)
{
	for (size_t i = 0; i < sizeof text_rows / sizeof text_rows[0]; i++) {
		const struct text_row *row = &text_rows[i];
		if (!is_soort(act, row->soort))
			continue;
		if (!row->is(text))
			return fail_at(act, path, REASON_MALFORMED, row->wrong);
		cli_say(act->cli, "%.*s", (int)text.len, (const char *)text.data);
	}
	return CLI_DONE;
}

static int object_of_file(struct act *act, const char *path)
{
	struct buffer wire;
	struct bundle bundle;
	struct problem problem = {.code = NULL};
	buffer_init(&wire, OBJECT_MAX);
	int code = cli_read(act->cli, path, OBJECT_MAX, &wire);
	problem_set_file(&problem, path);
	if (code == CLI_DONE && is_soort(act, "partner") &&
	    bundle_decode(buffer_view(&wire), NULL, &bundle, &problem) != RESULT_OK)
		code = cli_fail(act->cli, &problem, CLI_CONFIG);
	if (code == CLI_DONE)
		code = check_text(act, path, buffer_view(&wire));
	if (code == CLI_DONE)
		act->object = sha256(buffer_view(&wire));
	buffer_done(&wire);
	return code;
}

// ---- who signs, and for which log --------------------------------------------------------------

static int open_role(struct act *act)
{
	const char *folder = act->cli->values[CLI_KEYS];
	struct cli_unlock unlock;
	struct buffer wire;
	struct bundle bundle;
	struct problem problem = {.code = NULL};
	char path[PATH_LEN];
	int made = snprintf(path, sizeof path, "%s/bundle.knp", folder);
	if (made < 0 || (size_t)made >= sizeof path)
		return cli_misused(act->cli, "the path of --keys is too long");
	buffer_init(&wire, OBJECT_MAX);
	int code = cli_unlock_find(act->cli, folder, &unlock);
	if (code == CLI_DONE &&
	    keyfile_open(&(const struct keyfile){folder, "identity", KEY_KIND_IDENTITY},
			 &unlock.unlock, &act->key, &problem) != RESULT_OK)
		code = cli_fail(act->cli, &problem, CLI_CONFIG);
	if (code == CLI_DONE)
		code = cli_read(act->cli, path, OBJECT_MAX, &wire);
	if (code == CLI_DONE) {
		if (bundle_decode(buffer_view(&wire), NULL, &bundle, &problem) != RESULT_OK ||
		    memcmp(bundle.identity, act->key.public_key, 32) != 0)
			code = fail_at(act, path, REASON_UNKNOWN_KEY,
				       "the bundle is not that of identity.key beside it");
		else
			act->signer = bundle.oin;
	}
	cli_unlock_done(&unlock);
	buffer_done(&wire);
	return code;
}

static enum result fold_genesis(struct act *act, struct bytes wire, struct arena *arena)
{
	struct genesis_file file;
	struct part part;
	struct problem problem = {.code = NULL};
	enum result result = genesis_file_decode(wire, &file);
	if (result == RESULT_OK)
		result = part_decode(file.part, arena, &part);
	if (result == RESULT_OK && part.kind != PART_REGISTER)
		result = RESULT_MALFORMED;
	if (result != RESULT_OK)
		return result;
	struct register_leaf leaf = {.hash = tree_leaf(bytes_make(file.entry, sizeof file.entry)),
				     .part = &part.registerdeel};
	struct register_source source = {.problem = &problem};
	return register_fold(&act->registry, &leaf, source);
}

static int read_genesis(struct act *act)
{
	const char *path = act->cli->values[CLI_GENESIS];
	struct buffer wire;
	struct arena *arena;
	if (arena_new(ACT_ARENA, &arena) != RESULT_OK)
		return cli_fail_reason(act->cli, REASON_IO, CLI_BROKEN, "there is no memory");
	buffer_init(&wire, GENESIS_MAX);
	int code = cli_read(act->cli, path, GENESIS_MAX, &wire);
	if (code == CLI_DONE && fold_genesis(act, buffer_view(&wire), arena) != RESULT_OK)
		code = fail_at(act, path, REASON_DAMAGED, "this is no genesis file");
	buffer_done(&wire);
	arena_free(arena);
	return code;
}

// The leaves after genesis: where the log has another key since, the acts that brought it.
static int read_register(struct act *act)
{
	const char *path = act->cli->values[CLI_REGISTER];
	struct buffer wire;
	struct arena *arena;
	if (!path)
		return CLI_DONE;
	if (arena_new(REGISTER_SHOWN_ARENA, &arena) != RESULT_OK)
		return cli_fail_reason(act->cli, REASON_IO, CLI_BROKEN, "there is no memory");
	buffer_init(&wire, REGISTER_SHOWN_MAX);
	int code = cli_read(act->cli, path, REGISTER_SHOWN_MAX, &wire);
	if (code == CLI_DONE &&
	    register_read_shown(&act->registry, buffer_view(&wire), arena) != RESULT_OK)
		code = fail_at(act, path, REASON_NOT_PROVEN,
			       "this is no register of the log of genesis, as an export has it");
	buffer_done(&wire);
	arena_free(arena);
	return code;
}

static int read_checkpoint(struct act *act)
{
	static struct log_keys keys; // large, and there is one act
	const char *path = act->cli->values[CLI_CHECKPOINT];
	struct buffer note;
	struct checkpoint checkpoint;
	if (!path)
		return CLI_DONE;
	buffer_init(&note, CHECKPOINT_MAX);
	int code = cli_read(act->cli, path, CHECKPOINT_MAX, &note);
	if (code == CLI_DONE &&
	    (register_log_keys(&act->registry, &keys) != RESULT_OK ||
	     log_keys_verify(&keys, buffer_view(&note), &checkpoint) != RESULT_OK))
		code = fail_at(act, path, REASON_NOT_PROVEN,
			       "the checkpoint is not signed by the log key of genesis; where the "
			       "log has another one since, give --register FILE of an export");
	else if (code == CLI_DONE)
		act->head = (struct head){.size = checkpoint.size, .root = checkpoint.root};
	buffer_done(&note);
	return code;
}

// ---- signing -----------------------------------------------------------------------------------

static enum result sign(const struct act *act, struct buffer *out)
{
	struct act_request request = {.registry = &act->registry,
				      .head = act->head,
				      .soort = act->soort,
				      .object = act->object,
				      .signer = act->signer,
				      .systeem = "beheer",
				      .now = clock_wall_ms()};
	struct buffer statement;
	struct signed_statement proven;
	uint8_t signature[SIGNATURE_LEN];
	buffer_init(&statement, STATEMENT_MAX);
	enum result result = register_act_statement(&request, &statement);
	struct bytes view = buffer_view(&statement);
	if (result == RESULT_OK)
		result = batch_sign(&(const struct batch_signer){&act->signer, &act->key}, &view, 1,
				    signature, &proven);
	if (result == RESULT_OK)
		result = signed_statement_encode(&proven, out);
	buffer_done(&statement);
	return result;
}

static int write_act(struct act *act)
{
	const char *path = act->cli->values[CLI_OUT];
	char object[2 * sizeof act->object.b + 1];
	struct buffer wire;
	struct cli_line line;
	buffer_init(&wire, 2 * STATEMENT_MAX);
	enum result result = sign(act, &wire);
	if (result == RESULT_OK)
		result = file_replace(path, buffer_view(&wire), 0644);
	buffer_done(&wire);
	if (result != RESULT_OK)
		return fail_at(act, path, REASON_IO, "the act cannot be written");
	hex_encode(object, bytes_of_hash(&act->object));
	cli_say(act->cli, "act about %s written to %s; it can be used for a day", object, path);
	if (!act->cli->json)
		return CLI_DONE;
	cli_line_begin(&line);
	json_out_add_text(&line.out, "act", path);
	json_out_add_text(&line.out, "soort", act->soort);
	json_out_add_text(&line.out, "object", object);
	cli_line_end(act->cli, &line);
	return CLI_DONE;
}

int cli_act(struct cli *cli)
{
	struct act act = {.cli = cli};
	if (!cli->values[CLI_KEYS] || !cli->values[CLI_GENESIS] || !cli->values[CLI_OUT])
		return cli_misused(cli, "act needs --keys, --genesis and --out");
	int code = choose_soort(&act);
	if (code == CLI_DONE)
		code = is_soort(&act, "intrekking") ? object_of_key(&act, cli->arguments[0])
						    : object_of_file(&act, cli->arguments[0]);
	if (code != CLI_DONE)
		return code;
	register_init(&act.registry);
	code = open_role(&act);
	if (code == CLI_DONE)
		code = read_genesis(&act);
	if (code == CLI_DONE)
		code = read_register(&act);
	if (code == CLI_DONE)
		code = read_checkpoint(&act);
	if (code == CLI_DONE)
		code = write_act(&act);
	private_key_done(&act.key);
	register_done(&act.registry);
	return code;
}
