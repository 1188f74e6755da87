// SPDX-License-Identifier: EUPL-1.2
// Time enters through here and is passed down as a parameter; nothing below the flow reads a
// clock. Wall time: milliseconds since 1970 UTC. Monotonic: milliseconds since some start.
#ifndef KNP_BASE_CLOCK_H
#define KNP_BASE_CLOCK_H

#include "base/bytes.h"

#define MS_PER_SECOND INT64_C(1000)
#define MS_PER_MINUTE INT64_C(60000)
#define MS_PER_HOUR INT64_C(3600000)
#define MS_PER_DAY INT64_C(86400000)

int64_t clock_wall_ms(void);
int64_t clock_monotonic_ms(void);
int64_t clock_monotonic_us(void);

struct civil_date {
	int year, month, day; // 1-based month and day
};

// Strict "YYYY-MM-DD" of a day that exists, 1850..2200; else RESULT_MALFORMED.
enum result date_parse(struct bytes text, struct civil_date *ret_date) KNP_MUST_CHECK;
// Days since 1970-01-01 (proleptic Gregorian).
int64_t date_to_days(struct civil_date date);
struct civil_date date_from_days(int64_t days);
// Whole years from birth to `on`; a leap-day birthday counts from 1 March (BW 1:2 practice).
int date_years_between(struct civil_date birth, struct civil_date on);
// 0 Monday .. 6 Sunday, of days since 1970-01-01.
int date_weekday(int64_t days);
// The calendar date in Europe/Amsterdam at `wall_ms` (EU summer time rule since 1996).
struct civil_date date_amsterdam(int64_t wall_ms);
// What clocks in Europe/Amsterdam show at `wall_ms`, as milliseconds since 1970-01-01 00:00 on
// those clocks; and back. Of the hour that they show twice the first is meant, and of the one they
// skip as much later.
int64_t clock_amsterdam(int64_t wall_ms);
int64_t clock_from_amsterdam(int64_t local_ms);
// Strict RFC 3339 with offset ("2026-11-22T10:00:00+01:00" or Z, optional fraction).
enum result time_parse(struct bytes text, int64_t *ret_wall_ms) KNP_MUST_CHECK;
// RFC 3339 in UTC with seconds, 21 bytes with NUL.
void time_format(char out[21], int64_t wall_ms);

#endif
