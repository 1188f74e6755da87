// SPDX-License-Identifier: EUPL-1.2
#include "ipc/channel.h"
#include "ipc/opened.h"
#include "tests/fuzz/fuzz.h"

#define ARENA (8 * 1024 * 1024)

static bool within(struct bytes view, const uint8_t *data, size_t size)
{
	return view.len == 0 || (view.data >= data && view.len <= size &&
				 (size_t)(view.data - data) <= size - view.len);
}

// A taken-over opener may send anything: core reads inside the message only, and what it took it
// could have sent itself.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena;
	struct opened opened, again;
	struct buffer out;
	if (arena_new(ARENA, &arena) != RESULT_OK)
		return 0;
	buffer_init(&out, 2 * CHANNEL_MESSAGE_MAX);
	enum result result = opened_decode(bytes_make(data, size), arena, &opened);
	fuzz_check(result == RESULT_OK || result == RESULT_MALFORMED);
	if (result == RESULT_OK) {
		fuzz_check(within(opened.signed_statement.statement, data, size));
		for (size_t i = 0; i < opened.slots.count; i++)
			fuzz_check(within(opened.slots.rubrieken[i], data, size));
		for (size_t i = 0; i < opened.melding.count; i++) {
			const struct rubriek *rubriek = &opened.melding.rubrieken[i];
			for (size_t j = 0; j < rubriek->veld_count; j++)
				fuzz_check(within(rubriek->velden[j].waarde, data, size));
		}
		result = opened_encode(&opened, &out);
		fuzz_check(result == RESULT_OK || result == RESULT_TOO_LARGE);
		if (result == RESULT_OK)
			fuzz_check(opened_decode(buffer_view(&out), arena, &again) == RESULT_OK);
	}
	buffer_done(&out);
	arena_free(arena);
	return 0;
}
