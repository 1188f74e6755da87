# SPDX-License-Identifier: EUPL-1.2
"""A sync that fails once: nothing is taken any more, everybody is told to come again, a person sees
it, and it stays so until a person starts the daemon anew. What was receipted before is all there.
"""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

from knp_convenant import base  # noqa: E402
from knp_link import Again, NoAnswer  # noqa: E402
from knp_stage import BINARY, Stage, main, preload  # noqa: E402

EIO = os.environ.get('KNP_EIO_LIBRARY', '')


class FailedSync(unittest.TestCase):
    def setUp(self):
        self.stage = Stage(('politie', 'sittard'))
        self.addCleanup(self.stage.close)
        house = self.stage.house
        house.stop()
        self.trigger = house.path('data', 'eio')  # where core may look
        house.environment = {'LD_PRELOAD': preload(BINARY, EIO), 'KNP_EIO': self.trigger}
        house.start()
        self.stage.reconnect()

    def meldingen(self, count):
        return [self.stage.melding('politie', rubrieken=base()) for _ in range(count)]

    def fail(self, part):
        with open(self.trigger + '.new', 'w', encoding='ascii') as file:
            file.write(part + '\n')
        os.rename(self.trigger + '.new', self.trigger)

    def assert_not_taken(self, item):
        """Again, or nothing at all; never a receipt."""
        try:
            receipt, = self.stage.links['politie'].push([item], timeout=3.0)
        except (Again, NoAnswer) as error:
            return getattr(error, 'reason', '')
        raise AssertionError(f'a receipt at {receipt.index} after a failed sync')

    def play(self, part):
        """Fails the syncs of one file for a moment; the statements of before, during and after."""
        before = self.meldingen(5)
        receipts = self.stage.push('politie', *before)
        self.fail(part)
        during = self.meldingen(1)[0]
        self.assert_not_taken(during)
        os.remove(self.trigger)
        return before, receipts, during

    def assert_read_only(self):
        """The disk is well again, and still nothing is taken: a person must look first."""
        status = self.stage.house.must('status')
        self.assertNotEqual(status['readonly'], 'no')
        self.assertIn('event=read-only', self.stage.house.log())
        size = self.stage.size()
        after = self.meldingen(1)[0]
        self.assertEqual(self.assert_not_taken(after), 'readonly')
        time.sleep(0.2)
        self.assertEqual(self.stage.size(), size)
        # What is known may still be read.
        self.assertGreater(len(self.stage.links['sittard'].fetch('wmo', after=0)), 0)
        return after

    def assert_kept(self, before, receipts, *later):
        """After a restart: what was receipted stands, the rest is taken once."""
        house = self.stage.house
        house.stop()
        house.environment = {}
        house.start()
        self.stage.reconnect()
        again = self.stage.push('politie', *before)
        self.assertEqual([(r.index, r.entry) for r in again],
                         [(r.index, r.entry) for r in receipts])
        first = self.stage.push('politie', *later)
        second = self.stage.push('politie', *later)
        self.assertEqual([r.outcome for r in first], ['aanvaard'] * len(later))
        self.assertEqual([r.index for r in first], [r.index for r in second])
        found = self.stage.links['sittard'].fetch_all('wmo')
        self.assertEqual(sorted(one.part.header_hash for one in found),
                         sorted(item.hash for item in (*before, *later)))
        house.stop()
        self.assertTrue(house.rebuild()['equal'])

    def test_of_the_log(self):
        before, receipts, during = self.play('/log/data.mdb')
        after = self.assert_read_only()
        self.assert_kept(before, receipts, during, after)

    def test_of_the_guard(self):
        # The entry is on disk then, but under no checkpoint that would be known again.
        before, receipts, during = self.play('/guard')
        after = self.assert_read_only()
        self.assert_kept(before, receipts, during, after)

    def test_of_the_keystore(self):
        # Slots are filled ahead in blocks of 4096: it shows when the next block is needed.
        before = self.meldingen(5)
        receipts = self.stage.push('politie', *before)
        self.fail('/keystore')
        self.use_slots()
        during = self.meldingen(1)[0]
        self.assert_not_taken(during)
        os.remove(self.trigger)
        after = self.assert_read_only()
        self.assert_kept(before, receipts, during, after)

    def use_slots(self):
        """Acks of nothing are refused, each on record under a slot of its own."""
        link, party = self.stage.links['politie'], self.stage.parties['politie']
        nothing = {'functie': 'basisteam', 'item': [bytes(40)]}
        for _ in range(100):
            items = [party.velden_item(self.stage.genesis, 'ack', nothing) for _ in range(128)]
            try:
                found = link.exchange(items, timeout=5.0)
            except NoAnswer:
                return
            if any(reply.outcome == 3 for reply, _ in found.values()):
                return
        raise AssertionError('the keystore was never synced')


if __name__ == '__main__':
    main()
