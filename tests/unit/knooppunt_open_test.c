// SPDX-License-Identifier: EUPL-1.2
// `knooppunt open` asks piece by piece for as long as the knooppunt has a next one. What it is told
// comes from this test, what it prints stays here.
#include "knooppunt/cli.h"

#include "control/control.h"

#include "tests/unit/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
	unsigned pieces; // there are
	unsigned stuck;  // the piece that names its own place again; 0: none
	unsigned asked, printed;
	uint64_t entries; // the sum of what was printed
	enum reason failed;
} told;

// ---- the knooppunt
// -------------------------------------------------------------------------------

enum result client_open_owed(struct client *client, const char *after, struct buffer *ret_told)
{
	char line[120];
	unsigned piece = 1;
	(void)client;
	assert_true(told.asked <= told.pieces);
	told.asked++;
	if (after)
		assert_int_equal(sscanf(after, "place-%u", &piece), 1);
	snprintf(line, sizeof line,
		 "2026-12-01T10:00:00Z screening zonder-uitkomst 00000099000000009000/regie "
		 "entry=%u "
		 "trap=open",
		 piece);
	control_append_text(ret_told, "obligation", line);
	snprintf(line, sizeof line, "place-%u", piece == told.stuck ? piece : piece + 1);
	if (piece < told.pieces)
		control_append_text(ret_told, "na", line);
	return ret_told->status;
}

// ---- the program around it ----------------------------------------------------------------------

int cli_client(struct cli *cli, struct client **ret_client)
{
	(void)cli;
	*ret_client = NULL;
	return CLI_DONE;
}

void cli_client_done(const struct cli *cli, struct client *client)
{
	(void)cli;
	(void)client;
}

int cli_client_failed(struct cli *cli, const struct client *client, enum result result)
{
	(void)cli;
	(void)client;
	(void)result;
	return CLI_BROKEN;
}

int cli_fail_reason(struct cli *cli, enum reason reason, int exit_code, const char *format, ...)
{
	(void)cli;
	(void)format;
	told.failed = reason;
	return exit_code;
}

void cli_say(const struct cli *cli, const char *format, ...)
{
	(void)cli;
	(void)format;
}

void cli_line_begin(struct cli_line *line)
{
	buffer_init(&line->buffer, 4096);
	json_out_init(&line->out, &line->buffer);
	json_out_object_begin(&line->out);
}

bool cli_line_end(struct cli *cli, struct cli_line *line)
{
	(void)cli;
	json_out_object_end(&line->out);
	buffer_append_u8(&line->buffer, 0);
	const char *entry = strstr((const char *)line->buffer.data, "\"melding\":");
	assert_non_null(entry);
	told.entries += strtoull(entry + strlen("\"melding\":"), NULL, 10);
	told.printed++;
	buffer_done(&line->buffer);
	return true;
}

// ---- what it does
// --------------------------------------------------------------------------------

static int open_pieces(unsigned pieces, unsigned stuck)
{
	struct cli cli = {.json = true};
	memset(&told, 0, sizeof told);
	told.pieces = pieces;
	told.stuck = stuck;
	return cli_open(&cli);
}

static void every_piece_is_told_however_many_there_are(void **unused)
{
	static const unsigned many[] = {1, 2, 1023, 1024, 1025, 3000};
	(void)unused;
	for (size_t i = 0; i < sizeof many / sizeof many[0]; i++) {
		assert_int_equal(open_pieces(many[i], 0), CLI_DONE);
		assert_int_equal(told.asked, many[i]);
		assert_int_equal(told.printed, many[i]);
		assert_int_equal(told.entries, (uint64_t)many[i] * (many[i] + 1) / 2);
	}
}

// It would be asked for ever.
static void a_place_that_leads_nowhere_further_ends_it(void **unused)
{
	(void)unused;
	assert_int_equal(open_pieces(10, 4), CLI_BROKEN);
	assert_int_equal(told.failed, REASON_MALFORMED);
	assert_int_equal(told.asked, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_piece_is_told_however_many_there_are),
		cmocka_unit_test(a_place_that_leads_nowhere_further_ends_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
