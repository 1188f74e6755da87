# SPDX-License-Identifier: EUPL-1.2
"""The report of a year, of a made-up 2017 and 2018 whose numbers are those that Veiligheidshuis
Westelijke Mijnstreek printed: both windows, what is unique, where totals reconcile, and what is left
out for whoever is outside the house."""

import datetime
import functools
import json
import os
import subprocess
import sys
import time
import unittest
from collections import defaultdict

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

from knp_lists import SOURCE, Rubriek, bsn  # noqa: E402
from knp_program import asking, clock_of  # noqa: E402
from knp_stage import BINARY, FAKETIME, Stage, main, preload  # noqa: E402

AUDIT = os.environ.get('KNOOPPUNT_AUDIT', '')
WINDOWS = ('kalenderjaar', 'rapportagejaar')
# Each year's numbers come in two parts: before October, and in its last quarter.
MOMENTS = {2017: ('2017-06-15', '2017-11-15'), 2018: ('2018-06-15', '2018-12-15')}
SEED = b'\x07' * 32  # of every melding: the tests' own keystream takes long
KLEIN = 5
KINDS = ('meldingen', 'casussen', 'personen', 'zonder_nummer')
now = time.time

with open(os.path.join(SOURCE, 'tests', 'fixtures', 'jaarrapportage-2018', 'cijfers.json'),
          encoding='utf-8') as fixture:
    CIJFERS = json.load(fixture)


class Event:
    """A melding about one person, and a casus where the house has an aanpak."""

    def __init__(self, onderwerp, gemeente, person):
        self.onderwerp, self.person = onderwerp, person
        self.gemeente = 'GM0000' if gemeente == 'onbekend' else gemeente
        self.aanpak = onderwerp.partition('aanpak ')[2]
        self.thema = {'pga': 'multiproblematiek', 'wth': 'huiselijk-geweld'}.get(
            self.aanpak, onderwerp)

    def rubrieken(self):
        return [Rubriek('kenmerken', soort='partner', urgentie='gewoon', thema=[self.thema],
                        gemeente=self.gemeente, betrokkenen=1),
                Rubriek('betrokkenheid', 1, rol='betrokkene', woongemeente=self.gemeente,
                        minderjarig='nee'),
                Rubriek('bsn', 1, waarde=bsn(self.person))]

    def casus(self, year, day):
        """What ran in 2017 was closed in it, so that it is not of 2018 too."""
        return dict(casus=f'pgax:{self.person}', bsn=bsn(self.person), rol='betrokkene',
                    status='gesloten' if year == 2017 else 'opgepakt', sinds=day,
                    medewerker='mw-1', **{self.aanpak: 'ja'})


def make_events():
    """{moment: [Event]}: three of four of each row before October."""
    person, events = 0, defaultdict(list)
    for onderwerp, years in CIJFERS['tabellen'].items():
        for year, rows in years.items():
            unique = CIJFERS['unieke_personen'].get(onderwerp, {}).get(year, rows['totaal'])
            again, first = rows['totaal'] - unique, person
            for gemeente, count in rows.items():
                for n in range(count if gemeente != 'totaal' else 0):
                    # The largest row has those that came twice.
                    twice = gemeente == 'GM1883' and n >= count - again
                    who = first + n - (count - again) if twice else person
                    person += not twice
                    moment = MOMENTS[int(year)][n % 4 == 3]
                    events[moment].append(Event(onderwerp, gemeente, who))
    return events


class Rapport(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.events, cls.stage = make_events(), None
        cls.addClassCleanup(setattr, time, 'time', now)
        for moment in sorted(cls.events):
            cls.go_to(moment)
            cls.happen(moment)

    @classmethod
    def go_to(cls, moment):
        """The house and whoever talks to it are at noon of this day."""
        noon = datetime.datetime.fromisoformat(f'{moment}T12:00:00+00:00').timestamp()
        shift = int(noon - now())
        time.time = lambda: now() + shift
        clock = {'LD_PRELOAD': preload(BINARY, FAKETIME), 'FAKETIME': f'{shift:+d}',
                 'FAKETIME_NO_CACHE': '1', 'FAKETIME_DONT_FAKE_MONOTONIC': '1'}
        if cls.stage:
            cls.stage.house.stop()
            cls.stage.house.environment = clock
            cls.stage.house.start()
            cls.stage.house.must('clock', ('confirm', 'yes'))
            cls.stage.reconnect()
            return
        cls.stage = Stage(('politie', 'huis'), environment=clock)
        cls.addClassCleanup(cls.stage.close)

    @classmethod
    def happen(cls, moment):
        events = cls.events[moment]
        meldingen = [cls.stage.melding('politie', rubrieken=event.rubrieken(), seed=SEED)
                     for event in events]
        huis = cls.stage.parties['huis']
        casussen = [huis.velden_item(cls.stage.genesis, 'casus',
                                     event.casus(int(moment[:4]), moment))
                    for event in events if event.aanpak]
        for who, items in (('politie', meldingen), ('huis', casussen)):
            for at in range(0, len(items), 64):
                for receipt in cls.stage.push(who, *items[at:at + 64]):
                    assert receipt.outcome == 'aanvaard', (receipt.reason, receipt.field)

    def call(self, *words, code=0):
        done = subprocess.run([AUDIT, '-c', self.stage.house.settings_file, '--json', *words,
                               *asking(self.stage, words)], capture_output=True, text=True,
                              env=clock_of(self.stage, AUDIT), timeout=60, check=False)
        self.assertEqual(done.returncode, code, (done.stdout, done.stderr))
        return [json.loads(line) for line in done.stdout.splitlines()]

    @functools.lru_cache(maxsize=None)
    def report(self, year, window, *more):
        """{onderwerp: {gemeente, 'onbekend' or 'totaal': the row}}"""
        found = defaultdict(dict)
        for row in self.call('rapport', str(year), window, *more):
            name = row['naam'].replace('gemeente ', '')
            where = row.get('gemeente', name)
            self.assertNotIn(where, found[row['onderwerp']])
            found[row['onderwerp']][where] = row
        return found

    def test_the_printed_tables_come_out(self):
        for onderwerp, years in CIJFERS['tabellen'].items():
            kind = 'casussen' if onderwerp.startswith('aanpak') else 'meldingen'
            for year, printed in years.items():
                rows = self.report(year, 'kalenderjaar', '--alles')[onderwerp]
                for where, count in printed.items():
                    got = rows[where][kind] if where in rows else 0
                    self.assertEqual(got, count, (onderwerp, year, where))
                self.assertEqual({rows[code]['naam'] for code in rows if code in
                                  CIJFERS['gemeenten']},
                                 {CIJFERS['gemeenten'][code] for code in rows if code in printed
                                  and code in CIJFERS['gemeenten']})
        persons = self.report(2018, 'kalenderjaar', '--alles')['detentie']['totaal']
        self.assertEqual((persons['meldingen'], persons['personen']), (215, 195))

    def test_a_window_has_what_came_in_it_and_persons_once(self):
        for year, window, moments in (
                (2017, 'rapportagejaar', ['2017-06-15']),
                (2018, 'rapportagejaar', ['2017-11-15', '2018-06-15']),
                (2019, 'rapportagejaar', ['2018-12-15']),
                (2018, 'kalenderjaar', ['2018-06-15', '2018-12-15'])):
            rows = self.report(year, window, '--alles')['detentie']
            events = [event for moment in moments for event in self.events[moment]
                      if event.onderwerp == 'detentie']
            total = rows['totaal']
            self.assertEqual(total['meldingen'], len(events), (year, window))
            self.assertEqual(total['personen'], len({event.person for event in events}))
            for gemeente in CIJFERS['gemeenten']:
                wanted = sum(event.gemeente == gemeente for event in events)
                self.assertEqual(rows.get(gemeente, {}).get('meldingen', 0), wanted)
        self.assertEqual(self.report(2016, 'kalenderjaar', '--alles').keys(), {'alles'})

    def test_totals_reconcile_and_a_gemeente_that_is_not_known_is_a_row(self):
        for year in (2017, 2018):
            for window in WINDOWS:
                report = self.report(year, window, '--alles')
                for onderwerp, rows in report.items():
                    self.assertLess({'totaal', 'onbekend'}, set(rows), onderwerp)
                    for kind in KINDS:
                        parts = sum(row[kind] for where, row in rows.items() if where != 'totaal')
                        self.assertEqual(parts, rows['totaal'][kind], (onderwerp, kind))
        rows = self.report(2017, 'kalenderjaar', '--alles')['detentie']
        self.assertEqual((rows['onbekend']['meldingen'], rows['totaal']['meldingen']), (1, 185))

    def test_outside_the_house_small_numbers_are_left_out_and_do_not_follow(self):
        inside = self.report(2018, 'kalenderjaar', '--alles')
        outside = self.report(2018, 'kalenderjaar')
        self.assertEqual(set(inside) - set(outside), {'alles'})
        left_out = 0
        for onderwerp, rows in outside.items():
            for kind in KINDS:
                hidden = [where for where, row in rows.items() if kind not in row]
                small = [where for where, row in inside[onderwerp].items()
                         if 0 < row[kind] < KLEIN]
                self.assertLessEqual(set(small), set(hidden))
                self.assertNotEqual(len(set(hidden) - {'totaal'}), 1, (onderwerp, kind))
                left_out += len(small)
                for where, row in rows.items():
                    self.assertEqual(kind in row.get('onderdrukt', []), where in hidden)
                    if kind in row:
                        self.assertEqual(row[kind], inside[onderwerp][where][kind])
        self.assertGreater(left_out, 0)

    def test_what_cannot_be_a_year_is_refused(self):
        for words in (('18',), ('2018', 'schooljaar'), ('later',)):
            error, = self.call('rapport', *words, code=2)
            self.assertEqual(error['error']['code'], 'usage')


if __name__ == '__main__':
    main()
