// SPDX-License-Identifier: EUPL-1.2
// A knooppunt inside the test: a log (fake_log.h), a register, and answers to the statements of
// clients over a struct link. It decides nothing: each melding of anyone goes to the ontvanger of
// `to` with all its rubrieken and one verrijking, unless a test changes what it makes.
#ifndef KNP_TESTS_UNIT_FAKE_KNOOPPUNT_H
#define KNP_TESTS_UNIT_FAKE_KNOOPPUNT_H

#include "lib/shared.h"
#include "register/register.h"

#include "fake_log.h"
#include "temporary.h"

#define FAKE_HOUSE "00000099000000009000"
#define FAKE_PARTIES_MAX 4
#define FAKE_SEEN_MAX 1024

// A party with its key folder; enrolled when `sealing_id` is set.
struct fake_party {
	struct oin oin;
	char keys[240], unlock[240];
	struct private_key identity, sealing, transport;
	struct pair_key to, from; // of the pair with the knooppunt
};

// A statement that came and was logged, and how it ended.
struct fake_seen {
	struct bytes id, source;
	struct hash header_hash;
	uint64_t index;
	uint32_t type, outcome, reason;
	unsigned times; // how often it came
};

// A delivery as it lies ready for the ontvanger.
struct fake_delivery {
	uint64_t index;
	struct signed_statement sender;
	struct slots slots;
	struct head sender_head;
	struct rubriek rubriek; // the verrijking
	struct opening verrijking;
	bool vervallen, withheld;
	unsigned acked;
};

struct fake_knooppunt {
	struct fake_log log;
	struct temporary *folder;
	char unlock[240], genesis_path[240];
	struct private_key receive, send, transport, beheerder, officer;
	struct oin house;
	struct fake_party parties[FAKE_PARTIES_MAX];
	size_t party_count;
	uint64_t register_leaves[FAKE_ENTRIES_MAX];
	size_t register_count;
	struct fake_seen seen[FAKE_SEEN_MAX];
	size_t seen_count;
	struct oin to_oin;
	const char *to_functie;
	struct fake_delivery deliveries[FAKE_SEEN_MAX];
	size_t delivery_count;
	struct arena *arena; // of one request
	struct buffer answer;
	bool has_answer;
	struct buffer second; // the rest of the answer, in an envelope of its own
	bool has_second;
	unsigned frames, conflicts, largest_request;
	int64_t waited_ms; // by the client for answers that did not come

	// What a test may ask for.
	unsigned page;                     // deliveries of one answer, at most 16; 0: 16
	unsigned lose_answers;             // the next n are made and lost
	bool split;                        // answers come in two envelopes
	bool grow_between;                 // and the log grows between them
	bool lose_second;                  // of a fetch that names several
	uint64_t rest_after, rest_most;    // what follows the answer to the last fetch
	unsigned skip;                     // so many of it are lost
	bool endless;                      // what follows is empty, and followed by another
	unsigned received;                 // frames that a client took
	bool unreachable;                  // nothing can be sent
	enum hint_code hint;               // the next frame is answered with this hint only
	uint32_t refuse_reason;            // meldingen are refused for this, in the log
	uint32_t refuse_unlogged;          // or without it
	bool again;                        // every logged statement is put off
	bool withhold_herkomst, vervallen; // of the next meldingen
	uint64_t hide_register_from;       // leaves from this index on are not shown; 0: all are
	void (*on_part)(struct fake_knooppunt *fake, struct part *part);
	void (*on_replies)(struct fake_knooppunt *fake, struct replies *replies);
	void *test; // the test's own
};

struct fake_knooppunt *fake_new(void);
void fake_free(struct fake_knooppunt *fake);

// Makes keys for a party and enrols it with one functie.
struct fake_party *fake_enrol(struct fake_knooppunt *fake, const char *oin, const char *functie);
// Only the keys.
struct fake_party *fake_make_party(struct fake_knooppunt *fake, const char *oin);
void fake_enrol_party(struct fake_knooppunt *fake, const struct fake_party *party,
		      const char *functie);
void fake_revoke(struct fake_knooppunt *fake, const struct fake_party *party);
// An empty tick leaf.
void fake_tick(struct fake_knooppunt *fake);

// Settings of a client of this party, spool "spool-<name>" below the fake's folder.
struct client_settings fake_settings(struct fake_knooppunt *fake, const struct fake_party *party,
				     const char *name);
struct link fake_link(struct fake_knooppunt *fake);
// Takes one frame and makes the answer in fake->answer, or none.
void fake_take_frame(struct fake_knooppunt *fake, struct bytes frame);

const struct fake_seen *fake_find(const struct fake_knooppunt *fake, const char *id);

#endif
