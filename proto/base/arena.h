// SPDX-License-Identifier: EUPL-1.2
// One arena per melding (or request): allocations live until the arena is cleared, never beyond
// its byte ceiling, and are wiped when it is. Not shared between threads.
#ifndef KNP_BASE_ARENA_H
#define KNP_BASE_ARENA_H

#include "base/bytes.h"

struct arena; // opaque

// Reserves `ceiling` bytes of address space at once. RESULT_NO_MEMORY leaves *ret_arena alone.
enum result arena_new(size_t ceiling, struct arena **ret_arena) KNP_MUST_CHECK;
// Wipes what was used and frees; NULL is allowed.
void arena_free(struct arena *arena);
// Wipes what was used; every pointer handed out becomes invalid.
void arena_clear(struct arena *arena);
// Zeroed, 16-byte aligned; NULL beyond the ceiling.
void *arena_alloc(struct arena *arena, size_t size);
// Copies a view or a text (with NUL) into the arena; data NULL beyond the ceiling.
struct bytes arena_copy(struct arena *arena, struct bytes view);
char *arena_text(struct arena *arena, struct bytes view);
// Wipes what was handed out since arena_used() was `used`; every pointer to that becomes invalid.
void arena_back(struct arena *arena, size_t used);
size_t arena_used(const struct arena *arena);

#endif
