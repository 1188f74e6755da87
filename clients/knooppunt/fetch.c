// SPDX-License-Identifier: EUPL-1.2
// fetch: from the knooppunt into the inbox, from the inbox to standard output and --out, and only
// then the ack. A line that could not be written is handed over again the next time.
#include "knooppunt/cli.h"
#include "json/client_json.h"

#include "base/clock.h"
#include "base/file.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define WAIT_MAX 86400
#define WAIT_ONCE 60 // seconds of one long poll
#define WAIT_TURN 2  // seconds for each functie when there are several
#define AT_ONCE 256  // lines that are handed over together
#define PATH_LEN 600

struct fetching {
	struct cli *cli;
	struct client *client;
	struct cli_functies functies;
	uint64_t left; // of --max
	bool any;
};

// ---- from the inbox to the caller --------------------------------------------------------------

static int write_file(struct fetching *fetching, const char *functie,
		      const struct verstrekking *verstrekking)
{
	char path[PATH_LEN];
	struct cli_line line;
	const char *folder = fetching->cli->values[CLI_OUT];
	int made = snprintf(path, sizeof path, "%s/%s-%012llu.json", folder, functie,
			    (unsigned long long)verstrekking->number);
	if (made < 0 || (size_t)made >= sizeof path)
		return cli_misused(fetching->cli, "the path of --out is too long");
	cli_line_begin(&line);
	verstrekking_json_write(&line.out, functie, verstrekking);
	json_out_object_end(&line.out);
	buffer_append_u8(&line.buffer, '\n');
	enum result result = line.buffer.status;
	if (result == RESULT_OK)
		result = file_replace(path, buffer_view(&line.buffer), 0600);
	buffer_wipe(&line.buffer);
	if (result == RESULT_OK)
		return CLI_DONE;
	struct problem problem = {.code = NULL};
	problem_set_file(&problem, path);
	problem_set(&problem, reason_code(REASON_IO), reason_fix(REASON_IO),
		    "the verstrekking cannot be written: %s", result_name(result));
	return cli_fail(fetching->cli, &problem,
			result == RESULT_FULL ? CLI_BROKEN : result_exit_code(result));
}

static int show(struct fetching *fetching, const char *functie,
		const struct verstrekking *verstrekking)
{
	struct cli_line line;
	if (fetching->cli->values[CLI_OUT]) {
		int code = write_file(fetching, functie, verstrekking);
		if (code != CLI_DONE)
			return code;
	}
	cli_line_begin(&line);
	verstrekking_json_write(&line.out, functie, verstrekking);
	if (cli_line_end(fetching->cli, &line))
		return CLI_DONE;
	return cli_fail_reason(fetching->cli, REASON_IO, CLI_BROKEN,
			       "standard output does not take the line; nothing of it was acked");
}

// Shows up to AT_ONCE; *ret_last is the last number shown, 0 none.
static int show_some(struct fetching *fetching, const char *functie, uint64_t *ret_last)
{
	*ret_last = 0;
	for (unsigned n = 0; n < AT_ONCE && fetching->left > 0; n++) {
		struct verstrekking verstrekking;
		enum result result =
			client_peek(fetching->client, functie, *ret_last, &verstrekking);
		if (result == RESULT_NOT_FOUND)
			return CLI_DONE;
		if (result != RESULT_OK)
			return cli_client_failed(fetching->cli, fetching->client, result);
		int code = show(fetching, functie, &verstrekking);
		if (code != CLI_DONE)
			return code;
		*ret_last = verstrekking.number;
		fetching->left--;
	}
	return CLI_DONE;
}

static int hand_over(struct fetching *fetching, const char *functie, uint64_t last)
{
	if (!cli_flush(fetching->cli))
		return cli_fail_reason(
			fetching->cli, REASON_IO, CLI_BROKEN,
			"standard output does not take the lines; nothing of them was acked");
	fetching->any = true;
	enum result result = client_handed_over(fetching->client, functie, last);
	return result == RESULT_OK ? CLI_DONE
				   : cli_client_failed(fetching->cli, fetching->client, result);
}

static int drain(struct fetching *fetching, const char *functie)
{
	int code;
	uint64_t last;
	do {
		code = show_some(fetching, functie, &last);
		// What was shown before something failed is out all the same.
		if (last > 0)
			code = cli_worse(code, hand_over(fetching, functie, last));
	} while (code == CLI_DONE && last > 0 && fetching->left > 0);
	return code;
}

static bool find_ack(void *context, const struct item_status *status)
{
	bool *waits = context;
	*waits = *waits || (type_by_library(status->type) && status->state == ITEM_OUTBOX);
	return !*waits;
}

// An ack that cannot be sent now lies in the outbox and goes with the next call.
static int ack(struct fetching *fetching, const char *functie)
{
	enum result result = client_ack(fetching->client, functie);
	if (result == RESULT_OK)
		return CLI_DONE;
	if (result != RESULT_AGAIN)
		return cli_client_failed(fetching->cli, fetching->client, result);
	const struct problem problem = *client_problem(fetching->client);
	bool waits = false;
	if (client_items(fetching->client, find_ack, &waits) != RESULT_OK || waits)
		cli_say(fetching->cli, "knooppunt: the ack waits in the outbox: %s",
			problem.message);
	return CLI_AGAIN;
}

// ---- from the knooppunt ------------------------------------------------------------------------

static unsigned ask_for(const struct fetching *fetching)
{
	return fetching->left < 256 ? (unsigned)fetching->left : 256;
}

static bool enough_waits(struct fetching *fetching, const char *functie)
{
	uint64_t waiting = 0;
	return client_waiting(fetching->client, functie, &waiting) != RESULT_OK ||
	       waiting >= AT_ONCE || waiting >= fetching->left;
}

// Everything there is for one functie: what waits here already, then what can be fetched.
static int fetch_functie(struct fetching *fetching, const char *functie, unsigned wait_s)
{
	int code = drain(fetching, functie);
	size_t count = 1;
	while (code == CLI_DONE && count > 0 && fetching->left > 0) {
		enum result result =
			client_fetch(fetching->client, functie, ask_for(fetching), wait_s, &count);
		if (result != RESULT_OK)
			code = cli_client_failed(fetching->cli, fetching->client, result);
		wait_s = 0;
		if (code != CLI_DONE || count == 0 || enough_waits(fetching, functie))
			code = cli_worse(code, drain(fetching, functie));
	}
	return cli_worse(code, ack(fetching, functie));
}

static int fetch_round(struct fetching *fetching, unsigned wait_s)
{
	int code = CLI_DONE;
	for (size_t i = 0; i < fetching->functies.count && fetching->left > 0; i++)
		code = cli_worse(code,
				 fetch_functie(fetching, fetching->functies.names[i], wait_s));
	return code;
}

// The connection answers one question at a time, so several functies take turns.
static int fetch_waiting(struct fetching *fetching, uint64_t wait_s)
{
	int64_t deadline = clock_monotonic_ms() + (int64_t)wait_s * MS_PER_SECOND;
	int64_t turn = fetching->functies.count > 1 ? WAIT_TURN : WAIT_ONCE;
	int code = fetch_round(fetching, 0);
	for (;;) {
		int64_t left =
			(deadline - clock_monotonic_ms() + MS_PER_SECOND - 1) / MS_PER_SECOND;
		if (fetching->any || code != CLI_DONE || left <= 0)
			return code;
		code = fetch_round(fetching, (unsigned)(left < turn ? left : turn));
	}
}

// ---- where an inbox begins ---------------------------------------------------------------------

// An inbox that was lost, or another one that acked what comes next: by a person's word, for one
// functie.
static int begin(struct fetching *fetching, uint64_t wait_s)
{
	struct cli *cli = fetching->cli;
	uint64_t first = 0;
	if (!cli->values[CLI_FIRST])
		return CLI_DONE;
	if (!cli_number(cli->values[CLI_FIRST], INT64_MAX, &first) || first == 0 ||
	    cli->functie_count != 1)
		return cli_misused(cli, "--first is a number from 1, and needs one --functie");
	enum result result = client_begin(fetching->client, cli->functies[0], first,
					  (unsigned)(wait_s < WAIT_ONCE ? wait_s : WAIT_ONCE));
	return result == RESULT_OK ? CLI_DONE : cli_client_failed(cli, fetching->client, result);
}

// Before anything is fetched.
static int check_out(struct cli *cli)
{
	struct stat st;
	const char *folder = cli->values[CLI_OUT];
	struct problem problem = {.code = NULL};
	if (!folder || (stat(folder, &st) == 0 && S_ISDIR(st.st_mode)))
		return CLI_DONE;
	problem_set_file(&problem, folder);
	problem_set_field(&problem, "--out");
	problem_set(&problem, reason_code(REASON_USAGE),
		    "make the folder first (mkdir), or leave --out out: the lines are on standard "
		    "output too",
		    "there is no such folder; nothing was fetched");
	return cli_fail(cli, &problem, CLI_USAGE);
}

int cli_fetch(struct cli *cli)
{
	struct fetching fetching = {.cli = cli, .left = UINT64_MAX};
	const char *max = cli->values[CLI_MAX], *wait = cli->values[CLI_WAIT_S];
	uint64_t wait_s = 0;
	if (max && (!cli_number(max, UINT32_MAX, &fetching.left) || fetching.left == 0))
		return cli_misused(cli, "--max is a number from 1");
	if (wait && !cli_number(wait, WAIT_MAX, &wait_s))
		return cli_misused(cli, "--wait is a number of seconds, at most a day");
	int code = check_out(cli);
	if (code == CLI_DONE)
		code = cli_client(cli, &fetching.client);
	if (code != CLI_DONE)
		return code;
	code = begin(&fetching, wait_s);
	if (code == CLI_DONE)
		code = cli_find_functies(cli, fetching.client, &fetching.functies);
	if (code == CLI_DONE)
		code = fetch_waiting(&fetching, wait_s);
	cli_client_done(cli, fetching.client);
	return code;
}
