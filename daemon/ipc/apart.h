// SPDX-License-Identifier: EUPL-1.2
// Memory that the parent shares with others, so that an input which kills an opener costs its
// sender only: whose frame each opener has in hand, and whose frames go to an opener of their own
// ("apart") because they killed others before.
//
// A taken-over opener can name a partner that is not to blame, as it can drop anybody's frames; it
// can not put anybody apart by itself, nor write what another opener has in hand.
#ifndef KNP_IPC_APART_H
#define KNP_IPC_APART_H

#include "keys/keys.h"

#include <stdatomic.h>

// Written by one opener, read by the parent once that opener has ended.
struct hand {
	_Atomic uint32_t full;
	struct oin oin;
};

// Written by the parent, read by gate and openers.
#define APART_MAX 64
struct apart {
	struct {
		_Atomic uint32_t used;
		struct oin oin;
	} rows[APART_MAX];
};

// Memory of `len` zeroed bytes behind a descriptor. RESULT_IO, RESULT_NO_MEMORY.
enum result shared_new(size_t len, int *ret_fd, void **ret_memory) KNP_MUST_CHECK;
// From now on nobody can map it to write; what is mapped already stays so.
enum result shared_close_to_writers(int fd) KNP_MUST_CHECK;
// Maps what another process made and closes the descriptor, also when it fails.
enum result shared_map(int fd, size_t len, bool write, void **ret_memory) KNP_MUST_CHECK;
void shared_unmap(void *memory, size_t len); // NULL allowed

void hand_take(struct hand *hand, const struct oin *oin);
void hand_empty(struct hand *hand);
// True when a frame was in hand; its sender, when that is an OIN at all.
bool hand_holds(const struct hand *hand, struct oin *ret_oin);

bool apart_has(const struct apart *apart, const struct oin *oin);
bool apart_any(const struct apart *apart);
// False when there is no room, which changes nothing.
bool apart_add(struct apart *apart, const struct oin *oin);
bool apart_remove(struct apart *apart, const struct oin *oin);

#endif
