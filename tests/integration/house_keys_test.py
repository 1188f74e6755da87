# SPDX-License-Identifier: EUPL-1.2
"""The knooppunt's own receive key changes: both count until two roles end the old one, nobody brings
another by himself, and nothing that partners send meanwhile is lost."""

import copy
import json
import os
import random
import sys

import keys_world
from keys_world import CASE
from knp_crypto import SEALING, key_id
from knp_link import NoAnswer
from knp_program import PROGRAM
from knp_rotation import BEGIN, END, key_of
from knp_stage import main


def sealed_for(genesis, key):
    """The genesis as somebody sees it who seals for this receive key."""
    other = copy.copy(genesis)
    other.receive_key, other.receive_id = key, key_id(SEALING, key)
    return other


class OnTheWire(keys_world.OnTheWire):
    KIND = 'receive'

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
        self.refuse_what_is_no_change(begin, end)
        self.assertEqual(self.change.propose(BEGIN, begin, house.beheerder, house.officer), 'ok')
        self.assertEqual(self.change.keys(), [('actief', old), ('actief', new)])
        # Who read the leaf seals for the new one, who did not yet for the old one.
        self.assertEqual(self.push_for(new), 'aanvaard')
        self.assertEqual(self.push_for(old), 'aanvaard')
        self.stage.sync()
        self.assertEqual(self.stage.links['huis'].verifier.registry.receive, [old, new])
        self.assertEqual(self.change.propose(BEGIN, begin, house.beheerder, house.officer), 'exists')
        self.refuse_to_finish()
        self.assertNotEqual(self.change.propose(END, end, house.beheerder, house.beheerder), 'ok')
        self.assertEqual(self.change.propose(END, end, house.beheerder, house.officer), 'ok')
        self.assertEqual(self.push_for(new), 'aanvaard')
        self.assertIsNone(self.push_for(old, 1.5))
        self.assertEqual(self.change.propose(END, end, house.beheerder, house.officer), 'not-found')
        self.destroy()
        self.assertEqual(self.push_for(new), 'aanvaard')
        for party in self.stage.links.values():
            party.genesis = sealed_for(self.genesis, new)
        self.genesis = self.stage.house.genesis = sealed_for(self.genesis, new)
        self.stage.restart()
        self.assertEqual(self.push_for(new), 'aanvaard')
        self.assertIsNone(self.push_for(old, 1.5))


class OfTheProgram(keys_world.OfTheProgram):
    KIND = 'receive'

    def victims(self):
        # Five ends of core within a minute would end the daemon.
        return random.sample(['core', 'core', 'opener', 'gate'] * 2, 8)

    def follow(self):
        self.house.genesis = sealed_for(self.house.genesis, self.change.keys()[-1][1])
        super().follow()

    def test_who_missed_the_whole_change_is_told_the_key_by_a_person(self):
        # spec C24
        first, said = self.push()
        self.assertEqual(said, (0, {first: 'aanvaard'}))
        begin, end = self.change.prepare()
        self.house.register(BEGIN, begin)
        self.house.register(END, end)
        new = self.change.keys()[-1][1].hex()
        self.sender.wait_for_answers(1500)
        second, said = self.push()
        self.assertEqual(said, (3, {second: 'outbox'}))
        self.assertEqual(self.sender.said('status', second)[1], {second: 'outbox'})
        wrong = self.sender.run('status', '--receive', '09' * 32)
        self.assertEqual(wrong.returncode, 1)
        self.assertEqual(self.sender.run('status', '--receive', 'x').returncode, 2)
        done = self.sender.run('status', '--receive', new)
        self.assertEqual(json.loads(done.stdout)['enrolled'], True, done.stdout)
        self.assertEqual(self.sender.said('push', '--wait=20'), (0, {second: 'aanvaard'}))
        self.assertEqual(self.push()[1][0], 0)
        self.follow()
        self.assertEqual(self.delivered()[:2], [first, second])


if __name__ == '__main__':
    if not os.access(PROGRAM, os.X_OK):
        sys.exit('KNOOPPUNT must name the program of partners')
    main()
