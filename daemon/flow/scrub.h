// SPDX-License-Identifier: EUPL-1.2
// How far the background scrub is (core/scrub.c), and what it found.
#ifndef KNP_FLOW_SCRUB_H
#define KNP_FLOW_SCRUB_H

#include "store/store.h"

enum scrub_phase { SCRUB_STATE, SCRUB_PAGES, SCRUB_ENTRIES };

struct scrub_report {
	int64_t next_step; // monotonic milliseconds
	int64_t next_dead; // the same: when to look for readers that ended
	enum scrub_phase phase;
	struct store_walk walk; // over the pages of the log
	uint64_t next_entry;
	uint64_t damaged_now, damaged,
		first_damaged; // entries: of this walk, of the last whole one
	uint64_t damaged_pages_now, damaged_pages;
	uint64_t unread_now, unread; // steps that failed: of this walk, of the last whole one
	const char *unread_what;     // what the last one would have read
	enum result unread_result;
	uint64_t state_replays;       // how often state was found damaged
	int64_t state_done, log_done; // end of the last whole walk, wall; 0 none
};

#endif
