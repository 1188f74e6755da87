// SPDX-License-Identifier: EUPL-1.2
// Rubrieken as an opener gets them: u16be length and exact encoding, one after another. Whatever
// they are, validation ends with a verdict that names a place and no value.
#include "melding/validate.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#define ARENA_SIZE (1024 * 1024)

static const struct civil_date TODAY = {2026, 11, 22};

static void check_refusal(const struct refusal *refusal)
{
	fuzz_check(reason_code(refusal->reason) != NULL);
	size_t len = strlen(refusal->field);
	fuzz_check(len > 0 && len < FIELD_MAX - 1);
	fuzz_check(strspn(refusal->field, "abcdefghijklmnopqrstuvwxyz0123456789.-_[]") == len);
}

// What a valid melding promises to all code behind it.
static void check_melding(const struct melding *melding)
{
	const struct rubriek *kenmerken = melding_find(melding, RUBRIEK_KENMERKEN, 0);
	fuzz_check(kenmerken != NULL);
	struct bytes count =
		veld_get(kenmerken->velden, kenmerken->veld_count, KENMERK_BETROKKENEN);
	fuzz_check(count.len == 1 || count.len == 2);
	for (size_t n = 0; n < melding->count; n++) {
		const struct rubriek *rubriek = &melding->rubrieken[n];
		const struct rubriek_row *row = rubriek_row(rubriek->soort);
		fuzz_check(row != NULL && !row->by_knooppunt && rubriek->veld_count > 0);
		fuzz_check(row->of_betrokkene == (rubriek->betrokkene > 0));
		fuzz_check(rubriek->betrokkene == 0 ||
			   melding_find(melding, RUBRIEK_BETROKKENHEID, rubriek->betrokkene));
	}
}

static bool decode_next(struct bytes *input, struct arena *arena, struct rubriek *ret_rubriek)
{
	if (input->len < 2)
		return false;
	size_t len = get_u16be(input->data);
	if (len > input->len - 2)
		return false;
	struct bytes wire = bytes_make(input->data + 2, len);
	*input = bytes_make(input->data + 2 + len, input->len - 2 - len);
	return rubriek_decode(wire, arena, ret_rubriek) == RESULT_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rubriek rubrieken[RUBRIEKEN_MAX + 1];
	struct melding melding = {rubrieken, 0};
	struct bytes input = bytes_make(data, size);
	struct refusal refusal = {0};
	struct arena *arena;
	if (arena_new(ARENA_SIZE, &arena) != RESULT_OK)
		return 0;
	while (melding.count <= RUBRIEKEN_MAX &&
	       decode_next(&input, arena, &rubrieken[melding.count]))
		melding.count++;
	if (melding_validate(&melding, TODAY, &refusal))
		check_melding(&melding);
	else
		check_refusal(&refusal);
	arena_free(arena);
	return 0;
}
