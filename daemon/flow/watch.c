// SPDX-License-Identifier: EUPL-1.2
#include "flow/watch.h"

#include "base/clock.h"

#include <string.h>

void watch_heard(struct watch *watch, size_t party, int64_t now)
{
	if (party < WATCH_PARTIES)
		watch->heard[party] = now;
}

void watch_came_by(struct watch *watch, size_t party, size_t house_key)
{
	if (party < WATCH_PARTIES)
		watch->way[party] = house_key < UINT8_MAX ? (uint8_t)(house_key + 1) : 0;
}

static size_t damaged_at(const struct watch *watch, const struct ontvanger *ontvanger,
			 uint64_t number)
{
	size_t i = 0;
	while (i < watch->damaged_count &&
	       !(watch->damaged[i].number == number &&
		 ontvanger_equal(&watch->damaged[i].ontvanger, ontvanger)))
		i++;
	return i;
}

bool watch_found_damaged(struct watch *watch, const struct watch_damaged *found)
{
	if (damaged_at(watch, &found->ontvanger, found->number) < watch->damaged_count ||
	    watch->damaged_count == WATCH_DAMAGED)
		return false;
	watch->damaged[watch->damaged_count++] = *found;
	return true;
}

bool watch_is_damaged(const struct watch *watch, const struct ontvanger *ontvanger, uint64_t number)
{
	return damaged_at(watch, ontvanger, number) < watch->damaged_count;
}

void watch_is_sound(struct watch *watch, const struct ontvanger *ontvanger, uint64_t number)
{
	size_t at = damaged_at(watch, ontvanger, number);
	if (at < watch->damaged_count)
		watch->damaged[at] = watch->damaged[--watch->damaged_count];
}

static struct watch_refusals *row_of(struct watch *watch, const struct oin *oin, enum reason reason)
{
	for (size_t i = 0; i < watch->refusal_count; i++)
		if (watch->refusals[i].reason == reason && oin_equal(&watch->refusals[i].oin, oin))
			return &watch->refusals[i];
	if (watch->refusal_count == WATCH_REFUSALS)
		return NULL;
	struct watch_refusals *row = &watch->refusals[watch->refusal_count++];
	*row = (struct watch_refusals){.oin = *oin, .reason = reason};
	return row;
}

static uint64_t hour_of(int64_t now)
{
	return now > 0 ? (uint64_t)(now / MS_PER_HOUR) : 0;
}

// Empties the hours that passed since the newest; a clock that went back adds to that one.
static void move_to(struct watch_refusals *row, uint64_t hour)
{
	if (hour <= row->hour)
		return;
	if (hour - row->hour >= WATCH_HOURS)
		memset(row->hours, 0, sizeof row->hours);
	else
		for (uint64_t h = row->hour + 1; h <= hour; h++)
			row->hours[h % WATCH_HOURS] = 0;
	row->hour = hour;
}

void watch_refused(struct watch *watch, const struct oin *oin, enum reason reason, uint32_t count,
		   int64_t now)
{
	struct watch_refusals *row = row_of(watch, oin, reason);
	if (!row) {
		watch->refusals_beyond += count;
		return;
	}
	if (row->total == 0) {
		row->first = now;
		row->hour = hour_of(now);
	}
	row->total += count;
	row->last = now;
	move_to(row, hour_of(now));
	row->hours[row->hour % WATCH_HOURS] += count;
}

uint64_t watch_refused_in(const struct watch_refusals *row, int64_t now, unsigned hours)
{
	uint64_t newest = hour_of(now), count = 0;
	for (uint64_t back = 0; back < WATCH_HOURS && back <= row->hour; back++) {
		uint64_t hour = row->hour - back;
		if (newest < hours || hour > newest - hours)
			count += row->hours[hour % WATCH_HOURS];
	}
	return count;
}
