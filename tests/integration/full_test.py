# SPDX-License-Identifier: EUPL-1.2
"""Full disks and maps: the sender is told *again*, nothing is half done, and it goes on by itself.

Runs in a mount namespace of its own, with the house on a small tmpfs.
"""

import itertools
import os
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_convenant as kc  # noqa: E402
from knp_convenant import Betrokkene, Case  # noqa: E402
from knp_link import Again, NoAnswer  # noqa: E402
from knp_lists import REASONS, bsn  # noqa: E402
from knp_mounts import MAY_MOUNT, mount_ext4, mount_tmpfs, own_mounts  # noqa: E402
from knp_probe import wait_for  # noqa: E402
from knp_stage import Stage, main  # noqa: E402

ONLY = ('politie', 'huis', 'sittard')
# Some fifty kilobytes each: with many of them a small disk is full soon.
PERSONS = 12
PLACES = [(0, 'kenmerken'), (0, 'incident'), (0, 'toelichting')]
PLACES += [(n, naam) for n in range(1, PERSONS + 1) for naam in ('betrokkenheid', 'identificatie')]
CASE = Case('', (), 'politie', 'E33', (), 'GM1883', (Betrokkene(),) * PERSONS, tuple(PLACES))
FAT = {(n, 'identificatie'): {'alias': [f'{i:04}' + 'x' * 116 for i in range(30)]}
       for n in range(1, PERSONS + 1)}
FAT[0, 'toelichting'] = {'tekst': 'x' * 8000, 'verzoek': 'x' * 2000}
FAT_WIRES = [rubriek.encode() for rubriek in kc.rubrieken_of(CASE, FAT)]
SMALL_MIB, MAP_MIB = 48, 16
EACH = 4  # in an envelope, which holds 256 KiB


class Full(unittest.TestCase):
    numbers = itertools.count()

    def stage_on(self, **settings):
        self.stage = Stage(ONLY, **settings)
        self.addCleanup(self.stage.close)
        return self.stage

    def fat(self):
        return self.stage.melding('politie', rubrieken=FAT_WIRES)

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
        accepted, refused, count = [], [], 4
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
        deadline, receipts = time.monotonic() + 30, []
        while len(receipts) < len(items):
            try:
                receipts += self.stage.push('politie', items[len(receipts)])
            except (Again, NoAnswer):
                self.assertLess(time.monotonic(), deadline, 'it does not resume by itself')
                time.sleep(0.1)
        return receipts

    def assert_all_well(self, accepted):
        """Everything receipted is there once, delivered once, and state is a replay."""
        for at in range(0, len(accepted), EACH):
            some = accepted[at:at + EACH]
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

    def test_a_full_tmpfs(self):
        self.fill_a_disk(lambda folder: mount_tmpfs(self, folder, f'{SMALL_MIB}m'))

    @unittest.skipUnless(MAY_MOUNT, 'only root mounts a disk')
    def test_a_full_ext4(self):
        self.fill_a_disk(lambda folder: mount_ext4(self, folder, SMALL_MIB + 16))

    def fill_a_disk(self, mount):
        folder = tempfile.mkdtemp(prefix='knp-full-')
        self.addCleanup(os.rmdir, folder)
        mount(folder)
        stage = self.stage_on(folder=folder)
        accepted = [(item, receipt) for item in [self.fat() for _ in range(3)]
                    for receipt in stage.push('politie', item)]
        ballast = os.path.join(folder, 'ballast')
        with open(ballast, 'wb') as file:
            free = os.statvfs(folder)
            file.write(bytes(max(0, free.f_bavail * free.f_frsize - 1024 * 1024)))
        more, waiting = self.fill(400)
        accepted += more
        self.assertEqual(stage.house.ask('compact')['result'], 'full')  # and nothing is begun
        self.assert_nothing_half_done(waiting)
        os.remove(ballast)
        accepted += zip(waiting, self.settled(waiting))
        self.assert_all_well(accepted)

    def test_a_full_map(self):
        stage = self.stage_on(map_log_mib=MAP_MIB)
        accepted, waiting = self.fill(400)
        self.assertGreater(len(accepted), 50)
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

    def test_a_full_disk_under_the_state_alone(self):
        """State is derived and lies apart: without room for it nothing is lost or repeated."""
        stage = self.stage_on()
        state = stage.house.path('data', 'state')
        stage.house.stop()
        mount_tmpfs(self, state, '1m')
        stage.house.start()
        stage.reconnect()
        accepted, waiting = [], []
        for _ in range(12):
            some, again = self.push_some([self.crowded() for _ in range(16)])
            accepted, waiting = accepted + some, waiting + again
        self.assertGreater(os.statvfs(state).f_blocks, 0)
        self.assertLess(os.statvfs(state).f_bavail * os.statvfs(state).f_frsize, 128 * 1024)
        subprocess.run(['mount', '-o', 'remount,size=64m', state], check=True)
        accepted += zip(waiting, self.settled(waiting))
        self.assert_all_well(accepted)

    def test_a_full_disk_under_the_backup_alone(self):
        """It is named, nothing half made stays, and the path has nothing to do with it."""
        stage = self.stage_on()
        folder = stage.house.path('backup')
        os.mkdir(folder)
        stage.house.stop()
        mount_tmpfs(self, folder, '300k')  # room for a keystore, hardly for a log beside it
        if 'core_user' in stage.house.settings:
            os.chown(folder, *[stage.house.settings['core_user']] * 2)
        os.chmod(folder, 0o700)
        stage.house.write_settings(backup='backup')
        stage.house.start()
        stage.reconnect()
        wait_for('the look of the daemon at its start', lambda: 'backup-stale' in [
            line.split(' ')[0] for line in stage.house.must('status').all('alarm')])
        # Whose days are over goes all the same, were it the last one.
        old = os.path.join(folder, 'keystore', '20200102T030405Z.sealed')
        os.mkdir(os.path.dirname(old), 0o700)
        with open(old, 'wb') as file:
            file.write(b'x' * 1000)
        os.chmod(old, 0o600)
        if 'core_user' in stage.house.settings:
            for path in (os.path.dirname(old), old):
                os.chown(path, *[stage.house.settings['core_user']] * 2)
        answer = stage.house.ask('backup', timeout=60)
        self.assertEqual((answer['result'], answer['file']), ('full', folder), answer.lines)
        self.assertIn('MiB free', answer['message'])
        self.assertEqual(answer.all('removed'), [os.path.basename(old)])
        self.assertEqual(os.listdir(folder), ['keystore'])  # nothing was begun
        self.assertEqual(os.listdir(os.path.dirname(old)), [])
        # Room by what the disk said, and none when it comes to it.
        subprocess.run(['mount', '-o', 'remount,size=64m,nr_inodes=5', folder], check=True)
        answer = stage.house.ask('backup', timeout=60)
        self.assertEqual(answer['result'], 'full', answer.lines)
        self.assertTrue(answer['file'].startswith(folder + '/'), answer['file'])
        self.assertEqual([os.listdir(os.path.join(folder, name)) for name in os.listdir(folder)],
                         [[], []])
        self.assertEqual(stage.push('politie', self.crowded())[0].outcome, 'aanvaard')
        subprocess.run(['mount', '-o', 'remount,size=64m,nr_inodes=1000', folder], check=True)
        self.assertEqual(stage.house.ask('backup', timeout=60)['result'], 'ok')

    def crowded(self):
        """A melding that is small in the log and large in the state: many persons."""
        persons = tuple(Betrokkene(bsn=bsn(next(self.numbers))) for _ in range(16))
        places = [(0, 'kenmerken')]
        places += [(n, naam) for n in range(1, 17) for naam in ('betrokkenheid', 'bsn')]
        return self.stage.melding('politie', Case('', (), 'politie', 'E33', (), 'GM1883', persons,
                                                  tuple(places)))


if __name__ == '__main__':
    own_mounts()
    main()
