# SPDX-License-Identifier: EUPL-1.2
"""What must not start: a database older than the guard, a keystore that is missing, a newer disk
format, keys that do not open, settings and code tables that are wrong. Each refusal ends with exit
code 4, names the thing, and says what to do."""

import copy
import json
import os
import shutil
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

from knp_convenant import Case, rubrieken_of  # noqa: E402
from knp_daemon import House  # noqa: E402
from knp_lists import LISTS  # noqa: E402
from knp_party import Head  # noqa: E402
from knp_sandbox import copy_as_it_is  # noqa: E402
from knp_stage import BINARY, Stage, main  # noqa: E402

CASE = Case('', (), 'politie', 'E33', (), 'GM1883', (), ((0, 'kenmerken'), (0, 'incident')))
FIXES = {row['code']: row['fix'] for row in LISTS['reasons']}


def patch(path, change):
    with open(path, 'rb') as file:
        content = file.read()
    with open(path, 'wb') as file:
        file.write(change(content))


class Refused(unittest.TestCase):
    """`stage` is a house that has worked and is stopped; each test spoils a copy of its folder."""

    @classmethod
    def setUpClass(cls):
        cls.stage = Stage(('politie',))
        house = cls.stage.house
        cls.items = [cls.stage.melding('politie', CASE) for _ in range(30)]
        cls.stage.push('politie', *cls.items[:10])
        house.stop()
        copy_as_it_is(house.path('data'), house.path('older'))
        house.start()
        cls.stage.reconnect()
        cls.receipts = cls.stage.push('politie', *cls.items)
        house.stop()
        copy_as_it_is(house.path('data'), house.path('whole'))

    @classmethod
    def tearDownClass(cls):
        cls.stage.close()

    def setUp(self):
        self.house = self.stage.house
        self.restore()
        self.addCleanup(self.restore)

    def restore(self):
        self.house.kill()
        shutil.rmtree(self.house.path('data'))
        copy_as_it_is(self.house.path('whole'), self.house.path('data'))
        if os.path.exists(self.house.path('stderr')):
            os.remove(self.house.path('stderr'))

    def assert_refused(self, code, *names):
        """Ends with 4, promptly, and says which, where and what to do, in words for a person. The
        code is in the log line of core, or in what --check says for programs."""
        ended = self.house.try_start(timeout=20)
        log = self.house.log()
        self.assertEqual(ended, 4, log)
        for name in names:
            self.assertIn(name, log)
        self.assertRegex(log, 'fix[=:]')
        if code in FIXES:
            self.assertIn(FIXES[code].rstrip('.'), log)
        _, out, _ = self.house.run('--check', '--json')
        self.assertIn(code, log + out)

    def assert_starts(self):
        self.house.start()
        self.stage.reconnect()
        again = self.stage.push('politie', *self.items)
        self.assertEqual([(r.index, r.entry) for r in again],
                         [(r.index, r.entry) for r in self.receipts])

    def test_the_folder_as_it_was_starts(self):
        self.assert_starts()

    def test_a_log_older_than_the_guard(self):
        shutil.rmtree(self.house.path('data', 'log'))
        copy_as_it_is(self.house.path('older', 'log'), self.house.path('data', 'log'))
        self.assert_refused('behind-guard', self.house.path('data'))

    def test_a_log_older_than_the_guard_stays_refused_after_a_rebuild(self):
        shutil.rmtree(self.house.path('data', 'log'))
        copy_as_it_is(self.house.path('older', 'log'), self.house.path('data', 'log'))
        shutil.rmtree(self.house.path('data', 'state'))
        code, _, err = self.house.run('rebuild')
        self.assertNotEqual(code, 0)
        self.assertIn('behind-guard', err)
        self.assert_refused('behind-guard')

    def test_everything_but_the_guard_from_before(self):
        shutil.rmtree(self.house.path('data'))
        copy_as_it_is(self.house.path('older'), self.house.path('data'))
        copy_as_it_is(self.house.path('whole', 'guard'), self.house.path('data', 'guard'))
        self.assert_refused('behind-guard')

    def test_the_log_of_another_history(self):
        """As long as the guard says, and other entries: signed, it would be a fork."""
        other = Stage(('politie',))
        self.addCleanup(other.close)
        while other.size() < self.receipts[-1].index + 5:
            other.push('politie', *[other.melding('politie', CASE) for _ in range(10)])
        other.house.stop()
        for name in ('log', 'keystore', 'state'):
            target, source = self.house.path('data', name), other.house.path('data', name)
            if os.path.isdir(target):
                shutil.rmtree(target)
                copy_as_it_is(source, target)
            else:
                copy_as_it_is(source, target)
        ended = self.house.try_start(timeout=20)
        self.assertEqual(ended, 4, self.house.log())

    def test_a_log_that_went_on_otherwise_from_an_older_copy(self):
        """Of the same keys, whole, signed, and longer than the guard says: only its root differs."""
        shutil.rmtree(self.house.path('data'))
        copy_as_it_is(self.house.path('older'), self.house.path('data'))
        self.house.start()
        forgetful = copy.copy(self.stage.parties['politie'])  # another would stop the signing
        forgetful.head = Head()
        link = self.house.link(forgetful)
        while self.stage.size() < self.receipts[-1].index + 5:
            link.push([forgetful.melding(self.stage.genesis, rubrieken_of(CASE))
                       for _ in range(10)])
        self.house.stop()
        copy_as_it_is(self.house.path('whole', 'guard'), self.house.path('data', 'guard'))
        self.assert_refused('behind-guard', self.house.path('data'), 'histories')

    def test_the_guard_is_missing(self):
        os.remove(self.house.path('data', 'guard'))
        self.assert_refused('behind-guard', self.house.path('data', 'guard'))

    def test_no_block_of_the_guard_is_whole(self):
        patch(self.house.path('data', 'guard'), lambda content: bytes(len(content)))
        self.assert_refused('behind-guard', self.house.path('data', 'guard'))

    def test_the_keystore_is_missing(self):
        os.remove(self.house.path('data', 'keystore'))
        self.assert_refused('keystore-missing', self.house.path('data', 'keystore'))

    def test_the_keystore_is_cut_short(self):
        patch(self.house.path('data', 'keystore'), lambda content: content[:4096])
        ended = self.house.try_start(timeout=20)
        self.assertEqual(ended, 4, self.house.log())
        self.assertIn(self.house.path('data', 'keystore'), self.house.log())

    def test_a_newer_keystore(self):
        patch(self.house.path('data', 'keystore'), lambda c: c[:4] + b'\x02' + c[5:])
        self.assert_refused('newer-format', self.house.path('data', 'keystore'))

    def test_a_newer_log(self):
        def newer(content):
            self.assertIn(b'format\0\0\0\1', content)
            return content.replace(b'format\0\0\0\1', b'format\0\0\0\2')
        patch(self.house.path('data', 'log', 'data.mdb'), newer)
        self.assert_refused('newer-format', self.house.path('data', 'log'))

    def test_a_log_cut_short(self):
        size = os.path.getsize(self.house.path('data', 'log', 'data.mdb'))
        os.truncate(self.house.path('data', 'log', 'data.mdb'), size // 2)
        ended = self.house.try_start(timeout=20)
        self.assertEqual(ended, 4, self.house.log())
        self.assertIn(self.house.path('data', 'log'), self.house.log())

    def test_nothing_of_the_log_is_there(self):
        shutil.rmtree(self.house.path('data', 'log'))
        ended = self.house.try_start(timeout=20)
        self.assertEqual(ended, 4, self.house.log())
        self.assertIn(self.house.path('data', 'log'), self.house.log())

    def test_keys_that_do_not_open(self):
        unlock = self.house.path('unlock.key')
        with open(unlock, 'rb') as file:
            right = file.read()
        self.addCleanup(patch, unlock, lambda _: right)
        patch(unlock, lambda _: bytes(32))
        self.assert_refused('key-', self.house.path('keys'))

    def test_a_key_that_others_can_read(self):
        key = self.house.path('keys', 'log.key')
        self.addCleanup(os.chmod, key, 0o600)
        os.chmod(key, 0o644)
        self.assert_refused('key-permission', key)

    def test_a_key_that_is_missing(self):
        for name in ('log', 'send', 'receive', 'transport'):
            with self.subTest(name):
                key = self.house.path('keys', f'{name}.key')
                os.rename(key, key + '.away')
                try:
                    self.assert_refused('key-missing', key)
                finally:
                    os.rename(key + '.away', key)


class Settings(unittest.TestCase):
    """Nothing is bound and nothing started; `--check` says the same as a start."""

    @classmethod
    def setUpClass(cls):
        cls.house = House(BINARY)
        cls.house.init()
        with open(cls.house.settings_file, encoding='utf-8') as file:
            cls.good = file.read()

    @classmethod
    def tearDownClass(cls):
        cls.house.remove()

    def tearDown(self):
        self.write(self.good)

    def write(self, text):
        with open(self.house.settings_file, 'w', encoding='utf-8') as file:
            file.write(text)

    def refused(self, text, code, *named):
        """Both say where and what to do; --check for programs says the code."""
        self.write(text)
        for arguments in ((), ('--check',), ('--check', '--json')):
            ended, out, err = self.house.run(*arguments, timeout=20)
            self.assertEqual(ended, 4, f'{arguments}: {out} {err}')
            self.assertNotIn('event=ready', out)
            for name in (*named, 'fix'):
                self.assertIn(str(name), out + err, arguments)
        found = json.loads(out)
        self.assertFalse(found['ok'])
        self.assertEqual(found['errors'][0]['code'], code)

    def test_broken_settings(self):
        lines = self.good.count('\n')
        file = os.path.basename(self.house.settings_file)
        for what, text, code, field in [
                ('an unknown option', self.good + 'geheim: 1\n', 'unknown-keyword', 'geheim'),
                ('a number out of range', self.good + 'batch_max: 0\n', 'out-of-range',
                 'batch_max'),
                ('text for a number', self.good + 'batch_max: veel\n', 'bad-type', 'batch_max'),
                ('an option twice', self.good + 'openers: 3\n', 'duplicate-keyword', 'openers'),
                ('no YAML', self.good + 'batch_max: [\n', 'syntax', file),
                ('an anchor', self.good + 'batch_max: &a 5\n', 'syntax', lines + 1),
                ('an endpoint that is none', self.good.replace('tcp://', 'udp://'), 'bad-value',
                 'endpoint'),
                ('no data folder', self.good.replace('data: data\n', ''), 'missing-keyword',
                 'data'),
                ('a level that is none', self.good + 'log_level: hard\n', 'bad-value',
                 'log_level')]:
            with self.subTest(what):
                self.refused(text, code, field, file)

    def test_no_settings_at_all(self):
        os.rename(self.house.settings_file, self.house.settings_file + '.away')
        try:
            ended, _, err = self.house.run(timeout=20)
            self.assertEqual(ended, 4, err)
            self.assertIn(self.house.settings_file, err)
        finally:
            os.rename(self.house.settings_file + '.away', self.house.settings_file)

    def test_a_broken_code_table(self):
        codes, broken = self.house.path('codes'), self.house.path('broken')
        with open(os.path.join(codes, 'gemeenten.yaml'), encoding='utf-8') as file:
            table = file.read()
        os.makedirs(broken, exist_ok=True)
        settings = self.good.replace(f'codes: {codes}', 'codes: broken')
        self.assertNotEqual(settings, self.good)
        for what, text, code in [
                ('no YAML', table + '  - {', 'syntax'),
                ('an unknown key', table.replace('naam: "Beek"', 'name: "Beek"'),
                 'unknown-keyword'),
                ('a code that is none', table.replace('GM1883', 'GM18X3'), 'bad-value'),
                ('a house that is none', table.replace(
                    'huis: noord-limburg, bron', 'huis: nergens, bron', 1), 'not-found')]:
            with self.subTest(what):
                self.assertNotEqual(text, table)
                with open(os.path.join(broken, 'gemeenten.yaml'), 'w', encoding='utf-8') as file:
                    file.write(text)
                self.refused(settings, code, 'gemeenten.yaml')
        with self.subTest('none'):
            os.remove(os.path.join(broken, 'gemeenten.yaml'))
            self.refused(settings, 'file-missing', 'gemeenten.yaml')

    def test_init_does_not_run_over_a_log_that_is_there(self):
        code, _, err = self.house.run(
            'init', '--origin', 'ander.example/log', '--oin', self.house.oin, '--naam', 'Nogmaals',
            *[word for role in ('privacy-officer', 'privacy-officer-plv', 'beheerder')
              for word in ('--role', self.house.path(f'{role}.knp'))])
        self.assertEqual(code, 4)
        self.assertIn('exists', err)
        genesis = self.house.genesis.wire
        self.house.load_genesis()
        self.assertEqual(self.house.genesis.wire, genesis)

    def test_init_wants_all_three_roles(self):
        house = House(BINARY)
        self.addCleanup(house.remove)
        path = house.path('een.knp')
        with open(path, 'wb') as file:
            file.write(house.officer.bundle())
        code, _, err = house.run('init', '--origin', 'x.example/log', '--oin', house.oin,
                                 '--naam', 'X', '--role', path, '--role', path, '--role', path)
        self.assertEqual(code, 4, err)
        self.assertFalse(os.path.exists(house.path('data', 'genesis')))

    def test_usage(self):
        for arguments in (('init',), ('rebuild', '--twice'), ('onzin',), ('--onzin',)):
            with self.subTest(arguments):
                code, _, err = self.house.run(*arguments, timeout=20)
                self.assertEqual(code, 2, err)
                self.assertTrue(err)


if __name__ == '__main__':
    main()
