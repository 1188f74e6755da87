// SPDX-License-Identifier: EUPL-1.2
// One sender of `bench-load`: a thread with its own keys, connection and corpus, and a fixed number
// of meldingen under way.
#ifndef KNP_TESTS_BENCH_SENDER_H
#define KNP_TESTS_BENCH_SENDER_H

#include "corpus.h"
#include "lib/link.h"
#include "register/register.h"
#include "tree/note.h"
#include "wire/envelope.h"

struct load_settings {
	const char *endpoint, *genesis, *systeem;
	const char *klasse; // of each melding
	size_t meldingen;   // per sender
	size_t batch;       // under one signature, in one envelope
	size_t window;      // under way
	size_t verify;      // one in so many answers is proven, the others are opened and read
	int64_t most_ms;    // after this nothing new is sent
	int64_t pace_us;    // between two envelopes of a sender; 0: as soon as the window has room
	int64_t phase_us;   // of the first one, so that senders do not send at once
	uint64_t sequence;
	uint32_t first_person;
};

struct sender_counts {
	size_t sent, aanvaard, geweigerd, again, hints, envelopes, verified, bad;
};

struct sender {
	const struct load_settings *settings;
	struct oin oin;
	struct private_key identity, sealing, transport;
	struct registry reg;
	struct vkey vkey;
	struct pair_key to, from;
	struct link link;
	struct arena *memory; // of the corpus
	struct arena *work;   // of one answer
	struct buffer frame, plain, content;
	struct checkpoint held;
	struct corpus corpus;
	struct index {
		struct hash header;
		uint32_t batch;
		bool used, settled;
	} * index; // open addressing by header hash
	size_t index_size;
	int64_t *sent_us;         // per batch: when it went, or with a pace was due
	uint32_t *took_us;        // per receipt
	size_t under_way;         // meldingen
	int64_t begin_us, end_us; // of the first frame and the last receipt
	struct sender_counts counts;
};

// Opens the party in `folder` (made by bench-party), connects, and says hello so that the first
// checkpoint is held. Says on stderr what failed.
enum result sender_open(const struct load_settings *settings, const char *folder,
			struct sender *ret_sender) KNP_MUST_CHECK;
// Makes and signs what will be sent.
enum result sender_prepare(struct sender *sender) KNP_MUST_CHECK;
// Sends it all and takes the receipts. RESULT_AGAIN when receipts stay out.
enum result sender_run(struct sender *sender) KNP_MUST_CHECK;
void sender_close(struct sender *sender);

// ---- answers (receipts.c) ------------------------------------------------------------------

// Opens the frame in sender->frame: RESULT_NOT_FOUND for a hint, RESULT_BAD_SIGNATURE for what is
// no answer of the knooppunt. The replies lie on sender->work.
enum result answer_open(struct sender *sender, struct replies *ret_replies) KNP_MUST_CHECK;
// Proves the checkpoint and its growth from the one held, then holds it.
enum result answer_prove(struct sender *sender, const struct replies *replies) KNP_MUST_CHECK;
// Proves that the receipt is an entry under the checkpoint held, about this very statement.
enum result receipt_prove(const struct sender *sender, const struct reply *reply) KNP_MUST_CHECK;

#endif
