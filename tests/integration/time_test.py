# SPDX-License-Identifier: EUPL-1.2
"""The daemon under another clock (libfaketime): what lapsed is not given any more, and the time of
the log never goes back."""

import os
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_party  # noqa: E402
import knp_wire as kw  # noqa: E402
from knp_client import VERVALLEN  # noqa: E402
from knp_convenant import base  # noqa: E402
from knp_lists import REASONS  # noqa: E402
from knp_stage import BINARY, Stage, main  # noqa: E402

FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1'
DAY = 86400


def preload():
    """What must be loaded before anything else: a sanitizer's runtime, then the fake clock."""
    linked = subprocess.run(['ldd', BINARY], stdout=subprocess.PIPE, check=True).stdout.decode()
    runtimes = [word for line in linked.splitlines() for word in line.split()
                if word.startswith('/') and 'asan' in word]
    return ' '.join(runtimes + [FAKETIME])


class Time(unittest.TestCase):
    def setUp(self):
        self.stage = Stage(('politie', 'sittard'), tick_seconds=1)
        self.addCleanup(self.stage.close)
        self.addCleanup(setattr, knp_party, 'SHIFT_MS', 0)

    def restart_at(self, days):
        """The daemon and its partners think that this many days have passed."""
        house = self.stage.house
        house.stop()
        house.environment = {
            'LD_PRELOAD': preload(), 'FAKETIME': f'{days * DAY:+d}', 'FAKETIME_NO_CACHE': '1',
            'FAKETIME_DONT_FAKE_MONOTONIC': '1'}
        knp_party.SHIFT_MS = days * DAY * 1000
        house.start()
        self.stage.reconnect()

    def push(self):
        return self.stage.push('politie', self.stage.melding('politie', rubrieken=base()))[0]

    def tick(self):
        """Waits until a tick has passed."""
        size, deadline = self.stage.size(), time.monotonic() + 10
        while self.stage.size() == size and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertGreater(self.stage.size(), size)

    def test_what_lapsed_is_not_given_and_its_number_comes_as_vervallen(self):
        # spec K8: numbers stay contiguous; past geldig_tot nothing of it leaves.
        self.push()
        link = self.stage.links['sittard']
        kept, = link.fetch('wmo')
        self.assertGreater(kept.part.geldig_tot, knp_party.now_ms() + 100 * DAY * 1000)
        self.push()
        self.restart_at(200)
        link = self.stage.links['sittard']
        link.keep = True
        deadline = time.monotonic() + 10
        while True:
            found = link.fetch('wmo', after=0)
            if len(found) == 2 or time.monotonic() > deadline:
                break
            self.assertEqual(found, [])  # held back until the tick
            time.sleep(0.05)
        self.assertEqual([one.number for one in found], [1, 2])
        for one in found:
            self.assertEqual((one.part.soort, one.given, one.stated), (VERVALLEN, (), ()))
        for plain in link.plain:
            self.assertNotIn(b'Proef', plain)
        # What was fetched before it lapsed may still be acknowledged, and so may the news.
        self.assertEqual(link.ack('wmo', [kept]).outcome, 'aanvaard')
        self.assertEqual(link.ack('wmo', found[1:]).outcome, 'aanvaard')
        self.assertEqual(link.fetch('wmo', after=0), [])
        self.stage.house.stop()
        self.assertTrue(self.stage.house.rebuild()['equal'])

    def test_a_clock_that_goes_back_does_not_take_the_log_along(self):
        before = kw.read_entry(self.push().entry)[1]
        self.restart_at(-3)
        after = kw.read_entry(self.push().entry)[1]
        self.assertGreaterEqual(after, before)
        self.tick()
        later = kw.read_entry(self.push().entry)[1]
        self.assertGreaterEqual(later, after)
        found = self.stage.links['sittard'].fetch_all('wmo')
        self.assertEqual(len(found), 3)

    def test_a_clock_that_jumps_refuses_what_is_old_and_keeps_what_it_receipted(self):
        item = self.stage.melding('politie', rubrieken=base())
        receipt, = self.stage.push('politie', item)
        late = self.stage.melding('politie', rubrieken=base())
        self.restart_at(31)
        again, = self.stage.push('politie', item)
        self.assertEqual((again.index, again.entry), (receipt.index, receipt.entry))
        reply, _ = self.stage.links['politie'].answer(late)
        self.assertEqual((reply.outcome, REASONS[reply.reason], reply.field),
                         (2, 'too-old', 'time'))


if __name__ == '__main__':
    main()
