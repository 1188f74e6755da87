# SPDX-License-Identifier: EUPL-1.2
"""Partners are the witnesses: a log put back to an earlier day, guard and all, cannot be seen from
inside. Any partner that holds a later checkpoint sees it, and its hello stops the signing."""

import os
import shutil
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

from knp_convenant import base  # noqa: E402
from knp_link import Again, Link  # noqa: E402
from knp_lists import REASONS  # noqa: E402
from knp_proof import Verifier  # noqa: E402
from knp_sandbox import copy_as_it_is  # noqa: E402
from knp_stage import Stage, main  # noqa: E402
from knp_tree import LogKey, Refused  # noqa: E402


class Witness(unittest.TestCase):
    """Each test starts with a log put back to its size 10 entries ago, and a note of before."""

    @classmethod
    def setUpClass(cls):
        cls.stage = Stage(('politie',))
        house = cls.stage.house
        cls.push(5)
        house.stop()
        copy_as_it_is(house.path('data'), house.path('older'))
        house.start()
        cls.stage.reconnect()
        cls.push(10)
        verifier = cls.stage.links['politie'].verifier
        cls.late = verifier.notes[verifier.held.size][1]
        cls.late_size = verifier.held.size
        cls.knowing = verifier
        house.stop()

    @classmethod
    def tearDownClass(cls):
        cls.stage.close()

    @classmethod
    def push(cls, count, link=None):
        link = link or cls.stage.links['politie']
        return link.push([link.party.melding(link.genesis, base()) for _ in range(count)])

    def setUp(self):
        house = self.stage.house
        shutil.rmtree(house.path('data'))
        copy_as_it_is(house.path('older'), house.path('data'))
        house.start()
        self.addCleanup(house.kill)

    def link(self, verifier=None):
        """A connection of the partner; without memory it cannot see what is wrong."""
        party = self.stage.parties['politie']
        link = Link(party, self.stage.genesis, self.stage.house.endpoint,
                    verifier or Verifier(self.stage.genesis))
        self.addCleanup(link.close)
        party.head = link.verifier.held
        return link

    def readonly(self):
        return self.stage.house.must('status')['readonly']

    def assert_stopped(self, why):
        """Nothing more is signed, and nobody is told that anything was taken."""
        self.assertEqual(self.readonly(), why)
        size = self.stage.size()
        link = self.link()
        with self.assertRaises(Again) as said:
            self.push(1, link)
        self.assertEqual(said.exception.reason, 'readonly')
        self.assertEqual(self.stage.size(), size)

    def test_a_log_put_back_starts_for_nobody_inside_can_see_it(self):
        link = self.link()
        link.sync()
        self.assertEqual(self.readonly(), 'no')
        self.assertEqual(self.push(1, link)[0].outcome, 'aanvaard')

    def test_a_partner_that_remembers_sees_it_in_the_first_answer(self):
        link = self.link(self.knowing)
        with self.assertRaises(Refused):
            link.sync()

    def test_a_hello_with_a_later_checkpoint_stops_the_signing(self):
        # spec K11: validly signed, and ahead of the log.
        link = self.link()
        link.hello(self.late)
        self.assert_stopped('a-later-checkpoint-exists')

    def test_a_hello_with_a_checkpoint_of_another_history_stops_the_signing(self):
        # spec K11: the log has grown past it, with other entries.
        link = self.link()
        link.sync()
        while self.stage.size() <= self.late_size:
            self.push(4, link)
        link.hello(self.late)
        self.assert_stopped('another-history-exists')

    def test_a_stopped_log_still_answers_what_it_knows(self):
        link = self.link()
        link.hello(self.late)
        fresh = self.link()
        self.assertGreater(fresh.sync(), 0)
        self.assertEqual(fresh.hello().outcome, 1)

    def test_checkpoints_that_prove_nothing_stop_nothing(self):
        link = self.link()
        link.sync()
        self.push(3, link)
        old = link.verifier.notes[min(link.verifier.notes)][1]
        self.assertEqual(link.hello(old).outcome, 1)
        stranger = LogKey(self.stage.genesis.origin, os.urandom(32))
        for note in (stranger.checkpoint(10 ** 6, os.urandom(32)),
                     old.replace(b'\n', b'\n\n', 1), b'geen notitie\n'):
            reply = link.hello(note)
            self.assertEqual((reply.outcome, REASONS[reply.reason]), (2, 'bad-head'))
        self.assertEqual(self.readonly(), 'no')
        self.assertEqual(self.push(1, link)[0].outcome, 'aanvaard')


if __name__ == '__main__':
    main()
