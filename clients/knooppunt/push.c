// SPDX-License-Identifier: EUPL-1.2
// push: files into the outbox, the outbox to the knooppunt, and how each of them stands.
#include "knooppunt/cli.h"
#include "json/melding_json.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_EXTRA (64 * 1024)

// One file of the call.
struct pushed {
	const char *path;
	struct arena *arena;
	struct melding_file file;
	char id[ID_MAX + 1]; // once it is in the outbox, else ""
	bool warned;         // that its content is not new
};

struct pushing {
	struct cli *cli;
	struct client *client;
	char partner_soort[32];
	struct pushed *files;
	size_t count;
	char (*open)[ID_MAX + 1]; // without files: what the outbox held at first
	size_t open_count, open_room;
	int code;
};

static int find_soort(struct pushing *pushing)
{
	enum result result = client_soort(pushing->client, pushing->partner_soort);
	return result == RESULT_OK ? CLI_DONE
				   : cli_client_failed(pushing->cli, pushing->client, result);
}

// ---- reading
// -------------------------------------------------------------------------------------

static struct bytes said(const struct cli *cli, size_t option)
{
	return bytes_of_text(cli->values[option] ? cli->values[option] : "");
}

static int parse_file(struct pushing *pushing, struct pushed *pushed, struct bytes text)
{
	struct problem problem = {.code = NULL};
	struct melding_json_input input = {.text = text,
					   .file = pushed->path,
					   .partner_soort = bytes_of_text(pushing->partner_soort),
					   .today = date_amsterdam(clock_wall_ms()),
					   .namens = said(pushing->cli, CLI_NAMENS),
					   .namens_soort = said(pushing->cli, CLI_SOORT),
					   .medewerker = said(pushing->cli, CLI_MEDEWERKER)};
	enum result result = arena_new(8 * text.len + ARENA_EXTRA, &pushed->arena);
	if (result == RESULT_OK)
		result = melding_json_read(&input, pushed->arena, &pushed->file, &problem);
	if (result == RESULT_OK)
		return CLI_DONE;
	if (!problem.code)
		return cli_fail_reason(pushing->cli, REASON_IO, CLI_BROKEN,
				       "there is not enough memory to read the melding");
	return cli_fail(pushing->cli, &problem, result_exit_code(result));
}

static int read_file(struct pushing *pushing, struct pushed *pushed)
{
	struct buffer text;
	buffer_init(&text, MELDING_JSON_MAX);
	int code = cli_read(pushing->cli, pushed->path, MELDING_JSON_MAX, &text);
	if (code == CLI_DONE)
		code = parse_file(pushing, pushed, buffer_view(&text));
	buffer_wipe(&text);
	return code;
}

static int check_systeem(struct pushing *pushing, const struct pushed *pushed)
{
	struct bytes own = bytes_of_text(client_systeem(pushing->client));
	struct problem problem = {.code = NULL};
	if (pushed->file.systeem.len == 0 || bytes_equal(pushed->file.systeem, own))
		return CLI_DONE;
	problem_set_file(&problem, pushed->path);
	problem_set_field(&problem, "/systeem");
	problem_set(&problem, reason_code(REASON_BAD_VALUE),
		    "push it with the settings of its own source system",
		    "the melding comes from another system than the settings say");
	return cli_fail(pushing->cli, &problem, CLI_NO);
}

// ---- into the outbox
// -----------------------------------------------------------------------------

static int refuse(struct pushing *pushing, const struct pushed *pushed, enum result result)
{
	struct problem problem = *client_problem(pushing->client);
	problem_set_file(&problem, pushed->path);
	return cli_fail(pushing->cli, &problem, result_exit_code(result));
}

// Two meldingen may say the same, so it goes; but without an id nothing else would show that
// somebody pushed one of them twice.
static void warn_same(struct pushing *pushing, struct pushed *pushed)
{
	char id[ID_MAX + 1];
	if (pushed->file.id.len > 0 || pushed->warned ||
	    client_find_same(pushing->client, &pushed->file.melding, id) != RESULT_OK)
		return;
	pushed->warned = true;
	fprintf(stderr,
		"knooppunt: %s: the same content was pushed before, as %s, and goes again as "
		"another melding; give files an \"id\" so that a second push does nothing\n",
		pushed->path, id);
}

static enum result push_range(struct pushing *pushing, size_t from, size_t count)
{
	static struct push_result results[BATCH_MAX];
	static struct melding meldingen[BATCH_MAX];
	static char ids[BATCH_MAX][ID_MAX + 1];
	static const char *given[BATCH_MAX];
	for (size_t i = 0; i < count; i++) {
		const struct melding_file *file = &pushing->files[from + i].file;
		meldingen[i] = file->melding;
		warn_same(pushing, &pushing->files[from + i]);
		given[i] = file->id.len > 0 ? ids[i] : NULL;
		snprintf(ids[i], sizeof ids[i], "%.*s", (int)file->id.len,
			 (const char *)file->id.data);
	}
	enum result result = client_push_many(pushing->client, meldingen, given, count, results);
	for (size_t i = 0; result == RESULT_OK && i < count; i++)
		memcpy(pushing->files[from + i].id, results[i].id, sizeof results[i].id);
	return result;
}

// Many under one signature; when one of them does not go, each by itself, so that the others do.
static void push_some(struct pushing *pushing, size_t from, size_t count)
{
	enum result result = push_range(pushing, from, count);
	if (result == RESULT_OK)
		return;
	for (size_t i = 0; i < count; i++) {
		result = count == 1 ? result : push_range(pushing, from + i, 1);
		if (result != RESULT_OK)
			pushing->code = cli_worse(
				pushing->code, refuse(pushing, &pushing->files[from + i], result));
	}
}

static void push_all(struct pushing *pushing)
{
	size_t good = 0;
	for (size_t i = 0; i < pushing->count; i++) {
		struct pushed *pushed = &pushing->files[i];
		int code = read_file(pushing, pushed);
		if (code == CLI_DONE)
			code = check_systeem(pushing, pushed);
		pushing->code = cli_worse(pushing->code, code);
		if (code == CLI_DONE && i != good) {
			struct pushed swap = pushing->files[good];
			pushing->files[good] = *pushed;
			*pushed = swap;
		}
		good += code == CLI_DONE;
	}
	for (size_t from = 0; from < good; from += BATCH_MAX)
		push_some(pushing, from, good - from < BATCH_MAX ? good - from : BATCH_MAX);
}

// ---- and out
// ---------------------------------------------------------------------------------------

static bool all_settled(void *context)
{
	const struct pushing *pushing = context;
	for (size_t i = 0; i < pushing->count; i++) {
		struct item_status status;
		if (pushing->files[i].id[0] &&
		    (client_item(pushing->client, pushing->files[i].id, &status) != RESULT_OK ||
		     status.state == ITEM_OUTBOX))
			return false;
	}
	return pushing->count > 0;
}

static bool note_open(void *context, const struct item_status *status)
{
	struct pushing *pushing = context;
	if (type_by_library(status->type) || status->state != ITEM_OUTBOX)
		return true;
	if (pushing->open_count == pushing->open_room) {
		size_t room = pushing->open_room ? 2 * pushing->open_room : 64;
		void *grown = realloc(pushing->open, room * sizeof *pushing->open);
		if (!grown)
			return false;
		pushing->open = grown;
		pushing->open_room = room;
	}
	memcpy(pushing->open[pushing->open_count++], status->id, sizeof *pushing->open);
	return true;
}

// Of what lay in the outbox before the call, only what got its outcome now is told.
static void print_settled(struct pushing *pushing)
{
	for (size_t i = 0; i < pushing->open_count; i++) {
		struct item_status status;
		if (client_item(pushing->client, pushing->open[i], &status) == RESULT_OK &&
		    status.state != ITEM_OUTBOX)
			pushing->code = cli_worse(
				pushing->code,
				cli_print_item(pushing->cli, pushing->client, pushing->open[i]));
	}
}

// The outbox alone. What cannot be read in it is told by the flush.
static void send_outbox(struct pushing *pushing)
{
	// What a log lost is open again, and told of as the rest. Who cannot be reached is told
	// below.
	enum result heard = client_sync(pushing->client);
	enum result result = client_items(pushing->client, note_open, pushing);
	(void)heard;
	if (result != RESULT_OK && result != RESULT_DAMAGED) {
		pushing->code = cli_client_failed(pushing->cli, pushing->client, result);
		return;
	}
	pushing->code = cli_send(pushing->cli, pushing->client, all_settled, pushing);
	if (pushing->code == CLI_AGAIN && pushing->cli->json)
		cli_fail(pushing->cli, &pushing->cli->kept, CLI_AGAIN);
	print_settled(pushing);
}

static void send_all(struct pushing *pushing)
{
	int code = cli_send(pushing->cli, pushing->client, all_settled, pushing);
	// That something is left shows at the items.
	if (code != CLI_AGAIN)
		pushing->code = cli_worse(pushing->code, code);
	for (size_t i = 0; i < pushing->count; i++) {
		if (pushing->files[i].id[0])
			pushing->code = cli_worse(pushing->code,
						  cli_print_item(pushing->cli, pushing->client,
								 pushing->files[i].id));
	}
}

int cli_push(struct cli *cli)
{
	struct pushing pushing = {.cli = cli, .count = (size_t)cli->argument_count};
	if (pushing.count == 0 && !cli->values[CLI_WAIT])
		return cli_misused(cli,
				   "push needs FILE…, or --wait to send what is in the outbox");
	bool for_partner = cli->values[CLI_NAMENS] != NULL;
	if (for_partner != (cli->values[CLI_MEDEWERKER] != NULL) ||
	    for_partner != (cli->values[CLI_SOORT] != NULL))
		return cli_misused(cli, "--namens, --soort and --medewerker go together");
	int code = cli_client(cli, &pushing.client);
	if (code != CLI_DONE)
		return code;
	pushing.files = calloc(pushing.count + 1, sizeof *pushing.files);
	if (!pushing.files)
		code = cli_fail_reason(cli, REASON_IO, CLI_BROKEN, "there is not enough memory");
	for (size_t i = 0; code == CLI_DONE && i < pushing.count; i++)
		pushing.files[i].path = cli->arguments[i];
	if (code == CLI_DONE && pushing.count > 0)
		code = find_soort(&pushing);
	if (code == CLI_DONE && pushing.count > 0) {
		push_all(&pushing);
		send_all(&pushing);
	} else if (code == CLI_DONE) {
		send_outbox(&pushing);
	}
	code = cli_worse(code, pushing.code);
	for (size_t i = 0; pushing.files && i < pushing.count; i++)
		arena_free(pushing.files[i].arena);
	free(pushing.files);
	free(pushing.open);
	cli_client_done(cli, pushing.client);
	return code;
}
