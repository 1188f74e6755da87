// SPDX-License-Identifier: EUPL-1.2
// What several commands do: settings, client, files, unlocking, sending and telling how it ended.
#include "knooppunt/cli.h"
#include "json/client_json.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/shell.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PASSPHRASE_MAX 1024
#define PAUSE_MIN_MS 100
#define PAUSE_FIRST_MS 1000
#define PAUSE_MAX_MS 30000
#define TO_DO_MAX 600
#define TIMEOUTS 3 // without an outcome, then --wait ends

int cli_settings(struct cli *cli, struct client_settings *ret_settings)
{
	struct problem problem = {.code = NULL};
	const char *path =
		cli->values[CLI_SETTINGS] ? cli->values[CLI_SETTINGS] : CLI_STANDARD_FILE;
	enum result result = client_settings_read(path, ret_settings, &problem);
	return result == RESULT_OK ? CLI_DONE : cli_fail(cli, &problem, CLI_CONFIG);
}

// The exit code, and what is to be told when it is not 0.
static int open_client(struct cli *cli, int64_t timeout_ms, struct client_settings *settings,
		       struct client **ret_client, struct problem *problem)
{
	if (timeout_ms < settings->timeout_ms)
		settings->timeout_ms = timeout_ms;
	cli->timeout_ms = settings->timeout_ms;
	enum result result = client_open(settings, ret_client, problem);
	if (result == RESULT_OK)
		return CLI_DONE;
	if (!problem->code)
		problem_set(problem, reason_code(REASON_IO), reason_fix(REASON_IO),
			    "the client cannot start: %s", result_name(result));
	int standard = result_exit_code(result);
	return standard == CLI_NO ? CLI_CONFIG : standard;
}

int cli_client_within(struct cli *cli, int64_t timeout_ms, struct client **ret_client)
{
	struct client_settings settings;
	struct problem problem = {.code = NULL};
	int code = cli_settings(cli, &settings);
	if (code != CLI_DONE)
		return code;
	code = open_client(cli, timeout_ms, &settings, ret_client, &problem);
	return code == CLI_DONE ? code : cli_fail(cli, &problem, code);
}

int cli_client_unless_used(struct cli *cli, int64_t timeout_ms, struct client_settings *settings,
			   struct client **ret_client)
{
	struct problem problem = {.code = NULL};
	*ret_client = NULL;
	int code = open_client(cli, timeout_ms, settings, ret_client, &problem);
	return code == CLI_DONE || code == CLI_AGAIN ? CLI_DONE : cli_fail(cli, &problem, code);
}

int cli_client(struct cli *cli, struct client **ret_client)
{
	uint64_t seconds = 0;
	const char *wait = cli->values[CLI_WAIT];
	bool given = wait && cli_number(wait, UINT32_MAX, &seconds) && seconds > 0;
	return cli_client_within(cli, given ? (int64_t)seconds * MS_PER_SECOND : INT64_MAX,
				 ret_client);
}

int cli_client_failed(struct cli *cli, const struct client *client, enum result result)
{
	struct problem problem = *client_problem(client);
	if (!problem.code)
		problem_set(&problem, reason_code(REASON_IO), reason_fix(REASON_IO), "%s",
			    result_name(result));
	return cli_fail(cli, &problem, result_exit_code(result));
}

void cli_say_keys(const struct cli *cli, const struct client *client)
{
	const struct key_change *change = client_key_change(client);
	char from[2 * KEY_ID_LEN + 1], to[2 * KEY_ID_LEN + 1];
	hex_encode(from, bytes_make(change->from.b, KEY_ID_LEN));
	hex_encode(to, bytes_make(change->to.b, KEY_ID_LEN));
	if (change->result != RESULT_OK)
		cli_say(cli,
			"knooppunt: the retired private keys of %s cannot be destroyed: %s. To do: "
			"let this user write to the key folder; it is tried again at the next "
			"start",
			from, result_name(change->result));
	else if (change->destroyed)
		cli_say(cli, "knooppunt: the private keys of %s are destroyed", from);
	else if (change->switched)
		cli_say(cli,
			"knooppunt: the new keys (%s) are used; tell the house that it can revoke "
			"the old ones",
			to);
}

void cli_client_done(const struct cli *cli, struct client *client)
{
	cli_say_keys(cli, client);
	if (client_by_old_way(client))
		cli_say(cli, "knooppunt: the knooppunt was reached at its old address alone; "
			     "knooppunt status says what to mend before that ends");
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
	const uint8_t *end = unlock->passphrase.len > 0
				     ? memchr(unlock->passphrase.data, '\n', unlock->passphrase.len)
				     : NULL;
	size_t len = end ? (size_t)(end - unlock->passphrase.data) : unlock->passphrase.len;
	if (len == 0) {
		struct problem problem = {.code = NULL};
		problem_set_file(&problem, path);
		problem_set(&problem, reason_code(REASON_BAD_VALUE),
			    "put a passphrase on its first line",
			    "the first line of the passphrase file is empty");
		return cli_fail(cli, &problem, CLI_CONFIG);
	}
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

// How long --wait goes on.
struct patience {
	int64_t deadline; // monotonic
	int64_t span_ms;  // 0: the deadline stands, else it is so long after the last outcome
	int64_t pause_ms; // after an attempt that settled nothing, doubled by each
	size_t settled;
};

static void patience_begin(const struct cli *cli, const struct client *client,
			   struct patience *patience)
{
	uint64_t seconds = 0;
	const char *wait = cli->values[CLI_WAIT];
	int64_t now = clock_monotonic_ms();
	*patience =
		(struct patience){.pause_ms = PAUSE_FIRST_MS, .settled = client_settled(client)};
	if (wait && cli_number(wait, UINT32_MAX, &seconds))
		patience->deadline = now + (int64_t)seconds * MS_PER_SECOND;
	else
		patience->span_ms = TIMEOUTS * cli->timeout_ms;
	if (patience->span_ms > 0)
		patience->deadline = now + patience->span_ms;
}

// Pauses until the next attempt; false when there should be none.
static bool patience_pause(const struct client *client, uint32_t hint_ms, struct patience *patience)
{
	int64_t now = clock_monotonic_ms(), ms = hint_ms;
	if (client_settled(client) != patience->settled) {
		patience->settled = client_settled(client);
		patience->pause_ms = PAUSE_FIRST_MS;
		if (patience->span_ms > 0)
			patience->deadline = now + patience->span_ms;
	} else {
		ms = ms > patience->pause_ms ? ms : patience->pause_ms;
		patience->pause_ms *= 2;
	}
	ms = ms < PAUSE_MIN_MS ? PAUSE_MIN_MS : ms > PAUSE_MAX_MS ? PAUSE_MAX_MS : ms;
	int64_t left = patience->deadline - now;
	if (left <= 0)
		return false;
	ms = ms < left ? ms : left;
	struct timespec span = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
	nanosleep(&span, NULL);
	return true;
}

// What is left says so itself; this is for people, and once.
static void say_kept(struct cli *cli, const struct problem *problem)
{
	if (strcmp(cli->kept.message, problem->message) != 0)
		cli_say(cli, "knooppunt: %s", problem->message);
	cli->kept = *problem;
}

// What sends an item that is still in the outbox, as a command to copy.
static const char *to_do_kept(const struct cli *cli, char out[TO_DO_MAX])
{
	struct buffer file;
	buffer_init(&file, TO_DO_MAX / 2);
	shell_append_option(&file, "-c", cli->values[CLI_SETTINGS]);
	snprintf(out, TO_DO_MAX,
		 "do not push the file again: `knooppunt %.*spush --wait` sends what is in the "
		 "outbox",
		 file.status ? 0 : (int)file.len, file.len ? (const char *)file.data : "");
	buffer_done(&file);
	return out;
}

int cli_send(struct cli *cli, struct client *client, bool (*is_done)(void *context), void *context)
{
	struct patience patience;
	patience_begin(cli, client, &patience);
	for (;;) {
		uint32_t pause_ms = 0;
		enum result result = client_flush(client, &pause_ms);
		if (result == RESULT_OK || is_done(context))
			return CLI_DONE;
		if (result != RESULT_AGAIN)
			return cli_client_failed(cli, client, result);
		say_kept(cli, client_problem(client));
		if (!cli->values[CLI_WAIT] || !patience_pause(client, pause_ms, &patience))
			break;
	}
	char to_do[TO_DO_MAX];
	cli_say(cli, "knooppunt: nothing is lost. To do: %s", to_do_kept(cli, to_do));
	return CLI_AGAIN;
}

static void print_json(struct cli *cli, const struct client *client,
		       const struct item_status *status)
{
	struct cli_line line;
	char to_do[TO_DO_MAX], why[sizeof cli->kept.message + 2 + TO_DO_MAX];
	snprintf(why, sizeof why, "%s; %s", cli->kept.message, to_do_kept(cli, to_do));
	const struct item_kept kept = {.problem = &cli->kept, .uitleg = why};
	cli_line_begin(&line);
	item_json_write(&line.out, client, status, &kept);
	cli_line_end(cli, &line);
}

static void print_text(struct cli *cli, const struct client *client,
		       const struct item_status *status)
{
	const char *text = reason_text(status->refusal.reason);
	const char *fix = reason_fix(status->refusal.reason);
	// Everything shown from the log of an oefening says so.
	const char *oefening = client_register(client)->genesis.oefening ? "OEFENING  " : "";
	if (status->state == ITEM_AANVAARD)
		cli_say(cli, "%s%s  aanvaard, entry %llu of the log", oefening, status->id,
			(unsigned long long)status->index);
	else if (status->state == ITEM_GEWEIGERD)
		cli_say(cli, "%s%s  geweigerd: %s %s%s%s", oefening, status->id, text ? text : "",
			status->refusal.field, fix ? "\n  to do: " : "", fix ? fix : "");
	else
		cli_say(cli, "%s%s  in the outbox", oefening, status->id);
}

int cli_print_item(struct cli *cli, struct client *client, const char *id)
{
	struct item_status status;
	enum result result = client_item(client, id, &status);
	if (result != RESULT_OK)
		return cli_client_failed(cli, client, result);
	if (cli->json)
		print_json(cli, client, &status);
	else
		print_text(cli, client, &status);
	return status.state == ITEM_AANVAARD    ? CLI_DONE
	       : status.state == ITEM_GEWEIGERD ? CLI_NO
						: CLI_AGAIN;
}
