# SPDX-License-Identifier: EUPL-1.2
"""knooppunt-audit convenant replay: every recorded decision comes out again, whatever happened to
the melding since; and what a daemon with planted faults recorded is named, gift by gift. And
convenant impact: what another convenant would have made of the meldingen there were.
"""

import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import desk_why_test as story  # noqa: E402
import knp_convenant as kc  # noqa: E402
from knp_convenant import Betrokkene  # noqa: E402
from knp_lists import bsn  # noqa: E402
from knp_stage import BINARY, Stage, main  # noqa: E402
from path_test import e33  # noqa: E402

MELD = """
  - regel: oov-hoort-ervan
    convenantartikel: "(proef)"
    herkomst: "proef: «dat er een melding is»"
    als: {soort: politie}
    meld: {aan: {partij: sittard, functie: oov}}
    doel: openbare-orde
    grondslag: [wpg-20]
""".encode()
OTHERWISE = os.environ.get('KNP_OTHERWISE', '')
PARTIES = ('politie', 'huis', 'sittard', 'sittard-oov')


class Played(unittest.TestCase):
    """A house of its own for each test."""

    maxDiff = None
    call, push = story.Story.call, story.Story.push
    weigh, weighed = story.Story.weigh, story.Story.weighed
    convenant, why = story.Story.convenant, story.Story.why
    decided_again = story.Story.decided_again

    def play(self, binary=None):
        self.stage = Stage(PARTIES, binary=binary)
        self.addCleanup(self.stage.close)
        self.house = self.stage.house

    def replay(self, code=0):
        *differing, totals = self.call('convenant', 'replay', code=code)
        return differing, totals


class Replay(Played):
    def test_every_decision_comes_out_again(self):
        self.play()
        _, totals = self.replay()
        self.assertEqual((totals['beslissingen'], totals['anders'], totals['onleesbaar']), (0, 0, 0))
        # An adult, a child, nobody, and two people: given, refused and waiting.
        item, index = self.push()
        for people in ([Betrokkene(bsn=bsn(21), minderjarig='ja')], [],
                       [Betrokkene(bsn=bsn(20)), Betrokkene(rol='slachtoffer', bsn=bsn(22))]):
            receipt, = self.stage.push('politie', self.stage.melding('politie', e33(people)))
            self.assertEqual(receipt.outcome, 'aanvaard')
        self.stage.everything()
        self.weigh(index)
        differing, totals = self.replay()
        self.assertEqual((differing, totals['beslissingen'], totals['anders']), ([], 5, 0))
        # What waits is decided again under a newer document, and once more until it lapses.
        second = story.replaced(kc.document(), (b'doel: openbare-orde', b'doel: orde-en-rust'))
        self.convenant(second)
        self.decided_again(item, story.OOV, '1', 'identificatie', events=3)
        third = story.replaced(second, (b'uitkomst: doorzetten', b'uitkomst: anders'))
        self.convenant(third)
        self.decided_again(item, story.OOV, '1', 'identificatie', events=4)
        differing, totals = self.replay()
        self.assertEqual((differing, totals['anders'], totals['onleesbaar']), ([], 0, 0))
        self.assertGreater(totals['beslissingen'], 5)
        self.assertGreater(totals['verstrekt'], 20)
        self.assertEqual(totals['entries'], self.stage.size())
        self.assertIn('0 answers came out otherwise', self.call('convenant', 'replay', people=True))

    def test_a_notice_comes_out_again(self):
        self.play()
        _, before = self.push()
        with_notice = kc.document() + MELD
        path = self.house.path('candidate.yaml')
        with open(path, 'wb') as file:
            file.write(with_notice)
        *rows, _ = self.call('convenant', 'impact', path, code=1)
        self.assertEqual([(row['ontvanger'], row['rubriek'], row['was'], row['wordt'])
                          for row in rows if row.get('index') == before],
                         [(story.OOV, 'bericht', 'geweigerd', 'verstrekt')])
        self.convenant(with_notice)
        self.push()
        differing, totals = self.replay()
        self.assertEqual((differing, totals['beslissingen'] >= 2, totals['anders']), ([], True, 0))

    def test_a_log_longer_than_one_answer_is_read_to_its_end(self):
        self.play()
        items = [self.stage.melding('politie', story.adult()) for _ in range(80)]
        for at in range(0, len(items), 40):
            self.stage.push('politie', *items[at:at + 40])
        differing, totals = self.replay()
        self.assertEqual((differing, totals['beslissingen'], totals['entries']),
                         ([], 80, self.stage.size()))

    def test_what_was_decided_otherwise_is_named(self):
        self.play(OTHERWISE)
        _, index = self.push()
        self.house.stop()
        self.house.runs = BINARY
        self.house.start()
        self.stage.reconnect()
        _, good = self.push()
        differing, totals = self.replay(code=1)
        self.assertEqual({row['index'] for row in differing}, {index})
        self.assertEqual(totals['anders'], len(differing))
        found = {(row['ontvanger'], row['betrokkene'], row['rubriek']):
                 (row['vastgelegd'], row['nu']) for row in differing}
        regisseur, wmo, oov = ('/'.join(kc.REGISSEUR), story.WMO, story.OOV)
        # A name was withheld, a role went under another regel, and what waited went.
        self.assertEqual(found[wmo, 1, 'identificatie'], ('-', 'zorg-wmo'))
        self.assertEqual(found[regisseur, 1, 'identificatie'], ('-', 'huis-leest'))
        self.assertEqual(found[wmo, 1, 'betrokkenheid'], ('zonder-persoon', 'zorg-wmo'))
        self.assertEqual(found[oov, 0, 'kenmerken'], (kc.WEGING_REGEL, '-'))
        # And a house that the code tables do not name.
        self.assertEqual(found['-', 1, 'woonhuis'], ('elders', 'westelijke-mijnstreek'))
        self.assertNotEqual(good, index)


class Impact(Played):
    """What a convenant that is not in force would have made of the meldingen there were."""

    def impact(self, document, code):
        path = self.house.path('candidate.yaml')
        with open(path, 'wb') as file:
            file.write(document)
        *rows, totals = self.call('convenant', 'impact', path, code=code)
        cells = {(row['ontvanger'], row['rubriek'], row['was'], row['wordt']): row['aantal']
                 for row in rows if 'aantal' in row}
        answers = [row for row in rows if 'index' in row]
        self.assertEqual(sum(cells.values()), len(answers))
        self.assertEqual(totals['anders'], len(answers))
        return cells, answers, totals

    def test_the_same_convenant_changes_nothing(self):
        self.play()
        self.push()
        _, _, totals = self.impact(kc.document(), 0)
        self.assertEqual((totals['beslissingen'], totals['anders'], totals['onleesbaar']), (1, 0, 0))

    def test_each_cell_is_told_with_how_often_and_where(self):
        self.play()
        regisseur = '/'.join(kc.REGISSEUR)
        indices = [self.push()[1] for _ in range(2)]
        self.stage.everything()
        self.weigh(indices[0])
        size = self.stage.size()
        # Less for one, more for another: each by itself, once for each melding.
        candidate = story.replaced(
            kc.document(), (b'[kenmerken, betrokkenheid, identificatie, contact, ',
                            b'[kenmerken, betrokkenheid, contact, '),
            (b'[kenmerken, betrokkenheid, identificatie, incident, herkomst, verrijking.huis,',
             b'[kenmerken, betrokkenheid, identificatie, incident, bsn, herkomst, verrijking.huis,'))
        cells, answers, totals = self.impact(candidate, 1)
        self.assertEqual(cells, {(story.WMO, 'identificatie', 'verstrekt', 'geweigerd'): 2,
                                 (regisseur, 'bsn', 'geweigerd', 'verstrekt'): 2})
        self.assertEqual({row['index'] for row in answers}, set(indices))
        self.assertEqual((totals['beslissingen'], totals['onleesbaar']), (2, 0))
        # What was weighed counts: only the melding that was weighed changes from given to refused.
        cells, answers, _ = self.impact(story.replaced(
            kc.document(), (b'uitkomst: doorzetten', b'uitkomst: anders')), 1)
        self.assertEqual({row['index'] for row in answers}, {indices[0]})
        self.assertEqual(set(cells.values()), {1})
        self.assertEqual(cells[story.OOV, 'identificatie', 'verstrekt', 'geweigerd'], 1)
        # Asking changes nothing.
        self.assertEqual(self.stage.size(), size)
        self.assertEqual(self.replay()[1]['anders'], 0)
        told = self.call('convenant', 'impact', self.house.path('candidate.yaml'), code=1,
                         people=True)
        self.assertIn('identificatie: verstrekt becomes geweigerd, 1 times', told)

    def test_a_file_that_is_no_convenant_is_refused_here(self):
        self.play()
        path = self.house.path('candidate.yaml')
        with open(path, 'w', encoding='utf-8') as file:
            file.write('convenant: halve\n')
        done = subprocess.run([story.AUDIT, '-c', self.house.settings_file, 'convenant', 'impact',
                               path], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn('candidate.yaml', done.stderr)


if __name__ == '__main__':
    if not os.access(story.AUDIT, os.X_OK) or not os.access(OTHERWISE, os.X_OK):
        sys.exit('KNOOPPUNT_AUDIT and KNP_OTHERWISE must name the programs to test')
    main()
