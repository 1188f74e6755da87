// SPDX-License-Identifier: EUPL-1.2
// The daemon takes the decision again and answers with the facts it rested on ("feit
// attribuut=waarde", of betrokkene N "feit N.attribuut=waarde"), what each was computed from
// ("feit-uit N.attribuut=entry,entry") and then, for each rubriek asked about, a block that begins
// with "vraag <ontvanger>".
#include "audit/why.h"

#include "desk/vraag.h"
#include "melding/lists.h"
#include "melding/reason.h"

#include <stdio.h>
#include <string.h>

#define FEIT_NAME_MAX 80

// Lines of a block that may occur more than once, and the array they become.
static const struct {
	const char *line, *key;
} repeated_rows[] = {
	{"regel", "regels"},        {"regeltekst", "regelteksten"},
	{"herkomst", "herkomst"},   {"doel", "doel"},
	{"grondslag", "grondslag"}, {"convenantartikel", "convenantartikelen"},
	{"getoetst", "getoetst"},   {"voorlopig", "voorlopig"},
};
#define REPEATED_COUNT (sizeof repeated_rows / sizeof repeated_rows[0])

static bool is_named(const struct control_line *line, const char *name)
{
	return bytes_equal(line->name, bytes_of_text(name));
}

struct bytes block_value(const struct block *block, const char *name)
{
	for (size_t i = 0; i < block->count; i++) {
		if (is_named(&block->lines[i], name))
			return block->lines[i].value;
	}
	return (struct bytes){0};
}

static bool was_given(const struct block *block)
{
	return bytes_equal(block_value(block, "beslissing"), bytes_of_text("verstrekt"));
}

bool why_next(const struct why_telling *telling, size_t *at, struct block *ret_block)
{
	const struct control_message *message = &telling->answer->message;
	while (*at < message->count) {
		while (*at < message->count && !is_named(&message->lines[*at], "vraag"))
			++*at;
		if (*at == message->count)
			return false;
		size_t first = (*at)++;
		while (*at < message->count && !is_named(&message->lines[*at], "vraag"))
			++*at;
		struct block block = {&message->lines[first], *at - first};
		if (telling->withheld_only && was_given(&block))
			continue;
		*ret_block = block;
		return true;
	}
	return false;
}

struct block why_preamble(const struct answer *answer)
{
	const struct control_message *message = &answer->message;
	size_t count = 0;
	while (count < message->count && !is_named(&message->lines[count], "vraag"))
		count++;
	return (struct block){message->lines, count};
}

// ---- JSON ----------------------------------------------------------------------------------

// "<name>=<rest>" of a line; false when it is not of this kind.
static bool take_feit(const struct control_line *line, const char *kind, char name[FEIT_NAME_MAX],
		      struct bytes *ret_rest)
{
	struct bytes feit = line->value;
	const uint8_t *equals = feit.len ? memchr(feit.data, '=', feit.len) : NULL;
	if (!is_named(line, kind) || !equals)
		return false;
	size_t len = (size_t)(equals - feit.data);
	snprintf(name, FEIT_NAME_MAX, "%.*s", (int)len, (const char *)feit.data);
	*ret_rest = bytes_make(equals + 1, feit.len - len - 1);
	return true;
}

void block_write_feiten(struct json_out *out, const struct block *block, const char *kind)
{
	char name[FEIT_NAME_MAX];
	struct bytes value;
	for (size_t i = 0; i < block->count; i++)
		if (take_feit(&block->lines[i], kind, name, &value))
			json_out_add_bytes(out, name, value);
}

// Comma-separated numbers of entries as an array.
static void write_numbers(struct json_out *out, struct bytes list)
{
	json_out_array_begin(out);
	while (list.len > 0) {
		uint64_t number;
		const uint8_t *comma = memchr(list.data, ',', list.len);
		size_t len = comma ? (size_t)(comma - list.data) : list.len;
		if (number_parse(bytes_make(list.data, len), &number) == RESULT_OK)
			json_out_number(out, number);
		len += comma != NULL;
		list = bytes_make(list.data + len, list.len - len);
	}
	json_out_array_end(out);
}

static void write_origins(struct json_out *out, const struct block *common)
{
	char name[FEIT_NAME_MAX];
	struct bytes entries;
	json_out_key(out, "feiten_uit");
	json_out_object_begin(out);
	for (size_t i = 0; i < common->count; i++)
		if (take_feit(&common->lines[i], "feit-uit", name, &entries)) {
			json_out_key(out, name);
			write_numbers(out, entries);
		}
	json_out_object_end(out);
}

static void write_repeated(struct json_out *out, const struct block *block, size_t row)
{
	json_out_key(out, repeated_rows[row].key);
	json_out_array_begin(out);
	for (size_t i = 0; i < block->count; i++) {
		if (is_named(&block->lines[i], repeated_rows[row].line))
			json_out_text(out, block->lines[i].value);
	}
	json_out_array_end(out);
}

void block_write_nearest(struct json_out *out, const struct block *block, const char *regel_line,
			 const char *test_line)
{
	struct bytes regel = block_value(block, regel_line);
	struct bytes test = block_value(block, test_line);
	if (!regel.data && !test.data)
		return;
	json_out_key(out, "nearest");
	json_out_object_begin(out);
	json_out_key(out, "regel");
	if (regel.data)
		json_out_text(out, regel);
	else
		json_out_null(out);
	json_out_add_bytes(out, "test", test);
	json_out_object_end(out);
}

static enum result write_head(struct json_out *out, const struct block *block)
{
	uint64_t betrokkene;
	enum result result = number_parse(block_value(block, "betrokkene"), &betrokkene);
	if (result != RESULT_OK || !block_value(block, "beslissing").data)
		return RESULT_MALFORMED;
	json_out_add_bytes(out, "beslissing", block_value(block, "beslissing"));
	json_out_add_bytes(out, "ontvanger", block_value(block, "vraag"));
	if (block_value(block, "partij").data)
		json_out_add_bytes(out, "partij", block_value(block, "partij"));
	json_out_add_number(out, "betrokkene", betrokkene);
	json_out_add_bytes(out, "rubriek", block_value(block, "rubriek"));
	return RESULT_OK;
}

// "entry=4 convenant=<hash>" lines as objects.
static void write_entries(struct json_out *out, const struct block *block, const char *name)
{
	json_out_key(out, name);
	json_out_array_begin(out);
	for (size_t i = 0; i < block->count; i++) {
		struct bytes rest = block->lines[i].value, entry, convenant;
		uint64_t index;
		if (!is_named(&block->lines[i], name) || !word_take(&rest, &entry) ||
		    !word_take(&rest, &convenant) || entry.len < 6 || convenant.len < 10 ||
		    number_parse(bytes_make(entry.data + 6, entry.len - 6), &index) != RESULT_OK)
			continue;
		json_out_object_begin(out);
		json_out_add_number(out, "entry", index);
		json_out_add_bytes(out, "convenant",
				   bytes_make(convenant.data + 10, convenant.len - 10));
		json_out_object_end(out);
	}
	json_out_array_end(out);
}

void block_write_codes(struct json_out *out, const struct block *block, const char *name)
{
	struct bytes rest = block_value(block, name), hash;
	if (!word_take(&rest, &hash))
		return;
	json_out_key(out, "codes");
	json_out_object_begin(out);
	json_out_add_bytes(out, "hash", hash);
	json_out_add_bool(out, "nu", bytes_equal(rest, bytes_of_text("yes")));
	json_out_object_end(out);
}

static void write_common(struct json_out *out, const struct block *common)
{
	uint64_t index;
	if (number_parse(block_value(common, "index"), &index) == RESULT_OK)
		json_out_add_number(out, "index", index);
	json_out_key(out, "convenant");
	json_out_object_begin(out);
	json_out_add_bytes(out, "naam", block_value(common, "convenant"));
	json_out_add_bytes(out, "hash", block_value(common, "convenant-hash"));
	json_out_object_end(out);
	block_write_codes(out, common, "codes-hash");
	write_entries(out, common, "later");
	screening_write(out, common);
	if (!block_value(common, "gewist").data)
		return;
	json_out_key(out, "gewist");
	json_out_object_begin(out);
	json_out_add_bytes(out, "time", block_value(common, "gewist"));
	if (number_parse(block_value(common, "gewist-index"), &index) == RESULT_OK)
		json_out_add_number(out, "entry", index);
	json_out_add_bytes(out, "grond", block_value(common, "gewist-grond"));
	json_out_object_end(out);
}

static enum result print_block(struct desk *desk, const struct block *common,
			       const struct block *block)
{
	struct desk_line line;
	uint64_t vervallen;
	desk_line_begin(&line);
	enum result result = write_head(&line.out, block);
	if (result != RESULT_OK) {
		buffer_wipe(&line.buffer);
		return result;
	}
	write_common(&line.out, common);
	write_entries(&line.out, block, "gegeven");
	for (size_t row = 0; row < REPEATED_COUNT; row++)
		write_repeated(&line.out, block, row);
	json_out_key(&line.out, "feiten");
	json_out_object_begin(&line.out);
	block_write_feiten(&line.out, common, "feit");
	block_write_feiten(&line.out, block, "feit");
	json_out_object_end(&line.out);
	write_origins(&line.out, common);
	block_write_nearest(&line.out, block, "nearest-regel", "nearest-test");
	if (block_value(block, "wacht-op").data)
		json_out_add_bytes(&line.out, "wacht_op", block_value(block, "wacht-op"));
	if (number_parse(block_value(block, "vervallen"), &vervallen) == RESULT_OK)
		json_out_add_number(&line.out, "vervallen", vervallen);
	verloop_write(&line.out, common, block);
	desk_line_end(desk, &line);
	return RESULT_OK;
}

// ---- asking --------------------------------------------------------------------------------

static const char *rubriek_name(const void *context, size_t n)
{
	(void)context;
	return rubriek_row_at(n) ? rubriek_row_at(n)->name : NULL;
}

// [BETROKKENE] [RUBRIEK]: either may be left out, and they do not look alike.
static int add_place(struct desk *desk, const char *argument, struct buffer *request)
{
	uint64_t number;
	if (number_parse(bytes_of_text(argument), &number) == RESULT_OK) {
		if (number > BETROKKENEN_MAX)
			return desk_misused(desk, "BETROKKENE is 0 (the incident) to %d",
					    BETROKKENEN_MAX);
		control_append_number(request, "betrokkene", number);
	} else if (rubriek_row_named(bytes_of_text(argument)) || strcmp(argument, "bericht") == 0) {
		control_append_text(request, "rubriek", argument);
	} else {
		return desk_no_such_name(
			desk, &(const struct desk_names){"rubrieken", rubriek_name, NULL}, argument,
			"neither a betrokkene nor a rubriek");
	}
	return DESK_DONE;
}

// Under one convenant, or (empty) the first under which it is an ontvanger.
static int ask_why(struct desk *desk, struct bytes convenant, struct answer **ret_answer)
{
	struct buffer request;
	int code = DESK_DONE;
	desk_question(&request, "why");
	control_append_text(&request, "id", desk->arguments[0]);
	if (desk->values[DESK_SOURCE])
		control_append_text(&request, "source", desk->values[DESK_SOURCE]);
	control_append_text(&request, "ontvanger", desk->arguments[1]);
	if (convenant.len > 0)
		control_append(&request, "convenant", convenant);
	for (unsigned i = 2; i < desk->argument_count && code == DESK_DONE; i++)
		code = add_place(desk, desk->arguments[i], &request);
	if (code == DESK_DONE)
		return desk_vraag(desk, &request, ret_answer);
	buffer_wipe(&request);
	return code;
}

static enum result print_blocks(struct desk *desk, const struct why_telling *telling,
				size_t *ret_told)
{
	struct block common = why_preamble(telling->answer), block;
	enum result result = RESULT_OK;
	size_t told = 0;
	for (size_t at = 0; result == RESULT_OK && why_next(telling, &at, &block); told++)
		result = print_block(desk, &common, &block);
	*ret_told = told;
	return result;
}

static int tell(struct desk *desk, const struct why_telling *telling, size_t *told)
{
	size_t more = 0;
	if (!desk->json)
		more = why_say(desk, telling);
	else if (print_blocks(desk, telling, &more) != RESULT_OK)
		return desk_odd_answer(desk, "a decision without its outcome");
	*told += more;
	return DESK_DONE;
}

// Each further convenant under which the same was asked of this ontvanger.
static int tell_further(struct desk *desk, const struct why_telling *first, size_t *told)
{
	const struct control_message *message = &first->answer->message;
	int code = DESK_DONE;
	for (size_t i = 0; code == DESK_DONE && i < message->count; i++) {
		struct answer *answer;
		if (!is_named(&message->lines[i], "ook"))
			continue;
		code = ask_why(desk, message->lines[i].value, &answer);
		if (code != DESK_DONE)
			return code;
		const struct why_telling telling = {answer, first->withheld_only};
		code = tell(desk, &telling, told);
		answer_free(answer);
	}
	return code;
}

static int explain(struct desk *desk, bool withheld_only)
{
	struct answer *answer;
	size_t told = 0;
	int code = ask_why(desk, bytes_make(NULL, 0), &answer);
	if (code != DESK_DONE)
		return code;
	const struct why_telling telling = {answer, withheld_only};
	code = tell(desk, &telling, &told);
	if (code == DESK_DONE)
		code = tell_further(desk, &telling, &told);
	answer_free(answer);
	if (code != DESK_DONE || told > 0)
		return code;
	struct problem problem = {0};
	problem_set(&problem, reason_code(REASON_NOT_FOUND),
		    withheld_only ? "ask why, to see under which regel it was given"
				  : "ask without BETROKKENE and RUBRIEK what the melding has",
		    withheld_only ? "nothing of this was withheld from this ontvanger"
				  : "the melding has no such rubriek of this betrokkene");
	return desk_fail(desk, &problem, DESK_NO);
}

int audit_why(struct desk *desk)
{
	return explain(desk, false);
}

int audit_why_not(struct desk *desk)
{
	return explain(desk, true);
}
