# SPDX-License-Identifier: EUPL-1.2
"""knooppunt-adapter while things fail around it: killed again and again, a full disk, a clock that is
off. With an adapter that forgets what it pushed, which the same test must catch. KNP_LONG=1 for 200
kills.

Usage: adapter_faults_test.py PROGRAM…
"""

import os
import signal
import subprocess
import time

import knooppunt_world
from adapter_world import Doors, row, sheet
from knooppunt_world import PROGRAMS
from knp_stage import FAKETIME, preload

CYCLES = 200 if os.environ.get('KNP_LONG') else 16
PER_FILE = 4
STEP = 1 if os.environ.get('KNP_LONG') else 2
CHANGES = 'rename,fsync,fdatasync,unlink,pwrite64'


class Killed(Doors):
    def loop(self, adapter, cycles):
        """Drops a file in each cycle and kills the adapter somewhere in its round, twice. Numbers of
        the good lines, and how often it was still there to be killed."""
        wanted, killed = [], 0
        adapter.drop('eerste.csv', sheet(*self.rows(1)))
        began = time.monotonic()
        adapter.once()
        whole = time.monotonic() - began
        self.received()
        for cycle in range(cycles):
            lines = self.rows(PER_FILE)
            adapter.drop(f'lijst-{cycle}.csv', sheet(*lines[:-1], lines[-1] + ';te veel'))
            wanted += [line.split(';')[1] for line in lines[:-1]]
            for part in (cycle % 8 + 1, cycle * 3 % 8 + 1):
                killed += adapter.kill_after(whole * part / 8)
        done = adapter.once()
        self.assertEqual(done.code, 0, done.out + done.err)
        return wanted, killed

    def test_nothing_is_lost_and_nothing_is_sent_twice(self):
        adapter = self.instance(verwacht=None)
        wanted, killed = self.loop(adapter, CYCLES)
        self.assertGreater(killed, 0)
        self.assertEqual(sorted(self.numbers(self.received())), sorted(wanted))
        self.assertEqual(os.listdir(adapter.folder), [])
        self.assertEqual(os.listdir(adapter.below('taken')), [])
        reasons = adapter.reasons()
        self.assertEqual(len(reasons), CYCLES)
        for number, text in reasons.items():
            self.assertIn(f'regel {PER_FILE + 1}: malformed', text)
            self.assertIn(b'te veel', adapter.quarantined(number))

    def test_killed_at_each_call_that_changes_a_file(self):
        """A kill before the first, the second, … of them: never more than one melding, never a
        quarantine for what was fine."""
        adapter = self.instance(verwacht=None)
        wanted, at, killed = [], 1, True
        while killed:
            [line] = self.rows(1)
            wanted.append(line.split(';')[1])
            adapter.drop('lijst.csv', sheet(line))
            done = adapter.once(prefix=(
                'env', 'ASAN_OPTIONS=detect_leaks=0', 'strace', '-f', '-o', '/dev/null', '-e', f'trace={CHANGES}', '-e',
                f'inject={CHANGES}:signal=SIGKILL:when={at}'))
            self.assertIn(done.code, (0, -signal.SIGKILL), done.out + done.err)
            killed = done.code != 0
            done = adapter.once()
            self.assertEqual(done.code, 0, done.out + done.err)
            self.assertEqual((adapter.reasons(), os.listdir(adapter.below('taken'))), ({}, []), at)
            at += STEP
        self.assertGreater(len(wanted), 15 / STEP, 'hardly ever killed')
        self.assertEqual(sorted(self.numbers(self.received())), sorted(wanted))

    def test_an_adapter_that_forgets_is_caught(self):
        adapter = self.instance()
        lines = self.rows(PER_FILE)
        adapter.program = 'knooppunt-adapter-forgetful'
        self.pi.write_settings(systeem='pi-forgets', endpoint='"tcp://127.0.0.1:9"', timeout_ms='300')
        adapter.drop('lijst.csv', sheet(*lines))
        for _ in range(2):
            self.assertEqual(adapter.once().code, 3)
        self.pi.write_settings(systeem='pi-forgets')
        adapter.once()
        found = self.numbers(self.received())
        self.assertGreater(len(found), len(set(found)))


class Failing(Doors):
    def test_a_full_disk(self):
        """What does not fit waits in its file, as it was taken, and goes when there is room."""
        adapter = self.instance(verwacht=None)
        spool = self.pi.path('spool')
        os.makedirs(spool, mode=0o700)
        adapter.configure(verwacht=None, **{'in': 'spool/in'})
        lines = self.rows(60)
        script = ('mount -t tmpfs -o size=96k,mode=700 none "$1" && mkdir -m 700 "$1/in" && '
                  'cp "$2" "$1/in/lijst.csv" && { "$3" -c "$4" --once --json; echo "code=$?"; '
                  'ls "$1/adapter"/*/taken; mount -o remount,size=64m "$1"; '
                  '"$3" -c "$4" --once --json; echo "code=$?"; ls "$1/adapter"/*/taken; }')
        path = knooppunt_world.write(self.pi.path('vol.csv'), sheet(*lines))
        done = subprocess.run(
            ['unshare', '-m' if os.geteuid() == 0 else '-rm', 'sh', '-c', script, 'sh', spool, path,
             PROGRAMS['knooppunt-adapter'], adapter.settings],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False)
        said = done.stdout.decode()
        self.assertIn('code=3\n000000000001.lijst.csv\n', said, said + done.stderr.decode())
        self.assertTrue(said.endswith('code=0\n'), said + done.stderr.decode())
        found = self.numbers(self.received())
        self.assertEqual(sorted(found), sorted(line.split(';')[1] for line in lines))

    def test_a_clock_that_is_hours_off(self):
        """The lines lie in the outbox until the clock is right; then their date is refused, and told."""
        adapter = self.instance()
        clock = ('env', f'LD_PRELOAD={preload(PROGRAMS["knooppunt-adapter"], FAKETIME)}',
                 'FAKETIME=+3h')
        [line] = self.rows(1)
        adapter.drop('lijst.csv', sheet(line))
        done = adapter.once(prefix=clock)
        self.assertEqual(done.code, 3, done.out + done.err)
        self.assertEqual(adapter.status['taken'], 1)
        self.assertEqual(adapter.reasons(), {})
        self.assertEqual(self.received(), [])
        done = adapter.once()
        self.assertEqual(done.code, 0, done.out + done.err)
        self.assertEqual((adapter.status['taken'], adapter.status['alarms']), (0, ['quarantine']))
        [reasons] = adapter.reasons().values()
        self.assertIn('regel 2: time: geweigerd: from-future', reasons)
        self.assertEqual(self.received(), [])

    def test_a_folder_on_another_file_system_is_told(self):
        adapter = self.instance()
        if os.stat('/dev/shm').st_dev == os.stat(self.pi.folder).st_dev:
            self.skipTest('no other file system here')
        adapter.configure(**{'in': f'/dev/shm/knp-in-{os.getpid()}'})
        self.addCleanup(subprocess.run, ['rm', '-rf', adapter.folder], check=True)
        adapter.drop('lijst.csv', sheet(row(1)))
        done = adapter.once()
        self.assertEqual((done.code, done.error['field']), (4, 'in'))
        self.assertEqual(os.listdir(adapter.folder), ['lijst.csv'])


if __name__ == '__main__':
    knooppunt_world.main()
