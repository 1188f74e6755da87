# SPDX-License-Identifier: EUPL-1.2
"""Days of the house and moments on them, in Europe/Amsterdam."""

import datetime
import functools
import zoneinfo

AMSTERDAM = zoneinfo.ZoneInfo('Europe/Amsterdam')
DAY = datetime.timedelta(days=1)


@functools.lru_cache(None)
def feestdagen(year):
    """Those of the Algemene termijnenwet, with the Sundays among them left out."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * i) // 451
    month, day = divmod(h + i - 7 * m + 114, 31)
    easter = datetime.date(year, month, day + 1)
    koning = datetime.date(year, 4, 27)
    found = [datetime.date(year, 1, 1), koning - DAY if koning.weekday() == 6 else koning,
             datetime.date(year, 5, 5), datetime.date(year, 12, 25), datetime.date(year, 12, 26)]
    return frozenset(found + [easter + n * DAY for n in (-2, 1, 39, 50)])


def is_werkdag(day):
    return day.weekday() < 5 and day not in feestdagen(day.year)


def next_werkdag(day, weekdays=(0, 1, 2, 3, 4)):
    """This day or the first after it."""
    while not is_werkdag(day) or day.weekday() not in weekdays:
        day += DAY
    return day


def moment(day, hour, minute=0):
    """Milliseconds since 1970."""
    local = datetime.datetime.combine(day, datetime.time(hour, minute), AMSTERDAM)
    return int(local.timestamp() * 1000)


def moved_to(ms, day):
    """The same time of another day, on the clocks of Amsterdam."""
    local = datetime.datetime.fromtimestamp(ms // 1000, AMSTERDAM)
    moved = datetime.datetime.combine(day, local.time(), AMSTERDAM)
    return int(moved.timestamp()) * 1000 + ms % 1000


def day_of(ms):
    return datetime.datetime.fromtimestamp(ms / 1000, AMSTERDAM).date()


def days_of(year):
    first = datetime.date(year, 1, 1)
    return [first + n * DAY for n in range((datetime.date(year + 1, 1, 1) - first).days)]
