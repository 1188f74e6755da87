# SPDX-License-Identifier: EUPL-1.2
"""A backup and a drill, killed at their n-th call that changes a file: no half backup ever has the
name of a whole one, a name with a moment below log stands for a backup that can be used, and the
next run makes it whole and leaves nothing of the one before. For every n with KNP_LONG=1; every few
of them otherwise. The check of the folder is tried on halves that are planted: the negative control.
"""

import concurrent.futures
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'integration'))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

from knooppunt_world import Exchange, PROGRAMS, main, run  # noqa: E402
from knp_daemon import Failed  # noqa: E402
from knp_probe import wait_for  # noqa: E402
from knp_sandbox import USERS, sandbox_settings  # noqa: E402
from knp_tree import Refused, VKey, verify_checkpoint  # noqa: E402

LONG = os.environ.get('KNP_LONG') == '1'
# Calls that change a file. strace counts each by its name, so that a group is walked by itself.
GROUPS = ('mkdir,mkdirat', 'write,writev', 'pwrite64,pwritev', 'fsync,fdatasync', 'ftruncate',
          'rename,renameat,renameat2', 'link,linkat', 'unlink,unlinkat')
OF_DRILL = GROUPS if LONG else ('mkdir,mkdirat', 'pwrite64,pwritev', 'unlink,unlinkat')
NUMBERS = range(1, 400) if LONG else (1, 2)  # more than any run has
# What is killed is started again after pauses that grow, so that few kills are quick and many are not.
OF_BACKUP = GROUPS if LONG else ('pwrite64,pwritev', 'rename,renameat,renameat2')
READERS = 3
MOMENT = re.compile(r'\d{8}T\d{6}Z')
WHOLE = ['checkpoint', 'data.mdb', 'genesis', 'log.vkey']


class HalfMade(AssertionError):
    pass


def look(folder):
    """What lies under a name that is no temporary one is whole; the moments there are."""
    log, keystore = os.path.join(folder, 'log'), os.path.join(folder, 'keystore')
    made = []
    for name in os.listdir(log) if os.path.isdir(log) else []:
        if not MOMENT.fullmatch(name):
            continue
        here = os.path.join(log, name)
        if sorted(os.listdir(here)) != WHOLE or not os.path.exists(
                os.path.join(keystore, name + '.sealed')):
            raise HalfMade(here)
        with open(os.path.join(here, 'log.vkey'), encoding='ascii') as file:
            vkey = VKey.parse(file.read().strip())
        with open(os.path.join(here, 'checkpoint'), 'rb') as file:
            try:
                size = verify_checkpoint(file.read(), vkey).size
            except Refused as refused:
                raise HalfMade(here) from refused
        if os.path.getsize(os.path.join(here, 'data.mdb')) < 80 * size:
            raise HalfMade(here)
        made.append(name)
    return sorted(made)


def open_files(pid):
    folder, names = f'/proc/{pid}/fd', set()
    try:
        for number in os.listdir(folder):
            names.add(os.readlink(os.path.join(folder, number)))
    except (FileNotFoundError, ProcessLookupError):  # closed meanwhile, or the process ended
        pass
    return names


class Killed(Exchange):
    settings = 'backup: backup\n'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backups = cls.house.path('backup')
        os.mkdir(cls.backups, 0o700)
        if 'core_user' in sandbox_settings():
            os.chown(cls.backups, USERS['core'], USERS['core'])
        cls.house.stop()  # its processes reach what is there when they start
        cls.house.start()
        # The reader that looked for the newest has ended; the next look is ten minutes away.
        wait_for('the look at its start', cls.looked)

    @classmethod
    def looked(cls):
        done = run('knooppuntctl', '-c', cls.house.settings, 'status')
        return 'backup-stale (none)' in done.out + done.err

    def leftovers(self):
        return [name for part in ('log', 'keystore')
                for name in os.listdir(os.path.join(self.backups, part)) if name.startswith('.tmp-')]

    def backup(self):
        return run('knooppuntctl', '-c', self.house.settings, '--json', 'backup')

    def readers(self):
        """All of them, or whoever is not there yet may take the question."""
        found = [pid for role, pid in self.house.daemon.children() if role.startswith('reader')]
        return found if len(found) == READERS else None

    def killed_backup(self, calls, number):
        """The reader that makes it is killed at that call; False when it was done before."""
        readers = wait_for('readers', self.readers)
        words = ['strace', '-f', '-e', f'trace={calls}', '-e',
                 f'inject={calls}:signal=KILL:when={number}', '-o', self.house.path('strace')]
        for pid in readers:
            words += ['-p', str(pid)]
        trace = subprocess.Popen(words, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        try:
            for _ in readers:
                line = trace.stderr.readline()
                if b'attached' not in line:
                    raise Failed(f'strace: {line.decode()}')
            done = run('knooppuntctl', '-c', self.house.settings, '--json', 'backup')
            if done.code != 0:  # who asked may know before strace does
                wait_for('the kill', self.struck)
        finally:
            trace.terminate()
            trace.stderr.close()
            trace.wait(10)
        self.assertEqual(done.code == 0, not self.struck(), done.out + done.err)
        return done.code != 0

    def struck(self):
        with open(self.house.path('strace'), encoding='ascii', errors='replace') as file:
            return 'killed by SIGKILL' in file.read()

    def drill(self, *before):
        out = self.house.path('report.json')
        made, = look(self.backups)[-1:]
        return subprocess.run(
            [*before, PROGRAMS['knooppuntd'], '-c', self.house.settings, 'restore', '--drill',
             '--scratch', self.house.path('scratch'), '--key', self.house.role('beheerder'),
             '--out', out, os.path.join(self.backups, 'log', made)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
            check=False)

    def test_a_backup_that_is_cut_off_is_none(self):
        struck = 0
        for calls in OF_BACKUP:
            for number in NUMBERS:
                if not self.killed_backup(calls, number):
                    break
                struck += 1
                look(self.backups)
        self.assertGreater(struck, 2)
        self.assertEqual(self.backup().code, 0)
        self.assertEqual(self.leftovers(), [])
        done = self.drill()
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_no_page_of_state_is_kept_by_a_backup(self):
        """Slowed, it is looked at while it has the folder of backups open: state it has not."""
        readers = wait_for('readers', self.readers)
        words = ['strace', '-f', '-e', 'trace=fsync', '-e', 'inject=fsync:delay_enter=100000', '-o',
                 '/dev/null']
        for pid in readers:
            words += ['-p', str(pid)]
        seen = set()
        with subprocess.Popen(words, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL) as trace:
            for _ in readers:
                self.assertIn(b'attached', trace.stderr.readline())
            with concurrent.futures.ThreadPoolExecutor(1) as apart:
                asked = apart.submit(self.backup)
                while not asked.done():
                    for pid in readers:
                        names = open_files(pid)
                        if self.backups in names:
                            seen |= names
                    concurrent.futures.wait([asked], timeout=0.01)
            trace.terminate()
        self.assertEqual(asked.result().code, 0, asked.result().err)
        self.assertIn(self.house.path('data', 'log', 'data.mdb'), seen)
        self.assertNotIn(self.house.path('data', 'state', 'data.mdb'), seen)

    def test_a_drill_that_is_cut_off_leaves_nothing_to_the_next(self):
        self.assertEqual(self.backup().code, 0)
        before = look(self.backups)
        struck = 0
        for calls in OF_DRILL:
            for number in NUMBERS:
                trace = self.drill('strace', '-f', '-o', '/dev/null', '-e', f'trace={calls}', '-e',
                                   f'inject={calls}:signal=KILL:when={number}')
                if trace.returncode == 0:
                    break
                struck += 1
                self.assertEqual(look(self.backups), before)
        self.assertGreater(struck, 2)
        done = self.drill()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertFalse(os.path.exists(self.house.path('scratch')))

    def test_halves_that_are_planted_are_seen(self):
        self.assertEqual(self.backup().code, 0)
        made = look(self.backups)[-1]
        for spoil in (lambda log, _: os.remove(os.path.join(log, 'checkpoint')),
                      lambda log, _: os.truncate(os.path.join(log, 'data.mdb'), 0),
                      lambda log, _: os.truncate(os.path.join(log, 'checkpoint'), 100),
                      lambda _, keystore: os.remove(keystore)):
            copy = self.house.path('copy')
            shutil.copytree(self.backups, copy)
            spoil(os.path.join(copy, 'log', made),
                  os.path.join(copy, 'keystore', made + '.sealed'))
            with self.assertRaises(HalfMade):
                look(copy)
            shutil.rmtree(copy)


if __name__ == '__main__':
    main()
