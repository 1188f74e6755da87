// SPDX-License-Identifier: EUPL-1.2
// A file that a partner's system exported. The first byte chooses separator and encoding; of the
// rest every byte belongs to one record or empty line, in order, and what is read is clean text.
#include "adapter/csv.h"
#include "tests/fuzz/fuzz.h"

#define ARENA_SIZE (5 * CSV_RECORD_MAX)

static void check_record(const struct csv_record *record)
{
	fuzz_check(record->count >= 1 && record->count <= CSV_FIELDS_MAX);
	for (size_t i = 0; i < record->count; i++)
		fuzz_check(utf8_is_clean_text(record->fields[i]));
	fuzz_check(record->raw.len > 0 && record->raw.data[record->raw.len - 1] == '\n');
}

// What lies between two records are line ends.
static void check_between(const uint8_t *from, const uint8_t *to)
{
	fuzz_check(from <= to);
	for (; from < to; from++)
		fuzz_check(*from == '\n' || *from == '\r');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char separators[] = {';', ',', '|', '\t'};
	struct csv csv;
	struct csv_record record;
	struct arena *arena;
	enum reason reason = REASON_NONE;
	enum result result;
	if (size == 0 || arena_new(ARENA_SIZE, &arena) != RESULT_OK)
		return 0;
	const struct csv_form form = {.separator = separators[data[0] & 3],
				      .windows_1252 = (data[0] & 4) != 0};
	if (csv_open(bytes_make(data + 1, size - 1), &form, &csv) == RESULT_OK) {
		const uint8_t *at = csv.rest.data;
		unsigned line = 0;
		while ((result = csv_next(&csv, arena, &record, &reason)) != RESULT_NOT_FOUND) {
			fuzz_check(result == RESULT_OK || result == RESULT_MALFORMED);
			check_between(at, record.raw.data);
			fuzz_check(record.line > line && record.raw.len > 0);
			line = record.line;
			at = record.raw.data + record.raw.len;
			if (result == RESULT_OK)
				check_record(&record);
			else
				fuzz_check(reason_of_code(bytes_of_text(reason_code(reason))) ==
					   reason);
			arena_clear(arena);
		}
		check_between(at, data + size);
	}
	arena_free(arena);
	return 0;
}
