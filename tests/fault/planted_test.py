# SPDX-License-Identifier: EUPL-1.2
"""An attacker's code inside each process of the daemon (planted_act.c): what it tries is stopped by the
sandbox; each step of it stops its part alone; and without any of them all of it is done, so that
what stopped it was the sandbox."""

import ctypes
import os
import re
import signal
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

from knp_daemon import House  # noqa: E402
from knp_process import Running  # noqa: E402

BINARY = os.environ.get('KNOOPPUNTD_PLANTED', '')
ACTS = ['read-database', 'write-keystore', 'read-key', 'read-elsewhere', 'write-elsewhere',
        'execute', 'open-socket', 'trace-parent', 'signal-parent', 'read-memory-of-parent',
        'start-process', 'map-executable', 'become-root']
STEPS = {'user', 'capabilities', 'landlock', 'seccomp', 'dumps'}
KILLED = 'killed'
LIMIT = 30.0
LIBC = ctypes.CDLL(None, use_errno=True)


class Value(ctypes.Union):
    _fields_ = [('number', ctypes.c_int), ('pointer', ctypes.c_void_p)]


class Planted:
    """A house that runs with the planted code; `only` are the steps of the sandbox it keeps."""

    def __init__(self, only=None):
        changes = {}
        if only is not None:
            changes['sandbox'] = 'best-effort'
        if only is not None and 'user' not in only:
            changes.update({f'{role}_user': 'niemand' for role in ('gate', 'opener', 'core')})
        self.house = House(BINARY, **changes).init()
        self.house.environment = {
            'KNP_PLANTED_DATA': self.house.path('data'), 'KNP_PLANTED_KEYS': self.house.path('keys'),
            'KNP_PLANTED_OFF': ','.join(sorted(STEPS - only)) if only is not None else ''}
        self.house.start()

    def close(self):
        self.house.remove()

    def pid(self, role):
        if role == 'parent':
            return self.house.process.pid
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            for name, pid in self.house.children():
                if name == role and self.sealed(pid):
                    return pid
            time.sleep(0.01)
        raise AssertionError(f'no {role}')

    def sealed(self, pid):
        """Status has what it reported, after its last step."""
        lines = self.house.ask('status').lines
        confined = {value.split()[0] for name, value in lines if name == 'sandbox'}
        return any(f' pid={pid} ' in value and value.split()[0] in confined
                   for name, value in lines if name == 'process')

    def act(self, role, act):
        """'done', the name of an error, or KILLED."""
        pid, before = self.pid(role), len(self.house.log())
        if LIBC.sigqueue(pid, signal.SIGUSR2, Value(number=ACTS.index(act))):
            raise OSError(ctypes.get_errno(), 'sigqueue')
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            said = self.house.log()[before:]
            result = re.search(rf'^event=planted act={act} result=(\S+)$', said, re.M)
            if result:
                return result.group(1)
            if re.search(rf'^event=parent\.ended role={role} number=\d+ signal=31 ', said, re.M):
                return KILLED
            time.sleep(0.01)
        raise AssertionError(f'{role} {act}: nothing came of it:\n{self.house.log()[before:]}')


Running.plants_calls = True


class Acts(unittest.TestCase):
    def planted(self, only=None):
        planted = Planted(only)
        self.addCleanup(planted.close)
        return planted

    def assert_acts(self, role, wanted, only=None, per_daemon=4):
        """`wanted` is act -> result. A daemon whose core dies five times ends, so a few acts each."""
        names = list(wanted)
        for at in range(0, len(names), per_daemon):
            planted = self.planted(only)
            for act in names[at:at + per_daemon]:
                with self.subTest(role=role, act=act, only=only):
                    self.assertEqual(planted.act(role, act), wanted[act])
            planted.close()


class Stopped(Acts):
    """The whole sandbox."""

    def test_everything_a_gate_tries_ends_it(self):
        self.assert_acts('gate', dict.fromkeys(ACTS, KILLED))

    def test_everything_an_opener_tries_ends_it(self):
        self.assert_acts('opener', dict.fromkeys(ACTS, KILLED))

    def test_core_reaches_its_data_and_nothing_else(self):
        files = {'read-database': 'done', 'write-keystore': 'done', 'read-key': 'EACCES',
                 'read-elsewhere': 'EACCES', 'write-elsewhere': 'EACCES'}
        self.assert_acts('core', {act: files.get(act, KILLED) for act in ACTS})

    def test_a_reader_reads_that_data_changes_none_of_it_and_reaches_nothing_else(self):
        files = {'read-database': 'done', 'write-keystore': 'EACCES', 'read-key': 'EACCES',
                 'read-elsewhere': 'EACCES', 'write-elsewhere': 'EACCES'}
        self.assert_acts('reader', {act: files.get(act, KILLED) for act in ACTS})

    def test_a_parent_starts_no_other_program(self):
        self.assert_acts('parent', {'execute': 'EACCES'})


class Alone(Acts):
    """One step, where the others fail: what it stops by itself."""

    def test_a_user_of_its_own(self):
        self.assert_acts('gate', {
            'read-database': 'EACCES', 'write-keystore': 'EACCES', 'read-key': 'EACCES',
            'trace-parent': 'EPERM', 'signal-parent': 'EPERM', 'read-memory-of-parent': 'EACCES',
            'become-root': 'EPERM', 'open-socket': 'done'}, {'user'}, 13)

    def test_landlock(self):
        self.assert_acts('opener', {
            'read-database': 'EACCES', 'write-keystore': 'EACCES', 'read-key': 'EACCES',
            'read-elsewhere': 'EACCES', 'write-elsewhere': 'EACCES', 'execute': 'EACCES',
            'trace-parent': 'EPERM', 'signal-parent': 'EPERM', 'read-memory-of-parent': 'EACCES',
            'open-socket': 'done'}, {'landlock'}, 13)

    def test_seccomp(self):
        self.assert_acts('opener', dict.fromkeys(ACTS, KILLED), {'seccomp'})

    def test_without_any_all_of_it_is_done(self):
        for role in ('gate', 'opener', 'core', 'reader'):
            self.assert_acts(role, dict.fromkeys(ACTS, 'done'), set(), 13)


if __name__ == '__main__':
    if not os.access(BINARY, os.X_OK) or os.geteuid() != 0:
        sys.exit('KNOOPPUNTD_PLANTED must name the daemon with the planted code; run as root')
    unittest.main(verbosity=2)
