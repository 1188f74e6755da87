# SPDX-License-Identifier: EUPL-1.2
"""Core killed at its n-th system call, and its n-th write or sync failing, once and for ever, while
one melding is accepted, committed, delivered and confirmed. For every n until a run passes
untouched (KNP_LONG=1); every few of them otherwise.

What was receipted stays what it was; what was not is taken when it is sent again; numbers stay
contiguous; a failing disk kills nobody; and in the end state is what a replay of the log gives.
KNP_FAULTY acknowledges before it has committed: the negative control.
"""

import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

from knp_convenant import base  # noqa: E402
from knp_daemon import Failed  # noqa: E402
from knp_link import Again, NoAnswer  # noqa: E402
from knp_probe import wait_for  # noqa: E402
from knp_stage import Stage, main  # noqa: E402
from knp_tree import Refused  # noqa: E402

LONG = os.environ.get('KNP_LONG') == '1'
FAULTY = os.environ.get('KNP_FAULTY', '')
DISK = 'pwrite64,pwritev,writev,fdatasync,fsync,ftruncate,fallocate,msync'
SENDER, READER, FUNCTIE = 'politie', 'sittard', 'wmo'
POINTS = 400  # more than any run has
TRIES = 5


class Injection:
    """strace around core, or another: `what` at the n-th of these calls from now on."""

    def __init__(self, house, calls, what, role='core'):
        self.pid = wait_for(role, lambda: dict(house.children()).get(role))
        self.process = subprocess.Popen(
            ['strace', '-f', '-p', str(self.pid), '-e', f'trace={calls}', '-e',
             f'inject={calls}:{what}', '-o', house.path('strace')],
            stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        line = self.process.stderr.readline()
        if b'attached' not in line:
            raise Failed(f'strace: {line.decode()}')
        self.file = house.path('strace')

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.stderr.close()
        self.process.wait(10)

    def injected(self):
        """How often it struck."""
        with open(self.file, encoding='ascii', errors='replace') as file:
            return sum('(INJECTED)' in line or 'killed by SIGKILL' in line for line in file)


class OneMelding(unittest.TestCase):
    """A house in which a melding goes all the way, again and again."""

    SETTINGS = {}

    def setUp(self):
        self.stage = Stage((SENDER, READER), **self.SETTINGS)
        self.addCleanup(self.stage.close)
        self.receipts = {}  # header hash: (item, index)
        self.numbers = 0

    def push(self, item, timeout):
        """Its index, or None when nothing that ends it came."""
        link = self.stage.links[SENDER]
        try:
            found = link.exchange([item], timeout, every=0.3)
            reply, checkpoint = found[item.hash]
            if reply.outcome == 3:
                return None
            receipt = link.verifier.receipt(reply, item, checkpoint)
        except (Again, NoAnswer):
            return None
        self.assertEqual(receipt.outcome, 'aanvaard')
        _, index = self.receipts.setdefault(item.hash, (item, receipt.index))
        self.assertEqual(receipt.index, index)
        return receipt.index

    def deliver(self, timeout):
        """Fetches what is new and acknowledges it; False when there was no answer."""
        link = self.stage.links[READER]
        try:
            found = link.fetch(FUNCTIE, timeout=timeout)
            for one in found:
                self.assertEqual(one.number, link.durable.get(FUNCTIE, 0) + 1)
                link.durable[FUNCTIE] = one.number
            return not found or link.ack(FUNCTIE, found).outcome == 'aanvaard'
        except (Again, NoAnswer):
            return False
        except Refused as error:
            if ': busy' in str(error):
                return False  # core could not read its state for a moment
            raise

    def assert_sound(self):
        house = self.stage.house
        house.stop()
        self.assertTrue(house.rebuild()['equal'])


class SystemCalls(OneMelding):
    def again(self):
        """A daemon that has every chance: all that was receipted stands, all else is taken."""
        house = self.stage.house
        if house.running():
            house.stop()
        house.start()
        for item, _ in list(self.receipts.values())[-3:]:
            self.assertIsNotNone(self.push(item, 15))
        self.numbers += 1

    def strike(self, calls, what, timeout):
        """One melding all the way, with a fault on the way: whether the fault struck, and whether it
        went all the way at once."""
        item = self.stage.melding(SENDER, rubrieken=base())
        injection = Injection(self.stage.house, calls, what)
        try:
            if self.push(item, timeout) is not None:
                self.deliver(timeout)
        finally:
            injection.end()
        struck = injection.injected() > 0
        whole = self.stage.links[READER].durable.get(FUNCTIE, 0) == self.numbers + 1
        self.again()
        self.assertIsNotNone(self.push(item, 15))
        self.deliver(15)
        self.assertEqual(self.stage.links[READER].durable[FUNCTIE], self.numbers)
        return struck, whole

    def sweep(self, calls, what, step, timeout=3.0):
        """Every step-th point until one is beyond the end; how many of them struck. Where a busy
        machine kept a melding from going all the way nothing says that it is."""
        count, step = 0, 1 if LONG else step
        for point in range(step, POINTS, step):
            for _ in range(TRIES):
                struck, whole = self.strike(calls, what.format(point), timeout)
                if struck or whole:
                    break
            if not struck:
                return count
            count += 1
        raise AssertionError(f'no end after {POINTS} points')

    def test_killed_at_every_system_call(self):
        # What core does while nothing happens counts too: the same run has 26 calls or 50.
        self.assertGreater(self.sweep('all', 'signal=KILL:when={}', 6), 20 if LONG else 2)
        self.assert_sound()

    def assert_told(self):
        """A disk that fails kills nobody; and a core that takes nothing any more stays so until a
        person starts the daemon anew: one that begins again by itself says so at once."""
        readonly = begun = False
        for line in self.stage.house.log().splitlines():
            if 'process=core' in line and begun:
                self.assertIn('event=read-only', line, 'core began again and forgot it')
                begun = False
            if 'event=read-only' in line:
                readonly = True
            elif 'parent.stopping' in line:
                readonly = begun = False
            elif 'event=parent.ended role=core' in line:
                self.assertNotIn('signal=', line)
                begun = readonly
        self.assertIn('event=read-only', self.stage.house.log())

    def test_writes_and_syncs_that_fail(self):
        for error in ('EIO', 'ENOSPC'):
            for when in ('{}', '{}+'):
                with self.subTest(error=error, when=when):
                    struck = self.sweep(DISK, f'error={error}:when={when}', 3, timeout=1.0)
                    self.assertGreater(struck, 2 if LONG else 0)
        self.assert_told()
        self.assert_sound()

    def test_a_daemon_that_acknowledges_too_early_is_caught(self):
        house = self.stage.house
        house.stop()
        house.runs = FAULTY
        house.start()
        with self.assertRaises((Failed, AssertionError, Refused)):
            for point in range(40, POINTS, 3):
                self.strike('all', f'signal=KILL:when={point}', 3.0)


if __name__ == '__main__':
    main()
