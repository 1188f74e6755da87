# SPDX-License-Identifier: EUPL-1.2
"""Full disks and maps: the sender is told *again*, nothing is half done, and it goes on by itself.

Runs in a mount namespace of its own, with the house on a small tmpfs.
"""

import os
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_convenant as kc  # noqa: E402
from knp_convenant import Case  # noqa: E402
from knp_link import Again, NoAnswer  # noqa: E402
from knp_lists import REASONS  # noqa: E402
from knp_stage import Stage, main  # noqa: E402

ONLY = ('politie', 'huis', 'sittard')
PLACES = ((0, 'kenmerken'), (0, 'incident'), (0, 'toelichting'))
CASE = Case('', (), 'politie', 'E33', (), 'GM1883', (), PLACES)
FAT = {(0, 'toelichting'): {'tekst': 'x' * 8000}}
SMALL_MIB, MAP_MIB = 48, 16


def own_mounts():
    """Starts over in a mount namespace of its own."""
    if os.environ.get('KNP_OWN_MOUNTS'):
        return
    os.environ['KNP_OWN_MOUNTS'] = '1'
    flags = '-m' if os.geteuid() == 0 else '-rm'
    os.execvp('unshare', ['unshare', flags, sys.executable, *sys.argv])


class Full(unittest.TestCase):
    def stage_on(self, **settings):
        self.stage = Stage(ONLY, **settings)
        self.addCleanup(self.stage.close)
        return self.stage

    def fat(self):
        return self.stage.melding('politie', rubrieken=kc.rubrieken_of(CASE, FAT))

    def push_some(self, items):
        """([(item, receipt)] of those that were accepted, those that must come again)."""
        link, accepted, waiting = self.stage.links['politie'], [], []
        found = link.exchange(items)
        for item in items:
            reply, checkpoint = found[item.hash]
            if reply.outcome != 3:
                accepted.append((item, link.verifier.receipt(reply, item, checkpoint)))
                continue
            self.assertEqual(REASONS[reply.reason], 'full')
            self.assertGreater(reply.pause_ms, 0)
            self.assertFalse(reply.HasField('receipt'))
            waiting.append(item)
        return accepted, waiting

    def fill(self, at_most):
        """Pushes until not even one more fits: (accepted, five that did not)."""
        accepted, refused, count = [], [], 8
        for _ in range(at_most):
            some, waiting = self.push_some([self.fat() for _ in range(count)])
            accepted += some
            refused = refused + waiting[:1] if waiting and not some else []
            count = 1 if waiting else count
            if len(refused) == 5:
                return accepted, refused
        self.fail('it never got full')
        return None

    def settled(self, items):
        """Pushes until each of them has a receipt; some may have had theirs before."""
        deadline = time.monotonic() + 30
        while True:
            try:
                return self.stage.push('politie', *items)
            except (Again, NoAnswer):
                self.assertLess(time.monotonic(), deadline, 'it does not resume by itself')
                time.sleep(0.1)

    def assert_all_well(self, accepted):
        """Everything receipted is there once, delivered once, and state is a replay."""
        for at in range(0, len(accepted), 8):
            some = accepted[at:at + 8]
            again = self.stage.push('politie', *[item for item, _ in some])
            self.assertEqual([(r.index, r.entry) for r in again],
                             [(r.index, r.entry) for _, r in some])
        found = self.stage.links['huis'].fetch_all('procesregisseur')
        self.assertEqual(sorted(one.part.header_hash for one in found),
                         sorted(item.hash for item, _ in accepted))
        self.stage.house.stop()
        rebuilt = self.stage.house.rebuild()
        self.assertEqual((rebuilt['equal'], rebuilt['differs']), (True, []))

    def assert_nothing_half_done(self, items):
        """Refused as a whole: no entry, no delivery, and the same for whoever tries again."""
        size = self.stage.size()
        for _ in range(3):
            for item in items:
                with self.assertRaises(Again):
                    self.stage.push('politie', item)
        self.assertEqual(self.stage.size(), size)
        status = self.stage.house.must('status')
        self.assertEqual((status['readonly'], int(status['size'])), ('no', size))
        # What needs no room goes on: who holds a delivery may read it.
        self.assertEqual(self.stage.links['politie'].hello().outcome, 1)
        self.assertGreater(len(self.stage.links['huis'].fetch('procesregisseur', after=0)), 0)

    def test_a_full_disk(self):
        folder = tempfile.mkdtemp(prefix='knp-full-')
        subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={SMALL_MIB}m', 'none', folder],
                       check=True)
        self.addCleanup(os.rmdir, folder)
        self.addCleanup(subprocess.run, ['umount', '-l', folder], check=True)
        stage = self.stage_on(folder=folder)
        accepted = [(item, receipt) for item in [self.fat() for _ in range(8)]
                    for receipt in stage.push('politie', item)]
        ballast = os.path.join(folder, 'ballast')
        with open(ballast, 'wb') as file:
            free = os.statvfs(folder)
            file.write(bytes(max(0, free.f_bavail * free.f_frsize - 1024 * 1024)))
        more, waiting = self.fill(400)
        accepted += more
        self.assert_nothing_half_done(waiting)
        os.remove(ballast)
        accepted += zip(waiting, self.settled(waiting))
        self.assert_all_well(accepted)

    def test_a_full_map(self):
        stage = self.stage_on(map_log_mib=MAP_MIB)
        accepted, waiting = self.fill(400)
        self.assertGreater(len(accepted), 100)
        self.assert_nothing_half_done(waiting)
        # A restart changes nothing; a larger map does.
        stage.restart()
        self.assert_nothing_half_done(waiting)
        stage.house.stop()
        stage.house.write_settings(map_log_mib=4 * MAP_MIB)
        stage.house.start()
        stage.reconnect()
        accepted += zip(waiting, self.settled(waiting))
        self.assert_all_well(accepted)

    def test_a_full_map_of_the_state(self):
        """State is derived and has its own map: full, it must not lose or repeat anything."""
        stage = self.stage_on(map_state_mib=MAP_MIB)
        thin = Case('', (), 'politie', 'E33', (), 'GM1883', (), ((0, 'kenmerken'),))
        accepted, waiting, deadline = [], None, time.monotonic() + 40
        while waiting is None and time.monotonic() < deadline and len(accepted) < 2000:
            some, again = self.push_some([stage.melding('politie', thin) for _ in range(64)])
            accepted, waiting = accepted + some, again or None
        if waiting:
            stage.house.stop()
            stage.house.write_settings(map_state_mib=4 * MAP_MIB)
            stage.house.start()
            stage.reconnect()
            accepted += zip(waiting, self.settled(waiting))
        self.assert_all_well(accepted)


if __name__ == '__main__':
    own_mounts()
    main()
