// SPDX-License-Identifier: EUPL-1.2
// What a client posts to knooppunt-jzv, as a melding and as an uitkomst: refused with a pointer and
// a known reason, or a melding that validates and encodes.
#include "tests/fuzz/fuzz.h"
#include "json/jzv_json.h"

#define ARENA_SIZE (4 * 1024 * 1024)
#define WIRE_MAX (16 * 1024 * 1024)

static const struct civil_date TODAY = {2026, 11, 22};
static struct jzv_postcodes postcodes[] = {{6130, 6137, "GM1883"}, {6170, 6171, "GM0971"}};
static const struct jzv_defaults DEFAULTS = {
	.soorten = {[1] = {.soort = "veilig-thuis", .urgentie = "gewoon"},
		    [2] = {.soort = "politie",
			   .klasse = "overig",
			   .urgentie = "gewoon",
			   .thema = {"huiselijk-geweld", "overlast"},
			   .thema_count = 2}},
	.postcodes = postcodes,
	.postcode_count = 2,
};

static void check_problem(enum result result, const struct problem *problem)
{
	if (result == RESULT_MALFORMED)
		fuzz_check(reason_of_code(bytes_of_text(problem->code)) != REASON_NONE &&
			   problem->fix[0] &&
			   (problem->field[0] == '/' || problem->field[0] == '\0'));
}

static void check_melding(const struct jzv_melding *read)
{
	struct refusal refusal;
	struct buffer wire;
	fuzz_check(read->registratienummer.len > 0);
	fuzz_check(melding_validate(&read->melding, TODAY, &refusal));
	buffer_init(&wire, WIRE_MAX);
	for (size_t n = 0; n < read->melding.count; n++)
		fuzz_check(rubriek_encode(&read->melding.rubrieken[n], &wire) == RESULT_OK);
	buffer_done(&wire);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct jzv_input input = {.json = {.text = bytes_make(data, size),
					   .file = "",
					   .partner_soort = bytes_of_text("politie"),
					   .today = TODAY},
				  .defaults = &DEFAULTS};
	struct jzv_melding melding;
	struct jzv_uitkomst uitkomst = {.antwoord = NULL};
	struct problem problem = {.code = NULL};
	struct arena *arena;
	if (arena_new(ARENA_SIZE, &arena) != RESULT_OK)
		return 0;
	enum result result = jzv_melding_read(&input, arena, &melding, &problem);
	if (result == RESULT_OK)
		check_melding(&melding);
	check_problem(result, &problem);
	arena_clear(arena);
	result = jzv_uitkomst_read(&input, arena, &uitkomst, &problem);
	if (result == RESULT_OK)
		fuzz_check(uitkomst.antwoord && uitkomst.motivering.len > 0 &&
			   uitkomst.entry.len > 0);
	check_problem(result, &problem);
	arena_free(arena);
	return 0;
}
