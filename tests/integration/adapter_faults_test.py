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
        # Whether the kill left this round a file with a bad line is chance.
        self.assertIn(done.code, (0, 1), done.out + done.err)
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

    @staticmethod
    def clock(off):
        return ('env', f'LD_PRELOAD={preload(PROGRAMS["knooppunt-adapter"], FAKETIME)}',
                f'FAKETIME={off}')

    def test_a_clock_that_is_hours_ahead(self):
        """The lines lie in the outbox until the clock is right; then their date is refused, and they
        go again under another id, once."""
        adapter = self.instance()
        lines = self.rows(2)
        adapter.drop('lijst.csv', sheet(*lines))
        done = adapter.once(prefix=self.clock('+3h'))
        self.assertEqual(done.code, 3, done.out + done.err)
        self.assertEqual(adapter.status['taken'], 1)
        self.assertEqual(adapter.reasons(), {})
        self.assertEqual(self.received(), [])
        done = adapter.once()
        self.assertEqual(done.code, 0, done.out + done.err)
        self.assertEqual((adapter.status['taken'], adapter.reasons()), (0, {}))
        outbox = self.pi.run('status').line['outbox']
        self.assertEqual((outbox['aanvaard'], outbox['geweigerd']), (2, 2))
        self.assertEqual(self.numbers(self.received()), [line.split(';')[1] for line in lines])
        adapter.drop('nog-eens.csv', sheet(*lines))
        self.assertEqual(adapter.once().code, 0)
        self.assertEqual((self.received(), adapter.reasons()), ([], {}))

    def test_what_was_too_old_goes_when_it_is_put_back(self):
        """A person decides that it goes after all: it was away for more than a month."""
        adapter = self.instance()
        same, mended = self.rows(2, Begin='01-10-2026')
        adapter.drop('lijst.csv', sheet(same, mended))
        self.assertEqual(adapter.once(prefix=self.clock('-31d')).code, 3)
        self.assertEqual(adapter.once().code, 1)
        [(number, reasons)] = adapter.reasons().items()
        self.assertIn('regel 2: time: geweigerd: too-old', reasons)
        self.assertIn('regel 3: time: geweigerd: too-old', reasons)
        self.assertEqual(adapter.once().code, 0)
        self.assertEqual(self.received(), [])
        adapter.drop('terug.csv', adapter.quarantined(number).replace(b'Test', b'Toets', 1))
        self.assertEqual(adapter.once().code, 0)
        self.assertEqual(list(adapter.reasons()), [number])
        found = self.received()
        self.assertEqual(self.numbers(found), [line.split(';')[1] for line in (same, mended)])
        self.assertEqual(self.of(found[0], 'identificatie')['voornamen'], 'Toets')
        adapter.drop('nog-eens.csv', sheet(mended))
        self.assertEqual(adapter.once().code, 0)
        self.assertEqual((self.received(), list(adapter.reasons())), ([], [number]))

    def forget_outbox(self, adapter):
        """The 14 days of what it sent are over."""
        folder = self.pi.path('spool', 'outbox')
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            old = os.stat(path).st_mtime - 15 * 86400
            os.utime(path, (old, old))
        adapter.once()
        self.assertEqual([name for name in os.listdir(folder) if name.endswith('.done')], [])

    def test_a_list_that_comes_again_after_the_outbox_forgot_it(self):
        adapter = self.instance()
        lines = self.rows(3)
        adapter.drop('lijst.csv', sheet(*lines))
        adapter.once()
        self.received()
        self.forget_outbox(adapter)
        [more] = self.rows(1)
        other = lines[1].replace('Voorbeeld', 'Anders')
        adapter.drop('lijst.csv', sheet(lines[0], other, lines[2], more))
        self.assertEqual(adapter.once().code, 1)
        self.assertEqual(self.numbers(self.received()), [more.split(';')[1]])
        [reasons] = adapter.reasons().values()
        self.assertIn('regel 3: conflict', reasons)
        self.assertEqual(len(reasons.splitlines()), 3)
        self.assertEqual(self.pi.run('status').line['outbox']['geweigerd'], 0)
        # What it remembers tells nobody anything: no number, no name.
        [known] = [name for name in os.listdir(adapter.below()) if name.startswith('known-')]
        with open(adapter.below(known), 'rb') as file:
            content = file.read()
        self.assertEqual(len(content) % 40, 0)
        self.assertNotIn(b'PI-2026', content)
        # Without it nothing is sent twice either; but it must be told.
        os.remove(adapter.below(known))
        self.forget_outbox(adapter)
        adapter.drop('lijst.csv', sheet(lines[0]))
        adapter.drop('nog-eens.csv', sheet(lines[0]))
        self.assertEqual(adapter.once().code, 1)
        self.assertEqual(self.received(), [])
        for text in list(adapter.reasons().values())[1:]:
            self.assertIn('geweigerd: conflict', text)
            self.assertIn('do not send it under a new id', text)
        self.assertEqual(len(adapter.reasons()), 3)

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
