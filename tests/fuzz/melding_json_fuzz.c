// SPDX-License-Identifier: EUPL-1.2
// A partner's JSON: refused with a pointer and a known reason, or a melding that validates, encodes
// and can be written again.
#include "tests/fuzz/fuzz.h"
#include "json/melding_json.h"

#include <string.h>

#define ARENA_SIZE (4 * 1024 * 1024)
#define WRITTEN_MAX (16 * 1024 * 1024)

static const struct civil_date TODAY = {2026, 11, 22};

static void check_melding(const struct melding *melding)
{
	struct refusal refusal;
	struct buffer buffer;
	struct json_out out;
	fuzz_check(melding_validate(melding, TODAY, &refusal));
	buffer_init(&buffer, WRITTEN_MAX);
	for (size_t n = 0; n < melding->count; n++)
		fuzz_check(rubriek_encode(&melding->rubrieken[n], &buffer) == RESULT_OK);
	buffer_clear(&buffer);
	json_out_init(&out, &buffer);
	melding_json_write(&out, melding->rubrieken, melding->count);
	fuzz_check(buffer.status == RESULT_OK && !memchr(buffer.data, '\n', buffer.len));
	buffer_done(&buffer);
}

static void check_velden(const struct type_row *row, const struct velden_file *file)
{
	for (size_t n = 0; n < file->count; n++) {
		struct refusal refusal;
		const struct veld_row *veld =
			veld_row(row->velden, row->veld_count, file->velden[n].veld);
		fuzz_check(veld && veld_validate(veld, file->velden[n].waarde, TODAY, &refusal));
	}
}

// The same bytes as a statement about a casus, and as a question.
static void read_velden(struct bytes text, uint32_t type)
{
	const struct velden_json_input input = {
		.text = text, .file = "fuzz", .row = type_row(type), .today = TODAY};
	struct velden_file file;
	struct problem problem = {0};
	struct arena *arena;
	if (arena_new(ARENA_SIZE, &arena) != RESULT_OK)
		return;
	enum result result = velden_json_read(&input, arena, &file, &problem);
	if (result == RESULT_OK)
		check_velden(input.row, &file);
	if (result == RESULT_MALFORMED)
		fuzz_check(reason_of_code(bytes_of_text(problem.code)) != REASON_NONE &&
			   problem.fix[0] && (problem.field[0] == '/' || problem.field[0] == '\0'));
	arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct melding_json_input input = {
		.text = bytes_make(data, size),
		.file = "fuzz",
		.partner_soort = bytes_of_text("politie"),
		.today = TODAY,
	};
	struct melding_file file;
	struct problem problem = {0};
	struct arena *arena;
	if (arena_new(ARENA_SIZE, &arena) != RESULT_OK)
		return 0;
	enum result result = melding_json_read(&input, arena, &file, &problem);
	if (result == RESULT_OK)
		check_melding(&file.melding);
	if (result == RESULT_MALFORMED)
		fuzz_check(reason_of_code(bytes_of_text(problem.code)) != REASON_NONE &&
			   problem.fix[0] && (problem.field[0] == '/' || problem.field[0] == '\0'));
	arena_free(arena);
	read_velden(input.text, TYPE_CASUS);
	read_velden(input.text, TYPE_ZSM_VERZOEK);
	return 0;
}
