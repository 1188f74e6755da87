# SPDX-License-Identifier: EUPL-1.2
"""Memory that is not to be had in gate, opener or parent: the n-th allocation of one of them fails,
once and for ever, while a melding goes all the way, a question is answered, settings are read again
and an opener that was killed comes back. One n each, from a seed, once; with KNP_LONG=1 up to sixty,
both ways. (Of core fault.no_memory does it, inside one process.)

What lacks memory may end: the parent starts it again. libzmq aborts what it cannot go on with, so a
gate may end by that; nothing else ends by a signal. What was receipted stands, what was not is taken
when it is sent again, numbers stay contiguous, and with memory the house goes on by itself. A parent
that cannot go on says so, and the next start finds everything.
"""

import contextlib
import mmap
import os
import random
import re
import signal
import struct
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import syscalls_test  # noqa: E402
from knp_convenant import base  # noqa: E402
from knp_probe import wait_for  # noqa: E402
from knp_stage import BINARY, main, preload  # noqa: E402

LIBRARY = os.environ.get('KNP_MEMORY_LIBRARY', '')
LONG = os.environ.get('KNP_LONG') == '1'
SEED = int(os.environ.get('KNP_SEED', time.time()))
POINTS = 60 if LONG else 1  # of each role and way
WAYS = (False, True) if LONG else (False,)  # for ever?
ABORTED = {'gate': {signal.SIGABRT}}


class Memory:
    """The plan that memory_preload.c reads."""

    FORM = struct.Struct('=16sQQQQ')

    def __init__(self, path):
        with open(path, 'wb') as file:
            file.write(bytes(self.FORM.size))
        os.chmod(path, 0o666)
        with open(path, 'r+b') as file:
            self.map = mmap.mmap(file.fileno(), self.FORM.size)

    def put(self, role, n=0, for_ever=False):
        """Before the role the numbers, so that none of them counts under the plan before."""
        whole = self.FORM.pack(role.encode(), n, for_ever, 0, 0)
        self.map[:16] = bytes(16)
        self.map[16:] = whole[16:]
        self.map[:16] = whole[:16]

    def end(self):
        """(how often it allocated, how often that failed) since it was put."""
        self.map[:16] = bytes(16)
        return self.FORM.unpack(self.map[:])[3:]


class Roles(syscalls_test.OneMelding):
    SETTINGS = {'openers': 1}

    def setUp(self):
        super().setUp()
        house = self.stage.house
        house.stop()
        self.memory = Memory(house.path('memory'))
        house.environment = {'LD_PRELOAD': preload(BINARY, LIBRARY),
                             'KNP_MEMORY': house.path('memory')}
        house.start()
        self.stage.reconnect()
        self.seen, self.sent, self.by_signal = 0, [], set()

    # ---- what goes on meanwhile ------------------------------------------------------------

    def send(self, timeout):
        """A melding; whether it has its receipt."""
        self.sent.append(self.stage.melding(syscalls_test.SENDER, rubrieken=base()))
        return self.push(self.sent[-1], timeout) is not None

    def work(self, timeout):
        house = self.stage.house
        if self.send(timeout):
            self.deliver(timeout)
        with contextlib.suppress(OSError, AssertionError, KeyError, IndexError, struct.error):
            house.ask('status', timeout=timeout)
        if self.role == 'parent':
            with contextlib.suppress(ProcessLookupError):
                house.process.send_signal(signal.SIGHUP)
            house.kill_role('opener')
            self.send(timeout)

    # ---- what must hold --------------------------------------------------------------------

    def new_log(self):
        log = self.stage.house.log()
        new, self.seen = log[self.seen:], len(log)
        return new

    def assert_ended_well(self):
        """No process by a signal but those that may; and a parent that ended said why."""
        log = self.new_log()
        for role, number in re.findall(r'event=parent\.ended role=(\S+) .*signal=(\d+)', log):
            allowed = ABORTED.get(role, set()) | {signal.SIGKILL}  # that one is ours
            self.assertIn(int(number), allowed, f'{role}:\n{log}')
            self.by_signal.add((role, int(number)))
        house = self.stage.house
        if not house.running():
            self.assertEqual(self.role, 'parent', log)
            self.assertGreater(house.process.wait(), 0, log)
            self.assertRegex(log, r'level=(error|crit)', 'it ended and did not say why')
            house.start()

    def look(self):
        self.assert_ended_well()
        for item in self.sent[-4:]:  # those of this strike, and some of before
            self.assertIsNotNone(self.push(item, 20))
        self.assertTrue(wait_for('what waits', lambda: self.deliver(5), 30))
        self.assertEqual(self.stage.links[syscalls_test.READER].durable[syscalls_test.FUNCTIE],
                         len(self.sent))

    def strike(self, n, for_ever):
        self.memory.put(self.role, n, for_ever)
        try:
            self.work(1.0)
        finally:
            counted, failed = self.memory.end()
        self.look()
        return counted, failed

    def sweep(self, role):
        self.role = role
        counted, failed = self.strike(0, False)
        self.assertEqual(failed, 0)
        self.assertGreater(counted, 0, 'it allocates nothing: nothing can fail')
        chance, struck = random.Random(f'{SEED} {role}'), 0
        for for_ever in WAYS:
            for n in chance.sample(range(1, counted + 1), min(POINTS, counted)):
                with self.subTest(role=role, n=n, for_ever=for_ever, seed=SEED):
                    struck += self.strike(n, for_ever)[1] > 0
        self.assertGreater(struck, 0)

    def test_a_process_without_memory_costs_nothing_that_was_receipted(self):
        for role in ('gate', 'opener', 'parent'):
            self.sweep(role)
        self.core_that_starts()
        # Who ended by a signal is found: the opener did, by ours.
        self.assertIn(('opener', signal.SIGKILL), self.by_signal)
        self.assert_sound()

    def core_that_starts(self):
        """Without memory it says nothing about the house: it is started again, and the daemon does
        not end as if its settings were wrong."""
        house = self.stage.house
        house.stop()
        self.memory.put('core')
        house.start()
        counted, _ = self.memory.end()
        for part in (70, 80, 90):  # what is before is of a library, what is after is the sandbox
            house.stop()
            self.memory.put('core', counted * part // 100)
            self.assertIsNone(house.try_start(), house.log()[-2000:])
            self.assertEqual(self.memory.end()[1], 1)
        self.stage.reconnect()
        self.assertIsNotNone(self.push(self.sent[-1], 30))


if __name__ == '__main__':
    print(f'seed {SEED}')
    main()
