# SPDX-License-Identifier: EUPL-1.2
"""The knooppunt's own receive key changes: both count until two roles end the old one, nobody brings
another by himself, and nothing that partners send meanwhile is lost."""

import copy
import json
import os
import random
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_convenant as kc  # noqa: E402
import knp_wire as kw  # noqa: E402
from knp_convenant import Case  # noqa: E402
from knp_crypto import SEALING, key_id  # noqa: E402
from knp_link import NoAnswer  # noqa: E402
from knp_party import Party, Role, BEHEERDER  # noqa: E402
from knp_program import MELDING, PROGRAM, Program  # noqa: E402
from knp_rotation import BEGIN, END, Changing, key_of, read, with_another_bewijs  # noqa: E402
from knp_stage import Stage, StageTest, main  # noqa: E402

CASE = Case('', (), 'politie', 'E33', (), 'GM1883', (), ((0, 'kenmerken'), (0, 'incident')))

def sealed_for(genesis, key):
    """The genesis as somebody sees it who seals for this receive key."""
    other = copy.copy(genesis)
    other.receive_key, other.receive_id = key, key_id(SEALING, key)
    return other


class OnTheWire(StageTest):
    ONLY = ('politie', 'huis')

    def setUp(self):
        super().setUp()
        self.house, self.genesis = self.stage.house, self.stage.genesis
        self.change = Changing(self.house, 'receive')

    def push_for(self, key, timeout=8.0):
        """A melding sealed for this receive key; its outcome, or None when it is not opened."""
        link = self.stage.links['politie']
        seen, link.genesis = link.genesis, sealed_for(self.genesis, key)
        try:
            return link.push([self.stage.melding('politie', CASE)], timeout=timeout)[0].outcome
        except NoAnswer as none:
            self.assertIn(2, none.hints)  # not accepted
            return None
        finally:
            link.genesis = seen

    def test_both_keys_open_envelopes_until_the_old_one_ends(self):
        # spec K16, L19, C24
        house = self.house
        (_, old), = self.change.keys()
        begin, end = self.change.prepare()
        new = key_of(begin)
        self.assertEqual(self.push_for(old), 'aanvaard')
        self.assertIsNone(self.push_for(new, 1.5))  # made, and in no register yet
        for what, soort, text, first, second in [
                ('one role', BEGIN, begin, house.beheerder, house.beheerder),
                ('two officers', BEGIN, begin, house.officer, house.deputy),
                ('a stranger', BEGIN, begin, Role(house.oin, 'V', BEHEERDER), house.officer),
                ('a partner', BEGIN, begin, self.stage.parties['politie'], house.officer),
                ('another log', BEGIN, begin.replace(house.origin.encode(), b'elders.example'),
                 house.beheerder, house.officer),
                ('another key with its bewijs', BEGIN, begin.replace(new.hex().encode(), b'09' * 32),
                 house.beheerder, house.officer),
                ('another bewijs', BEGIN, with_another_bewijs(begin), house.beheerder, house.officer),
                ('another form', BEGIN, begin + b'\n', house.beheerder, house.officer),
                ('another use', BEGIN, begin.replace(b'ontvangen', b'verzenden'), house.beheerder,
                 house.officer),
                ('the end as a beginning', BEGIN, end, house.beheerder, house.officer),
                ('the end of the only one', END, end, house.beheerder, house.officer),
                ('the end of one that is not there', END,
                 end.replace(old.hex().encode(), b'09' * 32), house.beheerder, house.officer)]:
            with self.subTest(what):
                self.assertNotEqual(self.change.propose(soort, text, first, second), 'ok')
                self.assertEqual(self.change.keys(), [('actief', old)])
        self.assertEqual(self.change.propose(BEGIN, begin, house.beheerder, house.officer), 'ok')
        self.assertEqual(self.change.keys(), [('actief', old), ('actief', new)])
        # Who read the leaf seals for the new one, who did not yet for the old one.
        self.assertEqual(self.push_for(new), 'aanvaard')
        self.assertEqual(self.push_for(old), 'aanvaard')
        self.stage.sync()
        self.assertEqual(self.stage.links['huis'].verifier.registry.receive, [old, new])
        self.assertEqual(self.change.propose(BEGIN, begin, house.beheerder, house.officer), 'exists')
        code, said = self.change.rotate('--finish')
        self.assertEqual((code, 'has not ended' in said), (1, True), said)
        self.assertEqual(self.change.files(), ['receive-next.key', 'receive.key'])
        self.assertNotEqual(self.change.propose(END, end, house.beheerder, house.beheerder), 'ok')
        self.assertEqual(self.change.propose(END, end, house.beheerder, house.officer), 'ok')
        self.assertEqual(self.push_for(new), 'aanvaard')
        self.assertIsNone(self.push_for(old, 1.5))
        self.assertEqual(self.change.propose(END, end, house.beheerder, house.officer), 'not-found')
        next_file = read(self.house.path('keys', 'receive-next.key'))
        self.assertEqual(self.change.rotate('--finish')[0], 0)
        self.assertEqual(self.change.files(), ['receive.key'])
        self.assertEqual(read(self.house.path('keys', 'receive.key')), next_file)
        self.assertEqual(self.push_for(new), 'aanvaard')
        for party in self.stage.links.values():
            party.genesis = sealed_for(self.genesis, new)
        self.genesis = self.stage.house.genesis = sealed_for(self.genesis, new)
        self.stage.restart()
        self.assertEqual(self.push_for(new), 'aanvaard')
        self.assertIsNone(self.push_for(old, 1.5))


class OfTheProgram(unittest.TestCase):
    def setUp(self):
        self.stage = Stage(('huis',))
        self.addCleanup(self.stage.close)
        self.house = self.stage.house
        self.change = Changing(self.house, 'receive')
        self.sender = Program(self.stage, kc.POLITIE, 'politie', 'basisteam')
        self.numbers = iter(range(1, 10000))

    def push(self, *words):
        name = f'huis-{os.getpid():08}-{next(self.numbers):04}'
        path = self.sender.write({**MELDING, 'id': name})
        return name, self.sender.said('push', path, *words)[0]

    def delivered(self):
        link = self.stage.links['huis']
        link.genesis = sealed_for(self.house.genesis, self.change.keys()[-1][1])
        link.sync()
        found = link.fetch_all('procesregisseur')
        for at in range(0, len(found), 64):
            link.ack('procesregisseur', found[at:at + 64])
        return [one.sender.id for one in found]

    def test_who_missed_the_whole_change_is_told_the_key_by_a_person(self):
        # spec C24
        first, code = self.push()
        self.assertEqual(code, 0)
        begin, end = self.change.prepare()
        self.house.register(BEGIN, begin)
        self.house.register(END, end)
        new = self.change.keys()[-1][1].hex()
        self.sender.wait_for_answers(1500)
        second, code = self.push()
        self.assertEqual(code, 3)
        self.assertEqual(self.sender.said('status', second)[1], {second: 'outbox'})
        wrong = self.sender.run('status', '--receive', '09' * 32)
        self.assertEqual(wrong.returncode, 1)
        self.assertEqual(self.sender.run('status', '--receive', 'x').returncode, 2)
        done = self.sender.run('status', '--receive', new)
        self.assertEqual(json.loads(done.stdout)['enrolled'], True, done.stdout)
        self.assertEqual(self.sender.said('push', '--wait=20'), (0, {second: 'aanvaard'}))
        self.assertEqual(self.push()[1], 0)
        self.assertEqual(self.delivered()[:2], [first, second])

    def test_under_load_with_kills_in_between_nothing_is_lost_or_doubled(self):
        sent, stop = [], threading.Event()

        def load():
            while not stop.is_set():
                sent.append(self.push()[0])

        thread = threading.Thread(target=load)
        thread.start()
        try:
            # Five ends of core within a minute would end the daemon.
            victims = random.sample(['core', 'core', 'opener', 'gate'] * 2, 8)
            for _ in range(2):
                for step in (self.change.prepare, self.change.begin, self.change.end,
                             self.change.finish):
                    step()
                    self.house.kill_role(victims.pop())
                    self.wait_for_more(sent, 3)
        finally:
            stop.set()
            thread.join()
        self.sender.wait_for_answers(5000)
        self.assertEqual(self.sender.said('push', '--wait=60')[0], 0)
        self.house.genesis = sealed_for(self.house.genesis, self.change.keys()[-1][1])
        self.stage.connect('huis')
        self.assertEqual(sorted(self.delivered()), sorted(sent))
        self.assertEqual(self.change.files(), ['receive.key'])
        self.assertEqual([state for state, _ in self.change.keys()],
                         ['beeindigd', 'beeindigd', 'actief'])

    def wait_for_more(self, sent, count):
        reached, pause = len(sent) + count, threading.Event()
        for _ in range(600):
            if len(sent) >= reached:
                return
            pause.wait(0.1)
        self.fail('the sender got nowhere')


if __name__ == '__main__':
    if not os.access(PROGRAM, os.X_OK):
        sys.exit('KNOOPPUNT must name the program of partners')
    main()
