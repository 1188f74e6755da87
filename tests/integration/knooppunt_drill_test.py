# SPDX-License-Identifier: EUPL-1.2
"""A backup is tried as it would be used: restore --drill, with what two roles had erased, a damaged
one, another's keys, and a keystore of before an erasure."""

import hashlib
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

from knooppunt_world import PROGRAMS, Exchange, main, must, run  # noqa: E402
from knp_messages import decode  # noqa: E402
from knp_probe import wait_for  # noqa: E402
from knp_sandbox import USERS, sandbox_settings  # noqa: E402

GROND = 'AVG art. 17, verzoek van 1 november'


def child_of(pid):
    """The one process that it started; None: there is none."""
    with open(f'/proc/{pid}/task/{pid}/children', encoding='ascii') as file:
        found = file.read().split()
    return int(found[0]) if found else None


def runs(pid):
    """Whether it does; one that nobody took note of yet does not."""
    try:
        with open(f'/proc/{pid}/stat', encoding='ascii') as file:
            return file.read().rsplit(')', 1)[1].split()[0] != 'Z'
    except (FileNotFoundError, ProcessLookupError):
        return False


def flip(path, offset):
    with open(path, 'r+b') as file:
        file.seek(offset)
        byte = file.read(1)
        file.seek(offset)
        file.write(bytes([byte[0] ^ 1]))


class Drill(Exchange):
    settings = 'backup: backup\n'
    first = None

    @classmethod
    def give(cls, path):
        if 'core_user' in sandbox_settings():
            os.chown(path, USERS['core'], USERS['core'])

    def setUp(self):
        super().setUp()
        self.scratch, self.report = self.house.path('scratch'), self.house.path('report.json')
        folder = self.house.path('backup')
        if not os.path.isdir(folder):
            os.mkdir(folder, 0o700)
            self.give(folder)
            self.house.stop()  # its processes reach what is there when they start
            self.house.start()
            self.politie.write_settings()
            self.vt.write_settings()

    def backup(self):
        done = run('knooppuntctl', '-c', self.house.settings, '--json', 'backup')
        self.assertEqual(done.code, 0, done.out + done.err)
        return done.line

    def erased(self):
        pushed = self.push(self.melding(), '--wait').line
        settings = ['-c', self.house.settings]
        line = must('knooppunt-audit', 'erase', pushed['id'], GROND, '--key',
                    self.house.role('privacy-officer'), *settings).line
        return pushed, lambda: must('knooppunt-audit', 'approve', line['object'], '--key',
                                    self.house.role('beheerder'), *settings)

    def drill(self, backup, *words, role='beheerder'):
        done = run('knooppuntd', '-c', self.house.settings, 'restore', '--drill', '--scratch',
                   self.scratch, '--key', self.house.role(role), '--out', self.report, *words,
                   backup)
        self.assertFalse(os.path.exists(self.scratch), done.err)
        return done

    def any_backup(self):
        """One for all that need no other."""
        cls = type(self)
        cls.first = cls.first or self.backup()
        return cls.first

    def copied(self, made, name):
        """The backup of `made` under another folder, to be spoiled: (log, keystore)."""
        top = self.house.path(name)
        self.addCleanup(shutil.rmtree, top)
        log = os.path.join(top, 'log', made['moment'])
        keystore = os.path.join(top, 'keystore', made['moment'] + '.sealed')
        shutil.copytree(made['log'], log)
        os.mkdir(os.path.dirname(keystore))
        shutil.copy2(made['keystore'], keystore)
        return log, keystore

    def test_a_backup_is_used_and_the_report_says_who_when_which_and_how_long(self):
        made = self.any_backup()
        done = self.drill(made['log'])
        self.assertEqual(done.code, 0, done.err)
        with open(self.report, 'rb') as file:
            text = file.read()
        report = json.loads(text)
        self.assertEqual(done.out.encode(), text)
        self.assertEqual((report['usable'], report['size'], report['entries'], report['backup']),
                         (True, made['size'], made['size'], made['log']))
        self.assertEqual(report['keystore'], made['keystore'])
        self.assertEqual((report['log_bytes'], report['keystore_bytes']),
                         (made['log_bytes'], made['keystore_bytes']))
        self.assertEqual((report['who']['functie'], report['who']['key']),
                         ('beheerder', self.house.role_keys['beheerder']))
        self.assertGreaterEqual(report['took_ms'], 0)
        with open(self.report + '.act', 'rb') as file:
            act = decode('SignedStatement', file.read())
        self.assertIn(hashlib.sha256(text).digest(), act.statement)
        # The house goes on beside it, and its own data are as they were.
        self.assertEqual(self.push(self.melding(), '--wait').code, 0)

    def test_a_keystore_from_before_brings_nothing_erased_back(self):
        _, approve = self.erased()
        before = self.backup()
        approve()
        after = self.backup()
        # Of one moment: before there was an order to erase nothing is erased again, after it the
        # copy has no key any more.
        for made in (before, after):
            self.assertEqual(self.drill(made['log']).code, 0)
            with open(self.report, encoding='utf-8') as file:
                self.assertEqual(json.load(file)['erased_again'], 0)
        done = self.drill(after['log'], '--keystore', before['keystore'])
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual(done.line['erased_again'], 1)
        self.assertGreater(done.line['erased'], 0)

    @staticmethod
    def spoil(path, places):
        for place in places:
            flip(path, place)

    def test_what_is_damaged_is_named(self):
        melding = self.push(self.melding(), '--wait').line['index']
        made = self.backup()
        log, keystore = self.copied(made, 'spoiled')
        flip(keystore, 60000)
        done = self.drill(log)
        self.assertEqual(done.code, 1, done.err)
        self.assertIn(keystore, done.err)
        self.assertIn('does not open from byte', done.err)
        shutil.copy2(made['keystore'], keystore)
        data = os.path.join(log, 'data.mdb')
        # A bit of what is sealed of the melding: behind the entry as key, slot and nonce. Pages that
        # are in use no more have it too.
        row = re.escape(struct.pack('>Q', melding)) + rb'\0\0\0[\x10-\xff]'
        with open(data, 'rb') as file:
            places = [found.end() + 30 for found in re.finditer(row, file.read())]
        self.spoil(data, places)
        done = self.drill(log)
        self.spoil(data, places)
        self.assertEqual(done.code, 1, done.err)
        self.assertIn(f'entry {melding} of the log does not verify', done.err)
        self.assertEqual(self.drill(log).code, 0)
        os.truncate(data, os.path.getsize(data) // 2)
        done = self.drill(log)
        self.assertNotEqual(done.code, 0)
        self.assertIn('log', done.err)
        os.remove(os.path.join(log, 'checkpoint'))
        self.assertEqual(self.drill(log).code, 4)

    def test_a_log_of_before_its_checkpoint_is_refused(self):
        older = self.any_backup()
        self.push(self.melding(), '--wait')
        newer = self.backup()
        log, _ = self.copied(newer, 'mixed')
        shutil.copy2(os.path.join(older['log'], 'data.mdb'), log)
        done = self.drill(log)
        self.assertEqual(done.code, 1, done.err)
        self.assertIn('behind-guard', done.err)

    def test_a_log_that_goes_on_after_its_checkpoint_is_refused(self):
        older = self.any_backup()
        self.push(self.melding(), '--wait')
        log, _ = self.copied(self.backup(), 'longer')
        shutil.copy2(os.path.join(older['log'], 'checkpoint'), log)
        done = self.drill(log)
        self.assertEqual(done.code, 1, done.out + done.err)
        self.assertIn('not what its checkpoint says', done.err)

    def test_only_a_role_signs_the_report(self):
        made = self.any_backup()
        with self.subTest('a partner'):
            done = run('knooppuntd', '-c', self.house.settings, 'restore', '--drill', '--scratch',
                       self.scratch, '--key', self.politie.path('keys'), '--out', self.report,
                       made['log'])
            self.assertEqual(done.code, 4, done.err)
            self.assertFalse(os.path.exists(self.scratch))
        os.mkdir(self.scratch)
        with open(os.path.join(self.scratch, 'of-somebody'), 'w', encoding='utf-8'):
            pass
        done = run('knooppuntd', '-c', self.house.settings, 'restore', '--drill', '--scratch',
                   self.scratch, '--key', self.house.role('beheerder'), '--out', self.report,
                   made['log'])
        self.assertEqual(os.listdir(self.scratch), ['of-somebody'])
        shutil.rmtree(self.scratch)
        self.assertEqual(done.code, 4, done.err)
        self.assertIn('exists', done.err)

    def test_the_data_of_a_house_are_no_scratch_folder(self):
        made = self.any_backup()
        os.makedirs(os.path.join(self.scratch, 'log'))
        self.addCleanup(shutil.rmtree, self.scratch)
        files = [os.path.join(self.scratch, name) for name in ('keystore', 'guard', 'log/data.mdb')]
        for path in files:
            with open(path, 'w', encoding='ascii') as file:
                file.write('what a house cannot do without')
            os.chmod(path, 0o600)
        done = run('knooppuntd', '-c', self.house.settings, 'restore', '--drill', '--scratch',
                   self.scratch, '--key', self.house.role('beheerder'), '--out', self.report,
                   made['log'])
        self.assertEqual(done.code, 4, done.err)
        self.assertIn('exists', done.err)
        for path in files:
            with open(path, encoding='ascii') as file:
                self.assertEqual(file.read(), 'what a house cannot do without')

    def held_drill(self):
        """A drill that has the log and waits for the keystore, which nobody ever writes; its child."""
        keystore = self.house.path('never')
        os.mkfifo(keystore)
        self.addCleanup(os.remove, keystore)
        made = self.any_backup()
        drill = subprocess.Popen(
            [PROGRAMS['knooppuntd'], '-c', self.house.settings, 'restore', '--drill', '--scratch',
             self.scratch, '--key', self.house.role('beheerder'), '--out', self.report,
             '--keystore', keystore, made['log']], stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)
        self.addCleanup(drill.kill)
        wait_for('the log in scratch',
                 lambda: os.path.exists(os.path.join(self.scratch, 'guard')))
        return drill, child_of(drill.pid)

    def test_asked_to_end_it_ends_its_child_and_removes_its_folder(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number.name):
                drill, child = self.held_drill()
                drill.send_signal(number)
                _, err = drill.communicate(timeout=60)
                self.doCleanups()
                self.assertEqual(drill.returncode, -number, err)
                self.assertFalse(os.path.exists(self.scratch), err)
                self.assertFalse(runs(child))
                self.assertNotIn('damaged', err)

    def test_a_child_that_is_killed_says_nothing_of_the_backup(self):
        drill, child = self.held_drill()
        os.kill(child, signal.SIGKILL)
        _, err = drill.communicate(timeout=60)
        self.assertEqual(drill.returncode, 5, err)
        self.assertIn('ended', err)
        self.assertNotIn('damaged', err)
        self.assertFalse(os.path.exists(self.scratch), err)

    def test_a_child_dies_with_its_parent_and_what_is_left_goes_with_the_next(self):
        drill, child = self.held_drill()
        drill.kill()
        drill.communicate(timeout=60)
        wait_for('the end of its child', lambda: not runs(child))
        self.assertEqual(os.stat(self.scratch).st_mode & 0o777, 0o700)
        self.assertEqual(self.drill(self.any_backup()['log']).code, 0)

    def test_usage(self):
        for words in ((), ('--drill',), ('--drill', '--scratch', self.scratch, 'x')):
            self.assertEqual(run('knooppuntd', '-c', self.house.settings, 'restore', *words).code, 2)


if __name__ == '__main__':
    main()
