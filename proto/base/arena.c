// SPDX-License-Identifier: EUPL-1.2
#include "base/arena.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ALIGNMENT 16

// An arena is one mapping, of which AddressSanitizer would see nothing: under it there is a gap
// behind each allocation, and nobody may touch that, the rest of the last unit, or what was
// cleared.
#if defined(__has_include) && __has_include(<sanitizer/asan_interface.h>)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, len) ((void)(at), (void)(len))
#define ASAN_UNPOISON_MEMORY_REGION(at, len) ((void)(at), (void)(len))
#endif
#if defined(__SANITIZE_ADDRESS__)
#define GAP ALIGNMENT
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GAP ALIGNMENT
#endif
#endif
#ifndef GAP
#define GAP 0
#endif

struct arena {
	uint8_t *base;
	size_t used, ceiling;
	size_t highest; // that `used` ever was
};

enum result arena_new(size_t ceiling, struct arena **ret_arena)
{
	struct arena *arena = calloc(1, sizeof *arena);
	if (!arena)
		return RESULT_NO_MEMORY;
	// Anonymous memory costs nothing until it is touched, so the ceiling is only an address
	// range; pages of a melding stay out of core files.
	void *base = mmap(NULL, ceiling ? ceiling : 1, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (base == MAP_FAILED) {
		free(arena);
		return RESULT_NO_MEMORY;
	}
	madvise(base, ceiling, MADV_DONTDUMP);
	*arena = (struct arena){.base = base, .ceiling = ceiling};
	*ret_arena = arena;
	return RESULT_OK;
}

void arena_back(struct arena *arena, size_t used)
{
	ASAN_UNPOISON_MEMORY_REGION(arena->base + used, arena->used - used);
	explicit_bzero(arena->base + used, arena->used - used);
	ASAN_POISON_MEMORY_REGION(arena->base + used, arena->used - used);
	arena->used = used;
}

void arena_clear(struct arena *arena)
{
	arena_back(arena, 0);
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	arena_clear(arena);
	ASAN_UNPOISON_MEMORY_REGION(arena->base, arena->highest);
	munmap(arena->base, arena->ceiling ? arena->ceiling : 1);
	free(arena);
}

void *arena_alloc(struct arena *arena, size_t size)
{
	// Even nothing gets an address of its own: NULL means "beyond the ceiling" only.
	size_t left = arena->ceiling - arena->used;
	size_t want = size ? size : 1;
	if (want > left)
		return NULL;
	uint8_t *p = arena->base + arena->used;
	size_t rounded = (want + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT + GAP;
	size_t taken = rounded >= want && rounded <= left ? rounded : left;
	arena->used += taken;
	if (arena->used > arena->highest)
		arena->highest = arena->used;
	ASAN_UNPOISON_MEMORY_REGION(p, size);
	ASAN_POISON_MEMORY_REGION(p + size, taken - size);
	return p;
}

struct bytes arena_copy(struct arena *arena, struct bytes view)
{
	uint8_t *copy = arena_alloc(arena, view.len);
	if (!copy)
		return (struct bytes){0};
	if (view.len)
		memcpy(copy, view.data, view.len);
	return bytes_make(copy, view.len);
}

char *arena_text(struct arena *arena, struct bytes view)
{
	if (view.len == SIZE_MAX)
		return NULL;
	char *text = arena_alloc(arena, view.len + 1);
	if (text && view.len)
		memcpy(text, view.data, view.len);
	return text;
}

size_t arena_used(const struct arena *arena)
{
	return arena->used;
}
