// SPDX-License-Identifier: EUPL-1.2
#include "convenant/reader.h"

#include "base/guess.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TEXT_LEN_MAX 2000
#define FIX_SIZE sizeof(((struct problem *)NULL)->fix)

void reader_enter(struct reader *reader, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	if (vsnprintf(reader->place, sizeof reader->place, format, args) < 0)
		reader->place[0] = '\0';
	va_end(args);
}

bool reader_ok(const struct reader *reader)
{
	return reader->result == RESULT_OK;
}

static void set_field(struct reader *reader, const char *key)
{
	const char *dot = reader->place[0] && key ? "." : "";
	problem_set_field(reader->problem, "%s%s%s", reader->place, dot, key ? key : "");
}

void reader_fail(struct reader *reader, const struct yaml_node *node, struct reader_fault fault,
		 const char *format, ...)
{
	if (!reader_ok(reader))
		return;
	char message[240];
	va_list args;
	va_start(args, format);
	if (vsnprintf(message, sizeof message, format, args) < 0)
		message[0] = '\0';
	va_end(args);
	reader->result = RESULT_CONFIG;
	yaml_problem(reader->yaml, node, reader->problem, reason_code(fault.reason),
		     fault.fix ? fault.fix : reason_fix(fault.reason), "%s", message);
	set_field(reader, fault.key);
}

void *reader_alloc(struct reader *reader, size_t count, size_t size)
{
	if (!reader_ok(reader))
		return NULL;
	void *memory = count <= SIZE_MAX / size
			       ? arena_alloc(reader->convenant->arena, count * size)
			       : NULL;
	if (!memory)
		reader->result = RESULT_NO_MEMORY;
	return memory;
}

void reader_keys(struct reader *reader, const struct yaml_node *node, const char *const *allowed)
{
	if (!reader_ok(reader))
		return;
	reader->result = yaml_only_keys(reader->yaml, node, allowed, reader->problem);
	if (!reader_ok(reader))
		set_field(reader, NULL);
}

const struct yaml_node *reader_optional(struct reader *reader, const struct yaml_node *mapping,
					const char *key)
{
	return reader_ok(reader) && mapping ? yaml_find(mapping, key) : NULL;
}

const struct yaml_node *reader_required(struct reader *reader, const struct yaml_node *mapping,
					const char *key)
{
	const struct yaml_node *node = reader_optional(reader, mapping, key);
	if (!node)
		reader_fail(reader, mapping,
			    (struct reader_fault){REASON_MISSING_KEYWORD, key, NULL},
			    "\"%s\" is missing.", key);
	return node;
}

size_t reader_count(const struct yaml_node *node)
{
	if (!node)
		return 0;
	return yaml_kind(node) == YAML_SEQUENCE ? yaml_count(node) : 1;
}

const struct yaml_node *reader_item(const struct yaml_node *node, size_t n)
{
	return yaml_kind(node) == YAML_SEQUENCE ? yaml_item(node, n) : node;
}

// The scalar, or the empty view after a failure.
static struct bytes read_scalar(struct reader *reader, const struct yaml_node *node,
				const char *key)
{
	if (!reader_ok(reader) || !node)
		return (struct bytes){0};
	if (yaml_kind(node) != YAML_SCALAR) {
		reader_fail(reader, node, (struct reader_fault){REASON_BAD_TYPE, key, NULL},
			    "A single value is needed here.");
		return (struct bytes){0};
	}
	return yaml_scalar(node);
}

static char *keep_text(struct reader *reader, struct bytes text)
{
	if (!reader_ok(reader))
		return NULL;
	char *copy = arena_text(reader->convenant->arena, text);
	if (!copy)
		reader->result = RESULT_NO_MEMORY;
	return copy;
}

const char *reader_text(struct reader *reader, const struct yaml_node *node, const char *key)
{
	struct bytes text = read_scalar(reader, node, key);
	if (!reader_ok(reader) || !node)
		return NULL;
	bool blank = true;
	for (size_t i = 0; i < text.len; i++)
		blank &= text.data[i] == ' ' || text.data[i] == '\t' || text.data[i] == '\n';
	if (blank)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_MISSING_FIELD, key, "Fill it in."},
			    "The text is empty.");
	if (text.len > TEXT_LEN_MAX)
		reader_fail(reader, node, (struct reader_fault){REASON_TOO_LONG, key, NULL},
			    "The text is longer than %d bytes.", TEXT_LEN_MAX);
	if (!utf8_is_clean_text(text))
		reader_fail(reader, node, (struct reader_fault){REASON_BAD_TEXT, key, NULL},
			    "The text holds bytes that are not clean UTF-8.");
	return keep_text(reader, text);
}

bool name_is_valid(struct bytes name)
{
	if (name.len == 0 || name.len > NAME_LEN_MAX || name.data[0] == '-' || name.data[0] == '.')
		return false;
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.data[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '.')
			return false;
	}
	return true;
}

const char *reader_grond(struct reader *reader, const struct yaml_node *node, const char *key)
{
	const char *text = reader_text(reader, node, key);
	if (text && strlen(text) > GROND_TEXT_MAX)
		reader_fail(reader, node, (struct reader_fault){REASON_TOO_LONG, key, NULL},
			    "The text is longer than %d bytes.", GROND_TEXT_MAX);
	return text;
}

const char *reader_name(struct reader *reader, const struct yaml_node *node, const char *key)
{
	struct bytes name = read_scalar(reader, node, key);
	if (!reader_ok(reader) || !node)
		return NULL;
	if (!name_is_valid(name))
		reader_fail(reader, node,
			    (struct reader_fault){REASON_BAD_VALUE, key,
						  "Use small letters, digits, \"-\" and \".\", at "
						  "most 64."},
			    "This is not a name.");
	return keep_text(reader, name);
}

bool reader_janee(struct reader *reader, const struct yaml_node *node, const char *key)
{
	bool value = false;
	if (!reader_ok(reader) || !node)
		return false;
	reader->result = yaml_bool(reader->yaml, node, &value, reader->problem);
	if (!reader_ok(reader))
		set_field(reader, key);
	return value;
}

struct civil_date reader_date(struct reader *reader, const struct yaml_node *node, const char *key)
{
	struct civil_date date = {.year = 1970, .month = 1, .day = 1};
	struct bytes text = read_scalar(reader, node, key);
	if (!reader_ok(reader) || !node)
		return date;
	if (date_parse(text, &date) != RESULT_OK)
		reader_fail(reader, node, (struct reader_fault){REASON_IMPOSSIBLE_DATE, key, NULL},
			    "This is not a day that exists, as YYYY-MM-DD.");
	return date;
}

struct termijn reader_termijn(struct reader *reader, const struct yaml_node *node, const char *key)
{
	struct termijn termijn = {0};
	struct bytes text = read_scalar(reader, node, key);
	if (!reader_ok(reader) || !node)
		return termijn;
	enum result result = termijn_parse(text, &termijn);
	if (result == RESULT_TOO_LARGE)
		reader_fail(reader, node, (struct reader_fault){REASON_OUT_OF_RANGE, key, NULL},
			    "The term is longer than %d years or 99 working days.",
			    TERMIJN_JAREN_MAX);
	else if (result != RESULT_OK)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_BAD_VALUE, key,
						  "Write a term as P6M, P1Y, P2W, P10D or as "
						  "\"1 werkdag\"."},
			    "This is not a term.");
	return termijn;
}

void reader_bewaar(struct reader *reader, const struct yaml_node *node, struct termijn *ret_inhoud,
		   struct termijn *ret_verantwoording)
{
	static const char *const keys[] = {"inhoud", "verantwoording", NULL};
	reader_keys(reader, node, keys);
	const struct yaml_node *proof = reader_required(reader, node, "verantwoording");
	struct termijn inhoud =
		reader_termijn(reader, reader_required(reader, node, "inhoud"), "bewaar.inhoud");
	struct termijn verantwoording = reader_termijn(reader, proof, "bewaar.verantwoording");
	if (termijn_end(&verantwoording, 0) < termijn_end(&inhoud, 0))
		reader_fail(reader, proof,
			    (struct reader_fault){REASON_INTERVAL, "bewaar.verantwoording",
						  "Make it at least as long as inhoud."},
			    "The account of a verstrekking would end before its content.");
	*ret_inhoud = inhoud;
	*ret_verantwoording = verantwoording;
}

const struct rubriek_row *reader_rubriek(struct reader *reader, const struct yaml_node *node,
					 const char *key)
{
	struct bytes name = read_scalar(reader, node, key);
	if (!reader_ok(reader) || !node)
		return NULL;
	const struct rubriek_row *row = rubriek_row_named(name);
	if (!row)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_UNKNOWN_CODE, key,
						  "Use a rubriek of the closed list."},
			    "There is no rubriek \"%.*s\".", (int)(name.len < 64 ? name.len : 64),
			    (const char *)name.data);
	return row;
}

struct ontvanger reader_ontvanger(struct reader *reader, const struct yaml_node *node,
				  const char *key)
{
	static const char *const keys[] = {"partij", "functie", NULL};
	struct ontvanger ontvanger = {0};
	reader_keys(reader, node, keys);
	const struct yaml_node *partij = reader_required(reader, node, "partij");
	const struct yaml_node *functie = reader_required(reader, node, "functie");
	struct bytes name = read_scalar(reader, partij, key);
	const char *functie_name = reader_name(reader, functie, key);
	if (!reader_ok(reader))
		return ontvanger;
	size_t n;
	if (!convenant_find_partij(reader->convenant, name, &n)) {
		reader_fail(reader, partij, (struct reader_fault){REASON_UNKNOWN_PARTIJ, key, NULL},
			    "There is no partij \"%.*s\".", (int)(name.len < 64 ? name.len : 64),
			    (const char *)name.data);
		return ontvanger;
	}
	ontvanger.oin = reader->convenant->partijen[n].oin;
	snprintf(ontvanger.functie, sizeof ontvanger.functie, "%.*s", FUNCTIE_MAX, functie_name);
	if (strlen(functie_name) > FUNCTIE_MAX ||
	    !convenant_find_ontvanger(reader->convenant, &ontvanger, &n))
		reader_fail(
			reader, functie,
			(struct reader_fault){REASON_UNKNOWN_CODE, key,
					      "Name a functie that stands under this partij, or "
					      "add it there."},
			"Partij \"%.*s\" has no functie \"%s\".", (int)name.len,
			(const char *)name.data, functie_name);
	return ontvanger;
}

static bool is_gemeente_code(struct bytes code)
{
	if (code.len != 6 || code.data[0] != 'G' || code.data[1] != 'M')
		return false;
	for (size_t i = 2; i < 6; i++) {
		if (code.data[i] < '0' || code.data[i] > '9')
			return false;
	}
	return true;
}

static bool is_waarde(const struct reader *reader, const struct attribuut_row *row,
		      struct bytes waarde)
{
	size_t n;
	switch (row->kind) {
	case ATTRIBUUT_IS_CODE:
		return code_find(code_list_named(bytes_of_text(row->list)), waarde) != NULL;
	case ATTRIBUUT_IS_GEMEENTE:
		return is_gemeente_code(waarde);
	case ATTRIBUUT_IS_PARTIJ:
		return convenant_find_partij(reader->convenant, waarde, &n);
	case ATTRIBUUT_IS_OVERLEG:
		return convenant_find_overleg(reader->convenant, waarde) >= 0;
	case ATTRIBUUT_IS_ONTVANGER:
		for (n = 0; n < reader->convenant->ontvanger_count; n++) {
			if (bytes_equal(bytes_of_text(reader->convenant->ontvanger_namen[n]),
					waarde))
				return true;
		}
		return false;
	default:
		return name_is_valid(waarde);
	}
}

static struct bytes read_number(struct reader *reader, const struct yaml_node *node,
				const char *key)
{
	int64_t number = 0;
	reader->result = yaml_int(reader->yaml, node, &number, reader->problem);
	if (!reader_ok(reader)) {
		set_field(reader, key);
		return (struct bytes){0};
	}
	if (number < 0)
		reader_fail(reader, node, (struct reader_fault){REASON_OUT_OF_RANGE, key, NULL},
			    "A number of things is not negative.");
	char text[24];
	snprintf(text, sizeof text, "%lld", (long long)number);
	return bytes_of_text(keep_text(reader, bytes_of_text(text)));
}

// The code that was probably meant, and those there are.
static const char *code_fix(const struct attribuut_row *row, struct bytes waarde,
			    char out[FIX_SIZE])
{
	const struct code_list *list = code_list_named(bytes_of_text(row->list));
	struct guess guess = guess_of(waarde);
	char near[80] = "";
	for (size_t i = 0; i < list->count; i++)
		guess_offer(&guess, list->codes[i].code);
	if (guess.best)
		snprintf(near, sizeof near, "Perhaps \"%s\". ", guess.best);
	snprintf(out, FIX_SIZE, "%sThe codes of %s: ", near, list->name);
	struct name_list names = name_list_in(out, FIX_SIZE);
	for (size_t i = 0; i < list->count; i++)
		name_list_add(&names, list->codes[i].code);
	return out;
}

// What to write instead of `waarde`, or NULL when that is not known.
static const char *waarde_fix(const struct reader *reader, const struct attribuut_row *row,
			      struct bytes waarde, char out[FIX_SIZE])
{
	static const char form[] =
		"A gemeente is its CBS code, GM and four digits; the codes stand "
		"in codes/gemeenten.yaml.";
	char guess[100];
	if (row->kind == ATTRIBUUT_IS_CODE)
		return code_fix(row, waarde, out);
	if (row->kind != ATTRIBUUT_IS_GEMEENTE)
		return NULL;
	gemeenten_guess(reader->codes ? codes_gemeenten(reader->codes) : NULL, waarde, guess,
			sizeof guess);
	snprintf(out, FIX_SIZE, "%s%s%s", guess, guess[0] ? ". " : "", form);
	return out;
}

struct bytes reader_waarde(struct reader *reader, const struct yaml_node *node,
			   const struct attribuut_row *row, const char *key)
{
	if (!reader_ok(reader) || !node)
		return (struct bytes){0};
	if (row->kind == ATTRIBUUT_IS_JANEE)
		return bytes_of_text(reader_janee(reader, node, key) ? "ja" : "nee");
	if (row->kind == ATTRIBUUT_IS_NUMBER)
		return read_number(reader, node, key);
	struct bytes waarde = read_scalar(reader, node, key);
	if (!reader_ok(reader))
		return waarde;
	if (!is_waarde(reader, row, waarde)) {
		enum reason reason = row->kind == ATTRIBUUT_IS_PARTIJ ? REASON_UNKNOWN_PARTIJ
				     : row->kind == ATTRIBUUT_IS_CODE ? REASON_UNKNOWN_CODE
								      : REASON_BAD_VALUE;
		char fix[FIX_SIZE];
		reader_fail(
			reader, node,
			(struct reader_fault){reason, key, waarde_fix(reader, row, waarde, fix)},
			"\"%.*s\" is not a value of \"%s\".",
			(int)(waarde.len < 64 ? waarde.len : 64), (const char *)waarde.data, key);
		return (struct bytes){0};
	}
	return bytes_of_text(keep_text(reader, waarde));
}
