// SPDX-License-Identifier: EUPL-1.2
// open: what is owed, in order of due time: what is late stands first. The knooppunt is asked piece
// by piece until it says no further place.
#include "knooppunt/cli.h"

#include "base/clock.h"
#include "control/control.h"
#include "json/owed.h"

#include <stdlib.h>
#include <string.h>

#define TOLD_MAX (1024 * 1024)
#define PLACE_MAX 72
#define HOW_MAX 1000

struct listing {
	struct cli *cli;
	struct client *client;
	int64_t now;
	size_t count;
	char place[PLACE_MAX]; // of the next piece; "" at the end
};

static void print(struct listing *listing, const struct owed *owed, struct bytes how)
{
	struct cli_line line;
	if (!listing->cli->json)
		return;
	cli_line_begin(&line);
	json_out_add_bytes(&line.out, "wat", owed->soort);
	json_out_add_bytes(&line.out, "regel", owed->regel);
	json_out_add_number(&line.out, "melding", owed->entry);
	if (owed->betrokkene)
		json_out_add_number(&line.out, "betrokkene", owed->betrokkene);
	json_out_add_bytes(&line.out, "wie", owed->wie);
	json_out_add_number(&line.out, "uiterlijk", (uint64_t)owed->due);
	json_out_add_bool(&line.out, "te_laat", owed->due < listing->now);
	json_out_add_bytes(&line.out, "trap", owed->trap);
	json_out_add_bytes(&line.out, "door", how);
	cli_line_end(listing->cli, &line);
}

static enum result tell(struct listing *listing, struct bytes line)
{
	struct owed owed;
	struct buffer how;
	char due[21];
	enum result result = owed_parse(line, &owed);
	if (result != RESULT_OK)
		return result;
	listing->count++;
	buffer_init(&how, HOW_MAX);
	owed_say_how(&owed, &how);
	print(listing, &owed, buffer_view(&how));
	time_format(due, owed.due);
	cli_say(listing->cli, "%s  %.*s %.*s, entry %llu, by %.*s (%.*s)\n    to do: %.*s", due,
		(int)owed.soort.len, (const char *)owed.soort.data, (int)owed.regel.len,
		(const char *)owed.regel.data, (unsigned long long)owed.entry, (int)owed.wie.len,
		(const char *)owed.wie.data, (int)owed.trap.len,
		owed.trap.len > 0 ? (const char *)owed.trap.data : "", (int)how.len,
		(const char *)how.data);
	buffer_done(&how);
	return RESULT_OK;
}

static enum result tell_piece(struct listing *listing, struct bytes told)
{
	struct control_message *message = calloc(1, sizeof *message);
	enum result result = message ? control_parse(told, message) : RESULT_NO_MEMORY;
	if (result != RESULT_OK) {
		free(message);
		return result;
	}
	struct bytes place = control_value(message, "na");
	for (size_t i = 0; result == RESULT_OK && i < message->count; i++)
		if (bytes_equal(message->lines[i].name, bytes_of_text("obligation")))
			result = tell(listing, message->lines[i].value);
	// A place that leads nowhere further would be asked for ever.
	if (place.len >= PLACE_MAX ||
	    (place.len > 0 && bytes_equal(place, bytes_of_text(listing->place))))
		result = RESULT_MALFORMED;
	listing->place[0] = '\0';
	if (result == RESULT_OK && place.len > 0) {
		memcpy(listing->place, place.data, place.len);
		listing->place[place.len] = '\0';
	}
	control_message_done(message);
	free(message);
	return result;
}

static int ask(struct listing *listing)
{
	struct buffer told;
	int code = CLI_DONE;
	buffer_init(&told, TOLD_MAX);
	const char *after = listing->place[0] ? listing->place : NULL;
	enum result result = client_open_owed(listing->client, after, &told);
	if (result != RESULT_OK)
		code = cli_client_failed(listing->cli, listing->client, result);
	else if (tell_piece(listing, buffer_view(&told)) != RESULT_OK)
		code = cli_fail_reason(listing->cli, REASON_MALFORMED, CLI_BROKEN,
				       "the knooppunt answered in a form this program does not "
				       "know");
	buffer_done(&told);
	return code;
}

int cli_open(struct cli *cli)
{
	struct listing listing = {.cli = cli, .now = clock_wall_ms()};
	int code = cli_client(cli, &listing.client);
	if (code != CLI_DONE)
		return code;
	do {
		code = ask(&listing);
	} while (code == CLI_DONE && listing.place[0]);
	if (code == CLI_DONE && listing.count == 0)
		cli_say(cli, "nothing is owed");
	cli_client_done(cli, listing.client);
	return code;
}
