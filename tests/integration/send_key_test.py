# SPDX-License-Identifier: EUPL-1.2
"""The key that the knooppunt seals its answers with changes: it goes over when two roles end the old
one, whoever was here since opens both, and nothing that is under way is lost."""

import json
import os
import sys

import keys_world
import knp_wire as kw
from keys_world import CASE
from knp_crypto import SEALING, key_id
from knp_party import Party
from knp_process import Failed
from knp_program import PROGRAM, Program
from knp_rotation import BEGIN, END, key_of, read
from knp_stage import main

LATE = '00000099000000007777'


class OnTheWire(keys_world.OnTheWire):
    KIND = 'send'

    def setUp(self):
        super().setUp()
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
        self.refuse_what_is_no_change(begin, end)
        self.assertEqual(self.sealed_with(), old_id)
        self.assertIn('event=parent.keys-to-read role=core', house.log())
        self.assertNotIn('connections-cut', house.log())
        self.assertEqual(self.change.propose(BEGIN, begin, house.beheerder, house.officer), 'ok')
        self.assertEqual(self.change.keys(), [('actief', old), ('actief', new)])
        self.assertEqual(self.sealed_with(), old_id)  # who does not know the new one reads on
        self.stage.sync()
        self.assertEqual(self.stage.links['politie'].verifier.registry.send, [old, new])
        self.refuse_to_finish()
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


class OfTheProgram(keys_world.OfTheProgram):
    KIND = 'send'

    def test_who_missed_the_whole_change_is_told_the_key_by_a_person(self):
        # spec C26
        first, said = self.push()
        self.assertEqual(said, (0, {first: 'aanvaard'}))
        self.change.prepare()
        self.change.begin()
        self.stage.links['huis'].sync()
        self.change.end()
        self.change.finish()
        new = self.change.keys()[-1][1].hex()
        self.sender.wait_for_answers(1500)
        second, said = self.push()
        self.assertEqual(said, (3, {second: 'outbox'}))
        done = self.sender.run('status', as_json=False)
        self.assertIn('--send', done.stderr.decode())
        self.assertEqual(self.sender.run('status', '--send', '09' * 32).returncode, 1)
        self.assertEqual(self.sender.run('status', '--send', 'x').returncode, 2)
        done = self.sender.run('status', '--send', new)
        self.assertEqual(json.loads(done.stdout)['enrolled'], True, done.stdout)
        self.sender.wait_for_answers(5000)
        self.assertEqual(self.sender.said('push', '--wait=20'), (0, {second: 'aanvaard'}))
        self.assertEqual(self.push()[1][0], 0)
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


if __name__ == '__main__':
    if not os.access(PROGRAM, os.X_OK):
        sys.exit('KNOOPPUNT must name the program of partners')
    main()
