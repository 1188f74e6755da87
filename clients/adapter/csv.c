// SPDX-License-Identifier: EUPL-1.2
#include "adapter/csv.h"

#include <string.h>

enum result csv_open(struct bytes text, const struct csv_form *form, struct csv *ret_csv)
{
	static const char *const foreign[] = {"\xff\xfe", "\xfe\xff"};
	for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
		struct bytes rest = text;
		if (bytes_take_text(&rest, foreign[i]))
			return RESULT_UNSUPPORTED;
	}
	struct bytes zeros = bytes_make("\0\0\xfe\xff", 4);
	if (text.len >= 4 && bytes_equal(bytes_make(text.data, 4), zeros))
		return RESULT_UNSUPPORTED;
	(void)bytes_take_text(&text, "\xef\xbb\xbf");
	*ret_csv = (struct csv){.form = *form, .rest = text, .line = 1};
	return RESULT_OK;
}

// ---- encodings ---------------------------------------------------------------------------------

// 0x80..0x9f of Windows-1252 (WHATWG Encoding, index windows-1252); 0: not used.
static const uint16_t upper[32] = {0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
				   0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
				   0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
				   0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

// At most three bytes; 0: the byte is none of Windows-1252.
static size_t put_1252(uint8_t *out, uint8_t byte)
{
	uint16_t code = byte >= 0x80 && byte < 0xa0 ? upper[byte - 0x80] : byte;
	if (code == 0)
		return 0;
	if (code < 0x80) {
		out[0] = (uint8_t)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (uint8_t)(0xc0 | code >> 6);
		out[1] = (uint8_t)(0x80 | (code & 0x3f));
		return 2;
	}
	out[0] = (uint8_t)(0xe0 | code >> 12);
	out[1] = (uint8_t)(0x80 | (code >> 6 & 0x3f));
	out[2] = (uint8_t)(0x80 | (code & 0x3f));
	return 3;
}

// ---- one record --------------------------------------------------------------------------------

struct scan {
	const struct csv *csv;
	struct arena *arena;
	struct csv_record *record;
	size_t at;        // in csv->rest
	uint8_t *scratch; // CSV_RECORD_MAX bytes: fields are no longer than their record
	size_t used;
	unsigned lines;
	enum reason reason;
};

static enum result fail(struct scan *scan, enum reason reason)
{
	scan->reason = reason;
	return RESULT_MALFORMED;
}

static bool at_end_of_line(const struct scan *scan, size_t *ret_len)
{
	struct bytes rest = scan->csv->rest;
	if (scan->at < rest.len && rest.data[scan->at] == '\n')
		*ret_len = 1;
	else if (scan->at + 1 < rest.len && rest.data[scan->at] == '\r' &&
		 rest.data[scan->at + 1] == '\n')
		*ret_len = 2;
	else
		return false;
	return true;
}

// Where a field ends; the field itself goes to `out`, without its quotes.
static enum result read_quoted(struct scan *scan, uint8_t *out, size_t *ret_len)
{
	struct bytes rest = scan->csv->rest;
	for (scan->at++;; scan->at++) {
		if (scan->at >= rest.len)
			return fail(scan, REASON_SYNTAX);
		if (scan->at >= CSV_RECORD_MAX)
			return fail(scan, REASON_TOO_LONG);
		uint8_t byte = rest.data[scan->at];
		if (byte == '\n' && ++scan->lines >= CSV_LINES_MAX)
			return fail(scan, REASON_SYNTAX);
		if (byte == '"') {
			bool doubled = scan->at + 1 < rest.len && rest.data[scan->at + 1] == '"';
			if (!doubled)
				break;
			scan->at++;
		}
		// Line ends of Windows become those of Unix.
		if (byte == '\r' && scan->at + 1 < rest.len && rest.data[scan->at + 1] == '\n')
			continue;
		out[(*ret_len)++] = byte;
	}
	scan->at++;
	return RESULT_OK;
}

static enum result read_plain(struct scan *scan, uint8_t *out, size_t *ret_len)
{
	struct bytes rest = scan->csv->rest;
	size_t end;
	while (scan->at < rest.len && rest.data[scan->at] != (uint8_t)scan->csv->form.separator &&
	       !at_end_of_line(scan, &end)) {
		if (rest.data[scan->at] == '"')
			return fail(scan, REASON_SYNTAX);
		if (scan->at >= CSV_RECORD_MAX)
			return fail(scan, REASON_TOO_LONG);
		out[(*ret_len)++] = rest.data[scan->at++];
	}
	return RESULT_OK;
}

// To UTF-8 on the arena.
static enum result keep_field(struct scan *scan, struct bytes raw)
{
	struct csv_record *record = scan->record;
	struct bytes made = raw;
	if (record->count == CSV_FIELDS_MAX)
		return fail(scan, REASON_TOO_MANY);
	if (scan->csv->form.windows_1252) {
		uint8_t *out = arena_alloc(scan->arena, 3 * raw.len + 1);
		size_t len = 0;
		if (!out)
			return RESULT_NO_MEMORY;
		for (size_t i = 0; i < raw.len; i++) {
			size_t more = put_1252(out + len, raw.data[i]);
			if (more == 0)
				return fail(scan, REASON_BAD_TEXT);
			len += more;
		}
		made = bytes_make(out, len);
	}
	if (!utf8_is_clean_text(made))
		return fail(scan, REASON_BAD_TEXT);
	record->fields[record->count++] = made;
	return RESULT_OK;
}

static enum result read_field(struct scan *scan)
{
	struct bytes rest = scan->csv->rest;
	bool quoted = scan->at < rest.len && rest.data[scan->at] == '"';
	size_t len = 0;
	uint8_t *out = scan->scratch + scan->used;
	enum result result = quoted ? read_quoted(scan, out, &len) : read_plain(scan, out, &len);
	scan->used += len;
	return result == RESULT_OK ? keep_field(scan, bytes_make(out, len)) : result;
}

static enum result read_record(struct scan *scan)
{
	struct bytes rest = scan->csv->rest;
	size_t end;
	scan->scratch = arena_alloc(scan->arena, CSV_RECORD_MAX);
	if (!scan->scratch)
		return RESULT_NO_MEMORY;
	for (;;) {
		enum result result = read_field(scan);
		if (result != RESULT_OK)
			return result;
		if (at_end_of_line(scan, &end)) {
			scan->at += end;
			scan->lines++;
			return RESULT_OK;
		}
		// A last line without its end: what was written behind it never came.
		if (scan->at >= rest.len ||
		    rest.data[scan->at] != (uint8_t)scan->csv->form.separator)
			return fail(scan, REASON_SYNTAX);
		scan->at++;
	}
}

// ---- record after record -----------------------------------------------------------------------

static size_t line_length(struct bytes rest)
{
	const uint8_t *end = memchr(rest.data, '\n', rest.len);
	return end ? (size_t)(end - rest.data) + 1 : rest.len;
}

static void step(struct csv *csv, size_t len, unsigned lines)
{
	csv->rest = bytes_make(csv->rest.data + len, csv->rest.len - len);
	csv->line += lines;
}

enum result csv_next(struct csv *csv, struct arena *arena, struct csv_record *ret_record,
		     enum reason *ret_reason)
{
	size_t empty;
	struct scan scan = {.csv = csv, .arena = arena, .record = ret_record};
	while (at_end_of_line(&scan, &empty))
		step(csv, empty, 1);
	ret_record->count = 0;
	ret_record->line = csv->line;
	ret_record->raw = bytes_make(csv->rest.data, 0);
	if (csv->rest.len == 0)
		return RESULT_NOT_FOUND;
	enum result result = read_record(&scan);
	if (result == RESULT_NO_MEMORY)
		return result;
	if (result != RESULT_OK) {
		*ret_reason = scan.reason;
		scan.at = line_length(csv->rest);
		scan.lines = 1;
	}
	ret_record->raw.len = scan.at;
	step(csv, scan.at, scan.lines);
	return result;
}
