// SPDX-License-Identifier: EUPL-1.2
// Makes the hash tiles of a log from its leaf hashes in order: what an export writes and what a
// verifier expects to find. Pure; 64 KiB of memory whatever the size of the log.
#ifndef KNP_TREE_TILER_H
#define KNP_TREE_TILER_H

#include "tree/tiles.h"

#define TILE_BYTES (TILE_WIDTH * 32)
#define TILE_LEVELS 8 // enough for 2^63 leaves

struct tile {
	unsigned level;
	uint64_t index;
	unsigned width;      // 1..256
	struct bytes hashes; // width * 32 bytes, live during the call only
};

struct tiler {
	// Called for each tile as soon as it is full, and for the partial ones at the end. What it
	// returns other than RESULT_OK ends the call it came from.
	enum result (*emit)(void *context, const struct tile *tile);
	void *context;
	struct frontier frontier; // of the leaves so far: size and root
	uint8_t tiles[TILE_LEVELS][TILE_BYTES];
};

void tiler_init(struct tiler *tiler, enum result (*emit)(void *context, const struct tile *tile),
		void *context);
// Goes on behind the leaves of `frontier`, a whole number of tiles of level 0. The unfinished tiles
// above that are then to be given, each with the hashes that it has so far: RESULT_BAD_SIGNATURE
// when they do not lead to the frontier (too few are as wrong), and more than it has are passed
// over. Level 0 and levels that have none need nothing.
void tiler_resume(struct tiler *tiler, const struct frontier *frontier);
unsigned tiler_waiting(const struct tiler *tiler, unsigned level); // hashes it has so far
enum result tiler_restore(struct tiler *tiler, unsigned level, struct bytes hashes) KNP_MUST_CHECK;
enum result tiler_add(struct tiler *tiler, const struct hash *leaf) KNP_MUST_CHECK;
// Emits the partial tiles, lowest level first. More leaves may follow.
enum result tiler_finish(struct tiler *tiler) KNP_MUST_CHECK;

#endif
