# SPDX-License-Identifier: EUPL-1.2
"""What an installation under systemd starts from: the unit's score, the calls it leaves to the daemon,
the users and folders it needs. There is no systemd here to run it; it is judged as a file."""

import os
import re
import subprocess
import sys
import tempfile
import unittest

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SYSTEMD = os.path.join(SOURCE, 'config', 'systemd')
UNIT = os.path.join(SYSTEMD, 'knooppuntd.service')
UNITS = ('knooppuntd.service', 'knooppunt-jzv.service',
         'knooppunt-adapter.service', 'knooppunt-backup.service',
         'knooppunt-compact.service')
TIMER = 'knooppunt-backup.timer'
TIMERS = {TIMER: 'backup', 'knooppunt-compact.timer': 'compact'}
THRESHOLD = '10'  # of 100: an exposure of at most 1.0
# Only root makes these calls, and the unit is not root.
OF_ROOT = {'capset', 'setgroups', 'setresuid'}
# glibc asks for both with prlimit64 and getrlimit, and libzmq only when it was told a priority.
NOT_MADE = {'setrlimit', 'sched_setscheduler'}


def read(*names):
    with open(os.path.join(SOURCE, *names), encoding='utf-8') as file:
        return file.read()


def score(unit):
    """Exit code, and the exposure, of an offline judgement."""
    done = subprocess.run(['systemd-analyze', 'security', '--offline=true', '--no-pager',
                           f'--threshold={THRESHOLD}', unit], stdout=subprocess.PIPE, text=True,
                          env={**os.environ, 'LC_ALL': 'C.UTF-8'}, check=False)
    found = re.search(r'Overall exposure level for \S+: ([0-9.]+)', done.stdout)
    return done.returncode, float(found.group(1))


def not_understood(unit):
    """What systemd says of lines of it."""
    done = subprocess.run(['systemd-analyze', 'verify', unit], stderr=subprocess.PIPE, text=True,
                          check=False)
    return re.findall(rf'{re.escape(os.path.basename(unit))}:\d+:.*', done.stderr)


def call_groups():
    out = subprocess.run(['systemd-analyze', 'syscall-filter', '--no-pager'], check=True,
                         stdout=subprocess.PIPE, text=True).stdout
    groups, group = {}, None
    for line in re.sub(r'\x1b\[[0-9;]*m', '', out).splitlines():
        if line.startswith('@'):
            group = groups.setdefault(line.strip(), set())
        elif line.startswith(' ') and group is not None and not line.strip().startswith('#'):
            group.add(line.strip())
    return groups


def expand(groups, word):
    if not word.startswith('@'):
        return {word}
    return set().union(*(expand(groups, inner) for inner in groups[word]))


class Unit(unittest.TestCase):
    def values(self, name):
        return re.findall(rf'^{name}=(.*)$', read('config', 'systemd', 'knooppuntd.service'), re.M)

    def test_its_exposure_is_at_most_one(self):
        for name in UNITS:
            code, exposure = score(os.path.join(SYSTEMD, name))
            self.assertEqual(code, 0, (name, exposure))
            self.assertLessEqual(exposure, 1.0, name)

    def test_a_bare_unit_would_not_pass(self):
        with tempfile.TemporaryDirectory() as folder:
            bare = os.path.join(folder, 'knooppuntd.service')
            with open(bare, 'w', encoding='utf-8') as file:
                file.write(f'[Service]\nExecStart={self.values("ExecStart")[0]}\n')
            code, exposure = score(bare)
        self.assertEqual(code, 1, exposure)
        self.assertGreater(exposure, 9.0)

    def test_memory_has_room_for_what_the_gate_may_hold_and_costs_one_process(self):
        held, = re.findall(r'^#define WAITING_MAX \((\d+)ull \* 1024 \* 1024\)$',
                           read('daemon', 'gate', 'waiting.h'), re.M)
        most, = self.values('MemoryMax')
        self.assertGreaterEqual(int(most.removesuffix('G')) * 1024, 4 * int(held))
        self.assertEqual(self.values('OOMPolicy'), ['continue'])

    def test_every_line_is_understood(self):
        for name in (*UNITS, *TIMERS):
            self.assertEqual(not_understood(os.path.join(SYSTEMD, name)), [])

    def test_a_line_that_is_not_would_be_seen(self):
        """Of the timer: a moment that is none, a word that is none."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, TIMER)
            for line, other in (('OnCalendar=*-*-* 03:30:00', 'OnCalendar=at night'),
                                ('Persistent=yes', 'Persistant=yes')):
                timer = read('config', 'systemd', TIMER)
                self.assertIn(line, timer)
                with open(path, 'w', encoding='utf-8') as file:
                    file.write(timer.replace(line, other))
                self.assertTrue(not_understood(path), other)

    def test_the_timer_starts_the_unit_that_asks_for_a_backup(self):
        for name, command in TIMERS.items():
            service = name.replace('.timer', '.service')
            self.assertNotIn('Unit=', read('config', 'systemd', name))  # so that it is the one of its own name
            self.assertIn(service, UNITS)
            self.assertRegex(read('config', 'systemd', service),
                             rf'(?m)^ExecStart=\S+/knooppuntctl -c \S+ {command}$')

    def test_no_call_of_the_daemon_is_kept_from_it(self):
        groups, allowed = call_groups(), set()
        for value in self.values('SystemCallFilter'):
            words = set().union(*(expand(groups, word) for word in value.lstrip('~').split()))
            allowed = allowed - words if value.startswith('~') else allowed | words
        tables = read('daemon', 'parent', 'calls.c').split('of_sanitizers')[0]
        calls = set(re.findall(r'"([a-z0-9_]+)"', tables)) - {'parent'}
        calls |= set(re.findall(r'SCMP_SYS\((\w+)\)', read('daemon', 'parent', 'calls.c')))
        self.assertGreater(len(calls), 100)
        self.assertEqual(calls - allowed, OF_ROOT | NOT_MADE)
        self.assertNotIn('ptrace', allowed)

    def test_it_tells_ready_status_and_watchdog(self):
        self.assertEqual((self.values('Type'), self.values('NotifyAccess')), (['notify'], ['main']))
        self.assertTrue(self.values('WatchdogSec'))
        self.assertEqual(self.values('LoadCredential'), ['unlock.key:/etc/knooppunt/unlock.key'])

    def test_locked_memory_suffices(self):
        self.assertEqual(self.values('LimitMEMLOCK'), ['8M'])
        self.assertEqual(self.values('LimitCORE'), ['0'])


class Installation(unittest.TestCase):
    def test_the_users_are_those_of_unit_and_settings(self):
        with tempfile.TemporaryDirectory() as root:
            os.mkdir(os.path.join(root, 'etc'))
            with open(os.path.join(SYSTEMD, 'knooppunt.sysusers'), 'rb') as file:
                subprocess.run(['systemd-sysusers', f'--root={root}', '-'], stdin=file, check=True)
            with open(os.path.join(root, 'etc', 'passwd'), encoding='utf-8') as file:
                users = {line.split(':')[0] for line in file}
        defaults = set(re.findall(r'^#\w+_user: (\S+)$',
                                  read('config', 'knooppunt.example.yaml'), re.M))
        units = ''.join(read('config', 'systemd', name) for name in UNITS)
        self.assertEqual(len(defaults), 3)
        self.assertEqual(users, defaults | set(re.findall(r'^User=(\S+)$', units, re.M)))

    def test_the_folders_can_be_made(self):
        with tempfile.TemporaryDirectory() as root:
            os.makedirs(os.path.join(root, 'etc'))
            for name, line in (('passwd', 'root:x:0:0::/:/bin/sh\nknooppunt:x:990:990::/:/bin/sh\n'),
                               ('group', 'root:x:0:\nknooppunt:x:990:\n')):
                with open(os.path.join(root, 'etc', name), 'w', encoding='utf-8') as file:
                    file.write(line)
            with open(os.path.join(SYSTEMD, 'knooppunt.tmpfiles'), 'rb') as file:
                subprocess.run(['systemd-tmpfiles', f'--root={root}', '--create', '-'], stdin=file,
                               check=True)
            state = os.stat(os.path.join(root, 'var/lib/knooppunt'))
            self.assertEqual((state.st_mode & 0o777, state.st_uid), (0o711, 990))
            self.assertTrue(os.path.isdir(os.path.join(root, 'etc/knooppunt/codes')))


if __name__ == '__main__':
    if os.geteuid() != 0:
        sys.exit('run as root: folders are given to their user')
    unittest.main(verbosity=2)
