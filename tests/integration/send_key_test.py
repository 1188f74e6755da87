# SPDX-License-Identifier: EUPL-1.2
"""The key that the knooppunt seals its answers with changes: it goes over when two roles end the old
one, whoever was here since opens both, and nothing that is under way is lost."""

import json
import os
import random
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_convenant as kc  # noqa: E402
import knp_wire as kw  # noqa: E402
from knp_convenant import Case  # noqa: E402
from knp_crypto import SEALING, key_id  # noqa: E402
from knp_party import BEHEERDER, Party, Role  # noqa: E402
from knp_process import Failed  # noqa: E402
from knp_program import MELDING, PROGRAM, Program  # noqa: E402
from knp_rotation import BEGIN, END, Changing, key_of, read, with_another_bewijs  # noqa: E402
from knp_stage import Stage, StageTest, main  # noqa: E402

CASE = Case('', (), 'politie', 'E33', (), 'GM1883', (), ((0, 'kenmerken'), (0, 'incident')))
LATE = '00000099000000007777'


class OnTheWire(StageTest):
    ONLY = ('politie', 'huis')

    def setUp(self):
        super().setUp()
        self.house, self.genesis = self.stage.house, self.stage.genesis
        self.change = Changing(self.house, 'send')
        self.seen = []
        link = self.stage.links['politie']
        opens = link.party.open

        def noting(genesis, frame, send_keys=None):
            self.seen.append(kw.read_prefix(frame)[1])
            return opens(genesis, frame, send_keys)
        link.party.open = noting
        self.addCleanup(setattr, link.party, 'open', opens)

    def sealed_with(self):
        """The key of the answer to a melding, which is receipted."""
        receipt, = self.stage.push('politie', self.stage.melding('politie', CASE))
        self.assert_aanvaard(receipt)
        return self.seen[-1]

    def test_it_seals_with_the_oldest_in_force(self):
        # spec L19, K22, C26
        house = self.house
        (_, old), = self.change.keys()
        self.assertEqual(old, self.genesis.send_key)
        begin, end = self.change.prepare()
        new = key_of(begin)
        old_id, new_id = key_id(SEALING, old), key_id(SEALING, new)
        for what, soort, text, first, second in [
                ('one role', BEGIN, begin, house.beheerder, house.beheerder),
                ('two officers', BEGIN, begin, house.officer, house.deputy),
                ('a stranger', BEGIN, begin, Role(house.oin, 'V', BEHEERDER), house.officer),
                ('another log', BEGIN, begin.replace(house.origin.encode(), b'elders.example'),
                 house.beheerder, house.officer),
                ('another bewijs', BEGIN, with_another_bewijs(begin), house.beheerder,
                 house.officer),
                ('another use', BEGIN, begin.replace(b'verzenden', b'ontvangen'), house.beheerder,
                 house.officer),
                ('the end of the only one', END, end, house.beheerder, house.officer),
                ('the end of one that is not there', END,
                 end.replace(old.hex().encode(), b'09' * 32), house.beheerder, house.officer)]:
            with self.subTest(what):
                self.assertNotEqual(self.change.propose(soort, text, first, second), 'ok')
                self.assertEqual(self.change.keys(), [('actief', old)])
        self.assertEqual(self.sealed_with(), old_id)
        self.assertEqual(self.change.propose(BEGIN, begin, house.beheerder, house.officer), 'ok')
        self.assertEqual(self.change.keys(), [('actief', old), ('actief', new)])
        self.assertEqual(self.sealed_with(), old_id)  # who does not know the new one reads on
        self.stage.sync()
        self.assertEqual(self.stage.links['politie'].verifier.registry.send, [old, new])
        code, said = self.change.rotate('--finish')
        self.assertEqual((code, 'has not ended' in said), (1, True), said)
        # Possession is proven towards either of them.
        for number, key in enumerate((old, new)):
            party = Party(f'0000009900000600000{number}', 'Partner', 'ggz', ['team'])
            house.register('partner', party.bundle(key))
        self.assertEqual(self.change.propose(END, end, house.beheerder, house.officer), 'ok')
        self.assertEqual(self.sealed_with(), new_id)
        party = Party('00000099000006000009', 'Partner', 'ggz', ['team'])
        with self.assertRaises(Failed):
            house.register('partner', party.bundle(old))
        house.register('partner', party.bundle(new))
        self.destroy()
        # The register holds bundles that were proven towards the old one: it is read all the same.
        self.stage.restart()
        self.assertEqual(self.sealed_with(), new_id)

    def destroy(self):
        before, following = (read(self.house.path('keys', name))
                             for name in ('send.key', 'send-next.key'))
        self.change.finish()
        self.assertEqual(self.change.files(), ['send.key'])
        self.assertEqual(read(self.house.path('keys', 'send.key')), following)
        for name in os.listdir(self.house.path('keys')):
            self.assertNotIn(before[-40:-8], read(self.house.path('keys', name)))


class OfTheProgram(unittest.TestCase):
    def setUp(self):
        self.stage = Stage(('huis',))
        self.addCleanup(self.stage.close)
        self.house = self.stage.house
        self.change = Changing(self.house, 'send')
        self.sender = Program(self.stage, kc.POLITIE, 'politie', 'basisteam')
        self.numbers = iter(range(1, 10000))

    def push(self, *words):
        name = f'huis-{os.getpid():08}-{next(self.numbers):04}'
        path = self.sender.write({**MELDING, 'id': name})
        return name, self.sender.said('push', path, *words)[0]

    def delivered(self):
        link = self.stage.links['huis']
        link.sync()
        found = link.fetch_all('procesregisseur')
        for at in range(0, len(found), 64):
            link.ack('procesregisseur', found[at:at + 64])
        return [one.sender.id for one in found]

    def test_who_missed_the_whole_change_is_told_the_key_by_a_person(self):
        # spec C26
        first, code = self.push()
        self.assertEqual(code, 0)
        self.change.prepare()
        self.change.begin()
        self.stage.links['huis'].sync()
        self.change.end()
        self.change.finish()
        new = self.change.keys()[-1][1].hex()
        self.sender.wait_for_answers(1500)
        second, code = self.push()
        self.assertEqual(code, 3)
        done = self.sender.run('status', as_json=False)
        self.assertIn('--send', done.stderr.decode())
        self.assertEqual(self.sender.run('status', '--send', '09' * 32).returncode, 1)
        self.assertEqual(self.sender.run('status', '--send', 'x').returncode, 2)
        done = self.sender.run('status', '--send', new)
        self.assertEqual(json.loads(done.stdout)['enrolled'], True, done.stdout)
        self.sender.wait_for_answers(5000)
        self.assertEqual(self.sender.said('push', '--wait=20'), (0, {second: 'aanvaard'}))
        self.assertEqual(self.push()[1], 0)
        self.assertEqual(self.delivered()[:2], [first, second])
        self.comes_later(new)

    def comes_later(self, new):
        """Who is enrolled now proves its keys towards the new one, and is told it."""
        folder = self.house.path('late')
        words = ['keygen', folder, '--oin', LATE, '--naam', 'Laat', '--soort', 'ggz', '--functie',
                 'team', '--genesis', self.sender.genesis]
        self.assertEqual(Program.call(*words).returncode, 0)
        with self.assertRaises(Failed):
            self.house.register('partner', read(f'{folder}/bundle.knp'))
        bundle = ['bundle', *words[1:], '--send', new]
        self.assertEqual(Program.call(*bundle).returncode, 0)
        self.house.register('partner', read(f'{folder}/bundle.knp'))
        settings = f'{folder}/client.yaml'
        with open(settings, 'w', encoding='utf-8') as file:
            file.write(f'oin: "{LATE}"\nsysteem: bvh\nkeys: .\nspool: spool\n'
                       f'unlock_file: unlock.key\ngenesis: {self.sender.genesis}\n'
                       f'endpoint: "{self.house.endpoint}"\ntimeout_ms: 5000\n')
        done = Program.call('status', '--send', new, '-c', settings)
        self.assertEqual(json.loads(done.stdout)['enrolled'], True, done.stdout + done.stderr)
        self.assertEqual(Program.call('status', '-c', settings).returncode, 0)

    def test_under_load_with_kills_in_between_nothing_is_lost_or_doubled(self):
        sent, stop = [], threading.Event()

        def load():
            while not stop.is_set():
                sent.append(self.push()[0])

        thread = threading.Thread(target=load)
        thread.start()
        try:
            for _ in range(2):
                for step in (self.change.prepare, self.change.begin, self.change.end,
                             self.change.finish):
                    step()
                    self.house.kill_role(random.choice(['opener', 'gate']))
                    self.wait_for_more(sent, 3)
                    self.stage.connect('huis')
        finally:
            stop.set()
            thread.join()
        self.sender.wait_for_answers(5000)
        self.assertEqual(self.sender.said('push', '--wait=60')[0], 0)
        self.stage.connect('huis')
        self.assertEqual(sorted(self.delivered()), sorted(sent))
        self.assertEqual(self.change.files(), ['send.key'])
        self.assertEqual([state for state, _ in self.change.keys()],
                         ['beeindigd', 'beeindigd', 'actief'])
        self.house.stop()
        self.assertTrue(self.house.rebuild()['equal'])

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
