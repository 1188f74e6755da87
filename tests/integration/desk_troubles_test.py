# SPDX-License-Identifier: EUPL-1.2
"""knooppuntctl status of a knooppunt with something wrong: each trouble is planted for real, is
named with since when and what ends it, and goes when its cause does. What is refused before a
signature holds is counted per partner and reason.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_convenant as kc  # noqa: E402
import knp_party  # noqa: E402
from full_test import FAT_WIRES  # noqa: E402
from knp_convenant import base  # noqa: E402
from knp_daemon import House  # noqa: E402
from knp_link import Again, NoAnswer  # noqa: E402
from knp_messages import pb  # noqa: E402
from knp_mounts import own_mounts  # noqa: E402
from knp_party import Party  # noqa: E402
from knp_stage import BINARY, FAKETIME, Stage, main, preload  # noqa: E402

CTL = os.environ.get('KNOOPPUNTCTL', '')
EIO = os.environ.get('KNP_EIO_LIBRARY', '')
HOUR_MS = 3600 * 1000


class Desk:
    """What the beheerder sees of a house."""

    def __init__(self, house):
        self.house = house

    def run(self, *arguments):
        call = [CTL, '-c', self.house.settings_file, *arguments]
        return subprocess.run(call, capture_output=True, text=True, timeout=60, check=False)

    def status(self):
        """The object of status and the lines people get; both say the same."""
        done, told = self.run('--json', 'status'), self.run('status')
        assert done.returncode in (0, 1), (done.stdout, done.stderr)
        status = json.loads(done.stdout)
        assert done.returncode == (0 if status['ok'] else 1), status
        lines = told.stderr.splitlines()
        assert len(lines) <= 10, told.stderr
        return status, lines


class Troubles(unittest.TestCase):
    def house(self, house):
        self.addCleanup(house.remove)
        self.desk = Desk(house)
        return house

    def stage_of(self, *only, **settings):
        self.stage = Stage(only or ('politie', 'sittard'), **settings)
        self.addCleanup(self.stage.close)
        self.desk = Desk(self.stage.house)
        return self.stage

    def codes(self):
        return self.desk.status()[0]['alarms']

    def stands(self, code, about='', timeout=20):
        """The trouble is there, told to programs and to people; the object of it."""
        deadline = time.monotonic() + timeout
        while True:
            status, lines = self.desk.status()
            found = [one for one in status['troubles']
                     if one['code'] == code and about in one['about']]
            if found:
                break
            self.assertLess(time.monotonic(), deadline, (code, about, status['troubles']))
            time.sleep(0.05)
        self.assertFalse(status['ok'])
        self.assertIn(code, status['alarms'])
        one = found[0]
        self.assertTrue(one['text'] and one['fix'])
        self.assertGreater(one['since'], 1_600_000_000_000)
        told, = [line for line in lines
                 if line.startswith(f'{code} ({one["about"]})' if one['about'] else f'{code},')]
        since = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(one['since'] // 1000))
        self.assertIn(f'since {since}', told)
        self.assertIn(one['fix'], told)
        return one

    def gone(self, code, timeout=20):
        deadline = time.monotonic() + timeout
        while code in self.codes():
            self.assertLess(time.monotonic(), deadline, self.desk.status())
            time.sleep(0.05)

    def push(self):
        return self.stage.push('politie', self.stage.melding('politie', rubrieken=base()))[0]

    @contextlib.contextmanager
    def disk(self, size):
        """A small disk of its own."""
        with tempfile.TemporaryDirectory(prefix='knp-disk-') as folder:
            subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={size}', 'none', folder], check=True)
            try:
                yield folder
            finally:
                subprocess.run(['umount', '-l', folder], check=True)

    # ---- processes ---------------------------------------------------------------------------

    def test_nothing_is_wrong(self):
        self.stage_of()
        status, lines = self.desk.status()
        self.assertEqual((status['ok'], status['alarms'], status['troubles']), (True, [], []))
        self.assertEqual(lines[:2], ['OEFENING', 'all is well'])

    def kill_next_opener(self, killed):
        """Each life once: a process that was killed may still be listed for a moment."""
        deadline = time.monotonic() + 20
        while True:
            for role, pid in self.stage.house.children():
                if role == 'opener' and pid not in killed:
                    killed.add(pid)
                    os.kill(pid, signal.SIGKILL)
                    return
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    def test_a_dead_opener(self):
        self.stage_of(openers=1)
        killed = set()
        for _ in range(5):
            self.kill_next_opener(killed)
        self.stands('process-failing', 'opener-0')
        self.kill_next_opener(killed)
        status = self.desk.status()[0]
        opener = next(p for p in status['processes'] if p['name'] == 'opener-0')
        self.assertIn(status['alarms'][0], ('process-down', 'process-failing'))
        self.assertGreaterEqual(opener['restarts'], 5)

    def test_core_restarted(self):
        self.stage_of()
        before = int(time.time() * 1000) - 1000
        self.stage.house.kill_role('core')
        self.assertGreaterEqual(self.stands('core-restarted', 'core')['since'], before)

    # ---- writing -----------------------------------------------------------------------------

    def test_a_failed_sync_and_core_restarted(self):
        stage = self.stage_of()
        house = stage.house
        house.stop()
        trigger = house.path('data', 'eio')  # where core may look
        house.environment = {'LD_PRELOAD': preload(BINARY, EIO), 'KNP_EIO': trigger}
        house.start()
        stage.reconnect()
        self.assertEqual(self.codes(), [])
        house.kill_role('core')
        self.stands('core-restarted')
        with open(trigger + '.new', 'w', encoding='ascii') as file:
            file.write('data.mdb\n')
        os.rename(trigger + '.new', trigger)
        with self.assertRaises((Again, NoAnswer)):
            self.stage.links['politie'].push([stage.melding('politie', rubrieken=base())],
                                             timeout=3.0)
        os.remove(trigger)
        self.stands('readonly', 'journal')
        self.assertTrue(self.desk.status()[0]['readonly'])
        self.assertEqual(self.codes(), ['readonly', 'core-restarted'])
        # Another core does not know what the first one left on the disk: it stays so.
        house.kill_role('core')
        self.stands('readonly', 'earlier-core')
        self.assertEqual(self.codes(), ['readonly', 'core-restarted'])

    def test_a_history_that_is_not_ours(self):
        stage = self.stage_of()
        stage.house.stop()
        with open(stage.house.path('data', 'stopped-signing'), 'w', encoding='ascii') as file:
            file.write('a-later-checkpoint-exists')
        stage.house.start()
        self.stands('stopped-signing')
        self.assertTrue(self.desk.status()[0]['readonly'])

    def test_a_full_disk_and_one_that_fills(self):
        folder = self.enterContext(self.disk('40m'))
        stage = self.stage_of('politie', 'huis', folder=folder)
        ballast = os.path.join(folder, 'ballast')
        with open(ballast, 'wb') as file:
            free = os.statvfs(folder)
            file.write(bytes(free.f_bavail * free.f_frsize - 1536 * 1024))
        self.stands('disk-filling')
        self.until_full(stage)
        self.stands('disk-full')
        self.assertNotIn('disk-filling', self.codes())
        os.remove(ballast)
        self.settle(stage)
        self.gone('disk-full')
        self.assertEqual(self.codes(), [])

    def until_full(self, stage):
        for _ in range(400):
            try:
                stage.push('politie', stage.melding('politie', rubrieken=FAT_WIRES))
            except Again as again:
                self.assertEqual(again.reason, 'full')
                return
        self.fail('it never got full')

    def settle(self, stage):
        deadline = time.monotonic() + 30
        while True:
            try:
                return stage.push('politie', stage.melding('politie', rubrieken=base()))
            except (Again, NoAnswer):
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.1)

    def test_a_map_that_fills_and_is_full(self):
        stage = self.stage_of('politie', 'huis', map_log_mib=16)
        for _ in range(400):
            stage.push('politie', stage.melding('politie', rubrieken=FAT_WIRES))
            used = self.desk.status()[0]['map']['log']
            if 100 * used['used'] // used['size'] >= 85:
                break
        self.stands('map-filling', 'log')
        self.until_full(stage)
        self.stands('map-full', 'log')
        self.assertNotIn('disk-full', self.codes())

    # ---- the guard ---------------------------------------------------------------------------

    def test_a_guard_beside_the_log(self):
        house = self.house(House(BINARY))
        house.init(oefening=False)
        house.start()
        self.stands('guard-beside-log')
        house.stop()
        with self.disk('1m') as other:
            moved = os.path.join(other, 'guard')
            with open(house.path('data', 'guard'), 'rb') as old, open(moved, 'wb') as new:
                new.write(old.read())
            shutil.copystat(house.path('data', 'guard'), moved)
            owner = os.stat(house.path('data'))
            os.chown(other, owner.st_uid, owner.st_gid)
            os.chown(moved, owner.st_uid, owner.st_gid)
            os.remove(house.path('data', 'guard'))
            house.write_settings(guard=moved)
            house.start()
            self.assertEqual(self.codes(), [])
            house.stop()

    # ---- partners ----------------------------------------------------------------------------

    def test_what_is_not_acknowledged(self):
        stage = self.stage_of(ack_hours=24)
        self.addCleanup(setattr, knp_party, 'SHIFT_MS', 0)
        self.push()
        self.assertEqual(self.codes(), [])
        stage.house.stop()
        stage.house.environment = {
            'LD_PRELOAD': preload(BINARY, FAKETIME), 'FAKETIME': '+25h', 'FAKETIME_NO_CACHE': '1',
            'FAKETIME_DONT_FAKE_MONOTONIC': '1'}
        knp_party.SHIFT_MS = 25 * HOUR_MS
        stage.house.start()
        stage.reconnect()
        one = self.stands('unacknowledged', f'{kc.SITTARD}/wmo')
        self.assertLess(one['since'], int(time.time() * 1000) + HOUR_MS)
        stage.everything()
        self.assertNotIn(one['about'], [other['about'] for other in
                                        self.desk.status()[0]['troubles']])

    def test_a_revoked_key_in_use(self):
        stage = self.stage_of()
        house, genesis = stage.house, stage.genesis
        gone = Party(kc.GGZ, 'Ggz', 'ggz', ['crisisdienst'], 'oud')
        kept = Party(kc.GGZ, 'Ggz', 'ggz', ['crisisdienst'], 'nieuw')
        for party in (gone, kept):
            house.enrol(party)
        house.register('intrekking', gone.keys.identity_id)
        stage.parties['kept'] = kept
        link = stage.connect('kept')
        self.assertEqual(self.codes(), [])
        late = gone.melding(genesis, base())
        made = pb.Request.FromString(gone.request([late], link.verifier.held))
        link.socket.send(kept.envelope(genesis, made.SerializeToString(deterministic=True)))
        self.assertIsNotNone(link.receive(5.0))
        self.stands('revoked-key-in-use', kc.GGZ)
        house.stop()
        house.start()
        self.stands('revoked-key-in-use', kc.GGZ)

    # ---- refusals ----------------------------------------------------------------------------

    def refused(self):
        """Of partners; a key that knocked before its partner was enrolled is nobody's."""
        return {(row['oin'], row['reden']): (row['hour'], row['day'], row['total'])
                for row in self.desk.status()[0]['refused'] if int(row['oin'])}

    def test_what_is_refused_before_the_signature_holds_is_counted_per_partner(self):
        stage = self.stage_of('politie', 'vt')
        self.assertEqual(self.refused(), {})
        politie, vt, genesis = stage.parties['politie'], stage.parties['vt'], stage.genesis
        stranger = Party(kc.POLITIE, 'Politie', 'politie', ['basisteam'])

        def send(name, frame, times):
            for _ in range(times):
                stage.links[name].socket.send(frame)
                self.assertEqual(stage.links[name].hint(3.0)[0], 2)

        item = politie.melding(genesis, base())
        bad = pb.Request.FromString(politie.request([item]))
        bad.signature = bytes(64)
        send('politie', politie.envelope(genesis, bad.SerializeToString(deterministic=True)), 3)
        send('politie', stranger.envelope(genesis, stranger.request([item])), 2)
        garbled = bytearray(vt.envelope(genesis, vt.request([vt.melding(genesis, base())])))
        garbled[-1] ^= 1
        send('vt', bytes(garbled), 4)
        found = self.refused()
        self.assertEqual(found[kc.POLITIE, 'bad-signature'], (3, 3, 3))
        self.assertEqual(found[kc.POLITIE, 'unknown-key'], (2, 2, 2))
        self.assertEqual([n for (oin, _), n in found.items() if oin == kc.VT], [(4, 4, 4)])
        self.assertEqual(set(self.desk.status()[0]['refused'][0]),
                         {'oin', 'reden', 'hour', 'day', 'total', 'last'})
        status, text = self.desk.status()
        told, = [line for line in text if line.startswith('refused')]
        everybody = sum(row['hour'] for row in status['refused'])  # nobody's key that knocked too
        self.assertIn(f' {everybody} in the last hour', told)
        metrics = self.desk.run('metrics').stdout
        self.assertIn('\nknooppunt_refused_total{partner="'
                      f'{kc.POLITIE}",reason="bad-signature"}} 3\n', metrics)
        self.assertEqual(metrics.splitlines()[-1], '# EOF')
        # What no tick had recorded yet is in the last one, and known again.
        stage.house.stop()
        stage.house.start()
        self.assertEqual(self.refused(), found)


if __name__ == '__main__':
    if not os.access(CTL, os.X_OK) or not os.path.exists(EIO):
        sys.exit('KNOOPPUNTCTL and KNP_EIO_LIBRARY must name what their tests use')
    own_mounts()
    main()
