# SPDX-License-Identifier: EUPL-1.2
"""Backups, made while the daemon runs and receives: what lies there, what lapses, what is refused."""

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

from knp_convenant import Case  # noqa: E402
from knp_probe import wait_for  # noqa: E402
from knp_sandbox import USERS, sandbox_settings  # noqa: E402
from knp_stage import Logged, Stage, main  # noqa: E402
from knp_tree import VKey, verify_checkpoint  # noqa: E402

CASE = Case('', (), 'politie', 'E33', (), 'GM1883', (), ((0, 'kenmerken'), (0, 'incident')))
CTL = os.environ.get('KNOOPPUNTCTL', '')
MOMENT = re.compile(r'\d{8}T\d{6}Z')


def give_to_core(path):
    if 'core_user' in sandbox_settings():
        os.chown(path, USERS['core'], USERS['core'])


def alarms(house):
    return [line.split(' ', 2) for line in house.must('status').all('alarm')]


def stale(house):
    """What core knows of the newest backup; None: that it is fresh."""
    found = [about for code, _, about in alarms(house) if code == 'backup-stale']
    return found[0] if found else None


def look(house):
    """What the daemon does by itself every ten minutes."""
    answer = house.ask('backup-newest', timeout=60)
    return answer, stale(house)


class Backup(Logged):
    @classmethod
    def setUpClass(cls):
        cls.stage = Stage(('politie',), convenant=None, tick_seconds=3600)
        cls.house = cls.stage.house
        cls.folder = cls.house.path('backup')
        os.mkdir(cls.folder, 0o700)
        give_to_core(cls.folder)
        cls.house.stop()
        cls.house.write_settings(backup='backup')
        cls.house.start()
        cls.stage.reconnect()

    @classmethod
    def tearDownClass(cls):
        cls.stage.close()

    def setUp(self):
        for name in os.listdir(self.folder):
            shutil.rmtree(os.path.join(self.folder, name))

    def listed(self, name):
        folder = os.path.join(self.folder, name)
        return sorted(os.listdir(folder)) if os.path.isdir(folder) else []

    def backup(self):
        return self.house.ask('backup', timeout=60)

    def made(self):
        answer = self.backup()
        self.assertEqual(answer['result'], 'ok', answer.lines)
        return answer

    def run_ctl(self, *options):
        done = subprocess.run([CTL, '-c', self.house.settings_file, *options, 'backup'],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                              timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def test_what_lies_there_is_a_whole_log_its_keystore_and_nothing_else(self):
        size = self.stage.size()
        answer = self.made()
        self.assertGreaterEqual(int(answer['size']), size)
        self.assertRegex(answer['moment'], MOMENT)
        log = os.path.join(self.folder, 'log', answer['moment'])
        self.assertEqual(answer['log'], log)
        self.assertEqual(sorted(os.listdir(log)),
                         ['checkpoint', 'data.mdb', 'genesis', 'log.vkey'])
        self.assertEqual(self.listed('keystore'), [answer['moment'] + '.sealed'])
        for name in os.listdir(log):
            self.assertEqual(os.stat(os.path.join(log, name)).st_mode & 0o777, 0o600)
        with open(os.path.join(log, 'log.vkey'), encoding='ascii') as file:
            vkey = VKey.parse(file.read().strip())
        with open(os.path.join(log, 'checkpoint'), 'rb') as file:
            self.assertEqual(verify_checkpoint(file.read(), vkey).size, int(answer['size']))

    def test_it_is_made_while_meldingen_come_and_keeps_none_of_them_waiting(self):
        """What was receipted before it began is in it; all that came meanwhile is receipted too."""
        before = self.stage.push('politie', *[self.stage.melding('politie', CASE)])[-1].index
        answers = []
        asking = threading.Thread(target=lambda: answers.append(self.backup()))
        asking.start()
        pushed = 0
        while asking.is_alive() or pushed == 0:
            receipts = self.stage.push('politie', *[self.stage.melding('politie', CASE)
                                                    for _ in range(8)])
            self.assertEqual({r.outcome for r in receipts}, {'aanvaard'})
            pushed += len(receipts)
        asking.join()
        self.assertEqual(answers[0]['result'], 'ok', answers[0].lines)
        self.assertGreater(int(answers[0]['size']), before)

    def test_keystores_whose_days_are_over_are_removed_and_named(self):
        self.made()
        keep = self.listed('keystore')
        old = os.path.join(self.folder, 'keystore', '20200102T030405Z.sealed')
        other = os.path.join(self.folder, 'keystore', 'of-somebody-else')
        for path in (old, other):
            with open(path, 'wb') as file:
                file.write(b'x' * 1000)
            os.chmod(path, 0o600)
            give_to_core(path)
        answer = self.made()
        self.assertEqual(answer.all('removed'), ['20200102T030405Z.sealed'])
        self.assertEqual(self.listed('keystore'),
                         sorted([*keep, answer['moment'] + '.sealed', 'of-somebody-else']))

    def lapsed(self, moment='20200102T030405Z'):
        """A copy of the keystore whose days are over."""
        made = self.made()
        path = os.path.join(self.folder, 'keystore', moment + '.sealed')
        os.rename(made['keystore'], path)
        return path

    def test_a_lapsed_keystore_goes_while_nobody_asks_for_a_backup(self):
        """The last one too, by the look of the daemon (integration.full: while none can be made)."""
        old = self.lapsed()
        answer, _ = look(self.house)
        self.assertEqual((answer.all('removed'), os.path.exists(old)),
                         ([os.path.basename(old)], False))

    def test_a_lapsed_keystore_that_cannot_be_removed_is_an_alarm(self):
        self.made()
        stuck = os.path.join(self.folder, 'keystore', '20200102T030405Z.sealed')
        os.mkdir(stuck)  # no file, whoever removes
        answer, about = look(self.house)
        self.assertTrue(answer['not-removed'])
        self.assertIn('days are over', about)
        os.rmdir(stuck)
        self.assertIsNone(look(self.house)[1])

    def test_a_folder_of_another_house_is_refused_and_left_as_it_is(self):
        old = self.lapsed()
        log, = self.listed('log')
        genesis = os.path.join(self.folder, 'log', log, 'genesis')
        with open(genesis, 'r+b') as file:
            own = file.read()
            file.seek(0)
            file.write(bytes([own[0] ^ 1]))
        answer = self.backup()
        self.assertEqual((answer['result'], answer['file']), ('exists', self.folder))
        self.assertIn(log, answer['message'])
        self.assertEqual(self.listed('log'), [log])
        answer, about = look(self.house)
        self.assertEqual((answer['result'], about),
                         ('exists', 'in its folder are backups of another log'))
        self.assertTrue(os.path.exists(old))
        with open(genesis, 'wb') as file:
            file.write(own)
        self.assertIsNone(look(self.house)[1])
        self.made()

    def test_what_an_interrupted_one_left_goes_with_the_next(self):
        self.made()
        left = os.path.join(self.folder, 'log', '.tmp-20200102T030405Z')
        os.mkdir(left)
        paths = [left, os.path.join(left, 'data.mdb'),
                 os.path.join(self.folder, 'keystore', '.tmp-20200102T030405Z.sealed')]
        for path in paths[1:]:
            with open(path, 'wb'):
                pass
            os.chmod(path, 0o600)
        for path in paths:
            give_to_core(path)
        self.made()
        self.assertEqual([path for path in paths if os.path.exists(path)], [])

    def test_status_says_that_there_is_none_and_that_the_newest_is_old(self):
        self.assertEqual(look(self.house)[1], 'none')
        answer = self.made()
        self.assertIsNone(stale(self.house))
        self.assertEqual(look(self.house)[0]['moment'], answer['moment'])
        log = os.path.join(self.folder, 'log')
        os.rename(os.path.join(log, answer['moment']), os.path.join(log, '20200102T030405Z'))
        self.assertEqual(look(self.house)[1], 'newest 2020-01-02T03:04:05Z')
        # Of a clock that was wrong: it says nothing of when the last one was made.
        os.rename(os.path.join(log, '20200102T030405Z'), os.path.join(log, '20990102T030405Z'))
        self.assertEqual(look(self.house)[1], 'none')

    def test_a_backup_that_failed_says_nothing_of_the_newest(self):
        self.made()
        held = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            self.assertEqual(self.backup()['result'], 'busy')
        finally:
            os.close(held)
        self.assertIsNone(stale(self.house))

    def test_a_folder_that_cannot_be_looked_at_is_an_alarm(self):
        self.made()
        log = os.path.join(self.folder, 'log')
        os.rename(log, log + '.away')
        with open(log, 'wb'):  # no folder, whoever looks
            pass
        answer, about = look(self.house)
        self.assertEqual((answer['result'], about), ('io', 'cannot be looked at'))
        os.unlink(log)
        os.rename(log + '.away', log)
        self.assertIsNone(look(self.house)[1])

    def test_a_target_that_is_not_there_is_named_and_nothing_else_happens(self):
        os.rename(self.folder, self.folder + '.away')
        try:
            answer = self.backup()
        finally:
            os.rename(self.folder + '.away', self.folder)
        self.assertEqual((answer['result'], answer['file']), ('file-missing', self.folder))
        self.made()

    def test_two_at_once_are_one_after_the_other(self):
        held = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            answer = self.house.ask('backup', timeout=60)
        finally:
            os.close(held)
        self.assertEqual((answer['result'], answer['file']), ('busy', self.folder))
        self.assertEqual(self.listed('log'), [])

    def test_the_program_of_the_beheerder_tells_what_was_made(self):
        told = json.loads(self.run_ctl('--json').stdout)
        self.assertEqual(self.listed('log'), [told['moment']])
        self.assertEqual(told['keystore_bytes'], os.path.getsize(told['keystore']))
        self.assertEqual(told['log_bytes'],
                         os.path.getsize(os.path.join(told['log'], 'data.mdb')))
        self.assertEqual(told['removed'], [])
        done = self.run_ctl()
        self.assertIn(b'verified', done.stdout + done.stderr)


class Later(unittest.TestCase):
    def test_a_disk_that_is_there_later_than_the_daemon_is_written_and_seen_at_once(self):
        """What a process may touch is laid down when it begins: here each began without the disk."""
        stage = Stage((), convenant=None)
        self.addCleanup(stage.close)
        stage.house.stop()
        stage.house.write_settings(backup='backup')
        stage.house.start()
        wait_for('what the daemon saw when it began', lambda: stale(stage.house) == 'none')
        wait_for('readers', lambda: len([
            line for line in stage.house.must('status').all('sandbox')
            if line.startswith('reader-')]) == 2)
        folder = stage.house.path('backup')
        os.mkdir(folder, 0o700)
        give_to_core(folder)
        answer = stage.house.ask('backup', timeout=60)
        self.assertEqual(answer['result'], 'ok', answer.lines)
        self.assertIsNone(stale(stage.house))
        # What core knows after a restart it was told; that an old one is named shows that it was.
        log = os.path.join(folder, 'log')
        os.rename(os.path.join(log, answer['moment']), os.path.join(log, '20200102T030405Z'))
        stage.house.stop()
        stage.house.start()
        wait_for('the newest', lambda: stale(stage.house) == 'newest 2020-01-02T03:04:05Z')


class None_(unittest.TestCase):
    def test_without_a_folder_in_the_settings_it_says_what_to_do(self):
        stage = Stage((), convenant=None)
        self.addCleanup(stage.close)
        answer = stage.house.ask('backup', timeout=60)
        self.assertEqual(answer['result'], 'missing-keyword')
        self.assertNotIn('backup-stale', [code for code, *_ in alarms(stage.house)])


if __name__ == '__main__':
    main()
