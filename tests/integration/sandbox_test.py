# SPDX-License-Identifier: EUPL-1.2
"""The sandbox as a beheerder meets it: what status says is what the kernel says, what another user of
the machine or of the daemon can read, and a daemon that refuses to run with less."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

from knp_daemon import House  # noqa: E402
from knp_party import Party  # noqa: E402
from knp_sandbox import USERS  # noqa: E402
from knp_stage import BINARY, main  # noqa: E402

REFUSE = f'/usr/bin/python3 {os.path.dirname(os.path.abspath(__file__))}/refuse_calls.py'
STRANGER = 64199  # a user who has no part in it
TRY_ALL = '''
import os, sys
for path in sys.stdin.read().split("\\n"):
    try:
        os.close(os.open(path, os.O_RDONLY))
        print(path)
    except OSError:
        pass
'''


def user_of(name):
    """Readers read what is core's."""
    return USERS.get('core' if 'reader' in name else name.split('-')[0], 0)


def opened_by(uid, paths):
    """Those that a user could open, by really trying."""
    done = subprocess.run(['setpriv', f'--reuid={uid}', f'--regid={uid}', '--clear-groups',
                           '/usr/bin/python3', '-c', TRY_ALL], input='\n'.join(paths), text=True,
                          stdout=subprocess.PIPE, check=True)
    return set(done.stdout.split('\n')) - {''}


def confinements(house):
    """{process: {name: value}} of status, once each process has told."""
    end = time.monotonic() + 30
    while True:
        answer = house.must('status')
        said = {words[0]: dict(word.split('=', 1) for word in words[1:])
                for words in (value.split() for value in answer.all('sandbox'))}
        running = [value for value in answer.all('process') if ' pid=0 ' not in value]
        if len(said) == len(running) + 1:
            return said
        if time.monotonic() > end:
            raise AssertionError(f'only these told what confines them: {said}')
        time.sleep(0.01)


def kernel(pid, *names):
    with open(f'/proc/{pid}/status', encoding='ascii') as file:
        rows = dict(line.rstrip('\n').split(':\t', 1) for line in file if ':\t' in line)
    return [rows[name] for name in names]


class Running(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.house = House(BINARY).init()
        cls.addClassCleanup(cls.house.remove)
        cls.house.start()

    def processes(self):
        numbers = dict(re.match(r'(\S+) pid=(\d+)', value).groups()
                       for value in self.house.must('status').all('process'))
        return {'parent': self.house.process.pid,
                **{name: int(number) for name, number in numbers.items() if number != '0'}}

    def test_status_says_what_the_kernel_says(self):
        said = confinements(self.house)
        self.assertLessEqual({'parent', 'gate', 'core', 'opener-0', 'opener-1', 'reader-0',
                              'reader-1', 'officer-reader'}, set(said))
        for name, pid in self.processes().items():
            with self.subTest(name):
                uid, seccomp, nnp, caps, bound, groups = kernel(
                    pid, 'Uid', 'Seccomp', 'NoNewPrivs', 'CapPrm', 'CapBnd', 'Groups')
                wanted = user_of(name)
                self.assertEqual(uid.split(), [str(wanted)] * 4)
                self.assertEqual((said[name]['uid'], said[name]['user']), (str(wanted), 'own'))
                self.assertEqual((seccomp, nnp, said[name]['seccomp']), ('2', '1', 'yes'))
                # setgid, setuid, setpcap and kill of the parent, nothing of the others.
                left = 0x1e0 if name == 'parent' else 0
                self.assertEqual((int(caps, 16), int(bound, 16)), (left, left))
                self.assertEqual(groups.strip(), '')
                self.assertEqual((said[name]['memlock'], said[name]['capabilities']),
                                 ('yes', 'least'))
                self.assertGreater(int(said[name]['landlock']), 0)

    def test_every_thread_of_the_gate_is_sealed(self):
        pid = self.processes()['gate']
        threads = os.listdir(f'/proc/{pid}/task')
        self.assertGreater(len(threads), 1)
        for thread in threads:
            self.assertEqual(kernel(f'{pid}/task/{thread}', 'Seccomp', 'Uid')[0], '2')

    def test_no_process_can_be_read_by_its_own_user(self):
        if 'relaxed' in confinements(self.house)['gate']:
            return  # a sanitizer searches for leaks from outside
        for name, pid in self.processes().items():
            uid = user_of(name)
            if uid:
                paths = [f'/proc/{pid}/{what}' for what in ('mem', 'maps', 'environ', 'auxv')]
                self.assertEqual(opened_by(uid, paths), set(), name)

    def test_the_gates_user_and_strangers_read_no_file_of_core(self):
        files = [os.path.join(root, name) for folder in ('data', 'keys')
                 for root, _, names in os.walk(self.house.path(folder)) for name in names]
        files += [self.house.path('unlock.key'), self.house.path('data'), self.house.path('keys'),
                  self.house.path('data', 'log')]
        self.assertIn(self.house.path('data', 'keystore'), files)
        for uid in (USERS['gate'], USERS['opener'], STRANGER):
            self.assertEqual(opened_by(uid, files), set(), uid)
        # The same try as core's user opens what is core's, and no key.
        core = opened_by(USERS['core'], files)
        self.assertIn(self.house.path('data', 'keystore'), core)
        self.assertIn(self.house.path('data', 'log', 'data.mdb'), core)
        self.assertFalse([path for path in core if not path.startswith(self.house.path('data'))])

    def test_the_control_socket_is_of_whoever_started_the_daemon(self):
        ask = 'import socket,sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])'
        for uid, code in ((USERS['core'], 1), (STRANGER, 1), (0, 0)):
            done = subprocess.run(['setpriv', f'--reuid={uid}', '--clear-groups', '/usr/bin/python3',
                                   '-c', ask, self.house.path('control.sock')],
                                  stderr=subprocess.PIPE, check=False)
            self.assertEqual(done.returncode, code, done.stderr)


class Starts(unittest.TestCase):
    def house(self, **settings):
        house = House(BINARY, **settings).init()
        self.addCleanup(house.remove)
        return house

    def starts(self, house, prefix):
        """Through another program, which then is the process that is waited for."""
        script = house.path('start')
        with open(script, 'w', encoding='utf-8') as file:
            file.write(f'#!/bin/sh\nexec {prefix} {BINARY} "$@"\n')
        os.chmod(script, 0o755)
        house.runs = script
        return house

    def assert_refused(self, house, *texts):
        self.assertEqual(house.try_start(), 4)
        for text in texts:
            self.assertIn(text, house.log())
        self.assertNotIn('event=parent.endpoint', house.log())

    def test_what_was_left_open_reaches_no_process(self):
        house = self.house()
        left = house.path('left-open')
        self.starts(house, f'bash -c \'exec 17>{left} 9<{left}; exec "$@"\' bash').start()
        for role, pid in [('parent', house.process.pid)] + house.children():
            seen = 0
            for name in os.listdir(f'/proc/{pid}/fd'):
                with contextlib.suppress(FileNotFoundError):  # one that it closed meanwhile
                    self.assertNotEqual(os.readlink(f'/proc/{pid}/fd/{name}'), left, role)
                    seen += 1
            self.assertGreater(seen, 2, role)

    def test_root_without_users_is_refused_by_name(self):
        house = self.house()
        house.write_settings(gate_user='niemand')
        self.assert_refused(house, 'there is no user niemand for the gate', 'systemd-sysusers',
                            '(not there: niemand)', 'adduser --system')
        code, out, _ = house.run('--check', '--json')
        error, = json.loads(out)['errors']
        self.assertEqual((code, error['code'], error['field']), (4, 'sandbox', 'gate_user'))

    def test_root_and_a_user_twice_are_no_users(self):
        house = self.house()
        house.write_settings(gate_user=0)
        self.assert_refused(house, 'there is no user 0 for the gate')
        house.write_settings(gate_user=USERS['core'], sandbox='best-effort')
        self.assertEqual(house.run('--check')[0], 4)

    def test_data_of_another_user_are_refused(self):
        house = self.house()
        os.chown(house.path('data'), STRANGER, STRANGER)
        self.assert_refused(house, 'the data folder does not belong to the user of core',
                            f'chown -R {USERS["core"]}: {house.path("data")}')

    def test_no_locked_memory_is_refused_whatever_the_settings_say(self):
        for wish in ('required', 'best-effort'):
            house = self.starts(self.house(sandbox=wish), 'prlimit --memlock=0:0')
            self.assert_refused(house, 'less memory may be locked than keys need', 'LimitMEMLOCK')

    @staticmethod
    def on_the_path(house):
        return [(role, pid) for role, pid in house.children() if role != 'reader']

    def test_a_house_with_many_partners_and_a_large_document_ends_no_process(self):
        """Lists of more than a page are sorted another way, which asks the kernel for more."""
        house = self.house()
        house.start()
        before = self.on_the_path(house)
        for number in range(80):
            house.enrol(Party(f'0000009900000{number:07d}', f'Gemeente {number}', 'gemeente', ['wmo']))
        wide = b''.join(b'sleutel%d: 1\n' % number for number in range(400))
        answer = house.ask('propose', ('soort', 'convenant'), ('object', wide), (
            'act', house.beheerder.act(house.genesis, 'convenant', wide)))
        self.assertNotEqual(answer.lines[0], ('result', 'ok'))
        late = Party('00000099000000000777', 'Gemeente laatst', 'gemeente', ['wmo'])
        house.enrol(late)
        house.link(late)  # each process has the whole list, and serves
        self.assertEqual(self.on_the_path(house), before)
        self.assertNotIn('signal=', house.log())
        house.stop()

    def without_landlock(self, house):
        return self.starts(house, f'{REFUSE} ENOSYS landlock_create_ruleset')

    def test_a_kernel_without_landlock_is_refused(self):
        self.assert_refused(self.without_landlock(self.house()),
                            'this kernel does not offer Landlock', 'best-effort')

    def test_best_effort_runs_without_and_says_so(self):
        house = self.without_landlock(self.house(sandbox='best-effort'))
        house.start()
        said = confinements(house)
        self.assertEqual({row['landlock'] for row in said.values()}, {'0'})
        self.assertEqual({row['seccomp'] for row in said.values()}, {'yes'})
        alarms = house.must('status').all('alarm')
        self.assertEqual(len([text for text in alarms if text.startswith('sandbox-weaker ') and
                              'Landlock' in text]), len(said), alarms)
        self.assertIn('event=sandbox.missing role=gate part=landlock', house.log())
        house.stop()

    def test_another_user_than_root_has_all_of_it_as_one_user(self):
        house = self.house(sandbox='required')
        for root, folders, files in os.walk(house.folder):
            for name in [root] + [os.path.join(root, one) for one in folders + files]:
                os.chown(name, STRANGER, STRANGER)
        # As under a unit that keeps these calls from everybody.
        become = f'setpriv --reuid={STRANGER} --regid={STRANGER} --clear-groups'
        self.starts(house, f'{become} {REFUSE} EPERM capset,setresuid,setgroups,setrlimit').start()
        said = confinements(house)
        self.assertEqual({(row['uid'], row['user'], row['capabilities']) for row in said.values()},
                         {(str(STRANGER), 'shared', 'least')})
        self.assertEqual(house.must('status').all('alarm'), [])
        house.stop()


if __name__ == '__main__':
    missing = [name for name in ('setpriv', 'prlimit') if not shutil.which(name)]
    if os.geteuid() != 0 or missing:
        sys.exit(f'run as root, with {missing} installed: other users are tried')
    main()
