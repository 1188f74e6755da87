// SPDX-License-Identifier: EUPL-1.2
// onboard: walks a new partner through its keys, its enrolment and a rehearsal in an oefening, and
// writes the report of a pass, signed with its own key. admission: whether such a report is one of
// the partner with this bundle.
#include "knooppunt/onboard.h"

#include "base/clock.h"
#include "base/file.h"
#include "tree/note.h"
#include "wire/bundle.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define REPORT_MAX (64 * 1024)
#define REPORT_MODE 0644
#define BUNDLE_WIRE_MAX 16384
#define ARENA_EXTRA (64 * 1024)
#define WAIT_S "30"
#define PASS "\nresult pass\n"

// ---- what comes before -------------------------------------------------------------------------

// A rehearsal is done with invented people: test BSNs begin so.
static bool is_invented(const struct melding *melding)
{
	for (size_t i = 0; i < melding->count; i++) {
		const struct rubriek *rubriek = &melding->rubrieken[i];
		struct bytes bsn = veld_get(rubriek->velden, rubriek->veld_count, BSN_WAARDE);
		if (rubriek->soort == RUBRIEK_BSN &&
		    (bsn.len < 4 || memcmp(bsn.data, "9999", 4) != 0))
			return false;
	}
	return true;
}

static int read_one(struct onboarding *o, const char *path, struct bytes text, const char *soort)
{
	struct onboard_file *file = &o->files[o->file_count++];
	struct problem problem = {.code = NULL};
	const struct melding_json_input input = {.text = text,
						 .file = path,
						 .partner_soort = bytes_of_text(soort),
						 .today = date_amsterdam(clock_wall_ms())};
	enum result result = arena_new(16 * text.len + ARENA_EXTRA, &file->arena);
	if (result == RESULT_OK)
		result = melding_json_read(&input, file->arena, &file->file, &problem);
	if (result == RESULT_OK && !is_invented(&file->file.melding)) {
		problem_set(&problem, reason_code(REASON_BAD_VALUE),
			    "Rehearse with invented people: test BSNs begin with 9999.",
			    "the melding is about a real BSN");
		problem_set_file(&problem, path);
		result = RESULT_MALFORMED;
	}
	return result == RESULT_OK ? CLI_DONE
	       : problem.code      ? cli_fail(o->cli, &problem, result_exit_code(result))
				   : cli_fail_reason(o->cli, REASON_IO, CLI_BROKEN,
						     "there is not enough memory to read the file");
}

static int read_files(struct onboarding *o)
{
	char soort[32];
	int code = CLI_DONE;
	enum result result = client_soort(o->client, soort);
	if (result != RESULT_OK)
		return cli_client_failed(o->cli, o->client, result);
	for (int i = 0; code == CLI_DONE && i < o->cli->argument_count; i++) {
		struct buffer text;
		buffer_init(&text, MELDING_JSON_MAX);
		code = cli_read(o->cli, o->cli->arguments[i], MELDING_JSON_MAX, &text);
		if (code == CLI_DONE)
			code = read_one(o, o->cli->arguments[i], buffer_view(&text), soort);
		buffer_wipe(&text);
	}
	return code;
}

// Keys and settings are fine once the client is open.
static int check_place(struct onboarding *o)
{
	struct problem problem = {.code = NULL};
	enum result result = client_sync(o->client);
	if (result != RESULT_OK)
		return cli_client_failed(o->cli, o->client, result);
	if (!client_register(o->client)->genesis.oefening) {
		problem_set(&problem, reason_code(REASON_UNSUPPORTED),
			    "Give the settings of the oefening that the house runs for this.",
			    "this log is in earnest: nobody rehearses in it");
		return cli_fail(o->cli, &problem, CLI_NO);
	}
	if (client_party(o->client))
		return CLI_DONE;
	problem_set(
		&problem, reason_code(REASON_NOT_ADMITTED),
		"Give bundle.knp of the key folder to the house, and compare the id of the key by "
		"telephone; then run this again.",
		"our identity key is not in the register of the oefening yet");
	return cli_fail(o->cli, &problem, CLI_AGAIN);
}

// ---- telling -----------------------------------------------------------------------------------

static bool tell_cases(struct onboarding *o)
{
	bool all = true;
	for (size_t i = 0; i < o->count; i++) {
		const struct onboard_case *one = &o->cases[i];
		struct cli_line line;
		cli_line_begin(&line);
		json_out_add_text(&line.out, "case", one->name);
		json_out_add_bool(&line.out, "ok", one->ok);
		json_out_add_text(&line.out, "got", one->got);
		if (one->index)
			json_out_add_number(&line.out, "index", one->index);
		if (o->cli->json)
			cli_line_end(o->cli, &line);
		else
			buffer_wipe(&line.buffer);
		cli_say(o->cli, "%s  %s: %s", one->ok ? "ok  " : "FAIL", one->name, one->got);
		all &= one->ok;
	}
	return all;
}

// What the report begins with, so that it is of this key alone.
static void write_head(const struct oin *oin, const uint8_t identity[32], struct buffer *out)
{
	char key[2 * KEY_ID_LEN + 1];
	struct key_id id = key_id_of(KEY_KIND_IDENTITY, identity);
	hex_encode(key, bytes_make(id.b, KEY_ID_LEN));
	buffer_append_format(out, ONBOARD_MARK "\noin %s\nkey %s\n", oin->text, key);
}

static void write_report(const struct onboarding *o, struct buffer *out)
{
	char leaf[2 * sizeof(struct hash) + 1], root[sizeof leaf], time[21];
	const struct register_genesis *genesis = &client_register(o->client)->genesis;
	const struct checkpoint *checkpoint = client_checkpoint(o->client);
	const struct bundle *own = &client_party(o->client)->bundle;
	hex_encode(leaf, bytes_of_hash(&genesis->leaf));
	hex_encode(root, bytes_of_hash(&checkpoint->root));
	time_format(time, clock_wall_ms());
	write_head(&own->oin, own->identity, out);
	buffer_append_format(
		out, "log %s OEFENING\ngenesis %s\nsize %" PRIu64 "\nroot %s\ntime %s\n",
		register_origin(client_register(o->client)), leaf, checkpoint->size, root, time);
	for (size_t i = 0; i < o->count; i++) {
		const struct onboard_case *one = &o->cases[i];
		buffer_append_format(out, "case %s ok", one->name);
		if (one->index)
			buffer_append_format(out, " entry %" PRIu64, one->index);
		buffer_append_u8(out, '\n');
	}
	buffer_append_text(out, &PASS[1]);
}

static int keep_report(struct onboarding *o)
{
	const char *path = o->cli->values[CLI_OUT];
	struct buffer report;
	buffer_init(&report, REPORT_MAX);
	write_report(o, &report);
	enum result result = report.status;
	if (result == RESULT_OK)
		result = client_sign_note(o->client, &report);
	if (result == RESULT_OK)
		result = file_replace(path, buffer_view(&report), REPORT_MODE);
	buffer_done(&report);
	if (result != RESULT_OK)
		return cli_fail_reason(o->cli, REASON_IO, CLI_BROKEN,
				       "the report cannot be written: %s", result_name(result));
	cli_say(o->cli, "passed: give %s to the house", path);
	return CLI_DONE;
}

static int onboard(struct onboarding *o)
{
	int code = check_place(o);
	if (code == CLI_DONE)
		code = read_files(o);
	if (code != CLI_DONE)
		return code;
	onboard_rehearse(o);
	if (tell_cases(o))
		return keep_report(o);
	struct problem problem = {.code = NULL};
	problem_set(&problem, reason_code(REASON_BAD_VALUE),
		    "Look at what came of each case that failed, mend it, and run this again.",
		    "not every case came as it must, so no report was written");
	return cli_fail(o->cli, &problem, CLI_NO);
}

int cli_onboard(struct cli *cli)
{
	struct onboarding o = {.cli = cli};
	if (!cli->values[CLI_OUT])
		return cli_misused(cli, "give --out, the file that the report goes to");
	cli->values[CLI_WAIT] = WAIT_S;
	int code = cli_client(cli, &o.client);
	if (code != CLI_DONE)
		return code;
	code = onboard(&o);
	for (size_t i = 0; i < o.file_count; i++)
		arena_free(o.files[i].arena);
	cli_client_done(cli, o.client);
	return code;
}

// ---- at the house ------------------------------------------------------------------------------

static bool is_pass(struct bytes text, const struct bundle *bundle)
{
	struct buffer head;
	size_t end = sizeof PASS - 1;
	buffer_init(&head, REPORT_MAX);
	write_head(&bundle->oin, bundle->identity, &head);
	bool pass = head.status == RESULT_OK && text.len > head.len + end &&
		    memcmp(text.data, head.data, head.len) == 0 &&
		    memcmp(text.data + text.len - end, PASS, end) == 0;
	buffer_done(&head);
	return pass;
}

static int tell_report(struct cli *cli, struct bytes report, const struct bundle *bundle)
{
	struct vkey vkey;
	struct bytes text;
	enum result result = vkey_make(bundle->oin.text, bundle->identity, &vkey);
	if (result == RESULT_OK)
		result = note_verify(report, &vkey, &text);
	if (result != RESULT_OK || !is_pass(text, bundle))
		return cli_fail_reason(cli, REASON_NOT_PROVEN, CLI_NO,
				       "this is no report of a pass that the key of this bundle "
				       "signed");
	struct cli_line line;
	cli_line_begin(&line);
	json_out_add_bool(&line.out, "ok", true);
	json_out_add_text(&line.out, "oin", bundle->oin.text);
	json_out_add_bytes(&line.out, "report", text);
	if (cli->json)
		cli_line_end(cli, &line);
	else
		buffer_wipe(&line.buffer);
	cli_say(cli, "%.*s", (int)text.len, (const char *)text.data);
	return CLI_DONE;
}

int cli_admission(struct cli *cli)
{
	struct buffer report, wire;
	struct bundle bundle;
	struct problem problem = {.code = NULL};
	buffer_init(&report, REPORT_MAX);
	buffer_init(&wire, BUNDLE_WIRE_MAX);
	int code = cli_read(cli, cli->arguments[0], REPORT_MAX, &report);
	if (code == CLI_DONE)
		code = cli_read(cli, cli->arguments[1], BUNDLE_WIRE_MAX, &wire);
	if (code == CLI_DONE) {
		problem_set_file(&problem, cli->arguments[1]);
		enum result result = bundle_decode(buffer_view(&wire), NULL, &bundle, &problem);
		code = result == RESULT_OK ? tell_report(cli, buffer_view(&report), &bundle)
					   : cli_fail(cli, &problem, result_exit_code(result));
	}
	buffer_done(&report);
	buffer_done(&wire);
	return code;
}
