# SPDX-License-Identifier: EUPL-1.2
"""A key of the knooppunt itself changes, and is killed on the way: `rotate` at each call that changes a
file, core and gate at their n-th system call while a leaf brings or ends one. There is no moment at
which no key works, what was receipted stays, and whoever does the step again makes it whole. For
every n with KNP_LONG=1; every few of them otherwise.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

from knp_convenant import base  # noqa: E402
from knp_crypto import SEALING, key_id  # noqa: E402
from knp_daemon import Failed, free_port  # noqa: E402
from knp_rotation import BEGIN, END, KINDS, Changing, key_of, read  # noqa: E402
from knp_stage import Stage, main  # noqa: E402
from syscalls_test import Injection  # noqa: E402

LONG = os.environ.get('KNP_LONG') == '1'
SENDER = 'politie'
FILES = ('open,openat,creat,write,writev,pwrite64,pwritev,ftruncate,fsync,fdatasync,rename,renameat,'
         'renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,chmod,fchmod')
POINTS = 400  # more than any run has
PER_HOUSE = 20  # a register has room for 64 keys of the knooppunt


class KeyChange(unittest.TestCase):
    def setUp(self):
        self.receipts = {}  # header hash: (item, index)
        self.open_house()

    def open_house(self):
        self.stage = Stage((SENDER,), endpoint_2=f'tcp://127.0.0.1:{free_port()}')
        self.addCleanup(self.stage.close)
        self.house, self.receipts = self.stage.house, {}
        self.first = self.house.endpoint

    # ---- what must stand -------------------------------------------------------------------

    def connect(self):
        """By the newest keys in force, where the register says that they are served."""
        key, adres = list(Changing(self.house, 'transport').doors().items())[-1]
        link = self.stage.links[SENDER]
        link.genesis.transport_key = key
        link.genesis.receive_key = [key for state, key in Changing(self.house, 'receive').keys()
                                    if state == 'actief'][-1]
        link.genesis.receive_id = key_id(SEALING, link.genesis.receive_key)
        link.reconnect(adres or self.first)

    def melding(self, item=None):
        item = item or self.stage.melding(SENDER, rubrieken=base())
        self.connect()
        receipt, = self.stage.links[SENDER].push([item], timeout=20)
        self.assertEqual(receipt.outcome, 'aanvaard')
        _, index = self.receipts.setdefault(item.hash, (item, receipt.index))
        self.assertEqual(receipt.index, index)

    def restart(self):
        """A daemon that has every chance."""
        if self.house.running():
            self.house.stop()
        self.house.start()

    def works(self):
        """What was receipted is receipted, and the next is."""
        for item, _ in list(self.receipts.values())[-2:]:
            self.melding(item)
        self.melding()

    def check(self):
        code, out, err = self.house.run('--check')
        self.assertEqual(code, 0, out + err)

    # ---- rotate, killed --------------------------------------------------------------------

    @property
    def keys(self):
        return self.house.path('keys')

    def keep(self):
        kept = self.house.path('kept')
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(self.keys, kept)
        return kept

    def put_back(self, kept):
        for name in os.listdir(self.keys):
            os.remove(os.path.join(self.keys, name))
        for name in os.listdir(kept):
            shutil.copy2(os.path.join(kept, name), self.keys)

    def killed(self, point, *words):
        """`rotate` killed at this call; False when it had come to its end before."""
        done = subprocess.run(
            ['strace', '-f', '-qq', '-e', f'trace={FILES}', '-e',
             f'inject={FILES}:signal=KILL:when={point}', '-o', '/dev/null', self.house.binary, '-c',
             self.house.settings_file, 'rotate', *words],
            capture_output=True, text=True, timeout=60, check=False)
        if done.returncode == -9:
            return True
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return False

    def sweep(self, kept, *words):
        """From the same beginning each time; how many points there are, and the last was not killed."""
        step = 1 if LONG else 3
        for n, point in enumerate(range(1, POINTS, step)):
            self.put_back(kept)
            if not self.killed(point, *words):
                self.assertGreater(point, 5)
                return
            self.check()
            if n % (1 if LONG else 6) == 0:
                self.restart()
                self.works()
        raise AssertionError(f'no end after {POINTS} points')

    def change_killed(self, kind):
        change = Changing(self.house, kind)
        self.sweep(self.keep(), kind)
        self.restart()
        begin, end = change.prepare()
        change.begin()
        self.works()
        change.end()
        self.sweep(self.keep(), kind, '--finish')
        self.assertEqual(len(change.files()), 1)
        self.assertEqual([name for name in os.listdir(self.keys) if name.startswith('retired')], [])
        self.restart()
        self.works()
        states = dict((key, state) for state, key in change.keys())
        self.assertEqual((states[key_of(begin)], states[key_of(end)]), ('actief', 'beeindigd'))

    def test_rotate_killed_at_every_call_that_changes_a_file(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                self.change_killed(kind)
        self.house.stop()
        self.assertTrue(self.house.rebuild()['equal'])

    def test_a_finish_that_was_cut_short_is_made_whole_by_another(self):
        """Also where the first had got as far as it could without an end."""
        for kind in KINDS:
            change = Changing(self.house, kind)
            change.prepare()
            change.begin()
            self.works()
            change.end()
            secret = read(os.path.join(self.keys, f'{kind}.key'))
            kept = self.keep()
            struck = 0
            for point in range(1, POINTS, 1 if LONG else 2):
                self.put_back(kept)
                if not self.killed(point, kind, '--finish'):
                    break
                struck += 1
                code, said = change.rotate('--finish')
                self.assertIn(code, (0, 1), said)  # 1: it was done, and nobody had heard
                self.assertEqual(len(change.files()), 1, (point, said))
                for name in os.listdir(self.keys):
                    self.assertNotEqual(read(os.path.join(self.keys, name)), secret, name)
            else:
                raise AssertionError(f'no end after {POINTS} points')
            self.assertGreater(struck, 2, kind)
            self.restart()
            self.works()

    def test_a_key_that_is_half_destroyed_in_its_own_place_is_seen(self):
        """What would be left of a finish that overwrites before it moves: the oracle must see it."""
        change = Changing(self.house, 'log')
        change.prepare()
        change.begin()
        change.end()
        self.house.stop()
        path = os.path.join(self.keys, 'log.key')
        size = os.path.getsize(path)
        with open(path, 'r+b') as file:
            file.write(bytes(size))
        self.assertNotEqual(self.house.try_start(), None)

    # ---- core and gate, killed -------------------------------------------------------------

    def struck(self, role, point, soort, text):
        """The leaf, while this process is killed at its n-th call; True when it was."""
        injection = self.inject(role, point)
        try:
            self.house.register(soort, text)
        except (Failed, OSError):
            pass  # nobody knows what came of it
        finally:
            # The leaf is told to the gate after its answer: strace ends with whom it killed.
            with contextlib.suppress(subprocess.TimeoutExpired):
                injection.process.wait(1)
            injection.end()
        return injection.injected() > 0

    def inject(self, role, point):
        """Core may be about to start anew, to read a key."""
        for _ in range(5):
            with contextlib.suppress(Failed):
                return Injection(self.house, 'all', f'signal=KILL:when={point}', role)
        raise AssertionError(f'{role} does not stay')

    def state(self, change, text):
        return {key: state for state, key in change.keys()}.get(key_of(text))

    def strike(self, change, role, point):
        """One whole change with a kill in both of its leaves; True when any struck."""
        begin, end = change.prepare()
        struck = self.struck(role, point, BEGIN, begin)
        self.restart()
        self.assertIn(self.state(change, begin), (None, 'actief'))
        self.works()
        if self.state(change, begin) is None:
            change.begin()
        struck |= self.struck(role, point, END, end)
        self.restart()
        self.assertEqual(self.state(change, begin), 'actief')
        self.works()
        if self.state(change, end) == 'actief':
            change.end()
        change.finish()
        self.works()
        return struck

    def strikes(self, kind, role, step):
        made = struck = 0
        for point in range(1, POINTS, 1 if LONG else step):
            if made == PER_HOUSE:
                self.close()
                self.open_house()
                made = 0
            made += 1
            if not self.strike(Changing(self.house, kind), role, point):
                self.assertGreater(struck, 0)
                self.close()
                return
            struck += 1
        raise AssertionError(f'no end after {POINTS} points')

    def close(self):
        self.house.stop()
        self.assertTrue(self.house.rebuild()['equal'])
        self.stage.close()

    def test_core_killed_while_the_log_key_changes(self):
        self.strikes('log', 'core', 29)

    def test_core_killed_while_the_transport_key_changes(self):
        self.strikes('transport', 'core', 13)

    def test_gate_killed_while_the_transport_key_changes(self):
        self.strikes('transport', 'gate', 9)


if __name__ == '__main__':
    main()
