// SPDX-License-Identifier: EUPL-1.2
// What a partner with good keys can put into an envelope. The first byte says how deep the rest is
// laid: 0 the frame itself, 1 the content of an envelope, 2 a signed statement, 3 the rubrieken of
// a melding whose header is good (each a byte of length and its bytes, 255 repeated for more).
#include "ipc/channel.h"
#include "opener/opener.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/sender.h"

enum depth { DEPTH_FRAME, DEPTH_CONTENT, DEPTH_STATEMENT, DEPTH_RUBRIEKEN, DEPTHS };

struct rig {
	struct sender house, partner;
	struct opener *opener;
	struct arena *arena;
	struct buffer message;
	size_t taken;
};

// Whatever the opener hands over, core can read.
static enum result take(void *context, const struct opened *opened)
{
	struct rig *rig = context;
	struct opened read;
	buffer_clear(&rig->message);
	enum result result = opened_encode(opened, &rig->message);
	if (result == RESULT_TOO_LARGE)
		return result;
	fuzz_check(result == RESULT_OK);
	arena_clear(rig->arena);
	fuzz_check(opened_decode(buffer_view(&rig->message), rig->arena, &read) == RESULT_OK);
	fuzz_check(read.refusal.reason != REASON_NONE ||
		   read.has_slots == read.statement.has_slots);
	rig->taken++;
	return RESULT_OK;
}

static struct rig *rig_new(void)
{
	struct rig *rig = calloc(1, sizeof *rig);
	struct buffer parties;
	fuzz_check(rig && crypto_start() == RESULT_OK);
	sender_init(&rig->house, "00000099000000001000", 1);
	sender_init(&rig->partner, "00000099000000002000", 2);
	const struct party_row row = sender_row(&rig->partner);
	buffer_init(&parties, CHANNEL_MESSAGE_MAX);
	buffer_init(&rig->message, 2 * CHANNEL_MESSAGE_MAX);
	sender_parties(&rig->house, &row, 1, &parties);
	fuzz_check(arena_new(8 * 1024 * 1024, &rig->arena) == RESULT_OK &&
		   opener_new(&rig->house.sealing, &rig->opener) == RESULT_OK &&
		   opener_set_parties(rig->opener, buffer_view(&parties)) == RESULT_OK);
	buffer_done(&parties);
	return rig;
}

static bool next_rubriek(struct bytes *rest, struct bytes *ret_rubriek)
{
	size_t len = 0, used = 0;
	while (used < rest->len && rest->data[used] == 255)
		len += rest->data[used++];
	if (used == rest->len)
		return false;
	len += rest->data[used++];
	if (len == 0 || len > rest->len - used)
		return false;
	*ret_rubriek = bytes_make(rest->data + used, len);
	*rest = bytes_make(rest->data + used + len, rest->len - used - len);
	return true;
}

// The frame to open; false when there is none for this input.
static bool make_frame(struct sending *sending, enum depth depth, struct bytes input)
{
	if (depth == DEPTH_CONTENT) {
		if (input.len > ENVELOPE_CONTENT_MAX)
			return false;
		sending_seal_content(sending, input);
		return true;
	}
	if (depth == DEPTH_STATEMENT) {
		if (input.len < 1 || input.len > STATEMENT_MAX)
			return false;
		buffer_append(&sending->wires[0], input);
	} else {
		struct slots *slots = &sending->slots[0];
		slots->count = 0;
		while (slots->count < SENDER_RUBRIEKEN &&
		       next_rubriek(&input, &slots->rubrieken[slots->count]))
			slots->count++;
		if (slots->count == 0)
			return false;
	}
	sending_sign(sending);
	sending_seal(sending);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rig *rig;
	if (size < 1 || data[0] >= DEPTHS || size > ENVELOPE_FRAME_MAX)
		return 0;
	if (!rig)
		rig = rig_new();
	struct sending *sending = malloc(sizeof *sending);
	fuzz_check(sending != NULL);
	sending_init(sending, &rig->partner, &rig->house, 1);
	struct opener_input input = {.frame = bytes_make(data + 1, size - 1),
				     .connection_oin = rig->partner.oin,
				     .today = SENDER_TODAY};
	bool made = data[0] == DEPTH_FRAME || make_frame(sending, data[0], input.frame);
	if (data[0] != DEPTH_FRAME)
		input.frame = buffer_view(&sending->frame);
	if (made) {
		const struct opener_sink sink = {take, rig};
		enum result result;
		rig->taken = 0;
		enum reason reason = opener_open(rig->opener, &input, &sink, &result);
		// What was signed has an outcome, what is not believed has none.
		fuzz_check((reason == REASON_NONE) == (rig->taken > 0));
		fuzz_check(data[0] < DEPTH_STATEMENT || reason == REASON_NONE);
	}
	sending_done(sending);
	free(sending);
	return 0;
}
