// SPDX-License-Identifier: EUPL-1.2
// The messages between gate, openers and core. All are fixed headers in native byte order (one
// binary, one machine), each followed by bytes. A receiver checks every length and offset again: a
// taken-over neighbour may send anything.
#ifndef KNP_IPC_FRAMES_H
#define KNP_IPC_FRAMES_H

#include "keys/keys.h"
#include "melding/validate.h"
#include "wire/batch.h"
#include "wire/envelope.h"

enum frame_kind {
	FRAME_HELLO = 1,    // a process (re)started: frame_hello
	FRAME_ENVELOPE = 2, // gate -> opener: frame_envelope + the frame as received
	FRAME_HINT = 3,     // opener or core -> gate: frame_hint
	FRAME_OPENED = 4,   // opener -> core: one statement, see opened.h
	FRAME_COUNT = 5, // opener or gate -> core: refused before anything could last, frame_count
	FRAME_REPLY = 6, // core -> gate: frame_reply + an envelope
	FRAME_ADMIT = 7, // core -> gate: frame_admit + rows, all transport keys, revoked ones too
	FRAME_PARTIES = 8, // core -> opener: frame_parties + rows, all identity and sealing keys
	FRAME_DONE = 9,    // opener -> gate: envelopes are off the queue, frame_done
	FRAME_DOORS = 10,  // core -> gate: frame_doors, the transport keys of the register
	FRAME_SERVED = 11, // gate -> core: frame_served, the answer to each FRAME_DOORS
	FRAME_REOPEN = 12, // core -> gate: a u32 alone: begin anew, a key was made or destroyed
};

// Where an answer goes: a connection of one generation of the gate. An answer to an older
// generation is dropped.
struct route {
	uint64_t connection;
	uint32_t generation;
	uint32_t door; // by which it came, its number: for status alone, no answer goes by it
};

struct frame_hello {
	uint32_t kind;       // FRAME_HELLO
	uint32_t generation; // of the gate; 0 from others
};

struct frame_envelope {
	uint32_t kind;
	uint32_t zero;
	struct route route;
	uint64_t number; // counts up per opener and generation of the gate
	struct oin oin;  // who ZAP says the connection is: a cross-check only
	char pad[3];
};

// Every envelope of this generation numbered up to here is opened and handed to core, or refused:
// its credit may be given back.
struct frame_done {
	uint32_t kind;
	uint32_t generation;
	uint64_t number;
};

struct frame_hint {
	uint32_t kind;
	uint32_t code; // enum hint_code
	struct route route;
	uint32_t pause_ms;
	uint32_t zero;
};

// From an opener: envelopes of a connection of this OIN. From the gate: connections that were
// refused, REASON_REVOKED_KEY with the OIN that key had, or REASON_UNKNOWN_KEY with OIN_NOBODY.
struct frame_count {
	uint32_t kind;
	uint32_t reason; // enum reason
	struct oin oin;
	char pad[3];
	uint32_t count; // how many, at least 1
	uint32_t zero;
};

struct frame_reply {
	uint32_t kind;
	uint32_t zero;
	struct route route;
};

struct admit_row {
	uint8_t transport[32];
	struct oin oin;
	char pad[3];
	uint32_t revoked; // nonzero: known, but not let in
	uint32_t zero;
};
struct frame_admit {
	uint32_t kind;
	uint32_t count;
};

// The transport keys of the knooppunt itself, as the register has them. Before the first of these
// nobody is let in, and never by a key that is not in force.
#define DOOR_KEYS_MAX 64
struct door_key {
	uint8_t key[32];
	uint32_t ended; // nonzero: its door is to be closed for good
	uint32_t zero;
};
struct frame_doors {
	uint32_t kind;
	uint32_t count;
	struct door_key keys[DOOR_KEYS_MAX];
};
// Where somebody can connect now, by which key, in force or not; and of how many keys in force that
// the gate holds the door is closed, as when another had its address.
#define SERVED_MAX 2
struct served_row {
	uint8_t key[32];
	char endpoint[256]; // as bound
	uint32_t door;      // its number, as in a route
	uint32_t zero;
};
struct frame_served {
	uint32_t kind;
	uint32_t count;
	uint32_t closed, zero;
	struct served_row rows[SERVED_MAX];
};

#define RECEIVE_KEYS_MAX 4

struct party_row {
	struct oin oin;
	char pad[3];
	struct key_id identity_id, sealing_id;
	uint8_t identity[32], sealing[32];
	uint32_t revoked; // nonzero: known, but its statements are refused
	uint32_t zero;
};
#define LATER_LOGS_MAX 8
struct frame_parties {
	uint32_t kind;
	uint32_t count;
	char origin[256];                // that of genesis: envelopes are sealed under it
	char later[LATER_LOGS_MAX][256]; // those that a herstel brought: statements may be to any
	uint32_t later_count, later_zero;
	struct oin house;
	char pad[3];
	uint32_t receive_count, zero;
	struct key_id receive[RECEIVE_KEYS_MAX]; // receive keys in force
};

#define ADMIT_ROWS_MAX 4096
#define PARTY_ROWS_MAX 2048

#endif
