// SPDX-License-Identifier: EUPL-1.2
// rotate: the next keys of a partner. They lie beside those in use until the register has them.
#include "knooppunt/cli.h"

#include "lib/keyring.h"

#include <stdio.h>
#include <string.h>

#define BUNDLE_WIRE_MAX 16384

static int fail(struct cli *cli, enum result result, const struct problem *problem)
{
	int code = result_exit_code(result);
	code = code == CLI_NO ? CLI_CONFIG : code;
	if (problem->code)
		return cli_fail(cli, problem, code);
	return cli_fail_reason(cli, result == RESULT_EXISTS ? REASON_EXISTS : REASON_IO, code,
			       "the next keys cannot be made in %s: %s", cli->arguments[0],
			       result_name(result));
}

static int exists_already(struct cli *cli)
{
	struct problem problem = {.code = NULL};
	problem_set_file(&problem, cli->arguments[0]);
	problem_set(&problem, reason_code(REASON_EXISTS),
		    "have the house enrol next/bundle.knp of this folder, or revoke its key",
		    "there are next keys already");
	return cli_fail(cli, &problem, CLI_CONFIG);
}

// Who the keys are of: as in the bundle that the folder keeps, whose identity key is in use.
static int read_own_bundle(struct cli *cli, struct bundle *ret_bundle)
{
	char path[KEYRING_PATH_MAX];
	struct problem problem = {.code = NULL};
	struct buffer wire;
	int made = snprintf(path, sizeof path, "%s/bundle.knp", cli->arguments[0]);
	if (made <= 0 || (size_t)made >= sizeof path)
		return cli_misused(cli, "DIR is too long");
	buffer_init(&wire, BUNDLE_WIRE_MAX);
	int code = cli_read(cli, path, BUNDLE_WIRE_MAX, &wire);
	if (code == CLI_DONE &&
	    bundle_decode(buffer_view(&wire), NULL, ret_bundle, &problem) != RESULT_OK)
		code = cli_fail(cli, &problem, CLI_CONFIG);
	buffer_done(&wire);
	if (code == CLI_DONE && bytes_all_zero(bytes_make(ret_bundle->sealing, 32)))
		code = cli_misused(cli,
				   "%s is the folder of a role: make a new one with `knooppunt "
				   "keygen`, and have the others enrol its bundle",
				   cli->arguments[0]);
	return code;
}

static int encode(struct cli *cli, const struct bundle *own, const struct key_set *next,
		  struct buffer *wire)
{
	struct bundle bundle = *own;
	uint8_t send[32];
	int code = cli_read_send_key(cli, send);
	if (code != CLI_DONE)
		return code;
	memcpy(bundle.identity, next->identity.public_key, 32);
	memcpy(bundle.sealing, next->sealing.public_key, 32);
	memcpy(bundle.transport, next->transport.public_key, 32);
	struct bundle_keys with = {&next->identity, &next->sealing, &next->transport, send};
	enum result result = bundle_encode(&bundle, &with, wire);
	return result == RESULT_OK
		       ? CLI_DONE
		       : cli_fail_reason(cli, REASON_IO, CLI_BROKEN,
					 "the bundle cannot be made: %s", result_name(result));
}

// The bundle goes to the keys before they are offered: next keys without one would be of no use.
static int offer(struct cli *cli, const struct bundle *own, const struct key_set *next,
		 const char *folder)
{
	char path[KEYRING_PATH_MAX + 16];
	const char *out = cli->values[CLI_OUT];
	struct problem none = {.code = NULL};
	struct buffer wire;
	snprintf(path, sizeof path, "%s/bundle.knp", folder);
	buffer_init(&wire, BUNDLE_WIRE_MAX);
	int code = encode(cli, own, next, &wire);
	if (code == CLI_DONE)
		code = cli_write_bundle_file(cli, path, &wire);
	if (code == CLI_DONE && out)
		code = cli_write_bundle_file(cli, out, &wire);
	if (code == CLI_DONE) {
		enum result result = keyring_offer(cli->arguments[0]);
		code = result == RESULT_OK ? CLI_DONE : fail(cli, result, &none);
	}
	snprintf(path, sizeof path, "%s/" KEYRING_NEXT "/bundle.knp", cli->arguments[0]);
	if (code == CLI_DONE)
		code = cli_tell_bundle(cli, out ? out : path, &next->identity.id);
	buffer_done(&wire);
	return code;
}

static int make_next(struct cli *cli, const struct bundle *own, const struct unlock *unlock)
{
	char folder[KEYRING_PATH_MAX];
	struct problem problem = {.code = NULL};
	struct key_set next;
	enum result result = keyring_prepare(cli->arguments[0], unlock, &next, folder, &problem);
	if (result == RESULT_EXISTS)
		return exists_already(cli);
	if (result != RESULT_OK)
		return fail(cli, result, &problem);
	int code = offer(cli, own, &next, folder);
	key_set_done(&next);
	return code;
}

int cli_rotate(struct cli *cli)
{
	struct cli_unlock unlock;
	struct bundle own;
	uint8_t send[32];
	int code =
		cli->values[CLI_GENESIS]
			? cli_read_send_key(cli, send)
			: cli_misused(cli, "rotate needs --genesis, the file the house handed out");
	if (code == CLI_DONE)
		code = read_own_bundle(cli, &own);
	if (code != CLI_DONE)
		return code;
	code = cli_unlock_find(cli, cli->arguments[0], &unlock);
	if (code == CLI_DONE)
		code = make_next(cli, &own, &unlock.unlock);
	cli_unlock_done(&unlock);
	return code;
}
