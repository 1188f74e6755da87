# SPDX-License-Identifier: EUPL-1.2
"""The checks of a rehearsal, at work: a fault is planted in what the house has or in what a partner
does, and the weeks that kept every promise without it break the right one with it.
usage: fouten_test.py KNOOPPUNTD CLOCK"""

import datetime
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'python')]

import jaar  # noqa: E402
import rapport  # noqa: E402
import rehearsal  # noqa: E402
from beloften import DAY_MS, HOUR, Beloften  # noqa: E402
from oordeel import without  # noqa: E402
from spel import OM, Spel  # noqa: E402

DAEMON, CLOCK = (os.path.abspath(word) for word in sys.argv[1:3])
DAYS, WEEKS = datetime.date(2020, 1, 9), datetime.date(2020, 1, 25)
PLANTED = '''\
  - regel: geplant
    convenantartikel: "(planted)"
    herkomst: "000: «planted»"
    als: {soort: politie}
    verstrek: {aan: {partij: amw, functie: intake}, rubrieken: [bsn]}
    doel: "planted"
    grondslag: [wpg-20]
'''


class Liar(Spel):
    """A partner that acknowledges what it does not keep."""

    def fetch(self, ontvangers):
        honest = self.wereld.fetch
        self.wereld.fetch = lambda ontvanger: honest(ontvanger)[:-1] \
            if ontvanger[1] == 'procesregisseur' else honest(ontvanger)
        try:
            super().fetch(ontvangers)
        finally:
            self.wereld.fetch = honest


class Loser(Spel):
    """A source whose new system leaves the last melding of a file behind."""

    def push(self, bestand, made, items):
        if bestand.bron == jaar.POLITIE and len(items) > 1:
            made, items = made[:-1], items[:-1]
        super().push(bestand, made, items)


class Sleeper(Spel):
    """ZSM looks for its answer when its hours have gone by."""

    def fetch(self, ontvangers):
        asks = self.party[OM].oin, 'zsm'
        super().fetch(ontvangers - {asks} if ontvangers == {asks} else ontvangers)


class Told:
    """A status with other lines."""

    def __init__(self, answer, left_out):
        self.answer, self.left_out = answer, left_out

    def all(self, name):
        return [line for line in self.answer.all(name) if not self.left_out(name, line)]


class Silent(Spel):
    """A house that tells nobody that something is late."""

    def round(self, day):
        honest = self.wereld.status
        self.wereld.status = lambda: Told(honest(), self.left_out)
        try:
            super().round(day)
        finally:
            self.wereld.status = honest

    def left_out(self, name, line):
        return name == 'alarm' and line.startswith('obligation-overdue')


class Forgetful(Silent):
    """A house that does not know of an agenda what is owed."""

    def left_out(self, name, line):
        return name == 'obligation' and line.split()[1] == 'agenda'


class Deaf(Silent):
    """A house that sees no hole in the numbers of its sources."""

    def left_out(self, name, line):
        return name == 'alarm' and line.startswith('source-gap')


class Hoarder(Spel):
    """A house in which, by the terms of this year, all should have gone as it came."""

    def terms(self):
        self.oordeel.kept_months = lambda regels: -1
        super().terms()


class Answer:
    """A status of these lines."""

    def __init__(self, **lines):
        self.lines = lines

    def all(self, name):
        return self.lines.get(name, [])


class Looked(unittest.TestCase):
    """Where what the house says is held against what is known."""

    DUE, SOURCE = 1_600_000_000_000, '00000099000000001000'

    def setUp(self):
        self.beloften = Beloften()

    def listed(self, due):
        self.beloften.owes('weging', 'een-regel', 7, self.DUE)
        when = datetime.datetime.fromtimestamp(due // 1000, datetime.timezone.utc)
        line = f'{when:%Y-%m-%dT%H:%M:%SZ} weging een-regel 00000099000000009000/x entry=7'
        self.beloften.deadlines(Answer(obligation=[line]), self.DUE - DAY_MS)
        return [breach.partition(':')[0] for breach in self.beloften.breaches]

    def test_what_is_owed_until_the_moment_that_it_must_be(self):
        self.assertEqual(self.listed(self.DUE), [])

    def test_what_is_owed_sooner_is_seen(self):
        self.assertEqual(self.listed(self.DUE - 3 * HOUR), ['deadlines'])

    def test_what_is_owed_later_is_seen(self):
        self.assertEqual(self.listed(self.DUE + 3 * HOUR), ['deadlines'])

    def test_a_queue_that_is_not_listed_is_seen(self):
        self.beloften.kept[self.SOURCE, 'intake'] = 3
        self.beloften.nothing_is_left([f'{self.SOURCE}/intake last=3 waiting=0 since=0'])
        self.assertEqual(self.beloften.breaches, [])
        self.beloften.nothing_is_left([])
        self.assertEqual(len(self.beloften.breaches), 1)

    def test_a_partner_that_is_told_of_and_fetches_is_seen(self):
        said = Answer(alarm=[f'unacknowledged x {self.SOURCE}/intake'])
        self.beloften.alarms(said, self.DUE, self.SOURCE)
        self.assertEqual(self.beloften.breaches, [])
        self.beloften.alarms(said, self.DUE, None)
        self.assertEqual(len(self.beloften.breaches), 1)


class Planted(unittest.TestCase):
    def broken(self, until=DAYS, **planted):
        """{promise: how often it was broken}"""
        spel = rehearsal.play(1, DAEMON, CLOCK, until, **planted)
        found = {}
        for breach in spel.beloften.breaches:
            promise = breach.partition(':')[0]
            found[promise] = found.get(promise, 0) + 1
        said = rehearsal.summary(spel)
        self.assertEqual((said['kept'], bool(said['breaches'])), (False, True))
        self.assertIn(f'{len(spel.beloften.breaches)} keer is een belofte geschonden',
                      rapport.page(spel))
        return found

    def test_weeks_without_a_fault_keep_every_promise_twice_the_same(self):
        first, second = (rehearsal.play(1, DAEMON, CLOCK, WEEKS) for _ in range(2))
        self.assertEqual(first.beloften.breaches + second.beloften.breaches, [])
        self.assertEqual(first.counts, second.counts)
        self.assertEqual(first.beloften.digest.digest(), second.beloften.digest.digest())
        self.assertGreaterEqual(first.beloften.checked['escalated'], 3)
        other = rehearsal.play(2, DAEMON, CLOCK, DAYS)
        self.assertNotEqual(other.beloften.digest.hexdigest(), first.beloften.digest.hexdigest())

    def test_a_regel_that_the_oracle_does_not_have_is_seen(self):
        text = rehearsal.convenant().replace('\nregels:\n', '\nregels:\n' + PLANTED, 1)
        found = self.broken(in_force=text)
        self.assertGreaterEqual(found['nothing without a regel'], 3)

    def test_a_regel_that_the_house_does_not_have_is_seen(self):
        found = self.broken(in_force=without(rehearsal.convenant(), 'screening-verward-leden'))
        self.assertGreaterEqual(found['given'], 3)

    def test_content_that_goes_before_its_term_is_seen(self):
        short = rehearsal.convenant().replace('\nbewaar: {inhoud: P6M,', '\nbewaar: {inhoud: P1M,', 1)
        found = self.broken(datetime.date(2020, 2, 8), in_force=short)
        self.assertGreaterEqual(found['terms'], 3)

    def test_content_that_stays_beyond_its_term_is_seen(self):
        found = self.broken(game=Hoarder)
        self.assertGreaterEqual(found['terms'], 3)

    def test_a_partner_that_keeps_less_than_it_acknowledges_is_seen(self):
        found = self.broken(game=Liar)
        self.assertGreaterEqual(found['contiguous'], 3)
        self.assertGreaterEqual(found['given'], 3)

    def test_a_melding_that_a_source_leaves_behind_is_seen(self):
        self.assertGreaterEqual(self.broken(game=Loser)['accounted'], 3)

    def test_an_answer_after_the_hours_of_zsm_is_seen(self):
        self.assertGreaterEqual(self.broken(game=Sleeper)['ZSM in time'], 3)

    def test_a_deadline_that_is_not_escalated_is_seen(self):
        self.assertGreaterEqual(self.broken(WEEKS, game=Silent)['escalated'], 3)

    def test_an_obligation_that_the_house_forgets_is_seen(self):
        self.assertGreaterEqual(self.broken(game=Forgetful)['deadlines'], 3)

    def test_a_hole_in_the_numbers_that_is_not_told_is_seen(self):
        game = type('Both', (Deaf, Loser), {})
        self.assertGreaterEqual(self.broken(WEEKS, game=game)['alarms'], 3)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
