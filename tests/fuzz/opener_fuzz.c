// SPDX-License-Identifier: EUPL-1.2
// What a partner with good keys can put into an envelope. The first byte says how deep the rest is
// laid, and in its upper bits what else is unusual (enum unusual): 0 the frame itself, 1 the
// content of an envelope, 2 a signed statement, 3 the rubrieken of a melding whose header is good
// (each a byte of length and its bytes, 255 repeated for more). 4 is what a core that was taken
// over could say of the parties: two bytes of offset, and what lies from there on over a good list
// of two; an offset beyond it makes them twins, by the bit of its remainder.
#include "ipc/channel.h"
#include "opener/opener.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/sender.h"

enum depth {
	DEPTH_FRAME,
	DEPTH_CONTENT,
	DEPTH_STATEMENT,
	DEPTH_RUBRIEKEN,
	DEPTHS,
	DEPTH_PARTIES = DEPTHS
};

enum unusual {
	PARTNER_REVOKED = 0x10,
	PARTNER_LOW_ORDER = 0x20, // its sealing key agrees with nobody
	CONNECTION_OTHER = 0x40,  // of another partner
	FIRST_TOO_LARGE = 0x80,   // the channel cannot carry the first outcome as it is
	NOBODY = PARTNER_LOW_ORDER | CONNECTION_OTHER, // such an envelope has no outcome
};

struct rig {
	struct sender house, partner;
	struct opener *opener;
	struct receive_keys receive; // borrowed from the house
	struct arena *arena;
	struct buffer message;
	size_t taken, offered;
	unsigned unusual; // of this input
};

// Whatever the opener hands over, core can read.
static enum result take(void *context, const struct opened *opened)
{
	struct rig *rig = context;
	struct opened read;
	if (rig->offered++ == 0 && (rig->unusual & FIRST_TOO_LARGE))
		return RESULT_TOO_LARGE;
	fuzz_check(!(rig->unusual & PARTNER_REVOKED) || opened->refusal.reason != REASON_NONE);
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

// The partner as the only party.
static void set_partner(struct rig *rig, unsigned unusual)
{
	struct party_row row = sender_row(&rig->partner);
	struct buffer parties;
	row.revoked = (unusual & PARTNER_REVOKED) != 0;
	if (unusual & PARTNER_LOW_ORDER) {
		memset(row.sealing, 0, sizeof row.sealing);
		row.sealing[0] = 1; // all zeros would be a role that only signs
	}
	buffer_init(&parties, CHANNEL_MESSAGE_MAX);
	sender_parties(&rig->house, &row, 1, &parties);
	fuzz_check(opener_set_parties(rig->opener, buffer_view(&parties)) == RESULT_OK);
	buffer_done(&parties);
}

// An opener that was told of no parties yet believes nobody.
static void refuse_all(struct rig *rig)
{
	const struct opener_sink sink = {take, rig};
	const struct opener_input input = {.frame = bytes_of_text("anything")};
	enum result result;
	fuzz_check(opener_open(rig->opener, &input, &sink, &result) == REASON_UNKNOWN_KEY);
	fuzz_check(rig->taken == 0 && !opener_lacks_key(rig->opener));
}

static struct rig *rig_new(void)
{
	struct rig *rig = calloc(1, sizeof *rig);
	fuzz_check(rig && crypto_start() == RESULT_OK);
	sender_init(&rig->house, "00000099000000001000", 1);
	rig->receive = (struct receive_keys){.keys = {rig->house.sealing}, .count = 1};
	sender_init(&rig->partner, "00000099000000002000", 2);
	buffer_init(&rig->message, 2 * CHANNEL_MESSAGE_MAX);
	fuzz_check(arena_new(8 * 1024 * 1024, &rig->arena) == RESULT_OK &&
		   opener_new(&rig->receive, &rig->opener) == RESULT_OK);
	refuse_all(rig);
	set_partner(rig, 0);
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

static void make_twins(struct party_row rows[2], unsigned which)
{
	if (which & 1)
		rows[1].identity_id = rows[0].identity_id;
	if (which & 2)
		rows[1].sealing_id = rows[0].sealing_id;
	if (which & 4)
		memset(rows[1].sealing, 0, sizeof rows[1].sealing);
	if (which & 8)
		memset(&rows[1].oin, 'x', sizeof rows[1].oin);
}

// A list is taken whole or not at all, and an opener that refuses one still works.
static void read_parties(struct rig *rig, struct bytes input)
{
	struct buffer frame;
	struct party_row rows[2] = {sender_row(&rig->partner), sender_row(&rig->house)};
	size_t at = get_u16be(input.data), len = sizeof(struct frame_parties) + sizeof rows;
	if (at >= len)
		make_twins(rows, (unsigned)(at - len));
	buffer_init(&frame, CHANNEL_MESSAGE_MAX);
	sender_parties(&rig->house, rows, 2, &frame);
	for (size_t i = 2; i < input.len && at < len; i++)
		frame.data[at++] = input.data[i];
	enum result result = opener_set_parties(rig->opener, buffer_view(&frame));
	fuzz_check(result == RESULT_OK || result == RESULT_MALFORMED);
	// Of a list with a receive key that nobody gave it, it says so.
	if (result == RESULT_OK && !opener_may_use(rig->opener, &rig->house.sealing.id))
		fuzz_check(opener_lacks_key(rig->opener));
	fuzz_check(opener_set_parties(rig->opener, bytes_make(frame.data, frame.len - 1)) ==
		   RESULT_MALFORMED);
	fuzz_check(opener_set_parties(rig->opener, bytes_make(frame.data, 8)) == RESULT_MALFORMED);
	buffer_done(&frame);
	set_partner(rig, 0);
}

// What was signed has an outcome, what is not believed has none.
static void open_frame(struct rig *rig, struct bytes frame, enum depth depth)
{
	const struct opener_sink sink = {take, rig};
	const struct opener_input input = {.frame = frame,
					   .connection_oin = rig->unusual & CONNECTION_OTHER
								     ? rig->house.oin
								     : rig->partner.oin,
					   .today = SENDER_TODAY};
	enum result result;
	if (rig->unusual & (PARTNER_REVOKED | PARTNER_LOW_ORDER))
		set_partner(rig, rig->unusual);
	rig->taken = rig->offered = 0;
	enum reason reason = opener_open(rig->opener, &input, &sink, &result);
	fuzz_check((reason == REASON_NONE) == (rig->taken > 0));
	fuzz_check(depth < DEPTH_STATEMENT || (reason == REASON_NONE) == !(rig->unusual & NOBODY));
	fuzz_check(reason != REASON_NONE || !(rig->unusual & NOBODY));
	if (rig->unusual & (PARTNER_REVOKED | PARTNER_LOW_ORDER))
		set_partner(rig, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rig *rig;
	if (size < 1 || (data[0] & 0x0f) > DEPTH_PARTIES || size > ENVELOPE_FRAME_MAX)
		return 0;
	if (!rig)
		rig = rig_new();
	enum depth depth = data[0] & 0x0f;
	rig->unusual = data[0] & 0xf0;
	if (depth == DEPTH_PARTIES) {
		if (size >= 3)
			read_parties(rig, bytes_make(data + 1, size - 1));
		return 0;
	}
	struct sending *sending = malloc(sizeof *sending);
	fuzz_check(sending != NULL);
	sending_init(sending, &rig->partner, &rig->house, 1);
	struct bytes input = bytes_make(data + 1, size - 1);
	if (depth == DEPTH_FRAME)
		open_frame(rig, input, depth);
	else if (make_frame(sending, depth, input))
		open_frame(rig, buffer_view(&sending->frame), depth);
	sending_done(sending);
	free(sending);
	return 0;
}
