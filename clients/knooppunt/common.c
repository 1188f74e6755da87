// SPDX-License-Identifier: EUPL-1.2
// What several commands do: settings, client, files, unlocking, sending and telling how it ended.
#include "knooppunt/cli.h"

#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SETTINGS_FILE "/etc/knooppunt/client.yaml"
#define PASSPHRASE_MAX 1024
#define PAUSE_MIN_MS 100
#define PAUSE_MAX_MS 30000

int cli_settings(struct cli *cli, struct client_settings *ret_settings)
{
	struct problem problem = {.code = NULL};
	const char *path = cli->values[CLI_SETTINGS] ? cli->values[CLI_SETTINGS] : SETTINGS_FILE;
	enum result result = client_settings_read(path, ret_settings, &problem);
	return result == RESULT_OK ? CLI_DONE : cli_fail(cli, &problem, CLI_CONFIG);
}

int cli_client(struct cli *cli, struct client **ret_client)
{
	struct client_settings settings;
	struct problem problem = {.code = NULL};
	int code = cli_settings(cli, &settings);
	if (code != CLI_DONE)
		return code;
	enum result result = client_open(&settings, ret_client, &problem);
	if (result == RESULT_OK)
		return CLI_DONE;
	if (!problem.code)
		problem_set(&problem, reason_code(REASON_IO), reason_fix(REASON_IO),
			    "the client cannot start: %s", result_name(result));
	int standard = result_exit_code(result);
	return cli_fail(cli, &problem, standard == CLI_NO ? CLI_CONFIG : standard);
}

int cli_client_failed(struct cli *cli, const struct client *client, enum result result)
{
	struct problem problem = *client_problem(client);
	if (!problem.code)
		problem_set(&problem, reason_code(REASON_IO), reason_fix(REASON_IO), "%s",
			    result_name(result));
	return cli_fail(cli, &problem, result_exit_code(result));
}

void cli_client_done(const struct cli *cli, struct client *client)
{
	if (client_log_stands_still(client))
		cli_say(cli, "knooppunt: the log has not grown for a quarter of an hour, though it "
			     "ticks every few minutes: tell the house");
	client_close(client);
}

int cli_read(struct cli *cli, const char *path, size_t ceiling, struct buffer *ret_buffer)
{
	enum result result = file_read(path, ceiling, ret_buffer);
	struct problem problem = {.code = NULL};
	if (result == RESULT_OK)
		return CLI_DONE;
	enum reason reason = result == RESULT_TOO_LARGE   ? REASON_TOO_LONG
			     : result == RESULT_NOT_FOUND ? REASON_FILE_MISSING
							  : REASON_IO;
	problem_set_file(&problem, path);
	problem_set(&problem, reason_code(reason), reason_fix(reason),
		    "the file cannot be read: %s",
		    result == RESULT_IO ? strerror(errno) : result_name(result));
	return cli_fail(cli, &problem, result == RESULT_IO ? CLI_BROKEN : CLI_CONFIG);
}

// ---- unlocking ---------------------------------------------------------------------------------

static int read_passphrase(struct cli *cli, struct cli_unlock *unlock)
{
	const char *path = cli->values[CLI_PASSPHRASE];
	enum result result = file_read_private(path, PASSPHRASE_MAX, &unlock->passphrase);
	if (result != RESULT_OK) {
		struct problem problem = {.code = NULL};
		problem_set_file(&problem, path);
		problem_set(&problem, reason_code(REASON_FILE_MODE), reason_fix(REASON_FILE_MODE),
			    "the passphrase file cannot be read, or others may read it: %s",
			    result_name(result));
		return cli_fail(cli, &problem, CLI_CONFIG);
	}
	const uint8_t *end = memchr(unlock->passphrase.data, '\n', unlock->passphrase.len);
	size_t len = end ? (size_t)(end - unlock->passphrase.data) : unlock->passphrase.len;
	unlock->unlock.passphrase = bytes_make(unlock->passphrase.data, len);
	return CLI_DONE;
}

int cli_unlock_find(struct cli *cli, const char *folder, struct cli_unlock *ret_unlock)
{
	memset(ret_unlock, 0, sizeof *ret_unlock);
	buffer_init(&ret_unlock->passphrase, PASSPHRASE_MAX);
	if (cli->values[CLI_UNLOCK] && cli->values[CLI_PASSPHRASE])
		return cli_misused(cli, "give --unlock-file or --passphrase-file, not both");
	if (cli->values[CLI_PASSPHRASE])
		return read_passphrase(cli, ret_unlock);
	int made = snprintf(ret_unlock->path, sizeof ret_unlock->path, "%s%s",
			    cli->values[CLI_UNLOCK] ? cli->values[CLI_UNLOCK] : folder,
			    cli->values[CLI_UNLOCK] ? "" : "/unlock.key");
	if (made < 0 || (size_t)made >= sizeof ret_unlock->path)
		return cli_misused(cli, "the path of the unlock file is too long");
	ret_unlock->unlock.key_file = ret_unlock->path;
	return CLI_DONE;
}

void cli_unlock_done(struct cli_unlock *unlock)
{
	buffer_wipe(&unlock->passphrase);
}

// ---- sending -----------------------------------------------------------------------------------

static void pause_for(uint32_t pause_ms)
{
	uint32_t ms = pause_ms < PAUSE_MIN_MS   ? PAUSE_MIN_MS
		      : pause_ms > PAUSE_MAX_MS ? PAUSE_MAX_MS
						: pause_ms;
	struct timespec span = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
	nanosleep(&span, NULL);
}

int cli_send(struct cli *cli, struct client *client, bool (*is_done)(void *context), void *context)
{
	for (;;) {
		uint32_t pause_ms = 0;
		enum result result = client_flush(client, &pause_ms);
		if (result == RESULT_OK || is_done(context))
			return CLI_DONE;
		if (result != RESULT_AGAIN)
			return cli_client_failed(cli, client, result);
		// What is left says so itself; this is for people only.
		cli_say(cli, "knooppunt: %s", client_problem(client)->message);
		if (!cli->values[CLI_WAIT])
			return CLI_AGAIN;
		pause_for(pause_ms);
	}
}

static const char *state_name(enum item_state state)
{
	switch (state) {
	case ITEM_AANVAARD:
		return "aanvaard";
	case ITEM_GEWEIGERD:
		return "geweigerd";
	case ITEM_OUTBOX:
		break;
	}
	return "outbox";
}

static void print_json(struct cli *cli, const struct item_status *status)
{
	struct cli_line line;
	cli_line_begin(&line);
	json_out_add_text(&line.out, "id", status->id);
	json_out_add_text(&line.out, "status", state_name(status->state));
	if (status->proof[0])
		json_out_add_number(&line.out, "index", status->index);
	if (status->state == ITEM_GEWEIGERD)
		cli_add_refusal(&line.out, &status->refusal);
	if (status->proof[0])
		json_out_add_text(&line.out, "proof", status->proof);
	cli_line_end(cli, &line);
}

static void print_text(struct cli *cli, const struct item_status *status)
{
	const char *text = reason_text(status->refusal.reason);
	if (status->state == ITEM_AANVAARD)
		cli_say(cli, "%s  aanvaard, entry %llu of the log", status->id,
			(unsigned long long)status->index);
	else if (status->state == ITEM_GEWEIGERD)
		cli_say(cli, "%s  geweigerd: %s %s", status->id, text ? text : "",
			status->refusal.field);
	else
		cli_say(cli, "%s  in the outbox", status->id);
}

int cli_print_item(struct cli *cli, struct client *client, const char *id)
{
	struct item_status status;
	enum result result = client_item(client, id, &status);
	if (result != RESULT_OK)
		return cli_client_failed(cli, client, result);
	if (cli->json)
		print_json(cli, &status);
	else
		print_text(cli, &status);
	return status.state == ITEM_AANVAARD    ? CLI_DONE
	       : status.state == ITEM_GEWEIGERD ? CLI_NO
						: CLI_AGAIN;
}
