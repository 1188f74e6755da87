// SPDX-License-Identifier: EUPL-1.2
// agenda: what stands on the agenda of an overleg at which a functie of ours sits. An item has one
// melding, or several that are about one person or incident. The knooppunt is asked piece by piece.
#include "knooppunt/cli.h"

#include "control/control.h"

#include <stdlib.h>
#include <string.h>

#define TOLD_MAX (1024 * 1024)
#define PLACE_MAX 72

struct listing {
	struct cli *cli;
	struct client *client;
	struct client_seat seat;
	struct cli_line line; // of the item in hand
	bool in_item;
	size_t count;
	char place[PLACE_MAX]; // of the next piece; "" at the end
};

// "a,b" as an array of texts.
static void add_list(struct json_out *out, const char *key, struct bytes list)
{
	json_out_key(out, key);
	json_out_array_begin(out);
	while (list.len > 0) {
		const uint8_t *comma = memchr(list.data, ',', list.len);
		size_t len = comma ? (size_t)(comma - list.data) : list.len;
		json_out_text(out, bytes_make(list.data, len));
		len += comma != NULL;
		list = bytes_make(list.data + len, list.len - len);
	}
	json_out_array_end(out);
}

static void end_item(struct listing *listing)
{
	if (!listing->in_item)
		return;
	json_out_array_end(&listing->line.out);
	cli_line_end(listing->cli, &listing->line);
	listing->in_item = false;
}

static enum result begin_item(struct listing *listing, struct bytes value)
{
	struct bytes day, word;
	bool aangehouden = false, voorzit = false;
	end_item(listing);
	if (!word_take(&value, &day))
		return RESULT_MALFORMED;
	while (word_take(&value, &word)) {
		if (bytes_take_text(&word, "aangehouden="))
			aangehouden = bytes_equal(word, bytes_of_text("ja"));
		else if (bytes_take_text(&word, "voorzit="))
			voorzit = bytes_equal(word, bytes_of_text("ja"));
	}
	listing->count++;
	cli_say(listing->cli, "%.*s%s%s", (int)day.len, (const char *)day.data,
		aangehouden ? ", stood on an earlier agenda" : "",
		voorzit ? ", to be said by us: knooppunt uitkomst" : "");
	if (!listing->cli->json)
		return RESULT_OK;
	struct json_out *out = &listing->line.out;
	cli_line_begin(&listing->line);
	json_out_add_text(out, "overleg", listing->seat.overleg);
	json_out_key(out, "zitting");
	if (bytes_equal(day, bytes_of_text("-")))
		json_out_null(out);
	else
		json_out_text(out, day);
	json_out_add_bool(out, "aangehouden", aangehouden);
	json_out_add_bool(out, "voorzit", voorzit);
	json_out_key(out, "meldingen");
	json_out_array_begin(out);
	listing->in_item = true;
	return RESULT_OK;
}

static enum result add_melding(struct listing *listing, struct bytes value)
{
	struct bytes entry, word, nummers = {0}, ziet = {0};
	uint64_t index;
	if (!word_take(&value, &entry) || number_parse(entry, &index) || listing->count == 0)
		return RESULT_MALFORMED;
	while (word_take(&value, &word)) {
		if (bytes_take_text(&word, "nummers="))
			nummers = word;
		else if (bytes_take_text(&word, "ziet="))
			ziet = word;
	}
	cli_say(listing->cli, "    entry %llu, in verstrekking %.*s: %.*s",
		(unsigned long long)index, (int)nummers.len, (const char *)nummers.data,
		(int)ziet.len, (const char *)ziet.data);
	if (!listing->in_item)
		return RESULT_OK;
	struct json_out *out = &listing->line.out;
	json_out_object_begin(out);
	json_out_add_number(out, "melding", index);
	add_list(out, "nummers", nummers);
	add_list(out, "ziet", ziet);
	json_out_object_end(out);
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
	for (size_t i = 0; result == RESULT_OK && i < message->count; i++) {
		struct bytes name = message->lines[i].name, value = message->lines[i].value;
		if (bytes_equal(name, bytes_of_text("item")))
			result = begin_item(listing, value);
		else if (bytes_equal(name, bytes_of_text("melding")))
			result = add_melding(listing, value);
	}
	end_item(listing);
	struct bytes place = control_value(message, "na");
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
	enum result result = client_agenda(listing->client, &listing->seat, after, &told);
	if (result != RESULT_OK)
		code = cli_client_failed(listing->cli, listing->client, result);
	else if (tell_piece(listing, buffer_view(&told)) != RESULT_OK)
		code = cli_fail_reason(listing->cli, REASON_MALFORMED, CLI_BROKEN,
				       "the knooppunt answered in a form this program does not "
				       "know");
	buffer_wipe(&told);
	return code;
}

int cli_agenda(struct cli *cli)
{
	struct listing listing = {.cli = cli};
	if (cli->functie_count != 1)
		return cli_misused(cli, "agenda needs one --functie, that which sits there");
	listing.seat = (struct client_seat){cli->arguments[0], cli->functies[0]};
	int code = cli_client(cli, &listing.client);
	if (code != CLI_DONE)
		return code;
	do {
		code = ask(&listing);
	} while (code == CLI_DONE && listing.place[0]);
	if (code == CLI_DONE && listing.count == 0)
		cli_say(cli, "nothing stands on it that %s may know of", cli->functies[0]);
	cli_client_done(cli, listing.client);
	return code;
}
