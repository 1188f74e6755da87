// SPDX-License-Identifier: EUPL-1.2
// keygen and bundle: a party's own keys, and what it hands to the house.
#include "knooppunt/cli.h"

#include "base/file.h"
#include "register/register.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_LEN 400
#define BUNDLE_WIRE_MAX 16384
#define GENESIS_MAX (1024 * 1024)
#define GENESIS_ARENA (8 * 1024 * 1024)

static bool make_path(char out[PATH_LEN], const char *folder, const char *name)
{
	int made = snprintf(out, PATH_LEN, "%s/%s", folder, name);
	return made > 0 && made < PATH_LEN;
}

static int fail_at(struct cli *cli, const char *path, enum result result, const char *message)
{
	struct problem problem = {.code = NULL};
	enum reason reason = result == RESULT_EXISTS   ? REASON_EXISTS
			     : result == RESULT_DENIED ? REASON_FILE_MODE
						       : REASON_IO;
	int code = result_exit_code(result);
	problem_set_file(&problem, path);
	problem_set(&problem, reason_code(reason), reason_fix(reason), "%s: %s", message,
		    result_name(result));
	return cli_fail(cli, &problem, code == CLI_NO ? CLI_CONFIG : code);
}

static bool is_role_functie(const char *functie)
{
	return strcmp(functie, FUNCTIE_BEHEERDER) == 0 || strcmp(functie, FUNCTIE_OFFICER) == 0 ||
	       strcmp(functie, FUNCTIE_OFFICER_DEPUTY) == 0;
}

// A role only signs: --role says so, and so does a functie of the house's roles.
static bool is_role(const struct cli *cli)
{
	bool role = cli->values[CLI_ROLE] != NULL;
	for (size_t i = 0; i < cli->functie_count; i++)
		role = role || is_role_functie(cli->functies[i]);
	return role;
}

// ---- keygen ------------------------------------------------------------------------------------

static int make_key(struct cli *cli, const char *folder, const char *name, enum key_kind kind,
		    const struct unlock *unlock)
{
	struct private_key key;
	char path[PATH_LEN];
	enum result result =
		keyfile_create(&(const struct keyfile){folder, name, kind}, unlock, &key);
	if (result == RESULT_OK) {
		private_key_done(&key);
		return CLI_DONE;
	}
	if (!make_path(path, folder, name))
		return cli_misused(cli, "the path of the key folder is too long");
	return fail_at(cli, path, result, "the key cannot be made");
}

static int make_unlock_file(struct cli *cli, const struct cli_unlock *unlock)
{
	if (!unlock->unlock.key_file)
		return CLI_DONE;
	enum result result = unlock_file_create(unlock->unlock.key_file);
	if (result == RESULT_OK)
		return CLI_DONE;
	return fail_at(cli, unlock->unlock.key_file, result, "the unlock file cannot be made");
}

static int make_keys(struct cli *cli, const char *folder, const struct cli_unlock *unlock)
{
	static const struct {
		const char *name;
		enum key_kind kind;
	} keys[] = {{"identity", KEY_KIND_IDENTITY},
		    {"sealing", KEY_KIND_SEALING},
		    {"transport", KEY_KIND_TRANSPORT}};
	size_t count = is_role(cli) ? 1 : sizeof keys / sizeof keys[0];
	enum result result = folder_ensure(folder);
	if (result == RESULT_OK)
		result = folder_check_private(folder);
	if (result != RESULT_OK)
		return fail_at(cli, folder, result, "the key folder cannot be used");
	int code = make_unlock_file(cli, unlock);
	for (size_t i = 0; code == CLI_DONE && i < count; i++)
		code = make_key(cli, folder, keys[i].name, keys[i].kind, &unlock->unlock);
	return code;
}

static bool wants_bundle(const struct cli *cli)
{
	return cli->values[CLI_OIN] || cli->values[CLI_NAAM] || cli->values[CLI_SOORT] ||
	       cli->functie_count > 0 || cli->values[CLI_GENESIS] || cli->values[CLI_OUT];
}

static int check_lengths(struct cli *cli)
{
	struct bundle bundle;
	if (strlen(cli->values[CLI_NAAM]) >= sizeof bundle.naam)
		return cli_misused(cli, "--naam is longer than %zu bytes", sizeof bundle.naam - 1);
	for (size_t i = 0; i < cli->functie_count; i++) {
		if (!functie_is_valid(bytes_of_text(cli->functies[i])))
			return cli_misused(cli, "--functie is 1 to %d of a-z, 0-9 and '-'",
					   FUNCTIE_MAX);
		if (is_role_functie(cli->functies[i]) != is_role(cli))
			return cli_misused(cli, "the functies of a role are " FUNCTIE_BEHEERDER
						", " FUNCTIE_OFFICER " and " FUNCTIE_OFFICER_DEPUTY
						"; a partner has others, and keys apart");
	}
	return CLI_DONE;
}

// The codes are more than one text of a problem holds: what to do goes on with the rest.
static int check_soort(struct cli *cli)
{
	struct problem problem = {.code = NULL};
	char first[200] = "", rest[200] = "";
	size_t at = 0;
	const struct code_list *list = code_list_named(bytes_of_text("partner-soort"));
	if (!list || code_find(list, bytes_of_text(cli->values[CLI_SOORT])))
		return CLI_DONE;
	for (size_t i = 0; i < list->count && at < sizeof rest; i++) {
		if (i == list->count / 2)
			at = 0;
		at += (size_t)snprintf((i < list->count / 2 ? first : rest) + at, sizeof first - at,
				       " %s", list->codes[i].code);
	}
	problem_set(&problem, reason_code(REASON_USAGE), "", "--soort is one of:%s, or those below",
		    first);
	snprintf(problem.fix, sizeof problem.fix, "give a code above, or one of:%s", rest);
	return cli_fail(cli, &problem, CLI_USAGE);
}

static int check_bundle_options(struct cli *cli)
{
	struct oin oin;
	if (!cli->values[CLI_OIN] || !cli->values[CLI_NAAM] || !cli->values[CLI_SOORT] ||
	    cli->functie_count == 0)
		return cli_misused(cli, "a bundle needs --oin, --naam, --soort and --functie");
	if (oin_parse(bytes_of_text(cli->values[CLI_OIN]), &oin) != RESULT_OK)
		return cli_misused(cli, "--oin is not an OIN of 20 characters");
	int code = check_soort(cli);
	if (code == CLI_DONE)
		code = check_lengths(cli);
	if (code == CLI_DONE && !is_role(cli) && !cli->values[CLI_GENESIS])
		code = cli_misused(cli, "a partner's bundle needs --genesis, the file the house "
					"handed out: it proves its keys to that knooppunt");
	return code;
}

static int fail_genesis(struct cli *cli, const char *path)
{
	struct problem problem = {.code = NULL};
	problem_set_file(&problem, path);
	problem_set(&problem, reason_code(REASON_SYNTAX),
		    "give the file `genesis` that the house handed out (data/genesis of its "
		    "knooppunt)",
		    "this is no genesis file");
	return cli_fail(cli, &problem, CLI_CONFIG);
}

int cli_read_key(struct cli *cli, enum cli_option option, uint8_t ret_key[32])
{
	if (hex_decode(ret_key, 32, bytes_of_text(cli->values[option])) == RESULT_OK)
		return CLI_DONE;
	return cli_misused(cli,
			   "%s is a key of the knooppunt in 64 digits, as knooppuntctl key "
			   "list shows it",
			   cli_option_name(option));
}

int cli_read_send_key(struct cli *cli, uint8_t ret_send[32])
{
	const char *path = cli->values[CLI_GENESIS];
	struct buffer wire;
	struct arena *arena = NULL;
	struct genesis_file file;
	struct part part;
	buffer_init(&wire, GENESIS_MAX);
	int code = cli_read(cli, path, GENESIS_MAX, &wire);
	if (code == CLI_DONE) {
		enum result result = arena_new(GENESIS_ARENA, &arena);
		if (result == RESULT_OK)
			result = genesis_file_decode(buffer_view(&wire), &file);
		if (result == RESULT_OK)
			result = part_decode(file.part, arena, &part);
		if (result == RESULT_OK &&
		    (part.kind != PART_REGISTER || part.registerdeel.soort != REGISTER_GENESIS))
			result = RESULT_MALFORMED;
		if (result == RESULT_OK)
			memcpy(ret_send, part.registerdeel.genesis.send_key, 32);
		else
			code = fail_genesis(cli, path);
		if (code == CLI_DONE && cli->values[CLI_SEND])
			code = cli_read_key(cli, CLI_SEND, ret_send);
	}
	buffer_done(&wire);
	arena_free(arena);
	return code;
}

int cli_keygen(struct cli *cli)
{
	const char *folder = cli->arguments[0];
	struct cli_unlock unlock;
	uint8_t send[32];
	int code = wants_bundle(cli) ? check_bundle_options(cli) : CLI_DONE;
	// Keys are never replaced: what the bundle lacks must show before they are there.
	if (code == CLI_DONE && wants_bundle(cli) && !is_role(cli))
		code = cli_read_send_key(cli, send);
	if (code != CLI_DONE)
		return code;
	code = cli_unlock_find(cli, folder, &unlock);
	if (code == CLI_DONE)
		code = make_keys(cli, folder, &unlock);
	if (code == CLI_DONE && !wants_bundle(cli)) {
		struct cli_line line;
		cli_say(cli, "keys made in %s", folder);
		if (cli->json) {
			cli_line_begin(&line);
			json_out_add_text(&line.out, "keys", folder);
			cli_line_end(cli, &line);
		}
	} else if (code == CLI_DONE) {
		code = cli_write_bundle(cli, folder, &unlock.unlock);
	}
	cli_unlock_done(&unlock);
	return code;
}

// ---- bundle ------------------------------------------------------------------------------------

struct own_keys {
	struct private_key identity, sealing, transport;
	bool role;
};

static int open_key(struct cli *cli, const char *folder, const struct unlock *unlock,
		    enum key_kind kind, struct private_key *ret_key)
{
	const char *name = kind == KEY_KIND_IDENTITY  ? "identity"
			   : kind == KEY_KIND_SEALING ? "sealing"
						      : "transport";
	struct problem problem = {.code = NULL};
	enum result result = keyfile_open(&(const struct keyfile){folder, name, kind}, unlock,
					  ret_key, &problem);
	if (result == RESULT_OK)
		return CLI_DONE;
	int code = result_exit_code(result);
	return cli_fail(cli, &problem, code == CLI_NO ? CLI_CONFIG : code);
}

static int open_keys(struct cli *cli, const char *folder, const struct unlock *unlock,
		     struct own_keys *keys)
{
	keys->role = is_role(cli);
	int code = open_key(cli, folder, unlock, KEY_KIND_IDENTITY, &keys->identity);
	if (code == CLI_DONE && !keys->role)
		code = open_key(cli, folder, unlock, KEY_KIND_SEALING, &keys->sealing);
	if (code == CLI_DONE && !keys->role)
		code = open_key(cli, folder, unlock, KEY_KIND_TRANSPORT, &keys->transport);
	return code;
}

static void close_keys(struct own_keys *keys)
{
	private_key_done(&keys->identity);
	private_key_done(&keys->sealing);
	private_key_done(&keys->transport);
}

static void fill_bundle(const struct cli *cli, const struct own_keys *keys, struct bundle *bundle)
{
	memset(bundle, 0, sizeof *bundle);
	memcpy(bundle->oin.text, cli->values[CLI_OIN], OIN_LEN);
	snprintf(bundle->naam, sizeof bundle->naam, "%s", cli->values[CLI_NAAM]);
	snprintf(bundle->soort, sizeof bundle->soort, "%s", cli->values[CLI_SOORT]);
	for (size_t i = 0; i < cli->functie_count; i++)
		snprintf(bundle->functies[i], sizeof bundle->functies[i], "%s", cli->functies[i]);
	bundle->functie_count = cli->functie_count;
	bundle->suite = 1;
	memcpy(bundle->identity, keys->identity.public_key, 32);
	if (keys->role)
		return;
	memcpy(bundle->sealing, keys->sealing.public_key, 32);
	memcpy(bundle->transport, keys->transport.public_key, 32);
}

static int encode_bundle(struct cli *cli, const struct own_keys *keys, struct buffer *wire)
{
	struct bundle bundle;
	uint8_t send[32];
	int code = keys->role ? CLI_DONE : cli_read_send_key(cli, send);
	if (code != CLI_DONE)
		return code;
	fill_bundle(cli, keys, &bundle);
	struct bundle_keys with = {.identity = &keys->identity,
				   .sealing = keys->role ? NULL : &keys->sealing,
				   .transport = keys->role ? NULL : &keys->transport,
				   .knooppunt_send = keys->role ? NULL : send};
	enum result result = bundle_encode(&bundle, &with, wire);
	if (result == RESULT_OK)
		return CLI_DONE;
	return cli_fail_reason(cli, REASON_BAD_VALUE, CLI_CONFIG,
			       "these texts cannot stand in a bundle: %s", result_name(result));
}

int cli_write_bundle_file(struct cli *cli, const char *path, const struct buffer *wire)
{
	enum result result = file_replace(path, buffer_view(wire), 0644);
	return result == RESULT_OK ? CLI_DONE
				   : fail_at(cli, path, result, "the bundle cannot be written");
}

int cli_tell_bundle(struct cli *cli, const char *path, const struct key_id *identity)
{
	char id[2 * KEY_ID_LEN + 1];
	struct cli_line line;
	hex_encode(id, bytes_make(identity->b, KEY_ID_LEN));
	cli_say(cli,
		"bundle written to %s; its identity key is %s: say so to the house by another "
		"way than the bundle goes",
		path, id);
	if (!cli->json)
		return CLI_DONE;
	cli_line_begin(&line);
	json_out_add_text(&line.out, "bundle", path);
	json_out_add_text(&line.out, "key", id);
	cli_line_end(cli, &line);
	return CLI_DONE;
}

int cli_write_bundle(struct cli *cli, const char *folder, const struct unlock *unlock)
{
	char own[PATH_LEN];
	struct own_keys keys = {.role = false};
	struct buffer wire;
	const char *out = cli->values[CLI_OUT];
	int code = make_path(own, folder, "bundle.knp") ? CLI_DONE
							: cli_misused(cli, "DIR is too long");
	buffer_init(&wire, BUNDLE_WIRE_MAX);
	if (code == CLI_DONE)
		code = open_keys(cli, folder, unlock, &keys);
	if (code == CLI_DONE)
		code = encode_bundle(cli, &keys, &wire);
	// The folder keeps one too: it says whose keys these are.
	if (code == CLI_DONE)
		code = cli_write_bundle_file(cli, own, &wire);
	if (code == CLI_DONE && out)
		code = cli_write_bundle_file(cli, out, &wire);
	if (code == CLI_DONE)
		code = cli_tell_bundle(cli, out ? out : own, &keys.identity.id);
	close_keys(&keys);
	buffer_done(&wire);
	return code;
}

int cli_bundle(struct cli *cli)
{
	const char *folder = cli->arguments[0];
	struct cli_unlock unlock;
	int code = check_bundle_options(cli);
	if (code != CLI_DONE)
		return code;
	code = cli_unlock_find(cli, folder, &unlock);
	if (code == CLI_DONE)
		code = cli_write_bundle(cli, folder, &unlock.unlock);
	cli_unlock_done(&unlock);
	return code;
}
