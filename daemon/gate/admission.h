// SPDX-License-Identifier: EUPL-1.2
// Who may connect, and how much of each partner may wait at once. Core sends the whole list of
// transport keys; before the first list nobody is admitted. What a partner has waiting is kept by
// its OIN over lists. Who was refused is counted by key as far as the list knows the key, and all
// others in one number: a flood of strangers takes no room.
#ifndef KNP_GATE_ADMISSION_H
#define KNP_GATE_ADMISSION_H

#include "ipc/frames.h"

// The credit of one partner. A new list moves partners: no pointer outlives admission_replace().
struct partner {
	struct oin oin;
	uint32_t frames;   // waiting
	uint32_t pause_ms; // of the next hint, doubled by each
	uint64_t bytes;
	int64_t hint_next_ms; // no hint before this
	uint32_t hint_code;   // the newest that came too early, 0 none
	int64_t connects_ms;  // when the handshakes so far are paid off (partner_may_connect())
	uint64_t hint_connection;
	struct account *waiting; // on its way to it (waiting.h), NULL: nothing ever was
};

// What one partner may have waiting.
struct credit {
	uint32_t frames;
	uint64_t bytes;
};

struct account;
struct admission; // opaque

enum result admission_new(struct admission **ret_admission) KNP_MUST_CHECK;
void admission_free(struct admission *admission); // NULL allowed

// Takes a FRAME_ADMIT. RESULT_MALFORMED (the list in force stays), RESULT_NO_MEMORY. *ret_cut is
// true when a key that the list before let in is missing, revoked or has another OIN: connections
// made with it live on and must be cut.
enum result admission_replace(struct admission *admission, struct bytes frame,
			      bool *ret_cut) KNP_MUST_CHECK;
bool admission_is_set(const struct admission *admission);
// The OIN of an admitted key.
bool admission_find(const struct admission *admission, const uint8_t key[32], struct oin *ret_oin);
// Counts that a connection with this key was refused.
void admission_refused(struct admission *admission, const uint8_t key[32]);
// Takes out the next of these counts, as core is told; false when nothing was counted.
bool admission_next_refused(struct admission *admission, struct frame_count *ret_count);
// What could not be told is counted still.
void admission_put_back(struct admission *admission, const struct frame_count *count);
// NULL when no key of this OIN is admitted.
struct partner *admission_partner(struct admission *admission, const struct oin *oin);
// The n-th, NULL past the end.
struct partner *admission_partner_at(struct admission *admission, size_t n);

// Takes credit for one frame; false beyond the limit. A partner with nothing waiting may always
// send one frame.
bool partner_take(struct partner *partner, const struct credit *limit, size_t bytes);
void partner_return(struct partner *partner, size_t bytes);
// Whether this partner may come through one more handshake now: CONNECTS_BURST at once (all that it
// has, after the gate was started anew, twice over), and CONNECTS_PER_SECOND from then on. Who may
// not is to try again later.
#define CONNECTS_BURST 128
#define CONNECTS_PER_SECOND 32
bool partner_may_connect(struct partner *partner, int64_t now);
// Whether this partner may get a hint now, and the pause it names. Hints are at least the pause of
// the one before apart, which doubles from 50 ms to 2 s; a frame that was taken resets it.
bool partner_may_hint(struct partner *partner, int64_t now, uint32_t *ret_pause_ms);

#endif
