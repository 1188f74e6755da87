// SPDX-License-Identifier: EUPL-1.2
// status: how things stand here. The knooppunt is only asked, briefly, when something waits for it
// or when we do not know ourselves in its register.
#include "knooppunt/cli.h"

#include "attendering/attendering.h"
#include "base/endpoint.h"

#include <stdio.h>
#include <string.h>

#define ASK_MS 3000

struct counts {
	uint64_t outbox, aanvaard, geweigerd, acks;
};

struct standing {
	const struct party *party, *foreign;
	const struct checkpoint *checkpoint;
	struct counts counts;
	uint64_t waiting[FUNCTIES_MAX]; // in each inbox
	uint64_t aside[FUNCTIES_MAX];   // beside it, a delivery that is not proven; 0: none
	bool damaged, conflict, oin_differs, not_proven, old_way;
	struct problem damage;
	const char *apart; // why the knooppunt could not be asked, a reason code; NULL: it could
	char why[240];     // the same for people
	char spool[240];   // of the settings
	char attendering[ATTENDERING_CODE_MAX]; // why those do not go, "": nothing is wrong
};

static bool count_item(void *context, const struct item_status *status)
{
	struct counts *counts = context;
	if (type_by_library(status->type)) {
		counts->acks += status->state == ITEM_OUTBOX;
		return true;
	}
	counts->outbox += status->state == ITEM_OUTBOX;
	counts->aanvaard += status->state == ITEM_AANVAARD;
	counts->geweigerd += status->state == ITEM_GEWEIGERD;
	return true;
}

// That it is busy is no alarm.
static void ask(struct client *client, struct standing *standing, bool told)
{
	bool waits = standing->counts.outbox + standing->counts.acks > 0;
	if (client_has_conflict(client) || client_oin_differs(client) ||
	    (!waits && !told && client_party(client) && !client_key_change(client)->under_way))
		return;
	enum result result = client_sync(client);
	const struct problem *problem = client_problem(client);
	if (result == RESULT_OK || client_has_conflict(client) || !problem->code ||
	    strcmp(problem->code, reason_code(REASON_BUSY)) == 0)
		return;
	standing->apart = problem->code;
	snprintf(standing->why, sizeof standing->why, "%s", problem->message);
}

// Whether keys of the knooppunt are given that a person heard.
static bool is_told(const struct cli *cli)
{
	return cli->values[CLI_RECEIVE] || cli->values[CLI_SEND] || cli->values[CLI_TRANSPORT];
}

static int look(struct cli *cli, struct client *client, struct standing *standing)
{
	enum result result = client_items(client, count_item, &standing->counts);
	standing->damaged = result == RESULT_DAMAGED;
	if (standing->damaged) {
		standing->damage = *client_problem(client);
		result = RESULT_OK;
	}
	ask(client, standing, is_told(cli));
	standing->old_way = client_by_old_way(client);
	standing->party = client_party(client);
	standing->foreign = client_foreign_key(client);
	standing->checkpoint = client_checkpoint(client);
	standing->conflict = client_has_conflict(client);
	standing->oin_differs = client_oin_differs(client);
	size_t functies = standing->party ? standing->party->bundle.functie_count : 0;
	for (size_t i = 0; result == RESULT_OK && i < functies; i++) {
		const char *functie = standing->party->bundle.functies[i];
		result = client_waiting(client, functie, &standing->waiting[i]);
		if (result == RESULT_OK)
			result = client_aside(client, functie, &standing->aside[i]);
		standing->not_proven |= standing->aside[i] > 0;
	}
	return result == RESULT_OK ? CLI_DONE : cli_client_failed(cli, client, result);
}

static void add_alarm(struct json_out *out, bool on, const char *name)
{
	if (on)
		json_out_text(out, bytes_of_text(name));
}

static void write_log(struct json_out *out, const struct client *client,
		      const struct standing *standing)
{
	const struct register_genesis *genesis = &client_register(client)->genesis;
	json_out_key(out, "log");
	json_out_object_begin(out);
	json_out_add_text(out, "origin", register_origin(client_register(client)));
	json_out_add_number(out, "size", standing->checkpoint->size);
	json_out_add_bool(out, "oefening", genesis->oefening);
	json_out_object_end(out);
}

static void write_inboxes(struct json_out *out, const struct standing *standing)
{
	json_out_key(out, "inbox");
	json_out_array_begin(out);
	for (size_t i = 0; standing->party && i < standing->party->bundle.functie_count; i++) {
		json_out_object_begin(out);
		json_out_add_text(out, "functie", standing->party->bundle.functies[i]);
		json_out_add_number(out, "waiting", standing->waiting[i]);
		json_out_object_end(out);
	}
	json_out_array_end(out);
}

// Every key in force under our OIN: a person must know each of them.
static void write_keys(struct json_out *out, const struct client *client,
		       const struct standing *standing)
{
	const struct registry *reg = client_register(client);
	json_out_key(out, "keys");
	json_out_array_begin(out);
	for (size_t i = 0; standing->party && i < reg->party_count; i++) {
		const struct party *party = &reg->parties[i];
		char id[2 * KEY_ID_LEN + 1];
		if (party->is_role || party->until != REGISTER_NEVER ||
		    !oin_equal(&party->bundle.oin, &standing->party->bundle.oin))
			continue;
		hex_encode(id, bytes_make(party->identity_id.b, KEY_ID_LEN));
		json_out_object_begin(out);
		json_out_add_text(out, "key", id);
		json_out_add_bool(out, "ours", client_is_own(client, party));
		json_out_add_bool(out, "used", party == standing->party);
		json_out_key(out, "functies");
		json_out_array_begin(out);
		for (size_t f = 0; f < party->bundle.functie_count; f++)
			json_out_text(out, bytes_of_text(party->bundle.functies[f]));
		json_out_array_end(out);
		json_out_object_end(out);
	}
	json_out_array_end(out);
}

static void print_json(struct cli *cli, const struct client *client,
		       const struct standing *standing, bool ok)
{
	struct cli_line line;
	cli_line_begin(&line);
	json_out_add_bool(&line.out, "ok", ok);
	json_out_add_bool(&line.out, "enrolled", standing->party != NULL);
	write_log(&line.out, client, standing);
	json_out_key(&line.out, "outbox");
	json_out_object_begin(&line.out);
	json_out_add_number(&line.out, "waiting", standing->counts.outbox);
	json_out_add_number(&line.out, "aanvaard", standing->counts.aanvaard);
	json_out_add_number(&line.out, "geweigerd", standing->counts.geweigerd);
	json_out_add_number(&line.out, "acks", standing->counts.acks);
	json_out_object_end(&line.out);
	write_inboxes(&line.out, standing);
	write_keys(&line.out, client, standing);
	bool files = cli_write_adapters(&line.out, standing->spool) == RESULT_OK;
	json_out_key(&line.out, "alarms");
	json_out_array_begin(&line.out);
	add_alarm(&line.out, standing->conflict, "conflict");
	add_alarm(&line.out, standing->foreign != NULL, "foreign-key");
	add_alarm(&line.out, standing->damaged || !files, "damaged");
	add_alarm(&line.out, standing->not_proven, reason_code(REASON_NOT_PROVEN));
	add_alarm(&line.out, standing->oin_differs, "oin-differs");
	add_alarm(&line.out, !standing->party, "not-enrolled");
	add_alarm(&line.out, standing->apart != NULL, standing->apart);
	add_alarm(&line.out, standing->old_way, "old-transport-key");
	add_alarm(&line.out, standing->attendering[0] != '\0', "attendering");
	json_out_array_end(&line.out);
	cli_line_end(cli, &line);
}

// Most urgent first.
static void print_alarms(const struct cli *cli, const struct standing *standing)
{
	char key[2 * KEY_ID_LEN + 1];
	if (standing->conflict)
		cli_say(cli, "ALARM    the log contradicts a checkpoint held before: give the "
			     "conflict-* files of the spool to the privacy officer");
	if (standing->foreign) {
		hex_encode(key, bytes_make(standing->foreign->identity_id.b, KEY_ID_LEN));
		cli_say(cli,
			"ALARM    key %s holds one of our functies and is not ours: ask the "
			"house who had it enrolled",
			key);
	}
	if (standing->damaged)
		cli_say(cli, "ALARM    %s: %s", standing->damage.file, standing->damage.message);
	for (size_t i = 0; standing->not_proven && i < FUNCTIES_MAX; i++)
		if (standing->aside[i])
			cli_say(cli,
				"ALARM    delivery %llu to %s was not proven, and nothing after it "
				"comes: fetch says what is wrong; tell the house, and keep the "
				".aside file of the inbox for it",
				(unsigned long long)standing->aside[i],
				standing->party->bundle.functies[i]);
	if (standing->oin_differs)
		cli_say(cli, "ALARM    the register has our identity key under another OIN than "
			     "oin in the settings: nothing can be sent; correct the settings");
	else if (!standing->party)
		cli_say(cli, "ALARM    our identity key is not in the register as far as we know "
			     "it: ask the house to enrol our bundle");
	if (standing->attendering[0])
		cli_say(cli, "ALARM    people are not told of what waits (attendeer): %s",
			standing->attendering);
	if (standing->apart)
		cli_say(cli, "ALARM    %llu in the outbox; %s",
			(unsigned long long)standing->counts.outbox, standing->why);
}

static void say_way(const struct cli *cli, const struct client *client,
		    const struct standing *standing)
{
	const struct house_key *newest =
		register_house_key(client_register(client), HOUSE_TRANSPORT);
	if (standing->old_way)
		cli_say(cli,
			"ALARM    the knooppunt has a new transport key at %s, which cannot be "
			"reached from here: have the network let that through before the house "
			"ends the old one",
			newest->adres[0] ? newest->adres : "the endpoint of the settings");
}

static void print_text(struct cli *cli, const struct client *client,
		       const struct standing *standing)
{
	const struct register_genesis *genesis = &client_register(client)->genesis;
	const struct counts *counts = &standing->counts;
	print_alarms(cli, standing);
	say_way(cli, client, standing);
	cli_say(cli, "log      %s%s, verified up to %llu entries",
		register_origin(client_register(client)), genesis->oefening ? " (OEFENING)" : "",
		(unsigned long long)standing->checkpoint->size);
	cli_say(cli,
		"outbox   %llu waiting, %llu aanvaard and %llu geweigerd in the last 14 days; "
		"%llu acks waiting",
		(unsigned long long)counts->outbox, (unsigned long long)counts->aanvaard,
		(unsigned long long)counts->geweigerd, (unsigned long long)counts->acks);
	for (size_t i = 0; standing->party && i < standing->party->bundle.functie_count; i++)
		cli_say(cli, "inbox    %s: %llu not handed over yet",
			standing->party->bundle.functies[i],
			(unsigned long long)standing->waiting[i]);
	if (cli_say_adapters(cli, standing->spool) != RESULT_OK)
		cli_say(cli, "ALARM    the state of an adapter cannot be read");
}

static int status_of_items(struct cli *cli, struct client *client)
{
	int code = CLI_DONE;
	for (int i = 0; i < cli->argument_count; i++)
		code = cli_worse(code, cli_print_item(cli, client, cli->arguments[i]));
	return code;
}

static int tell_key(struct cli *cli, struct client *client, enum cli_option option)
{
	uint8_t key[32];
	if (!cli->values[option])
		return CLI_DONE;
	int code = cli_read_key(cli, option, key);
	if (code != CLI_DONE)
		return code;
	enum result result =
		client_tell_key(client, option == CLI_SEND ? HOUSE_SEND : HOUSE_RECEIVE, key);
	return result == RESULT_OK ? CLI_DONE : cli_client_failed(cli, client, result);
}

static int tell_way(struct cli *cli, struct client *client)
{
	const char *adres = cli->values[CLI_ENDPOINT];
	uint8_t key[32];
	if (adres && !cli->values[CLI_TRANSPORT])
		return cli_misused(cli, "--endpoint comes with --transport");
	if (!cli->values[CLI_TRANSPORT])
		return CLI_DONE;
	if (adres && !endpoint_is_reachable(bytes_of_text(adres)))
		return cli_misused(cli,
				   "--endpoint is tcp://host:port, IPv6 as tcp://[address]:port");
	int code = cli_read_key(cli, CLI_TRANSPORT, key);
	if (code != CLI_DONE)
		return code;
	enum result result = client_tell_way(client, key, adres);
	return result == RESULT_OK ? CLI_DONE : cli_client_failed(cli, client, result);
}

// Beside a program that works with the spool (an adapter, the gateway, another command): what can
// be seen from outside, which is what lies where.
static int look_beside(struct cli *cli, const struct client_settings *settings)
{
	struct cli_line line;
	uint64_t waiting = 0;
	bool seen = client_count_waiting(settings->spool, &waiting) == RESULT_OK;
	cli_line_begin(&line);
	json_out_add_bool(&line.out, "in_use", true);
	json_out_key(&line.out, "outbox");
	json_out_object_begin(&line.out);
	json_out_add_number(&line.out, "files", waiting);
	json_out_object_end(&line.out);
	seen = cli_write_adapters(&line.out, settings->spool) == RESULT_OK && seen;
	json_out_add_bool(&line.out, "ok", seen);
	json_out_key(&line.out, "alarms");
	json_out_array_begin(&line.out);
	add_alarm(&line.out, !seen, "damaged");
	json_out_array_end(&line.out);
	cli_say(cli, "spool    another program works with it: what stands in it is not read beside "
		     "that");
	cli_say(cli, "outbox   %llu files waiting", (unsigned long long)waiting);
	if (cli_say_adapters(cli, settings->spool) != RESULT_OK)
		cli_say(cli, "ALARM    the state of an adapter cannot be read");
	if (cli->json)
		cli_line_end(cli, &line);
	else
		buffer_wipe(&line.buffer);
	return seen ? CLI_DONE : CLI_NO;
}

int cli_status(struct cli *cli)
{
	struct client *client;
	struct client_settings settings;
	struct standing standing = {.party = NULL};
	int code = cli_settings(cli, &settings);
	if (code != CLI_DONE)
		return code;
	char attendering[CLI_ATTENDERING_PATH];
	memcpy(standing.spool, settings.spool, sizeof standing.spool);
	cli_attendering_path(settings.spool, attendering);
	attendering_trouble(attendering, standing.attendering);
	if (cli->argument_count > 0 || is_told(cli))
		code = cli_client_within(cli, ASK_MS, &client);
	else
		code = cli_client_unless_used(cli, ASK_MS, &settings, &client);
	if (code != CLI_DONE || !client)
		return code == CLI_DONE ? look_beside(cli, &settings) : code;
	code = tell_key(cli, client, CLI_RECEIVE);
	if (code == CLI_DONE)
		code = tell_key(cli, client, CLI_SEND);
	if (code == CLI_DONE)
		code = tell_way(cli, client);
	if (code == CLI_DONE && cli->argument_count > 0) {
		code = status_of_items(cli, client);
		client_close(client);
		return code;
	}
	if (code == CLI_DONE)
		code = look(cli, client, &standing);
	if (code == CLI_DONE) {
		bool ok = !standing.conflict && !standing.foreign && !standing.damaged &&
			  !standing.not_proven && !standing.oin_differs && standing.party &&
			  !standing.apart && !standing.old_way && !standing.attendering[0];
		if (cli->json)
			print_json(cli, client, &standing, ok);
		else
			print_text(cli, client, &standing);
		code = ok ? CLI_DONE : CLI_NO;
	}
	cli_say_keys(cli, client);
	client_close(client);
	return code;
}
