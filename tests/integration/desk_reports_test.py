# SPDX-License-Identifier: EUPL-1.2
"""What the privacy officer reports: flows per thema and month, what a partner got in a time, what
never came. Each is counted again here from what the tests' own partners sent and received."""

import datetime
import json
import os
import subprocess
import sys
import time
from collections import Counter

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_convenant as kc  # noqa: E402
from knp_crypto import sha256  # noqa: E402
from knp_lists import Rubriek, bsn  # noqa: E402
from knp_program import asking  # noqa: E402
from knp_stage import StageTest, main  # noqa: E402

AUDIT = os.environ.get('KNOOPPUNT_AUDIT', '')


def moment(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime(
        '%Y-%m-%dT%H:%M:%S.%fZ')[:-4] + 'Z'


def rubrieken(thema, *persons):
    made = [Rubriek('kenmerken', soort='politie', klasse='E33', urgentie='gewoon', thema=thema,
                    gemeente='GM1883', betrokkenen=len(persons))]
    for number, person in enumerate(persons, 1):
        made += [Rubriek('betrokkenheid', number, rol='vermoedelijke-pleger',
                         woongemeente='GM1883', minderjarig='nee'),
                 Rubriek('identificatie', number, geslachtsnaam='Proef')]
        made += [Rubriek('bsn', number, waarde=person)] if person else []
    return made


def around_now():
    """Yesterday and tomorrow."""
    now = datetime.datetime.now(datetime.timezone.utc)
    return now - datetime.timedelta(days=1), now + datetime.timedelta(days=1)


class Reports(StageTest):
    ONLY = ('politie', 'huis', 'sittard', 'sittard-oov')

    def call(self, *words, code=0):
        done = subprocess.run([AUDIT, '-c', self.stage.house.settings_file, '--json', *words,
                               *asking(self.stage, words)], capture_output=True, text=True,
                              timeout=60, check=False)
        codes = code if isinstance(code, tuple) else (code,)
        self.assertIn(done.returncode, codes, (done.stdout, done.stderr))
        return [json.loads(line) for line in done.stdout.splitlines()]

    def push(self, thema, *persons):
        item = self.stage.melding('politie', rubrieken=rubrieken(thema, *persons))
        receipt, = self.stage.push('politie', item)
        self.assert_aanvaard(receipt)
        return receipt.index

    def flows(self):
        # Both that there may be while this test runs, whoever's day it is.
        months = [day.strftime('%Y-%m') for day in around_now()]
        found = {}
        for row in self.call('stromen', *months):
            place = row['bron'], row['ontvanger'], row.get('thema', '')
            given, confirmed = found.get(place, (0, 0))
            found[place] = given + row['verstrekkingen'], confirmed + row['bevestigd']
        return found

    def test_flows_are_what_the_ontvangers_received(self):
        before, wanted = self.flows(), Counter()
        for themas in (['verward-gedrag'], ['verward-gedrag', 'huiselijk-geweld']):
            self.push(themas, bsn(80))
            for (oin, _), found in self.stage.everything().items():
                for thema in themas:
                    wanted[kc.POLITIE, oin, thema] += len(found)
        self.assertGreater(wanted[kc.POLITIE, kc.SITTARD, 'huiselijk-geweld'], 0)
        after = self.flows()
        for key, count in wanted.items():
            given, confirmed = after.get(key, (0, 0))
            self.assertEqual(given - before.get(key, (0, 0))[0], count, key)
            self.assertEqual(given, confirmed, key)
        self.push(['verward-gedrag'], bsn(80))
        given, confirmed = self.flows()[kc.POLITIE, kc.SITTARD, 'verward-gedrag']
        self.assertGreater(given, confirmed)
        self.call('stromen', '2026-13', code=2)
        self.assertEqual(self.call('stromen', '2019-01', '2019-02'), [])

    def test_a_breach_is_counted_over_its_time_and_its_clock_runs(self):
        self.push(['verward-gedrag'], bsn(81))
        time.sleep(0.02)
        since = time.time()
        inside = [self.push(['verward-gedrag'], bsn(82), bsn(83)),
                  self.push(['verward-gedrag'], bsn(82), None)]
        time.sleep(0.02)
        until = time.time()
        time.sleep(0.02)
        self.push(['verward-gedrag'], bsn(84))
        *rows, total = self.call('datalek', kc.SITTARD, moment(since), moment(until),
                                 '2026-11-20T10:00:00+01:00')
        total = total['datalek']
        self.assertEqual({row['melding'] for row in rows}, set(inside))
        self.assertEqual(total['verstrekkingen'], len(rows))
        self.assertEqual((total['personen'], total['ingestuurd'], total['bevestigd']), (2, 0, 0))
        self.assertEqual(total['melden_voor'], '2026-11-23T09:00:00Z')
        self.assertIn('identificatie', total['rubrieken'])
        self.assertNotIn('melder', total['rubrieken'])
        *_, sent = self.call('datalek', kc.POLITIE, moment(since), moment(until))
        self.assertEqual((sent['datalek']['ingestuurd'], sent['datalek']['verstrekkingen']), (2, 0))
        key = self.stage.parties['sittard'].keys.identity_id.hex()
        *of_key, _ = self.call('datalek', key, moment(since), moment(until))
        functies = set(self.stage.parties['sittard'].functies)
        self.assertEqual(len(of_key), sum(row['functie'] in functies for row in rows))
        error, = self.call('datalek', '0' * 16, moment(since), moment(until), code=1)
        self.assertEqual(error['error']['code'], 'not-found')
        self.call('datalek', kc.SITTARD, moment(until), moment(since), code=2)

    def test_a_year_is_counted_per_thema_and_gemeente(self):
        # At the turn of the year all of it is told of one or of the other.
        years = sorted({str(day.year) for day in around_now()})

        def told():
            found = {}
            for year in years:
                for row in self.call('rapport', year, '--alles'):
                    place = row['onderwerp'], row.get('gemeente', row['naam'])
                    counts = [row[name] for name in ('meldingen', 'casussen', 'personen',
                                                     'zonder_nummer')]
                    found[place] = [a + b for a, b in zip(found.get(place, [0] * 4), counts)]
            return found
        self.push(['overlast'], bsn(87))
        before = told()
        self.push(['overlast', 'stalking'], bsn(87), bsn(88), None)
        after = told()
        for place, grown in ((('overlast', 'GM1883'), [1, 0, 1, 1]),
                             (('stalking', 'totaal'), [1, 0, 2, 1]),
                             (('alles', 'totaal'), [1, 0, 1, 1])):
            was = before.get(place, [0, 0, 0, 0])
            self.assertEqual([new - old for new, old in zip(after[place], was)], grown, place)
        for year in years:
            self.assertNotIn('alles', {row['onderwerp'] for row in self.call('rapport', year)})

    def test_the_register_has_what_the_law_asks_of_every_convenant(self):
        one, = self.call('register')
        self.assertEqual((one['verwerking'], one['hash']), ('proef', sha256(kc.document()).hex()))
        for must in ('doel', 'contactpunt', 'doorgifte', 'beveiliging', 'doelen', 'grondslagen',
                     'betrokkenen', 'gegevens', 'ontvangers'):
            self.assertTrue(one[must], must)
        self.assertEqual(set(one['bewaard_tot']), {'inhoud', 'verantwoording'})
        self.assertLess(one['bewaard_tot']['inhoud'], one['bewaard_tot']['verantwoording'])
        # Whoever receives anything is in it, and what they may receive.
        self.push(['verward-gedrag'], bsn(86))
        partijen = {partij['oin'] for partij in one['verantwoordelijken']}
        functies = {name.split('/')[1] for name in one['ontvangers']}
        for (oin, functie), found in self.stage.everything().items():
            for verstrekking in found:
                self.assertIn(oin, partijen)
                self.assertIn(functie, functies)
                self.assertLessEqual({place[1] for place in verstrekking.places()},
                                     set(one['gegevens']) | {'herkomst'})

    def test_a_number_that_never_came_is_named_until_it_comes(self):
        source = f'urn:nld:oin:{kc.POLITIE}:systeem:volledig'
        items = [self.stage.melding('politie', rubrieken=rubrieken(['verward-gedrag'], bsn(85)),
                                    source=source, sequence=number) for number in range(1, 6)]
        self.stage.push('politie', items[0], items[3])

        def told(code):
            rows = self.call('volledigheid', code=code)
            return ([(row['van'], row['tot']) for row in rows if row.get('gat') == source],
                    next((row['hoogste'], row['ontbreekt']) for row in rows
                         if row.get('bron') == source))
        self.assertEqual(told(1), ([(2, 3)], (4, 2)))
        self.stage.push('politie', items[1])
        self.assertEqual(told(1), ([(3, 3)], (4, 1)))
        self.stage.push('politie', items[2])
        self.assertEqual(told((0, 1))[0], [])
        rows = {row['ontvanger']: row for row in self.call('volledigheid', code=(0, 1))
                if 'ontvanger' in row}
        waiting = rows[f'{kc.SITTARD}/wmo']
        self.assertGreater(waiting['onbevestigd'], 0)
        self.stage.everything()
        rows = {row['ontvanger']: row for row in self.call('volledigheid', code=(0, 1))
                if 'ontvanger' in row}
        self.assertEqual(rows[f'{kc.SITTARD}/wmo']['onbevestigd'], 0)
        self.assertEqual(rows[f'{kc.SITTARD}/wmo']['gegeven'], waiting['gegeven'])


if __name__ == '__main__':
    main()
