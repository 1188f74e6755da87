// SPDX-License-Identifier: EUPL-1.2
// C2SP tlog-tiles (v0.1.0): names and contents of hash tiles and entry bundles. Pure: reading and
// writing files is the caller's.
#ifndef KNP_TREE_TILES_H
#define KNP_TREE_TILES_H

#include "tree/tree.h"

#define TILE_WIDTH 256
#define TILE_NAME_MAX 64
#define BUNDLE_ENTRY_MAX 65535 // bytes of one entry: its length is a u16

// "tile/<L>/<N>" or "tile/<L>/<N>.p/<W>" (width 1..255); N in groups of three, x-prefixed but for
// the last; width 256 is a full tile. level 0..63; level < 0 names an entry bundle,
// "tile/entries/<N>[.p/<W>]".
void tile_name(char out[TILE_NAME_MAX], int level, uint64_t index, unsigned width);
// How many tiles (full ones and the partial one) a level has at `size`; the width of the last is
// in *ret_last_width (1..256), 0 when the level has none.
uint64_t tile_count(int level, uint64_t size, unsigned *ret_last_width);
// Appends one entry to a bundle: u16be length, then the entry (at most 65,535 bytes, else
// RESULT_TOO_LARGE).
enum result bundle_append_entry(struct buffer *bundle, struct bytes entry) KNP_MUST_CHECK;
// Takes the next entry off a bundle view; RESULT_MALFORMED when cut short, RESULT_NOT_FOUND at
// its end.
enum result bundle_next_entry(struct bytes *bundle, struct bytes *ret_entry) KNP_MUST_CHECK;

#endif
