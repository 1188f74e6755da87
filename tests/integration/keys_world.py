# SPDX-License-Identifier: EUPL-1.2
"""The change of a key of the knooppunt itself, as each kind of key goes through it: nobody brings or
ends one alone, its file goes over, and nothing is lost or doubled under load and kills."""

import contextlib
import os
import random
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_convenant as kc  # noqa: E402
from knp_convenant import Case  # noqa: E402
from knp_party import BEHEERDER, Role  # noqa: E402
from knp_program import MELDING, Program  # noqa: E402
from knp_rotation import BEGIN, END, KINDS, Changing, key_of, read, with_another_bewijs  # noqa: E402
from knp_stage import Stage, StageTest  # noqa: E402

CASE = Case('', (), 'politie', 'E33', (), 'GM1883', (), ((0, 'kenmerken'), (0, 'incident')))


class OnTheWire(StageTest):
    """The change of one KIND of key, seen by partners who follow the specification."""

    KIND = None
    ONLY = ('politie', 'huis')
    ENDS, KEPT = ('', '-next'), ''  # of the two file names, and of that which stays

    def setUp(self):
        super().setUp()
        self.house, self.genesis = self.stage.house, self.stage.genesis
        self.change = Changing(self.house, self.KIND)

    def works_as_before(self):
        """What still goes after a change that was refused."""

    def refuse_what_is_no_change(self, begin, end, *more):
        """Of the only key in force and the texts that would change it; `more` as the rows here."""
        house, partner = self.house, self.stage.parties['politie']
        (_, old), = before = self.change.keys()
        use = f'gebruik {self.change.gebruik}\n'.encode()
        other = next(f'gebruik {name}\n'.encode() for name, _ in KINDS.values()
                     if name != self.change.gebruik)
        for what, soort, text, first, second in [
                ('one role', BEGIN, begin, house.beheerder, house.beheerder),
                ('two officers', BEGIN, begin, house.officer, house.deputy),
                ('a stranger', BEGIN, begin, Role(house.oin, 'V', BEHEERDER), house.officer),
                ('a partner', BEGIN, begin, partner, house.officer),
                *((what, soort, text, house.beheerder, house.officer) for what, soort, text in [
                    ('another log', BEGIN,
                     begin.replace(house.origin.encode(), b'elders.example')),
                    ('another key with its bewijs', BEGIN,
                     begin.replace(key_of(begin).hex().encode(), old.hex().encode())),
                    ('a key nobody has with its bewijs', BEGIN,
                     begin.replace(key_of(begin).hex().encode(), b'09' * 32)),
                    ('another bewijs', BEGIN, with_another_bewijs(begin)),
                    ('a bewijs of another length', BEGIN, begin[:-65] + b'\n'),
                    ('another form', BEGIN, begin + b'\n'),
                    ('another use', BEGIN, begin.replace(use, other)),
                    ('the end as a beginning', BEGIN, end),
                    ('the end of the only one', END, end),
                    ('the end of one that is not there', END,
                     end.replace(old.hex().encode(), b'09' * 32)),
                    *more])]:
            with self.subTest(what):
                self.assertNotEqual(self.change.propose(soort, text, first, second), 'ok')
                self.assertEqual(self.change.keys(), before)
                self.works_as_before()

    def refuse_to_finish(self):
        """While the old one counts its file stays."""
        code, said = self.change.rotate('--finish')
        self.assertEqual((code, 'has not ended' in said), (1, True), said)
        self.assertEqual(self.change.files(), sorted(f'{self.KIND}{end}.key' for end in self.ENDS))

    def destroy(self):
        """The next file takes the place of the old one, whose secret is nowhere any more."""
        before, following = (read(self.house.path('keys', f'{self.KIND}{name}.key'))
                             for name in self.ENDS)
        said = self.change.finish()
        self.assertEqual(self.change.files(), [f'{self.KIND}{self.KEPT}.key'])
        # What it names as destroyed is no file that is there.
        gone = said.split('destroyed=')[1].split()[0]
        self.assertEqual((os.path.dirname(gone), os.path.exists(gone)),
                         (self.house.path('keys'), False))
        self.assertEqual(read(self.house.path('keys', f'{self.KIND}{self.KEPT}.key')), following)
        sealed = before[-40:-8]  # the secret as it lay there
        for name in os.listdir(self.house.path('keys')):
            self.assertNotIn(sealed, read(self.house.path('keys', name)))


class OfTheProgram(unittest.TestCase):
    """The change of one KIND of key while a partner runs `knooppunt`."""

    KIND = None
    SETTINGS = {}

    def setUp(self):
        self.stage = Stage(('huis',), **self.SETTINGS)
        self.addCleanup(self.stage.close)
        self.house = self.stage.house
        self.change = Changing(self.house, self.KIND)
        self.sender = Program(self.stage, kc.POLITIE, 'politie', 'basisteam')
        self.numbers = iter(range(1, 10000))

    def push(self, *words):
        """(name of a new melding, (exit code, {name: status}))"""
        name = f'huis-{os.getpid():08}-{next(self.numbers):04}'
        path = self.sender.write({**MELDING, 'id': name})
        return name, self.sender.said('push', path, *words)

    def delivered(self):
        """The names of all that came for the house, acknowledged."""
        link = self.stage.links['huis']
        link.sync()
        found = link.fetch_all('procesregisseur')
        for at in range(0, len(found), 64):
            link.ack('procesregisseur', found[at:at + 64])
        return [one.sender.id for one in found]

    # ---- under load ------------------------------------------------------------------------

    def victims(self):
        """Whom to kill after each of the eight steps."""
        return random.choices(['opener', 'gate'], k=8)

    def take(self, step):
        getattr(self.change, step)()

    def follow(self):
        """The house, which fetches, goes on with the keys that count now."""
        self.stage.connect('huis')

    @contextlib.contextmanager
    def load(self):
        """A thread that pushes one melding after the other; their names."""
        sent, stop = [], threading.Event()

        def pushing():
            while not stop.is_set():
                sent.append(self.push()[0])

        thread = threading.Thread(target=pushing)
        thread.start()
        try:
            yield sent
        finally:
            stop.set()
            thread.join()

    def wait_for_more(self, sent, count):
        reached, pause = len(sent) + count, threading.Event()
        for _ in range(600):
            if len(sent) >= reached:
                return
            pause.wait(0.1)
        self.fail('the sender got nowhere')

    def test_under_load_with_kills_in_between_nothing_is_lost_or_doubled(self):
        victims = self.victims()
        self.sender.wait_for_answers(1500)  # what a kill took with it is sent again sooner
        with self.load() as sent:
            for _ in range(2):
                for step in ('prepare', 'begin', 'end', 'finish'):
                    self.take(step)
                    self.house.kill_role(victims.pop())
                    self.wait_for_more(sent, 3)
                    self.follow()
        self.sender.wait_for_answers(5000)
        self.assertEqual(self.sender.said('push', '--wait=60')[0], 0)
        self.follow()
        self.assertEqual(sorted(self.delivered()), sorted(sent))
        self.assertEqual(self.change.files(), [f'{self.KIND}.key'])
        self.assertEqual([state for state, _ in self.change.keys()],
                         ['beeindigd', 'beeindigd', 'actief'])
        self.house.stop()
        self.assertTrue(self.house.rebuild()['equal'])
