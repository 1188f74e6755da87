// SPDX-License-Identifier: EUPL-1.2
// What an opener hands core for one statement: fixed tables of offsets and lengths into one byte
// area, within published maxima, all of which core checks again. Core parses nothing else a
// partner wrote.
#ifndef KNP_IPC_OPENED_H
#define KNP_IPC_OPENED_H

#include "ipc/frames.h"

// One opened statement, on either side. Views point into the received message (core) or the
// opened plaintext (opener).
struct opened {
	struct route route;
	struct oin connection_oin; // from ZAP
	struct oin sender_oin;     // whose sealing key opened the envelope
	struct key_id sealing_id;
	struct signed_statement signed_statement;
	struct hash header_hash;
	struct statement statement; // after a refusal: as far as it could be read, else zero
	bool has_slots;             // never after a refusal: refused content goes no further
	struct slots slots;         // seed, capacity, exact rubrieken
	struct melding melding;     // the same rubrieken decoded; empty after a refusal
	struct refusal refusal;     // found after the signature held; REASON_NONE otherwise
	struct head held;           // newest checkpoint the sender holds
	uint32_t envelope_items, envelope_item; // so that core answers an envelope in one frame
	uint64_t envelope_number;               // counts up per opener
};

// Appends one FRAME_OPENED message. RESULT_TOO_LARGE beyond CHANNEL_MESSAGE_MAX (nothing appended),
// or what kept the buffer from growing.
enum result opened_encode(const struct opened *opened, struct buffer *out) KNP_MUST_CHECK;
// Checks every offset, length and count, the published maxima, that nothing is left over, that what
// is not refused is whole, and that header_hash is that of the statement. Arrays on the arena,
// bytes as views into `message`. RESULT_MALFORMED: the opener is broken or taken over; the message
// is dropped with an alarm. RESULT_NO_MEMORY: the arena is too small.
enum result opened_decode(struct bytes message, struct arena *arena,
			  struct opened *ret_opened) KNP_MUST_CHECK;

#endif
