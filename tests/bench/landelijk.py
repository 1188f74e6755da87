# SPDX-License-Identifier: EUPL-1.2
"""The national load: the busiest hour of a year with 500,000 meldingen, all of them to one house, which
no house has. The rhythm is that of the rehearsal (tests/sim): the year of one house for each of as many
houses as there are, which hand over on the same days of the week, enlarged to the number of the year."""

import collections
import os
import statistics
import sys

from field import SOURCE
from runs import Sending

YEAR, HOUSES = 500_000, 41
PLAYED_S = 20  # in which the hour is sent
SPREAD, AT_ONCE = 'the national hour in 20 s', 'the national hour at once, in batches of 64'


def busiest_hour(year=YEAR, houses=HOUSES):
    """How many meldingen are handed over in it, and how many hours of the year have any."""
    sys.path.insert(0, os.path.join(SOURCE, 'tests', 'sim'))
    import jaar  # pylint: disable=import-outside-toplevel
    hours = collections.Counter()
    for seed in range(1, houses + 1):
        for bestand in jaar.make(seed).bestanden:
            hours[bestand.gestuurd // 3_600_000] += len(bestand.meldingen)
    return round(max(hours.values()) / sum(hours.values()) * year), len(hours)


def measure(measure_run, runs):
    """`measure_run` of the bench: what (title, how it is sent) took for so many meldingen."""
    hour, hours = busiest_hour()
    rows = {SPREAD: Sending(rate=-(-hour // PLAYED_S)), AT_ONCE: Sending(batch=64)}
    return {'hour': hour, 'hours': hours,
            'rows': {title: [measure_run(hour, (title, sending)) for _ in range(runs)]
                     for title, sending in rows.items()}}


def lines(national, capacity):
    """`capacity`: meldingen a second signed one by one, in the same run of the bench; None: not measured."""
    hour, second = national['hour'], national['hour'] / 3600
    spread, at_once = (national['rows'][title] for title in (SPREAD, AT_ONCE))
    yield (f'The national load, {YEAR:,} a year with the rhythm of the rehearsal: handed over in '
           f'{national["hours"]} hours of the year, in the busiest {hour:,}, {second:.1f}/s'
           + (f' = {second / capacity:.2%} of the {capacity:,.0f}/s signed one by one.' if capacity else '.'))
    yield (f'  sent in {PLAYED_S} s, {3600 // PLAYED_S} times as fast: receipts p50 '
           f'{statistics.median(run["p50_us"] for run in spread) / 1e3:.1f} ms, p99 '
           f'{statistics.median(run["p99_us"] for run in spread) / 1e3:.1f} ms, from when each was due')
    rate = statistics.median(run['rate'] for run in at_once)
    yield (f'  all of it at once, in batches of 64: delivered and acknowledged after {hour / rate:.1f} s '
           f'({rate:,.0f}/s)')
