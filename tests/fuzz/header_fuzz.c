// SPDX-License-Identifier: EUPL-1.2
// The header of a statement: decoded, then validated. A valid one keeps its promises.
#include "melding/validate.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#define ARENA_SIZE (1024 * 1024)

static const struct civil_date TODAY = {2026, 11, 22};

static void check_statement(const struct statement *statement)
{
	const struct type_row *row = type_row(statement->type);
	fuzz_check(row != NULL && row->has_slots == statement->has_slots);
	fuzz_check(id_is_valid(statement->id) && statement->audience_oin.len == 20);
	fuzz_check(statement->source.len > 40 && statement->source.len <= SOURCE_MAX);
	fuzz_check(statement->time > 0);
	for (size_t n = 0; n < statement->veld_count; n++)
		fuzz_check(veld_row(row->velden, row->veld_count, statement->velden[n].veld));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct statement statement;
	struct refusal refusal = {0};
	struct arena *arena;
	if (arena_new(ARENA_SIZE, &arena) != RESULT_OK)
		return 0;
	if (statement_decode(bytes_make(data, size), arena, &statement) == RESULT_OK) {
		if (statement_validate(&statement, TODAY, &refusal))
			check_statement(&statement);
		else
			fuzz_check(reason_code(refusal.reason) && refusal.field[0]);
	}
	arena_free(arena);
	return 0;
}
