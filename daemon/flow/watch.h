// SPDX-License-Identifier: EUPL-1.2
// What core notes while it runs, for status and metrics alone: who was heard when, how often what
// each partner sent was refused without an entry of its own, since when something is wrong. It
// starts anew with the process, but for what the ticks of the last day recorded (part_tick,
// tellingen): a restart ends no alarm and hides no count.
#ifndef KNP_FLOW_WATCH_H
#define KNP_FLOW_WATCH_H

#include "keys/keys.h"
#include "melding/reason.h"
#include "state/state.h"

#define WATCH_PARTIES 2048 // of the register, by their place in it
#define WATCH_REFUSALS 1024
#define WATCH_HOURS 24

// Of one partner for one reason.
struct watch_refusals {
	struct oin oin;
	enum reason reason;
	uint64_t total;              // since the process started, and in the day before
	int64_t first, last;         // wall milliseconds
	uint64_t hour;               // hours since 1970 of the newest of `hours`
	uint32_t hours[WATCH_HOURS]; // by hour modulo WATCH_HOURS
};

// A delivery that waits and cannot be read. With so many there may be more, of which nothing is
// known until one of these was read or ended.
#define WATCH_DAMAGED 1024
struct watch_damaged {
	struct ontvanger ontvanger;
	uint64_t number, index; // of the delivery, of its entry
	int64_t since;
};

// The newest backup, as a reader saw it last (core/backup.h).
struct watch_backup {
	enum {
		WATCH_BACKUP_UNKNOWN, // none looked yet
		WATCH_BACKUP_UNSEEN,  // it cannot be looked at
		WATCH_BACKUP_OTHER,   // there are backups of another log in its folder
		WATCH_BACKUP_NONE,
		WATCH_BACKUP_IS,
	} found;
	int64_t newest; // wall clock, when there is one
	bool outlived;  // a copy of the keystore could not be removed when its days were over
};

struct watch {
	int64_t started;
	int64_t readonly_since, full_since; // 0: it is not so
	int64_t heard[WATCH_PARTIES];       // last statement that was opened; 0: none yet
	uint8_t way[WATCH_PARTIES]; // it came by: the place of a house key, from 1; 0: not known
	struct watch_refusals refusals[WATCH_REFUSALS];
	size_t refusal_count;
	uint64_t refusals_beyond; // of partners and reasons that had no row any more
	// Meldingen that no convenant was put before, since none was in force: of this process, and
	// of the day before it started.
	uint64_t undecided;
	struct watch_damaged damaged[WATCH_DAMAGED]; // those found first, in no order
	size_t damaged_count;
	struct watch_backup backup;
};

void watch_heard(struct watch *watch, size_t party, int64_t now);
void watch_came_by(struct watch *watch, size_t party, size_t house_key);
// True when it was not known yet, as far as there is room to know.
bool watch_found_damaged(struct watch *watch, const struct watch_damaged *found);
bool watch_is_damaged(const struct watch *watch, const struct ontvanger *ontvanger,
		      uint64_t number);
// It was read.
void watch_is_sound(struct watch *watch, const struct ontvanger *ontvanger, uint64_t number);
void watch_refused(struct watch *watch, const struct oin *oin, enum reason reason, uint32_t count,
		   int64_t now);
// How many in this hour and the `hours` - 1 before it, at most WATCH_HOURS in all.
uint64_t watch_refused_in(const struct watch_refusals *row, int64_t now, unsigned hours);

#endif
